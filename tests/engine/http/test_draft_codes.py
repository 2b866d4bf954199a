"""Codes of a draft over HTTP: added, edited, taken out; lists and other drafts don't have them."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

Call = Callable[..., Any]
CODES = "/api/v1/referentials/ORDER_STATUS"
WORKFLOW = "/api/v1/workflows/ORDER_STATUS/*"
DRAFTED = f"{WORKFLOW}/draft/codes"
HELD = {"code": "HELD", "labels": {"en": "On hold", "fr": "En attente"}, "outcome": "waiting", "maxStay": "P14D"}


@pytest.fixture
def ask(shop: psycopg.Connection[Any], client: TestClient[Any], bearer: Call) -> Call:
    def ask(method: str, path: str, body: Any = None, who: tuple[str, ...] = ("root", "admin"), **headers: str) -> Any:
        return client.request(method, path, json=body, headers=bearer(*who, **headers))

    return ask


@pytest.fixture
def etag(ask: Call) -> str:
    """The ETag of a fresh draft."""
    return str(ask("POST", f"{WORKFLOW}/draft", {}).headers["etag"])


def nodes(ask: Call, version: int = 2, **headers: str) -> dict[str, Any]:
    graph = ask("GET", f"{WORKFLOW}/graph?version={version}", **headers).json()
    return {node["code"]: node for node in graph["nodes"]}


def test_a_code_is_added_to_the_draft_edited_there_and_taken_out(ask: Call, etag: str) -> None:
    added = ask("POST", DRAFTED, HELD, **{"if-match": etag})
    assert (added.status_code, added.json()["revision"]) == (201, 2), added.text
    assert ask("POST", DRAFTED, HELD).json()["code"] == ask("POST", DRAFTED, {"code": "PAID"}).json()["code"] == "JL408"
    edited = ask("PATCH", f"{DRAFTED}/HELD", {"description": "Waits.", "maxStay": ""})
    assert edited.status_code == 200, edited.text
    held = nodes(ask, **{"accept-language": "fr"})["HELD"]
    assert held | {"label": "En attente", "description": "Waits.", "maxStay": None, "drafted": "new"} == held
    assert (held["isShown"], held["isUsed"], held["records"]) == (True, False, 0)
    gone = ask("DELETE", f"{DRAFTED}/HELD", **{"if-match": edited.headers["etag"]})
    assert gone.status_code == 200, gone.text
    assert "HELD" not in nodes(ask)
    assert ask("DELETE", f"{DRAFTED}/HELD").status_code == ask("PATCH", f"{DRAFTED}/HELD", {}).status_code == 404


def test_lists_and_the_version_in_force_have_a_code_only_when_it_is_published(ask: Call, etag: str) -> None:
    for code in ("NEW", "PAID", "SHIPPED", "CANCELLED"):
        labels = {"en": code.title(), "fr": code.title()}
        ask("PATCH", f"{CODES}/{code}", {"labels": labels})
    before = ask("GET", CODES).json()
    ask("POST", DRAFTED, HELD)
    ask("PATCH", f"{DRAFTED}/PAID", {"labels": {"en": "Settled"}, "isActive": True})
    for ends in ({"from": "NEW", "to": "HELD"}, {"from": "HELD", "to": "NEW"}):
        assert ask("PUT", f"{WORKFLOW}/draft/transition", ends).status_code == 200
    graph = ask("GET", f"{WORKFLOW}/graph?version=2").json()
    paid = next(node for node in graph["nodes"] if node["code"] == "PAID")
    assert (paid["label"], paid["drafted"]) == ("Settled", "changed")
    assert {"The code HELD is new", "PAID: label becomes Settled; it was Paid"} <= {
        sentence["message"] for sentence in graph["sentences"]
    }
    hold = next(edge for edge in graph["edges"] if edge["name"] == "NEW -> HELD")
    assert hold["label"] == "On hold"
    assert ask("GET", CODES).json() == before
    assert ask("GET", f"{CODES}/HELD").status_code == 404
    assert "HELD" not in nodes(ask, version=1)
    assert nodes(ask, version=1)["PAID"]["label"] == "Paid"
    moves = ask("GET", "/api/v1/tracked/orders/7/moves").json()["items"]
    assert "HELD" not in {move["to"] for move in moves}
    assert ask("POST", "/api/v1/tracked/orders/7/moves", {"to": "HELD"}).json()["code"] == "JL402"
    rehearsed = ask("POST", f"{WORKFLOW}/publish", {}, prefer="tx=rollback").json()["effects"]
    assert {("code_added", "HELD"), ("code_changed", "PAID")} <= {(e["what"], e["subject"]) for e in rehearsed}
    assert ask("GET", CODES).json() == before
    published = ask("POST", f"{WORKFLOW}/publish", {})
    assert published.status_code == 200, published.text
    codes = {code["code"]: code for code in ask("GET", CODES).json()["items"]}
    assert (codes["HELD"]["labels"], codes["PAID"]["label"]) == (HELD["labels"], "Settled")
    assert nodes(ask)["HELD"]["drafted"] is None


def test_the_picture_of_a_draft_has_a_code_that_nothing_leads_to_yet(ask: Call, etag: str) -> None:
    ask("POST", DRAFTED, HELD)
    assert "On hold" in ask("GET", f"{WORKFLOW}?format=svg&version=2").text
    assert "On hold" not in ask("GET", f"{WORKFLOW}?format=svg").text


def test_who_may_not_manage_codes_drafts_none(ask: Call, etag: str) -> None:
    clerk = ("anna", "clerk")
    for method, path, body in (
        ("POST", DRAFTED, HELD), ("PATCH", f"{DRAFTED}/PAID", {}), ("DELETE", f"{DRAFTED}/PAID", None),
    ):  # fmt: skip
        refused = ask(method, path, body, who=clerk)
        assert (refused.status_code, refused.json()["code"]) == (403, "JL203"), refused.text


def test_without_a_draft_there_is_nothing_to_add_to(ask: Call) -> None:
    assert ask("POST", DRAFTED, HELD).status_code == 404
    assert ask("PATCH", f"{DRAFTED}/PAID", {"label": "Settled"}).status_code == 404
    assert ask("PATCH", "/api/v1/workflows/NONE/*/draft/codes/PAID", {"label": "Settled"}).status_code == 404
