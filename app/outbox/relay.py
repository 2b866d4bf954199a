"""The relay: turns committed messages into deliveries and delivers them, and sends mails. Several may run.

Each round is one short transaction that fans messages out and leases due deliveries. The deliveries are made outside of
any transaction; their results are written together in the next one. If a relay dies, its leases end and another relay
takes over: a delivery is made at least once, always under the same identifier.
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
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import psycopg
from psycopg_pool import AsyncConnectionPool

from jalon import __version__
from jalon.dsn import with_tcp_options
from jalon.outbox import signatures
from jalon.outbox.mailer import find_mailer
from jalon.outbox.webhook_client import Undeliverable, WebhookClient
from jalon.server import logs
from jalon.server.silence import fetch_all
from jalon.settings import Settings

if TYPE_CHECKING:
    from jalon.server.telemetry import Telemetry

FAN_OUT = "select jalon.fan_out(500, %s::interval)"
CLAIM = "select * from jalon.claim_deliveries(%s::uuid, %s::float8, %s::int, 64, %s::jsonb, %s::interval)"
TRACES = "select message_id, traceparent from jalon.message_traces(%s::uuid[], %s)"
FINISH = "select jalon.finish_deliveries(%s::jsonb)"
MAINTENANCE = "select what, name from jalon.run_maintenance()"
RENEW_RECAPS = "select recap from jalon.renew_recaps()"
DEADLINES = "select tracked, column_name, passed, problem from jalon.announce_deadlines()"
DEADLINE_SECONDS = 60.0  # between two looks for stays that passed their deadline
PREPARE_THRESHOLD = 5  # uses after which a statement is prepared
MAX_PAUSE = 5.0  # seconds between attempts while the database is away, at the most
TICK_SECONDS = 0.03  # between two looks for new messages, as long as a look is quick
RECENT = "2 seconds"  # age of the messages that a look at the newest finds
IDLE_CLAIM_SECONDS = 0.25  # seconds after which an idle relay looks for deliveries that came due
STATEMENT_SECONDS = 20.0  # after which a database that has not answered is taken for gone
MAINTENANCE_SECONDS = 600.0  # the same for a statement of maintenance
DAY = 86_400.0


class Delivery(NamedTuple):
    """One delivery, as jalon.claim_deliveries gives it."""

    webhook_id: uuid.UUID
    message_id: uuid.UUID
    created_at: datetime
    url: str
    secrets: list[str]
    body: str
    traceparent: str | None = None


class Result(msgspec.Struct, omit_defaults=True):
    """The result of one attempt, as jalon.finish_deliveries takes it."""

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


def retry_after_seconds(retry_after: str | None) -> float | None:
    """Retry-After, a number of seconds or a date; at most a day."""
    if retry_after is None:
        return None
    try:
        wait = float(retry_after)
    except ValueError:
        try:
            wait = parsedate_to_datetime(retry_after).timestamp() - time.time()
        except (ValueError, TypeError):
            return None
    return min(max(wait, 0.0), DAY) if wait == wait else None


class AdaptivePolling:
    """Whether to look at everything that waits, or at the newest only.

    While a long query holds a snapshot, PostgreSQL keeps the rows that we have taken, and a look at everything reads
    them all. It becomes more and more expensive, so it is made seldom: it takes a twentieth of the time at the most.
    """

    EXPENSIVE_SECONDS, SMALL_RESULT = 0.005, 32  # seconds; rows that explain no cost by themselves

    def __init__(self) -> None:
        self.cost = self.ended = 0.0
        self.found = 0

    @property
    def is_expensive(self) -> bool:
        return self.cost > self.EXPENSIVE_SECONDS

    def is_due(self) -> bool:
        return not self.is_expensive or self.found > 0 or time.monotonic() - self.ended > min(20 * self.cost, MAX_PAUSE)

    def record(self, began: float, found: int) -> int:
        self.ended, self.found = time.monotonic(), found
        if found <= self.SMALL_RESULT:
            self.cost = self.ended - began
        return found


class Relay:
    """One process's part in delivering."""

    def __init__(
        self, settings: Settings, dsn: str, webhook_client: WebhookClient, telemetry: "Telemetry | None" = None
    ) -> None:
        self.settings, self.webhook_client, self.telemetry = settings, webhook_client, telemetry
        self.lease = uuid.uuid4()
        self.lease_seconds = settings.webhook_timeout + 15
        self.pool = AsyncConnectionPool(
            with_tcp_options(dsn), open=False, min_size=0, max_size=3, timeout=5, reconnect_timeout=5, name="relay",
            kwargs={
                "autocommit": True, "application_name": "jalon relay",
                "prepare_threshold": PREPARE_THRESHOLD if settings.prepared else None,
            },
        )  # fmt: skip
        self.in_flight: Counter[str] = Counter()
        self.tasks: set[asyncio.Task[None]] = set()
        self.results: list[Result] = []
        self.has_results, self.has_room_again = asyncio.Event(), asyncio.Event()
        self.maintenance_is_done = asyncio.Event()  # partitions are made before anything is written to them
        self.counts: Counter[str] = Counter()
        self.mailer = find_mailer(settings, self.fetch)
        self.is_up = False
        self.new_messages, self.due_deliveries = AdaptivePolling(), AdaptivePolling()

    async def run(self) -> None:
        """Runs until cancelled. Attempts in flight are then finished, if they take no longer than a few seconds."""
        await self.pool.open()
        work = [self.deliver(), self.report(), self.run_maintenance(), self.watch_deadlines()]
        if self.mailer is not None:
            work.append(self.mailer.run())
        loops = [asyncio.create_task(loop) for loop in work]
        try:
            await asyncio.gather(*loops)
        finally:
            for loop in (loops[0], *loops[2:]):
                loop.cancel()
            if self.tasks:
                await asyncio.wait(self.tasks, timeout=3)
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self.send_results(), 3)
            loops[1].cancel()
            await asyncio.wait(loops, timeout=1)
            self.webhook_client.close()
            await self.pool.close()

    async def fetch(self, statement: Any, *parameters: Any, limit: float = STATEMENT_SECONDS) -> list[Any]:
        return await fetch_all(self.pool, statement, parameters, wait=None, limit=limit)

    async def deliver(self) -> None:
        pause, claimed_at = 0.1, 0.0
        is_more = True
        await self.maintenance_is_done.wait()
        while True:
            try:
                fanned_out = await self.fan_out()
                found, has_room = 0, len(self.tasks) < self.settings.webhook_parallel
                if has_room and (fanned_out or is_more or time.monotonic() - claimed_at > IDLE_CLAIM_SECONDS):
                    claimed_at = time.monotonic()
                    found = await self.claim()
                if not self.is_up:
                    logs.write("relay is up")
                self.is_up, pause = True, 0.1
            except (psycopg.Error, OSError) as error:
                if self.is_up or pause == 0.1:
                    logs.write("relay can't work", error=repr(error))
                self.is_up, pause = False, min(pause * 2, MAX_PAUSE)
                await asyncio.sleep(pause)
                continue
            is_more = found > 0 or len(self.tasks) >= self.settings.webhook_parallel
            if found or (is_more and self.tasks):
                self.has_room_again.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.has_room_again.wait(), TICK_SECONDS)
            elif not fanned_out:
                await asyncio.sleep(TICK_SECONDS)

    async def fan_out(self) -> int:
        """Fans new messages out and returns how many there were."""
        count: int = (await self.fetch(FAN_OUT, RECENT))[0][0] if self.new_messages.is_expensive else 0
        if self.new_messages.is_due():
            began = time.monotonic()
            count += self.new_messages.record(began, (await self.fetch(FAN_OUT, None))[0][0])
        return count

    async def claim(self) -> int:
        """Starts due deliveries and returns how many."""
        count = await self.claim_some(RECENT) if self.due_deliveries.is_expensive else 0
        if self.due_deliveries.is_due():
            began = time.monotonic()
            count += self.due_deliveries.record(began, await self.claim_some(None))
        return count

    async def claim_some(self, recent: str | None) -> int:
        room = self.settings.webhook_parallel - len(self.tasks)
        if room <= 0:
            return 0
        in_flight = msgspec.json.encode({id: n for id, n in self.in_flight.items() if n}).decode()
        rows = await self.fetch(CLAIM, self.lease, self.lease_seconds, room, in_flight, recent)
        deliveries = [Delivery(*row) for row in rows]
        if self.telemetry and deliveries:
            since = min(each.created_at for each in deliveries)
            traces = dict(await self.fetch(TRACES, [each.message_id for each in deliveries], since))
            deliveries = [each._replace(traceparent=traces.get(each.message_id)) for each in deliveries]
        for each in deliveries:
            self.start(each)
        return len(deliveries)

    def start(self, delivery: Delivery) -> None:
        self.in_flight[str(delivery.webhook_id)] += 1
        task = asyncio.create_task(self.attempt(delivery))
        self.tasks.add(task)

        def on_done(task: asyncio.Task[None]) -> None:
            self.tasks.discard(task)
            self.in_flight[str(delivery.webhook_id)] -= 1
            self.has_room_again.set()

        task.add_done_callback(on_done)

    async def attempt(self, delivery: Delivery) -> None:
        body, now, started = delivery.body.encode(), time.time(), time.perf_counter()
        result = Result(
            delivery.webhook_id,
            delivery.message_id,
            delivery.created_at,
            self.lease,
            datetime.fromtimestamp(now, UTC),
            0,
        )
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"Jalon/{__version__} (webhooks)",
            "webhook-id": str(delivery.message_id),
            "webhook-timestamp": str(int(now)),
            "webhook-signature": signatures.sign(delivery.secrets, str(delivery.message_id), int(now), body),
        }
        if self.telemetry is None:
            await self.post(delivery, headers, body, result)
        else:
            with self.telemetry.delivery(delivery.url, delivery.traceparent, headers) as span:
                await self.post(delivery, headers, body, result)
                self.telemetry.delivered(span, result.http_status, result.error)
        result.milliseconds = int((time.perf_counter() - started) * 1000)
        self.counts["delivered" if 200 <= (result.http_status or 0) < 300 else "failed"] += 1
        self.results.append(result)
        self.has_results.set()

    async def post(self, delivery: Delivery, headers: dict[str, str], body: bytes, result: Result) -> None:
        """Makes the delivery and notes what became of it."""
        try:
            reply = await self.webhook_client.post(delivery.url, headers, body)
            result.http_status, result.response_head = reply.status, reply.head
            result.retry_after = retry_after_seconds(reply.retry_after)
        except TimeoutError:
            result.error = f"no answer within {self.settings.webhook_timeout:g} s"
        except (Undeliverable, OSError, EOFError, ValueError) as error:
            result.error = str(error) or type(error).__name__

    async def report(self) -> None:
        while True:
            await self.has_results.wait()
            try:
                await self.send_results()
            except (psycopg.Error, OSError) as error:
                logs.write("relay could not report", error=repr(error))
                await asyncio.sleep(0.5)

    async def send_results(self) -> None:
        """Writes results; if that fails they are written again. A result whose lease has ended doesn't count."""
        self.has_results.clear()
        batch, self.results = self.results[:500], self.results[500:]
        if not batch:
            return
        try:
            disabled = (await self.fetch(FINISH, msgspec.json.encode(batch).decode()))[0][0]
        except BaseException:
            self.results = batch + self.results
            self.has_results.set()
            raise
        if self.results:
            self.has_results.set()
        self.has_room_again.set()
        for url in disabled:
            logs.write("webhook disabled", url=url)

    async def run_maintenance(self) -> None:
        """Makes partitions before they are needed and renews recaps, at the start and once a day."""
        while True:
            pause = DAY
            try:
                while await self.fetch(MAINTENANCE, limit=MAINTENANCE_SECONDS):
                    pass
                self.maintenance_is_done.set()
                # This takes its time, and deliveries don't wait for it.
                while await self.fetch(RENEW_RECAPS, limit=MAINTENANCE_SECONDS):
                    pass
            except (psycopg.Error, OSError) as error:
                logs.write("relay could not run maintenance", error=repr(error))
                pause = 60.0
            self.maintenance_is_done.set()
            await asyncio.sleep(pause)

    async def watch_deadlines(self) -> None:
        """Looks once a minute for stays that passed their deadline."""
        await self.maintenance_is_done.wait()
        while True:
            try:
                is_more = True
                while is_more:
                    rows = await self.fetch(DEADLINES, limit=MAINTENANCE_SECONDS)
                    is_more = any(passed for _, _, passed, _ in rows)
                for tracked, column, _, problem in rows:
                    if problem:
                        logs.write("relay could not look at deadlines", table=tracked, column=column, error=problem)
            except (psycopg.Error, OSError) as error:
                logs.write("relay could not look at deadlines", error=repr(error))
            await asyncio.sleep(DEADLINE_SECONDS)

    async def announce(self) -> None:
        """The ticker of notifications, for a relay of its own."""
        while True:
            try:
                await self.fetch("select jalon.announce()")
            except (psycopg.Error, OSError):
                await asyncio.sleep(1)
            await asyncio.sleep(self.settings.tick or 0.2)


@asynccontextmanager
async def run_relay(settings: Settings, relay: Relay | None) -> AsyncIterator[None]:
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
