"""README.md: its session runs as it is printed, it stays short, and its links lead somewhere."""

import re
from typing import Any

import psycopg
import pytest

from tests.docs.pages import PAGES, ROOT, anchors, blocks

README = ROOT / "README.md"


def test_the_session_runs_from_an_empty_database(db: psycopg.Connection[Any]) -> None:
    (session,) = blocks(README, "sql")
    refused, rows = None, None
    for statement in re.sub(r"--.*", "", session).split(";"):
        try:
            rows = db.execute(statement) if statement.strip() else rows
        except psycopg.DatabaseError as error:
            refused = error.diag
            assert f"-- ERROR:  {refused.message_primary}\n-- HINT:  {refused.message_hint}\n" in session
    assert refused
    assert rows
    printed = [
        [cell.strip() for cell in line[2:].split("|")]
        for line in session.splitlines()
        if line.startswith("-- ") and "|" in line
    ]
    answered = [[str("" if cell is None else cell) for cell in row] for row in rows.fetchall()]
    assert printed == [[column.name for column in rows.description or []], *answered]


def test_it_fits_on_two_screens() -> None:
    assert len(README.read_text().splitlines()) <= 110


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Any) -> None:
    dead = []
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text()):
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []
