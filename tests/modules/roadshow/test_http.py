"""The roadshow over HTTP."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

Client = TestClient[Any]
Connection = psycopg.Connection[Any]
PATH = "/api/v1/roadshow/counterparties"


@pytest.fixture
def anna(bearer: Callable[..., dict[str, str]]) -> dict[str, str]:
    return bearer("anna")


@pytest.fixture
def ardian(client: Client, anna: dict[str, str]) -> int:
    body = {"name": "Ardian", "owner": "anna", "sector": "Infrastructure", "ticketSize": 5_000_000.5}
    answer = client.post(PATH, json=body, headers=anna)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def events(db: Connection) -> list[Any]:
    return db.execute("select type, meta from roadshow_event order by id").fetchall()


def test_a_status_is_changed_to_the_letter(client: Client, db: Connection, anna: dict[str, str], ardian: int) -> None:
    answer = client.post(f"/roadshow/{ardian}/status", json={"newStatus": "Live"}, headers=anna)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert events(db) == [("status_change", {"newStatus": "Live", "oldStatus": "En attente", "version": 2})]
    again = client.post(f"/roadshow/{ardian}/status", json={"newStatus": "Live"}, headers=anna)
    assert again.status_code == 200
    assert again.json() == {"success": True, "changed": False, "message": "The status was Live already."}
    assert len(events(db)) == 1


@pytest.mark.parametrize(
    "body",
    [{"newStatus": "Nope"}, {"newStatus": "live"}, {"newStatus": None}, {"newStatus": 7}, {"newStatus": ["Live"]}, {}],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_invalid_status_is_named_so(
    client: Client, db: Connection, anna: dict[str, str], ardian: int, body: Any, language: str
) -> None:
    answer = client.post(f"/roadshow/{ardian}/status", json=body, headers=anna | {"accept-language": language})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["error"] == "Statut invalide"
    assert answer.json()["allowed"] == ["Live", "En attente", "No-go"]
    assert events(db) == []


def test_no_body_at_all_is_an_invalid_status(client: Client, anna: dict[str, str], ardian: int) -> None:
    answer = client.post(f"/roadshow/{ardian}/status", headers=anna)
    assert (answer.status_code, answer.json()["error"], answer.json()["field"]) == (400, "Statut invalide", "newStatus")
    assert answer.json()["detail"] == "newStatus: it is required"


@pytest.mark.parametrize(
    ("id", "status"), [("9999", 404), ("99999999999", 404), ("-1", 404), ("abc", 400), ("1x", 400), ("1.5", 400)]
)
def test_counterparties_that_are_none(client: Client, anna: dict[str, str], ardian: int, id: str, status: int) -> None:
    assert client.post(f"/roadshow/{id}/status", json={"newStatus": "Live"}, headers=anna).status_code == status
    assert client.get(f"{PATH}/{id}", headers=anna).status_code == status
    assert client.get(f"{PATH}/{id}/interactions", headers=anna).status_code == status
    assert client.post(f"{PATH}/{id}/interactions", json={"type": "call"}, headers=anna).status_code == status


def test_rows_may_restrict_the_moves(client: Client, db: Connection, anna: dict[str, str], ardian: int) -> None:
    db.execute(
        """insert into jalon_engine.workflow (category, version, state) values ('ROADSHOW_STATUS', 1, 'draft');
        insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles)
        values ('ROADSHOW_STATUS', 1, 'En attente', 'Live', 'open', '{any}'),
            ('ROADSHOW_STATUS', 1, 'Live', 'No-go', 'drop', '{any}');
        update jalon_engine.workflow set state = 'published', published_at = now() where category = 'ROADSHOW_STATUS';
        select jalon_engine.compile_rules('ROADSHOW_STATUS')"""
    )
    refused = client.post(f"/roadshow/{ardian}/status", json={"newStatus": "No-go"}, headers=anna)
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["Live"])
    assert client.post(f"/roadshow/{ardian}/status", json={"newStatus": "Live"}, headers=anna).status_code == 200
    assert [e[1]["newStatus"] for e in events(db)] == ["Live"]


def test_counterparties_are_entered_listed_and_got(client: Client, anna: dict[str, str], ardian: int) -> None:
    for name, statut in (("bpifrance", "Live"), ("Caisse", "No-go")):
        assert client.post(PATH, json={"name": name, "statut": statut}, headers=anna).status_code == 201
    page = client.get(f"{PATH}?limit=2", headers=anna).json()
    assert [c["name"] for c in page["items"]] == ["Ardian", "bpifrance"]
    rest = client.get(f"{PATH}?limit=2&after={page['next']}", headers=anna).json()
    assert ([c["name"] for c in rest["items"]], rest["next"]) == (["Caisse"], None)
    assert [c["name"] for c in client.get(f"{PATH}?statut=Live", headers=anna).json()["items"]] == ["bpifrance"]
    one = client.get(f"{PATH}/{ardian}", headers=anna | {"accept-language": "fr"})
    assert one.headers["etag"].startswith(f'"{ardian}.1~')
    assert one.json() | {"createdAt": 0, "since": 0} == {
        "id": ardian, "name": "Ardian", "statut": "En attente", "statutLabel": "En attente", "statutColor": "#f9ab00",
        "owner": "anna", "sector": "Infrastructure", "ticketSize": 5000000.5, "currency": "EUR", "notes": None,
        "createdAt": 0, "since": 0, "version": 1, "lastInteraction": None, "etag": f'"{ardian}.1"',
        "contentEtag": f'"{ardian}:1.1"',
    }  # fmt: skip
    for bad in (
        {},
        {"name": " "},
        {"name": "X", "statut": "Nope"},
        {"name": "X", "ticketSize": -1},
        {"name": "X", "colour": 1},
    ):
        assert client.post(PATH, json=bad, headers=anna).status_code == 400
    assert client.get(PATH).status_code == 401


def test_interactions_are_recorded_and_listed(
    client: Client, db: Connection, anna: dict[str, str], ardian: int
) -> None:
    where = f"{PATH}/{ardian}/interactions"
    for type_, day in (("call", "2026-11-02"), ("meeting", "2026-11-04"), ("data_room", "2026-11-03")):
        body = {"type": type_, "date": day, "note": "with the CFO", "meta": {"with": ["CFO"]}}
        answer = client.post(where, json=body, headers=anna)
        assert answer.status_code == 201, answer.text
    assert answer.json()["meta"] == {"with": ["CFO"], "note": "with the CFO", "by": "anna"}
    client.post(f"/roadshow/{ardian}/status", json={"newStatus": "Live"}, headers=anna)
    page = client.get(f"{where}?limit=3", headers=anna).json()
    assert [e["type"] for e in page["items"]] == ["status_change", "meeting", "data_room"]
    assert [e["type"] for e in client.get(f"{where}?after={page['next']}", headers=anna).json()["items"]] == ["call"]
    assert [e["date"] for e in client.get(f"{where}?type=call", headers=anna).json()["items"]] == ["2026-11-02"]
    assert client.get(f"{PATH}/{ardian}", headers=anna).json()["lastInteraction"] == "2026-11-04"
    for bad in (
        {"type": "status_change"},
        {"type": "phone"},
        {},
        {"type": "call", "date": "soon"},
        {"type": "call", "date": "9999-12-31"},
        {"type": "call", "meta": 7},
    ):
        assert client.post(where, json=bad, headers=anna).status_code == 400, bad
    assert len(events(db)) == 4


def test_a_counterparty_is_edited_what_is_not_given_stays_and_null_clears(
    client: Client, anna: dict[str, str], ardian: int
) -> None:
    changed = client.patch(f"{PATH}/{ardian}", json={"owner": "ben", "ticketSize": None, "notes": "Call"}, headers=anna)
    assert changed.status_code == 200, changed.text
    facts = changed.json()
    assert [facts[k] for k in ("name", "owner", "sector", "ticketSize", "currency", "notes", "version")] == [
        "Ardian", "ben", "Infrastructure", None, "EUR", "Call", 1,
    ]  # fmt: skip
    for bad in ({"name": " "}, {"name": None}, {"ticketSize": -1}, {"statut": "Live"}):
        assert client.patch(f"{PATH}/{ardian}", json=bad, headers=anna).status_code == 400, bad
    assert client.patch(f"{PATH}/9999", json={"owner": "ben"}, headers=anna).status_code == 404


def test_people_who_may_not_manage_the_roadshow_see_it_beforehand_and_are_refused(
    client: Client, db: Connection, anna: dict[str, str], ardian: int
) -> None:
    assert client.get(PATH, headers=anna).json()["canManage"] is True
    db.execute("delete from jalon_engine.permission_rule where permission = 'manage_roadshow' and role = 'any'")
    assert client.get(PATH, headers=anna).json()["canManage"] is False
    assert client.get(f"{PATH}/{ardian}?moves=true", headers=anna).json()["canManage"] is False
    assert client.patch(f"{PATH}/{ardian}", json={"owner": "ben"}, headers=anna).status_code == 403


def test_the_moves_that_are_the_readers_come_where_they_are_asked_for(
    client: Client, anna: dict[str, str], ardian: int
) -> None:
    for answer in (
        client.get(f"{PATH}/{ardian}?moves=true", headers=anna).json(),
        client.get(f"{PATH}?moves=true&q=ARD", headers=anna).json()["items"][0],
    ):
        assert (answer["status"]["code"], answer["status"]["label"]) == ("En attente", "On hold")
        assert {move["to"] for move in answer["status"]["moves"]} == {"Live", "No-go"}
    assert client.get(f"{PATH}?q=zzz", headers=anna).json()["items"] == []


def test_the_event_of_a_change_says_who_made_it_and_why(client: Client, anna: dict[str, str], ardian: int) -> None:
    body = {"newStatus": "Live", "reason": "NDA signed"}
    client.post(f"/roadshow/{ardian}/status", json=body, headers=anna)
    fake = {"type": "call", "date": "2026-01-01", "meta": {"newStatus": "Live", "version": "x"}}
    client.post(f"{PATH}/{ardian}/interactions", json=fake, headers=anna)
    page = client.get(f"{PATH}/{ardian}/interactions", headers=anna | {"accept-language": "fr"}).json()
    change, call = page["items"]
    assert "change" not in call
    assert [change["change"][k] for k in ("by", "reason")] == ["anna", "NDA signed"]
    assert (change["change"]["from"]["label"], change["change"]["to"]["color"]) == ("En attente", "#188038")
    assert [t["label"] for t in page["types"] if not t["isRecorded"]] == ["Changement de statut"]


def test_forms_are_offered_what_there_is(client: Client, anna: dict[str, str], ardian: int) -> None:
    found = client.get("/api/v1/roadshow/choices", headers=anna | {"accept-language": "fr"}).json()
    assert [s["label"] for s in found["statuses"]] == ["Live", "En attente", "No-go"]
    assert (found["owners"], found["sectors"]) == (["anna"], ["Infrastructure"])
    assert "Rendez-vous" in [t["label"] for t in found["types"]]


def test_the_weekly_recap_names_the_weeks_beside_it(client: Client, anna: dict[str, str], ardian: int) -> None:
    past = client.get("/api/v1/recaps/weekly?week=2026-W01&table=roadshow_counterparty", headers=anna).json()
    assert (past["previousWeek"], past["nextWeek"]) == ("2025-W52", "2026-W02")
    now = client.get("/api/v1/recaps/weekly?table=roadshow_counterparty", headers=anna).json()
    assert now["nextWeek"] is None
