"""Events under moderation: the organizer's, the moderators' and the public's endpoints."""

from typing import Annotated

from litestar import Response, delete, get, patch, post
from litestar.openapi.spec import Example
from litestar.params import PathParameter

from jalon.modules.events.schemas import (
    Decision,
    Event,
    EventChange,
    Events,
    NewEvent,
    Publication,
    PublicEvent,
    PublicEvents,
    StatusHistory,
    Why,
)
from jalon.server.call import After, JSONBody, Limit, QueryParameter, Request, call, moment
from jalon.server.problems import responses

MINE, THEIRS, ALL = "/api/organizer/events", "/api/admin/events", "/api/events"
TAGS = ["Events"]
EXAMPLE = "0b9f3f1e-5d3c-4f0e-9d54-3f1f3f2d7a10"

EventId = Annotated[str, PathParameter(max_length=100, description="Identifier.", examples=[Example(value=EXAMPLE)])]
Code = Annotated[str | None, QueryParameter(max_length=100)]
Yes = Annotated[bool | None, QueryParameter()]
Moment = Annotated[str | None, moment(None, "A date or a point in time.")]


@post(MINE, tags=TAGS, responses=responses(422), status_code=201)
async def create(request: Request, data: JSONBody[NewEvent]) -> Response[Event]:
    """Create an event: a draft, its moderation pending."""
    return await call("create_event", None, data, request)


@get(MINE, tags=TAGS, responses=responses())
async def mine(
    request: Request,
    status: Code = None,
    moderation_status: Code = None,
    is_published: Yes = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[Events]:
    """My events, newest first."""
    wanted = {"status": status, "moderation_status": moderation_status, "is_published": is_published}
    return await call("my_events", None, None, request, **wanted, after=after, limit=limit)


@get(f"{MINE}/{{id:str}}", tags=TAGS, responses=responses(404))
async def one_of_mine(request: Request, id: EventId) -> Response[Event]:
    """One of my events, with what I may do now."""
    return await call("my_event", id, None, request)


@patch(f"{MINE}/{{id:str}}", tags=TAGS, responses=responses(404, 409, 412, 422))
async def edit(request: Request, id: EventId, data: JSONBody[EventChange]) -> Response[Event]:
    """Edit an event. A change of title, dates, place or price of an approved one asks for a new approval."""
    return await call("edit_event", id, data, request)


@delete(f"{MINE}/{{id:str}}", tags=TAGS, responses=responses(404, 412), status_code=204)
async def remove(request: Request, id: EventId) -> Response[None]:
    """Delete a draft."""
    return await call("delete_event", id, None, request)


@patch(f"{MINE}/{{id:str}}/submit", tags=TAGS, opt={"moves": True}, responses=responses(404, 409, 412, 422, 428))
async def submit(request: Request, id: EventId, data: JSONBody[Why | None] = None) -> Response[Event]:
    """Submit an event for review."""
    return await call("submit_event", id, data, request)


@patch(f"{MINE}/{{id:str}}/publish", tags=TAGS, opt={"moves": True}, responses=responses(404, 409, 412, 428))
async def publish(request: Request, id: EventId, data: JSONBody[Publication | None] = None) -> Response[Event]:
    """Publish or unpublish an approved event; without a body: the other way round."""
    return await call("publish_event", id, data, request)


@patch(f"{MINE}/{{id:str}}/revert", tags=TAGS, opt={"moves": True}, responses=responses(404, 409, 412, 428))
async def revert(request: Request, id: EventId, data: JSONBody[Why | None] = None) -> Response[Event]:
    """Take an event back to draft while it is under review."""
    return await call("revert_event", id, data, request)


@get(f"{MINE}/{{id:str}}/status-history", tags=TAGS, responses=responses(404))
async def history_of_mine(
    request: Request, id: EventId, after: After = None, limit: Limit = 50
) -> Response[StatusHistory]:
    """Every change of status of one of my events, newest first."""
    return await call("my_event_status_history", id, None, request, after=after, limit=limit)


@get(THEIRS, tags=TAGS, responses=responses())
async def queue(
    request: Request,
    status: Code = None,
    moderation_status: Code = None,
    is_published: Yes = None,
    organizer_id: Annotated[str | None, QueryParameter(max_length=200)] = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[Events]:
    """What waits for a moderator, the longest wait first; with a filter, whatever fits it."""
    wanted = {"status": status, "moderation_status": moderation_status, "is_published": is_published}
    return await call(
        "moderation_queue", None, None, request, **wanted, organizer_id=organizer_id, after=after, limit=limit
    )


@get(f"{THEIRS}/{{id:str}}", tags=TAGS, responses=responses(404))
async def one(request: Request, id: EventId) -> Response[Event]:
    """One event, for moderators."""
    return await call("event_for_moderation", id, None, request)


@get(f"{THEIRS}/{{id:str}}/status-history", tags=TAGS, responses=responses(404))
async def history(request: Request, id: EventId, after: After = None, limit: Limit = 50) -> Response[StatusHistory]:
    """Every change of status of an event, for moderators."""
    return await call("event_status_history_for_moderation", id, None, request, after=after, limit=limit)


@patch(f"{THEIRS}/{{id:str}}/status", tags=TAGS, opt={"moves": True}, responses=responses(404, 409, 412, 422, 428))
async def decide(request: Request, id: EventId, data: JSONBody[Decision]) -> Response[Event]:
    """Decide on an event. What no transition allows is forced: for administrators, with notes, flagged for ever."""
    return await call("moderate_event", id, data, request)


@get(ALL, opt={"public": True}, tags=TAGS, security=[{}], responses=responses(known=False))
async def published(
    request: Request, starts_from: Moment = None, starts_before: Moment = None, after: After = None, limit: Limit = 50
) -> Response[PublicEvents]:
    """Published events, by date. Open to everybody."""
    return await call(
        "public_events", None, None, request,
        starts_from=starts_from, starts_before=starts_before, after=after, limit=limit,
    )  # fmt: skip


@get(f"{ALL}/{{id:str}}", opt={"public": True}, tags=TAGS, security=[{}], responses=responses(404, known=False))
async def one_published(request: Request, id: EventId) -> Response[PublicEvent]:
    """One published event. Open to everybody."""
    return await call("public_event", id, None, request)


routes = [
    create, mine, one_of_mine, edit, remove, submit, publish, revert, history_of_mine, queue, one, history, decide,
    published, one_published,
]  # fmt: skip
