"""Recaps: how long, how often, overdue, forced, never used."""

import psycopg
import pytest

from tests.shop import Connect, Connection, import_changes, importing, read, rows


def cases(db: Connection, workflow_column: str | None = None) -> None:
    db.execute(
        "create table shop.cases (id int primary key, case_type text, status text not null, payment text not null)"
    )
    db.execute(
        """select jalon.track('shop.cases', columns => '{"status": "ORDER_STATUS", "payment": "PAYMENT"}',
            workflow_column => %s)""",
        (workflow_column,),
    )


def test_time_in_status_counts_stays_that_ended_and_stays_that_last(orders: Connection) -> None:
    import_changes(
        orders,
        (1, "NEW", "2026-10-01Z"),
        (1, "PAID", "2026-10-03Z"),
        (2, "NEW", "2026-10-01Z"),
        (2, "PAID", "2026-10-07Z"),
        (3, "NEW", "2026-10-09Z"),
    )
    found = rows(
        orders,
        "select code, label, stays, records, lasting, total::text, average::text, median::text, p90::text, "
        "longest::text"
        " from jalon_recap.time_in_status('orders', '2026-10-01Z', '2026-10-11Z', language => 'fr')",
    )
    assert found == [
        ("NEW", "Nouvelle", 3, 3, 1, "10 days", "3 days 08:00:00", "2 days", "5 days 04:48:00", "6 days"),
        ("PAID", "Payée", 2, 2, 2, "12 days", "6 days", "6 days", "7 days 14:24:00", "8 days"),
    ]


def test_the_times_of_neighbouring_periods_add_up(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2026-09-10Z"), (1, "PAID", "2026-10-20Z"), (2, "NEW", "2026-09-30Z"))
    orders.execute("delete from shop.orders where id = 2")

    def total(since: str, until: str) -> float:
        query = "select coalesce(sum(total), '0') from jalon_recap.time_in_status('orders', %s, %s)"
        return float(rows(orders, query, since, until)[0][0].total_seconds())

    whole = total("2026-09-01Z", "2026-11-01Z")
    assert whole == (52 + 32) * 86400
    assert total("2026-09-01Z", "2026-10-01Z") + total("2026-10-01Z", "2026-11-01Z") == whole


def test_time_in_status_of_one_case_type_and_several_columns(orders: Connection) -> None:
    cases(orders, "case_type")
    with importing(orders):
        for id, case_type in ((1, "private"), (2, "business")):
            orders.execute(
                "insert into shop.cases values (%s, %s, 'NEW', 'OPEN', default, '2026-10-01Z')", (id, case_type)
            )
        orders.execute("update shop.cases set payment = 'SETTLED', status_changed_at = '2026-10-02Z'")
        orders.execute("update shop.cases set status = 'PAID', status_changed_at = '2026-10-05Z'")
    query = (
        "select column_name, code, stays, total::text from jalon_recap.time_in_status('cases', '2026-10-01Z', "
        "'2026-10-06Z', 'business') order by 1, 2"
    )
    assert rows(orders, query) == [
        ("payment", "OPEN", 1, "1 day"),
        ("payment", "SETTLED", 1, "4 days"),
        ("status", "NEW", 1, "4 days"),
        ("status", "PAID", 1, "1 day"),
    ]


def test_transitions_are_counted_per_transition_and_period(orders: Connection) -> None:
    import_changes(
        orders,
        (1, "NEW", "2026-09-30Z"),
        (1, "PAID", "2026-10-02Z"),
        (2, "NEW", "2026-10-05Z"),
        (2, "PAID", "2026-10-09Z"),
        (3, "NEW", "2026-10-31 23:30Z"),
    )
    orders.execute("set timezone = 'UTC'")
    monthly = (
        "select period::text, from_code, to_label, changes, average_stay::text "
        "from jalon_recap.transitions('orders', bucket => 'month', time_zone => %s)"
    )
    assert rows(orders, monthly, "UTC") == [
        ("2026-09-01 00:00:00+00", None, "New", 1, None),
        ("2026-10-01 00:00:00+00", None, "New", 2, None),
        ("2026-10-01 00:00:00+00", "NEW", "Paid", 2, "3 days"),
    ]
    in_paris = rows(orders, monthly, "Europe/Paris")
    assert in_paris[-1][0] == "2026-10-31 23:00:00+00"  # it was November there already
    until = "select changes from jalon_recap.transitions('orders', '2026-10-01Z', '2026-10-09Z') where to_code = 'PAID'"
    assert rows(orders, until) == [(1,)]


def test_a_bucket_that_is_no_period_is_refused(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2026-09-30Z"))
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        orders.execute("select * from jalon_recap.transitions(bucket => 'moon')")


def test_transitions_of_a_period_read_its_months_only(orders: Connection) -> None:
    for month in range(1, 12):
        import_changes(orders, (month, "NEW", f"2026-{month:02}-15Z"))
    orders.execute("select jalon.ensure_partitions()")
    months = read(orders, "select * from jalon_recap.transitions('orders', '2026-05-01Z', '2026-07-01Z')")
    assert months <= {"y2026m05", "y2026m06", "default"}


def test_transitions_and_overdue_of_one_case_type(orders: Connection) -> None:
    cases(orders, "case_type")
    with importing(orders):
        for id, case_type in ((1, "private"), (2, "business")):
            values = (id, case_type)
            orders.execute("insert into shop.cases values (%s, %s, 'NEW', 'OPEN', default, '2026-10-01Z')", values)
    opened = "select sum(changes)::int from jalon_recap.transitions('cases', case_type => %s)"
    assert [rows(orders, opened, case_type) for case_type in ("business", None)] == [[(2,)], [(4,)]]
    late = "select distinct record_key from jalon_recap.overdue('cases', case_type => %s)"
    assert rows(orders, late, "business") == [("2",)]


def test_overdue_is_who_stays_longer_than_the_code_allows(orders: Connection) -> None:
    cases(orders)
    with importing(orders):
        orders.execute("insert into shop.cases values (1, null, 'NEW', 'OPEN', default, now() - interval '36 hours')")
        orders.execute("update shop.cases set status = 'PAID', status_changed_at = now()")
        for id, age in ((1, "3 days"), (2, "1 day"), (3, "50 hours")):
            orders.execute("insert into shop.orders values (%s, 'NEW', null, default, now() - %s::interval)", (id, age))
        orders.execute("update shop.orders set status = 'PAID' where id = 3")
    query = (
        "select tracked_table, record_key, column_name, label, round(extract(epoch from overdue_by) / 3600)::int "
        "from jalon_recap.overdue(language => 'fr')"
    )
    # The payment stays open although the status moved on meanwhile.
    assert rows(orders, query) == [
        ("orders", "1", "status", "Nouvelle", 24),
        ("cases", "1", "payment", "Open", 12),
    ]
    assert rows(orders, "select record_key from jalon_recap.overdue('orders')") == [("1",)]


def test_forced_changes_are_listed_with_who_and_why(orders: Connection) -> None:
    orders.execute("insert into jalon_engine.role_grant (principal, role) values ('db:postgres', 'admin')")
    orders.execute("insert into shop.orders values (1, 'NEW'), (2, 'NEW')")
    orders.execute("select jalon.force_move('orders', '1', 'SHIPPED', 'it left without a note')")
    orders.execute("update shop.orders set status = 'PAID' where id = 2")
    query = "select record_key, from_label, to_label, changed_by, reason from jalon_recap.forced(language => 'fr')"
    assert rows(orders, query) == [("1", "Nouvelle", "Expédiée", "db:postgres", "it left without a note")]
    assert rows(orders, "select forced from jalon_recap.transitions('orders') where to_code = 'SHIPPED'") == [(1,)]
    assert rows(orders, "select * from jalon_recap.forced(since => now() + interval '1 day')") == []


def test_unreached_are_the_codes_that_nobody_ever_stood_on(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2026-10-01Z"), (1, "PAID", "2026-10-02Z"))
    found = rows(orders, "select code, label from jalon_recap.unreached('orders', 'fr')")
    assert found == [("SHIPPED", "Expédiée"), ("CANCELLED", "Cancelled")]


def test_a_code_whose_history_was_detached_is_reached_while_a_record_stands_there(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2024-02-01Z"))
    orders.execute("select jalon.ensure_partitions()")
    orders.execute("select jalon.retain('orders', '1 year')")
    assert ("NEW",) not in rows(orders, "select code from jalon_recap.unreached('orders')")


def test_compliance_is_one_line_per_table(orders: Connection, connect: Connect) -> None:
    orders.execute("insert into shop.orders values (1, 'NEW')")
    reader = connect("bi")
    sound = "select is_sound, problems, codes from jalon_recap.compliance() where tracked_table = 'orders'"
    assert rows(reader, sound) == [(True, 0, [])]
    tables = "select count(*) from jalon_recap.compliance()"
    assert rows(reader, tables) == rows(orders, "select count(*) from jalon_engine.tracked")
    orders.execute('alter table shop.orders disable trigger "_jalon_after_update"')
    orders.execute("grant delete on jalon_history.shop__orders to public")
    assert rows(reader, sound) == [(False, 2, ["granted", "trigger_disabled"])]


def test_funnel_says_how_far_and_how_soon(orders: Connection) -> None:
    import_changes(
        orders,
        (1, "NEW", "2026-10-01Z"),
        (1, "PAID", "2026-10-02Z"),
        (1, "SHIPPED", "2026-10-04Z"),
        (2, "NEW", "2026-10-01Z"),
        (2, "PAID", "2026-10-04Z"),
        (3, "NEW", "2026-10-01Z"),
        (4, "NEW", "2026-09-01Z"),
        (4, "PAID", "2026-10-05Z"),
    )
    query = (
        "select code, reached, share::float, current_records, median_time::text "
        "from jalon_recap.funnel('orders', '2026-10-01Z', '2026-11-01Z')"
    )
    assert rows(orders, query) == [
        ("NEW", 3, 1.0, 1, "00:00:00"),
        ("PAID", 2, 0.6667, 1, "2 days"),
        ("SHIPPED", 1, 0.3333, 1, "3 days"),
        ("CANCELLED", 0, 0.0, 0, None),
    ]


def test_funnel_of_a_case_type_knows_its_workflows_codes_only(orders: Connection) -> None:
    cases(orders, "case_type")
    orders.execute(
        "update jalon_engine.category set others_are_free = true where code = 'ORDER_STATUS';"
        "insert into jalon_engine.workflow (category, case_type, version, state) "
        "values ('ORDER_STATUS', 'private', 1, 'draft')"
    )
    orders.execute(
        "insert into jalon_engine.workflow_transition (category, case_type, version, from_code, to_code, action, roles)"
        " values ('ORDER_STATUS', 'private', 1, 'NEW', 'PAID', 'pay', '{any}')"
    )
    orders.execute(
        "update jalon_engine.workflow set state = 'published', published_at = now() where case_type = 'private'"
    )
    orders.execute("select jalon_engine.compile_rules('ORDER_STATUS')")
    query = "select code from jalon_recap.funnel('cases', case_type => %s) where column_name = 'status'"
    assert rows(orders, query, "private") == [("NEW",), ("PAID",)]
    assert rows(orders, query, "business") == [("NEW",), ("PAID",), ("SHIPPED",), ("CANCELLED",)]


def test_labels_fall_back_to_the_default_language_and_the_code(orders: Connection) -> None:
    labels = (
        "select label from jalon_recap.codes where category = 'ORDER_STATUS' and code = %s "
        "and language = jalon_recap.language(%s)"
    )
    assert rows(orders, labels, "NEW", "fr") == [("Nouvelle",)]
    assert rows(orders, labels, "NEW", "fr-CA") == [("Nouvelle",)]
    assert rows(orders, labels, "CANCELLED", "fr") == [("Cancelled",)]
    assert rows(orders, labels, "NEW", "de") == [("New",)]
    assert rows(orders, labels, "NEW", None) == [("New",)]


QUESTIONS = (
    "jalon_recap.time_in_status()",
    "jalon_recap.transitions()",
    "jalon_recap.overdue()",
    "jalon_recap.forced()",
    "jalon_recap.unreached()",
    "jalon_recap.compliance()",
    "jalon_recap.funnel('orders')",
    "jalon_recap.variants()",
    "jalon_recap.directly_follows()",
    "jalon_recap.rework()",
    "jalon_recap.ping_pong()",
    "jalon_recap.handovers()",
    "jalon_recap.conformance()",
    "jalon_recap.weekly()",
    "jalon_recap.weekly_changes()",
    "jalon_recap.weekly_counts()",
    "jalon_recap.weekly_flow()",
    "jalon_recap.codes",
    "jalon_recap.languages",
    "jalon_history.changes",
    "jalon_history.current",
    "jalon_history.deletions",
    "jalon_history.tracked_columns",
    "jalon_history.orders_timeline",
    "jalon_history.orders_as_of()",
    "jalon_history.changes_of('orders', '1')",
    "jalon_history.states_now('orders')",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_bi_session_that_can_only_read_may_ask_everything(
    orders: Connection, connect: Connect, question: str
) -> None:
    import_changes(orders, (1, "NEW", "2026-11-01Z"), (1, "PAID", "2026-11-02Z"))
    orders.execute("delete from shop.orders")
    reader = connect("bi")
    with reader.transaction():
        reader.execute("set transaction read only")
        reader.execute(f"select * from {question}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connect("api").execute(f"select * from {question}")


def test_nothing_that_reads_is_declared_to_write(orders: Connection) -> None:
    query = """select oid::regprocedure::text from pg_proc where provolatile = 'v'
        and (pronamespace = 'jalon_recap'::regnamespace
        or pronamespace = 'jalon_history'::regnamespace and has_function_privilege('jalon_bi', oid, 'execute'))"""
    assert rows(orders, query) == []


ROW_BY_ROW = """
with stay as (
    select c.column_name, c.old_code as code, c.stay_began as began, c.changed_at as ended from jalon_history.changes c
    where c.tracked = 'cases' and c.old_code is not null and (%(type)s::text is null or c.case_type = %(type)s)
    union all
    select s.column_name, s.code, s.entered_at, now() from jalon_history.current s where s.tracked = 'cases'
        and (%(type)s::text is null or s.case_type = %(type)s)
)
select s.column_name, s.code, count(*), sum(least(s.ended, %(until)s) - greatest(s.began, %(since)s)) from stay s
where s.ended > %(since)s and s.began < least(%(until)s::timestamptz, now()) group by 1, 2 order by 1, 2
"""


@pytest.mark.parametrize("case_type", [None, "private"])
@pytest.mark.parametrize("since", ["-infinity", "2026-09-05Z", "2026-10-11Z"])
@pytest.mark.parametrize("until", ["infinity", "2026-10-12Z"])
def test_stays_found_in_one_pass_are_those_found_row_by_row(
    orders: Connection, case_type: str | None, since: str, until: str
) -> None:
    cases(orders, "case_type")
    with importing(orders):
        for id in range(1, 6):
            orders.execute(
                "insert into shop.cases values (%s, %s, 'NEW', 'OPEN', default, '2026-09-01Z')",
                (id, ("private", "business")[id % 2]),
            )
        for day, what in (
            (4, "status = 'PAID'"),
            (9, "payment = 'SETTLED' where id < 4"),
            (39, "case_type = 'private', status = 'SHIPPED' where id > 2"),
            (41, "payment = 'OPEN' where id in (1, 5)"),
        ):
            sets, _, where = what.partition(" where ")
            orders.execute(
                f"update shop.cases "
                f"set {sets}, status_changed_at = timestamptz '2026-09-01Z' + make_interval(days => {day})"
                + (f" where {where}" if where else "")
            )
    orders.execute("delete from shop.cases where id in (2, 3)")
    orders.execute("insert into shop.cases values (2, 'private', 'NEW', 'OPEN')")  # the same key again
    asked = {"type": case_type, "since": since, "until": until}
    found = rows(
        orders,
        "select column_name, code, stays, total from jalon_recap.time_in_status('cases', %s, %s, %s) order by 1, 2",
        *(since, until, case_type),
    )
    slow = orders.execute(ROW_BY_ROW, asked).fetchall()
    assert [row[:3] for row in found] == [row[:3] for row in slow]
    for one, other in zip(found, slow, strict=True):
        assert abs((one[3] - other[3]).total_seconds()) < 60, one  # what lasts goes on lasting
    taken = (
        "select column_name, from_code, to_code, changes from jalon_recap.transitions('cases', %s, %s, "
        "case_type => %s) order by 1, 2, 3"
    )
    counted = """select column_name, old_code, new_code, count(*) from jalon_history.changes
        where tracked = 'cases' and changed_at >= %s and changed_at < %s and (%s::text is null or case_type = %s)
            group by 1, 2, 3 order by 1, 2, 3"""
    assert rows(orders, taken, since, until, case_type) == rows(orders, counted, since, until, case_type, case_type)


def test_every_interval_of_a_recap_has_its_seconds_beside_it(db: Connection) -> None:
    columns: dict[str, list[tuple[str, str]]] = {}
    for function, name, kind in db.execute(
        """select p.proname, a.name, format_type(a.type, null)
        from pg_proc p cross join lateral unnest(p.proargnames, p.proallargtypes, p.proargmodes) a (name, type, mode)
        where p.pronamespace = 'jalon_recap'::regnamespace and a.mode = 't'"""
    ):
        columns.setdefault(function, []).append((name, kind))
    lacking = {
        function
        for function, found in columns.items()
        if sum(kind == "interval" for _, kind in found)
        > sum(kind == "double precision" and "seconds" in name for name, kind in found)
    }
    assert len(columns) > 10
    assert lacking == set()
