"""Months of history: made ahead, filled from the default partition, kept as long as configured."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import psycopg
import pytest

from jalon.install.migrate import migrate
from jalon.settings import Settings
from tests.shop import Connect, Connection, import_changes, rows

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
    standing = rows(orders, "select * from jalon_history.orders_as_of() order by 1")
    assert [name for (name,) in rows(orders, "select jalon.retain('orders', '1 year')")] == [
        "jalon_history.shop__orders_y2024m02",
        "jalon_history.shop__orders_y2024m03",
    ]
    assert rows(orders, "select jalon.retain('shop.orders', '1 year')") == []
    assert rows(orders, "select count(*) from jalon_history.shop__orders_y2024m02") == [(2,)]
    assert rows(orders, "select count(*) from jalon_history.shop__orders") == [(1,)]
    # What is gone is known to be gone: nothing is amiss, and what stands still stands.
    assert rows(orders, "select problem from jalon.verify('orders')") == []
    assert rows(orders, "select * from jalon_history.orders_as_of() order by 1") == standing
    assert rows(orders, "select status from jalon_history.orders_as_of('2026-10-01Z') order by orders_id") == [
        ("PAID",),
        ("NEW",),
    ]
    assert rows(
        orders, "select history_begins::date::text from jalon_history.tracked_columns where tracked = 'orders'"
    ) == [("2024-04-01",)]


def test_a_month_that_was_detached_can_be_made_again(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2024-02-10Z"))
    orders.execute("select jalon.ensure_partitions()")
    orders.execute("select jalon.retain('orders', '1 year')")
    import_changes(orders, (2, "NEW", "2024-02-12Z"))
    assert rows(orders, "select part_name from jalon.ensure_partitions()") == [
        ("jalon_history.shop__orders_y2024m02_2",)
    ]


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
