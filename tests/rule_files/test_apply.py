"""`jalon apply`: the database becomes as the file says, once, and nothing is made for nothing."""

import re
from typing import Any

import psycopg
import pytest

from .conftest import Command, Connection

VERSIONS = "select count(*) from jalon_engine.workflow where category = 'ORDER_STATUS'"
CONFIGURED = "select count(*) from jalon_engine.config_history"


def value(db: Connection, query: str) -> Any:
    ((found,),) = db.execute(query).fetchall()
    return found


def test_an_empty_database_becomes_as_the_file_says(applied: Connection) -> None:
    assert applied.execute(
        "select code, label, is_initial, is_final, outcome, max_stay::text, color from jalon.codes"
        " where category = 'ORDER_STATUS' order by position"
    ).fetchall() == [
        ("NEW", "New", True, False, "open", "3 days", None),
        ("HELD", "On hold", False, False, "waiting", None, None),
        ("PAID", "Paid", False, False, "active", None, "#2e7d32"),
        ("SHIPPED", "Shipped", False, True, "done", None, None),
    ]
    assert value(applied, "select labels from jalon.codes where code = 'NEW' and category = 'ORDER_STATUS'") == {
        "en": "New", "fr": "Nouvelle",
    }  # fmt: skip
    assert (
        value(applied, "select label from jalon_engine.action_label where action = 'pay' and language = 'fr'")
        == "Payer"
    )
    assert value(applied, "select relations from jalon_engine.tracked where name = 'orders'") == {"owner": "owner"}
    assert value(applied, "select count(*) from jalon.permissions where role = 'clerk' and scope = 'orders'") == 1
    with pytest.raises(psycopg.Error) as refused:
        applied.execute("update shop.orders set status = 'SHIPPED' where id = 1")
    assert refused.value.sqlstate == "JL101"


def test_applying_twice_changes_nothing(applied: Connection, jalon: Command) -> None:
    before = value(applied, CONFIGURED)
    ran = jalon("apply rules.yaml")
    assert (ran.code, ran.out) == (0, "Nothing to change.\n")
    assert value(applied, CONFIGURED) == before
    assert jalon("plan rules.yaml").code == 0


def test_a_new_colour_makes_no_version_of_the_workflow(applied: Connection, jalon: Command, change: Any) -> None:
    change('color: "#2e7d32"', 'color: "#112233"')
    assert jalon("apply rules.yaml").code == 0
    assert (
        value(applied, "select color from jalon.codes where code = 'PAID' and category = 'ORDER_STATUS'") == "#112233"
    )
    assert value(applied, VERSIONS) == 1


def test_a_change_of_a_transition_publishes_the_next_version(applied: Connection, jalon: Command, change: Any) -> None:
    change("action: pay, roles: [clerk]", "action: pay, roles: [clerk], requires_reason: true")
    assert jalon("apply rules.yaml").code == 0
    assert value(applied, VERSIONS) == 2
    assert value(
        applied,
        "select requires_reason from jalon_engine.workflow_transition"
        " where category = 'ORDER_STATUS' and to_code = 'PAID' and version = 2",
    )


def test_records_on_a_code_that_goes_need_a_mapping(applied: Connection, jalon: Command, change: Any) -> None:
    applied.execute("select jalon.force_move('orders', '2', 'HELD', 'seed')")
    change("  - {code: HELD, label: On hold, labels: {fr: En attente}, outcome: waiting}\n", "")
    change("      - {from: NEW, to: HELD, action: hold, roles: [clerk]}\n", "")
    change("      - {from: HELD, to: NEW, action: resume, roles: [clerk]}\n", "")
    ran = jalon("apply rules.yaml --yes")
    assert ran.code == 1
    assert "1 records of orders stand on HELD, which goes: map it, as in HELD=…; codes: NEW, PAID, SHIPPED" in ran.out
    assert value(applied, VERSIONS) == 1
    ran = jalon("apply rules.yaml --yes --map HELD=NEW --reason 'no holding any more'")
    assert ran.code == 0, ran
    assert "1 records move: orders.status: HELD -> NEW" in ran.out
    assert applied.execute(
        "select new_status, kind, reason from jalon_history.shop__orders where orders_id = 2"
        " order by version desc limit 1"
    ).fetchall() == [("NEW", "migration", "no holding any more")]
    assert (
        value(applied, "select is_active from jalon.codes where code = 'HELD' and category = 'ORDER_STATUS'") is False
    )
    assert jalon("plan rules.yaml").code == 0


def test_a_code_that_nothing_ever_used_is_deleted(applied: Connection, jalon: Command, change: Any) -> None:
    applied.execute("select jalon.set_code('ORDER_STATUS', 'SPARE')")
    assert jalon("apply rules.yaml --yes").code == 0
    assert value(applied, "select count(*) from jalon.codes where code = 'SPARE'") == 0


def test_what_takes_away_is_asked_about(
    applied: Connection, jalon: Command, rules: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules.write_text(re.sub(r"tables:\n.*\n", "tables: []\n", rules.read_text()))
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    ran = jalon("apply rules.yaml")
    assert ran.code == 1
    assert "orders leaves Jalon; its history stays" in ran.out
    assert "Run it again with --yes" in ran.err
    assert value(applied, "select count(*) from jalon.tracked where name = 'orders'") == 1
    assert jalon("apply rules.yaml --yes").code == 0
    assert value(applied, "select count(*) from jalon.tracked where name = 'orders'") == 0


def test_a_section_that_is_left_out_is_left_alone(applied: Connection, jalon: Command, rules: Any) -> None:
    rules.write_text("format: jalon-rules/1\ncategory: ORDER_STATUS\nlabel: Orders of the shop\n")
    ran = jalon("apply rules.yaml")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "~ ORDER_STATUS: label becomes Orders of the shop; it was Order")
    assert value(applied, "select count(*) from jalon.codes where category = 'ORDER_STATUS'") == 4
    assert jalon("plan rules.yaml").code == 0


def test_if_one_file_fails_nothing_of_the_others_stays(applied: Connection, jalon: Command, rules: Any) -> None:
    (rules.parent / "more.yaml").write_text(
        "format: jalon-rules/1\ncategory: PLACE\ncodes: [{code: HERE}]\n"
        "tables: [{table: shop.nowhere, columns: {place: PLACE}}]\n"
    )
    ran = jalon("apply rules.yaml more.yaml --yes")
    assert ran.code == 1
    assert "more.yaml:4:18: there is no table shop.nowhere" in ran.out
    assert value(applied, "select count(*) from jalon.codes where category = 'PLACE'") == 0


def test_a_table_that_cannot_be_tracked_stops_the_plan(applied: Connection, jalon: Command, change: Any) -> None:
    applied.execute("create table shop.keyless (status text)")
    change("tables:\n", "tables:\n  - {table: shop.keyless, columns: {status: ORDER_STATUS}}\n")
    ran = jalon("plan rules.yaml")
    assert ran.code == 1
    assert "key" in ran.out.splitlines()[-1]


def test_the_order_of_codes_is_the_files(applied: Connection, jalon: Command, change: Any) -> None:
    held = "  - {code: HELD, label: On hold, labels: {fr: En attente}, outcome: waiting}\n"
    change(held, "")
    change("workflows:", "workflows:")
    change("  - {code: SHIPPED", held + "  - {code: SHIPPED")
    ran = jalon("apply rules.yaml")
    assert "~ The codes of ORDER_STATUS stand in another order: NEW, PAID, HELD, SHIPPED" in ran.out.splitlines()
    assert applied.execute(
        "select code from jalon.codes where category = 'ORDER_STATUS' order by position"
    ).fetchall() == [("NEW",), ("PAID",), ("HELD",), ("SHIPPED",)]
    assert value(applied, VERSIONS) == 1
    assert jalon("plan rules.yaml").code == 0


def test_whoever_may_not_change_rules_is_refused(applied: Connection, connect: Any) -> None:
    reader = connect("bi")
    with pytest.raises(psycopg.Error) as refused:
        reader.execute("select jalon.apply_rules('[]')")
    assert refused.value.sqlstate == "42501"
