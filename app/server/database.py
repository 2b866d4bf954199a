"""Calls of functions of schema jalon_api, through jalon_api.run or jalon_api.run_batch, on autocommit connections.

A call is one statement and one round trip, and the statement is the transaction. PostgreSQL builds the JSON; bodies are
bytes that nothing here parses.

PostgreSQL ends a statement that takes too long. If it says nothing at all (its host is gone, its process stands still),
the connection is dropped a little later, and with it all others that were opened before.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, LiteralString, NamedTuple

import msgspec
import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.sql import SQL, Composed, Identifier
from psycopg_pool import AsyncConnectionPool

from jalon.dsn import with_tcp_options
from jalon.server import problems
from jalon.server.silence import SILENCE_SECONDS, dropped_after, fetch_all
from jalon.settings import Settings


class Answer(NamedTuple):
    """jalon_engine.answer: the result of an api function; and the number of the transaction that made a change."""

    status: int
    body: bytes | None
    etag: str | None
    headers: bytes | None
    transaction: str | None = None


class BatchOutcome(NamedTuple):
    """The outcome of one call of a batch: its answer, or the SQLSTATE and text of its refusal."""

    place: int
    status: int | None
    body: bytes | None
    etag: str | None
    headers: bytes | None
    sqlstate: str | None
    message: str | None
    detail: str | None
    hint: str | None
    transaction: str | None = None


class Reader(msgspec.Struct, omit_defaults=True):
    """Of p_caller, whose language is spoken."""

    language: str | None = None


class Words(msgspec.Struct):
    """What PostgreSQL refused, for people."""

    message: str
    field: str | None = None


class BytesLoader(Loader):
    """Passes JSON on without parsing it."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


RUN: LiteralString = "select status, body, etag, headers from jalon_api.run(%s::text, %s::text, %s::jsonb, %s::jsonb)"
RUN_BATCH: LiteralString = "select * from jalon_api.run_batch(%s::text, %s::jsonb)"
# The same, with the number of their transaction. A call that turns out to change nothing has one too: who shows it to a
# replica then sees what was there before the call.
RUN_CHANGE: LiteralString = RUN.replace(" from ", ", pg_current_xact_id()::text from ", 1)
RUN_CHANGES: LiteralString = RUN_BATCH.replace("* ", "*, pg_current_xact_id()::text ", 1)
NO_SUCH_FUNCTION = ("42883", "3F000", "42P01")  # SQLSTATEs of a database without what is called
READ: LiteralString = "select coalesce(json_agg(v), '[]') from jalon_api.{} v"


@lru_cache(1024)
def with_identifier(statement: LiteralString, name: str) -> Composed:
    return SQL(statement).format(Identifier(name))


def make_pool(settings: Settings, dsn: str, name: str, statement_seconds: float) -> AsyncConnectionPool:
    """A bounded pool, whose statements may take so many seconds."""
    limits = {"statement_timeout": statement_seconds, "lock_timeout": settings.row_timeout}
    values = {setting: f"{int(seconds * 1000)}ms" for setting, seconds in limits.items()}

    async def configure(connection: psycopg.AsyncConnection[Any]) -> None:
        connection.prepare_threshold = 0 if settings.prepared else None
        for kind in ("json", "jsonb"):
            connection.adapters.register_loader(kind, BytesLoader)
        async with dropped_after(connection, SILENCE_SECONDS):
            for setting, value in values.items():
                await connection.execute("select set_config(%s, %s, false)", (setting, value), prepare=False)

    return AsyncConnectionPool(
        with_tcp_options(dsn),
        open=False,
        min_size=1,
        max_size=settings.pool_size,
        max_waiting=settings.pool_waiting,
        timeout=settings.pool_timeout,
        configure=configure,
        reconnect_timeout=10,
        name=name,
        kwargs={"autocommit": True, "application_name": "jalon"},
    )


class Database:
    """A bounded pool. A request that can't have a connection soon is refused (503) instead of kept waiting."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.registry: dict[str, int] = {}  # SQLSTATE -> HTTP status, from jalon_engine.error_code
        self.languages: tuple[str, ...] = ()
        self.probe: asyncio.Task[bytes] | None = None
        self.batch_counts = [0, 0]  # statements that carried several calls, and the calls in them
        self.pool = make_pool(settings, settings.api_dsn or settings.dsn, "jalon", settings.request_timeout)

    @property
    def is_full(self) -> bool:
        """Whether no further request may wait for a connection."""
        return self.pool.get_stats().get("requests_waiting", 0) >= self.settings.pool_waiting

    @property
    def call_seconds(self) -> float:
        """How long a call may take, waiting included."""
        return self.settings.pool_timeout + self.settings.request_timeout + SILENCE_SECONDS

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        await self.pool.open()  # does not wait: the application starts, and says so, while the database is away
        try:
            yield
        finally:
            await self.pool.close()

    async def rows(
        self,
        statement: LiteralString | Composed,
        parameters: tuple[str | None, ...] = (),
        *,
        seconds: float | None = None,
    ) -> list[Any]:
        """The rows of a statement, which may take so many seconds, and as many to get a connection."""
        wait = self.settings.pool_timeout if seconds is None else seconds
        limit = self.settings.request_timeout + SILENCE_SECONDS if seconds is None else seconds
        return await fetch_all(self.pool, statement, parameters, wait=wait, limit=limit)

    async def call(
        self,
        function: str,
        key: str | None,
        data: bytes,
        caller: bytes,
        *,
        seconds: float | None = None,
        is_numbered: bool = False,
    ) -> Answer:
        """jalon_api.<function>, called through jalon_api.run; a numbered call says which transaction it was."""
        try:
            statement = RUN_CHANGE if is_numbered else RUN
            rows = await self.rows(statement, (function, key, data.decode(), caller.decode()), seconds=seconds)
        except psycopg.Error as error:
            raise await self.problem(error, caller) from error
        return Answer(*rows[0])

    async def ready(self, seconds: float) -> bytes:
        """What jalon_api.ready answers, within so many seconds. Who asks while nobody was answered yet asks no more."""
        if self.probe is None or self.probe.done():
            self.probe = asyncio.create_task(self.ask_whether_ready())
            self.probe.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            return await asyncio.wait_for(asyncio.shield(self.probe), seconds)
        except TimeoutError:
            raise problems.Problem(503, f"The database has not answered within {seconds:g} s.") from None

    async def ask_whether_ready(self) -> bytes:
        await self.read_languages()
        try:
            return (await self.call("ready", None, b"{}", b"{}")).body or b""
        except problems.Problem as problem:
            if getattr(problem.__cause__, "sqlstate", None) in NO_SUCH_FUNCTION:
                detail = "The database is not of this version; `jalon migrate` brings it to it."
                raise problems.Problem(503, detail) from problem
            raise

    async def run_batch(self, function: str, calls: bytes, is_numbered: bool = False) -> list[BatchOutcome]:
        """Many calls of one function in one statement, each with its own outcome. Raises psycopg.Error if all fail."""
        statement = RUN_CHANGES if is_numbered else RUN_BATCH
        outcomes = [BatchOutcome(*row) for row in await self.rows(statement, (function, calls.decode()))]
        self.batch_counts[0] += 1
        self.batch_counts[1] += len(outcomes)
        return outcomes

    async def read(self, view: str) -> bytes:
        """All rows of a view of schema jalon_api, as JSON."""
        try:
            return bytes((await self.rows(with_identifier(READ, view)))[0][0])
        except psycopg.Error as error:
            raise await self.problem(error) from error

    async def problem(self, error: psycopg.Error, caller: bytes = b"{}") -> problems.Problem:
        await self.refresh_error_codes(error.sqlstate)
        words = await self.native_words(error, caller) if problems.is_native_refusal(error, self.registry) else None
        return problems.from_database(error, self.registry, words)

    async def native_words(self, error: psycopg.Error, caller: bytes) -> tuple[str, str | None]:
        """What PostgreSQL refused, in the caller's language, and the field that it is about."""
        diag = error.diag
        found = {
            "message": diag.message_primary,
            "schema": diag.schema_name,
            "column": diag.column_name,
            "constraint": diag.constraint_name,
        }
        language = msgspec.json.encode(msgspec.json.decode(caller, type=Reader))
        parameters = ("native_refusal", problems.sqlstate_of(error), msgspec.json.encode(found).decode())
        try:
            answer = Answer(*(await self.rows(RUN, (*parameters, language.decode())))[0])
        except psycopg.Error:
            return problems.REFUSED, None
        words = msgspec.json.decode(answer.body or b"{}", type=Words)
        return words.message, words.field

    async def refresh_error_codes(self, sqlstate: str | None) -> None:
        """Read jalon_engine.error_code if one of our codes is unknown (a module may have added it)."""
        if sqlstate and sqlstate.startswith("JL") and sqlstate not in self.registry:
            await self.read_error_codes()

    async def read_error_codes(self) -> None:
        rows = msgspec.json.decode(await self.read("error_codes"))
        self.registry = {row["sqlstate"]: row["http_status"] for row in rows}

    async def read_languages(self) -> None:
        """Read the languages and the error codes, at the start or as soon as the database answers."""
        if not self.languages:
            await self.read_error_codes()
            rows = msgspec.json.decode(await self.read("languages"))
            self.languages = tuple(row["code"] for row in rows)
