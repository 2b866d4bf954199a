"""Batches: calls that arrive while a statement is running wait, and share the next statement.

The calls of a batch share the commit and the round trip, nothing else. jalon_api.run_batch() runs each call in a
subtransaction of its own, with its own actor, reason, precondition, idempotency key and outcome. A single caller never
waits for others. Many callers alternate in two halves: while PostgreSQL works for one half, this process answers the
other. A call in a batch keeps what a single call promises:

- A refusal rolls back its own subtransaction and goes to its own caller.
- A call that meets a locked row comes back within 20 ms. One call of each locked row then waits for it in PostgreSQL,
  with the usual lock timeout. The others of that row wait here, each for as long, and go on as soon as the row is free.
- A slow statement (a slow guard) doesn't hold the queue. After SLOW_STATEMENT_SECONDS the next statement starts beside
  it. Calls that the slow one has not reached within its time limit return to the head of the queue. Each tracked table
  has a queue of its own, so that a slow guard delays its own table only.
- If a whole statement fails and PostgreSQL rolled it back, each call runs alone. If the connection broke, nobody knows
  whether the statement was committed: calls with an idempotency key run again (a repeat has no effect), the others get
  the error.
- A caller who disconnects before their call runs is skipped.
- A call ends when its time is over, wherever it is. One that was not sent is undone; the outcome of another is unknown.
"""

import asyncio
from collections import deque
from typing import Any

import msgspec
import psycopg

from jalon.server import problems
from jalon.server.database import Answer, BatchOutcome, Database

SLOW_STATEMENT_SECONDS = 0.05  # a statement that takes longer no longer holds the queue
MAX_STATEMENTS = 4  # running at the same time at most, slow ones included
MAX_QUEUES = 256  # at most; a table's name that doesn't exist has one too, while calls with it wait
ROW_IS_LOCKED = "55P03"  # SQLSTATE: this call waits for its row
BROKEN = "08006"  # SQLSTATE: nobody knows what became of it


class Call:
    """One caller's call, and the future that receives its outcome."""

    __slots__ = ("caller", "can_repeat", "data", "is_sent", "key", "outcome", "patience")

    def __init__(
        self, key: str, data: bytes, caller: bytes, can_repeat: bool, outcome: "asyncio.Future[Answer]"
    ) -> None:
        self.key, self.data, self.caller, self.can_repeat, self.outcome = key, data, caller, can_repeat, outcome
        self.is_sent = False  # whether it may have been done
        self.patience: asyncio.TimerHandle | None = None  # ends its wait for a row

    def end(self) -> None:
        """Its time is over."""
        self.set_outcome(problems.unavailable_problem(BROKEN) if self.is_sent else problems.busy_problem())

    def give_up_row(self) -> None:
        """It has waited for its row long enough; one that waits in PostgreSQL is ended there."""
        if not self.is_sent:
            self.set_outcome(problems.unavailable_problem(ROW_IS_LOCKED))

    def set_outcome(self, result: Answer | BaseException) -> None:
        if self.outcome.done():
            return  # its caller has disconnected
        if isinstance(result, BaseException):
            self.outcome.set_exception(result)
        else:
            self.outcome.set_result(result)


def encode(calls: list[Call]) -> bytes:
    """[[key, input, caller], …]; input and caller are JSON already."""
    return (
        b"[" + b",".join(b"[" + b",".join((msgspec.json.encode(c.key), c.data, c.caller)) + b"]" for c in calls) + b"]"
    )


class Batcher:
    """The queue of one function of schema jalon_api."""

    def __init__(self, database: Database, function: str, size: int, is_numbered: bool = False) -> None:
        self.database, self.function, self.size, self.is_numbered = database, function, size, is_numbered
        self.waiting: deque[Call] = deque()
        self.waiting_for_row: dict[str, deque[Call]] = {}  # key of a locked row -> the calls that wait here for it
        self.queue_is_held = False  # whether a statement holds the queue
        self.last_batch_size = 0  # calls in the statement that started last
        self.running = 0  # running statements, slow ones included
        self.single_calls = asyncio.Semaphore(max(1, database.settings.pool_size // 2))
        self.tasks: set[asyncio.Task[None]] = set()

    async def call(self, key: str, data: bytes, caller: bytes, can_repeat: bool) -> Answer:
        # As many statements as the pool lets wait.
        if len(self.waiting) >= self.database.settings.pool_waiting * self.size:
            raise problems.busy_problem()
        loop = asyncio.get_running_loop()
        call = Call(key, data, caller, can_repeat, loop.create_future())
        timer = loop.call_later(self.database.call_seconds, call.end)
        try:
            self.waiting.append(call)
            self.start_batches()
            return await call.outcome
        finally:
            timer.cancel()
            if call.patience:
                call.patience.cancel()

    def start_batches(self) -> None:
        while self.waiting and not self.queue_is_held and self.running < MAX_STATEMENTS:
            # Half of the callers, waiting or just answered (these call again). A batch of all of them would keep them
            # together: PostgreSQL would wait for this process, and this process for PostgreSQL.
            half = (len(self.waiting) + self.last_batch_size + 1) // 2
            taken = [self.waiting.popleft() for _ in range(min(self.size, half, len(self.waiting)))]
            calls = [c for c in taken if not c.outcome.done() and not self.waits_for_row(c)]
            if calls:
                calls.sort(key=lambda c: c.key)  # every process locks rows in the same order
                self.queue_is_held = True
                self.last_batch_size = len(calls)
                self.running += 1
                self.start(self.run_batch(calls))

    def waits_for_row(self, call: Call) -> bool:
        """Whether the row of this call is known to be locked; the call then waits for it."""
        line = self.waiting_for_row.get(call.key)
        if line is None:
            return False
        if call.patience is None:
            seconds = self.database.settings.row_timeout
            call.patience = asyncio.get_running_loop().call_later(seconds, call.give_up_row)
        line.append(call)
        return True

    def wait_for_row(self, call: Call) -> None:
        is_first = call.key not in self.waiting_for_row
        self.waiting_for_row.setdefault(call.key, deque())
        self.waits_for_row(call)
        if is_first:
            self.start(self.wait_in_postgresql(call.key))

    async def wait_in_postgresql(self, key: str) -> None:
        """Until the row is free, one call after the other waits there: the newest, whose patience lasts longest."""
        line = self.waiting_for_row[key]
        is_locked = True
        while is_locked and line:
            async with self.single_calls:
                while line and line[-1].outcome.done():
                    line.pop()
                if line:
                    is_locked = await self.run_alone(line.pop()) == ROW_IS_LOCKED
        del self.waiting_for_row[key]
        self.waiting.extendleft(reversed(line))
        self.start_batches()

    def start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def run_batch(self, calls: list[Call]) -> None:
        is_holding = True

        def release_queue() -> None:
            nonlocal is_holding
            if is_holding:
                is_holding = False
                self.queue_is_held = False
                self.start_batches()

        for call in calls:
            call.is_sent = True
        slow_timer = asyncio.get_running_loop().call_later(SLOW_STATEMENT_SECONDS, release_queue)
        try:
            try:
                outcomes = await self.database.run_batch(self.function, encode(calls), self.is_numbered)
            except psycopg.Error as error:
                await self.retry_individually(calls, error)
            else:
                slow_timer.cancel()
                release_queue()  # first, so that PostgreSQL works while these answers are written
                await self.hand_out(calls, outcomes)
        except Exception as error:  # a bug here must not leave the callers waiting
            for call in calls:
                call.set_outcome(error)
        finally:
            slow_timer.cancel()
            self.running -= 1
            release_queue()
            self.start_batches()

    async def retry_individually(self, calls: list[Call], error: psycopg.Error) -> None:
        """After a failed statement: calls that were rolled back or can be repeated run alone; others get the error."""
        problem = await self.database.problem(error)
        was_undone, got_no_connection = problems.is_undone(error), error.sqlstate is None
        for call in calls:
            call.is_sent = not was_undone
            if call.can_repeat or (was_undone and not got_no_connection):
                self.start(self.run_alone_in_turn(call))
            else:
                call.set_outcome(problem)

    async def hand_out(self, calls: list[Call], outcomes: list[BatchOutcome]) -> None:
        refusals = []
        for outcome in outcomes:
            call = calls[outcome.place]
            if outcome.sqlstate is None:
                facts = outcome.body, outcome.etag, outcome.headers, outcome.transaction
                call.set_outcome(Answer(outcome.status or 200, *facts))
            elif outcome.sqlstate == ROW_IS_LOCKED:
                call.is_sent = False
                self.wait_for_row(call)
            else:
                refusals.append((call, outcome))
        tried = {outcome.place for outcome in outcomes}
        untried = [call for place, call in enumerate(calls) if place not in tried]
        for call in untried:
            call.is_sent = False
        self.waiting.extendleft(reversed(untried))
        for call, outcome in refusals:  # last, since a new code may have to be looked up
            await self.database.refresh_error_codes(outcome.sqlstate)
            texts = outcome.message or "", outcome.detail, outcome.hint
            call.set_outcome(problems.problem_from_sqlstate(outcome.sqlstate or "", *texts, self.database.registry))

    async def run_alone_in_turn(self, call: Call) -> None:
        async with self.single_calls:
            await self.run_alone(call)

    async def run_alone(self, call: Call) -> str | None:
        """Runs one call by itself; returns the SQLSTATE of a refusal."""
        if call.outcome.done():
            return None
        was_sent, call.is_sent = call.is_sent, True
        try:
            asked = self.function, call.key, call.data, call.caller
            call.set_outcome(await self.database.call(*asked, is_numbered=self.is_numbered))
        except problems.Problem as problem:
            if was_sent and problem.members.get("outcome") == "undone":
                problem = problems.unavailable_problem(BROKEN)  # this attempt is undone; the one before may not be
            call.set_outcome(problem)
            return problem.code
        except Exception as error:
            call.set_outcome(error)
        return None


class Batchers:
    """One batcher for each function and tracked table; none if batches are turned off."""

    def __init__(self, database: Database, size: int, is_numbered: bool = False) -> None:
        self.database, self.size, self.is_numbered = database, size, is_numbered
        self.batchers: dict[tuple[str, str | None], Batcher] = {}

    def get(self, function: str, table: str | None) -> Batcher | None:
        if self.size < 2:
            return None
        batcher = self.batchers.get((function, table))
        if batcher is None:
            if len(self.batchers) >= MAX_QUEUES:  # the table's name comes from the caller
                self.batchers = {name: each for name, each in self.batchers.items() if each.waiting or each.running}
            batcher = self.batchers[function, table] = Batcher(self.database, function, self.size, self.is_numbered)
        return batcher
