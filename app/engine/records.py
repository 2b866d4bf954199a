"""The endpoints that serve every tracked table, customers' tables too."""

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Meta, field

from jalon.engine.schemas import (
    AssumedReason,
    Blocker,
    CaseType,
    Code,
    ColumnStatus,
    Move,
    Moved,
    Output,
    Reason,
    Version,
)
from jalon.server.call import (
    After,
    Id,
    Input,
    JSONBody,
    Limit,
    QueryParameter,
    Request,
    Table,
    call,
    timestamp_parameter,
)
from jalon.server.problems import responses

RECORD = "/api/v1/tracked/{table:str}/{id:str}"
TAGS = ["Records"]
Key = Annotated[str, Meta(min_length=1, max_length=1000)]
AsOf = Annotated[str | None, timestamp_parameter("asOf", "How it stood at that instant.")]
Status = Annotated[str | None, QueryParameter(max_length=100, description="Only records on this code.")]
Since = Annotated[str | None, timestamp_parameter("changedSince", "Only changed since then.")]
Before = Annotated[str | None, timestamp_parameter("changedBefore", "Only last changed before.")]


class TrackedColumn(Output):
    """A status column and the category of its codes."""

    column: str
    category: str


class TrackedTable(Output):
    """A table under Jalon."""

    name: str
    table: str
    history: str
    key_type: str
    case_type_column: str | None
    on_delete: str
    tracked_at: datetime
    columns: list[TrackedColumn]


class TrackedTables(Output):
    """All tables under Jalon."""

    items: list[TrackedTable]


class Record(Output):
    """A record: its codes, since when, and the moves that its reader may make."""

    table: str
    id: str
    case_type: str | None
    version: int
    since: datetime
    statuses: list[ColumnStatus]
    etag: str | None = None
    as_of: datetime | None = None


class Records(Output):
    """A page of records, last change first."""

    items: list[Record]
    next: str | None


class ColumnChange(Output):
    """The change of one column."""

    column: str
    from_: str | None = field(name="from")
    from_label: str | None
    to: str
    to_label: str


class Change(Output):
    """One row of history."""

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
    workflow_version: int | None
    bulk_id: str | None
    changes: list[ColumnChange]


class Changes(Output):
    """A page of history, newest first."""

    items: list[Change]
    next: str | None


class PossibleMove(Output):
    """A move that leads from where the record stands."""

    column: str
    from_: str | None = field(name="from")
    to: str
    action: str
    label: str
    to_label: str
    color: str | None
    icon: str | None
    requires_reason: bool
    required_fields: list[str]
    allowed: bool
    answerable: bool
    blockers: list[Blocker]


class MovedColumn(Output):
    """A status column and the category of its codes."""

    column: str
    category: str
    has_workflow: bool


class PossibleMoves(Output):
    """Every move from where a record stands, allowed or not."""

    table: str
    id: str
    version: int
    etag: str
    can_force: bool
    case_type: str | None
    columns: list[MovedColumn]
    items: list[PossibleMove]


class Moves(Input, frozen=True, kw_only=True):
    """Which records, where to, and why; mode `all` moves all or none, `each` every one on its own."""

    ids: Annotated[list[Key], Meta(min_length=1, max_length=1000, examples=[["7", "8"]])]
    to: Code
    reason: Reason | None = None
    mode: Literal["all", "each"] = "all"
    expected_versions: Annotated[list[Version], Meta(max_length=1000)] | None = None
    meta: dict[str, Any] | None = None
    column: Annotated[str, Meta(max_length=63)] | None = None


class MoveOutcome(Output):
    """The outcome of one move of many."""

    id: str
    status: int
    from_: str | None = field(name="from")
    to: str | None
    version: int | None
    etag: str | None
    problem: dict[str, Any] | None


class MoveOutcomes(Output):
    """The outcome of each move, in the order of the request."""

    items: list[MoveOutcome]
    failed: int


@get("/api/v1/tracked", tags=TAGS, responses=responses())
async def tracked(request: Request) -> Response[TrackedTables]:
    """Tables under Jalon."""
    return await call("tracked", None, None, request)


@get("/api/v1/tracked/{table:str}", tags=TAGS, responses=responses(404))
async def records(
    request: Request,
    table: Table,
    status: Status = None,
    case_type: CaseType = None,
    since: Since = None,
    before: Before = None,
    moves: Annotated[bool, QueryParameter(description="With colours, icons and the reader's moves.")] = False,
    after: After = None,
    limit: Limit = 50,
) -> Response[Records]:
    """Records of a table, last change first."""
    filters = {"status": status, "caseType": case_type, "changedSince": since, "changedBefore": before}
    return await call("records", table, None, request, **filters, moves=moves, after=after, limit=limit)


@get(RECORD, tags=TAGS, opt={"batched": True}, responses=responses(404))
async def record(request: Request, table: Table, id: Id, as_of: AsOf = None) -> Response[Record]:
    """One record: its codes, version, since when, and the moves that the reader may make."""
    return await call("record", id, None, request, table=table, asOf=as_of)


@get(f"{RECORD}/history", tags=TAGS, responses=responses(404))
async def history(request: Request, table: Table, id: Id, after: After = None, limit: Limit = 50) -> Response[Changes]:
    """Every change of a record, newest first."""
    return await call("record_history", id, None, request, table=table, after=after, limit=limit)


@get(f"{RECORD}/moves", tags=TAGS, responses=responses(404))
async def moves(request: Request, table: Table, id: Id, reason: AssumedReason = None) -> Response[PossibleMoves]:
    """Every move from the record's code; for a move that the reader may not make, all blockers."""
    return await call("record_moves", id, None, request, table=table, reason=reason)


@post(
    f"{RECORD}/moves",
    status_code=200,
    tags=TAGS,
    opt={"batched": True, "moves": True},
    responses=responses(404, 409, 412, 422, 428),
)
async def move(request: Request, table: Table, id: Id, data: JSONBody[Move]) -> Response[Moved]:
    """Move a record, if it still has the version of If-Match or expectedVersion. `Prefer: tx=rollback` only tries."""
    return await call("move_record", id, data, request, table=table)


@post(
    "/api/v1/tracked/{table:str}/moves",
    status_code=200,
    tags=TAGS,
    responses=responses(404, 409, 422) | {207: ResponseSpec(MoveOutcomes, generate_examples=False, description="Some")},
)
async def move_many(request: Request, table: Table, data: JSONBody[Moves]) -> Response[MoveOutcomes]:
    """Move many records: 200 where all were moved, 207 where some were refused (mode `each`)."""
    return await call("move_records", table, data, request)


routes: list[Any] = [tracked, records, record, history, moves, move, move_many]
