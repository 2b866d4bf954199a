"""Recaps: answers to a person's question, as JSON or as CSV."""

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType, field

from jalon.engine.schemas import Camel
from jalon.server import header_fields
from jalon.server.call import After, JSONBody, QueryParameter, Request, as_csv, call, moment
from jalon.server.middleware import visit
from jalon.server.problems import responses

OfTable = Annotated[str | None, QueryParameter(name="table", max_length=100, description="Only this tracked table.")]
CaseType = Annotated[str | None, QueryParameter(name="caseType", max_length=100, description="Only this case type.")]
From = Annotated[str | None, moment("since", "Beginning of the period.")]
Until = Annotated[str | None, moment("until", "End of the period.")]
Bucket = Annotated[
    Literal["hour", "day", "week", "month", "quarter", "year"] | None, QueryParameter(description="One row a bucket.")
]
Week = Annotated[str | None, QueryParameter(pattern="^[0-9]{4}-W[0-9]{2}$", description="ISO week, such as 2026-W47.")]
Zone = Annotated[str | None, QueryParameter(name="tz", max_length=64, description="Time zone, UTC by default.")]
Lang = Annotated[str | None, QueryParameter(max_length=20, description="Instead of Accept-Language.")]
Form = Annotated[Literal["json", "csv"] | None, QueryParameter(name="format", description="Instead of Accept.")]
UpTo = Annotated[int | None, QueryParameter(name="limit", ge=1, le=1000, description="All, where it is not given.")]


class Recap(Camel):
    """Rows of a recap; their members depend on it."""

    items: Annotated[list[dict[str, Any]], Meta(examples=[[{"table": "orders", "code": "PAID", "label": "Paid"}]])]


class RecapPage(Recap):
    """Rows of a recap that may be long, and how many there are."""

    total: int
    next: str | None


class Question(Camel):
    """What a recap is to be counted for; what is left out narrows nothing."""

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


class Counted(Camel):
    """What was counted, and when."""

    table: str
    counted_at: Annotated[datetime, Meta(tz=True)]


async def recap(name: str, request: Request, form: str | None, **parameters: Any) -> Response[Any]:
    """A recap, as CSV where the reader prefers that."""
    answer = await call("recap", name, None, request, **parameters)
    accepted = visit(request.scope).header(b"accept") or ""
    wanted = form == "csv" or (form is None and header_fields.prefers(accepted, "text/csv", "application/json"))
    return as_csv(request, answer) if wanted else answer


def described(name: str) -> dict[str, Any]:
    return {"path": f"/api/v1/recaps/{name}", "tags": ["Recaps"], "responses": responses(404)}


@get(**described("time-in-status"))
async def time_in_status(
    request: Request,
    table: OfTable = None,
    case_type: CaseType = None,
    since: From = None,
    until: Until = None,
    lang: Lang = None,
    form: Form = None,
) -> Response[Recap]:
    """How long records stay on each code, within a period."""
    return await recap(
        "time-in-status", request, form, table=table, caseType=case_type, since=since, until=until, lang=lang
    )


@get(**described("transitions"))
async def transitions(
    request: Request,
    table: OfTable = None,
    bucket: Bucket = None,
    since: From = None,
    until: Until = None,
    zone: Zone = None,
    case_type: CaseType = None,
    lang: Lang = None,
    form: Form = None,
) -> Response[Recap]:
    """How often each transition was taken, by hour, day, week, month or in all."""
    return await recap(
        "transitions",
        request,
        form,
        table=table,
        bucket=bucket,
        since=since,
        until=until,
        tz=zone,
        caseType=case_type,
        lang=lang,
    )


@get(**described("funnel"))
async def funnel(
    request: Request,
    table: Annotated[str, QueryParameter(max_length=100, description="The tracked table.")],
    case_type: CaseType = None,
    since: From = None,
    until: Until = None,
    lang: Lang = None,
    form: Form = None,
) -> Response[Recap]:
    """How many records reached each code, and how fast."""
    return await recap("funnel", request, form, table=table, caseType=case_type, since=since, until=until, lang=lang)


@get(**described("overdue"))
async def overdue(
    request: Request,
    table: OfTable = None,
    case_type: CaseType = None,
    after: After = None,
    limit: UpTo = None,
    lang: Lang = None,
    form: Form = None,
) -> Response[RecapPage]:
    """Records that stay longer than their code allows."""
    return await recap("overdue", request, form, table=table, after=after, limit=limit, caseType=case_type, lang=lang)


@get(**described("forced"))
async def forced(
    request: Request,
    table: OfTable = None,
    since: From = None,
    until: Until = None,
    after: After = None,
    limit: UpTo = None,
    lang: Lang = None,
    form: Form = None,
) -> Response[RecapPage]:
    """Moves outside the transitions: who, when, why."""
    return await recap(
        "forced", request, form, table=table, since=since, until=until, after=after, limit=limit, lang=lang
    )


@get(**described("unreached"))
async def unreached(request: Request, table: OfTable = None, lang: Lang = None, form: Form = None) -> Response[Recap]:
    """Codes on which no record has ever stood."""
    return await recap("unreached", request, form, table=table, lang=lang)


@get(**described("compliance"))
async def compliance(request: Request, table: OfTable = None, lang: Lang = None, form: Form = None) -> Response[Recap]:
    """Whether each tracked table is sound: triggers, versions, history."""
    return await recap("compliance", request, form, table=table, lang=lang)


@get(**described("weekly"))
async def weekly(
    request: Request,
    week: Week = None,
    tz: Annotated[str | None, QueryParameter(max_length=64, description="Time zone, UTC by default.")] = None,
    table: OfTable = None,
    lang: Annotated[str | None, QueryParameter(max_length=20, description="Instead of Accept-Language.")] = None,
    format: Annotated[Literal["json", "csv", "html"] | None, QueryParameter(description="Instead of Accept.")] = None,
) -> Response[dict[str, Any]]:
    """The recap of a week: counts, changes, what came in and went out; as a document, a page, or its changes as rows."""
    form = format or preferred(visit(request.scope).header(b"accept") or "")
    answer = await call(
        "weekly", None, None, request, week=week, tz=tz, table=table, lang=lang, **({"format": form} if form else {})
    )
    return as_csv(request, answer) if form == "csv" else answer


def preferred(accept: str) -> str | None:
    """The first of our media types in Accept, but for JSON."""
    named = [
        form
        for part in accept.split(",")
        for form in ("json", "csv", "html")
        if part.strip().split(";")[0].endswith(f"/{form}")
    ]
    return named[0] if named and named[0] != "json" else None


@get(**described("weekly-changes"))
async def weekly_changes(
    request: Request, week: Week = None, zone: Zone = None, table: OfTable = None, lang: Lang = None, form: Form = None
) -> Response[Recap]:
    """Every change of a week."""
    return await recap("weekly-changes", request, form, week=week, tz=zone, table=table, lang=lang)


@get(**described("weekly-counts"))
async def weekly_counts(
    request: Request, week: Week = None, zone: Zone = None, table: OfTable = None, lang: Lang = None, form: Form = None
) -> Response[Recap]:
    """How many stood on each code when the week began and when it ended."""
    return await recap("weekly-counts", request, form, week=week, tz=zone, table=table, lang=lang)


@get(**described("weekly-flow"))
async def weekly_flow(
    request: Request, week: Week = None, zone: Zone = None, table: OfTable = None, lang: Lang = None, form: Form = None
) -> Response[Recap]:
    """What entered, left and passed through in a week."""
    return await recap("weekly-flow", request, form, week=week, tz=zone, table=table, lang=lang)


@post("/api/v1/recaps/{name:str}/count", tags=["Recaps"], status_code=200, responses=responses(404, 422))
async def count(request: Request, name: FromPath[str], data: JSONBody[Question]) -> Response[Counted]:
    """Count a recap again, for the console: of a long history it shows what was counted last."""
    return await call("count_recap", name, data, request)


routes: list[Any] = [
    time_in_status, transitions, funnel, overdue, forced, unreached, compliance, weekly, weekly_changes, weekly_counts, weekly_flow, count,
]  # fmt: skip
