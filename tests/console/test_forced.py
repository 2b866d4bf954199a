"""A forced move: on a page of its own, with a reason, for people who may; the history marks it for ever."""

import re

import pytest
from playwright.sync_api import expect

from tests.web_shop import SHOP


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(SHOP)


def test_who_may_forces_any_record_with_a_reason_and_history_marks_it(browse, axe, assert_fits_width, shot):
    anna = browse("anna")
    anna.goto("/console/records/orders/3")
    anna.get_by_role("link", name="Force a move …").click()
    expect(anna.get_by_role("heading", level=1)).to_have_text("Force a move of orders 3")
    axe(anna)
    assert_fits_width(anna)
    shot(anna, "record-force")
    anna.get_by_label("Move it to").select_option("SHIPPED")
    anna.get_by_role("button", name="Force the move").click()
    expect(anna.get_by_label("Reason")).to_be_focused()
    anna.get_by_label("Reason").fill("The customer never got it")
    anna.get_by_role("button", name="Force the move").click()
    last = anna.get_by_role("region", name="History").get_by_role("listitem").first
    expect(last).to_contain_text("Shipped")
    expect(last).to_contain_text("forced")
    expect(last).to_contain_text("The customer never got it")
    axe(anna)


def test_a_forced_move_that_comes_too_late_says_who_was_faster(browse, world, axe):
    anna = browse("anna", hears=False, language="fr", width=360)
    anna.goto("/console/records/orders/4/force")
    world.run_as("mona", "clerk", "select jalon.move('orders', '4', 'PAID')")
    anna.get_by_label("Nouveau statut").select_option("SHIPPED")
    anna.get_by_label("Motif").fill("Jamais reçu")
    anna.get_by_role("button", name="Forcer le changement").click()
    expect(anna.get_by_role("alert").filter(has_text="mona l'a passé à")).to_be_visible()
    expect(anna.get_by_label("Motif")).to_have_value("Jamais reçu")
    axe(anna)
    anna.get_by_role("button", name="Forcer le changement").click()
    expect(anna.get_by_role("region", name="Historique")).to_contain_text("forcé")


def test_who_may_not_sees_no_way_to_force(browse):
    kim = browse("kim", "clerk")
    kim.goto("/console/records/orders/5")
    expect(kim.get_by_role("link", name="On the graph")).to_be_visible()
    expect(kim.get_by_role("link", name="Force a move …")).to_have_count(0)
    kim.goto("/console/records/orders/5/force")
    expect(kim.get_by_role("note")).to_contain_text("You do not hold the permission to force a move")
    expect(kim.get_by_role("button", name="Force the move")).to_be_disabled()


def test_an_administrator_sets_any_status_of_an_event_and_the_organizer_is_notified(browse, an_event, call, axe):
    id = an_event("Pushed through")
    anna = browse("anna")
    anna.goto(f"/console/events/{id}")
    anna.get_by_role("button", name="Set any status …").click()
    dialog = anna.get_by_role("dialog")
    axe(anna)
    dialog.get_by_label("Status").select_option("active")
    dialog.get_by_label("Moderation").select_option("approved")
    dialog.get_by_label("Notes to the organizer").fill("Agreed on the telephone")
    dialog.get_by_role("button", name="Set it").click()
    expect(anna.locator("[aria-current=step]")).to_have_text("Approved (not published)")
    last = anna.get_by_role("region", name="History").locator("ol > li").first
    expect(last).to_contain_text("forced")
    expect(last).to_contain_text("Agreed on the telephone")
    notification = call("oscar", "GET", "/api/organizer/notifications?limit=1")["items"][0]
    assert notification["link"].endswith(id)
    mona = browse("mona")
    mona.goto(f"/console/events/{id}")
    expect(mona.get_by_role("button", name="Set any status …")).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "table", "statuses"),
    [
        ("/console/events", "events", 3),
        ("/console/propositions", "proposition", 1),
        ("/console/dossiers", "dossier", 1),
    ],
)
def test_every_record_with_a_workflow_leads_to_its_place_on_the_graph(browse, world, path, table, statuses):
    schema, name, key = world.db.execute(
        "select table_schema, table_name, key_column from jalon_engine.tracked where name = %s", (table,)
    ).fetchone()
    id = world.db.execute(f"select {key} from {schema}.{name} order by status_changed_at limit 1").fetchone()[0]
    anna = browse("anna")
    anna.goto(f"{path}/{id}")
    links = anna.get_by_role("link", name=re.compile("^On the graph"))
    expect(links).to_have_count(statuses)
    links.first.click()
    expect(anna.get_by_role("link", name=re.compile(rf"{table} {id} is here")).first).to_be_visible()
    anna.get_by_role("link", name="To the record").click()
    anna.wait_for_url(f"**{path}/{id}")
