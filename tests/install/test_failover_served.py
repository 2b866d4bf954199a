"""A standby takes over under a server that goes on: nothing acknowledged is lost, and nothing has to be restarted."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from psycopg.conninfo import make_conninfo

from jalon.install import embedded
from jalon.server.auth import issue_token
from jalon.settings import Settings
from tests.install.test_failover import connect, kill, primary, promote, standby, until
from tests.outbox.conftest import Receiver, receiver
from tests.serving import serving

__all__ = ["primary", "receiver", "standby"]
pytestmark = pytest.mark.second_lane
CALLERS = 4
ORDERS = 60
STREAM = "/api/organizer/notifications/stream"
NOTICE = """
    insert into jalon_engine.notification (id, recipient, acted_by, type, priority, message, params, tracked,
        record_key)
    values (jalon_engine.uuid7(), 'anna', 'ben', 'webhook_disabled', 'high', 'webhook.disabled.failing',
        '{"url": "after", "period": "5 days"}', 'webhook', '1')
"""


def stand_still(cluster: embedded.Cluster) -> None:
    """Nothing answers any more, and nothing says so: as if the host were gone."""
    postmaster = (cluster.data / "postmaster.pid").read_text().splitlines()[0]
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for process in (postmaster, *children):
        os.kill(int(process), signal.SIGSTOP)


@pytest.fixture
def pair(primary: embedded.Cluster, standby: embedded.Cluster) -> Iterator[tuple[embedded.Cluster, embedded.Cluster]]:
    with connect(primary) as db:
        db.execute("alter system set synchronous_standby_names = 'standby'")
        db.execute("select pg_reload_conf()")
        until(lambda: db.execute("select 1 from pg_stat_replication where sync_state = 'sync'").fetchone())
    yield primary, standby
    with suppress(ProcessLookupError):
        kill(primary)  # one that stands still doesn't stop


def settings_for(pair: tuple[embedded.Cluster, embedded.Cluster], home: Path) -> Settings:
    hosts = ",".join(str(cluster.socket) for cluster in pair)
    dsn = f"host={hosts} dbname=jalon target_session_attrs=read-write"
    return Settings(
        home=home, dsn=make_conninfo(dsn, user="postgres"), api_dsn=make_conninfo(dsn, user="jalon_api"),
        relay_dsn=make_conninfo(dsn, user="jalon_relay"), modules="none", token_secret="x" * 32, request_timeout=1,
        pool_timeout=1, webhook_allow="127.0.0.0/8", webhook_allow_http=True, heartbeat=1,
    )  # fmt: skip


class Callers:
    """People who pay orders one after the other, and note what was acknowledged, and when."""

    def __init__(self, url: str, token: str) -> None:
        self.acknowledged: list[tuple[float, int]] = []
        self.orders = iter(range(1, ORDERS + 1))
        self.is_over = False
        self.client = httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=30)
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(CALLERS)]
        for thread in self.threads:
            thread.start()

    def work(self) -> None:
        for order in self.orders:
            # Under a key of its own a repeat changes nothing twice.
            while not self.is_over and not self.pay(order):
                time.sleep(0.02)

    def pay(self, order: int) -> bool:
        try:
            answer = self.client.post(
                f"/api/v1/tracked/orders/{order}/moves", json={"to": "PAID"}, headers={"idempotency-key": f"k{order}"}
            )
        except httpx.HTTPError:
            return False
        if answer.status_code != 200:
            assert answer.status_code == 503, answer.text
            return False
        self.acknowledged.append((time.monotonic(), order))
        return True

    def end(self) -> None:
        self.is_over = True
        for thread in self.threads:
            thread.join(30)


class Reader:
    """Somebody who reads notifications as they come."""

    def __init__(self, url: str, token: str) -> None:
        self.heard: list[str] = []
        self.client = httpx.Client(timeout=90)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.address, self.headers = f"{url}{STREAM}", {"authorization": f"Bearer {token}"}
        self.thread.start()
        until(lambda: self.heard)

    def read(self) -> None:
        with suppress(httpx.HTTPError), self.client.stream("GET", self.address, headers=self.headers) as stream:
            self.heard.extend(stream.iter_lines())


@pytest.mark.parametrize("fail", [kill, stand_still], ids=["killed", "host gone"])
def test_callers_relay_and_streams_go_on_after_a_promotion(
    pair: tuple[embedded.Cluster, embedded.Cluster], home: Path, receiver: Receiver,
    fail: Callable[[embedded.Cluster], None],
) -> None:  # fmt: skip
    settings = settings_for(pair, home)
    token = issue_token(settings, "anna", ["clerk", "admin"])
    with serving(settings) as (url, app):
        made = httpx.post(
            f"{url}/api/v1/webhooks", json={"url": receiver.url, "eventTypes": ["orders.*"]},
            headers={"authorization": f"Bearer {token}"}, timeout=30,
        )  # fmt: skip
        assert made.status_code == 201, made.text
        reader = Reader(url, token)
        callers = Callers(url, token)
        until(lambda: len(callers.acknowledged) > 10 and app.state.relay.is_up)
        fail(pair[0])
        promote(pair[1]).close()
        promoted_at = time.monotonic()
        until(lambda: callers.acknowledged[-1][0] > promoted_at and len(callers.acknowledged) == ORDERS)
        callers.end()
        first = min(at for at, _ in callers.acknowledged if at > promoted_at)
        print(json.dumps({"first answer after the promotion, in seconds": round(first - promoted_at, 2)}))
        with connect(pair[1]) as db:
            paid = {order for (order,) in db.execute("select id from shop.orders where status = 'PAID'")}
            assert {order for _, order in callers.acknowledged} <= paid
            recorded = db.execute("select count(*) from jalon_history.shop__orders where new_status = 'PAID'")
            assert recorded.fetchone() == (ORDERS,)
            assert db.execute("select problem from jalon.verify()").fetchall() == []
            db.execute(NOTICE)
        until(lambda: {got.data["key"] for got in receiver.got if got.data["to"] == "PAID"} >= paid)
        until(lambda: any("after" in line for line in reader.heard))
