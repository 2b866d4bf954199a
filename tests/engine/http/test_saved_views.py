"""Views of lists: one's own, or for a role; who may share and who may change is decided in the database."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
VIEWS = "/api/v1/views"
VIEW = {"list": "dossiers", "name": "Waiting", "query": {"outcome": "waiting", "sort": "-updatedAt"}}


@pytest.fixture
def beginning() -> str:
    return "insert into jalon_engine.role (code, label) values ('clerk', 'Clerk'), ('chief', 'Chief')"


def seen(client: Client, headers: dict[str, str], name: str = "dossiers") -> list[str]:
    return [view["name"] for view in client.get(VIEWS, params={"list": name}, headers=headers).json()["items"]]


def save(client: Client, headers: dict[str, str], **more: Any) -> Any:
    return client.post(VIEWS, json=VIEW | more, headers=headers)


def test_a_view_is_its_owners_alone_and_of_its_list(client: Client, bearer: Bearer) -> None:
    kim, lou = bearer("kim", "clerk"), bearer("lou", "clerk")
    saved = save(client, kim)
    assert (saved.status_code, saved.json()["query"]) == (201, VIEW["query"])
    assert (seen(client, kim), seen(client, kim, "events"), seen(client, lou)) == (["Waiting"], [], [])
    assert client.delete(f"{VIEWS}/{saved.json()['id']}", headers=lou).status_code == 404


def test_a_view_for_a_role_is_seen_by_who_holds_it_and_changed_by_its_owner(client: Client, bearer: Bearer) -> None:
    kim, lou, max_ = bearer("kim", "clerk"), bearer("lou", "clerk"), bearer("max", "chief")
    id = save(client, kim, role="clerk").json()["id"]
    assert (seen(client, lou), seen(client, max_)) == (["Waiting"], [])
    assert client.patch(f"{VIEWS}/{id}", json={"name": "Mine now"}, headers=lou).status_code == 403
    assert client.patch(f"{VIEWS}/{id}", json={"name": "Later", "role": None}, headers=kim).json()["role"] is None
    assert (seen(client, kim), seen(client, lou)) == (["Later"], [])


def test_who_lacks_share_views_shares_with_their_own_roles_alone(client: Client, bearer: Bearer) -> None:
    refused = save(client, bearer("kim", "clerk"), role="chief")
    assert (refused.status_code, refused.json()["code"]) == (403, "JL203")
    assert save(client, bearer("kim", "clerk"), role="any").status_code == 403
    anna = bearer("anna", "admin")
    shared = save(client, anna, role="any").json()["id"]
    assert seen(client, bearer("somebody")) == ["Waiting"]
    assert client.delete(f"{VIEWS}/{shared}", headers=bearer("somebody")).status_code == 403
    other = save(client, bearer("kim", "clerk"), role="clerk").json()["id"]
    assert client.delete(f"{VIEWS}/{other}", headers=bearer("mia", "admin", "clerk")).status_code == 204


def test_a_person_saves_so_many_and_no_more(client: Client, bearer: Bearer, db: psycopg.Connection[Any]) -> None:
    db.execute(
        "insert into jalon_engine.saved_view (list, name, query, owner) "
        "select 'dossiers', 'v' || n, '{}', 'kim' from generate_series(1, 200) n"
    )
    assert save(client, bearer("kim")).status_code == 400
    assert save(client, bearer("lou"), name="  ").status_code == 400
