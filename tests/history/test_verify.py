"""jalon.verify: no rows is good news, and whatever went past the wall is named."""

import pytest

from jalon import doctor
from tests.shop import Connect, Connection, happened, rows


def problems(db: Connection, tracked: str = "orders") -> list[str]:
    return [problem for (problem,) in rows(db, "select problem from jalon.verify(%s) order by 1", tracked)]


@pytest.fixture
def lived(orders: Connection) -> Connection:
    """Ten orders with a past."""
    orders.execute("insert into shop.orders select i, 'NEW' from generate_series(1, 10) i")
    orders.execute("update shop.orders set status = 'PAID' where id <= 6")
    orders.execute("update shop.orders set status = 'SHIPPED' where id <= 3")
    orders.execute("delete from shop.orders where id = 10")
    return orders


def unguarded(db: Connection, statement: str) -> None:
    """As a restore, a replication apply or a determined superuser would."""
    with db.transaction():
        db.execute("set local session_replication_role = replica")
        db.execute(statement)


def test_a_sound_table_has_no_problem(lived: Connection) -> None:
    assert rows(lived, "select * from jalon.verify()") == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("update shop.orders set status = 'CANCELLED' where id in (1, 7)", ["code_differs"]),
        ("update shop.orders set status_version = 9 where id = 1", ["loose_end", "no_history"]),
        ("insert into shop.orders values (50, 'NEW')", ["no_history"]),
        ("delete from shop.orders where id = 2", ["loose_end"]),
        ("delete from jalon_history.shop__orders where orders_id = 1 and version = 2", ["chain_broken", "loose_end"]),
        ("delete from jalon_history.shop__orders where orders_id = 1 and version = 3", ["loose_end", "no_history"]),
        (
            "update jalon_history.shop__orders set old_status = 'NEW' where orders_id = 1 and version = 3",
            ["chain_broken"],
        ),
        (
            "update jalon_history.shop__orders set previous_changed_at = '2020-01-01' where orders_id = 1 and version = 3",
            ["chain_broken", "loose_end"],
        ),
        (
            "update jalon_history.shop__orders set new_status = 'CANCELLED' where orders_id = 1 and version = 3",
            ["code_differs"],
        ),
    ],
)
def test_what_was_written_with_triggers_off_is_noticed(lived: Connection, statement: str, found: list[str]) -> None:
    unguarded(lived, statement)
    assert problems(lived) == found


def test_it_counts_and_names_some_keys(lived: Connection) -> None:
    unguarded(lived, "update shop.orders set status = 'CANCELLED'")
    (found,) = rows(lived, "select detail, hint from jalon.verify('orders')")
    assert found[0] == "rows that stand on other codes than their last history row says: 9 (1, 2, 3, 4, 5, …)"
    lived.execute("set jalon.language = 'fr'")
    assert rows(lived, "select detail from jalon.verify('orders')")[0][0].startswith("lignes qui ont d'autres codes")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ('alter table shop.orders disable trigger "~jalon_110_moved"', ["trigger_disabled"]),
        ('alter table shop.orders enable replica trigger "~jalon_110_moved"', ["trigger_disabled"]),
        ("alter table shop.orders disable trigger all", ["trigger_disabled"] * 6),
        (
            'create or replace trigger "~jalon_110_moved" after update on shop.orders referencing old table as old_rows new table as new_rows'
            " for each row when (new.id < 0) execute function jalon_generated.orders__moved()",
            ["trigger_altered"],
        ),
        ('drop trigger "~jalon_900_stamp" on shop.orders', ["trigger_missing"]),
        (
            'create or replace trigger "~jalon_120_deleted" after delete on shop.orders for each statement execute function jalon_generated.orders__truncated()',
            ["trigger_altered"],
        ),
        (
            'create or replace trigger "~jalon_900_stamp" before insert on shop.orders for each row when (new.id < 0) execute function jalon_generated.orders__begin()',
            ["trigger_altered"],
        ),
        (
            'create or replace trigger "~jalon_910_stamp" before update of status on shop.orders for each row execute function jalon_generated.orders__stamp()',
            ["trigger_altered"],
        ),
        (
            'create or replace trigger "~jalon_130_truncated" before truncate on shop.orders for each statement when (false) execute function jalon_generated.orders__truncated()',
            ["trigger_altered"],
        ),
        ("alter table jalon_history.shop__orders disable trigger _100_append_only", ["trigger_disabled"] * 6),
        ("drop trigger _110_no_truncate on shop.orders_history_default", ["trigger_missing"]),
        (
            "create or replace function jalon_generated.orders__moved() returns trigger language plpgsql as $$begin return null; end$$",
            ["function_altered"],
        ),
        ("alter function jalon_generated.orders__moved() owner to postgres", ["function_altered"]),
        ("grant insert, delete on jalon_history.shop__orders to jalon_bi", ["granted"]),
        ("grant update on shop.orders_history_default to public", ["granted"]),
        ("alter table shop.orders_history_default owner to postgres", ["owner"]),
        ("alter table jalon_history.shop__orders owner to postgres", ["owner", "unreadable"]),
        ("revoke all on shop.orders from jalon_owner", ["unreadable"]),
        ("alter table shop.orders rename to sales", ["table_missing"]),
        ("alter table shop.orders rename status to state", ["column_missing"]),
        ("alter table jalon_history.shop__orders rename to old_history", ["history_missing"]),
        ("alter table jalon_history.shop__orders detach partition shop.orders_history_default", ["default_missing"]),
        ("update jalon_engine.rule set roles = '{}' where category = 'ORDER_STATUS'", ["rules_stale"]),
        ("delete from jalon_engine.rule where category = 'ORDER_STATUS' and to_code = 'PAID'", ["rules_stale"]),
        (
            "insert into jalon_engine.rule select category, scope, 'SHIPPED', 'GHOST', action, roles, is_open, is_plain, relation, requires_reason,"
            " required_fields, guard, icon, position, workflow_version from jalon_engine.rule where category = 'ORDER_STATUS' limit 1",
            ["rules_stale"],
        ),
    ],
)
def test_guards_that_were_touched_are_noticed(lived: Connection, statement: str, found: list[str]) -> None:
    if " rename " in statement:
        unguarded(lived, statement)  # an event trigger refuses it, where a superuser installed one
    else:
        lived.execute(statement)
    assert problems(lived) == found
    assert (
        rows(
            lived,
            "select * from jalon.verify() where detail is null or hint is null or detail like '%%{%%' or hint like '%%{%%'",
        )
        == []
    )


def test_this_months_and_the_next_months_partition_are_asked_for(lived: Connection) -> None:
    name = rows(
        lived,
        "select part_name from jalon_history.months_of('jalon_history.shop__orders') where lower_bound > now() order by lower_bound limit 1",
    )[0][0]
    lived.execute(f"alter table jalon_history.shop__orders detach partition {name}")
    assert problems(lived) == ["months_missing"]


def test_a_trigger_that_fires_after_the_stamp_is_named(lived: Connection) -> None:
    lived.execute("create function shop.late() returns trigger language plpgsql as $$begin return new; end$$")
    lived.execute('create trigger "~z" before update on shop.orders for each row execute function shop.late()')
    assert problems(lived) == ["trigger_late"]


def test_a_renamed_table_is_found_by_its_triggers(lived: Connection) -> None:
    unguarded(lived, "alter table shop.orders rename to sales")
    assert "shop.sales" in rows(lived, "select detail from jalon.verify('orders')")[0][0]


def test_row_level_security_that_hides_rows_is_said(lived: Connection) -> None:
    lived.execute("alter table shop.orders enable row level security")
    assert "row_security" in problems(lived)


def test_a_partitioned_table_is_proved_partition_by_partition(orders: Connection) -> None:
    orders.execute(
        "create table shop.tickets (id int, region int, status text not null, primary key (id, region)) partition by list (region)"
    )
    orders.execute("create table shop.tickets_1 partition of shop.tickets for values in (1)")
    orders.execute("select jalon.track('shop.tickets', category => 'ORDER_STATUS', key_column => 'id')")
    orders.execute("insert into shop.tickets values (1, 1, 'NEW')")
    assert problems(orders, "tickets") == []
    orders.execute('alter table shop.tickets_1 disable trigger "~jalon_110_moved"')
    assert problems(orders, "tickets") == ["trigger_disabled"]


def test_a_record_made_anew_is_no_problem(lived: Connection) -> None:
    lived.execute("insert into shop.orders values (10, 'NEW')")
    lived.execute("update shop.orders set status = 'PAID' where id = 10")
    assert problems(lived) == []


def test_a_role_whose_sessions_fire_no_triggers_is_named(lived: Connection) -> None:
    lived.execute(f"alter role jalon_bi in database {lived.info.dbname} set session_replication_role = replica")
    try:
        assert rows(lived, "select problem from jalon.verify()") == [("replication_role",)]
    finally:
        lived.execute(f"alter role jalon_bi in database {lived.info.dbname} reset session_replication_role")


def test_a_million_rows_are_proved_in_seconds(orders: Connection) -> None:
    happened(orders, (0, "NEW", "2026-11-01Z"))
    orders.execute("insert into shop.orders select i, 'NEW' from generate_series(1, 20000) i")
    orders.execute("update shop.orders set status = 'PAID'")
    orders.execute("analyze")
    plan = rows(orders, "explain analyze select * from jalon.verify('orders')")
    assert float(plan[-1][0].split()[2]) < 3000  # nested loops over 20,000 rows would take minutes


def test_the_tables_under_jalon_at_a_glance(lived: Connection, connect: Connect) -> None:
    lived.execute("analyze shop.orders")
    glance = "select table_name, columns, categories, history_table, triggers_enabled, rows_estimate, last_change from jalon.tracked where name = 'orders'"
    last = rows(lived, "select max(changed_at) from jalon_history.shop__orders")[0][0]
    expected = [("shop.orders", ["status"], ["ORDER_STATUS"], "jalon_history.shop__orders", True, 9, last)]
    assert rows(connect("dba"), glance) == expected
    lived.execute('alter table shop.orders disable trigger "~jalon_110_moved"')
    assert rows(lived, "select triggers_enabled from jalon.tracked where name = 'orders'") == [(False,)]


def test_a_dba_runs_it_without_rights_on_the_table(lived: Connection, connect: Connect) -> None:
    assert rows(connect("dba"), "select * from jalon.verify()") == []


def test_the_doctor_says_it_in_a_sentence(lived: Connection) -> None:
    assert list(doctor.findings(lived)) == []
    unguarded(lived, "update shop.orders set status = 'CANCELLED' where id = 4")
    (found,) = doctor.findings(lived)
    assert found.startswith(
        "orders: rows that stand on other codes than their last history row says: 1 (4). They were changed"
    )
