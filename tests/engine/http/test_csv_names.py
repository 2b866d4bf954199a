"""A CSV is saved under a name that says what it holds and when."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import unquote

import pytest
from litestar.testing import TestClient

from jalon.server.call import csv_headers, csv_subject

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
DAY = r"\d{4}-\d{2}-\d{2}"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("transitions", f"transitions-{DAY}"), ("transitions?table=users", f"transitions-users-{DAY}"),
        ("time-in-status?table=jalon_members.users", f"time-in-status-jalon_members.users-{DAY}"),
        ("weekly?week=2026-W47", "weekly-2026-W47"), ("weekly-changes?week=2026-W47&table=users",
            "weekly-changes-users-2026-W47"),
        ("role-statistics", f"role-statistics-{DAY}"),
    ],
)  # fmt: skip
def test_the_name_says_of_what_and_when(client: Client, bearer: Bearer, path: str, name: str) -> None:
    address = f"/api/v1/recaps/{path}{'&' if '?' in path else '?'}format=csv"
    answer = client.get(address, headers=bearer("anna", "admin"))
    assert answer.status_code == 200, answer.text
    said = re.fullmatch(r'attachment; filename="(.+)\.csv"', answer.headers["content-disposition"])
    assert said
    assert re.fullmatch(name, said[1])
    head = client.head(address, headers=bearer("anna", "admin"))
    assert head.headers["content-disposition"] == answer.headers["content-disposition"]


def test_json_is_not_saved_as_a_file(client: Client, bearer: Bearer) -> None:
    answer = client.get("/api/v1/recaps/transitions", headers=bearer("anna", "admin"))
    assert "content-disposition" not in answer.headers


def test_a_refusal_has_no_name(client: Client, bearer: Bearer) -> None:
    answer = client.get("/api/v1/recaps/transitions?table=nonsense&format=csv", headers=bearer("anna", "admin"))
    assert (answer.status_code, "content-disposition" in answer.headers) == (404, False)


def test_a_name_of_other_letters_is_kept_and_nothing_ends_the_header() -> None:
    header = csv_headers("transitions", 'été "x"\r\nSet-Cookie: a=1', "2026-W47")["content-disposition"]
    assert header.isascii()
    assert "\r" not in header
    assert "\n" not in header
    plain, encoded = header.removeprefix('attachment; filename="').split("\"; filename*=UTF-8''")
    assert (plain, unquote(encoded)) == (
        "transitions-_t_-x-Set-Cookie-a-1-2026-W47.csv",
        "transitions-été-x-Set-Cookie-a-1-2026-W47.csv",
    )


def test_the_subject_is_the_end_of_the_address_then_table_then_week() -> None:
    asked = SimpleNamespace(scope={"path": "/api/v1/recaps/weekly"}, query_params={"week": "2026-W01", "table": "a"})
    assert list(csv_subject(cast(Any, asked))) == ["weekly", "a", "2026-W01"]


def test_each_operation_that_answers_csv_documents_the_header(client: Client) -> None:
    found = 0
    for methods in client.get("/docs/openapi.json").json()["paths"].values():
        for operation in methods.values():
            answer = operation["responses"].get("200", {})
            is_csv = "text/csv" in answer.get("content", {})
            assert is_csv == ("Content-Disposition" in answer.get("headers", {})), operation["operationId"]
            found += is_csv
    assert found > 10
