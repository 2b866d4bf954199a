"""Streams of notifications: how long after its commit each of many streams hears a notification, and what that costs.

`make bench ARGS=streams`; BENCH_STREAMS, BENCH_SECONDS, BENCH_ROUNDS. One process `jalon serve`, twenty streams a
caller. Two notifications a second are for all of them. The baseline is one stream in the same round; in the other
rounds each stream reads by a statement of its own (JALON_BATCH_SIZE=1).
"""

import asyncio
import os
import random
import resource
import statistics
import sys
import time
from pathlib import Path

import psycopg

from bench._peers import SECRET, Running, ours, running
from bench._processes import children, cpu
from bench._server import Server, server, table
from jalon.notifications.listener import MAX_STREAMS_PER_CALLER
from jalon.server.auth import issue_token
from jalon.settings import Settings

STREAMS = int(os.environ.get("BENCH_STREAMS", "500"))
SECONDS, ROUNDS = int(os.environ.get("BENCH_SECONDS", "10")), int(os.environ.get("BENCH_ROUNDS", "2"))
A_SECOND = 2  # notifications
PATH = "/api/organizer/notifications/stream"
NOTIFY = """
insert into jalon_engine.notification (id, recipient_permission, acted_by, type, priority, message, link, tracked,
    record_key)
select jalon_engine.uuid7(), n.audience, 'bench', n.type, n.priority, 'event.notice.' || n.code, '/console', 'events',
    %s
from jalon_events.notice n where n.audience is not null order by n.code limit 1
"""


class Listening:
    """One stream: when it heard which notification."""

    def __init__(self) -> None:
        self.heard: list[float] = []
        self.is_ready = asyncio.Event()

    async def listen(self, port: int, token: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        try:
            head = f"GET {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
            writer.write(head.encode())
            while line := await reader.readline():
                if line.startswith(b"event: ready"):
                    self.is_ready.set()
                elif line.startswith(b"event: notification"):
                    self.heard.append(time.perf_counter())
        finally:
            writer.close()


async def notify(db: Server) -> list[float]:
    """Commits two notifications a second; answers when each was committed."""
    sent = []
    async with await psycopg.AsyncConnection.connect(db.dsn, autocommit=True, user="postgres") as connection:
        for number in range(A_SECOND * SECONDS):
            await connection.execute(NOTIFY, (str(number),))
            sent.append(time.perf_counter())
            # Not in step with the ticker, which would hide how long it sleeps.
            await asyncio.sleep(max(0, (number + 1) / A_SECOND + random.uniform(0, 0.2) - (sent[-1] - sent[0])))
    return sent


async def measure(db: Server, one: Running, count: int) -> dict[str, float]:
    settings = Settings(home=Path("/"), token_secret=SECRET)
    tokens = [
        issue_token(settings, f"reader{n}", ["admin", "moderator"]) for n in range(count // MAX_STREAMS_PER_CALLER + 1)
    ]
    streams = [Listening() for _ in range(count)]
    tasks = [
        asyncio.create_task(stream.listen(one.port, tokens[n // MAX_STREAMS_PER_CALLER]))
        for n, stream in enumerate(streams)
    ]
    await asyncio.wait_for(asyncio.gather(*(stream.is_ready.wait() for stream in streams)), 120)
    postmaster = int((db.cluster.data / "postmaster.pid").read_text().split()[0])
    pids = [[one.pid, *children(one.pid)], children(postmaster)]
    used = [cpu(group) for group in pids]
    sent = await notify(db)
    until = time.perf_counter() + 60
    while any(len(each.heard) < len(sent) for each in streams) and time.perf_counter() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    spent = [cpu(group) - before for group, before in zip(pids, used, strict=True)]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if missing := [stream for stream in streams if len(stream.heard) != len(sent)]:
        raise SystemExit(f"{len(missing)} of {count} streams did not hear all {len(sent)} notifications once.")
    delays = sorted(heard - at for stream in streams for heard, at in zip(stream.heard, sent, strict=True))
    return {
        "p50": statistics.median(delays) * 1000,
        "p99": delays[int(len(delays) * 0.99)] * 1000,
        "last": delays[-1] * 1000,
        "web": spent[0] / len(delays) * 1e6,
        "postgres": spent[1] / len(delays) * 1e6,
        "memory": resident(one.pid),
    }


def resident(pid: int) -> float:
    """Megabytes of memory that a process has."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def main() -> int:
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    found: dict[str, list[dict[str, float]]] = {}
    with server() as db:
        peers = {peer.name: peer for peer in ours(db)}
        for _ in range(ROUNDS):
            for name, count in (("Jalon", 1), ("Jalon", STREAMS), ("Jalon, without batches", STREAMS)):
                with running(peers[name]) as one:
                    result = asyncio.run(measure(db, one, count))
                title = f"{count} {'stream' if count == 1 else 'streams'}{name.removeprefix('Jalon')}"
                found.setdefault(title, []).append(result)
                print(f"{title}: " + ", ".join(f"{key} {value:.0f}" for key, value in result.items()), file=sys.stderr)
    rows = [
        (title, *(f"{statistics.median(each[key] for each in results):,.0f}" for key in results[0]))
        for title, results in found.items()
    ]
    head = ("", "p50 ms", "p99 ms", "last ms", "µs web, each", "µs postgres, each", "MB web")
    table(f"From commit to stream: {A_SECOND} notifications a second, {ROUNDS} rounds of {SECONDS} s", rows, head)
    return 0
