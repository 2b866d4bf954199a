"""Drafts: copied, edited under a revision, compared; they have no effect; published versions stay unchanged."""

from typing import Any


def test_a_draft_begins_as_a_copy_and_changes_nothing(orders: Any, rows: Any, value: Any) -> None:
    before = rows("select * from jalon_engine.rule order by case_type, from_code, to_code")
    assert rows("select version, state, revision, created_by from jalon.draft('ORDER_STATUS')") == [
        (2, "draft", 1, "db:postgres")
    ]
    assert rows("select * from jalon.workflow_diff('ORDER_STATUS')") == []
    orders.execute("select jalon.drop_transition('ORDER_STATUS', 'NEW', 'PAID')")
    assert rows("select * from jalon_engine.rule order by case_type, from_code, to_code") == before
    assert value("select state from jalon.discard('ORDER_STATUS')") == "draft"
    assert value("select version from jalon.draft('ORDER_STATUS', copied => false)") == 2
    assert (
        value("select count(*) from jalon_engine.workflow_transition where version = 2 and category = 'ORDER_STATUS'")
        == 0
    )


def test_the_first_draft_for_a_case_type_is_a_copy_of_what_is_in_force_for_it(orders: Any, rows: Any) -> None:
    query = """select from_code, to_code, action, roles, requires_reason from jalon_engine.workflow_transition
        where category = 'ORDER_STATUS' and case_type = %s and version = 1 order by from_code, to_code"""
    orders.execute("select jalon.draft('ORDER_STATUS', 'gift')")
    assert orders.execute(query, ("gift",)).fetchall() == orders.execute(query, ("*",)).fetchall() != []
    orders.execute("select jalon.drop_transition('ORDER_STATUS', 'NEW', 'PAID', case_type => 'gift')")
    orders.execute("select jalon.discard('ORDER_STATUS', 'gift')")
    orders.execute("select jalon.draft('ORDER_STATUS', 'gift', copied => false)")
    assert orders.execute(query, ("gift",)).fetchall() == []


def test_two_editors_notice_each_other(orders: Any, refused: Any, value: Any) -> None:
    orders.execute("select jalon.draft('ORDER_STATUS')")
    with refused("JL102"):
        orders.execute("select jalon.draft('ORDER_STATUS')")
    first = (
        "select revision from jalon.set_transition('ORDER_STATUS', 'NEW', 'PAID', roles => '{clerk}', "
        "expected_revision => 1)"
    )
    assert value(first) == 2
    with refused("JL102") as detail:
        orders.execute(first)
    assert detail["revision"] == 2
    with refused("JL102"):
        orders.execute("select jalon.drop_transition('ORDER_STATUS', 'NEW', 'PAID', expected_revision => 1)")
    with refused("JL102"):
        orders.execute("select jalon.publish('ORDER_STATUS', expected_revision => 1)")


def test_setting_a_transition_again_changes_only_what_is_named(orders: Any, rows: Any) -> None:
    orders.execute("select jalon.draft('ORDER_STATUS')")
    orders.execute(
        "select jalon.set_transition('ORDER_STATUS', 'NEW', 'PAID', required_fields => '{note}', icon => 'coin')"
    )
    orders.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'PAID', requires_reason => true, icon => '')")
    assert rows(
        """select action, roles, requires_reason, required_fields, icon from jalon_engine.workflow_transition
        where category = 'ORDER_STATUS' and version = 2 and from_code = 'NEW' and to_code = 'PAID'"""
    ) == [("pay", ["any"], True, ["note"], None)]


def test_the_difference_shows_what_was_and_what_comes(without_paid: Any, rows: Any) -> None:
    without_paid.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'CANCELLED', requires_reason => true)")
    found = {
        (change, transition): (before, after)
        for change, transition, before, after in rows("select * from jalon.workflow_diff('ORDER_STATUS')")
    }
    assert found[("changed", "NEW -> CANCELLED")] == ({"requires_reason": False}, {"requires_reason": True})
    assert found[("removed", "NEW -> PAID")][1] is None
    assert found[("added", "NEW -> SHIPPED")][0] is None
    assert len(found) == 6


def test_an_unknown_code_guard_or_draft_is_refused_in_plain_words(orders: Any, refused: Any) -> None:
    with refused("JL401"):
        orders.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'PAID')")
    orders.execute("select jalon.draft('ORDER_STATUS')")
    with refused("JL402"):
        orders.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'PAYED')")
    with refused("JL405"):
        orders.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'PAID', guard => 'nobody')")
    with refused("JL401"):
        orders.execute("select jalon.drop_transition('ORDER_STATUS', 'DELIVERED', 'NEW')")


def test_a_published_version_never_changes(orders: Any, refused: Any) -> None:
    for statement in (
        "delete from jalon_engine.workflow_transition where category = 'ORDER_STATUS' and to_code = 'PAID'",
        "update jalon_engine.workflow_transition set roles = '{nobody}' where category = 'ORDER_STATUS'",
        "insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action) "
        "values ('ORDER_STATUS', 1, 'NEW', 'SHIPPED', 'x')",
        "update jalon_engine.workflow set state = 'draft' where category = 'ORDER_STATUS'",
        "update jalon_engine.workflow set published_at = now() where category = 'ORDER_STATUS'",
        "delete from jalon_engine.workflow where category = 'ORDER_STATUS'",
    ):
        with refused("JL508"):
            orders.execute(statement)
    orders.execute("select jalon.draft('ORDER_STATUS')")
    with refused("JL508"):
        orders.execute(
            "update jalon_engine.workflow_transition set version = 1 where category = 'ORDER_STATUS' and version = 2 "
            "and to_code = 'PAID'"
        )
    orders.execute("update jalon_engine.workflow set label = 'Orders of the shop' where category = 'ORDER_STATUS'")


def test_a_migration_may_bring_a_version_as_published(db: Any, rows: Any) -> None:
    with db.transaction():
        db.execute("insert into jalon_engine.category (code, label) values ('DOOR', 'Doors')")
        db.execute(
            """insert into jalon_engine.referential (category, code, label, is_initial)
            values ('DOOR', 'OPEN', 'Open', true), ('DOOR', 'SHUT', 'Shut', false)"""
        )
        db.execute(
            "insert into jalon_engine.workflow (category, version, state, published_at) "
            "values ('DOOR', 1, 'published', now())"
        )
        db.execute(
            "insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles) "
            "values ('DOOR', 1, 'OPEN', 'SHUT', 'shut', '{any}')"
        )
    assert rows("select from_code, to_code from jalon_engine.rule where category = 'DOOR' order by 1") == [
        ("", "OPEN"),
        ("OPEN", "SHUT"),
    ]
    db.execute("delete from jalon_engine.workflow where category = 'DOOR'")  # a rollback may, while nothing is tracked


def test_drafting_needs_the_permission(orders: Any, as_actor: Any, refused: Any) -> None:
    with as_actor(orders, "anna"):
        for call in ("draft", "discard", "publish", "retire"):
            with refused("JL203") as detail:
                orders.execute(f"select jalon.{call}('ORDER_STATUS')")
            assert detail["permission"] == "manage_workflows"
