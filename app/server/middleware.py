"""What every request passes on its way in and out: a request id, security headers, one line of log, one count."""

import random
import re
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from jalon.server import logs
from jalon.server.metrics import Metrics

REQUEST_ID = re.compile(rb"[\w.-]{1,64}", re.ASCII)
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
UNLESS_SET = [
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]
LEFT = 499  # in log and metrics: the client went away before it was answered
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


# A slash inside a segment (%2F), which the decoded path cannot tell from one between two. NUL stands for it while the
# route is found, because no text in PostgreSQL holds a NUL.
SLASH = re.compile(rb"%2f", re.IGNORECASE)
STAND_IN = "\0"


def keep_slashes(scope: Any) -> None:
    """A path with %2F is decoded so that its segments stay whole; `restore_slashes` undoes it once the route is found."""
    raw = scope.get("raw_path", b"").partition(b"?")[0]
    if SLASH.search(raw) and b"%00" not in raw:
        scope["path"] = unquote(SLASH.sub(b"%00", raw).decode("ascii"))


async def restore_slashes(connection: Any, handler: Any) -> None:
    """Guard of every route with keys in its path."""
    if STAND_IN in connection.scope["path"]:
        found = connection.scope["path_params"]
        for name, value in found.items():
            if isinstance(value, str):
                found[name] = value.replace(STAND_IN, "/")


def address(scope: Any) -> str:
    """The path as it was asked for, with what must be encoded encoded."""
    return quote(scope["path"]).replace("%00", "%2F")


# Headers that are lists: what several lines say is said by one. Of any other the last line counts.
LISTS = dict.fromkeys(
    (b"accept", b"accept-language", b"prefer", b"if-match", b"if-none-match", b"transfer-encoding", b"content-encoding"), b", "
) | {b"cookie": b"; "}  # fmt: skip


HOST = re.compile(rb"(?:[\w.~-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)


def fault_of(scope: Any, headers: dict[bytes, bytes]) -> tuple[int, str, str] | None:
    """What is wrong with a request, whatever it asks for (RFC 9112, 9110): status, words and the field."""
    version = scope["http_version"]
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if version not in ("1.0", "1.1", "2", "3"):
        return 505, f"HTTP/{version} is not spoken here.", "HTTP"
    if len(hosts) > 1 or (not hosts and version == "1.1"):
        return 400, "A request has one Host.", "Host"
    if hosts and not HOST.fullmatch(hosts[0]):
        return 400, "Host: this is no name of a host.", "Host"
    if headers.get(b"transfer-encoding", b"chunked").strip().lower() != b"chunked":
        return 501, "Transfer-Encoding: only chunked is understood.", "Transfer-Encoding"
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        return 415, "Content-Encoding: bodies come as they are.", "Content-Encoding"
    if b"%00" in scope.get("raw_path", b""):
        return 400, "An address holds no NUL.", "path"
    return None


class Visit:
    """One request, as the frame sees it. Handlers fill in what only they know."""

    __slots__ = ("caller", "code", "columns", "error", "has_left", "headers", "is_sent", "request_id", "status")

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.headers: dict[bytes, bytes] = {}
        for name, value in headers:
            before = self.headers.get(name) if name in LISTS else None
            self.headers[name] = value if before is None else before + LISTS[name] + value
        given = self.headers.get(b"x-request-id", b"")
        self.request_id = given.decode() if REQUEST_ID.fullmatch(given) else f"{random.getrandbits(64):016x}"
        self.caller: Any = None
        self.code: str | None = None
        self.error: str | None = None
        self.columns: list[str] = []
        self.status = 500
        self.has_left = self.is_sent = False  # the client, before it was answered; the head of an answer to HEAD

    def header(self, name: bytes) -> str | None:
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")


def visit(scope: Any) -> Visit:
    found: Visit = scope["jalon"]
    return found


def dressed(scope: Any, seen: Visit, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Headers, and those that every answer has."""
    names = {name for name, _ in headers}
    headers.append((b"x-request-id", seen.request_id.encode()))
    headers += HEADERS
    headers += [pair for pair in UNLESS_SET if pair[0] not in names]
    if scope["scheme"] == "https":
        headers.append(HSTS)
    return headers


class Frame:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, access_log: bool) -> None:
        self.app, self.metrics, self.access_log = app, metrics, access_log
        # path -> Allow; Litestar's own answer knows the first handler of a path only
        self.methods: dict[str, bytes] = {}
        self.refuse: Any = None  # (scope, fault, send)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET:
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        keep_slashes(scope)
        seen = scope["jalon"] = Visit(scope["headers"])  # type: ignore[typeddict-unknown-key]

        async def dress(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                headers = list(message["headers"])
                if method == "OPTIONS" and (methods := self.methods.get(inner.get("path_template", ""))):
                    headers = [pair for pair in headers if pair[0] != b"allow"] + [(b"allow", methods)]
                message["headers"] = dressed(scope, seen, headers)
            elif method == "HEAD":  # nothing follows; a stream ends here
                if seen.is_sent:
                    return
                seen.is_sent = True
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        async def listen() -> Any:
            if method == "HEAD" and seen.is_sent:
                return {"type": "http.disconnect"}
            message = await receive()
            seen.has_left = seen.has_left or message["type"] == "http.disconnect"
            return message

        method = scope["method"]
        # Who asks for a head gets what GET has, without its body.
        inner: Any = {**scope, "method": "GET"} if method == "HEAD" else scope

        self.metrics.in_flight += 1
        try:
            if fault := fault_of(scope, seen.headers):
                await self.refuse(scope, fault, dress)
            else:
                await self.app(inner, listen, dress)
        finally:
            self.metrics.in_flight -= 1
            if seen.has_left and seen.status >= 500:
                seen.status, seen.error = LEFT, None
            seconds = time.perf_counter() - started
            route = inner.get("path_template") or "unmatched"
            self.metrics.request(method, route, seen.status, seconds, seen.code)
            if self.access_log or seen.status >= 500:
                logs.write(
                    "request", id=seen.request_id, method=method, route=route, status=seen.status, code=seen.code,
                    actor=seen.caller.actor if seen.caller else None, ms=round(seconds * 1000, 2),
                    error=seen.error,
                )  # fmt: skip
