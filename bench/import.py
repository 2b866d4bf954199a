# ruff: noqa: N999 – it is called as what it measures
"""What importing a past takes: `make bench ARGS=import`. BENCH_ROUNDS, JALON_BENCH_ROWS (the larger of two numbers).

Records stand in their table, the past of all of them in another one, seven changes each over five years. It is
measured in turns with a plain INSERT of the same rows into a table with the columns, indexes and months of a history.
The import must be sound: `jalon.verify` finds nothing, and a second run imports nothing.
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
from bench.history import OPTIONS
from jalon.install import embedded
from jalon.install.migrate import migrate
from jalon.settings import Settings

CHANGES_OF_ONE_RECORD = 7
TARGET_SECONDS = 10  # for 50,000 changes
SHOP = """
insert into jalon_engine.category (code, label) values ('ORDER_STATUS', 'Orders');
insert into jalon_engine.referential (category, code, label, position, outcome, is_initial, is_final) values
('ORDER_STATUS', 'NEW', 'New', 1, 'open', true, false), ('ORDER_STATUS', 'PACKED', 'Packed', 2, 'active', false, false);
create schema shop;
"""
# The first step and the last lead to NEW: there the records stand.
LOG = """
create table shop.log as
select (n / {each} + 1)::text as record, case n % {each} % 2 when 0 then 'NEW' else 'PACKED' end as "to",
    now() - interval '5 years' + make_interval(secs => (n % {each}) * 20000000.0 + n) as at,
    'person ' || n % 100 as by, case n % 5 when 0 then 'because of ' || n end as reason
from generate_series(0, {rows} / {each} * {each} - 1) n;
create table shop.orders_{rows} (id bigint primary key, status text not null);
insert into shop.orders_{rows} select distinct record::bigint, 'NEW' from shop.log;
select jalon.track('shop.orders_{rows}', category => 'ORDER_STATUS');
vacuum analyze shop.log, shop.orders_{rows};
"""
PLAIN = """
create table shop.plain (like jalon_history.shop__orders_{rows} including all) partition by range (changed_at);
select format('create table shop.plain_%s partition of shop.plain for values from (%L) to (%L)', n, m,
    m + interval '1 month')
from generate_series(date_trunc('month', now() - interval '5 years'), now() + interval '1 month', interval '1 month')
    with ordinality g (m, n)
"""
INSERT = """
insert into shop.plain (id, orders_{rows}_id, version, old_status, new_status, changed_at, previous_changed_at, kind,
    changed_by, db_role, reason, transaction_id)
select gen_random_uuid(), l.record::bigint, row_number() over w, lag(l."to") over w, l."to", l.at, lag(l.at) over w,
    'import', l.by, session_user, l.reason, pg_current_xact_id()
from shop.log l window w as (partition by l.record order by l.at)
"""
IMPORT = "select outcome, changes from jalon.import_changes('orders_{rows}', 'select * from shop.log')"


def main() -> int:
    largest = int(os.environ.get("JALON_BENCH_ROWS", "500000"))
    rounds = int(os.environ.get("BENCH_ROUNDS", "3"))
    table = []
    with tempfile.TemporaryDirectory(
        prefix="jalon-bench-", dir=os.environ.get("JALON_BENCH_DIR"), ignore_cleanup_errors=True
    ) as folder:
        server = embedded.cluster(Path(folder), options=OPTIONS)
        server.start(lambda text: None)
        try:
            for rows in (50_000, largest):
                found = [measure(server, rows, f"import_{rows}_{i}") for i in range(rounds)]
                imported, plain = (statistics.median(column) for column in zip(*found, strict=True))
                ratio = statistics.median(a / b for a, b in found)
                target = f"< {TARGET_SECONDS} s" if rows == 50_000 else ""
                cells = (f"{rows:,} changes", f"{imported:.1f} s", f"{rows / imported:,.0f}", f"{plain:.2f} s")
                table.append((*cells, f"{ratio:.1f}", target))
        finally:
            server.stop()
    head = ("imported", "jalon.import_changes", "changes a second", "plain INSERT", "ratio", "target")
    _server.table("A past", table, head)
    return 0


def measure(server: embedded.Cluster, rows: int, name: str) -> tuple[float, float]:
    """Seconds of the import, and of the INSERT."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as outside:
        outside.execute(f"create database {name}")
    dsn = server.dsn(name)
    settings = Settings(home=Path(tempfile.gettempdir()), dsn=dsn, modules="none")
    migrate(settings, dsn, lambda text: None)
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute(SHOP)
        for statement in LOG.format(rows=rows, each=CHANGES_OF_ONE_RECORD).split(";\n"):
            if statement.strip():
                db.execute(statement)
        create, parts = PLAIN.format(rows=rows).split(";\n")
        db.execute(create)
        for (statement,) in db.execute(parts).fetchall():
            db.execute(statement)
        plain = timed(db, INSERT.format(rows=rows))
        (wanted,) = db.execute("select count(*) from shop.log").fetchone() or (0,)
        imported = timed(db, IMPORT.format(rows=rows), expected=[("imported", wanted)])
        timed(db, IMPORT.format(rows=rows), expected=[("present", wanted)])
        if problems := db.execute("select problem, detail from jalon.verify()").fetchall():
            raise SystemExit(f"the import is not sound: {problems}")
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as outside:
        outside.execute(f"drop database {name}")
    print(f"{rows:,}: import {imported:.2f} s, INSERT {plain:.2f} s", file=sys.stderr, flush=True)
    return imported, plain


def timed(db: psycopg.Connection[Any], statement: str, expected: list[tuple[Any, ...]] | None = None) -> float:
    begun = time.perf_counter()
    found = db.execute(statement)
    if expected is not None and (answer := found.fetchall()) != expected:
        raise SystemExit(f"{expected} was expected: {answer}")
    return time.perf_counter() - begun
