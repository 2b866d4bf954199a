"""Webhooks: endpoints with their delivery log, resend, rotate. A real relay delivers to a real receiver."""

import re

import pytest
from playwright.sync_api import expect
from psycopg.conninfo import make_conninfo

from tests.outbox.conftest import receiver
from tests.outbox.conftest import until as come_about
from tests.web_shop import SHOP

__all__ = ["receiver"]

LIST = "/console/webhooks"


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(SHOP)


@pytest.fixture(scope="module")
def options():
    return lambda dsn: {
        "relay_dsn": make_conninfo(dsn, user="jalon_relay"),
        "webhook_allow": "127.0.0.0/8",
        "webhook_allow_http": True,
    }


@pytest.fixture
def anna(page, signed_in):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return signed_in(page, "anna")


@pytest.fixture
def endpoint(world, receiver):
    """An endpoint that hears of orders: its identifier. Dropped afterwards."""
    caller = '{"actor": "anna", "roles": ["admin"]}'
    ((id,),) = world.db.execute(
        "select body ->> 'id' from jalon_api.run('create_webhook', null, jsonb_build_object('url', %s::text, "
        "'eventTypes', jsonb_build_array('orders.*')), %s)",
        (receiver.url, caller),
    )
    yield id
    world.db.execute("delete from jalon_engine.webhook w where w.id = %s", (id,))


def move(world, id, to="PAID"):
    world.run_as("mona", "clerk", "select jalon.move('orders', %s, %s)", (str(id), to))


def delivered(world, endpoint):
    ((count,),) = world.db.execute(
        "select count(*) from jalon_engine.webhook_delivery d where d.webhook_id = %s and d.delivered_at is not null",
        (endpoint,),
    )
    return count


def rows(page):
    return page.get_by_role("region", name="Deliveries").locator("tbody tr")


def endpoint_card(page):
    return page.get_by_role("region", name="Endpoint")


def reload_until(page):
    """Reads the page again until the relay has done what the expectation says."""
    page.reload()
    return page


def until(page, locator, text):
    """What the relay does is seen by reading the page again, as a person would."""
    for _ in range(60):
        if locator.count() and text in (locator.first.text_content() or ""):
            return
        page.reload()
    expect(locator.first).to_contain_text(text)


def test_the_list_shows_state_waiting_and_last_failure(anna, axe, shot):
    anna.goto(LIST)
    row = anna.get_by_role("row", name=re.compile("crm.example.invalid"))
    expect(row).to_contain_text("Paused")
    expect(row).to_contain_text("HTTP 503")
    expect(row).to_contain_text("proposition.custom_action.triggered")
    axe(anna)
    shot(anna, "webhooks")


def test_only_who_manages_webhooks_sees_them(page, signed_in):
    signed_in(page, "kim", "clerk").goto(LIST)
    expect(page.get_by_role("main")).to_contain_text("Manage webhooks")
    expect(page.get_by_role("table")).to_have_count(0)


def test_where_there_is_none_the_page_says_what_to_do_first(anna, world, monkeypatch, axe):
    database = world.app.state.database
    call = database.call

    async def nothing(function, *given, **named):
        answer = await call(function, *given, **named)
        return answer._replace(body=b'{"items": []}') if function == "webhooks" else answer

    monkeypatch.setattr(database, "call", nothing)
    anna.goto(LIST)
    expect(anna.get_by_role("heading", name="No endpoint yet")).to_be_visible()
    axe(anna)
    anna.get_by_role("main").get_by_role("link", name="Register an endpoint").first.click()
    expect(anna.get_by_role("heading", level=1)).to_have_text("Register an endpoint")


def test_making_one_shows_its_secret_once_with_a_copy_button(anna, world, receiver, axe, shot):
    anna.goto(LIST)
    anna.get_by_role("link", name="Register an endpoint").click()
    anna.get_by_label("URL").fill(receiver.url)
    anna.get_by_label("Description").fill("Billing")
    anna.get_by_label("Event types").fill("orders.*\ndossier.status_changed")
    anna.get_by_role("checkbox", name="orders").check()
    anna.get_by_label("Only to these codes").fill("PAID")
    anna.get_by_label("Leave out").fill("who")
    anna.get_by_role("checkbox", name=re.compile("In order")).check()
    anna.get_by_label("Deliveries a second at most").fill("50")
    axe(anna)
    shot(anna, "webhook-new")
    anna.get_by_role("button", name="Register").click()
    dialog = anna.get_by_role("dialog", name="The secret of this endpoint")
    secret = dialog.get_by_label("Secret")
    expect(secret).to_have_value(re.compile(r"^whsec_"))
    axe(anna)
    shot(anna, "webhook-secret")
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.get_by_role("status")).to_have_text("Copied.")
    shown = secret.input_value()
    assert anna.evaluate("navigator.clipboard.readText()") == shown
    dialog.get_by_role("button", name="I have kept it").click()
    expect(anna.get_by_role("heading", level=1)).to_have_text(receiver.url)
    card = endpoint_card(anna)
    for text in (
        "Active",
        "orders.*",
        "dossier.status_changed",
        "PAID",
        "who",
        "in order",
        "at most 50 a second",
        "anna",
    ):
        expect(card).to_contain_text(text)
    assert shown not in anna.content()
    ((kept,),) = world.db.execute(
        "select s.secret from jalon_engine.webhook_secret s join jalon_engine.webhook w on w.id = s.webhook_id "
        "where w.description = 'Billing'"
    )
    assert kept == shown


def test_a_key_pair_shows_its_public_half(anna, receiver):
    anna.goto(LIST + "/new")
    anna.get_by_label("URL").fill(receiver.url)
    anna.get_by_label("Event types").fill("*")
    anna.get_by_label("Signature").select_option("v1a")
    anna.get_by_role("button", name="Register").click()
    expect(anna.get_by_role("dialog").get_by_label("Public key")).to_have_value(re.compile(r"^whpk_"))


def test_an_address_inside_is_refused_and_what_was_typed_stays(anna):
    anna.goto(LIST + "/new")
    anna.get_by_label("URL").fill("https://10.0.0.7/hook")
    anna.get_by_label("Event types").fill("orders.*")
    anna.get_by_role("button", name="Register").click()
    expect(anna.get_by_role("main").get_by_role("alert")).to_contain_text("10.0.0.7")
    expect(anna.get_by_label("Event types")).to_have_value("orders.*")


def test_an_endpoint_is_changed_and_the_slower_editor_is_refused(anna, browse, endpoint, receiver):
    anna.goto(f"{LIST}/{endpoint}/edit")
    expect(anna.get_by_label("URL")).to_have_value(receiver.url)
    other = browse("anna")
    other.goto(f"{LIST}/{endpoint}/edit")
    anna.get_by_label("Event types").fill("*.created")
    anna.get_by_role("button", name="Save").click()
    expect(endpoint_card(anna)).to_contain_text("*.created")
    other.get_by_label("Description").fill("mine")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()
    expect(other.get_by_label("Description")).to_have_value("mine")


def test_rotating_asks_first_says_that_the_old_secret_stays_valid_a_day_and_shows_the_new_one_once(
    anna, world, endpoint
):
    ((before,),) = world.db.execute("select secret from jalon_engine.webhook_secret where webhook_id = %s", (endpoint,))
    anna.goto(f"{LIST}/{endpoint}")
    anna.get_by_role("button", name="Rotate the secret").click()
    question = anna.get_by_role("dialog", name="Rotate the secret?")
    expect(question).to_contain_text("24 hours")
    question.get_by_role("button", name="Confirm").click()
    dialog = anna.get_by_role("dialog", name="The secret of this endpoint")
    expect(dialog).to_contain_text("also signs until")
    shown = dialog.get_by_label("Secret").input_value()
    assert shown.startswith("whsec_")
    assert shown != before
    dialog.get_by_role("button", name="I have kept it").click()
    expect(dialog).to_be_hidden()
    assert shown not in anna.content()


def test_pause_holds_what_comes_and_resume_lets_it_go(anna, world, endpoint, receiver):
    anna.goto(f"{LIST}/{endpoint}")
    anna.get_by_role("button", name="Pause").click()
    expect(endpoint_card(anna)).to_contain_text("Paused")
    expect(anna.get_by_role("status").filter(has_text="what comes now waits")).to_be_visible()
    move(world, 1)
    until(anna, rows(anna), "Waiting")
    assert receiver.got == []
    anna.get_by_role("button", name="Resume").click()
    expect(endpoint_card(anna)).to_contain_text("Active")
    until(anna, rows(anna), "Delivered")
    assert len(receiver.got) == 1


def test_a_test_delivery_shows_its_result(anna, endpoint, receiver, axe):
    anna.goto(f"{LIST}/{endpoint}")
    expect(anna.get_by_role("heading", name="Nothing was delivered yet")).to_be_visible()
    anna.get_by_role("button", name="Send a test").click()
    expect(endpoint_card(anna).get_by_role("status")).to_contain_text("The test was delivered: HTTP 200 in")
    expect(rows(anna).first).to_contain_text("webhook.test")
    receiver.answer = lambda got: (500, {})
    anna.get_by_role("button", name="Send a test").click()
    expect(endpoint_card(anna).get_by_role("status")).to_contain_text("The test failed: HTTP 500")
    axe(anna)


def test_a_test_of_a_paused_endpoint_says_that_it_waits(anna, endpoint):
    anna.goto(f"{LIST}/{endpoint}")
    anna.get_by_role("button", name="Pause").click()
    expect(endpoint_card(anna)).to_contain_text("Paused")
    anna.get_by_role("button", name="Send a test").click()
    expect(endpoint_card(anna).get_by_role("status")).to_contain_text("The test waits")


def test_the_log_shows_status_attempts_and_the_head_of_the_answer_and_resends_one(
    anna, world, endpoint, receiver, axe, shot
):
    receiver.answer = lambda got: (503, {})
    move(world, 2)
    anna.goto(f"{LIST}/{endpoint}")
    until(anna, rows(anna), "HTTP 503")
    row = rows(anna).first
    expect(row).to_contain_text("orders.status_changed")
    expect(row).to_contain_text("orders 2")
    expect(row).to_contain_text("said")
    expect(endpoint_card(anna)).to_contain_text("HTTP 503")
    axe(anna)
    receiver.answer = lambda got: (200, {})
    row.get_by_role("button", name="Resend").click()
    expect(anna.get_by_role("status").filter(has_text="It is due again")).to_be_visible()
    until(anna, rows(anna), "Delivered")
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    shot(anna, "webhook")
    rows(anna).first.get_by_role("link", name="orders.status_changed").click()
    attempts = anna.get_by_role("region", name="Attempts").get_by_role("listitem")
    expect(attempts).to_have_count(2)
    expect(attempts.first).to_contain_text("HTTP 200")
    expect(attempts.last).to_contain_text("HTTP 503")
    expect(anna.get_by_role("region", name="Body")).to_contain_text('"table": "orders"')
    axe(anna)
    shot(anna, "webhook-delivery")


def test_the_log_is_filtered_by_state_and_long_logs_page(anna, world, endpoint):
    for id in range(10, 38):
        move(world, id)
    come_about(lambda: delivered(world, endpoint) == 28, 30)
    anna.goto(f"{LIST}/{endpoint}")
    expect(rows(anna)).to_have_count(25)
    anna.get_by_role("link", name="Next page").click()
    expect(rows(anna)).to_have_count(3)
    anna.get_by_role("link", name="First page").click()
    expect(rows(anna)).to_have_count(25)
    anna.get_by_label("State").select_option("Failed")
    anna.get_by_role("button", name="Filter").click()
    expect(anna.get_by_role("heading", name="No delivery is in this state")).to_be_visible()
    anna.get_by_role("link", name="Show all deliveries").click()
    expect(rows(anna)).to_have_count(25)


def test_replay_sends_all_since_a_moment_again(anna, world, endpoint, receiver):
    move(world, 40)
    anna.goto(f"{LIST}/{endpoint}")
    row = rows(anna).filter(has_text=re.compile(r"orders 40\b"))
    until(anna, row, "Delivered")
    (first,) = [got for got in receiver.got if got.data["key"] == 40]
    anna.get_by_label("All since").fill("2020-01-01T00:00")
    anna.get_by_role("button", name="Replay").click()
    expect(anna.get_by_role("status").filter(has_text=re.compile("Due again: [1-9]"))).to_be_visible()
    come_about(lambda: [got.headers["webhook-id"] for got in receiver.got].count(first.headers["webhook-id"]) == 2)
    until(anna, row, "Delivered")


def test_what_was_given_up_is_tried_again_by_a_button(anna, world, endpoint, receiver):
    receiver.answer = lambda got: (500, {})
    move(world, 41)
    anna.goto(f"{LIST}/{endpoint}")
    until(anna, rows(anna), "HTTP 500")
    world.db.execute("update jalon_engine.webhook_delivery set due_at = null where webhook_id = %s", (endpoint,))
    receiver.answer = lambda got: (200, {})
    anna.reload()
    expect(rows(anna).first).to_contain_text("Failed")
    anna.get_by_role("button", name="Try again what was given up (1)").click()
    until(anna, rows(anna), "Delivered")


def test_dropping_asks_first(anna, endpoint, receiver):
    anna.goto(f"{LIST}/{endpoint}")
    anna.get_by_role("button", name="Drop").click()
    question = anna.get_by_role("dialog", name="Drop this endpoint?")
    question.get_by_role("button", name="Cancel").click()
    anna.get_by_role("button", name="Drop").click()
    question.get_by_role("button", name="Confirm").click()
    expect(anna).to_have_url(re.compile(LIST + "$"))
    expect(anna.get_by_role("link", name=receiver.url)).to_have_count(0)


def test_it_all_speaks_french(browse, endpoint, receiver):
    page = browse("anna", language="fr")
    page.goto(f"{LIST}/{endpoint}")
    page.get_by_role("button", name="Envoyer un essai").click()
    expect(page.get_by_role("region", name="Destination").get_by_role("status")).to_contain_text("L'essai a été livré")
    page.get_by_role("button", name="Renouveler le secret").click()
    page.get_by_role("dialog", name="Renouveler le secret").get_by_role("button", name="Confirmer").click()
    dialog = page.get_by_role("dialog", name="Le secret de cette destination")
    expect(dialog).to_contain_text("Le secret précédent signe encore")
    expect(dialog.get_by_label("Secret")).to_have_value(re.compile("^whsec_"))
