"""Numbers of recaps for charts: durations, shares of the longest, weeks. It holds no rules and no texts."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

DURATION = re.compile(
    r"P(?:(?P<years>-?[\d.]+)Y)?(?:(?P<months>-?[\d.]+)M)?(?:(?P<weeks>-?[\d.]+)W)?(?:(?P<days>-?[\d.]+)D)?"
    r"(?:T(?:(?P<hours>-?[\d.]+)H)?(?:(?P<minutes>-?[\d.]+)M)?(?:(?P<seconds>-?[\d.]+)S)?)?"
)
SECONDS = {
    "years": 365.25 * 86_400,
    "months": 30 * 86_400,
    "weeks": 7 * 86_400,
    "days": 86_400,
    "hours": 3600,
    "minutes": 60,
    "seconds": 1,
}
WEEK = timedelta(days=7)


class Transition(NamedTuple):
    """How often one transition was taken, week by week."""

    origin: str | None
    target: str | None
    counts: list[int]
    forced: list[int]


class Weeks(NamedTuple):
    """Mondays in order, and the counts of each week."""

    mondays: list[date]
    transitions: list[Transition]
    totals: list[int]
    forced: list[int]
    highest: int


def seconds(duration: str | None) -> float:
    """`P3DT4H30M` in seconds."""
    found = DURATION.fullmatch(duration or "")
    if not found:
        return 0.0
    return sum(float(number) * SECONDS[unit] for unit, number in found.groupdict().items() if number)


def largest_units(duration: str | None) -> tuple[int, int, str]:
    """Its two largest units, for a person: (3, 4, "days") are 3 days and 4 hours, (0, 5, "hours") are 5 minutes."""
    minutes = round(abs(seconds(duration)) / 60)
    if minutes >= 24 * 60:
        days, hours = divmod(round(minutes / 60), 24)
        return days, hours, "days"
    return *divmod(minutes, 60), "hours"


def percent(value: float, highest: float) -> float:
    """A share of the longest bar in percent; a value above zero is always visible."""
    if highest <= 0 or value <= 0:
        return 0.0
    return max(0.5, round(100 * value / highest, 2))


def longest(rows: Iterable[dict[str, Any]], *members: str) -> float:
    return max((seconds(row[member]) for row in rows for member in members), default=0.0)


def monday(weeks_ago: int) -> str:
    """The Monday that many weeks before this one's, in UTC."""
    today = datetime.now(UTC).date()
    return (today - timedelta(days=today.weekday()) - weeks_ago * WEEK).isoformat()


def period_before(since: str | None, until: str | None) -> dict[str, str]:
    """The period of the same length before this one; nothing where none begins at a day."""
    try:
        begin = date.fromisoformat(since or "")
        end = date.fromisoformat(until) if until else datetime.now(UTC).date() + timedelta(days=1)
    except ValueError:
        return {}
    return {"since": (begin - (end - begin)).isoformat(), "until": begin.isoformat()} if begin < end else {}


def bar(column: str, filters: dict[str, str | None], **more: str | None) -> dict[str, str]:
    """Which bar of a chart: what the recap was asked for and what the bar stands for, for the list of its records."""
    asked = {name: filters.get(name) for name in ("since", "until", "caseType")} | more
    return {"column": column} | {name: value for name, value in asked.items() if value}


def week_bar(column: str, filters: dict[str, str | None], monday: date) -> dict[str, str]:
    """The bar of one week, no longer than the period that is shown."""
    first, last = monday.isoformat(), (monday + WEEK).isoformat()
    since, until = filters.get("since") or first, filters.get("until") or last
    return bar(column, filters, since=max(first, since), until=min(last, until))


def rates(rows: list[dict[str, Any]]) -> list[float | None]:
    """How many in one of those who came to the step before came to this one; none for the first and the dropped."""
    found: list[float | None] = []
    last: int | None = None
    for row in rows:
        is_step = row["outcome"] != "dropped"
        found.append(min(1.0, row["reached"] / last) if is_step and last else None)
        last = row["reached"] if is_step else last
    return found


def weekly(rows: list[dict[str, Any]]) -> Weeks:
    """The rows of one status column: a transition a row, the weeks between the first and the last without a gap."""
    at = [datetime.fromisoformat(row["period"]).date() for row in rows]
    mondays: list[date] = []
    day = min(at, default=None)
    while day is not None and day <= max(at):
        mondays.append(day)
        day += WEEK
    place = {day: n for n, day in enumerate(mondays)}
    transitions: dict[tuple[str | None, str | None], Transition] = {}
    for row, day in zip(rows, at, strict=True):
        empty = Transition(row["fromLabel"], row["toLabel"], [0] * len(mondays), [0] * len(mondays))
        transition = transitions.setdefault((row["fromCode"], row["toCode"]), empty)
        transition.counts[place[day]] += row["changes"]
        transition.forced[place[day]] += row["forced"]
    ordered = sorted(transitions.values(), key=lambda transition: -sum(transition.counts))
    totals = [sum(column) for column in zip(*(transition.counts for transition in ordered), strict=True)]
    forced = [sum(column) for column in zip(*(transition.forced for transition in ordered), strict=True)]
    return Weeks(mondays, ordered, totals, forced, max((max(transition.counts) for transition in ordered), default=0))
