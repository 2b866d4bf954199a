"""Header fields, read by their grammars: in time that grows as their length does, and into no more than is asked for.

Whoever sends a field chooses what is in it. So nothing here searches again where it has searched, and nothing is kept
that a stranger could make as long or as manifold as they like.
"""

import re
from functools import lru_cache

from jalon.server.problems import Problem

WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
# One preference or parameter of Prefer (RFC 7240) and what ends it. Possessive, so that nothing is tried twice.
PREFERENCE = re.compile(
    rf'[ \t]*+(?:({WORD})(?:[ \t]*+=[ \t]*+(?:({WORD})|"((?:[^"\\]|\\.)*+)"))?+)?+[ \t]*+([,;]|$)', re.ASCII
)
LANGUAGES = 200  # characters of Accept-Language that are read; browsers send a few dozen
WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII)
TAG = re.compile(r'(?:W/)?("[^"]*")')
CONTENT = re.compile(r'~[0-9a-f]{16}"')  # the end of an ETag that names what was shown (call.py)


def cookie(header: str, name: str) -> str | None:
    """The value of a cookie as it was set. Our own hold nothing that would have to be quoted."""
    found = None
    for part in header.split(";"):
        given, equals, value = part.partition("=")
        if equals and given.strip(" \t") == name:
            found = value.strip(" \t")
    return found


def preferences(header: str) -> dict[str, str]:
    """Prefer: name (in small letters) -> value; of several of one name the first counts. Parameters are read over."""
    found: dict[str, str] = {}
    place, is_parameter = 0, False
    while place < len(header):
        part = PREFERENCE.match(header, place)
        if part is None:
            raise Problem(400, "Prefer: this is no list of preferences.", "JL405", field="Prefer")
        name, bare, quoted, end = part.groups()
        if name and not is_parameter:
            value = bare if bare is not None else re.sub(r"\\(.)", r"\1", quoted or "")
            found.setdefault(name.lower(), value)
        place, is_parameter = part.end(), end == ";"
    return found


def is_dry(header: str) -> bool:
    """Whether Prefer asks that nothing be kept. A wish about the transaction that is not understood is refused: done is done."""
    wish = preferences(header).get("tx")
    if wish is not None and wish.lower() not in ("rollback", "commit"):
        raise Problem(400, "Prefer: tx is rollback or commit.", "JL405", field="Prefer")
    return wish is not None and wish.lower() == "rollback"


def language(header: str, known: tuple[str, ...]) -> str | None:
    """The first language of Accept-Language that we have."""
    if len(header) > LANGUAGES:
        header = header[:LANGUAGES].rpartition(",")[0]
    return preferred_language(header, known)


@lru_cache(256)
def preferred_language(header: str, known: tuple[str, ...]) -> str | None:
    asked = []
    for place, part in enumerate(header.split(",")):
        tag, _, weight = part.replace(" ", "").partition(";q=")
        if WEIGHT.fullmatch(weight or "1") and float(weight or 1) > 0:
            asked.append((-float(weight or 1), place, tag.lower()))
    for _, _, tag in sorted(asked):
        for code in known:
            if code.lower() in (tag, tag.split("-")[0]):
                return code
    return None


def quality(header: str, kind: str) -> float:
    """How much Accept wants a media type: the weight of the closest range that it falls under, 0 where there is none."""
    found, ranges = (-1, 0.0), ("*/*", kind.partition("/")[0] + "/*", kind)
    for part in header.lower().split(","):
        asked, *parameters = (piece.strip() for piece in part.split(";"))
        closeness = ranges.index(asked) if asked in ranges else -1
        if closeness > found[0]:
            weight = next((text[2:] for text in parameters if text.startswith("q=")), "1")
            found = closeness, float(weight) if WEIGHT.fullmatch(weight) else 0.0
    return found[1]


def prefers(header: str, kind: str, other: str) -> bool:
    """Whether Accept wants one media type more than the other, which is what it gets if it does not say."""
    return bool(header) and quality(header, kind) > quality(header, other)


def names(header: str, etag: str) -> bool:
    """Whether If-None-Match names this ETag: any of a list, weak or not, or `*`."""
    return header.strip() == "*" or etag.removeprefix("W/") in TAG.findall(header)


def version_of(if_match: str) -> str:
    """If-Match without what its ETags say of the content: it is the version that a writer must know."""
    return CONTENT.sub('"', if_match)
