"""Roadshow: counterparties and their status, interactions, the weekly recap."""

from typing import Any

from litestar import Response, get

from jalon.console.area import Area
from jalon.console.page import Filter, ask, page
from jalon.server.call import Id, Request

areas = [Area("/console/roadshow", "Roadshow", 10, "slides", "roadshow_counterparty")]


@get("/console/roadshow")
async def counterparties(
    request: Request,
    statut: Filter = None,
    owner: Filter = None,
    sector: Filter = None,
    q: Filter = None,
    after: Filter = None,
) -> Response[str]:
    filters = {"statut": statut, "owner": owner, "sector": sector, "q": q}
    found = ask("counterparties", **filters, after=after, limit=50, moves=True)
    return await page(
        request, "roadshow/list.html", counterparties=found, choices=ask("roadshow_choices"), filters=filters
    )


@get("/console/roadshow/weekly")
async def weekly(request: Request, week: Filter = None, tz: Filter = None) -> Response[str]:
    return await page(request, "roadshow/weekly.html", recap=ask("roadshow_weekly", week=week, tz=tz))


@get("/console/roadshow/{id:str}")
async def counterparty(request: Request, id: Id, type: Filter = None, after: Filter = None) -> Response[str]:
    return await page(
        request,
        "roadshow/counterparty.html",
        counterparty=ask("counterparty", id, moves=True),
        interactions=ask("interactions", id, type=type, after=after, limit=20),
        history=ask("record_history", id, table="roadshow_counterparty", limit=5),
        type=type,
    )


routes: list[Any] = [counterparties, weekly, counterparty]
