"""Edits stand in the stream of a record, each with who made it and which fields it changed."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

Bearer = Callable[..., dict[str, str]]
Client = TestClient[Any]
Db = psycopg.Connection[Any]


def stream(db: Db, table: str, id: str, actor: str, *roles: str, kind: str | None = None) -> list[dict[str, Any]]:
    row = db.execute(
        "select body from jalon_api.run('record_stream', %s, jsonb_strip_nulls(jsonb_build_object("
        "'table', %s::text, 'kind', %s::text)), jsonb_build_object('actor', %s::text, 'roles', %s::text[]))",
        (id, table, kind, actor, list(roles)),
    ).fetchone()
    assert row
    items: list[dict[str, Any]] = row[0]["items"]
    return items


@pytest.fixture
def proposition(client: Client, bearer: Bearer) -> str:
    made = client.post("/api/propositions", json={"title": "A bicycle lane"}, headers=bearer("paul"))
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_each_edit_of_a_proposition_stands_in_its_stream(
    client: Client, bearer: Bearer, db: Db, proposition: str
) -> None:
    for body in ({"title": "Two lanes"}, {"body": "Why"}, {"title": "Three", "body": "Because"}):
        answer = client.patch(f"/api/propositions/{proposition}", json=body, headers=bearer("paul"))
        assert answer.status_code == 200, answer.text
    client.patch(f"/api/propositions/{proposition}", json={"title": "Three"}, headers=bearer("paul"))
    edits = stream(db, "proposition", proposition, "paul", kind="edit")
    assert [(each["by"], each["fields"]) for each in edits] == [
        ("paul", ["body", "title"]), ("paul", ["body"]), ("paul", ["title"]),
    ]  # fmt: skip


def test_a_move_is_no_edit(client: Client, bearer: Bearer, db: Db, proposition: str) -> None:
    moved = client.post(f"/api/propositions/{proposition}/moves", json={"to": "archived"}, headers=bearer("paul"))
    assert moved.status_code == 200, moved.text
    assert stream(db, "proposition", proposition, "paul", kind="edit") == []
    assert len(stream(db, "proposition", proposition, "paul")) == 2


def test_triggered_actions_stand_there_for_whoever_may_read_them(
    client: Client, bearer: Bearer, db: Db, proposition: str
) -> None:
    url = f"/api/propositions/{proposition}/actions"
    made = client.post(
        url,
        json={"name": "Ping", "statuses": ["draft"], "roles": ["initiator"], "payload": {}},
        headers=bearer("root", "admin"),
    )
    assert made.status_code == 201, made.text
    done = client.post(f"{url}/{made.json()['id']}/trigger", json={}, headers=bearer("paul"))
    assert done.status_code < 300, done.text
    (action,) = stream(db, "proposition", proposition, "root", "admin", kind="action")
    assert (action["label"], action["by"]) == ("Ping", "paul")
    db.execute("delete from jalon_engine.permission_rule where permission = 'read_action_events'")
    assert stream(db, "proposition", proposition, "root", "admin", kind="action") == []


@pytest.mark.parametrize(
    ("make", "path", "change", "table", "fields"),
    [
        ("/api/organizer/events", "/api/organizer/events", {"place": "Lyon"}, "events", ["place"]),
        ("/api/v1/dossiers", "/api/v1/dossiers", {"leadName": "Mia"}, "dossier", ["lead_name"]),
        ("/api/v1/roadshow/counterparties", "/api/v1/roadshow/counterparties", {"notes": "n"},
            "roadshow_counterparty", ["notes"]),
    ],
)  # fmt: skip
def test_other_modules_keep_their_edits_too(
    client: Client, bearer: Bearer, db: Db, make: str, path: str, change: Any, table: str, fields: list[str]
) -> None:
    new = {"events": {"title": "T"}, "dossier": {"leadName": "M"}, "roadshow_counterparty": {"name": "N"}}[table]
    headers = bearer("u@example.com", "admin", "event_organizer", "dossier_manager")
    made = client.post(make, json=new, headers=headers)
    assert made.status_code == 201, made.text
    changed = client.patch(f"{path}/{made.json()['id']}", json=change, headers=headers)
    assert changed.status_code == 200, changed.text
    (edit,) = stream(db, table, str(made.json()["id"]), "u@example.com", "admin", kind="edit")
    assert (edit["by"], edit["fields"]) == ("u@example.com", fields)


def test_an_edit_of_before_they_were_kept_is_shown_once(
    client: Client, bearer: Bearer, db: Db, proposition: str
) -> None:
    client.patch(f"/api/propositions/{proposition}", json={"title": "Two"}, headers=bearer("paul"))
    db.execute("delete from jalon_engine.record_edit")
    assert [each["by"] for each in stream(db, "proposition", proposition, "paul", kind="edit")] == ["paul"]


def test_an_erased_record_leaves_no_edit(client: Client, bearer: Bearer, db: Db, proposition: str) -> None:
    client.patch(f"/api/propositions/{proposition}", json={"title": "Two"}, headers=bearer("paul"))
    db.execute("select jalon.erase('proposition', %s)", [proposition])
    assert db.execute("select count(*) from jalon_engine.record_edit").fetchone() == (0,)
