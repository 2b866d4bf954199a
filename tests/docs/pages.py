"""The pages of the documentation, for tests that hold them to something."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language, also those that are indented under a list."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", page.read_text(), re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
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
