"""Events under moderation: the organizer's, the moderators' and the public's endpoints."""

from typing import Annotated

from litestar import Response, delete, get, patch, post

from jalon.modules.events.schemas import (
    Decision,
    Event,
    EventChange,
    EventPublication,
    Events,
    NewEvent,
    PublicEvent,
    PublicEvents,
    ReasonBody,
    StatusHistory,
)
from jalon.server.call import (
    After,
    Count,
    Fields,
    Identifier,
    JSONBody,
    Limit,
    QueryParameter,
    Request,
    call,
    sort_parameter,
    timestamp_parameter,
)
from jalon.server.problems import responses

ORGANIZER_EVENTS, ADMIN_EVENTS, PUBLIC_EVENTS = "/api/organizer/events", "/api/admin/events", "/api/events"
TAGS = ["Events"]

Sort = Annotated[str, sort_parameter("created_at", "status_changed_at", "starts_at", "title", "id")]
SortPublic = Annotated[str, sort_parameter("starts_at", "title", "id")]
Code = Annotated[str | None, QueryParameter(max_length=100)]
Flag = Annotated[bool | None, QueryParameter()]
Moment = Annotated[str | None, timestamp_parameter(None, "A date or a point in time.")]


@post(ORGANIZER_EVENTS, tags=TAGS, responses=responses(422), status_code=201)
async def create_event(request: Request, data: JSONBody[NewEvent]) -> Response[Event]:
    """Create an event: a draft, its moderation pending."""
    return await call("create_event", None, data, request)


@get(ORGANIZER_EVENTS, tags=TAGS, responses=responses(), opt={"open": True})
async def own_events(
    request: Request,
    status: Code = None,
    moderation_status: Code = None,
    is_published: Flag = None,
    sort: Sort = "-created_at",
    count: Count = True,
    fields: Fields = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[Events]:
    """My events, newest first unless sorted otherwise."""
    filters = {"status": status, "moderation_status": moderation_status, "is_published": is_published}
    form = {"sort": sort, "count": count, "fields": fields}
    return await call("my_events", None, None, request, **filters, **form, after=after, limit=limit)


@get(f"{ORGANIZER_EVENTS}/{{id:str}}", tags=TAGS, responses=responses(404), opt={"open": True})
async def own_event(request: Request, id: Identifier) -> Response[Event]:
    """One of my events, with the actions that I may take now."""
    return await call("my_event", id, None, request)


@patch(f"{ORGANIZER_EVENTS}/{{id:str}}", tags=TAGS, responses=responses(404, 409, 412, 422))
async def edit_event(request: Request, id: Identifier, data: JSONBody[EventChange]) -> Response[Event]:
    """Edit an event. A change of title, dates, place or price of an approved one asks for a new approval."""
    return await call("edit_event", id, data, request)


@delete(f"{ORGANIZER_EVENTS}/{{id:str}}", tags=TAGS, responses=responses(404, 412), status_code=204)
async def delete_event(request: Request, id: Identifier) -> Response[None]:
    """Delete a draft."""
    return await call("delete_event", id, None, request)


@patch(
    f"{ORGANIZER_EVENTS}/{{id:str}}/submit",
    tags=TAGS,
    opt={"moves": True},
    responses=responses(404, 409, 412, 422, 428),
)
async def submit_event(request: Request, id: Identifier, data: JSONBody[ReasonBody | None] = None) -> Response[Event]:
    """Submit an event for review."""
    return await call("submit_event", id, data, request)


@patch(
    f"{ORGANIZER_EVENTS}/{{id:str}}/publish", tags=TAGS, opt={"moves": True}, responses=responses(404, 409, 412, 428)
)
async def publish_event(
    request: Request, id: Identifier, data: JSONBody[EventPublication | None] = None
) -> Response[Event]:
    """Publish or unpublish an approved event; without a body: the opposite of now."""
    return await call("publish_event", id, data, request)


@patch(f"{ORGANIZER_EVENTS}/{{id:str}}/revert", tags=TAGS, opt={"moves": True}, responses=responses(404, 409, 412, 428))
async def revert_event(request: Request, id: Identifier, data: JSONBody[ReasonBody | None] = None) -> Response[Event]:
    """Take an event back to draft while it is under review."""
    return await call("revert_event", id, data, request)


@get(f"{ORGANIZER_EVENTS}/{{id:str}}/status-history", tags=TAGS, responses=responses(404), opt={"open": True})
async def own_event_history(
    request: Request, id: Identifier, after: After = None, limit: Limit = 50
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
    sort: Sort = "status_changed_at",
    count: Count = True,
    fields: Fields = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[Events]:
    """Events that wait for a moderator, the longest wait first unless sorted otherwise; or all that fit a filter."""
    filters = {"status": status, "moderation_status": moderation_status, "is_published": is_published}
    form = {"sort": sort, "count": count, "fields": fields}
    return await call(
        "moderation_queue", None, None, request, **filters, organizer_id=organizer_id, **form, after=after, limit=limit
    )


@get(f"{ADMIN_EVENTS}/{{id:str}}", tags=TAGS, responses=responses(404))
async def event_for_moderation(request: Request, id: Identifier) -> Response[Event]:
    """One event, for moderators."""
    return await call("event_for_moderation", id, None, request)


@get(f"{ADMIN_EVENTS}/{{id:str}}/status-history", tags=TAGS, responses=responses(404))
async def event_history_for_moderation(
    request: Request, id: Identifier, after: After = None, limit: Limit = 50
) -> Response[StatusHistory]:
    """Every change of status of an event, for moderators."""
    return await call("event_status_history_for_moderation", id, None, request, after=after, limit=limit)


@patch(
    f"{ADMIN_EVENTS}/{{id:str}}/status", tags=TAGS, opt={"moves": True}, responses=responses(404, 409, 412, 422, 428)
)
async def moderate_event(request: Request, id: Identifier, data: JSONBody[Decision]) -> Response[Event]:
    """Decide on an event. Administrators may force a move without a transition: with notes, marked for ever."""
    return await call("moderate_event", id, data, request)


@get(PUBLIC_EVENTS, opt={"public": True, "open": True}, tags=TAGS, security=[{}], responses=responses())
async def public_events(
    request: Request,
    starts_from: Moment = None,
    starts_before: Moment = None,
    sort: SortPublic = "starts_at",
    count: Count = False,
    fields: Fields = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[PublicEvents]:
    """Published events, by date unless sorted otherwise. Open to everybody."""
    filters = {"starts_from": starts_from, "starts_before": starts_before}
    form = {"sort": sort, "count": count, "fields": fields}
    return await call("public_events", None, None, request, **filters, **form, after=after, limit=limit)


@get(
    f"{PUBLIC_EVENTS}/{{id:str}}",
    opt={"public": True, "open": True},
    tags=TAGS,
    security=[{}],
    responses=responses(404),
)
async def public_event(request: Request, id: Identifier) -> Response[PublicEvent]:
    """One published event. Open to everybody."""
    return await call("public_event", id, None, request)


routes = [
    create_event, own_events, own_event, edit_event, delete_event, submit_event, publish_event, revert_event,
    own_event_history, moderation_queue, event_for_moderation, event_history_for_moderation, moderate_event,
    public_events, public_event,
]  # fmt: skip
