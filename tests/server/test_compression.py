"""Answers are compressed where the client likes that; lists have ETags, each coding one of its own."""

import gzip
import sys
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

from jalon.server.compression import preferred_coding

if sys.version_info >= (3, 14):
    from compression.zstd import decompress
else:
    from backports.zstd import decompress

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
Shop = psycopg.Connection[Any]
LIST = "/api/v1/tracked/orders"
CODINGS = {"gzip": gzip.decompress, "zstd": decompress}


def get(client: Client, path: str, headers: dict[str, str]) -> tuple[Any, bytes]:
    """An answer and its bytes as they were sent."""
    with client.stream("GET", path, headers={"accept-encoding": "identity"} | headers) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", [LIST, "/docs/openapi.json", "/console/sign-in", "/docs-assets/swagger-ui.css"])
def test_an_answer_is_compressed_for_whom_that_suits(
    shop: Shop, client: Client, bearer: Bearer, coding: str, path: str
) -> None:
    headers = bearer("anna", "clerk")
    plain = client.get(path, headers=headers | {"accept-encoding": "identity"})
    answer, sent = get(client, path, headers | {"accept-encoding": coding})
    assert (answer.status_code, answer.headers["content-encoding"]) == (200, coding)
    assert len(sent) < len(plain.content) / 2
    assert CODINGS[coding](sent) == plain.content
    assert "Accept-Encoding" in answer.headers["vary"]
    assert "content-encoding" not in plain.headers


def test_a_short_answer_a_refusal_and_a_stream_are_not(shop: Shop, client: Client, bearer: Bearer) -> None:
    headers = bearer("anna", "clerk", **{"accept-encoding": "gzip, zstd"})
    for path in (f"{LIST}/7", f"{LIST}/nobody", "/health/live"):
        assert "content-encoding" not in client.get(path, headers=headers).headers
    stream = client.head("/api/organizer/notifications/stream", headers=bearer("o", "organizer") | headers)
    assert "content-encoding" not in stream.headers


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"), ("zstd", "zstd"), ("gzip, deflate, br, zstd", "zstd"), ("GZIP;Q=1.0", "gzip"),
        ("zstd;q=0.5, gzip;q=0.8", "gzip"), ("*", "zstd"), ("zstd;q=0, *", "gzip"), ("gzip;q=0", None), ("br", None),
        ("identity, gzip;q=0.5", None), ("identity;q=0.5, gzip", "gzip"), ("*;q=0", None), ("gzipped", None),
        ("gzip;q=x", None), (",;=", None), ("", None),
    ],
)  # fmt: skip
def test_accept_encoding_is_weighed(accepted: str, coding: str | None) -> None:
    assert preferred_coding(accepted) == coding


class TestListETags:
    def test_a_list_that_is_known_is_not_sent_again(self, shop: Shop, client: Client, bearer: Bearer) -> None:
        headers = bearer("anna", "clerk")
        first = client.get(f"{LIST}?limit=5", headers=headers)
        again = client.get(f"{LIST}?limit=5", headers=headers | {"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert client.head(f"{LIST}?limit=5", headers=headers).headers["etag"] == first.headers["etag"]

    def test_a_change_a_reader_and_a_language_make_another(self, shop: Shop, client: Client, bearer: Bearer) -> None:
        headers = bearer("anna", "clerk")
        known = {"if-none-match": client.get(LIST, headers=headers).headers["etag"]}
        assert client.get(LIST, headers=bearer("nobody") | known).status_code == 200
        assert client.get("/api/v1/tracked", headers=headers | known).status_code == 200
        assert client.get(LIST, headers=headers | known).status_code == 304
        client.post(f"{LIST}/7/moves", json={"to": "PAID"}, headers=headers)
        assert client.get(LIST, headers=headers | known).status_code == 200

    def test_rows_as_csv_are_another_content(self, shop: Shop, client: Client, bearer: Bearer) -> None:
        path, headers = "/api/v1/recaps/transitions", bearer("anna", "admin")
        client.post(f"{LIST}/7/moves", json={"to": "PAID"}, headers=bearer("anna", "clerk"))
        known = {"if-none-match": client.get(path, headers=headers).headers["etag"]}
        assert client.get(path, headers=headers | known).status_code == 304
        as_csv = client.get(path, headers=headers | known | {"accept": "text/csv"})
        assert (as_csv.status_code, as_csv.headers["content-type"]) == (200, "text/csv; charset=utf-8")
        known = {"if-none-match": as_csv.headers["etag"], "accept": "text/csv"}
        assert client.get(path, headers=headers | known).status_code == 304

    def test_each_coding_has_its_own_and_each_is_known(self, shop: Shop, client: Client, bearer: Bearer) -> None:
        headers = bearer("anna", "clerk")
        tags = {
            coding: get(client, LIST, headers | {"accept-encoding": coding})[0].headers["etag"]
            for coding in ("identity", *CODINGS)
        }
        assert tags["gzip"] == tags["identity"][:-1] + '-gzip"' != tags["zstd"]
        for tag in tags.values():
            answer, sent = get(client, LIST, headers | {"accept-encoding": "zstd", "if-none-match": tag})
            assert (answer.status_code, answer.headers["etag"], sent) == (304, tag, b"")

    def test_if_match_takes_the_etag_of_a_compressed_record(self, shop: Shop, client: Client, bearer: Bearer) -> None:
        headers = bearer("anna", "clerk")
        tag = client.get(f"{LIST}/7", headers=headers).headers["etag"][:-1] + '-gzip"'
        for expected in (200, 412):
            answer = client.post(f"{LIST}/7/moves", json={"to": "PAID"}, headers=headers | {"if-match": tag})
            assert answer.status_code == expected

    def test_a_refusal_and_a_change_have_none_of_the_content(self, shop: Shop, client: Client, bearer: Bearer) -> None:
        headers = bearer("anna", "clerk")
        assert "etag" not in client.get(f"{LIST}/nobody", headers=headers).headers
        assert "~" not in client.post(f"{LIST}/7/moves", json={"to": "PAID"}, headers=headers).headers["etag"]
