"""Dossiers: status codes by case type, next to the old status."""

from typing import Annotated, Any, Literal

from litestar import Response, delete, get, patch, post
from litestar.openapi.datastructures import ResponseSpec

from jalon.engine.schemas import AssumedReason, CaseType
from jalon.modules.dossiers.schemas import (
    CaseTypeFacts,
    CaseTypes,
    Dossier,
    DossierChanges,
    DossierMoves,
    Dossiers,
    Edit,
    NewCaseType,
    NewDossier,
    NewDossierStatus,
    OfferedStatuses,
    Organisations,
    Outcomes,
    Updates,
)
from jalon.server.call import (
    After,
    Count,
    Fields,
    Id,
    JSONBody,
    Limit,
    QueryParameter,
    Request,
    call,
    sort_parameter,
    timestamp_parameter,
)
from jalon.server.problems import responses

DOSSIERS = "/api/v1/dossiers"
DOSSIER = f"{DOSSIERS}/{{id:str}}"
TAGS = ["Dossiers"]

Sort = Annotated[str, sort_parameter("updatedAt", "createdAt", "leadName", "id")]
ByStatusCode = Annotated[str | None, QueryParameter(name="statusCode", max_length=100, description="On this code.")]
ByStatus = Annotated[str | None, QueryParameter(max_length=100, description="With this status.")]
ByOutcome = Annotated[
    Literal["open", "active", "waiting", "done", "dropped"] | None,
    QueryParameter(description="On a code of this outcome."),
]
WithMoves = Annotated[bool, QueryParameter(description="With the moves that the reader may make.")]
ByAssignee = Annotated[str | None, QueryParameter(max_length=200, description="Assigned to this actor.")]
ByOrganisation = Annotated[str | None, QueryParameter(max_length=200, description="Of this organisation.")]
ByText = Annotated[
    str | None, QueryParameter(max_length=200, description="In name, telephone, source or organisation.")
]
Since = Annotated[str | None, timestamp_parameter("changedSince", "Changed in any way since then.")]


@get(f"{DOSSIERS}/allowed-status-codes", tags=TAGS, responses=responses(), opt={"open": True})
async def allowed_status_codes(request: Request, case_type: CaseType = None) -> Response[list[str]]:
    """The status codes of a case type; all active ones without it."""
    return await call("allowed_status_codes", None, None, request, caseType=case_type)


@get(f"{DOSSIERS}/statuses", tags=TAGS, responses=responses(), opt={"open": True})
async def dossier_statuses(request: Request, case_type: CaseType = None) -> Response[OfferedStatuses]:
    """The same with labels, colours and icons."""
    return await call("dossier_statuses", None, None, request, caseType=case_type)


@get(f"{DOSSIERS}/organisations", tags=TAGS, responses=responses())
async def dossier_organisations(
    request: Request,
    q: Annotated[str | None, QueryParameter(max_length=200, description="A part of the name.")] = None,
) -> Response[Organisations]:
    """Organisations of dossiers, to suggest where one is to be named."""
    return await call("dossier_organisations", None, None, request, q=q)


@get(f"{DOSSIERS}/case-types", tags=TAGS, responses=responses(), opt={"open": True})
async def case_types(request: Request) -> Response[CaseTypes]:
    """The active case types."""
    return await call("case_types", None, None, request)


@post(f"{DOSSIERS}/case-types", tags=TAGS, responses=responses(409, 422))
async def add_case_type(request: Request, data: JSONBody[NewCaseType]) -> Response[CaseTypeFacts]:
    """Add a case type, with the workflow of a template."""
    return await call("add_case_type", None, data, request)


# What the document of dossiers says of an invalid code has no type.
@post(DOSSIERS, tags=TAGS, responses=responses(409, 422), opt={"untyped": ("JL402", "JL406")})
async def open_dossier(request: Request, data: JSONBody[NewDossier]) -> Response[Dossier]:
    """Open a dossier."""
    return await call("open_dossier", None, data, request)


@get(DOSSIERS, tags=TAGS, responses=responses())
async def dossiers(
    request: Request,
    case_type: CaseType = None,
    status_code: ByStatusCode = None,
    status: ByStatus = None,
    outcome: ByOutcome = None,
    assignee: ByAssignee = None,
    organisation: ByOrganisation = None,
    text: ByText = None,
    since: Since = None,
    moves: WithMoves = False,
    sort: Sort = "-updatedAt",
    count: Count = False,
    fields: Fields = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[Dossiers]:
    """Dossiers, last changed first unless sorted otherwise."""
    form = {"moves": moves, "sort": sort, "count": count, "fields": fields}
    people = {"assignee": assignee, "organisation": organisation, "text": text, "changedSince": since}
    where = {"caseType": case_type, "statusCode": status_code, "status": status, "outcome": outcome}
    return await call("dossiers", None, None, request, **where, **people, **form, after=after, limit=limit)


@patch(
    f"{DOSSIERS}/status",
    tags=TAGS,
    responses=responses(404, 409, 422) | {207: ResponseSpec(Outcomes, generate_examples=False, description="Some")},
)
async def move_dossiers(request: Request, data: JSONBody[Updates]) -> Response[Outcomes]:
    """Change the status of many dossiers: 207 where some were refused. `Prefer: tx=rollback` tries without doing."""
    return await call("move_dossiers", None, data, request)


@get(DOSSIER, tags=TAGS, responses=responses(404))
async def dossier(request: Request, id: Id) -> Response[Dossier]:
    """One dossier."""
    return await call("dossier", id, None, request)


@patch(DOSSIER, tags=TAGS, responses=responses(404, 409, 412, 422))
async def edit_dossier(request: Request, id: Id, data: JSONBody[Edit]) -> Response[Dossier]:
    """Edit a dossier, or put it under another case type."""
    return await call("edit_dossier", id, data, request)


@delete(DOSSIER, tags=TAGS, status_code=204, responses=responses(404, 412))
async def delete_dossier(request: Request, id: Id) -> Response[None]:
    """Delete a dossier; its history stays."""
    return await call("delete_dossier", id, None, request)


@patch(
    f"{DOSSIER}/status", tags=TAGS, opt={"batched": True, "moves": True}, responses=responses(404, 409, 412, 422, 428)
)
async def move_dossier(request: Request, id: Id, data: JSONBody[NewDossierStatus]) -> Response[Dossier]:
    """Change the status of a dossier."""
    return await call("move_dossier", id, data, request)


@get(f"{DOSSIER}/history", tags=TAGS, responses=responses(404))
async def dossier_history(request: Request, id: Id, after: After = None, limit: Limit = 50) -> Response[DossierChanges]:
    """Every change of a dossier's status, newest first."""
    return await call("dossier_history", id, None, request, after=after, limit=limit)


@get(f"{DOSSIER}/moves", tags=TAGS, responses=responses(404))
async def dossier_moves(request: Request, id: Id, reason: AssumedReason = None) -> Response[DossierMoves]:
    """Every status code that may follow; for those that the reader may not choose, all blockers."""
    return await call("dossier_moves", id, None, request, reason=reason)


routes: list[Any] = [
    allowed_status_codes, dossier_statuses, dossier_organisations, case_types, add_case_type,
    open_dossier, dossiers, move_dossiers, dossier,
    edit_dossier,
    delete_dossier, move_dossier, dossier_history, dossier_moves,
]  # fmt: skip
