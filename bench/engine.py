"""What enforcement costs: single changes through pgbench, bulk changes in one statement, bytes a history row."""

import os
import statistics
import time
from typing import Any

import psycopg

from bench import _server

ROWS = 100_000
NEXT = "(array['A','B','C','D','E'])[(ascii({0}) - 64) % 5 + 1]"
SETUP = """
insert into jalon_engine.category values ('BENCH', 'Bench');
insert into jalon_engine.role (code, label) values ('clerk', 'Clerk');
create role bench_login login;
insert into jalon_engine.role_grant (principal, role) values ('db:bench_login', 'clerk');
insert into jalon_engine.referential (category, code, label, is_initial) select 'BENCH', c, c, c = 'A'
    from unnest('{A,B,C,D,E}'::text[]) c;
begin;
insert into jalon_engine.workflow (category, version, state, published_at) values ('BENCH', 1, 'published', now());
insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles, requires_reason)
select 'BENCH', 1, a.code, b.code, 'go_' || b.code, '{clerk}', true
from jalon_engine.referential a join jalon_engine.referential b using (category) where a.category = 'BENCH'
    and a.code <> b.code;
commit;
create schema bench;
grant usage on schema bench to bench_login;
create table bench.plain (id bigint primary key, status text not null, title text not null, customer text not null,
    email text, amount numeric(12, 2),
    note text, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create index on bench.plain (status);
create table bench.item (like bench.plain including all);
create table bench.floor (like bench.plain including all, version integer not null default 1);
create table bench.floor_history (id uuid primary key, floor_id bigint not null, version integer not null,
    old_status text, new_status text,
    changed_at timestamptz not null, changed_by text not null, reason text);
create index on bench.floor_history (floor_id, changed_at);
-- Each script has a table of its own, so that none works on what another has left behind.
create table bench.moved (like bench.item including all);
create table bench.noted (like bench.item including all);
create table bench.born (like bench.item including all);
select jalon.track(t, category => 'BENCH') from unnest('{bench.item,bench.moved,bench.noted,bench.born}'::text[]) t;
insert into bench.plain select i, 'A', 'Title of record ' || i, 'Customer ' || i, 'customer' || i || '@example.com', i,
    'x' from generate_series(1, {rows}) i;
insert into bench.floor select * from bench.plain;
insert into jalon_engine.role_grant (principal, role) values ('db:postgres', 'clerk');
select set_config('jalon.reason', 'bench', false);
insert into bench.item select * from bench.plain;
insert into bench.moved select * from bench.plain;
insert into bench.noted select * from bench.plain;
grant all on all tables in schema bench to bench_login;
grant jalon_app to bench_login;
alter database bench set jalon.reason = 'bench';
"""
ID = f"\\set id random(1, {ROWS})\n"
# The floor: a statement that changes the status and writes history without any rule. The history has the fewest indexes
# that such a table needs: its identifier, and a record's changes in time.
FLOOR = f"""with o as (select id, status, version from bench.floor where id = :id for update),
 u as (update bench.floor f set status = {NEXT.format("o.status")}, version = o.version + 1 from o where f.id = o.id
       returning f.id, o.status as old_status, f.status as new_status, f.version)
 insert into bench.floor_history select uuidv7(), id, version, old_status, new_status, clock_timestamp(), current_user,
     'bench' from u;"""
SINGLE = {
    "floor": ID + FLOOR,
    "raw update": ID + f"update bench.item set status = {NEXT.format('status')} where id = :id;",
    "jalon.move": ID
    + f"select jalon.move('moved', :id, (select {NEXT.format('status')} from bench.moved where id = :id), 'bench');",
    "untracked note": ID + "update bench.plain set note = 'y' where id = :id;",
    "note": ID + "update bench.noted set note = 'y' where id = :id;",
}
LOGIN = "bench_login"
PAIRS = [("raw update", "floor", 0.75), ("jalon.move", "floor", 0.65), ("note", "untracked note", 0.90)]


def singles(server: _server.Server, protocol: str, seconds: int, rounds: int) -> list[tuple[str, ...]]:
    tps: dict[str, list[float]] = {name: [] for name in SINGLE}
    scripts = list(SINGLE.items())
    for turn in range(rounds):  # each begins elsewhere, so that no script always comes after the same one
        for name, script in scripts[turn % len(scripts) :] + scripts[: turn % len(scripts)]:
            tps[name].append(server.pgbench(script, seconds=seconds, protocol=protocol, user=LOGIN))
    return [
        (name, protocol, f"{statistics.median(tps[name]):,.0f}", f"{base} {statistics.median(tps[base]):,.0f}",
         f"{_server.ratio(list(zip(tps[name], tps[base], strict=True))):.2f}", f"≥ {target:.2f}")
        for name, base, target in PAIRS
    ]  # fmt: skip


def timed(server: _server.Server, connection: psycopg.Connection[Any], statement: str) -> float:
    with server.connect() as admin:
        admin.execute("checkpoint")
    start = time.perf_counter()
    connection.execute(statement)
    return time.perf_counter() - start


def bulks(server: _server.Server, rounds: int) -> list[tuple[str, ...]]:
    """Each round begins with single changes in the same session: a plan cached from one row must not serve the many."""
    floor_bulk = f"""begin; insert into bench.floor_history select uuidv7(), id, version + 1, status,
        {NEXT.format("status")}, clock_timestamp(),
        current_user, 'bench' from bench.floor; update bench.floor set status = {NEXT.format("status")},
            version = version + 1; commit"""
    floor_insert = """begin; insert into bench.floor (id, status, title, customer) select i, 'A', 'x', 'y'
        from generate_series({0}, {1}) i;
        insert into bench.floor_history select uuidv7(), i, 1, null, 'A', clock_timestamp(), current_user, 'bench'
            from generate_series({0}, {1}) i; commit"""
    pairs: dict[str, list[tuple[float, float]]] = {"status": [], "note": [], "insert": []}
    with server.connect() as admin, server.connect(user=LOGIN) as session:
        for number in range(1, rounds + 1):
            ids = number * ROWS + 1, (number + 1) * ROWS
            ours = timed(
                server,
                session,
                "insert into bench.born (id, status, title, customer) select i, 'A', 'x', 'y' "
                "from generate_series({}, {}) i".format(*ids),
            )
            pairs["insert"].append((ours, timed(server, session, floor_insert.format(*ids))))
            admin.execute(
                f"delete from bench.floor where id > {ROWS}; delete from bench.floor_history where floor_id > {ROWS}"
            )
            for key in range(1, 4):
                session.execute(f"update bench.item set status = {NEXT.format('status')} where id = {key}")
            admin.execute("vacuum bench.item, bench.floor, bench.plain")
            ours = timed(server, session, f"update bench.item set status = {NEXT.format('status')}")
            pairs["status"].append((ours, timed(server, session, floor_bulk)))
            admin.execute("vacuum bench.item, bench.plain")
            ours = timed(server, session, "update bench.item set note = 'z'")
            pairs["note"].append((ours, timed(server, session, "update bench.plain set note = 'z'")))
    return [
        (f"{ROWS:,} rows, {name}", "one statement", f"{statistics.median(a for a, _ in pairs[name]):.2f} s",
         f"{base} {statistics.median(b for _, b in pairs[name]):.2f} s", f"{_server.ratio(pairs[name]):.2f}",
         f"≤ {target}")
        for name, base, target in [("status", "UPDATE + INSERT … SELECT", 2.6), ("note", "untracked", 1.3),
            ("insert", "two INSERTs", 3.0)]
    ]  # fmt: skip


def check(server: _server.Server) -> tuple[str, ...]:
    """History rows = changes, versions gapless, and what a history row takes with all its indexes."""
    with server.connect() as connection:
        for name in ("moved", "noted", "born", "item"):
            changes, rows = connection.execute(
                f"select (select sum(status_version) from bench.{name}), "
                f"(select count(*) from jalon_history.bench__{name})"
            ).fetchone() or (0, 1)
            if changes != rows:
                raise SystemExit(f"{changes} changes of {name}, but {rows} history rows")
            if problems := connection.execute(f"select * from jalon.verify('{name}')").fetchall():
                raise SystemExit(f"verify finds {problems}")
        connection.execute("vacuum full jalon_history.bench__item")
        size = connection.execute(
            "select sum(pg_total_relation_size(relid)) from pg_partition_tree('jalon_history.bench__item')"
        ).fetchone()
    return ("bytes a history row", f"{rows:,} rows", f"{float(size[0]) / rows:.0f}" if size else "", "", "", "≤ 220")


def main() -> int:
    seconds, rounds = int(os.environ.get("BENCH_SECONDS", "3")), int(os.environ.get("BENCH_ROUNDS", "5"))
    with _server.server() as server:
        with server.connect() as connection:
            connection.execute(SETUP.replace("{rows}", str(ROWS)))
            connection.execute("vacuum analyze")
        rows = [row for protocol in ("prepared", "simple") for row in singles(server, protocol, seconds, rounds)]
        rows += bulks(server, rounds)
        rows.append(check(server))
    head = ("what", "how", "measured", "baseline", "ratio", "target")
    _server.table("The engine (PostgreSQL 18, fsync on, 8 clients; ratio: median of pairs)", rows, head)
    return 0
