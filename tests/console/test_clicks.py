"""What people do every day takes no more clicks and keys than this. The browser counts them from the first on the start
page; text that is typed into a field doesn't count, a choice in a drop-down list counts two."""

import re

import pytest
from playwright.sync_api import expect

COUNT = """
const count = (by) => { sessionStorage.hands = Number(sessionStorage.hands ?? 0) + by; };
const isText = ({target, key, ctrlKey}) => key.length === 1 && !ctrlKey && target.matches("textarea, input");
const isModifier = ({key}) => ["Control", "Shift", "Alt", "Meta"].includes(key);
addEventListener("pointerdown", () => count(1), true);
addEventListener("keydown", (event) => { if (!isText(event) && !isModifier(event)) count(1); }, true);
addEventListener("change", ({target}) => { if (target.matches("select")) count(2); }, true);
"""


@pytest.fixture(scope="module")
def prepare():
    return lambda db: db.execute(
        "create schema depot; create table depot.parcel (id bigint primary key, status text not null)"
    )


@pytest.fixture
def start(browse):
    """start("anna"): her start page; from here on her clicks and keys are counted."""

    def start(who):
        page = browse(who)
        page.add_init_script(COUNT)
        page.goto("/console")
        return page

    return start


def hands(page):
    return int(page.evaluate("sessionStorage.hands ?? 0"))


def test_a_status_is_changed_with_three(start):
    page = start("anna")
    page.get_by_role("navigation").get_by_role("link", name=re.compile("^Roadshow")).click()
    page.get_by_role("button", name=re.compile("^Move ")).first.click()
    page.locator("[popover]:popover-open").get_by_role("button").first.click()
    expect(page.locator("#toasts")).to_contain_text("Status updated")
    assert hands(page) <= 3


def test_a_new_event_is_submitted_with_five(start):
    page = start("oscar")
    page.get_by_role("link", name=re.compile("^Events")).click()
    page.get_by_role("link", name="New event").click()
    for label, value in {
        "Event title": "Fête de la musique", "Description": "Music in the streets.", "Place": "Lyon", "Price": "0",
        "Beginning": "2030-06-21T18:00", "End": "2030-06-21T23:00", "Capacity": "100",
    }.items():  # fmt: skip
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Create the draft").click()
    page.get_by_role("button", name="Submit for review").click()
    expect(page.locator("#toasts")).to_contain_text("Submit for review")
    assert hands(page) <= 5


def test_a_moderator_decides_with_two(start, an_event):
    an_event("Decided quickly", "submitted")
    page = start("mona")
    page.get_by_role("link", name=re.compile("^Moderation")).click()
    page.locator("#triage").get_by_role("button", name="Approve").click()
    expect(page.locator("#toasts")).to_contain_text("now")
    assert hands(page) <= 2


@pytest.mark.parametrize(
    ("who", "typed", "name"),
    [("anna", "alice", "Alice Bernard"), ("lea", "jade", re.compile("Jade"))],
    ids=["member", "lead"],
)
def test_a_person_is_found_with_two(start, who, typed, name):
    page = start(who)
    page.keyboard.press("Control+k")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert hands(page) <= 2


def test_from_a_template_to_the_statement_that_tracks_a_table_to_its_list_with_eight(start, world, axe):
    page = start("anna")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Workflows").click()
    page.get_by_role("button", name="Apply a template …").click()
    page.get_by_role("dialog", name="Which template?").get_by_role("button", name="Orders").click()
    dialog = page.get_by_role("dialog", name="Apply Orders")
    dialog.get_by_label("Category").fill("PARCEL_STATUS")
    dialog.get_by_label("Publish at once").click()
    dialog.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_role("heading", name="No table obeys this workflow yet")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#toasts")).to_contain_text("Copied.")
    statement = page.evaluate("navigator.clipboard.readText()")
    assert statement == "select jalon.track('depot.parcel', 'status', category => 'PARCEL_STATUS');"
    world.db.execute(statement)
    page.get_by_role("link", name="It has run: look again").click()
    page.get_by_role("link", name="parcel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("parcel")
    assert hands(page) <= 8
