"""The template engine: one environment a language, macros at hand as `ui`, filters for moments and identifiers."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
import msgspec
from markupsafe import Markup, escape

from jalon import modules
from jalon.console import static, texts

FOLDER = Path(__file__).parent / "templates"
# A module's list.html is "module/list.html".
MODULES = {name: jinja2.FileSystemLoader(folder) for name, folder in modules.folders("templates").items()}
MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "fr": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
}


class Environment(jinja2.Environment):
    """Prefers members of a dict to its methods: `page.items` are the page's items."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@cache
def environment(language: str) -> Environment:
    from jalon.console.router import LINKS  # it imports this module

    result = Environment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(FOLDER), jinja2.PrefixLoader(MODULES)]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    result.globals |= {
        "_": partial(translate, language),
        "lang": language,
        "static": static.address,
        "icons": static.ICONS,
        "links": LINKS,
        "record_page": record_page,
    }
    result.filters |= {
        "moment": partial(moment, language),
        "day": partial(day, language),
        "slug": slug,
        "path": path,
        "to_json": to_json,
        "pretty": pretty,
        "option": option,
        "number": partial(number, language),
    }
    result.globals["ui"] = result.get_template("macros.html").module
    return result


def translate(language: str, english: str, **values: Any) -> Markup | str:
    """A text; where a value is markup the text becomes markup, and the other values are escaped."""
    if not any(isinstance(value, Markup) for value in values.values()):
        return texts.text(language, english, **values)
    escaped = {name: escape(value) for name, value in values.items()}
    return Markup(texts.fill(str(escape(texts.text(language, english))), escaped))  # noqa: S704 - escaped just now


def as_datetime(value: str | datetime | date) -> datetime:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def moment(language: str, value: str | datetime | None) -> Markup:
    """`21 Nov 2026, 13:40`, as UTC; the browser puts it in its own time zone."""
    if value is None:
        return Markup("–")
    at = as_datetime(value).astimezone(UTC)
    return Markup('<time datetime="{}" data-moment title="{} UTC">{}, {:%H:%M}</time>').format(
        at.isoformat(), f"{at:%Y-%m-%d %H:%M:%S}", day_text(language, at), at
    )


def day(language: str, value: str | date | None) -> Markup:
    """A date without time, the same in every time zone."""
    if value is None:
        return Markup("–")
    at = as_datetime(value)
    return Markup('<time datetime="{:%Y-%m-%d}" data-day>{}</time>').format(at, day_text(language, at))


def day_text(language: str, at: datetime) -> str:
    return f"{at.day} {MONTHS[language][at.month - 1]} {at.year}"


def number(language: str, value: float | None, digits: int = 0) -> str:
    """1,234.5 or 1 234,5 (with a narrow no-break space)."""
    if value is None:
        return "–"
    text = f"{value:,.{digits}f}"
    return text.translate({ord(","): "\u202f", ord("."): ","}) if language == "fr" else text


def slug(value: Any) -> str:
    """An identifier for an element, for any key."""
    text = str(value)
    if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", text):
        return text
    return "x" + hashlib.sha256(text.encode()).hexdigest()[:16]


def path(value: Any) -> str:
    """One segment of an address."""
    return quote(str(value), safe="")


def record_page(table: str, id: Any) -> str:
    """The page of a record: that of its area, else the one that works for any table."""
    from jalon.console.router import AREAS  # it imports this module

    base = next((area.path for area in AREAS if area.table == table), f"/console/records/{path(table)}")
    return f"{base}/{path(id)}"


def to_json(value: Mapping[str, Any] | list[Any]) -> str:
    """JSON for a data attribute."""
    return msgspec.json.encode(value).decode()


def pretty(value: Any) -> str:
    """JSON for people."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def option(code: str) -> dict[str, str]:
    """A code without a label, for a drop-down."""
    return {"code": code, "label": code}
