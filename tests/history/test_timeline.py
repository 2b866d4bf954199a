"""jalon_history.<name>_timeline: every stay with its begin, its length, its actor and reason."""

import psycopg
import pytest

from tests.shop import Connection, import_changes, plan, rows, tuples_read


def test_stays_follow_each_other_and_the_last_one_is_current(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2026-10-01 08:00Z"), (1, "PAID", "2026-10-03 09:30Z"), reason="called")
    stays = rows(
        orders,
        "select status, entered_at::date::text, left_at::date::text, duration > interval '40 days', changed_by, "
        "reason, kind, is_current"
        " from jalon_history.orders_timeline where orders_id = 1 order by version",
    )
    assert stays == [
        ("NEW", "2026-10-01", "2026-10-03", False, "anna", "called", "import", False),
        ("PAID", "2026-10-03", None, True, "anna", "called", "import", True),
    ]


def test_durations_of_the_past_add_up_to_the_time_between(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2026-10-01Z"), (1, "PAID", "2026-10-03Z"), (1, "NEW", "2026-10-04 12:00Z"))
    (total,) = rows(orders, "select sum(duration) from jalon_history.orders_timeline where not is_current")[0]
    assert total.total_seconds() == 3.5 * 86400


def test_the_history_of_one_record_is_found_by_the_primary_key(orders: Connection) -> None:
    orders.execute("insert into shop.orders select i, 'NEW' from generate_series(1, 5000) i")
    orders.execute("update shop.orders set status = 'PAID'")
    orders.execute("analyze jalon_history.shop__orders")
    query = "select * from jalon_history.orders_timeline where orders_id = 7"
    assert "_pkey" in plan(orders, query)
    assert len(rows(orders, query)) == 2
    records = rows(orders, "select count(*) from shop.orders")[0][0]
    # Where records stand now is read for all of them: once each, and of the history the record's own rows.
    assert tuples_read(orders, query) - records <= 4


def test_a_deleted_record_is_nowhere_current(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2026-10-01Z"), (2, "NEW", "2026-10-01Z"))
    orders.execute("delete from shop.orders where id = 1")
    assert rows(
        orders, "select orders_id, is_current, left_at is null from jalon_history.orders_timeline order by 1"
    ) == [
        (1, False, False),
        (2, True, True),
    ]


def test_a_record_created_again_under_its_key_begins_a_new_history(orders: Connection) -> None:
    orders.execute("insert into shop.orders values (1, 'NEW')")
    orders.execute("delete from shop.orders where id = 1")
    orders.execute("insert into shop.orders values (1, 'NEW')")
    orders.execute("update shop.orders set status = 'PAID' where id = 1")
    stays = rows(
        orders,
        "select t.version, t.status, t.left_at = d.deleted_at, t.is_current from jalon_history.orders_timeline t, "
        "jalon_history.deletion d"
        " where orders_id = 1 order by entered_at",
    )
    assert stays == [(1, "NEW", True, False), (1, "NEW", False, False), (2, "PAID", None, True)]


def test_truncation_ends_every_stay(orders: Connection) -> None:
    orders.execute("insert into jalon_engine.role_grant (principal, role) values ('db:postgres', 'admin')")
    orders.execute("insert into shop.orders values (1, 'NEW'), (2, 'NEW')")
    orders.execute("truncate shop.orders")
    assert rows(orders, "select count(*) from jalon_history.orders_timeline where is_current") == [(0,)]
    assert rows(orders, "select count(*) from jalon_history.changes where new_code is null and kind = 'truncate'") == [
        (2,)
    ]
    assert rows(orders, "select problem from jalon.verify()") == []


def test_a_column_that_is_called_like_one_of_the_timelines_own_gets_another_name(orders: Connection) -> None:
    orders.execute("create table shop.parcels (id uuid primary key, kind text not null)")
    orders.execute("select jalon.track('shop.parcels', 'kind', category => 'ORDER_STATUS')")
    orders.execute("insert into shop.parcels values (gen_random_uuid(), 'NEW')")
    assert rows(orders, "select kind_code, kind from jalon_history.parcels_timeline") == [("NEW", "create")]


@pytest.mark.parametrize("table", ['shop."Order Lines"', 'shop."it""s"', 'shop."O\'Brien"'])
def test_unusual_names_work(orders: Connection, table: str) -> None:
    orders.execute(f'create table {table} ("Key" text primary key, "Statut, du jour" varchar(40) not null)')
    name = rows(
        orders, "select jalon.track(%s, 'Statut, du jour', category => 'ORDER_STATUS', history_key => 'The Key')", table
    )[0][0]
    orders.execute(f"insert into {table} values ('a''b', 'NEW')")
    quoted = '"' + name.replace('"', '""') + "_{}" + '"'
    found = rows(
        orders,
        f'select "The Key", "Statut, du jour" from jalon_history.{quoted.format("timeline")} '
        f'where "The Key" = $$a\'b$$',
    )
    assert found == [("a'b", "NEW")]
    as_of = f"jalon_history.{quoted.format('as_of')}"
    assert rows(orders, f"select \"Statut, du jour\" from {as_of}(now() + '1 s', $$a'b$$)") == [("NEW",)]
    assert rows(orders, "select old_code, new_code from jalon_history.changes where tracked = %s", name) == [
        (None, "NEW")
    ]
    assert rows(orders, "select problem from jalon.verify(%s)", name) == []


def test_every_view_and_column_says_what_it_is(orders: Connection) -> None:
    silent = rows(
        orders,
        "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 "
        "and not a.attisdropped"
        " where c.relnamespace in ('jalon_history'::regnamespace, 'jalon_recap'::regnamespace) "
        "and c.relkind in ('v', 'p')"
        " and (col_description(c.oid, a.attnum) is null or obj_description(c.oid) is null)",
    )
    assert silent == []
    assert rows(
        orders,
        "select obj_description('jalon_history.orders_timeline'::regclass) like 'Generated for orders:%%'",
    ) == [(True,)]


def test_nobodys_own_table_is_pinned_by_a_view(orders: Connection) -> None:
    orders.execute("alter table shop.orders alter column note type varchar(60)")
    orders.execute("alter table shop.orders drop column note")
    orders.execute("drop event trigger if exists jalon_protect_tables")
    orders.execute("drop table shop.orders")
    assert rows(orders, "select problem from jalon.verify()") == [("table_dropped",)]


def test_reloading_with_nothing_changed_touches_no_view(orders: Connection) -> None:
    marks = "select array_agg(xmin::text order by oid) from pg_class where relnamespace = 'jalon_history'::regnamespace"
    before = rows(orders, marks)
    orders.execute("select jalon_engine.refresh_derived()")
    assert rows(orders, marks) == before


def test_another_set_of_columns_remakes_the_view(orders: Connection) -> None:
    orders.execute("alter table shop.orders add payment text not null default 'OPEN'")
    orders.execute("select jalon.untrack('orders', drop_history => true)")
    assert rows(orders, "select to_regclass('jalon_history.orders_timeline')") == [(None,)]
    assert rows(orders, "select count(*) from jalon_history.changes") == [(0,)]
    orders.execute(
        """select jalon.track('shop.orders', columns => '{"status": "ORDER_STATUS", "payment": "PAYMENT"}')"""
    )
    orders.execute("insert into shop.orders values (1, 'NEW')")
    assert rows(orders, "select status, payment from jalon_history.orders_timeline") == [("NEW", "OPEN")]


def test_a_case_type_called_like_a_column_of_history_is_refused_in_words(orders: Connection) -> None:
    orders.execute("create table shop.parcels (id int primary key, status text not null, kind text)")
    with pytest.raises(psycopg.Error, match="call the case type otherwise"):
        orders.execute("select jalon.track('shop.parcels', category => 'ORDER_STATUS', workflow_column => 'kind')")
