"""Workflows: the graph, coloured from the referential, counted from history; drafts edited, checked, compared,
published."""

import re
from xml.etree import ElementTree

import httpx
import pytest
from playwright.sync_api import expect

from tests.web_shop import SHOP

LIST = "/console/workflows"
PAGE = LIST + "/ORDER_STATUS/*"
LABELS = """
insert into jalon_engine.referential_label (category, code, language, label)
select r.category, r.code, l.code, r.label from jalon_engine.referential r cross join jalon_engine.language l
    where r.category = 'ORDER_STATUS'
on conflict do nothing;
update jalon_engine.referential set color = '#2e7d32', icon = 'coin' where category = 'ORDER_STATUS' and code = 'PAID';
select jalon.grant_role('kim', 'clerk');
"""


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(SHOP + LABELS)


@pytest.fixture(autouse=True)
def without_draft(world):
    yield
    world.db.execute("delete from jalon_engine.workflow where category = 'ORDER_STATUS' and state = 'draft'")


@pytest.fixture
def anna(page, signed_in):
    return signed_in(page, "anna")


@pytest.fixture
def draft(anna, world):
    """Anna's browser at a fresh draft."""
    world.db.execute("select jalon.draft('ORDER_STATUS')")
    anna.goto(PAGE + version(world))
    return anna


def version(world, state="draft"):
    found = world.db.execute(
        "select version from jalon.workflows where category = 'ORDER_STATUS' and state = %s", (state,)
    )
    return f"?version={found.fetchone()[0]}"


def move(world, id, to):
    world.run_as("mona", "clerk", "select jalon.move('orders', %s, %s, reason => 'a reason')", (str(id), to))


def transitions(world, state="draft"):
    rows = world.db.execute(
        """select coalesce(a.from_code, '*') || ' -> ' || a.to_code from jalon_engine.workflow_transition a
           join jalon_engine.workflow w using (category, case_type, version) where w.category = 'ORDER_STATUS'
               and w.state = %s""",
        (state,),
    )
    return {name for (name,) in rows}


def transition(page, name):
    return page.locator(".graph a.edge").filter(has=page.locator("title", has_text=name))


def row(page, name):
    return page.get_by_role("row").filter(has_text=name)


def add_transition(page, from_code, to_code, action, role="Clerk clerk"):
    page.get_by_role("button", name="Add a transition …").click()
    dialog = page.get_by_role("dialog", name="Add a transition")
    dialog.get_by_label("From", exact=True).select_option(from_code)
    dialog.get_by_label("To", exact=True).select_option(to_code)
    dialog.get_by_label("Action").fill(action)
    dialog.get_by_label("Label (en)").fill(action.title())
    dialog.get_by_label(role).check()
    dialog.get_by_role("button", name="Save in the draft").click()
    return dialog


class TestTheList:
    def test_says_what_is_in_force_what_is_drafted_and_who_uses_it(self, anna, world, axe, shot):
        world.db.execute("select jalon.draft('ORDER_STATUS')")
        anna.goto(LIST)
        orders = row(anna, "ORDER_STATUS")
        expect(orders).to_contain_text("version 1")
        expect(orders.get_by_role("link", name="version 2")).to_have_attribute(
            "href", PAGE.replace("*", "%2A") + version(world)
        )
        expect(orders.get_by_role("link", name="orders", exact=True)).to_be_visible()
        axe(anna)
        shot(anna, "workflows")

    def test_a_template_is_applied_from_a_dialog(self, anna, axe):
        anna.goto(LIST)
        anna.get_by_role("button", name="Apply a template …").click()
        anna.get_by_role("dialog", name="Which template?").get_by_role("button", name="Support tickets").click()
        dialog = anna.get_by_role("dialog", name="Apply Support tickets")
        axe(anna)
        dialog.get_by_label("Category").fill("TICKET_STATUS")
        dialog.get_by_label("Who is “agent” here?").select_option("clerk")
        dialog.get_by_role("button", name="Apply", exact=True).click()
        anna.wait_for_url("**/TICKET_STATUS/**")
        expect(anna.get_by_role("heading", level=1)).to_have_text("Support tickets")
        expect(anna.get_by_text("A draft, begun by anna")).to_be_visible()
        expect(anna.get_by_role("table", name="Transitions")).to_contain_text("Clerk")

    def test_where_there_is_none_the_page_says_to_apply_a_template(self, anna, world, monkeypatch, axe):
        database = world.app.state.database
        call = database.call

        async def nothing(function, *given):
            found = await call(function, *given)
            return found._replace(body=b'{"items": [], "canEdit": true}') if function == "categories" else found

        monkeypatch.setattr(database, "call", nothing)
        anna.goto(LIST)
        expect(anna.get_by_role("heading", name="No workflow yet")).to_be_visible()
        expect(anna.get_by_role("main")).to_contain_text("jalon.track(")
        axe(anna)

    def test_a_category_without_a_workflow_gets_its_draft_here(self, anna, world):
        world.db.execute("insert into jalon_engine.category (code, label) values ('FREE_STATUS', 'Free things')")
        anna.goto(LIST)
        anna.get_by_role("button", name="Begin a draft Free things").click()
        expect(anna.get_by_role("heading", level=1)).to_have_text("Free things")
        expect(anna.get_by_text("No transition yet").first).to_be_visible()

    def test_who_may_not_edit_reads(self, page, signed_in):
        signed_in(page, "zoe").goto(LIST)
        expect(row(page, "ORDER_STATUS")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("Apply|Begin"))).to_have_count(0)
        page.goto(PAGE)
        expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
        expect(page.get_by_role("button", name=re.compile("Edit|Begin|Add|Deactivate"))).to_have_count(0)


class TestTheGraph:
    def test_is_laid_out_without_one_thing_upon_another(self, world):
        """No two boxes overlap, and no label of a transition is on a box, for every workflow and template."""
        token = world.token("anna")
        with httpx.Client(base_url=world.url, headers={"authorization": f"Bearer {token}"}) as client:
            names = [template["name"] for template in client.get("/api/v1/templates").json()["items"]]
            for name in names:
                made = {"category": f"DRAWN_{name}", "published": False}
                assert client.post(f"/api/v1/templates/{name}/apply", json=made).status_code == 201
            flows = client.get("/api/v1/workflows").json()["items"]
            assert len(flows) >= 9 + len(names)
            for flow in flows:
                answer = client.get(
                    f"/api/v1/workflows/{flow['category']}/{flow['caseType']}?format=svg&version={flow['version']}"
                )
                assert answer.status_code == 200, answer.text
                boxes = rectangles(answer.text, "box")
                grounds = rectangles(answer.text, "ground")
                assert boxes or flow["category"] == "FREE_STATUS"  # a draft without a transition
                for at, one in enumerate(boxes):
                    assert not any(overlap(one, other) for other in boxes[at + 1 :]), flow
                    assert not any(overlap(one, label) for label in grounds), flow

    def test_is_coloured_from_the_referential_and_readable_without_colour(self, anna):
        anna.goto(PAGE)
        node = anna.locator(".graph a.node").filter(has_text="Paid")
        expect(node.locator("circle.dot")).to_have_attribute("fill", "#2e7d32")
        expect(node).to_have_attribute("aria-label", re.compile(r"Paid \(PAID\): active; \d+ records"))
        final = anna.get_by_role("link", name=re.compile(r"Shipped \(SHIPPED\): .*final"))
        expect(final.locator("rect.inner")).to_have_count(1)
        expect(transition(anna, "NEW → CANCELLED")).to_have_attribute("aria-label", re.compile("demands a reason"))
        expect(transition(anna, "creation → NEW")).to_have_count(1)
        expect(transition(anna, "PAID → SHIPPED")).to_contain_text("⚷")  # for certain roles
        expect(transition(anna, "NEW → CANCELLED")).to_contain_text("✎")  # a reason

    def test_draws_the_demos_events(self, anna, world, axe, shot):
        found = world.db.execute(
            "select id from jalon_events.events where status = 'active' order by id limit 1"
        ).fetchone()
        anna.goto(f"{LIST}/EVENT_STATUS/*?table=events&id={found[0]}")
        expect(anna.locator(".graph a.current")).to_contain_text("Active")
        axe(anna)
        shot(anna, "workflow")

    def test_counts_from_history_are_numbers_and_widths(self, anna, world):
        for id in (1, 2, 3, 4):
            move(world, id, "PAID")
        move(world, 1, "SHIPPED")
        anna.goto(PAGE)
        pay, ship, back = (transition(anna, name) for name in ("NEW → PAID", "PAID → SHIPPED", "PAID → NEW"))
        expect(pay).to_contain_text("×4")
        expect(ship).to_contain_text("×1")
        width = lambda of: float(of.locator("path.line").get_attribute("stroke-width"))  # noqa: E731
        assert width(pay) > width(ship) > width(back)
        anna.get_by_text("How to read it").click()
        expect(anna.get_by_text("the more, the wider the line")).to_be_visible()
        anna.get_by_label("Counted since").fill("2999-01-01")
        anna.get_by_role("button", name="Show").click()
        expect(transition(anna, "NEW → PAID")).not_to_contain_text("×")

    def test_shows_where_a_record_is_and_my_moves(self, browse, world, axe, shot):
        move(world, 7, "PAID")
        kim = browse("kim", "clerk")
        kim.goto(PAGE)
        kim.get_by_label("Record of").select_option("orders")
        kim.get_by_label("Its key").fill("7")
        kim.get_by_role("button", name="Show").click()
        expect(kim.locator(".graph a.current")).to_have_attribute("aria-label", re.compile("Paid.*orders 7 is here"))
        expect(kim.locator(".graph a.mine")).to_have_count(2)
        expect(kim.get_by_text("orders 7 is at Paid.")).to_be_visible()
        expect(kim.get_by_text("Your moves:")).to_be_visible()
        axe(kim)
        zoe = browse("mona", "moderator", "clerk")
        zoe.goto(PAGE + "?table=orders&id=8")
        expect(zoe.locator(".graph a.current")).to_contain_text("New")
        kim.goto(PAGE + "?table=orders&id=999")
        expect(kim.get_by_role("heading", level=1)).to_have_text("There is nothing here")

    def test_every_node_and_transition_is_reached_by_the_keyboard_and_leads_to_its_row(self, anna):
        anna.goto(PAGE)
        anna.get_by_role("region", name="Graph, scrolls in its box").focus()
        anna.keyboard.press("Tab")
        focused = anna.locator(".graph a:focus")
        expect(focused).to_have_attribute("aria-label", re.compile("→"))
        anna.keyboard.press("Enter")
        expect(anna).to_have_url(re.compile("#transition-"))
        expect(anna.locator("tr:target")).to_be_in_viewport()

    def test_zooms_in_its_own_box(self, anna, assert_fits_width):
        anna.goto(PAGE)
        picture = anna.locator(".graph")
        width = lambda: float(picture.get_attribute("width"))  # noqa: E731
        before = width()
        anna.get_by_role("button", name="Larger").click()
        assert width() > before
        for _ in range(4):
            anna.get_by_role("button", name="Larger").click()
        assert_fits_width(anna)
        anna.get_by_role("button", name="Fit").click()
        assert width() <= anna.locator(".canvas").evaluate("box => box.clientWidth")

    def test_says_the_same_as_a_table(self, anna):
        anna.goto(PAGE)
        table = anna.get_by_role("table", name="Transitions")
        expect(table.get_by_role("row")).to_have_count(1 + 5)
        expect(table.get_by_role("row").filter(has_text="cancel")).to_contain_text("reason")
        expect(anna.get_by_role("table", name="Codes of Orders").get_by_role("row")).to_have_count(1 + 4)

    def test_speaks_french(self, browse, axe):
        page = browse("anna", language="fr")
        page.goto(PAGE)
        expect(page.get_by_role("heading", name="Graphe")).to_be_visible()
        expect(page.locator(".graph a.node").filter(has_text="Payée")).to_be_visible()
        expect(transition(page, "NEW → CANCELLED")).to_have_attribute("aria-label", re.compile("exige un motif"))
        expect(page.get_by_role("list", name="Constats")).to_contain_text("n'a pas de libellé")
        axe(page)

    @pytest.mark.parametrize("format", ["JSON", "Mermaid", "DOT", "SVG"])
    def test_is_taken_along_in_four_formats(self, anna, format):
        anna.goto(PAGE)
        address = anna.get_by_role("link", name=format, exact=True).get_attribute("href")
        answer = anna.request.get(address)
        assert answer.ok
        assert "PAID" in answer.text() or "Paid" in answer.text()


class TestADraft:
    def test_is_begun_and_dropped(self, anna, world):
        anna.goto(PAGE)
        anna.get_by_role("button", name="Begin a draft").click()
        expect(anna.get_by_text("A draft, begun by anna: nothing obeys it until it is published.")).to_be_visible()
        assert transitions(world) == transitions(world, "published")
        anna.get_by_role("button", name="Drop the draft").click()
        anna.get_by_role("dialog").get_by_role("button", name="Confirm").click()
        expect(anna.get_by_role("button", name="Begin a draft")).to_be_visible()

    def test_gets_an_transition_with_all_that_it_demands(self, draft, world, axe):
        draft.get_by_role("button", name="Add a transition …").click()
        dialog = draft.get_by_role("dialog", name="Add a transition")
        axe(draft)
        dialog.get_by_label("From", exact=True).select_option("SHIPPED")
        dialog.get_by_label("To", exact=True).select_option("CANCELLED")
        dialog.get_by_label("Action").fill("return")
        dialog.get_by_label("Label (en)").fill("Take back")
        dialog.get_by_label("Label (fr)").fill("Reprendre")
        dialog.get_by_label("Clerk clerk").check()
        dialog.get_by_label("Relation to the record").fill("author")
        dialog.get_by_label("Fields that must be filled").fill("customer, meta.parcel")
        dialog.get_by_label("Requires a reason").check()
        dialog.get_by_role("button", name="Save in the draft").click()
        expect(draft.get_by_role("status").filter(has_text="Saved in the draft.")).to_be_visible()
        expect(transition(draft, "Take back: SHIPPED → CANCELLED")).to_contain_text("+ Take")
        found = world.db.execute(
            "select action, roles, relation, required_fields, requires_reason from jalon_engine.workflow_transition "
            "where category = 'ORDER_STATUS' and from_code = 'SHIPPED'"
        ).fetchone()
        assert found == ("return", ["clerk"], "author", ["customer", "meta.parcel"], True)

    def test_an_transition_is_changed_led_elsewhere_and_taken_out(self, draft, world):
        row(draft, "PAID -> NEW").get_by_role("button", name=re.compile("^Edit")).click()
        dialog = draft.get_by_role("dialog", name="Edit the transition")
        expect(dialog.get_by_label("Action")).to_have_value("unpay")
        expect(dialog.get_by_label("Clerk clerk")).to_be_checked()
        dialog.get_by_label("To", exact=True).select_option("CANCELLED")
        dialog.get_by_label("Clerk clerk").uncheck()
        dialog.get_by_role("button", name="Save in the draft").click()
        expect(transition(draft, "PAID → CANCELLED")).to_have_count(1)
        assert "PAID -> NEW" not in transitions(world)
        expect(draft.get_by_role("region", name="Check")).to_contain_text("PAID -> CANCELLED names no role")
        draft.get_by_role("button", name="Take out NEW -> PAID").click()
        expect(transition(draft, "NEW → PAID")).to_have_class(re.compile("removed"))
        assert "NEW -> PAID" not in transitions(world)

    def test_a_refusal_keeps_what_was_typed(self, draft):
        dialog = add_transition(draft, "NEW", "PAID", "again")
        expect(dialog.get_by_role("alert")).to_contain_text("NEW -> PAID exists already")
        expect(dialog.get_by_label("Action")).to_have_value("again")

    def test_findings_are_on_the_graph_and_in_a_list_that_leads_there(self, draft, shot):
        add_transition(draft, "SHIPPED", "NEW", "return")
        findings = draft.get_by_role("region", name="Check")
        expect(findings).to_contain_text("Publishing is refused while there are errors.")
        error = findings.get_by_role("listitem").filter(has_text="SHIPPED -> NEW").first
        expect(error).to_contain_text("error")
        expect(transition(draft, "SHIPPED → NEW").locator(".badge.error")).to_have_count(1)
        error.get_by_role("link").click()
        expect(draft.locator("tr:target")).to_contain_text("return")

    def test_says_what_it_changes_against_the_version_in_force(self, draft, axe, shot):
        add_transition(draft, "PAID", "CANCELLED", "refund")
        expect(transition(draft, "PAID → CANCELLED")).to_have_count(1)
        draft.get_by_role("button", name="Take out PAID -> NEW").click()
        changes = draft.get_by_role("region", name="Changes")
        expect(changes).to_contain_text("Version")
        expect(changes.get_by_role("listitem").filter(has_text="PAID -> CANCELLED")).to_contain_text("added")
        expect(changes.get_by_role("listitem").filter(has_text="PAID -> NEW")).to_contain_text("removed")
        expect(transition(draft, "PAID → CANCELLED")).to_contain_text("+")
        expect(transition(draft, "PAID → NEW")).to_contain_text("−")
        axe(draft)
        shot(draft, "workflow-draft")

    def test_a_code_is_made_described_and_deactivated(self, draft, world, axe):
        draft.get_by_role("button", name="Add a code …").click()
        dialog = draft.get_by_role("dialog", name="Add a code")
        axe(draft)
        dialog.get_by_label("Code", exact=True).fill("LOST")
        dialog.get_by_label("Label (en)").fill("Lost")
        dialog.get_by_label("Label (fr)").fill("Perdue")
        dialog.get_by_label("Colour", exact=True).fill("#aa0000")
        dialog.get_by_label("Outcome").select_option("dropped")
        dialog.get_by_label("Longest stay").fill("P14D")
        dialog.get_by_label("Final").check()
        dialog.get_by_role("button", name="Save").click()
        lost = row(draft, "LOST").last
        expect(lost).to_contain_text("P14D")
        lost.get_by_role("button", name="Edit … LOST").click()
        dialog = draft.get_by_role("dialog", name="Edit the code")
        expect(dialog.get_by_label("Label (fr)")).to_have_value("Perdue")
        dialog.get_by_label("Longest stay").fill("soon")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.get_by_role("alert")).to_be_visible()
        dialog.get_by_label("Longest stay").fill("")
        dialog.get_by_label("Description").fill("Nobody knows where it is.")
        dialog.get_by_role("button", name="Save").click()
        expect(row(draft, "LOST").last).to_contain_text("Nobody knows where it is.")
        row(draft, "LOST").last.get_by_role("button", name="Deactivate LOST").click()
        draft.get_by_role("dialog").get_by_role("button", name="Confirm").click()
        expect(row(draft, "LOST").last).to_contain_text("inactive")
        found = world.db.execute(
            "select outcome, color, max_stay, is_final, is_active from jalon_engine.referential "
            "where category = 'ORDER_STATUS' and code = 'LOST'"
        )
        assert found.fetchone() == ("dropped", "#aa0000", None, True, False)

    def test_the_second_of_two_editors_is_told_and_loses_nothing(self, draft, browse, world):
        root = browse("root", "admin")
        root.goto(PAGE + version(world))
        add_transition(root, "PAID", "CANCELLED", "refund")
        expect(transition(root, "PAID → CANCELLED")).to_have_count(1)
        dialog = add_transition(draft, "NEW", "SHIPPED", "rush")
        expect(dialog.get_by_role("alert")).to_contain_text("root changed the draft of ORDER_STATUS / * meanwhile")
        expect(dialog.get_by_label("Action")).to_have_value("rush")
        assert "NEW -> SHIPPED" not in transitions(world)
        expect(transition(draft, "PAID → CANCELLED")).to_have_count(1)
        dialog.get_by_role("button", name="Save in the draft").click()
        expect(transition(draft, "NEW → SHIPPED")).to_have_count(1)
        assert {"NEW -> SHIPPED", "PAID -> CANCELLED"} <= transitions(world)


class TestPublishing:
    def test_is_refused_while_there_are_errors(self, draft):
        add_transition(draft, "SHIPPED", "NEW", "return")
        expect(transition(draft, "SHIPPED → NEW")).to_have_count(1)
        draft.get_by_role("button", name="Publish …").click()
        dialog = draft.get_by_role("dialog", name="Publish version")
        expect(dialog).to_contain_text("mend the errors first")
        expect(dialog.get_by_role("button", name="Publish", exact=True)).to_be_disabled()

    def test_asks_where_records_go_that_would_stand_on_nothing_then_says_what_it_did(self, draft, world, axe, shot):
        move(world, 31, "PAID")
        move(world, 31, "SHIPPED")
        draft.get_by_role("button", name="Take out PAID -> SHIPPED").click()
        expect(draft.get_by_role("region", name="Changes")).to_contain_text("PAID -> SHIPPED")
        add_transition(draft, "PAID", "CANCELLED", "refund")
        expect(transition(draft, "PAID → CANCELLED")).to_have_count(1)
        draft.get_by_role("button", name="Publish …").click()
        dialog = draft.get_by_role("dialog", name="Publish version")
        expect(dialog).to_contain_text("Records stand on codes that vanish")
        publish = dialog.get_by_role("button", name="Publish", exact=True)
        expect(publish).to_be_disabled()
        axe(draft)
        shot(draft, "workflow-publish")
        dialog.get_by_label(re.compile("records on SHIPPED go to")).select_option("Cancelled")
        expect(dialog).to_contain_text("SHIPPED -> CANCELLED")
        dialog.get_by_label("Reason").fill("no more parcels")
        publish.click()
        expect(dialog).to_contain_text("is in force")
        expect(dialog).to_contain_text("moved")
        assert world.db.execute("select status from shop.orders where id = 31").fetchone() == ("CANCELLED",)
        dialog.get_by_role("link", name="See version").click()
        expect(draft.get_by_role("heading", level=1)).to_have_text("Orders")
        expect(draft.get_by_role("navigation", name="Versions")).to_contain_text("retired")


def rectangles(svg, kind):
    found = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}rect")  # noqa: S314 - our own
    return [
        tuple(float(each.get(name)) for name in ("x", "y", "width", "height"))
        for each in found
        if each.get("class") == kind
    ]


def overlap(a, b):
    (ax, ay, aw, ah), (bx, by, bw, bh) = a, b
    return ax < bx + bw and bx < ax + aw and ay < by + bh and by < ay + ah
