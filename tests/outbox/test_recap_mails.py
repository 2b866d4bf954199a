"""The weekly recap by e-mail, with real mail servers and real relays."""

import asyncio
import json
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from jalon.outbox import smtp
from jalon.outbox.relay import Relay
from jalon.outbox.webhook_client import WebhookClient
from jalon.settings import Settings
from tests.mail_server import MailServer

from .conftest import until

Connection = psycopg.Connection[Any]
Relays = Callable[..., Relay]
ADMIN = {"actor": "ada", "roles": ["admin"]}
ORDERS = {"table": "orders", "address": "ada@example.com", "language": "en", "timeZone": "UTC", "day": 1, "hour": 8}


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer()
    yield made
    made.controller.stop()


@pytest.fixture
def relay_settings(relay_settings: Settings, server: MailServer) -> Settings:
    return msgspec.structs.replace(
        relay_settings, smtp_url=f"smtp://127.0.0.1:{server.port}", mail_from="Jalon <recaps@example.com>",
        public_url="https://jalon.example.com",
    )  # fmt: skip


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What a mail server called localhost shows; programs started from here trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (tmp_path / "mail.pem").write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "mail.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "mail.pem")
    return context


def call(db: Connection, function: str, key: str | None = None, caller: Any = ADMIN, **input: Any) -> Any:
    row = db.execute(
        "select body from jalon_api.run(%s, %s, %s::jsonb, %s::jsonb)",
        (function, key, json.dumps(input), json.dumps(caller)),
    ).fetchone()
    assert row
    return row[0]


def subscribe(db: Connection, *, is_due: bool = True, caller: Any = ADMIN, **more: Any) -> str:
    """A confirmed subscription, due since its hour of this week."""
    id: str = call(db, "subscribe_to_recap", caller=caller, **(ORDERS | more))["id"]
    db.execute(
        "update jalon_engine.recap_subscription s set confirmed_at = now(), planned_at = n.at, due_at = n.at"
        " from (select jalon_engine.next_mail_at(time_zone, day, hour,"
        " now() - case when %s then interval '7 days' else '0' end) as at, id from jalon_engine.recap_subscription) n"
        " where s.id = %s and n.id = s.id",
        (is_due, id),
    )
    return id


def row(db: Connection, query: str, *parameters: Any) -> Any:
    return db.execute(query, parameters or None).fetchone()


def again(db: Connection) -> None:
    """All subscriptions are due once more for the same week."""
    db.execute(
        "update jalon_engine.recap_subscription s set due_at = now(), planned_at = jalon_engine.next_mail_at("
        "time_zone, day, hour, now() - interval '7 days')"
    )


def is_settled(db: Connection) -> bool:
    """Whether nothing is due any more and nothing under way."""
    return bool(
        row(
            db,
            "select not exists (select from jalon_engine.recap_subscription where due_at <= now() and ended_at is null)"
            " and not exists (select from jalon_engine.recap_mail where lease is not null)",
        )[0]
    )


def send_due(settings: Settings, times: int = 1) -> None:
    """One look at what is due, by a relay of its own."""

    async def main() -> None:
        client = WebhookClient(settings.webhook_allow, settings.webhook_allow_http, settings.webhook_timeout)
        relay = Relay(settings, settings.relay_dsn, client)
        await relay.pool.open()
        try:
            for _ in range(times):
                assert relay.mailer
                await relay.mailer.send_due()
        finally:
            await relay.pool.close()

    asyncio.run(main())


def text(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part
    return str(part.get_content())


def link(mail: EmailMessage) -> str:
    return str(mail["List-Unsubscribe"]).strip("<>")


def secret_hash(mail: EmailMessage) -> str:
    return sha256(link(mail).rpartition("/")[2].encode()).hexdigest()


def test_a_recap_that_is_due_comes_as_text_and_html_with_the_numbers_of_the_recap(
    shop: Connection, server: MailServer, relays: Relays
) -> None:
    subscribe(shop)
    # Due this week, it would tell of the last one, in which the shop was not there yet.
    shop.execute("update jalon_engine.recap_subscription set planned_at = planned_at + interval '7 days'")
    relays()
    (mail,) = server.wait(1)
    recap = call(shop, "weekly", table="orders")
    (table,) = recap["tables"]
    assert recap["week"] in mail["Subject"]
    assert (mail["To"], mail["From"]) == ("ada@example.com", "Jalon <recaps@example.com>")
    assert (server.taken[0].mail_from, server.taken[0].rcpt_tos) == ("recaps@example.com", ["ada@example.com"])
    numbers = [[c["label"], c["atStart"], c["entered"], 0, c["departed"], 0, c["atEnd"]] for c in table["counts"]]
    assert sum(row[2] for row in numbers) > 0
    plain = [re.split(r"\s{2,}", line.strip()) for line in text(mail, "plain").splitlines()]
    cells = [re.findall("<td[^>]*>(.*?)</td>", line) for line in re.findall("<tr><td.*?</tr>", text(mail, "html"))]
    assert [each for each in plain if len(each) == 7][1:] == [[str(cell) for cell in row] for row in numbers]
    assert cells == [[str(cell) for cell in row] for row in numbers]
    assert "https://jalon.example.com/console/recaps/mail" in text(mail, "plain")
    assert link(mail) in text(mail, "plain")
    assert link(mail) in text(mail, "html")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_its_numbers_stand_beside_those_of_the_week_before(shop: Connection, db: Connection) -> None:
    recap = {"previousWeek": row(shop, "select to_char(now(), 'IYYY-\"W\"IW')")[0], "timeZone": "UTC", "language": "en"}
    now = call(shop, "weekly", table="orders")
    compared = row(shop, "select jalon_engine.week_compared(%s::jsonb)", json.dumps(recap | {"tables": now["tables"]}))[
        0
    ]
    counts = compared["tables"][0]["counts"]
    assert [c["enteredBefore"] for c in counts] == [c["entered"] for c in counts]
    assert sum(c["entered"] for c in counts) > 0
    lines = [
        line
        for (line,) in shop.execute(
            "select jalon_engine.week_text(%s::jsonb, true)",
            [json.dumps(compared | now | {"tables": compared["tables"]})],
        )
    ]
    assert any("In, week before" in line for line in lines)


def test_what_is_not_due_is_not_sent(shop: Connection, server: MailServer, relay_settings: Settings) -> None:
    subscribe(shop, is_due=False)
    send_due(relay_settings)
    assert server.taken == []


def test_a_week_is_sent_once(shop: Connection, server: MailServer, relay_settings: Settings) -> None:
    subscribe(shop)
    send_due(relay_settings)
    assert len(server.taken) == 1
    assert row(shop, "select due_at > now() and due_at <= now() + interval '8 days' from recap_subscription")[0]
    again(shop)
    send_due(relay_settings)
    assert len(server.taken) == 1


def test_two_relays_never_send_the_same(shop: Connection, server: MailServer, relays: Relays) -> None:
    for n in range(15):
        subscribe(shop, caller={"actor": f"person{n}", "roles": ["admin"]}, address=f"p{n}@example.com")
    for _ in range(3):
        relays()
    until(lambda: is_settled(shop), 30)
    assert sorted(str(mail["To"]) for mail in server.mails) == sorted(f"p{n}@example.com" for n in range(15))


def test_a_lease_that_ended_sends_nothing(shop: Connection, relay_settings: Settings) -> None:
    subscribe(shop)
    old, new = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
    mail = row(shop, "select jalon.claim_recap_mails(%s, 0, 5)", old)[0]
    assert row(shop, "select jalon.claim_recap_mails(%s, 900, 5)", new)[0] == mail
    assert row(shop, "select jalon.start_recap_mail(%s, %s, 'token,grants', 'https://x.example')", mail, old)[0] is None
    assert row(shop, "select jalon.start_recap_mail(%s, %s, 'token,grants', 'https://x.example')", mail, new)[0]


def test_what_a_relay_had_begun_when_it_died_is_not_sent_again(
    shop: Connection, server: MailServer, relay_settings: Settings
) -> None:
    subscribe(shop)
    lease = "00000000-0000-0000-0000-000000000001"
    mail = row(shop, "select jalon.claim_recap_mails(%s, 0, 5)", lease)[0]
    assert row(shop, "select jalon.start_recap_mail(%s, %s, 'token,grants', 'https://x.example')", mail, lease)[0]
    send_due(relay_settings)
    assert server.taken == []
    assert row(shop, "select due_at > now() from recap_subscription")[0]


def test_what_a_relay_had_leased_only_when_it_died_is_sent_by_another(
    shop: Connection, server: MailServer, relay_settings: Settings
) -> None:
    subscribe(shop)
    assert row(shop, "select jalon.claim_recap_mails(%s, 0, 5)", "00000000-0000-0000-0000-000000000001")
    send_due(relay_settings)
    assert len(server.taken) == 1


def test_a_failure_is_tried_again_later_each_time(
    shop: Connection, server: MailServer, relay_settings: Settings
) -> None:
    subscribe(shop)
    server.answers["DATA"] = "451 try later"
    send_due(relay_settings)
    assert row(
        shop, "select due_at between now() + interval '50 s' and now() + interval '1 min' from recap_subscription"
    )[0]
    assert call(shop, "recap_subscriptions")["items"][0]["error"] == "451 try later"
    again(shop)
    send_due(relay_settings)
    assert row(
        shop, "select due_at between now() + interval '290 s' and now() + interval '5 min' from recap_subscription"
    )[0]
    del server.answers["DATA"]
    again(shop)
    send_due(relay_settings)
    assert len(server.taken) == 3
    mine = call(shop, "recap_subscriptions")["items"][0]
    assert (mine["error"], mine["lastSentAt"] is not None) == (None, True)


def test_a_mail_server_that_is_away_is_tried_again(shop: Connection, relay_settings: Settings) -> None:
    subscribe(shop)
    send_due(msgspec.structs.replace(relay_settings, smtp_url="smtp://127.0.0.1:1"))
    (mine,) = call(shop, "recap_subscriptions")["items"]
    assert mine["error"].startswith("no connection to the mail server")
    assert row(
        shop, "select due_at < now() + interval '1 min' and started_at is null from recap_subscription, recap_mail"
    )[0]


def test_an_address_that_is_refused_for_good_is_not_tried_again_that_week(
    shop: Connection, server: MailServer, relay_settings: Settings
) -> None:
    subscribe(shop)
    server.answers["RCPT"] = "550 no such mailbox"
    send_due(relay_settings)
    assert call(shop, "recap_subscriptions")["items"][0]["error"] == "550 no such mailbox"
    again(shop)
    del server.answers["RCPT"]
    send_due(relay_settings)
    assert server.taken == []


def test_what_the_mail_server_may_have_taken_is_not_sent_again(
    shop: Connection, server: MailServer, relay_settings: Settings
) -> None:
    subscribe(shop)
    server.is_cut = True
    send_due(relay_settings)
    server.is_cut = False
    again(shop)
    send_due(relay_settings)
    assert len(server.taken) == 1
    assert "did not say whether" in call(shop, "recap_subscriptions")["items"][0]["error"]


def test_one_refused_reader_keeps_no_other_from_their_mail(
    shop: Connection, server: MailServer, relay_settings: Settings
) -> None:
    subscribe(shop)
    subscribe(shop, caller={"actor": "ben", "roles": ["admin"]}, address="ben@example.com")
    refused: list[str] = []

    async def refuse_first(s: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        if not refused:
            refused.append(address)
            return "550 no"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    server.handle_RCPT = refuse_first  # type: ignore[method-assign]
    send_due(relay_settings)
    assert {*refused, *(str(m["To"]) for m in server.mails)} == {"ada@example.com", "ben@example.com"}


def test_who_lost_the_right_to_read_gets_nothing_and_waits(
    shop: Connection, server: MailServer, relay_settings: Settings
) -> None:
    subscribe(shop)
    shop.execute("update jalon_engine.recap_subscription set roles = '{clerk}'")
    shop.execute("delete from jalon_engine.permission_rule where permission = 'read_all' and role <> 'admin'")
    send_due(relay_settings)
    assert server.taken == []
    assert call(shop, "recap_subscriptions")["items"][0]["waitsSince"]
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('ada', 'admin')")
    again(shop)
    send_due(relay_settings)
    assert len(server.taken) == 1
    assert call(shop, "recap_subscriptions")["items"][0]["waitsSince"] is None


@pytest.mark.parametrize(
    "loss",
    [
        "update jalon_engine.recap_subscription set roles_at = now() - interval '36 days'",
        "insert into jalon_engine.revoked_actor (actor, revoked_by) values ('ada', 'root')",
    ],
)
def test_roles_of_an_old_or_revoked_sign_in_count_no_longer(
    shop: Connection, server: MailServer, relay_settings: Settings, loss: str
) -> None:
    shop.execute("delete from jalon_engine.permission_rule where permission = 'read_all' and role <> 'admin'")
    subscribe(shop)
    shop.execute(loss)
    send_due(relay_settings)
    assert server.taken == []


def test_a_sign_in_renews_the_roles(shop: Connection) -> None:
    subscribe(shop)
    call(shop, "open_session", "a" * 64, {"actor": "ada", "roles": ["clerk"]}, seconds=60)
    assert row(shop, "select roles from recap_subscription")[0] == ["clerk"]


def test_granted_roles_count_as_the_settings_say(
    shop: Connection, server: MailServer, relay_settings: Settings
) -> None:
    shop.execute("delete from jalon_engine.permission_rule where permission = 'read_all' and role <> 'admin'")
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('ada', 'admin')")
    subscribe(shop)
    shop.execute("update jalon_engine.recap_subscription set roles = '{}'")
    send_due(msgspec.structs.replace(relay_settings, role_sources="token"))
    assert server.taken == []


def test_a_recap_tells_of_no_table_that_its_reader_may_not_read(
    shop: Connection, server: MailServer, relay_settings: Settings
) -> None:
    shop.execute("delete from jalon_engine.permission_rule where permission = 'read_all'")
    shop.execute(
        "insert into jalon_engine.permission_rule (role, permission, scope) values ('clerk', 'read_all', 'orders')"
    )
    subscribe(shop, caller={"actor": "ada", "roles": ["clerk"]}, table=None)
    shop.execute("update jalon_engine.recap_subscription set planned_at = now() + interval '7 days', due_at = now()")
    body = row(
        shop,
        "select jalon_engine.recap_mail_body(s, to_char(now(), 'IYYY-\"W\"IW'),"
        " jalon_engine.subscriber(s, 'token,grants'), 'https://x', 'https://y') from recap_subscription s",
    )[0]
    tables = {name for (name,) in shop.execute("select upper(name) from jalon_engine.tracked")}
    assert {name for name in tables if re.search(f"^{name}$", body["text"], re.MULTILINE)} <= {"ORDERS"}
    assert "ORDERS" in body["text"]


def test_a_mail_comes_in_the_language_of_its_reader(
    shop: Connection, server: MailServer, relay_settings: Settings
) -> None:
    subscribe(shop, language="fr")
    send_due(relay_settings)
    (mail,) = server.mails
    assert mail["Subject"].startswith("Récapitulatif : Semaine")
    assert mail["Content-Language"] == "fr"
    assert "Se désabonner" in text(mail, "plain")
    assert 'lang="fr"' in text(mail, "html")
    assert all(byte < 128 for byte in server.taken[0].content or b"")


@pytest.mark.parametrize(
    ("zone", "day", "hour", "after", "next"),
    [
        ("Europe/Paris", 1, 8, "2026-03-23 07:00Z", "2026-03-30 06:00Z"),  # winter to summer
        ("Europe/Paris", 1, 8, "2026-10-19 06:00Z", "2026-10-26 07:00Z"),  # summer to winter
        ("Europe/Paris", 7, 2, "2026-03-28 12:00Z", "2026-03-29 01:00Z"),  # an hour that is missing that day
        ("Europe/Paris", 7, 2, "2026-10-24 12:00Z", "2026-10-25 01:00Z"),  # an hour that comes twice
        ("Europe/Paris", 7, 2, "2026-10-25 01:00Z", "2026-11-01 01:00Z"),
        ("Pacific/Auckland", 1, 0, "2026-04-04 12:00Z", "2026-04-05 12:00Z"),
        ("America/New_York", 1, 0, "2026-11-01 12:00Z", "2026-11-02 05:00Z"),
        ("UTC", 1, 8, "2026-11-30 07:59Z", "2026-11-30 08:00Z"),
        ("UTC", 1, 8, "2026-11-30 08:00Z", "2026-12-07 08:00Z"),
    ],
)
def test_the_hour_is_that_of_its_time_zone_when_clocks_change_too(
    db: Connection, zone: str, day: int, hour: int, after: str, next: str
) -> None:
    found = row(
        db,
        "select jalon_engine.next_mail_at(%s, %s, %s, %s::timestamptz) = %s::timestamptz",
        zone,
        day,
        hour,
        after,
        next,
    )
    assert found == (True,)


@pytest.mark.parametrize(
    ("zone", "at", "week"),
    [
        ("Pacific/Auckland", "2026-11-29 11:00Z", "2026-W48"),  # Monday there, Sunday in UTC
        ("America/Los_Angeles", "2026-11-30 07:00Z", "2026-W47"),  # Sunday there, Monday in UTC
        ("UTC", "2027-01-04 00:00Z", "2026-W53"),
    ],
)
def test_the_week_is_the_last_whole_one_in_its_time_zone(db: Connection, zone: str, at: str, week: str) -> None:
    assert row(db, "select jalon_engine.week_to_mail(%s, %s::timestamptz)", zone, at)[0] == week


def test_a_relay_that_was_away_for_weeks_sends_the_last_week_only(
    shop: Connection, server: MailServer, relay_settings: Settings
) -> None:
    subscribe(shop)
    last = row(shop, "select jalon_engine.week_to_mail(time_zone, planned_at) from recap_subscription")[0]
    shop.execute(
        "update jalon_engine.recap_subscription set planned_at = planned_at - interval '21 days',"
        " due_at = planned_at - interval '21 days'"
    )
    send_due(relay_settings, 3)
    assert row(shop, "select array_agg(week) from recap_mail")[0] == [last]


def test_an_address_gets_nothing_before_it_said_yes(
    shop: Connection, server: MailServer, relay_settings: Settings
) -> None:
    call(shop, "subscribe_to_recap", **ORDERS)
    send_due(relay_settings, 2)
    (mail,) = server.mails
    assert "ORDERS" not in text(mail, "plain")
    assert mail["Subject"] == "Do you want the weekly recap?"
    assert call(shop, "confirm_recap_mail", secret_hash(mail), {})["isConfirmed"]
    assert call(shop, "recap_subscriptions")["items"][0]["nextAt"]
    send_due(relay_settings)
    assert len(server.taken) == 1


def test_a_subscription_that_nobody_confirms_is_forgotten(shop: Connection) -> None:
    call(shop, "subscribe_to_recap", **ORDERS)
    shop.execute("update jalon_engine.recap_subscription set created_at = now() - interval '8 days'")
    shop.execute("select jalon.run_maintenance()")
    while shop.execute("select from jalon.run_maintenance()").rowcount:
        pass
    assert row(shop, "select count(*) from recap_subscription")[0] == 0


def test_the_secret_of_a_mail_is_kept_as_its_hash_only(
    shop: Connection, server: MailServer, relay_settings: Settings
) -> None:
    subscribe(shop)
    send_due(relay_settings)
    (mail,) = server.mails
    kept = row(shop, "select token_hash, (m.*)::text || (s.*)::text from recap_mail m, recap_subscription s")
    assert kept[0] == secret_hash(mail)
    assert link(mail).rpartition("/")[2] not in kept[1]


def test_without_a_mail_server_nothing_is_sent_and_the_page_is_to_say_so(
    shop: Connection, server: MailServer, relay_settings: Settings, relays: Relays
) -> None:
    subscribe(shop)
    assert call(shop, "recap_subscriptions")["isSent"] is False
    without = msgspec.structs.replace(relay_settings, smtp_url="")
    assert Relay(without, without.relay_dsn, WebhookClient()).mailer is None
    relays()
    until(lambda: call(shop, "recap_subscriptions")["isSent"])


def test_no_header_can_be_injected(shop: Connection) -> None:
    for address in ("a@example.com\r\nBcc: b@example.com", "a@example.com, b@example.com", "a b@example.com", "a@b"):
        with pytest.raises(psycopg.Error):
            call(shop, "subscribe_to_recap", **(ORDERS | {"address": address}))
    sender = smtp.read_sender("Jalon <recaps@example.com>")
    assert sender
    for part in ("subject", "link", "language"):
        mail = smtp.Mail("1", "a@example.com", "s", "t", "h", "en", "https://x")._replace(
            **{part: "x\r\nBcc: b@x.example"}
        )
        with pytest.raises(ValueError, match="linefeed|newline"):
            smtp.compose(mail, sender).as_bytes()


def test_nobody_subscribes_for_others_nor_changes_what_is_theirs(shop: Connection) -> None:
    id = subscribe(shop)
    ben = {"actor": "ben", "roles": ["admin"]}
    for function, more in (("change_recap_subscription", {"day": 2}), ("end_recap_subscription", {})):
        with pytest.raises(psycopg.Error, match="recap_subscription|not|aucun"):
            call(shop, function, id, ben, **more)
    assert call(shop, "recap_subscriptions", caller=ben)["items"] == []


def test_a_recap_is_subscribed_once_until_it_is_ended(shop: Connection) -> None:
    id = subscribe(shop)
    with pytest.raises(psycopg.errors.UniqueViolation):
        call(shop, "subscribe_to_recap", **ORDERS)
    call(shop, "end_recap_subscription", id)
    assert call(shop, "subscribe_to_recap", **ORDERS)["id"] != id


def test_who_may_read_no_table_can_t_subscribe(shop: Connection) -> None:
    shop.execute("delete from jalon_engine.permission_rule where permission = 'read_all' and role <> 'admin'")
    for table in ("orders", None):
        with pytest.raises(psycopg.Error) as refused:
            call(shop, "subscribe_to_recap", caller={"actor": "zoe", "roles": []}, **(ORDERS | {"table": table}))
        assert refused.value.sqlstate == "JL203"


def test_nobody_floods_addresses_with_questions(shop: Connection) -> None:
    for n in range(20):
        id = call(shop, "subscribe_to_recap", **(ORDERS | {"address": f"a{n}@example.com"}))["id"]
        call(shop, "end_recap_subscription", id)
    with pytest.raises(psycopg.Error, match="20"):
        call(shop, "subscribe_to_recap", **ORDERS)


@pytest.mark.parametrize(
    "wrong", [{"timeZone": "Mars/Olympus"}, {"language": "tlh"}, {"day": 8}, {"hour": 24}, {"address": "nobody"}]
)
def test_what_can_t_be_is_refused_in_words(shop: Connection, wrong: dict[str, Any]) -> None:
    with pytest.raises(psycopg.Error):
        call(shop, "subscribe_to_recap", **(ORDERS | wrong))


def test_a_change_plans_the_next_mail_anew(shop: Connection) -> None:
    id = subscribe(shop, is_due=False)
    changed = call(shop, "change_recap_subscription", id, day=3, hour=5, timeZone="Asia/Tokyo")
    local = "select extract(isodow from t), extract(hour from t) from timezone('Asia/Tokyo', %s::timestamptz) t"
    assert row(shop, local, changed["nextAt"]) == (3, 5)


def test_a_password_and_tls_are_used_as_the_settings_say(
    tls: ssl.SSLContext, relay_settings: Settings, shop: Connection
) -> None:
    given: list[Any] = []

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        given.append((session.ssl is not None, data.login, data.password))
        return AuthResult(success=True)

    server = MailServer(
        tls_context=tls, require_starttls=True, authenticator=authenticate, auth_require_tls=True, auth_required=True
    )
    subscribe(shop)
    try:
        send_due(msgspec.structs.replace(relay_settings, smtp_url=f"smtp+starttls://me:p%40ss@localhost:{server.port}"))
    finally:
        server.controller.stop()
    assert given == [(True, b"me", b"p@ss")]
    assert len(server.taken) == 1


def test_a_certificate_that_is_not_trusted_gets_no_mail(
    relay_settings: Settings, shop: Connection, tls: ssl.SSLContext, monkeypatch: Any
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    server = MailServer(tls_context=tls, require_starttls=True)
    subscribe(shop)
    try:
        send_due(msgspec.structs.replace(relay_settings, smtp_url=f"smtp+starttls://localhost:{server.port}"))
    finally:
        server.controller.stop()
    assert server.taken == []
    assert "certificate" in call(shop, "recap_subscriptions")["items"][0]["error"].lower()


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("smtp://mail.example.com", ("smtp", "mail.example.com", 25, "", "")),
        ("smtps://me:p%40ss@mail.example.com", ("smtps", "mail.example.com", 465, "me", "p@ss")),
        ("smtp+starttls://mail.example.com:2525/", ("smtp+starttls", "mail.example.com", 2525, "", "")),
        ("", None),
    ],
)
def test_the_address_of_a_mail_server_is_read(url: str, found: Any) -> None:
    assert smtp.read_server(url) == found


@pytest.mark.parametrize(
    "url", ["mail.example.com", "http://mail.example.com", "smtp://", "smtp://me:x@mail.example.com", "smtps://me@x.example",
        "smtp://x.example/?a=1", "smtp://x.example:99999"],
)  # fmt: skip
def test_a_wrong_address_of_a_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        smtp.read_server(url)


def test_what_a_mail_server_says_is_kept_in_its_words() -> None:
    assert smtp.said(smtplib.SMTPResponseException(454, b"later")) == "454 later"
    assert smtp.said(TimeoutError()) == "TimeoutError"
