"""GET …/{id}/moves explains; POST …/moves moves many."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
MANY = "/api/v1/tracked/orders/moves"


def test_every_move_is_explained(shop: psycopg.Connection[Any], client: Client, bearer: Bearer) -> None:
    answer = client.get("/api/v1/tracked/orders/7/moves", headers=bearer("author 7", **{"accept-language": "fr"}))
    assert answer.headers["etag"].startswith('"7.1~')
    moves = {move["to"]: move for move in answer.json()["items"]}
    assert [b["code"] for b in moves["PAID"]["blockers"]] == ["JL202"]
    assert [b["code"] for b in moves["CANCELLED"]["blockers"]] == ["JL301"]
    assert "demande une raison" in moves["CANCELLED"]["blockers"][0]["message"]
    answer = client.get("/api/v1/tracked/orders/7/moves?reason=late", headers=bearer("author 7"))
    assert [move["to"] for move in answer.json()["items"] if move["allowed"]] == ["CANCELLED"]
    assert client.get("/api/v1/tracked/orders/8/moves", headers=bearer("author 7")).status_code == 404


def test_a_move_says_whether_a_form_can_give_what_it_still_wants(
    shop: psycopg.Connection[Any], client: Client, bearer: Bearer
) -> None:
    answer = client.get("/api/v1/tracked/orders/7/moves", headers=bearer("author 7", **{"accept-language": "fr"}))
    moves = {move["to"]: move for move in answer.json()["items"]}
    assert [(m["allowed"], m["answerable"], m["requiresReason"]) for m in (moves["PAID"], moves["CANCELLED"])] == [
        (False, False, False), (False, True, True)
    ]  # fmt: skip
    assert moves["CANCELLED"]["toLabel"] == "Annulée"
    asked = (
        "select jalon_engine.is_answerable(jsonb_build_array(jsonb_build_object('code', 'JL302', 'params', "
        "jsonb_build_object('fields', %s::text[]))))"
    )
    assert shop.execute(asked, [["meta.note"]]).fetchone() == (True,)
    assert shop.execute(asked, [["meta.note", "customer"]]).fetchone() == (False,)


def statuses(shop: psycopg.Connection[Any], *ids: int) -> list[str]:
    return [
        row[0] for row in shop.execute("select status from shop.orders where id = any(%s) order by id", [list(ids)])
    ]


def test_all_are_moved_in_the_order_asked(shop: psycopg.Connection[Any], client: Client, bearer: Bearer) -> None:
    answer = client.post(MANY, json={"ids": ["9", "7", "8"], "to": "PAID"}, headers=bearer("anna", "clerk"))
    assert answer.status_code == 200
    assert [(i["id"], i["status"], i["etag"]) for i in answer.json()["items"]] == [
        ("9", 200, '"9.2"'), ("7", 200, '"7.2"'), ("8", 200, '"8.2"')
    ]  # fmt: skip
    assert shop.execute(
        "select count(distinct bulk_id) from jalon_history.shop__orders where version = 2"
    ).fetchone() == (1,)


def test_all_or_none(shop: psycopg.Connection[Any], client: Client, bearer: Bearer) -> None:
    client.post("/api/v1/tracked/orders/8/moves", json={"to": "PAID"}, headers=bearer("anna", "clerk"))
    answer = client.post(MANY, json={"ids": ["7", "8"], "to": "SHIPPED"}, headers=bearer("anna", "clerk"))
    assert (answer.status_code, answer.json()["code"], answer.json()["id"]) == (409, "JL101", "7")
    assert statuses(shop, 7, 8) == ["NEW", "PAID"]
    answer = client.post(MANY, json={"ids": ["8", "99"], "to": "SHIPPED"}, headers=bearer("anna", "clerk"))
    assert (answer.status_code, answer.json()["code"]) == (404, "JL401")


def test_each_on_its_own(shop: psycopg.Connection[Any], client: Client, bearer: Bearer) -> None:
    client.post("/api/v1/tracked/orders/8/moves", json={"to": "PAID"}, headers=bearer("anna", "clerk"))
    body = {"ids": ["99", "7", "8", "x"], "to": "SHIPPED", "mode": "each"}
    answer = client.post(MANY, json=body, headers=bearer("anna", "clerk"))
    assert (answer.status_code, answer.json()["failed"]) == (207, 3)
    assert [(i["id"], i["status"], (i["problem"] or {}).get("code")) for i in answer.json()["items"]] == [
        ("99", 404, "JL401"), ("7", 409, "JL101"), ("8", 200, None), ("x", 404, "JL401")
    ]  # fmt: skip
    assert answer.json()["items"][1]["problem"]["brief"] == "New does not lead to Shipped"
    assert statuses(shop, 7, 8) == ["NEW", "SHIPPED"]


def test_a_record_that_is_there_already_has_no_problem_and_comes_from_where_it_stays(
    shop: psycopg.Connection[Any], client: Client, bearer: Bearer
) -> None:
    answer = client.post(MANY, json={"ids": ["7"], "to": "NEW", "mode": "each"}, headers=bearer("anna", "clerk"))
    (item,) = answer.json()["items"]
    assert (item["from"], item["to"], item["problem"]) == ("NEW", "NEW", None)


def test_what_somebody_may_not_see_they_do_not_move(
    shop: psycopg.Connection[Any], client: Client, bearer: Bearer
) -> None:
    body = {"ids": ["7", "8"], "to": "CANCELLED", "reason": "no", "mode": "each"}
    answer = client.post(MANY, json=body, headers=bearer("author 8"))
    assert [i["status"] for i in answer.json()["items"]] == [404, 200]
    assert statuses(shop, 7, 8) == ["NEW", "CANCELLED"]


def test_versions_are_expected_one_each(shop: psycopg.Connection[Any], client: Client, bearer: Bearer) -> None:
    body = {"ids": ["7", "8"], "to": "PAID", "mode": "each", "expectedVersions": [9, 1]}
    answer = client.post(MANY, json=body, headers=bearer("anna", "clerk"))
    assert [i["status"] for i in answer.json()["items"]] == [409, 200]
    answer = client.post(MANY, json=body | {"expectedVersions": [1]}, headers=bearer("anna", "clerk"))
    assert (answer.status_code, answer.json()["code"]) == (400, "JL405")


@pytest.mark.parametrize(
    "body",
    [{}, {"ids": [], "to": "PAID"}, {"ids": ["7"]}, {"ids": "7", "to": "PAID"}, {"ids": [7], "to": "PAID"},
     {"ids": ["7"], "to": "PAID", "mode": "some"}, {"ids": ["7"] * 1001, "to": "PAID"},
     {"ids": ["7"], "to": "PAID", "x": 1}],
)  # fmt: skip
def test_a_wrong_body_is_refused(shop: psycopg.Connection[Any], client: Client, bearer: Bearer, body: Any) -> None:
    answer = client.post(MANY, json=body, headers=bearer("anna", "clerk"))
    assert (answer.status_code, answer.json()["code"]) == (400, "JL405")


def test_a_bulk_move_can_be_rehearsed(shop: psycopg.Connection[Any], client: Client, bearer: Bearer) -> None:
    headers = bearer("anna", "clerk", prefer="tx=rollback")
    answer = client.post(MANY, json={"ids": ["7", "8"], "to": "PAID"}, headers=headers)
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "tx=rollback")
    assert statuses(shop, 7, 8) == ["NEW", "NEW"]
