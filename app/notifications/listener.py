"""Wakes the streams: one LISTEN connection a process, however many streams there are.

A NOTIFY only says that there are new notifications. Each stream reads them itself, from its last position on, so that
nothing is lost if the connection is: after a reconnect, and at each heartbeat, every stream reads again. Streams that
read at the same time share a statement. The connection does nothing but listen (psycopg holds its lock while it waits).
Only streams whose reader is concerned are woken.
"""

import asyncio
import random
import time
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import psycopg

from jalon.dsn import with_tcp_options
from jalon.server import logs, problems
from jalon.server.batching import Batcher
from jalon.server.database import Database
from jalon.server.problems import Problem
from jalon.server.silence import dropped_after
from jalon.settings import Settings

CHANNEL = "jalon_notification"
SILENCE_SECONDS = 10.0  # seconds of silence after which the connection is asked whether it still is one
ANSWER_SECONDS = 5.0  # seconds that a connection attempt or that question may take
MAX_PAUSE = 5.0  # seconds between attempts to reconnect, at the most
CHANGES_SECONDS = 1.0  # seconds between questions which tables changed, while somebody follows them
RECENT_SECONDS = 3.0  # a stream that begins hears what changed so shortly before: its page may have been loaded then
MAX_STREAMS_PER_CALLER = 20  # streams that one caller may hold


class Addresses(msgspec.Struct):
    """Whom new notifications are for."""

    position: int
    recipients: list[str]
    permissions: list[str]


class Changed(msgspec.Struct):
    """Which tables changed, and the snapshot to ask with next."""

    snapshot: str
    tables: list[str]


class Subscriber:
    """One stream, as the listener knows it. One that follows changes hears the names of tables that changed."""

    def __init__(self, actor: str, follows_changes: bool = False) -> None:
        self.actor, self.follows_changes = actor, follows_changes
        self.changed_tables: set[str] = set()
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
        self.recent: dict[str, float] = {}  # table -> when it was last found changed
        self.readers = Batcher(database, "notification_feed", settings.batch_size)

    def subscribe(self, actor: str, follows_changes: bool = False) -> Subscriber:
        if self.is_closing:
            raise Problem(503, "Stopping.", headers={"retry-after": "1"})
        if len(self.subscribers) >= self.settings.streams:
            raise Problem(503, "Too many streams are open.", headers={"retry-after": "10"})
        if sum(subscriber.actor == actor for subscriber in self.subscribers) >= MAX_STREAMS_PER_CALLER:
            raise Problem(
                429, f"You have {MAX_STREAMS_PER_CALLER} streams open already.", headers={"retry-after": "10"}
            )
        subscriber = Subscriber(actor, follows_changes)
        if follows_changes:
            since = time.monotonic() - RECENT_SECONDS
            subscriber.changed_tables |= {table for table, at in self.recent.items() if at > since}
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
        dsn = with_tcp_options(self.settings.listen_dsn or self.settings.api_dsn or self.settings.dsn)
        attempt = psycopg.AsyncConnection.connect(dsn, autocommit=True, application_name="jalon listener")
        async with asyncio.timeout(ANSWER_SECONDS):
            return await attempt

    async def wait_for_notices(self, connection: psycopg.AsyncConnection[Any]) -> None:
        while True:
            async for notice in connection.notifies(timeout=SILENCE_SECONDS):
                if self.position is None or int(notice.payload or 0) > self.position:
                    await self.read_new()
            async with dropped_after(connection, ANSWER_SECONDS):
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

    async def watch_changes(self) -> None:
        """Asks which tables changed, as long as somebody follows them, until cancelled."""
        snapshot: str | None = None
        while True:
            await asyncio.sleep(CHANGES_SECONDS)
            followers = [each for each in list(self.subscribers) if each.follows_changes]
            if not followers:
                snapshot = None  # whoever comes next hears of all tables once: what they show may be older
                continue
            try:
                query = msgspec.json.encode({"snapshot": snapshot})
                answer = await self.database.call("changed_tables", None, query, b"{}")
            except Problem:  # the database is away, or busy: the next question makes up for it
                continue
            found = msgspec.json.decode(answer.body or b"", type=Changed)
            snapshot = found.snapshot
            self.recent |= dict.fromkeys(found.tables, time.monotonic())
            for subscriber in followers if found.tables else []:
                subscriber.changed_tables |= {*found.tables}
                subscriber.wake_up.set()

    async def read_feed(self, data: bytes, caller: bytes) -> bytes:
        answer = await self.readers.call("", data, caller, can_repeat=True)
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
    tasks = [
        asyncio.create_task(listener.listen()),
        asyncio.create_task(listener.watch_changes()),
        asyncio.create_task(announce_repeatedly(settings, database)),
    ]
    try:
        yield
    finally:
        listener.close()
        while unfinished := [task for task in tasks if not task.done()]:
            for task in unfinished:
                task.cancel()  # more than once: before Python 3.12 wait_for, which the pool uses, can swallow one
            await asyncio.wait(unfinished, timeout=1)
