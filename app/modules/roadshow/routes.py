"""The roadshow: counterparties, where each stands, and what happens with it."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Response, get, patch, post
from litestar.params import PathParameter
from msgspec import UNSET, Meta, UnsetType

from jalon.engine.records import ColumnStatus
from jalon.server.call import After, Input, JSONBody, Limit, QueryParameter, Request, call
from jalon.server.problems import responses

COUNTERPARTIES = "/api/v1/roadshow/counterparties"
COUNTERPARTY = f"{COUNTERPARTIES}/{{id:str}}"
Number = Annotated[str, PathParameter(max_length=20, pattern=r"^-?[0-9]+$", description="Number of the counterparty.")]
Filter = Annotated[str | None, QueryParameter(max_length=200)]
Part = Annotated[str | None, QueryParameter(max_length=200, description="Part of the name.")]
Moves = Annotated[bool, QueryParameter(description="With the status and the reader's moves.")]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
Reason = Annotated[str, Meta(max_length=4000)]
Amount = Annotated[float, Meta(ge=0, lt=1e15, examples=[5_000_000])]


class NewStatus(Input, frozen=True, kw_only=True):
    """Where the counterparty is to stand. What is no status is refused by the database, in the words of the requirement."""

    new_status: Annotated[Any, Meta(description="A code of ROADSHOW_STATUS.")] = None
    reason: Reason | None = None
    meta: dict[str, Any] | None = None


class Success(msgspec.Struct, rename="camel", omit_defaults=True):
    """Done; `changed` is false where the counterparty stood there already."""

    success: bool
    changed: bool = True
    message: str | None = None


class NewCounterparty(Input, frozen=True, kw_only=True):
    """What is known of a counterparty at the beginning."""

    name: Annotated[str, Meta(min_length=1, max_length=500, examples=["Ardian"])]
    statut: Annotated[str, Meta(max_length=100)] | None = None
    owner: Text | None = None
    sector: Text | None = None
    ticket_size: Amount | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["EUR"])] | None = None
    notes: Annotated[str, Meta(max_length=10_000)] | None = None
    reason: Reason | None = None


class EditedCounterparty(Input, frozen=True, kw_only=True):
    """What changes about a counterparty; what is not given stays, null clears."""

    name: Annotated[str, Meta(min_length=1, max_length=500)] | UnsetType = UNSET
    owner: Text | UnsetType | None = UNSET
    sector: Text | UnsetType | None = UNSET
    ticket_size: Amount | UnsetType | None = UNSET
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | UnsetType = UNSET
    notes: Annotated[str, Meta(max_length=10_000)] | UnsetType | None = UNSET


class Counterparty(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A counterparty and where it stands."""

    id: int
    name: str
    statut: str
    statut_label: str | None
    statut_color: str | None
    owner: str | None
    sector: str | None
    ticket_size: float | None
    currency: str
    notes: str | None
    created_at: dt.datetime
    since: dt.datetime
    version: int
    last_interaction: dt.date | None
    etag: str
    content_etag: str
    status: ColumnStatus | None = None
    can_manage: bool | None = None
    can_force: bool | None = None
    has_workflow: bool | None = None


class Counterparties(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A page of counterparties, by name, and whether the reader may enter another."""

    items: list[Counterparty]
    next: str | None
    can_manage: bool


class Choice(msgspec.Struct, kw_only=True, rename="camel", omit_defaults=True):
    """A code that a form offers."""

    code: str
    label: str
    icon: str | None
    color: str | None = None
    is_initial: bool | None = None
    is_recorded: bool | None = None


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What forms and filters offer."""

    statuses: list[Choice]
    types: list[Choice]
    owners: list[str]
    sectors: list[str]


class NewInteraction(Input, frozen=True, kw_only=True):
    """What happened, and when (today, where nothing is said)."""

    type: Annotated[str, Meta(min_length=1, max_length=100, examples=["call"])]
    date: dt.date | None = None
    note: Annotated[str, Meta(max_length=10_000)] | None = None
    meta: dict[str, Any] | None = None


class Interaction(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Something that happened with a counterparty."""

    id: int
    counterparty_id: int
    type: str
    type_label: str
    type_icon: str | None
    date: dt.date
    meta: dict[str, Any] | None


class Change(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from", "on_behalf_of": "onBehalfOf"}):
    """The change of status that an event stands for."""

    at: dt.datetime
    by: str
    on_behalf_of: str | None
    reason: str | None
    from_: Choice | None
    to: Choice | None


class Happening(Interaction, frozen=True, kw_only=True):
    """Something that happened; of a change of status also from, to, who, why."""

    change: Change | None = None


class Interactions(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what happened, the latest first, and the types there are."""

    items: list[Happening]
    next: str | None
    types: list[Choice]


@post(
    "/roadshow/{counterpartyId:str}/status",
    status_code=200,
    tags=["Roadshow"],
    opt={"coalesce": True, "moves": True},
    responses=responses(404, 409, 412, 422, 428),
)
async def change_status(
    request: Request,
    counterparty_id: Annotated[str, PathParameter(name="counterpartyId", max_length=20, pattern=r"^-?[0-9]+$")],
    data: JSONBody[NewStatus],
) -> Response[Success]:
    """Change the status of a counterparty; the change makes a roadshow_event."""
    return await call("roadshow_status", counterparty_id, data, request)


@get(COUNTERPARTIES, tags=["Roadshow"])
async def counterparties(
    request: Request,
    statut: Filter = None,
    owner: Filter = None,
    sector: Filter = None,
    q: Part = None,
    moves: Moves = False,
    after: After = None,
    limit: Limit = 50,
) -> Response[Counterparties]:
    """Counterparties, by name."""
    filters = {"statut": statut, "owner": owner, "sector": sector, "q": q}
    return await call("counterparties", None, None, request, **filters, moves=moves, after=after, limit=limit)


@post(COUNTERPARTIES, tags=["Roadshow"], responses=responses(409, 422))
async def create_counterparty(request: Request, data: JSONBody[NewCounterparty]) -> Response[Counterparty]:
    """Enter a counterparty."""
    return await call("create_counterparty", None, data, request)


@get(COUNTERPARTY, tags=["Roadshow"], responses=responses(404))
async def counterparty(request: Request, id: Number, moves: Moves = False) -> Response[Counterparty]:
    """One counterparty."""
    return await call("counterparty", id, None, request, moves=moves)


@patch(COUNTERPARTY, tags=["Roadshow"], responses=responses(404, 412, 422))
async def edit_counterparty(request: Request, id: Number, data: JSONBody[EditedCounterparty]) -> Response[Counterparty]:
    """Edit what is known of a counterparty; its status has an address of its own."""
    return await call("edit_counterparty", id, data, request)


@get("/api/v1/roadshow/choices", tags=["Roadshow"])
async def choices(request: Request) -> Response[Choices]:
    """Statuses, types of events, owners and sectors, for forms and filters."""
    return await call("roadshow_choices", None, None, request)


@get(f"{COUNTERPARTY}/interactions", tags=["Roadshow"], responses=responses(404))
async def interactions(
    request: Request, id: Number, type: Filter = None, after: After = None, limit: Limit = 50
) -> Response[Interactions]:
    """What happened with a counterparty, changes of its status among it, the latest first."""
    return await call("interactions", id, None, request, type=type, after=after, limit=limit)


@post(f"{COUNTERPARTY}/interactions", tags=["Roadshow"], responses=responses(404, 422))
async def record_interaction(request: Request, id: Number, data: JSONBody[NewInteraction]) -> Response[Interaction]:
    """Record an interaction."""
    return await call("record_interaction", id, data, request)


routes = [
    change_status, counterparties, create_counterparty, counterparty, edit_counterparty, choices, interactions, record_interaction,
]  # fmt: skip
