"""docs/bi.md: each statement runs as printed, for both kinds of readers, and answers something."""

import re

import psycopg
import pytest

from tests.docs.pages import DOCS, blocks
from tests.shop import Connection, import_changes, rows

PAGE = DOCS / "bi.md"
STATEMENTS = [statement.strip() for block in blocks(PAGE, "sql") for statement in block.split(";") if statement.strip()]


@pytest.mark.parametrize("role", ["jalon_bi", "jalon_bi_masked"])
@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda s: " ".join(s.split())[:60])
def test_every_statement_answers_either_reader(orders: Connection, dsn: str, statement: str, role: str) -> None:
    for id in range(1, 5):
        import_changes(orders, (id, "NEW", f"2026-0{id}-01Z"), (id, "PAID", f"2026-11-0{id}Z"))
    import_changes(orders, (9, "NEW", "2026-10-01Z"))
    with psycopg.connect(dsn, user=role) as reader:
        assert rows(reader, statement) != []


def test_every_view_of_reports_is_in_the_document(db: Connection) -> None:
    views = rows(db, """select relname from pg_class c
        where relnamespace = 'jalon_recap'::regnamespace and relkind = 'v'""")  # fmt: skip
    named = set(re.findall(r"`(\w+)`", PAGE.read_text()))
    of_modules_or_elsewhere = {name for (name,) in views if re.match("dossier|proposition", name)}
    assert {name for (name,) in views} - named - of_modules_or_elsewhere == {
        "category",
        "languages",
        "referential",
        "workflow_definition",
    }
