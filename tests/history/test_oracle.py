"""Everything that Jalon answers about a log is what plain Python reads from it (oracle.py)."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from tests import shop
from tests.history import oracle
from tests.history.oracle import Oracle, make_log
from tests.shop import Connection, rows

LOG = make_log()
WANTED = Oracle(LOG)
NOW = datetime(2024, 12, 31, tzinfo=UTC)  # the log is over by then
WEEKS = ("2023-W35", "2023-W38", "2023-W43", "2023-W44", "2023-W52", "2024-W01", "2024-W13")
INSTANTS = sorted(
    {event.at for event in LOG[::17]}
    | {event.at - timedelta(microseconds=1) for event in LOG[::23]}
    | {datetime(2020, 1, 1, tzinfo=UTC), NOW, *oracle.SHARP}
)
PERIODS = [(None, NOW), (datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 11, 1, tzinfo=UTC)),
           (oracle.SHARP[0], oracle.SHARP[4])]  # fmt: skip


def tickets_sql() -> str:
    """A table as it stands at the end of the log."""
    living = {stay.record: stay for stay in WANTED.stays if stay.ended is None}
    values = ", ".join(f"({id}, '{stay.code}', '{stay.case_type}')" for id, stay in living.items())
    return (
        "create table shop.tickets (id bigint primary key, status text not null, kind_of text); "
        f"insert into shop.tickets values {values}; "
        "select jalon.track('shop.tickets', category => 'ORDER_STATUS', workflow_column => 'kind_of'); "
    )


def import_sql() -> str:
    def text(value: object) -> str:
        return "null" if value is None else "'" + str(value).replace("'", "''") + "'"

    values = ", ".join(
        "(" + ", ".join(text(value) for value in (e.record, e.to, e.at.isoformat(), e.by, e.reason, e.case_type)) + ")"
        for e in LOG
    )
    return (
        'create table public.log (n bigint generated always as identity, record text, "to" text, at text, by text, '
        "reason text, case_type text); "
        f'insert into public.log (record, "to", at, by, reason, case_type) values {values}; '
        "select * from jalon.import_changes('tickets', 'select record, \"to\", at, by, reason, case_type "
        "from public.log order by n'); "
    )


@pytest.fixture
def beginning() -> str:
    return shop.SHOP + tickets_sql() + import_sql()


def test_the_log_has_what_makes_logs_hard() -> None:
    changes = WANTED.changes
    assert len(changes) > 300
    assert sum(change.at == change.began for change in changes) > 20  # ties
    assert sum(bool(change.began) and change.at - change.began > timedelta(days=50) for change in changes) > 20
    assert sum(change.new is None for change in changes) > 5
    assert any(before.at > after.at for before, after in itertools.pairwise(LOG))
    assert len(LOG) - len(changes) > 10  # repeated codes


def test_the_import_is_sound(db: Connection) -> None:
    assert rows(db, "select problem, detail from jalon.verify('tickets')") == []
    assert rows(db, "select count(*), min(kind), max(kind) from jalon_history.shop__tickets") == [
        (sum(change.new is not None for change in WANTED.changes), "import", "import")
    ]


def test_changes(db: Connection) -> None:
    found = rows(
        db,
        "select record_key::bigint, version, old_code, new_code, changed_at, stay_began, changed_by, reason, case_type "
        "from jalon_history.changes where tracked = 'tickets'",
    )
    assert sorted(found, key=lambda row: row[:2]) == sorted(
        (change._replace(reason=None if change.new is None else change.reason) for change in WANTED.changes),
        key=lambda row: row[:2],
    )


def test_timeline(db: Connection) -> None:
    found = rows(
        db,
        "select tickets_id, version, status, entered_at, left_at, kind_of "
        "from jalon_history.tickets_timeline order by 1, 2",
    )
    assert found == sorted(WANTED.stays)
    current = {stay.record for stay in WANTED.stays if stay.ended is None}
    assert {
        id for (id,) in rows(db, "select tickets_id from jalon_history.tickets_timeline where is_current")
    } == current


def test_as_of_and_counts(db: Connection) -> None:
    for at in INSTANTS:
        found = rows(db, "select tickets_id, status, entered_at from jalon_history.tickets_as_of(%s)", at)
        assert {id: (status, since) for id, status, since in found} == WANTED.stood(at), at
        assert len(found) == len(WANTED.stood(at))
        counts = rows(db, "select code, records from jalon_history.counts_at(%s, 'tickets')", at)
        assert dict(counts) == WANTED.counts(at), at


def test_one_record_as_of_an_instant(db: Connection) -> None:
    for event in LOG[::11]:
        found = rows(db, "select status from jalon_history.tickets_as_of(%s, %s)", event.at, str(event.record))
        stood = WANTED.stood(event.at).get(event.record)
        assert found == ([(stood[0],)] if stood else [])


@pytest.mark.parametrize("case_type", [None, *oracle.KINDS])
def test_time_in_status(db: Connection, case_type: str | None) -> None:
    for since, until in PERIODS:
        found = rows(
            db,
            "select code, stays, records, lasting, extract(epoch from total)::float8, "
            "extract(epoch from average)::float8, extract(epoch from median)::float8, extract(epoch from p90)::float8, "
            "extract(epoch from longest)::float8 "
            "from jalon_recap.time_in_status('tickets', coalesce(%s::timestamptz, '-infinity'), %s, %s::text)",
            since,
            until,
            case_type,
        )
        wanted = WANTED.time_in_status(since, until, case_type)
        assert {row[0]: row[1:4] for row in found} == {code: row[:3] for code, row in wanted.items()}
        for code, *_, total, average, median, p90, longest in found:
            assert (total, average, median, p90, longest) == pytest.approx(wanted[code][3:], abs=1e-3), code


def test_transitions(db: Connection) -> None:
    asked = itertools.product(PERIODS, ("day", "week", "month"), ("UTC", *oracle.ZONES), (None, "trade"))
    for (since, until), bucket, zone, case_type in asked:
        found = rows(
            db,
            "select period, from_code, to_code, changes, records, extract(epoch from average_stay)::float8 from "
            "jalon_recap.transitions('tickets', coalesce(%s::timestamptz, '-infinity'), %s, %s, %s, null, %s::text)",
            since,
            until,
            bucket,
            zone,
            case_type,
        )
        wanted = WANTED.transitions(since, until, bucket, zone, case_type)
        assert {row[:3]: row[3:5] for row in found} == {key: row[:2] for key, row in wanted.items()}, (bucket, zone)
        for period, from_code, to_code, _, _, stay in found:
            assert stay == pytest.approx(wanted[period, from_code, to_code][2], abs=1e-3)


def test_weekly_recaps(db: Connection) -> None:
    for week, zone in itertools.product(WEEKS, ("UTC", *oracle.ZONES)):
        counts = rows(
            db,
            "select code, at_start, entered, departed, at_end from jalon_recap.weekly_counts(%s, %s, null, 'tickets')",
            week,
            zone,
        )
        assert {code: tuple(numbers) for code, *numbers in counts} == WANTED.weekly_counts(week, zone), (week, zone)
        changes = rows(
            db,
            "select record_key::bigint, version, from_code, to_code, changed_at, changed_by from "
            "jalon_recap.weekly_changes(%s, %s, null, 'tickets')",
            week,
            zone,
        )
        wanted = [(c.record, c.version, c.old, c.new, c.at, c.by) for c in WANTED.within(*WANTED.week(week, zone))]
        assert sorted(changes, key=lambda row: row[:2]) == sorted(wanted, key=lambda row: row[:2])
        flow = rows(
            db, "select movement, record_key::bigint from jalon_recap.weekly_flow(%s, %s, null, 'tickets')", week, zone
        )
        assert sorted(flow) == sorted(WANTED.weekly_flow(week, zone)), (week, zone)


def test_variants(db: Connection) -> None:
    found = rows(
        db,
        "select path, count(*) from (select array_agg(new_code order by changed_at, version) as path "
        "from jalon_history.changes where tracked = 'tickets' and new_code is not null group by record_key) v "
        "group by 1",
    )
    assert {tuple(path): records for path, records in found} == dict(WANTED.variants())
