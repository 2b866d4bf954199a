"""The pages of the documentation, for tests that hold them to something."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])


class Block(NamedTuple):
    """A fenced block: what is in it, and the comment right before it."""

    language: str
    text: str
    comment: str
    line: int


def fenced(page: Path) -> list[Block]:
    """The fenced blocks of a page in their order, also those that are indented under a list."""
    found = []
    text = page.read_text()
    pattern = (
        r"(?:^ *<!-- (?P<comment>[^\n]*?) -->\n)?^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$"
    )
    for match in re.finditer(pattern, text, re.DOTALL | re.MULTILINE):
        block = re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE)
        line = text[: match.start("language")].count("\n") + 1
        found.append(Block(match["language"], block, match["comment"] or "", line))
    return found


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language, also those that are indented under a list."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", page.read_text(), re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def anchors(page: Path) -> set[str]:
    """What a link to a heading of the page may end in, as GitHub and the site make it."""
    text = re.sub(r"^( *)```.*?^\1```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    found: dict[str, int] = {}
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
        if found[slug]:
            found[f"{slug}-{found[slug]}"] = 0
    return set(found)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ("---",) * len(head), *rows])


def compare(page: Path, part: str, wanted: str) -> None:
    """The part of a page between <!-- part --> and <!-- /part --> is as wanted; `make snapshot` writes it."""
    text = page.read_text()
    begin, end = f"<!-- {part} -->\n", f"<!-- /{part} -->"
    assert begin in text, f"{page.name} has no part {part}"
    renewed = re.sub(f"{begin}.*?(?={end})", lambda _: f"{begin}{wanted}\n", text, flags=re.DOTALL)
    if os.environ.get("JALON_TEST_SNAPSHOT") == "write":
        page.write_text(renewed)
        text = renewed
    assert text == renewed, f"{part} in {page.name} is not what the code says: `make snapshot`"
