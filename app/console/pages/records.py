"""Any tracked table: its records, one record, its timeline. Nothing here knows a table."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from litestar import Response, get
from litestar.response import Stream

from jalon.console.area import Area
from jalon.console.listing import Column, Filter, List, Parts, list_page
from jalon.console.page import Filter as Value
from jalon.console.page import answered, ask, page
from jalon.server.call import Id, Request, Table

SHOWN_COLUMNS = 5  # of an own table, unless others are chosen
areas = [Area("/console/records", "Records", 60, "table")]


@get("/console/records")
async def tables(request: Request) -> Response[str]:
    return await page(request, "records/tables.html", tracked=ask("tracked"))


def status_of(column: str) -> Callable[[Any], Any]:
    return lambda record: next(each for each in record["statuses"] if each["column"] == column)


def value_of(column: str) -> Callable[[Any], Any]:
    return lambda record: record["row"].get(column)


def words(column: str) -> str:
    """The name of a column as a heading."""
    return column.replace("_", " ").strip().capitalize()


def list_of(table: dict[str, Any]) -> List:
    """The list of a table, from its registration."""
    name, shown, statuses = table["name"], table["shown"], table["columns"]
    own = [
        Column(
            f"row.{column['name']}",
            words(column["name"]),
            value_of(column["name"]),
            column["kind"],
            f"row.{column['name']}" if column["isSortable"] else None,
            is_shown=place < SHOWN_COLUMNS,
            is_minor=place > 0,
        )
        for place, column in enumerate(shown["columns"])
    ]
    key = Column("id", "Key", sort="id", is_shown=False)
    case_type = Column("caseType", "Case type", is_minor=True)
    return List(
        f"records/{name}",
        name,
        f"/console/records/{quote(name, safe='')}",
        name,
        columns=(
            *([key] if shown["title"] else []),
            *([case_type] if table["caseTypeColumn"] else []),
            *(
                Column(
                    each["column"],
                    "Status" if len(statuses) == 1 else words(each["column"]),
                    status_of(each["column"]),
                    "status",
                )
                for each in statuses
            ),
            Column("since", "Since", kind="moment", sort="since"),
            *own,
        ),
        filters=(
            Filter("status", "Status", options=lambda parts: statuses[0]["codes"]),
            *([Filter("caseType", "Case type", options=case_types)] if table["caseTypes"] else []),
            Filter("changedSince", "Changed since", "date"),
            Filter("bar", "Counted in a recap", "hidden"),
        ),
        sort="-since",
        title_of=lambda record: str(record["title"] or record["id"]),
        title_sort=f"row.{shown['title']}" if shown["titleIsSortable"] else None if shown["title"] else "id",
        subtitle_of=lambda record: record["subtitle"],
        what_of=lambda record: f"{name} {record['title'] or record['id']}",
        to_move=lambda parts: statuses[0]["codes"],
        column=statuses[0]["column"] if len(statuses) > 1 else "",
    )


def case_types(parts: Parts) -> list[dict[str, Any]]:
    return [{"code": each, "label": each} for each in parts["table"]["caseTypes"]]


@get("/console/records/{table:str}")
async def table(request: Request, table: Table) -> Response[str] | Stream:
    found = (await answered(request, {"table": ask("tracked_table", table)}))["table"]
    records = ask("records", table, moves=True, row=True)
    return await list_page(request, list_of(found), "records/list.html", records, table=found)


@get("/console/records/{table:str}/{id:str}")
async def record(request: Request, table: Table, id: Id, kind: Value = None, after: Value = None) -> Response[str]:
    history = ask("record_stream", id, table=table, kind=kind, after=after, limit=20)
    found, moves = ask("record", id, table=table, row=True), ask("record_moves", id, table=table)
    return await page(request, "records/record.html", record=found, moves=moves, history=history, words=words)


@get("/console/records/{table:str}/{id:str}/force")
async def force(request: Request, table: Table, id: Id) -> Response[str]:
    found, moves = ask("record", id, table=table), ask("record_moves", id, table=table)
    return await page(request, "records/force.html", record=found, moves=moves, table=ask("tracked_table", table))


routes: list[Any] = [tables, table, record, force]
