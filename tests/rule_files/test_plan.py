"""`jalon plan` says in sentences what would change, and changes nothing.

It tells what changed in the file from what changed in the database.
"""

import json
import re
from typing import Any

import pytest

from .conftest import Command, Connection, Ran


def lines(ran: Ran) -> list[str]:
    return ran.out.splitlines()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("action: pay, roles: [clerk]", "action: pay, roles: [clerk], requires_reason: true",
         "~ Pay (NEW -> PAID) now needs a reason"),
        ("action: pay, roles: [clerk]", "action: pay, roles: [clerk, admin]",
         "~ Pay (NEW -> PAID) may be taken by admin, clerk; it was clerk"),
        ("action: pay, roles: [clerk]", "action: pay, roles: [clerk], required_fields: [note]",
         "~ Pay (NEW -> PAID) now requires note"),
        ("max_stay: P3D", "max_stay: P5D", "~ A record may stay on NEW for P5D; it was P3D"),
        ("{fr: En attente}, outcome: waiting", "{fr: En attente}", "~ HELD: outcome becomes active; it was waiting"),
        ("labels: {fr: Nouvelle}", "labels: {fr: Neuve}", "~ NEW: labels becomes fr: Neuve; it was fr: Nouvelle"),
        ("      - {from: NEW, to: PAID, action: pay, roles: [clerk]}\n", "", "~ Pay (NEW -> PAID) goes"),
        ("permission: read_all, table: orders}", "permission: read_all, table: orders, status: NEW}",
         "~ clerk has no rule of its own for read_all any more (table orders, status *)"),
        ("relations: {owner: owner}", "relations: {}", "~ shop.orders: relations goes; it was owner: owner"),
        ("- {role: clerk, label: Clerk", "- {role: boss}\n  - {role: clerk, label: Clerk", "~ The role boss is new"),
    ],
)  # fmt: skip
def test_each_change_is_a_sentence(
    applied: Connection, jalon: Command, change: Any, old: str, new: str, sentence: str
) -> None:
    change(old, new)
    ran = jalon("plan rules.yaml")
    assert ran.code in {1, 2}
    assert sentence in lines(ran)


def test_it_changes_nothing(applied: Connection, jalon: Command, change: Any) -> None:
    change("max_stay: P3D", "max_stay: P5D")
    change("action: pay, roles: [clerk]", "action: pay, roles: [clerk], requires_reason: true")
    before = applied.execute("select jalon.export_rules('ORDER_STATUS')").fetchall()
    assert jalon("plan rules.yaml").code == 2
    assert applied.execute("select jalon.export_rules('ORDER_STATUS')").fetchall() == before
    assert applied.execute(
        "select max(version) from jalon_engine.workflow where category = 'ORDER_STATUS'"
    ).fetchall() == [(1,)]


def test_a_terminal_gets_colour_and_a_pipe_none(
    applied: Connection, jalon: Command, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    change("max_stay: P3D", "max_stay: P5D")
    plain = lines(jalon("plan rules.yaml"))
    assert "\x1b" not in "".join(plain)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    coloured = lines(jalon("plan rules.yaml"))
    assert "\x1b[33m" in coloured[0]
    assert [re.sub(r"\x1b\[\d+m", "", line) for line in coloured] == plain


def test_machines_get_json(applied: Connection, jalon: Command, change: Any) -> None:
    change("max_stay: P3D", "max_stay: P5D")
    (found,) = json.loads(jalon("plan rules.yaml --json").out)
    assert found == {
        "severity": "change", "kind": "code", "subject": "NEW", "changed_in": "file", "at": "rules.yaml:7:5",
        "message": "A record may stay on NEW for P5D; it was P3D",
        "before": {"max_stay": "P3D"}, "after": {"max_stay": "P5D"},
    }  # fmt: skip


def test_what_somebody_changed_in_the_database_is_said_with_who_and_when(
    applied: Connection, jalon: Command, as_actor: Any
) -> None:
    with as_actor(applied, "anna", "admin"):
        applied.execute("select jalon.set_code('ORDER_STATUS', 'PAID', color => '#000000')")
    (line,) = lines(jalon("plan rules.yaml"))
    assert line.startswith("~ PAID: color becomes #2e7d32; it was #000000 [changed here, not in the file by anna on 20")


def test_what_both_changed_is_said(applied: Connection, jalon: Command, change: Any) -> None:
    applied.execute("select jalon.set_code('ORDER_STATUS', 'PAID', color => '#000000')")
    change('color: "#2e7d32"', 'color: "#ffffff"')
    (line,) = lines(jalon("plan rules.yaml"))
    assert "#ffffff; it was #000000 [changed here and in the file" in line


def test_a_version_that_somebody_published_is_drift(applied: Connection, jalon: Command, as_actor: Any) -> None:
    with as_actor(applied, "anna", "admin"):
        applied.execute("select jalon.draft('ORDER_STATUS')")
        applied.execute("select jalon.drop_transition('ORDER_STATUS', 'NEW', 'HELD')")
        applied.execute("select jalon.drop_transition('ORDER_STATUS', 'HELD', 'NEW')")
        applied.execute("select jalon.publish('ORDER_STATUS', mapping => '{\"HELD\": \"NEW\"}')")
    drifted = lines(jalon("plan rules.yaml"))
    assert any(
        line.startswith("~ Hold (NEW -> HELD) is new [changed here, not in the file by anna on") for line in drifted
    )


def test_a_guard_that_the_database_lacks_is_named_with_its_place(
    applied: Connection, jalon: Command, change: Any
) -> None:
    change("action: pay, roles: [clerk]", "action: pay, roles: [clerk], guard: has_stock")
    ran = jalon("plan rules.yaml")
    assert ran.code == 1
    assert lines(ran)[0].startswith("x rules.yaml:16:67: the database has no guard has_stock; guards: ")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("from: PAID, to: SHIPPED", "from: PAID, to: GONE",
         "x rules.yaml:19:26: there is no code GONE; codes: NEW, HELD, PAID, SHIPPED"),
        ("labels: {fr: Nouvelle}", "labels: {xx: Nouvelle}",
         "x rules.yaml:7:42: there are no texts in the language xx; languages: en, fr"),
        ("permission: read_all", "permission: fly", "x rules.yaml:23:31: there is no permission fly; permissions: "),
        ("role: clerk, permission", "role: ghost, permission",
         "x rules.yaml:23:12: there is no role ghost; add it under roles. Roles: "),
        ("columns: {status: ORDER_STATUS}", "columns: {status: WHAT}", "there is no category WHAT; categories: "),
        ("  - {code: PAID", "  - {code: HELD}\n  - {code: PAID", "HELD stands there twice"),
    ],
)  # fmt: skip
def test_what_is_nowhere_is_named_with_its_place(
    applied: Connection, jalon: Command, change: Any, old: str, new: str, fault: str
) -> None:
    change(old, new)
    ran = jalon("plan rules.yaml")
    assert ran.code == 1
    assert fault in ran.out


def test_a_draft_that_somebody_works_on_is_not_lost(
    applied: Connection, jalon: Command, change: Any, as_actor: Any
) -> None:
    with as_actor(applied, "anna", "admin"):
        applied.execute("select jalon.draft('ORDER_STATUS')")
    assert jalon("plan rules.yaml").code == 0
    change("action: pay, roles: [clerk]", "action: pay, roles: [clerk], requires_reason: true")
    ran = jalon("apply rules.yaml --yes")
    assert ran.code == 1
    assert "anna is working on a draft of ORDER_STATUS / *" in ran.out


def test_a_workflow_with_errors_is_not_published(applied: Connection, jalon: Command, change: Any) -> None:
    change("initial: true, ", "")
    ran = jalon("plan rules.yaml")
    assert ran.code in {1, 2}
    change("      - {from: NEW, to: PAID, action: pay, roles: [clerk]}\n", "")
    ran = jalon("apply rules.yaml --yes")
    assert ran.code == 1
    assert "no record can begin" in ran.out


def test_french_readers_get_french_sentences(applied: Connection, change: Any, rules: Any) -> None:
    change("max_stay: P3D", "max_stay: P5D")
    from jalon.rule_files.planning import documents
    from jalon.rule_files.reading import read_files

    applied.execute("set jalon.language = 'fr'")
    found = applied.execute("select message from jalon.plan_rules(%s)", [documents(read_files([rules]))]).fetchall()
    assert found == [("Une fiche peut rester P5D à NEW ; c'était P3D",)]
