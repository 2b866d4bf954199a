"""A code without a label in an active language: the refusal says both ways out, and each leads out."""

import re
from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]
ENGLISH_ONLY = """
select jalon.add_category('TASK', 'Tasks');
select jalon.set_code('TASK', 'OPEN', 'Open', is_initial => true);
select jalon.set_code('TASK', 'DONE', 'Done', is_final => true);
select jalon.draft('TASK');
select jalon.set_transition('TASK', 'OPEN', 'DONE', action => 'finish', roles => '{any}');
"""


@pytest.fixture
def tasks(db: Connection) -> Connection:
    db.execute(ENGLISH_ONLY)
    return db


def hint(db: Connection) -> str:
    with pytest.raises(psycopg.Error) as refused:
        db.execute("select jalon.publish('TASK')")
    assert refused.value.sqlstate == "JL505"
    return str(refused.value.diag.message_hint)


def statement(hint: str, function: str) -> str:
    found = re.search(rf"select jalon\.{function}\([^)]*\)", hint)
    assert found, hint
    return found[0]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_fewer_languages_are_a_way_out(tasks: Connection, language: str) -> None:
    tasks.execute("select set_config('jalon.language', %s, false)", (language,))
    tasks.execute(statement(hint(tasks), "set_active_languages"))
    tasks.execute("select jalon.publish('TASK')")


def test_labels_are_a_way_out(tasks: Connection) -> None:
    wanted = statement(hint(tasks), "set_label").replace("<language>", "'fr'")
    for code, label in (("OPEN", "Ouverte"), ("DONE", "Faite")):
        tasks.execute(wanted.replace("<code>", f"'{code}'").replace("<label>", f"'{label}'"))
    tasks.execute("select jalon.publish('TASK')")


def test_where_no_language_has_all_labels_only_labels_are_a_way_out(tasks: Connection) -> None:
    tasks.execute("delete from jalon_engine.referential_label where category = 'TASK' and code = 'DONE'")
    assert "set_active_languages" not in hint(tasks)
    assert "set_label" in hint(tasks)


def test_another_error_speaks_of_no_language(tasks: Connection) -> None:
    tasks.execute("select jalon.set_active_languages('{en}')")
    tasks.execute("select jalon.set_transition('TASK', 'OPEN', 'DONE', action => 'finish', roles => '{}')")
    assert "set_active_languages" not in hint(tasks)
    tasks.execute(statement(hint(tasks).replace("select * from", "select"), "workflow_check"))
