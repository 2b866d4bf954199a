"""jalon_history.<name>_as_of(instant, key): the code of every record at that instant."""

import random
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.shop import Connect, Connection, import_changes, importing, read, rows, tuples_read

CODES = ("NEW", "PAID", "SHIPPED", "CANCELLED")
# The same question, asked the slow way: the last row of the log before the instant, of records not deleted since.
REPLAYED = """
select orders_id, version, new_status, changed_at from (
    select distinct on (h.orders_id) h.* from jalon_history.shop__orders h where h.changed_at <= %(at)s
        order by h.orders_id, h.changed_at desc, h.version desc
) l
where not exists (select from jalon_history.deletion d where d.record_key = l.orders_id::text
    and d.deleted_at > l.changed_at and d.deleted_at <= %(at)s)
order by 1
"""


def test_it_says_what_replaying_the_log_says(orders: Connection) -> None:
    chance = random.Random(20261120)  # noqa: S311
    instants = []
    for _ in range(120):
        id = chance.randint(1, 12)
        if chance.random() < 0.15:
            orders.execute("delete from shop.orders where id = %s", (id,))
        elif not orders.execute(
            "update shop.orders set status = %s where id = %s", (chance.choice(CODES), id)
        ).rowcount:
            orders.execute("insert into shop.orders values (%s, 'NEW')", (id,))
        instants.append(rows(orders, "select clock_timestamp()")[0][0])
    for at in instants[::3]:
        expected = orders.execute(REPLAYED, {"at": at}).fetchall()
        assert rows(orders, "select * from jalon_history.orders_as_of(%s) order by 1", at) == expected
        one = chance.randint(1, 12)
        assert rows(orders, "select * from jalon_history.orders_as_of(%s, %s)", at, str(one)) == [
            r for r in expected if r[0] == one
        ]


def test_an_instant_belongs_to_the_stay_that_begins_with_it(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2026-10-01Z"), (1, "PAID", "2026-10-02Z"))
    as_of = "select status from jalon_history.orders_as_of(%s)"
    assert rows(orders, as_of, "2026-09-30 23:59:59.999999Z") == []
    assert rows(orders, as_of, "2026-10-01Z") == [("NEW",)]
    assert rows(orders, as_of, "2026-10-01 23:59:59.999999Z") == [("NEW",)]
    assert rows(orders, as_of, "2026-10-02Z") == [("PAID",)]
    assert rows(orders, "select status from jalon_history.orders_as_of()") == [("PAID",)]


def test_case_type_and_several_columns_come_along(orders: Connection) -> None:
    orders.execute(
        "create table shop.cases (id int primary key, case_type text, status text not null, "
        "payment text not null default 'OPEN')"
    )
    orders.execute(
        """select jalon.track('shop.cases', columns => '{"status": "ORDER_STATUS", "payment": "PAYMENT"}',
            workflow_column => 'case_type')"""
    )
    with importing(orders):
        orders.execute("insert into shop.cases values (1, 'private', 'NEW', 'OPEN', default, '2026-10-01Z')")
        orders.execute("update shop.cases set case_type = 'business', status_changed_at = '2026-10-02Z'")
        orders.execute("update shop.cases set payment = 'SETTLED', status_changed_at = '2026-10-03Z'")
    as_of = "select case_type, status, payment, version from jalon_history.cases_as_of(%s)"
    assert rows(orders, as_of, "2026-10-01 12:00Z") == [("private", "NEW", "OPEN", 1)]
    assert rows(orders, as_of, "2026-10-02 12:00Z") == [("business", "NEW", "OPEN", 2)]
    assert rows(orders, as_of, "2026-10-03 12:00Z") == [("business", "NEW", "SETTLED", 3)]


def a_year(db: Connection) -> None:
    for month in range(1, 12):
        import_changes(db, (month, "NEW", f"2026-{month:02}-15Z"), (month, "PAID", f"2026-{month:02}-16Z"))
    db.execute("select jalon.ensure_partitions()")
    db.execute("analyze jalon_history.shop__orders")


def test_it_reads_the_months_since_and_none_before(orders: Connection) -> None:
    a_year(orders)
    months = read(orders, "select * from jalon_history.orders_as_of('2026-10-20Z')")
    assert {"y2026m10", "y2026m11"} <= months
    assert not [m for m in months if m < "y2026m10" and m != "default"]


def test_one_record_is_read_by_its_key_alone(orders: Connection) -> None:
    orders.execute("insert into shop.orders select i, 'NEW' from generate_series(1, 4000) i")
    orders.execute("analyze jalon_history.shop__orders")
    orders.execute("analyze shop.orders")
    # The planner reads one more: the end of the index on time.
    assert tuples_read(orders, "select * from jalon_history.orders_as_of('2026-10-20Z', '7')") <= 3


def test_a_key_of_the_wrong_kind_is_refused(orders: Connection) -> None:
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        orders.execute("select * from jalon_history.orders_as_of(now(), 'seven')")


def test_a_reader_needs_no_more_than_a_read_only_session(orders: Connection, connect: Connect) -> None:
    import_changes(orders, (1, "NEW", "2026-10-01Z"))
    reader = connect("bi")
    reader.execute("set default_transaction_read_only = on")
    assert rows(
        reader, "select status from jalon_history.orders_as_of(%s)", datetime.now(UTC) + timedelta(hours=1)
    ) == [("NEW",)]
    assert rows(reader, "select status from jalon_history.orders_timeline") == [("NEW",)]
    for private in ("shop.orders", "jalon_history.shop__orders", "jalon_engine.tracked"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(f"select * from {private}")


@pytest.mark.parametrize(
    ("type", "key"),
    [
        ("smallint", "7"),
        ("int", "-7"),
        ("uuid", "0198c0de-0000-7000-8000-000000000001"),
        ("text", "a'b \\ é"),
        ("varchar(20)", "x"),
    ],
)
def test_a_record_is_found_by_a_key_of_any_kind(orders: Connection, type: str, key: str) -> None:
    orders.execute(f"create table shop.things (id {type} primary key, status text not null)")
    orders.execute("select jalon.track('shop.things', category => 'ORDER_STATUS', history_key => 'thing')")
    orders.execute(f"insert into shop.things values (%s::{type}, 'NEW')", (key,))
    orders.execute("update shop.things set status = 'PAID'")
    assert rows(orders, "select thing::text, status from jalon_history.things_as_of('infinity', %s)", key) == [
        (key, "PAID")
    ]
    assert rows(
        orders, f"select status from jalon_history.things_timeline where thing = %s::{type} order by version", key
    ) == [("NEW",), ("PAID",)]
    orders.execute("delete from shop.things")
    began = rows(orders, "select min(entered_at) from jalon_history.things_timeline")[0][0]
    assert rows(orders, "select status from jalon_history.things_as_of(%s, %s)", began, key) == [("NEW",)]
    assert rows(orders, "select problem from jalon.verify('things')") == []
