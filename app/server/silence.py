"""Statements that end though PostgreSQL says nothing: its host is gone, or its process stands still."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from jalon.server import logs

SILENCE_SECONDS = 1.0  # seconds after the end of its time at which a statement without an answer loses its connection


class Deadline:
    """Whether a connection was dropped."""

    has_passed = False


@asynccontextmanager
async def dropped_after(connection: psycopg.AsyncConnection[Any], seconds: float) -> AsyncIterator[Deadline]:
    """Drops the connection if the block takes longer: its statement then fails as on any connection that breaks."""
    deadline = Deadline()

    def drop() -> None:
        deadline.has_passed = True
        with suppress(OSError), socket.socket(fileno=os.dup(connection.pgconn.socket)) as end:
            end.shutdown(socket.SHUT_RDWR)

    timer = asyncio.get_running_loop().call_later(seconds, drop)
    try:
        yield deadline
    finally:
        timer.cancel()


async def fetch_all(
    pool: AsyncConnectionPool, statement: Any, parameters: Sequence[Any], *, wait: float | None, limit: float
) -> list[Any]:
    """The rows of a statement, which may wait so many seconds for a connection, and take as many as `limit`."""
    async with pool.connection(timeout=wait) as connection, dropped_after(connection, limit) as deadline:
        try:
            cursor = await connection.execute(statement, parameters)
            return await cursor.fetchall()
        except psycopg.OperationalError:
            if deadline.has_passed:
                logs.write("the database is silent: its connections are dropped", seconds=limit)
                await pool.drain()  # what was opened before is likely to lead nowhere too
            raise
