"""Recaps: time in status, funnel, overdue, changes per week, forced, unreached, compliance; as tables and as charts."""

from typing import Any

from litestar import Response, get

from jalon.console import charts
from jalon.console.area import Area
from jalon.console.page import CaseType, Filter, ask, page
from jalon.server.call import Request

areas = [Area("/console/recaps", "Recaps", 75, "chart", group="Insight")]

PAGE_SIZE = 50
WEEKS = 12
COMPARED = ("time-in-status", "funnel")  # with the period of the same length before, where one is chosen


async def recap_page(request: Request, name: str, filters: dict[str, str | None], **more: Any) -> Response[str]:
    """A recap's page: the recap of the chosen table, or of one that the database chooses, and a list of all tables."""
    recap, tables = ask("recap_page", name, **filters, **more), ask("tracked")
    period = charts.period_before(filters.get("since"), filters.get("until"))
    before = ask("recap_page", name, **(filters | period)) if name in COMPARED and period else None
    return await page(
        request,
        f"recaps/{name}.html",
        recap=recap,
        before=before,
        tables=tables,
        name=name,
        filters=filters,
        charts=charts,
    )


@get("/console/recaps")
async def time_in_status(
    request: Request, table: Filter = None, case_type: CaseType = None, since: Filter = None, until: Filter = None
) -> Response[str]:
    filters = {"table": table, "caseType": case_type, "since": since, "until": until}
    return await recap_page(request, "time-in-status", filters)


@get("/console/recaps/funnel")
async def funnel(
    request: Request, table: Filter = None, case_type: CaseType = None, since: Filter = None, until: Filter = None
) -> Response[str]:
    filters = {"table": table, "caseType": case_type, "since": since, "until": until}
    return await recap_page(request, "funnel", filters)


@get("/console/recaps/overdue")
async def overdue(
    request: Request, table: Filter = None, case_type: CaseType = None, after: Filter = None
) -> Response[str]:
    filters = {"table": table, "caseType": case_type}
    return await recap_page(request, "overdue", filters, after=after, limit=PAGE_SIZE)


@get("/console/recaps/transitions")
async def transitions(
    request: Request, table: Filter = None, case_type: CaseType = None, since: Filter = None, until: Filter = None
) -> Response[str]:
    filters = {"table": table, "caseType": case_type, "since": since or charts.monday(WEEKS - 1), "until": until}
    return await recap_page(request, "transitions", filters, bucket="week")


@get("/console/recaps/forced")
async def forced(
    request: Request, table: Filter = None, since: Filter = None, until: Filter = None, after: Filter = None
) -> Response[str]:
    filters = {"table": table, "since": since or charts.monday(WEEKS - 1), "until": until}
    return await recap_page(request, "forced", filters, after=after, limit=PAGE_SIZE)


@get("/console/recaps/unreached")
async def unreached(request: Request, table: Filter = None) -> Response[str]:
    return await recap_page(request, "unreached", {"table": table})


@get("/console/recaps/compliance")
async def compliance(request: Request, table: Filter = None) -> Response[str]:
    return await recap_page(request, "compliance", {"table": table})


routes: list[Any] = [time_in_status, funnel, overdue, transitions, forced, unreached, compliance]
