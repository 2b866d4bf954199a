"""A way to PostgreSQL that can fall silent, as a network that fails does: it passes nothing on."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo


class Way:
    """Connections made while it is silent stay silent."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.is_silent = False
        self.loop = asyncio.new_event_loop()
        self.port = 0
        self.connections = 0
        self.held: Callable[[bytes], bool] = lambda data: False  # what is taken and never answered

    def fall_silent(self) -> None:
        self.is_silent = True

    def speak(self) -> None:
        """Connections made from now on are answered; older ones never again."""
        self.is_silent = False

    async def serve(self) -> None:
        server = await asyncio.start_server(self.connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        silent = [self.is_silent]
        there_reader, there = await asyncio.open_unix_connection(self.target)

        async def carry(source: asyncio.StreamReader, target: Any, is_question: bool) -> None:
            while data := await source.read(65536):
                silent[0] = silent[0] or self.is_silent or (is_question and self.held(data))
                if not silent[0]:
                    target.write(data)
            if not silent[0]:
                target.close()

        both = asyncio.gather(carry(reader, there, True), carry(there_reader, writer, False), return_exceptions=True)
        with suppress(asyncio.CancelledError):
            await both


@contextmanager
def way_to(dsn: str) -> Iterator[tuple[Way, str]]:
    """(way, dsn): the way, and how to connect by it."""
    parts = conninfo_to_dict(dsn)
    way = Way(f"{parts['host']}/.s.PGSQL.{parts.get('port') or 5432}")
    ready = threading.Event()

    def run() -> None:
        way.loop.run_until_complete(way.serve())
        ready.set()
        way.loop.run_forever()
        for task in asyncio.all_tasks(way.loop):
            task.cancel()
            way.loop.run_until_complete(asyncio.wait([task]))
        way.loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield way, make_conninfo(dsn, host="127.0.0.1", port=way.port)
    finally:
        way.loop.call_soon_threadsafe(way.loop.stop)
        thread.join(10)
