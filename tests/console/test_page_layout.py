"""The parts of every page: language, theme, navigation, error pages."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.web_shop import SHOP


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(SHOP)


def test_the_browsers_language_is_spoken_until_another_is_chosen(browse):
    page = browse("kim", "clerk", language="fr")
    page.goto("/console/records")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enregistrements")
    assert page.locator("html").get_attribute("lang") == "fr"
    page.get_by_role("button", name="kim").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Records")
    page.goto("/console/records/orders")
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_language_is_chosen_before_signing_in_too(page):
    page.goto("/console/sign-in?next=/console/records")
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("heading", name="Se connecter", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("next="))


def test_labels_of_codes_come_in_the_readers_language(browse):
    page = browse("kim", "clerk", language="fr")
    page.goto("/console/records/orders")
    page.get_by_role("button", name="Changer de statut orders 59", exact=True).click()
    page.get_by_role("button", name="Payée").click()
    expect(page.get_by_role("status").get_by_text("orders 59 : désormais Payée.")).to_be_visible()
    expect(page.locator("#row-59")).to_contain_text("Payée")


def test_the_start_page_shows_somebodys_work_and_the_areas_that_they_may_enter(browse, axe, shot):
    page = browse("mona")
    page.goto("/console")
    waiting = page.get_by_role("region", name="Waiting for you")
    expect(waiting.get_by_role("link", name="Marché de Noël", exact=True)).to_be_visible()
    areas = page.get_by_role("navigation", name="Areas")
    expect(areas.get_by_role("link", name="Moderation (1 waiting)")).to_be_visible()
    expect(areas.get_by_role("link", name="Health")).to_have_count(0)
    axe(page)
    shot(page, "start")


def test_the_counts_of_the_navigation_follow_what_is_done(browse):
    page = browse("zoe")
    page.goto("/console")
    expect(page.get_by_role("link", name="Home (1 waiting)")).to_be_visible()
    waiting = page.get_by_role("region", name="Waiting for you")
    waiting.get_by_role("button", name="Move A car-free Saturday").click()
    waiting.get_by_role("button", name="Submit").click()
    expect(waiting).to_contain_text("Nothing waits for you.")
    expect(page.get_by_role("link", name="Home", exact=True)).to_be_visible()


def test_a_page_that_knows_no_navigation_yet_fetches_it(browse):
    page = browse("carla")
    page.goto("/console/records")
    expect(page.get_by_role("navigation", name="Areas").get_by_role("link", name="Records")).to_be_visible()


def test_dark_comes_with_the_system_and_the_switch_overrules_it(browse, axe, shot):
    page = browse("kim", "clerk", dark=True)
    page.goto("/console/records/orders/1")

    def is_dark():
        return page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 27)"

    assert is_dark()
    axe(page)
    shot(page, "record-dark")
    page.get_by_role("button", name="kim").click()
    page.get_by_role("button", name="Light", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert not is_dark()
    expect(page).to_have_url(re.compile("/console/records/orders/1$"))


def test_the_navigation_lists_the_areas_and_says_where_one_is(page, signed_in):
    signed_in(page, "kim", "clerk").goto("/console")
    areas = page.get_by_role("navigation", name="Areas")
    areas.get_by_role("link", name="Records").click()
    expect(areas.get_by_role("link", name="Records")).to_have_attribute("aria-current", "page")


def test_on_a_narrow_screen_the_navigation_is_behind_a_button(browse):
    page = browse("kim", "clerk", width=360)
    page.goto("/console")
    areas = page.get_by_role("navigation", name="Areas")
    expect(areas).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(areas).to_be_visible()
    areas.get_by_role("link", name="Records").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Records")


def test_the_keyboard_skips_to_the_content(page, signed_in):
    signed_in(page, "kim", "clerk").goto("/console/records")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/console/nowhere", 404, "There is nothing here"),
        ("/console/records/nothing", 404, "nothing is not a tracked table"),
        ("/console/records/orders/999999", 404, "orders has no record 999999"),
        ("/console/records/orders?after=nonsense", 400, 'after: "nonsense"'),
        ("/console/records/orders?changedSince=nonsense", 400, "nonsense"),
    ],
)
def test_a_refusal_is_a_page(page, signed_in, path, status, words, axe):
    answer = signed_in(page, "kim", "clerk").goto(path)
    assert answer.status == status
    expect(page.get_by_role("main")).to_contain_text(words)
    expect(page.get_by_role("link", name="To the start")).to_be_visible()
    axe(page)


def test_a_refusal_speaks_the_readers_language(browse):
    page = browse("kim", "clerk", language="fr")
    page.goto("/console/records/nothing")
    expect(page.get_by_role("heading", level=1)).to_have_text("Il n'y a rien ici")


def test_a_database_that_is_away_is_a_page_that_says_so(page, signed_in, world, monkeypatch):
    import psycopg

    async def away(*_, **__):
        raise psycopg.OperationalError("gone")

    monkeypatch.setattr(world.app.state.database, "rows", away)
    answer = signed_in(page, "kim", "clerk").goto("/console/records")
    assert answer.status == 503 and answer.headers["retry-after"]
    expect(page.get_by_role("heading", level=1)).to_have_text("The database is busy or away")


def test_what_nobody_foresaw_is_a_page_with_a_number_and_no_inside(page, signed_in, world, monkeypatch):
    async def broken(*_):
        raise RuntimeError("secret inside")

    monkeypatch.setattr(world.app.state.database, "call", broken)
    answer = signed_in(page, "kim", "clerk").goto("/console/records")
    assert answer.status == 500
    expect(page.get_by_role("main")).to_contain_text(answer.headers["x-request-id"])
    assert "secret" not in page.content()


def test_outside_the_console_a_refusal_stays_problem_details(world):
    answer = httpx.get(world.url + "/consoles")
    assert answer.headers["content-type"] == "application/problem+json"


def test_scripts_and_styles_may_be_kept_as_long_as_they_are_the_same(world):
    page = httpx.get(world.url + "/console/sign-in").text
    style = re.search(r'href="(/console/static/\w+/console.css)"', page)[1]
    assert httpx.get(world.url + style).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert httpx.get(world.url + style.replace("static/", "static/0")).headers["cache-control"] == "no-cache"
    assert httpx.get(world.url + style.replace("console.css", "nothing.css")).status_code == 404
