"""The views of jalon_recap that reporting tools list: each says what the function or the history says."""

import datetime as dt

import pytest

from tests.shop import Connect, Connection, import_changes, importing, rows


@pytest.fixture
def reader(orders: Connection, connect: Connect) -> Connection:
    """A year of orders with deletions and an overdue one, and cases with two columns and case types; a BI session."""
    for id in range(1, 8):
        import_changes(orders, (id, "NEW", f"2026-0{id}-28 22:00Z"), (id, "PAID", f"2026-0{id + 1}-02 12:00Z"))
    import_changes(orders, (2, "SHIPPED", "2026-09-30 23:30Z"), (8, "NEW", "2026-03-29Z"), (9, "NEW", "2026-10-25Z"))
    orders.execute("delete from shop.orders where id in (3, 9)")
    orders.execute(
        "create table shop.cases (id int primary key, case_type text, status text not null, payment text not null)"
    )
    orders.execute(
        """select jalon.track('shop.cases', columns => '{"status": "ORDER_STATUS", "payment": "PAYMENT"}',
            workflow_column => 'case_type')"""
    )
    with importing(orders):
        for id, case_type in ((1, "private"), (2, "business"), (3, "private")):
            orders.execute(
                "insert into shop.cases values (%s, %s, 'NEW', 'OPEN', default, '2026-09-20Z')", (id, case_type)
            )
        orders.execute("update shop.cases set payment = 'SETTLED', status_changed_at = '2026-10-02Z' where id < 3")
        orders.execute("update shop.cases set status = 'PAID', status_changed_at = '2026-11-05Z' where id = 2")
    orders.execute("select jalon.ensure_partitions()")
    bi = connect("bi")
    bi.execute("set timezone = 'Europe/Paris'")
    return bi


def test_a_day_of_the_spine_comes_once_from_the_first_month_of_history_on(reader: Connection) -> None:
    (first, last, days, distinct), *_ = rows(
        reader, "select min(day), max(day), count(*), count(distinct day) from jalon_recap.days"
    )
    assert first == dt.date(2026, 1, 1)
    assert last == dt.date(dt.datetime.now(dt.UTC).year + 1, 12, 31)
    assert days == distinct == (last - first).days + 1
    sunday = "select week, month, quarter, year, weekday, is_weekend from jalon_recap.days where day = '2027-01-03'"
    january = dt.date(2027, 1, 1)
    assert rows(reader, sunday) == [("2026-W53", january, january, 2027, 7, True)]


KEYS = {
    "days": "day",
    "statuses": "status_key",
    "codes": "status_key, language",
    "case_types": "case_type_key",
    "roles": "role, language",
    "people": "person",
    "stays": "tracked, record_key, column_name, entered_at, left_at",
    "time_in_status_by_month": "tracked, column_name, case_type, code, month",
    "transitions_by_day": "tracked, column_name, case_type, day, from_code, to_code",
    "overdue_records": "tracked, record_key, column_name",
    "daily_stock": "tracked, column_name, code, day",
    "funnel_steps": "tracked, column_name, code",
}


@pytest.mark.parametrize("view", KEYS)
def test_each_view_has_a_key(reader: Connection, view: str) -> None:
    key = KEYS[view]
    assert rows(reader, f"select {key} from jalon_recap.{view} group by {key} having count(*) > 1") == []
    assert rows(reader, f"select count(*) > 0 from jalon_recap.{view}") == [(True,)]


@pytest.mark.parametrize("column", ["status_key", "next_status_key", "case_type_key"])
def test_keys_of_facts_are_keys_of_dimensions(reader: Connection, column: str) -> None:
    dimension = {"case_type_key": "case_types"}.get(column, "statuses")
    key = column.removeprefix("next_")
    query = f"""select s.{column} from jalon_recap.stays s where s.{column} is not null
        and s.{column} not in (select d.{key} from jalon_recap.{dimension} d)"""
    assert rows(reader, query) == []


def test_time_in_status_of_a_month_is_what_the_function_says(reader: Connection) -> None:
    """For every month, table and case type."""
    seen = rows(reader, "select distinct tracked, case_type, month from jalon_recap.time_in_status_by_month")
    assert len(seen) > 15
    for tracked, case_type, month in seen:
        said = rows(
            reader,
            """select column_name, code, stays, records, lasting, extract(epoch from total)::float8,
                extract(epoch from median)::float8, extract(epoch from p90)::float8, extract(epoch from longest)::float8
            from jalon_recap.time_in_status(%s, %s::timestamptz, %s::timestamptz + interval '1 month', %s)
            order by column_name, code""",
            tracked, month, month, case_type,
        )  # fmt: skip
        found = rows(
            reader,
            """select column_name, code, stays, records, lasting, total_seconds, median_seconds, p90_seconds,
                longest_seconds
            from jalon_recap.time_in_status_by_month
            where tracked = %s and case_type is not distinct from %s and month = %s order by column_name, code""",
            tracked, case_type, month,
        )  # fmt: skip
        assert [row[:5] for row in found] == [row[:5] for row in said]
        # The present stays grow between two statements.
        assert [row[5:] for row in found] == [pytest.approx(row[5:], abs=10) for row in said]


def test_transitions_of_a_day_are_what_the_function_says(reader: Connection) -> None:
    found = rows(
        reader,
        """select tracked, column_name, day, from_code, to_code, sum(changes)::bigint, sum(forced)::bigint
        from jalon_recap.transitions_by_day where tracked in ('orders', 'cases') group by 1, 2, 3, 4, 5
        order by 1, 2, 3, 4, 5""",
    )
    said = [
        row
        for tracked in ("cases", "orders")
        for row in rows(
            reader,
            """select tracked_table, column_name, period::date, from_code, to_code, changes, forced
            from jalon_recap.transitions(%s, bucket => 'day', time_zone => 'Europe/Paris') order by 1, 2, 3, 4, 5""",
            tracked,
        )
    ]
    assert found == said and len(found) > 15


def test_the_stock_of_a_day_is_what_stood_there_when_it_ended(reader: Connection) -> None:
    """On each day when something changed and on its neighbours, clock changes included."""
    days = rows(
        reader,
        """select distinct c.tracked, (c.changed_at::date + n) from jalon_history.changes c, generate_series(-1, 1) n
        where c.tracked in ('orders', 'cases') and c.changed_at::date + n < current_date""",
    )
    assert len(days) > 30
    for tracked, day in days:
        said = rows(
            reader,
            """select column_name, code, records from jalon_history.counts_at(
                (%s::date + 1)::timestamptz - interval '1 microsecond', %s) order by 1, 2""",
            day, tracked,
        )  # fmt: skip
        found = rows(
            reader,
            """select column_name, code, records from jalon_recap.daily_stock
            where tracked = %s and day = %s and records <> 0 order by 1, 2""",
            tracked, day,
        )  # fmt: skip
        assert found == said, day
    today = "select code, records from jalon_recap.daily_stock where tracked = 'orders' and day = current_date"
    assert dict(rows(reader, today)) == {"NEW": 1, "PAID": 5, "SHIPPED": 1}


def test_overdue_records_and_the_funnel_are_what_their_functions_say(reader: Connection) -> None:
    overdue = "select tracked, record_key, column_name, code from jalon_recap.overdue_records order by 1, 2, 3"
    assert rows(reader, overdue) == rows(
        reader, "select tracked_table, record_key, column_name, code from jalon_recap.overdue() order by 1, 2, 3"
    )
    assert ("orders", "8", "status", "NEW") in rows(reader, overdue)
    funnel = (
        "select column_name, code, reached, share::numeric(5, 4), current_records from jalon_recap.{} order by code"
    )
    assert rows(reader, funnel.format("funnel_steps where tracked = 'orders'")) == rows(
        reader, funnel.format("funnel('orders')")
    )


def test_stays_are_those_of_the_timeline(reader: Connection) -> None:
    assert rows(
        reader,
        "select record_key, code, entered_at, left_at, is_current from jalon_recap.stays where tracked = 'orders' "
        "order by 1, 3",
    ) == rows(
        reader,
        "select orders_id::text, status, entered_at, left_at, is_current from jalon_history.orders_timeline "
        "order by 1, 3",
    )


def test_no_view_of_reports_has_a_type_that_some_tool_does_not_read(reader: Connection) -> None:
    """Beside each interval its seconds, beside each transaction its number; and in the views for tools neither."""
    odd = rows(
        reader,
        """select c.relname, a.attname, format_type(a.atttypid, null) from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        where c.relnamespace = 'jalon_recap'::regnamespace and c.relkind = 'v'
            and a.atttypid in ('interval'::regtype, 'xid8'::regtype)""",
    )
    assert odd == [("codes", "max_stay", "interval"), ("referential", "max_stay", "interval")]


def test_comments_of_generated_views_are_words_alone(db: Connection) -> None:
    said = rows(
        db,
        """select obj_description(c.oid, 'pg_class') from pg_class c
        where c.relnamespace::regnamespace::text in ('jalon_history', 'jalon_masked') and c.relkind = 'v'
        union all
        select obj_description(p.oid, 'pg_proc') from pg_proc p where p.pronamespace = 'jalon_history'::regnamespace""",
    )
    assert len(said) > 40
    assert [text for (text,) in said if "[" in text] == []


def test_a_generated_view_is_left_alone_until_its_text_is_another(orders: Connection) -> None:
    made = "select xmin::text from pg_rewrite where ev_class = 'jalon_history.orders_timeline'::regclass"
    before = rows(orders, made)
    orders.execute("select jalon.retrack_all()")
    assert rows(orders, made) == before
    orders.execute("update jalon_engine.generated_view set digest = 'x' where object_name ~ 'orders_timeline'")
    orders.execute("select jalon.retrack_all()")
    assert rows(orders, made) != before
    orders.execute("drop view jalon_masked.orders_timeline; drop view jalon_history.orders_timeline")
    orders.execute("select jalon.retrack_all()")
    assert rows(orders, "select count(*) from jalon_masked.orders_timeline") == [(0,)]
