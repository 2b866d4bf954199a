"""Calls that arrive while a statement is under way wait, and go together in the next one.

The commit and the round trip are shared, the rules are not: jalon_api.together() runs each call in a subtransaction of its
own, with its own actor, reason, precondition, idempotency key and outcome. A lone caller waits for nobody. Many callers
go in two halves by turns: while PostgreSQL works for one, this process answers and reads the other. What keeps the
promises of single calls:

- a refusal undoes its own subtransaction and is told to its own caller;
- a call that meets a locked row is given back within 20 ms and done alone, with the usual patience;
- a statement that takes long (a slow guard) does not hold the queue: after PATIENCE the next one sets out beside it,
  and calls that it has not reached within its budget come back to the head of the queue. Each tracked table has a
  queue of its own, so that one table's guards are nobody else's;
- when a whole statement fails and PostgreSQL says that it undid it, each call is done alone; when the connection broke,
  nobody knows whether it was committed: calls with an idempotency key are repeated (a repeat does nothing twice), the
  others are told;
- a caller who goes away before their turn is not served, and after it disturbs nobody.
"""

import asyncio
from collections import deque
from typing import Any

import msgspec
import psycopg

from jalon.server import problems
from jalon.server.database import Answer, Attempt, Database

PATIENCE = 0.05  # seconds after which a statement no longer counts as the one under way
ABREAST = 4  # statements under way at most, the late ones included
MOST = 256  # queues; a name of which there is no table has one too, for as long as it is asked for
ALONE = "55P03"  # a row was locked: this call is done alone


class Call:
    """One caller's turn."""

    __slots__ = ("caller", "data", "key", "keyed", "outcome")

    def __init__(self, key: str, data: bytes, caller: bytes, keyed: bool, outcome: "asyncio.Future[Answer]") -> None:
        self.key, self.data, self.caller, self.keyed, self.outcome = key, data, caller, keyed, outcome

    def settle(self, result: Answer | BaseException) -> None:
        if self.outcome.done():
            return  # its caller has gone
        if isinstance(result, BaseException):
            self.outcome.set_exception(result)
        else:
            self.outcome.set_result(result)


def encode(calls: list[Call]) -> bytes:
    """[[key, input, caller], …]; input and caller are JSON already."""
    return (
        b"[" + b",".join(b"[" + b",".join((msgspec.json.encode(c.key), c.data, c.caller)) + b"]" for c in calls) + b"]"
    )


class Coalescer:
    """The queue of one function of schema jalon_api."""

    def __init__(self, database: Database, function: str, size: int) -> None:
        self.database, self.function, self.size = database, function, size
        self.waiting: deque[Call] = deque()
        self.under_way = False  # whether a statement holds the queue
        self.aboard = 0  # calls in the statement that set out last
        self.abreast = 0  # statements under way, the late ones too
        self.alone = asyncio.Semaphore(max(1, database.settings.pool_size // 2))
        self.tasks: set[asyncio.Task[None]] = set()

    async def call(self, key: str, data: bytes, caller: bytes, keyed: bool) -> Answer:
        if (
            len(self.waiting) >= self.database.settings.pool_waiting * self.size
        ):  # as many statements as the pool lets wait
            raise problems.busy()
        call = Call(key, data, caller, keyed, asyncio.get_running_loop().create_future())
        self.waiting.append(call)
        self.set_out()
        return await call.outcome

    def set_out(self) -> None:
        while self.waiting and not self.under_way and self.abreast < ABREAST:
            # Half of those who wait or were just served, who come back: if all went at once, they would go on doing so, and
            # PostgreSQL wait for this process and this process for PostgreSQL.
            half = (len(self.waiting) + self.aboard + 1) // 2
            calls = [
                c
                for c in (self.waiting.popleft() for _ in range(min(self.size, half, len(self.waiting))))
                if not c.outcome.done()
            ]
            if calls:
                calls.sort(key=lambda c: c.key)  # every process locks in one order
                self.under_way = True
                self.aboard = len(calls)
                self.abreast += 1
                self.start(self.travel(calls))

    def start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def travel(self, calls: list[Call]) -> None:
        holds = True

        def let_go() -> None:
            nonlocal holds
            if holds:
                holds = False
                self.under_way = False
                self.set_out()

        late = asyncio.get_running_loop().call_later(PATIENCE, let_go)
        try:
            try:
                attempts = await self.database.together(self.function, encode(calls))
            except psycopg.Error as error:
                await self.undo(calls, error)
            else:
                late.cancel()
                let_go()  # the next statement goes first, so that PostgreSQL works while these answers are written
                await self.tell(calls, attempts)
        except Exception as error:  # ours: told to each rather than leaving them waiting
            for call in calls:
                call.settle(error)
        finally:
            late.cancel()
            self.abreast -= 1
            let_go()
            self.set_out()

    async def undo(self, calls: list[Call], error: psycopg.Error) -> None:
        """The whole statement failed: what PostgreSQL undid, or what may be repeated, is done alone; the others are told."""
        problem = await self.database.problem(error)
        undone = error.sqlstate is not None and error.sqlstate[:2] not in ("08", "57")
        canceled = error.sqlstate == "57014"
        for call in calls:
            if undone or canceled or call.keyed:
                self.start(self.do_alone(call))
            else:
                call.settle(problem)

    async def tell(self, calls: list[Call], attempts: list[Attempt]) -> None:
        refused = []
        for attempt in attempts:
            call = calls[attempt.place]
            if attempt.sqlstate is None:
                call.settle(Answer(attempt.status or 200, attempt.body, attempt.etag, attempt.headers))
            elif attempt.sqlstate == ALONE:
                self.start(self.do_alone(call))
            else:
                refused.append((call, attempt))
        tried = {attempt.place for attempt in attempts}
        self.waiting.extendleft(calls[place] for place in range(len(calls) - 1, -1, -1) if place not in tried)
        for call, attempt in refused:  # last, since a code that is new may have to be looked up
            await self.database.learn(attempt.sqlstate)
            words = attempt.message or "", attempt.detail, attempt.hint
            call.settle(problems.refused(attempt.sqlstate or "", *words, self.database.registry))

    async def do(self, call: Call) -> None:
        try:
            call.settle(await self.database.call(self.function, call.key, call.data, call.caller))
        except Exception as error:
            call.settle(error)

    async def do_alone(self, call: Call) -> None:
        async with self.alone:
            if not call.outcome.done():
                await self.do(call)


class Queues:
    """One queue for each function and tracked table; none where coalescing is turned off."""

    def __init__(self, database: Database, size: int) -> None:
        self.database, self.size = database, size
        self.queues: dict[tuple[str, str | None], Coalescer] = {}

    def get(self, function: str, table: str | None) -> Coalescer | None:
        if self.size < 2:
            return None
        queue = self.queues.get((function, table))
        if queue is None:
            if len(self.queues) >= MOST:  # whoever asks chooses the table's name
                self.queues = {name: each for name, each in self.queues.items() if each.waiting or each.abreast}
            queue = self.queues[function, table] = Coalescer(self.database, function, self.size)
        return queue
