"""jalon_history.changes and .current: every tracked table in one shape; a query reads only the partitions it needs."""

import pytest

from tests.shop import Connection, import_changes, importing, plan, read, rows


def test_before_anything_is_tracked_they_are_there_and_empty(db: Connection) -> None:
    for view in (
        "jalon_history.changes",
        "jalon_history.current",
        "jalon_history.deletions",
        "jalon_history.tracked_columns",
    ):
        assert rows(db, f"select * from {view} where tracked not in (select name from jalon_engine.tracked)") == []
    names = (
        "select array_agg(attname order by attnum) from pg_attribute where attrelid = 'jalon_history.changes'::regclass"
    )
    shape = rows(db, names)
    db.execute("delete from jalon_engine.tracked")
    db.execute("select jalon_history.generate_shared()")
    assert rows(db, names) == shape
    assert rows(db, "select * from jalon_history.changes") == []
    assert rows(db, "select * from jalon_recap.weekly_counts()") == []


def test_every_change_is_there_with_the_stay_that_it_ended(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2026-10-01Z"), (1, "PAID", "2026-10-03Z"), reason="called")
    changes = rows(
        orders,
        "select tracked, record_key, column_name, category, old_code, new_code, version, "
        "(changed_at - stay_began)::text, kind, changed_by, reason"
        " from jalon_history.changes order by version",
    )
    assert changes == [
        ("orders", "1", "status", "ORDER_STATUS", None, "NEW", 1, None, "import", "anna", "called"),
        ("orders", "1", "status", "ORDER_STATUS", "NEW", "PAID", 2, "2 days", "import", "anna", "called"),
    ]


def test_a_deletion_is_a_change_to_nothing(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2026-10-01Z"))
    orders.execute("delete from shop.orders")
    assert rows(
        orders,
        "select old_code, new_code, version, kind, stay_began::date::text from jalon_history.changes where version = 2",
    ) == [("NEW", None, 2, "delete", "2026-10-01")]
    assert rows(orders, "select * from jalon_history.current where tracked = 'orders'") == []


def a_year(db: Connection) -> None:
    for month in range(1, 12):
        import_changes(db, (month, "NEW", f"2026-{month:02}-15Z"), (month, "PAID", f"2026-{month:02}-16Z"))
    db.execute("select jalon.ensure_partitions()")


def test_a_filter_on_time_reads_only_the_months_it_needs(orders: Connection) -> None:
    a_year(orders)
    query = "select * from jalon_history.changes where changed_at >= '2026-10-01Z' and changed_at < '2026-11-01Z'"
    assert read(orders, query) <= {"y2026m10", "default"}
    assert len(rows(orders, query)) == 2
    orders.execute("set plan_cache_mode = force_generic_plan")
    orders.execute("prepare month(timestamptz) as select * from jalon_history.changes where changed_at >= $1")
    assert read(orders, "execute month('2026-11-01Z')") & {"y2026m09", "y2026m10"} == set()


def test_a_filter_on_the_table_reads_only_that_table(orders: Connection) -> None:
    orders.execute("create table shop.parcels (id int primary key, status text not null)")
    orders.execute("select jalon.track('shop.parcels', category => 'ORDER_STATUS')")
    found = plan(orders, "select * from jalon_history.changes where tracked = 'parcels'")
    assert "shop__parcels" in found
    assert "shop__orders" not in found
    orders.execute("set plan_cache_mode = force_generic_plan")
    orders.execute("prepare of_table(text) as select * from jalon_history.changes where tracked = $1")
    assert read(orders, "execute of_table('parcels')") == set()
    assert read(orders, "execute of_table('parcels')", "shop__parcels") != set()


def test_a_stay_of_one_column_is_not_ended_by_another_column_nor_by_the_case_type(orders: Connection) -> None:
    orders.execute(
        "create table shop.cases (id int primary key, case_type text, status text not null, payment text not null)"
    )
    orders.execute(
        """select jalon.track('shop.cases', columns => '{"status": "ORDER_STATUS", "payment": "PAYMENT"}',
            workflow_column => 'case_type')"""
    )
    with importing(orders):
        orders.execute("insert into shop.cases values (1, 'private', 'NEW', 'OPEN', default, '2026-10-01Z')")
        orders.execute("update shop.cases set payment = 'SETTLED', status_changed_at = '2026-10-02Z'")
        orders.execute("update shop.cases set case_type = 'business', status_changed_at = '2026-10-03Z'")
        orders.execute("update shop.cases set status = 'PAID', status_changed_at = '2026-10-05Z'")
        orders.execute("update shop.cases set payment = 'OPEN', status_changed_at = '2026-10-06Z'")
    changes = rows(
        orders,
        "select column_name, new_code, extract(day from stay_began)::int, case_type from jalon_history.changes "
        "where tracked = 'cases' order by changed_at, 1 desc",
    )
    assert changes == [
        ("status", "NEW", None, "private"),
        ("payment", "OPEN", None, "private"),
        ("payment", "SETTLED", 1, "private"),
        ("status", "PAID", 1, "business"),
        ("payment", "OPEN", 2, "business"),
    ]
    current = (
        "select column_name, code, entered_at::date::text from jalon_history.current where tracked = 'cases' order by 1"
    )
    assert rows(orders, current) == [("payment", "OPEN", "2026-10-06"), ("status", "PAID", "2026-10-05")]
    orders.execute("delete from shop.cases")
    ended = (
        "select column_name, old_code, stay_began::date::text from jalon_history.changes where tracked = 'cases' "
        "and new_code is null order by 1"
    )
    assert rows(orders, ended) == [("payment", "OPEN", "2026-10-06"), ("status", "PAID", "2026-10-05")]


def test_what_stands_now_less_what_changed_since_is_what_stood_then(orders: Connection) -> None:
    a_year(orders)
    orders.execute("delete from shop.orders where id in (3, 9)")
    orders.execute("update shop.orders set status = 'SHIPPED' where id in (4, 5)")
    for month in range(1, 13):
        then = f"2026-{month:02}-15 12:00Z"
        stood = "select status::text, count(*) from jalon_history.orders_as_of(%s) group by 1 order by 1"
        derived = (
            "select code, sum(n)::bigint from (select code, count(*) as n from jalon_history.current group by 1"
            " union all select new_code, -count(*) from jalon_history.changes where changed_at > %s group by 1"
            " union all select old_code, count(*) from jalon_history.changes where changed_at > %s group by 1) x"
            " where code is not null group by 1 having sum(n) <> 0 order by 1"
        )
        assert rows(orders, stood, then) == rows(orders, derived, then, then)


@pytest.mark.parametrize("on_delete", ["keep", "refuse", "cascade"])
def test_an_erased_record_was_there_and_is_gone(orders: Connection, on_delete: str) -> None:
    orders.execute("select jalon.track('shop.orders', category => 'ORDER_STATUS', on_delete => %s)", (on_delete,))
    orders.execute("insert into jalon_engine.role_grant (principal, role) values ('db:postgres', 'admin')")
    import_changes(orders, (1, "NEW", "2026-10-01Z"), (2, "NEW", "2026-10-01Z"), (1, "PAID", "2026-10-20Z"))
    orders.execute("select jalon.erase('orders', '1')")
    stays = rows(orders, "select orders_id, status, is_current from jalon_history.orders_timeline order by 1, version")
    kept = [] if on_delete == "cascade" else [(1, "NEW", False), (1, "PAID", False)]
    assert stays == [*kept, (2, "NEW", True)]
    then = rows(orders, "select orders_id, status from jalon_history.orders_as_of('2026-10-02Z') order by 1")
    assert then == ([(2, "NEW")] if on_delete == "cascade" else [(1, "NEW"), (2, "NEW")])
    week = "select code, at_start, at_end from jalon_recap.weekly_counts('2026-W43', tracked => 'orders') order by code"
    others = [("CANCELLED", 0, 0), ("PAID", 0, len(kept) // 2), ("SHIPPED", 0, 0)]
    assert sorted(rows(orders, week)) == sorted([("NEW", 1 + len(kept) // 2, 1), *others])
    assert rows(orders, "select problem from jalon.verify('orders') where problem <> 'default_not_empty'") == []


def test_a_record_that_was_deleted_before_histories_went_along_stays_deleted(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2026-10-01Z"), (1, "PAID", "2026-10-20Z"))
    orders.execute("delete from shop.orders where id = 1")
    questions = (
        "select status, left_at is null, is_current from jalon_history.orders_timeline order by version",
        "select old_code, new_code, kind from jalon_history.changes order by version",
        "select status from jalon_history.orders_as_of('2026-10-02Z')",
        "select code, at_start, at_end from jalon_recap.weekly_counts('2026-W43', tracked => 'orders') order by code",
        "select from_code, to_code, changes from jalon_recap.transitions(tracked => 'orders') order by 1, 2",
    )
    before = [rows(orders, question) for question in questions]
    orders.execute("select jalon.track('shop.orders', category => 'ORDER_STATUS', on_delete => 'cascade')")
    assert [rows(orders, question) for question in questions] == before
    assert before[0] == [("NEW", False, False), ("PAID", False, False)]
