"""The weekly recap of the roadshow: changes in order, interactions by type, counts, arrivals, departures, silence."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]
TABLE = "roadshow_counterparty"


def create_counterparty(db: Connection, id: int, name: str, at: str, statut: str = "En attente") -> None:
    with db.transaction():
        db.execute(
            "select jalon_engine.seal_actor('p', 'db:postgres', '', '', '{\"kind\": \"import\"}'), "
            "jalon_history.ensure_months(%s, %s, %s)",
            (TABLE, at, at),
        )
        db.execute(
            "insert into roadshow_counterparty (id, name, owner, statut, created_at, status_changed_at)"
            " values (%s, %s, 'anna', %s, %s, %s)",
            (id, name, statut, at, at),
        )


def import_change(db: Connection, id: int, statut: str, at: str, reason: str | None = None) -> None:
    db.execute("select jalon.import_change(%s, %s, %s, %s, %s)", (TABLE, str(id), statut, at, reason))


def add_interaction(db: Connection, id: int, type_: str, day: str) -> None:
    db.execute("insert into roadshow_event (counterparty_id, type, date) values (%s, %s, %s)", (id, type_, day))


@pytest.fixture
def autumn(db: Connection) -> Connection:
    """Four counterparties around 2026-W41 (5 to 11 October)."""
    create_counterparty(db, 1, "Ardian", "2026-09-01Z")
    create_counterparty(db, 2, "Bpi & Cie <b>", "2026-09-01Z")
    create_counterparty(db, 3, "Caisse", "2026-10-06Z")
    create_counterparty(db, 4, "Dassault", "2026-09-01Z", "Live")
    import_change(db, 1, "Live", "2026-10-05 08:00Z", "First meeting")
    import_change(db, 1, "No-go", "2026-10-11 23:59:59.999 Europe/Paris", "Too small")
    import_change(db, 2, "No-go", "2026-09-20Z")
    import_change(db, 2, "Live", "2026-10-12 00:00 Europe/Paris")
    for id, type_, day in (
        (1, "call", "2026-10-05"),
        (1, "call", "2026-10-11"),
        (1, "meeting", "2026-10-07"),
        (3, "teaser", "2026-10-08"),
        (4, "call", "2026-09-20"),
        (3, "call", "2026-10-12"),
        (1, "call", "2026-10-04"),
    ):
        add_interaction(db, id, type_, day)
    return db


def week(db: Connection, week: str = "2026-W41", zone: str = "Europe/Paris", language: str = "fr") -> dict[str, Any]:
    row = db.execute("select jalon_recap.weekly(%s, %s, %s, %s)", (week, zone, language, TABLE)).fetchone()
    assert row
    return row[0]["tables"][0]  # type: ignore[no-any-return]


def test_changes_come_in_their_order_with_who_and_why(autumn: Connection) -> None:
    found = {
        r["record"]: [(c.get("from"), c["to"], c["by"], c.get("reason")) for c in r["changes"]]
        for r in week(autumn)["records"]
    }
    assert found == {
        "1": [
            ("En attente", "Live", "db:postgres", "First meeting"),
            ("Live", "No-go", "db:postgres", "Too small"),
        ],
        "3": [(None, "En attente", "db:postgres", None)],
    }
    assert week(autumn)["names"] == {"1": "Ardian", "3": "Caisse"}


def test_the_last_millisecond_of_sunday_in_paris_belongs_to_the_week(autumn: Connection) -> None:
    assert [r["record"] for r in week(autumn, "2026-W42")["records"]] == ["2"]
    assert [r["record"] for r in week(autumn, "2026-W42", "Asia/Tokyo")["records"]] == ["1", "2"]
    assert [r["record"] for r in week(autumn, "2026-W41", "UTC")["records"]] == ["1", "3", "2"]


def test_interactions_are_counted_by_type(autumn: Connection) -> None:
    part = week(autumn)
    assert [(i["name"], [(t["label"], t["count"]) for t in i["types"]]) for i in part["interactions"]] == [
        ("Ardian", [("Appel", 2), ("Rendez-vous", 1)]),
        ("Caisse", [("Teaser", 1)]),
    ]
    assert [(t["type"], t["count"]) for t in part["interactionsByType"]] == [("call", 2), ("meeting", 1), ("teaser", 1)]


def test_statuses_are_counted_at_the_start_and_the_end(autumn: Connection) -> None:
    assert [(c["code"], c["atStart"], c["atEnd"]) for c in week(autumn)["counts"]] == [
        ("Live", 1, 1),
        ("En attente", 1, 1),
        ("No-go", 1, 2),
    ]


def test_who_entered_and_left_the_pipe(autumn: Connection) -> None:
    part = week(autumn)
    assert [e["record"] for e in part["entered"]] == ["3"]
    assert [e["record"] for e in part["left"]] == ["1"]
    assert [e["record"] for e in week(autumn, "2026-W42")["entered"]] == ["2"]


def test_the_silent_are_those_in_the_pipe_without_an_interaction_for_two_weeks(autumn: Connection) -> None:
    assert [(s["name"], s["lastInteraction"], s["days"]) for s in week(autumn)["silent"]] == [
        ("Dassault", "2026-09-20", 21)
    ]
    # A fortnight to the day is not more than two weeks; a No-go is no concern; without any, the day of entry counts.
    assert week(autumn, "2026-W40")["silent"] == []
    assert [(s["name"], s["lastInteraction"], s["days"]) for s in week(autumn, "2026-W39")["silent"]] == [
        ("Ardian", None, 26)
    ]
    add_interaction(autumn, 1, "call", "2026-09-06")
    assert week(autumn, "2026-W38")["silent"] == []
    assert [s["days"] for s in week(autumn, "2026-W39")["silent"]] == [21]
    autumn.execute("update jalon_engine.setting set value = '30' where name = 'roadshow.silent_after_days'")
    assert week(autumn)["silent"] == []


def test_weeks_over_new_year_and_with_a_change_of_clocks(db: Connection) -> None:
    create_counterparty(db, 1, "Ardian", "2020-09-01Z")
    import_change(db, 1, "Live", "2020-10-25 23:30 Europe/Paris")  # the Sunday of 25 hours
    import_change(db, 1, "En attente", "2020-12-31 23:59 Europe/Paris")
    import_change(db, 1, "No-go", "2021-01-03 23:59 Europe/Paris")
    assert [len(r["changes"]) for r in week(db, "2020-W43")["records"]] == [1]
    assert [len(r["changes"]) for r in week(db, "2020-W53")["records"]] == [2]
    assert week(db, "2021-W01")["records"] == []


def test_a_dba_reads_it_with_one_statement_in_psql(autumn: Connection, connect: Callable[..., Connection]) -> None:
    statement = "select line from jalon_recap.weekly_lines('2026-W41', 'Europe/Paris', 'fr', 'roadshow_counterparty')"
    for role in ("dba", "bi"):
        lines = [row[0] for row in connect(role).execute(statement)]
        assert lines[0] == "Semaine 2026-W41, du 2026-10-05 au 2026-10-11 (Europe/Paris)"
        assert "    2026-10-11 23:59  Live -> No-go  db:postgres  Too small" in lines
        assert "  Silencieux depuis plus de 14 jours" in lines


def test_the_page_needs_nothing_from_outside_and_escapes_what_it_shows(autumn: Connection) -> None:
    row = autumn.execute("select jalon_recap.weekly_page('2026-W42', 'Europe/Paris', 'en')").fetchone()
    assert row
    page = row[0]
    assert page.startswith("<!doctype html>")
    assert "Bpi &amp; Cie &lt;b&gt;" in page
    assert "<b>Live</b>, db:postgres" in page
    for outside in ("<script", "<link", "src=", "href=", "url(", "@import"):
        assert outside not in page


def test_the_same_recap_exists_for_every_tracked_table(autumn: Connection) -> None:
    tables = autumn.execute("select count(*) from jalon_engine.tracked").fetchone()
    row = autumn.execute("select jalon_recap.weekly('2026-W41')").fetchone()
    assert row
    assert tables == (len(row[0]["tables"]),)


def partitions_read(plan: dict[str, Any]) -> list[str]:
    """The partitions that a plan has read, not those it names and never came to."""
    own = (
        [plan["Relation Name"]]
        if "roadshow_counterparty_y" in plan.get("Relation Name", "") and plan["Actual Loops"]
        else []
    )
    return own + [name for part in plan.get("Plans", []) for name in partitions_read(part)]


def test_only_the_weeks_months_are_read(db: Connection) -> None:
    """Twenty-four months of history, and the recap of the last week touches the partitions of that week."""
    db.execute("select jalon_history.ensure_months('roadshow_counterparty', now() - interval '24 months', now())")
    db.execute("insert into roadshow_counterparty (name) select n::text from generate_series(1, 40) n")
    plan_of = (
        "explain (analyze, costs off, timing off, summary off, format json) "
        "select * from jalon_history.changes where tracked = %s and changed_at >= %s"
    )
    since = "select (date_trunc('week', now()))::text"
    row = db.execute(since).fetchone()
    assert row
    found = db.execute(plan_of, (TABLE, row[0])).fetchone()
    assert found
    scanned = set(partitions_read(found[0][0]["Plan"]))
    months = db.execute(
        "select count(*) from jalon_history.months_of('jalon_history.jalon_roadshow__roadshow_counterparty') m "
        "where m.upper_bound > date_trunc('week', now())"
    ).fetchone()
    assert months
    assert 0 < len(scanned) <= months[0]


def test_the_terminal_prints_it(autumn: Connection) -> None:
    def recap(*more: str) -> subprocess.CompletedProcess[str]:
        dsn = psycopg.conninfo.make_conninfo(autumn.info.dsn, password=autumn.info.password or None)
        command = [sys.executable, "-m", "jalon", "recap", "weekly", "--dsn", dsn, "--tz", "Europe/Paris", *more]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = recap("--week", "2026-W41", "--lang", "fr")
    assert done.returncode == 0, done.stderr
    assert "    Ardian: Appel 2, Rendez-vous 1" in done.stdout.splitlines()
    assert json.loads(recap("--week", "2026-W41", "--format", "json").stdout)["week"] == "2026-W41"
    for wrong in (("--week", "2026-W99"), ("--table", "none"), ("--tz", "Mars")):
        done = recap(*wrong)
        assert done.returncode == 1
        assert done.stderr.startswith("jalon: ")
        assert done.stderr.count("\n") == 1
