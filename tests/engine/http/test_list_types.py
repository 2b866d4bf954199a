"""Lists give the types that the OpenAPI document promises, whatever the types of a table's columns."""

from collections.abc import Callable
from typing import Any

from litestar.testing import TestClient

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
EVENTS = "/api/v1/tracked/events"


def made(client: Client, headers: dict[str, str]) -> str:
    return client.post("/api/organizer/events", json={"title": "Fête"}, headers=headers).json()["id"]


def test_a_code_is_a_text_also_where_the_column_is_boolean(client: Client, bearer: Bearer) -> None:
    anna = bearer("anna", "admin", "organizer")
    id = made(client, anna)
    wanted = {"status": "draft", "moderation_status": "pending", "is_published": "false"}
    for each in (
        client.get(f"{EVENTS}/{id}", headers=anna).json(),
        client.get(EVENTS, headers=anna).json()["items"][0],
    ):
        assert {status["column"]: status["code"] for status in each["statuses"]} == wanted


def test_an_id_of_many_is_found_as_it_is_alone_in_capitals_too(client: Client, bearer: Bearer) -> None:
    anna = bearer("anna", "admin", "organizer")
    id = made(client, anna)
    assert client.get(f"{EVENTS}/{id.upper()}", headers=anna).status_code == 200
    body = {"ids": [id.upper()], "to": "cancelled", "mode": "each"}
    item = client.post(f"{EVENTS}/moves", json=body, headers=anna).json()["items"][0]
    assert (item["id"], item["problem"]["code"]) == (id, "JL101")


def listed(client: Client, headers: dict[str, str], **parameters: Any) -> Any:
    answer = client.get(EVENTS, params=parameters, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_list_is_sorted_counted_and_narrowed_as_asked(client: Client, bearer: Bearer) -> None:
    anna = bearer("anna", "admin", "organizer")
    ids = [made(client, anna) for _ in range(3)]
    page = listed(client, anna, sort="since", fields="id,version", limit=2, count=True)
    assert (page["items"], page["total"]) == ([{"id": id, "version": 1} for id in ids[:2]], 3)
    rest = listed(client, anna, sort="since", fields="id", after=page["next"])
    assert (rest["items"], rest["next"], "total" in rest) == ([{"id": ids[2]}], None, False)
    for sort, order in (("-since", ids[::-1]), ("id", sorted(ids)), ("-id", sorted(ids)[::-1])):
        first = listed(client, anna, sort=sort, limit=2)
        pages = first["items"] + listed(client, anna, sort=sort, after=first["next"])["items"]
        assert [each["id"] for each in pages] == order


def test_the_count_is_of_what_the_filter_and_the_reader_leave(client: Client, bearer: Bearer) -> None:
    made(client, bearer("oscar", "organizer"))
    made(client, bearer("olga", "organizer"))
    assert listed(client, bearer("oscar", "organizer"), count=True)["total"] == 1
    assert listed(client, bearer("anna", "admin"), count=True, status="draft")["total"] == 2
    assert listed(client, bearer("anna", "admin"), count=True, status="candidate")["total"] == 0


def test_an_unknown_field_or_order_is_refused_by_name(client: Client, bearer: Bearer) -> None:
    for name, value in (("fields", "id,secret"), ("sort", "title")):
        answer = client.get(EVENTS, params={name: value}, headers=bearer("anna", "admin"))
        assert (answer.status_code, answer.json()["field"]) == (400, name)
