"""The outer middleware: a request id, security headers, a line of log and metrics for every request."""

import random
import re
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, unquote

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from jalon.server import logs, words
from jalon.server.metrics import Metrics

REQUEST_ID = re.compile(rb"[\w.-]{1,64}", re.ASCII)
STANDARD_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
DEFAULT_HEADERS = [
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]
CLIENT_CLOSED_REQUEST = 499  # in log and metrics: the client went away before it was answered


# A decoded path can't distinguish a slash inside a segment (%2F) from one between two segments. NUL stands for it until
# the route is found, because no text in PostgreSQL holds a NUL.
ENCODED_SLASH = re.compile(rb"%2f", re.IGNORECASE)
SLASH_PLACEHOLDER = "\0"


def protect_encoded_slashes(scope: Any) -> None:
    """Decodes a path with %2F without splitting its segments; `restore_slashes` puts the slashes back."""
    raw = scope.get("raw_path", b"").partition(b"?")[0]
    if ENCODED_SLASH.search(raw) and b"%00" not in raw:
        scope["path"] = unquote(ENCODED_SLASH.sub(b"%00", raw).decode("ascii"))


def restore_slashes_in(scope: Any) -> None:
    """Puts encoded slashes back into the keys of a path."""
    if SLASH_PLACEHOLDER in scope["path"]:
        found = scope["path_params"]
        for name, value in found.items():
            if isinstance(value, str):
                found[name] = value.replace(SLASH_PLACEHOLDER, "/")


async def restore_slashes(connection: Any, handler: Any) -> None:
    """Guard of pages with keys in their path."""
    restore_slashes_in(connection.scope)


def address(scope: Any) -> str:
    """The requested path, percent-encoded."""
    return quote(scope["path"]).replace("%00", "%2F")


# Headers that are lists: several lines are joined to one. Of any other header the last line counts.
LIST_HEADERS = dict.fromkeys(
    (
        *(b"accept", b"accept-language", b"prefer", b"if-match", b"if-none-match"),
        *(b"transfer-encoding", b"content-encoding"),
    ),
    b", ",
) | {b"cookie": b"; "}


def find_header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    """A header of a request that is refused before all of them are read."""
    return next((value.decode("latin-1") for each, value in headers if each == name), None)


MAX_PARAMETERS = 200
HOST = re.compile(rb"(?:[\w.~-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)


def find_fault(scope: Any, headers: dict[bytes, bytes]) -> tuple[int, str, str] | None:
    """A violation of RFC 9112 or 9110 by the request: status, text and field; None if there is none."""
    version = scope["http_version"]
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if version not in ("1.0", "1.1", "2", "3"):
        return 505, f"HTTP/{version} is not spoken here.", "HTTP"
    if len(hosts) > 1 or (not hosts and version == "1.1"):
        return 400, "A request has one Host.", "Host"
    if hosts and not HOST.fullmatch(hosts[0]):
        return 400, "Host: this is not a name of a host.", "Host"
    if headers.get(b"transfer-encoding", b"chunked").strip().lower() != b"chunked":
        return 501, "Transfer-Encoding: only chunked is understood.", "Transfer-Encoding"
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        return 415, "Content-Encoding: bodies come as they are.", "Content-Encoding"
    if b"%00" in scope.get("raw_path", b""):
        return 400, "An address holds no NUL.", "path"
    if scope["query_string"].count(b"&") >= MAX_PARAMETERS:
        return 400, f"An address has at most {MAX_PARAMETERS} parameters.", "query"
    return None


class RequestContext:
    """One request: its headers, its caller, and facts for log and metrics. Handlers fill in what only they know."""

    __slots__ = (
        *("caller", "client_left", "code", "columns", "counted_for", "error", "head_is_sent", "headers"),
        *("more_headers", "request_id", "status", "traceparent"),
    )

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.headers: dict[bytes, bytes] = {}
        for name, value in headers:
            before = self.headers.get(name) if name in LIST_HEADERS else None
            self.headers[name] = value if before is None else before + LIST_HEADERS[name] + value
        sent_id = self.headers.get(b"x-request-id", b"")
        self.request_id = sent_id.decode() if REQUEST_ID.fullmatch(sent_id) else f"{random.getrandbits(64):016x}"
        self.caller: Any = None
        self.code: str | None = None
        self.error: str | None = None
        self.columns: list[str] = []
        self.counted_for: str | None = None  # the address, until the caller is known
        self.more_headers: list[tuple[bytes, bytes]] = []  # of the answer, whatever it will be
        self.status = 500
        self.traceparent: str | None = None  # of its span, if it has one
        self.client_left = False  # before it was answered
        self.head_is_sent = False  # of an answer to HEAD

    def header(self, name: bytes) -> str | None:
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")


def request_context(scope: Any) -> RequestContext:
    found: RequestContext = scope["jalon"]
    return found


def with_standard_headers(context: RequestContext, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers, and those that every answer has."""
    names = {name for name, _ in headers}
    headers.append((b"x-request-id", context.request_id.encode()))
    headers += STANDARD_HEADERS
    headers += context.more_headers
    headers += [pair for pair in DEFAULT_HEADERS if pair[0] not in names]
    return headers


class OuterMiddleware:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, access_log: bool) -> None:
        self.app, self.metrics, self.access_log = app, metrics, access_log
        # path -> Allow; Litestar's own answer names the methods of the first handler only
        self.methods: dict[str, bytes] = {}
        self.find_problem: Any = None  # (scope, context) -> Problem; None to let the request pass
        self.send_problem: Any = None  # (scope, problem, send)
        self.telemetry: Any = None  # telemetry.Telemetry, if traces and metrics go to a collector
        self.hsts: bytes | None = None
        self.is_full: Callable[[], bool] = lambda: False  # whether no further request may wait for the database
        self.busy: dict[str, tuple[list[tuple[bytes, bytes]], bytes]] = {}  # language -> the answer then

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET:
            await self.app(scope, receive, send)
            return
        if scope["path"].startswith("/api/") and self.is_full():
            await self.shed(scope, send)
            return
        started = time.perf_counter()
        protect_encoded_slashes(scope)
        context = scope["jalon"] = RequestContext(scope["headers"])  # type: ignore[typeddict-unknown-key]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                context.status = message["status"]
                headers = list(message["headers"])
                if method == "OPTIONS" and (methods := self.methods.get(inner.get("path_template", ""))):
                    headers = [pair for pair in headers if pair[0] != b"allow"] + [(b"allow", methods)]
                if self.hsts and scope["scheme"] == "https":
                    headers.append((b"strict-transport-security", self.hsts))
                message["headers"] = with_standard_headers(context, headers)
            elif method == "HEAD":  # nothing follows; a stream ends here
                if context.head_is_sent:
                    return
                context.head_is_sent = True
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        async def receive_message() -> Any:
            if method == "HEAD" and context.head_is_sent:
                return {"type": "http.disconnect"}
            message = await receive()
            context.client_left = context.client_left or message["type"] == "http.disconnect"
            return message

        method = scope["method"]
        # HEAD is answered as GET is, without the body.
        inner: Any = {**scope, "method": "GET"} if method == "HEAD" else scope

        self.metrics.in_flight += 1
        span = self.telemetry.request(method, context.headers) if self.telemetry else None
        context.traceparent = span.traceparent if span else None
        try:
            if problem := self.find_problem(scope, context):
                await self.send_problem(scope, problem, send_with_headers)
            else:
                await self.app(inner, receive_message, send_with_headers)
        finally:
            self.metrics.in_flight -= 1
            if context.client_left and context.status >= 500:
                context.status, context.error = CLIENT_CLOSED_REQUEST, None
            seconds = time.perf_counter() - started
            route = inner.get("path_template") or "unmatched"
            self.record(method, route, context, seconds)
            if span:
                span.end(route, context.status, context.code, seconds)

    def record(self, method: str, route: str, context: RequestContext, seconds: float) -> None:
        """Counts a request that was answered, and writes its line of log."""
        self.metrics.count_request(method, route, context.status, seconds, context.code)
        if self.access_log or context.status >= 500:
            logs.write(
                "request",
                id=context.request_id,
                method=method,
                route=route,
                status=context.status,
                code=context.code,
                actor=context.caller.actor if context.caller else None,
                ms=round(seconds * 1000, 2),
                error=context.error,
            )

    async def shed(self, scope: Scope, send: Send) -> None:
        """Refuses, unseen, a request that would be refused anyway: that has to be cheaper than to serve it."""
        self.metrics.shed += 1
        headers, body = self.busy[words.language_of(find_header(scope["headers"], b"accept-language"))]
        await send({"type": "http.response.start", "status": 503, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body, "more_body": False})
