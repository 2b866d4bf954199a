"""A standby takes over while changes are made: what was acknowledged and is missing afterwards, and what isn't."""

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon.dsn import with_tcp_options
from jalon.install import embedded
from jalon.install.migrate import migrate
from jalon.settings import Settings
from tests.web_shop import SHOP

pytestmark = pytest.mark.second_lane
NOTIFICATION = """
    insert into jalon_engine.notification (id, recipient, acted_by, type, priority, message, params, tracked,
        record_key)
    values (jalon_engine.uuid7(), 'anna', 'ben', 'webhook_disabled', 'high', 'webhook.disabled.failing',
        '{"url": "after", "period": "5 days"}', 'webhook', '1')
"""
CURSOR = "select next_cursor from jalon_recap.records_since(null, 'orders')"
CHANGES = "select orders_id from jalon_history.shop__orders where new_status = 'PAID' order by 1"


def until(holds: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 60
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)
    return found


def connect(cluster: embedded.Cluster) -> psycopg.Connection[Any]:
    return psycopg.connect(cluster.dsn(), autocommit=True)


@contextmanager
def running_primary(home: Path) -> Iterator[embedded.Cluster]:
    """A server with the shop of the tests in it."""
    cluster = embedded.cluster(home)
    cluster.start(lambda text: None)
    embedded.ensure_database(cluster)
    migrate(Settings(home=home, dsn=cluster.dsn(), modules="none"), cluster.dsn(), lambda text: None)
    with connect(cluster) as db:
        db.execute(SHOP)
    yield cluster
    cluster.stop()


@contextmanager
def running_standby(primary: embedded.Cluster) -> Iterator[embedded.Cluster]:
    """A standby that replays what the primary does."""
    with tempfile.TemporaryDirectory(prefix="jalon-standby-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        copy = embedded.cluster(Path(folder) / "home")
        copy.make_private(copy.data, embedded.server_user())
        reach = f"host={primary.socket} user=postgres application_name=standby"
        copied = copy.run_program("pg_basebackup", "-D", str(copy.data), "-d", reach, "-R", "-c", "fast")
        assert copied.returncode == 0, copied.stderr
        copy.start(lambda text: None)
        yield copy
        copy.stop()


@pytest.fixture
def primary(home: Path) -> Iterator[embedded.Cluster]:
    with running_primary(home) as cluster:
        yield cluster


@pytest.fixture
def standby(primary: embedded.Cluster) -> Iterator[embedded.Cluster]:
    with running_standby(primary) as cluster:
        yield cluster


def pay(db: psycopg.Connection[Any], order: int) -> None:
    with db.transaction():
        db.execute("select jalon_engine.seal_actor('t', 'anna', 'clerk')")
        db.execute("update shop.orders set status = 'PAID' where id = %s", (order,))


def wait_until_replayed(primary: embedded.Cluster, standby: embedded.Cluster) -> None:
    with connect(primary) as there, connect(standby) as here:
        (position,) = there.execute("select pg_current_wal_lsn()").fetchone() or (None,)
        until(lambda: here.execute("select pg_last_wal_replay_lsn() >= %s", (position,)).fetchone() == (True,))


@contextmanager
def nothing_received(standby: embedded.Cluster) -> Iterator[None]:
    """The process that receives changes stands still, as if the network between the two were slow."""
    with connect(standby) as db:
        (receiver,) = db.execute("select pid from pg_stat_wal_receiver").fetchone() or (0,)
    os.kill(receiver, signal.SIGSTOP)
    yield
    os.kill(receiver, signal.SIGKILL)  # which ends it although it stands still


def kill(cluster: embedded.Cluster) -> None:
    os.kill(int((cluster.data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)


def promote(standby: embedded.Cluster) -> psycopg.Connection[Any]:
    """A connection as an application makes it, which names both hosts and wants the one that takes changes."""

    def ready() -> bool:
        try:
            with connect(standby) as db:
                return db.execute("select pg_promote()").fetchone() == (True,)
        except psycopg.OperationalError:  # it restarts, because one of its processes was killed
            return False

    until(ready)
    return psycopg.connect(with_tcp_options(standby.dsn() + " target_session_attrs=read-write"), autocommit=True)


def test_asynchronous_replication_loses_what_had_not_arrived_and_leaves_no_trace(
    primary: embedded.Cluster, standby: embedded.Cluster
) -> None:
    with connect(primary) as db:
        pay(db, 1)
        wait_until_replayed(primary, standby)
        with nothing_received(standby):
            pay(db, 2)  # committed and acknowledged
            kill(primary)
    with promote(standby) as db:
        assert db.execute(CHANGES).fetchall() == [(1,)]
        assert db.execute("select status, status_version from shop.orders where id = 2").fetchone() == ("NEW", 1)
        assert db.execute("select problem from jalon.verify()").fetchall() == []
        pay(db, 2)
        assert db.execute(CHANGES).fetchall() == [(1,), (2,)]


def notify(db: psycopg.Connection[Any]) -> int:
    """The position of a new notification."""
    db.execute(NOTIFICATION)
    db.execute("select jalon.announce()")
    found = db.execute("select max(position) from jalon_engine.notification").fetchone()
    return int(found[0]) if found else 0


def timeline(server: embedded.Cluster) -> int | None:
    try:
        with connect(server) as db:
            found = db.execute("select jalon_engine.server_timeline()").fetchone()
            return int(found[0]) if found else None
    except psycopg.OperationalError:
        return None


def test_what_was_lost_leaves_no_position_and_no_cursor_that_would_be_used_twice(
    primary: embedded.Cluster, standby: embedded.Cluster
) -> None:
    """Whoever read further than the standby knows misses nothing of what it writes, from its first moment on."""
    with connect(primary) as db:
        first = notify(db)
        wait_until_replayed(primary, standby)
        with nothing_received(standby):
            lost = notify(db)
            pay(db, 1)
            (cursor,) = db.execute(CURSOR).fetchone() or ("",)
            kill(primary)
    assert (first, lost) == (1, 2)
    until(lambda: timeline(standby) == 1)  # it restarts, because one of its processes was killed
    with promote(standby) as db:
        assert timeline(standby) == 2
        again = db.execute("select record_key from jalon_recap.records_since(%s, 'orders')", (cursor,)).fetchall()
        assert again == [(None,)]  # all of the table
        now = notify(db)
        assert now > lost
        assert notify(db) == now + 1


def test_synchronous_replication_acknowledges_nothing_that_could_be_lost(
    primary: embedded.Cluster, standby: embedded.Cluster
) -> None:
    acknowledged: list[int] = []
    with connect(primary) as db:
        db.execute("alter system set synchronous_standby_names = 'standby'")
        db.execute("select pg_reload_conf()")
        until(lambda: db.execute("select 1 from pg_stat_replication where sync_state = 'sync'").fetchone())
        pay(db, 1)
        acknowledged.append(1)

        def second() -> None:
            try:
                with connect(primary) as other:
                    pay(other, 2)
                    acknowledged.append(2)
            except psycopg.OperationalError:
                pass

        with nothing_received(standby):
            waiting = threading.Thread(target=second)
            waiting.start()
            until(lambda: db.execute("select 1 from pg_stat_activity where wait_event = 'SyncRep'").fetchone())
            kill(primary)
            waiting.join(60)
    assert acknowledged == [1]
    with promote(standby) as db:
        assert {order for (order,) in db.execute(CHANGES)} >= set(acknowledged)
        assert db.execute("select problem from jalon.verify()").fetchall() == []
