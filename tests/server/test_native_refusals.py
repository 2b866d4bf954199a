"""What PostgreSQL itself refuses reaches people in their language, with the field, without names of constraints."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
Connection = psycopg.Connection[Any]
EVENTS = "/api/organizer/events"
WHOLE = {"title": "Fête", "starts_at": "2030-06-21T18:00:00Z", "ends_at": "2030-06-21T17:00:00Z"}


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "an event ends after it starts"), ("fr", "un événement finit après son début")],
)
def test_a_constraint_speaks_the_readers_language_and_names_the_field(
    client: Client, bearer: Bearer, language: str, words: str
) -> None:
    answer = client.post(EVENTS, json=WHOLE, headers=bearer("oscar", "organizer", **{"accept-language": language}))
    assert (answer.status_code, answer.json()["detail"], answer.json()["field"]) == (400, words, "ends_at")


@pytest.mark.parametrize(
    ("email", "status", "words"),
    [
        ("ada@example.com", 409, "quelqu'un a déjà cette adresse électronique"),
        ("nobody", 400, "ceci n'est pas une adresse électronique"),
    ],
)
def test_a_user_is_refused_in_words(client: Client, bearer: Bearer, email: str, status: int, words: str) -> None:
    admin = bearer("anna", "admin", **{"accept-language": "fr"})
    assert client.post("/api/v1/users", json={"email": "ada@example.com", "name": "Ada"}, headers=admin).is_success
    answer = client.post("/api/v1/users", json={"email": email, "name": "Ada"}, headers=admin)
    assert (answer.status_code, answer.json()["detail"], answer.json()["field"]) == (status, words, "email")


def test_a_customers_constraint_has_general_words_or_words_of_its_own(
    shop: Connection, client: Client, bearer: Bearer
) -> None:
    shop.execute("alter table shop.orders add constraint orders_stay_new check (status <> 'PAID')")
    headers = bearer("ada", "clerk")
    move = "/api/v1/tracked/orders/1/moves"
    answer = client.post(move, json={"to": "PAID"}, headers=headers).json()
    assert (answer["detail"], answer["field"]) == ("a rule of the table refuses this value", "status")
    shop.execute(
        "insert into jalon_engine.constraint_text values ('orders_stay_new', 'en', 'to', 'an order stays new')"
    )
    answer = client.post(move, json={"to": "PAID"}, headers=headers).json()
    assert (answer["detail"], answer["field"]) == ("an order stays new", "to")
    many = client.post("/api/v1/tracked/orders/moves", json={"ids": ["1", "2"], "to": "PAID"}, headers=headers)
    assert ("an order stays new" in many.text, "orders_stay_new" in many.text) == (True, False), many.text


def test_a_character_that_cannot_be_kept_is_refused_in_words(client: Client, bearer: Bearer) -> None:
    oscar = bearer("oscar", "organizer", **{"accept-language": "fr"})
    answer = client.post(
        EVENTS, content=b'{"title": "a\\u0000b"}', headers=oscar | {"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"], answer.json()["field"], answer.json()["detail"]) == (
        400,
        "22P05",
        "title",
        "Un texte contient un caractère qui ne peut être gardé.",
    )


def test_words_about_a_nul_are_none(client: Client, bearer: Bearer) -> None:
    oscar = bearer("oscar", "organizer")
    answer = client.post(EVENTS, json={"title": "write \\u0000 for a NUL"}, headers=oscar)
    assert (answer.status_code, answer.json()["title"]) == (201, "write \\u0000 for a NUL")
