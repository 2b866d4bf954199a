"""Codes of a draft: nobody but the draft sees them before it is published, and no record has one."""

import json
from typing import Any

import psycopg
import pytest

HELD = """select jalon.set_draft_code('ORDER_STATUS', 'HELD', labels => '{"en": "On hold", "fr": "En attente"}',
    outcome => 'waiting', color => '#e8772e', max_stay => '14 days')"""
CONNECTED = (
    "select jalon.set_transition('ORDER_STATUS', 'NEW', 'HELD', 'hold', '{any}')",
    "select jalon.set_transition('ORDER_STATUS', 'HELD', 'NEW', 'resume', '{any}')",
)
# Everything that says which codes there are and what they are, outside of a draft.
SEEN = """select jsonb_build_array(
    (select jsonb_agg(to_jsonb(c) order by c.category, c.code) from jalon.codes c),
    (select jsonb_agg(to_jsonb(c) order by c.category, c.code) from jalon_recap.codes c),
    (select jsonb_agg(to_jsonb(l) order by l.category, l.code, l.language) from jalon_engine.referential_label l),
    (select jsonb_agg(to_jsonb(r) order by r.category, r.case_type, r.from_code, r.to_code) from jalon_engine.rule r),
    jalon.export_referential('ORDER_STATUS')::jsonb, jalon.export_rules('ORDER_STATUS'),
    jalon.export_workflow('ORDER_STATUS')::jsonb)"""


@pytest.fixture
def draft(orders: Any) -> Any:
    orders.execute("select jalon.draft('ORDER_STATUS')")
    return orders


@pytest.fixture
def held(draft: Any) -> Any:
    """A draft with a code of its own, and transitions to and from it."""
    for statement in (HELD, *CONNECTED):
        draft.execute(statement)
    return draft


def codes_of(document: dict[str, Any]) -> dict[str, Any]:
    return {code["code"]: code for code in document["codes"]}


class TestBeforePublishing:
    def test_nothing_outside_of_the_draft_has_a_new_or_an_edited_code(self, draft: Any, value: Any) -> None:
        before = value(SEEN)
        for statement in (HELD, *CONNECTED):
            draft.execute(statement)
        draft.execute(
            """select jalon.set_draft_code('ORDER_STATUS', 'PAID', labels => '{"en": "Settled"}', color => '#123456',
            icon => 'coin', outcome => 'waiting', is_initial => true, place => 1, description => 'The money is here.',
            max_stay => '1 day', meta => '{"a": 1}', is_active => false)"""
        )
        assert value(SEEN) == before

    @pytest.mark.parametrize(
        "statement",
        [
            "update shop.orders set status = 'HELD' where id = 1",
            "insert into shop.orders (id, status) values (9, 'HELD')",
            "select jalon.move('orders', '1', 'HELD')",
            "select jalon.force_move('orders', '1', 'HELD', 'because')",
            "select jalon.import_change('orders', '1', 'HELD', now())",
        ],
    )
    @pytest.mark.parametrize("is_free", [False, True])
    def test_no_record_enters_a_new_code(self, held: Any, value: Any, statement: str, is_free: bool) -> None:
        if is_free:  # without a workflow in force every active code may be entered
            held.execute("select jalon.retire('ORDER_STATUS')")
            held.execute("update shop.orders set status = 'CANCELLED' where id = 3")
        with pytest.raises(psycopg.Error) as refused:
            held.execute(statement)
        assert refused.value.sqlstate == "JL402"
        assert value("select count(*) from shop.orders where status = 'HELD'") == 0

    @pytest.mark.parametrize("is_free", [False, True])
    def test_no_past_is_imported_on_a_new_code(self, held: Any, value: Any, is_free: bool) -> None:
        if is_free:
            held.execute("select jalon.retire('ORDER_STATUS')")
        held.execute(
            "create table shop.tickets (id int primary key, status text); insert into shop.tickets values (1, 'PAID')"
        )
        held.execute("select jalon.track('shop.tickets', category => 'ORDER_STATUS')")
        past = """select * from (values ('1', 'HELD', '2024-01-01Z', 'anna'), ('1', 'PAID', '2024-01-02Z', 'anna'))
            x (record, "to", at, by)"""
        answered = held.execute(
            "select outcome, problem from jalon.import_changes('tickets', %s, mode => 'each')", (past,)
        )
        assert [problem for outcome, problem in answered if outcome == "refused" and "HELD" in problem]
        assert value("select count(*) from jalon_history.shop__tickets where new_status = 'HELD'") == 0

    def test_no_table_comes_under_jalon_with_a_record_on_a_new_code(self, held: Any) -> None:
        held.execute(
            "create table shop.tickets (id int primary key, status text); insert into shop.tickets values (1, 'HELD')"
        )
        with pytest.raises(psycopg.Error) as refused:
            held.execute("select jalon.track('shop.tickets', category => 'ORDER_STATUS')")
        assert "HELD" in str(refused.value)

    def test_no_record_begins_on_a_new_initial_code(self, draft: Any, value: Any) -> None:
        draft.execute("select jalon.set_draft_code('ORDER_STATUS', 'BASKET', is_initial => true)")
        draft.execute("select jalon.set_transition('ORDER_STATUS', 'BASKET', 'NEW', 'order', '{any}')")
        with pytest.raises(psycopg.Error) as refused:
            draft.execute("insert into shop.orders (id, status) values (9, 'BASKET')")
        assert refused.value.sqlstate == "JL402"
        assert "BASKET" not in value("select string_agg(to_code, ' ') from jalon.explain('orders', '1')")

    def test_no_record_enters_a_new_code_in_a_category_that_never_had_a_workflow(self, db: Any, refused: Any) -> None:
        db.execute("select jalon.add_category('DOOR')")
        db.execute("select jalon.set_code('DOOR', 'OPEN'), jalon.set_code('DOOR', 'SHUT')")
        db.execute("create schema house; create table house.door (id int primary key, status text)")
        db.execute("select jalon.track('house.door', category => 'DOOR')")
        db.execute("insert into house.door values (1, 'OPEN')")
        db.execute("select jalon.draft('DOOR')")
        db.execute("select jalon.set_draft_code('DOOR', 'STUCK')")
        for statement in ("insert into house.door values (2, 'STUCK')", "update house.door set status = 'STUCK'"):
            with refused("JL402"):
                db.execute(statement)

    def test_no_record_arrives_on_a_new_code_of_another_case_type(self, orders: Any, refused: Any) -> None:
        orders.execute("select jalon.draft('ORDER_STATUS', 'gift')")
        orders.execute("select jalon.set_draft_code('ORDER_STATUS', 'WRAPPED', case_type => 'gift')")
        orders.execute("select jalon.set_arrival('ORDER_STATUS', 'gift', 'WRAPPED', 'NEW')")
        with refused("JL402"):
            orders.execute("update shop.orders set status = 'WRAPPED' where id = 1")

    def test_another_draft_does_not_have_it(self, held: Any, refused: Any) -> None:
        held.execute("select jalon.draft('ORDER_STATUS', 'gift')")
        with refused("JL402") as detail:
            held.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'HELD', case_type => 'gift')")
        assert "HELD" not in detail["allowed"]


class TestTheDraft:
    def test_shows_its_codes_in_documents_pictures_and_files(self, held: Any, value: Any) -> None:
        held.execute("""select jalon.set_draft_code('ORDER_STATUS', 'PAID', labels => '{"en": "Settled"}')""")
        document = codes_of(value("select jalon.export_workflow('ORDER_STATUS', version => 2)"))
        assert document["HELD"]["labels"] == {"en": "On hold", "fr": "En attente"}
        assert document["PAID"]["labels"]["en"] == document["PAID"]["label"] == "Settled"
        rules = codes_of(value("select jalon.export_rules('ORDER_STATUS', draft_of => '*')"))
        assert (rules["HELD"]["outcome"], rules["HELD"]["max_stay"]) == ("waiting", "P14D")
        assert rules["PAID"]["label"] == "Settled"
        picture = value("select jalon.workflow_mermaid('ORDER_STATUS', version => 2, language => 'fr')")
        assert "En attente" in picture
        assert "Settled" in value("select jalon.workflow_dot('ORDER_STATUS', version => 2, language => 'en')")
        assert "HELD" not in codes_of(value("select jalon.export_rules('ORDER_STATUS')"))

    def test_says_in_sentences_what_it_changes_of_codes(self, held: Any, rows: Any) -> None:
        held.execute("select jalon.set_draft_code('ORDER_STATUS', 'PAID', max_stay => '2 days')")
        said = [message for (message,) in rows(
            "select message from jalon_engine.workflow_sentences('ORDER_STATUS', '*', 1, 2) where transition is null"
        )]  # fmt: skip
        assert said == ["A record may stay on PAID for P2D; it was P3D", "The code HELD is new"]

    def test_is_checked_with_its_codes(self, draft: Any, rows: Any) -> None:
        draft.execute("select jalon.set_draft_code('ORDER_STATUS', 'HELD')")
        draft.execute(CONNECTED[0])
        draft.execute("select jalon.set_draft_code('ORDER_STATUS', 'PAID', is_active => false)")
        found = set(rows("select code, subject from jalon.workflow_check('ORDER_STATUS') where severity = 'error'"))
        assert {("dead_end", "HELD"), ("no_label", "HELD"), ("inactive", "NEW -> PAID")} <= found

    def test_an_edit_changes_what_is_named_and_an_empty_text_clears(self, held: Any, rows: Any) -> None:
        held.execute("select jalon.set_draft_code('ORDER_STATUS', 'HELD', color => '', description => 'Waits.')")
        assert rows(
            "select is_new, label, labels, color, description, outcome, max_stay::text from jalon.draft_codes"
        ) == [(True, "On hold", {"en": "On hold", "fr": "En attente"}, None, "Waits.", "waiting", "14 days")]

    def test_an_edit_that_is_taken_back_by_hand_leaves_nothing(self, draft: Any, rows: Any, value: Any) -> None:
        label = value("select label from jalon.codes where category = 'ORDER_STATUS' and code = 'PAID'")
        draft.execute("select jalon.set_draft_code('ORDER_STATUS', 'PAID', label => 'Settled', place => 7)")
        assert rows("select code, drafted, is_new from jalon.draft_codes") == [("PAID", ["label", "position"], False)]
        place = value("select position from jalon.codes where category = 'ORDER_STATUS' and code = 'PAID'")
        draft.execute("select jalon.set_draft_code('ORDER_STATUS', 'PAID', label => %s, place => %s)", (label, place))
        assert rows("select * from jalon.draft_codes") == []

    @pytest.mark.parametrize(
        ("argument", "field"),
        [("outcome => 'foo'", "outcome"), ("color => 'red'", "color"), ("max_stay => '-1 day'", "maxStay"),
         ("""labels => '{"xx": "?"}'""", "language"), ("""descriptions => '{"xx": "?"}'""", "language")],
    )  # fmt: skip
    def test_refuses_what_no_code_can_be(self, draft: Any, refused: Any, argument: str, field: str) -> None:
        with refused("JL405") as detail:
            draft.execute(f"select jalon.set_draft_code('ORDER_STATUS', 'HELD', {argument})")
        assert detail["field"] == field

    def test_two_editors_notice_each_other(self, draft: Any, refused: Any) -> None:
        draft.execute(HELD)
        with refused("JL102"):
            draft.execute("select jalon.set_draft_code('ORDER_STATUS', 'HELD', expected_revision => 1)")
        with refused("JL102"):
            draft.execute("select jalon.drop_draft_code('ORDER_STATUS', 'HELD', expected_revision => 1)")

    def test_needs_a_draft(self, orders: Any, refused: Any) -> None:
        with refused("JL401"):
            orders.execute(HELD)

    def test_a_new_code_goes_when_no_transition_of_the_draft_names_it(self, held: Any, rows: Any, refused: Any) -> None:
        with refused("JL407"):
            held.execute("select jalon.drop_draft_code('ORDER_STATUS', 'HELD')")
        with refused("JL407"):
            held.execute("delete from jalon_engine.draft_code")
        with refused("JL407"):
            held.execute("update jalon_engine.draft_code set code = 'PAUSED'")
        held.execute("select jalon.drop_transition('ORDER_STATUS', 'NEW', 'HELD')")
        held.execute("select jalon.drop_transition('ORDER_STATUS', 'HELD', 'NEW')")
        held.execute("select jalon.drop_draft_code('ORDER_STATUS', 'HELD')")
        assert rows("select * from jalon.draft_codes") == []
        with refused("JL401"):
            held.execute("select jalon.drop_draft_code('ORDER_STATUS', 'HELD')")

    @pytest.mark.parametrize("place", ["from_code", "to_code"])
    def test_a_transition_names_no_code_that_there_is_not(self, held: Any, refused: Any, place: str) -> None:
        other = "to_code" if place == "from_code" else "from_code"
        with refused("JL402") as detail:
            held.execute(
                f"""insert into jalon_engine.workflow_transition (category, case_type, version, {place}, {other},
                action) values ('ORDER_STATUS', '*', 2, 'LOST', 'NEW', 'x')"""
            )
        assert "HELD" in detail["allowed"]
        with refused("JL402"):
            held.execute("select jalon.set_arrival('ORDER_STATUS', '*', 'LOST', 'NEW')")

    def test_a_document_saved_over_it_leaves_its_codes_drafted(self, held: Any, value: Any) -> None:
        document = value("select jalon.export_workflow('ORDER_STATUS', version => 2)")
        held.execute("select jalon.import_workflow(%s, 'ORDER_STATUS', '*')", (json.dumps(document),))
        assert value("select count(*) from jalon.draft_codes") == 1
        assert value("select count(*) from jalon.codes where code = 'HELD'") == 0
        assert value("select jalon.export_workflow('ORDER_STATUS', version => 2)") == document

    def test_who_did_what_is_remembered(self, draft: Any, rows: Any, as_actor: Any) -> None:
        with as_actor(draft, "anna", "admin"):
            draft.execute(HELD)
        with as_actor(draft, "ben", "admin"):
            draft.execute("select jalon.set_draft_code('ORDER_STATUS', 'HELD', color => '#000000')")
        assert rows(
            """select changed_by, operation, before ->> 'color', after ->> 'color' from jalon.config_history
            where table_name = 'draft_code' order by changed_at"""
        ) == [("anna", "INSERT", None, "#e8772e"), ("ben", "UPDATE", "#e8772e", "#000000")]


class TestUndo:
    STATE = """select jsonb_build_array((select jsonb_agg(to_jsonb(d) order by d.code) from jalon.draft_codes d),
        (select jsonb_agg(a.to_code order by a.from_code nulls first, a.to_code)
         from jalon.transitions a where a.category = 'ORDER_STATUS' and a.state = 'draft'))"""

    def test_takes_codes_back_and_brings_them_again(self, draft: Any, value: Any) -> None:
        states = [value(self.STATE)]
        for edit in (
            HELD,
            *CONNECTED,
            "select jalon.set_draft_code('ORDER_STATUS', 'HELD', color => '')",
            """select jalon.set_draft_code('ORDER_STATUS', 'PAID', labels => '{"fr": "Réglée"}')""",
            "select jalon.drop_draft_code('ORDER_STATUS', 'PAID')",
        ):
            draft.execute(edit)
            states.append(value(self.STATE))
        for state in states[-2::-1]:
            draft.execute("select jalon.undo_draft('ORDER_STATUS')")
            assert value(self.STATE) == state
        for state in states[1:]:
            draft.execute("select jalon.undo_draft('ORDER_STATUS', redo => true)")
            assert value(self.STATE) == state

    def test_a_code_and_its_transitions_of_one_transaction_are_one_step(self, draft: Any, value: Any) -> None:
        before = value(self.STATE)
        with draft.transaction():
            for edit in (HELD, *CONNECTED):
                draft.execute(edit)
        after = value(self.STATE)
        draft.execute("select jalon.undo_draft('ORDER_STATUS')")
        assert value(self.STATE) == before
        draft.execute("select jalon.undo_draft('ORDER_STATUS', redo => true)")
        assert value(self.STATE) == after


class TestPublishing:
    def test_puts_codes_and_transitions_in_force_together(self, held: Any, rows: Any, value: Any) -> None:
        held.execute(
            """select jalon.set_draft_code('ORDER_STATUS', 'PAID', labels => '{"fr": "Réglée"}', color => '#123456',
            descriptions => '{"fr": "L''argent est là."}')"""
        )
        effects = rows("select what, subject from jalon.publish('ORDER_STATUS') where what <> 'warning'")
        assert effects[:2] == [("code_changed", "PAID"), ("code_added", "HELD")]
        assert rows(
            "select label, labels, outcome, color, max_stay::text, is_active from jalon.codes where code = 'HELD'"
        ) == [("On hold", {"en": "On hold", "fr": "En attente"}, "waiting", "#e8772e", "14 days", True)]
        assert rows(
            """select r.color, l.label, l.description from jalon_engine.referential r
            join jalon_engine.referential_label l using (category, code)
            where r.category = 'ORDER_STATUS' and r.code = 'PAID' and l.language = 'fr'"""
        ) == [("#123456", "Réglée", "L'argent est là.")]
        assert value("select count(*) from jalon.draft_codes") == 0
        held.execute("select jalon.move('orders', '1', 'HELD')")
        assert value("select status from shop.orders where id = 1") == "HELD"

    def test_a_rehearsal_says_it_and_leaves_nothing(self, held: Any, rows: Any, value: Any) -> None:
        before = value(SEEN)
        assert ("code_added", "HELD") in rows(
            "select what, subject from jalon.publish('ORDER_STATUS', dry_run => true)"
        )
        assert value(SEEN) == before
        assert value("select count(*) from jalon.draft_codes") == 1

    def test_that_is_refused_leaves_nothing(self, held: Any, value: Any, refused: Any) -> None:
        held.execute("select jalon.drop_transition('ORDER_STATUS', 'HELD', 'NEW')")
        before = value(SEEN)
        with refused("JL505"):
            held.execute("select jalon.publish('ORDER_STATUS')")
        assert value(SEEN) == before

    def test_records_are_mapped_to_a_new_code(self, without_paid: Any, rows: Any) -> None:
        for statement in (HELD, *CONNECTED):
            without_paid.execute(statement)
        moved = rows(
            """select subject, records from jalon.publish('ORDER_STATUS', mapping => '{"PAID": "HELD"}')
            where what = 'moved'"""
        )
        assert moved == [("orders.status: PAID -> HELD", 1)]

    def test_a_drafted_deactivation_holds_then(self, draft: Any, value: Any, refused: Any) -> None:
        draft.execute("select jalon.set_draft_code('ORDER_STATUS', 'CANCELLED', is_active => false)")
        draft.execute(
            """select jalon.drop_transition('ORDER_STATUS', a.from_code, a.to_code) from jalon.transitions a
            where a.category = 'ORDER_STATUS' and a.state = 'draft' and a.to_code = 'CANCELLED'"""
        )
        draft.execute("select jalon.publish('ORDER_STATUS')")
        assert (
            value("select is_active from jalon.codes where code = 'CANCELLED' and category = 'ORDER_STATUS'") is False
        )

    def test_a_published_code_is_one_like_any_other(self, held: Any, rows: Any) -> None:
        held.execute("select jalon.publish('ORDER_STATUS')")
        held.execute("select jalon.set_code('ORDER_STATUS', 'HELD', color => '#000000')")
        assert rows("select color from jalon.codes where code = 'HELD'") == [("#000000",)]


class TestDiscarding:
    def test_takes_the_codes_with_it(self, orders: Any, value: Any, rows: Any) -> None:
        before = value(SEEN)
        orders.execute("select jalon.draft('ORDER_STATUS')")
        for statement in (HELD, *CONNECTED):
            orders.execute(statement)
        orders.execute("select jalon.set_draft_code('ORDER_STATUS', 'PAID', label => 'Settled')")
        orders.execute("select jalon.discard('ORDER_STATUS')")
        assert rows("select * from jalon.draft_codes") == []
        assert value(SEEN) == before


class TestMeanwhile:
    FOUND = "select code, message from jalon.workflow_check('ORDER_STATUS') where code like 'code_%' order by 1"

    def test_what_the_draft_does_not_speak_of_stays_as_somebody_made_it(self, draft: Any, rows: Any) -> None:
        draft.execute("select jalon.set_draft_code('ORDER_STATUS', 'PAID', color => '#111111')")
        draft.execute("select jalon.set_code('ORDER_STATUS', 'PAID', icon => 'coin', label => 'Settled')")
        assert rows(self.FOUND) == []
        draft.execute("select jalon.publish('ORDER_STATUS')")
        assert rows("select color, icon, label from jalon.codes where category = 'ORDER_STATUS' and code = 'PAID'") == [
            ("#111111", "coin", "Settled")
        ]

    def test_where_both_speak_the_check_says_who_did_and_the_draft_wins(
        self, draft: Any, rows: Any, as_actor: Any
    ) -> None:
        draft.execute(
            """select jalon.set_draft_code('ORDER_STATUS', 'PAID', color => '#111111', labels => '{"fr": "Réglée"}')"""
        )
        with as_actor(draft, "ben", "admin"):
            draft.execute("select jalon.set_code('ORDER_STATUS', 'PAID', color => '#222222')")
            draft.execute("select jalon.set_label('ORDER_STATUS', 'PAID', 'fr', 'Encaissée')")
        assert rows(self.FOUND) == [(
            "code_changed", "ben changed PAID meanwhile (color, label.fr); publishing puts what the draft says there"
        )]  # fmt: skip
        draft.execute("select jalon.publish('ORDER_STATUS')")
        assert rows(
            "select color, labels ->> 'fr' from jalon.codes where category = 'ORDER_STATUS' and code = 'PAID'"
        ) == [("#111111", "Réglée")]

    def test_who_did_the_same_is_no_conflict(self, draft: Any, rows: Any) -> None:
        draft.execute("select jalon.set_draft_code('ORDER_STATUS', 'PAID', color => '#111111', label => 'Settled')")
        draft.execute("select jalon.set_code('ORDER_STATUS', 'PAID', color => '#111111', label => 'Settled')")
        assert rows(self.FOUND) == []

    def test_a_code_that_somebody_added_too_becomes_what_the_draft_says(
        self, held: Any, rows: Any, as_actor: Any
    ) -> None:
        with as_actor(held, "ben", "admin"):
            held.execute("select jalon.set_code('ORDER_STATUS', 'HELD', color => '#222222', icon => 'coin')")
        assert rows(self.FOUND) == [(
            "code_added", "ben added the code HELD meanwhile; publishing makes it what the draft says"
        )]  # fmt: skip
        held.execute("select jalon.publish('ORDER_STATUS')")
        assert rows("select color, icon from jalon.codes where code = 'HELD'") == [("#e8772e", None)]

    def test_two_drafts_add_one_code_and_the_second_is_told(self, held: Any, rows: Any) -> None:
        held.execute("select jalon.draft('ORDER_STATUS', 'gift')")
        held.execute("select jalon.set_draft_code('ORDER_STATUS', 'HELD', case_type => 'gift', label => 'Put aside')")
        held.execute("select jalon.publish('ORDER_STATUS')")
        assert rows("select code from jalon.workflow_check('ORDER_STATUS', 'gift') where code like 'code_%'") == [
            ("code_added",)
        ]

    def test_a_code_that_a_draft_edits_is_neither_deleted_nor_renamed(self, draft: Any, refused: Any) -> None:
        draft.execute("select jalon.set_code('ORDER_STATUS', 'SPARE')")
        draft.execute("select jalon.set_draft_code('ORDER_STATUS', 'SPARE', color => '#111111')")
        with refused("JL407"):
            draft.execute("select jalon.drop_code('ORDER_STATUS', 'SPARE')")
        draft.execute("select jalon.drop_draft_code('ORDER_STATUS', 'SPARE')")
        draft.execute("select jalon.drop_code('ORDER_STATUS', 'SPARE')")


class TestPermissions:
    @pytest.fixture
    def planner(self, draft: Any) -> Any:
        draft.execute("select jalon.add_role('planner', 'Planner'), jalon.add_role('namer', 'Namer')")
        draft.execute("select jalon.set_permission('planner', 'manage_workflows')")
        draft.execute("select jalon.set_permission('namer', 'manage_referentials')")
        return draft

    def test_drafting_a_code_needs_both(self, planner: Any, refused: Any, as_actor: Any) -> None:
        for role in ("planner", "namer"):
            with as_actor(planner, "anna", role):
                for statement in (HELD, "select jalon.drop_draft_code('ORDER_STATUS', 'HELD')"):
                    with refused("JL203"):
                        planner.execute(statement)
        with as_actor(planner, "anna", "planner", "namer"):
            planner.execute(HELD)

    def test_publishing_codes_needs_both_and_discarding_them_does_not(
        self, planner: Any, refused: Any, as_actor: Any
    ) -> None:
        for statement in (HELD, *CONNECTED):
            planner.execute(statement)
        with as_actor(planner, "anna", "planner"):
            with refused("JL203") as detail:
                planner.execute("select jalon.publish('ORDER_STATUS')")
            assert detail["permission"] == "manage_referentials"
            planner.execute("select jalon.discard('ORDER_STATUS')")
