"""The outer middleware: ids, headers, limits, methods, logs, metrics, idempotency and dry runs."""

import json
import re
from collections.abc import Callable
from typing import Any

import msgspec
import psycopg
import pytest
from litestar.testing import TestClient

from jalon.settings import Settings
from tests.applications import client_of

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
Shop = psycopg.Connection[Any]
ORDER = "/api/v1/tracked/orders/7"


def status(shop: Shop) -> Any:
    return shop.execute("select status, status_version from shop.orders where id = 7").fetchone()


def test_a_repeat_under_one_key_is_answered_and_not_done_again(shop: Shop, client: Client, bearer: Bearer) -> None:
    headers = bearer("anna", "clerk", **{"idempotency-key": '"a b"'})
    first = client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=headers)
    again = client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=headers)
    assert (first.status_code, first.content, first.headers["etag"]) == (200, again.content, again.headers["etag"])
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    assert status(shop) == ("PAID", 2)


def test_a_key_is_for_one_request_of_one_caller(shop: Shop, client: Client, bearer: Bearer) -> None:
    key = {"idempotency-key": "k"}
    assert client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=bearer("anna", "clerk", **key)).status_code == 200
    other = client.post(f"{ORDER}/moves", json={"to": "NEW"}, headers=bearer("anna", "clerk", **key))
    assert (other.status_code, other.json()["code"]) == (422, "JL412")
    assert client.post(f"{ORDER}/moves", json={"to": "NEW"}, headers=bearer("ben", "clerk", **key)).status_code == 200


def test_what_was_refused_may_be_tried_again_under_its_key(shop: Shop, client: Client, bearer: Bearer) -> None:
    headers = bearer("anna", "clerk", **{"idempotency-key": "k"})
    assert client.post(f"{ORDER}/moves", json={"to": "SHIPPED"}, headers=headers).status_code == 409
    shop.execute("select jalon_engine.seal_actor('s', 'anna', '')")
    client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=bearer("anna", "clerk"))
    assert client.post(f"{ORDER}/moves", json={"to": "SHIPPED"}, headers=headers).status_code == 200


def test_keys_older_than_a_day_are_forgotten(shop: Shop, client: Client, bearer: Bearer) -> None:
    shop.execute(
        "insert into jalon_engine.idempotency (principal, key, request_hash, created_at) select 'x', n::text, '', "
        "now() - interval '25 hours' from generate_series(1, 3) n"
    )
    client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=bearer("anna", "clerk", **{"idempotency-key": "k"}))
    assert shop.execute("select count(*) from jalon_engine.idempotency").fetchone() == (2,)


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "a\tb"])
def test_a_malformed_key_is_refused(shop: Shop, client: Client, bearer: Bearer, key: str) -> None:
    headers = bearer("anna", "clerk", **{"idempotency-key": key})
    assert client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=headers).status_code == 400
    assert status(shop) == ("NEW", 1)


def test_a_dry_run_does_all_and_leaves_nothing(shop: Shop, client: Client, bearer: Bearer) -> None:
    headers = bearer("anna", "clerk", prefer="respond-async, tx=rollback", **{"idempotency-key": "k"})
    answer = client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=headers)
    assert (answer.json()["version"], answer.headers["preference-applied"]) == (2, "tx=rollback")
    assert client.post(f"{ORDER}/moves", json={"to": "SHIPPED"}, headers=headers).json()["code"] == "JL101"
    assert status(shop) == ("NEW", 1)
    assert shop.execute("select count(*) from jalon_engine.idempotency").fetchone() == (0,)


@pytest.mark.parametrize(
    ("tag", "answer"),
    [('"7.1"', 200), ("*", 200), ('"7.2"', 412), ('W/"7.1"', 412), ('"8.1"', 412), ("7.1", 400), ('"7.1', 400)],
)
def test_if_match_is_kept(shop: Shop, client: Client, bearer: Bearer, tag: str, answer: int) -> None:
    response = client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=bearer("anna", "clerk", **{"if-match": tag}))
    assert response.status_code == answer
    assert status(shop)[1] == (2 if answer == 200 else 1)
    if answer == 412:
        assert response.json()["etag"] == '"7.1"'


def test_if_match_may_be_required(shop: Shop, settings: Settings, bearer: Bearer) -> None:
    with client_of(msgspec.structs.replace(settings, require_if_match=True)) as client:
        answer = client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=bearer("anna", "clerk"))
        assert (answer.status_code, answer.json()["code"]) == (428, "JL411")
        headers = bearer("anna", "clerk", **{"if-match": '"7.1"'})
        assert client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=headers).status_code == 200


def test_every_answer_has_the_standard_headers(client: Client) -> None:
    for path in ("/health/live", "/none", "/docs", "/api/v1/tracked"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])
        assert "strict-transport-security" not in headers


def test_a_request_id_comes_back_if_it_is_one(client: Client) -> None:
    assert client.get("/health/live", headers={"x-request-id": "abc-1.2"}).headers["x-request-id"] == "abc-1.2"
    for bad in ("a b", "x" * 65, 'a"b', ""):
        assert client.get("/health/live", headers={"x-request-id": bad}).headers["x-request-id"] != bad


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/v1/tracked"), ("PUT", ORDER), ("DELETE", f"{ORDER}/moves"), ("PATCH", "/health/live")],
)
def test_a_wrong_method_is_refused(client: Client, bearer: Bearer, method: str, path: str) -> None:
    answer = client.request(method, path, headers=bearer("anna"))
    assert (answer.status_code, answer.json()["title"]) == (405, "Method Not Allowed")
    assert "GET" in answer.headers["allow"]


def test_a_body_that_is_too_large_is_refused(shop: Shop, settings: Settings, bearer: Bearer) -> None:
    with client_of(msgspec.structs.replace(settings, max_body=1000)) as client:
        body = json.dumps({"to": "PAID", "reason": "x" * 1000})
        headers = bearer("anna", "clerk", **{"content-type": "application/json"})
        assert client.post(f"{ORDER}/moves", content=body, headers=headers).status_code == 413
        assert client.post(f"{ORDER}/moves", content=iter([body.encode()] * 3), headers=headers).status_code == 413


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"to": "PAID", "to": }', b'{"to": NaN}', b"{" * 2000]
)
def test_bad_json_is_refused(shop: Shop, client: Client, bearer: Bearer, body: bytes) -> None:
    answer = client.post(
        f"{ORDER}/moves", content=body, headers=bearer("anna", "clerk", **{"content-type": "application/json"})
    )
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


NASTY = [
    "'",
    '"',
    "\\",
    "'; drop table shop.orders; --",
    "%s",
    "{to}",
    "\u202e",
    "\U0001f4a9",
    "x" * 1_000_000,
    "\0",
    "\ud800",
    "$1",
    "\n",
]


@pytest.mark.parametrize("field", ["to", "reason", "expectedFrom", "column", "onBehalfOf", "meta"])
@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nasty_texts_do_no_harm(shop: Shop, client: Client, bearer: Bearer, field: str, text: str) -> None:
    value: Any = {text: text} if field == "meta" else text
    body = json.dumps({"to": "PAID"} | {field: value})
    answer = client.post(
        f"{ORDER}/moves", content=body, headers=bearer("anna", "clerk", **{"content-type": "application/json"})
    )
    assert answer.status_code < 500, answer.text
    if answer.status_code == 200 and field == "reason":
        assert shop.execute("select reason from jalon_history.shop__orders where version = 2").fetchone() == (text,)


def test_browsers_call_from_allowed_origins_only(settings: Settings) -> None:
    preflight = {"origin": "https://a.example", "access-control-request-method": "GET"}
    with client_of(settings) as client:
        assert "access-control-allow-origin" not in client.options("/health/live", headers=preflight).headers
    with client_of(msgspec.structs.replace(settings, cors_origins="https://a.example")) as client:
        assert (
            client.options("/health/live", headers=preflight).headers["access-control-allow-origin"]
            == "https://a.example"
        )
        preflight["origin"] = "https://b.example"
        assert "access-control-allow-origin" not in client.options("/health/live", headers=preflight).headers


def test_forwarded_headers_count_from_trusted_proxies_only(settings: Settings) -> None:
    https = {"x-forwarded-proto": "https", "x-forwarded-for": "9.9.9.9"}
    for trusted, counts in (("", False), ("10.0.0.1", False), ("testclient", True)):
        with client_of(msgspec.structs.replace(settings, trusted_proxies=trusted)) as client:
            assert ("strict-transport-security" in client.get("/health/live", headers=https).headers) is counts


def test_readiness_ends_when_the_process_is_to_stop(client: Client) -> None:
    assert client.get("/health/ready").json() == {"status": "ready"}
    client.app.state.draining = True
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200


def test_a_line_of_log_says_who_did_what_without_bodies_and_tokens(
    shop: Shop, client: Client, bearer: Bearer, capfd: pytest.CaptureFixture[str]
) -> None:
    headers = bearer("anna", "clerk", **{"x-request-id": "req-1"})
    client.post(f"{ORDER}/moves?x=secret", json={"to": "PAID", "reason": "secret"}, headers=headers)
    out = capfd.readouterr().err
    [line] = [json.loads(line) for line in out.splitlines() if '"req-1"' in line]
    assert line["actor"] == "anna"
    assert (line["method"], line["route"], line["status"]) == ("POST", "/api/v1/tracked/{table}/{id}/moves", 400)
    assert "secret" not in out
    assert headers["authorization"][7:] not in out


def test_metrics_count_requests_moves_and_refusals(shop: Shop, client: Client, bearer: Bearer) -> None:
    assert client.get("/metrics").status_code == 401
    client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=bearer("anna", "clerk"))
    client.post(f"{ORDER}/moves", json={"to": "NEW"}, headers=bearer("anna", "clerk", prefer="tx=rollback"))
    client.post(f"{ORDER}/moves", json={"to": "CANCELLED"}, headers=bearer("anna", "clerk"))
    text = client.get("/metrics", headers=bearer("prometheus")).text
    for wanted in (
        r'jalon_requests_total\{method="POST",route="/api/v1/tracked/\{table\}/\{id\}/moves",'
        r'status="200",process="\d+"\} 2',
        r'jalon_moves_total\{table="orders",left="NEW",entered="PAID",process="\d+"\} 1',
        r'jalon_refused_total\{route="/api/v1/tracked/\{table\}/\{id\}/moves",code="JL101",process="\d+"\} 1',
        r"jalon_batches_total\{[^}]*\} [1-9]", r"jalon_database_up\{", r"jalon_pool_size\{", r"jalon_events_waiting\{",
        r"jalon_relay_age_seconds\{", r"jalon_rows_in_default_partitions\{[^}]*\} 0",
    ):  # fmt: skip
        assert re.search(wanted, text), wanted


def test_the_docs_need_nothing_from_outside(client: Client) -> None:
    page = client.get("/docs").text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert client.get(asset).status_code == 200, asset


def test_everything_is_described(client: Client) -> None:
    paths = client.get("/docs/openapi.json").json()["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            assert operation.get("description") or operation.get("summary"), (method, path)
            if path.startswith("/api/"):
                assert {"400", "401", "503"} <= operation["responses"].keys(), (method, path)
