"""The roadshow: counterparties, their status, and interactions with them."""

from typing import Annotated

from litestar import Response, get, patch, post
from litestar.params import PathParameter

from jalon.modules.roadshow.schemas import (
    Counterparties,
    Counterparty,
    EditedCounterparty,
    Interaction,
    Interactions,
    NewCounterparty,
    NewCounterpartyStatus,
    NewInteraction,
    RoadshowChoices,
    Success,
)
from jalon.server.call import After, Count, Fields, JSONBody, Limit, QueryParameter, Request, call, sort_parameter
from jalon.server.problems import responses

COUNTERPARTIES = "/api/v1/roadshow/counterparties"
COUNTERPARTY = f"{COUNTERPARTIES}/{{id:str}}"

Sort = Annotated[str, sort_parameter("name", "since", "createdAt", "ticketSize", "id")]
Number = Annotated[str, PathParameter(max_length=20, pattern=r"^-?[0-9]+$", description="Number of the counterparty.")]
Filter = Annotated[str | None, QueryParameter(max_length=200)]
Part = Annotated[str | None, QueryParameter(max_length=200, description="Part of the name.")]
WithMoves = Annotated[bool, QueryParameter(description="With the status and the reader's moves.")]


@post(
    "/roadshow/{counterpartyId:str}/status",
    status_code=200,
    tags=["Roadshow"],
    opt={"batched": True, "moves": True},
    responses=responses(404, 409, 412, 422, 428),
)
async def change_counterparty_status(
    request: Request,
    counterparty_id: Annotated[str, PathParameter(name="counterpartyId", max_length=20, pattern=r"^-?[0-9]+$")],
    data: JSONBody[NewCounterpartyStatus],
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
    moves: WithMoves = False,
    sort: Sort = "name",
    count: Count = False,
    fields: Fields = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[Counterparties]:
    """Counterparties, by name unless sorted otherwise."""
    form = {"moves": moves, "sort": sort, "count": count, "fields": fields}
    filters = {"statut": statut, "owner": owner, "sector": sector, "q": q}
    return await call("counterparties", None, None, request, **filters, **form, after=after, limit=limit)


@post(COUNTERPARTIES, tags=["Roadshow"], responses=responses(409, 422))
async def create_counterparty(request: Request, data: JSONBody[NewCounterparty]) -> Response[Counterparty]:
    """Enter a counterparty."""
    return await call("create_counterparty", None, data, request)


@get(COUNTERPARTY, tags=["Roadshow"], responses=responses(404))
async def counterparty(request: Request, id: Number, moves: WithMoves = False) -> Response[Counterparty]:
    """One counterparty."""
    return await call("counterparty", id, None, request, moves=moves)


@patch(COUNTERPARTY, tags=["Roadshow"], responses=responses(404, 412, 422))
async def edit_counterparty(request: Request, id: Number, data: JSONBody[EditedCounterparty]) -> Response[Counterparty]:
    """Edit a counterparty; its status has an address of its own."""
    return await call("edit_counterparty", id, data, request)


@get("/api/v1/roadshow/choices", tags=["Roadshow"])
async def roadshow_choices(request: Request) -> Response[RoadshowChoices]:
    """Statuses, types of events, owners and sectors, for forms and filters."""
    return await call("roadshow_choices", None, None, request)


@get(f"{COUNTERPARTY}/interactions", tags=["Roadshow"], responses=responses(404))
async def interactions(
    request: Request, id: Number, type: Filter = None, after: After = None, limit: Limit = 50
) -> Response[Interactions]:
    """Interactions with a counterparty and changes of its status, the latest first."""
    return await call("interactions", id, None, request, type=type, after=after, limit=limit)


@post(f"{COUNTERPARTY}/interactions", tags=["Roadshow"], responses=responses(404, 422))
async def record_interaction(request: Request, id: Number, data: JSONBody[NewInteraction]) -> Response[Interaction]:
    """Record an interaction."""
    return await call("record_interaction", id, data, request)


routes = [
    change_counterparty_status, counterparties, create_counterparty, counterparty, edit_counterparty, roadshow_choices,
    interactions, record_interaction,
]  # fmt: skip
