"""Workflows: the published versions and the drafts; one workflow as a graph, with its actions; its rules as a file."""

from typing import Annotated, Any, Literal

from litestar import Response, get
from litestar.params import QueryParameter

from jalon.console import charts
from jalon.console.area import Area
from jalon.console.page import Filter, ask, ask_optional, filter_parameter, page
from jalon.engine.categories import Category
from jalon.engine.diagram import lay_out
from jalon.engine.workflows import CaseType
from jalon.rule_files.writing import as_yaml
from jalon.server.call import Request

areas = [Area("/console/workflows", "Workflows", 70, "graph", group="Design")]
Number = Annotated[str | None, QueryParameter(pattern="^([1-9][0-9]{0,8})?$")]
# What the panel beside the graph shows: a code, a transition, or a form for a new one.
Part = Annotated[Literal["", "code", "transition", "new-code", "new-transition"] | None, QueryParameter()]


@get("/console/workflows")
async def workflows(request: Request) -> Response[str]:
    return await page(
        request,
        "workflows/list.html",
        categories=ask("categories"),
        templates=ask("templates"),
        permissions=ask("permissions"),
    )


@get("/console/workflows/{category:str}/{case_type:str}")
async def workflow(
    request: Request,
    category: Category,
    case_type: CaseType,
    version: Number = None,
    against: Number = None,
    table: Filter = None,
    id: Filter = None,
    since: Filter = None,
    part: Part = None,
    code: Filter = None,
    start: Annotated[str | None, filter_parameter("from")] = None,
    end: Annotated[str | None, filter_parameter("to")] = None,
) -> Response[str]:
    filters = {"caseType": case_type, "version": version, "table": table, "id": id, "since": since}
    is_looked_at = (part == "code" and code) or (part == "transition" and end)
    ends = {"code": code} if part == "code" else {"from": start, "to": end}
    detail = ask_optional("workflow_part", category, caseType=case_type, **ends) if is_looked_at else None
    return await page(
        request,
        "workflows/workflow.html",
        graph=ask("workflow_graph", category, **filters, **{"from": against}),
        detail=detail,
        # A record is shown only of a table that obeys already, so the page never asks for both.
        moves=ask_optional("record_moves", id, table=table) if table and id else None,
        trackable=None if table else ask_optional("trackable", category, caseType=case_type),
        shown={"part": part or "", "code": code, "from": start, "to": end},
        filters=filters,
        lay_out=lay_out,
        charts=charts,
    )


@get("/console/workflows/{category:str}/{case_type:str}/file")
async def rules_file(request: Request, category: Category, case_type: CaseType) -> Response[str]:
    rules = ask("rule_file", category, caseType=case_type)
    return await page(request, "workflows/file.html", rules=rules, as_yaml=as_yaml)


routes: list[Any] = [workflows, workflow, rules_file]
