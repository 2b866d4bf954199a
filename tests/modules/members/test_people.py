"""Names are suggested where somebody is to be named: of people whom the caller meets in what he may see."""

from typing import Any

import pytest


@pytest.fixture
def suggested(client: Any, bearer: Any) -> Any:
    def suggested(who: str, *roles: str, q: str = "") -> list[str]:
        answer = client.get("/api/v1/people", params={"q": q}, headers=bearer(who, *roles))
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    return suggested


@pytest.fixture
def dossier(client: Any, bearer: Any) -> None:
    given = {"leadName": "X", "assignee": "paula"}
    assert client.post("/api/v1/dossiers", json=given, headers=bearer("lena", "admin")).status_code == 201


def test_who_reads_the_records_is_told_whom_they_name(suggested: Any, dossier: None) -> None:
    assert suggested("anna", "admin", q="paul") == ["paula"]
    assert suggested("anna", "admin", q="LENA") == ["lena"]


def test_who_does_not_is_told_of_himself_alone(suggested: Any, dossier: None, db: Any) -> None:
    db.execute("select jalon.set_permission('any', 'read_all', t.name, '*', false) from jalon_engine.tracked t")
    assert suggested("stranger") == ["stranger"]
    assert suggested("stranger", q="paul") == []
