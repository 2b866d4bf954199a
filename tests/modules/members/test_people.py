"""Suggested names are those of people whom the caller meets in records that they may see."""

from typing import Any

import pytest


@pytest.fixture
def suggestions(client: Any, bearer: Any) -> Any:
    def suggestions(who: str, *roles: str, q: str = "") -> list[str]:
        answer = client.get("/api/v1/people", params={"q": q}, headers=bearer(who, *roles))
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    return suggestions


@pytest.fixture
def dossier(client: Any, bearer: Any) -> None:
    given = {"leadName": "X", "assignee": "paula"}
    assert client.post("/api/v1/dossiers", json=given, headers=bearer("lena", "admin")).status_code == 201


def test_people_who_read_the_records_get_the_names_in_them(suggestions: Any, dossier: None) -> None:
    assert suggestions("anna", "admin", q="paul") == ["paula"]
    assert suggestions("anna", "admin", q="LENA") == ["lena"]


def test_people_who_do_not_get_their_own_name_only(suggestions: Any, dossier: None, db: Any) -> None:
    db.execute("select jalon.set_permission('any', 'read_all', t.name, '*', false) from jalon_engine.tracked t")
    assert suggestions("stranger") == ["stranger"]
    assert suggestions("stranger", q="paul") == []
