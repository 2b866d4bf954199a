"""`type` of each problem leads to a page, for people and for programs, that explains its code."""

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

from jalon.server import bounds, problems
from jalon.server.problems import NATIVE_CODES
from tests.modules.dossiers.test_http import CREATE

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
JSON = {"accept": "application/json"}
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def codes(client: Client) -> list[str]:
    document = client.get("/docs/openapi.json").json()
    found: list[str] = document["components"]["schemas"]["ErrorCode"]["enum"]
    assert len(found) > 60
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_code_has_a_title_and_a_meaning_in_each_language(client: Client, language: str) -> None:
    said = {}
    for code in codes(client):
        answer = client.get(f"/errors/{code}", headers=JSON | {"accept-language": language})
        assert answer.status_code == 200, code
        said[code] = answer.json()
        assert said[code]["code"] == code
        assert 400 <= said[code]["status"] < 600, code
        assert said[code]["title"].strip(), code
        assert re.search(r"[.!?]$", said[code]["meaning"]), code
        assert "{" not in str(said[code].get("detail")) + str(said[code].get("hint")), code
    assert {code for code, page in said.items() if page["status"] < 500 and "detail" not in page} <= {"P0001", "P0002"}
    assert said["JL101"]["title"] == {"en": "No such move", "fr": "Transition inexistante"}[language]


def test_no_code_says_the_same_in_both_languages(client: Client) -> None:
    for code in codes(client):
        english, french = (
            client.get(f"/errors/{code}", headers=JSON | {"accept-language": language}).json()
            for language in ("en", "fr")
        )
        assert english["meaning"] != french["meaning"], code
        assert english.get("detail", "") != french.get("detail") or "detail" not in english, code


def test_a_page_says_what_the_registry_says(client: Client, db: psycopg.Connection[Any]) -> None:
    rows = db.execute("select sqlstate, http_status, title, description from jalon_engine.error_code").fetchall()
    for row in rows:
        page = client.get(f"/errors/{row[0]}", headers=JSON).json()
        assert (page["code"], page["status"], page["title"], page["meaning"]) == row


def test_a_code_without_words_in_the_readers_language_is_explained_in_those_of_the_registry(
    client: Client, db: psycopg.Connection[Any]
) -> None:
    db.execute("insert into jalon_engine.error_code values ('JL199', 409, 'No room', 'The hall is full.')")
    page = client.get("/errors/JL199", headers=JSON | {"accept-language": "fr"}).json()
    assert page == {"code": "JL199", "status": 409, "title": "No room", "meaning": "The hall is full."}


def test_a_browser_gets_a_page_in_its_language(client: Client) -> None:
    answer = client.get("/errors/JL101", headers=BROWSER | {"accept-language": "fr"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="fr"' in answer.text
    assert "<h1>Transition inexistante</h1>" in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["vary"]
    assert "<h1>No such move</h1>" in client.get("/errors/JL101?format=html", headers=JSON).text
    assert client.get("/errors/JL101?format=json", headers=BROWSER).json()["code"] == "JL101"


def test_each_code_has_a_page_for_people(client: Client) -> None:
    answers = {code: client.get(f"/errors/{code}", headers=BROWSER).status_code for code in codes(client)}
    assert set(answers.values()) == {200}, answers


def test_what_prefers_nothing_gets_the_page(client: Client) -> None:
    assert client.get("/errors/JL101", headers={"accept": "*/*"}).headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("headers", [JSON, BROWSER])
def test_head_and_a_known_etag_are_answered_without_a_body(client: Client, headers: dict[str, str]) -> None:
    whole = client.get("/errors/JL101", headers=headers)
    head = client.head("/errors/JL101", headers=headers)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", whole.headers["etag"])
    known = client.get("/errors/JL101", headers=headers | {"if-none-match": whole.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    french = headers | {"accept-language": "fr", "if-none-match": whole.headers["etag"]}
    assert client.get("/errors/JL101", headers=french).status_code == 200


@pytest.mark.parametrize("code", ["JL999", "JL10", "jl101", "99999", "nonsense", "' or 1=1 --", "a%2Fb"])
@pytest.mark.parametrize("headers", [JSON, BROWSER])
def test_an_unknown_code_is_not_found(client: Client, code: str, headers: dict[str, str]) -> None:
    answer = client.get(f"/errors/{code}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "JL401")
    assert answer.json()["detail"].startswith("there is no error code")


@pytest.mark.parametrize("headers", [JSON, BROWSER])
@pytest.mark.parametrize("query", ["format=pdf", "format=json&format=html", "nonsense=1"])
def test_parameters_that_it_lacks_are_refused(client: Client, query: str, headers: dict[str, str]) -> None:
    assert client.get(f"/errors/JL101?{query}", headers=headers).status_code == 400


def test_who_is_refused_for_want_of_a_right_token_reads_why(client: Client) -> None:
    wrong = {"authorization": "Bearer nonsense"}
    problem = client.get("/api/v1/tracked", headers=wrong).json()
    assert problem["type"] == "/errors/JL201"
    assert client.get(problem["type"], headers=wrong | JSON).status_code == 200


def test_the_type_of_a_problem_leads_to_its_code(client: Client, bearer: Bearer) -> None:
    made = [
        client.get("/api/v1/tracked/nonsense", headers=bearer("anna")),
        client.get("/api/v1/tracked"),
        client.post("/api/v1/dossiers", json={"leadName": 1}, headers=bearer("anna")),
        client.post("/api/v1/dossiers", content="{", headers=bearer("anna") | {"content-type": "application/json"}),
        client.get("/api/v1/recaps/weekly?tz=Nowhere", headers=bearer("anna")),
        client.get("/api/v1/tracked?nonsense=1", headers=bearer("anna")),
    ]
    for answer in made:
        assert answer.json()["type"] == f"/errors/{answer.json()['code']}"
        page = client.get(answer.json()["type"], headers=JSON).json()
        assert (page["code"], page["status"]) == (answer.json()["code"], answer.status_code)


def test_a_problem_without_a_code_has_no_type(client: Client) -> None:
    for problem in (client.get("/nonsense").json(), client.put("/api/v1/tracked").json()):
        assert (problem["code"], problem["type"]) == (None, "about:blank")


def test_refusals_that_never_reach_the_framework_have_their_type() -> None:
    assert b'"type":"/errors/53300"' in problems.busy_answer("en")[1]
    assert b'"type":"/errors/JL405"' in bounds.refusal_response(431, "en")
    assert b'"type":"about:blank"' in bounds.refusal_response(408, "en")


def test_what_the_dossier_document_fixes_stays(client: Client, bearer: Bearer) -> None:
    unknown = client.post("/api/v1/dossiers", json=CREATE | {"statusCode": "NONSENSE"}, headers=bearer("anna"))
    assert (unknown.json()["code"], unknown.json()["type"]) == ("JL402", "about:blank")


def test_every_native_code_is_one_of_the_enumeration(client: Client) -> None:
    assert set(codes(client)) >= NATIVE_CODES
