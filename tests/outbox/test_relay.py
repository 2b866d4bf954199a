"""The promises about deliveries: for each a test that fails without its mechanism."""

import asyncio
import base64
import json
import socket
import time
from collections.abc import Callable
from typing import Any

import msgspec
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from jalon.outbox import signatures
from jalon.outbox.relay import AdaptivePolling, Relay
from jalon.outbox.webhook_client import WebhookClient
from jalon.settings import Settings

from .conftest import Receiver, until

Connection = psycopg.Connection[Any]
Subscribe = Callable[..., tuple[str, str]]
Relays = Callable[..., Relay]


def rows(db: Connection, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    return db.execute(query, parameters or None).fetchall()


def pay(db: Connection, *ids: int) -> None:
    with db.transaction():
        db.execute("select jalon_engine.seal_actor('t', 'anna', 'clerk,admin', 'asked')")
        db.execute(
            "update shop.orders set status = case status when 'NEW' then 'PAID' else 'NEW' end where id = any (%s)",
            (list(ids),),
        )


def test_a_change_arrives_as_standard_webhooks_has_it(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays
) -> None:
    _, secret = subscribe()
    relays()
    pay(shop, 1)
    (got,) = receiver.wait(1)
    assert Webhook(secret).verify(got.body, got.headers) == json.loads(got.body)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(got.body + b" ", got.headers)
    body = json.loads(got.body)
    history = rows(
        shop,
        "select id, to_char(changed_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') "
        "from jalon_history.shop__orders where orders_id = 1 and version = 2",
    )
    assert [(got.headers["webhook-id"], body["timestamp"])] == [(str(id), at) for id, at in history]
    assert abs(int(got.headers["webhook-timestamp"]) - got.at) < 5
    assert (body["type"], sorted(body)) == ("orders.status_changed", ["data", "timestamp", "type"])
    assert body["data"] == {
        "table": "orders", "key": 1, "from": "NEW", "to": "PAID", "changes": {"status": {"from": "NEW", "to": "PAID"}},
        "version": 2, "who": "anna", "reason": "asked", "kind": "move",
    }  # fmt: skip


def test_v1a_is_signed_with_ed25519(shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays) -> None:
    _, secret = subscribe(signature="v1a")
    relays()
    pay(shop, 1)
    (got,) = receiver.wait(1)
    version, signature = got.headers["webhook-signature"].split(",")
    assert version == "v1a"
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signatures.public(secret).removeprefix("whpk_")))
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    key.verify(base64.b64decode(signature), signed)


def test_after_a_rotation_both_secrets_sign(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays
) -> None:
    id, old = subscribe()
    caller = json.dumps({"actor": "ada", "roles": ["admin"]})
    new = rows(shop, "select body from jalon_api.run('rotate_webhook_secret', %s, '{}', %s::jsonb)", id, caller)[0][0][
        "secret"
    ]
    relays()
    pay(shop, 1)
    (got,) = receiver.wait(1)
    for secret in (old, new):
        Webhook(secret).verify(got.body, got.headers)
    shop.execute("update jalon_engine.webhook_secret set expires_at = now() where expires_at is not null")
    pay(shop, 1)
    got = receiver.wait(2)[1]
    Webhook(new).verify(got.body, got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(got.body, got.headers)


@pytest.mark.parametrize(
    ("asked", "arrives"),
    [
        ({"eventTypes": ["orders.status_changed"]}, True), ({"eventTypes": ["*"]}, True),
        ({"eventTypes": ["*.status_changed"]}, True),
        ({"eventTypes": ["shop.*"]}, True), ({"eventTypes": ["orders.created"]}, False),
        ({"eventTypes": ["order_.status_changed"]}, False),
        ({"eventTypes": ["dossier.*", "orders.*"]}, True), ({"tables": ["dossier"], "eventTypes": ["*"]}, False),
        ({"from": ["NEW"]}, True), ({"from": ["PAID"]}, False), ({"to": ["PAID", "SHIPPED"]}, True),
        ({"to": ["NEW"]}, False),
        ({"from": ["NEW"], "to": ["SHIPPED"]}, False), ({"caseTypes": ["X"]}, False),
    ],
)  # fmt: skip
def test_only_what_is_asked_for(shop: Connection, subscribe: Subscribe, asked: dict[str, Any], arrives: bool) -> None:
    subscribe(**asked)
    pay(shop, 1)
    shop.execute("select jalon.fan_out()")
    assert len(rows(shop, "select 1 from jalon_engine.webhook_delivery")) == int(arrives)
    assert rows(shop, "select 1 from jalon_engine.outbox_message") == []


def test_thin_or_without_personal_data_when_asked(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays
) -> None:
    subscribe(thin=True)
    subscribe(omit=["who", "reason", "changes.status.from"])
    relays()
    pay(shop, 1)
    thin, spare = sorted((got.data for got in receiver.wait(2)), key=len)
    assert thin == {"table": "orders", "key": 1, "version": 2}
    assert (
        {"who", "reason"}.isdisjoint(spare)
        and spare["changes"] == {"status": {"to": "PAID"}}
        and spare["from"] == "NEW"
    )


@pytest.mark.usefixtures("retries_at_once")
def test_a_failed_delivery_is_tried_again_under_the_same_id(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays
) -> None:
    id, secret = subscribe()
    receiver.answer = lambda got: (
        500 if len(receiver.got) < 3 else 204,
        {"content-length": "0"} if len(receiver.got) >= 3 else {},
    )
    relays()
    pay(shop, 1)
    got = receiver.wait(3)
    assert len({g.headers["webhook-id"] for g in got}) == 1
    for each in got:
        Webhook(secret).verify(each.body, each.headers)
    until(
        lambda: rows(
            shop,
            "select 1 from jalon_engine.webhook_delivery where delivered_at is not null and due_at is null "
            "and attempts = 3",
        )
    )
    caller = json.dumps({"actor": "ada", "roles": ["admin"]})
    seen = rows(
        shop,
        "select body from jalon_api.webhook_delivery(%s, jsonb_build_object('delivery', %s::text), %s::jsonb)",
        id,
        got[0].headers["webhook-id"],
        caller,
    )[0][0]
    assert (seen["state"], [a["httpStatus"] for a in seen["log"]], seen["log"][0]["responseHead"]) == (
        "delivered",
        [500, 500, 204],
        "said",
    )


def finish(db: Connection, status: int | None, **more: Any) -> list[tuple[Any, ...]]:
    """Claims everything and reports this for it."""
    while rows(db, "select * from jalon.claim_deliveries(gen_random_uuid(), 60, 100)"):
        pass  # one that fails gets a few at a time
    return rows(
        db,
        """select jalon.finish_deliveries(coalesce(jsonb_agg(jsonb_build_object('webhook_id', webhook_id, 'message_id',
        message_id,
        'created_at', created_at, 'lease', lease, 'attempted_at', now(), 'milliseconds', 1, 'http_status', %s::int) ||
            %s::jsonb), '[]'))
        from jalon_engine.webhook_delivery where lease is not null""",
        status,
        json.dumps(more),
    )


def test_retries_after_5s_5m_30m_2h_5h_10h_10h_with_jitter_then_dead_then_requeued(
    shop: Connection, subscribe: Subscribe
) -> None:
    subscribe()
    pay(shop, *range(1, 31))
    shop.execute("select jalon.fan_out()")
    for wanted in (5, 300, 1800, 7200, 18000, 36000, 36000):
        finish(shop, 500)
        waits = [
            float(s)
            for (s,) in rows(shop, "select extract(epoch from due_at - now()) from jalon_engine.webhook_delivery")
        ]
        assert wanted * 0.79 - 1 < min(waits) < wanted < max(waits) < wanted * 1.21 + 1
        shop.execute("update jalon_engine.webhook_delivery set due_at = now()")
    finish(shop, None, error="no connection")
    assert rows(shop, "select distinct due_at, delivered_at, attempts from jalon_engine.webhook_delivery") == [
        (None, None, 8)
    ]
    assert rows(shop, "select jalon.requeue_dead()") == [(30,)]
    finish(shop, 200)
    assert rows(
        shop, "select distinct due_at, delivered_at is not null, attempts from jalon_engine.webhook_delivery"
    ) == [(None, True, 1)]
    assert rows(shop, "select jalon.requeue_dead()") == [(0,)]


def test_retry_after_is_honoured_by_the_delivery_and_the_endpoint(shop: Connection, subscribe: Subscribe) -> None:
    subscribe()
    pay(shop, 1)
    shop.execute("select jalon.fan_out()")
    finish(shop, 429, retry_after=900)
    assert rows(shop, "select round(extract(epoch from due_at - now())) from jalon_engine.webhook_delivery") == [(900,)]
    pay(shop, 2)
    shop.execute("select jalon.fan_out()")
    assert rows(shop, "select * from jalon.claim_deliveries(gen_random_uuid(), 60, 100)") == []


def test_410_stops_the_endpoint_and_notifies_the_admins(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays
) -> None:
    id, _ = subscribe()
    receiver.answer = lambda got: (410, {})
    relays()
    pay(shop, 1)
    until(lambda: rows(shop, "select 1 from jalon_engine.webhook where disabled_why = 'gone'"))
    pay(shop, 2)
    time.sleep(0.3)
    assert len(receiver.got) == 1
    admin = json.dumps({"actor": "bob", "roles": ["admin"]})
    told = rows(shop, "select body from jalon_api.notifications(null, '{}', %s::jsonb)", admin)[0][0]["items"]
    assert [(n["type"], n["title"]) for n in told] == [("webhook_disabled", f"The webhook {receiver.url} is disabled")]
    assert (
        rows(shop, 'select body from jalon_api.notifications(null, \'{}\', \'{"actor": "carl", "roles": ["clerk"]}\')')[
            0
        ][0]["items"]
        == []
    )
    receiver.answer = lambda got: (200, {})
    shop.execute("select jalon_api.run('pause_webhook', %s, '{\"paused\": false}', %s::jsonb)", (id, admin))
    shop.execute("update jalon_engine.webhook_delivery set due_at = now() where due_at is not null")
    shop.execute(
        "select jalon_api.run('send_webhook', %s, jsonb_build_object('since', now() - interval '1 hour'), %s::jsonb)",
        (id, admin),
    )
    pay(shop, 3)
    until(lambda: {g.data["key"] for g in receiver.got} >= {1, 3})


def test_5_days_of_only_failures_disable_and_a_success_resets(shop: Connection, subscribe: Subscribe) -> None:
    subscribe()
    pay(shop, 1)
    shop.execute("select jalon.fan_out()")
    for status, disabled in ((500, False), (200, False), (500, False), (500, True)):
        shop.execute("update jalon_engine.webhook_delivery set due_at = now()")
        finish(shop, status)
        assert rows(shop, "select disabled_why = 'failing' from jalon_engine.webhook") == [
            (True if disabled else None,)
        ]
        shop.execute("update jalon_engine.webhook_health set failing_since = failing_since - interval '121 hours'")
    assert rows(shop, "select count(*) from jalon_engine.notification where type = 'webhook_disabled'") == [(1,)]


def test_a_commit_delayed_by_a_long_transaction_is_not_overlooked(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays, connect: Callable[..., Connection]
) -> None:
    """Its event is older than those that were taken before it."""
    subscribe()
    relays()
    slow = connect(autocommit=False)
    slow.execute("select jalon_engine.seal_actor('t', 'slow', 'clerk')")
    slow.execute("update shop.orders set status = 'PAID' where id = 1")
    pay(shop, 2, 3)
    receiver.wait(2)
    time.sleep(0.3)
    slow.commit()
    assert receiver.wait(3)[2].data["key"] == 1


def test_nothing_arrives_of_what_was_rolled_back(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays, connect: Callable[..., Connection]
) -> None:
    subscribe()
    relays()
    other = connect(autocommit=False)
    other.execute("select jalon_engine.seal_actor('t', 'x', 'clerk')")
    other.execute("update shop.orders set status = 'PAID' where id = 1")
    time.sleep(0.1)
    other.rollback()
    pay(shop, 2)
    assert [g.data["key"] for g in receiver.wait(1)] == [2]
    time.sleep(0.2)
    assert len(receiver.got) == 1


@pytest.mark.usefixtures("retries_at_once")
def test_in_order_per_record_when_asked_and_never_two_in_flight(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays
) -> None:
    subscribe(inOrder=True)
    under_way: list[int] = []
    together: list[int] = []

    def answer(got: Any) -> tuple[int, dict[str, str]]:
        key = got.data["key"]
        together.extend(k for k in under_way if k == key)
        under_way.append(key)
        time.sleep(0.02)
        under_way.remove(key)
        return 500 if hash((got.at, key)) % 4 == 0 else 200, {}

    receiver.answer = answer
    relays(), relays()
    for _ in range(6):
        pay(shop, 1, 2, 3)
    until(
        lambda: (
            rows(shop, "select count(*) from jalon_engine.webhook_delivery where delivered_at is not null") == [(18,)]
        ),
        20,
    )
    assert together == []
    for key in (1, 2, 3):
        versions = [g.data["version"] for g in receiver.got if g.data["key"] == key]
        assert versions == sorted(versions) and set(versions) == set(range(2, 8))


def test_no_more_than_its_rate_limit(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays
) -> None:
    subscribe(rateLimit=10)
    relays(), relays()
    pay(shop, *range(1, 26))
    got = receiver.wait(25, 15)
    assert got[24].at - got[0].at > 1.2  # ten at once, then ten a second
    for first, eleventh in zip(got, got[20:], strict=False):
        assert eleventh.at - first.at > 0.8


def test_a_late_result_of_an_ended_lease_changes_nothing(shop: Connection, subscribe: Subscribe) -> None:
    subscribe()
    pay(shop, 1)
    shop.execute("select jalon.fan_out()")
    shop.execute("select * from jalon.claim_deliveries(gen_random_uuid(), 0, 100)")
    late = rows(
        shop,
        "select to_jsonb(d) - 'attempts' "
        '|| \'{"attempted_at": "2026-01-01", "milliseconds": 1, "http_status": 500}\' '
        "from jalon_engine.webhook_delivery d",
    )[0][0]
    finish(shop, 200)
    shop.execute("select jalon.finish_deliveries(jsonb_build_array(%s::jsonb))", (json.dumps(late),))
    assert rows(shop, "select due_at, delivered_at is not null, attempts from jalon_engine.webhook_delivery") == [
        (None, True, 1)
    ]


def test_two_relays_claim_nothing_twice(
    shop: Connection, subscribe: Subscribe, connect: Callable[..., Connection]
) -> None:
    subscribe()
    pay(shop, *range(1, 41))
    shop.execute("select jalon.fan_out()")
    one, two = connect(autocommit=False), connect(autocommit=False)
    claim = "select message_id from jalon.claim_deliveries(gen_random_uuid(), 60, 30)"
    first, second = {m for (m,) in rows(one, claim)}, {m for (m,) in rows(two, claim)}
    assert (len(first), len(second), first & second) == (15, 15, set())


def test_a_paused_endpoint_gets_what_came_meanwhile_when_it_is_resumed(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays
) -> None:
    id, _ = subscribe()
    admin = json.dumps({"actor": "ada", "roles": ["admin"]})
    shop.execute("select jalon_api.run('pause_webhook', %s, '{\"paused\": true}', %s::jsonb)", (id, admin))
    relays()
    pay(shop, 1)
    time.sleep(0.4)
    assert receiver.got == []
    shop.execute("select jalon_api.run('pause_webhook', %s, '{\"paused\": false}', %s::jsonb)", (id, admin))
    receiver.wait(1)


def test_resend_replay_and_a_test_delivery(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays
) -> None:
    id, secret = subscribe()
    admin = json.dumps({"actor": "ada", "roles": ["admin"]})
    relays()
    pay(shop, 1, 2)
    first = receiver.wait(2)[0].headers["webhook-id"]
    until(
        lambda: (
            rows(shop, "select count(*) from jalon_engine.webhook_delivery where delivered_at is not null") == [(2,)]
        )
    )
    shop.execute(
        "select jalon_api.run('send_webhook', %s, jsonb_build_object('delivery', %s::text), %s::jsonb)",
        (id, first, admin),
    )
    assert receiver.wait(3)[2].headers["webhook-id"] == first
    until(
        lambda: (
            rows(shop, "select count(*) from jalon_engine.webhook_delivery where delivered_at is not null") == [(2,)]
        )
    )
    queued = rows(
        shop,
        "select body from jalon_api.run('send_webhook', %s, jsonb_build_object('since', now() - interval '1 hour'), "
        "%s::jsonb)",
        id,
        admin,
    )
    assert queued[0][0] == {"queued": 2}
    receiver.wait(5)
    assert len({g.headers["webhook-id"] for g in receiver.got}) == 2
    sent = rows(shop, "select body from jalon_api.run('test_webhook', %s, '{}', %s::jsonb)", id, admin)[0][0]["id"]
    got = receiver.wait(6)[5]
    assert (got.headers["webhook-id"], json.loads(got.body)["type"]) == (sent, "webhook.test")
    Webhook(secret).verify(got.body, got.headers)


def keep_days(db: Connection) -> list[tuple[str, str]]:
    done = []
    while found := rows(db, "select part_name, what from jalon.keep_webhook_days()"):
        done += found
    return done


def test_days_are_made_ahead_and_finished_ones_dropped_whole(shop: Connection, subscribe: Subscribe) -> None:
    subscribe()
    assert [what for _, what in keep_days(shop)] == ["made"] * 12
    assert keep_days(shop) == []
    shop.execute("set role jalon_owner")
    for day in (5, 6):
        for parent in ("message", "delivery", "attempt"):
            shop.execute(
                f"create table jalon_engine.webhook_{parent}_y2026m01d0{day} partition of jalon_engine.webhook_{parent}"
                f" for values from ('2026-01-0{day} 00:00+00') to ('2026-01-0{day + 1} 00:00+00')"
            )
    shop.execute("reset role")
    shop.execute("""insert into jalon_engine.webhook_delivery (webhook_id, message_id, created_at, tracked, record_key,
        due_at)
        select id, gen_random_uuid(), '2026-01-06 12:00+00', 'orders', '1', now() from jalon_engine.webhook""")
    dropped = [(f"jalon_engine.webhook_{p}_y2026m01d05", "dropped") for p in ("delivery", "message", "attempt")]
    assert keep_days(shop) == dropped  # the other day still waits


OLD = "01700000-0000-7000-8000-000000000001"  # made long ago, as what a long transaction commits late


def test_a_look_at_the_newest_sees_no_older_ones_and_a_look_at_all_does(shop: Connection, subscribe: Subscribe) -> None:
    subscribe()
    pay(shop, 1)
    shop.execute("update jalon_engine.outbox_message set id = %s", (OLD,))
    pay(shop, 2)
    assert rows(shop, "select jalon.fan_out(500, '1 minute')") == [(1,)]
    shop.execute("update jalon_engine.webhook_delivery set due_at = now() - interval '1 hour'")
    claim = (
        "select (body::jsonb #> '{data,key}')::int from jalon.claim_deliveries(gen_random_uuid(), 60, 100, "
        "recent => %s::interval)"
    )
    assert rows(shop, claim, "1 minute") == []
    assert rows(shop, "select jalon.fan_out(500, '1 minute')") == [(0,)]
    assert rows(shop, "select jalon.fan_out()") == [(1,)]
    assert rows(shop, claim, "1 minute") == [(1,)]
    assert rows(shop, claim, None) == [(2,)]


def test_beside_a_long_query_looks_at_all_are_few_and_late_ones_still_come(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays, connect: Callable[..., Connection]
) -> None:
    """Each look at all is said to be dear, and is taken at times all the same."""
    subscribe()
    relay = relays()
    for polling in (relay.new_messages, relay.due_deliveries):
        polling.EXPENSIVE_SECONDS = -1.0  # type: ignore[misc]
    slow = connect(autocommit=False)
    slow.execute("select jalon_engine.seal_actor('t', 'slow', 'clerk')")
    slow.execute("update shop.orders set status = 'PAID' where id = 1")
    slow.execute("update jalon_engine.outbox_message set id = %s", (OLD,))
    pay(shop, 2)
    receiver.wait(1)
    slow.commit()
    receiver.wait(2)
    assert [g.data["key"] for g in receiver.got] == [2, 1]


def test_a_look_that_costs_much_is_taken_a_twentieth_of_the_time() -> None:
    polling = AdaptivePolling()
    now = time.monotonic()
    assert polling.is_due() and not polling.is_expensive
    polling.record(now - 1, 500)  # many rows explain what it took
    assert not polling.is_expensive
    polling.record(now - 1, 0)
    assert polling.is_expensive and not polling.is_due()
    polling.ended = now - 21
    assert polling.is_due()
    polling.record(time.monotonic() - 1, 3)  # older ones wait: the next look is at all again
    assert polling.is_due()


def test_an_erasure_takes_names_and_texts_out_of_what_is_kept_and_of_what_waits(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays
) -> None:
    subscribe()
    pay(shop, 1, 2)
    shop.execute("select jalon.fan_out()")
    pay(shop, 1)  # not even taken yet
    shop.execute("select jalon_engine.seal_actor('s', 'ada', 'admin')")
    shop.execute("select jalon.erase('orders', '1')")
    relays()
    got = {g.data["key"]: g.data for g in receiver.wait(2)}
    assert got[2]["who"] == "anna" and got[2]["reason"] == "asked"
    assert got[1]["to"] == "PAID" and {"who", "reason"}.isdisjoint(got[1])
    kept = rows(shop, "select data::text from jalon_engine.webhook_message where record_key = '1'")
    assert len(kept) == 1 and "anna" not in kept[0][0] and "asked" not in kept[0][0]


def claim(db: Connection, most: int, busy: dict[str, int]) -> dict[str, int]:
    """How many deliveries a relay with so much room gets for each endpoint."""
    found = rows(
        db,
        "select webhook_id::text, count(*) from jalon.claim_deliveries(gen_random_uuid(), 60, %s, 64, %s::jsonb)"
        " group by 1",
        most,
        json.dumps(busy),
    )
    return dict(found)


def test_endpoints_that_do_not_answer_leave_room_for_one_that_does(shop: Connection, subscribe: Subscribe) -> None:
    hanging = [subscribe()[0] for _ in range(3)]
    for _ in range(4):
        pay(shop, *range(1, 61))
    while rows(shop, "select jalon.fan_out()") != [(0,)]:
        pass
    busy: dict[str, int] = {}
    for _ in range(10):  # nothing comes back: whatever is claimed stays under way
        for endpoint, number in claim(shop, 128 - sum(busy.values()), busy).items():
            busy[endpoint] = busy.get(endpoint, 0) + number
    assert busy.keys() == set(hanging)
    assert max(busy.values()) == 64
    alive, _ = subscribe()
    pay(shop, *range(1, 61))
    shop.execute("select jalon.fan_out()")
    assert claim(shop, 128 - sum(busy.values()), busy)[alive] >= 8


def test_an_endpoint_that_fails_gets_few_until_one_delivery_succeeds(shop: Connection, subscribe: Subscribe) -> None:
    id, _ = subscribe()
    pay(shop, *range(1, 61))
    shop.execute("select jalon.fan_out()")
    shop.execute("update jalon_engine.webhook_health set failing_since = now() where webhook_id = %s", (id,))
    assert claim(shop, 128, {}) == {id: 4}
    assert claim(shop, 124, {id: 4}) == {}
    shop.execute("update jalon_engine.webhook_health set failing_since = null where webhook_id = %s", (id,))
    assert claim(shop, 124, {id: 4}) == {id: 56}


def test_two_endpoints_that_hang_delay_nobody(
    shop: Connection, subscribe: Subscribe, receiver: Receiver, relays: Relays
) -> None:
    """A third hears of every change while the two have answered nothing."""
    silence = socket.create_server(("127.0.0.1", 0), backlog=256)  # takes connections and says nothing
    url = f"http://127.0.0.1:{silence.getsockname()[1]}/"
    subscribe(url=url)
    subscribe(url=url)
    subscribe()
    relay = relays()
    for _ in range(4):
        pay(shop, *range(1, 61))
    receiver.wait(240, 60)
    until(lambda: relay.counts["delivered"] == 240)
    silence.close()


@pytest.mark.parametrize(("prepared", "found"), [(True, True), (False, False)])
def test_the_relay_prepares_statements_only_where_that_is_wanted(
    shop: Connection, relay_settings: Settings, prepared: bool, found: bool
) -> None:
    async def main() -> bool:
        settings = msgspec.structs.replace(relay_settings, prepared=prepared)
        relay = Relay(settings, settings.relay_dsn, WebhookClient("", False, 1))
        await relay.pool.open()
        for _ in range(10):
            await relay.fetch("select jalon.fan_out(500, %s::interval)", None)
        (names,) = await relay.fetch("select count(*) from pg_prepared_statements")
        await relay.pool.close()
        return bool(names[0])

    assert asyncio.run(main()) is found
