"""Subscriptions to the weekly recap over HTTP, and what the links of an e-mail do."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

Bearer = Callable[..., dict[str, str]]
Client = TestClient[Any]
PATH = "/api/v1/recap-subscriptions"
NEW = {"table": "roadshow_counterparty", "address": "ben@example.com", "timeZone": "Europe/Paris", "language": "fr"}
SECRET = "1f" * 32
LINK = f"/console/recap-mail/{SECRET}"
ONE_CLICK = {"content": "List-Unsubscribe=One-Click", "headers": {"content-type": "application/x-www-form-urlencoded"}}


@pytest.fixture
def sent(client: Client, bearer: Bearer, db: psycopg.Connection[Any]) -> str:
    """The id of a subscription whose e-mail with the secret was sent."""
    made = client.post(PATH, json=NEW, headers=bearer("ben"))
    assert made.status_code == 201, made.text
    db.execute(
        "insert into jalon_engine.recap_mail (subscription_id, token_hash) values (%s, %s)",
        (made.json()["id"], sha256(SECRET.encode()).hexdigest()),
    )
    return str(made.json()["id"])


def mine(client: Client, bearer: Bearer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(PATH, headers=bearer("ben")).json()["items"]
    return found


def test_one_subscribes_changes_and_unsubscribes(client: Client, bearer: Bearer) -> None:
    made = client.post(PATH, json=NEW, headers=bearer("ben")).json()
    assert (made["day"], made["hour"], made["confirmedAt"], made["table"]) == (1, 8, None, "roadshow_counterparty")
    changed = client.patch(f"{PATH}/{made['id']}", json={"hour": 17}, headers=bearer("ben"))
    assert (changed.status_code, changed.json()["hour"], changed.json()["timeZone"]) == (200, 17, "Europe/Paris")
    assert client.get(PATH, headers=bearer("anna")).json()["items"] == []
    assert client.delete(f"{PATH}/{made['id']}", headers=bearer("anna")).status_code == 404
    assert client.delete(f"{PATH}/{made['id']}", headers=bearer("ben")).status_code == 204
    assert mine(client, bearer) == []


@pytest.mark.parametrize(
    ("more", "status"),
    [({"table": "users"}, 403), ({"table": "nothing"}, 404), ({"timeZone": "Mars"}, 400), ({"language": "tlh"}, 400),
        ({"address": "nobody"}, 400), ({"day": 0}, 400), ({"hour": 24}, 400),
        ({"address": "a@b.c\r\nBcc: d@e.f"}, 400)],
)  # fmt: skip
def test_what_can_t_be_subscribed_is_refused(client: Client, bearer: Bearer, more: dict[str, Any], status: int) -> None:
    answer = client.post(PATH, json=NEW | more, headers=bearer("ben"))
    assert answer.status_code == status, answer.text


def test_a_recap_is_subscribed_once(client: Client, bearer: Bearer) -> None:
    assert client.post(PATH, json=NEW, headers=bearer("ben")).status_code == 201
    again = client.post(PATH, json=NEW, headers=bearer("ben", **{"accept-language": "fr"}))
    assert (again.status_code, again.json()["detail"]) == (409, "vous recevez déjà ce récapitulatif")


def test_to_look_at_a_link_changes_nothing(client: Client, bearer: Bearer, sent: str) -> None:
    answer = client.get(LINK)
    assert (answer.status_code, "ben@example.com" in answer.text) == (200, True)
    assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == ("no-referrer", "no-store")
    client.head(LINK)
    assert [each["confirmedAt"] for each in mine(client, bearer)] == [None]


def test_one_click_unsubscribes_without_a_sign_in(client: Client, bearer: Bearer, sent: str) -> None:
    answer = client.post(LINK, **ONE_CLICK)
    assert (answer.status_code, mine(client, bearer)) == (200, [])
    again = client.post(LINK, **ONE_CLICK)
    assert (again.status_code, "no more" in again.text) == (200, True)


def test_one_click_of_a_mail_program_may_come_as_a_form_of_many_parts(
    client: Client, bearer: Bearer, sent: str
) -> None:
    client.post(LINK, files={"List-Unsubscribe": (None, "One-Click")}, headers={"origin": "https://mail.example.com"})
    assert mine(client, bearer) == []


def test_the_address_says_yes(client: Client, bearer: Bearer, sent: str) -> None:
    assert "every week" in client.post(f"{LINK}/confirm").text
    assert [each["confirmedAt"] is not None for each in mine(client, bearer)] == [True]
    client.post(LINK)
    assert "no more" in client.post(f"{LINK}/confirm").text
    assert mine(client, bearer) == []


def test_a_secret_that_fits_nothing_says_so_in_words(client: Client, sent: str) -> None:
    for method, path in (("GET", "x" * 64), ("POST", "x" * 64), ("POST", "x/confirm"), ("GET", "%00")):
        answer = client.request(method, f"/console/recap-mail/{path}")
        assert answer.status_code in (400, 404), path
        assert "recap_subscription" not in answer.text
