"""docs/first-change.md: its steps, SQL and Python, run as they stand."""

import argparse
import types
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from jalon.modules.propositions import routes, schemas
from jalon.settings import Settings
from tests.docs.pages import DOCS
from tests.docs.recipes import client_with, files, misnamed, parts, run_sql

PAGE = DOCS / "first-change.md"
Connection = psycopg.Connection[Any]


@pytest.fixture
def changed(db: Connection) -> Connection:
    run_sql(PAGE, db)
    return db


def test_its_sql_runs_as_it_stands(changed: Connection) -> None:
    rows = changed.execute(
        "select from_code, to_code, requires_reason from jalon.transitions"
        " where category = 'PROPOSITION_STATUS' and state = 'published' and 'paused' in (from_code, to_code) order by 1"
    ).fetchall()
    assert rows == [("debate", "paused", True), ("paused", "debate", False)]


def test_its_endpoint_answers_as_its_test_says(
    changed: Connection, settings: Settings, bearer: Callable[..., dict[str, str]]
) -> None:
    shapes, handler, test = parts(PAGE, "python")
    names = vars(schemas) | vars(routes)
    exec(shapes + handler + test, names)  # noqa: S102
    with client_with([names["proposition_stays"]], settings) as client:
        names["test_stays_are_listed_in_order_and_say_why"](client, bearer)


def test_its_command_lists_what_it_says(
    changed: Connection, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    command = types.ModuleType("paused")
    exec(files(PAGE)["app/cli/paused.py"], vars(command))  # noqa: S102
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    changed.execute("insert into jalon_propositions.proposition (title, author_id) values ('Benches', 'zoe')")
    command.run(settings, parser.parse_args(["--code", "draft"]))
    assert capsys.readouterr().out.endswith("  Benches\n")
    command.run(settings, parser.parse_args(["--code", "draft", "--days", "3"]))
    assert capsys.readouterr().out == ""


def test_the_folders_and_files_that_it_names_are_there() -> None:
    assert misnamed(PAGE) == set()
