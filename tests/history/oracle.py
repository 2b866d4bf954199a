"""What a log of changes says, in plain Python, apart from Jalon's SQL: what the tests hold its answers to.

A log is made here as well: ties, gaps, rows out of order, repeated codes, case types, records that are gone, and
changes on the hour at which clocks change in three time zones.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

CODES = ("NEW", "PAID", "SHIPPED", "CANCELLED")
RUNNING = {"NEW", "PAID"}
ZONES = ("Europe/Paris", "America/New_York", "Pacific/Auckland")
PEOPLE = ("anna", "ben", "carla", "zoë")
KINDS = ("retail", "trade")
SHARP = (
    datetime(2023, 10, 29, 1, tzinfo=UTC),  # Paris
    datetime(2023, 11, 5, 6, tzinfo=UTC),  # New York
    datetime(2023, 9, 23, 14, tzinfo=UTC),  # Auckland
    datetime(2023, 10, 29, 23, tzinfo=UTC),  # Monday 00:00 in Paris, after a week of 169 hours
    datetime(2024, 1, 1, 5, tzinfo=UTC),  # New Year in New York
)


class Event(NamedTuple):
    record: int
    to: str | None
    at: datetime
    by: str
    reason: str | None
    case_type: str


class Change(NamedTuple):
    record: int
    version: int
    old: str | None
    new: str | None
    at: datetime
    began: datetime | None
    by: str
    reason: str | None
    case_type: str


class Stay(NamedTuple):
    record: int
    version: int
    code: str
    began: datetime
    ended: datetime | None
    case_type: str


def make_log(records: int = 60, seed: int = 7) -> list[Event]:
    chance = random.Random(seed)  # noqa: S311
    log: list[Event] = []
    for record in range(1, records + 1):
        at = datetime(2023, 9, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(60 * 24 * 90))
        kind, code = chance.choice(KINDS), "NEW"
        for step in range(chance.randrange(1, 14)):
            # A repeated code changes nothing; a gap of months; the next change at the same instant; a sharp hour.
            if step:
                code = chance.choice([other for other in CODES if other != code] + [code])
                at += chance.choice(
                    [
                        timedelta(0),
                        timedelta(microseconds=1),
                        timedelta(minutes=chance.randrange(9000)),
                        timedelta(minutes=chance.randrange(9000)),
                        timedelta(days=60),
                    ]
                )
                at = max(at, chance.choice(SHARP)) if chance.random() < 0.2 else at
            reason = chance.choice([None, "called", 'said "no, thanks"'])
            log.append(Event(record, code, at, chance.choice(PEOPLE), reason, kind))
        if chance.random() < 0.15:
            log.append(Event(record, None, at + timedelta(hours=1), chance.choice(PEOPLE), None, kind))
    # Out of order, as logs are; what happened at one instant stays in its order.
    log.sort(key=lambda event: (event.record * 31 % 17, event.at))
    times = Counter((event.record, event.at) for event in log)
    late = [event for event in log[::13] if times[event.record, event.at] == 1]
    return [event for event in log if event not in late] + late


class Oracle:
    def __init__(self, log: Iterable[Event]) -> None:
        self.changes: list[Change] = []
        self.stays: list[Stay] = []
        for record, events in groupby(sorted(log, key=lambda event: event.record), lambda event: event.record):
            self._read(record, sorted(events, key=lambda event: event.at))

    def _read(self, record: int, events: list[Event]) -> None:
        code, began, version = None, None, 0
        for event in events:
            if event.to == code:
                continue
            version += 1
            if code is not None and began is not None:
                self.stays.append(Stay(record, version - 1, code, began, event.at, event.case_type))
            self.changes.append(
                Change(record, version, code, event.to, event.at, began, event.by, event.reason, event.case_type)
            )
            code, began = event.to, event.at
        if code is not None and began is not None:
            self.stays.append(Stay(record, version, code, began, None, events[-1].case_type))

    def stood(self, at: datetime) -> dict[int, tuple[str, datetime]]:
        """Where each record stood at an instant, and since when. Of several stays at once the last counts."""
        return {
            stay.record: (stay.code, stay.began)
            for stay in self.stays
            if stay.began <= at and (stay.ended is None or at < stay.ended)
        }

    def counts(self, at: datetime) -> dict[str, int]:
        return dict(Counter(code for code, _ in self.stood(at).values()))

    def time_in_status(
        self, since: datetime | None, until: datetime, case_type: str | None = None
    ) -> dict[str, tuple[int, int, int, float, float, float, float, float]]:
        """Per code: stays, records, lasting, and in seconds: sum, mean, median, 90th hundredth, longest."""
        found: dict[str, list[tuple[int, bool, float]]] = {}
        for stay in self.stays:
            ended = until if stay.ended is None else stay.ended
            if (case_type and stay.case_type != case_type) or stay.began >= until or (since and ended <= since):
                continue
            first = max(stay.began, since) if since else stay.began
            length = (min(ended, until) - first).total_seconds()
            found.setdefault(stay.code, []).append((stay.record, stay.ended is None, length))
        return {
            code: (
                len(stays), len({record for record, _, _ in stays}), sum(lasts for _, lasts, _ in stays),
                sum(lengths := sorted(length for _, _, length in stays)), sum(lengths) / len(lengths),
                at_part(lengths, 0.5), at_part(lengths, 0.9), lengths[-1],
            )
            for code, stays in found.items()
        }  # fmt: skip

    def transitions(
        self, since: datetime | None, until: datetime | None, bucket: str, zone: str, case_type: str | None = None
    ) -> dict[tuple[datetime, str | None, str | None], tuple[int, int, float | None]]:
        """Per period and pair of codes: changes, records, mean seconds of the stay before."""
        taken: dict[tuple[datetime, str | None, str | None], list[Change]] = {}
        for change in self.within(since, until):
            if case_type is None or change.case_type == case_type:
                key = (beginning_of(bucket, change.at, zone), change.old, change.new)
                taken.setdefault(key, []).append(change)
        return {
            key: (
                len(changes),
                len({change.record for change in changes}),
                mean([(change.at - change.began).total_seconds() for change in changes if change.began]),
            )
            for key, changes in taken.items()
        }

    def within(self, since: datetime | None, until: datetime | None) -> Iterator[Change]:
        for change in self.changes:
            if (since is None or since <= change.at) and (until is None or change.at < until):
                yield change

    def week(self, week: str, zone: str) -> tuple[datetime, datetime]:
        monday = datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=ZoneInfo(zone))
        return monday.astimezone(UTC), (monday + timedelta(days=7)).astimezone(UTC)

    def weekly_counts(self, week: str, zone: str) -> dict[str, tuple[int, int, int, int]]:
        """Per code: how many at the start, in, out, at the end."""
        since, until = self.week(week, zone)
        changes = list(self.within(since, until))
        moment = timedelta(microseconds=1)
        start, end = self.counts(since - moment), self.counts(until - moment)
        return {
            code: (
                start.get(code, 0), sum(change.new == code for change in changes),
                sum(change.old == code for change in changes), end.get(code, 0),
            )
            for code in CODES
        }  # fmt: skip

    def weekly_flow(self, week: str, zone: str) -> set[tuple[str, int]]:
        """Who entered the pipe, left it, or passed through it."""
        since, until = self.week(week, zone)
        moment, flow = timedelta(microseconds=1), set()
        start, end = self.stood(since - moment), self.stood(until - moment)
        for record in {change.record for change in self.within(since, until)}:
            was_in = start.get(record, ("", None))[0] in RUNNING
            is_in = end.get(record, ("", None))[0] in RUNNING
            if was_in != is_in:
                flow.add(("entered" if is_in else "left", record))
            elif not was_in and any(
                change.new in RUNNING for change in self.within(since, until) if change.record == record
            ):
                flow.add(("passed", record))
        return flow

    def variants(self) -> Counter[tuple[str, ...]]:
        paths: dict[int, list[str]] = {}
        for change in self.changes:
            if change.new is not None:
                paths.setdefault(change.record, []).append(change.new)
        return Counter(tuple(path) for path in paths.values())


def beginning_of(bucket: str, at: datetime, zone: str) -> datetime:
    local = at.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if bucket == "week":
        local -= timedelta(days=local.weekday())
    elif bucket == "month":
        local = local.replace(day=1)
    return local.astimezone(UTC)


def at_part(lengths: list[float], part: float) -> float:
    """Between the two lengths next to that part of the way."""
    place = (len(lengths) - 1) * part
    low = int(place)
    high = min(low + 1, len(lengths) - 1)
    return lengths[low] + (lengths[high] - lengths[low]) * (place - low)


def mean(numbers: list[float]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None
