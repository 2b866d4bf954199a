"""The endpoints that serve every tracked table, customers' tables too."""

from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from msgspec import UNSET, Meta, UnsetType, field

from jalon.engine.schemas import (
    AssumedReason,
    Blocker,
    CaseType,
    Code,
    ColumnStatus,
    Move,
    Moved,
    Reason,
    Version,
)
from jalon.server.call import (
    After,
    Count,
    Fields,
    Id,
    Input,
    JSONBody,
    Limit,
    Output,
    QueryParameter,
    Request,
    Table,
    Timestamp,
    call,
    sort_parameter,
    timestamp_parameter,
)
from jalon.server.problems import RefusalFacts, responses

RECORD = "/api/v1/tracked/{table:str}/{id:str}"
TAGS = ["Records"]
Key = Annotated[str, Meta(min_length=1, max_length=1000)]
AsOf = Annotated[str | None, timestamp_parameter("asOf", "How it stood at that instant.")]
Status = Annotated[str | None, QueryParameter(max_length=100, description="Only records on this code.")]
Since = Annotated[str | None, timestamp_parameter("changedSince", "Only changed since then.")]
Sort = Annotated[str, sort_parameter("since", "id")]
Row = Annotated[bool, QueryParameter(description="With title, subtitle and shown columns of the row.")]
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
    tracked_at: Timestamp
    columns: list[TrackedColumn]


class TrackedTables(Output):
    """All tables under Jalon."""

    items: list[TrackedTable]


class ShownColumn(Output):
    """A column that is shown of a row."""

    name: str
    kind: str
    is_sortable: bool


class Record(Output):
    """A record: its codes, since when, and the moves that its reader may make."""

    table: str
    id: str
    case_type: str | None
    version: int
    since: Timestamp
    statuses: list[ColumnStatus]
    etag: str | None = None
    as_of: Timestamp | None = None
    title: Any = None
    subtitle: Any = None
    row: dict[str, Any] | UnsetType = UNSET
    columns: list[ShownColumn] | UnsetType = UNSET


class ListedRecord(Output):
    """A record in a list."""

    table: str
    id: str
    case_type: str | None
    version: int
    since: Timestamp
    etag: str
    statuses: list[ColumnStatus]
    title: Any = None
    subtitle: Any = None
    row: dict[str, Any] | UnsetType = UNSET


class Records(Output):
    """A page of records; `total` is there if it was asked for."""

    items: list[ListedRecord]
    next: str | None
    previous: str | None
    total: int | UnsetType = UNSET


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
    at: Timestamp
    previous_at: Timestamp | None
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


class MoveRefusal(RefusalFacts, kw_only=True):
    """Why one move of many was refused."""

    code: str
    message: str
    hint: str | None
    brief: str | None


class MoveOutcome(Output):
    """The outcome of one move of many."""

    id: str
    status: int
    from_: str | None = field(name="from")
    to: str | None
    version: int | None
    etag: str | None
    problem: MoveRefusal | None


class MoveOutcomes(Output):
    """The outcome of each move, in the order of the request."""

    items: list[MoveOutcome]
    failed: int


class Undo(Input, frozen=True, kw_only=True):
    """Which records."""

    ids: Annotated[list[Key], Meta(min_length=1, max_length=1000, examples=[["7", "8"]])]


class UndoneMove(Output):
    """A record that was moved back, and to which code."""

    id: str
    to: str
    label: str


class Undone(Output):
    """The records that were moved back, and how many were not."""

    items: list[UndoneMove]
    failed: int


@get("/api/v1/tracked", tags=TAGS, responses=responses(), opt={"open": True})
async def tracked_tables(request: Request) -> Response[TrackedTables]:
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
    row: Row = False,
    sort: Sort = "-since",
    count: Count = False,
    fields: Fields = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[Records]:
    """Records of a table, last change first unless sorted otherwise."""
    filters = {"status": status, "caseType": case_type, "changedSince": since, "changedBefore": before}
    form = {"moves": moves, "row": row, "sort": sort, "count": count, "fields": fields}
    return await call("records", table, None, request, **filters, **form, after=after, limit=limit)


@get(RECORD, tags=TAGS, opt={"batched": True}, responses=responses(404))
async def record(request: Request, table: Table, id: Id, as_of: AsOf = None, row: Row = False) -> Response[Record]:
    """One record: its codes, version, since when, and the moves that the reader may make."""
    return await call("record", id, None, request, table=table, asOf=as_of, row=row or None)


@get(f"{RECORD}/history", tags=TAGS, responses=responses(404))
async def record_history(
    request: Request, table: Table, id: Id, after: After = None, limit: Limit = 50
) -> Response[Changes]:
    """Every change of a record, newest first."""
    return await call("record_history", id, None, request, table=table, after=after, limit=limit)


@get(f"{RECORD}/moves", tags=TAGS, responses=responses(404))
async def record_moves(request: Request, table: Table, id: Id, reason: AssumedReason = None) -> Response[PossibleMoves]:
    """Every move from the record's code; for a move that the reader may not make, all blockers."""
    return await call("record_moves", id, None, request, table=table, reason=reason)


@post(
    f"{RECORD}/moves",
    status_code=200,
    tags=TAGS,
    opt={"batched": True, "moves": True},
    responses=responses(404, 409, 412, 422, 428),
)
async def move_record(request: Request, table: Table, id: Id, data: JSONBody[Move]) -> Response[Moved]:
    """Move a record, if it still has the version of If-Match or expectedVersion. `Prefer: tx=rollback` only tries."""
    return await call("move_record", id, data, request, table=table)


@post(
    "/api/v1/tracked/{table:str}/moves",
    status_code=200,
    tags=TAGS,
    responses=responses(404, 409, 422) | {207: ResponseSpec(MoveOutcomes, generate_examples=False, description="Some")},
)
async def move_records(request: Request, table: Table, data: JSONBody[Moves]) -> Response[MoveOutcomes]:
    """Move many records: 200 where all were moved, 207 where some were refused (mode `each`)."""
    return await call("move_records", table, data, request)


@post("/api/v1/tracked/{table:str}/undo", tags=TAGS, status_code=200, responses=responses(404))
async def undo_moves(request: Request, table: Table, data: JSONBody[Undo]) -> Response[Undone]:
    """Move records back from what I have just done with them; each if a transition leads back that I may take.

    It is an ordinary move, marked `undo` in the meta of its change. Only the last change of a record counts, if it is
    mine, of one column, and no older than half a minute. With `Prefer: tx=rollback` it says which could be undone.
    """
    return await call("undo", table, data, request)


routes: list[Any] = [
    tracked_tables,
    records,
    record,
    record_history,
    record_moves,
    move_record,
    move_records,
    undo_moves,
]
