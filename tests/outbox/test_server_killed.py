"""Every committed change is delivered at least once, also when PostgreSQL is killed at any point (kill -9).

A server of its own: the postmaster with all its children, or one of them alone, which makes PostgreSQL restart all. Two
relays go on beside, and are killed at times too. What was committed is asked of the history, since a writer that lost
its connection can't know.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon.install import embedded
from tests.conftest import migrate_template, programs
from tests.web_shop import SHOP

from .conftest import ReceivedRequest, Receiver, until
from .test_killed import RELAY

CHANGES = int(os.environ.get("JALON_TEST_CHANGES", "400"))
MAJOR = int(os.environ.get("JALON_TEST_POSTGRES", "18"))
SLOW = range(101, 111)  # records that only long transactions change
HISTORY = "select orders_id, version, reason from jalon_history.shop__orders where version > 1"
ACTOR = "select jalon_engine.seal_actor('t', 'anna', 'clerk,admin', %s)"
FLIP = "update shop.orders set status = case status when 'NEW' then 'PAID' else 'NEW' end where id = any (%s)"
Triple = tuple[int, int, str]


@pytest.fixture
def server() -> Iterator[embedded.Cluster]:
    """A kill of its processes takes nothing that PostgreSQL has written, flushed or not; so fsync may be off."""
    with tempfile.TemporaryDirectory(prefix="jalon-killed-", ignore_cleanup_errors=True) as folder:
        cluster = embedded.cluster(Path(folder), MAJOR, programs(MAJOR), ("fsync=off", "restart_after_crash=on"))
        cluster.start(lambda text: None)
        try:
            with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as connection:
                connection.execute("create database killed")
            migrate_template(host=str(cluster.socket), user="postgres", dbname="killed")
            yield cluster
        finally:
            cluster.start(lambda text: None)
            cluster.stop()


def children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(entry.name))
        except (OSError, IndexError):
            continue
    return found


def kill(*pids: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


class Writer:
    """Makes changes until the server is killed and the connection with it."""

    def __init__(self, server: embedded.Cluster, chance: random.Random) -> None:
        self.server, self.chance, self.number = server, chance, 0
        self.acknowledged: set[str] = set()
        self.given_up: set[str] = set()
        self.connect()

    def connect(self) -> None:
        def connected() -> psycopg.Connection[Any] | None:
            try:
                return psycopg.connect(self.server.dsn("killed"), autocommit=True)
            except psycopg.OperationalError:
                self.server.start(lambda text: None)  # who kills the process that recovers ends the server
                return None

        self.db, self.slow = until(connected, 60), until(connected, 60)
        self.slow_reason = ""

    def begin_slow(self) -> None:
        self.number += 1
        self.slow_reason = f"slow {self.number}"
        self.slow.execute("begin")
        self.slow.execute(ACTOR, (self.slow_reason,))
        self.slow.execute(FLIP, (list(SLOW),))

    def commit_slow(self) -> None:
        self.slow.execute("commit")
        self.acknowledged.add(self.slow_reason)
        self.slow_reason = ""

    def change(self) -> int:
        """Ten records, or none: one transaction in ten is rolled back."""
        self.number += 1
        reason = f"change {self.number}"
        with self.db.transaction() as transaction:
            self.db.execute(ACTOR, (reason,))
            self.db.execute(FLIP, (self.chance.sample(range(1, 101), 10),))
            if self.chance.random() < 0.1:
                self.given_up.add(reason)
                raise psycopg.Rollback(transaction)
        if reason in self.given_up:
            return 0
        self.acknowledged.add(reason)
        return 10


def test_a_server_killed_again_and_again_loses_no_delivery_and_invents_none(
    server: embedded.Cluster, receiver: Receiver
) -> None:
    dsn = server.dsn("killed")
    chance = random.Random(11)  # noqa: S311
    writer = Writer(server, chance)
    writer.db.execute(SHOP)
    writer.db.execute("insert into shop.orders (customer) select 'more' from generate_series(1, 60)")
    writer.db.execute(
        "update jalon_engine.setting set value = (select jsonb_agg(0.1) from generate_series(1, 200)) "
        "where name = 'webhook.retry_after'"
    )
    given = {"url": receiver.url, "eventTypes": ["orders.*"]}
    writer.db.execute(
        "select jalon_api.run('create_webhook', null, %s::jsonb, %s::jsonb)",
        (json.dumps(given), json.dumps({"actor": "ada", "roles": ["admin"]})),
    )

    accepted: set[Triple] = set()
    ids: dict[Triple, set[str]] = {}

    def answer(got: ReceivedRequest) -> tuple[int, dict[str, str]]:
        what = (got.data["key"], got.data["version"], got.data["reason"])
        ids.setdefault(what, set()).add(got.headers["webhook-id"])
        if chance.random() < 0.2:
            return 503, {}
        accepted.add(what)
        return 200, {}

    receiver.answer = answer

    def relay() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", RELAY, dsn], stderr=subprocess.DEVNULL)

    def kill_server() -> str:
        server.start(lambda text: None)
        postmaster = int((server.data / "postmaster.pid").read_text().split()[0])
        below = children(postmaster)
        if chance.random() < 0.4:  # one process: PostgreSQL ends all others and recovers
            kill(chance.choice(below))
            return "child"
        kill(postmaster, *below)
        until(
            lambda: (
                not any(
                    Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes()
                    for pid in [postmaster, *below]
                )
            ),
            30,
        )
        server.start(lambda text: None)
        return "server"

    relays = [relay(), relay()]
    kills: dict[str, int] = {}
    written = 0
    try:
        next_kill = time.monotonic() + 1.5
        while written < CHANGES or kills.get("server", 0) < 2 or kills.get("child", 0) < 1:
            try:
                if not writer.slow_reason:
                    writer.begin_slow()
                elif chance.random() < 0.02:
                    writer.commit_slow()
                written += writer.change()
            except psycopg.OperationalError:
                writer.connect()
            if time.monotonic() > next_kill:
                what = kill_server()
                kills[what] = kills.get(what, 0) + 1
                if chance.random() < 0.4:
                    victim = chance.randrange(2)
                    relays[victim].kill()
                    relays[victim].wait()
                    relays[victim] = relay()
                    kills["relay"] = kills.get("relay", 0) + 1
                next_kill = time.monotonic() + 0.5 + 1.5 * chance.random()
            time.sleep(0.005)
        writer.connect()
        writer.begin_slow()  # its events are older than those that are delivered before it commits
        writer.change()
        until(
            lambda: (
                writer.db.execute("select not exists (select from jalon_engine.outbox_message)").fetchone() == (True,)
            ),
            60,
        )
        writer.commit_slow()
        until(lambda: writer.db.execute("""select not exists (select from jalon_engine.outbox_message)
            and not exists (select from jalon_engine.webhook_delivery where due_at is not null)""").fetchone() ==
                (True,), 120)  # fmt: skip
        committed: set[Triple] = set(writer.db.execute(HISTORY).fetchall())  # type: ignore[arg-type]
    finally:
        for process in relays:
            process.kill()
            process.wait()
    reasons = {reason for _, _, reason in committed}
    print(f"{len(committed)} changes, {len(receiver.got)} attempts, kills {kills}, {len(writer.given_up)} rolled back")
    assert writer.acknowledged <= reasons  # PostgreSQL keeps what it said it had committed
    assert committed - accepted == set()  # none is lost
    assert set(ids) - committed == set()  # none of what was rolled back, nor of what was never committed
    assert all(len(found) == 1 for found in ids.values())  # the id is constant over retries and restarts
    assert any(reason.startswith("slow") for reason in reasons)
