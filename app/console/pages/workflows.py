"""Workflows: the published versions and the drafts; one workflow as a graph, with its actions."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter

from jalon.console.area import Area
from jalon.console.page import Filter, ask, page
from jalon.engine.categories import Category
from jalon.engine.diagram import lay_out
from jalon.engine.workflows import CaseType
from jalon.server.call import Request

areas = [Area("/console/workflows", "Workflows", 70, "graph")]
Number = Annotated[str | None, QueryParameter(pattern="^([1-9][0-9]{0,8})?$")]


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
    table: Filter = None,
    id: Filter = None,
    since: Filter = None,
) -> Response[str]:
    filters = {"caseType": case_type, "version": version, "table": table, "id": id, "since": since}
    graph = ask("workflow_graph", category, **filters)
    return await page(request, "workflows/workflow.html", graph=graph, lay_out=lay_out, filters=filters)


routes: list[Any] = [workflows, workflow]
