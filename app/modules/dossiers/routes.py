"""Dossiers: status codes per case type beside the old status. Names on the wire are camelCase, as the interface has them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Response, delete, get, patch, post
from litestar.openapi.datastructures import ResponseSpec
from msgspec import UNSET, Meta, UnsetType, field

from jalon.engine.records import AllowedMove, Blocker, Camel, CaseType, GivenReason, Reason, Version
from jalon.server.call import After, Id, Input, JSONBody, Limit, QueryParameter, Request, call, moment
from jalon.server.problems import responses

DOSSIERS = "/api/v1/dossiers"
DOSSIER = f"{DOSSIERS}/{{id:str}}"
TAGS = ["Dossiers"]

Name = Annotated[str, Meta(max_length=200, pattern=r"\S", examples=["John Doe"])]
Phone = Annotated[str, Meta(max_length=50, pattern=r"\S", examples=["+33612345678"])]
Source = Annotated[str, Meta(max_length=100, pattern=r"\S", examples=["WEB"])]
Person = Annotated[str, Meta(max_length=200, pattern=r"\S", description="Acts for: the caller, or somebody else.")]
CaseTypeCode = Annotated[str, Meta(min_length=1, max_length=100, description="A code of CASE_TYPE.")]
StatusCode = Annotated[str, Meta(min_length=1, max_length=100, description="A code of CASE_STATUS.")]
Status = Annotated[str, Meta(min_length=1, max_length=100, description="A code of DOSSIER_STATUS.")]
Labels = Annotated[dict[str, str], Meta(examples=[{"en": "Insurance claim", "fr": "Sinistre"}])]
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
Since = Annotated[str | None, moment("changedSince", "Changed in any way since then.")]


class NewDossier(Input, frozen=True, kw_only=True):
    """What a dossier begins with. Without a status it takes the first one of its case type."""

    case_type: CaseTypeCode | None = None
    status_code: StatusCode | None = None
    status: Status | None = None
    lead_name: Name | None = None
    lead_phone: Phone | None = None
    source: Source | None = None
    assignee: Name | None = None
    organisation: Name | None = None
    reason: Reason | None = None
    user_id: Person | None = None


class Edit(Input, frozen=True, kw_only=True):
    """What changes; null clears. `mapping` says which code of the new case type takes the place of one that it lacks."""

    case_type: CaseTypeCode | UnsetType | None = UNSET
    mapping: dict[StatusCode, StatusCode] | None = None
    lead_name: Name | UnsetType | None = UNSET
    lead_phone: Phone | UnsetType | None = UNSET
    source: Source | UnsetType | None = UNSET
    assignee: Name | UnsetType | None = UNSET
    organisation: Name | UnsetType | None = UNSET
    reason: Reason | None = None
    user_id: Person | None = None


class NewStatus(Input, frozen=True, kw_only=True):
    """The status wanted, by either name or by both in step; why; for whom; what the caller believes."""

    status: Status | None = None
    status_code: StatusCode | None = None
    user_id: Person | None = None
    reason: Reason | None = None
    expected_version: Version | None = None
    expected_status_code: StatusCode | None = None


class Update(Input, frozen=True, kw_only=True):
    """One of many: what it leaves out, the call says for all."""

    id: Annotated[str, Meta(min_length=1, max_length=100)]
    status: Status | None = None
    status_code: StatusCode | None = None
    reason: Reason | None = None
    expected_version: Version | None = None


class Updates(Input, frozen=True, kw_only=True):
    """Many changes of status. Mode `each` makes every one on its own, `all` makes all or none."""

    updates: Annotated[list[Update], Meta(min_length=1, max_length=1000)]
    status: Status | None = None
    status_code: StatusCode | None = None
    user_id: Person | None = None
    reason: Reason | None = None
    mode: Literal["each", "all"] = "each"


class NewCaseType(Input, frozen=True, kw_only=True):
    """A case type; a template gives it a workflow. `roles` says which roles of ours stand for the template's."""

    code: CaseTypeCode
    labels: Labels
    template: Annotated[str, Meta(max_length=100)] | None = None
    roles: dict[str, Annotated[str, Meta(min_length=1, max_length=100)]] | None = None
    color: Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")] | None = None
    icon: Annotated[str, Meta(max_length=100)] | None = None


class Dossier(Camel):
    """A dossier."""

    id: str
    case_type: str | None
    case_type_label: str | None
    status: str
    status_code: str
    status_label: str
    status_color: str | None
    status_icon: str | None
    status_outcome: str | None
    is_final: bool | None
    lead_name: str | None
    lead_phone: str | None
    source: str | None
    assignee: str | None
    organisation: str | None
    created_at: datetime
    created_by: str
    updated_at: datetime
    status_changed_at: datetime
    version: int
    etag: str


class ListedDossier(Dossier):
    """A dossier of a list; with `moves` also what POST /tracked/dossier/{id}/moves takes: where to, and as If-Match."""

    moves: list[AllowedMove] | UnsetType = UNSET
    move_etag: str | UnsetType = UNSET


class Dossiers(Camel):
    """A page of dossiers, last changed first."""

    items: list[ListedDossier]
    next: str | None


class StatusFacts(Camel):
    """A status code, as people see it."""

    status_code: str
    status: str
    label: str
    color: str | None
    icon: str | None
    outcome: str
    is_final: bool


class OfferedStatus(StatusFacts):
    """A status code of a case type."""

    is_initial: bool


class OfferedStatuses(Camel):
    """The status codes of a case type, in order."""

    items: list[OfferedStatus]


class Change(Camel):
    """A change of status or case type."""

    id: str
    version: int
    kind: str
    at: datetime
    previous_at: datetime | None
    by: str
    on_behalf_of: str | None
    reason: str | None
    meta: dict[str, Any] | None
    case_type: str | None
    case_type_label: str | None
    from_: StatusFacts | None = field(name="from")
    to: StatusFacts | None
    workflow_version: int | None
    bulk_id: str | None


class Changes(Camel):
    """A page of history, newest first."""

    items: list[Change]
    next: str | None


class Move(StatusFacts):
    """A status code that may follow."""

    action: str
    action_label: str
    allowed: bool
    blockers: list[Blocker]


class Moves(Camel):
    """Every status code that may follow, allowed to the reader or not."""

    id: str
    version: int
    etag: str
    from_: StatusFacts = field(name="from")
    items: list[Move]


class Outcome(Camel):
    """What became of one of many."""

    id: str
    http_status: int
    from_: str | None = field(name="from", default=None)
    dossier: Dossier | None = None
    problem: dict[str, Any] | None = None


class Outcomes(Camel):
    """What became of each, in the order asked."""

    bulk_id: str
    failed: int
    items: list[Outcome]


class CaseTypeFacts(Camel):
    """A case type; without a workflow of its own it has every active status code."""

    code: str
    label: str
    color: str | None
    icon: str | None
    is_active: bool
    workflow_version: int | None
    status_codes: list[str]


class CaseTypes(Camel):
    """The active case types."""

    items: list[CaseTypeFacts]


@get(f"{DOSSIERS}/allowed-status-codes", tags=TAGS, responses=responses())
async def allowed_status_codes(request: Request, case_type: CaseType = None) -> Response[list[str]]:
    """The status codes of a case type; all active ones without it."""
    return await call("allowed_status_codes", None, None, request, caseType=case_type)


@get(f"{DOSSIERS}/statuses", tags=TAGS, responses=responses())
async def statuses(request: Request, case_type: CaseType = None) -> Response[OfferedStatuses]:
    """The same with labels, colours and icons."""
    return await call("dossier_statuses", None, None, request, caseType=case_type)


@get(f"{DOSSIERS}/case-types", tags=TAGS, responses=responses())
async def case_types(request: Request) -> Response[CaseTypes]:
    """The active case types."""
    return await call("case_types", None, None, request)


@post(f"{DOSSIERS}/case-types", tags=TAGS, responses=responses(409, 422))
async def add_case_type(request: Request, data: JSONBody[NewCaseType]) -> Response[CaseTypeFacts]:
    """Add a case type, with the workflow of a template."""
    return await call("add_case_type", None, data, request)


@post(DOSSIERS, tags=TAGS, responses=responses(409, 422))
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
    after: After = None,
    limit: Limit = 50,
) -> Response[Dossiers]:
    """Dossiers, last changed first."""
    who = {"assignee": assignee, "organisation": organisation, "text": text, "changedSince": since}
    where = {"caseType": case_type, "statusCode": status_code, "status": status, "outcome": outcome}
    return await call("dossiers", None, None, request, **where, **who, moves=moves, after=after, limit=limit)


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
    f"{DOSSIER}/status", tags=TAGS, opt={"coalesce": True, "moves": True}, responses=responses(404, 409, 412, 422, 428)
)
async def move_dossier(request: Request, id: Id, data: JSONBody[NewStatus]) -> Response[Dossier]:
    """Change the status of a dossier."""
    return await call("move_dossier", id, data, request)


@get(f"{DOSSIER}/history", tags=TAGS, responses=responses(404))
async def history(request: Request, id: Id, after: After = None, limit: Limit = 50) -> Response[Changes]:
    """Every change of a dossier's status, newest first."""
    return await call("dossier_history", id, None, request, after=after, limit=limit)


@get(f"{DOSSIER}/moves", tags=TAGS, responses=responses(404))
async def moves(request: Request, id: Id, reason: GivenReason = None) -> Response[Moves]:
    """Every status code that may follow; of those closed to the reader, all that stands in the way."""
    return await call("dossier_moves", id, None, request, reason=reason)


routes: list[Any] = [
    allowed_status_codes, statuses, case_types, add_case_type, open_dossier, dossiers, move_dossiers, dossier, edit_dossier,
    delete_dossier, move_dossier, history, moves,
]  # fmt: skip
