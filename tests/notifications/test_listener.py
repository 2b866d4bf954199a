"""How the streams of a process ask the database."""

import asyncio
from typing import Any

import msgspec
import psycopg

from jalon.notifications.listener import Listener
from jalon.notifications.routes import stream_events
from jalon.server.database import Database
from jalon.settings import Settings

Connection = psycopg.Connection[Any]


class Counting(Database):
    """Counts the statements that it is asked for."""

    asked = 0

    async def rows(self, *arguments: Any, **options: Any) -> list[Any]:
        self.asked += 1
        return await super().rows(*arguments, **options)


def submit(db: Connection, title: str) -> None:
    db.execute("select jalon_engine.seal_actor('s', 'oscar', 'organizer')")
    db.execute(
        "insert into jalon_events.events (organizer_id, title, starts_at, place) values ('oscar', %s, now(), 'Lyon')",
        (title,),
    )
    db.execute("update jalon_events.events set status = 'candidate' where title = %s", (title,))
    db.execute("select jalon.announce()")


def test_streams_that_are_woken_together_share_a_few_statements(db: Connection, settings: Settings) -> None:
    number = 300

    async def main() -> None:
        database = Counting(msgspec.structs.replace(settings, heartbeat=600))
        listener = Listener(database.settings, database)
        async with database.open():
            await database.pool.wait()

            async def follow(n: int, ready: asyncio.Event) -> None:
                subscriber = listener.subscribe(f"mona {n}")
                caller = msgspec.json.encode({"actor": f"mona {n}", "roles": ["moderator"]})
                async for event in stream_events(listener, subscriber, caller, None):
                    if b"event: ready" in event:
                        ready.set()
                    if b"event: notification" in event:
                        return

            readies = [asyncio.Event() for _ in range(number)]
            streams = [asyncio.create_task(follow(n, ready)) for n, ready in enumerate(readies)]
            await asyncio.wait_for(asyncio.gather(*(ready.wait() for ready in readies)), 60)
            await asyncio.to_thread(submit, db, "A")
            before = database.asked
            await listener.read_new()
            await asyncio.wait_for(asyncio.gather(*streams), 60)
            assert database.asked - before < number / 4

    asyncio.run(main())


def test_the_listener_has_a_connection_string_of_its_own(settings: Settings) -> None:
    """Past a pooler through which the calls go."""

    async def main() -> str:
        listener = Listener(
            msgspec.structs.replace(settings, api_dsn="host=127.0.0.1 port=1", listen_dsn=settings.api_dsn),
            Database(settings),
        )
        async with await listener.connect() as connection:
            return connection.info.user

    assert asyncio.run(main()) == "jalon_api"
