"""A shop, a receiver whose answers a test chooses, and relays."""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from jalon.outbox.relay import Relay
from jalon.outbox.webhook_client import WebhookClient
from jalon.settings import Settings
from tests.web_shop import SHOP

Connection = psycopg.Connection[Any]


class ReceivedRequest(NamedTuple):
    at: float
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)["data"]
        return found


class Receiver:
    """Answers what `answer` says: a status and headers."""

    def __init__(self) -> None:
        self.got: list[ReceivedRequest] = []
        self.answer: Callable[[ReceivedRequest], tuple[int, dict[str, str]]] = lambda got: (200, {})
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                got = ReceivedRequest(time.time(), {name.lower(): value for name, value in self.headers.items()}, body)
                receiver.got.append(got)
                status, headers = receiver.answer(got)
                said = b"said"
                self.send_response(status)
                for name, value in ({"content-length": str(len(said))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count: int, seconds: float = 10) -> list[ReceivedRequest]:
        until(lambda: len(self.got) >= count, seconds)
        return self.got


def until(holds: Callable[[], Any], seconds: float = 10) -> Any:
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)
    return found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> str:
    return SHOP if "shop" in request.fixturenames else ""


@pytest.fixture
def shop(db: Connection) -> Connection:
    return db


@pytest.fixture
def subscribe(shop: Connection, receiver: Receiver) -> Callable[..., tuple[str, str]]:
    """subscribe(eventTypes=["*"], …): (id, secret) of an endpoint at the receiver."""

    def subscribe(**more: Any) -> tuple[str, str]:
        given = {"url": receiver.url, "eventTypes": ["orders.*"]} | more
        caller = json.dumps({"actor": "ada", "roles": ["admin"]})
        row = shop.execute(
            "select body from jalon_api.run('create_webhook', null, %s::jsonb, %s::jsonb)", (json.dumps(given), caller)
        ).fetchone()
        assert row
        return row[0]["id"], row[0]["secret"]

    return subscribe


@pytest.fixture
def relay_settings(dsn: str, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path, dsn=dsn, relay_dsn=make_conninfo(dsn, user="jalon_relay"),
        webhook_allow="127.0.0.0/8", webhook_allow_http=True, webhook_timeout=2,
    )  # fmt: skip


@pytest.fixture
def relays(relay_settings: Settings) -> Iterator[Callable[..., Relay]]:
    """relays(): starts one more relay, in a thread; all are stopped at the end."""
    running: list[tuple[threading.Thread, asyncio.AbstractEventLoop, Any]] = []

    def start(**attributes: Any) -> Relay:
        made: dict[str, Any] = {}
        ready = threading.Event()

        async def main() -> None:
            s = relay_settings
            relay = made["relay"] = Relay(
                s, s.relay_dsn, WebhookClient(s.webhook_allow, s.webhook_allow_http, s.webhook_timeout)
            )
            for name, value in attributes.items():
                setattr(relay, name, value)
            made["loop"], made["task"] = asyncio.get_running_loop(), asyncio.current_task()
            ready.set()
            await relay.run()

        def run() -> None:
            with contextlib.suppress(asyncio.CancelledError):
                asyncio.run(main())

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        assert ready.wait(5)
        running.append((thread, made["loop"], made["task"]))
        relay: Relay = made["relay"]
        return relay

    yield start
    for thread, loop, task in running:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)


@pytest.fixture
def retries_at_once(shop: Connection) -> None:
    """Retries come at once."""
    shop.execute(
        "update jalon_engine.setting set value = '[0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05]' "
        "where name = 'webhook.retry_after'"
    )
