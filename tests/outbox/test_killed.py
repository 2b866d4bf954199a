"""Every committed change is delivered at least once, also when the relay is killed at any point (kill -9)."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from jalon.settings import Settings

from .conftest import ReceivedRequest, Receiver, until

CHANGES = int(os.environ.get("JALON_TEST_CHANGES", "1500"))
RELAY = """
import asyncio, sys
from pathlib import Path
from jalon.outbox.webhook_client import WebhookClient
from jalon.outbox.relay import Relay
from jalon.settings import Settings
dsn = sys.argv[1]
settings = Settings(home=Path("/nonexistent"), dsn=dsn, relay_dsn=dsn, webhook_timeout=1)
relay = Relay(settings, dsn, WebhookClient("127.0.0.0/8", True, 1))
relay.lease_seconds = 1.5
asyncio.run(relay.run())
"""


@pytest.mark.usefixtures("retries_at_once")
def test_killed_again_and_again_with_a_receiver_that_fails_at_random(
    shop: psycopg.Connection[Any],
    subscribe: Callable[..., tuple[str, str]],
    receiver: Receiver,
    relay_settings: Settings,
) -> None:
    shop.execute(
        "update jalon_engine.setting set value = (select jsonb_agg(0.1) from generate_series(1, 100)) "
        "where name = 'webhook.retry_after'"
    )
    shop.execute("insert into shop.orders (customer) select 'more' from generate_series(1, 100)")
    subscribe()
    chance = random.Random(7)  # noqa: S311
    accepted: set[tuple[int, int]] = set()
    ids: dict[tuple[int, int], set[str]] = {}

    def answer(got: ReceivedRequest) -> tuple[int, dict[str, str]]:
        what = (got.data["key"], got.data["version"])
        ids.setdefault(what, set()).add(got.headers["webhook-id"])
        if chance.random() < 0.2:
            return 503, {}
        accepted.add(what)
        return 200, {}

    receiver.answer = answer

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", RELAY, relay_settings.relay_dsn], stderr=subprocess.DEVNULL)

    running, kills = [start(), start()], 0
    wanted: set[tuple[int, int]] = set()
    try:
        next_kill = time.monotonic() + 1.0
        while len(wanted) < CHANGES:
            with shop.transaction() as transaction:
                shop.execute("select jalon_engine.seal_actor('t', 'anna', 'clerk,admin')")
                moved = shop.execute("""update shop.orders set status = case status when 'NEW' then 'PAID'
                    else 'NEW' end
                    where id in (select id from shop.orders order by random() limit 10)
                        returning id, status_version""").fetchall()
                if chance.random() < 0.1:
                    raise psycopg.Rollback(transaction)
                wanted.update(moved)
            if time.monotonic() > next_kill:
                victim = chance.randrange(2)
                os.kill(running[victim].pid, signal.SIGKILL)
                running[victim].wait()
                running[victim] = start()
                kills += 1
                next_kill = time.monotonic() + 0.4 + chance.random()
            time.sleep(0.01)
        for process in running:  # both, once more, with deliveries under way
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        running = [start()]
        until(
            lambda: (
                shop.execute("select count(*) from jalon_engine.outbox_message").fetchone() == (0,)
                and shop.execute(
                    "select count(*) from jalon_engine.webhook_delivery where due_at is not null"
                ).fetchone()
                == (0,)
            ),
            90,
        )
    finally:
        for process in running:
            process.kill()
            process.wait()
    assert wanted - accepted == set()  # none is lost
    assert set(ids) - wanted == set()  # none of what was rolled back
    assert all(len(found) == 1 for found in ids.values())  # the id is constant
    assert kills >= 1, json.dumps({"kills": kills})
