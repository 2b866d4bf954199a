"""The recap of a week names dossiers by their lead, and tells codes apart that are called alike."""

from typing import Any

import psycopg

Connection = psycopg.Connection[Any]


def test_dossiers_are_named_by_their_lead(db: Connection) -> None:
    db.execute("insert into dossier (lead_name) values ('John Doe')")
    lines = [line for (line,) in db.execute("select line from jalon_recap.weekly_lines(tracked => 'dossier')")]
    assert "  John Doe" in lines


def test_codes_that_are_called_alike_carry_their_code(db: Connection) -> None:
    labels = db.execute(
        "select code, label from jalon_recap.weekly_counts(language => 'fr', tracked => 'dossier')"
        " where code in ('NEW', 'CRM_NEW', 'CRM_SIGNED') order by 1"
    ).fetchall()
    assert labels == [("CRM_NEW", "Nouveau (CRM_NEW)"), ("CRM_SIGNED", "Signé"), ("NEW", "Nouveau (NEW)")]
