"""Overload: what a request costs that is served, and one that is refused because too many wait for the database.

`make bench ARGS=overload`; BENCH_SECONDS, BENCH_ROUNDS. One process `jalon serve` with two connections to PostgreSQL.
First the callers read history, each after the other; then a lock holds the table, a few callers fill the places in
which requests wait, and the others are refused. In each round both are measured, in turns, and two refusals as they
were made before the application was asked: of an unknown token, and of an address that there isn't.
"""

import asyncio
import contextlib
import os
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

from bench._peers import SECRET, Running, ours, running
from bench._processes import children, cpu
from bench._server import Server, server, table
from bench.http import SHOP
from jalon.server.auth import issue_token
from jalon.settings import Settings

SECONDS, ROUNDS = int(os.environ.get("BENCH_SECONDS", "4")), int(os.environ.get("BENCH_ROUNDS", "3"))
CALLERS = 16
PLACES = 4  # in which requests wait for a connection
SETTINGS = {
    "JALON_POOL_SIZE": "2",
    "JALON_POOL_WAITING": str(PLACES),
    "JALON_ROW_TIMEOUT": "120",
    "JALON_REQUEST_TIMEOUT": "120",
    "JALON_POOL_TIMEOUT": "120",
    "JALON_TICK": "0",
}
SERVED, HELD = "/api/v1/tracked/orders/7/history", "/api/v1/tracked/orders?limit=1"


class Caller:
    """A connection that is kept, and requests on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> None:
        self.reader, self.writer, self.token = reader, writer, token

    async def get(self, path: str) -> int:
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}\r\n\r\n"
        self.writer.write(head.encode())
        lines = (await self.reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
        length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
        await self.reader.readexactly(length)
        return int(lines[0].split()[1])


async def callers(port: int, count: int, token: str) -> list[Caller]:
    return [Caller(*await asyncio.open_connection("127.0.0.1", port), token) for _ in range(count)]


async def load(one: Running, db: Server, those: list[Caller], path: str, status: int) -> dict[str, float]:
    """All of them ask for so many seconds; each answer must have this status."""
    postmaster = int((db.cluster.data / "postmaster.pid").read_text().split()[0])
    pids = [[one.pid, *children(one.pid)], children(postmaster)]
    answers: Counter[int] = Counter()
    delays: list[float] = []
    until = time.perf_counter() + SECONDS

    async def ask(caller: Caller) -> None:
        while (began := time.perf_counter()) < until:
            answers[await caller.get(path)] += 1
            delays.append(time.perf_counter() - began)

    used = [cpu(group) for group in pids]
    await asyncio.gather(*map(ask, those))
    spent = [cpu(group) - before for group, before in zip(pids, used, strict=True)]
    if {*answers} != {status}:
        raise SystemExit(f"{path}: {dict(answers)}, and not {status} alone")
    return {
        "rate": len(delays) / SECONDS,
        "p50": statistics.median(delays) * 1000,
        "p99": sorted(delays)[int(len(delays) * 0.99)] * 1000,
        "web": spent[0] / len(delays) * 1e6,
        "postgres": spent[1] / len(delays) * 1e6,
    }


async def until_it_sheds(port: int, token: str) -> None:
    """Until all places are filled. Who asks before waits too, and goes away."""
    while True:
        (caller,) = await callers(port, 1, token)
        with contextlib.suppress(TimeoutError):
            if await asyncio.wait_for(caller.get(SERVED), 0.5) == 503:
                return
        caller.writer.close()


async def round_of(one: Running, db: Server) -> dict[str, dict[str, float]]:
    token = issue_token(Settings(home=Path("/"), token_secret=SECRET), "anna", ["clerk"])
    those = await callers(one.port, CALLERS, token)
    strangers = await callers(one.port, CALLERS, "nonsense")
    await load(one, db, those[:1], SERVED, 200)
    found = {
        "served": await load(one, db, those[:PLACES], SERVED, 200),
        "401, unknown token": await load(one, db, strangers, SERVED, 401),
        "404, no such address": await load(one, db, those, "/api/v1/nothing", 404),
    }
    with db.connect() as holder:
        holder.autocommit = False
        holder.execute("lock table shop.orders in access exclusive mode")
        waiting = [asyncio.create_task(each.get(HELD)) for each in await callers(one.port, PLACES + 2, token)]
        await asyncio.wait_for(until_it_sheds(one.port, token), 30)
        found["shed"] = await load(one, db, those, SERVED, 503)
        holder.rollback()
    if (statuses := await asyncio.gather(*waiting)) != [200] * len(waiting):
        raise SystemExit(f"Who waited was not served: {statuses}")
    return found


def main() -> int:
    rounds = []
    with server() as db:
        with db.connect() as connection:
            connection.execute(SHOP)
        peer = next(peer for peer in ours(db) if peer.name == "Jalon")
        for _ in range(ROUNDS):
            with running(peer._replace(environment=peer.environment | SETTINGS)) as one:
                rounds.append(asyncio.run(round_of(one, db)))
                print(
                    {name: {k: round(v) for k, v in each.items()} for name, each in rounds[-1].items()}, file=sys.stderr
                )
    rows = [
        (
            name,
            *(f"{statistics.median(each[name][key] for each in rounds):,.0f}" for key in ("rate", "p50", "p99")),
            *(f"{statistics.median(each[name][key] for each in rounds):,.0f}" for key in ("web", "postgres")),
            f"{statistics.median(cost(each[name]) / cost(each['served']) for each in rounds):.2f}",
        )
        for name in rounds[0]
    ]
    head = ("", "requests/s", "p50 ms", "p99 ms", "µs web", "µs postgres", "processor time / served")
    table(f"Overload: {CALLERS} callers, {ROUNDS} rounds of {SECONDS} s", rows, head)
    return 0


def cost(result: dict[str, float]) -> float:
    return result["web"] + result["postgres"]
