"""Lists are sorted, counted and narrowed in one way: those of modules as that of the records of any table."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]

# Address of a list -> the member by which the tests sort it.
LISTS = {
    "/api/v1/tracked/events": "since",
    "/api/v1/dossiers": "leadName",
    "/api/organizer/events": "title",
    "/api/admin/events": "title",
    "/api/events": "title",
    "/api/v1/users": "name",
    "/api/propositions": "title",
    "/api/v1/roadshow/counterparties": "name",
}
# Five rows of each kind; in the order that the tests ask for, four of them are equal.
ROWS = """
begin;
select jalon_engine.seal_actor('s', 'anna', 'admin,organizer', 'to begin with', '');
insert into jalon_dossiers.dossier (case_type, lead_name)
select 'CRM_LEAD_BUY', case n when 5 then 'Zoe' else 'ann' end from generate_series(1, 5) n;
insert into jalon_events.events (title, organizer_id, starts_at, place)
select case n when 5 then 'Zoo' else 'fair' end, 'anna', now() + interval '1 day', 'here' from generate_series(1, 5) n;
select jalon.force_move('events', e.id::text, 'active', 'so be it', status_column => 'status'),
    jalon.force_move('events', e.id::text, 'approved', 'so be it', status_column => 'moderation_status'),
    jalon.force_move('events', e.id::text, 'true', 'so be it', status_column => 'is_published')
from jalon_events.events e;
insert into jalon_members.users (email, name)
select format('n%s@example.org', n), case n when 5 then 'Zoe' else 'ann' end from generate_series(1, 5) n;
insert into jalon_propositions.proposition (title, author_id)
select case n when 5 then 'Zoo' else 'fair' end, 'anna' from generate_series(1, 5) n;
insert into jalon_roadshow.roadshow_counterparty (name)
select case n when 5 then 'Zoe' else 'ann' || n end from generate_series(1, 5) n;
select jalon_engine.seal_actor('s', null, '', '', '');
commit;
"""


@pytest.fixture
def beginning() -> str:
    return ROWS


@pytest.fixture
def anna(bearer: Bearer) -> dict[str, str]:
    return bearer("anna", "admin", "organizer")


def listed(client: Client, path: str, headers: dict[str, str], **parameters: Any) -> Any:
    if path == "/api/admin/events":
        parameters["organizer_id"] = "anna"  # all of them, not those alone that wait
    answer = client.get(path, params=parameters, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_sorted_in_both_directions_and_its_pages_lose_no_equals(
    client: Client, anna: dict[str, str], path: str
) -> None:
    orders = []
    for sign in ("", "-"):
        asked = {"sort": sign + LISTS[path], "limit": 2}
        page = listed(client, path, anna, **asked)
        items = page["items"]
        while page["next"]:
            page = listed(client, path, anna, **asked, after=page["next"])
            items += page["items"]
        orders.append([item["id"] for item in items])
    assert len({*orders[0]}) == 5
    assert orders[0] == orders[1][::-1]
    if LISTS[path] != "since":
        assert items[0][LISTS[path]].startswith("Z")


@pytest.mark.parametrize("path", LISTS)
def test_pages_lead_back_as_they_led_on(client: Client, anna: dict[str, str], path: str) -> None:
    asked = {"sort": "-" + LISTS[path], "limit": 2}
    pages = [listed(client, path, anna, **asked)]
    while cursor := pages[-1]["next"]:
        pages.append(listed(client, path, anna, **asked, after=cursor))
    assert [len(page["items"]) for page in pages] == [2, 2, 1]
    assert pages[0]["previous"] is None
    back = listed(client, path, anna, **asked, after=pages[2]["previous"])
    assert back["items"] == pages[1]["items"]
    assert listed(client, path, anna, **asked, after=back["next"])["items"] == pages[2]["items"]
    first = listed(client, path, anna, **asked, after=back["previous"])
    assert (first["items"], first["previous"]) == (pages[0]["items"], None)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_counted_only_if_that_is_asked_for(client: Client, anna: dict[str, str], path: str) -> None:
    counted = listed(client, path, anna, count=True, limit=2)
    assert (counted["total"], len(counted["items"])) == (5, 2)
    assert "total" not in listed(client, path, anna, count=False, limit=2)


@pytest.mark.parametrize("path", LISTS)
def test_the_items_of_a_list_are_narrowed_to_the_fields_asked_for(
    client: Client, anna: dict[str, str], path: str
) -> None:
    items = listed(client, path, anna, fields="id,version" if path != "/api/events" else "id,title")["items"]
    assert [len(item) for item in items] == [2] * 5
    assert all("id" in item for item in items)


@pytest.mark.parametrize("path", LISTS)
def test_what_a_list_lacks_is_refused_with_what_it_has_as_the_document_says(
    client: Client, anna: dict[str, str], path: str
) -> None:
    document = client.get("/docs/openapi.json").json()
    template = "/api/v1/tracked/{table}" if "tracked" in path else path
    operation = document["paths"][template]["get"]
    answer = client.get(path, params={"fields": "id,secret"}, headers=anna)
    problem = answer.json()
    assert (answer.status_code, problem["field"], problem["why"]) == (400, "fields", "secret")
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    item = document["components"]["schemas"][schema]["properties"]["items"]["items"]["$ref"].rpartition("/")[2]
    assert {*problem["allowed"]} == {*document["components"]["schemas"][item]["properties"]}
    assert "required" not in document["components"]["schemas"][item]
    refused = client.get(path, params={"sort": "secret"}, headers=anna)
    assert (refused.status_code, refused.json()["field"]) == (400, "sort")
    (sorts,) = (each["schema"]["enum"] for each in operation["parameters"] if each.get("name") == "sort")
    assert {*refused.json()["allowed"]} == {*sorts}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("cursor", ["WyJ4IiwieSJd", "W251bGwsbnVsbF0", "WyJ4Il0", "!"])
def test_a_cursor_that_no_page_gave_is_refused(client: Client, anna: dict[str, str], path: str, cursor: str) -> None:
    answer = client.get(path, params={"after": cursor, "sort": "-id"}, headers=anna)
    assert (answer.status_code, answer.json()["code"]) == (400, "JL405")


def test_every_list_that_can_be_narrowed_is_tested_here(client: Client) -> None:
    paths = client.get("/docs/openapi.json").json()["paths"]
    found = {
        path.replace("{table}", "events")
        for path, operations in paths.items()
        if any(each.get("name") == "fields" for each in operations.get("get", {}).get("parameters", []))
    }
    assert found == {*LISTS}


def test_the_moderators_queue_is_sorted_over_all_that_waits(
    client: Client, bearer: Bearer, db: psycopg.Connection[Any]
) -> None:
    oscar = bearer("oscar", "organizer")
    whole = {"starts_at": "2030-06-21T18:00:00Z", "place": "Lyon"}
    for title in ("c", "a", "b"):
        event = client.post("/api/organizer/events", json={"title": title} | whole, headers=oscar).json()
        client.patch(f"/api/organizer/events/{event['id']}/submit", json={}, headers=oscar)
    mona = bearer("mona", "moderator")
    page = client.get("/api/admin/events", params={"sort": "title", "limit": 2}, headers=mona).json()
    rest = client.get("/api/admin/events", params={"sort": "title", "after": page["next"]}, headers=mona).json()
    assert [event["title"] for event in page["items"] + rest["items"]] == ["a", "b", "c"]
    assert page["total"] == 3
