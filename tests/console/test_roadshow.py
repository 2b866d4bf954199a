"""The roadshow in a browser: counterparties and their status, interactions, the weekly recap."""

import re

import pytest
from playwright.sync_api import expect

LIST = "/console/roadshow"
WEEK = LIST + "/weekly"
MORE = """insert into roadshow_counterparty (name, owner, sector)
select 'Zeta ' || lpad(n::text, 2, '0'), 'zoe', 'Test' from generate_series(1, 30) n;
insert into jalon_engine.role (code, label) values ('looker', 'Looker');
insert into jalon_engine.permission_rule (role, permission, scope)
    values ('looker', 'read_all', 'roadshow_counterparty');"""


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(MORE)


@pytest.fixture
def anna(page, signed_in):
    return signed_in(page, "anna")


def number(world, name):
    return world.db.execute("select id from roadshow_counterparty where name = %s", (name,)).fetchone()[0]


def statut_of(world, name):
    return world.db.execute("select statut from roadshow_counterparty where name = %s", (name,)).fetchone()[0]


def move(world, name, to, who="claire", reason=None):
    """Somebody else changes a status, behind the page's back."""
    query = "select jalon.move('roadshow_counterparty', %s, %s, reason => %s)"
    world.run_as(who, "roadshow_team", query, (str(number(world, name)), to, reason))


def row(page, name):
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def choose(page, name, label, button="Move"):
    """Opens the menu of a counterparty's moves and chooses one."""
    page.get_by_role("button", name=f"{button} {name}", exact=True).click()
    page.get_by_role("button", name=label, exact=True).click()


def at(page, world, name):
    page.goto(f"{LIST}/{number(world, name)}")
    return page


class TestTheStatus:
    def test_choosing_one_posts_it_the_row_refreshes_and_a_toast_says_so(self, anna, world, axe, shot):
        anna.goto(LIST)
        axe(anna)
        shot(anna, "roadshow")
        anna.goto(LIST + "?q=zeta")
        expect(row(anna, "Zeta 01").locator(".chip")).to_have_text("On hold")
        with anna.expect_request("**/roadshow/*/status") as posted:
            choose(anna, "Zeta 01", "Live")
        assert posted.value.post_data_json == {"newStatus": "Live"}
        expect(anna.get_by_role("status").get_by_text("Status updated: Live", exact=True)).to_be_visible()
        expect(row(anna, "Zeta 01").locator(".chip")).to_have_text("Live")
        expect(anna.get_by_role("button", name="Move Zeta 01", exact=True)).to_be_focused()
        assert statut_of(world, "Zeta 01") == "Live"
        event = "select type, meta ->> 'newStatus' from roadshow_event where counterparty_id = %s"
        assert world.db.execute(event, (number(world, "Zeta 01"),)).fetchall() == [("status_change", "Live")]

    def test_en_francais_le_message_dit_statut_mis_a_jour(self, browse, world):
        page = browse("anna", language="fr")
        page.goto(LIST + "?q=zeta")
        choose(page, "Zeta 02", "Live", "Changer de statut")
        expect(page.get_by_role("status").get_by_text("Statut mis à jour : Live", exact=True)).to_be_visible()
        assert statut_of(world, "Zeta 02") == "Live"

    @pytest.mark.parametrize(
        ("language", "button", "why"),
        [
            ("en", "Move", "No-go is not a status of the roadshow"),
            ("fr", "Changer de statut", "No-go n'est pas un statut du roadshow"),
        ],
    )
    def test_a_refusal_leaves_the_old_value_and_says_why(self, browse, world, axe, language, button, why):
        page = browse("anna", language=language)
        page.goto(LIST + "?q=zeta")
        retire = (
            "update jalon_engine.referential set is_active = {} where category = 'ROADSHOW_STATUS' and code = 'No-go'"
        )
        page.get_by_role("button", name=f"{button} Zeta 03", exact=True).click()
        offered = page.get_by_role("button", name="No-go", exact=True)
        expect(offered).to_be_visible()  # and as long as it is open, the page is not renewed
        world.db.execute(retire.format("false"))
        try:
            offered.click()
            expect(page.get_by_role("alert").filter(has_text=why)).to_be_visible()
            axe(page)
        finally:
            world.db.execute(retire.format("true"))
        assert statut_of(world, "Zeta 03") == "En attente"

    def test_of_two_browsers_the_slower_is_told_who_was_faster_and_to_what(self, browse, world):
        kim, claire = browse("kim", "roadshow_team", hears=False), browse("claire")
        kim.goto(LIST + "?q=zeta")
        claire.goto(LIST + "?q=zeta")
        choose(claire, "Zeta 04", "Live")
        expect(claire.get_by_role("status")).to_contain_text("Status updated: Live")
        choose(kim, "Zeta 04", "No-go")
        alert = kim.get_by_role("alert").filter(has_text="claire moved it to Live")
        expect(alert).to_contain_text("Possible now: On hold, No-go.")
        expect(row(kim, "Zeta 04").locator(".chip")).to_have_text("Live")
        choose(kim, "Zeta 04", "No-go")
        expect(kim.get_by_role("status")).to_contain_text("Status updated: No-go")

    def test_who_may_not_change_it_sees_it_as_it_is(self, browse, world):
        draft = """insert into jalon_engine.workflow (category, version, state) values ('ROADSHOW_STATUS', 1, 'draft');
            insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles,
                requires_reason)
            values ('ROADSHOW_STATUS', 1, 'En attente', 'Live', 'open', '{clerk}', true);
            update jalon_engine.workflow set state = 'published', published_at = now()
                where category = 'ROADSHOW_STATUS';
            select jalon_engine.compile_rules('ROADSHOW_STATUS')"""
        undo = """update jalon_engine.workflow set state = 'retired' where category = 'ROADSHOW_STATUS';
            select jalon_engine.compile_rules('ROADSHOW_STATUS')"""
        world.db.execute(draft)
        try:
            page = browse("kim", "looker")
            page.goto(LIST + "?q=zeta+05")
            expect(row(page, "Zeta 05")).to_contain_text("On hold")
            expect(row(page, "Zeta 05")).to_contain_text("No move")
            clerk = browse("kim", "looker", "clerk")
            clerk.goto(LIST + "?q=zeta+05")
            choose(clerk, "Zeta 05", "Live")
            dialog = clerk.get_by_role("dialog")
            dialog.get_by_label("Reason").fill("NDA signed")
            dialog.get_by_role("button", name="Live").click()
            expect(clerk.get_by_role("status")).to_contain_text("Status updated: Live")
            assert statut_of(world, "Zeta 05") == "Live"
        finally:
            world.db.execute(undo)


class TestTheList:
    def test_long_lists_page(self, anna):
        anna.goto(LIST)
        rows = anna.locator("tbody th a")
        expect(rows).to_have_count(50)
        anna.get_by_role("link", name="Next page").click()
        expect(anna.get_by_role("link", name="First page")).to_be_visible()
        expect(anna.get_by_role("link", name="Next page")).to_have_count(0)

    def test_it_is_filtered_by_status_owner_sector_and_name_and_the_address_can_be_shared(self, anna, world):
        anna.goto(LIST)
        form = anna.get_by_role("search")
        form.get_by_label("Owner").select_option("zoe")
        form.get_by_label("Sector").select_option("Test")
        form.get_by_label("Part of the name").fill("zeta 1")
        form.get_by_label("Status").select_option("On hold")
        expect(anna).to_have_url(re.compile(r"statut=En\+attente&owner=zoe&sector=Test&q=zeta\+1$"))
        expect(anna.locator("tbody th a")).to_have_text([f"Zeta {n}" for n in range(10, 20)])
        anna.goto(LIST + "?q=nobody")
        expect(anna.get_by_role("heading", name="Nothing fits the filter")).to_be_visible()
        anna.get_by_role("link", name="Show all", exact=True).click()
        expect(anna.get_by_role("table")).to_be_visible()

    def test_a_new_counterparty_is_entered_and_a_refusal_keeps_what_was_typed(self, anna, world, axe):
        anna.goto(LIST)
        anna.get_by_role("button", name="New counterparty").click()
        dialog = anna.get_by_role("dialog", name="New counterparty")
        axe(anna)
        dialog.get_by_label("Name").fill("Nouvelle Vague")
        dialog.get_by_label("Ticket size").fill("2500000.5")
        dialog.get_by_label("Currency").fill("euro")
        dialog.get_by_role("button", name="Enter").click()
        expect(dialog.get_by_role("alert")).to_contain_text("currency")
        expect(dialog.get_by_label("Name")).to_have_value("Nouvelle Vague")
        dialog.get_by_label("Currency").fill("CHF")
        dialog.get_by_role("button", name="Enter").click()
        expect(anna.get_by_role("heading", level=1)).to_have_text("Nouvelle Vague")
        expect(anna.get_by_role("region", name="Where it stands")).to_contain_text("CHF")
        assert statut_of(world, "Nouvelle Vague") == "En attente"

    def test_where_there_is_none_the_page_says_what_to_do_first(self, anna, world, monkeypatch):
        database = world.app.state.database
        call = database.call

        async def nothing(function, *given, **named):
            answer = await call(function, *given, **named)
            empty = b'{"items": [], "next": null, "canManage": true}'
            return answer._replace(body=empty) if function == "counterparties" else answer

        monkeypatch.setattr(database, "call", nothing)
        anna.goto(LIST)
        expect(anna.get_by_role("heading", name="No counterparty yet")).to_be_visible()
        anna.get_by_role("main").get_by_role("button", name="New counterparty").last.click()
        expect(anna.get_by_role("dialog", name="New counterparty")).to_be_visible()


class TestACounterparty:
    def test_an_interaction_is_recorded_and_stands_in_what_happened(self, anna, world, axe, shot):
        at(anna, world, "Zeta 06")
        form = anna.get_by_role("region", name="Record an interaction")
        form.get_by_label("Type").select_option("Meeting")
        form.get_by_label("Date").fill("2026-11-02")
        form.get_by_label("Note").fill("Met the CFO in Lyon")
        form.get_by_role("button", name="Save").click()
        expect(anna.get_by_role("status")).to_contain_text("Recorded: Meeting")
        happened = anna.get_by_role("region", name="What happened")
        first = happened.get_by_role("listitem").filter(has_text="Meeting")
        expect(first).to_contain_text("Met the CFO in Lyon")
        expect(first).to_contain_text("anna")
        expect(form.get_by_label("Note")).to_have_value("")
        expect(anna.get_by_role("region", name="Where it stands")).to_contain_text("2 Nov 2026")
        form.get_by_label("Type").select_option("Call")
        form.get_by_role("button", name="Save").click()
        expect(happened.get_by_role("listitem").filter(has_text="Call")).to_have_count(1)
        axe(anna)
        anna.goto(LIST + "/1")
        shot(anna, "roadshow-counterparty")

    def test_a_refused_interaction_keeps_what_was_typed(self, anna, world):
        at(anna, world, "Zeta 07")
        form = anna.get_by_role("region", name="Record an interaction")
        form.get_by_label("Note").fill("x" * 10_001)
        form.get_by_role("button", name="Save").click()
        expect(form.get_by_role("alert")).to_contain_text("length <= 10000")
        expect(form.get_by_label("Note")).to_have_value("x" * 10_001)

    def test_a_change_of_status_is_told_once_with_who_and_why(self, anna, world):
        move(world, "Zeta 08", "Live", reason="NDA signed")
        at(anna, world, "Zeta 08")
        happened = anna.get_by_role("region", name="What happened").get_by_role("listitem")
        expect(happened).to_have_count(2)
        expect(happened.first).to_contain_text(re.compile("On hold.*Live", re.DOTALL))
        expect(happened.first).to_contain_text("claire")
        expect(happened.first).to_contain_text("NDA signed")
        choose(anna, "Zeta 08", "No-go")
        expect(happened.first).to_contain_text("No-go")
        expect(happened).to_have_count(3)

    def test_what_happened_is_filtered_by_kind_and_pages(self, anna, world):
        world.db.execute(
            "insert into roadshow_event (counterparty_id, type, date) select %s, 'call', date '2026-01-01' + n "
            "from generate_series(1, 25) n",
            (number(world, "Zeta 09"),),
        )
        move(world, "Zeta 09", "Live")
        at(anna, world, "Zeta 09")
        happened = anna.get_by_role("region", name="What happened")
        happened.get_by_role("link", name="Interactions").click()
        expect(happened.get_by_role("listitem")).to_have_count(20)
        expect(happened.get_by_role("listitem").filter(has_text="Live")).to_have_count(0)
        happened.get_by_role("link", name="Next page").click()
        expect(happened.get_by_role("listitem")).to_have_count(5)

    def test_it_is_edited_and_an_emptied_field_is_empty(self, anna, world):
        at(anna, world, "Zeta 10")
        anna.get_by_role("button", name="Edit").click()
        dialog = anna.get_by_role("dialog", name="Edit Zeta 10")
        expect(dialog.get_by_label("Owner")).to_have_value("zoe")
        dialog.get_by_label("Owner").fill("")
        dialog.get_by_label("Notes").fill("Calls on Mondays")
        dialog.get_by_role("button", name="Save").click()
        facts = anna.get_by_role("region", name="Where it stands")
        expect(facts).to_contain_text("Calls on Mondays")
        expect(facts).not_to_contain_text("zoe")
        row = "select owner, sector, notes, ticket_size from roadshow_counterparty where name = 'Zeta 10'"
        assert world.db.execute(row).fetchone() == (None, "Test", "Calls on Mondays", None)

    def test_two_who_edit_it_at_once_are_told_of_each_other_and_lose_nothing(self, anna, world, call):
        id = world.db.execute("select id from roadshow_counterparty where name = 'Zeta 11'").fetchone()[0]
        at(anna, world, "Zeta 11")
        anna.get_by_role("button", name="Edit").click()
        dialog = anna.get_by_role("dialog", name="Edit Zeta 11")
        dialog.get_by_label("Notes").fill("Hers")
        call("claire", "PATCH", f"/api/v1/roadshow/counterparties/{id}", {"owner": "hugo"})
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.get_by_role("alert")).to_contain_text("claire changed the content meanwhile")
        expect(dialog.get_by_label("Owner")).to_have_value("hugo")
        dialog.get_by_role("button", name="Save").click()
        facts = anna.get_by_role("region", name="Where it stands")
        expect(facts).to_contain_text("Hers")
        expect(facts).to_contain_text("hugo")

    def test_who_may_not_manage_the_roadshow_is_offered_no_form(self, browse, world):
        page = browse("kim", "looker")
        at(page, world, "Zeta 11")
        expect(page.get_by_role("heading", name="Record an interaction")).to_have_count(0)
        expect(page.get_by_role("button", name="Edit")).to_have_count(0)
        page.goto(LIST)
        expect(page.get_by_role("button", name="New counterparty")).to_have_count(0)


class TestTheWeeklyRecap:
    def test_it_tells_the_changes_of_status_the_interactions_and_who_is_silent(self, anna, world, axe, shot):
        anna.goto(WEEK)
        axe(anna)
        anna.get_by_role("link", name="Previous week").click()
        shot(anna, "roadshow-weekly")
        move(world, "Zeta 20", "Live", reason="Good talk")
        world.db.execute(
            "insert into roadshow_event (counterparty_id, type, date) select id, 'call', "
            "(now() at time zone 'Europe/Paris')::date from roadshow_counterparty where name = 'Zeta 20'"
        )
        anna.goto(LIST)
        anna.get_by_role("link", name="Weekly recap").click()
        expect(anna.get_by_role("heading", level=1)).to_have_text(re.compile(r"Weekly recap \d{4}-W\d\d"))
        change = anna.get_by_role("region", name="Changes of status").get_by_role("row").filter(has_text="Good talk")
        expect(change).to_contain_text("Zeta 20")
        expect(change).to_contain_text("claire")
        done = anna.get_by_role("region", name="Interactions").get_by_role("row").filter(has_text="Zeta 20")
        expect(done).to_have_count(1)
        expect(anna.get_by_role("region", name="Where they stood").get_by_role("row")).to_have_count(4)
        expect(anna.get_by_role("region", name="Silent for more than 14 days")).to_be_visible()

    @pytest.mark.parametrize(
        ("language", "before", "after", "title"),
        [
            ("en", "Previous week, 2025-W52", "Next week, 2026-W02", "Weekly recap"),
            ("fr", "Semaine précédente, 2025-W52", "Semaine suivante, 2026-W02", "Récapitulatif hebdomadaire"),
        ],
    )
    def test_transitions_lead_to_other_weeks(self, browse, language, before, after, title):
        page = browse("anna", language=language)
        page.goto(WEEK + "?week=2026-W01")
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text(f"{title} 2026-W01")
        page.get_by_role("link", name=before).click()
        expect(heading).to_have_text(f"{title} 2025-W52")
        page.goto(WEEK + "?week=2026-W01")
        page.get_by_role("link", name=after).click()
        expect(heading).to_have_text(f"{title} 2026-W02")

    def test_from_this_week_none_leads_on_and_the_transition_says_why(self, anna):
        anna.goto(WEEK)
        transition = anna.get_by_role("button", name="Next week")
        expect(transition).to_have_attribute("aria-disabled", "true")
        transition.focus()
        anna.keyboard.press("Enter")
        expect(anna.get_by_role("status")).to_contain_text("The next week has not begun.")

    def test_any_week_and_time_zone_can_be_asked_for(self, anna):
        anna.goto(WEEK)
        form = anna.get_by_role("search", name="Another week")
        form.get_by_label("Week").fill("2026-W01")
        form.get_by_label("Time zone").fill("Asia/Tokyo")
        form.get_by_role("button", name="Show").click()
        expect(anna.get_by_role("heading", level=1)).to_have_text("Weekly recap 2026-W01")
        expect(anna.get_by_role("main")).to_contain_text("29 Dec 2025 to 4 Jan 2026 (Asia/Tokyo)")
        expect(anna.get_by_role("main")).to_contain_text("No status was changed this week.")
        anna.get_by_role("link", name="Previous week").click()
        expect(anna.get_by_role("main")).to_contain_text("(Asia/Tokyo)")
        anna.get_by_role("link", name="This week").click()
        expect(anna.get_by_role("main")).to_contain_text("(Europe/Paris)")

    def test_what_is_no_week_is_said(self, anna):
        answer = anna.goto(WEEK + "?week=soon")
        assert answer.status == 400
        expect(anna.get_by_role("main")).to_contain_text("soon")

    def test_it_is_printable(self, anna):
        anna.goto(WEEK)
        anna.evaluate("window.print = () => { document.body.dataset.printed = 'yes' }")
        anna.get_by_role("button", name="Print").click()
        expect(anna.locator("body")).to_have_attribute("data-printed", "yes")
        anna.emulate_media(media="print", color_scheme="dark")
        for gone in (
            anna.get_by_role("banner"),
            anna.get_by_role("navigation"),
            anna.get_by_role("search"),
            anna.get_by_role("button", name="Print"),
        ):
            expect(gone).to_have_count(0)  # what is not shown has no role
        for there in ("Where they stood", "Changes of status", "Interactions", "Silent for more than 14 days"):
            expect(anna.get_by_role("heading", name=there)).to_be_visible()
        expect(anna.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
        expect(anna.get_by_role("heading", level=1)).to_have_css("color", "rgb(22, 32, 42)")
        assert anna.pdf()[:5] == b"%PDF-"

    def test_it_comes_as_rows_and_as_a_page_to_send(self, anna):
        anna.goto(WEEK)
        with anna.expect_download() as started:
            anna.get_by_role("link", name="CSV").click()
        assert re.fullmatch(r"weekly-roadshow_counterparty-\d{4}-W\d\d\.csv", started.value.suggested_filename)
        anna.get_by_role("link", name="Page to send").click()
        expect(anna.get_by_role("heading", level=2)).to_have_text("Roadshow")

    def test_a_long_list_is_cut_and_says_how_long_it_is(self, anna, world):
        world.db.execute("insert into roadshow_counterparty (name) select 'Many ' || n from generate_series(1, 230) n")
        try:
            anna.goto(WEEK)
            changes = anna.get_by_role("region", name="Changes of status")
            expect(changes).to_contain_text(re.compile(r"The first 100 of 2\d\d"))
            assert len(set(changes.locator("tbody th").all_inner_texts())) == 100  # some have moved more than once
        finally:
            world.db.execute("delete from roadshow_counterparty where name like 'Many %'")

    def test_who_was_deleted_this_week_is_told_as_deleted(self, anna, world):
        world.db.execute("insert into roadshow_counterparty (name) values ('Gone')")
        world.db.execute("delete from roadshow_counterparty where name = 'Gone'")
        anna.goto(WEEK)
        changes = anna.get_by_role("region", name="Changes of status")
        expect(changes.get_by_role("row").filter(has_text="deleted").first).to_be_visible()

    def test_of_a_long_history_it_is_counted_while_one_looks_and_then_shown_at_once(self, anna, world):
        world.db.execute("update jalon_engine.setting set value = '0' where name = 'recap.counted_at_once'")
        try:
            for _ in range(2):
                anna.goto(WEEK)
                expect(anna.get_by_role("region", name="Where they stood").get_by_role("row")).to_have_count(4)
                expect(anna.get_by_text("Counted:")).to_be_visible()
            kept = world.db.execute(
                "select question ->> 'tz' from jalon_engine.recap_cache where recap = 'roadshow-weekly'"
            )
            assert kept.fetchall() == [("Europe/Paris",)]
        finally:
            world.db.execute("update jalon_engine.setting set value = '5000' where name = 'recap.counted_at_once'")
