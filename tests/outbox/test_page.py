"""The API for the page of webhooks: the state of each endpoint, and the actions on it."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

PATH = "/api/v1/webhooks"
Connection = psycopg.Connection[Any]
FINISH = """
select jalon.finish_deliveries(coalesce(jsonb_agg(jsonb_build_object('webhook_id', webhook_id, 'message_id', message_id,
    'created_at', created_at, 'lease', lease, 'attempted_at', clock_timestamp(), 'milliseconds', 7) || %s::jsonb),
        '[]'))
from jalon_engine.webhook_delivery where lease is not null
"""


class Page:
    """One endpoint, as its page sees it; deliveries are made by hand."""

    def __init__(self, db: Connection, client: TestClient[Any], headers: dict[str, str]) -> None:
        self.db, self.client, self.headers = db, client, headers
        made = self.ask("POST", "", {"url": "https://93.184.216.34/hook", "eventTypes": ["orders.*"]}, 201)
        self.id = made["id"]

    def ask(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self.client.request(method, PATH + path, json=body, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    @property
    def shown(self) -> dict[str, Any]:
        (one,) = self.ask("GET", "")["items"]
        assert one == self.ask("GET", f"/{self.id}")
        found: dict[str, Any] = one
        return found

    def do(self, what: str, body: Any = None, status: int = 200) -> Any:
        return self.ask("POST", f"/{self.id}/{what}", body, status)

    def deliveries(self, **query: Any) -> dict[str, Any]:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        found: dict[str, Any] = self.ask("GET", f"/{self.id}/deliveries?{asked}")
        return found

    def change(self, *ids: int) -> None:
        with self.db.transaction():
            self.db.execute("select jalon_engine.seal_actor('t', 'anna', 'clerk')")
            for id in ids:
                self.db.execute(
                    "update shop.orders set status = case status when 'NEW' then 'PAID' else 'NEW' end where id = %s",
                    (id,),
                )
        self.db.execute("select jalon.fan_out()")

    def attempt(self, most: int = 100, **result: Any) -> None:
        self.db.execute("select * from jalon.claim_deliveries(gen_random_uuid(), 60, %s)", (most,))
        self.db.execute(FINISH, (json.dumps(result),))


@pytest.fixture
def page(shop: Connection, client: TestClient[Any], bearer: Callable[..., dict[str, str]]) -> Page:
    return Page(shop, client, bearer("ada", "admin"))


def test_the_list_shows_the_state_of_each_what_waits_what_died_and_the_last_failure(page: Page) -> None:
    assert (page.shown["state"], page.shown["waiting"], page.shown["dead"], page.shown["lastFailure"]) == (
        "active",
        0,
        0,
        None,
    )
    page.change(1, 2)
    assert page.shown["waiting"] == 2
    page.attempt(1, http_status=503)
    shown = page.shown
    assert (shown["state"], shown["lastFailure"], shown["waiting"]) == ("failing", "HTTP 503", 2)
    assert shown["lastFailureAt"] is not None and shown["failingSince"] is not None
    page.attempt(1, http_status=204)
    shown = page.shown
    assert (shown["state"], shown["failingSince"], shown["lastFailure"]) == ("active", None, "HTTP 503")  # still told
    page.db.execute("update jalon_engine.webhook_delivery set due_at = now(), attempts = 7 where due_at is not null")
    page.attempt(error="no connection: refused")
    shown = page.shown
    assert (shown["dead"], shown["waiting"], shown["lastFailure"]) == (1, 0, "no connection: refused")
    assert page.do("pause")["state"] == "paused"
    assert page.do("resume")["state"] == "active"
    page.db.execute("update jalon_engine.webhook set disabled_at = now(), disabled_why = 'failing'")
    assert page.shown["state"] == "disabled"
    assert page.do("resume")["state"] == "active"


def test_the_log_has_pages_states_and_what_came_of_the_last_attempt(page: Page) -> None:
    page.change(1, 2, 3, 4, 5)
    for _ in range(2):
        page.attempt(1, http_status=200, response_head="thanks")
    page.attempt(1, http_status=500, response_head="sorry")
    page.db.execute(
        "update jalon_engine.webhook_delivery set due_at = null where attempts = 1 and delivered_at is null"
    )
    counts = {state: len(page.deliveries(state=state)["items"]) for state in ("waiting", "delivered", "dead")}
    assert counts == {"waiting": 2, "delivered": 2, "dead": 1}
    for one in page.deliveries(state="delivered")["items"]:
        assert (one["attempts"], one["lastAttempt"]["httpStatus"], one["lastAttempt"]["responseHead"]) == (
            1,
            200,
            "thanks",
        )
    (dead,) = page.deliveries(state="dead")["items"]
    assert (dead["state"], dead["lastAttempt"]["responseHead"], dead["lastAttempt"]["milliseconds"]) == (
        "dead",
        "sorry",
        7,
    )
    assert {one["lastAttempt"] for one in page.deliveries(state="waiting")["items"]} == {None}
    seen, after = [], ""
    while after is not None:
        found = page.deliveries(limit=2, after=after) if after else page.deliveries(limit=2)
        seen += [one["id"] for one in found["items"]]
        after = found["next"]
    assert len(seen) == len(set(seen)) == 5 and seen == [one["id"] for one in page.deliveries()["items"]]
    first = page.deliveries(state="waiting", limit=1)
    second = page.deliveries(state="waiting", limit=1, after=first["next"])
    assert first["items"] != second["items"] and second["next"] is None


def test_one_is_sent_again_and_all_since_an_instant_and_what_died(page: Page) -> None:
    page.change(1, 2, 3)
    page.attempt(http_status=200)
    id = page.deliveries()["items"][0]["id"]
    assert page.do(f"deliveries/{id}/resend", None, 202) == {"queued": 1}
    assert [one["id"] for one in page.deliveries(state="waiting")["items"]] == [id]
    page.attempt(http_status=200)
    seen = page.ask("GET", f"/{page.id}/deliveries/{id}")
    assert [one["httpStatus"] for one in seen["log"]] == [200, 200] and seen["body"]["type"] == "orders.status_changed"
    assert page.do("replay", {"since": "2020-01-01T00:00:00Z"}, 202) == {"queued": 3}
    assert page.shown["waiting"] == 3
    page.db.execute("update jalon_engine.webhook_delivery set due_at = null, delivered_at = null")
    assert page.do("replay", {"onlyDead": True}, 202) == {"queued": 3}
    assert page.do("replay", {"since": "2099-01-01T00:00:00Z"}, 202) == {"queued": 0}


def test_a_secret_is_shown_when_it_is_made_and_never_again(page: Page) -> None:
    rotated = page.do("rotate-secret", {})
    assert rotated["secret"].startswith("whsec_") and rotated["previousUntil"]
    told = json.dumps([page.shown, page.deliveries(), page.do("test", None, 202), page.do("pause")])
    assert "whsec_" not in told and "secret" not in told


def test_a_test_delivery_is_in_the_log(page: Page) -> None:
    id = page.do("test", None, 202)["id"]
    (one,) = page.deliveries()["items"]
    assert (one["id"], one["type"], one["state"]) == (id, "webhook.test", "waiting")


def test_each_state_of_the_log_has_its_index(page: Page) -> None:
    """An endpoint with a million deliveries, of which three are dead, shows them at once."""
    page.db.execute("set enable_seqscan = off; set enable_sort = off")
    plan = "\n".join(line for (line,) in page.db.execute("""explain select d from jalon_engine.webhook_delivery d
        where d.webhook_id = gen_random_uuid()
        and d.due_at is null and d.delivered_at is null order by d.created_at desc, d.message_id desc limit
            50""").fetchall())  # fmt: skip
    assert "webhook_delivery_default_webhook_id_created_at_message_id_idx1" in plan, plan
