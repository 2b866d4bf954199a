"""Properties of every registered page: the test finds the pages by following links, as people do."""

import re
from collections import Counter, deque
from html import unescape
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from jalon.console.router import pages
from jalon.console.session import COOKIE
from tests.console.conftest import open_context
from tests.web_shop import SHOP

ROUTES = sorted(path for handler in pages() for path in handler.paths)
LINK = re.compile(r'href="(/console[^"#]*|\?[^"#]*)"')
ENOUGH, FEW = 600, 5
MORE = "tbody > tr:nth-child(n+6), li:nth-child(n+6)"  # rows and entries like those before them
COLOURS = ("color-contrast", "link-in-text-block")


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(SHOP)


def pattern(route):
    return re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(route)))


def route_of(path):
    return min((r for r in ROUTES if pattern(r).fullmatch(path)), key=lambda r: r.count("{"), default=None)


@pytest.fixture(scope="module")
def page_addresses(world):
    """One address of every page: {route: address}, found by anna from the start page on."""
    addresses, seen, waiting, met = {}, {"/console"}, deque(["/console"]), Counter()
    with httpx.Client(base_url=world.url, cookies={COOKIE: world.token("anna")}) as client:
        for _ in range(ENOUGH):
            if not waiting or len(addresses) == len(ROUTES):
                break
            address = waiting.popleft()
            path = urlsplit(address).path
            route = route_of(path)
            answer = client.get(address)
            if answer.status_code == 503:  # a busy machine: later, then
                waiting.append(address)
            if "text/html" not in answer.headers["content-type"] or answer.status_code != 200:
                continue
            if route:
                addresses.setdefault(route, address)
            for link in LINK.findall(answer.text):
                target = urljoin(address, unescape(link))
                if target not in seen and "/static/" not in target:
                    seen.add(target)
                    # New kinds of pages first, and a few of each kind: not every record has all that others have.
                    kind = route_of(urlsplit(target).path)
                    met[kind] += 1
                    (waiting.append if met[kind] > FEW else waiting.appendleft)(target)
    return addresses


@pytest.fixture(scope="module")
def tabs(browser, world):
    """anna's tab in either language, for all pages; and what broke in them."""
    broken = []
    contexts = {language: open_context(browser, world, broken, language) for language in ("en", "fr")}
    cookie = {"name": COOKIE, "value": world.token("anna"), "url": world.url}
    for context in contexts.values():
        context.add_cookies([cookie])
    yield SimpleNamespace(broken=broken, **{name: context.new_page() for name, context in contexts.items()})
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="module", params=ROUTES)
def route(request):
    return request.param


@pytest.fixture(scope="module")
def pages(page_addresses, route, tabs):
    """The page, loaded once in either language: whatever looks at it leaves it as it was."""
    for page in (tabs.en, tabs.fr):
        page.goto(page_addresses[route])
    return tabs


@pytest.fixture
def english(pages):
    yield pages.en
    pages.en.emulate_media(color_scheme="light")
    pages.en.set_viewport_size({"width": 1280, "height": 800})


class TestEveryPage:
    def test_a_link_leads_to_it(self, page_addresses, route):
        assert route in page_addresses

    def test_it_needs_at_most_three_calls_of_the_database(self, page_addresses, route, world, monkeypatch):
        calls = []
        database = world.app.state.database
        rows = database.rows

        async def counted(statement, *given, **limits):
            # The housework of the server goes on beside; whether a token is revoked is asked every few seconds.
            if '"anna"' in str(given) and given[0][0] != "token":
                calls.append((str(statement), *given))
            return await rows(statement, *given, **limits)

        monkeypatch.setattr(database, "rows", counted)
        answer = httpx.get(world.url + page_addresses[route], cookies={COOKIE: world.token("anna")})
        assert answer.status_code == 200
        assert len(calls) <= 3, calls
        assert calls or route == "/console/kit"  # which shows made-up values

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_it_is_accessible_with_one_heading_in_either_language(self, pages, axe, language):
        page = getattr(pages, language)
        assert page.locator("html").get_attribute("lang") == language
        assert page.get_by_role("heading", level=1).count() == 1
        axe(page, beside=MORE, without=COLOURS if language == "fr" else ())

    def test_it_is_accessible_in_the_dark(self, english, axe):
        """What is left to the dark are the colours."""
        english.emulate_media(color_scheme="dark")
        axe(english, *COLOURS, beside=MORE)

    def test_it_fits_a_narrow_screen(self, english, assert_fits_width, axe):
        english.set_viewport_size({"width": 360, "height": 800})
        assert_fits_width(english)
        axe(english, beside=MORE, without=COLOURS)

    def test_what_opens_in_it_is_accessible(self, english, axe):
        """The first dialog and the first menu; more of the same are made by the same macro."""
        opens = english.locator(
            "main button[data-open]:not([aria-disabled=true]):visible, main button[popovertarget]:visible"
        )
        kinds = dict.fromkeys(button.get_attribute("popovertarget") is None for button in opens.all()[:4])
        for is_dialog in kinds:
            english.locator(
                f"main button[{'data-open' if is_dialog else 'popovertarget'}]:not([aria-disabled=true]):visible"
            ).first.click()
            assert english.locator("dialog[open], [popover]:popover-open").count() == 1
            axe(english, beside=MORE, without=COLOURS)
            english.keyboard.press("Escape")

    def test_nothing_broke_in_it(self, pages):
        assert pages.broken == []
