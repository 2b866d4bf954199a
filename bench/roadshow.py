"""One week's recap of the roadshow, on a short and on a long log: `make bench ARGS=roadshow`.

Two databases with the same 2,000 counterparties and the same last week (each moves once, 5,000 interactions). Before it
lie 24 months of changes: 100,000 rows of history in all, and JALON_BENCH_ROWS (ten million). What counts is the ratio,
and which partitions the recap reads.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import psycopg

from bench import _server
from bench.history import OPTIONS, milliseconds
from jalon.install import embedded
from jalon.install.migrate import migrate
from jalon.settings import Settings

SMALL = 100_000
RECORDS = 2_000
WEEK = "(date_trunc('week', now() at time zone 'Europe/Paris') - interval '7 days') at time zone 'Europe/Paris'"
# Counterparty r has `versions` changes before the week, evenly spaced, and one in it.
FILL = """
set local session_replication_role = replica;
set local timezone = 'UTC';
create temporary table span on commit drop as
select {week} as week, {week} - interval '24 months' as start, {versions} as versions;
select jalon_history.ensure_months('roadshow_counterparty', start, now()) from span;
insert into jalon_roadshow.roadshow_counterparty (id, name, owner, statut, created_at, status_version,
    status_changed_at)
select r, 'Counterparty ' || r, 'anna', case versions % 2 when 0 then 'En attente' else 'Live' end, start, versions + 1,
    week + r * interval '7 days' / ({records} + 1)
from span cross join generate_series(1, {records}) r;
insert into jalon_roadshow.roadshow_counterparty_history (id, counterparty_id, version, old_statut, new_statut,
    changed_at, previous_changed_at, kind,
    changed_by, db_role, workflow_version, transaction_id)
select gen_random_uuid(), r, v, case when v > 1 then case v % 2 when 0 then 'En attente' else 'Live' end end,
    case v % 2 when 0 then 'Live' else 'En attente' end, case when v > versions then week + r * interval '7 days' /
        ({records} + 1) else start + ((v - 1) * {records} + r) * step end,
    case when v > 1 then start + ((v - 2) * {records} + r) * step end, case v when 1 then 'create' else 'move' end,
        'anna', 'jalon_api', 0, '750'
from (select s.*, (week - start) / (versions * {records} + {records} + 1) as step from span s) s
cross join generate_series(1, versions + 1) v cross join generate_series(1, {records}) r;
insert into jalon_roadshow.roadshow_event (counterparty_id, type, date)
select 1 + n % {records}, (array['call', 'meeting', 'teaser'])[1 + n % 3], week::date + n % 7 from span
    cross join generate_series(1, 5000) n;
"""
READ = """
select c.oid::regclass::text from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
where i.inhparent = 'jalon_roadshow.roadshow_counterparty_history'::regclass and c.reltuples > 0
  and pg_stat_get_numscans(c.oid) + coalesce((select sum(pg_stat_get_numscans(x.indexrelid)) from pg_catalog.pg_index x
      where x.indrelid = c.oid), 0) > 0
"""
RECAPS = (
    ("the document", "select jalon_recap.weekly({week}, 'Europe/Paris', 'fr', 'roadshow_counterparty')"),
    ("the lines", "select line from jalon_recap.weekly_lines({week}, 'Europe/Paris', 'fr', 'roadshow_counterparty')"),
    ("the page", "select jalon_recap.weekly_page({week}, 'Europe/Paris', 'fr', 'roadshow_counterparty')"),
)
ISO = f"to_char(({WEEK}) at time zone 'Europe/Paris', 'IYYY-\"W\"IW')"


def made(server: embedded.Cluster, name: str, rows: int) -> psycopg.Connection[Any]:
    """A database of its own, filled and proved."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as maintenance:
        maintenance.execute(f"create database {name}")
    dsn = server.dsn(name)
    migrate(Settings(home=Path(tempfile.gettempdir()), dsn=dsn, modules="all"), dsn, lambda text: None)
    db = psycopg.connect(dsn, autocommit=True)
    with db.transaction():
        db.execute(FILL.format(week=WEEK, versions=rows // RECORDS - 1, records=RECORDS), prepare=False)
    db.execute(
        "vacuum analyze jalon_roadshow.roadshow_counterparty_history, jalon_roadshow.roadshow_counterparty, "
        "jalon_roadshow.roadshow_event"
    )
    if problems := db.execute("select problem, detail from jalon.verify('roadshow_counterparty')").fetchall():
        raise SystemExit(f"the data are not sound: {problems[:3]}")
    counted = db.execute("select count(*) from jalon_roadshow.roadshow_counterparty_history").fetchone()
    print(f"{name}: {counted[0] if counted else 0:,} changes of {RECORDS:,} counterparties, proved by jalon.verify")
    return db


def partitions(db: psycopg.Connection[Any]) -> str:
    """The partitions with rows that one recap reads, by the server's own counters."""
    db.execute("select pg_stat_reset(), pg_sleep(0.5)")
    db.execute(RECAPS[0][1].format(week=ISO), prepare=False)
    db.execute("select pg_stat_force_next_flush()")
    db.execute("select pg_stat_clear_snapshot()")
    return ", ".join(name.rsplit("_", 1)[1] for (name,) in db.execute(READ))


def main() -> int:
    rows = int(os.environ.get("JALON_BENCH_ROWS", "10000000"))
    where = os.environ.get("JALON_BENCH_DIR")
    with tempfile.TemporaryDirectory(prefix="jalon-bench-", dir=where, ignore_cleanup_errors=True) as folder:
        server = embedded.cluster(Path(folder), options=OPTIONS)
        server.start(lambda text: None)
        try:
            databases = [made(server, "short", SMALL), made(server, "long", rows)]
            cells: list[tuple[str, ...]] = []
            for label, text in RECAPS:
                short, long = milliseconds(databases, text.format(week=ISO))
                cells.append((label, f"{short:.1f}", f"{long:.1f}", f"{long / short:.2f}"))
            cells.append(("partitions read", *(partitions(db) for db in databases), ""))
            for db in databases:
                db.close()
        finally:
            server.stop()
    _server.table(
        "One week's recap of the roadshow", cells, ("median ms", f"{SMALL:,} rows", f"{rows:,} rows", "ratio")
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
