"""Health: the results of `jalon status` and `verify`."""

import re

import pytest
from playwright.sync_api import expect

from tests.web_shop import SHOP

PAGE = "/console/health"


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(SHOP)


@pytest.fixture
def anna(page, signed_in):
    return signed_in(page, "anna")


def section(page, name):
    return page.get_by_role("region", name=name)


@pytest.fixture
def broken(world):
    """An order that somebody changed with the triggers off."""
    with world.db.transaction():
        world.db.execute("set local session_replication_role = replica")
        world.db.execute("update shop.orders set status = 'SHIPPED' where id = 9")
    yield
    with world.db.transaction():
        world.db.execute("set local session_replication_role = replica")
        world.db.execute("update shop.orders set status = 'NEW' where id = 9")


def test_it_says_what_jalon_status_says(anna, world, axe, shot):
    anna.goto(PAGE)
    installation = section(anna, "Installation")
    expect(installation).to_contain_text(f"PostgreSQL {world.db.info.parameter_status('server_version')}")
    expect(installation).to_contain_text("none pending")
    expect(installation).to_contain_text("of this version")
    expect(section(anna, "Outbox")).to_contain_text("1 paused")
    orders = anna.get_by_role("table", name="Tracked tables").get_by_role("row", name=re.compile("shop.orders"))
    expect(orders).to_contain_text("enabled")
    expect(anna.get_by_role("table", name="Partitions ahead")).to_contain_text("shop__orders")
    axe(anna)
    shot(anna, "health")


def test_migrations_that_wait_and_functions_of_another_version_are_named(anna, world, monkeypatch):
    from jalon.console.pages import health

    monkeypatch.setattr(health, "known_migrations", lambda chosen: ["0010.roles-and-schemas", "9999.tomorrow"])
    monkeypatch.setattr(health, "expected_digest", lambda major, chosen: "another")
    anna.goto(PAGE)
    expect(section(anna, "Installation")).to_contain_text("1 pending")
    expect(section(anna, "Installation")).to_contain_text("9999.tomorrow")
    expect(section(anna, "Installation")).to_contain_text("of another version")


def test_a_disabled_trigger_shows(anna, world):
    world.db.execute('alter table shop.orders disable trigger "_jalon_after_update"')
    anna.goto(PAGE)
    orders = anna.get_by_role("table", name="Tracked tables").get_by_role("row", name=re.compile("shop.orders"))
    expect(orders).to_contain_text("not all enabled")
    world.db.execute('alter table shop.orders enable trigger "_jalon_after_update"')


def test_verify_runs_by_a_button_and_says_that_everything_agrees(anna, axe):
    asked = []
    anna.on("request", lambda request: asked.append(request.url) if "/api/v1/verify" in request.url else None)
    anna.goto(PAGE)
    assert asked == []
    anna.get_by_role("button", name="Verify").click()
    expect(anna.get_by_role("status").filter(has_text="Everything agrees")).to_be_visible()
    tables = anna.get_by_role("table", name="Tracked tables").locator("tbody tr").count()
    assert len(asked) == tables
    axe(anna)


def test_verify_shows_its_progress(anna):
    anna.goto(PAGE)
    held = []
    anna.route("**/api/v1/verify*", lambda route: held.append(route))
    anna.get_by_role("button", name="Verify").click()
    expect(anna.get_by_role("progressbar")).to_be_visible()
    expect(section(anna, "Verification")).to_contain_text(re.compile(r"1 of \d+: "))
    expect(anna.get_by_role("button", name="Verify")).to_be_disabled()
    anna.unroute("**/api/v1/verify*")  # what was held goes on
    expect(anna.get_by_role("status").filter(has_text="Everything agrees")).to_be_visible()
    expect(anna.get_by_role("progressbar")).to_be_hidden()


def test_problems_are_rows_with_what_to_do(anna, broken, axe, shot):
    anna.goto(PAGE)
    anna.get_by_role("button", name="Verify").click()
    expect(anna.get_by_role("status").filter(has_text="Problems found: 1.")).to_be_visible()
    row = anna.get_by_role("table", name="Problems").locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("orders")
    expect(row).to_contain_text("9")
    expect(row.get_by_role("cell").last).not_to_be_empty()
    axe(anna)
    shot(anna, "health-problems")


def test_what_could_not_be_verified_in_time_says_where_it_can(anna):
    anna.goto(PAGE)
    anna.route(
        "**/api/v1/verify?table=orders", lambda route: route.fulfill(status=503, json={"detail": "It took too long."})
    )
    anna.get_by_role("button", name="Verify").click()
    expect(anna.get_by_role("status").filter(has_text="1 tables could not be verified")).to_be_visible()
    expect(anna.get_by_role("table", name="Problems")).to_contain_text("select * from jalon.verify('orders')")


def test_it_speaks_french(browse, broken):
    page = browse("anna", language="fr")
    page.goto(PAGE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Santé")
    page.get_by_role("button", name="Vérifier").click()
    expect(page.get_by_role("status").filter(has_text="Problèmes trouvés")).to_be_visible()
    row = page.get_by_role("table", name="Problèmes").locator("tbody tr")
    expect(row).to_contain_text("orders")


def test_only_who_watches_the_health_sees_it(page, signed_in):
    signed_in(page, "kim", "clerk").goto(PAGE)
    expect(page.get_by_role("main")).to_contain_text("Watch the health")
    expect(page.get_by_role("button", name="Verify")).to_have_count(0)
