"""Dossiers: list, status, bulk change, one dossier with its timeline, open, edit."""

from typing import Annotated, Any

from litestar import Response, get

from jalon.console.area import Area
from jalon.console.page import Filter, ask, filter_parameter, page
from jalon.server.call import Id, Request

areas = [Area("/console/dossiers", "Dossiers", 40, "folder", "dossier")]

CaseType = Annotated[str | None, filter_parameter("caseType")]


@get("/console/dossiers")
async def dossiers(
    request: Request,
    case_type: CaseType = None,
    status_code: Annotated[str | None, filter_parameter("statusCode")] = None,
    outcome: Filter = None,
    assignee: Filter = None,
    organisation: Filter = None,
    text: Filter = None,
    since: Annotated[str | None, filter_parameter("changedSince")] = None,
    after: Filter = None,
) -> Response[str]:
    people = {"assignee": assignee, "organisation": organisation, "text": text, "changedSince": since}
    filters = {"caseType": case_type, "statusCode": status_code, "outcome": outcome, **people}
    found = ask("dossiers", **filters, after=after, limit=50, moves=True)
    codes, types = ask("dossier_statuses", caseType=case_type), ask("case_types")
    return await page(request, "dossiers/list.html", dossiers=found, types=types, statuses=codes, filters=filters)


@get("/console/dossiers/new")
async def new(request: Request, case_type: CaseType = None) -> Response[str]:
    codes, types = ask("dossier_statuses", caseType=case_type), ask("case_types")
    return await page(request, "dossiers/new.html", types=types, statuses=codes, case_type=case_type)


@get("/console/dossiers/{id:str}")
async def dossier(request: Request, id: Id, after: Filter = None) -> Response[str]:
    moves, history = ask("record_moves", id, table="dossier"), ask("dossier_history", id, after=after, limit=20)
    return await page(request, "dossiers/dossier.html", dossier=ask("dossier", id), moves=moves, history=history)


@get("/console/dossiers/{id:str}/edit")
async def edit(request: Request, id: Id, case_type: CaseType = None) -> Response[str]:
    codes, types = ask("dossier_statuses", caseType=case_type), ask("case_types")
    found = ask("dossier", id)
    return await page(request, "dossiers/edit.html", dossier=found, types=types, statuses=codes, case_type=case_type)


routes: list[Any] = [dossiers, new, dossier, edit]
