"""A streaming standby answers what the primary answers, and refuses writers."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from jalon.install import embedded
from tests.conftest import programs
from tests.shop import Connection, import_changes, rows

QUESTIONS = (
    "jalon_history.orders_timeline",
    "jalon_history.orders_as_of('2026-10-02 12:00Z')",
    "jalon_history.orders_as_of('2026-10-02 12:00Z', '2')",
    "jalon_history.changes",
    "jalon_history.current",
    "jalon_recap.time_in_status('orders', '2026-10-01Z', '2026-11-01Z')",
    "jalon_recap.transitions()",
    "jalon_recap.weekly_changes('2026-W40')",
    "jalon_recap.weekly_counts('2026-W40')",
    "jalon_recap.weekly('2026-W40')",
    "jalon_recap.unreached()",
)


@pytest.fixture
def standby(orders: Connection) -> Iterator[Connection]:
    if "JALON_TEST_DSN" in os.environ:
        pytest.skip("a server of somebody else's")
    major = orders.info.server_version // 10_000
    with tempfile.TemporaryDirectory(prefix="jalon-standby-", ignore_cleanup_errors=True) as folder:
        copy = embedded.cluster(Path(folder), major, programs(major), ("fsync=off",))
        copy.make_private(copy.data, embedded.server_user())
        reach = ("-h", orders.info.host, "-p", str(orders.info.port), "-U", orders.info.user)
        copied = copy.run_program("pg_basebackup", "-D", str(copy.data), *reach, "-R", "-c", "fast")
        assert copied.returncode == 0, copied.stderr
        copy.start(lambda text: None)
        try:
            with psycopg.connect(copy.dsn(orders.info.dbname), autocommit=True) as connection:
                yield connection
        finally:
            copy.stop()


def test_a_standby_answers_as_the_primary_does_and_refuses_writers(orders: Connection, standby: Connection) -> None:
    import_changes(
        orders,
        (1, "NEW", "2026-10-01Z"),
        (1, "PAID", "2026-10-02Z"),
        (2, "NEW", "2026-10-02Z"),
        (3, "NEW", "2026-10-01Z"),
    )
    orders.execute("delete from shop.orders where id = 3")
    (position,) = rows(orders, "select pg_current_wal_insert_lsn()")[0]
    until = time.monotonic() + 30
    while not rows(standby, "select pg_last_wal_replay_lsn() >= %s", position)[0][0]:
        assert time.monotonic() < until, "the standby never caught up"
        time.sleep(0.05)
    standby.execute("set session authorization jalon_bi")
    assert rows(standby, "select pg_is_in_recovery()") == [(True,)]
    for question in QUESTIONS:
        select = f"select to_jsonb(q) - 'duration' - 'duration_seconds' from {question} q order by 1"
        assert rows(standby, select) == rows(orders, select), question
    standby.execute("reset session authorization")
    assert rows(standby, "select * from jalon.verify()") == rows(orders, "select * from jalon.verify()")
    for writer in ("update shop.orders set status = 'PAID' where id = 2", "select jalon.ensure_partitions()"):
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            standby.execute(writer)
