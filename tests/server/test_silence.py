"""A database that says nothing: nobody waits without an end, and it is found again as soon as it answers."""

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg_pool import PoolTimeout

from jalon.dsn import TCP_OPTIONS, with_tcp_options
from jalon.server import database as database_module
from jalon.server.batching import Batcher
from jalon.server.database import Database
from jalon.server.problems import Problem, from_database
from jalon.settings import Settings
from tests.applications import client_of

from .silence import Way, way_to

BODY, CALLER = b'{"table": "orders", "to": "PAID"}', b'{"actor": "anna", "roles": ["clerk"]}'
MOVES = "/api/v1/tracked/orders/{}/moves"


@pytest.fixture
def way(settings: Settings) -> Iterator[tuple[Way, Settings]]:
    """A way to this test's database, and settings that take it; PostgreSQL has half a second for a statement."""
    with way_to(settings.api_dsn) as (way, dsn):
        yield way, msgspec.structs.replace(settings, api_dsn=dsn, request_timeout=0.5, pool_timeout=0.5, tick=0)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "SILENCE_SECONDS", 0.3)


def test_every_connection_notices_that_the_other_end_is_gone_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = psycopg.conninfo.conninfo_to_dict
    assert TCP_OPTIONS.items() <= parts(with_tcp_options("postgresql://anna@one,two/shop")).items()
    given = parts(with_tcp_options("host=one,two keepalives_idle=60 connect_timeout=9"))
    assert (given["keepalives_idle"], given["connect_timeout"], given["host"]) == ("60", "9", "one,two")
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "8")
    assert "connect_timeout" not in parts(with_tcp_options("dbname=shop"))


def test_no_connection_is_opened_without_these_options() -> None:
    app = Path(database_module.__file__).parents[1]
    sources = {path.name: path.read_text() for path in app.rglob("*.py")}
    opens = re.compile(r"psycopg\.connect\(|AsyncConnectionPool\(|AsyncConnection\.connect\(|DatabaseURI\(")
    opening = [name for name, text in sources.items() if opens.search(text) and "with_tcp_options" not in text]
    assert opening == ["embedded.py"]  # by a unix socket only


def test_a_call_that_is_not_answered_ends_and_its_outcome_is_unknown(way: tuple[Way, Settings]) -> None:
    way_there, settings = way

    async def main() -> Problem:
        database = Database(settings)
        async with database.open():
            await database.pool.wait()
            way_there.fall_silent()
            with pytest.raises(Problem) as refused:
                await database.call("health", None, b"{}", b"{}")
            return refused.value

    problem = asyncio.run(main())
    assert (problem.status, problem.code, problem.members["outcome"]) == (503, "08006", "unknown")
    assert problem.headers == {"retry-after": "1"}


def test_calls_that_wait_for_a_connection_end_undone(way: tuple[Way, Settings]) -> None:
    way_there, settings = way
    settings = msgspec.structs.replace(settings, pool_size=1)

    async def main() -> list[Any]:
        database = Database(settings)
        async with database.open():
            await database.pool.wait()
            way_there.fall_silent()
            calls = (database.call("health", None, b"{}", b"{}") for _ in range(5))
            return await asyncio.gather(*calls, return_exceptions=True)

    outcomes = [problem.members["outcome"] for problem in asyncio.run(main())]
    assert sorted(outcomes) == ["undone"] * 4 + ["unknown"]


class Counting(Database):
    """Counts the statements that it is asked for."""

    asked = 0

    async def rows(self, *arguments: Any, **options: Any) -> list[Any]:
        self.asked += 1
        return await super().rows(*arguments, **options)


def test_calls_that_wait_in_a_queue_end_when_their_time_is_over_and_are_not_sent(
    shop: Any, way: tuple[Way, Settings]
) -> None:
    way_there, settings = way

    async def main() -> list[Any]:
        database = Counting(settings)
        async with database.open():
            await database.pool.wait()
            queue = Batcher(database, "move_record", 1)
            way_there.fall_silent()
            calls = (queue.call(str(n % 60 + 1), BODY, CALLER, False) for n in range(90))
            found = await asyncio.gather(*calls, return_exceptions=True)
            assert database.asked < 45
            return found

    outcomes = [problem.members["outcome"] for problem in asyncio.run(main())]
    assert set(outcomes) == {"undone", "unknown"}
    assert outcomes.count("unknown") < 10
    assert shop.execute("select count(*) from shop.orders where status = 'PAID'").fetchone() == (0,)


def test_a_call_with_a_key_is_repeated_within_its_time_and_not_beyond(shop: Any, way: tuple[Way, Settings]) -> None:
    way_there, settings = way

    async def main() -> Any:
        database = Counting(settings)
        async with database.open():
            await database.pool.wait()
            queue = Batcher(database, "move_record", 64)
            way_there.fall_silent()
            caller = b'{"actor": "anna", "roles": ["clerk"], "idempotencyKey": "k"}'
            return (await asyncio.gather(queue.call("1", BODY, caller, True), return_exceptions=True))[0]

    problem = asyncio.run(main())
    assert (problem.status, problem.members["outcome"]) == (503, "unknown")


def test_one_silent_connection_takes_those_beside_it_along(way: tuple[Way, Settings]) -> None:
    """The connections of before are dead, new ones work: a single call pays for it."""
    way_there, settings = way
    settings = msgspec.structs.replace(settings, pool_size=4)

    async def main() -> None:
        database = Database(settings)
        async with database.open():
            await asyncio.gather(*(database.rows("select pg_sleep(0.2)") for _ in range(4)))
            before = way_there.connections
            assert before == 4
            way_there.fall_silent()
            with pytest.raises(Problem):
                await database.call("health", None, b"{}", b"{}")
            way_there.speak()
            for _ in range(8):
                assert (await database.call("health", None, b"{}", b"{}")).status == 200

    asyncio.run(main())


def test_a_refusal_over_http_says_whether_the_move_is_undone(
    shop: Any, way: tuple[Way, Settings], bearer: Callable[..., dict[str, str]]
) -> None:
    way_there, settings = way
    clerk = bearer("anna", "clerk")
    with client_of(settings) as client:
        assert client.post(MOVES.format(1), json={"to": "PAID"}, headers=clerk).status_code == 200
        way_there.fall_silent()
        unknown = client.post(MOVES.format(2), json={"to": "PAID"}, headers=clerk)
        undone = client.post(MOVES.format(3), json={"to": "PAID"}, headers=clerk)
        read = client.get(MOVES.format(1).removesuffix("/moves"), headers=clerk)
    assert (unknown.status_code, unknown.json()["outcome"]) == (503, "unknown")
    assert "Idempotency-Key" in unknown.json()["hint"]
    assert (undone.status_code, undone.json()["outcome"]) == (503, "undone")
    assert (read.status_code, "outcome" in read.json()) == (503, False)


@pytest.mark.parametrize(
    ("sqlstate", "outcome", "helps"),
    [
        ("40001", "undone", True), ("55P03", "undone", True), ("53100", "undone", True), ("57014", "undone", False),
        ("53400", "undone", False), ("57P01", "unknown", True), ("08006", "unknown", True), (None, "unknown", True),
    ],
)  # fmt: skip
def test_retry_after_comes_with_what_a_repeat_may_help(sqlstate: str | None, outcome: str, helps: bool) -> None:
    error = psycopg.errors.lookup(sqlstate)("words") if sqlstate else psycopg.OperationalError("words")
    problem = from_database(error, {})
    assert (problem.status, problem.members["outcome"], "retry-after" in problem.headers) == (503, outcome, helps)


def test_who_got_no_connection_has_done_nothing() -> None:
    assert from_database(PoolTimeout("words"), {}).members["outcome"] == "undone"


def test_a_slow_statement_is_ended_by_postgresql_and_keeps_its_connection(way: tuple[Way, Settings]) -> None:
    way_there, settings = way

    async def main() -> None:
        database = Database(settings)
        async with database.open():
            await database.pool.wait()
            with pytest.raises(psycopg.errors.QueryCanceled):
                await database.rows("select pg_sleep(30)")
            assert (await database.call("health", None, b"{}", b"{}")).status == 200
            assert way_there.connections == 1

    asyncio.run(main())


def test_options_reach_the_server(settings: Settings) -> None:
    with psycopg.connect(make_conninfo(with_tcp_options(settings.dsn))) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
