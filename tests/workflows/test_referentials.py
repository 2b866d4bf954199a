"""Codes: one call creates or changes, deactivation replaces deletion, names stay."""

from typing import Any

import pytest


def test_a_code_is_created_and_changed_by_the_same_call(db: Any, rows: Any, value: Any) -> None:
    db.execute("select jalon.add_category('DOOR', 'Doors')")
    db.execute(
        """select jalon.set_code('DOOR', 'OPEN', labels => '{"en": "Open", "fr": "Ouverte"}', is_initial => true,
        color => '#00ff00', max_stay => '2 days')"""
    )
    db.execute("select jalon.set_code('DOOR', 'OPEN', label => 'Wide open', color => '')")
    assert rows(
        "select label, color, outcome, is_initial, max_stay::text, position from jalon_engine.referential "
        "where category = 'DOOR'"
    ) == [("Wide open", None, "open", True, "2 days", 10)]
    assert rows(
        "select language, label from jalon_engine.referential_label where category = 'DOOR' order by language"
    ) == [("en", "Wide open"), ("fr", "Ouverte")]
    assert value("select position from jalon.set_code('DOOR', 'SHUT')") == 20


def test_what_a_code_cannot_be_is_said_in_words(db: Any, refused: Any) -> None:
    db.execute("select jalon.add_category('DOOR')")
    for argument, field in (
        ("outcome => 'foo'", "outcome"),
        ("color => 'red'", "color"),
        ("max_stay => '-1 day'", "maxStay"),
    ):
        with refused("JL405") as detail:
            db.execute(f"select jalon.set_code('DOOR', 'OPEN', {argument})")
        assert detail["field"] == field
    assert detail["why"] == "the longest stay is longer than nothing"


def test_a_label_in_the_default_language_is_the_code_s_own(db: Any, value: Any) -> None:
    db.execute("select jalon.add_category('DOOR')")
    db.execute("select jalon.set_code('DOOR', 'SHUT')")
    db.execute("select jalon.set_label('DOOR', 'SHUT', 'en', 'Shut'), jalon.set_label('DOOR', 'SHUT', 'fr', 'Fermée')")
    assert value("select label from jalon_engine.referential where category = 'DOOR'") == "Shut"


def test_what_is_unknown_is_named_with_what_there_is(db: Any, refused: Any) -> None:
    db.execute("select jalon.add_category('DOOR')")
    with refused("JL402") as detail:
        db.execute("select jalon.set_code('WINDOW', 'OPEN')")
    assert "DOOR" in detail["allowed"]
    db.execute("select jalon.set_code('DOOR', 'OPEN')")
    with refused("JL402") as detail:
        db.execute("select jalon.deactivate('DOOR', 'SHUT')")
    assert detail["allowed"] == ["OPEN"]
    with refused("JL405"):
        db.execute("select jalon.set_label('DOOR', 'OPEN', 'xx', 'Open')")


@pytest.mark.parametrize(
    ("option", "field"),
    [("outcome => 'foo'", "outcome"), ("color => 'red'", "color"), ("max_stay => '-1 day'", "maxStay")],
)
def test_a_value_that_cannot_be_is_refused_in_words(db: Any, refused: Any, option: str, field: str) -> None:
    db.execute("select jalon.add_category('DOOR')")
    with refused("JL405") as detail:
        db.execute(f"select jalon.set_code('DOOR', 'OPEN', {option})")
    assert detail["field"] == field
    assert "constraint" not in detail["why"]
    assert field != "outcome" or detail["why"] == "an outcome is open, active, waiting, done or dropped"


def test_a_deactivated_code_can_be_left_but_not_entered(orders: Any, refused: Any) -> None:
    orders.execute("update shop.orders set status = 'PAID' where id = 1")
    orders.execute("select jalon.deactivate('ORDER_STATUS', 'PAID')")
    with refused("JL403"):
        orders.execute("update shop.orders set status = 'PAID' where id = 2")
    orders.execute("update shop.orders set status = 'SHIPPED' where id = 1")
    orders.execute("select jalon.activate('ORDER_STATUS', 'PAID')")
    orders.execute("update shop.orders set status = 'PAID' where id = 2")


@pytest.mark.parametrize(
    "statement",
    [
        "select jalon.drop_code('ORDER_STATUS', 'PAID')",
        "delete from jalon_engine.referential where category = 'ORDER_STATUS' and code = 'PAID'",
        "update jalon_engine.referential set code = 'SETTLED' where category = 'ORDER_STATUS' and code = 'PAID'",
    ],
)
def test_a_code_in_a_transition_keeps_its_name(orders: Any, refused: Any, statement: str) -> None:
    with refused("JL407"):
        orders.execute(statement)


def test_a_code_in_a_row_or_in_history_keeps_its_name(db: Any, refused: Any) -> None:
    db.execute("select jalon.add_category('DOOR')")
    db.execute("select jalon.set_code('DOOR', c) from unnest(array['OPEN', 'SHUT', 'LOCKED', 'SPARE']) c")
    db.execute("create schema shop")
    db.execute("create table shop.door (id int primary key, status text not null)")
    db.execute("select jalon.track('shop.door', category => 'DOOR')")
    db.execute("insert into shop.door values (1, 'OPEN')")
    db.execute("update shop.door set status = 'SHUT'")
    for used in ("OPEN", "SHUT"):
        with refused("JL407"):
            db.execute("select jalon.drop_code('DOOR', %s)", (used,))
    db.execute(
        "set session_replication_role = replica; delete from jalon_history.shop__door; reset session_replication_role"
    )
    with refused("JL407"):  # a month of history may be gone; the row still stands there
        db.execute("select jalon.drop_code('DOOR', 'SHUT')")
    db.execute("update jalon_engine.referential set code = 'BOLTED' where category = 'DOOR' and code = 'LOCKED'")
    db.execute("select jalon.drop_code('DOOR', 'SPARE'), jalon.drop_code('DOOR', 'BOLTED')")


def test_the_rules_follow_plain_sql(db: Any, rows: Any) -> None:
    """A category without a workflow is free; its rules are compiled by the statement that changes its codes."""
    db.execute("insert into jalon_engine.category (code, label) values ('DOOR', 'Doors')")
    db.execute(
        "insert into jalon_engine.referential (category, code, label) values ('DOOR', 'OPEN', 'Open'), "
        "('DOOR', 'SHUT', 'Shut')"
    )
    edges = "select from_code, to_code from jalon_engine.rule where category = 'DOOR' and from_code <> '' order by 1, 2"
    assert rows(edges) == [("OPEN", "SHUT"), ("SHUT", "OPEN")]
    db.execute("update jalon_engine.referential set is_active = false where category = 'DOOR' and code = 'SHUT'")
    assert rows(edges) == [("SHUT", "OPEN")]
    db.execute("delete from jalon_engine.referential where category = 'DOOR' and code = 'SHUT'")
    assert rows(edges) == []


def test_changing_codes_needs_the_permission(connect: Any, db: Any, as_actor: Any, refused: Any) -> None:
    db.execute("select jalon.add_category('DOOR')")
    with as_actor(db, "anna"), refused("JL203") as detail:
        db.execute("select jalon.set_code('DOOR', 'OPEN')")
    assert detail["permission"] == "manage_referentials"
    with as_actor(db, "anna", "admin"):
        db.execute("select jalon.set_code('DOOR', 'OPEN')")
    connect("dba").execute("select jalon.deactivate('DOOR', 'OPEN')")
