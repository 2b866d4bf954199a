"""docs/errors.md has each code that a refusal may have; the table jalon_engine.error_code says what it means."""

from http import HTTPStatus
from textwrap import fill
from typing import Any

import psycopg
from psycopg.errors import lookup

from jalon.server.problems import NATIVE_CODES, http_status
from tests.docs.pages import DOCS, compare, table

PAGE = DOCS / "errors.md"
CODES = """
select e.sqlstate, e.http_status, e.title, e.description, t.template, t.hint
from jalon_engine.error_code e left join jalon_engine.display_text t on t.code = e.sqlstate and t.language = 'en'
order by 1
"""


def section(code: str, status: int, title: str, description: str, text: str | None, hint: str | None) -> str:
    says = [f"> {part}" for part in (text, hint) if part]
    head = f"### {code}\n\n" + fill(f"**{title}** ({status} {HTTPStatus(status).phrase}). {description}", 120)
    return head + "\n" + ("\n" + "\n>\n".join(says) + "\n" if says else "")


def test_every_code_of_the_database_is_explained(db: psycopg.Connection[Any]) -> None:
    compare(PAGE, "codes", "\n" + "\n".join(section(*row) for row in db.execute(CODES).fetchall()))


def test_every_code_of_postgresql_that_is_answered_is_listed() -> None:
    rows = []
    for code in sorted(NATIVE_CODES):
        status = http_status(code, {})
        rows.append((f"`{code}`", f"{status} {HTTPStatus(status).phrase}", lookup(code).__name__))
    compare(PAGE, "native codes", "\n" + table(("code", "status", "name"), rows) + "\n")
