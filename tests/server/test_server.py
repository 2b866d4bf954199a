"""A real server on a real PostgreSQL: stopped, killed, cut off. What was acknowledged is in history once; nothing is
half done."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from jalon.install import embedded
from jalon.install.migrate import migrate
from jalon.refusal import Refusal
from jalon.server.auth import issue_token
from jalon.settings import Settings
from tests.web_shop import SHOP

SECRET = "a-secret-for-the-tests-of-servers!"


@pytest.fixture(scope="module")
def cluster() -> Iterator[embedded.Cluster]:
    """A PostgreSQL of these tests' own, which they may kill; it syncs, so that a kill proves something."""
    with tempfile.TemporaryDirectory(prefix="jalon-server-", ignore_cleanup_errors=True) as folder:
        cluster = embedded.cluster(Path(folder))
        cluster.start(lambda text: None)
        with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as connection:
            connection.execute("create database jalon")
        settings = Settings(home=Path(folder), dsn=cluster.dsn(), modules="all", languages="all")
        migrate(settings, cluster.dsn(), lambda text: None)
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            connection.execute(SHOP)
        try:
            yield cluster
        finally:
            cluster.stop()


class Server:
    """`jalon serve` in a process."""

    command = ("-m", "jalon", "serve")

    def __init__(self, cluster: embedded.Cluster, home: Path, **environment: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = Settings(home=home, token_secret=SECRET)
        self.environment = os.environ | environment | {
            "JALON_HOME": str(home), "JALON_DSN": cluster.dsn(), "JALON_API_DSN": make_conninfo(cluster.dsn(),
                user="jalon_api"),
            "JALON_TOKEN_SECRET": SECRET, "JALON_MIGRATE": "false", "JALON_DEMO": "false", "JALON_PORT": str(self.port),
        }  # fmt: skip
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *self.command],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(self.url + "/health/live").status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def client(self, **more: Any) -> httpx.AsyncClient:
        token = issue_token(self.settings, "anna", ["clerk"])
        return httpx.AsyncClient(base_url=self.url, headers={"authorization": f"Bearer {token}"}, timeout=10, **more)


@pytest.fixture
def serve(cluster: embedded.Cluster, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def serve(**environment: str) -> Server:
        servers.append(Server(cluster, tmp_path, **environment))
        return servers[-1]

    yield serve
    for server in servers:
        server.process.kill()
        server.process.wait()


class ApplicationServer(Server):
    """The application under uvicorn, without the command line."""

    command = (
        "-c",
        "import os, uvicorn; port = int(os.environ['JALON_PORT']);"
        " uvicorn.run('jalon.server.app:create_app', factory=True, port=port, log_level='error')",
    )


async def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.01)


class Load:
    """Clients that move orders to and fro, each move under a key of its own, and remember what was acknowledged."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name
        self.acknowledged: dict[str, int] = {}
        self.statuses: list[int] = []
        self.stop = False

    async def one(self, client: httpx.AsyncClient, order: int) -> None:
        turn = 0
        while not self.stop:
            turn += 1
            key = f"{self.name}-{order}-{turn}"
            while not self.stop or turn == 1:  # repeated under the same key until it is answered
                try:
                    answer = await client.post(
                        f"/api/v1/tracked/orders/{order}/moves",
                        json={"to": "PAID" if turn % 2 else "NEW", "meta": {"key": key}},
                        headers={"idempotency-key": key},
                    )
                except httpx.HTTPError:
                    await asyncio.sleep(0.05)
                    continue
                self.statuses.append(answer.status_code)
                if answer.status_code == 200:
                    self.acknowledged[key] = answer.json()["version"]
                    break
                assert answer.status_code == 503, answer.text
                await asyncio.sleep(0.05)

    async def more(self, moves: int) -> None:
        """Wait until so many further moves are acknowledged."""
        enough = len(self.acknowledged) + moves
        await wait_until(lambda: len(self.acknowledged) >= enough)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with self.server.client(limits=httpx.Limits(max_connections=20)) as client:
            tasks = [asyncio.create_task(self.one(client, order)) for order in range(1, 17)]
            yield
            self.stop = True
            await asyncio.gather(*tasks)

    def check(self, cluster: embedded.Cluster) -> None:
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            rows = connection.execute(
                "select meta_data ->> 'key', version from jalon_history.shop__orders where meta_data ->> 'key' like %s",
                [self.name + "-%"],
            ).fetchall()
            assert len({key for key, _ in rows}) == len(rows), "a move was made twice"
            kept = dict(rows)
            assert {key: kept.get(key) for key in self.acknowledged} == self.acknowledged
            halves = connection.execute(
                "select o.id from shop.orders o where o.status_version <> (select count(*) "
                "from jalon_history.shop__orders h where h.orders_id = o.id)"
                " or (o.status, o.status_version) <> (select h.new_status, h.version "
                "from jalon_history.shop__orders h where h.orders_id = o.id order by h.version desc limit 1)"
            ).fetchall()
            assert halves == []
        assert len(self.acknowledged) > 50


def revive(cluster: embedded.Cluster) -> None:
    """Start a server that was killed, as soon as its last processes have gone."""
    for attempt in range(50):
        for file in (
            cluster.data / "postmaster.pid",
            cluster.socket / ".s.PGSQL.5432",
            cluster.socket / ".s.PGSQL.5432.lock",
        ):
            file.unlink(missing_ok=True)
        try:
            cluster.start(lambda text: None)
            return
        except Refusal:
            if attempt == 49:
                raise
            time.sleep(0.2)


def reset(cluster: embedded.Cluster) -> None:
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute("select jalon_engine.seal_actor('s', 'anna', 'clerk')")
        connection.execute("update shop.orders set status = 'NEW' where status = 'PAID'")


def test_a_killed_server_loses_nothing(cluster: embedded.Cluster, serve: Callable[..., Server]) -> None:
    reset(cluster)
    server = serve()
    load = Load(server, "server")

    async def main() -> None:
        async with load.running():
            for _ in range(2):
                await load.more(50)
                server.process.kill()
                server.process.wait()
                await asyncio.to_thread(server.start)
            await load.more(50)

    asyncio.run(main())
    load.check(cluster)


@pytest.mark.parametrize("batch_size", ["64", "1"])
def test_a_killed_database_loses_nothing_and_the_server_recovers(
    cluster: embedded.Cluster, serve: Callable[..., Server], batch_size: str
) -> None:
    reset(cluster)
    load = Load(serve(JALON_BATCH_SIZE=batch_size), f"database{batch_size}")

    async def main() -> None:
        async with load.running():
            await load.more(50)
            postmaster = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
            os.kill(postmaster, signal.SIGKILL)
            await wait_until(lambda: 503 in load.statuses)
            await asyncio.to_thread(revive, cluster)
            since = len(load.statuses)
            await wait_until(lambda: len(load.statuses) >= since + 16 and load.statuses[-16:] == [200] * 16)

    asyncio.run(main())
    load.check(cluster)


def test_a_restarted_database_is_found_again(cluster: embedded.Cluster, serve: Callable[..., Server]) -> None:
    server = serve()
    assert httpx.get(server.url + "/health/ready").status_code == 200
    cluster.stop()
    answer = httpx.get(server.url + "/health/ready", timeout=10)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert httpx.get(server.url + "/health/live").status_code == 200
    cluster.start(lambda text: None)
    deadline = time.monotonic() + 15
    while httpx.get(server.url + "/health/ready", timeout=10).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_it_starts_while_the_database_is_away(cluster: embedded.Cluster, tmp_path: Path) -> None:
    cluster.stop()
    try:
        server = ApplicationServer(cluster, tmp_path)
        assert httpx.get(server.url + "/health/ready", timeout=10).status_code == 503
        server.process.terminate()
        assert server.process.wait(10) in (0, -signal.SIGTERM)
    finally:
        cluster.start(lambda text: None)


def is_waiting(cluster: embedded.Cluster) -> bool:
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        found = connection.execute(
            "select exists (select from pg_stat_activity where wait_event = 'PgSleep')"
        ).fetchone()
    return bool(found and found[0])


def test_requests_in_flight_are_finished_when_it_is_asked_to_stop(
    cluster: embedded.Cluster, serve: Callable[..., Server]
) -> None:
    reset(cluster)
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(
            "create or replace function shop.wait() returns trigger "
            "language plpgsql as 'begin perform pg_sleep(2); return new; end'"
        )
        connection.execute(
            "create trigger a_wait before update on shop.orders for each row when (old.id = 30) "
            "execute function shop.wait()"
        )
    server = serve(JALON_DRAIN="1")

    async def main() -> None:
        async with server.client() as client:
            slow = asyncio.create_task(client.post("/api/v1/tracked/orders/30/moves", json={"to": "PAID"}))
            await wait_until(lambda: is_waiting(cluster))
            server.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.3)
            assert (await client.get("/health/ready")).status_code == 503
            assert (await client.get("/health/live")).status_code == 200
            assert (await slow).status_code == 200

    asyncio.run(main())
    assert server.process.wait(10) in (0, -signal.SIGTERM)


def read_answers(connection: socket.socket, count: int) -> list[tuple[str, dict[str, str], bytes]]:
    """Status line, headers and body of so many answers, read as HTTP frames them."""
    file, found = connection.makefile("rb"), []
    for _ in range(count):
        status = file.readline().decode().strip()
        lines = iter(lambda: file.readline().decode().strip(), "")
        headers = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
        found.append((status, headers, file.read(int(headers["content-length"]))))
    return found


def test_requests_on_one_connection_are_answered_alike_and_in_turn(serve: Callable[..., Server]) -> None:
    server = serve()
    token = issue_token(server.settings, "anna", ["clerk"])
    ask = "GET /api/v1/tracked/orders/7 HTTP/1.{}\r\nHost: x\r\nAuthorization: Bearer {}\r\n{}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(ask.format(1, token, "").encode())
        (first,) = read_answers(connection, 1)
        connection.sendall((ask.format(1, token, "") * 2 + ask.format(1, token, "Connection: close\r\n")).encode())
        further = read_answers(connection, 3)
        assert connection.recv(1) == b""
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(ask.format(0, token, "").encode())
        further += read_answers(connection, 1)
        assert connection.recv(1) == b""
    assert first[0] == "HTTP/1.1 200 OK"
    assert {(status, body) for status, _, body in further} == {(first[0], first[2])}
    said = [
        {name: v for name, v in h.items() if name not in ("date", "x-request-id", "connection")}
        for _, h, _ in (first, *further)
    ]
    assert all(headers == said[0] for headers in said)
    assert [headers.get("connection") for _, headers, _ in further] == [None, None, "close", "close"]
    assert len({headers["x-request-id"] for _, headers, _ in (first, *further)}) == 5


def test_fifty_clients_race_for_one_version(cluster: embedded.Cluster, serve: Callable[..., Server]) -> None:
    server = serve()

    async def main() -> list[int]:
        async with server.client() as client:
            tag = (await client.get("/api/v1/tracked/orders/40")).headers["etag"]
            moves = (
                client.post("/api/v1/tracked/orders/40/moves", json={"to": "PAID"}, headers={"if-match": tag})
                for _ in range(50)
            )
            return [answer.status_code for answer in await asyncio.gather(*moves)]

    statuses = asyncio.run(main())
    assert statuses.count(200) == 1
    assert statuses.count(412) == 49
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        assert connection.execute(
            "select count(*) from jalon_history.shop__orders where orders_id = 40"
        ).fetchone() == (2,)


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_workers_end_with_the_process_that_started_them(
    cluster: embedded.Cluster, serve: Callable[..., Server]
) -> None:
    server = serve(JALON_WORKERS="2")
    server.process.kill()
    server.process.wait()
    deadline = time.monotonic() + 30
    while is_listening(server.port):
        assert time.monotonic() < deadline, "somebody holds the port"
        time.sleep(0.05)
    server.start()
    assert httpx.get(server.url + "/health/ready", timeout=10).status_code == 200


def test_serve_starts_its_embedded_database_again(home: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {"JALON_HOME": str(home), "JALON_PORT": str(port), "JALON_DEMO": "false", "JALON_MODULES": "none"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JALON_")} | given
    process = subprocess.Popen([sys.executable, "-m", "jalon", "serve"], env=environment, stdout=subprocess.DEVNULL)

    def ready() -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
        return False

    try:
        asyncio.run(wait_until_ready(ready))
        os.kill(int((home / "postgres/postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        asyncio.run(wait_until_ready(lambda: not ready()))
        asyncio.run(wait_until_ready(ready))
    finally:
        process.terminate()
        process.wait(30)
    assert not embedded.cluster(home).is_running()


async def wait_until_ready(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(90):
        await asyncio.to_thread(lambda: next(None for _ in iter(int, 1) if holds()))
