"""Reads from replicas, for callers who may see what the primary showed a few seconds ago.

A caller always sees what they did themselves: an answer to a change carries the number of its transaction, a read shows
it again, and a replica that has not replayed that transaction doesn't answer (jalon_api.run_after). Only an answer
counts: of what a replica refuses, for whatever reason, the primary is asked. So it doesn't matter that a function can't
run on a standby, that a record has not arrived there yet, or that the replica is gone.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import msgspec
import psycopg
from psycopg_pool import PoolTimeout, TooManyRequests

from jalon.dsn import hosts_of
from jalon.server import logs
from jalon.server.database import RUN, Answer, Database, make_pool
from jalon.server.silence import fetch_all
from jalon.settings import Settings

RUN_AFTER: LiteralString = RUN.replace("run(", "run_after(").replace("%s::jsonb)", "%s::jsonb, %s::text)")
ANY = "0"  # a transaction that every server has seen
LATEST = "latest"  # what a caller shows who wants to see everything: the primary answers
LOOK_SECONDS = 0.5  # between two looks at how far a server has come
ANSWER_SECONDS = 1.0  # in which it has to say so, and in which a read gets a connection
KEPT_LOOKS = 1000
READ_ONLY, SHUTDOWN = "25006", "57P"  # SQLSTATEs: the function writes; the server ends, or only starts


class Place(msgspec.Struct):
    """Answer of jalon_api.wal_position."""

    position: int


class Replica:
    """One host of JALON_READ_DSN."""

    def __init__(self, settings: Settings, dsn: str, name: str) -> None:
        self.name = name
        # Half of the time that the read has: the primary needs the other half if this one says nothing.
        self.seconds = settings.request_timeout / 2
        self.pool = make_pool(settings, dsn, "replica", self.seconds)
        self.is_up = False
        # The latest time at which it is known to have what the primary had written by then.
        self.level_at = float("-inf")

    @property
    def lag(self) -> float:
        """Seconds that it is behind at most; infinite as long as nothing is known of it."""
        return time.monotonic() - self.level_at

    async def fetch(self, statement: LiteralString, parameters: tuple[str | None, ...], seconds: float) -> list[Any]:
        return await fetch_all(self.pool, statement, parameters, wait=min(ANSWER_SECONDS, seconds), limit=seconds)

    async def read(self, parameters: tuple[str | None, ...]) -> Answer | None:
        """An answer; nothing if that transaction has not been replayed here."""
        row = (await self.fetch(RUN_AFTER, parameters, self.seconds))[0]
        return Answer(*row) if row[0] is not None else None

    def lose(self, error: Exception) -> None:
        if self.is_up:
            logs.write("a replica does not answer", replica=self.name, error=repr(error))
        self.is_up = False


class Replicas:
    """The replicas, what they answered, and how far each is behind the primary."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        self.replicas = [
            Replica(settings, dsn, name) for name, dsn in hosts_of(settings.read_dsn, settings.api_dsn or settings.dsn)
        ]
        self.reads: Counter[str] = Counter()  # where each read was answered, and why there
        self.looks: deque[tuple[float, int]] = deque(maxlen=KEPT_LOOKS)  # when, and how far the primary had come
        self.writers: set[str] = set()  # functions that a standby refused because they write
        self.turn = 0

    async def call(self, function: str, key: str | None, data: bytes, caller: bytes, shown: str | None) -> Answer:
        """A read of a caller who shows the number of their last transaction, if they made one."""
        started = time.monotonic()
        if function in self.writers:
            why = "writes"
        elif shown == LATEST:
            why = "asked"
        elif replica := self.choose():
            try:
                found = await replica.read((function, key, data.decode(), caller.decode(), shown or ANY))
                if found is not None:
                    self.reads["replica"] += 1
                    return found
                why = "behind"
            except psycopg.Error as error:
                why = reason_of(error)
                if why == "writes":
                    self.writers.add(function)
                elif why == "away":
                    replica.lose(error)
        else:
            why = "lag" if any(each.is_up for each in self.replicas) else "away"
        self.reads[why] += 1
        taken = time.monotonic() - started
        seconds = None if taken < ANSWER_SECONDS else self.database.call_seconds - taken
        return await self.database.call(function, key, data, caller, seconds=seconds)

    def choose(self) -> Replica | None:
        """One that is there and near enough to the primary, in turns."""
        near = [each for each in self.replicas if each.is_up and each.lag <= self.settings.read_lag]
        self.turn += 1
        return near[self.turn % len(near)] if near else None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Knows how far the replicas are, for as long as the application lives."""
        for each in self.replicas:
            await each.pool.open()
        tasks = [
            asyncio.create_task(self.watch_primary()),
            *(asyncio.create_task(self.watch(r)) for r in self.replicas),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=1)
            for each in self.replicas:
                await each.pool.close()

    async def watch_primary(self) -> None:
        while True:
            asked = time.monotonic()
            try:
                rows = await self.database.rows(RUN, ("wal_position", None, "{}", "{}"), seconds=ANSWER_SECONDS)
                self.looks.append((asked, position_of(rows)))
            except (psycopg.Error, OSError):  # as long as it is away, every replica falls behind
                pass
            await asyncio.sleep(LOOK_SECONDS)

    async def watch(self, replica: Replica) -> None:
        while True:
            try:
                found = await replica.fetch(RUN, ("wal_position", None, "{}", "{}"), ANSWER_SECONDS)
                position = position_of(found)
                reached = [asked for asked, written in self.looks if written <= position]
                replica.level_at = max([replica.level_at, *reached[-1:]])
                replica.is_up = True
            except (psycopg.Error, OSError) as error:
                replica.lose(error)
            await asyncio.sleep(LOOK_SECONDS)


def reason_of(error: psycopg.Error) -> str:
    """Why a replica did not answer."""
    if isinstance(error, PoolTimeout | TooManyRequests):
        return "busy"  # whether it is there, the next look says
    if error.sqlstate is None or error.sqlstate.startswith(SHUTDOWN):
        return "away"
    return "writes" if error.sqlstate == READ_ONLY else "refused"


def position_of(rows: list[Any]) -> int:
    return msgspec.json.decode(Answer(*rows[0]).body or b"", type=Place).position
