"""Templates: each is applied to a new category by one call, without an error, in every language."""

from typing import Any

import pytest

NAMES = (
    "orders", "support_tickets", "crm_leads", "recruiting", "publication_with_moderation", "approvals",
    "real_estate_purchase", "insurance_claims", "loan_applications", "legal_matters",
)  # fmt: skip


def test_these_are_all(rows: Any) -> None:
    assert rows("select name from jalon_engine.template order by position") == [(name,) for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_each_is_published_without_a_finding(db: Any, rows: Any, name: str) -> None:
    assert rows("select category, case_type, version, state from jalon.apply_template(%s, 'MINE')", name) == [
        ("MINE", "*", 1, "published")
    ]
    roles = rows("select distinct unnest(roles) from jalon_engine.workflow_transition where category = 'MINE'")
    for (role,) in roles:
        if role != "any":
            db.execute("select jalon.grant_role('anna', %s)", (role,))
    assert rows("select * from jalon.workflow_check('MINE')") == []
    assert rows("select code from jalon_engine.referential where category = 'MINE' and color is null") == []


def test_roles_can_be_one_s_own(db: Any, rows: Any) -> None:
    db.execute("""select jalon.apply_template('support_tickets', 'MINE', roles => '{"agent": "helpdesk"}')""")
    assert rows(
        "select distinct unnest(roles) from jalon_engine.workflow_transition where category = 'MINE' order by 1"
    ) == [
        ("any",),
        ("helpdesk",),
    ]
    assert rows("select code from jalon_engine.role where code in ('agent', 'helpdesk')") == [("helpdesk",)]


def test_one_case_type_of_a_category_and_a_draft_only(db: Any, rows: Any) -> None:
    db.execute("select jalon.apply_template('orders', 'MINE', 'gift', published => false)")
    assert rows("select case_type, state from jalon_engine.workflow where category = 'MINE'") == [("gift", "draft")]


def test_an_unknown_one_is_refused_with_those_there_are(db: Any, refused: Any) -> None:
    with refused("JL402") as detail:
        db.execute("select jalon.apply_template('nothing', 'MINE')")
    assert detail["allowed"] == list(NAMES)


@pytest.mark.parametrize("roles", ['{"clerk": "clerk"}', '{"agent": "helpdesk", "warehouse": "any"}'])
def test_a_role_that_the_template_has_not_is_refused_by_name(db: Any, rows: Any, refused: Any, roles: str) -> None:
    """It would guard nothing, and what it was to guard be open to everybody."""
    with refused("JL405") as detail:
        db.execute("select jalon.apply_template('support_tickets', 'MINE', roles => %s)", (roles,))
    assert (detail["role"], detail["allowed"]) == (roles.split('"')[-4], ["agent", "any"])
    assert rows("select from jalon_engine.category where code = 'MINE'") == []


def test_the_codes_of_a_template_come_after_those_that_are_there(db: Any) -> None:
    db.execute("select jalon.apply_template('insurance_claims', 'CASE_STATUS', 'CRM_LEAD_BUY')")
    codes = [
        code
        for (code,) in db.execute(
            "select code from jalon_engine.referential where category = 'CASE_STATUS' order by position, code"
        )
    ]
    assert codes[0] == "NEW"
    assert codes[-6:] == [
        "CLAIM_REPORTED", "CLAIM_DOCUMENTS_AWAITED", "CLAIM_ASSESSED", "CLAIM_ACCEPTED", "CLAIM_PAID", "CLAIM_REJECTED",
    ]  # fmt: skip
