"""The one list: order, columns, counts, pages, filters, views, export, keys, and rows that follow changes."""

import csv
import io
import re

import httpx
import pytest
from playwright.sync_api import expect

from jalon.console.session import COOKIE
from tests.web_shop import SHOP

LIST = "/console/records/baskets"
BASKETS = """
create table shop.baskets (
    id integer primary key, reference text not null, total numeric, paid_on date, status text not null default 'NEW'
);
create index on shop.baskets (reference);
select jalon.track('shop.baskets', 'status', category => 'ORDER_STATUS', title => 'reference',
    shown_columns => '{total,paid_on}');
insert into shop.baskets (id, reference, total)
select n, 'B-' || lpad(n::text, 3, '0'), n * 1.5 from generate_series(1, 120) n;
"""


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(SHOP + BASKETS)


@pytest.fixture
def kim(page, signed_in):
    page.set_viewport_size({"width": 1440, "height": 900})
    return signed_in(page, "kim", "clerk")


def move(world, id, to, table="baskets", who="mona"):
    """Somebody else moves a record, behind the page's back."""
    world.run_as(who, "clerk", "select jalon.move(%s, %s, %s)", (table, str(id), to))


def names(page):
    return page.locator("tbody th a").all_inner_texts()


def test_twenty_rows_and_more_are_above_the_fold(browse):
    for who, address in (("lea", "/console/dossiers"), ("kim", LIST), ("anna", "/console/roadshow")):
        page = browse(who, *(["clerk"] if who == "kim" else []), width=1440)
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(address)
        ends = page.locator("tbody tr").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().bottom)")
        assert sum(end <= 900 for end in ends) >= min(20, len(ends)), address


def test_a_head_sorts_in_both_directions_and_the_address_says_so(kim, world):
    kim.goto(LIST)
    kim.get_by_role("link", name="Record", exact=True).click()
    expect(kim).to_have_url(world.url + LIST + "?sort=row.reference")
    expect(kim.get_by_role("columnheader", name="Record")).to_have_attribute("aria-sort", "ascending")
    assert names(kim)[:2] == ["B-001", "B-002"]
    kim.get_by_role("link", name="Record", exact=True).click()
    expect(kim.get_by_role("columnheader", name="Record")).to_have_attribute("aria-sort", "descending")
    assert names(kim)[:2] == ["B-120", "B-119"]


def test_pages_lead_on_and_back_and_all_is_counted(kim):
    kim.goto(LIST + "?sort=row.reference")
    expect(kim.get_by_text("120 in all")).to_be_visible()
    kim.get_by_role("link", name="Next page").click()
    expect(kim.locator("tbody th a").first).to_have_text("B-051")
    kim.get_by_role("link", name="Next page").click()
    expect(kim.locator("tbody tr")).to_have_count(20)
    kim.get_by_role("link", name="Previous page").click()
    expect(kim.locator("tbody th a").first).to_have_text("B-051")
    kim.get_by_role("link", name="First page").click()
    expect(kim.locator("tbody th a").first).to_have_text("B-001")


def test_columns_are_chosen_and_stay_in_the_address(kim, axe):
    kim.goto(LIST)
    kim.get_by_role("button", name="Columns").click()
    columns = kim.get_by_role("group", name="Columns")
    axe(kim)
    columns.get_by_role("button", name="Key").click()
    expect(kim.get_by_role("columnheader", name="Key")).to_be_visible()
    kim.get_by_role("group", name="Columns").get_by_role("button", name="Total").click()
    expect(kim.get_by_role("columnheader", name="Total")).to_have_count(0)
    kim.reload()
    expect(kim.get_by_role("columnheader", name="Key")).to_be_visible()
    expect(kim.get_by_role("columnheader", name="Total")).to_have_count(0)


def test_a_filter_applies_itself_and_keeps_the_order(kim, world):
    kim.goto(LIST + "?sort=row.reference")
    kim.get_by_label("Status").select_option("Paid")
    expect(kim.get_by_role("heading", name="Nothing fits the filter")).to_be_visible()
    expect(kim).to_have_url(world.url + LIST + "?status=PAID&sort=row.reference")
    kim.get_by_role("link", name="Clear").click()
    expect(kim).to_have_url(world.url + LIST + "?sort=row.reference")


def test_a_filter_that_the_list_lacks_is_said(kim):
    kim.goto("/console/records/baskets?statut=PAID")
    expect(kim.get_by_role("note")).to_contain_text("This list has no filter called statut")
    expect(kim.locator("tbody tr")).to_have_count(50)


def test_people_and_organisations_are_suggested(browse):
    page = browse("lea")
    page.goto("/console/dossiers")
    for label, value in (("Organisation", "Nantes"), ("Assignee", "paul")):
        page.get_by_label(label).press_sequentially(value[:2])
        expect(page.locator(f"#people option[value='{value}']")).to_have_count(1)
        page.get_by_label(label).fill("")


def test_what_is_shown_is_exported_as_it_is_shown(world, kim):
    kim.goto(LIST + "?sort=row.reference&columns=row.total,status")
    address = kim.get_by_role("link", name="Export as CSV").get_attribute("href")
    answer = httpx.get(world.url + address, cookies={COOKIE: world.token("kim", "clerk")})
    name = re.fullmatch(r'attachment; filename="(.+)"', answer.headers["content-disposition"])[1]
    assert re.fullmatch(r"records-baskets-\d{4}-\d{2}-\d{2}\.csv", name)
    lines = list(csv.reader(io.StringIO(answer.text)))
    assert lines[:2] == [["Record", "Total", "Status"], ["B-001", "1.5", "New"]]
    assert len(lines) == 121
    refused = httpx.get(world.url + LIST + "?format=csv&sort=nothing", cookies={COOKIE: world.token("kim", "clerk")})
    assert refused.status_code == 400


def test_keys_go_through_the_rows_tick_move_and_explain_themselves(kim):
    kim.goto(LIST + "?sort=row.reference")
    kim.keyboard.press("j")
    kim.keyboard.press("j")
    expect(kim.get_by_role("link", name="B-002", exact=True)).to_be_focused()
    kim.keyboard.press("k")
    kim.keyboard.press("x")
    expect(kim.get_by_role("checkbox", name="Tick baskets B-001")).to_be_checked()
    kim.keyboard.press("e")
    expect(kim.get_by_role("group", name="Moves of baskets B-001")).to_be_visible()
    kim.keyboard.press("Escape")
    kim.keyboard.press("?")
    dialog = kim.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("next record")
    dialog.get_by_label("Single keys do this").uncheck()
    dialog.get_by_role("button", name="Close").click()
    kim.locator("main").focus()
    kim.keyboard.press("?")
    expect(dialog).to_be_hidden()


def test_from_a_record_one_comes_back_to_the_list_as_it_was_and_on_to_the_next_record(kim):
    kim.goto(LIST + "?sort=row.reference")
    kim.get_by_role("link", name="B-049", exact=True).click()
    kim.get_by_role("link", name="Next record").click()
    expect(kim.get_by_role("heading", level=1)).to_have_text("B-050")
    kim.get_by_role("link", name="Next record").click()  # on the next page of the list
    expect(kim.get_by_role("heading", level=1)).to_have_text("B-051")
    kim.get_by_role("link", name="Previous record").click()
    expect(kim.get_by_role("heading", level=1)).to_have_text("B-050")
    kim.get_by_role("link", name="baskets", exact=True).click()
    expect(kim).to_have_url(re.compile(r"\?sort=row\.reference&"))
    assert names(kim)[0] == "B-001"


def test_a_view_is_saved_seen_by_those_of_its_role_and_deleted(browse, world, axe):
    kim = browse("kim", "clerk")
    kim.goto(LIST + "?status=NEW&sort=-row.reference")
    kim.get_by_role("button", name="Save this view").click()
    dialog = kim.get_by_role("dialog", name="Save this view")
    axe(kim)
    dialog.get_by_label("Name").fill("New ones")
    dialog.get_by_label("Who sees it").select_option("Clerk")
    dialog.get_by_role("button", name="Save").click()
    expect(kim.get_by_role("navigation", name="Views").get_by_role("link", name="New ones")).to_be_visible()
    lou = browse("lou", "clerk")
    lou.goto(LIST)
    lou.get_by_role("link", name="New ones").click()
    assert names(lou)[0] == "B-120"
    expect(lou.get_by_role("button", name="Delete the view “New ones”?")).to_have_count(0)
    kim.get_by_role("button", name="Delete the view “New ones”?").click()
    kim.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(kim.get_by_role("link", name="New ones")).to_have_count(0)


def test_a_row_that_leaves_the_filter_shows_where_it_went_and_then_goes(kim):
    kim.clock.install()
    kim.goto(LIST + "?status=NEW&sort=row.reference")
    kim.get_by_role("button", name="Move baskets B-003").click()
    kim.get_by_role("button", name="Paid", exact=True).click()
    row = kim.locator("#row-3")
    expect(row.locator(".chip")).to_have_text("Paid")
    expect(row).to_contain_text("No longer in this list")
    expect(row.get_by_role("link", name="B-003")).to_be_focused()
    kim.clock.fast_forward(7000)
    expect(row).to_have_count(0)
    expect(kim.get_by_role("link", name="B-004")).to_be_focused()


def test_on_a_phone_filters_are_folded_and_a_record_is_a_short_card(browse, assert_fits_width, axe):
    page = browse("lea", width=360)
    page.goto("/console/dossiers")
    expect(page.get_by_label("Assignee")).to_be_hidden()
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_label("Assignee")).to_be_visible()
    assert page.locator("tbody tr").first.bounding_box()["height"] < 90
    assert_fits_width(page)
    axe(page)


@pytest.mark.parametrize("width", [820, 1024])
def test_moves_stay_in_sight_where_the_table_is_wider_than_its_box(browse, width):
    page = browse("lea", width=width)
    page.goto("/console/dossiers")
    button = page.get_by_role("button", name=re.compile("^Move ")).first
    box = button.bounding_box()
    assert box["x"] + box["width"] <= width


def test_who_sees_all_events_sees_them_in_the_list(browse):
    page = browse("mona")
    page.goto("/console/events")
    assert len(names(page)) > 5
    page.get_by_role("link", name="Mine").click()
    expect(page).to_have_url(re.compile("organizer_id=mona"))


def test_a_list_follows_what_others_do_row_by_row_and_keeps_the_focus(browse, world):
    page = browse("kim", "clerk")
    page.goto(LIST + "?sort=row.reference")
    page.get_by_role("checkbox", name="Tick baskets B-011").check()
    page.get_by_role("link", name="B-010", exact=True).focus()
    page.evaluate("document.querySelector('#row-9').dataset.here = 'still'")
    move(world, 10, "PAID")
    row = page.locator("#row-10")
    expect(row.locator(".chip")).to_have_text("Paid", timeout=10_000)
    expect(row).to_have_class(re.compile("changed"))
    expect(page.get_by_role("link", name="B-010", exact=True)).to_be_focused()
    expect(page.locator("#row-9")).to_have_attribute("data-here", "still")
    expect(page.get_by_role("checkbox", name="Tick baskets B-011")).to_be_checked()


def test_a_row_that_somebody_else_takes_out_of_the_filter_says_where_it_went(browse, world):
    page = browse("kim", "clerk")
    page.goto(LIST + "?status=NEW&sort=row.reference")
    expect(page.locator("#row-20")).to_be_visible()
    move(world, 20, "PAID")
    expect(page.locator("#row-20")).to_contain_text("No longer in this list", timeout=10_000)
    expect(page.locator("#row-20 .chip")).to_have_text("Paid")


def test_the_page_of_a_record_follows_what_others_do(browse, world):
    page = browse("kim", "clerk")
    page.goto(LIST + "/30")
    move(world, 30, "PAID")
    expect(page.locator("#record .chip")).to_have_text("Paid", timeout=10_000)
    expect(page.get_by_role("region", name="History").get_by_role("listitem")).to_have_count(2)


def test_the_page_of_a_record_shows_its_row(browse, axe):
    page = browse("kim", "clerk")
    page.goto(LIST + "/40")
    expect(page.get_by_role("heading", level=1)).to_have_text("B-040")
    expect(page.locator("#row")).to_contain_text("Total")
    expect(page.locator("#row")).to_contain_text("60")
    axe(page)
