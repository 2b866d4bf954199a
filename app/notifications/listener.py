"""Wakes the streams: one LISTEN connection a process, however many streams there are.

A NOTIFY only says that there are new notifications. Each stream reads them itself, from its last position on, so that
nothing is lost if the connection is: after a reconnect, and at each heartbeat, every stream reads again. The connection
does nothing but listen (psycopg holds its lock while it waits). Only streams whose reader is concerned are woken.
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
SILENCE_SECONDS = 10.0  # seconds of silence after which the connection is asked whether it still is one
ANSWER_SECONDS = 5.0  # seconds that a connection attempt or that question may take
MAX_PAUSE = 5.0  # seconds between attempts to reconnect, at the most
MAX_READERS = 4  # streams that read at the same time, so that they leave connections to the requests
MAX_STREAMS_PER_CALLER = 20  # streams that one caller may hold


class Addresses(msgspec.Struct):
    """Whom new notifications are for."""

    position: int
    recipients: list[str]
    permissions: list[str]


class Subscriber:
    """One stream, as the listener knows it."""

    def __init__(self, actor: str) -> None:
        self.actor = actor
        self.permissions: frozenset[str] = frozenset()
        self.wake_up = asyncio.Event()


class Listener:
    """Holds the connection, and the streams to be woken."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        self.subscribers: weakref.WeakSet[Subscriber] = weakref.WeakSet()
        self.position: int | None = None
        self.is_listening = False
        self.is_closing = False
        self.reading = asyncio.Semaphore(MAX_READERS)

    def subscribe(self, actor: str) -> Subscriber:
        if self.is_closing:
            raise Problem(503, "Stopping.", headers={"retry-after": "1"})
        if len(self.subscribers) >= self.settings.streams:
            raise Problem(503, "Too many streams are open.", headers={"retry-after": "10"})
        if sum(subscriber.actor == actor for subscriber in self.subscribers) >= MAX_STREAMS_PER_CALLER:
            raise Problem(
                429, f"You have {MAX_STREAMS_PER_CALLER} streams open already.", headers={"retry-after": "10"}
            )
        subscriber = Subscriber(actor)
        self.subscribers.add(subscriber)
        return subscriber

    def unsubscribe(self, subscriber: Subscriber) -> None:
        self.subscribers.discard(subscriber)

    def wake(self, found: Addresses | None = None) -> None:
        """Wakes the streams that new notifications are for; without addresses, all streams."""
        for subscriber in list(self.subscribers):
            if (
                found is None
                or subscriber.actor in found.recipients
                or not subscriber.permissions.isdisjoint(found.permissions)
            ):
                subscriber.wake_up.set()

    def close(self) -> None:
        """Ends all streams; each tells its client to reconnect."""
        self.is_closing = True
        self.wake()

    async def listen(self) -> None:
        """Connects and listens until cancelled; connects again if the connection is lost."""
        pause = 0.1
        while True:
            try:
                async with await self.connect() as connection:
                    await connection.execute("listen " + CHANNEL)
                    self.is_listening, pause = True, 0.1
                    await self.read_new()
                    self.wake()  # for notifications that came while nobody listened
                    await self.wait_for_notices(connection)
            except (psycopg.Error, OSError, TimeoutError) as error:
                if self.is_listening:
                    logs.write("listener lost its connection", error=repr(error))
            self.is_listening = False
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads the processes
            pause = min(pause * 2, MAX_PAUSE)

    async def connect(self) -> psycopg.AsyncConnection[Any]:
        dsn = self.settings.api_dsn or self.settings.dsn
        attempt = psycopg.AsyncConnection.connect(
            dsn, autocommit=True, application_name="jalon listener", keepalives_idle=30
        )
        async with asyncio.timeout(ANSWER_SECONDS):
            return await attempt

    async def wait_for_notices(self, connection: psycopg.AsyncConnection[Any]) -> None:
        while True:
            async for notice in connection.notifies(timeout=SILENCE_SECONDS):
                if self.position is None or int(notice.payload or 0) > self.position:
                    await self.read_new()
            async with asyncio.timeout(ANSWER_SECONDS):
                await connection.execute("select 1")

    async def read_new(self) -> None:
        """Reads whom the new notifications are for, and wakes their streams."""
        after = msgspec.json.encode({"after": self.position})
        try:
            answer = await self.database.call("notification_addresses", None, after, b"{}")
        except Problem:
            self.wake()
            return
        found = msgspec.json.decode(answer.body or b"", type=Addresses)
        self.wake(None if self.position is None or found.position < self.position else found)
        self.position = found.position

    async def read_feed(self, data: bytes, caller: bytes) -> bytes:
        async with self.reading:
            answer = await self.database.call("notification_feed", None, data, caller)
        if answer.body is None:
            raise problems.busy_problem()
        return answer.body


async def announce_repeatedly(settings: Settings, database: Database) -> None:
    """Numbers what was committed and sends one NOTIFY for it, until cancelled. One process works at a time."""
    while settings.tick:
        try:
            await database.call("announce", None, b"{}", b"{}")
        except Problem:  # the database is away, or busy: the next tick makes up for it
            await asyncio.sleep(1)
        await asyncio.sleep(settings.tick)


@asynccontextmanager
async def run_listener(settings: Settings, database: Database, listener: Listener) -> AsyncIterator[None]:
    """The listener and the ticker, for as long as the application lives."""
    tasks = [asyncio.create_task(listener.listen()), asyncio.create_task(announce_repeatedly(settings, database))]
    try:
        yield
    finally:
        listener.close()
        while unfinished := [task for task in tasks if not task.done()]:
            for task in unfinished:
                task.cancel()  # more than once: before Python 3.12 wait_for, which the pool uses, can swallow one
            await asyncio.wait(unfinished, timeout=1)
