"""Rules of RFC 9110 and 9112 for any server: Host, versions, codings, methods, content types, conditional requests."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

from jalon.server.call import csv_cell
from jalon.settings import Settings
from tests.server.test_bounds import parse_answer, raw, server_port

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
Shop = psycopg.Connection[Any]
ORDER = "/api/v1/tracked/orders/7"


@pytest.fixture
def port(settings: Settings) -> Iterator[int]:
    with server_port(settings) as port:
        yield port


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /health/live HTTP/1.1\r\n", 400),
        (b"GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n", 400),
        (b"GET /health/live HTTP/1.1\r\nHost: a b\r\n", 400),
        (b"GET /health/live HTTP/1.1\r\nHost: a:80:80\r\n", 400),
        (b"GET /health/live HTTP/1.1\r\nHost: a/b\r\n", 400),
        (b"GET /health/live HTTP/1.1\r\nHost: [::1]:8000\r\n", 200),
        (b"GET /health/live HTTP/1.0\r\n", 200),
        (b"GET /health/live HTTP/2.0\r\nHost: a\r\n", 505),
        (b"GET /health/live HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n", 501),
        (b"GET /health/live HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\n", 415),
        (b"GET /health/li%00ve HTTP/1.1\r\nHost: a\r\n", 400),
    ],
)
def test_a_request_is_one_that_http_allows(port: int, head: bytes, status: int) -> None:
    answer = parse_answer(raw(port, head + (b"" if b"gzip, " in head else b"Connection: close\r\n") + b"\r\n"))
    assert answer[0] == status
    if status != 200:
        assert answer[1]["content-type"] == "application/problem+json"
        assert "x-request-id" in answer[1]


READ = [
    "/health/live",
    "/health/ready",
    ORDER,
    f"{ORDER}/moves",
    "/api/v1/tracked",
    "/docs/openapi.json",
    "/console/sign-in",
]


@pytest.mark.parametrize("path", READ)
def test_head_is_get_without_its_body(shop: Shop, client: Client, bearer: Bearer, path: str) -> None:
    headers = bearer("anna", "clerk")
    whole, head = client.get(path, headers=headers), client.head(path, headers=headers)
    assert (head.status_code, head.content) == (whole.status_code, b"") == (200, b"")
    for name in ("content-type", "content-length", "etag"):
        assert head.headers.get(name) == whole.headers.get(name)


def test_head_over_a_socket_leaves_the_connection_usable(port: int) -> None:
    answer = raw(
        port,
        b"HEAD /health/live HTTP/1.1\r\nHost: a\r\n\r\n" * 2
        + b"GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    )
    assert answer.count(b"HTTP/1.1 200 OK") == 3
    assert answer.count(b'{"status":"live"}') == 1


def test_head_of_a_stream_ends(client: Client, bearer: Bearer) -> None:
    answer = client.head("/api/organizer/notifications/stream", headers=bearer("oscar", "organizer"))
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("path", ["/health/live", ORDER, f"{ORDER}/moves", "/api/v1/tracked"])
def test_options_tells_everybody_what_may_be_asked(client: Client, path: str) -> None:
    answer = client.options(path)
    assert answer.status_code == 204
    allowed = answer.headers["allow"].split(", ")
    assert {"GET", "HEAD", "OPTIONS"} <= set(allowed)
    assert ("POST" in allowed) is path.endswith("/moves")


@pytest.mark.parametrize(
    "path",
    [
        "/docs-assets/%2f",
        "/docs-assets/x%2fy",
        "/console/static/%2f",
        "/docs/%2f",
        "/health/%2f",
        "/%2f",
        "/console/%2F",
    ],
)
def test_a_slash_in_a_segment_is_no_error_anywhere(client: Client, path: str) -> None:
    assert client.get(path, follow_redirects=False).status_code in (303, 401, 404)


@pytest.mark.parametrize("path", ["/docs-assets/none.js", "/docs-assets/%2f", "/console/static/none.js"])
def test_a_file_that_is_not_there_names_no_folder_of_this_machine(client: Client, path: str) -> None:
    answer = client.get(path, headers={"accept-language": "fr"})
    assert answer.status_code == 404
    assert "site-packages" not in answer.text
    assert str(Path(__file__).parents[2]) not in answer.text


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json-patch+json", "", "application/jsonx"]
)
def test_a_body_that_is_not_said_to_be_json_is_refused(shop: Shop, client: Client, bearer: Bearer, kind: str) -> None:
    headers = bearer("anna", "clerk") | ({"content-type": kind} if kind else {})
    answer = client.post(f"{ORDER}/moves", content=b'{"to": "PAID"}', headers=headers)
    assert (answer.status_code, answer.headers["accept"]) == (415, "application/json")
    assert shop.execute("select status from shop.orders where id = 7").fetchone() == ("NEW",)


@pytest.mark.parametrize(
    "kind",
    ["application/json", "Application/JSON", "application/json;charset=UTF-8", 'application/json; charset="utf-8"'],
)
def test_json_by_its_names_is_taken(shop: Shop, client: Client, bearer: Bearer, kind: str) -> None:
    headers = bearer("anna", "clerk", **{"content-type": kind})
    assert client.post(f"{ORDER}/moves", content=b'{"to": "PAID"}', headers=headers).status_code == 200


def test_who_leaves_amid_a_request_is_no_error_of_ours(
    port: int, settings: Settings, bearer: Bearer, capfd: Any
) -> None:
    token = bearer("anna", "clerk")["authorization"].encode()
    head = (
        b"POST /api/v1/tracked/orders/7/moves HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: "
        + token
        + b"\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(head + b"Content-Length: 50\r\n\r\n{")
    assert parse_answer(raw(port, head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"))[0] == 400
    ask = b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: " + token + b"\r\n\r\n"
    for _ in range(100):
        text = parse_answer(raw(port, ask))[2].decode()
        if text.count('status="499"') and "} 2\n" in text.split('status="499"')[1]:
            break
    assert 'status="500"' not in text and 'status="499"' in text


@pytest.mark.parametrize("path", ["/metrics", "/console/sign-in", "/api/v1/recaps/compliance?format=csv"])
def test_a_charset_is_named_once(shop: Shop, client: Client, bearer: Bearer, path: str) -> None:
    answer = client.get(path, headers=bearer("anna", "admin"))
    assert (answer.status_code, answer.headers["content-type"].count("charset")) == (200, 1)


def test_what_only_grows_is_a_counter(client: Client, bearer: Bearer) -> None:
    text = client.get("/metrics", headers=bearer("anna")).text
    for name in ("jalon_pool_refused_total", "jalon_pool_connections_lost_total"):
        assert f"# TYPE {name} counter\n" in text


def test_an_address_asks_for_each_thing_once(shop: Shop, client: Client, bearer: Bearer) -> None:
    for query in ("format=xml", "format=json", "asOf=2026-01-01&asOf=2026-01-02"):
        answer = client.get(f"{ORDER}?{query}", headers=bearer("anna", "clerk"))
        assert (answer.status_code, answer.json()["field"]) == (400, query.partition("=")[0]), query
    answer = client.get("/api/v1/tracked/orders?limit=5&limit=500", headers=bearer("anna", "clerk"))
    assert (answer.status_code, answer.json()["field"]) == (400, "limit")


def test_of_a_category_that_is_none_if_match_changes_no_answer(shop: Shop, client: Client, bearer: Bearer) -> None:
    said = [
        client.delete("/api/v1/workflows/NOTHING/-/draft", headers=bearer("anna", "admin", **more)).json()
        for more in ({}, {"if-match": '"x.1"'})
    ]
    assert said[0] == said[1]
    assert said[0]["detail"] == "there is no category NOTHING"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv", "text/csv"), ("text/csv;q=0.1, application/json", "application/json"), ("*/*", "application/json"),
        ("text/*, application/json;q=0.5", "text/csv"), ("application/json, text/csv", "application/json"),
        ("text/csv;q=0", "application/json"),
    ],
)  # fmt: skip
def test_accept_is_weighed(shop: Shop, client: Client, bearer: Bearer, accept: str, kind: str) -> None:
    answer = client.get("/api/v1/recaps/compliance", headers=bearer("anna", "admin", accept=accept))
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind)


@pytest.mark.parametrize("text", ["=1", " =1", "\n=1", "x;=1", "x\n+1", "@a", "-1", "\t1"])
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert csv_cell(text) == "'" + text
    assert csv_cell("a-b; c = d") == "a-b; c = d"
