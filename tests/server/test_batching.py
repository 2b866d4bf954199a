"""Moves in a batch keep every promise of single moves: one test a promise."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import psycopg
import pytest

from jalon.server import batching
from jalon.server.batching import Batcher, Batchers
from jalon.server.database import Answer, Database
from jalon.server.problems import Problem
from jalon.settings import Settings

Shop = psycopg.Connection[Any]
Move = Callable[..., Awaitable[Answer]]

# The customer's name decides what a trigger of the shop does when their order is moved.
MISHAPS = """
create function shop.mishap() returns trigger language plpgsql security definer as $$
begin
    case new.customer
        when 'slow' then perform pg_sleep(1.5);
        when 'canceled' then raise query_canceled;
        when 'killed' then
            if not exists (select from shop.killed where id = new.id) then
                perform pg_terminate_backend(pg_backend_pid());
            end if;
        else null;
    end case;
    return new;
end
$$;
create table shop.killed (id integer);
grant usage on schema shop to public;
grant select on shop.killed to public;
create trigger a_mishap before update on shop.orders for each row
when (old.status is distinct from new.status) execute function shop.mishap();
"""
ONE_SLEEPS = "select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"


class Counting(Database):
    """Counts the statements that carried several calls."""

    batches: list[int]
    single = 0  # calls that ran alone
    has_single: asyncio.Event

    async def call(self, *arguments: Any, **options: Any) -> Answer:
        self.single += 1
        self.has_single.set()
        return await super().call(*arguments, **options)

    async def run_batch(self, function: str, calls: bytes, is_numbered: bool = False) -> Any:
        self.batches.append(len(msgspec.json.decode(calls)))
        return await super().run_batch(function, calls)


@asynccontextmanager
async def queue(settings: Settings) -> AsyncIterator[tuple[Move, Counting]]:
    database = Counting(settings)
    database.batches, database.has_single = [], asyncio.Event()
    async with database.open():
        await database.pool.wait()
        batcher = Batcher(database, "move_record", 64)

        async def move(
            order: int, to: str = "PAID", actor: str = "anna", key: str | None = None, **more: Any
        ) -> Answer:
            caller = {"actor": actor, "roles": ["clerk"], "ifMatch": more.pop("if_match", None), "idempotencyKey": key}
            given = {name: value for name, value in caller.items() if value is not None}
            body = {"table": "orders", "to": to} | more
            return await batcher.call(
                str(order), msgspec.json.encode(body), msgspec.json.encode(given), key is not None
            )

        yield move, database


def run(settings: Settings, scenario: Callable[[Move, Counting], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        async with queue(settings) as (move, database):
            return await scenario(move, database)

    return asyncio.run(main())


async def all_of(*moves: Awaitable[Answer]) -> list[Any]:
    return await asyncio.gather(*moves, return_exceptions=True)


def codes(outcomes: list[Any]) -> list[Any]:
    return [outcome.code if isinstance(outcome, Problem) else outcome.status for outcome in outcomes]


def history(shop: Shop) -> list[Any]:
    return shop.execute(
        "select orders_id, new_status, changed_by, reason from jalon_history.shop__orders where version > 1 "
        "order by orders_id, version"
    ).fetchall()


def test_moves_that_arrive_together_share_a_statement(shop: Shop, settings: Settings) -> None:
    async def scenario(move: Move, database: Counting) -> None:
        assert codes(await all_of(*(move(order) for order in range(1, 41)))) == [200] * 40
        assert database.batches[:3] == [1, 20, 19]

    run(settings, scenario)
    assert len(history(shop)) == 40
    # One that waits for a lock, or is late, may go again by itself.
    (transactions,) = shop.execute(
        "select count(distinct transaction_id) from jalon_history.shop__orders where version > 1"
    ).fetchone() or (40,)
    assert transactions < 10


@pytest.fixture
def no_statement_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """One statement sets out after the other, also where each takes long on a busy machine."""
    monkeypatch.setattr(batching, "SLOW_STATEMENT_SECONDS", 60)


@pytest.mark.usefixtures("no_statement_is_slow")
def test_the_next_statement_sets_out_before_the_answers_of_the_last_are_written(shop: Shop, settings: Settings) -> None:
    async def scenario(move: Move, database: Counting) -> None:
        batches_at_answer = []

        async def move_and_count(order: int) -> None:
            await move(order)
            batches_at_answer.append(len(database.batches))

        await all_of(*(move_and_count(order) for order in range(1, 4)))  # type: ignore[arg-type]
        assert batches_at_answer[0] == 2  # what the second doesn't reach in its time goes with a third

    run(settings, scenario)


def test_callers_who_come_back_go_in_two_halves(shop: Shop, settings: Settings) -> None:
    async def scenario(move: Move, database: Counting) -> None:
        async def busy(order: int) -> None:
            for _ in range(8):
                await move(order)

        await all_of(*(busy(order) for order in range(1, 33)))  # type: ignore[arg-type]
        assert max(database.batches) < 24

    run(settings, scenario)


def test_each_has_its_own_actor_and_reason(shop: Shop, settings: Settings) -> None:
    run(settings, lambda move, _: all_of(*(move(n, actor=f"actor {n}", reason=f"reason {n}") for n in range(1, 20))))
    assert history(shop) == [(n, "PAID", f"actor {n}", f"reason {n}") for n in range(1, 20)]


def test_each_has_its_own_roles(shop: Shop, settings: Settings) -> None:
    async def scenario(move: Move, database: Counting) -> None:
        queue = Batcher(database, "move_record", 64)
        body = msgspec.json.encode({"table": "orders", "to": "PAID"})
        callers = [{"actor": f"author {n}", "roles": ["clerk"] if n % 2 else []} for n in range(1, 11)]
        calls = (queue.call(c["actor"][7:], body, msgspec.json.encode(c), False) for c in callers)
        assert codes(await all_of(*calls)) == [200, "JL202"] * 5

    run(settings, scenario)


def test_readers_in_one_statement_see_their_own_moves_in_their_own_language(shop: Shop, settings: Settings) -> None:
    async def scenario(move: Move, database: Counting) -> None:
        await all_of(move(6), move(7))
        queue = Batcher(database, "record", 64)
        body = msgspec.json.encode({"table": "orders"})
        readers = [
            (key, {"actor": "anna", "roles": roles, "language": language})
            for roles in (["clerk"], ["admin"])
            for language in ("en", "fr")
            for key in ("1", "2", "6", "7")
        ]
        run_batch = await all_of(*(queue.call(key, body, msgspec.json.encode(who), False) for key, who in readers))
        alone = [await database.call("record", key, body, msgspec.json.encode(who)) for key, who in readers]
        assert codes(run_batch) == [200] * len(readers)
        assert [answer.body for answer in run_batch] == [answer.body for answer in alone]
        assert (
            len({msgspec.json.encode(msgspec.json.decode(answer.body)["statuses"]) for answer in alone if answer.body})
            > 4
        )

    run(settings, scenario)


def test_each_has_its_own_if_match(shop: Shop, settings: Settings) -> None:
    tags = ['"2.1"', '"3.9"', 'W/"4.1"', '"x", "5.1"', "*", "nonsense"]
    outcomes = run(settings, lambda move, _: all_of(*(move(n, if_match=tag) for n, tag in enumerate(tags, 2))))
    assert codes(outcomes) == [200, "JL410", "JL410", 200, 200, "JL405"]


def test_one_refusal_touches_nobody_else(shop: Shop, settings: Settings) -> None:
    goals = ["PAID", "SHIPPED", "PAID", "NONSENSE", "PAID", "CANCELLED", "PAID"]
    outcomes = run(settings, lambda move, _: all_of(*(move(n, goal) for n, goal in enumerate(goals, 1))))
    assert codes(outcomes) == [200, "JL101", 200, "JL402", 200, "JL301", 200]
    assert outcomes[1].members["allowed"] == ["PAID", "CANCELLED"]
    assert [row[0] for row in history(shop)] == [1, 3, 5, 7]


@pytest.mark.usefixtures("no_statement_is_slow")
def test_of_two_on_one_record_the_first_wins_and_the_second_is_refused(shop: Shop, settings: Settings) -> None:
    async def scenario(move: Move, database: Counting) -> None:
        moves = [move(1, "PAID"), *(move(7, "PAID", if_match='"7.1"', actor=f"actor {n}") for n in range(20))]
        assert sorted(codes(await all_of(*moves)), key=str) == [200, 200, *["JL410"] * 19]

    run(settings, scenario)
    assert [row for row in history(shop) if row[0] == 7] == [(7, "PAID", "actor 0", None)]


def test_a_repeat_in_the_same_statement_is_answered_and_not_done_again(shop: Shop, settings: Settings) -> None:
    async def scenario(move: Move, database: Counting) -> None:
        outcomes = await all_of(move(1), *(move(7, key="k") for _ in range(3)), move(8, key="k"))
        assert codes(outcomes) == [200, 200, 200, 200, "JL412"]
        assert outcomes[1].body == outcomes[2].body == outcomes[3].body

    run(settings, scenario)
    assert [row[0] for row in history(shop)] == [1, 7]


def test_when_a_statement_fails_each_is_done_alone(shop: Shop, settings: Settings) -> None:
    shop.execute(MISHAPS)
    shop.execute("update shop.orders set customer = 'canceled' where id = 5")
    outcomes = run(settings, lambda move, _: all_of(*(move(n) for n in range(1, 10))))
    assert codes(outcomes) == [200, 200, 200, 200, "57014", 200, 200, 200, 200]
    assert [row[0] for row in history(shop)] == [1, 2, 3, 4, 6, 7, 8, 9]


def test_when_the_connection_breaks_only_what_has_a_key_is_repeated(shop: Shop, settings: Settings) -> None:
    shop.execute(MISHAPS)
    # The first of its statement, so that the connection breaks before anything of it is done.
    shop.execute("update shop.orders set customer = 'killed' where id = 2")

    async def scenario(move: Move, database: Counting) -> None:
        outcomes = await all_of(*(move(n, key=f"k{n}" if n in (3, 5) else None) for n in range(1, 9)))
        assert [getattr(o, "status", o) for o in outcomes] == [200, 503, 200, 503, 200, 200, 200, 200]
        assert database.batches[1] == 4  # 2 to 5

    run(settings, scenario)
    assert [row[0] for row in history(shop)] == [1, 3, 5, 6, 7, 8]


def test_a_locked_row_holds_nobody_up(shop: Shop, settings: Settings, connect: Callable[..., Shop]) -> None:
    other = connect(autocommit=False)
    other.execute("select from shop.orders where id = 5 for update")

    async def scenario(move: Move, database: Counting) -> None:
        began = time.monotonic()
        locked = asyncio.create_task(move(5))
        assert codes(await all_of(*(move(n) for n in (1, 2, 3, 4, 6, 7)))) == [200] * 6
        assert codes(await all_of(*(move(n) for n in (8, 9)))) == [200] * 2
        assert time.monotonic() - began < 0.5
        assert not locked.done()
        other.rollback()
        assert (await locked).status == 200

    run(settings, scenario)


def test_the_error_of_a_row_that_stays_locked_goes_to_its_own_caller(
    shop: Shop, settings: Settings, connect: Callable[..., Shop]
) -> None:
    other = connect(autocommit=False)
    other.execute("select from shop.orders where id = 5 for update")
    quick = msgspec.structs.replace(settings, row_timeout=0.2)
    outcomes = run(quick, lambda move, _: all_of(*(move(n) for n in range(1, 8))))
    assert codes(outcomes) == [200, 200, 200, 200, "55P03", 200, 200]
    assert (outcomes[4].status, outcomes[4].headers) == (503, {"retry-after": "1"})


@pytest.mark.parametrize("rows", [(5,), (5, 6, 7, 8, 9, 10, 11, 12)])
def test_callers_of_held_rows_wait_beside_those_of_other_rows(
    shop: Shop, settings: Settings, connect: Callable[..., Shop], rows: tuple[int, ...]
) -> None:
    other = connect(autocommit=False)
    other.execute("select from shop.orders where id = any (%s) for update", [list(rows)])
    patient = msgspec.structs.replace(settings, row_timeout=60, request_timeout=60)

    async def scenario(move: Move, database: Counting) -> None:
        held = [asyncio.create_task(move(row, key=f"{row}.{n}")) for n in range(20) for row in rows]
        await asyncio.wait_for(database.has_single.wait(), 30)
        for n in range(20, 30):  # in turn, as one who waits for each answer
            assert (await move(n)).status == 200
        assert not any(task.done() for task in held)
        assert database.single <= 5  # of ten connections, whatever the number of callers
        other.rollback()
        assert codes(await all_of(*held)) == [200] * len(held)

    run(patient, scenario)
    assert sorted(row[0] for row in history(shop)) == sorted([*rows, *range(20, 30)])


def test_each_caller_of_a_held_row_is_refused_when_their_own_patience_ends(
    shop: Shop, settings: Settings, connect: Callable[..., Shop]
) -> None:
    other = connect(autocommit=False)
    other.execute("select from shop.orders where id = 5 for update")
    quick = msgspec.structs.replace(settings, row_timeout=0.3)

    async def scenario(move: Move, database: Counting) -> None:
        outcomes = await all_of(*(move(5) for _ in range(40)))
        assert codes(outcomes) == ["55P03"] * 40
        assert {outcome.members["outcome"] for outcome in outcomes} == {"undone"}
        assert database.single < 5  # the others waited without a connection
        other.rollback()
        assert (await move(5)).status == 200

    run(quick, scenario)
    assert history(shop) == [(5, "PAID", "anna", None)]


def test_a_slow_guard_holds_up_only_those_of_its_statement(shop: Shop, settings: Settings) -> None:
    shop.execute(MISHAPS)
    shop.execute("update shop.orders set customer = 'slow' where id = 5")

    async def scenario(move: Move, database: Counting) -> None:
        slow = asyncio.create_task(move(5))
        await asyncio.sleep(0.02)
        began = time.monotonic()
        assert codes(await all_of(*(move(n) for n in range(10, 40)))) == [200] * 30
        assert time.monotonic() - began < 0.7
        assert not slow.done()
        assert (await slow).status == 200

    run(settings, scenario)


def test_what_a_slow_statement_did_not_reach_goes_with_the_next(shop: Shop, settings: Settings) -> None:
    shop.execute(MISHAPS)
    shop.execute("update shop.orders set customer = 'slow' where id = 2")

    async def scenario(move: Move, database: Counting) -> None:
        assert codes(await all_of(*(move(n) for n in (1, 2, 3, 4, 5)))) == [200] * 5
        assert database.batches == [1, 3, 1, 2]  # 3 and 4, which waited behind 2, go together

    run(settings, scenario)
    assert len(history(shop)) == 5


def test_who_goes_away_before_their_turn_is_not_served_and_disturbs_nobody(shop: Shop, settings: Settings) -> None:
    async def scenario(move: Move, database: Counting) -> None:
        tasks = [asyncio.create_task(move(n)) for n in range(1, 8)]
        await asyncio.sleep(0)  # the first has set out, the others wait
        tasks[3].cancel()
        outcomes = await all_of(*tasks)
        assert codes([o for o in outcomes if not isinstance(o, asyncio.CancelledError)]) == [200] * 6
        assert isinstance(outcomes[3], asyncio.CancelledError)

    run(settings, scenario)
    assert [row[0] for row in history(shop)] == [1, 2, 3, 5, 6, 7]


def test_who_goes_away_on_the_way_disturbs_nobody(shop: Shop, settings: Settings) -> None:
    shop.execute(MISHAPS)
    shop.execute("update shop.orders set customer = 'slow' where id = 3")

    async def scenario(move: Move, database: Counting) -> None:
        tasks = [asyncio.create_task(move(n)) for n in range(1, 4)]
        async with asyncio.timeout(10):
            while not shop.execute(ONE_SLEEPS).fetchone():  # noqa: ASYNC110 - no event tells of it
                await asyncio.sleep(0.01)
        tasks[2].cancel()
        assert codes(await all_of(*tasks[:2])) == [200, 200]

    run(settings, scenario)
    assert [row[0] for row in history(shop)] == [1, 2, 3]


def test_the_queue_is_bounded(shop: Shop, settings: Settings) -> None:
    small = msgspec.structs.replace(settings, pool_waiting=2)

    async def scenario(_: Move, database: Counting) -> list[Any]:
        queue = Batcher(database, "move_record", 3)
        body, caller = b'{"table": "orders", "to": "PAID"}', b'{"actor": "anna", "roles": ["clerk"]}'
        return await all_of(*(queue.call(str(n), body, caller, False) for n in range(1, 21)))

    outcomes = run(small, scenario)
    assert codes(outcomes).count(200) == 7  # one under way, and twice three that wait
    assert {o.status for o in outcomes if isinstance(o, Problem)} == {503}


def test_a_setting_turns_it_off(settings: Settings) -> None:
    assert Batchers(Database(settings), 1).get("move_record", "orders") is None
    assert Batchers(Database(settings), 64).get("move_record", "orders") is not None


@pytest.mark.parametrize("clients", [50])
def test_a_race_on_one_record_has_one_winner(shop: Shop, settings: Settings, clients: int) -> None:
    """Several processes' worth of queues at once, each with its own connections."""

    async def one(n: int) -> list[Any]:
        async with queue(settings) as (move, _):
            return await all_of(*(move(7, actor=f"{n}.{i}", if_match='"7.1"') for i in range(clients // 5)))

    async def main() -> list[Any]:
        return [outcome for outcomes in await asyncio.gather(*map(one, range(5))) for outcome in outcomes]

    outcomes = codes(asyncio.run(main()))
    assert outcomes.count(200) == 1
    assert set(outcomes) == {200, "JL410"}
    assert len([row for row in history(shop) if row[0] == 7]) == 1
