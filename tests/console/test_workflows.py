"""Workflows: the graph, coloured from the referential, counted from history; drafts edited, checked, compared,
published."""

import json
import re
from itertools import pairwise
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


def panel(page):
    return page.locator("#panel")


def add_transition(page, from_code, to_code, action, role="Clerk clerk"):
    page.get_by_role("link", name="Add a transition …").click()
    form = panel(page)
    expect(form.get_by_role("heading", name="Add a transition")).to_be_visible()
    form.get_by_label("From", exact=True).select_option(from_code)
    form.get_by_label("To", exact=True).select_option(to_code)
    form.get_by_text("More conditions").click()
    form.get_by_label("Action").fill(action)
    form.get_by_label("Label (en)").fill(action.title())
    form.get_by_label(role).check()
    form.get_by_role("button", name="Save in the draft").click()
    return form


def drag(page, from_code, to_code):
    """From the middle of a code to the middle of another."""
    places = [page.locator(f'.graph [data-code="{code}"]').bounding_box() for code in (from_code, to_code)]
    (x, y), (to_x, to_y) = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in places]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y + 20)
    page.mouse.move(to_x, to_y)
    page.mouse.up()


def make_code(page, code, label, french, axe=None):
    """A code that ends, drafted in the panel."""
    page.get_by_role("link", name="Add a code …").click()
    form = panel(page)
    form.get_by_label("Code", exact=True).fill(code)
    if axe:
        axe(page)
    form.get_by_label("Label (en)").fill(label)
    form.get_by_label("Label (fr)").fill(french)
    form.get_by_label("Colour", exact=True).fill("#aa0000")
    form.get_by_label("Outcome").select_option("dropped")
    form.get_by_label("Longest stay").fill("P14D")
    form.get_by_label("Final").check()
    form.get_by_role("button", name="Save in the draft").click()
    expect(form.get_by_role("heading", level=2)).to_have_text(label)


def in_force(world, code, category="ORDER_STATUS"):
    """The label of a code outside of drafts."""
    found = world.db.execute(
        "select label from jalon_engine.referential where category = %s and code = %s", (category, code)
    ).fetchone()
    return found and found[0]


def view(page):
    return [float(number) for number in page.locator(".graph").get_attribute("viewBox").split()]


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

        async def nothing(function, *given, **named):
            found = await call(function, *given, **named)
            return found._replace(body=b'{"items": [], "canEdit": true}') if function == "categories" else found

        monkeypatch.setattr(database, "call", nothing)
        anna.goto(LIST)
        expect(anna.get_by_role("heading", name="No workflow yet")).to_be_visible()
        expect(anna.get_by_role("main")).to_contain_text("jalon.track(")
        axe(anna)

    def test_a_category_without_a_workflow_gets_its_draft_here(self, anna, world):
        world.db.execute("insert into jalon_engine.category (code, label) values ('FREE_STATUS', 'Free things')")
        anna.goto(LIST)
        anna.get_by_role("button", name="Edit Free things").click()
        expect(anna.get_by_role("heading", level=1)).to_have_text("Free things")
        expect(anna.get_by_text("No transition yet").first).to_be_visible()

    def test_who_may_not_edit_reads(self, page, signed_in):
        signed_in(page, "zoe").goto(LIST)
        expect(row(page, "ORDER_STATUS")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("Apply|Begin"))).to_have_count(0)
        page.goto(PAGE)
        expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
        for role in ("button", "link"):
            expect(page.get_by_role(role, name=re.compile("Edit|Begin|Add|Deactivate"))).to_have_count(0)


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
        expect(transition(anna, "NEW → CANCELLED")).to_have_attribute("aria-label", re.compile("requires a reason"))
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
        anna.get_by_text("Record and period").click()
        anna.get_by_label("Counted since").fill("2999-01-01")
        anna.get_by_role("button", name="Show").click()
        expect(transition(anna, "NEW → PAID")).not_to_contain_text("×")

    def test_shows_where_a_record_is_and_my_moves(self, browse, world, axe, shot):
        move(world, 7, "PAID")
        kim = browse("kim", "clerk")
        kim.goto(PAGE)
        kim.get_by_text("Record and period").click()
        kim.get_by_label("Record of").select_option("orders")
        kim.get_by_label("Its key").fill("7")
        kim.get_by_role("button", name="Show").click()
        expect(kim.locator(".graph a.current")).to_have_attribute("aria-label", re.compile("Paid.*orders 7 is here"))
        expect(kim.locator(".graph a.mine")).to_have_count(2)
        expect(kim.get_by_text("orders 7 is at Paid.")).to_be_visible()
        expect(kim.get_by_role("form", name="Moves of orders 7").get_by_role("button")).to_have_count(2)
        axe(kim)
        zoe = browse("mona", "moderator", "clerk")
        zoe.goto(PAGE + "?table=orders&id=8")
        expect(zoe.locator(".graph a.current")).to_contain_text("New")
        kim.goto(PAGE + "?table=orders&id=999")
        expect(kim.get_by_role("heading", level=1)).to_have_text("There is nothing here")

    def test_a_move_of_mine_is_a_button_that_makes_it(self, browse, world):
        kim = browse("kim", "clerk")
        kim.goto(PAGE + "?table=orders&id=11")
        pay = kim.locator(".graph").get_by_role("button", name=re.compile("NEW → PAID"))
        pay.locator("text").click()
        expect(kim.get_by_text("orders 11: now PAID.").or_(kim.get_by_text("orders 11: now Paid."))).to_be_visible()
        expect(kim.get_by_text("orders 11 is at Paid.")).to_be_visible()
        assert world.db.execute("select status from shop.orders where id = 11").fetchone() == ("PAID",)
        ship = kim.locator(".graph").get_by_role("button", name=re.compile("PAID → SHIPPED"))
        ship.focus()
        kim.keyboard.press("Enter")
        expect(kim.get_by_text("orders 11 is at Shipped.")).to_be_visible()

    def test_a_move_of_mine_that_needs_a_reason_asks_for_it(self, browse, world):
        kim = browse("kim", "clerk")
        kim.goto(PAGE + "?table=orders&id=12")
        kim.locator(".graph").get_by_role("button", name=re.compile("NEW → CANCELLED")).locator("text").click()
        kim.get_by_role("dialog").get_by_label("Reason").fill("no longer wanted")
        kim.get_by_role("dialog").get_by_role("button", name=re.compile("cancel", re.IGNORECASE)).last.click()
        expect(kim.get_by_text("orders 12 is at Cancelled.")).to_be_visible()

    def test_every_node_and_transition_is_reached_by_the_keyboard_and_opens_beside(self, anna):
        anna.goto(PAGE)
        anna.get_by_role("region", name=re.compile("^Graph:")).focus()
        anna.keyboard.press("Tab")
        focused = anna.locator(".graph a:focus")
        expect(focused).to_have_attribute("aria-label", re.compile("→"))
        anna.keyboard.press("Enter")
        expect(anna).to_have_url(re.compile("part=transition"))
        expect(panel(anna).get_by_role("heading", level=2)).to_be_focused()
        panel(anna).get_by_role("link", name="Close").click()
        expect(panel(anna)).to_be_hidden()

    def test_a_code_opens_its_records_counts_and_durations(self, anna, world, axe):
        move(world, 14, "PAID")
        anna.goto(PAGE)
        anna.locator('.graph [data-code="PAID"]').click()
        expect(panel(anna)).to_contain_text("Median")
        expect(panel(anna)).to_contain_text("Latest records of orders")
        expect(panel(anna).get_by_role("link", name="14", exact=True)).to_have_attribute(
            "href", "/console/records/orders/14"
        )
        expect(anna.locator(".graph .chosen")).to_contain_text("Paid")
        axe(anna)
        anna.reload()
        expect(panel(anna)).to_contain_text("Latest records of orders")

    def test_a_transition_opens_how_often_it_is_taken_and_what_refuses_it(self, anna, browse, world):
        move(world, 15, "PAID")
        anna.goto(PAGE)
        transition(anna, "NEW → PAID").locator("text").click()
        expect(panel(anna)).to_contain_text("Since ever")
        expect(panel(anna)).to_contain_text("Average stay before")
        expect(panel(anna)).to_contain_text("0 of the latest 20 records of orders can take it.")
        expect(panel(anna).get_by_role("listitem").filter(has_text="Clerk")).to_contain_text("20")
        kim = browse("kim", "clerk")
        kim.goto(PAGE + "?part=transition&from=NEW&to=PAID")
        expect(panel(kim)).to_contain_text("20 of the latest 20 records of orders can take it.")

    def test_fits_at_first_and_pans_and_zooms_by_wheel_drag_and_keys(self, anna, assert_fits_width):
        anna.goto(PAGE)
        whole = view(anna)
        inside = anna.locator(".canvas").evaluate(
            "box => [box.scrollWidth - box.clientWidth, box.scrollHeight - box.clientHeight]"
        )
        assert inside == [0, 0]
        anna.get_by_role("button", name="Larger").click()
        assert view(anna)[2] < whole[2]
        anna.get_by_role("button", name="Fit").click()
        assert view(anna) == whole
        box = anna.locator(".canvas").bounding_box()
        anna.locator(".canvas").focus()
        for key, number, sign in (("ArrowRight", 0, 1), ("ArrowLeft", 0, -1), ("ArrowDown", 1, 1), ("ArrowUp", 1, -1)):
            before = view(anna)
            anna.keyboard.press(key)
            assert (view(anna)[number] - before[number]) * sign > 0
        anna.keyboard.press("0")
        assert view(anna) == whole
        anna.keyboard.press("+")
        assert view(anna)[2] < whole[2]
        anna.keyboard.press("0")
        anna.mouse.move(box["x"] + 30, box["y"] + 30)
        anna.mouse.wheel(0, -200)
        anna.wait_for_function("whole => document.querySelector('.graph').viewBox.baseVal.width < whole", arg=whole[2])
        anna.keyboard.press("0")
        anna.mouse.down()
        anna.mouse.move(box["x"] + 130, box["y"] + 80)
        anna.mouse.up()
        assert view(anna)[0] < whole[0]
        assert view(anna)[1] < whole[1]
        expect(anna).to_have_url(re.compile(r"\*$"))  # a drag opens nothing
        assert_fits_width(anna)

    def test_fourteen_codes_are_seen_at_once_without_a_scroll_bar(self, browse, world):
        chain = [f"STEP_{n:02}" for n in range(14)]
        codes = [{"code": code, "is_initial": code == chain[0], "is_final": code == chain[-1]} for code in chain]
        ways = [*pairwise(chain[:7]), *pairwise(chain[:1] + chain[7:]), (chain[6], chain[-1]), (chain[3], chain[1])]
        transitions = [{"from": one, "to": other, "roles": ["any"]} for one, other in ways]
        document = {"format": "jalon/1", "codes": codes, "transitions": transitions}
        world.db.execute("select jalon.import_workflow(%s::json, 'LONG_STATUS')", (json.dumps(document),))
        anna = browse("anna")
        anna.set_viewport_size({"width": 1440, "height": 900})
        anna.goto(LIST + "/LONG_STATUS/*?version=1")
        canvas = anna.locator(".canvas").bounding_box()
        assert canvas["height"] <= 900
        nodes = anna.locator(".graph a.node").all()
        assert len(nodes) == 14
        for node in nodes:
            at = node.bounding_box()
            assert canvas["x"] <= at["x"] <= canvas["x"] + canvas["width"] - at["width"]
            assert canvas["y"] <= at["y"] <= canvas["y"] + canvas["height"] - at["height"]
        assert anna.locator(".canvas").evaluate("box => box.scrollHeight - box.clientHeight") == 0

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
        anna.get_by_role("button", name="Edit", exact=True).click()
        expect(anna.get_by_text("A draft, begun by anna: nothing obeys it until it is published.")).to_be_visible()
        assert transitions(world) == transitions(world, "published")
        anna.get_by_role("button", name="Discard draft").click()
        anna.get_by_role("dialog").get_by_role("button", name="Confirm").click()
        expect(anna.get_by_role("button", name="Edit", exact=True)).to_be_visible()

    def test_gets_a_transition_with_all_that_it_demands(self, draft, world, axe):
        draft.get_by_role("link", name="Add a transition …").click()
        form = panel(draft)
        form.get_by_text("More conditions").click()
        axe(draft)
        form.get_by_label("From", exact=True).select_option("SHIPPED")
        form.get_by_label("To", exact=True).select_option("CANCELLED")
        form.get_by_label("Action").fill("return")
        form.get_by_label("Label (en)").fill("Take back")
        form.get_by_label("Label (fr)").fill("Reprendre")
        form.get_by_label("Clerk clerk").check()
        form.get_by_label("Relation to the record").fill("author")
        form.get_by_label("Fields that must be filled").fill("customer, meta.parcel")
        form.get_by_label("Requires a reason").check()
        form.get_by_role("button", name="Save in the draft").click()
        expect(draft.get_by_role("status").filter(has_text="Saved in the draft.")).to_be_visible()
        expect(transition(draft, "Take back: SHIPPED → CANCELLED")).to_contain_text("+ Take")
        found = world.db.execute(
            "select action, roles, relation, required_fields, requires_reason from jalon_engine.workflow_transition "
            "where category = 'ORDER_STATUS' and from_code = 'SHIPPED'"
        ).fetchone()
        assert found == ("return", ["clerk"], "author", ["customer", "meta.parcel"], True)

    def test_a_transition_is_changed_led_elsewhere_and_taken_out(self, draft, world):
        row(draft, "PAID -> NEW").get_by_role("link", name=re.compile("^Edit")).click()
        form = panel(draft)
        expect(form.get_by_label("Action")).to_have_value("unpay")
        expect(form.get_by_label("Clerk clerk")).to_be_checked()
        form.get_by_label("To", exact=True).select_option("CANCELLED")
        form.get_by_label("Clerk clerk").uncheck()
        form.get_by_role("button", name="Save in the draft").click()
        expect(transition(draft, "PAID → CANCELLED")).to_have_count(1)
        assert "PAID -> NEW" not in transitions(world)
        expect(draft.get_by_role("region", name="Check")).to_contain_text("PAID -> CANCELLED names no role")
        draft.get_by_role("button", name="Remove NEW -> PAID").first.click()
        expect(transition(draft, "NEW → PAID")).to_have_class(re.compile("removed"))
        assert "NEW -> PAID" not in transitions(world)

    def test_a_transition_is_drawn_from_code_to_code_and_begins_whole(self, draft, world, axe):
        drag(draft, "PAID", "CANCELLED")
        expect(transition(draft, "PAID → CANCELLED")).to_have_count(1)
        expect(panel(draft).get_by_role("heading", name="Edit the transition")).to_be_visible()
        expect(panel(draft).get_by_label("Clerk clerk")).to_be_checked()  # as its neighbours
        check = draft.get_by_role("region", name="Check")
        expect(check).not_to_contain_text("PAID -> CANCELLED")
        expect(check).not_to_contain_text("cancelled")
        axe(draft)

    def test_a_transition_is_added_from_a_codes_panel_without_a_mouse(self, draft, world):
        draft.locator('.graph [data-code="PAID"]').focus()
        draft.keyboard.press("Enter")
        panel(draft).get_by_label("To", exact=True).select_option("CANCELLED")
        panel(draft).get_by_role("button", name="Add it").click()
        expect(transition(draft, "PAID → CANCELLED")).to_have_count(1)

    def test_from_every_status_at_once(self, draft, world):
        draft.get_by_role("button", name="Remove NEW -> CANCELLED").click()
        expect(transition(draft, "NEW → CANCELLED")).to_have_class(re.compile("removed"))
        draft.get_by_role("link", name="Add a transition …").click()
        panel(draft).get_by_label("From every status").check()
        panel(draft).get_by_label("To", exact=True).select_option("CANCELLED")
        panel(draft).get_by_role("button", name="Save in the draft").click()
        expect(transition(draft, "PAID → CANCELLED")).to_have_count(1)
        assert {"NEW -> CANCELLED", "PAID -> CANCELLED"} <= transitions(world)
        assert "SHIPPED -> CANCELLED" not in transitions(world)  # final

    def test_a_transition_is_duplicated(self, draft, world):
        draft.goto(PAGE + version(world) + "&part=transition&from=NEW&to=CANCELLED")
        panel(draft).get_by_role("link", name="Duplicate").click()
        expect(draft.get_by_role("complementary", name="Add a transition")).to_be_visible()
        form = panel(draft)
        expect(form.get_by_label("Requires a reason")).to_be_checked()
        form.get_by_label("From", exact=True).select_option("PAID")
        form.get_by_label("To", exact=True).select_option("CANCELLED")
        form.get_by_role("button", name="Save in the draft").click()
        expect(transition(draft, "PAID → CANCELLED")).to_have_attribute("aria-label", re.compile("requires a reason"))

    def test_edits_are_undone_and_redone_by_buttons_and_keys(self, draft, world):
        undo = draft.get_by_role("button", name="Undo")
        expect(undo).to_be_disabled()
        drag(draft, "PAID", "CANCELLED")
        expect(transition(draft, "PAID → CANCELLED")).to_have_count(1)
        undo.click()
        expect(transition(draft, "PAID → CANCELLED")).to_have_count(0)
        assert "PAID -> CANCELLED" not in transitions(world)
        draft.locator(".canvas").focus()
        draft.keyboard.press("Control+Shift+Z")
        expect(transition(draft, "PAID → CANCELLED")).to_have_count(1)
        draft.locator(".canvas").focus()
        draft.keyboard.press("Control+z")
        expect(transition(draft, "PAID → CANCELLED")).to_have_count(0)

    def test_a_refusal_keeps_what_was_typed(self, draft):
        form = add_transition(draft, "NEW", "PAID", "again")
        expect(form.get_by_role("alert")).to_contain_text("NEW -> PAID exists already")
        expect(form.get_by_label("Action")).to_have_value("again")

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
        draft.get_by_role("button", name="Remove PAID -> NEW").click()
        changes = draft.get_by_role("region", name="Changes")
        expect(changes).to_contain_text("Version")
        expect(changes.get_by_role("listitem").filter(has_text="Refund (PAID -> CANCELLED) is new")).to_contain_text(
            "added"
        )
        expect(changes.get_by_role("listitem").filter(has_text="Unpay (PAID -> NEW) goes")).to_contain_text("removed")
        expect(transition(draft, "PAID → CANCELLED")).to_contain_text("+")
        expect(transition(draft, "PAID → NEW")).to_contain_text("−")
        axe(draft)
        shot(draft, "workflow-draft")

    def test_says_a_difference_in_a_sentence_and_nothing_that_was_not_done(self, draft, world):
        draft.goto(PAGE + version(world) + "&part=transition&from=PAID&to=SHIPPED")
        panel(draft).get_by_label("Requires a reason").check()
        panel(draft).get_by_role("button", name="Save in the draft").click()
        changes = draft.get_by_role("region", name="Changes")
        expect(changes.get_by_role("listitem")).to_have_count(1)
        expect(changes.get_by_role("listitem")).to_contain_text("Ship (PAID -> SHIPPED) now needs a reason")

    def test_is_edited_on_a_phone_in_french_and_dark(self, browse, world, axe, assert_fits_width):
        world.db.execute("select jalon.draft('ORDER_STATUS')")
        page = browse("anna", language="fr", width=360, dark=True)
        for part in ("part=transition&from=NEW&to=PAID", "part=code&code=PAID", "part=new-transition", "part=new-code"):
            page.goto(f"{PAGE}{version(world)}&{part}")
            expect(panel(page).get_by_role("heading", level=2)).to_be_visible()
            assert_fits_width(page)
            axe(page)

    def test_a_code_is_made_described_and_deactivated_in_the_draft(self, draft, world, axe):
        expect(draft.get_by_text("Codes that you add or edit here are drafted with it")).to_be_visible()
        make_code(draft, "LOST", "Lost", "Perdue", axe)
        form = panel(draft)
        lost = row(draft, "LOST").last
        expect(lost).to_contain_text("P14D")
        expect(lost).to_contain_text("new in the draft")
        expect(form.get_by_role("heading", level=2)).to_have_text("Lost")
        expect(form.get_by_label("Label (fr)")).to_have_value("Perdue")
        form.get_by_label("Longest stay").fill("soon")
        form.get_by_role("button", name="Save in the draft").click()
        expect(form.get_by_role("alert")).to_be_visible()
        form.get_by_label("Longest stay").fill("")
        form.get_by_label("Description").fill("Nobody knows where it is.")
        form.get_by_role("button", name="Save in the draft").click()
        expect(row(draft, "LOST").last).to_contain_text("Nobody knows where it is.")
        row(draft, "LOST").last.get_by_role("button", name="Deactivate LOST").click()
        expect(row(draft, "LOST").last).to_contain_text("inactive")
        axe(draft)
        found = world.db.execute("select outcome, color, max_stay, is_final, is_active, is_new from jalon.draft_codes")
        assert found.fetchone() == ("dropped", "#aa0000", None, True, False, True)
        assert in_force(world, "LOST") is None

    def test_a_new_code_is_connected_by_transitions_and_no_list_has_it(self, draft, world, browse):
        make_code(draft, "LOST", "Lost", "Perdue")
        expect(draft.locator('.graph [data-code="LOST"]')).to_have_count(1)
        drag(draft, "SHIPPED", "LOST")
        expect(transition(draft, "SHIPPED → LOST")).to_have_count(1)
        expect(draft.get_by_role("region", name="Changes")).to_contain_text("The code LOST is new")
        assert "SHIPPED -> LOST" in transitions(world)
        zoe = browse("zoe")
        zoe.goto("/console/records/orders")
        assert "Lost" not in zoe.content()
        zoe.goto(PAGE + version(world, "published"))
        expect(row(zoe, "LOST")).to_have_count(0)
        assert in_force(world, "LOST") is None

    def test_a_new_code_is_drawn_in_a_draft_that_has_nothing_else(self, anna, world):
        world.db.execute("select jalon.draft('ORDER_STATUS', copied => false)")
        anna.goto(PAGE + version(world))
        for code in ("LOST", "FOUND"):
            make_code(anna, code, code.title(), code.title())
        drag(anna, "LOST", "FOUND")
        expect(transition(anna, "LOST → FOUND")).to_have_count(1)

    def test_an_edited_code_is_as_it_was_everywhere_else_and_dropping_the_edits_puts_it_back(
        self, draft, world, browse
    ):
        draft.goto(PAGE + version(world) + "&part=code&code=PAID")
        panel(draft).get_by_label("Label (en)").fill("Settled")
        panel(draft).get_by_role("button", name="Save in the draft").click()
        expect(panel(draft).get_by_role("heading", level=2)).to_have_text("Settled")
        expect(row(draft, "PAID").last).to_contain_text("edited in the draft")
        expect(draft.locator('.graph [data-code="PAID"]')).to_contain_text("~ Settled")
        zoe = browse("zoe")
        zoe.goto(PAGE)
        expect(zoe.locator('.graph [data-code="PAID"]')).to_contain_text("Paid")
        panel(draft).get_by_role("button", name="Drop the edits").click()
        expect(panel(draft).get_by_role("heading", level=2)).to_have_text("Paid")
        expect(draft.get_by_text("edited in the draft")).to_have_count(0)
        assert in_force(world, "PAID") == "Paid"

    def test_edits_of_codes_are_undone_and_redone(self, draft, world):
        make_code(draft, "LOST", "Lost", "Perdue")
        expect(row(draft, "LOST").last).to_contain_text("Lost")
        draft.get_by_role("button", name="Undo").click()
        expect(row(draft, "LOST")).to_have_count(0)
        expect(draft.locator('.graph [data-code="LOST"]')).to_have_count(0)
        draft.get_by_role("button", name="Redo").click()
        expect(row(draft, "LOST").last).to_contain_text("Lost")

    def test_discarding_the_draft_takes_its_codes_with_it(self, draft, world):
        make_code(draft, "LOST", "Lost", "Perdue")
        expect(row(draft, "LOST").last).to_contain_text("Lost")
        draft.get_by_role("button", name="Discard draft").click()
        draft.get_by_role("dialog").get_by_role("button", name="Confirm").click()
        expect(draft.get_by_role("button", name="Edit", exact=True)).to_be_visible()
        expect(row(draft, "LOST")).to_have_count(0)
        assert world.db.execute("select count(*) from jalon.draft_codes").fetchone() == (0,)

    def test_outside_of_a_draft_a_code_changes_at_once(self, anna, world):
        anna.goto(PAGE + version(world, "published") + "&part=code&code=PAID")
        panel(anna).get_by_label("Description").fill("The money is here.")
        panel(anna).get_by_role("button", name="Save", exact=True).click()
        expect(anna.get_by_text("Saved. It holds at once.")).to_be_visible()
        expect(row(anna, "PAID").last).to_contain_text("The money is here.")

    def test_the_second_of_two_editors_is_told_and_loses_nothing(self, draft, browse, world):
        root = browse("root", "admin")
        root.goto(PAGE + version(world))
        add_transition(root, "PAID", "CANCELLED", "refund")
        expect(transition(root, "PAID → CANCELLED")).to_have_count(1)
        form = add_transition(draft, "NEW", "SHIPPED", "rush")
        expect(form.get_by_role("alert")).to_contain_text("root changed the draft of ORDER_STATUS / * meanwhile")
        expect(form.get_by_label("Action")).to_have_value("rush")
        assert "NEW -> SHIPPED" not in transitions(world)
        expect(transition(draft, "PAID → CANCELLED")).to_have_count(1)
        form.get_by_role("button", name="Save in the draft").click()
        expect(transition(draft, "NEW → SHIPPED")).to_have_count(1)
        assert {"NEW -> SHIPPED", "PAID -> CANCELLED"} <= transitions(world)


class TestVersions:
    def test_say_who_published_them_and_why_and_any_two_are_compared(self, anna, world, call):
        url = "/api/v1/workflows/ORDER_STATUS/*"
        for reason, is_required in (("the auditors asked", True), ("they changed their mind", False)):
            call("anna", "POST", f"{url}/draft", {})
            change = {"was": {"from": "PAID", "to": "SHIPPED"}, "from": "PAID", "to": "SHIPPED"}
            call("anna", "PUT", f"{url}/draft/transition", change | {"requiresReason": is_required})
            call("anna", "POST", f"{url}/publish", {"reason": reason})
        anna.goto(PAGE)
        expect(anna.get_by_text("Published by anna on")).to_contain_text("Reason: they changed their mind")
        versions = anna.get_by_role("navigation", name="Versions").get_by_role("link")
        changes = anna.get_by_role("region", name="Changes")
        changes.get_by_label("Against").select_option(index=1)
        changes.get_by_role("button", name="Compare").click()
        expect(changes.get_by_role("listitem")).to_have_text(re.compile("no longer needs a reason"))
        expect(versions.first).to_have_attribute("aria-current", "page")


class TestRulesFromAFile:
    @pytest.fixture
    def owned(self, world):
        world.db.execute(
            "select jalon.apply_rules(jsonb_build_array(jalon.export_rules('ORDER_STATUS')), "
            "source => 'rules/ORDER_STATUS.yaml')"
        )
        yield
        world.db.execute("delete from jalon_engine.rule_file")

    def test_the_list_and_the_workflow_say_which_file_owns_them(self, anna, owned, axe):
        anna.goto(LIST)
        expect(row(anna, "ORDER_STATUS")).to_contain_text("rules/ORDER_STATUS.yaml")
        axe(anna)
        anna.goto(PAGE)
        expect(anna.get_by_text("The file rules/ORDER_STATUS.yaml owns these rules")).to_contain_text(
            "What is changed here, the next jalon apply asks about."
        )

    def test_the_draft_is_offered_as_a_file_with_the_difference(self, anna, world, owned, axe):
        world.db.execute("select jalon.draft('ORDER_STATUS')")
        world.db.execute("select jalon.set_transition('ORDER_STATUS', 'PAID', 'SHIPPED', requires_reason => true)")
        anna.goto(PAGE)
        anna.get_by_role("link", name="See what differs, and take it as a file").click()
        expect(anna.get_by_role("region", name="What differs from the file").get_by_role("listitem")).to_have_text(
            "Ship (PAID -> SHIPPED) now needs a reason"
        )
        axe(anna)
        with anna.expect_download() as download:
            anna.get_by_role("button", name="Download ORDER_STATUS.yaml").click()
        written = download.value.path().read_text()
        assert "from: PAID, to: SHIPPED, action: ship, roles: [clerk], requires_reason: true" in written

    def test_who_may_not_edit_gets_no_file(self, browse, owned):
        zoe = browse("zoe")
        zoe.goto(PAGE)
        expect(zoe.get_by_text("The file rules/ORDER_STATUS.yaml owns these rules")).to_be_visible()
        expect(zoe.get_by_role("link", name="See what differs")).to_have_count(0)
        zoe.goto(PAGE + "/file")
        expect(zoe.get_by_role("main")).to_contain_text("permission")


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
        draft.get_by_role("button", name="Remove PAID -> SHIPPED").click()
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

    def test_puts_drafted_codes_in_force_and_records_go_to_a_new_one(self, anna, world):
        world.db.execute("select jalon.apply_template('orders', 'PARCEL_STATUS')")
        world.db.execute("create table shop.parcels (id int primary key, status text not null)")
        world.db.execute("select jalon.track('shop.parcels', category => 'PARCEL_STATUS')")
        world.db.execute("insert into shop.parcels values (1, 'NEW')")
        for status in ("PAID", "SHIPPED"):
            world.db.execute("update shop.parcels set status = %s", (status,))
        world.db.execute("select jalon.draft('PARCEL_STATUS')")
        world.db.execute(
            """select jalon.drop_transition('PARCEL_STATUS', a.from_code, a.to_code) from jalon.transitions a
            where a.category = 'PARCEL_STATUS' and a.state = 'draft' and 'SHIPPED' in (a.from_code, a.to_code)"""
        )
        world.db.execute(
            """select jalon.drop_transition('PARCEL_STATUS', a.from_code, a.to_code) from jalon.transitions a
            where a.category = 'PARCEL_STATUS' and a.state = 'draft' and 'DELIVERED' in (a.from_code, a.to_code)"""
        )
        anna.goto(LIST + "/PARCEL_STATUS/*?version=2")
        make_code(anna, "RETURNED", "Returned", "Rendue")
        drag(anna, "PAID", "RETURNED")
        expect(transition(anna, "PAID → RETURNED")).to_have_count(1)
        anna.locator('.graph [data-code="PAID"]').click()
        expect(panel(anna).get_by_role("heading", level=2)).to_have_text("Paid")
        panel(anna).get_by_label("Label (en)").fill("Settled")
        panel(anna).get_by_role("button", name="Save in the draft").click()
        expect(panel(anna).get_by_role("heading", level=2)).to_have_text("Settled")
        assert in_force(world, "PAID", "PARCEL_STATUS") == "Paid"
        anna.get_by_role("button", name="Publish …").click()
        dialog = anna.get_by_role("dialog", name="Publish version")
        dialog.get_by_label(re.compile("records on SHIPPED go to")).select_option("Returned")
        expect(dialog).to_contain_text("SHIPPED -> RETURNED")
        expect(dialog).to_contain_text("new code")
        dialog.get_by_role("button", name="Publish", exact=True).click()
        expect(dialog).to_contain_text("is in force")
        assert world.db.execute("select status from shop.parcels").fetchone() == ("RETURNED",)
        assert [in_force(world, code, "PARCEL_STATUS") for code in ("PAID", "RETURNED")] == ["Settled", "Returned"]
        anna.goto("/console/records/parcels")
        expect(anna.get_by_role("main")).to_contain_text("Returned")


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
