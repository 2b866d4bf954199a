"""What reading history costs as it grows: `make bench ARGS=history`.

Two databases on one server: the same records, the same last week of 5,000 changes, and before it 24 months of log, once
short (100,000 rows in all), once long (JALON_BENCH_ROWS, a million). Every question is asked of both in turns; the
ratio is what counts. With JALON_BENCH_WIDE a third one has as many rows of a hundred times the records.

Then reports are asked of the long one as jalon_bi, in turns with plain statements over one table with the same changes
and the indexes that its author would make. A report may take 1.5 times as long; below a twentieth of a second, where
planning the months counts most, only the time has a target.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from bench import _server
from jalon.install import embedded
from jalon.install.migrate import migrate
from jalon.settings import Settings

SMALL = 100_000
WEEK = 5_000
OPTIONS = (
    "fsync=off",
    "shared_buffers=1GB",
    "max_wal_size=8GB",
    "maintenance_work_mem=256MB",
    "autovacuum=off",
    "jit=off",
)

SHOP = """
insert into jalon_engine.category (code, label) values ('ORDER_STATUS', 'Orders');
insert into jalon_engine.referential (category, code, label, position, outcome, is_initial, is_final) values
('ORDER_STATUS', 'NEW', 'New', 1, 'open', true, false), ('ORDER_STATUS', 'PACKED', 'Packed', 2, 'active', false, false),
('ORDER_STATUS', 'SHIPPED', 'Shipped', 3, 'done', false, true);
create schema shop;
create table shop.orders (id bigint primary key, status text not null);
select jalon.track('shop.orders', 'status', category => 'ORDER_STATUS');
select jalon_history.ensure_months('orders', date_trunc('week', now()) - interval '24 months', now());
"""

# Change i belongs to record 100 + i % busy, and is its version (i / busy) + 1. The first `before` changes lie evenly in
# the 24 months, the rest in the last whole week. The first hundred records have ten changes each, whatever the size.
CHANGES = """
create temporary view tick as
select i, 101 + (i * 7919) %% {busy} as record, (i / {busy} + 1)::integer as version,
    case when i < {before} then {begin} + make_interval(secs => i * {step})
        else {week} + make_interval(secs => (i - {before}) * 604800.0 / {week_rows}) end as at
from generate_series(0::bigint, {ticks} - 1) i
union all
select -1, r, v::integer, {begin} + (v - 1) * interval '70 days' + r * interval '1 minute'
from generate_series(1, 100) r cross join generate_series(1, 10) v;
"""
FILL = """
insert into jalon_history.shop__orders (id, orders_id, version, old_status, new_status, changed_at, previous_changed_at,
    kind, changed_by, db_role,
    workflow_version, transaction_id)
select gen_random_uuid(), t.record, t.version, {code_before}, {code}, t.at, {at_before}, case t.version
    when 1 then 'create' else 'move' end,
    'anna', 'jalon_api', 0, '750'
from tick t order by t.at
"""
STAND = """
insert into shop.orders (id, status, status_version, status_changed_at)
select h.orders_id, h.new_status, h.version, h.changed_at
from (select distinct on (orders_id) * from (
    select record as orders_id, {code} as new_status, version, at as changed_at from tick t
        where t.i < 0 or t.i >= {ticks} - {busy}) l
    order by orders_id, version desc) h
"""

PREVIOUS = """
(case when t.i < 0 then t.at - interval '70 days'
    when t.i - {busy} < {before} then {begin} + make_interval(secs => (t.i - {busy}) * {step})
 else {week} + make_interval(secs => (t.i - {busy} - {before}) * 604800.0 / {week_rows}) end)"""

QUESTIONS = (
    ("one record's timeline", "select * from jalon_history.orders_timeline where orders_id = 50"),
    ("one record as of a year ago", "select * from jalon_history.orders_as_of(now() - interval '1 year', '50')"),
    ("one record as of last week", "select * from jalon_history.orders_as_of({week}, '50')"),
    ("last week's transitions", "select * from jalon_recap.transitions('orders', {week}, {week} + interval '7 days')"),
    (
        "last week's changes, all",
        "select count(*) from jalon_history.changes where changed_at >= {week} "
        "and changed_at < {week} + interval '7 days'",
    ),
    ("one week's recap", "select jalon_recap.weekly(to_char({week}, 'IYYY-\"W\"IW'), 'UTC', 'en', 'orders')"),
    ("every record as of last week", "select count(*) from jalon_history.orders_as_of({week})"),
)
# Changes as somebody would keep them who has no Jalon: one table, no months, no names of tables and columns as values.
PLAIN = """
create schema plain;
create table plain.change as
select h.orders_id, h.version, h.old_status, h.new_status, h.changed_at, h.previous_changed_at, h.kind, h.changed_by
from jalon_history.shop__orders h order by h.changed_at;
create index on plain.change (orders_id, version);
create index on plain.change (changed_at);
"""
TEN_DAYS = "(date_trunc('day', now()) - interval '10 days')"
YEAR = "(date_trunc('day', now()) - interval '1 year')"
LENGTH = "date_part('epoch', {end} - {begin})"


def transitions(since: str) -> str:
    return f"""select old_status, new_status, sum(n), count(*), sum(forced), sum(stayed) / nullif(sum(n), 0) from (
        select old_status, new_status, orders_id, count(*) as n, count(*) filter (where kind = 'force') as forced,
            sum(changed_at - previous_changed_at) as stayed
        from plain.change where changed_at >= {since} group by 1, 2, 3) r group by 1, 2"""


def stays(since: str, ended: str = "true") -> str:
    return f"""(select old_status as status, orders_id, previous_changed_at as began, changed_at as ended
        from plain.change where previous_changed_at is not null and {ended}
        union all select status, id, status_changed_at, now() from shop.orders where status_changed_at >= {since}) s"""


def time_in_status(since: str) -> str:
    length = LENGTH.format(end="s.ended", begin=f"greatest(s.began, {since})")
    return f"""select status, count(*), sum({length}), percentile_cont(array[0.5, 0.9]) within group (order by {length})
        from {stays("'-infinity'", f"changed_at > {since}")} group by 1"""


# What is asked, of the views and functions and of the plain table; seconds at most on two quiet processors with
# 5,000,000 changes.
REPORTS = (
    (
        "stays begun in ten days",
        "select status, count(*), avg(duration_seconds) from jalon_history.orders_timeline "
        f"where entered_at >= {TEN_DAYS} group by 1",
        f"select status, count(*), avg({LENGTH.format(end='ended', begin='began')}) from "
        f"{stays(TEN_DAYS, f'changed_at >= {TEN_DAYS} and previous_changed_at >= {TEN_DAYS}')} group by 1",
        0.2,
    ),
    (
        "stays ended in ten days",
        "select status, count(*), avg(duration_seconds) from jalon_history.orders_timeline "
        f"where left_at >= {TEN_DAYS} group by 1",
        f"select old_status, count(*), avg({LENGTH.format(end='changed_at', begin='previous_changed_at')}) "
        f"from plain.change where changed_at >= {TEN_DAYS} and previous_changed_at is not null group by 1",
        0.2,
    ),
    (
        "changes of ten days",
        f"select changed_by, new_code, count(*) from jalon_history.changes where tracked = 'orders' "
        f"and changed_at >= {TEN_DAYS} group by 1, 2",
        f"select changed_by, new_status, count(*) from plain.change where changed_at >= {TEN_DAYS} group by 1, 2",
        0.2,
    ),
    (
        "where records stand now",
        "select status, count(*) from jalon_history.orders_timeline where is_current group by 1",
        "select status, count(*) from shop.orders group by 1",
        0.2,
    ),
    (
        "the newest 50 changes",
        "select * from jalon_history.changes order by changed_at desc limit 50",
        "select * from plain.change order by changed_at desc limit 50",
        0.05,
    ),
    (
        "the last change",
        "select max(changed_at) from jalon_history.changes",
        "select max(changed_at) from plain.change",
        0.05,
    ),
    (
        "one record's stays",
        "select * from jalon_history.orders_timeline where orders_id = 5000",
        "select * from plain.change where orders_id = 5000",
        0.05,
    ),
    (
        "one record's changes",
        "select * from jalon_history.changes_of('orders', '5000')",
        "select * from plain.change where orders_id = 5000",
        0.05,
    ),
    (
        "transitions of a year",
        f"select * from jalon_recap.transitions('orders', {YEAR})",
        transitions(YEAR),
        1.5,
    ),
    ("transitions", "select * from jalon_recap.transitions('orders')", transitions("'-infinity'"), 3.0),
    (
        "time in status of a year",
        f"select * from jalon_recap.time_in_status('orders', {YEAR})",
        time_in_status(YEAR),
        1.5,
    ),
    (
        "time in status",
        "select * from jalon_recap.time_in_status('orders')",
        time_in_status("'-infinity'::timestamptz"),
        3.0,
    ),
    (
        "stays by status",
        "select status, count(*), sum(duration) from jalon_history.orders_timeline group by 1",
        f"select status, count(*), sum(ended - began) from {stays(chr(39) + '-infinity' + chr(39))} group by 1",
        2.0,
    ),
    (
        "variants",
        "select * from jalon_recap.variants('orders')",
        "select codes, count(*) from (select string_agg(new_status, '>' order by version) as codes from plain.change "
        "group by orders_id) w group by 1 order by 2 desc",
        4.0,
    ),
    (
        "directly follows",
        "select * from jalon_recap.directly_follows('orders')",
        f"select old_status, new_status, count(*), percentile_cont(array[0.5, 0.9]) within group "
        f"(order by {LENGTH.format(end='changed_at', begin='previous_changed_at')}) from plain.change group by 1, 2",
        None,
    ),
    ("compliance", "select * from jalon_recap.compliance()", None, None),
    ("what jalon status asks", "select * from jalon.known_problems()", None, 1.0),
)
WEEK_START = "(date_trunc('week', now()) - interval '7 days')"


def fill(db: psycopg.Connection[Any], rows: int, records: int) -> None:
    busy = records - 100
    ticks = rows - 1_000
    parts = {
        "busy": busy,
        "ticks": ticks,
        "before": ticks - WEEK,
        "week_rows": WEEK,
        "week": WEEK_START,
        "step": f"(extract(epoch from {WEEK_START} - ({WEEK_START} - interval '24 months')) / {ticks - WEEK})::float8",
        "begin": f"({WEEK_START} - interval '24 months')",
    }
    previous = PREVIOUS.format(**parts)
    parts |= {
        "code": "case when t.version = 1 then 'NEW' when t.version % 2 = 0 then 'PACKED' else 'NEW' end",
        "code_before": "case when t.version = 1 then null when t.version = 2 then 'NEW' "
        "when t.version % 2 = 1 then 'PACKED' else 'NEW' end",
        "at_before": f"case when t.version > 1 then {previous} end",
    }
    with db.transaction():
        db.execute("set local session_replication_role = replica")
        db.execute("set local timezone = 'UTC'")
        db.execute(CHANGES.format(**parts).replace("%%", "%"))
        db.execute(FILL.format(**parts))
        db.execute(STAND.format(**parts))
        db.execute("drop view tick")
    db.execute("vacuum analyze jalon_history.shop__orders")
    db.execute("vacuum analyze shop.orders")


def check(db: psycopg.Connection[Any], rows: int, records: int) -> None:
    """The bench is only worth something if its data are what Jalon itself would have written."""
    counted = db.execute(
        f"select (select count(*) from jalon_history.shop__orders), (select count(*) from shop.orders),"
        f" (select count(*) from jalon_history.shop__orders where changed_at >= {WEEK_START})"
    ).fetchone()
    assert counted == (rows, records, WEEK), counted
    if problems := db.execute("select problem, detail from jalon.verify('orders')").fetchall():
        raise SystemExit(f"the data are not sound: {problems}")


def milliseconds(databases: list[psycopg.Connection[Any]], question: str) -> list[float]:
    """Medians, asked in turns: neighbours in time share the machine's mood. As many rounds as fit in some seconds."""
    taken: list[list[float]] = [[] for _ in databases]
    begun = time.perf_counter()
    while len(taken[0]) < 9 or (time.perf_counter() - begun < 5 and len(taken[0]) < 300):
        for db, times in zip(databases, taken, strict=True):
            start = time.perf_counter()
            db.execute(question, prepare=False).fetchall()
            times.append((time.perf_counter() - start) * 1_000)
    return [statistics.median(times[2:]) for times in taken]


def reports(db: psycopg.Connection[Any]) -> list[tuple[str, ...]]:
    """Medians of what is asked as jalon_bi and of the plain statement, in turns."""
    db.execute(PLAIN)
    db.execute("vacuum analyze plain.change")
    lines: list[tuple[str, ...]] = []
    for label, question, plain, target in REPORTS:
        taken: tuple[list[float], list[float]] = ([], [])
        begun = time.perf_counter()
        while len(taken[0]) < 3 or (time.perf_counter() - begun < 5 and len(taken[0]) < 20):
            for role, statement, times in (("jalon_bi", question, taken[0]), ("postgres", plain, taken[1])):
                if statement is None:
                    continue
                db.execute(f"set session authorization {'jalon_dba' if 'known_problems' in statement else role}")
                start = time.perf_counter()
                db.execute(statement, prepare=False).fetchall()
                times.append(time.perf_counter() - start)
                db.execute("reset session authorization")
        seconds, floor = statistics.median(taken[0]), statistics.median(taken[1]) if plain else None
        has_ratio = floor is not None and (target is None or target > 0.05)
        lines.append(
            (
                label,
                f"{seconds:.3f}",
                "" if target is None else f"≤ {target:g}",
                "" if floor is None else f"{floor:.3f}",
                "" if floor is None else f"{seconds / floor:.2f}",
                "≤ 1.5" if has_ratio else "",
            )
        )
    return lines


def bytes_per_row(db: psycopg.Connection[Any]) -> float:
    found = db.execute(
        "select sum(pg_total_relation_size(m.part))::float8 / (select count(*) from jalon_history.shop__orders) "
        "from jalon_history.months_of('jalon_history.shop__orders') m"
    ).fetchone()
    assert found
    return float(found[0])


def made(server: embedded.Cluster, name: str, rows: int, records: int) -> psycopg.Connection[Any]:
    """A database of its own, filled and proved."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as maintenance:
        maintenance.execute(f"create database {name}")
    dsn = server.dsn(name)
    migrate(Settings(home=Path(tempfile.gettempdir()), dsn=dsn, modules="all"), dsn, lambda text: None)
    db = psycopg.connect(dsn, autocommit=True)
    db.execute(SHOP)
    begun = time.perf_counter()
    fill(db, rows, records)
    filled = time.perf_counter()
    check(db, rows, records)
    proved = time.perf_counter()
    print(
        f"{name}: {rows:,} changes of {records:,} records, filled in {filled - begun:.0f} s, "
        f"proved by jalon.verify in {proved - filled:.0f} s",
        file=sys.stderr,
    )
    db.execute("set timezone = 'UTC'")
    return db


def main() -> int:
    rows = int(os.environ.get("JALON_BENCH_ROWS", "1000000"))
    records = int(os.environ.get("JALON_BENCH_RECORDS", "20000"))
    with tempfile.TemporaryDirectory(
        prefix="jalon-bench-", dir=os.environ.get("JALON_BENCH_DIR"), ignore_cleanup_errors=True
    ) as folder:
        server = embedded.cluster(Path(folder), options=OPTIONS)
        server.start(lambda text: None)
        try:
            databases = [made(server, "short", SMALL, records), made(server, "long", rows, records)]
            if "JALON_BENCH_WIDE" in os.environ:
                databases.append(made(server, "wide", rows, rows // 5))
            lines = [(label, milliseconds(databases, text.format(week=WEEK_START))) for label, text in QUESTIONS]
            size = bytes_per_row(databases[1])
            asked = reports(databases[1])
            for db in databases:
                db.close()
        finally:
            server.stop()
    heads = ("median ms", f"{SMALL:,}", f"{rows:,}", "ratio", f"{rows:,} of {rows // 5:,} records", "ratio")
    cells = [
        (label, f"{taken[0]:.2f}", *(cell for ms in taken[1:] for cell in (f"{ms:.2f}", f"{ms / taken[0]:.2f}")))
        for label, taken in lines
    ]
    _server.table(f"Reading history of {records:,} records over 24 months", cells, heads[: len(cells[0])])
    print(f"\nBytes per history row, all indexes included: {size:.0f}\n")
    _server.table(
        f"Reports on {rows:,} changes, as jalon_bi",
        asked,
        ("seconds", "", "target of 5,000,000", "plain statement", "ratio", "target"),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
