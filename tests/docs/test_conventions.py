"""docs/conventions.md: its templates run as they stand, and keep the rules that the page states."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from jalon.modules.dossiers import routes, schemas
from jalon.settings import Settings
from tests.docs.pages import DOCS, blocks
from tests.docs.recipes import client_with, files, misnamed, parts, run_sql
from tests.schema import test_definer as definer
from tests.schema import test_objects as rules

PAGE = DOCS / "conventions.md"
Connection = psycopg.Connection[Any]


@pytest.fixture
def changed(db: Connection) -> Connection:
    run_sql(PAGE, db)
    return db


def test_its_templates_run_and_do_what_their_test_says(
    changed: Connection, settings: Settings, bearer: Callable[..., dict[str, str]]
) -> None:
    shapes, handlers, test = parts(PAGE, "python")
    names = vars(schemas) | vars(routes)
    exec(shapes + handlers + test, names)  # noqa: S102
    with client_with([names["add_note"], names["notes"]], settings) as client:
        names["test_a_note_belongs_to_whoever_wrote_it"](client, bearer, changed)


@pytest.mark.parametrize(
    "rule",
    [
        rules.test_every_function_has_a_comment,
        rules.test_every_table_view_and_type_has_a_comment,
        rules.test_every_column_of_a_table_has_a_comment,
        rules.test_every_foreign_key_is_indexed,
        rules.test_every_constraint_has_a_name_of_its_own,
        rules.test_the_public_may_execute_nothing,
        rules.test_security_definer_only_where_people_or_triggers_enter,
        definer.test_no_function_has_the_rights_of_its_owner_if_only_its_owner_calls_it,
        rules.test_tables_depend_on_nothing_reloaded_but_triggers,
        rules.test_everything_belongs_to_whom_it_should,
        rules.test_every_function_pins_its_search_path,
    ],
    ids=lambda rule: rule.__name__.removeprefix("test_"),
)
def test_its_templates_keep_the_rules_of_the_schema(changed: Connection, rule: Callable[[Connection], None]) -> None:
    rule(changed)


def test_its_templates_keep_the_width_and_say_why() -> None:
    code = [*blocks(PAGE, "sql"), *blocks(PAGE, "python")]
    assert [line for block in code for line in block.splitlines() if len(line) > 120] == []
    migrations_back = [path for path in files(PAGE) if ".rollback." in path]
    assert [path for path, text in files(PAGE).items() if not text.startswith("--")] == migrations_back


def test_the_folders_and_files_that_it_names_are_there() -> None:
    assert misnamed(PAGE) == set()
