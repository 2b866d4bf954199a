"""POST /api/v1/tracked/{table}/{id}/moves: one move over HTTP."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
MOVES = "/api/v1/tracked/orders/{}/moves"


def history(shop: psycopg.Connection[Any], order: int) -> list[Any]:
    return shop.execute(
        "select version, new_status, changed_by, reason from jalon_history.shop__orders where orders_id = %s "
        "order by version",
        [order],
    ).fetchall()


def test_a_move_is_made_answered_and_remembered(shop: psycopg.Connection[Any], client: Client, bearer: Bearer) -> None:
    answer = client.post(MOVES.format(7), json={"to": "PAID", "reason": "by card"}, headers=bearer("anna", "clerk"))
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"7.2"'
    assert answer.json() | {"changedAt": None} == {
        "table": "orders", "id": "7", "column": "status", "from": "NEW", "to": "PAID", "version": 2,
        "changedAt": None, "changed": True, "etag": '"7.2"',
    }  # fmt: skip
    assert history(shop, 7)[-1] == (2, "PAID", "anna", "by card")


@pytest.mark.parametrize(
    ("who", "order", "body", "status", "code"),
    [
        (("anna", "clerk"), 7, {"to": "SHIPPED"}, 409, "JL101"),
        (("anna", "clerk"), 7, {"to": "PAID", "expectedFrom": "CANCELLED"}, 409, "JL102"),
        (("anna", "clerk"), 7, {"to": "PAID", "expectedVersion": 9}, 409, "JL102"),
        (("author 7",), 7, {"to": "PAID"}, 403, "JL202"),
        (("anna", "clerk"), 7, {"to": "CANCELLED"}, 422, "JL301"),
        (("anna", "clerk"), 9999, {"to": "PAID"}, 404, "JL401"),
        (("anna", "clerk"), "x", {"to": "PAID"}, 404, "JL401"),
        (("ben",), 7, {"to": "CANCELLED", "reason": "no"}, 404, "JL401"),
        (("anna", "clerk"), 7, {"to": "NONSENSE"}, 400, "JL402"),
        (("anna", "clerk"), 7, {"to": "SHIPPED", "force": True, "reason": "why not"}, 403, "JL203"),
        (("anna", "clerk"), 7, {"to": "PAID", "onBehalfOf": "ben"}, 403, "JL203"),
        (("anna", "clerk"), 7, {"to": "PAID", "colour": "red"}, 400, "JL405"),
        (("anna", "clerk"), 7, {"to": 5}, 400, "JL405"),
        (("anna", "clerk"), 7, {}, 400, "JL405"),
        (("anna", "clerk"), 7, {"to": "PAID\0"}, 400, "22P05"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(
    shop: psycopg.Connection[Any],
    client: Client,
    bearer: Bearer,
    who: tuple[str, ...],
    order: Any,
    body: Any,
    status: int,
    code: str,
) -> None:
    answer = client.post(MOVES.format(order), json=body, headers=bearer(*who))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert len(history(shop, 7)) == 1


def test_an_unknown_table_is_not_found(shop: psycopg.Connection[Any], client: Client, bearer: Bearer) -> None:
    answer = client.post("/api/v1/tracked/nothing/7/moves", json={"to": "PAID"}, headers=bearer("anna", "clerk"))
    assert (answer.status_code, answer.json()["code"]) == (404, "JL404")


def test_a_refused_move_lists_the_allowed_ones(shop: psycopg.Connection[Any], client: Client, bearer: Bearer) -> None:
    answer = client.post(MOVES.format(7), json={"to": "SHIPPED"}, headers=bearer("anna", "clerk"))
    assert answer.json()["allowed"] == ["PAID", "CANCELLED"]
    assert answer.json()["instance"] == MOVES.format(7)
