"""One real server a module with the demo in it, one Chromium a process, one context a test.

    def test_a_moderator_sees_the_queue(page, signed_in):
        signed_in(page, "mona")
        page.goto("/console/moderation")

A test fails where the page broke its own Content-Security-Policy or a script failed, whatever else it looked at.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import psycopg
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from psycopg.conninfo import make_conninfo

from jalon.console.session import COOKIE
from jalon.install import demo
from jalon.server.auth import issue_token
from jalon.settings import Settings
from tests.conftest import database, name_actor
from tests.serving import serving

# The headless shell is the same engine at half the cost.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# The page itself selects and formats the violations: the whole report of axe is long.
VIOLATIONS = """async ({rules, without, beside}) => {
    const disabled = Object.fromEntries(without.map(rule => [rule, {enabled: false}]));
    const wanted = {resultTypes: ["violations"], rules: disabled};
    if (rules.length) wanted.runOnly = rules;
    const found = await axe.run(beside ? {exclude: [[beside]]} : document, wanted);
    return found.violations.filter(each => ["serious", "critical"].includes(each.impact)).map(each =>
        `${each.id}: ${each.help} at ${each.nodes.slice(0, 5).map(node => node.target).join(", ")}`);
}"""
SHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
MINE, THEIRS = "/api/organizer/events", "/api/admin/events"
WHOLE = {
    "starts_at": "2030-06-21T18:00:00Z",
    "ends_at": "2030-06-21T23:00:00Z",
    "place": "Lyon",
    "price": 12.5,
    "capacity": 250,
}
ROLES = {person.subject: person.roles for person in demo.people()}


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ends with the last test here: as long as it is there, asyncio takes its loop for a running one."""
    if not CHROMIUM:
        pytest.skip(
            "No Chromium here: apt-get install chromium-headless-shell (as root), then the tests of the console run."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class World(SimpleNamespace):
    """The running application: url, settings, app, dsn, db (its owner's connection)."""

    url: str
    settings: Settings
    app: Any
    dsn: str
    db: psycopg.Connection[Any]

    def token(self, who: str, *roles: str) -> str:
        return issue_token(self.settings, who, list(roles or ROLES.get(who, [])))

    def run_as(self, who: str, roles: str, statement: str, parameters: Sequence[Any] = ()) -> psycopg.Cursor[Any]:
        """A statement that somebody else runs, behind the page's back."""
        name_actor(self.db, who, roles, "")
        try:
            return self.db.execute(statement, parameters or None)
        finally:
            name_actor(self.db, None, "", "")


@pytest.fixture(scope="module")
def prepare() -> Callable[[psycopg.Connection[Any]], None]:
    """Override it in a module to have more in the database than the demo: it is given the owner's connection."""
    return lambda connection: None


@pytest.fixture(scope="module")
def options() -> Callable[[str], dict[str, Any]]:
    """Override it in a module for settings of its server: it is given the owner's connection string."""
    return lambda dsn: {}


@pytest.fixture(scope="session")
def demo_template(databases: Any, template: Any, cluster: Any) -> Iterator[str]:
    """A template with the demo in it."""
    name = f"{template.dbname}_demo"
    with database(databases, cluster, name, template.template_dbname) as dsn:
        with closing(psycopg.connect(dsn, autocommit=True)) as db:
            demo.load(db, lambda text: None)
        yield name


@pytest.fixture(scope="module")
def world(
    databases: Any, template: Any, cluster: Any, demo_template: str, prepare: Any, options: Any, tmp_path_factory: Any
) -> Iterator[World]:
    """The application on a real port, on a database of this module's own, as the embedded demo."""
    with (
        database(databases, cluster, f"{template.dbname}_console", demo_template) as dsn,
        closing(psycopg.connect(dsn, autocommit=True)) as db,
    ):
        prepare(db)
        settings = Settings(
            home=tmp_path_factory.mktemp("home"),
            api_dsn=make_conninfo(dsn, user="jalon_api"),
            token_secret="tests-only-" * 4,
            access_log=False,
            **options(dsn),
        )
        with serving(settings) as (url, app):
            yield World(url=url, settings=settings, app=app, dsn=dsn, db=db)


def open_context(
    browser: Browser, world: World, broken: list[str],
    language: str = "en", width: int = 1280, dark: bool = False, **more: Any,
) -> BrowserContext:  # fmt: skip
    """A browser of somebody's own; what breaks in its pages is noted in `broken`."""
    made = browser.new_context(
        base_url=world.url, locale="fr-FR" if language == "fr" else "en-GB", viewport={"width": width, "height": 800},
        color_scheme="dark" if dark else "light", reduced_motion="reduce", **{"timezone_id": "UTC"} | more,
    )  # fmt: skip
    made.set_default_timeout(10_000)
    made.on("weberror", lambda error: broken.append(str(error.error)))
    made.on(
        "console",
        lambda message: broken.append(message.text) if "Content Security Policy" in message.text else None,
    )
    return made


@pytest.fixture
def contexts(browser: Browser, world: World) -> Iterator[Callable[..., BrowserContext]]:
    """Further browsers: contexts(language="fr", width=360, dark=True).new_page()."""
    made: list[BrowserContext] = []
    broken: list[str] = []

    def context(**how: Any) -> BrowserContext:
        made.append(open_context(browser, world, broken, **how))
        return made[-1]

    yield context
    for each in made:
        each.close()
    assert broken == []


@pytest.fixture
def page(contexts: Any) -> Page:
    """A tab of a browser that speaks English, 1280 wide, not signed in."""
    found: Page = contexts().new_page()
    return found


@pytest.fixture
def signed_in(world: World) -> Callable[..., Page]:
    """signed_in(page, "anna"), or with roles of your own: signed_in(page, "kim", "clerk"). Gives the page back."""

    def signed_in(page: Page, who: str, *roles: str) -> Page:
        page.context.add_cookies(
            [
                {
                    "name": COOKIE,
                    "value": world.token(who, *roles),
                    "url": world.url,
                    "httpOnly": True,
                    "sameSite": "Strict",
                }
            ]
        )
        return page

    return signed_in


@pytest.fixture
def browse(contexts: Any, signed_in: Any) -> Callable[..., Page]:
    """A signed-in tab in a browser of its own: browse("anna", language="fr", width=360, dark=True).

    With `hears=False` it hears nothing of what others do, as for a moment everybody.
    """

    def browse(who: str, *roles: str, hears: bool = True, **context: Any) -> Page:
        page = contexts(**context).new_page()
        if not hears:
            page.route("**/notifications/stream*", lambda route: route.abort())
        found: Page = signed_in(page, who, *roles)
        return found

    return browse


@pytest.fixture
def axe() -> Callable[..., None]:
    """axe(page): no serious or critical violation. Of some rules, or `without` some; `beside` what a selector finds."""

    def axe(page: Page, *rules: str, without: tuple[str, ...] = (), beside: str = "") -> None:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        bad = page.evaluate(VIOLATIONS, {"rules": rules, "without": without, "beside": beside})
        assert bad == [], "\n".join(bad)

    return axe


@pytest.fixture
def assert_fits_width() -> Callable[[Page], None]:
    """fits(page): nothing makes the page itself scroll sideways."""

    def assert_fits_width(page: Page) -> None:
        inside, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert inside <= window, f"the page is {inside} wide in a window of {window}"

    return assert_fits_width


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """shot(page, "events") writes docs/screenshots/events.png when JALON_TEST_SCREENSHOTS=write."""

    def shot(page: Page, name: str) -> None:
        if os.environ.get("JALON_TEST_SCREENSHOTS") == "write":
            SHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SHOTS / f"{name}.png", animations="disabled")

    return shot


@pytest.fixture
def call(world: World) -> Callable[..., Any]:
    """call("oscar", "PATCH", path, {...}): somebody else, behind the page's back."""

    def call(who: str, method: str, path: str, body: Any = None) -> Any:
        headers = {"authorization": f"Bearer {world.token(who)}", "accept-language": "en"}
        answer = httpx.request(method, world.url + path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    return call


@pytest.fixture
def an_event(call: Any) -> Callable[..., str]:
    """an_event("Name", "submitted", "approved", "published"): oscar's, brought there as people would."""
    steps = {
        "submitted": ("oscar", MINE, "/submit", {}),
        "approved": ("mona", THEIRS, "/status", {"moderation_status": "approved"}),
        "published": ("oscar", MINE, "/publish", {"is_published": True}),
        "rejected": ("mona", THEIRS, "/status", {"moderation_status": "rejected", "admin_notes": "Not here"}),
    }

    def an_event(title: str, *way: str, **more: Any) -> str:
        id: str = call("oscar", "POST", MINE, WHOLE | {"title": title} | more)["id"]
        for step in way:
            who, base, verb, body = steps[step]
            call(who, "PATCH", f"{base}/{id}{verb}", body)
        return id

    return an_event
