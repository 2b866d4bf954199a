"""uvicorn's HTTP protocol with limits on the size and duration of requests and on the number of connections.

httptools accepts headers of any length and has no timeouts. Here the head of a request has a maximum size and number of
lines, and each part of a request has a deadline. Trailers and chunk extensions count as a head does. A client that
doesn't read its answer is disconnected. A refused request never reaches the application; the refusal has the same form.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from jalon.server import middleware, problems, words
from jalon.settings import Settings

DETAILS = {
    400: "This is not HTTP request.",
    408: "The request did not come in time.",
    431: "The request's headers are too many or too long.",
    503: "Too many connections are open; try again.",
}
MAX_HEADERS = 100  # headers of a request
CODES = {400: "JL405", 431: "JL405", 503: "53300"}


class TooLarge(Exception):
    """Raised in a callback of the parser to stop it."""


class BoundedProtocol(HttpToolsProtocol):
    """The HTTP protocol of `jalon serve`. `deadline` is when the client must have sent the next part."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.limits: Settings = self.config.loaded_app.state.settings
        self.deadline: float | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.fault_status = 400
        self.unread = 0  # bytes of an answer that the client had not read at the last check
        self.unparsed = 0  # bytes received since a head, a piece of a body or a request was complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            self.refuse(503)
        else:
            self.set_deadline(self.limits.head_timeout)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.timer:
            self.timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.deadline is None:
            self.set_deadline(self.limits.head_timeout)
        self.unparsed += len(data)
        super().data_received(data)
        # A single piece may hold the end of one request and half of another.
        if self.unparsed > self.limits.max_head + 65_536:
            self.fault_status = 431
            self.send_400_response("")

    def on_message_begin(self) -> None:
        self.unparsed = 0
        super().on_message_begin()
        self.set_deadline(self.limits.head_timeout)

    def on_headers_complete(self) -> None:
        self.unparsed = 0
        size = len(self.url) + sum([len(name) + len(value) + 4 for name, value in self.headers])
        if size > self.limits.max_head or len(self.headers) > MAX_HEADERS:
            self.fault_status = 431
            raise TooLarge
        super().on_headers_complete()
        self.set_deadline(self.limits.body_timeout)

    def on_body(self, body: bytes) -> None:
        self.unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.unparsed = 0
        self.deadline = None
        if self.cycle and self.cycle.response_complete:  # answered before it was read: uvicorn sets no timer then
            self.set_deadline(self.limits.head_timeout)
        super().on_message_complete()

    def set_deadline(self, seconds: float) -> None:
        self.deadline = self.loop.time() + seconds
        if self.timer is None:
            self.timer = self.loop.call_later(seconds, self.check_deadline)

    def check_deadline(self) -> None:
        """Refuses a request that is overdue. A connection has one timer, which is set again if it was early."""
        self.timer = None
        if self.flow.write_paused:
            unread, self.unread = self.unread, self.transport.get_write_buffer_size()
            if unread and self.unread >= unread:
                self.transport.abort()
                return
            self.timer = self.loop.call_later(self.limits.body_timeout, self.check_deadline)
        elif self.deadline is not None:
            self.unread = 0
            left = self.deadline - self.loop.time()
            if self.flow.read_paused:  # the client isn't late while we don't read
                left = max(left, self.limits.body_timeout)
            if left > 0:
                self.timer = self.loop.call_later(left, self.check_deadline)
            else:
                self.refuse(408)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.unread = self.transport.get_write_buffer_size()
        if self.timer is None:
            self.timer = self.loop.call_later(self.limits.body_timeout, self.check_deadline)

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self.loop.call_later(self.limits.body_timeout, self.transport.abort)  # if the end of an answer is never read

    def send_400_response(self, msg: str) -> None:
        self.refuse(self.fault_status)

    def refuse(self, status: int) -> None:
        """Sends a refusal, unless it would become part of an answer in progress, and closes the connection."""
        cycle = self.cycle
        if (
            cycle is None
            or cycle.response_complete
            or not (cycle.response_started or self.pipeline or self.is_reading_next_request())
        ):
            accepted = middleware.find_header(self.headers or [], b"accept-language")
            self.transport.write(refusal_response(status, words.language_of(accepted)))
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        self.deadline = None
        self.transport.close()
        self.loop.call_later(self.limits.body_timeout, self.transport.abort)

    def is_reading_next_request(self) -> bool:
        """Whether the head being read belongs to another request than the one being answered."""
        return self.cycle.scope is not self.scope


def refusal_response(status: int, language: str) -> bytes:
    """A whole answer, equal to that of `problems.problem_response` and the outer middleware."""
    title = HTTPStatus(status).phrase
    code = CODES.get(status)
    body = {
        "type": problems.type_of(code),
        "title": title,
        "status": status,
        "detail": words.translate(DETAILS[status], language),
        "code": code,
    }
    content = msgspec.json.encode(body)
    headers = [
        *middleware.STANDARD_HEADERS,
        *middleware.DEFAULT_HEADERS,
        (b"content-type", b"application/problem+json"),
    ]
    headers += [(b"content-length", b"%d" % len(content)), (b"connection", b"close")]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    return STATUS_LINE[status] + b"".join(b"%s: %s\r\n" % pair for pair in headers) + b"\r\n" + content
