"""What RFC 9110 and 9112 ask of any server: Host, versions, codings, methods, content types, conditional requests."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

from jalon.settings import Settings
from tests.http.test_bounds import listening, raw, told

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
Shop = psycopg.Connection[Any]
ORDER = "/api/v1/tracked/orders/7"


@pytest.fixture
def port(settings: Settings) -> Iterator[int]:
    with listening(settings) as port:
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
    answer = told(raw(port, head + (b"" if b"gzip, " in head else b"Connection: close\r\n") + b"\r\n"))
    assert answer[0] == status
    if status != 200:
        assert answer[1]["content-type"] == "application/problem+json"
        assert "x-request-id" in answer[1]
