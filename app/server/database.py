"""The one way to PostgreSQL: functions of schema jalon_api, called through jalon_api.run or jalon_api.together on autocommit connections.

A call is one statement and one round trip, and the statement is the transaction. Bodies travel as bytes: PostgreSQL
built the JSON, nothing here opens it.
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
    """jalon_engine.answer: what an api function gives back."""

    status: int
    body: bytes | None
    etag: str | None
    headers: bytes | None


class Attempt(NamedTuple):
    """What became of one call among several: its answer, or the SQLSTATE and words of its refusal."""

    place: int
    status: int | None
    body: bytes | None
    etag: str | None
    headers: bytes | None
    sqlstate: str | None
    message: str | None
    detail: str | None
    hint: str | None


class AsBytes(Loader):
    """JSON is passed on, not parsed."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


RUN: LiteralString = "select status, body, etag, headers from jalon_api.run(%s::text, %s::text, %s::jsonb, %s::jsonb)"
TOGETHER: LiteralString = "select * from jalon_api.together(%s::text, %s::jsonb)"
READ: LiteralString = "select coalesce(json_agg(v), '[]') from jalon_api.{} v"


@lru_cache(1024)
def named(statement: LiteralString, name: str) -> Composed:
    return SQL(statement).format(Identifier(name))


class Database:
    """A bounded pool. Who cannot have a connection soon is told so (503), rather than kept waiting."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.registry: dict[str, int] = {}  # SQLSTATE -> HTTP status, from jalon_engine.error_code
        self.languages: tuple[str, ...] = ()
        self.tally = [0, 0]  # statements that carried several calls, and the calls in them
        self.pool = AsyncConnectionPool(
            settings.api_dsn or settings.dsn, open=False, min_size=1, max_size=settings.pool_size, max_waiting=settings.pool_waiting,
            timeout=settings.pool_timeout, configure=self.configure, reconnect_timeout=10, name="jalon",
            kwargs={"autocommit": True, "application_name": "jalon"},
        )  # fmt: skip

    async def configure(self, connection: psycopg.AsyncConnection[Any]) -> None:
        connection.prepare_threshold = 0 if self.settings.prepared else None
        for name in ("json", "jsonb"):
            connection.adapters.register_loader(name, AsBytes)
        limits = {"statement_timeout": self.settings.request_timeout, "lock_timeout": self.settings.row_timeout}
        given = {name: f"{int(seconds * 1000)}ms" for name, seconds in limits.items()}
        for name, value in given.items():
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
        """api.<function>, through jalon_api.run, as all calls."""
        try:
            found = await self.rows(RUN, (function, key, data.decode(), caller.decode()))
        except psycopg.Error as error:
            raise await self.problem(error) from error
        return Answer._make(found[0])

    async def together(self, function: str, calls: bytes) -> list[Attempt]:
        """Many calls of one function in one statement, each with its own outcome. Raises psycopg.Error for the whole."""
        attempts = [Attempt._make(row) for row in await self.rows(TOGETHER, (function, calls.decode()))]
        self.tally[0] += 1
        self.tally[1] += len(attempts)
        return attempts

    async def read(self, view: str) -> bytes:
        """All rows of a view of schema jalon_api, as JSON."""
        try:
            return bytes((await self.rows(named(READ, view)))[0][0])
        except psycopg.Error as error:
            raise await self.problem(error) from error

    async def api_key(self, hashed: str) -> bytes | None:
        """Actor, roles and name of an API key, by its hash."""
        answer = await self.call("api_key", hashed, b"{}", b"{}")
        return answer.body

    async def problem(self, error: psycopg.Error) -> problems.Problem:
        await self.learn(error.sqlstate)
        return problems.from_database(error, self.registry)

    async def learn(self, sqlstate: str | None) -> None:
        """Read jalon_engine.error_code, at the first code of ours that is not known (a module may have added one)."""
        if sqlstate and sqlstate.startswith("JL") and sqlstate not in self.registry:
            rows = msgspec.json.decode((await self.rows(named(READ, "error_codes")))[0][0])
            self.registry = {row["sqlstate"]: row["http_status"] for row in rows}

    async def greet(self) -> None:
        """Read the languages, at the start or as soon as there is a database."""
        if not self.languages:
            rows = msgspec.json.decode(await self.read("languages"))
            self.languages = tuple(row["code"] for row in rows)
