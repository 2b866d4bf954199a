"""Events under moderation: the organizer's, the moderators' and the public's endpoints. Names as the requirement has them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.openapi.spec import Example
from litestar.params import PathParameter
from msgspec import UNSET, Meta, UnsetType

from jalon.server.call import After, Input, JSONBody, Limit, QueryParameter, Request, call, moment
from jalon.server.problems import responses

MINE, THEIRS, ALL = "/api/organizer/events", "/api/admin/events", "/api/events"
TAGS = ["Events"]
EXAMPLE = "0b9f3f1e-5d3c-4f0e-9d54-3f1f3f2d7a10"

EventId = Annotated[str, PathParameter(max_length=100, description="Identifier.", examples=[Example(value=EXAMPLE)])]
Code = Annotated[str | None, QueryParameter(max_length=100)]
Yes = Annotated[bool | None, QueryParameter()]
Stamp = Annotated[datetime, Meta(tz=True)]
Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", examples=["Fête de la musique"])]
Description = Annotated[str, Meta(max_length=10_000)]
Place = Annotated[str, Meta(max_length=500, examples=["Place Bellecour, Lyon"])]
Price = Annotated[float, Meta(ge=0, le=9_999_999_999, examples=[12.5])]
Capacity = Annotated[int, Meta(ge=1, le=2**31 - 1, examples=[250])]
Notes = Annotated[str, Meta(max_length=4000, examples=["Approved with minor suggestions"])]
Moment = Annotated[str | None, moment(None, "A date or a point in time.")]


class NewEvent(Input, frozen=True, kw_only=True, rename=None):
    """What an event begins with; all but the title may come later."""

    title: Title
    description: Description | None = None
    starts_at: Stamp | None = None
    ends_at: Stamp | None = None
    place: Place | None = None
    price: Price | None = None
    capacity: Capacity | None = None


class EventChange(Input, frozen=True, kw_only=True, rename=None):
    """What is to change; what is left out stays, null empties."""

    title: Title | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    starts_at: Stamp | UnsetType | None = UNSET
    ends_at: Stamp | UnsetType | None = UNSET
    place: Place | UnsetType | None = UNSET
    price: Price | UnsetType | None = UNSET
    capacity: Capacity | UnsetType | None = UNSET


class Publication(Input, frozen=True, kw_only=True, rename=None):
    """Whether the public is to see it; left out: the other way round."""

    is_published: bool | None = None


class Why(Input, frozen=True, kw_only=True, rename=None):
    """Why, for the history."""

    reason: Notes | None = None


class Decision(Input, frozen=True, kw_only=True, rename=None):
    """Where to, and what the organizer is told. Notes are the reason that some arrows and every forced move demand."""

    status: Annotated[str, Meta(min_length=1, max_length=100, examples=["active"])] | None = None
    moderation_status: Annotated[str, Meta(min_length=1, max_length=100, examples=["approved"])] | None = None
    admin_notes: Notes | None = None


class Action(msgspec.Struct):
    """What the caller may do now."""

    action: str
    label: str
    column: str
    to: str
    icon: str | None
    needs_reason: bool


class Blocked(msgspec.Struct):
    """What leads on from here, but not now or not for the caller, and why."""

    action: str
    label: str
    column: str
    to: str
    icon: str | None
    is_for_others: bool
    why: list[str]


class PublicEvent(msgspec.Struct, kw_only=True):
    """An event as the public sees it."""

    id: UUID
    title: str
    description: str | None
    starts_at: Stamp | None
    ends_at: Stamp | None
    place: str | None
    price: float | None
    capacity: int | None
    status: str
    label: str
    color: str | None
    icon: str | None
    etag: str


class Event(PublicEvent, kw_only=True):
    """The whole event, for its organizer and for moderators."""

    organizer_id: str
    is_mine: bool
    explanation: str | None
    moderation_status: str
    is_published: bool
    status_label: str
    moderation_status_label: str
    admin_notes: str | None
    status_changed_at: Stamp
    status_changed_by: UUID | None
    version: int
    revision: int
    created_at: Stamp
    updated_at: Stamp
    can_edit: bool
    can_delete: bool
    can_force: bool
    why_no_edit: str | None
    why_no_delete: str | None
    asks_approval: Annotated[list[str], Meta(description="Fields of which a change asks for a new approval.")]
    actions: list[Action]
    blocked: list[Blocked]


class Page(msgspec.Struct, kw_only=True):
    """A page; `next` is the `after` of the following one."""

    next: str | None


class WayStep(msgspec.Struct):
    """A step on the straight way from the draft to the end, and what it means."""

    step: int
    label: str
    color: str | None
    icon: str | None
    explanation: str | None


class Events(Page):
    """A page of events."""

    items: list[Event]
    total: int
    can_create: bool
    workflow: list[WayStep]


class PublicEvents(Page):
    """A page of published events."""

    items: list[PublicEvent]


class ColumnChange(msgspec.Struct):
    """What one column did."""

    column: str
    from_: str | None = msgspec.field(name="from")
    from_label: str | None
    to: str
    to_label: str


class StatusChange(msgspec.Struct):
    """One row of the history."""

    id: UUID
    version: int
    kind: str
    old_status: str | None
    new_status: str
    old_moderation_status: str | None
    new_moderation_status: str
    old_is_published: bool | None
    new_is_published: bool
    label: str
    color: str | None
    icon: str | None
    reason: str | None
    admin_notes: str | None
    changes: list[ColumnChange]
    changed_at: Stamp
    changed_by: str
    previous_changed_at: Stamp | None


class StatusHistory(Page):
    """The history, newest first, and where the event stands now."""

    items: list[StatusChange]
    total: int
    current: dict[str, Any]


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
    """Decide on an event. What no arrow allows is forced: for administrators, with notes, flagged for ever."""
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
