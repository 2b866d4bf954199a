"""Texts on the screen: English stands in the templates, French is looked up in texts/fr/*.json (one file an area) and
in each module's texts/fr.json.

A text that has no translation is shown in English; tests/console/test_texts.py finds it.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from jalon import modules

LANGUAGES = ("en", "fr")
FOLDER = Path(__file__).parent / "texts"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def files(language: str) -> list[Path]:
    """Those of the console's own pages, then one a module."""
    own = sorted((FOLDER / language).glob("*.json"))
    return own + [
        path for folder in modules.folders("texts").values() if (path := folder / f"{language}.json").exists()
    ]


@cache
def translations(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in files(language):
        found |= msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    return found


def text(language: str, english: str, **values: Any) -> str:
    """`_("Moved to {label}", label=…)`: the text in a language, its placeholders filled."""
    return fill(translations(language).get(english, english), values)


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Fills placeholders. One without a value stays: the browser may fill it."""
    return PLACEHOLDER.sub(lambda placeholder: str(values.get(placeholder[1], placeholder[0])), template)
