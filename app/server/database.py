"""Calls of functions of schema jalon_api, through jalon_api.run or jalon_api.together, on autocommit connections.

A call is one statement and one round trip, and the statement is the transaction. PostgreSQL builds the JSON; bodies are
bytes that nothing here parses.
"""

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

from jalon.server import problems
from jalon.settings import Settings


class Answer(NamedTuple):
    """jalon_engine.answer: the result of an api function."""

    status: int
    body: bytes | None
    etag: str | None
    headers: bytes | None


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


class BytesLoader(Loader):
    """Passes JSON on without parsing it."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


RUN: LiteralString = "select status, body, etag, headers from jalon_api.run(%s::text, %s::text, %s::jsonb, %s::jsonb)"
RUN_BATCH: LiteralString = "select * from jalon_api.together(%s::text, %s::jsonb)"
READ: LiteralString = "select coalesce(json_agg(v), '[]') from jalon_api.{} v"


@lru_cache(1024)
def with_identifier(statement: LiteralString, name: str) -> Composed:
    return SQL(statement).format(Identifier(name))


class Database:
    """A bounded pool. A request that can't have a connection soon is refused (503) instead of kept waiting."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.registry: dict[str, int] = {}  # SQLSTATE -> HTTP status, from jalon_engine.error_code
        self.languages: tuple[str, ...] = ()
        self.batch_counts = [0, 0]  # statements that carried several calls, and the calls in them
        self.pool = AsyncConnectionPool(
            settings.api_dsn or settings.dsn,
            open=False,
            min_size=1,
            max_size=settings.pool_size,
            max_waiting=settings.pool_waiting,
            timeout=settings.pool_timeout,
            configure=self.configure,
            reconnect_timeout=10,
            name="jalon",
            kwargs={"autocommit": True, "application_name": "jalon"},
        )

    async def configure(self, connection: psycopg.AsyncConnection[Any]) -> None:
        connection.prepare_threshold = 0 if self.settings.prepared else None
        for name in ("json", "jsonb"):
            connection.adapters.register_loader(name, BytesLoader)
        limits = {"statement_timeout": self.settings.request_timeout, "lock_timeout": self.settings.row_timeout}
        values = {name: f"{int(seconds * 1000)}ms" for name, seconds in limits.items()}
        for name, value in values.items():
            await connection.execute("select set_config(%s, %s, false)", (name, value), prepare=False)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        await self.pool.open()  # does not wait: the application starts, and says so, while the database is away
        try:
            yield
        finally:
            await self.pool.close()

    async def rows(self, statement: LiteralString | Composed, parameters: tuple[str | None, ...] = ()) -> list[Any]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(statement, parameters)
            return await cursor.fetchall()

    async def call(self, function: str, key: str | None, data: bytes, caller: bytes) -> Answer:
        """jalon_api.<function>, called through jalon_api.run."""
        try:
            rows = await self.rows(RUN, (function, key, data.decode(), caller.decode()))
        except psycopg.Error as error:
            raise await self.problem(error) from error
        return Answer._make(rows[0])

    async def run_batch(self, function: str, calls: bytes) -> list[BatchOutcome]:
        """Many calls of one function in one statement, each with its own outcome. Raises psycopg.Error if all fail."""
        outcomes = [BatchOutcome._make(row) for row in await self.rows(RUN_BATCH, (function, calls.decode()))]
        self.batch_counts[0] += 1
        self.batch_counts[1] += len(outcomes)
        return outcomes

    async def read(self, view: str) -> bytes:
        """All rows of a view of schema jalon_api, as JSON."""
        try:
            return bytes((await self.rows(with_identifier(READ, view)))[0][0])
        except psycopg.Error as error:
            raise await self.problem(error) from error

    async def api_key(self, hashed: str) -> bytes | None:
        """Actor, roles and name of an API key, by its hash."""
        answer = await self.call("api_key", hashed, b"{}", b"{}")
        return answer.body

    async def problem(self, error: psycopg.Error) -> problems.Problem:
        await self.refresh_error_codes(error.sqlstate)
        return problems.from_database(error, self.registry)

    async def refresh_error_codes(self, sqlstate: str | None) -> None:
        """Read jalon_engine.error_code if one of our codes is unknown (a module may have added it)."""
        if sqlstate and sqlstate.startswith("JL") and sqlstate not in self.registry:
            rows = msgspec.json.decode((await self.rows(with_identifier(READ, "error_codes")))[0][0])
            self.registry = {row["sqlstate"]: row["http_status"] for row in rows}

    async def read_languages(self) -> None:
        """Read the languages, at the start or as soon as the database answers."""
        if not self.languages:
            rows = msgspec.json.decode(await self.read("languages"))
            self.languages = tuple(row["code"] for row in rows)
