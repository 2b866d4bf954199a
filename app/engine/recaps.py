"""Recaps: answers to a person's question, as JSON or as CSV."""

from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType, field

from jalon.engine.schemas import CaseType
from jalon.server import header_fields
from jalon.server.call import (
    After,
    Input,
    JSONBody,
    Output,
    QueryParameter,
    Request,
    Timestamp,
    as_csv,
    call,
    timestamp_parameter,
)
from jalon.server.middleware import request_context
from jalon.server.problems import responses

OfTable = Annotated[str | None, QueryParameter(name="table", max_length=100, description="Only this tracked table.")]
Since = Annotated[str | None, timestamp_parameter("since", "Beginning of the period.")]
Until = Annotated[str | None, timestamp_parameter("until", "End of the period.")]
Bucket = Annotated[
    Literal["hour", "day", "week", "month", "quarter", "year"] | None, QueryParameter(description="One row a bucket.")
]
Week = Annotated[str | None, QueryParameter(pattern="^[0-9]{4}-W[0-9]{2}$", description="ISO week, such as 2026-W47.")]
Zone = Annotated[str | None, QueryParameter(name="tz", max_length=64, description="Time zone, UTC by default.")]
Lang = Annotated[str | None, QueryParameter(max_length=20, description="Instead of Accept-Language.")]
RowFormat = Annotated[Literal["json", "csv"] | None, QueryParameter(name="format", description="Instead of Accept.")]
RecapLimit = Annotated[int | None, QueryParameter(name="limit", ge=1, le=1000, description="All if it is left out.")]


WEEKLY_TYPES = {"json": "application/json", "csv": "text/csv", "html": "text/html"}


class Recap(Output):
    """Rows of a recap; their members depend on it."""

    items: Annotated[list[dict[str, Any]], Meta(examples=[[{"table": "orders", "code": "PAID", "label": "Paid"}]])]


class RecapPage(Recap):
    """Rows of a recap that may be long, and how many there are."""

    total: int
    next: str | None


class Question(Input, frozen=True, kw_only=True):
    """The filters of a recap to count; a filter that is left out filters nothing."""

    table: Annotated[str, Meta(max_length=100, examples=["orders"])] | UnsetType = UNSET
    case_type: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET
    since: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    until: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    bucket: Literal["hour", "day", "week", "month", "quarter", "year"] | UnsetType = UNSET
    week: Annotated[str, Meta(pattern="^[0-9]{4}-W[0-9]{2}$", examples=["2026-W47"])] | UnsetType = UNSET
    tz: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    lang: Annotated[str, Meta(max_length=20)] | UnsetType = UNSET
    days: Annotated[str, Meta(pattern="^[0-9]{1,4}$", examples=["30"])] | UnsetType = UNSET
    from_: Annotated[str, Meta(max_length=100)] | UnsetType = field(default=UNSET, name="from")
    to: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET


class RecapCount(Output):
    """The table that was counted, and when."""

    table: str
    counted_at: Timestamp


async def recap(name: str, request: Request, row_format: str | None, **parameters: Any) -> Response[Any]:
    """A recap, as CSV if the reader prefers that."""
    answer = await call("recap", name, None, request, **parameters)
    accepted = request_context(request.scope).header(b"accept") or ""
    is_csv = row_format == "csv" or (
        row_format is None and header_fields.prefers(accepted, "text/csv", "application/json")
    )
    return as_csv(request, answer) if is_csv else answer


def recap_route(name: str) -> dict[str, Any]:
    return {"path": f"/api/v1/recaps/{name}", "tags": ["Recaps"], "responses": responses(404)}


@get(**recap_route("time-in-status"))
async def time_in_status(
    request: Request,
    table: OfTable = None,
    case_type: CaseType = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    row_format: RowFormat = None,
) -> Response[Recap]:
    """How long records stay on each code, within a period."""
    return await recap(
        "time-in-status", request, row_format, table=table, caseType=case_type, since=since, until=until, lang=lang
    )


@get(**recap_route("transitions"))
async def transitions(
    request: Request,
    table: OfTable = None,
    bucket: Bucket = None,
    since: Since = None,
    until: Until = None,
    zone: Zone = None,
    case_type: CaseType = None,
    lang: Lang = None,
    row_format: RowFormat = None,
) -> Response[Recap]:
    """How often each transition was taken, by hour, day, week, month or in all."""
    return await recap(
        "transitions",
        request,
        row_format,
        table=table,
        bucket=bucket,
        since=since,
        until=until,
        tz=zone,
        caseType=case_type,
        lang=lang,
    )


@get(**recap_route("funnel"))
async def funnel(
    request: Request,
    table: Annotated[str, QueryParameter(max_length=100, description="The tracked table.")],
    case_type: CaseType = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    row_format: RowFormat = None,
) -> Response[Recap]:
    """How many records reached each code, and how fast."""
    return await recap(
        "funnel", request, row_format, table=table, caseType=case_type, since=since, until=until, lang=lang
    )


@get(**recap_route("overdue"))
async def overdue(
    request: Request,
    table: OfTable = None,
    case_type: CaseType = None,
    after: After = None,
    limit: RecapLimit = None,
    lang: Lang = None,
    row_format: RowFormat = None,
) -> Response[RecapPage]:
    """Records that stay longer than their code allows."""
    return await recap(
        "overdue", request, row_format, table=table, after=after, limit=limit, caseType=case_type, lang=lang
    )


@get(**recap_route("forced"))
async def forced(
    request: Request,
    table: OfTable = None,
    since: Since = None,
    until: Until = None,
    after: After = None,
    limit: RecapLimit = None,
    lang: Lang = None,
    row_format: RowFormat = None,
) -> Response[RecapPage]:
    """Moves outside the transitions: who, when, why."""
    return await recap(
        "forced", request, row_format, table=table, since=since, until=until, after=after, limit=limit, lang=lang
    )


@get(**recap_route("unreached"))
async def unreached(
    request: Request, table: OfTable = None, lang: Lang = None, row_format: RowFormat = None
) -> Response[Recap]:
    """Codes on which no record has ever stood."""
    return await recap("unreached", request, row_format, table=table, lang=lang)


@get(**recap_route("compliance"))
async def compliance(
    request: Request, table: OfTable = None, lang: Lang = None, row_format: RowFormat = None
) -> Response[Recap]:
    """Whether each tracked table is sound: triggers, versions, history."""
    return await recap("compliance", request, row_format, table=table, lang=lang)


@get(**recap_route("weekly"))
async def weekly_recap(
    request: Request,
    week: Week = None,
    tz: Annotated[str | None, QueryParameter(max_length=64, description="Time zone, UTC by default.")] = None,
    table: OfTable = None,
    lang: Annotated[str | None, QueryParameter(max_length=20, description="Instead of Accept-Language.")] = None,
    format: Annotated[Literal["json", "csv", "html"] | None, QueryParameter(description="Instead of Accept.")] = None,
) -> Response[dict[str, Any]]:
    """The recap of a week: counts, changes, arrivals and departures; as a document, a page, or its changes as rows."""
    row_format = format or preferred(request_context(request.scope).header(b"accept") or "")
    answer = await call(
        "weekly",
        None,
        None,
        request,
        week=week,
        tz=tz,
        table=table,
        lang=lang,
        **({"format": row_format} if row_format else {}),
    )
    return as_csv(request, answer) if row_format == "csv" else answer


def preferred(accept: str) -> str | None:
    """The format that Accept weighs most, if it is another than JSON."""
    weights = {name: header_fields.quality(accept, kind) for name, kind in WEEKLY_TYPES.items()}
    name = max(weights, key=lambda each: weights[each])
    return name if weights[name] > weights["json"] else None


@get(**recap_route("weekly-changes"))
async def weekly_changes(
    request: Request,
    week: Week = None,
    zone: Zone = None,
    table: OfTable = None,
    lang: Lang = None,
    row_format: RowFormat = None,
) -> Response[Recap]:
    """Every change of a week."""
    return await recap("weekly-changes", request, row_format, week=week, tz=zone, table=table, lang=lang)


@get(**recap_route("weekly-counts"))
async def weekly_counts(
    request: Request,
    week: Week = None,
    zone: Zone = None,
    table: OfTable = None,
    lang: Lang = None,
    row_format: RowFormat = None,
) -> Response[Recap]:
    """How many stood on each code when the week began and when it ended."""
    return await recap("weekly-counts", request, row_format, week=week, tz=zone, table=table, lang=lang)


@get(**recap_route("weekly-flow"))
async def weekly_flow(
    request: Request,
    week: Week = None,
    zone: Zone = None,
    table: OfTable = None,
    lang: Lang = None,
    row_format: RowFormat = None,
) -> Response[Recap]:
    """Records that entered, left and passed through codes in a week."""
    return await recap("weekly-flow", request, row_format, week=week, tz=zone, table=table, lang=lang)


@post("/api/v1/recaps/{name:str}/count", tags=["Recaps"], status_code=200, responses=responses(404, 422))
async def count_recap(request: Request, name: FromPath[str], data: JSONBody[Question]) -> Response[RecapCount]:
    """Count a recap again, for the console: of a long history it shows the last count."""
    return await call("count_recap", name, data, request)


routes: list[Any] = [
    time_in_status, transitions, funnel, overdue, forced, unreached, compliance,
    weekly_recap, weekly_changes, weekly_counts, weekly_flow, count_recap,
]  # fmt: skip
