"""docs/dba.md, back to a point in time: what was changed just before is there, what was changed just after isn't.

Its blocks run as they stand, with the webhooks and notifications of somebody who heard more than the database knows.
"""

import asyncio
import contextlib
import json
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from jalon.install import embedded
from jalon.install.migrate import migrate
from jalon.install.postgres import as_url
from jalon.outbox.relay import Relay
from jalon.outbox.webhook_client import WebhookClient
from jalon.settings import Settings
from tests.docs.test_dba import MAJOR, Block, Site, blocks, running
from tests.notifications.test_stream import submit
from tests.outbox.conftest import Receiver, receiver, until
from tests.shop import Connection, rows
from tests.web_shop import SHOP

__all__ = ["receiver"]

pytestmark = [
    pytest.mark.second_lane,
    pytest.mark.skipif("JALON_TEST_DSN" in os.environ, reason="a server of somebody else's"),
]
READER = json.dumps({"actor": "mona", "roles": ["moderator"]})
ADMIN = json.dumps({"actor": "ada", "roles": ["admin"]})
IS_DELIVERED = "select every(delivered_at is not null) from jalon_engine.webhook_delivery having count(*) = %s"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the server's user keeps archive, backup and what is restored."""
    with tempfile.TemporaryDirectory(prefix="jalon-point-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture
def site(tmp_path: Path, folder: Path, receiver: Receiver) -> Iterator[Site]:
    with running(MAJOR) as first:
        made = Site(tmp_path, {"db1": first, "db2": first})
        for name in ("", "wal", "socket"):
            first.make_private(folder / name, embedded.server_user())
        with made.connect("db1", "postgres") as db:
            db.execute("create database shop")
        migrate(Settings(home=tmp_path, dsn=first.dsn("shop"), modules="events"), first.dsn("shop"), lambda text: None)
        with made.connect("db1", "shop") as db:
            db.execute(SHOP)
            hook = json.dumps({"url": receiver.url, "eventTypes": ["orders.*"]})
            db.execute("select jalon_api.run('create_webhook', null, %s::jsonb, %s::jsonb)", (hook, ADMIN))
        try:
            yield made
        finally:
            if (folder / "restored").exists():
                first.run_program("pg_ctl", "-D", str(folder / "restored"), "-m", "immediate", "-w", "stop")


class Steps:
    """The page's blocks of this section, by the words after their mark."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.server = site.servers["db1"]
        self.restored = f"host={folder / 'socket'} user=postgres dbname=shop"
        self.blocks = {b.mark.removeprefix("point in time: "): b for b in blocks() if "point in time" in b.mark}

    def run(self, name: str, **more: str) -> str:
        user = embedded.server_user()
        who: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}
        by_server = "the server's user" in name and os.geteuid() == 0
        block: Block = self.blocks[name]
        path = f"{self.server.bin}:/usr/bin:/bin"
        return self.site.run(
            block._replace(text=f"cd {self.folder if by_server else self.site.folder}\n{block.text}"),
            who if by_server else None,
            **({"PATH": path} if by_server else {}),
            WAL=str(self.folder / "wal"),
            BASE=str(self.folder / "base"),
            DATA=str(self.server.data),
            RESTORED=str(self.folder / "restored"),
            RESTORED_OPTIONS=f"-c listen_addresses= -c unix_socket_directories={self.folder / 'socket'} -c fsync=off",
            RESTORED_DSN=as_url(self.restored),
            **more,
        )


@contextlib.contextmanager
def relaying(dsn: str, home: Path) -> Iterator[None]:
    """A relay on this database."""
    settings = Settings(home=home, dsn=dsn, webhook_allow="127.0.0.0/8", webhook_allow_http=True, webhook_timeout=2)
    made: dict[str, Any] = {}
    ready = threading.Event()

    async def main() -> None:
        made["loop"], made["task"] = asyncio.get_running_loop(), asyncio.current_task()
        client = WebhookClient(settings.webhook_allow, settings.webhook_allow_http, settings.webhook_timeout)
        ready.set()
        await Relay(settings, make_conninfo(dsn, user="jalon_relay"), client).run()

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(main())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(5)
    yield
    made["loop"].call_soon_threadsafe(made["task"].cancel)
    thread.join(10)


def move(db: Connection, order: int, target: str) -> None:
    db.execute("select jalon_engine.seal_actor('s', 'anna', 'clerk')")
    db.execute("update shop.orders set status = %s where id = %s", (target, order))


def feed(db: Connection, after: int | None) -> dict[str, Any]:
    """What the stream of a reader who has this position reads."""
    asked = json.dumps({"after": after})
    found: dict[str, Any] = rows(
        db, "select body from jalon_api.run('notification_feed', null, %s::jsonb, %s::jsonb)", asked, READER
    )[0][0]
    return found


def titles(found: dict[str, Any]) -> list[str]:
    return [item["notification"]["data"]["title"] for item in found["items"]]


def notify(db: Connection, title: str) -> None:
    submit(db, title)
    assert rows(db, "select jalon.announce()") == [(1,)]


def test_what_was_done_just_before_is_there_and_what_was_done_just_after_is_not(
    site: Site, folder: Path, receiver: Receiver
) -> None:
    steps = Steps(site, folder)
    steps.run("as the server's user, before")
    old = site.servers["db1"].dsn("shop")
    with site.connect("db1", "shop") as db:
        with relaying(old, folder):
            move(db, 1, "PAID")  # before, and delivered before
            until(lambda: rows(db, IS_DELIVERED, 1) == [(True,)], 60)
        notify(db, "Before")
        move(db, 2, "PAID")  # before, and waiting when the point is reached
        ((point, cursor),) = rows(
            db, "select clock_timestamp(), next_cursor from jalon_recap.records_since(null, 'orders')"
        )
        with relaying(old, folder):
            move(db, 1, "SHIPPED")  # after
            until(lambda: rows(db, IS_DELIVERED, 3) == [(True,)], 60)
        notify(db, "After")
        heard = feed(db, 0)
        assert titles(heard) == ["Before", "After"]
    known = [(got.headers["webhook-id"], got.data["key"], got.data["version"]) for got in receiver.got]
    assert sorted(one[1:] for one in known) == [(1, 2), (1, 3), (2, 2)]
    steps.run("the old server still runs")
    site.servers["db1"].stop()

    steps.run("as the server's user, after", POINT=point.isoformat())
    assert "All is well." in steps.run("before Jalon starts")
    with psycopg.connect(steps.restored, autocommit=True) as db:
        assert rows(db, "select name from pg_file_settings where name ~ '^re(store|covery)'") == []
        check_records(db)
        check_messages(db, steps.restored, folder, receiver, known)
        check_notifications(db, heard)
        again = rows(db, "select record_key from jalon_recap.records_since(%s, 'orders')", cursor)
        assert again == [(None,)]  # all of the table
        assert rows(db, "select * from jalon.verify()") == []


def check_records(db: Connection) -> None:
    assert rows(db, "select id, status, status_version from shop.orders where id in (1, 2) order by id") == [
        (1, "PAID", 2),
        (2, "PAID", 2),
    ]
    assert rows(db, "select orders_id, new_status from jalon_history.shop__orders where version > 1 order by 1") == [
        (1, "PAID"),
        (2, "PAID"),
    ]


def check_messages(
    db: Connection, dsn: str, folder: Path, receiver: Receiver, known: list[tuple[str, int, int]]
) -> None:
    """What waited at the point comes under the identifier that the receiver knows; nothing else comes again."""
    before = len(receiver.got)
    with relaying(dsn, folder):
        move(db, 1, "NEW")  # another change than the lost one
        until(lambda: rows(db, IS_DELIVERED, 3) == [(True,)], 60)
    came = {
        (got.data["key"], got.data["version"]): (got.headers["webhook-id"], got.data["to"])
        for got in receiver.got[before:]
    }
    assert len(receiver.got) == before + 2
    ids = {(key, version): id for id, key, version in known}
    assert came[2, 2] == (ids[2, 2], "PAID")
    assert came[1, 3][1] == "NEW"
    assert came[1, 3][0] > ids[1, 3]  # a new one, and later than that of the change that is lost


def check_notifications(db: Connection, heard: dict[str, Any]) -> None:
    """A reader who heard of what is lost goes on: nothing that is written now is hidden from them, or comes twice."""
    notify(db, "Now")
    notify(db, "And now")
    found = feed(db, heard["position"])
    assert titles(found) == ["Now", "And now"]
    assert found["items"][0]["position"] > heard["position"]
    assert titles(feed(db, found["position"])) == []
    assert titles(feed(db, 0)) == ["Before", "Now", "And now"]
