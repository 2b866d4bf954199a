"""Load held: one process `jalon serve` under 1, 2, 4 … 256 connections, then under 32 for ten minutes.

`make bench ARGS=load`; BENCH_SECONDS a step (10), BENCH_SOAK seconds (600; 0 leaves it out), BENCH_STEPS. It takes a
quarter of an hour and ends by itself. Each caller keeps its connection, asks again as soon as it is answered, has
records of its own, and waits as Retry-After says where it is refused. The baseline of a step is one connection in the
same run. PostgreSQL, the server and the callers share this machine; the last columns say how many processors each used,
and so what the bound is.

The bench fails if an answer is neither 200 nor a refusal (429, 503), if history and answers differ in number, if
jalon.verify finds something, or if the memory of the ten minutes grows: if the median of their last fifth is more than
5 % and 8 MB above that of their second fifth, for the server or for PostgreSQL. (bench/soak.py is another one: it looks
for faults of the engine, not for load.)
"""

import asyncio
import os
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import uvloop

from bench._peers import SECRET, Running, ours, running
from bench._processes import children, cpu, memory
from bench._server import Server, server, table
from bench.http import SHOP
from jalon.server.auth import issue_token
from jalon.settings import Settings

SECONDS, SOAK = float(os.environ.get("BENCH_SECONDS", "10")), float(os.environ.get("BENCH_SOAK", "600"))
STEPS = [int(step) for step in os.environ.get("BENCH_STEPS", "1,2,4,8,16,32,64,128,256").split(",")]
SOAK_CONNECTIONS, SAMPLES, RECORDS = 32, 60, 10_000
REFUSALS = {429, 503}
MOVE, READ = "/api/v1/tracked/orders/%d/moves", "/api/v1/tracked/orders/%d"
HEAD = ("", "connections", "answers/s", "× of the first", "p50 ms", "p99 ms", "p99.9 ms", "refused", "server MB",
    "PostgreSQL MB", "processors: server", "PostgreSQL", "callers")  # fmt: skip


class Caller(asyncio.Protocol):
    """One connection: sends a request, and gives status and Retry-After of the answer."""

    def __init__(self) -> None:
        self.held = b""
        self.answer: asyncio.Future[tuple[int, float]]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if hasattr(self, "answer") and not self.answer.done():
            self.answer.set_exception(ConnectionError(f"the server hung up: {error}"))

    def data_received(self, data: bytes) -> None:
        self.held += data
        head, end, body = self.held.partition(b"\r\n\r\n")
        if not end:
            return
        lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if len(body) >= int(lines.get(b"content-length", 0)):
            self.held = b""
            self.answer.set_result((int(head[9:12]), float(lines.get(b"retry-after", 0))))

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, float]]:
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)  # type: ignore[attr-defined]
        return self.answer


class Requests:
    """The requests of one caller: moves of its own records there and back, reads, or both in turns."""

    def __init__(self, kind: str, ids: range, targets: dict[int, str], token: str) -> None:
        self.kind, self.ids, self.targets, self.token, self.turn = kind, ids, targets, token, 0

    def next(self) -> tuple[int | None, bytes]:
        """The record that it moves, if it is a move, and the request."""
        id = self.ids[self.turn % len(self.ids)]
        is_move = self.kind == "move" or (self.kind == "both" and self.turn % 2 == 0)
        self.turn += 1
        body = b'{"to": "%s", "reason": "bench"}' % self.targets[id].encode() if is_move else b""
        line = f"POST {MOVE % id}" if is_move else f"GET {READ % id}"
        head = f"{line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}\r\n"
        more = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if is_move else ""
        return id if is_move else None, f"{head}{more}\r\n".encode() + body

    def moved(self, id: int) -> None:
        self.targets[id] = "NEW" if self.targets[id] == "PAID" else "PAID"


class Result(NamedTuple):
    """What became of the requests of a step."""

    answers: Counter[int]
    delays: list[float]  # of the answers that were no refusals
    seconds: float
    processors: tuple[float, float, float]  # server, PostgreSQL, callers
    memory: list[tuple[float, float]]  # server, PostgreSQL

    def line(self, kind: str, connections: int, first: "Result") -> tuple[str, ...]:
        delays = sorted(self.delays)
        places = (delays[min(int(len(delays) * share), len(delays) - 1)] * 1000 for share in (0.5, 0.99, 0.999))
        refused = sum(self.answers[status] for status in REFUSALS)
        return (kind, str(connections), f"{self.rate:,.0f}", f"{self.rate / first.rate:.2f}",
            *(f"{place:.1f}" for place in places), f"{refused:,}", *(f"{each:.0f}" for each in self.memory[-1]),
            *(f"{each:.2f}" for each in self.processors))  # fmt: skip

    @property
    def rate(self) -> float:
        return len(self.delays) / self.seconds


class Load:
    """One server, and the processes whose time and memory are looked at."""

    def __init__(self, db: Server, one: Running) -> None:
        self.port = one.port
        postmaster = int((db.cluster.data / "postmaster.pid").read_text().split()[0])
        self.server, self.postmaster = one.pid, postmaster
        self.token = issue_token(Settings(home=Path("/"), token_secret=SECRET), "anna", ["clerk"])
        self.targets = dict.fromkeys(range(1, RECORDS + 1), "PAID")
        self.moves = 0

    def groups(self) -> tuple[list[int], list[int], list[int]]:
        return [self.server, *children(self.server)], [self.postmaster, *children(self.postmaster)], [os.getpid()]

    def memory(self) -> tuple[float, float]:
        """All of the server; of PostgreSQL what its processes don't share, so without shared_buffers."""
        web, postgres, _ = self.groups()
        return memory(web, "VmRSS"), memory(postgres, "RssAnon")

    async def run(self, kind: str, connections: int, seconds: float, samples: int = 1) -> Result:
        loop = asyncio.get_running_loop()
        pairs = [await loop.create_connection(Caller, "127.0.0.1", self.port) for _ in range(connections)]
        share = RECORDS // connections
        answers: Counter[int] = Counter()
        delays: list[float] = []
        until = time.perf_counter() + seconds
        moves = 0

        async def work(number: int, caller: Caller) -> None:
            nonlocal moves
            requests = Requests(kind, range(number * share + 1, (number + 1) * share + 1), self.targets, self.token)
            while (began := time.perf_counter()) < until:
                id, request = requests.next()
                status, pause = await caller.ask(request)
                answers[status] += 1
                if status in REFUSALS:
                    await asyncio.sleep(pause)
                    continue
                delays.append(time.perf_counter() - began)
                if id is not None and status == 200:
                    moves += 1
                    requests.moved(id)

        used = [cpu(group) for group in self.groups()]
        began = time.perf_counter()
        working = [asyncio.create_task(work(number, caller)) for number, (_, caller) in enumerate(pairs)]
        found = []
        for sample in range(1, samples + 1):
            await asyncio.sleep(max(0, began + seconds * sample / samples - time.perf_counter()))
            found.append(self.memory())
        spent = [cpu(group) - was for group, was in zip(self.groups(), used, strict=True)]
        took = time.perf_counter() - began
        await asyncio.gather(*working)
        for transport, _ in pairs:
            transport.close()
        self.moves += moves
        if set(answers) - REFUSALS - {200}:
            raise SystemExit(f"{kind}, {connections} connections: {dict(answers)}")
        server, postgres, callers = (each / took for each in spent)
        return Result(answers, delays, took, (server, postgres, callers), found)


def held(samples: list[float]) -> tuple[float, float, bool]:
    """Memory after the beginning and at the end, and whether it did not grow."""
    fifth = max(1, len(samples) // 5)
    then, now = statistics.median(samples[fifth : 2 * fifth] or samples), statistics.median(samples[-fifth:])
    return then, now, now <= max(then * 1.05, then + 8)


def check_records(db: Server, load: Load) -> None:
    """Each move that was answered is in history, nothing else is, and history proves the records."""
    with db.connect() as connection:
        (rows,) = connection.execute(
            "select count(*) from jalon_history.shop__orders where version > 1"
        ).fetchone() or (0,)
        problems = connection.execute("select * from jalon.verify()").fetchall()
    if rows != load.moves or problems:
        raise SystemExit(f"{load.moves} moves were answered, history has {rows}; jalon.verify: {problems}")


def steps(load: Load) -> None:
    rows = []
    for kind in ("move", "read"):
        first = None
        for connections in STEPS:
            result = uvloop.run(load.run(kind, connections, SECONDS))
            first = first or result
            rows.append(result.line(kind, connections, first))
            print(" ".join(rows[-1]), file=sys.stderr, flush=True)
    table(f"Load held: steps of {SECONDS:.0f} s", rows, HEAD)


def soak(load: Load) -> bool:
    """Whether the memory held."""
    result = uvloop.run(load.run("both", SOAK_CONNECTIONS, SOAK, SAMPLES))
    rows, all_held = [], True
    for name, samples in zip(("server", "PostgreSQL"), zip(*result.memory, strict=True), strict=True):
        then, now, is_held = held(list(samples))
        all_held = all_held and is_held
        rows.append((name, f"{samples[0]:.0f}", f"{then:.0f}", f"{now:.0f}", "held" if is_held else "GREW"))
    title = f"Soak: {SOAK_CONNECTIONS} connections, moves and reads, {SOAK:.0f} s, {len(result.delays):,} answers"
    table(title, rows, ("MB", "first", "in the second fifth", "in the last fifth", ""))
    return all_held


def main() -> int:
    with server() as db:
        with db.connect() as connection:
            connection.execute(SHOP)
        peer = next(peer for peer in ours(db) if peer.name == "Jalon")
        with running(peer) as one:
            load = Load(db, one)
            uvloop.run(load.run("read", 8, 1))
            steps(load)
            has_held = soak(load) if SOAK else True
            check_records(db, load)
    return 0 if has_held else 1
