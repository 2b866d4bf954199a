"""docs/reference is made of the database and the routes (`make snapshot` writes it)."""

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon import cli
from jalon.server.app import create_app
from jalon.server.openapi_document import complete_document
from jalon.settings import Settings
from tests.docs import reference
from tests.docs.pages import DOCS, compare

FOLDER = DOCS / "reference"
Connection = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    app = create_app(Settings(home=Path("/"), token_secret="tests-only-" * 4))
    return complete_document(app, ["JL101"])


def test_snapshot_of_the_functions(db: Connection) -> None:
    compare(FOLDER / "functions.md", "functions", "\n" + reference.functions(db) + "\n")


def test_snapshot_of_the_views(db: Connection) -> None:
    compare(FOLDER / "views.md", "views", "\n" + reference.views(db) + "\n")


def test_snapshot_of_the_endpoints(document: dict[str, Any]) -> None:
    compare(FOLDER / "endpoints.md", "endpoints", "\n" + reference.endpoints(document) + "\n")


def test_snapshot_of_the_shapes(document: dict[str, Any]) -> None:
    compare(FOLDER / "shapes.md", "shapes", "\n" + reference.shapes(document) + "\n")


def test_snapshot_of_what_each_command_takes() -> None:
    for command in cli.command_names():
        compare(DOCS / "commands.md", f"arguments of jalon {command}", "\n" + reference.arguments(command) + "\n")


def test_every_public_function_and_view_is_there_once(db: Connection) -> None:
    shown = re.findall(r"^### (jalon\S+)", (FOLDER / "functions.md").read_text(), re.MULTILINE)
    there = db.execute("""select distinct pronamespace::regnamespace || '.' || proname from pg_proc
        where pronamespace in ('jalon'::regnamespace, 'jalon_recap'::regnamespace)""").fetchall()
    assert {name for (name,) in there} - set(shown) == set()
    assert len(shown) == len(set(shown))


def test_everything_in_the_reference_may_be_called_or_read_by_somebody() -> None:
    for page in ("functions", "views"):
        assert "by: nobody" not in (FOLDER / f"{page}.md").read_text()


def test_every_function_of_schema_jalon_belongs_to_a_subject(db: Connection) -> None:
    made = (FOLDER / "functions.md").read_text().partition(f"## {reference.GENERATED}\n")[2]
    assert re.findall(r"^### (jalon\.\w+|jalon_recap\.\w+)", made, re.MULTILINE) == []
