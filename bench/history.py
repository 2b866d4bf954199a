"""What reading history costs as it grows: `make bench ARGS=history`.

Two databases on one server: the same records, the same last week of 5,000 changes, and before it 24 months of log, once
short (100,000 rows in all), once long (JALON_BENCH_ROWS, ten million). Every question is asked of both in turns; the
ratio is what counts. With JALON_BENCH_WIDE a third one has as many rows of a hundred times the records.
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
        f"proved by jalon.verify in {proved - filled:.0f} s"
    )
    db.execute("set timezone = 'UTC'")
    return db


def main() -> int:
    rows = int(os.environ.get("JALON_BENCH_ROWS", "10000000"))
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
    print(f"\nBytes per history row, all indexes included: {size:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
