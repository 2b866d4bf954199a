"""Some hundred dossiers with believable histories over a year, so that recaps show something."""

from collections.abc import Callable
from typing import Any

import psycopg

from jalon.install import files

Connection = psycopg.Connection[Any]


def load_demo(db: Connection) -> None:
    db.execute(files.text(files.ROOT / "functions/modules/dossiers/demo/10.dossiers.sql").encode(), prepare=False)


def test_the_demo_tells_a_year_of_dossiers_and_can_be_run_again(
    db: Connection, connect: Callable[..., Connection]
) -> None:
    load_demo(db)
    query = """
        select count(distinct dossier_id) >= 300, max(changed_at) - min(changed_at) > interval '300 days',
            max(changed_at) <= now(),
            count(distinct changed_by) > 2, bool_and(kind = 'import'), count(*)
                from jalon_history.jalon_dossiers__dossier
    """
    facts = db.execute(query).fetchone()
    assert facts is not None
    assert facts[:5] == (True,) * 5
    load_demo(db)
    assert db.execute(query).fetchone() == facts
    assert db.execute("select * from jalon.verify('dossier')").fetchall() == []
    bi = connect("bi")
    assert len(bi.execute("select * from jalon_recap.overdue('dossier')").fetchall()) > 5
    assert len(bi.execute("select * from jalon_recap.transitions('dossier')").fetchall()) > 20


def test_every_step_of_the_demo_follows_a_transition(db: Connection) -> None:
    load_demo(db)
    strays = db.execute("""
        select h.case_type, h.old_status_code, h.new_status_code from jalon_history.jalon_dossiers__dossier h
        where not exists (
            select from jalon_engine.rule r
            where r.category = 'CASE_STATUS' and r.case_type = coalesce(h.case_type, '*')
                and r.from_code = coalesce(h.old_status_code, '') and r.to_code = h.new_status_code)
    """)
    assert strays.fetchall() == []


def test_transition_history_of_the_enum_by_itself(db: Connection, connect: Callable[..., Connection]) -> None:
    db.execute("insert into dossier (case_type, status_code) values ('CRM_SALE_TRANSACTION', 'CRM_VISIT_DONE')")
    for code in ("CRM_OFFER_MADE", "CRM_OFFER_ACCEPTED", "CRM_COMPROMISE_SIGNED", "CRM_SIGNING_SCHEDULED"):
        db.execute("update dossier set status_code = %s", [code])
    changes = connect("bi").execute(
        "select version, old_status, new_status from jalon_recap.dossier_enum_changes order by 1"
    )
    assert changes.fetchall() == [
        (1, None, "QUALIFIED"),
        (2, "QUALIFIED", "QUALIFYING"),
        (3, "QUALIFYING", "QUALIFIED"),
        (5, "QUALIFIED", "APPOINTMENT"),
    ]
