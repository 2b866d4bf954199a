"""Hot endpoints go without the framework: the same answers, whatever is asked."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import psycopg
import pytest
from litestar.testing import TestClient

from jalon.settings import Settings
from tests.applications import client_of

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
RECORD, MOVES = "/api/v1/tracked/orders/7", "/api/v1/tracked/orders/7/moves"
JSON = {"content-type": "application/json"}
PAY = b'{"to": "PAID", "reason": "by card"}'
TRY = {"prefer": "tx=rollback"}  # what is asked of two applications is done by neither

# What is asked, and whether it goes the straight way.
ASKED: list[tuple[str, str, str, bytes | None, dict[str, str], bool]] = [
    ("a record", "GET", RECORD, None, {}, True),
    ("a record that is known", "GET", RECORD, None, {"if-none-match": '"7.1"'}, True),
    ("a record in French", "GET", RECORD, None, {"accept-language": "fr"}, True),
    ("a record that is not there", "GET", "/api/v1/tracked/orders/9999", None, {}, True),
    ("a table that is not there", "GET", "/api/v1/tracked/nothing/7", None, {}, True),
    ("a record of before", "GET", f"{RECORD}?asOf=2020-01-01", None, {}, False),
    ("an unknown parameter", "GET", f"{RECORD}?colour=red", None, {}, False),
    ("a key that is too long", "GET", "/api/v1/tracked/orders/" + "7" * 1001, None, {}, False),
    ("a key with a slash", "GET", "/api/v1/tracked/orders/7%2F8", None, {}, False),
    ("a key with a quote and a percent sign", "GET", "/api/v1/tracked/orders/7'%25", None, {}, True),
    ("another method", "DELETE", RECORD, None, {}, False),
    ("a move", "POST", MOVES, PAY, JSON, True),
    ("a move that is no arrow", "POST", MOVES, b'{"to": "SHIPPED"}', JSON, True),
    ("a move without its reason", "POST", MOVES, b'{"to": "CANCELLED"}', JSON, True),
    ("a move with all that there is", "POST", MOVES, b'{"to": "PAID", "meta": {"a": [1]}, "expectedVersion": 1}', JSON, True),
    ("a move of a version that was", "POST", MOVES, PAY, JSON | {"if-match": '"7.9"'}, True),
    ("an ETag that is none", "POST", MOVES, PAY, JSON | {"if-match": "nonsense"}, True),
    ("an idempotency key that is none", "POST", MOVES, PAY, JSON | {"idempotency-key": "\x7f"}, True),
    ("a body that is no JSON", "POST", MOVES, b'{"to": ', JSON, False),
    ("a body that is no UTF-8", "POST", MOVES, b'{"to": "\xff"}', JSON, False),
    ("a body with an unknown field", "POST", MOVES, b'{"to": "PAID", "colour": 1}', JSON, False),
    ("a body with a wrong type", "POST", MOVES, b'{"to": 5}', JSON, False),
    ("no body", "POST", MOVES, b"", JSON, False),
    ("a NUL", "POST", MOVES, b'{"to": "PAID\\u0000"}', JSON, True),
    ("another charset", "POST", MOVES, PAY, {"content-type": "application/json; charset=utf-8"}, False),
    ("a counterparty that is not there", "POST", "/roadshow/9999/status", b'{"newStatus": "Live"}', JSON, True),
    ("a counterparty's number that is none", "POST", "/roadshow/x/status", b'{"newStatus": "Live"}', JSON, False),
    ("a form", "POST", MOVES, b"to=PAID", {"content-type": "application/x-www-form-urlencoded"}, False),
    ("a body that is too long", "POST", MOVES, b'{"to": "' + b"x" * 2_000_000 + b'"}', JSON, False),
    ("a table's name that is too long", "POST", f"/api/v1/tracked/{'x' * 101}/7/moves", PAY, JSON, False),
    ("a browser from elsewhere", "POST", MOVES, PAY, JSON | {"origin": "https://elsewhere.example"}, False),
]  # fmt: skip


@pytest.fixture
def winding(settings: Settings) -> Iterator[Client]:
    """The same application, with everything going the framework's way."""
    with client_of(msgspec.structs.replace(settings, straight=False)) as client:
        yield client


def told(client: Client, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
    answer = client.request(method, path, content=body, headers=headers)
    words = answer.content if answer.headers.get("content-type") != "application/json" else answer.json()
    if isinstance(words, dict):
        words.pop("changedAt", None)
    return (
        answer.status_code,
        {
            k: sorted(v) for k, v in answer.headers.items() if k not in ("x-request-id", "content-length")
        },  # Allow has no order
        words,
    )


@pytest.fixture
def framed(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that the framework was asked for."""
    frame: Any = client.app.asgi_handler
    asked, through = [], frame.app

    async def counting(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        await through(scope, receive, send)

    monkeypatch.setattr(frame, "app", counting)
    return asked


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "straight"), [a[1:] for a in ASKED], ids=[a[0] for a in ASKED]
)
def test_the_answer_is_the_frameworks(
    shop: psycopg.Connection[Any], client: Client, winding: Client, framed: list[str], bearer: Bearer,
    method: str, path: str, body: bytes | None, headers: dict[str, str], straight: bool,
) -> None:  # fmt: skip
    who = bearer("anna", "clerk") | TRY | headers
    for each in (client, winding):
        each.get(RECORD, headers=who)  # a token is verified by the framework when it is new
    framed.clear()
    assert told(client, method, path, body, who) == told(winding, method, path, body, who)
    assert bool(framed) is not straight


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic YTpi"}])
def test_a_stranger_is_refused_as_ever(
    shop: psycopg.Connection[Any], client: Client, winding: Client, headers: dict[str, str]
) -> None:
    for asked in (("GET", RECORD, None), ("POST", MOVES, PAY)):
        assert told(client, *asked, headers | JSON) == told(winding, *asked, headers | JSON)


def test_a_remembered_token_that_has_expired_is_refused(
    shop: psycopg.Connection[Any], client: Client, bearer: Bearer
) -> None:
    who = bearer("anna", "clerk")
    assert client.get(RECORD, headers=who).status_code == 200
    known = client.app.state.authenticator.known
    header = who["authorization"].encode()
    known[header] = (known[header][0], 1.0, known[header][2])
    assert client.app.state.authenticator.remembered(header) is None


def test_what_goes_straight_is_counted_and_logged_like_all_else(
    shop: psycopg.Connection[Any], client: Client, framed: list[str], bearer: Bearer, capfd: pytest.CaptureFixture[str]
) -> None:
    who = bearer("anna", "clerk")
    client.get(RECORD, headers=who)
    framed.clear()
    assert client.post(MOVES, content=PAY, headers=who | JSON).json()["version"] == 2
    assert not framed
    text = client.get("/metrics", headers=who).text
    assert 'method="POST",route="/api/v1/tracked/{table}/{id}/moves",status="200"' in text
    assert 'jalon_moves_total{table="orders",left="NEW",entered="PAID"' in text
    assert capfd.readouterr().err.count('"route":"/api/v1/tracked/{table}/{id}/moves","status":200,"actor":"anna"') == 1


def test_an_error_of_ours_is_a_500_without_its_words(
    shop: psycopg.Connection[Any], client: Client, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = bearer("anna", "clerk")
    client.get(RECORD, headers=who)

    def broken(*_: Any) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(client.app.state.queues, "get", broken)
    answer = client.get(RECORD, headers=who)
    assert (answer.status_code, "secret" in answer.text) == (500, False)
    assert answer.headers["content-type"] == "application/problem+json"
