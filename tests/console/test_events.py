"""Events: the organizer's list, menu, workflow panel, form and history; the moderators' queue."""

import re

import pytest
from playwright.sync_api import expect

from tests.console.conftest import MINE, THEIRS


@pytest.fixture
def oscar(page, signed_in):
    return signed_in(page, "oscar")


@pytest.fixture
def mona(page, signed_in):
    return signed_in(page, "mona")


def row(page, title):
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=title, exact=True))


def open_menu(page, title):
    row(page, title).get_by_role("button", name=re.compile("^Action")).click()
    return page.get_by_role("group", name=re.compile(re.escape(title)))


class TestList:
    def test_the_organizers_list_has_coloured_chips_with_tooltips(self, oscar, axe, shot):
        oscar.goto("/console/events")
        chip = row(oscar, "Atelier poterie").locator(".chip")
        expect(chip).to_have_text("Revision requested")
        assert chip.locator("circle").get_attribute("fill") == "#ef6c00"
        expect(chip).to_have_attribute(
            "title", re.compile("Changes are required before approval.*Moderation: Revision")
        )
        axe(oscar)
        shot(oscar, "events")

    def test_chips_and_tooltips_are_in_french_for_who_reads_french(self, browse):
        page = browse("oscar", language="fr")
        page.goto("/console/events")
        for title, label in (
            ("Atelier poterie", "Révision demandée"),
            ("Fête de la musique", "Publié"),
            ("Concert d'orgue", "Approuvé (non publié)"),
            ("Vide-grenier", "Brouillon"),
            ("Marché de Noël", "En cours de révision"),
        ):
            expect(row(page, title).locator(".chip")).to_have_text(label)
        expect(row(page, "Marché de Noël").locator(".chip")).to_have_attribute(
            "title", re.compile("décision d'un modérateur")
        )

    def test_the_list_is_filtered_by_status_moderation_and_publication(self, oscar, world):
        oscar.goto("/console/events")
        oscar.get_by_label("Publication").select_option("Published")
        expect(oscar).to_have_url(world.url + "/console/events?is_published=true")
        expect(row(oscar, "Fête de la musique")).to_be_visible()
        expect(row(oscar, "Atelier poterie")).to_have_count(0)
        oscar.get_by_label("Publication").select_option("Any")
        oscar.get_by_label("Moderation").select_option("Rejected")
        oscar.get_by_label("Status").select_option("Cancelled")
        expect(oscar.get_by_role("heading", name="Nothing fits the filter")).to_be_visible()
        oscar.get_by_role("link", name="Show all", exact=True).click()
        expect(row(oscar, "Atelier poterie")).to_be_visible()

    def test_long_lists_page(self, browse, world):
        many = "insert into events (organizer_id, title) select 'max', 'Event ' || n from generate_series(1, 110) n"
        world.run_as("max", "organizer", many)
        page = browse("max", "organizer")
        page.goto("/console/events")
        for rows in (50, 50, 10):
            expect(page.locator("tbody tr")).to_have_count(rows)
            if rows == 50:
                page.get_by_role("link", name="Next page").click()
                expect(page.get_by_role("link", name="First page")).to_be_visible()

    def test_an_empty_list_says_what_to_do_first(self, browse, axe):
        page = browse("nina", "organizer")
        page.goto("/console/events")
        expect(page.get_by_role("heading", name="No event yet")).to_be_visible()
        axe(page)
        page.get_by_role("main").get_by_role("link", name="New event").last.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("New event")
        other = browse("paul")
        other.goto("/console/events")
        expect(other.get_by_role("heading", name="You organize no events")).to_be_visible()
        expect(other.get_by_role("link", name="New event")).to_have_count(0)

    def test_the_list_explains_the_workflow_in_the_readers_language(self, browse):
        page = browse("oscar", language="fr")
        page.goto("/console/events")
        panel = page.get_by_role("group").filter(has_text="Comment un événement arrive au public")
        expect(panel.get_by_role("listitem")).to_have_count(0)
        panel.get_by_text("Comment un événement arrive au public").click()
        expect(panel.get_by_role("listitem")).to_contain_text(
            ["Brouillon", "En cours de révision", "Approuvé (non publié)", "Publié", "Terminé"]
        )


class TestMenu:
    def test_it_has_just_the_actions_that_the_status_and_the_rights_allow(self, oscar, an_event):
        an_event("Menu A")
        an_event("Menu B", "submitted")
        an_event("Menu C", "submitted", "approved")
        oscar.goto("/console/events")

        def possible(title):
            menu = open_menu(oscar, title)
            found = menu.locator("button:not([aria-disabled]), a").all_inner_texts()
            oscar.keyboard.press("Escape")
            return {text.replace(title, "").strip() for text in found}

        assert possible("Menu A") == {"Submit for review", "Edit", "Delete"}
        assert possible("Menu B") == {"Back to draft"}
        assert possible("Menu C") == {
            "Mark as sold out", "Complete", "Cancel the event", "Ask for a new approval", "Publish", "Edit",
        }  # fmt: skip

    def test_greyed_ones_say_why(self, oscar, axe):
        oscar.goto("/console/events")
        menu = open_menu(oscar, "Vide-grenier")
        submit = menu.get_by_role("button", name="Submit for review")
        expect(submit).to_have_attribute("aria-disabled", "true")
        expect(submit).to_contain_text("fill in first: beginning, place")
        expect(menu.get_by_role("button", name="Publish")).to_contain_text("only an approved event can be published")
        axe(oscar)
        submit.press("Enter")
        expect(oscar.get_by_role("status")).to_contain_text("fill in first: beginning, place")

    def test_greyed_ones_say_why_in_french(self, browse):
        page = browse("oscar", language="fr")
        page.goto("/console/events")
        menu = open_menu(page, "Vide-grenier")
        expect(menu.get_by_role("button", name="Soumettre pour validation")).to_contain_text(
            "à remplir d'abord : début, lieu"
        )
        expect(menu.get_by_role("button", name="Publier")).to_contain_text(
            "seul un événement approuvé peut être publié"
        )

    def test_it_works_by_keyboard_and_the_row_refreshes(self, oscar, an_event):
        an_event("Keyboard")
        oscar.goto("/console/events")
        row(oscar, "Keyboard").get_by_role("button", name="Actions Keyboard").focus()
        oscar.keyboard.press("Enter")
        expect(oscar.get_by_role("button", name="Submit for review Keyboard")).to_be_focused()
        oscar.keyboard.press("Enter")
        expect(oscar.get_by_role("status")).to_contain_text("“Keyboard”: Submit for review.")
        expect(row(oscar, "Keyboard").locator(".chip")).to_have_text("Under review")
        expect(row(oscar, "Keyboard").get_by_role("button", name="Actions Keyboard")).to_be_focused()

    def test_an_action_that_needs_a_reason_asks_for_it(self, oscar, an_event):
        an_event("Rainy", "submitted", "approved")
        oscar.goto("/console/events")
        open_menu(oscar, "Rainy").get_by_role("button", name="Cancel the event").click()
        dialog = oscar.get_by_role("dialog")
        dialog.get_by_role("button", name="Cancel the event").click()
        expect(dialog.get_by_role("alert")).to_contain_text("Fill this in first: Reason")
        dialog.get_by_label("Reason").fill("Rain")
        dialog.get_by_role("button", name="Cancel the event").click()
        expect(row(oscar, "Rainy").locator(".chip")).to_have_text("Cancelled")

    def test_a_draft_is_deleted_after_a_yes(self, oscar, an_event):
        an_event("Mistake")
        oscar.goto("/console/events")
        open_menu(oscar, "Mistake").get_by_role("button", name="Delete").click()
        oscar.get_by_role("dialog").get_by_role("button", name="Confirm").or_(
            oscar.get_by_role("dialog").get_by_role("button", name="Delete")
        ).click()
        expect(oscar.get_by_role("status")).to_contain_text("“Mistake” is deleted.")
        expect(row(oscar, "Mistake")).to_have_count(0)


class TestEventPage:
    def test_the_workflow_panel_marks_the_current_step_says_what_is_possible_and_what_stands_in_the_way(
        self, oscar, an_event, axe
    ):
        id = an_event("Panel", "submitted")
        oscar.goto(f"/console/events/{id}")
        panel = oscar.get_by_role("region", name="Workflow")
        expect(panel.get_by_role("listitem")).to_have_count(5)
        expect(panel.locator("[aria-current=step]")).to_have_text("Under review")
        expect(panel).to_contain_text("waits for a moderator's decision")
        stands = oscar.get_by_role("region", name="Where it stands")
        expect(stands.get_by_role("button", name="Back to draft")).to_be_enabled()
        expect(stands.get_by_role("button", name=re.compile("^Approve"))).to_contain_text(
            "for: administrators, moderators"
        )
        expect(stands.locator(".chip").first).to_have_text("Candidate")
        expect(oscar.get_by_role("button", name="Edit")).to_have_attribute("aria-disabled", "true")
        axe(oscar)

    @pytest.mark.parametrize(
        ("way", "label"),
        [
            ([], "Brouillon"),
            (["submitted"], "En cours de révision"),
            (["submitted", "rejected"], "Rejeté"),
            (["submitted", "approved"], "Approuvé (non publié)"),
            (["submitted", "approved", "published"], "Publié"),
        ],
    )
    def test_the_panel_follows_the_event_in_the_documents_words(self, browse, an_event, way, label):
        page = browse("oscar", language="fr")
        page.goto(f"/console/events/{an_event('Étape', *way)}")
        expect(page.locator("[aria-current=step]")).to_have_text(label)

    def test_the_publication_switch_shows_and_hides_an_approved_event(self, oscar, an_event, call):
        id = an_event("Switch", "submitted", "approved")
        oscar.goto(f"/console/events/{id}")
        switch = oscar.get_by_role("switch", name="Visible to the public")
        switch.click()
        expect(oscar.get_by_role("status")).to_contain_text("“Switch”: now Published.")
        expect(switch).to_be_checked()
        assert call("oscar", "GET", f"/api/events/{id}")["title"] == "Switch"
        switch.click()
        expect(oscar.locator("[aria-current=step]")).to_have_text("Approved (not published)")

    def test_before_the_approval_the_switch_is_off_and_says_why(self, oscar, an_event):
        oscar.goto(f"/console/events/{an_event('Off')}")
        switch = oscar.get_by_role("switch", name="Visible to the public")
        expect(switch).to_be_disabled()
        expect(switch).to_have_accessible_description("only an approved event can be published")

    def test_the_history_is_a_timeline_with_notes_and_reasons(self, oscar, an_event, call, axe, shot):
        id = an_event("Soirée jeux", "submitted", "rejected")
        call("oscar", "PATCH", f"{MINE}/{id}/submit", {"reason": "Moved to another hall"})
        oscar.goto(f"/console/events/{id}")
        changes = oscar.get_by_role("region", name="History").locator(".timeline > li")
        expect(changes).to_have_count(4)
        expect(changes.nth(0)).to_contain_text("Moved to another hall")
        expect(changes.nth(1)).to_contain_text("Not here")
        expect(changes.nth(1)).to_contain_text("mona")
        expect(changes.nth(1)).to_contain_text(re.compile("Moderation: Under review.*Rejected", re.DOTALL))
        expect(oscar.locator(".timeline")).to_have_count(1)
        axe(oscar)
        shot(oscar, "event")

    def test_edits_of_its_content_stand_in_the_same_stream(self, oscar, an_event, call):
        id = an_event("Brunch")
        call("oscar", "PATCH", f"{MINE}/{id}", {"place": "Villeurbanne", "capacity": 60})
        call("oscar", "PATCH", f"{MINE}/{id}", {"price": 8})
        oscar.goto(f"/console/events/{id}")
        entries = oscar.get_by_role("region", name="History").locator(".timeline > li")
        expect(entries.nth(0)).to_contain_text("Content edited: Price")
        expect(entries.nth(1)).to_contain_text("Content edited: Capacity, Place")

    def test_a_long_history_pages(self, oscar, an_event, call):
        id = an_event("Long", "submitted", "approved")
        for _ in range(10):
            call("oscar", "PATCH", f"{MINE}/{id}/publish")
            call("oscar", "PATCH", f"{MINE}/{id}/publish")
        oscar.goto(f"/console/events/{id}")
        history = oscar.get_by_role("region", name="History")
        expect(history.locator(".timeline > li")).to_have_count(20)
        history.get_by_role("link", name="Next page").click()
        expect(history.locator(".timeline > li")).to_have_count(3)

    def test_somebody_elses_event_does_not_exist(self, browse, an_event):
        page = browse("nina", "organizer")
        page.goto(f"/console/events/{an_event('Private')}")
        expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")


class TestForm:
    def test_an_event_is_made_as_a_draft(self, oscar, axe, shot):
        oscar.goto("/console/events/new")
        axe(oscar)
        oscar.get_by_label("Title").fill("Soirée contes")
        oscar.get_by_label("Beginning").fill("2031-03-01T20:00")
        oscar.get_by_label("Place").fill("Lyon")
        oscar.get_by_label("Price").fill("7.5")
        shot(oscar, "event-new")
        oscar.get_by_role("button", name="Create the draft").click()
        expect(oscar.get_by_role("heading", level=1)).to_have_text("Soirée contes")
        expect(oscar.locator("[aria-current=step]")).to_have_text("Draft")
        expect(oscar.get_by_role("region", name="Details")).to_contain_text("7.50")

    def test_a_refusal_keeps_everything_typed(self, oscar, an_event):
        oscar.goto("/console/events/new")
        oscar.get_by_label("Title").fill("Backwards")
        oscar.get_by_label("Beginning").fill("2031-03-02T20:00")
        oscar.get_by_label("End").fill("2031-03-01T20:00")
        oscar.get_by_label("Description").fill("Long words")
        oscar.get_by_role("button", name="Create the draft").click()
        expect(oscar.get_by_role("main").get_by_role("alert")).to_be_visible()
        for label, value in (("Title", "Backwards"), ("End", "2031-03-01T20:00"), ("Description", "Long words")):
            expect(oscar.get_by_label(label)).to_have_value(value)

    def test_an_edit_changes_what_was_changed_and_may_empty_a_field(self, oscar, an_event, call):
        id = an_event("Editable")
        oscar.goto(f"/console/events/{id}")
        oscar.get_by_role("link", name="Edit", exact=True).click()
        oscar.get_by_label("Price").fill("")
        oscar.get_by_label("Place").fill("Villeurbanne")
        oscar.get_by_role("button", name="Save").click()
        expect(oscar.get_by_role("region", name="Details")).to_contain_text("Villeurbanne")
        found = call("oscar", "GET", f"{MINE}/{id}")
        assert (found["price"], found["place"], found["starts_at"]) == (
            None,
            "Villeurbanne",
            "2030-06-21T18:00:00+00:00",
        )

    def test_what_is_not_edited_in_this_status_is_greyed_with_the_reason(self, oscar, an_event, axe):
        oscar.goto(f"/console/events/{an_event('Closed', 'submitted')}/edit")
        expect(oscar.get_by_label("Title")).to_be_disabled()
        expect(oscar.get_by_role("main")).to_contain_text(
            'This event is "Under review". It can be edited while it is one of: Draft, Revision requested, Rejected, '
            "Approved."
        )
        axe(oscar)

    def test_major_fields_of_an_approved_event_say_that_they_ask_for_a_new_approval(self, oscar, an_event, shot):
        id = an_event("Théâtre de rue", "submitted", "approved", "published")
        oscar.goto(f"/console/events/{id}/edit")
        expect(oscar.get_by_label("Price asks for a new approval")).to_be_enabled()
        expect(oscar.get_by_label("Capacity", exact=True)).to_be_enabled()
        shot(oscar, "event-edit")
        oscar.get_by_label("Capacity", exact=True).fill("300")
        oscar.get_by_role("button", name="Save").click()
        expect(oscar.locator("[aria-current=step]")).to_have_text("Published")
        oscar.get_by_role("link", name="Edit", exact=True).click()
        oscar.get_by_label("Price asks for a new approval").fill("20")
        oscar.get_by_role("button", name="Save").click()
        expect(oscar.locator("[aria-current=step]")).to_have_text("Under review")

    def test_a_conflict_says_who_and_to_what_keeps_what_was_typed_and_can_be_saved_then(self, oscar, an_event, call):
        id = an_event("Contested")
        oscar.goto(f"/console/events/{id}/edit")
        oscar.get_by_label("Description").fill("My words")
        call("oscar", "PATCH", f"{MINE}/{id}/submit", {})
        call("mona", "PATCH", f"{THEIRS}/{id}/status", {"moderation_status": "revision_requested", "admin_notes": "?"})
        oscar.get_by_role("button", name="Save").click()
        expect(oscar.get_by_role("alert").filter(has_text="mona moved it to")).to_contain_text("Revision requested")
        expect(oscar.get_by_label("Description")).to_have_value("My words")
        oscar.get_by_role("button", name="Save").click()
        expect(oscar.get_by_role("region", name="Details")).to_contain_text("My words")

    def test_when_only_the_content_was_changed_the_page_says_so_and_shows_both(self, oscar, an_event, call, axe):
        id = an_event("Written by two")
        oscar.goto(f"/console/events/{id}/edit")
        oscar.get_by_label("Description").fill("My words")
        call("anna", "PATCH", f"{MINE}/{id}", {"description": "Her words", "place": "Bron"})
        oscar.get_by_role("button", name="Save").click()
        alert = oscar.get_by_role("alert").filter(has_text="anna changed the content meanwhile, on ")
        expect(alert).to_contain_text("Current status: Draft, Pending, Not published.")
        expect(alert).to_contain_text("Possible now: Submit for review")
        expect(alert).not_to_contain_text("just before you")
        expect(oscar.get_by_label("Description")).to_have_value("My words")
        expect(oscar.get_by_label("Place")).to_have_value("Bron")
        expect(oscar.get_by_text("Now it says: Her words")).to_be_visible()
        axe(oscar)
        oscar.get_by_role("button", name="Save").click()
        details = oscar.get_by_role("region", name="Details")
        expect(details).to_contain_text("My words")
        expect(details).to_contain_text("Bron")


def beside(page):
    """The event that stands beside the queue."""
    return page.locator("#triage")


class TestModeration:
    @pytest.fixture
    def nothing(self, call):
        """Nothing waits."""
        for event in call("mona", "GET", f"{THEIRS}?limit=500")["items"]:
            body = {"moderation_status": "pending", "admin_notes": "Not now"}
            call("anna", "PATCH", f"{THEIRS}/{event['id']}/status", body)

    @pytest.fixture
    def waiting(self, nothing, an_event):
        """Three events that wait, the longest first; nothing else does."""
        return [an_event(title, "submitted") for title in ("Fête des voisins", "Salon du livre", "Bal folk")]

    def test_the_queue_has_what_waits_the_longest_wait_first(self, mona, waiting, axe, shot):
        mona.goto("/console/moderation")
        expect(mona.get_by_text("3 events wait")).to_be_visible()
        assert mona.locator("#queue strong").all_inner_texts() == ["Fête des voisins", "Salon du livre", "Bal folk"]
        expect(beside(mona).get_by_role("heading", level=2)).to_have_text("Fête des voisins")
        axe(mona)
        shot(mona, "moderation")

    def test_an_approval_with_notes_takes_the_event_from_the_queue_and_the_next_stands_beside(
        self, mona, waiting, call
    ):
        mona.goto("/console/moderation")
        mona.locator("#queue").get_by_role("link", name="Salon du livre").click()
        expect(beside(mona).get_by_role("heading", level=2)).to_have_text("Salon du livre")
        beside(mona).get_by_label("Notes to the organizer").fill("Approved with minor suggestions")
        beside(mona).get_by_role("button", name="Approve").click()
        expect(mona.get_by_text("2 events wait")).to_be_visible()
        expect(beside(mona).get_by_role("heading", level=2)).to_have_text("Bal folk")
        found = call("oscar", "GET", f"{MINE}/{waiting[1]}")
        assert (found["label"], found["admin_notes"]) == ("Approved (not published)", "Approved with minor suggestions")

    @pytest.mark.parametrize(
        ("decision", "label"), [("Reject", "Rejected"), ("Request a revision", "Revision requested")]
    )
    def test_rejecting_and_asking_for_a_revision_require_notes(self, mona, waiting, call, decision, label):
        mona.goto("/console/moderation")
        beside(mona).get_by_role("button", name=decision).click()
        expect(beside(mona).get_by_role("alert")).to_have_text("Fill this in first: Notes to the organizer")
        expect(beside(mona).get_by_label("Notes to the organizer")).to_be_focused()
        beside(mona).get_by_label("Notes to the organizer").fill("Where exactly?")
        beside(mona).get_by_role("button", name=decision).click()
        expect(beside(mona).get_by_role("heading", level=2)).to_have_text("Salon du livre")
        found = call("oscar", "GET", f"{MINE}/{waiting[0]}")
        assert (found["label"], found["admin_notes"]) == (label, "Where exactly?")

    def test_of_two_moderators_who_decide_at_once_the_second_is_told_who_to_what_and_what_is_possible_now(
        self, browse, waiting
    ):
        mona, anna = browse("mona"), browse("anna")
        for page in (mona, anna):
            page.goto("/console/moderation")
        beside(anna).get_by_label("Notes to the organizer").fill("No")
        beside(mona).get_by_role("button", name="Approve").click()
        expect(beside(mona).get_by_role("heading", level=2)).to_have_text("Salon du livre")
        beside(anna).get_by_role("button", name="Reject").click()
        told = anna.locator("#alerts")
        expect(told).to_contain_text("mona")
        expect(told).to_contain_text("Active, Approved")
        expect(told).to_contain_text("Possible now:")
        expect(told).to_contain_text("Suspend")

    def test_in_french(self, browse, waiting):
        page = browse("mona", language="fr")
        page.goto("/console/moderation")
        expect(page.get_by_text("3 événements attendent")).to_be_visible()
        beside(page).get_by_label("Notes pour l'organisateur").fill("Précisez le lieu")
        beside(page).get_by_role("button", name="Demander une révision").click()
        expect(beside(page).get_by_role("heading", level=2)).to_have_text("Salon du livre")

    def test_any_event_is_found_by_a_filter_and_opened(self, mona, an_event):
        an_event("Shown", "submitted", "approved", "published")
        mona.goto("/console/moderation?is_published=true&organizer_id=oscar")
        mona.locator("#queue").get_by_role("link", name="Shown").click()
        beside(mona).get_by_role("link", name="Shown").click()
        expect(mona.get_by_role("heading", level=1)).to_have_text("Shown")
        mona.get_by_role("button", name="Suspend").click()
        mona.get_by_role("dialog").get_by_label("Notes to the organizer").fill("Complaints")
        mona.get_by_role("dialog").get_by_role("button", name="Suspend").click()
        expect(mona.locator("[aria-current=step]")).to_have_text("Suspended")

    def test_an_empty_queue_says_so(self, mona, nothing):
        mona.goto("/console/moderation")
        expect(mona.get_by_role("heading", name="Nothing waits for a decision")).to_be_visible()

    def test_whoever_does_not_moderate_is_told_so(self, oscar):
        oscar.goto("/console/moderation")
        expect(oscar.get_by_role("heading", level=1)).to_have_text("You may not do this")
