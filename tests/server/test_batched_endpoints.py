"""Batched endpoints answer as they do without batches, for every request."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import psycopg
import pytest
from litestar.testing import TestClient

from jalon.server.auth import digest
from jalon.settings import Settings
from tests.applications import client_of

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
RECORD, MOVES = "/api/v1/tracked/orders/7", "/api/v1/tracked/orders/7/moves"
JSON = {"content-type": "application/json"}
PAY = b'{"to": "PAID", "reason": "by card"}'
TRY = {"prefer": "tx=rollback"}  # what is asked of two applications is done by neither

ASKED: list[tuple[str, str, str, bytes | None, dict[str, str]]] = [
    ("a record", "GET", RECORD, None, {}),
    ("a record that is known", "GET", RECORD, None, {"if-none-match": '"7.1"'}),
    ("a record in French", "GET", RECORD, None, {"accept-language": "fr"}),
    ("a record that is not there", "GET", "/api/v1/tracked/orders/9999", None, {}),
    ("a table that is not there", "GET", "/api/v1/tracked/nothing/7", None, {}),
    ("a record of before", "GET", f"{RECORD}?asOf=2020-01-01", None, {}),
    ("an unknown parameter", "GET", f"{RECORD}?colour=red", None, {}),
    ("a key that is too long", "GET", "/api/v1/tracked/orders/" + "7" * 1001, None, {}),
    ("a key with a slash", "GET", "/api/v1/tracked/orders/7%2F8", None, {}),
    ("a key with a quote and a percent sign", "GET", "/api/v1/tracked/orders/7'%25", None, {}),
    ("another method", "DELETE", RECORD, None, {}),
    ("a move", "POST", MOVES, PAY, JSON),
    ("a move that is not a transition", "POST", MOVES, b'{"to": "SHIPPED"}', JSON),
    ("a move without its reason", "POST", MOVES, b'{"to": "CANCELLED"}', JSON),
    ("a move with all that there is", "POST", MOVES, b'{"to": "PAID", "meta": {"a": [1]}, "expectedVersion": 1}', JSON),
    ("a move of a version that was", "POST", MOVES, PAY, JSON | {"if-match": '"7.9"'}),
    ("an ETag that is none", "POST", MOVES, PAY, JSON | {"if-match": "nonsense"}),
    ("an idempotency key that is none", "POST", MOVES, PAY, JSON | {"idempotency-key": "\x7f"}),
    ("a body that is not JSON", "POST", MOVES, b'{"to": ', JSON),
    ("a body that is not UTF-8", "POST", MOVES, b'{"to": "\xff"}', JSON),
    ("a body with an unknown field", "POST", MOVES, b'{"to": "PAID", "colour": 1}', JSON),
    ("a body with a wrong type", "POST", MOVES, b'{"to": 5}', JSON),
    ("no body", "POST", MOVES, b"", JSON),
    ("a NUL", "POST", MOVES, b'{"to": "PAID\\u0000"}', JSON),
    ("another charset", "POST", MOVES, PAY, {"content-type": "application/json; charset=utf-8"}),
    ("a counterparty that is not there", "POST", "/roadshow/9999/status", b'{"newStatus": "Live"}', JSON),
    ("a counterparty's number that is none", "POST", "/roadshow/x/status", b'{"newStatus": "Live"}', JSON),
    ("a form", "POST", MOVES, b"to=PAID", {"content-type": "application/x-www-form-urlencoded"}),
    ("a body that is too long", "POST", MOVES, b'{"to": "' + b"x" * 2_000_000 + b'"}', JSON),
    ("a table's name that is too long", "POST", f"/api/v1/tracked/{'x' * 101}/7/moves", PAY, JSON),
    ("a browser from elsewhere", "POST", MOVES, PAY, JSON | {"origin": "https://elsewhere.example"}),
]  # fmt: skip


@pytest.fixture
def single(settings: Settings) -> Iterator[Client]:
    """The same application, with a statement for each call."""
    with client_of(msgspec.structs.replace(settings, batch_size=1)) as client:
        yield client


def answer_of(client: Client, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
    answer = client.request(method, path, content=body, headers=headers)
    body_of = answer.content if answer.headers.get("content-type") != "application/json" else answer.json()
    if isinstance(body_of, dict):
        body_of.pop("changedAt", None)
    kept = {k: v for k, v in answer.headers.items() if k not in ("x-request-id", "content-length")}
    if "allow" in kept:
        kept["allow"] = ", ".join(sorted(kept["allow"].split(", ")))
    return answer.status_code, kept, body_of


@pytest.mark.parametrize(("method", "path", "body", "headers"), [a[1:] for a in ASKED], ids=[a[0] for a in ASKED])
def test_a_shared_statement_changes_no_answer(
    shop: psycopg.Connection[Any], client: Client, single: Client, bearer: Bearer,
    method: str, path: str, body: bytes | None, headers: dict[str, str],
) -> None:  # fmt: skip
    who = bearer("anna", "clerk") | TRY | headers
    assert answer_of(client, method, path, body, who) == answer_of(single, method, path, body, who)


def test_a_cached_token_that_has_expired_is_refused(
    shop: psycopg.Connection[Any], client: Client, bearer: Bearer
) -> None:
    who = bearer("anna", "clerk")
    assert client.get(RECORD, headers=who).status_code == 200
    known = client.app.state.authenticator.cached
    token = who["authorization"].partition(" ")[2]
    known[digest(token)] = (known[digest(token)][0], 1.0, known[digest(token)][2])
    assert client.app.state.authenticator.find_cached(token) is None


def test_what_shares_a_statement_is_counted_and_logged_like_all_else(
    shop: psycopg.Connection[Any], client: Client, bearer: Bearer, capfd: pytest.CaptureFixture[str]
) -> None:
    who = bearer("anna", "clerk")
    assert client.post(MOVES, content=PAY, headers=who | JSON).json()["version"] == 2
    text = client.get("/metrics", headers=who).text
    assert 'method="POST",route="/api/v1/tracked/{table}/{id}/moves",status="200"' in text
    assert 'jalon_moves_total{table="orders",left="NEW",entered="PAID"' in text
    assert capfd.readouterr().err.count('"route":"/api/v1/tracked/{table}/{id}/moves","status":200,"actor":"anna"') == 1


def test_an_error_of_ours_is_a_500_without_its_words(
    shop: psycopg.Connection[Any], client: Client, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(client.app.state.batchers, "get", broken)
    answer = client.get(RECORD, headers=bearer("anna", "clerk"))
    assert (answer.status_code, "secret" in answer.text) == (500, False)
    assert answer.headers["content-type"] == "application/problem+json"
