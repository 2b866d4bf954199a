"""The timeline, from the rows that ended stays and from what stands now: the same stays that a window over the whole
history gives, on awkward data, and read month by month."""

import random
from typing import Any

import psycopg
import pytest

from tests.shop import Connect, Connection, import_changes, importing, plan, read, rows

BY_WINDOW = """
select n.{key}, n.version, {case_type}, {codes}, n.changed_at, e.left_at, n.changed_by, n.reason, n.kind,
    e.left_at is null, n.workflow_version, n.transaction_id::text
from (
    select h.*, lead(h.changed_at) over w as next_at, lead(h.version) over w as next_version
    from {history} h window w as (partition by h.{key} order by h.changed_at, h.version)
) n
cross join lateral (
    select least(n.next_at, min(d.deleted_at)) as left_at from jalon_history.deletion d
    where coalesce(n.next_version, 1) = 1 and d.tracked = '{name}' and d.record_key = n.{key}::text
        and d.deleted_at >= n.changed_at
) e order by 1, n.changed_at, 2
"""
BY_ROWS = """
select {key}, version, {case_type}, {shown}, entered_at, left_at, changed_by, reason, kind, is_current,
    workflow_version, transaction_id::text
from jalon_history.{name}_timeline order by 1, entered_at, 2
"""
ORDERS = {
    "key": "orders_id",
    "case_type": "null",
    "codes": "n.new_status",
    "shown": "status",
    "history": "jalon_history.shop__orders",
    "name": "orders",
}
CASES = {
    "key": "cases_id",
    "case_type": "case_type",
    "codes": "n.new_status, n.new_payment",
    "shown": "status, payment",
    "history": "jalon_history.shop__cases",
    "name": "cases",
}


def cases(db: Connection) -> None:
    db.execute(
        "create table shop.cases (id int primary key, case_type text, status text not null, payment text not null)"
    )
    db.execute(
        """select jalon.track('shop.cases', columns => '{"status": "ORDER_STATUS", "payment": "PAYMENT"}',
            workflow_column => 'case_type')"""
    )


def both(db: Connection, names: dict[str, str]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    return rows(db, BY_ROWS.format(**names)), rows(db, BY_WINDOW.format(**names))


def live_through(db: Connection, seed: int) -> None:
    """Records are made, moved, imported, deleted and made again under their keys, by chance, always the same."""
    chance = random.Random(seed)  # noqa: S311
    db.execute("insert into jalon_engine.role_grant (principal, role) values ('db:postgres', 'admin')")
    for _ in range(160):
        id = chance.randrange(1, 8)
        code, payment = chance.choice(["NEW", "PAID", "SHIPPED", "CANCELLED"]), chance.choice(["OPEN", "SETTLED"])
        match chance.randrange(8):
            case 0 | 1:
                db.execute("insert into shop.orders values (%s, 'NEW') on conflict do nothing", (id,))
                db.execute(
                    "insert into shop.cases values (%s, %s, 'NEW', 'OPEN') on conflict do nothing",
                    (id, chance.choice(["private", "business"])),
                )
            case 2:
                db.execute("delete from shop.orders where id = %s", (id,))
                db.execute("delete from shop.cases where id = %s", (id,))
            case 3:
                db.execute("update shop.cases set case_type = 'business', payment = %s where id = %s", (payment, id))
            case 4:
                with importing(db, reason="from the old system"):
                    db.execute("update shop.orders set status = %s where id = %s", (code, id))
            case 5:
                with db.transaction():
                    db.execute("update shop.orders set status = 'NEW' where id = %s", (id,))
                    db.execute("update shop.orders set status = %s where id = %s", (code, id))
                    db.execute("delete from shop.cases where id = %s", (id,))
                    db.execute("insert into shop.cases values (%s, 'private', 'NEW', 'OPEN')", (id,))
            case _:
                db.execute("update shop.orders set status = %s where id = %s", (code, id))
                db.execute("update shop.cases set status = %s, payment = %s where id = %s", (code, payment, id))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_stays_are_those_that_a_window_over_the_history_gives(orders: Connection, seed: int) -> None:
    cases(orders)
    live_through(orders, seed)
    for names in (ORDERS, CASES):
        found, expected = both(orders, names)
        assert len(found) > 40
        assert found == expected
    assert rows(orders, "select problem from jalon.verify()") == []


def test_stays_of_changes_at_one_instant_follow_each_other_by_version(orders: Connection) -> None:
    orders.execute("insert into shop.orders values (1, 'NEW')")
    at = rows(orders, "select status_changed_at from shop.orders")[0][0]
    with orders.transaction():
        orders.execute("set local session_replication_role = replica")
        for version, old, new in ((2, "NEW", "PAID"), (3, "PAID", "SHIPPED")):
            orders.execute(
                "insert into jalon_history.shop__orders (id, orders_id, version, old_status, new_status, changed_at, "
                "previous_changed_at, kind, changed_by, db_role, workflow_version, transaction_id) "
                "values (gen_random_uuid(), 1, %s, %s, %s, %s, %s, 'import', 'anna', 'jalon_dba', 0, '750')",
                (version, old, new, at, at),
            )
        orders.execute("update shop.orders set status = 'SHIPPED', status_version = 3")
    found, expected = both(orders, ORDERS)
    assert found == expected
    assert [row[3] for row in found] == ["NEW", "PAID", "SHIPPED"]


@pytest.mark.parametrize("on_delete", ["cascade", "refuse"])
def test_stays_are_the_same_whatever_becomes_of_the_history_of_a_deleted_record(
    orders: Connection, on_delete: str
) -> None:
    orders.execute("select jalon.track('shop.orders', category => 'ORDER_STATUS', on_delete => %s)", (on_delete,))
    orders.execute("insert into shop.orders values (1, 'NEW'), (2, 'NEW')")
    orders.execute("update shop.orders set status = 'PAID'")
    if on_delete == "cascade":
        orders.execute("delete from shop.orders where id = 1")
    found, expected = both(orders, ORDERS)
    assert found == expected
    assert len(found) == (2 if on_delete == "cascade" else 4)


def test_after_months_were_detached_every_record_still_stands_somewhere(orders: Connection) -> None:
    import_changes(
        orders, (1, "NEW", "2024-02-01Z"), (2, "NEW", "2024-02-01Z"), (2, "PAID", "2024-03-01Z"),
        (2, "SHIPPED", "2026-10-01Z"), (3, "NEW", "2026-10-01Z"),
    )  # fmt: skip
    orders.execute("select jalon.ensure_partitions()")
    orders.execute("select jalon.retain('orders', '1 year')")
    found, expected = both(orders, ORDERS)
    assert set(found) == set(expected)
    assert [row[3] for row in found if row[9]] == ["NEW", "SHIPPED", "NEW"]


def a_year(db: Connection) -> None:
    for month in range(1, 12):
        import_changes(db, (month, "NEW", f"2026-{month:02}-15Z"), (month, "PAID", f"2026-{month:02}-16Z"))
    db.execute("select jalon.ensure_partitions()")


def test_a_filter_on_the_end_of_stays_reads_only_the_months_it_needs(orders: Connection) -> None:
    a_year(orders)
    query = "select * from jalon_history.orders_timeline where left_at >= '2026-10-01Z' and left_at < '2026-11-01Z'"
    assert rows(orders, f"select count(*) from ({query}) x") == [(1,)]
    counted = query.replace("*", "count(*), sum(duration_seconds)")
    assert read(orders, counted) <= {"y2026m10", "default"}


def test_what_is_current_is_read_from_the_records_and_not_from_their_history(orders: Connection) -> None:
    a_year(orders)
    query = "select status, count(*) from jalon_history.orders_timeline where is_current group by 1"
    assert rows(orders, query) == [("PAID", 11)]
    assert read(orders, query) <= {"default"}


def test_who_began_a_stay_is_looked_up_only_if_it_is_asked_for(orders: Connection) -> None:
    a_year(orders)
    assert "Left Join" not in plan(orders, "select status, sum(duration) from jalon_history.orders_timeline group by 1")
    assert "Left Join" in plan(orders, "select status, changed_by from jalon_history.orders_timeline")


def test_stays_of_all_records_are_added_up_by_several_processes(orders: Connection) -> None:
    orders.execute("set min_parallel_table_scan_size = 0; set parallel_setup_cost = 0; set parallel_tuple_cost = 0")
    a_year(orders)
    orders.execute("delete from shop.orders where id = 3")
    for view, what in (("orders_timeline", "duration"), ("changes", "changed_at - stay_began")):
        assert "Gather" in plan(orders, f"select sum({what}) from jalon_history.{view}"), view


def test_the_newest_changes_are_taken_from_the_index_of_each_month(orders: Connection) -> None:
    a_year(orders)
    orders.execute("set enable_seqscan = off")
    found = plan(
        orders, "select * from jalon_history.changes where tracked = 'orders' order by changed_at desc limit 5"
    )
    assert "changed_at_idx" in found
    orders.execute("delete from shop.orders where id = 3")
    newest = "select record_key, old_code, new_code from jalon_history.changes order by changed_at desc limit 2"
    assert rows(orders, newest) == [("3", "PAID", None), ("11", "NEW", "PAID")]


def test_the_changes_of_one_record_are_found_by_its_key(orders: Connection) -> None:
    cases(orders)
    live_through(orders, 4)
    for name in ("orders", "cases"):
        for key in range(1, 8):
            of_one = rows(orders, "select * from jalon_history.changes_of(%s, %s) order by 7, 6, 1", name, str(key))
            all_of = rows(
                orders, "select * from jalon_history.changes where tracked = %s and record_key = %s order by 9, 8, 3",
                name, str(key),
            )  # fmt: skip
            assert of_one == [row[2:] for row in all_of]
            assert of_one
    orders.execute("insert into shop.orders select i, 'NEW' from generate_series(100, 5000) i")
    with orders.transaction():
        count = "select coalesce(sum(seq_tup_read), 0) from pg_stat_xact_user_tables where relname like 'shop%'"
        before = rows(orders, count)
        orders.execute("select * from jalon_history.changes_of('orders', '700')")
        assert rows(orders, count) == before


def test_a_deleted_record_that_is_erased_later_went_once(orders: Connection) -> None:
    orders.execute("insert into jalon_engine.role_grant (principal, role) values ('db:postgres', 'admin')")
    import_changes(orders, (1, "NEW", "2026-10-01Z"))
    orders.execute("delete from shop.orders")
    orders.execute("select jalon.erase('orders', '1')")
    assert rows(orders, "select status, is_current from jalon_history.orders_timeline") == [("NEW", False)]
    went = "select old_code, kind from jalon_history.changes where new_code is null"
    assert rows(orders, went) == [("NEW", "delete")]
    assert rows(orders, "select status from jalon_history.orders_as_of('2026-10-02Z')") == [("NEW",)]
    kinds = "select operation from jalon_history.deletions order by deleted_at"
    assert rows(orders, kinds) == [("DELETE",), ("ERASE",)]
    assert rows(orders, "select problem from jalon.verify('orders') where problem <> 'default_not_empty'") == []


def test_seconds_and_numbers_stand_beside_intervals_and_transactions(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2026-10-01Z"), (1, "PAID", "2026-10-03Z"))
    closed = rows(
        orders,
        "select duration_seconds, transaction_number = transaction_id::text::bigint from jalon_history.orders_timeline "
        "where not is_current",
    )
    assert closed == [(2 * 86400.0, True)]
    changes = rows(
        orders, "select stay_seconds, transaction_number > 0 from jalon_history.changes where old_code is not null"
    )
    assert changes == [(2 * 86400.0, True)]


def test_a_timeline_can_be_read_when_its_table_is_gone(orders: Connection) -> None:
    orders.execute("insert into shop.orders values (1, 'NEW'); update shop.orders set status = 'PAID'")
    orders.execute("drop event trigger if exists jalon_protect_tables")
    orders.execute("drop table shop.orders")
    assert rows(orders, "select status from jalon_history.orders_timeline") == [("NEW",)]


def test_nobody_but_readers_of_history_asks_where_records_stand(orders: Connection, connect: Connect) -> None:
    for role in ("api", "app", "relay"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connect(role).execute("select * from jalon_history.states_now('orders')")
