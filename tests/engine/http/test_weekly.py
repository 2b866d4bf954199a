"""GET /api/v1/recaps/weekly: a document, a page, rows."""

import csv
import io
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

Bearer = Callable[..., dict[str, str]]
PATH = "/api/v1/recaps/weekly"


@pytest.fixture
def client(client: TestClient[Any], bearer: Bearer) -> TestClient[Any]:
    for name in ("Ardian <1>", "Bpifrance"):
        made = client.post("/api/v1/roadshow/counterparties", json={"name": name}, headers=bearer("anna")).json()
        body = {"newStatus": "Live", "reason": "=Good talk"}
        client.post(f"/roadshow/{made['id']}/status", json=body, headers=bearer("anna"))
    return client


def test_the_document(client: TestClient[Any], bearer: Bearer) -> None:
    answer = client.get(f"{PATH}?tz=Europe/Paris", headers=bearer("ben", **{"accept-language": "fr"}))
    assert answer.status_code == 200
    document = answer.json()
    assert (document["timeZone"], document["language"]) == ("Europe/Paris", "fr")
    tables = {t["table"]: t for t in document["tables"]}
    assert "users" not in tables  # ben may not read all of them
    table = tables["roadshow_counterparty"]
    assert sorted(table["names"].values()) == ["Ardian <1>", "Bpifrance"]
    assert [len(r["changes"]) for r in table["records"]] == [2, 2]
    assert table["records"][0]["changes"][1] | {"at": 0, "localTime": 0, "stayed": 0} == {
        "at": 0, "localTime": 0, "stayed": 0, "column": "statut", "from": "En attente", "fromLabel": "En attente",
        "to": "Live", "toLabel": "Live", "by": "anna", "reason": "=Good talk", "kind": "move", "version": 2,
    }  # fmt: skip
    everything = client.get(PATH, headers=bearer("root", "admin")).json()
    assert {"users", "roadshow_counterparty"} <= {t["table"] for t in everything["tables"]}


def test_the_page(client: TestClient[Any], bearer: Bearer) -> None:
    for ask in ({"accept": "text/html"}, {}):
        answer = client.get(PATH + ("" if ask else "?format=html&lang=fr"), headers=bearer("ben", **ask))
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "Ardian &lt;1&gt;" in answer.text
    assert "Semaine" in answer.text


def test_the_rows(client: TestClient[Any], bearer: Bearer) -> None:
    for ask in ({"accept": "text/csv"}, {}):
        answer = client.get(PATH + ("" if ask else "?format=csv"), headers=bearer("ben", **ask))
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [(r["name"], r["from"], r["to"], r["by"]) for r in rows][:2] == [
            ("Ardian <1>", "", "En attente", "anna"),
            ("Ardian <1>", "En attente", "Live", "anna"),
        ]
        assert rows[1]["reason"] == "'=Good talk"
    empty = client.get(f"{PATH}?week=2025-W01&format=csv", headers=bearer("ben"))
    assert (empty.status_code, empty.text.count("\n"), empty.text[:11]) == (200, 1, "week,table,")


@pytest.mark.parametrize(
    ("query", "status"),
    [("week=2026-W99", 400), ("week=soon", 400), ("tz=Mars/Olympus", 400), ("table=none", 404), ("table=users", 403),
        ("format=pdf", 400), ("x=1", 400)],
)  # fmt: skip
def test_what_is_asked_wrongly(client: TestClient[Any], bearer: Bearer, query: str, status: int) -> None:
    assert client.get(f"{PATH}?{query}", headers=bearer("ben")).status_code == status


def test_a_week_is_nobodys_without_a_token(client: TestClient[Any], db: psycopg.Connection[Any]) -> None:
    assert client.get(PATH).status_code == 401


def test_the_forms_are_documented_and_the_page_may_use_its_styles(client: TestClient[Any], bearer: Bearer) -> None:
    document = client.get("/docs/openapi.json", headers=bearer("ben")).json()
    assert set(document["paths"][PATH]["get"]["responses"]["200"]["content"]) == {
        "application/json",
        "text/csv",
        "text/html",
    }
    page = client.get(f"{PATH}?format=html", headers=bearer("ben"))
    assert "style-src 'unsafe-inline'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv;q=0.1, application/json", "application/json"), ("application/json, text/csv", "application/json"),
        ("text/html;q=0.5, text/csv", "text/csv"), ("text/csv;q=0.5, text/html", "text/html"),
        ("text/csv;q=0", "application/json"), ("*/*", "application/json"),
        ("text/html,application/xml;q=0.9,*/*;q=0.8", "text/html"), ("text/*, application/json;q=0.5", "text/csv"),
    ],
)  # fmt: skip
def test_accept_is_weighed(client: TestClient[Any], bearer: Bearer, accept: str, kind: str) -> None:
    answer = client.get(PATH, headers=bearer("ben") | {"accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == kind
