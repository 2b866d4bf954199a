"""The weekly recap by e-mail, in the console: subscribe, confirm by the link, change, unsubscribe."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from psycopg.conninfo import make_conninfo

from jalon.outbox import mailer
from tests.mail_server import MailServer

PAGE = "/console/recaps/mail"


@pytest.fixture(scope="module")
def mail_server():
    server = MailServer()
    yield server
    server.controller.stop()


@pytest.fixture(scope="module")
def options(mail_server):
    mailer.LOOK_SECONDS = 0.1
    return lambda dsn: {
        "relay_dsn": make_conninfo(dsn, user="jalon_relay"), "smtp_url": f"smtp://127.0.0.1:{mail_server.port}",
        "mail_from": "recaps@example.com", "public_url": "https://jalon.example.com",
    }  # fmt: skip


def link(mail):
    return urlsplit(str(mail["List-Unsubscribe"]).strip("<>")).path


def test_a_person_subscribes_confirms_changes_and_unsubscribes(browse, contexts, mail_server, axe):
    anna = browse("anna", timezone_id="Europe/Paris")
    anna.goto("/console/recaps")
    anna.get_by_role("link", name="By e-mail").click()
    expect(anna.get_by_label("Time zone")).to_have_value("Europe/Paris")
    axe(anna)
    anna.get_by_label("Table").select_option("dossier")
    anna.get_by_label("E-mail address").fill("anna@example.com")
    anna.get_by_label("Day").select_option("Friday")
    anna.get_by_label("Hour").select_option("17:00")
    anna.get_by_role("button", name="Subscribe", exact=True).click()
    card = anna.get_by_role("region", name="dossier anna@example.com")
    expect(card).to_contain_text("asks anna@example.com whether it is wanted")
    (mail,) = mail_server.wait(1)

    reader = contexts().new_page()  # of the mailbox; nobody is signed in there
    reader.goto(link(mail))
    axe(reader)
    reader.get_by_role("button", name="Yes, send it").click()
    expect(reader.locator("main [role=status]")).to_have_text("anna@example.com gets this recap every week.")

    anna.reload()
    expect(card).to_contain_text("Next:")
    expect(card.get_by_label("Day")).to_have_value("5")
    card.get_by_label("Day").select_option("Monday")
    card.get_by_role("button", name="Save").click()
    expect(anna.locator("#toasts")).to_contain_text("Saved.")
    axe(anna)

    reader.goto(link(mail))
    reader.get_by_role("button", name="Unsubscribe").click()
    expect(reader.locator("main [role=status]")).to_have_text("anna@example.com gets this recap no more.")
    anna.reload()
    expect(anna.get_by_role("region", name="dossier anna@example.com")).to_have_count(0)


def test_the_same_in_french_and_on_a_phone(browse, mail_server, axe, assert_fits_width):
    anna = browse("anna", language="fr", width=360, dark=True)
    anna.goto(PAGE)
    anna.get_by_label("Adresse électronique").fill("anna.fr@example.com")
    anna.get_by_role("button", name="S'abonner", exact=True).click()
    card = anna.get_by_role("region", name="Toutes les tables")
    expect(card).to_contain_text("demande à anna.fr@example.com s'il est voulu")
    axe(anna)
    assert_fits_width(anna)
    card.get_by_role("button", name="Se désabonner").click()
    expect(card).to_have_count(0)


def test_what_was_not_sent_says_why(browse, world, mail_server):
    anna = browse("anna")
    anna.goto(PAGE)
    mail_server.answers["RCPT"] = "550 no such mailbox"
    anna.get_by_label("E-mail address").fill("gone@example.com")
    anna.get_by_role("button", name="Subscribe", exact=True).click()
    expect(anna.get_by_role("region", name="gone@example.com")).to_be_visible()
    why = "select count(*) from jalon_engine.recap_mail where error is not null"
    while not world.db.execute(why).fetchone()[0]:
        anna.wait_for_timeout(50)
    anna.reload()
    expect(anna.get_by_text("The last one was not sent: 550 no such mailbox")).to_be_visible()


def test_who_may_read_no_table_is_not_offered_any(browse, world):
    world.db.execute("delete from jalon_engine.permission_rule where permission = 'read_all' and role = 'any'")
    zoe = browse("zoe")
    zoe.goto(PAGE)
    expect(zoe.get_by_text("You may read no table in full")).to_be_visible()
