"""Header fields, parsed by their grammars in linear time and in bounded memory.

Strangers choose what a field holds. So no pattern here backtracks, and no cache grows with what they send.
"""

import re
from functools import lru_cache

from jalon.server.problems import Problem

NAME_PATTERN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
# A preference or parameter of Prefer (RFC 7240) and the character after it. Possessive, so that it never backtracks.
PREFERENCE = re.compile(
    rf'[ \t]*+(?:({NAME_PATTERN})(?:[ \t]*+=[ \t]*+(?:({NAME_PATTERN})|"((?:[^"\\]|\\.)*+)"))?+)?+[ \t]*+([,;]|$)',
    re.ASCII,
)
MAX_LANGUAGES_LENGTH = 200  # characters of Accept-Language that are read; browsers send a few dozen
WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII)
TAG = re.compile(r'(?:W/)?("[^"]*")')
# The end of an ETag that identifies the content (call.py), and the coding in which it was sent (compression.py).
CONTENT_TAG = re.compile(r'~[0-9a-f]{16}(?:-[a-z]{1,10})?"')
CODING_OF_TAG = re.compile(r'(?<=~[0-9a-f]{16})-[a-z]{1,10}"$')


def cookie(header: str, name: str) -> str | None:
    """The value of a cookie as it was set. Our own cookies need no quotes."""
    found = None
    for part in header.split(";"):
        field, equals, value = part.partition("=")
        if equals and field.strip(" \t") == name:
            found = value.strip(" \t")
    return found


def preferences(header: str) -> dict[str, str]:
    """Prefer: name (in lower case) -> value; the first of each name counts. Parameters are ignored."""
    found: dict[str, str] = {}
    place, is_parameter = 0, False
    while place < len(header):
        part = PREFERENCE.match(header, place)
        if part is None:
            raise Problem(400, "Prefer: this isn't a list of preferences.", "JL405", field="Prefer")
        name, bare, quoted, end = part.groups()
        if name and not is_parameter:
            value = bare if bare is not None else re.sub(r"\\(.)", r"\1", quoted or "")
            found.setdefault(name.lower(), value)
        place, is_parameter = part.end(), end == ";"
    return found


def is_dry_run(header: str) -> bool:
    """Whether Prefer asks for a rollback. An unknown value of `tx` is refused, since a change can't be undone."""
    transaction = preferences(header).get("tx")
    if transaction is not None and transaction.lower() not in ("rollback", "commit"):
        raise Problem(400, "Prefer: tx is rollback or commit.", "JL405", field="Prefer")
    return transaction is not None and transaction.lower() == "rollback"


def find_language(header: str, known: tuple[str, ...]) -> str | None:
    """The first language of Accept-Language that we have."""
    if len(header) > MAX_LANGUAGES_LENGTH:
        header = header[:MAX_LANGUAGES_LENGTH].rpartition(",")[0]
    return preferred_language(header, known)


@lru_cache(256)
def preferred_language(header: str, known: tuple[str, ...]) -> str | None:
    requested = []
    for place, part in enumerate(header.split(",")):
        tag, _, weight = part.replace(" ", "").partition(";q=")
        if WEIGHT.fullmatch(weight or "1") and float(weight or 1) > 0:
            requested.append((-float(weight or 1), place, tag.lower()))
    for _, _, tag in sorted(requested):
        for code in known:
            if code.lower() in (tag, tag.split("-")[0]):
                return code
    return None


def quality(header: str, kind: str) -> float:
    """The weight that Accept gives a media type: that of the closest range that includes it, or 0."""
    found, ranges = (-1, 0.0), ("*/*", kind.partition("/")[0] + "/*", kind)
    for part in header.lower().split(","):
        requested, *parameters = (piece.strip() for piece in part.split(";"))
        closeness = ranges.index(requested) if requested in ranges else -1
        if closeness > found[0]:
            weight = next((text[2:] for text in parameters if text.startswith("q=")), "1")
            found = closeness, float(weight) if WEIGHT.fullmatch(weight) else 0.0
    return found[1]


def prefers(header: str, kind: str, other: str) -> bool:
    """Whether Accept prefers `kind` to `other`, which is the default."""
    return bool(header) and quality(header, kind) > quality(header, other)


def quality_of_coding(header: str, coding: str) -> float:
    """The weight that Accept-Encoding gives a coding; the answer as it is may always be sent, if need be."""
    weights = {}
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((text[2:] for text in parameters if text.startswith("q=")), "1")
        weights[name] = float(weight) if WEIGHT.fullmatch(weight) else 0.0
    return weights.get(coding, 0.0 if coding == "identity" else weights.get("*", 0.0))


def known_etag(header: str, etag: str) -> str | None:
    """Which ETag of If-None-Match names this content, whatever its coding: one of a list, weak or not, or `*`."""
    if header.strip() == "*":
        return etag
    return next((tag for tag in TAG.findall(header) if CODING_OF_TAG.sub('"', tag) == etag), None)


def without_content_tags(if_match: str) -> str:
    """If-Match without the content part of its ETags: a writer must know the version only."""
    return CONTENT_TAG.sub('"', if_match)
