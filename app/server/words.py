"""The words of refusals that are made in Python: English stands in the code, other languages in texts/*.json.

What PostgreSQL refuses comes in the reader's language already, and no template fits it.
"""

import re
from functools import cache, lru_cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "texts"
LANGUAGES = ("en", *sorted(path.stem for path in FOLDER.glob("*.json")))
PLACEHOLDER = re.compile(r"\\\{(\w+)\\\}")


def language_of(header: str | None) -> str:
    """The first language of Accept-Language that there are words of."""
    from jalon.server import header_fields  # which refuses with problems, which speak these words

    return (header_fields.find_language(header, LANGUAGES) if header else None) or "en"


@cache
def templates(language: str) -> list[tuple[re.Pattern[str], str]]:
    """What fits a text, and what it is called in a language."""
    texts = msgspec.json.decode((FOLDER / f"{language}.json").read_bytes(), type=dict[str, str])
    return [
        (re.compile(PLACEHOLDER.sub(r"(?P<\1>.+)", re.escape(english)), re.DOTALL), other)
        for english, other in texts.items()
    ]


@lru_cache(maxsize=1000)
def translate(text: str, language: str) -> str:
    """The text in a language; as it is, if there is none for it."""
    if language != "en" and len(text) < 1000:
        for pattern, other in templates(language):
            if found := pattern.fullmatch(text):
                parts = {name: translate(part, language) for name, part in found.groupdict().items()}
                return other.format_map(parts)
    return text
