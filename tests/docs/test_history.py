"""docs/history.md: its examples run as printed."""

import re
from pathlib import Path

import pytest

from tests.shop import Connect, Connection, import_changes, rows

DOCUMENT = (Path(__file__).parents[2] / "docs" / "history.md").read_text()
STATEMENTS = [
    statement.strip()
    for block in re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)
    for statement in re.sub(r"--.*", "", block).split(";")
    if statement.strip()
]


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda s: " ".join(s.split())[:60])
def test_every_statement_runs_for_those_it_is_meant_for(orders: Connection, connect: Connect, statement: str) -> None:
    import_changes(orders, (7, "NEW", "2026-09-01Z"), (7, "PAID", "2026-11-17Z"))
    connect("dba" if "jalon." in statement else "bi").execute(statement)


def test_every_problem_that_verify_can_find_is_in_the_table(db: Connection) -> None:
    known = {
        code for (code,) in rows(db, "select substr(code, 8) from jalon_engine.display_text where code like 'verify.%'")
    }
    table = DOCUMENT.split("| Problem | Means |")[1].split("\n\n")[0]
    assert {
        code for row in table.splitlines() for code in re.findall(r"`(\w+)`", row.split("|")[1] if "|" in row else "")
    } == known


def test_every_recap_is_in_the_document() -> None:
    files = (Path(__file__).parents[2] / "sql" / "functions" / "recaps").rglob("*.sql")
    made = {
        name
        for file in files
        for name in re.findall(r"^create or replace function jalon_recap\.(\w+)", file.read_text(), re.MULTILINE)
    }
    assert {name for name in made if name not in DOCUMENT} == {"week_bounds"}
