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
    ReasonBody,
    StatusHistory,
)
from jalon.server.call import After, JSONBody, Limit, QueryParameter, Request, call, timestamp_parameter
from jalon.server.problems import responses

ORGANIZER_EVENTS, ADMIN_EVENTS, PUBLIC_EVENTS = "/api/organizer/events", "/api/admin/events", "/api/events"
TAGS = ["Events"]
EXAMPLE = "0b9f3f1e-5d3c-4f0e-9d54-3f1f3f2d7a10"

EventId = Annotated[str, PathParameter(max_length=100, description="Identifier.", examples=[Example(value=EXAMPLE)])]
Code = Annotated[str | None, QueryParameter(max_length=100)]
Flag = Annotated[bool | None, QueryParameter()]
Moment = Annotated[str | None, timestamp_parameter(None, "A date or a point in time.")]


@post(ORGANIZER_EVENTS, tags=TAGS, responses=responses(422), status_code=201)
async def create(request: Request, data: JSONBody[NewEvent]) -> Response[Event]:
    """Create an event: a draft, its moderation pending."""
    return await call("create_event", None, data, request)


@get(ORGANIZER_EVENTS, tags=TAGS, responses=responses())
async def own_events(
    request: Request,
    status: Code = None,
    moderation_status: Code = None,
    is_published: Flag = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[Events]:
    """My events, newest first."""
    filters = {"status": status, "moderation_status": moderation_status, "is_published": is_published}
    return await call("my_events", None, None, request, **filters, after=after, limit=limit)


@get(f"{ORGANIZER_EVENTS}/{{id:str}}", tags=TAGS, responses=responses(404))
async def own_event(request: Request, id: EventId) -> Response[Event]:
    """One of my events, with the actions that I may take now."""
    return await call("my_event", id, None, request)


@patch(f"{ORGANIZER_EVENTS}/{{id:str}}", tags=TAGS, responses=responses(404, 409, 412, 422))
async def edit(request: Request, id: EventId, data: JSONBody[EventChange]) -> Response[Event]:
    """Edit an event. A change of title, dates, place or price of an approved one asks for a new approval."""
    return await call("edit_event", id, data, request)


@delete(f"{ORGANIZER_EVENTS}/{{id:str}}", tags=TAGS, responses=responses(404, 412), status_code=204)
async def remove(request: Request, id: EventId) -> Response[None]:
    """Delete a draft."""
    return await call("delete_event", id, None, request)


@patch(
    f"{ORGANIZER_EVENTS}/{{id:str}}/submit",
    tags=TAGS,
    opt={"moves": True},
    responses=responses(404, 409, 412, 422, 428),
)
async def submit(request: Request, id: EventId, data: JSONBody[ReasonBody | None] = None) -> Response[Event]:
    """Submit an event for review."""
    return await call("submit_event", id, data, request)


@patch(
    f"{ORGANIZER_EVENTS}/{{id:str}}/publish", tags=TAGS, opt={"moves": True}, responses=responses(404, 409, 412, 428)
)
async def publish(request: Request, id: EventId, data: JSONBody[Publication | None] = None) -> Response[Event]:
    """Publish or unpublish an approved event; without a body: the opposite of now."""
    return await call("publish_event", id, data, request)


@patch(f"{ORGANIZER_EVENTS}/{{id:str}}/revert", tags=TAGS, opt={"moves": True}, responses=responses(404, 409, 412, 428))
async def revert(request: Request, id: EventId, data: JSONBody[ReasonBody | None] = None) -> Response[Event]:
    """Take an event back to draft while it is under review."""
    return await call("revert_event", id, data, request)


@get(f"{ORGANIZER_EVENTS}/{{id:str}}/status-history", tags=TAGS, responses=responses(404))
async def own_event_history(
    request: Request, id: EventId, after: After = None, limit: Limit = 50
) -> Response[StatusHistory]:
    """Every change of status of one of my events, newest first."""
    return await call("my_event_status_history", id, None, request, after=after, limit=limit)


@get(ADMIN_EVENTS, tags=TAGS, responses=responses())
async def moderation_queue(
    request: Request,
    status: Code = None,
    moderation_status: Code = None,
    is_published: Flag = None,
    organizer_id: Annotated[str | None, QueryParameter(max_length=200)] = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[Events]:
    """Events that wait for a moderator, the longest wait first; with a filter, all that match it."""
    filters = {"status": status, "moderation_status": moderation_status, "is_published": is_published}
    return await call(
        "moderation_queue", None, None, request, **filters, organizer_id=organizer_id, after=after, limit=limit
    )


@get(f"{ADMIN_EVENTS}/{{id:str}}", tags=TAGS, responses=responses(404))
async def event_for_moderation(request: Request, id: EventId) -> Response[Event]:
    """One event, for moderators."""
    return await call("event_for_moderation", id, None, request)


@get(f"{ADMIN_EVENTS}/{{id:str}}/status-history", tags=TAGS, responses=responses(404))
async def history_for_moderation(
    request: Request, id: EventId, after: After = None, limit: Limit = 50
) -> Response[StatusHistory]:
    """Every change of status of an event, for moderators."""
    return await call("event_status_history_for_moderation", id, None, request, after=after, limit=limit)


@patch(
    f"{ADMIN_EVENTS}/{{id:str}}/status", tags=TAGS, opt={"moves": True}, responses=responses(404, 409, 412, 422, 428)
)
async def moderate(request: Request, id: EventId, data: JSONBody[Decision]) -> Response[Event]:
    """Decide on an event. Administrators may force a move without a transition: with notes, marked for ever."""
    return await call("moderate_event", id, data, request)


@get(PUBLIC_EVENTS, opt={"public": True}, tags=TAGS, security=[{}], responses=responses(needs_caller=False))
async def public_events(
    request: Request, starts_from: Moment = None, starts_before: Moment = None, after: After = None, limit: Limit = 50
) -> Response[PublicEvents]:
    """Published events, by date. Open to everybody."""
    return await call(
        "public_events", None, None, request,
        starts_from=starts_from, starts_before=starts_before, after=after, limit=limit,
    )  # fmt: skip


@get(
    f"{PUBLIC_EVENTS}/{{id:str}}",
    opt={"public": True},
    tags=TAGS,
    security=[{}],
    responses=responses(404, needs_caller=False),
)
async def public_event(request: Request, id: EventId) -> Response[PublicEvent]:
    """One published event. Open to everybody."""
    return await call("public_event", id, None, request)


routes = [
    create, own_events, own_event, edit, remove, submit, publish, revert, own_event_history,
    moderation_queue, event_for_moderation, history_for_moderation, moderate, public_events, public_event,
]  # fmt: skip
