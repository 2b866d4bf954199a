"""Others build views on Jalon's: a column that one has stays in its place, and nothing of Jalon's waits for them."""

import pytest

from tests.shop import Connection, rows

THEIRS = """
create schema bi;
create view bi.stays as select * from jalon_history.tickets_timeline;
create view bi.then_ as select * from jalon_history.tickets_as_of('2026-01-01Z');
create view bi.all_changes as select * from jalon_history.changes;
create view bi.all_current as select * from jalon_history.current;
"""
COLUMNS = (
    "select array_agg(attname::text order by attnum) from pg_attribute where attrelid = %s::regclass and attnum > 0"
)
TRACK = "select jalon.track('shop.tickets', category => 'ORDER_STATUS'"


@pytest.fixture
def tickets(orders: Connection) -> Connection:
    orders.execute(
        "create table shop.tickets (id int primary key, status text not null, impact text not null default 'low'); "
        "insert into shop.tickets values (1, 'NEW'), (2, 'PAID')"
    )
    orders.execute(TRACK + ")")
    orders.execute("update shop.tickets set status = 'PAID' where id = 1")
    return orders


def columns(db: Connection, view: str) -> list[str]:
    return list(rows(db, COLUMNS, view)[0][0])


@pytest.mark.parametrize("drop_history", [False, True])
def test_a_table_is_untracked_under_views_of_others_which_go_on(tickets: Connection, drop_history: bool) -> None:
    tickets.execute(THEIRS)
    tickets.execute("select jalon.untrack('tickets', %s)", (drop_history,))
    for view in ("stays", "then_", "all_changes", "all_current"):
        assert rows(tickets, f"select count(*) from bi.{view}") == [(0,)]
    tickets.execute(TRACK + ")")
    assert rows(tickets, "select count(*) from bi.stays") == [(2 if drop_history else 3,)]
    assert rows(tickets, "select count(*) from bi.all_current") == [(2,)]
    assert rows(tickets, "select problem from jalon.verify()") == []


def test_a_view_that_gets_and_loses_columns_keeps_the_others_where_they_are(tickets: Connection) -> None:
    before = columns(tickets, "jalon_history.tickets_timeline")
    tickets.execute("create schema bi; create view bi.stays as select * from jalon_history.tickets_timeline")
    tickets.execute(TRACK + ", workflow_column => 'impact')")
    assert columns(tickets, "jalon_history.tickets_timeline") == [*before, "impact"]
    assert rows(tickets, "select tickets_id, impact from jalon_history.tickets_timeline order by 1, version") == [
        (1, None), (1, "low"), (2, "low"),
    ]  # fmt: skip
    tickets.execute(TRACK + ")")
    assert columns(tickets, "jalon_history.tickets_timeline") == [*before, "impact"]
    assert rows(tickets, "select count(*) from bi.stays") == [(3,)]


# The contract: these columns, in this order. A release adds others after the last, and only there.

CONTRACT = {
    "jalon_history.tickets_timeline": "tickets_id version status entered_at left_at duration changed_by reason kind "
    "meta_data is_current on_behalf_of db_role workflow_version bulk_id transaction_id",
    "jalon_history.changes": "tracked record_key column_name category case_type old_code new_code version changed_at "
    "stay_began kind changed_by on_behalf_of db_role reason meta_data workflow_version bulk_id transaction_id",
    "jalon_history.current": "tracked record_key column_name category case_type code version entered_at",
    "jalon_history.deletions": "tracked record_key records operation deleted_at deleted_by db_role transaction_id",
    "jalon_history.tracked_columns": "tracked column_name category position table_schema table_name key_column "
    "workflow_column history_schema history_name history_begins",
}


@pytest.mark.parametrize(("view", "wanted"), CONTRACT.items(), ids=CONTRACT.keys())
def test_columns_are_only_ever_added_at_the_end(tickets: Connection, view: str, wanted: str) -> None:
    found = columns(tickets, view)
    assert found[: len(wanted.split())] == wanted.split()


def test_the_columns_of_an_as_of_function_stay_as_they_are(tickets: Connection) -> None:
    """A function can't be given more columns while a view reads it."""
    found = rows(
        tickets,
        "select proargnames::text[] from pg_proc "
        "where oid = 'jalon_history.tickets_as_of(timestamptz, text)'::regprocedure",
    )
    assert found == [(["p_at", "p_id", "tickets_id", "version", "status", "entered_at"],)]


# A declaration that changes.


def test_a_case_type_that_is_declared_later_is_recorded_from_then_on(tickets: Connection) -> None:
    tickets.execute(TRACK + ", workflow_column => 'impact')")
    assert rows(tickets, "select problem, detail from jalon.verify()") == []
    tickets.execute("update shop.tickets set impact = 'high' where id = 1")
    tickets.execute("update shop.tickets set status = 'SHIPPED' where id = 1")
    recorded = "select impact, new_status from jalon_history.shop__tickets where tickets_id = 1 order by version"
    assert rows(tickets, recorded) == [(None, "NEW"), ("low", "PAID"), ("high", "PAID"), ("high", "SHIPPED")]
    assert rows(tickets, "select impact from jalon_history.tickets_as_of()order by 1") == [("high",), ("low",)]
    assert rows(tickets, "select problem, detail from jalon.verify()") == []


def test_a_case_type_may_be_given_up_and_declared_again_or_another(tickets: Connection) -> None:
    tickets.execute("alter table shop.tickets add column region text not null default 'eu'")
    for column in ("'impact'", "null", "'impact'", "'region'", "'impact'"):
        tickets.execute(TRACK + f", workflow_column => {column})")
        tickets.execute("update shop.tickets set status = case status when 'NEW' then 'PAID' else 'NEW' end")
        assert rows(tickets, "select problem, detail from jalon.verify()") == [], column
    tickets.execute("select jalon.rename_column('tickets', 'impact', 'severity')")
    assert rows(tickets, "select problem, detail from jalon.verify()") == []
    assert rows(tickets, "select severity from jalon_history.tickets_timeline where is_current") == [("low",), ("low",)]


def test_a_new_declaration_under_a_workflow_asks_nothing_of_what_came_before(tickets: Connection) -> None:
    tickets.execute(
        "insert into jalon_engine.category (code, label) values ('IMPACT', 'Impact'); "
        "insert into jalon_engine.referential (category, code, label, position) values ('IMPACT', 'low', 'Low', 1)"
    )
    tickets.execute("insert into jalon_engine.workflow (category, version, state) values ('ORDER_STATUS', 1, 'draft')")
    tickets.execute(
        "insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles) values "
        "('ORDER_STATUS', 1, 'NEW', 'PAID', 'pay', '{any}'), ('ORDER_STATUS', 1, 'PAID', 'NEW', 'unpay', '{any}')"
    )
    tickets.execute(
        "update jalon_engine.workflow set state = 'published', published_at = now() - interval '1 day' "
        "where category = 'ORDER_STATUS'"
    )
    tickets.execute("update shop.tickets set status = 'NEW' where id = 1")
    tickets.execute(TRACK + ", workflow_column => 'impact')")
    assert rows(tickets, "select problem, detail from jalon.verify()") == []
    tickets.execute("update shop.tickets set status = 'PAID' where id = 1")
    assert rows(tickets, "select problem, detail from jalon.verify()") == []
