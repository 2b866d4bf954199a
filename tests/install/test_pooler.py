"""Behind a pooler that mixes up prepared statements, `serve` says so before it serves."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from jalon.install import pooler
from jalon.refusal import Refusal
from tests.pooler import MISSING, PGBOUNCER, pgbouncer


@pytest.fixture
def pooled(dsn: str) -> Iterator[Callable[[str], str]]:
    """pooled("transaction"): the connection string of a pgbouncer in front of this test's database."""
    if not PGBOUNCER:
        pytest.skip(MISSING)
    with contextlib.ExitStack() as started:
        yield lambda mode: started.enter_context(pgbouncer(dsn, mode))


def test_statements_that_are_mixed_up_are_refused_with_the_setting_that_helps(pooled: Callable[[str], str]) -> None:
    with pytest.raises(Refusal, match="JALON_PREPARED=false"):
        pooler.require_own_statements(pooled("transaction"))


def test_a_session_of_ones_own_is_not_refused(dsn: str, pooled: Callable[[str], str]) -> None:
    pooler.require_own_statements(dsn)
    pooler.require_own_statements(pooled("session"))


def test_a_database_that_is_away_is_another_matter() -> None:
    pooler.require_own_statements("host=127.0.0.1 port=1 user=nobody")


def test_a_limit_of_the_role_holds_whichever_connection_the_pooler_hands_out(
    db: psycopg.Connection[Any], pooled: Callable[[str], str]
) -> None:
    db.execute(f"alter role jalon_api in database {db.info.dbname} set lock_timeout = '1234ms'")
    way = make_conninfo(pooled("transaction"), user="jalon_api")
    with psycopg.connect(way) as first, psycopg.connect(way) as second:
        first.execute("select set_config('lock_timeout', '1s', false)")
        for connection in (first, second):
            assert connection.execute("show lock_timeout").fetchone() in {("1s",), ("1234ms",)}
        assert second.execute("show lock_timeout").fetchone() == ("1234ms",)
