"""The weekly recap, for every tracked table alike."""

from datetime import datetime

import psycopg
import pytest

from tests.shop import Connection, import_changes, read, rows


@pytest.mark.parametrize(
    ("week", "zone", "starts", "ends", "hours"),
    [
        ("2026-W47", "UTC", "2026-11-16 00:00:00+00", "2026-11-23 00:00:00+00", 168),
        ("2026-W47", "Europe/Paris", "2026-11-15 23:00:00+00", "2026-11-22 23:00:00+00", 168),
        ("2026-W53", "UTC", "2026-12-28 00:00:00+00", "2027-01-04 00:00:00+00", 168),  # over New Year
        ("2027-W01", "UTC", "2027-01-04 00:00:00+00", "2027-01-11 00:00:00+00", 168),
        ("2025-W01", "UTC", "2024-12-30 00:00:00+00", "2025-01-06 00:00:00+00", 168),
        ("2026-W13", "Europe/Paris", "2026-03-22 23:00:00+00", "2026-03-29 22:00:00+00", 167),  # summer time begins
        ("2026-W43", "Europe/Paris", "2026-10-18 22:00:00+00", "2026-10-25 23:00:00+00", 169),  # and ends
        ("2026-w47", "Pacific/Auckland", "2026-11-15 11:00:00+00", "2026-11-22 11:00:00+00", 168),
    ],
)
def test_an_iso_week_begins_on_monday_where_the_reader_is(
    db: Connection, week: str, zone: str, starts: str, ends: str, hours: int
) -> None:
    db.execute("set timezone = 'UTC'")
    found = rows(
        db,
        "select starts_at::text, ends_at::text, extract(epoch from ends_at - starts_at)::int / 3600 "
        "from jalon_recap.week_bounds(%s, %s)",
        week,
        zone,
    )
    assert found == [(starts, ends, hours)]


@pytest.mark.parametrize(
    "week", ["2026-W54", "2025-W53", "2026-W00", "2026-47", "W47", "next", "2026-W477", "0000-W01"]
)
def test_what_is_no_week_is_refused_by_name(db: Connection, week: str) -> None:
    with pytest.raises(psycopg.Error) as refused:
        db.execute("select jalon_recap.weekly(%s)", (week,))
    assert refused.value.sqlstate == "JL405"
    assert week in str(refused.value)


def test_what_is_no_time_zone_is_refused_by_name(db: Connection) -> None:
    with pytest.raises(psycopg.Error) as refused:
        db.execute("select jalon_recap.weekly('2026-W47', 'Mars/Olympus')")
    assert refused.value.sqlstate == "JL405"
    assert "Mars/Olympus" in str(refused.value)


def test_without_a_week_it_is_this_one(db: Connection) -> None:
    assert rows(db, "select starts_at <= now() and now() < ends_at from jalon_recap.week_bounds()") == [(True,)]


def test_a_change_in_the_last_millisecond_of_sunday_in_paris_is_that_weeks(orders: Connection) -> None:
    import_changes(
        orders, (1, "NEW", "2026-11-22 23:59:59.999 Europe/Paris"), (2, "NEW", "2026-11-23 00:00:00 Europe/Paris")
    )
    changes = (
        "select record_key, local_time::text from jalon_recap.weekly_changes(%s, 'Europe/Paris', tracked => 'orders')"
    )
    assert rows(orders, changes, "2026-W47") == [("1", "2026-11-22 23:59:59.999")]
    assert rows(orders, changes, "2026-W48") == [("2", "2026-11-23 00:00:00")]
    assert rows(
        orders, "select record_key from jalon_recap.weekly_changes('2026-W47', 'UTC', tracked => 'orders')"
    ) == [
        ("1",),
        ("2",),
    ]


def test_changes_come_per_record_in_their_order_with_who_and_why(orders: Connection) -> None:
    import_changes(orders, (2, "NEW", "2026-10-05Z"), (1, "NEW", "2026-10-06Z"), (1, "PAID", "2026-10-07Z"))
    import_changes(orders, (1, "SHIPPED", "2026-10-08Z"), actor="ben", reason="left the house")
    found = rows(
        orders,
        "select record_key, place, from_label, to_label, changed_by, reason, stayed::text "
        "from jalon_recap.weekly_changes('2026-W41', language => 'fr')",
    )
    assert found == [
        ("1", 1, None, "Nouvelle", "anna", None, None),
        ("1", 2, "Nouvelle", "Payée", "anna", None, "1 day"),
        ("1", 3, "Payée", "Expédiée", "ben", "left the house", "1 day"),
        ("2", 1, None, "Nouvelle", "anna", None, None),
    ]


def a_quarter(db: Connection) -> None:
    import_changes(
        db,
        (1, "NEW", "2026-09-07Z"), (1, "PAID", "2026-10-06Z"), (2, "NEW", "2026-09-08Z"),
        (2, "CANCELLED", "2026-10-07Z"),
        (3, "NEW", "2026-10-08Z"), (4, "NEW", "2026-10-08Z"), (4, "SHIPPED", "2026-10-09Z"), (5, "NEW", "2026-09-01Z"),
        (5, "SHIPPED", "2026-09-20Z"), (5, "PAID", "2026-10-10Z"), (6, "NEW", "2026-09-02Z"),
        (6, "SHIPPED", "2026-10-06Z"), (6, "PAID", "2026-10-07Z"),
        (1, "SHIPPED", "2026-11-02Z"), (3, "PAID", "2026-11-03Z"),
    )  # fmt: skip
    db.execute("select jalon.ensure_partitions()")


def test_counts_are_those_of_the_weeks_first_and_last_instant(orders: Connection) -> None:
    a_quarter(orders)
    orders.execute("delete from shop.orders where id = 2")
    for week in range(36, 48):
        counts = rows(
            orders,
            "select code, at_start, entered, departed, at_end from jalon_recap.weekly_counts(%s, tracked => 'orders')",
            f"2026-W{week}",
        )
        stood = (
            "select status::text, count(*) "
            "from jalon_history.orders_as_of((select %s "
            "from jalon_recap.week_bounds(%%s)) - interval '1 microsecond') group by 1"
        )
        assert {c: n for c, n, *_ in counts if n} == dict(rows(orders, stood % "starts_at", f"2026-W{week}"))
        assert {c: n for c, *_, n in counts if n} == dict(rows(orders, stood % "ends_at", f"2026-W{week}"))
        assert all(start + entered - departed == end for _, start, entered, departed, end in counts)
    assert rows(orders, "select * from jalon_recap.weekly_counts('2026-W41', tracked => 'orders')")[0][2:] == (
        "NEW",
        "New",
        None,
        "open",
        3,
        2,
        4,
        1,
    )


def test_who_entered_the_pipe_who_left_and_who_passed_through(orders: Connection) -> None:
    a_quarter(orders)
    found = rows(
        orders,
        "select movement, record_key, label, changed_at::date::text from jalon_recap.weekly_flow('2026-W41', "
        "language => 'fr', tracked => 'orders')",
    )
    assert found == [
        ("entered", "3", "Nouvelle", "2026-10-08"),
        ("entered", "5", "Payée", "2026-10-10"),  # came back from done
        ("left", "2", "Cancelled", "2026-10-07"),
        ("passed", "4", "Expédiée", "2026-10-09"),
    ]  # 6 left and came back the same week: it was there before and is there after


def test_a_deleted_record_has_left(orders: Connection) -> None:
    import_changes(orders, (1, "NEW", "2026-09-07Z"))
    orders.execute("delete from shop.orders")
    assert rows(orders, "select movement, record_key, code from jalon_recap.weekly_flow(tracked => 'orders')") == [
        ("left", "1", None)
    ]


def test_what_was_there_when_the_table_was_tracked_is_nobodys_change(orders: Connection) -> None:
    orders.execute("create table shop.parcels (id int primary key, status text not null)")
    orders.execute("insert into shop.parcels values (1, 'NEW')")
    orders.execute("select jalon.track('shop.parcels', category => 'ORDER_STATUS')")
    assert rows(orders, "select * from jalon_recap.weekly_changes(tracked => 'parcels')") == []
    assert rows(orders, "select * from jalon_recap.weekly_flow(tracked => 'parcels')") == []
    assert rows(orders, "select at_end from jalon_recap.weekly_counts(tracked => 'parcels') where code = 'NEW'") == [
        (1,)
    ]


def test_the_document_holds_it_all_in_the_readers_language(orders: Connection) -> None:
    a_quarter(orders)
    (document,) = rows(orders, "select jalon_recap.weekly('2026-W41', 'Europe/Paris', 'fr', 'orders')")[0]
    assert (document["week"], document["timeZone"], document["language"]) == ("2026-W41", "Europe/Paris", "fr")
    assert datetime.fromisoformat(document["from"]) == datetime.fromisoformat("2026-10-05T00:00:00+02:00")
    (table,) = document["tables"]
    assert table["table"] == "orders"
    assert table["counts"][0] == {
        "column": "status", "code": "NEW", "label": "Nouvelle", "color": None, "outcome": "open", "atStart": 3,
        "entered": 2, "departed": 4, "atEnd": 1,
    }  # fmt: skip
    assert [r["record"] for r in table["records"]] == ["1", "6", "2", "3", "4", "5"]
    assert table["records"][1]["changes"][1] | {"at": None} == {
        "at": None, "localTime": "2026-10-07T02:00:00", "column": "status", "from": "SHIPPED", "fromLabel": "Expédiée",
        "to": "PAID", "toLabel": "Payée",
        "by": "anna", "kind": "import", "version": 3, "stayed": 86400.0,
    }  # fmt: skip
    assert [[m["record"] for m in table[part]] for part in ("entered", "left", "passed")] == [["3", "5"], ["2"], ["4"]]


def test_every_tracked_table_has_its_part(orders: Connection) -> None:
    orders.execute("create table shop.parcels (id int primary key, status text not null)")
    orders.execute("select jalon.track('shop.parcels', category => 'ORDER_STATUS')")
    (document,) = rows(orders, "select jalon_recap.weekly()")[0]
    names = [name for (name,) in rows(orders, "select name from jalon_engine.tracked order by 1")]
    assert [t["table"] for t in document["tables"]] == names
    assert {"orders", "parcels"} <= set(names)


def test_a_week_reads_its_own_months_and_none_before(orders: Connection) -> None:
    for month in range(1, 12):
        import_changes(orders, (month, "NEW", f"2026-{month:02}-15Z"), (month, "PAID", f"2026-{month:02}-16Z"))
    orders.execute("select jalon.ensure_partitions()")
    assert read(orders, "select * from jalon_recap.weekly_changes('2026-W25', tracked => 'orders')") <= {
        "y2026m06",
        "default",
    }
    assert read(orders, "select * from jalon_recap.weekly_flow('2026-W25', tracked => 'orders')") <= {
        "y2026m06",
        "default",
    }
    whole = read(orders, "select jalon_recap.weekly('2026-W46', tracked => 'orders')")
    assert "y2026m11" in whole
    assert not [month for month in whole if month < "y2026m11" and month != "default"]
