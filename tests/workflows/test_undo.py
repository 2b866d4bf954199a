"""Undo and redo of a draft."""

from typing import Any

import pytest

TRANSITIONS = """select jalon_engine.transition_name(a.from_code, a.to_code) || ' ' || a.action
    from jalon_engine.workflow_transition a join jalon_engine.workflow w using (category, case_type, version)
    where a.category = 'ORDER_STATUS' and w.state = 'draft' order by a.from_code nulls first, a.to_code"""


@pytest.fixture
def draft(orders: Any) -> Any:
    orders.execute("select jalon.draft('ORDER_STATUS')")
    return orders


def test_each_edit_is_undone_and_redone(draft: Any, rows: Any) -> None:
    states = [rows(TRANSITIONS)]
    for edit in (
        "select jalon.drop_transition('ORDER_STATUS', 'NEW', 'PAID')",
        "select jalon.set_transition('ORDER_STATUS', 'NEW', 'SHIPPED', 'rush', '{any}')",
        "select jalon.set_transition('ORDER_STATUS', 'NEW', 'SHIPPED', 'hurry')",
    ):
        draft.execute(edit)
        states.append(rows(TRANSITIONS))
    for state in states[-2::-1]:
        draft.execute("select jalon.undo_draft('ORDER_STATUS')")
        assert rows(TRANSITIONS) == state
    for state in states[1:]:
        draft.execute("select jalon.undo_draft('ORDER_STATUS', redo => true)")
        assert rows(TRANSITIONS) == state


def test_an_edit_after_an_undo_forgets_what_was_undone(draft: Any, refused: Any) -> None:
    draft.execute("select jalon.drop_transition('ORDER_STATUS', 'NEW', 'PAID')")
    draft.execute("select jalon.undo_draft('ORDER_STATUS')")
    draft.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'SHIPPED', 'rush', '{any}')")
    with refused("JL401"):
        draft.execute("select jalon.undo_draft('ORDER_STATUS', redo => true)")


def test_there_is_nothing_to_undo_at_the_beginning(draft: Any, refused: Any) -> None:
    with refused("JL401"):
        draft.execute("select jalon.undo_draft('ORDER_STATUS')")


def test_a_whole_document_is_one_edit(draft: Any, rows: Any, value: Any) -> None:
    before = rows(TRANSITIONS)
    draft.execute(
        """select jalon.import_workflow('{"format": "jalon/1", "codes": [], "transitions": [
        {"from": "NEW", "to": "PAID", "roles": ["any"]}, {"from": "PAID", "to": "NEW", "roles": ["any"]}]}',
        'ORDER_STATUS', '*')"""
    )
    assert value("select count(*) from jalon_engine.draft_step") == 1
    draft.execute("select jalon.undo_draft('ORDER_STATUS')")
    assert rows(TRANSITIONS) == before


def test_an_arrival_is_undone(draft: Any, value: Any) -> None:
    draft.execute("select jalon.set_arrival('ORDER_STATUS', '*', 'PAID', 'NEW')")
    draft.execute("select jalon.undo_draft('ORDER_STATUS')")
    assert value("select count(*) from jalon_engine.workflow_arrival where category = 'ORDER_STATUS'") == 0


def test_an_undo_counts_as_an_edit_for_the_other_editor(draft: Any, value: Any, refused: Any) -> None:
    draft.execute("select jalon.drop_transition('ORDER_STATUS', 'NEW', 'PAID')")
    seen = value("select revision from jalon_engine.workflow where state = 'draft' and category = 'ORDER_STATUS'")
    draft.execute("select jalon.undo_draft('ORDER_STATUS')")
    with refused("JL102"):
        draft.execute("select jalon.undo_draft('ORDER_STATUS', redo => true, expected_revision => %s)", (seen,))


def test_what_is_published_keeps_no_steps(draft: Any, value: Any) -> None:
    draft.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'PAID', requires_reason => true)")
    draft.execute("select jalon.publish('ORDER_STATUS')")
    assert value("select count(*) from jalon_engine.draft_step") == 0
