"""The statuses that the OpenAPI document gives an operation are those that it can answer with."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import psycopg
import pytest
from litestar.testing import TestClient

from jalon.server.app import build_routed_app, create_app
from jalon.server.auth import new_key
from jalon.server.openapi_document import complete_document
from jalon.settings import Settings
from tests.applications import client_of
from tests.schema.rights import Rights, endpoints

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
DOCUMENT = complete_document(create_app(Settings(home=Path("/"), token_secret="tests-only-" * 4)), ["JL101"])
UUID = "0b9f3f1e-5d3c-4f0e-9d54-3f1f3f2d7a10"
OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
    if "text/event-stream" not in operation["responses"].get("200", {}).get("content", {})  # it does not end
]


def address(operation: dict[str, Any], path: str) -> str:
    """The address with keys of nothing, and with the parameters that it needs."""
    needed = {}
    for parameter in operation.get("parameters", []):
        value = UUID if parameter.get("schema", {}).get("format") == "uuid" else "nonsense"
        if parameter.get("in") == "path":
            path = path.replace(f"{{{parameter['name']}}}", value)
        elif parameter.get("in") == "query" and parameter["required"]:
            needed[parameter["name"]] = value
    return path + ("?" + urlencode(needed) if needed else "")


def answers(
    client: Client, send: Callable[[str, dict[str, Any]], dict[str, Any]] = lambda *_: {}, **options: Any
) -> Iterator[tuple[str, int, set[str]]]:
    """Name, status of the answer and documented statuses of each operation."""
    for method, path, operation in OPERATIONS:
        answer = client.request(method, address(operation, path), **options, **send(method, operation))
        documented = set(operation["responses"])
        assert str(answer.status_code) in documented, (method, path, answer.status_code, answer.text)
        yield operation["operationId"], answer.status_code, documented


def differing(found: Iterator[tuple[str, int, set[str]]], status: int) -> list[str]:
    """The operations that answer with a status and don't document it, or the other way round."""
    return [name for name, answered, documented in found if (answered == status) != (str(status) in documented)]


def test_401_is_documented_where_a_wrong_token_is_refused(client: Client) -> None:
    assert differing(answers(client, headers={"authorization": "Bearer nonsense"}), 401) == []


def test_who_shows_no_token_is_refused_unless_the_operation_needs_none(client: Client) -> None:
    for (name, status, _), (_, _, operation) in zip(answers(client), OPERATIONS, strict=True):
        assert (status == 401) == ({} not in operation["security"]), name


def test_429_is_documented_where_a_sender_may_have_sent_too_many(settings: Settings) -> None:
    with client_of(msgspec.structs.replace(settings, address_rate=1)) as client:
        client.get("/api/v1/tracked")
        assert differing(answers(client), 429) == []


def test_503_is_documented_where_the_database_is_asked(settings: Settings) -> None:
    """It is asked whose an API key is, before anything else."""
    away = msgspec.structs.replace(settings, api_dsn="host=127.0.0.1 port=9 user=jalon_api", pool_timeout=0.02)
    with client_of(away) as client:
        assert differing(answers(client, headers={"authorization": f"Bearer {new_key()}"}), 503) == []


def test_415_is_documented_where_a_body_is_read(client: Client, bearer: Bearer) -> None:
    headers = bearer("anna", "admin") | {"content-type": "text/plain"}

    def send(method: str, operation: dict[str, Any]) -> dict[str, Any]:
        return {"content": b"x"} if method != "GET" else {}

    found = answers(client, send, headers=headers | {"prefer": "tx=rollback"})
    assert differing(found, 415) == []


def test_413_is_documented_where_a_body_is_read(settings: Settings, bearer: Bearer) -> None:
    headers = bearer("anna", "admin") | {"content-type": "application/json", "prefer": "tx=rollback"}

    def send(method: str, operation: dict[str, Any]) -> dict[str, Any]:
        return {"content": b" " * 200} if method != "GET" else {}

    with client_of(msgspec.structs.replace(settings, max_body=100)) as client:
        assert differing(answers(client, send, headers=headers), 413) == []


def test_304_is_documented_where_an_answer_has_an_etag(client: Client, bearer: Bearer) -> None:
    headers = bearer("anna", "admin", "moderator", "organizer")
    known = 0
    for method, path, operation in OPERATIONS:
        if method != "GET":
            assert "304" not in operation["responses"]
            continue
        first = client.get(address(operation, path), headers=headers)
        if first.status_code == 200:
            etag = first.headers.get("etag")
            assert bool(etag) == ("304" in operation["responses"]), path
            known += bool(etag)
            if etag:
                again = client.get(address(operation, path), headers=headers | {"if-none-match": etag})
                assert again.status_code == 304, path
    assert known > 20


@pytest.mark.parametrize("headers", [{"prefer": "nonsense=("}, {"idempotency-key": ""}, {"if-match": "nonsense"}])
def test_what_a_nobody_gets_for_bad_headers_is_documented(
    client: Client, bearer: Bearer, headers: dict[str, str]
) -> None:
    assert len(list(answers(client, headers=bearer("nobody") | headers))) == len(OPERATIONS)


def test_reading_is_refused_with_403_where_a_right_is_asked_for(db: psycopg.Connection[Any]) -> None:
    rights, app = Rights(db), build_routed_app(1_000_000, "")
    asked = {
        (one.method, one.path): any(rights.of(name) for name in one.functions)
        for one in endpoints(app)
        if one.method == "GET"
    }
    wrong = [
        path
        for method, path, operation in OPERATIONS
        if method == "GET" and asked[method, path] != ("403" in operation["responses"])
    ]
    assert wrong == []
