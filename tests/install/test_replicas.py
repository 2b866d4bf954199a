"""Reads come from standbys: a caller sees what they did, and a standby that is behind or gone is noticed by nobody."""

import itertools
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from litestar.routes import HTTPRoute
from litestar.testing import TestClient
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL

from jalon.install import embedded
from jalon.refusal import Refusal
from jalon.server.auth import issue_token
from jalon.settings import Settings
from tests.applications import client_of
from tests.install.test_failover import connect, kill, running_primary, running_standby, until, wait_until_replayed

pytestmark = pytest.mark.second_lane
ORDER = "/api/v1/tracked/orders/{}"
# What a path names, for reads of one thing.
NAMES = {"table": "orders", "category": "ORDER_STATUS", "code": "NEW", "case_type": "*", "section": "mine", "id": "1"}
ORDERS = itertools.count(2)
NO_READS = (
    "/health",
    "/metrics",
    "/docs",
    "/console/sign-in",
    "/console/static",
    "/console/kit",
    "/console/session",
    "/console/recap-mail",
    "/errors",
    "stream",
    "webhooks/{",
)


class Reader:
    """A client of an application that reads from a standby."""

    def __init__(self, client: TestClient[Any], settings: Settings) -> None:
        self.client = client
        self.headers = {"authorization": "Bearer " + issue_token(settings, "anna", ["clerk", "admin"])}
        self.replicas = client.app.state.replicas
        self.replica = self.replicas.replicas[0]

    def get(self, address: str, **headers: str) -> httpx.Response:
        return self.client.get(address, headers=self.headers | {k.replace("_", "-"): v for k, v in headers.items()})

    def pay(self, order: int) -> httpx.Response:
        return self.client.post(f"{ORDER.format(order)}/moves", json={"to": "PAID"}, headers=self.headers)

    def status(self, order: int, **headers: str) -> tuple[str, str]:
        """The status of an order, and why it was read where it was."""
        before = self.replicas.reads.copy()
        answer = self.get(ORDER.format(order), **headers)
        assert answer.status_code == 200, answer.text
        (why,) = self.replicas.reads - before
        return answer.json()["statuses"][0]["code"], why

    def metric(self, name: str) -> float:
        lines = self.get("/metrics").text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


@pytest.fixture(scope="module")
def primary() -> Iterator[embedded.Cluster]:
    with tempfile.TemporaryDirectory(prefix="jalon-home-") as folder:
        Path(folder).chmod(0o755)
        with running_primary(Path(folder) / "home") as cluster:
            yield cluster


@pytest.fixture(scope="module")
def standby(primary: embedded.Cluster) -> Iterator[embedded.Cluster]:
    with running_standby(primary) as cluster:
        yield cluster


@pytest.fixture
def order() -> int:
    """An order that no other test pays."""
    return next(ORDERS)


@pytest.fixture
def reading(primary: embedded.Cluster, standby: embedded.Cluster, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """with reading() as reader: an application whose standby has answered."""

    @contextmanager
    def reading(**options: Any) -> Iterator[Reader]:
        settings = Settings(
            home=tmp_path, dsn=primary.dsn(), api_dsn=make_conninfo(primary.dsn(), user="jalon_api"), modules="none",
            token_secret="x" * 32, relay=False, **{"read_dsn": f"host={standby.socket}"} | options,
        )  # fmt: skip
        wait_until_replayed(primary, standby)
        with client_of(settings) as client:
            reader = Reader(client, settings)
            until(lambda: reader.replica.is_up and reader.replica.lag < settings.read_lag)
            yield reader

    return reading


def started(cluster: embedded.Cluster) -> bool:
    """Whether it has started; while processes of the one before still end, it can't."""
    try:
        cluster.start(lambda text: None)
    except Refusal:
        return False
    return True


@contextmanager
def nothing_replayed(standby: embedded.Cluster) -> Iterator[None]:
    with connect(standby) as db:
        db.execute("select pg_wal_replay_pause()")
        until(lambda: db.execute("select pg_get_wal_replay_pause_state()").fetchone() == ("paused",))
        try:
            yield
        finally:
            db.execute("select pg_wal_replay_resume()")


def test_a_caller_sees_their_change_although_the_standby_has_not_replayed_it(
    reading: Callable[..., Any], standby: embedded.Cluster, order: int
) -> None:
    with reading() as reader:
        assert reader.status(order) == ("NEW", "replica")
        with nothing_replayed(standby):
            answer = reader.pay(order)
            shown = answer.headers["jalon-transaction"]
            assert reader.status(order) == ("NEW", "replica")
            assert reader.status(order, jalon_transaction=shown) == ("PAID", "behind")
            assert reader.status(order, jalon_transaction="latest") == ("PAID", "asked")
            assert reader.status(order, cookie=f"jalon_transaction={shown}") == ("PAID", "behind")
            assert reader.status(order, cookie="jalon_transaction=x") == ("PAID", "asked")
        until(lambda: reader.status(order, jalon_transaction=shown) == ("PAID", "replica"))
        assert reader.metric('jalon_reads_total{where="primary",why="behind"') >= 2


def test_a_repeat_under_a_key_shows_what_the_first_request_did(
    reading: Callable[..., Any], standby: embedded.Cluster, order: int
) -> None:
    with reading() as reader, nothing_replayed(standby):
        reader.headers["idempotency-key"] = "once"
        assert reader.pay(order).status_code == 200
        repeat = reader.pay(order)
        assert repeat.headers["idempotent-replayed"] == "true"
        assert reader.status(order, jalon_transaction=repeat.headers["jalon-transaction"]) == ("PAID", "behind")


def test_a_browser_shows_its_change_by_a_cookie(
    reading: Callable[..., Any], standby: embedded.Cluster, order: int
) -> None:
    with reading() as reader, nothing_replayed(standby):
        reader.headers["cookie"] = "jalon_theme=dark"
        answer = reader.pay(order)
        number = answer.headers["jalon-transaction"]
        assert answer.headers["set-cookie"] == (
            f"jalon_transaction={number}; Path=/; Max-Age=65; HttpOnly; SameSite=Strict"
        )
        page = reader.get(f"/console/records/orders/{order}", cookie=f"jalon_transaction={number}")
        assert page.status_code in (200, 303)


def test_a_transaction_that_runs_is_not_taken_for_replayed_because_a_later_one_is(
    primary: embedded.Cluster, standby: embedded.Cluster
) -> None:
    number = "select pg_current_xact_id()::text"
    replayed = "select jalon_engine.has_replayed(%s::xid8)"
    with connect(primary) as early, connect(primary) as late, connect(standby) as db:
        with early.transaction():
            early.execute("update shop.orders set customer = 'somebody' where id = 1")
            (first,) = early.execute(number).fetchone() or ("",)
            with late.transaction():
                late.execute("create table shop.made ()")
                (second,) = late.execute(number).fetchone() or ("",)
            wait_until_replayed(primary, standby)
            assert db.execute(replayed, (second,)).fetchone() == (True,)
            assert db.execute(replayed, (first,)).fetchone() == (False,)
            assert db.execute(replayed, (str(int(second) + 1000),)).fetchone() == (False,)
        wait_until_replayed(primary, standby)
        assert db.execute(replayed, (first,)).fetchone() == (True,)
        assert db.execute(replayed, ("3",)).fetchone() == (True,)


def test_a_standby_that_is_too_far_behind_is_not_read(
    reading: Callable[..., Any], primary: embedded.Cluster, standby: embedded.Cluster, order: int
) -> None:
    with reading(read_lag=2) as reader:
        with nothing_replayed(standby), connect(primary) as db:
            db.execute("update shop.orders set customer = 'somebody' where id = 3")
            until(lambda: reader.replica.lag > 2)
            reader.pay(order)
            assert reader.status(order) == ("PAID", "lag")
            assert reader.metric('jalon_reads_total{where="primary",why="lag"') == 1
            assert reader.metric("jalon_replica_lag_seconds") > 2
            assert reader.metric("jalon_replica_up") == 1
            assert reader.get("/health/ready").status_code == 200
        until(lambda: reader.status(order) == ("PAID", "replica"))


def test_a_standby_that_is_cut_off_from_the_primary_is_not_believed(
    reading: Callable[..., Any], standby: embedded.Cluster, order: int
) -> None:
    with reading(read_lag=2) as reader:
        with connect(standby) as db:
            (before,) = db.execute("show primary_conninfo").fetchone() or ("",)
            db.execute("alter system set primary_conninfo = 'host=/nowhere'")
            db.execute("select pg_reload_conf()")
            until(lambda: not db.execute("select 1 from pg_stat_wal_receiver").fetchone())
            reader.pay(order)
            until(lambda: reader.replica.lag > 2)
            assert reader.status(order) == ("PAID", "lag")
            db.execute(SQL("alter system set primary_conninfo = {}").format(before))
            db.execute("select pg_reload_conf()")
        until(lambda: reader.status(order) == ("PAID", "replica"))


@pytest.mark.parametrize("fail", [kill, "host gone"], ids=["killed", "host gone"])
def test_reads_go_on_without_the_standby(
    reading: Callable[..., Any], standby: embedded.Cluster, fail: Any, order: int
) -> None:
    processes: list[int] = []
    with reading(request_timeout=4) as reader:
        try:
            if fail is kill:
                kill(standby)
            else:
                postmaster = (standby.data / "postmaster.pid").read_text().splitlines()[0]
                children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
                processes = [int(process) for process in (postmaster, *children)]
                for process in processes:
                    os.kill(process, signal.SIGSTOP)
            answer = reader.get(ORDER.format(order))
            assert (answer.status_code, answer.json()["statuses"][0]["code"]) == (200, "NEW")
            assert answer.elapsed.total_seconds() < reader.replicas.database.call_seconds
            until(lambda: not reader.replica.is_up)
            assert reader.status(order) == ("NEW", "away")
            assert reader.metric("jalon_replica_up") == 0
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)
        if fail is kill:
            (standby.data / "postmaster.pid").unlink()  # nobody may have asked yet how the process ended
            until(lambda: started(standby))
        until(lambda: reader.status(order) == ("NEW", "replica"))


def test_each_of_several_standbys_answers_in_turn_and_one_that_is_missing_does_not_matter(
    reading: Callable[..., Any], primary: embedded.Cluster, standby: embedded.Cluster, order: int
) -> None:
    with reading(read_dsn=f"host={standby.socket},{primary.socket},/nowhere") as reader:
        first, second, missing = reader.replicas.replicas
        until(lambda: first.is_up and second.is_up)
        for _ in range(4):
            assert reader.status(order) == ("NEW", "replica")
        assert not missing.is_up
        until(lambda: reader.metric("jalon_replica_up") == 2)


def test_a_standby_answers_every_read_as_the_primary_does(
    reading: Callable[..., Any], primary: embedded.Cluster, standby: embedded.Cluster, order: int
) -> None:
    with reading() as reader:
        reader.pay(order)
        wait_until_replayed(primary, standby)
        reader.replicas.reads.clear()
        for route in [
            each for each in reader.client.app.routes if isinstance(each, HTTPRoute) and "GET" in each.methods
        ]:
            if any(name in route.path_format for name in NO_READS):
                continue
            address = route.path_format.format_map(NAMES)
            before = reader.replicas.reads.copy()
            here, there = reader.get(address), reader.get(address, jalon_transaction="latest")
            assert here.status_code == there.status_code, address
            if here.status_code == 200:
                assert (reader.replicas.reads - before)["replica"] > 0, address
        # The reads that write are not asked of a standby again.
        assert reader.replicas.writers == set(), reader.replicas.reads
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), connect(standby) as db:
            db.execute("update shop.orders set status = 'PAID' where id = 2")


def test_what_a_standby_refuses_the_primary_decides(
    reading: Callable[..., Any], primary: embedded.Cluster, standby: embedded.Cluster
) -> None:
    with reading() as reader, nothing_replayed(standby), connect(primary) as db:
        db.execute("insert into shop.orders (id) overriding system value values (900)")
        assert reader.status(900) == ("NEW", "refused")
        assert reader.get(ORDER.format(901)).status_code == 404


@pytest.mark.parametrize("shown", ["", "-1", "1" * 19, "soon", "١"])
def test_a_transaction_that_is_no_number_is_refused(client: TestClient[Any], bearer: Any, shown: str) -> None:
    headers = bearer("anna") | {"jalon-transaction": shown.encode()}
    answer = client.get("/api/v1/tracked", headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (400, "Jalon-Transaction")
