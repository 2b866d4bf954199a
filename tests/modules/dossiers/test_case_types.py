"""Status code templates: predefined status code sets for common industries, applied to a new case type in one call."""

from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]
LABELS = '{"en": "Ours", "fr": "Le nôtre"}'


def templates() -> list[str]:
    return [
        "real_estate_purchase",
        "insurance_claims",
        "loan_applications",
        "legal_matters",
        "crm_leads",
        "recruiting",
        "support_tickets",
        "orders",
        "approvals",
    ]


@pytest.mark.parametrize("name", templates())
def test_a_template_applies_to_a_new_case_type_in_one_call(db: Connection, name: str) -> None:
    db.execute("select jalon.add_case_type('OURS', %s, template => %s)", [LABELS, name])
    errors = db.execute("select * from jalon.workflow_check('CASE_STATUS', 'OURS') where severity = 'error'").fetchall()
    assert errors == []
    (code,) = db.execute("insert into dossier (case_type) values ('OURS') returning status_code").fetchone() or ("",)
    expected = (
        "select c ->> 'code' from jalon_engine.template t, jsonb_array_elements(definition -> 'codes') c "
        "where name = %s and (c ->> 'is_initial')::boolean"
    )
    assert code in [row[0] for row in db.execute(expected, [name])]
    # Dossiers without a workflow still take every active code.
    db.execute("insert into dossier (status_code) values ('QUALIFYING'), ('CRM_SIGNED')")
    assert db.execute("insert into dossier default values returning status_code").fetchone() == ("NEW",)


def test_a_case_type_without_a_template_has_no_workflow(db: Connection) -> None:
    db.execute("select jalon.add_case_type('OURS', %s)", [LABELS])
    assert db.execute("select count(*) from workflow where case_type = 'OURS'").fetchone() == (0,)
    db.execute("insert into dossier (case_type, status_code) values ('OURS', 'CRM_SIGNED')")


def test_an_unknown_template_leaves_nothing(db: Connection) -> None:
    with pytest.raises(psycopg.Error) as caught:
        db.execute("select jalon.add_case_type('OURS', %s, template => 'nothing')", [LABELS])
    assert caught.value.sqlstate == "JL402"
    assert db.execute("select count(*) from referential where category = 'CASE_TYPE' and code = 'OURS'").fetchone() == (
        0,
    )
