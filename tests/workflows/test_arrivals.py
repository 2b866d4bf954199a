"""Arrivals: codes at which a workflow takes records of other case types, in addition to its initial codes."""

import json
from typing import Any

import pytest

TASK = """select jalon.add_category('TASK');
    select jalon.set_code('TASK', 'TODO', labels => '{"en": "To do", "fr": "À faire"}', is_initial => true);
    select jalon.set_code('TASK', 'DOING', labels => '{"en": "Doing", "fr": "En cours"}');
    select jalon.set_code('TASK', 'PARKED', labels => '{"en": "Parked", "fr": "Garée"}');
    select jalon.set_code('TASK', 'DONE', labels => '{"en": "Done", "fr": "Fait"}', is_final => true);
    select jalon.draft('TASK', 'chore');
    select jalon.set_transition('TASK', 'TODO', 'DONE', 'finish', '{any}', 'chore',
        labels => '{"en": "Finish", "fr": "Finir"}');
    select jalon.set_transition('TASK', 'TODO', 'PARKED', 'park', '{any}', 'chore',
        labels => '{"en": "Park", "fr": "Garer"}');
    select jalon.set_transition('TASK', 'PARKED', 'DONE', 'finish', '{any}', 'chore');
    select jalon.publish('TASK', 'chore');
    select jalon.draft('TASK', 'project');
    select jalon.set_transition('TASK', 'TODO', 'DOING', 'begin', '{any}', 'project',
        labels => '{"en": "Begin", "fr": "Commencer"}');
    select jalon.set_transition('TASK', 'DOING', 'DONE', 'finish', '{any}', 'project');
    create schema shop;
    create table shop.task (id integer primary key, sort text, status text not null default 'TODO');
    select jalon.track('shop.task', category => 'TASK', workflow_column => 'sort')"""


@pytest.fixture
def beginning() -> str:
    return TASK


def test_records_arrive_where_the_published_version_says_and_nowhere_else(db: Any, rows: Any, refused: Any) -> None:
    db.execute("select jalon.publish('TASK', 'project')")
    db.execute("select jalon.draft('TASK', 'project')")
    db.execute("select jalon.set_arrival('TASK', 'project', 'DOING', 'PARKED', 'chore')")
    db.execute("select jalon.set_arrival('TASK', 'project', 'DONE', 'DONE')")
    db.execute("insert into shop.task (id, sort) select n, 'chore' from generate_series(1, 3) n")
    db.execute("update shop.task set status = 'PARKED' where id in (1, 2)")
    arrive = "update shop.task set sort = 'project', status = 'DOING' where id = "
    with refused("JL101"):
        db.execute(arrive + "1")  # a draft lets nobody in
    db.execute("select jalon.publish('TASK', 'project')")
    db.execute(arrive + "1")
    with refused("JL101") as detail:
        db.execute(arrive + "3")
    assert detail["allowed"] == ["TODO"]
    db.execute("update shop.task set sort = 'project', status = 'TODO' where id = 2")
    db.execute("update shop.task set status = 'DONE' where id = 3")
    db.execute("update shop.task set sort = 'project' where id = 3")
    assert rows("select id, status, sort from shop.task order by id") == [
        (1, "DOING", "project"),
        (2, "TODO", "project"),
        (3, "DONE", "project"),
    ]
    assert rows(
        "select workflow_version from jalon_history.shop__task where task_id = 1 order by version desc limit 1"
    ) == [(2,)]


def test_a_draft_copies_them_and_the_difference_shows_them(db: Any, rows: Any) -> None:
    db.execute("select jalon.set_arrival('TASK', 'project', 'DOING', 'PARKED', 'chore')")
    db.execute("select jalon.publish('TASK', 'project')")
    db.execute("select jalon.draft('TASK', 'project')")
    difference = "select change, transition from jalon.workflow_diff('TASK', 'project')"
    assert rows(difference) == []
    db.execute("select jalon.set_arrival('TASK', 'project', 'TODO', 'PARKED')")
    db.execute("select jalon.drop_arrival('TASK', 'project', 'DOING', 'PARKED', 'chore')")
    assert rows(difference) == [("added", "*: PARKED => TODO"), ("removed", "chore: PARKED => DOING")]
    assert rows("select version, state, from_case_type, from_code, to_code from jalon.arrivals order by version") == [
        (1, "published", "chore", "PARKED", "DOING"),
        (2, "draft", "*", "PARKED", "TODO"),
    ]
    db.execute("select jalon.discard('TASK', 'project')")
    assert rows("select version from jalon.arrivals") == [(1,)]


def test_they_go_out_and_come_back_with_the_codes_that_they_name(db: Any, value: Any) -> None:
    db.execute("select jalon.set_arrival('TASK', 'project', 'DOING', 'PARKED', 'chore')")
    document = value("select jalon.export_workflow('TASK', 'project')")
    assert document["arrivals"] == [{"from_case_type": "chore", "from": "PARKED", "to": "DOING"}]
    for _ in range(2):  # the second time over the draft of the first
        db.execute("select jalon.import_workflow(%s::json, category => 'COPIED')", (json.dumps(document),))
    copied = value("select jalon.export_workflow('COPIED', 'project')")
    assert copied == document | {"category": copied["category"]}
    del document["arrivals"]
    db.execute("select jalon.import_workflow(%s::json)", (json.dumps(document),))
    assert "arrivals" not in value("select jalon.export_workflow('TASK', 'project')")


def test_the_report_knows_codes_on_which_nobody_can_go_on(db: Any, rows: Any, refused: Any) -> None:
    db.execute("select jalon.set_arrival('TASK', 'project', 'PARKED', 'PARKED', 'chore')")
    report = (
        "select severity, code, subject, message from jalon.workflow_check('TASK', 'project') where severity = 'error'"
    )
    name = "chore: PARKED => PARKED"
    assert rows(report) == [
        ("error", "arrival", name, f"{name} arrives at PARKED, which no transition of the workflow uses")
    ]
    with refused("JL505"):
        db.execute("select jalon.publish('TASK', 'project')")


def test_a_code_that_only_arrivals_reach_is_reached(db: Any, rows: Any) -> None:
    db.execute("select jalon.set_transition('TASK', 'PARKED', 'DONE', 'finish', '{any}', 'project')")
    report = "select code, subject from jalon.workflow_check('TASK', 'project') where severity = 'error'"
    assert rows(report) == [("unreachable", "PARKED")]
    db.execute("select jalon.set_arrival('TASK', 'project', 'PARKED', 'PARKED', 'chore')")
    assert rows(report) == []
    db.execute("select jalon.deactivate('TASK', 'PARKED')")
    assert rows(report) == [("inactive", "chore: PARKED => PARKED")]


def test_only_an_open_draft_takes_them(db: Any, refused: Any, value: Any) -> None:
    set_one = (
        "select revision from jalon.set_arrival('TASK', 'project', 'DOING', 'PARKED', 'chore', expected_revision => {})"
    )
    revision = value("select revision from jalon.workflows where case_type = 'project'")
    assert value(set_one.format(revision)) == revision + 1
    with refused("JL102"):
        db.execute(set_one.format(revision))
    with refused("JL402"):
        db.execute("select jalon.set_arrival('TASK', 'project', 'DOING', 'PARCKED')")
    with refused("JL401") as detail:
        db.execute("select jalon.drop_arrival('TASK', 'project', 'DOING', 'PARKED')")
    assert detail["id"] == "*: PARKED => DOING"
    db.execute("select jalon.publish('TASK', 'project')")
    for statement in (
        "delete from jalon_engine.workflow_arrival",
        "update jalon_engine.workflow_arrival set to_code = 'DONE'",
        "insert into jalon_engine.workflow_arrival values ('TASK', 'project', 1, '*', 'DONE', 'DONE')",
    ):
        with refused("JL508"):
            db.execute(statement)
    with refused("JL401"):
        db.execute("select jalon.set_arrival('TASK', 'project', 'DOING', 'PARKED')")


def test_setting_one_needs_the_permission(db: Any, as_actor: Any, refused: Any) -> None:
    with as_actor(db, "anna"):
        for call in ("set_arrival", "drop_arrival"):
            with refused("JL203") as detail:
                db.execute(f"select jalon.{call}('TASK', 'project', 'DOING', 'PARKED')")
            assert detail["permission"] == "manage_workflows"


def test_a_code_that_an_arrival_names_is_in_use(db: Any, refused: Any) -> None:
    db.execute("select jalon.set_code('TASK', 'OLD'), jalon.set_arrival('TASK', 'project', 'DOING', 'OLD')")
    with refused("JL407"):
        db.execute("select jalon.drop_code('TASK', 'OLD')")
