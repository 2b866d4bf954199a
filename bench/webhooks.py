"""Events out: deliveries a second, time from commit to arrival, what a subscription costs a move, and a backlog beside
a long analytical query. The relay, the receiver and PostgreSQL share the machine.
BENCH_ONLY=delivery,arrival,move,backlog chooses; the backlog takes five minutes and is left out if nothing is chosen.
"""

import contextlib
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench import _server
from bench._processes import children, cpu

ROWS = 20_000
SECONDS, ROUNDS = int(os.environ.get("BENCH_SECONDS", "3")), int(os.environ.get("BENCH_ROUNDS", "3"))
SETUP = """
insert into jalon_engine.category values ('BENCH', 'Bench');
insert into jalon_engine.role (code, label) values ('clerk', 'Clerk');
insert into jalon_engine.role_grant (principal, role) values ('db:postgres', 'clerk');
insert into jalon_engine.referential (category, code, label, is_initial) values ('BENCH', 'A', 'A', true),
    ('BENCH', 'B', 'B', false);
begin;
insert into jalon_engine.workflow (category, version, state, published_at) values ('BENCH', 1, 'published', now());
insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles)
values ('BENCH', 1, 'A', 'B', 'go', '{clerk}'), ('BENCH', 1, 'B', 'A', 'back', '{clerk}');
commit;
create schema bench;
create table bench.item (id bigint primary key, status text not null);
select jalon.track('bench.item', category => 'BENCH');
insert into bench.item select i, 'A' from generate_series(1, {rows}) i;
alter system set track_functions = 'pl';
select pg_reload_conf();
"""
FLIP = "case status when 'A' then 'B' else 'A' end"
ID = f"\\set id random(1, {ROWS})\n"
MOVES = {
    "raw update": ID + f"update bench.item set status = {FLIP} where id = :id;",
    "jalon.move": ID + f"select jalon.move('item', :id, (select {FLIP} from bench.item where id = :id));",
}
CALLER = json.dumps({"actor": "ada", "roles": ["admin"]})
ANALYSIS = """select h.new_status, count(*),
    percentile_cont(0.5) within group (order by h.changed_at - h.previous_changed_at)
    from jalon_history.bench__item h group by 1"""
Row = tuple[str, ...]


class Receiver:
    """The process that deliveries go to."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "bench._receiver"], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.port = int(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}"

    def ask(self, what: str) -> Any:
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        asking.request("GET", f"/{what}")
        answer = asking.getresponse().read()
        asking.close()
        return json.loads(answer or "null")

    def wait(self, count: int, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while (arrived := self.ask("count")) < count:
            if time.monotonic() > end:
                raise SystemExit(f"{arrived} of {count} deliveries arrived in {seconds:.0f} s")
            time.sleep(0.05)


class Bench:
    """The database, the receiver, and a relay when one is asked for."""

    def __init__(self, server: _server.Server, receiver: Receiver) -> None:
        self.server, self.receiver, self.db = server, receiver, server.connect()
        self.postmaster = int((server.cluster.data / "postmaster.pid").read_text().split()[0])

    def subscribe(self, **more: Any) -> str:
        given = {"url": f"{self.receiver.url}/hook", "eventTypes": ["item.*"]} | more
        (body,) = self.one(
            "select body from jalon_api.run('create_webhook', null, %s::jsonb, %s::jsonb)", json.dumps(given), CALLER
        )
        return str(body["id"])

    def unsubscribe(self, id: str) -> None:
        self.db.execute(
            "truncate jalon_engine.webhook_delivery, jalon_engine.webhook_attempt, jalon_engine.webhook_message"
        )
        self.db.execute("truncate jalon_engine.outbox_message")
        self.db.execute("select jalon_api.run('drop_webhook', %s, '{}', %s::jsonb)", (id, CALLER))

    def one(self, query: str, *parameters: Any) -> tuple[Any, ...]:
        return self.db.execute(query, parameters or None).fetchone() or ()

    @contextlib.contextmanager
    def run_relay(self) -> Iterator[subprocess.Popen[bytes]]:
        """One process, `jalon relay`, as it is started by everybody."""
        environment = os.environ | {
            "JALON_DSN": self.server.dsn,
            "JALON_WEBHOOK_ALLOW": "127.0.0.0/8",
            "JALON_WEBHOOK_ALLOW_HTTP": "true",
        }
        said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the process
        process = subprocess.Popen([sys.executable, "-m", "jalon", "relay"], env=environment, stdout=said, stderr=said)
        try:
            self.receiver.ask("forget")
            id = self.subscribe(eventTypes=["nothing.*"])
            self.db.execute("select jalon_api.run('test_webhook', %s, '{}', %s::jsonb)", (id, CALLER))
            self.receiver.wait(1, 60)
            self.db.execute("select jalon_api.run('drop_webhook', %s, '{}', %s::jsonb)", (id, CALLER))
            self.receiver.ask("forget")
            yield process
        finally:
            process.terminate()
            process.wait(15)

    def wait_until_idle(self) -> None:
        """Everything is delivered, and said to be."""
        end = time.monotonic() + 60
        query = """select (select count(*) from jalon_engine.outbox_message),
            count(*) filter (where due_at is not null),
            count(*) filter (where due_at is null and delivered_at is null) from jalon_engine.webhook_delivery"""
        while (found := self.one(query)) != (0, 0, 0):
            if time.monotonic() > end or found[2]:
                raise SystemExit(f"events waiting, deliveries waiting, deliveries dead: {found}")
            time.sleep(0.1)


def quantile(values: list[float], part: float) -> float:
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


def check_arrived(bench: Bench, got: list[list[Any]], since: dict[int, int]) -> None:
    """Every change came, and nothing that is not a change."""
    came = {(key, version) for _, _, key, version in got}
    (changes,) = bench.one(
        "select array_agg(array[item_id, version]) from jalon_history.bench__item h "
        "where version > (%s::jsonb ->> item_id::text)::int",
        json.dumps(since),
    )
    wanted = {tuple(pair) for pair in changes}
    if came != wanted:
        raise SystemExit(f"{len(wanted - came)} changes never came, {len(came - wanted)} came that are none")


def versions(bench: Bench) -> dict[int, int]:
    return dict(bench.db.execute("select id, status_version from bench.item").fetchall())


def delivery(bench: Bench) -> list[Row]:
    """20,000 changes in one transaction; from its commit to the last arrival."""
    rows: list[Row] = []
    for name, more in (("", {}), (", in order", {"inOrder": True}), (", v1a", {"signature": "v1a"})):
        rates, parts = [], []
        with bench.run_relay() as relay:
            id = bench.subscribe(**more)
            pids = {
                "relay": [relay.pid],
                "receiver": [bench.receiver.process.pid],
                "PostgreSQL": children(bench.postmaster),
            }
            for _ in range(3 if not more else 1):
                since = versions(bench)
                bench.receiver.ask("forget")
                bench.db.execute(f"update bench.item set status = {FLIP}")
                began, before = time.monotonic(), {k: cpu(v) for k, v in pids.items()}
                bench.receiver.wait(ROWS)
                parts.append({k: (cpu(v) - before[k]) / ROWS * 1e6 for k, v in pids.items()})
                bench.wait_until_idle()
                got = bench.receiver.ask("got")
                rates.append(ROWS / (max(at for at, *_ in got) - began))
                check_arrived(bench, got, since)
        bench.unsubscribe(id)
        used = ", ".join(f"{k} {statistics.median(p[k] for p in parts):.0f}" for k in pids)
        rows.append(
            (f"deliveries a second{name}", f"{ROWS:,} changes", f"{statistics.median(rates):,.0f}", f"µs each: {used}",
             "≥ 1,000" if not more else "")
        )  # fmt: skip
    return rows


def arrival(bench: Bench) -> list[Row]:
    """Single changes at moments of chance, from the answer to COMMIT on."""
    waits = []
    with bench.run_relay():
        id = bench.subscribe()
        bench.db.execute(f"update bench.item set status = {FLIP} where id = 1")
        bench.receiver.wait(1)
        for n in range(1, 40 * SECONDS + 1):
            bench.receiver.ask("forget")
            time.sleep(random.random() * 0.1)
            bench.db.execute(f"update bench.item set status = {FLIP} where id = %s", (n,))
            committed = time.monotonic()
            bench.receiver.wait(1)
            ((at, _, key, _),) = bench.receiver.ask("got")
            if key != n:
                raise SystemExit(f"{key} arrived, not {n}")
            waits.append((at - committed) * 1000)
        bench.wait_until_idle()
    bench.unsubscribe(id)
    return [
        ("commit to arrival when idle, p50", f"{len(waits)} changes", f"{quantile(waits, 0.5):.0f} ms", "", "< 50 ms"),
        ("… p99", "", f"{quantile(waits, 0.99):.0f} ms", f"slowest {max(waits):.0f} ms", ""),
    ]


def move(bench: Bench) -> list[Row]:
    """Pairs of rounds without and with a subscription; then with a relay beside that delivers."""
    tps: dict[tuple[str, str], list[float]] = {(name, how): [] for name in MOVES for how in ("none", "one", "relay")}
    for how, rounds in (("one", ROUNDS), ("relay", max(ROUNDS // 2, 1))):
        with bench.run_relay() if how == "relay" else contextlib.nullcontext():
            for number in range(rounds):
                for name, script in MOVES.items():
                    pair = [
                        partial(tps_without_webhook, bench, script),
                        partial(tps_with_webhook, bench, script, how == "one"),
                    ]
                    quiet, other = (one() for one in pair) if number % 2 else [one() for one in pair[::-1]][::-1]
                    tps[name, how].append(other / quiet)
                    tps[name, "none"].append(quiet)
    shown = {"one": "one subscription", "relay": "… and its relay on the same cores"}
    return [
        (f"tps of {name}, {shown[how]}", "8 clients",
            f"{statistics.median(tps[name, how]):.2f} of "
            f"{statistics.median(tps[name, 'none']):,.0f}",
         "nothing appended without", "≥ 0.85" if how == "one" else "")
        for how in shown for name in MOVES
    ]  # fmt: skip


def tps_without_webhook(bench: Bench, script: str) -> float:
    bench.db.execute("vacuum bench.item")
    tps = bench.server.pgbench(script, seconds=SECONDS)
    if bench.one("select count(*) from jalon_engine.outbox_message") != (0,):
        raise SystemExit("something was appended although nobody subscribes")
    return tps


def tps_with_webhook(bench: Bench, script: str, is_counted: bool) -> float:
    id, since = bench.subscribe(), bench.one("select sum(status_version) from bench.item")[0]
    bench.db.execute("vacuum bench.item")
    tps = bench.server.pgbench(script, seconds=SECONDS)
    changes = bench.one("select sum(status_version) from bench.item")[0] - since
    if is_counted and bench.one("select count(*) from jalon_engine.outbox_message") != (changes,):
        raise SystemExit(f"{changes} changes, and another number of events")
    bench.unsubscribe(id)
    return tps


def backlog(bench: Bench) -> list[Row]:
    """Changes at a steady rate, without and with a snapshot that is held all the while by a query on history."""
    seconds, rate = min(24 * SECONDS, 120), 200
    rows: list[Row] = []
    calls = """select coalesce(sum(total_time) filter (where funcname = 'fan_out'), 0),
        coalesce(sum(calls) filter (where funcname = 'fan_out'), 0)::int,
        coalesce(sum(total_time) filter (where funcname = 'claim_deliveries'), 0),
            coalesce(sum(calls) filter (where funcname = 'claim_deliveries'), 0)::int
        from pg_stat_user_functions"""
    waiting = (
        "select (select count(*) from jalon_engine.outbox_message) + (select count(*) "
        "from jalon_engine.webhook_delivery where due_at is not null)"
    )
    dead = (
        "select sum(n_dead_tup)::int from pg_stat_user_tables where relname = 'event' "
        "or relname like 'webhook\\_delivery%'"
    )
    for held in (False, True):
        lasts = seconds if held else seconds // 4
        with bench.run_relay():
            id, since = bench.subscribe(), versions(bench)
            stop, seen, queries = threading.Event(), [], [0]
            analyst = threading.Thread(target=analyse, args=(bench.server, stop, queries)) if held else None
            if analyst:
                analyst.start()
                time.sleep(1)
            load = steady(bench.server, lasts, rate)
            last, last_second = bench.one(calls), []
            while load.poll() is None:
                time.sleep(1)
                now = bench.one(calls)
                last_second.append([now[i] - last[i] for i in range(4)])
                last = now
                seen.append(bench.one(waiting)[0])
            deaths = bench.one(dead)[0]
            bench.wait_until_idle()
            stop.set()
            if analyst:
                analyst.join()
            got = bench.receiver.ask("got")
            check_arrived(bench, got, since)
            bench.unsubscribe(id)
        tail = last_second[-10:]
        fan, claim = (sum(s[i] for s in tail) / max(sum(s[i + 1] for s in tail), 1) for i in (0, 2))
        name = f"a {seconds} s snapshot beside" if held else "alone"
        late = [each for _, each, *_ in got]
        rows.append(
            (f"commit to arrival at {rate} changes/s, {name}", f"{len(got):,} deliveries",
             f"p50 {quantile(late, 0.5) * 1000:.0f} ms, p99 {quantile(late, 0.99) * 1000:.0f} ms",
             f"most waiting {max(seen)}, last 10 s: fan out {fan:.1f} ms, claim {claim:.1f} ms; {deaths:,} dead rows",
             "p99 < 2 s" if held else "")
        )  # fmt: skip
    return rows


def steady(server: _server.Server, seconds: int, rate: int) -> subprocess.Popen[bytes]:
    script = Path(tempfile.gettempdir()) / f"jalon-bench-steady-{os.getpid()}.sql"
    script.write_text(MOVES["raw update"])
    return subprocess.Popen(
        [str(server.cluster.bin / "pgbench"), "-n", "-c", "4", "-R", str(rate), "-T", str(seconds), "-f", str(script),
            server.dsn],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def analyse(server: _server.Server, stop: threading.Event, queries: list[int]) -> None:
    with server.connect() as connection:
        connection.execute("begin isolation level repeatable read")
        while not stop.is_set():
            connection.execute(ANALYSIS)
            queries[0] += 1
        connection.execute("rollback")


def measured(receiver: Receiver, parts: Sequence[Callable[[Bench], list[Row]]], more: tuple[str, ...]) -> list[Row]:
    with _server.server(more=more) as server:
        with server.connect() as connection:
            for statement in SETUP.replace("{rows}", str(ROWS)).split(";\n"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute("vacuum analyze")
        bench = Bench(server, receiver)
        rows = [row for part in parts for row in part(bench)]
        if problems := bench.db.execute("select * from jalon.verify('item')").fetchall():
            raise SystemExit(f"verify finds {problems}")
        bench.db.close()
    return rows


def main() -> int:
    wanted = os.environ.get("BENCH_ONLY", "delivery,arrival,move").split(",")
    first = [part for part in (delivery, arrival, move) if part.__name__ in wanted]
    receiver = Receiver()
    try:
        rows = measured(receiver, first, ()) if first else []
        if "backlog" in wanted:  # here vacuum has to try what it can
            rows += measured(receiver, [backlog], ("autovacuum_naptime=10s",))
    finally:
        receiver.process.kill()
        receiver.process.wait()
    head = ("what", "how", "measured", "also seen", "target")
    _server.table("Events out (PostgreSQL 18, fsync on, one relay process)", rows, head)
    return 0
