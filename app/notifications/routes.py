"""Notifications of the caller, as pages and as a stream."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, patch
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter
from litestar.response import Stream
from msgspec import Meta

from jalon.notifications.listener import Listener, Subscriber
from jalon.server import header_fields, middleware
from jalon.server.call import After, Identifier, Limit, Output, QueryParameter, Request, Timestamp, call, caller_input
from jalon.server.problems import Problem, responses

PATH = "/api/organizer/notifications"
TAGS = ["Notifications"]
PAGE = 100  # notifications that a stream holds at the most; the next are read when these are sent
LIFETIME = 3600.0  # seconds after which a stream ends, so that its caller shows a token again


class Notification(Output, rename=None):
    """A message for a person, in their language and as data."""

    id: UUID
    type: Annotated[str, Meta(examples=["event_approval"])]
    priority: Annotated[str, Meta(examples=["high"])]
    title: str
    message: str
    link: str | None
    is_read: bool
    read_at: Timestamp | None
    created_at: Timestamp
    acted_by: str
    data: dict[str, Any]


class Notifications(Output, kw_only=True, rename=None):
    """A page of notifications, newest first."""

    next: str | None
    items: list[Notification]
    total: int
    unread_count: int
    last_event_id: Annotated[str, Meta(description="Begin the stream with this as Last-Event-ID: nothing is missed.")]


class ReadAll(Output, rename=None):
    """How many were marked."""

    read: int
    unread_count: int


@get(PATH, tags=TAGS, responses=responses(), opt={"open": True})
async def notifications(
    request: Request,
    unread: Annotated[bool | None, QueryParameter(description="Only those that are not read.")] = None,
    type_: Annotated[str | None, QueryParameter(name="type", max_length=100)] = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[Notifications]:
    """My notifications, newest first."""
    return await call("notifications", None, None, request, unread=unread, type=type_, after=after, limit=limit)


@patch(f"{PATH}/{{id:str}}/read", tags=TAGS, responses=responses(404))
async def read_notification(request: Request, id: Identifier) -> Response[Notification]:
    """Mark a notification as read."""
    return await call("read_notification", id, None, request)


@patch(f"{PATH}/read-all", tags=TAGS, responses=responses())
async def read_all_notifications(request: Request) -> Response[ReadAll]:
    """Mark all notifications as read."""
    return await call("read_all_notifications", None, None, request)


class Entry(msgspec.Struct):
    position: int
    notification: msgspec.Raw


class Feed(msgspec.Struct):
    """The notifications that a stream reads at a time."""

    items: list[Entry]
    position: int
    permissions: list[str]
    is_reset: bool
    unread_count: int | None = None


def server_sent_event(event: str, position: int, data: bytes) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (position, event.encode(), data)


async def stream_events(
    listener: Listener, subscriber: Subscriber, caller: bytes, position: int | None
) -> AsyncIterator[bytes]:
    """The stream: reads new notifications, sends them, waits to be woken. A slow reader delays nobody else."""
    ends = time.monotonic() + LIFETIME * random.uniform(0.8, 1)  # noqa: S311 - spreads the returns
    try:
        yield b"retry: 2000\n\n"
        while not listener.is_closing and time.monotonic() < ends:
            subscriber.wake_up.clear()
            if subscriber.changed_tables:
                changed, subscriber.changed_tables = sorted(subscriber.changed_tables), set()
                yield b"event: changes\ndata: %s\n\n" % msgspec.json.encode(ChangedTables(changed))
            try:
                query = msgspec.json.encode({"after": position, "limit": PAGE})
                feed = msgspec.json.decode(await listener.read_feed(query, caller), type=Feed)
            except Problem:  # the database is away, or busy
                yield b": waiting\n\n"
                await asyncio.sleep(random.uniform(0.5, 1.5))  # noqa: S311
                continue
            subscriber.permissions = frozenset(feed.permissions)
            if feed.is_reset:
                yield server_sent_event(
                    "ready", feed.position, msgspec.json.encode({"unread_count": feed.unread_count})
                )
            for entry in feed.items:
                yield server_sent_event("notification", entry.position, bytes(entry.notification))
            position = feed.position
            if len(feed.items) < PAGE:
                try:
                    async with asyncio.timeout(listener.settings.heartbeat):
                        await subscriber.wake_up.wait()
                except TimeoutError:
                    yield b": alive\n\n"
        yield b"retry: %d\n\n" % random.randint(500, 3000)  # noqa: S311
    finally:
        listener.unsubscribe(subscriber)


class StreamReady(msgspec.Struct):
    """The stream begins here: how many notifications are not read yet."""

    unread_count: int


class ChangedTables(msgspec.Struct):
    """Tables of which records changed. It names none: whoever may see them reads them again."""

    tables: list[str]


STREAM_RESPONSE = ResponseSpec(
    str, media_type="text/event-stream", generate_examples=False, description="Server-sent events, without end."
)


@get(
    f"{PATH}/stream",
    tags=TAGS,
    opt={"open": True, "events": {"ready": StreamReady, "notification": Notification, "changes": ChangedTables}},
    responses={200: STREAM_RESPONSE} | responses(429),
    media_type="text/event-stream",
)
async def notification_stream(
    request: Request,
    last: Annotated[
        str | None,
        HeaderParameter(name="Last-Event-ID", pattern=r"^\d{0,18}$", description="Where to go on; empty: from now on."),
    ] = None,
    last_event_id: Annotated[
        str | None, QueryParameter(pattern=r"^\d{1,18}$", description="The same, where no header can be sent.")
    ] = None,
    language_: Annotated[
        str | None,
        QueryParameter(name="language", max_length=100, description="Accept-Language, where no header can be sent."),
    ] = None,
    changes: Annotated[
        bool, QueryParameter(description="With `changes`: the names of tables of which records changed.")
    ] = False,
) -> Stream:
    """My notifications as they come: first `ready`, unless Last-Event-ID is given; then one `notification` each."""
    if unknown := request.query_params.keys() - {"last_event_id", "language", "changes"}:
        raise Problem(400, f"Unknown parameter: {', '.join(sorted(unknown))}.", "JL405", field=min(unknown))
    context, listener = middleware.request_context(request.scope), request.app.state.listener
    known = request.app.state.database.languages
    caller = caller_input(request)
    caller.language = header_fields.find_language(language_ or context.header(b"accept-language") or "", known)
    position = last or last_event_id
    content = stream_events(
        listener,
        listener.subscribe(context.caller.actor, changes),
        msgspec.json.encode(caller),
        int(position) if position else None,
    )
    return Stream(content, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


routes = [notifications, read_notification, read_all_notifications, notification_stream]
