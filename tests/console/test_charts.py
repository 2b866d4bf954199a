"""Numbers laid out for charts."""

from datetime import date

import pytest

from jalon.console import charts


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("PT0S", 0), ("P1DT1H", 90_000), ("PT1M1.5S", 61.5), ("P34DT-1H", 34 * 86_400 - 3600), ("P1Y", 31_557_600),
        ("P2M", 5_184_000), (None, 0)],
)  # fmt: skip
def test_durations_are_read_as_postgresql_writes_them(duration, seconds):
    assert charts.seconds(duration) == seconds


@pytest.mark.parametrize(
    ("duration", "spoken"),
    [
        ("P3DT4H29M", (3, 4, "days")), ("P3DT23H40M", (4, 0, "days")), ("PT23H59M40S", (1, 0, "days")),
        ("PT5H6M", (5, 6, "hours")),
        ("PT59M40S", (1, 0, "hours")), ("PT20S", (0, 0, "hours")),
    ],
)  # fmt: skip
def test_durations_are_shown_in_their_two_largest_units(duration, spoken):
    assert charts.largest_units(duration) == spoken


def test_bars_are_shares_of_the_longest_and_what_is_there_is_seen():
    assert [charts.percent(value, 200) for value in (200, 50, 0.1, 0)] == [100, 25, 0.5, 0]
    assert charts.percent(1, 0) == 0
    rows = [{"median": "P1D", "p90": "P3D"}, {"median": "P2D", "p90": None}]
    assert charts.longest(rows, "median", "p90") == 3 * 86_400
    assert charts.longest([], "median") == 0


def row(period, origin, target, changes, forced=0):
    return {
        "period": f"{period}T00:00:00+00:00",
        "fromCode": origin,
        "fromLabel": origin,
        "toCode": target,
        "toLabel": target,
        "changes": changes,
        "forced": forced,
    }


def test_weeks_follow_each_other_without_a_gap_and_the_busiest_transition_comes_first():
    found = charts.weekly(
        [row("2026-11-02", None, "NEW", 2), row("2026-11-16", "NEW", "PAID", 5, 1), row("2026-11-02", "NEW", "PAID", 3)]
    )
    assert found.mondays == [date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)]
    assert [(transition.origin, transition.target, transition.counts) for transition in found.transitions] == [
        ("NEW", "PAID", [3, 0, 5]),
        (None, "NEW", [2, 0, 0]),
    ]
    assert (found.totals, found.forced, found.highest) == ([5, 0, 5], [0, 0, 1], 5)


def test_nothing_is_no_week():
    assert charts.weekly([]).mondays == []


def test_mondays_are_mondays():
    assert date.fromisoformat(charts.monday(3)).weekday() == 0
