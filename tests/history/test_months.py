"""Months of history: made ahead, filled from the default partition, kept as long as configured."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
import pytest

from jalon.install.migrate import migrate
from jalon.settings import Settings
from tests.conftest import name_actor
from tests.shop import Connect, Connection, import_changes, importing, rows

PARTS = "select part_name from jalon_history.months_of('jalon_history.shop__orders') where not is_default order by 1"


def this_month(db: Connection, plus: int = 0) -> datetime:
    return rows(db, "select date_trunc('month', now() at time zone 'UTC') + make_interval(months => %s)", plus)[0][0]


def test_this_month_and_three_more_stand_ready_with_finite_bounds_in_utc(orders: Connection) -> None:
    wanted = [f"jalon_history.shop__orders_y{m.year}m{m.month:02}" for m in (this_month(orders, i) for i in range(4))]
    assert [name for (name,) in rows(orders, PARTS)] == wanted
    orders.execute("set timezone = 'Pacific/Auckland'")
    bounds = rows(
        orders,
        "select lower_bound at time zone 'UTC', upper_bound at time zone 'UTC' "
        "from jalon_history.months_of('jalon_history.shop__orders')"
        " where not is_default order by 1",
    )
    assert bounds == [(this_month(orders, i), this_month(orders, i + 1)) for i in range(4)]


def test_months_further_ahead_are_made_once(orders: Connection) -> None:
    made = rows(orders, "select tracked, part_name, moved from jalon.ensure_partitions(5)")
    assert [(tracked, moved) for tracked, _, moved in made if tracked == "orders"] == [("orders", 0), ("orders", 0)]
    assert rows(orders, "select * from jalon.ensure_partitions(5)") == []


def test_a_session_in_another_time_zone_makes_the_same_months(orders: Connection) -> None:
    orders.execute("set timezone = 'America/Los_Angeles'")
    orders.execute("set datestyle = 'German'")
    assert rows(orders, "select * from jalon.ensure_partitions()") == []


def test_rows_without_a_month_wait_in_the_default_partition_and_move_with_a_word(orders: Connection) -> None:
    import_changes(
        orders, (1, "NEW", "2024-02-29 23:59:59.999999Z"), (1, "PAID", "2024-03-01Z"), (2, "NEW", "2024-02-10Z")
    )
    before = rows(orders, "select * from jalon_history.shop__orders order by orders_id, version")
    assert rows(orders, "select count(*) from jalon_history.shop__orders_default") == [(3,)]
    assert [p for (p,) in rows(orders, "select problem from jalon.verify('orders')")] == ["default_not_empty"]
    assert rows(orders, "select part_name, moved from jalon.ensure_partitions() where tracked = 'orders'") == [
        ("jalon_history.shop__orders_y2024m02", 2),
        ("jalon_history.shop__orders_y2024m03", 1),
    ]
    assert rows(orders, "select * from jalon_history.shop__orders order by orders_id, version") == before
    assert rows(orders, "select count(*) from jalon_history.shop__orders_default") == [(0,)]
    assert rows(orders, "select problem from jalon.verify('orders')") == []


def test_moving_rows_into_their_month_makes_nobody_react_twice(orders: Connection) -> None:
    orders.execute("create table shop.heard (orders_id bigint)")
    orders.execute(
        "create function shop.hear() returns trigger language plpgsql security definer as"
        " $$begin insert into shop.heard select orders_id from new_rows; return null; end$$"
    )
    orders.execute("grant usage, create on schema shop to jalon_owner")
    orders.execute(
        "create trigger hear after insert on jalon_history.shop__orders referencing new table as new_rows for each "
        "statement execute function shop.hear()"
    )
    import_changes(orders, (1, "NEW", "2024-02-10Z"))
    orders.execute("select jalon.ensure_partitions()")
    assert rows(orders, "select * from shop.heard") == [(1,)]


def test_no_partition_can_be_emptied_or_rewritten(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2024-02-10Z"))
    orders.execute("select jalon.ensure_partitions()")
    parts = rows(orders, "select part_name from jalon_history.months_of('jalon_history.shop__orders')")
    assert len(parts) == 6
    for (part,) in parts:
        with pytest.raises(psycopg.Error) as refused:
            orders.execute(f"truncate {part}")
        assert refused.value.sqlstate == "JL502"
    for statement in (
        "delete from jalon_history.shop__orders_y2024m02",
        "update jalon_history.shop__orders_y2024m02 set reason = 'x'",
    ):
        with pytest.raises(psycopg.Error) as refused:
            orders.execute(statement)
        assert refused.value.sqlstate == "JL502"


def test_retain_detaches_whole_months_and_names_them(orders: Connection) -> None:
    import_changes(
        orders,
        (1, "NEW", "2024-02-10Z"),
        (1, "PAID", "2024-03-10Z"),
        (1, "SHIPPED", "2026-10-10Z"),
        (2, "NEW", "2024-02-11Z"),
    )
    orders.execute("select jalon.ensure_partitions()")
    current = rows(orders, "select * from jalon_history.orders_as_of() order by 1")
    assert [name for (name,) in rows(orders, "select jalon.retain('orders', '1 year')")] == [
        "jalon_history.shop__orders_y2024m02",
        "jalon_history.shop__orders_y2024m03",
    ]
    assert rows(orders, "select jalon.retain('shop.orders', '1 year')") == []
    assert rows(orders, "select count(*) from jalon_history.shop__orders_y2024m02") == [(2,)]
    # Where each record stood when the history begins now stays, as its beginning.
    assert rows(orders, "select orders_id, version, old_status, new_status, kind from jalon_history.shop__orders "
                        "order by 1, 2") == [
        (1, 2, None, "PAID", "backfill"), (1, 3, "PAID", "SHIPPED", "import"), (2, 1, None, "NEW", "backfill"),
    ]  # fmt: skip
    # What is gone is known to be gone: nothing is amiss, and what stands still stands.
    assert rows(orders, "select problem from jalon.verify('orders')") == []
    assert rows(orders, "select * from jalon_history.orders_as_of() order by 1") == current
    assert rows(orders, "select status from jalon_history.orders_as_of('2026-10-01Z') order by orders_id") == [
        ("PAID",),
        ("NEW",),
    ]
    assert rows(
        orders, "select history_begins::date::text from jalon_history.tracked_columns where tracked = 'orders'"
    ) == [("2024-04-01",)]


def test_what_is_imported_before_a_history_begins_lies_with_what_was_kept(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2024-02-10Z"))
    orders.execute("select jalon.ensure_partitions()")
    orders.execute("select jalon.retain('orders', '1 year')")
    import_changes(orders, (2, "NEW", "2024-02-12Z"))
    assert rows(orders, "select part_name from jalon.ensure_partitions()") == []
    assert rows(orders, "select orders_id from jalon_history.shop__orders_before order by 1") == [(1,), (2,)]
    assert rows(orders, "select problem from jalon.verify('orders')") == []


def test_after_retain_people_see_who_stands_where(orders: Connection) -> None:
    import_changes(
        orders,
        (1, "NEW", "2023-01-10Z"), (2, "NEW", "2023-01-11Z"), (2, "PAID", "2024-06-01Z"), (3, "NEW", "2024-02-01Z"),
        (3, "PAID", "2026-10-01Z"), (4, "NEW", "2023-02-01Z"), (5, "NEW", "2023-02-02Z"), (5, "PAID", "2023-02-02Z"),
        reason="called",
    )  # fmt: skip
    orders.execute("delete from shop.orders where id = 4")
    orders.execute("select jalon.ensure_partitions()")
    current = (
        "select orders_id, status, entered_at, changed_by, reason from jalon_history.orders_timeline "
        "where is_current order by 1"
    )
    then = "select orders_id, status, entered_at from jalon_history.orders_as_of('2025-11-01Z') order by 1"
    before = rows(orders, current), rows(orders, then)
    detached = []
    for keep in ("3 years 9 months", "2 years", "1 year"):
        detached += [name for (name,) in rows(orders, "select jalon.retain('orders', %s)", keep)]
        assert rows(orders, current) == before[0], keep
        assert rows(orders, "select problem from jalon.verify('orders')") == [], keep
    assert rows(orders, then) == before[1]
    assert len(before[0]) == rows(orders, "select count(*) from jalon_history.current where tracked = 'orders'")[0][0]
    # All that was written is in what was detached and what is left; nothing is written twice in either.
    assert sum(rows(orders, f"select count(*) from {name} where kind = 'import'")[0][0] for name in detached) == 7
    assert rows(orders, "select count(*) from jalon_history.shop__orders") == [(6,)]


def test_a_stay_that_lasted_when_history_begins_is_no_change_of_anybodys(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2023-01-10Z"), (1, "PAID", "2024-06-01Z"), (1, "SHIPPED", "2026-10-01Z"))
    orders.execute("select jalon.ensure_partitions()")
    orders.execute("select jalon.retain('orders', '1 year')")
    taken = "select from_code, to_code, changes from jalon_recap.transitions('orders')"
    assert rows(orders, taken) == [("PAID", "SHIPPED", 1)]
    stays = (
        "select status, entered_at::date::text, left_at::date::text from jalon_history.orders_timeline order by version"
    )
    assert rows(orders, stays) == [("PAID", "2024-06-01", "2026-10-01"), ("SHIPPED", "2026-10-01", None)]


def test_making_a_month_whose_rows_wait_in_the_default_partition_fails_no_writer(
    orders: Connection, connect: Connect
) -> None:
    """It locked the default partition, then the history; writers lock the history first."""
    import_changes(orders, (1, "NEW", "2024-02-10Z"))  # waits in default
    orders.execute("select jalon_history.ensure_months('orders', '2023-01-01Z', '2023-01-01Z')")
    writer = connect(autocommit=False)
    with importing(writer):
        writer.execute("insert into shop.orders (id, status, status_changed_at) values (2, 'NEW', '2023-01-05Z')")
        with ThreadPoolExecutor(1) as pool:
            made = pool.submit(lambda: rows(connect(), "select part_name, moved from jalon.ensure_partitions()"))
            while not waits_for_a_lock(orders) and not made.done():
                time.sleep(0.01)
            # The default partition is open to whoever holds the history.
            writer.execute("insert into shop.orders (id, status, status_changed_at) values (3, 'NEW', '2022-01-05Z')")
            writer.commit()
            assert ("jalon_history.shop__orders_y2024m02", 1) in made.result()
    orders.execute("select jalon.ensure_partitions()")
    assert rows(orders, "select problem from jalon.verify('orders')") == []


def waits_for_a_lock(db: Connection) -> bool:
    return bool(rows(db, "select exists (select from pg_locks where not granted)")[0][0])


@pytest.mark.parametrize("keep", ["-1 day", "0", None])
def test_a_time_to_keep_must_be_one(orders: Connection, keep: str | None) -> None:
    with pytest.raises(psycopg.Error) as refused:
        orders.execute("select jalon.retain('orders', %s)", (keep,))
    assert refused.value.sqlstate == "JL405"


def test_long_names_leave_room_for_their_months_and_stay_apart(orders: Connection) -> None:
    for name in ("one", "two"):
        table = f'shop."{"é" * 29}_{name}"'
        orders.execute(f"create table {table} (id int primary key, status text not null)")
        orders.execute("select jalon.track(%s, category => 'ORDER_STATUS', name => %s)", (table, name))
        orders.execute(f"insert into {table} values (1, 'NEW')")
    histories = rows(
        orders,
        "select format('%I.%I', history_schema, history_name) from jalon_engine.tracked where name in ('one', 'two')",
    )
    assert len(set(histories)) == 2
    for (history,) in histories:
        assert len(rows(orders, "select part_name from jalon_history.months_of(%s::regclass)", history)) == 5
    assert rows(orders, "select problem from jalon.verify()") == []


def test_the_relay_may_make_partitions_and_nobody_else_but_a_dba(orders: Connection, connect: Connect) -> None:
    connect("relay").execute("select * from jalon.ensure_partitions(4)")
    connect("dba").execute("select * from jalon.ensure_partitions(5)")
    for role in ("bi", "api"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connect(role).execute("select * from jalon.ensure_partitions()")


def test_months_are_made_while_writers_write(orders: Connection, connect: Connect) -> None:
    writer = connect(autocommit=False)
    writer.execute("insert into shop.orders values (1, 'NEW')")
    assert rows(orders, "select count(*) from jalon.ensure_partitions(5) where tracked = 'orders'") == [(2,)]
    writer.execute("update shop.orders set status = 'PAID'")
    writer.commit()
    assert rows(orders, "select problem from jalon.verify('orders')") == []


@contextmanager
def waiting_for_a_lock(orders: Connection, worker: Connection, statement: str) -> Iterator[Future[Any]]:
    """The statement runs on another connection, and has been seen to wait for a lock."""
    pid = worker.info.backend_pid
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(rows, worker, statement)
        while not rows(orders, "select 1 from pg_locks where pid = %s and not granted", pid) and not future.done():
            pass
        yield future


@pytest.mark.parametrize("on_delete", ["keep", "cascade"])
def test_a_writer_and_who_makes_months_of_waiting_rows_never_end_each_other(
    orders: Connection, connect: Connect, on_delete: str
) -> None:
    """The writer holds the history and then wants the default partition, in which rows wait for their month."""
    orders.execute("create table shop.parcels (id int primary key, status text not null)")
    orders.execute("select jalon.track('shop.parcels', category => 'ORDER_STATUS', on_delete => %s)", (on_delete,))
    name_actor(orders, "anna", "admin", "", '{"kind": "import"}')
    past = "insert into shop.parcels (id, status, status_changed_at) values"
    orders.execute(f"{past} (1, 'NEW', '2024-02-10Z')")
    writer = connect(autocommit=False)
    name_actor(writer, "anna", "admin", "", '{"kind": "import"}')
    writer.commit()
    writer.execute(f"{past} (2, 'NEW', now())")
    with waiting_for_a_lock(orders, connect(), "select part_name, moved from jalon.ensure_partitions()") as made:
        writer.execute(f"{past} (3, 'NEW', '2024-02-11Z')")
        writer.commit()
        assert made.result() == [("jalon_history.shop__parcels_y2024m02", 2)]
    assert rows(orders, "select problem from jalon.verify('parcels')") == []


@pytest.mark.parametrize("on_delete", ["keep", "cascade"])
def test_a_writer_and_who_detaches_months_never_end_each_other(
    orders: Connection, connect: Connect, on_delete: str
) -> None:
    orders.execute("create table shop.parcels (id int primary key, status text not null)")
    orders.execute("select jalon.track('shop.parcels', category => 'ORDER_STATUS', on_delete => %s)", (on_delete,))
    name_actor(orders, "anna", "admin", "", '{"kind": "import"}')
    orders.execute("insert into shop.parcels (id, status, status_changed_at) values (1, 'NEW', '2024-02-10Z')")
    name_actor(orders, None, "", "")
    orders.execute("select jalon.ensure_partitions()")
    writer = connect(autocommit=False)
    writer.execute("insert into shop.parcels values (2, 'NEW')")
    with waiting_for_a_lock(orders, connect(), "select jalon.retain('parcels', '1 year')") as detached:
        writer.execute("insert into shop.parcels values (3, 'NEW')")
        writer.commit()
        assert detached.result() == [("jalon_history.shop__parcels_y2024m02",)]
    assert rows(orders, "select problem from jalon.verify('parcels')") == []


def test_two_who_make_months_at_once_make_them_once(orders: Connection, connect: Connect) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: rows(connect(), "select part_name from jalon.ensure_partitions(8)"), range(4)))
    names = [name for found in made for (name,) in found if name.startswith("jalon_history.shop__orders")]
    assert len(names) == len(set(names)) == 5


def test_a_reader_in_the_way_ends_in_an_error_with_nothing_half_done(orders: Connection, connect: Connect) -> None:
    before = rows(orders, PARTS)
    reader = connect(autocommit=False)
    reader.execute("select * from jalon_history.orders_timeline")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        orders.execute("select jalon.ensure_partitions(5)")
    reader.rollback()
    assert rows(orders, PARTS) == before
    orders.execute("select jalon.ensure_partitions(5)")
    assert len(rows(orders, PARTS)) == 6


def test_a_history_with_columns_of_its_modules_own_moves_too(orders: Connection) -> None:
    orders.execute(
        "alter table jalon_history.shop__orders add note text generated always as (upper(new_status)) stored"
    )
    orders.execute("alter table jalon_history.shop__orders add seen boolean not null default false")
    import_changes(orders, (1, "NEW", "2024-02-10Z"))
    assert rows(orders, "select part_name, moved from jalon.ensure_partitions(4) where moved > 0") == [
        ("jalon_history.shop__orders_y2024m02", 1)
    ]
    assert rows(orders, "select note, seen from jalon_history.shop__orders_y2024m02") == [("NEW", False)]


def test_a_start_is_an_occasion_to_make_months(orders: Connection, dsn: str, settings: Settings) -> None:
    import_changes(orders, (1, "NEW", "2024-02-10Z"))
    before = rows(orders, PARTS)
    last = before[-1][0]
    orders.execute(f"alter table jalon_history.shop__orders detach partition {last}")
    orders.execute(f"drop table {last}")
    said: list[str] = []
    migrate(settings, dsn, said.append)
    assert rows(orders, PARTS) == [("jalon_history.shop__orders_y2024m02",), *before]
    assert said == [
        f"History of orders: made {last}.",
        "History of orders: made jalon_history.shop__orders_y2024m02 and moved 1 rows there.",
    ]
    migrate(settings, dsn, said.append)
    assert len(said) == 2
