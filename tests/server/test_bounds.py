"""Everything that a stranger can make grow has a limit: headers, halves of requests, cookies, languages, nesting."""

import base64
import contextlib
import gc
import socket
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
import psycopg
import pytest
import uvicorn
from litestar.testing import TestClient

from jalon.console.page import cookie
from jalon.server.app import create_app
from jalon.server.auth import issue_token
from jalon.server.batching import Batchers
from jalon.server.openid import Attempt
from jalon.settings import Settings

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
Shop = psycopg.Connection[Any]
MOVES = "/api/v1/tracked/orders/7/moves"
LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"


def lines(do: Callable[[], Any]) -> int:
    """How many lines of Python something takes."""
    count = 0

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        do()
    finally:
        sys.settrace(before)
    return count


def bytes_kept(do: Callable[[], Any]) -> int:
    """How many bytes something leaves behind."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        do()
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


@contextlib.contextmanager
def server_port(settings: Settings) -> Iterator[int]:
    """The port of a server as `jalon serve` starts it, in a thread."""
    from jalon.cli.serve import UVICORN_OPTIONS

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_level="critical", **UVICORN_OPTIONS))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            thread.join(0.01)
        yield port
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def port(settings: Settings) -> Iterator[int]:
    with server_port(msgspec.structs.replace(settings, max_head=4096, head_timeout=0.2, body_timeout=0.2)) as port:
        yield port


def raw(port: int, *pieces: bytes) -> bytes:
    """All that comes back until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        for piece in pieces:
            with contextlib.suppress(ConnectionError):
                connection.sendall(piece)
        found = b""
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65536):
                found += piece
    return found


def parse_answer(answer: bytes) -> tuple[int, dict[str, str], Any]:
    """An answer's status, headers and body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *fields = head.decode().split("\r\n")
    return int(status.split()[1]), dict(field.split(": ", 1) for field in fields), body


@pytest.mark.parametrize(
    "head",
    [
        LIVE + b"X-A: " + b"a" * 5000 + b"\r\n\r\n",
        LIVE + b"X-A: " + b"a" * 500_000,
        LIVE + b"X-A: a\r\n" * 110 + b"\r\n",
        LIVE + b"a" * 500_000,
        b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["a long header", "a header without end", "many headers", "a name without end", "a long address"],
)  # fmt: skip
def test_a_head_that_is_too_large_is_refused(port: int, head: bytes) -> None:
    status, headers, body = parse_answer(raw(port, head))
    assert (status, headers["content-type"], headers["connection"]) == (431, "application/problem+json", "close")
    assert msgspec.json.decode(body)["status"] == 431


def test_such_a_refusal_speaks_the_readers_language_as_far_as_it_was_read(port: int) -> None:
    _, _, body = parse_answer(raw(port, LIVE + b"Accept-Language: fr\r\nX-A: " + b"a" * 5000 + b"\r\n\r\n"))
    french = "Les en-têtes de la requête sont trop nombreux ou trop longs."
    assert msgspec.json.decode(body)["detail"] == french
    _, _, body = parse_answer(raw(port, LIVE + b"Accept-Language: fr\r\nX-A: "))
    assert msgspec.json.decode(body)["detail"] == "La requête n'est pas venue à temps."
    assert msgspec.json.decode(parse_answer(raw(port, b"nonsense\r\n\r\n"))[2])["detail"] == "This is not HTTP request."


@pytest.mark.parametrize(
    "rest",
    [b"0\r\n" + b"X-A: a\r\n" * 200_000, b"0\r\nX-A: " + b"a" * 2_000_000, b"1;" + b"a" * 2_000_000, b"0\r\n\r\n"],
    ids=["many trailers", "a long trailer", "a long extension", "nothing more"],
)
def test_what_follows_a_chunked_body_is_no_way_around(port: int, rest: bytes) -> None:
    head = b"POST /health/live HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert raw(port, head, rest).startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize(
    "half",
    [b"", b"\r\n", b"GET /health/live HTTP/1.1\r\n", LIVE, b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n\r\n"],
    ids=["nothing", "a line end", "a first line", "half a head", "a request and a line end"],
)
def test_half_a_head_is_not_waited_for(port: int, half: bytes) -> None:
    answer = raw(port, half)
    assert answer.startswith(b"HTTP/1.1 408") or (b"HTTP" in half and b"\r\n\r\n\r\n" in half and b"200 OK" in answer)


def test_half_a_body_is_not_waited_for(port: int) -> None:
    head = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\nContent-Type: application/json\r\n" % MOVES.encode()
    token = issue_token(Settings(home=None, token_secret="tests-only-" * 4), "anna", ["clerk"])  # type: ignore[arg-type]
    authorized = head + b"Authorization: Bearer " + token.encode() + b"\r\n\r\n"
    assert parse_answer(raw(port, authorized + b'{"to":'))[0] == 408


def test_requests_that_come_whole_are_served_as_long_as_they_come(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        assert {client.get("/health/live").status_code for _ in range(50)} == {200}


def test_who_does_not_read_is_not_waited_for(port: int) -> None:
    ask = b"GET /docs/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 50
    with socket.create_connection(("127.0.0.1", port), 10) as connection, pytest.raises(ConnectionError):
        while True:
            connection.sendall(ask)


def test_more_connections_than_it_holds_are_turned_away(settings: Settings) -> None:
    with server_port(msgspec.structs.replace(settings, connections=3)) as port, contextlib.ExitStack() as opened:
        for _ in range(3):
            held = opened.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            held.sendall(LIVE + b"\r\n")
            assert held.recv(65536).startswith(b"HTTP/1.1 200")
        status, headers, _ = parse_answer(raw(port, LIVE + b"\r\n"))
        assert (status, headers["retry-after"]) == (503, "1")


def test_what_is_no_http_is_refused_like_all_else(port: int) -> None:
    status, headers, body = parse_answer(raw(port, b"nonsense\r\n\r\n"))
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert {"x-content-type-options", "cache-control", "content-security-policy"} <= headers.keys()
    assert msgspec.json.decode(body)["code"] == "JL405"


class Scope(dict[str, Any]):
    """A connection with nothing but a Cookie header."""

    @property
    def scope(self) -> "Scope":
        return self


def test_a_cookie_is_read_without_pythons_cookies(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: Any) -> None:
        raise AssertionError("http.cookies takes the square of a header's length")

    monkeypatch.setattr("http.cookies.SimpleCookie.load", load)
    monkeypatch.setattr("http.cookies.BaseCookie.load", load)
    for path in ("/console/sign-in", "/health/live", "/api/events", "/console"):
        header = {"cookie": 'jalon_session="' + '\\"' * 20_000 + '"; x="\\"\\""'}
        assert client.get(path, headers=header, follow_redirects=False).status_code in (200, 303, 401), path


@pytest.mark.parametrize("piece", ['\\"', ";", "=;", "a=b; ", "jalon_session=x;"])
def test_the_work_for_a_cookie_grows_as_its_length_does(piece: str) -> None:
    from jalon.server.middleware import RequestContext

    def work(times: int) -> int:
        scope = Scope(jalon=RequestContext([(b"cookie", b'jalon_session="' + piece.encode() * times)]))
        return lines(lambda: cookie(scope, "jalon_session"))  # type: ignore[arg-type]

    assert work(4000) <= 4.1 * work(1000) + 100


def test_languages_that_strangers_send_are_not_kept(client: Client) -> None:
    def ask(times: int) -> None:
        for n in range(times):
            client.get("/api/events", headers={"accept-language": f"z-{n}" + "," * 20_000})

    ask(20)
    assert bytes_kept(lambda: ask(80)) < 800_000


def test_queries_and_forms_that_strangers_send_are_not_kept(client: Client) -> None:
    def ask(times: int) -> None:
        for n in range(times):
            client.get("/api/events?" + "&".join(f"x{n}-{i}={i}" for i in range(150)))
            client.post("/console/preferences", data={"next": f"{n}" + "x" * 10_000}, follow_redirects=False)

    ask(20)
    assert bytes_kept(lambda: ask(80)) < 400_000


FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("path", ["/console/preferences", "/console/sign-in"])
@pytest.mark.parametrize(("form", "status"), [("a=b&" * 200_000, 413), ("a&" * 7_000, 400)])
def test_a_form_of_a_stranger_has_a_size_and_few_fields(client: Client, path: str, form: str, status: int) -> None:
    answer = client.post(path, content=form, headers=FORM, follow_redirects=False)
    assert answer.status_code == status


def test_a_form_that_is_refused_is_refused_in_the_readers_language(client: Client) -> None:
    answer = client.post("/console/preferences", content="a&" * 100, headers=FORM | {"accept-language": "fr"})
    assert (answer.status_code, "Un formulaire a au plus 20 champs." in answer.text) == (400, True)


def test_an_address_has_so_many_parameters_and_no_more(client: Client) -> None:
    assert client.get("/api/events?" + "&".join(f"page_size={n % 9 + 1}" for n in range(201))).status_code == 400
    answer = client.get("/health/live?" + "&" * 200)
    assert (answer.status_code, answer.json()["field"]) == (400, "query")


def test_the_cookie_of_a_sign_in_that_nests_too_deep_is_none(client: Client) -> None:
    nested = base64.urlsafe_b64encode(('{"a":' + "[" * 20_000).encode()).decode()
    answer = client.get("/console/sign-in/callback", headers={"cookie": f"jalon_attempt={nested}"})
    assert answer.status_code == 404  # no provider is set
    assert Attempt.read(nested) is None


def test_a_long_list_of_languages_costs_no_more_than_a_short_one() -> None:
    from jalon.server.header_fields import find_language, preferred_language

    def work(times: int) -> int:
        preferred_language.cache_clear()
        return lines(lambda: find_language("de;q=0.5," * times + str(times), ("en", "fr")))

    assert work(40_000) <= work(100) + 100


def nested_body(levels: int, opening: str = "[", closing: str = "]") -> str:
    return '{"to": "PAID", "meta": {"a": ' + opening * levels + "1" + closing * levels + "}}"


@pytest.mark.parametrize("levels", [100, 900, 2_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", MOVES), ("POST", "/api/v1/tracked/orders/moves"), ("POST", "/roadshow/1/status"), ("PUT", "/profile"),
     ("POST", "/api/v1/dossiers"), ("POST", "/api/v1/webhooks"), ("POST", "/api/propositions")],
)  # fmt: skip
def test_json_nested_too_deep_is_refused_everywhere(
    shop: Shop, client: Client, bearer: Bearer, method: str, path: str, levels: int, opening: str, closing: str
) -> None:
    headers = bearer("anna", "admin", **{"content-type": "application/json"})
    answer = client.request(method, path, content=nested_body(levels, opening, closing), headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert (answer.json()["code"], answer.json()["field"]) == ("JL405", "body")


def test_brackets_in_texts_are_no_nesting(shop: Shop, client: Client, bearer: Bearer) -> None:
    body = msgspec.json.encode({"to": "PAID", "reason": '[{"\\[' * 200, "meta": {"a": [[[1]]]}})
    headers = bearer("anna", "clerk", **{"content-type": "application/json"})
    assert client.post(MOVES, content=body, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/docs/openapi.json", "/docs/openapi.yaml"])
def test_the_document_is_rendered_once(client: Client, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get(path)
    monkeypatch.setattr("yaml.dump", None)
    monkeypatch.setattr("litestar.openapi.plugins.encode_json", None)
    assert client.get(path).content == first.content


def test_batchers_of_unknown_tables_are_not_kept(shop: Shop, client: Client, bearer: Bearer) -> None:
    batchers: Batchers = client.app.state.batchers
    for n in range(600):
        client.get(f"/api/v1/tracked/table{n}/7", headers=bearer("anna", "clerk"))
    assert len(batchers.batchers) <= 256


def test_a_token_has_a_length(client: Client, bearer: Bearer) -> None:
    long = issue_token(client.app.state.settings, "anna", [f"role {n}" for n in range(1000)])
    answer = client.get("/api/v1/tracked", headers={"authorization": f"Bearer {long}"})
    assert (answer.status_code, "longer" in answer.json()["detail"]) == (401, True)


def signed(settings: Settings, **claims: Any) -> dict[str, str]:
    import jwt

    given = {"sub": "anna", "exp": 9_999_999_999, "aud": "jalon", "iss": "jalon"} | claims
    return {"authorization": "Bearer " + jwt.encode(given, settings.token_secret, algorithm="HS256")}


@pytest.mark.parametrize(
    "claims",
    [{"sub": "a\ud800"}, {"roles": ["a\udfff"]}, {"exp": 10**400}, {"nbf": 10**400}, {"iat": 10**400}, {"sub": "a\0"}],
    ids=["half a character", "a role of half a character", "an expiry", "a beginning", "an issue", "a NUL"],
)  # fmt: skip
def test_a_signed_token_of_nonsense_is_refused(client: Client, settings: Settings, claims: dict[str, Any]) -> None:
    assert client.get("/api/v1/tracked", headers=signed(settings, **claims)).status_code == 401


def test_a_name_that_is_none_is_left_out(shop: Shop, client: Client, settings: Settings) -> None:
    for name in ("\ud800", "\0", 5):
        headers = signed(settings, roles=["clerk"], name=name)
        assert client.get("/api/v1/tracked/orders/7", headers=headers).status_code == 200


def test_a_token_nested_too_deep_is_refused(client: Client, settings: Settings) -> None:
    import base64
    import hashlib
    import hmac

    def part(text: bytes) -> bytes:
        return base64.urlsafe_b64encode(text).rstrip(b"=")

    for head, claims in ((b'{"alg":"HS256"}', b"[" * 5000), (b'{"alg":"HS256","a":' + b"[" * 5000, b"{}")):
        text = part(head) + b"." + part(claims)
        signature = part(hmac.digest(settings.token_secret.encode(), text, hashlib.sha256))
        headers = {"authorization": "Bearer " + (text + b"." + signature).decode()}
        assert client.get("/api/v1/tracked", headers=headers).status_code == 401
