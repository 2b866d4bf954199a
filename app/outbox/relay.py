"""The relay: turns committed events into deliveries and delivers them. Several may run.

Each round is one short transaction that fans events out and leases what is due; the deliveries are made outside of any;
their results go back together in the next one. A relay that dies leaves leases that end, and another takes over: a
delivery is made at least once, always under the same identifier.
"""

import asyncio
import contextlib
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import msgspec
import psycopg
from psycopg_pool import AsyncConnectionPool

from jalon import __version__
from jalon.outbox import signatures
from jalon.outbox.webhook_client import Egress, Refused
from jalon.server import logs
from jalon.settings import Settings

FAN_OUT = "select jalon.fan_out(500, %s::interval)"
CLAIM = "select * from jalon.claim_deliveries(%s::uuid, %s::float8, %s::int, 64, %s::jsonb, %s::interval)"
FINISH = "select jalon.finish_deliveries(%s::jsonb)"
HOUSEWORK = "select what, name from jalon.run_maintenance()"
COUNTING = "select recap from jalon.renew_recaps()"
SLOWEST = 5.0  # seconds between attempts while the database is away, at the most
RECENT = "2 seconds"  # what a look at the newest sees
LOOK = 0.25  # seconds after which an idle relay looks for deliveries that came due
DAY = 86_400.0


class Job(NamedTuple):
    """One delivery, as jalon.claim_deliveries gives it."""

    webhook_id: uuid.UUID
    message_id: uuid.UUID
    created_at: datetime
    url: str
    secrets: list[str]
    body: str


class Result(msgspec.Struct, omit_defaults=True):
    """What became of it, as jalon.finish_deliveries takes it."""

    webhook_id: uuid.UUID
    message_id: uuid.UUID
    created_at: datetime
    lease: uuid.UUID
    attempted_at: datetime
    milliseconds: int
    http_status: int | None = None
    error: str | None = None
    response_head: str | None = None
    retry_after: float | None = None


def seconds(retry_after: str | None) -> float | None:
    """Retry-After, a number of seconds or a date; at most a day."""
    if retry_after is None:
        return None
    try:
        wanted = float(retry_after)
    except ValueError:
        try:
            wanted = parsedate_to_datetime(retry_after).timestamp() - time.time()
        except (ValueError, TypeError):
            return None
    return min(max(wanted, 0.0), DAY) if wanted == wanted else None


class Looks:
    """Whether to look at all that waits, or at the newest only.

    While somebody holds a snapshot (a long query), PostgreSQL keeps what we have taken: a look at all passes over every
    row of it, and costs more and more. Then it is taken seldom, so that a twentieth of the time goes into it.
    """

    DEAR, FEW = 0.005, 32  # seconds; rows that explain no cost by themselves

    def __init__(self) -> None:
        self.cost = self.ended = 0.0
        self.found = 0

    @property
    def are_dear(self) -> bool:
        return self.cost > self.DEAR

    def is_due(self) -> bool:
        return not self.are_dear or self.found > 0 or time.monotonic() - self.ended > min(20 * self.cost, SLOWEST)

    def noted(self, began: float, found: int) -> int:
        self.ended, self.found = time.monotonic(), found
        if found <= self.FEW:
            self.cost = self.ended - began
        return found


class Relay:
    """One process's part in delivering."""

    def __init__(self, settings: Settings, dsn: str, egress: Egress) -> None:
        self.settings, self.egress = settings, egress
        self.lease = uuid.uuid4()
        self.lease_seconds = settings.webhook_timeout + 15
        self.pool = AsyncConnectionPool(
            dsn, open=False, min_size=0, max_size=3, timeout=5, reconnect_timeout=5, name="relay",
            kwargs={"autocommit": True, "application_name": "jalon relay", "connect_timeout": 5},
        )  # fmt: skip
        self.busy: Counter[str] = Counter()
        self.tasks: set[asyncio.Task[None]] = set()
        self.results: list[Result] = []
        self.has_results, self.freed = asyncio.Event(), asyncio.Event()
        self.is_kept = asyncio.Event()  # days are made before anything is put into them
        self.counts: Counter[str] = Counter()
        self.is_up = False
        self.events, self.due = Looks(), Looks()

    async def run(self) -> None:
        """Until cancelled. What is under way then is finished, as far as it takes no longer than a few seconds."""
        await self.pool.open()
        loops = [asyncio.create_task(loop) for loop in (self.deliver(), self.report(), self.run_maintenance())]
        try:
            await asyncio.gather(*loops)
        finally:
            loops[0].cancel()
            loops[2].cancel()
            if self.tasks:
                await asyncio.wait(self.tasks, timeout=3)
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self.hand_in(), 3)
            loops[1].cancel()
            await asyncio.wait(loops, timeout=1)
            self.egress.close()
            await self.pool.close()

    async def ask(self, statement: Any, *parameters: Any) -> list[Any]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(statement, parameters)
            return await cursor.fetchall()

    async def deliver(self) -> None:
        pause, looked = 0.1, 0.0
        is_more = True
        await self.is_kept.wait()
        while True:
            try:
                fanned = await self.fan_out()
                found, has_room = 0, len(self.tasks) < self.settings.webhook_parallel
                if has_room and (fanned or is_more or time.monotonic() - looked > LOOK):
                    looked = time.monotonic()
                    found = await self.claim()
                if not self.is_up:
                    logs.write("relay is up")
                self.is_up, pause = True, 0.1
            except (psycopg.Error, OSError) as error:
                if self.is_up or pause == 0.1:
                    logs.write("relay can't work", error=repr(error))
                self.is_up, pause = False, min(pause * 2, SLOWEST)
                await asyncio.sleep(pause)
                continue
            is_more = found > 0 or len(self.tasks) >= self.settings.webhook_parallel
            if found or (is_more and self.tasks):
                self.freed.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.freed.wait(), self.settings.relay_tick)
            elif not fanned:
                await asyncio.sleep(self.settings.relay_tick)

    async def fan_out(self) -> int:
        """How many events there were."""
        count: int = (await self.ask(FAN_OUT, RECENT))[0][0] if self.events.are_dear else 0
        if self.events.is_due():
            began = time.monotonic()
            count += self.events.noted(began, (await self.ask(FAN_OUT, None))[0][0])
        return count

    async def claim(self) -> int:
        """How many deliveries are under way now that were not before."""
        count = await self.claim_some(RECENT) if self.due.are_dear else 0
        if self.due.is_due():
            began = time.monotonic()
            count += self.due.noted(began, await self.claim_some(None))
        return count

    async def claim_some(self, recent: str | None) -> int:
        room = self.settings.webhook_parallel - len(self.tasks)
        if room <= 0:
            return 0
        busy = msgspec.json.encode({id: n for id, n in self.busy.items() if n}).decode()
        rows = await self.ask(CLAIM, self.lease, self.lease_seconds, room, busy, recent)
        for row in rows:
            self.start(Job._make(row))
        return len(rows)

    def start(self, job: Job) -> None:
        self.busy[str(job.webhook_id)] += 1
        task = asyncio.create_task(self.attempt(job))
        self.tasks.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            self.tasks.discard(task)
            self.busy[str(job.webhook_id)] -= 1
            self.freed.set()

        task.add_done_callback(ended)

    async def attempt(self, job: Job) -> None:
        body, now, started = job.body.encode(), time.time(), time.perf_counter()
        result = Result(job.webhook_id, job.message_id, job.created_at, self.lease, datetime.fromtimestamp(now, UTC), 0)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"Jalon/{__version__} (webhooks)",
            "webhook-id": str(job.message_id),
            "webhook-timestamp": str(int(now)),
            "webhook-signature": signatures.sign(job.secrets, str(job.message_id), int(now), body),
        }
        try:
            reply = await self.egress.post(job.url, headers, body)
            result.http_status, result.response_head = reply.status, reply.head
            result.retry_after = seconds(reply.retry_after)
        except TimeoutError:
            result.error = f"no answer within {self.settings.webhook_timeout:g} s"
        except (Refused, OSError, EOFError, ValueError) as error:
            result.error = str(error) or type(error).__name__
        result.milliseconds = int((time.perf_counter() - started) * 1000)
        self.counts["delivered" if 200 <= (result.http_status or 0) < 300 else "failed"] += 1
        self.results.append(result)
        self.has_results.set()

    async def report(self) -> None:
        while True:
            await self.has_results.wait()
            try:
                await self.hand_in()
            except (psycopg.Error, OSError) as error:
                logs.write("relay could not report", error=repr(error))
                await asyncio.sleep(0.5)

    async def hand_in(self) -> None:
        """Results that can't be told are told again; those whose lease has ended count for nothing."""
        self.has_results.clear()
        told, self.results = self.results[:500], self.results[500:]
        if not told:
            return
        try:
            disabled = (await self.ask(FINISH, msgspec.json.encode(told).decode()))[0][0]
        except BaseException:
            self.results = told + self.results
            self.has_results.set()
            raise
        if self.results:
            self.has_results.set()
        self.freed.set()
        for url in disabled:
            logs.write("webhook disabled", url=url)

    async def run_maintenance(self) -> None:
        """Days and months are made before they are needed, and recaps counted, at the start and once a day."""
        while True:
            pause = DAY
            try:
                while await self.ask(HOUSEWORK):
                    pass
                self.is_kept.set()
                while await self.ask(COUNTING):  # takes its time: deliveries do not wait for it
                    pass
            except (psycopg.Error, OSError) as error:
                logs.write("relay could not keep house", error=repr(error))
                pause = 60.0
            self.is_kept.set()
            await asyncio.sleep(pause)

    async def announce(self) -> None:
        """The ticker of notifications, for a relay of its own."""
        while True:
            try:
                await self.ask("select jalon.announce()")
            except (psycopg.Error, OSError):
                await asyncio.sleep(1)
            await asyncio.sleep(self.settings.tick or 0.2)


@asynccontextmanager
async def relaying(settings: Settings, relay: Relay | None) -> AsyncIterator[None]:
    """The relay inside `serve`, for as long as the application lives."""
    if relay is None:
        yield
        return
    task = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=10)
