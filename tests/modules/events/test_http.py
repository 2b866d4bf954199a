"""The two usage examples of the requirement from the first request to the last, and the other endpoints over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from litestar.testing import TestClient

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
MINE, THEIRS, NOTES = "/api/organizer/events", "/api/admin/events", "/api/organizer/notifications"
WHOLE = {
    "starts_at": "2030-06-21T18:00:00Z",
    "ends_at": "2030-06-21T23:00:00Z",
    "place": "Lyon",
    "price": 12.5,
    "capacity": 250,
}


@pytest.fixture
def who(bearer: Bearer) -> dict[str, dict[str, str]]:
    french = {"accept-language": "fr"}
    return {
        "oscar": bearer("oscar", "organizer", **french),
        "olga": bearer("olga", "organizer", **french),
        "mona": bearer("mona", "moderator", **french),
        "anna": bearer("anna", "admin", **french),
    }


def test_organizer_workflow(client: Client, who: Any) -> None:
    oscar, mona = who["oscar"], who["mona"]
    # 1. Create event (starts as draft)
    created = client.post(MINE, json={"title": "Fête de la musique"}, headers=oscar)
    assert created.status_code == 201
    event = f"{MINE}/{created.json()['id']}"
    assert created.headers["location"] == event
    assert (created.json()["status"], created.json()["moderation_status"], created.json()["label"]) == (
        "draft",
        "pending",
        "Brouillon",
    )
    # 2. Complete event details
    assert client.patch(f"{event}/submit", headers=oscar).json()["code"] == "JL302"
    edited = client.patch(
        event, json=WHOLE | {"description": "En plein air"}, headers=oscar | {"if-match": created.headers["etag"]}
    )
    assert edited.status_code == 200
    assert edited.headers["etag"] != created.headers["etag"]
    # 3. Submit for review (becomes candidate/under_review)
    submitted = client.patch(f"{event}/submit", headers=oscar).json()
    assert (submitted["status"], submitted["moderation_status"]) == ("candidate", "under_review")
    assert submitted["title"] == "Fête de la musique"  # the whole event
    # 4. Wait for admin decision
    assert client.patch(event, json={"title": "x"}, headers=oscar).status_code == 403
    assert client.patch(f"{event}/publish", headers=oscar).status_code == 409
    admin = event.replace("organizer", "admin")
    decided = client.patch(
        f"{admin}/status", json={"moderation_status": "revision_requested", "admin_notes": "Quel prix ?"}, headers=mona
    )
    assert (decided.status_code, decided.json()["label"]) == (200, "Révision demandée")
    # 6. If rejected/revision needed: edit and resubmit
    note = client.get(NOTES, headers=oscar).json()["items"][0]
    assert (note["title"], note["message"]) == (
        "Une révision de « Fête de la musique » est demandée",
        "Modifiez-le et soumettez-le à nouveau.\nQuel prix ?",
    )
    found = client.get(note["link"], headers=oscar).json()
    assert found["admin_notes"] == "Quel prix ?"
    assert client.patch(event, json={"price": 0}, headers=oscar).json()["price"] == 0
    assert client.patch(f"{event}/submit", headers=oscar).json()["label"] == "En cours de révision"
    assert (
        client.patch(
            f"{admin}/status", json={"status": "active", "moderation_status": "approved"}, headers=mona
        ).status_code
        == 200
    )
    # 5. If approved: publish when ready
    assert client.get("/api/events").json()["items"] == []
    assert client.patch(f"{event}/publish", json={"is_published": True}, headers=oscar).json()["label"] == "Publié"
    assert [shown["title"] for shown in client.get("/api/events").json()["items"]] == ["Fête de la musique"]
    assert client.patch(f"{event}/publish", headers=oscar).json()["label"] == "Approuvé (non publié)"
    history = client.get(f"{event}/status-history", headers=oscar).json()
    assert [change["label"] for change in reversed(history["items"])] == [
        "Brouillon", "En cours de révision", "Révision demandée", "En cours de révision", "Approuvé (non publié)",
        "Publié",
        "Approuvé (non publié)",
    ]  # fmt: skip


def test_admin_workflow(client: Client, who: Any) -> None:
    oscar, mona, anna = who["oscar"], who["mona"], who["anna"]
    ids = []
    for title in ("A", "B", "C"):
        ids.append(client.post(MINE, json=WHOLE | {"title": title}, headers=oscar).json()["id"])
        client.patch(f"{MINE}/{ids[-1]}/submit", headers=oscar)
    # 1. Review submitted events (candidate/under_review)
    queue = client.get(THEIRS, params={"limit": 2}, headers=mona)
    assert ([event["title"] for event in queue.json()["items"]], queue.json()["total"]) == (["A", "B"], 3)
    assert 'rel="next"' in queue.headers["link"]
    assert client.get(NOTES, headers=mona).json()["unread_count"] == 3
    # 2. Approve, reject, or request revisions  3. Add notes for organizer feedback
    decisions = (
        {"status": "active", "moderation_status": "approved", "admin_notes": "Approved with minor suggestions"},
        {"moderation_status": "rejected", "admin_notes": "Not here"},
        {"moderation_status": "revision_requested", "admin_notes": "Where exactly?"},
    )
    for id, decision in zip(ids, decisions, strict=True):
        assert client.patch(f"{THEIRS}/{id}/status", json=decision, headers=mona).status_code == 200
    assert client.get(THEIRS, headers=mona).json()["items"] == []
    told = [note["data"]["admin_notes"] for note in client.get(NOTES, headers=oscar).json()["items"]]
    assert told == ["Where exactly?", "Not here", "Approved with minor suggestions"]
    # 4. Monitor published events
    client.patch(f"{MINE}/{ids[0]}/publish", headers=oscar)
    shown = client.get(THEIRS, params={"is_published": True}, headers=anna).json()["items"]
    assert [event["title"] for event in shown] == ["A"]
    # 5. Suspend if needed
    assert client.patch(f"{THEIRS}/{ids[0]}/status", json={"status": "suspended"}, headers=mona).status_code == 422
    suspended = client.patch(
        f"{THEIRS}/{ids[0]}/status", json={"status": "suspended", "admin_notes": "Complaints"}, headers=mona
    ).json()
    assert (suspended["label"], suspended["is_published"]) == ("Suspendu", False)
    assert client.get("/api/events").json()["items"] == []
    assert client.get(NOTES, headers=oscar).json()["items"][0]["priority"] == "urgent"
    trail = client.get(f"{THEIRS}/{ids[0]}/status-history", headers=anna).json()["items"]
    assert [(change["changed_by"], change["new_status"]) for change in trail[:2]] == [
        ("mona", "suspended"),
        ("oscar", "active"),
    ]


@pytest.mark.parametrize(
    ("actor", "method", "path", "body", "status", "code"),
    [
        (None, "GET", MINE, None, 401, "JL201"),
        ("oscar", "POST", MINE, {}, 400, "JL405"),
        ("oscar", "POST", MINE, {"title": "  "}, 400, "JL405"),
        ("oscar", "POST", MINE, {"title": "x" * 201}, 400, "JL405"),
        ("oscar", "POST", MINE, {"title": "x", "status": "active"}, 400, "JL405"),
        ("oscar", "POST", MINE, {"title": "x", "starts_at": "tomorrow"}, 400, "JL405"),
        ("oscar", "POST", MINE, {"title": "x", "starts_at": "2030-01-01T10:00:00"}, 400, "JL405"),
        ("oscar", "POST", MINE, {"title": "x", "price": -1}, 400, "JL405"),
        ("oscar", "POST", MINE, {"title": "x", "capacity": 2**31}, 400, "JL405"),
        (
            "oscar",
            "POST",
            MINE,
            {"title": "x", "starts_at": WHOLE["ends_at"], "ends_at": WHOLE["starts_at"]},
            400,
            "23514",
        ),
        ("mona", "POST", MINE, {"title": "x"}, 403, "JL203"),
        ("olga", "GET", "@", None, 404, "JL401"),
        ("olga", "PATCH", "@/submit", None, 404, "JL401"),
        ("oscar", "GET", f"{MINE}/nonsense", None, 404, "JL401"),
        ("oscar", "PATCH", "@/publish", None, 409, "JL303"),
        ("oscar", "PATCH", "@/publish", {"is_published": "yes"}, 400, "JL405"),
        ("oscar", "PATCH", "@/revert", None, 409, "JL101"),
        ("oscar", "GET", THEIRS, None, 403, "JL203"),
        ("oscar", "PATCH", "#/status", {"status": "active"}, 403, "JL203"),
        ("anna", "PATCH", "#/status", {"status": "nonsense"}, 400, "JL402"),
        ("anna", "PATCH", "#/status", {}, 400, "JL405"),
        ("anna", "PATCH", "#/status", {"status": 5}, 400, "JL405"),
        ("anna", "PATCH", "#/status", {"status": "completed"}, 422, "JL301"),
        ("anna", "PATCH", f"{THEIRS}/0b9f3f1e-5d3c-4f0e-9d54-3f1f3f2d7a10/status", {"status": "active"}, 404, "JL401"),
        ("oscar", "GET", f"{MINE}?color=red", None, 400, "JL405"),
        ("oscar", "GET", f"{MINE}?limit=0", None, 400, "JL405"),
        ("oscar", "GET", f"{MINE}?after=nonsense", None, 400, "JL405"),
        ("oscar", "GET", f"{NOTES}?after=WzFd", None, 400, None),
        ("oscar", "PATCH", f"{NOTES}/nonsense/read", None, 404, "JL401"),
        ("oscar", "GET", f"{NOTES}/stream?last_event_id=x", None, 400, "JL405"),
        (None, "GET", "/api/events/0b9f3f1e-5d3c-4f0e-9d54-3f1f3f2d7a10", None, 404, "JL401"),
        (None, "GET", "/api/events?starts_from=soon", None, 400, "JL405"),
    ],
)
def test_a_refusal_says_why(
    client: Client, who: Any, request: Any, actor: Any, method: str, path: str, body: Any, status: int, code: Any
) -> None:
    if path[0] in "@#":
        id = client.post(MINE, json={"title": "x"}, headers=who["oscar"]).json()["id"]
        path = (MINE if path[0] == "@" else THEIRS) + f"/{id}" + path[1:]
    answer = client.request(method, path, json=body, headers=who.get(actor, {}))
    assert (answer.status_code, answer.json().get("code") if code else None) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_if_match_and_deletion(client: Client, who: Any) -> None:
    created = client.post(MINE, json={"title": "x"}, headers=who["oscar"])
    event = created.headers["location"]
    tag = client.get(event, headers=who["oscar"]).headers["etag"]
    assert client.get(event, headers=who["oscar"] | {"if-none-match": tag}).status_code == 304
    client.patch(event, json={"capacity": 5}, headers=who["oscar"])
    stale = who["oscar"] | {"if-match": created.headers["etag"]}
    for answer in (client.patch(f"{event}/submit", headers=stale), client.delete(event, headers=stale)):
        assert (answer.status_code, answer.json()["code"]) == (412, "JL410")
    assert client.delete(event, headers=who["oscar"]).status_code == 204
    assert client.get(event, headers=who["oscar"]).status_code == 404


def test_read_and_read_all(client: Client, who: Any) -> None:
    for _ in range(2):
        event = client.post(MINE, json=WHOLE | {"title": "x"}, headers=who["oscar"]).headers["location"]
        client.patch(f"{event}/submit", headers=who["oscar"])
    page = client.get(NOTES, params={"limit": 1}, headers=who["mona"]).json()
    assert (page["total"], page["unread_count"], len(page["items"])) == (2, 2, 1)
    read = client.patch(f"{NOTES}/{page['items'][0]['id']}/read", headers=who["mona"])
    assert (read.status_code, read.json()["is_read"]) == (200, True)
    assert client.patch(f"{NOTES}/read-all", headers=who["mona"]).json() == {"read": 1, "unread_count": 0}
    assert client.get(NOTES, params={"unread": True}, headers=who["mona"]).json()["items"] == []
