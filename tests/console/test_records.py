"""List, record and timeline pages work for any tracked table, a customer's too."""

import re

import pytest
from playwright.sync_api import expect

from tests.web_shop import SHOP

LIST = "/console/records/orders"
EMPTY = """
create table shop.invoices (id integer primary key, status text not null default 'NEW');
select jalon.track('shop.invoices', 'status', category => 'ORDER_STATUS');
"""


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(SHOP + EMPTY)


@pytest.fixture
def kim(page, signed_in):
    return signed_in(page, "kim", "clerk")


def move(world, id, to, who="mona", reason=None):
    """Somebody else moves an order, behind the page's back."""
    world.run_as(who, "clerk", "select jalon.move('orders', %s, %s, reason => %s)", (str(id), to, reason))


def row(page, id):
    return page.locator(f"#row-{id}")


def test_a_table_of_ones_own_has_its_list_record_and_timeline(kim, axe, shot):
    kim.goto("/console/records")
    axe(kim)
    shot(kim, "records")
    kim.get_by_role("link", name="orders", exact=True).click()
    expect(kim.get_by_role("heading", level=1)).to_have_text("orders")
    expect(kim.locator("tbody tr")).to_have_count(50)
    axe(kim)
    shot(kim, "records-list")
    kim.get_by_role("link", name="50", exact=True).click()
    expect(kim.get_by_role("heading", level=1)).to_have_text("orders 50")
    expect(kim.get_by_role("region", name="History").get_by_role("listitem")).to_have_count(1)
    axe(kim)
    shot(kim, "record")


def test_long_lists_page(kim):
    kim.goto(LIST)
    kim.get_by_role("link", name="Next page").click()
    expect(kim.locator("tbody tr")).to_have_count(10)
    expect(kim.get_by_role("link", name="Next page")).to_have_count(0)
    kim.get_by_role("link", name="First page").click()
    expect(kim.locator("tbody tr")).to_have_count(50)


def test_the_list_is_filtered_and_the_address_can_be_shared(kim, browse, world):
    move(world, 10, "PAID")
    kim.goto(LIST)
    kim.get_by_label("Status", exact=True).select_option("Paid")
    expect(kim).to_have_url(world.url + LIST + "?status=PAID")
    expect(row(kim, 10)).to_be_visible()
    other = browse("kim", "clerk")
    other.goto(kim.url)
    expect(row(other, 10)).to_be_visible()
    expect(other.get_by_label("Status", exact=True)).to_have_value("PAID")
    other.get_by_label("Changed since").fill("2999-01-01")
    expect(other.get_by_role("heading", name="Nothing fits the filter")).to_be_visible()
    other.get_by_role("link", name="Show all", exact=True).click()
    expect(other.locator("tbody tr")).to_have_count(50)


def test_an_empty_table_says_what_comes_here(kim, axe):
    kim.goto("/console/records/invoices")
    expect(kim.get_by_role("heading", name="No record yet, or none that you may see")).to_be_visible()
    axe(kim)


def test_where_nothing_is_tracked_the_page_says_what_to_do_first(kim, world, monkeypatch):
    database = world.app.state.database
    call = database.call

    async def nothing(function, *given, **named):
        answer = await call(function, *given, **named)
        return answer._replace(body=b'{"items": []}') if function == "tracked" else answer

    monkeypatch.setattr(database, "call", nothing)
    kim.goto("/console/records")
    expect(kim.get_by_role("main")).to_contain_text("select jalon.track(")


def test_a_record_is_moved_from_its_row_by_keyboard_alone(kim):
    kim.goto(LIST)
    kim.get_by_role("button", name="Move orders 20").focus()
    kim.keyboard.press("Enter")
    expect(kim.get_by_role("button", name="Paid", exact=True)).to_be_focused()
    kim.keyboard.press("ArrowDown")
    expect(kim.get_by_role("button", name="Cancelled", exact=True)).to_be_focused()
    kim.keyboard.press("ArrowUp")
    kim.keyboard.press("Enter")
    expect(kim.get_by_role("status").get_by_text("orders 20: now Paid.")).to_be_visible()
    expect(row(kim, 20)).to_contain_text("Paid")
    expect(kim.get_by_role("button", name="Move orders 20")).to_be_focused()


def test_a_move_that_demands_a_reason_asks_for_it(kim, world, axe):
    kim.goto(LIST + "/21")
    kim.get_by_role("button", name="Cancelled").click()
    dialog = kim.get_by_role("dialog")
    axe(kim)
    dialog.get_by_role("button", name="Cancelled").click()
    expect(dialog.get_by_role("alert")).to_have_text("Fill this in first: Reason")
    dialog.get_by_label("Reason").fill("Ordered twice")
    dialog.get_by_role("button", name="Cancelled").click()
    expect(kim.get_by_role("region", name="History")).to_contain_text("Ordered twice")
    expect(kim.get_by_role("region", name="Where it stands")).to_contain_text("Nothing leads on from here.")
    assert dialog.count() == 0


def test_whoever_thinks_again_closes_the_dialog_and_nothing_was_done(kim):
    kim.goto(LIST + "/22")
    kim.get_by_role("button", name="Cancelled").click()
    kim.get_by_role("dialog").get_by_label("Reason").fill("Perhaps")
    kim.keyboard.press("Escape")
    expect(kim.get_by_role("dialog")).to_have_count(0)
    expect(kim.get_by_role("button", name="Cancelled")).to_be_focused()
    expect(kim.get_by_role("region", name="Where it stands")).to_contain_text("New")


def test_a_move_that_one_may_not_make_is_greyed_and_says_why(browse):
    page = browse("author 23")
    page.goto(LIST + "/23")
    greyed = page.get_by_role("button", name=re.compile("^Paid"))
    expect(greyed).to_have_attribute("aria-disabled", "true")
    expect(greyed).to_contain_text("for: Clerk")
    expect(greyed).to_have_attribute("title", re.compile("Clerk"))
    greyed.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("for: Clerk")
    expect(page.get_by_role("region", name="History").get_by_role("listitem")).to_have_count(1)


def test_of_two_browsers_the_slower_one_sees_who_was_faster_and_what_is_possible_now(browse, axe):
    kim, mona = browse("kim", "clerk", hears=False), browse("mona", "clerk")
    kim.goto(LIST + "/30")
    mona.goto(LIST + "/30")
    mona.get_by_role("button", name="Paid").click()
    expect(mona.get_by_role("region", name="Where it stands")).to_contain_text("Paid")
    kim.get_by_role("button", name="Cancelled").click()
    kim.get_by_role("dialog").get_by_label("Reason").fill("Too late")
    kim.get_by_role("dialog").get_by_role("button", name="Cancelled").click()
    alert = kim.get_by_role("alert").filter(has_text="mona moved it to Paid")
    expect(alert).to_contain_text("Possible now: New, Shipped.")
    axe(kim)
    expect(kim.get_by_role("region", name="History")).to_contain_text("mona")
    kim.get_by_role("button", name="Shipped").click()
    expect(kim.get_by_role("region", name="Where it stands")).to_contain_text("Shipped")


def test_two_browsers_in_the_list_too_and_in_french(browse):
    kim, mona = browse("kim", "clerk", language="fr"), browse("mona", "clerk")
    kim.goto(LIST)
    mona.goto(LIST + "/31")
    mona.get_by_role("button", name="Paid").click()
    expect(mona.get_by_role("region", name="Where it stands")).to_contain_text("Paid")
    kim.get_by_role("button", name="Changer de statut orders 31").click()
    kim.get_by_role("button", name="Payée", exact=True).click()
    expect(kim.get_by_role("alert").filter(has_text="mona l'a passé à Payée")).to_be_visible()
    expect(row(kim, 31)).to_contain_text("Payée")


def test_a_refusal_keeps_what_was_typed_and_changes_nothing(kim, world):
    kim.goto(LIST + "/24")
    kim.get_by_role("button", name="Cancelled").click()
    dialog = kim.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("x" * 4001)
    dialog.get_by_role("button", name="Cancelled").click()
    expect(dialog.get_by_role("alert")).to_contain_text("length <= 4000")
    expect(dialog.get_by_label("Reason")).to_have_value("x" * 4001)
    assert world.db.execute("select status from shop.orders where id = 24").fetchone()[0] == "NEW"


def test_a_server_that_does_not_answer_is_said_and_nothing_is_lost(kim):
    kim.goto(LIST + "/25")
    kim.route("**/api/**", lambda route: route.abort())
    kim.get_by_role("button", name="Paid").click()
    expect(kim.get_by_role("alert").filter(has_text="The server does not answer")).to_be_visible()
    kim.unroute("**/api/**")
    kim.get_by_role("button", name="Paid").click()
    expect(kim.get_by_role("region", name="Where it stands")).to_contain_text("Paid")


def test_ticked_rows_are_previewed_then_moved_with_a_result_each(kim, world, axe, shot):
    for id in (41, 42):
        move(world, id, "PAID")
        move(world, id, "SHIPPED")
    kim.goto(LIST)
    for id in range(41, 48):
        kim.get_by_role("checkbox", name=f"Tick orders {id}", exact=True).check()
    bulk = kim.get_by_role("form", name="Change several at once")
    expect(bulk).to_contain_text("7 ticked")
    bulk.get_by_label("Move to").select_option("Paid")
    bulk.get_by_role("button", name="Preview").click()
    expect(bulk).to_contain_text("5 will move, 2 can't.")
    why = re.compile(r"^2 – Shipped is final \(orders 4[12], orders 4[12]\)$")
    expect(bulk.get_by_role("listitem")).to_have_text(why)
    axe(kim)
    shot(kim, "bulk")
    paid = "select count(*) from shop.orders where id between 41 and 47 and status = 'PAID'"
    assert world.db.execute(paid).fetchone()[0] == 0
    bulk.get_by_role("button", name="Move these 5").click()
    expect(kim.get_by_text("5 moved.")).to_be_visible()
    expect(row(kim, 43)).to_contain_text("Moved")
    expect(row(kim, 43)).to_contain_text("Paid")
    assert world.db.execute(paid).fetchone()[0] == 5


def test_a_row_that_somebody_moves_between_preview_and_change_has_a_result_of_its_own(browse, world):
    page = browse("kim", "clerk", language="fr")
    page.goto(LIST)
    for id in (51, 52):
        page.get_by_role("checkbox", name=f"Cocher : orders {id}", exact=True).check()
    bulk = page.get_by_role("form", name="Changer plusieurs à la fois")
    bulk.get_by_label("Passer à").select_option("Payée")
    bulk.get_by_role("button", name="Aperçu").click()
    expect(bulk).to_contain_text("2 changeront de statut.")
    move(world, 52, "PAID")
    bulk.get_by_role("button", name="Changer le statut de ces 2").click()
    expect(page.get_by_role("alert").filter(has_text="1 changé, 1 refusé.")).to_be_visible()
    expect(row(page, 51)).to_contain_text("Changé")
    expect(row(page, 52)).to_contain_text("quelqu'un l'a changé entre-temps")


def test_a_long_history_pages(kim, world):
    for _ in range(12):
        move(world, 26, "PAID")
        move(world, 26, "NEW")
    kim.goto(LIST + "/26")
    history = kim.get_by_role("region", name="History")
    expect(history.get_by_role("listitem")).to_have_count(20)
    history.get_by_role("link", name="Next page").click()
    expect(history.get_by_role("listitem")).to_have_count(5)


def test_a_key_may_be_anything(kim, world):
    world.db.execute("""create table shop.odd (id text primary key, status text not null default 'NEW');
        select jalon.track('shop.odd', 'status', category => 'ORDER_STATUS');
        insert into shop.odd values ('a b "<&é? #'), ('x');""")
    kim.goto("/console/records/odd")
    kim.get_by_role("button", name='Move odd a b "<&é? #').click()
    kim.get_by_role("button", name="Paid", exact=True).click()
    expect(kim.get_by_role("status")).to_contain_text('odd a b "<&é? #: now Paid.')
    kim.get_by_role("link", name='a b "<&é? #').click()
    expect(kim.get_by_role("heading", level=1)).to_have_text('odd a b "<&é? #')
