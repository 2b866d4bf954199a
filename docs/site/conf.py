"""How `make docs` builds the site: the pages as they lie in docs/, and the two beside README.md.

What docs/index.md and the list of a folder link to is the navigation, in that order.
"""

import re
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer
from pygments.lexers.sql import PostgresLexer

ROOT = Path(__file__).parents[2]
project = "Jalon"
author = "Jalon"
extensions = ["myst_parser"]
include_patterns = ["docs/**.md", "CHANGELOG.md", "CONTRIBUTING.md"]
exclude_patterns = [".venv", ".git", "build", "**/node_modules", "tests", "app", "sql", "bench", "dbt"]
root_doc = "docs/index"
nitpicky = True
smartquotes = False
html_theme = "furo"
html_title = "Jalon"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_static_path: list[str] = []
templates_path = ["templates"]
html_additional_pages = {"index": "begin.html"}
myst_heading_anchors = 6
myst_enable_extensions = ["strikethrough"]
suppress_warnings = ["myst.strikethrough"]

LISTS = {"docs/index", "docs/adr/README"}
LINK = re.compile(r"^(?:- |\| )\[[^\]]+\]\(([^)#:]+)\.md\)", re.MULTILINE)


def add_navigation(app: Any, page: str, source: list[str]) -> None:
    """The pages that a list links to come under it, with the heading of the list as their heading in the margin."""
    if page not in LISTS:
        return
    parts = re.split(r"^(## .+)\n", source[0], flags=re.MULTILINE)
    trees = []
    for heading, text in zip(["", *parts[1::2]], parts[::2], strict=True):
        pages = LINK.findall(text)
        if pages:
            caption = f":caption: {heading.removeprefix('## ')}\n" if heading else ""
            trees.append(f"\n```{{toctree}}\n:hidden:\n{caption}\n" + "\n".join(pages) + "\n```\n")
    source[0] += "".join(trees)


def setup(app: Any) -> None:
    app.connect("source-read", add_navigation)
    app.add_lexer("mermaid", TextLexer)
    app.add_lexer("sql", PostgresLexer)  # Pygments' plain SQL knows no text between dollars
