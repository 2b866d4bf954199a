"""uvicorn's HTTP protocol with bounds, and nothing else: on the size and time of what comes, and on who may come at all.

httptools keeps a header for as long as it goes on and knows no clock. Here a head has a size and a number of lines, and
each part of a request a time; trailers and the extensions of chunks count as a head does. Who does not read an answer
is not waited for either. What is refused here never reaches the application, but is refused in the same form.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from jalon.server import middleware
from jalon.settings import Settings

WORDS = {
    400: "This is no HTTP request.",
    408: "The request did not come in time.",
    431: "The request's headers are too many or too long.",
    503: "Too many connections are open; try again.",
}
CODES = {400: "JL405", 431: "JL405", 503: "53300"}


class TooLarge(Exception):
    """Raised where the parser calls back, so that it stops."""


class Bounded(HttpToolsProtocol):
    """What `jalon serve` speaks. `due` is when what is awaited of the client has to be there."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.bounds: Settings = self.config.loaded_app.state.settings
        self.due: float | None = None
        self.watch: asyncio.TimerHandle | None = None
        self.fault = 400
        self.unread = 0  # bytes of an answer that the client had not read when we last looked
        self.loose = 0  # bytes received since a head, a piece of a body or a request was complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.bounds.connections:
            self.refuse(503)
        else:
            self.expect(self.bounds.head_timeout)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.watch:
            self.watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.due is None:
            self.expect(self.bounds.head_timeout)
        self.loose += len(data)
        super().data_received(data)
        if (
            self.loose > self.bounds.max_head + 65_536
        ):  # a single piece may hold the end of one request and half of another
            self.fault = 431
            self.send_400_response("")

    def on_message_begin(self) -> None:
        self.loose = 0
        super().on_message_begin()
        self.expect(self.bounds.head_timeout)

    def on_headers_complete(self) -> None:
        self.loose = 0
        size = len(self.url) + sum([len(name) + len(value) + 4 for name, value in self.headers])
        if size > self.bounds.max_head or len(self.headers) > self.bounds.max_headers:
            self.fault = 431
            raise TooLarge
        super().on_headers_complete()
        self.expect(self.bounds.body_timeout)

    def on_body(self, body: bytes) -> None:
        self.loose = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.loose = 0
        self.due = None
        if self.cycle and self.cycle.response_complete:  # answered before it was read: uvicorn sets no clock then
            self.expect(self.bounds.head_timeout)
        super().on_message_complete()

    def expect(self, seconds: float) -> None:
        self.due = self.loop.time() + seconds
        if self.watch is None:
            self.watch = self.loop.call_later(seconds, self.look)

    def look(self) -> None:
        """Is what we wait for overdue? One timer a connection, which is set again when it was early."""
        self.watch = None
        if self.flow.write_paused:
            unread, self.unread = self.unread, self.transport.get_write_buffer_size()
            if unread and self.unread >= unread:
                self.transport.abort()
                return
            self.watch = self.loop.call_later(self.bounds.body_timeout, self.look)
        elif self.due is not None:
            self.unread = 0
            left = self.due - self.loop.time()
            if self.flow.read_paused:  # what we do not read is not late
                left = max(left, self.bounds.body_timeout)
            if left > 0:
                self.watch = self.loop.call_later(left, self.look)
            else:
                self.refuse(408)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.unread = self.transport.get_write_buffer_size()
        if self.watch is None:
            self.watch = self.loop.call_later(self.bounds.body_timeout, self.look)

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self.loop.call_later(self.bounds.body_timeout, self.transport.abort)  # if the end of an answer is never read

    def send_400_response(self, msg: str) -> None:
        self.refuse(self.fault)

    def refuse(self, status: int) -> None:
        """Say why, unless an answer is under way that this would become part of; and hang up."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete or not (cycle.response_started or self.pipeline or self.is_next()):
            self.transport.write(refusal(status))
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        self.due = None
        self.transport.close()
        self.loop.call_later(self.bounds.body_timeout, self.transport.abort)

    def is_next(self) -> bool:
        """Whether what is being read is the head of a further request than the one that is being answered."""
        return self.cycle.scope is not self.scope


def refusal(status: int) -> bytes:
    """A whole answer, as `errors.told` and the frame would give it."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": WORDS[status], "code": CODES.get(status)}
    content = msgspec.json.encode(body)
    headers = [*middleware.HEADERS, *middleware.UNLESS_SET, (b"content-type", b"application/problem+json")]
    headers += [(b"content-length", b"%d" % len(content)), (b"connection", b"close")]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    return STATUS_LINE[status] + b"".join(b"%s: %s\r\n" % pair for pair in headers) + b"\r\n" + content
