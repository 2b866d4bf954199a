"""Dossiers: list, status, bulk change, one dossier with its timeline, open, edit."""

from collections import Counter
from typing import Any

from litestar import Response, get
from litestar.response import Stream

from jalon.console.area import Area
from jalon.console.listing import Column, Filter, List, Parts, list_page
from jalon.console.page import CaseType, ask, page
from jalon.console.page import Filter as Value
from jalon.server.call import Id, Request

areas = [Area("/console/dossiers", "Dossiers", 40, "folder", "dossier")]


def status_of(dossier: Any) -> dict[str, Any]:
    return {name: dossier[f"status{name.capitalize()}"] for name in ("code", "label", "color", "icon")}


def statuses(parts: Parts) -> list[dict[str, Any]]:
    """The codes to choose from. Two may have one label: then the code tells them apart."""
    found = parts["choices"]["statuses"]
    counts = Counter(each["label"] for each in found)
    return [
        {
            "code": each["statusCode"],
            "label": each["label"] if counts[each["label"]] == 1 else f"{each['label']} ({each['statusCode']})",
        }
        for each in found
    ]


OUTCOMES = [
    {"code": "open", "label": "Open"},
    {"code": "active", "label": "Under way"},
    {"code": "waiting", "label": "Waiting"},
    {"code": "done", "label": "Done"},
    {"code": "dropped", "label": "Dropped"},
]
LIST = List(
    "dossiers",
    "dossier",
    "/console/dossiers",
    "Dossiers",
    columns=(
        Column("caseType", "Case type", lambda dossier: dossier["caseTypeLabel"], is_minor=True),
        Column("status", "Status", status_of, "status"),
        Column("statusChangedAt", "Since", kind="day"),
        Column("assignee", "Assignee", is_minor=True),
        Column("organisation", "Organisation", is_minor=True),
        Column("source", "Source", is_shown=False),
        Column("leadPhone", "Telephone", is_shown=False),
        Column("createdAt", "Opened", kind="moment", sort="createdAt", is_shown=False),
        Column("updatedAt", "Last change", kind="moment", sort="updatedAt", is_minor=True),
    ),
    filters=(
        Filter("caseType", "Case type", options=lambda parts: parts["choices"]["caseTypes"]),
        Filter("statusCode", "Status", options=statuses),
        Filter("outcome", "Outcome", options=lambda parts: OUTCOMES, are_words=True),
        Filter("assignee", "Assignee", "person"),
        Filter("organisation", "Organisation", suggest="/api/v1/dossiers/organisations"),
        Filter("text", "Contains", "search"),
        Filter("changedSince", "Changed since", "date"),
    ),
    sort="-updatedAt",
    title_of=lambda dossier: dossier["leadName"] or dossier["id"][:8],
    title_sort="leadName",
    lead="Every dossier that you may see, last change first.",
    views=(("Assigned to me", {"assignee": "{me}"}),),
    to_move=statuses,
)


@get("/console/dossiers")
async def dossiers(request: Request, case_type: CaseType = None) -> Response[str] | Stream:
    choices = ask("dossier_choices", caseType=case_type)
    return await list_page(request, LIST, "dossiers/list.html", ask("dossiers", moves=True), choices=choices)


@get("/console/dossiers/new")
async def new(request: Request, case_type: CaseType = None) -> Response[str]:
    codes, types = ask("dossier_statuses", caseType=case_type), ask("case_types")
    return await page(request, "dossiers/new.html", types=types, statuses=codes, case_type=case_type)


@get("/console/dossiers/{id:str}")
async def dossier(request: Request, id: Id, kind: Value = None, after: Value = None) -> Response[str]:
    moves = ask("record_moves", id, table="dossier")
    history = ask("record_stream", id, table="dossier", kind=kind, after=after, limit=20)
    return await page(request, "dossiers/dossier.html", dossier=ask("dossier", id), moves=moves, history=history)


@get("/console/dossiers/{id:str}/edit")
async def edit(request: Request, id: Id, case_type: CaseType = None) -> Response[str]:
    codes, types = ask("dossier_statuses", caseType=case_type), ask("case_types")
    found = ask("dossier", id)
    return await page(request, "dossiers/edit.html", dossier=found, types=types, statuses=codes, case_type=case_type)


routes: list[Any] = [dossiers, new, dossier, edit]
