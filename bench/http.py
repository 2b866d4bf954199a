"""The web application beside its peers: one move a request, and one record read; wrk, 32 connections, one process.

PostgreSQL, the servers and wrk share the machine. Rounds are interleaved; a ratio is the median of the ratios of each
round. The peers (bench/peers) check the transition, change the status and write a history row, and need no token. For
a status like the roadshow's (`BENCH_KINDS=status`) they write an event too, as it does. Each has the pool that suits
it best: of 4, 6, 10, 16 and 32 connections PostgREST is fastest with 16, of 2, 5, 10, 20 and 32 FastAPI with 10.
Express has 10, node-postgres' own number. `BENCH_ONLY` names other servers than the four ("Jalon, without batches").
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from bench._peers import HERE, PYTHON, SECRET, Peer, Running, others, ours, running
from bench._processes import children, cpu
from bench._server import Server, server, table
from jalon.server.auth import issue_token
from jalon.settings import Settings

SECONDS, ROUNDS = int(os.environ.get("BENCH_SECONDS", "4")), int(os.environ.get("BENCH_ROUNDS", "4"))
CONNECTIONS = int(os.environ.get("BENCH_CONNECTIONS", "32"))
ONLY = os.environ.get("BENCH_ONLY", "Jalon|PostgREST|Express|FastAPI").split("|")
KINDS = os.environ.get("BENCH_KINDS", "move,read").split(",")
TITLES = {"move": "A move", "status": "A roadshow status", "read": "A record read"}
TARGETS = {
    ("move", "PostgREST"): 2.5,
    ("move", "Express"): 3,
    ("move", "FastAPI"): 10,
    ("read", "PostgREST"): 1.5,
}
HEAD = ("server", "requests/s", "p50 ms", "p99 ms", "µs web", "µs postgres", "Jalon is … times as fast", "target",
    "… in processor time")  # fmt: skip
SHOP = """
create schema shop;
create table shop.orders (id integer primary key, status text not null default 'NEW');
insert into jalon_engine.category (code, label) values ('BENCH_STATUS', 'Bench');
insert into jalon_engine.referential (category, code, label, is_initial) values ('BENCH_STATUS', 'NEW', 'New', true),
    ('BENCH_STATUS', 'PAID', 'Paid', false);
insert into jalon_engine.role (code, label) values ('clerk', 'Clerk') on conflict do nothing;
insert into jalon_engine.permission_rule (role, permission) values ('clerk', 'read_all');
insert into jalon_engine.workflow (category, version, state) values ('BENCH_STATUS', 1, 'draft');
insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles)
values ('BENCH_STATUS', 1, 'NEW', 'PAID', 'pay', '{clerk}'), ('BENCH_STATUS', 1, 'PAID', 'NEW', 'unpay', '{clerk}');
update jalon_engine.workflow set state = 'published', published_at = now() where category = 'BENCH_STATUS';
select jalon_engine.compile_rules('BENCH_STATUS');
select jalon.track('shop.orders', 'status', category => 'BENCH_STATUS');
insert into jalon_engine.role_grant (principal, role) values ('db:postgres', 'clerk');
insert into shop.orders (id) select n from generate_series(1, 10000) n;
insert into jalon_roadshow.roadshow_counterparty (id, name) select n, 'Counterparty ' || n
    from generate_series(1, 10000) n;
"""
# All records back to where load.lua begins, and nothing left over from the round before.
RESET = """
update shop.orders set status = 'NEW' where status <> 'NEW';
update peer.orders set status = 'NEW' where status <> 'NEW';
update jalon_roadshow.roadshow_counterparty set statut = 'En attente' where statut <> 'En attente';
"""
VACUUM = (
    "vacuum analyze shop.orders, peer.orders, peer.history, jalon_history.shop__orders, peer.event, "
    "jalon_roadshow.roadshow_counterparty, jalon_roadshow.roadshow_counterparty_history, jalon_roadshow.roadshow_event"
)


def wrk(one: Running, kind: str, seconds: int) -> dict[str, float]:
    request, token = one.peer.requests[kind], ""
    if one.peer.is_ours:
        token = issue_token(Settings(home=Path("/"), token_secret=SECRET), "anna", ["clerk"])
    environment = os.environ | {
        "BENCH_PATH": request.path,
        "BENCH_BODY": request.body,
        "BENCH_TOKEN": token,
        "BENCH_SEED": str(random.randrange(1 << 30)),
    }
    if kind == "status" and one.peer.is_ours:
        environment |= {"BENCH_THERE": "Live", "BENCH_BACK": "En attente"}
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s", "-s", str(HERE / "load.lua")]
    command.append(f"http://127.0.0.1:{one.port}")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT"))
    result: dict[str, float] = json.loads(line[7:])
    return result | {"rate": result["requests"] / result["seconds"]}


def rows_in(connection: psycopg.Connection[Any], table: str) -> int:
    found = connection.execute(f"select count(*) from {table}").fetchone()
    return int(found[0]) if found else 0


def history_of(peer: Peer, kind: str) -> str:
    if not peer.is_ours:
        return "peer.history"
    return "jalon_roadshow.roadshow_counterparty_history" if kind == "status" else "jalon_history.shop__orders"


def measure(db: Server, peer: Peer, kind: str) -> dict[str, float]:
    where = history_of(peer, kind)
    with db.connect() as connection, running(peer) as one:
        if kind != "read":
            connection.execute(RESET)
            connection.execute(VACUUM)
        wrk(one, "read", 1)
        before = rows_in(connection, where)
        postmaster = int((db.cluster.data / "postmaster.pid").read_text().split()[0])
        pids = [[one.pid, *children(one.pid)], children(postmaster)]
        used = [cpu(group) for group in pids]
        result = wrk(one, kind, SECONDS)
        result |= {
            name: (cpu(group) - was) / result["requests"] * 1e6
            for name, group, was in zip(("web", "postgres"), pids, used, strict=True)
        }
        time.sleep(0.5)
        rows = rows_in(connection, where) - before
    # What was in flight when wrk hung up is in history and not in its count.
    if result["failed"] or (kind != "read" and not 0 <= rows - result["requests"] <= CONNECTIONS):
        raise SystemExit(
            f"{peer.name}: {result['requests']} answers, {result['failed']} of them failures, and {rows} history rows"
        )
    figures = f"{result['rate']:,.0f}/s, p99 {result['p99']:.1f} ms, {result['web']:.0f} + {result['postgres']:.0f} µs"
    print(f"{time.strftime('%H:%M:%S')} {kind}, {peer.name}: {figures}", file=sys.stderr, flush=True)
    return result


def compare(kind: str, rounds: list[dict[str, dict[str, float]]]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    first = next(iter(rounds[0]))
    for name in rounds[0]:
        results = [each[name] for each in rounds]
        middle = {key: statistics.median(each[key] for each in results) for key in results[0]}
        faster = statistics.median(each[first]["rate"] / each[name]["rate"] for each in rounds)
        cheaper = statistics.median(
            (each[name]["web"] + each[name]["postgres"]) / (each[first]["web"] + each[first]["postgres"])
            for each in rounds
        )
        target = TARGETS.get((kind, name))
        rows.append(
            (name, f"{middle['rate']:,.0f}", f"{middle['p50']:.1f}", f"{middle['p99']:.1f}", f"{middle['web']:.0f}",
             f"{middle['postgres']:.0f}", f"{faster:.2f}", f"≥ {target}" if target else "", f"{cheaper:.2f}")
        )  # fmt: skip
    return rows


def main() -> int:
    if not shutil.which("wrk"):
        print("bench http needs wrk (apt-get install wrk).", file=sys.stderr)
        return 1
    print(f"Python: {PYTHON}", file=sys.stderr)
    with server() as db:
        with db.connect() as connection:
            connection.execute(SHOP)
            connection.execute((HERE / "peers.sql").read_text())
        db.settle()
        chosen = [peer for peer in (*ours(db), *others(db)) if peer.name in ONLY]
        for kind in KINDS:
            rounds = [{peer.name: measure(db, peer, kind) for peer in chosen} for _ in range(ROUNDS)]
            title = f"{TITLES[kind]}: {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s"
            table(title, compare(kind, rounds), HEAD)
    return 0
