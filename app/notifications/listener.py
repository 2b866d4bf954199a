"""Wakes the streams: one LISTEN connection a process, however many streams there are.

A NOTIFY is only a hint that something new is there. What it is each stream reads for itself, from the position it has
reached, so that nothing is lost when the connection is: after a reconnect, and at each heartbeat, everybody looks.
The connection does nothing but listen (psycopg holds its lock while it waits), and only streams that are concerned
are woken.
"""

import asyncio
import random
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import psycopg

from jalon.server import logs, problems
from jalon.server.database import Database
from jalon.server.problems import Problem
from jalon.settings import Settings

CHANNEL = "jalon_notification"
ALIVE = 10.0  # seconds of silence after which the connection is asked whether it still is one
PATIENCE = 5.0  # seconds that a connection attempt or that question may take
SLOWEST = 5.0  # seconds between attempts to reconnect, at the most
ABREAST = 4  # streams that read at the same time, so that they leave connections to the requests
PER_CALLER = 20  # streams that one caller may hold


class Addresses(msgspec.Struct):
    """Whom new notifications are for."""

    position: int
    recipients: list[str]
    permissions: list[str]


class Ear:
    """One stream, as the listener knows it."""

    def __init__(self, actor: str) -> None:
        self.actor = actor
        self.permissions: frozenset[str] = frozenset()
        self.woken = asyncio.Event()


class Listener:
    """Keeps the connection, and the streams to be woken."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        self.ears: weakref.WeakSet[Ear] = weakref.WeakSet()
        self.position: int | None = None
        self.is_listening = False
        self.is_closing = False
        self.reading = asyncio.Semaphore(ABREAST)

    def enter(self, actor: str) -> Ear:
        if self.is_closing:
            raise Problem(503, "Stopping.", headers={"retry-after": "1"})
        if len(self.ears) >= self.settings.streams:
            raise Problem(503, "Too many streams are open.", headers={"retry-after": "10"})
        if sum(ear.actor == actor for ear in self.ears) >= PER_CALLER:
            raise Problem(429, f"You have {PER_CALLER} streams open already.", headers={"retry-after": "10"})
        ear = Ear(actor)
        self.ears.add(ear)
        return ear

    def leave(self, ear: Ear) -> None:
        self.ears.discard(ear)

    def wake(self, found: Addresses | None = None) -> None:
        """Those whom it concerns; without a word about that: all."""
        for ear in list(self.ears):
            if found is None or ear.actor in found.recipients or not ear.permissions.isdisjoint(found.permissions):
                ear.woken.set()

    def close(self) -> None:
        """The streams end, each with the advice to come back."""
        self.is_closing = True
        self.wake()

    async def listen(self) -> None:
        """Until cancelled: connect, listen, and begin again when the connection is lost."""
        pause = 0.1
        while True:
            try:
                async with await self.connect() as connection:
                    await connection.execute("listen " + CHANNEL)
                    self.is_listening, pause = True, 0.1
                    await self.look()
                    self.wake()  # to whatever came while nobody listened
                    await self.follow(connection)
            except (psycopg.Error, OSError, TimeoutError) as error:
                if self.is_listening:
                    logs.write("listener lost its connection", error=repr(error))
            self.is_listening = False
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads the processes
            pause = min(pause * 2, SLOWEST)

    async def connect(self) -> psycopg.AsyncConnection[Any]:
        dsn = self.settings.api_dsn or self.settings.dsn
        attempt = psycopg.AsyncConnection.connect(
            dsn, autocommit=True, application_name="jalon listener", keepalives_idle=30
        )
        async with asyncio.timeout(PATIENCE):
            return await attempt

    async def follow(self, connection: psycopg.AsyncConnection[Any]) -> None:
        while True:
            async for notice in connection.notifies(timeout=ALIVE):
                if self.position is None or int(notice.payload or 0) > self.position:
                    await self.look()
            async with asyncio.timeout(PATIENCE):
                await connection.execute("select 1")

    async def look(self) -> None:
        """Read whom the new ones are for, and wake those."""
        after = msgspec.json.encode({"after": self.position})
        try:
            answer = await self.database.call("notification_addresses", None, after, b"{}")
        except Problem:
            self.wake()
            return
        found = msgspec.json.decode(answer.body or b"", type=Addresses)
        self.wake(None if self.position is None or found.position < self.position else found)
        self.position = found.position

    async def feed(self, data: bytes, caller: bytes) -> bytes:
        async with self.reading:
            answer = await self.database.call("notification_feed", None, data, caller)
        if answer.body is None:
            raise problems.busy()
        return answer.body


async def tick(settings: Settings, database: Database) -> None:
    """Until cancelled: number what was committed and send one NOTIFY for it. Of several processes one works at a time."""
    while settings.tick:
        try:
            await database.call("announce", None, b"{}", b"{}")
        except Problem:  # the database is away, or busy: the next tick makes up for it
            await asyncio.sleep(1)
        await asyncio.sleep(settings.tick)


@asynccontextmanager
async def running(settings: Settings, database: Database, listener: Listener) -> AsyncIterator[None]:
    """The listener and the ticker, for as long as the application lives."""
    tasks = [asyncio.create_task(listener.listen()), asyncio.create_task(tick(settings, database))]
    try:
        yield
    finally:
        listener.close()
        while left := [task for task in tasks if not task.done()]:
            for task in left:
                task.cancel()  # more than once: before Python 3.12 wait_for, which the pool uses, can swallow one
            await asyncio.wait(left, timeout=1)
