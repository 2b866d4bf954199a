"""Roadshow: counterparties and their status, interactions, the weekly recap."""

from collections.abc import Callable
from typing import Any

from litestar import Response, get
from litestar.response import Stream

from jalon.console.area import Area
from jalon.console.listing import Column, Filter, List, Parts, list_page
from jalon.console.page import Filter as Value
from jalon.console.page import ask, page
from jalon.server.call import Id, Request

areas = [Area("/console/roadshow", "Roadshow", 10, "slides", "roadshow_counterparty")]


def choices(name: str) -> Callable[[Parts], list[dict[str, Any]]]:
    return lambda parts: [{"code": each, "label": each} for each in parts["choices"][name]]


LIST = List(
    "roadshow",
    "roadshow_counterparty",
    "/console/roadshow",
    "Roadshow",
    columns=(
        Column("status", "Status", kind="status"),
        Column("since", "Since", kind="moment", sort="since"),
        Column("owner", "Owner", is_minor=True),
        Column("sector", "Sector", is_minor=True),
        Column("ticket", "Ticket size", lambda one: (one["ticketSize"], one["currency"]), "amount", "ticketSize"),
        Column("lastInteraction", "Last interaction", kind="day", is_minor=True),
        Column("createdAt", "Entered on", kind="moment", sort="createdAt", is_shown=False),
    ),
    filters=(
        Filter("statut", "Status", options=lambda parts: parts["choices"]["statuses"]),
        Filter("owner", "Owner", options=choices("owners")),
        Filter("sector", "Sector", options=choices("sectors")),
        Filter("q", "Part of the name", "search"),
    ),
    sort="name",
    title_of=lambda one: one["name"],
    title_sort="name",
    lead="Counterparties by name, and where each stands.",
    views=(("Mine", {"owner": "{me}"}),),
    to_move=lambda parts: parts["choices"]["statuses"],
)


@get("/console/roadshow")
async def counterparties(request: Request) -> Response[str] | Stream:
    found, offered = ask("counterparties", moves=True), ask("roadshow_choices")
    return await list_page(request, LIST, "roadshow/list.html", found, choices=offered)


@get("/console/roadshow/weekly")
async def weekly(request: Request, week: Value = None, tz: Value = None) -> Response[str]:
    return await page(request, "roadshow/weekly.html", recap=ask("roadshow_weekly", week=week, tz=tz))


@get("/console/roadshow/{id:str}")
async def counterparty(request: Request, id: Id, kind: Value = None, after: Value = None) -> Response[str]:
    return await page(
        request,
        "roadshow/counterparty.html",
        counterparty=ask("counterparty", id, moves=True),
        interactions=ask("interactions", id, limit=1),
        history=ask("record_stream", id, table="roadshow_counterparty", kind=kind, after=after, limit=20),
    )


routes: list[Any] = [counterparties, weekly, counterparty]
