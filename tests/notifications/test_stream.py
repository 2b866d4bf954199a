"""GET /api/organizer/notifications/stream against a server of its own: nothing is missed, nothing comes twice."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, aclosing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import psycopg
import pytest

from jalon.install import embedded
from jalon.install.migrate import migrate
from jalon.server.auth import issue_token
from jalon.settings import Settings

STREAM = "/api/organizer/notifications/stream"
SECRET = "tests-only-" * 4
Connection = psycopg.Connection[Any]
Serve = Callable[..., SimpleNamespace]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """serve(dsn, tick=0): `jalon serve` as a process of its own."""
    with ExitStack() as stack:

        def serve(dsn: str, **settings: Any) -> SimpleNamespace:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            given = {
                "dsn": dsn,
                "home": tmp_path,
                "migrate": "false",
                "token_secret": SECRET,
                "access_log": "false",
            } | settings
            environment = os.environ | {f"JALON_{name.upper()}": str(value) for name, value in given.items()}
            process = subprocess.Popen(
                [sys.executable, "-m", "jalon", "serve", "--port", str(port)],
                env=environment,
                stdout=subprocess.DEVNULL,
            )
            stack.callback(process.wait, 20)
            stack.callback(process.terminate)
            for _ in range(150):
                try:
                    if httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200:
                        break
                except httpx.TransportError:
                    pass
                time.sleep(0.1)
            return SimpleNamespace(process=process, url=f"http://127.0.0.1:{port}", port=port)

        yield serve


def headers(actor: str, *roles: str, last: str | None = None) -> dict[str, str]:
    token = issue_token(Settings(home=Path(), token_secret=SECRET), actor, list(roles))
    return {"authorization": f"Bearer {token}"} | ({"last-event-id": last} if last is not None else {})


async def listen(server: Any, given: dict[str, str]) -> AsyncIterator[tuple[str, str, Any]]:
    """(event, id, data) of each event; ("", "", line) of comments and of `retry`. By hand, for the sake of 200 at
    once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1 << 20)
    try:
        lines = [f"GET {STREAM} HTTP/1.1", "host: x", *(f"{name}: {value}" for name, value in given.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 OK" in head, head
        assert b"content-type: text/event-stream" in head, head
        held = b""
        while size := int(await reader.readline(), 16):  # chunked transfer coding
            held += (await reader.readexactly(size + 2))[:-2]
            *whole, held = held.split(b"\n\n")
            for block in whole:
                if block.startswith((b":", b"retry")):
                    yield "", "", block.decode()
                else:
                    fields = dict(line.split(": ", 1) for line in block.decode().splitlines())
                    yield fields["event"], fields["id"], json.loads(fields["data"])
    finally:
        writer.close()


def submit(db: Connection, *titles: str, notes: str = "") -> None:
    """oscar submits an event of each title; moderators are told."""
    db.execute(
        "select jalon_engine.seal_actor('s', 'oscar', 'organizer', %s)",
        [notes],
    )
    for title in titles:
        db.execute(
            "with made as (insert into jalon_events.events (organizer_id, title, starts_at, place) "
            "values ('oscar', %s, now(), 'Lyon') returning id) select id from made",
            [title],
        )
        db.execute("update jalon_events.events set status = 'candidate' where title = %s", [title])


async def titles(stream: AsyncIterator[Any], number: int, seconds: float = 20) -> list[tuple[str, str]]:
    """The next notifications: (id, title)."""
    found: list[tuple[str, str]] = []
    async with asyncio.timeout(seconds):
        async for event, id, data in stream:
            if event == "notification":
                found.append((id, data["data"]["title"]))
            if len(found) == number:
                break
    return found


async def read_ready(stream: AsyncIterator[Any]) -> str:
    """Waits for `ready`; its id."""
    async with asyncio.timeout(10):
        async for event, id, _ in stream:
            if event == "ready":
                return str(id)
    raise AssertionError("no ready")


def test_it_resumes_by_last_event_id_without_loss_or_repeat(dsn: str, db: Connection, serve: Serve) -> None:
    server = serve(dsn, heartbeat=1)

    async def run() -> None:
        stream = listen(server, headers("mona", "moderator"))
        assert await read_ready(stream) == "0"
        submit(db, "A")
        began = time.monotonic()
        assert [title for _, title in await titles(stream, 1)] == ["A"]
        assert time.monotonic() - began < 2  # told, not found by chance
        heard = [line async for _, _, line in first_messages(stream, 1)]
        assert heard == [": alive"]
        await stream.aclose()
        submit(db, "B", "C", "D")
        again = listen(server, headers("mona", "moderator", last="1"))
        assert [title for _, title in await titles(again, 3)] == ["B", "C", "D"]
        submit(db, "E")
        assert [title for _, title in await titles(again, 1)] == ["E"]
        await again.aclose()
        beyond = listen(server, headers("mona", "moderator", last="999"))
        assert await read_ready(beyond) == "5"
        await beyond.aclose()
        other = listen(server, headers("olga", "organizer", last="0"))
        submit(db, "F")
        assert [line async for _, _, line in first_messages(other, 2)][1:] == [": alive"]  # nothing for her
        await other.aclose()

    asyncio.run(run())


async def first_messages(stream: AsyncIterator[Any], number: int) -> AsyncIterator[Any]:
    for _ in range(number):
        yield await anext(stream)


def test_the_api_and_the_relay_may_be_different_processes(dsn: str, db: Connection, connect: Any, serve: Serve) -> None:
    server = serve(dsn, tick=0, heartbeat=60)
    relay = connect("relay")

    async def run() -> None:
        async with aclosing(listen(server, headers("mona", "moderator"))) as stream:
            await read_ready(stream)
            submit(db, "A", "B")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.7):
                    await asyncio.shield(first := asyncio.ensure_future(titles(stream, 2)))
            assert relay.execute("select jalon.announce()").fetchone() == (2,)
            assert [title for _, title in await first] == ["A", "B"]

    asyncio.run(run())


def test_sigterm_ends_the_streams_with_the_advice_to_come_back(dsn: str, db: Connection, serve: Serve) -> None:
    server = serve(dsn, streams=21)

    async def run() -> None:
        streams = [listen(server, headers("mona", "moderator")) for _ in range(20)]
        for stream in streams:
            await read_ready(stream)
        address = server.url + STREAM
        refused = await asyncio.to_thread(httpx.get, address, headers=headers("mona", "moderator"))
        assert refused.status_code == 429  # one caller has no more than their share
        streams.append(listen(server, headers("anna", "admin")))
        await read_ready(streams[-1])
        refused = await asyncio.to_thread(httpx.get, address, headers=headers("adam", "admin"))
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")  # nor all of them more than all
        submit(db, "A")
        assert await titles(streams[0], 1)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        last = [line async for _, _, line in streams[0]][-1]
        assert last.startswith("retry: ")
        await asyncio.to_thread(server.process.wait, 15)
        assert time.monotonic() - began < 5

    asyncio.run(run())


def test_two_hundred_streams_and_a_slow_reader(dsn: str, db: Connection, serve: Serve) -> None:
    server = serve(dsn)
    wanted = [f"Event {n}" for n in range(60)]

    async def slow() -> socket.socket:
        lazy = socket.socket()
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        await asyncio.to_thread(lazy.connect, ("127.0.0.1", server.port))
        lines = [f"GET {STREAM} HTTP/1.1", "host: x", *(f"{k}: {v}" for k, v in headers("slow", "moderator").items())]
        lazy.sendall("\r\n".join([*lines, "", ""]).encode())
        lazy.settimeout(30)
        assert b"200 OK" in await asyncio.to_thread(lazy.recv, 200)
        return lazy

    async def run() -> None:
        streams = [listen(server, headers(f"m{n % 50}", "moderator")) for n in range(200)]
        await asyncio.gather(*(read_ready(stream) for stream in streams))
        lazy = await slow()
        telling = asyncio.to_thread(submit, db, *wanted, notes="x" * 20_000)
        found = await asyncio.gather(telling, *(titles(stream, len(wanted), 120) for stream in streams))
        for heard in found[1:]:
            assert [title for _, title in heard] == wanted
            assert [int(id) for id, _ in heard] == sorted({int(id) for id, _ in heard})
        late = b""  # only now does the slow one read: 60 times more than 40 kB
        while late.count(b'"title": "Event') < len(wanted):
            late += await asyncio.to_thread(lazy.recv, 65536)
        assert [late.count(f'"title": "{title}"'.encode()) for title in wanted] == [1] * len(wanted)
        lazy.close()

    asyncio.run(run())


@pytest.fixture
def own_server() -> Iterator[SimpleNamespace]:
    """A PostgreSQL that may be stopped and started."""
    with tempfile.TemporaryDirectory(prefix="jalon-stream-", ignore_cleanup_errors=True) as folder:
        cluster = embedded.cluster(Path(folder), 18, embedded.binaries(18), ("fsync=off", "max_connections=60"))
        cluster.start(lambda text: None)
        embedded.ensure_database(cluster)
        settings = Settings(home=Path(folder), dsn=cluster.dsn(), modules="all", languages="all")
        migrate(settings, cluster.dsn(), lambda text: None)
        yield SimpleNamespace(cluster=cluster, dsn=cluster.dsn())
        cluster.stop()


def killed_listener(db: Connection) -> bool:
    found = db.execute(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'jalon listener'"
    ).fetchone()
    return found == (1,)


def test_nothing_is_missed_when_the_listening_connection_is_killed_or_postgresql_restarts(
    own_server: SimpleNamespace, serve: Serve
) -> None:
    server = serve(own_server.dsn, heartbeat=60)  # no heartbeat helps: only the reconnect does

    def admin() -> Connection:
        return psycopg.connect(own_server.dsn, autocommit=True)

    async def run() -> None:
        async with aclosing(listen(server, headers("mona", "moderator"))) as stream:
            await read_ready(stream)
            with admin() as db:
                for n in range(6):
                    deadline = time.monotonic() + 20
                    while not killed_listener(db):  # it comes back by itself
                        assert time.monotonic() < deadline, "nobody listens"
                        await asyncio.sleep(0.01)
                    submit(db, f"Killed {n}")
            assert [title for _, title in await titles(stream, 6)] == [f"Killed {n}" for n in range(6)]
            await asyncio.to_thread(own_server.cluster.stop)
            await asyncio.sleep(1)
            await asyncio.to_thread(own_server.cluster.start, lambda text: None)
            with admin() as db:
                submit(db, "After the restart", "And after")
            assert [title for _, title in await titles(stream, 2, 40)] == ["After the restart", "And after"]

    asyncio.run(run())


async def next_changes(lines: AsyncIterator[str]) -> list[str]:
    """The tables of the next event `changes`."""
    async with asyncio.timeout(10):
        while await anext(lines) != "event: changes":
            pass
        tables: list[str] = json.loads((await anext(lines)).removeprefix("data: "))["tables"]
        return tables


def test_a_stream_that_asks_for_it_hears_which_tables_changed_and_of_which_record_it_says_nothing(
    dsn: str, db: Connection, serve: Serve
) -> None:
    server = serve(dsn, heartbeat=1)

    async def run() -> None:
        async with httpx.AsyncClient(timeout=20) as client:
            given = headers("mona", "moderator")
            url = f"{server.url}{STREAM}?changes=true"
            async with client.stream("GET", url, headers=given) as answer:
                lines = answer.aiter_lines()
                while not (await anext(lines)).startswith("event: ready"):
                    pass
                first = await next_changes(lines)  # where things stood as the page was loaded, nobody knows
                assert "events" in first and len(first) > 1
                submit(db, "A")
                assert await next_changes(lines) == ["events"]

    asyncio.run(run())


def test_a_change_that_commits_late_is_found_and_one_that_was_seen_is_not_found_again(dsn: str, db: Connection) -> None:
    def changed(snapshot: str | None) -> dict[str, Any]:
        asked = json.dumps({"snapshot": snapshot} if snapshot else {})
        row = db.execute("select body from jalon_api.run('changed_tables', null, %s, '{}')", [asked]).fetchone()
        assert row
        return dict(row[0])

    with psycopg.connect(dsn) as late:
        late.execute("select jalon_engine.seal_actor('t', 'oscar', 'organizer', '')")
        late.execute("insert into jalon_events.events (organizer_id, title) values ('oscar', 'Late')")
        submit(db, "Early")
        before = changed(None)["snapshot"]
        assert changed(before)["tables"] == []
        late.commit()
        after = changed(before)
    assert after["tables"] == ["events"]
    assert changed(after["snapshot"])["tables"] == []
