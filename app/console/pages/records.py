"""Any tracked table: its records, one record, its timeline. Nothing here knows a table."""

from typing import Annotated, Any

from litestar import Response, get

from jalon.console.area import Area
from jalon.console.page import Filter, ask, filter_parameter, page
from jalon.server.call import Id, Request, Table

areas = [Area("/console/records", "Records", 60, "table")]


@get("/console/records")
async def tables(request: Request) -> Response[str]:
    return await page(request, "records/tables.html", tracked=ask("tracked"))


@get("/console/records/{table:str}")
async def table(
    request: Request,
    table: Table,
    status: Filter = None,
    case_type: Annotated[str | None, filter_parameter("caseType")] = None,
    since: Annotated[str | None, filter_parameter("changedSince")] = None,
    after: Filter = None,
) -> Response[str]:
    filters = {"status": status, "caseType": case_type, "changedSince": since}
    records = ask("records", table, **filters, after=after, limit=50, moves=True)
    return await page(request, "records/list.html", table=ask("tracked_table", table), records=records, filters=filters)


@get("/console/records/{table:str}/{id:str}")
async def record(request: Request, table: Table, id: Id, after: Filter = None) -> Response[str]:
    history = ask("record_history", id, table=table, after=after, limit=20)
    moves = ask("record_moves", id, table=table)
    return await page(
        request, "records/record.html", record=ask("record", id, table=table), moves=moves, history=history
    )


@get("/console/records/{table:str}/{id:str}/force")
async def force(request: Request, table: Table, id: Id) -> Response[str]:
    found, moves = ask("record", id, table=table), ask("record_moves", id, table=table)
    return await page(request, "records/force.html", record=found, moves=moves, table=ask("tracked_table", table))


routes: list[Any] = [tables, table, record, force]
