"""Events: the organizer's list, an event with its history, its form; the moderation queue."""

from typing import Annotated, Any

from litestar import Response, get

from jalon.console.area import Area
from jalon.console.page import Filter, ask, filter_parameter, page
from jalon.server.call import Id, Request

areas = [
    Area("/console/events", "Events", 20, "calendar", "events"),
    Area("/console/moderation", "Moderation", 22, "shield"),
]
links = {"/api/organizer/events/": "/console/events/", "/api/admin/events/": "/console/events/"}
PAGE_SIZE, COUNT_LIMIT = 25, 1001  # events a page; beyond a thousand it says just that
CODES = ask("tracked_table", "events")  # labels, colours and icons of the codes


@get("/console/events")
async def own_events(
    request: Request,
    status: Filter = None,
    moderation_status: Filter = None,
    is_published: Filter = None,
    after: Filter = None,
) -> Response[str]:
    filters = {"status": status, "moderation_status": moderation_status, "is_published": is_published}
    events = ask("my_events", **filters, after=after, limit=PAGE_SIZE, countTo=COUNT_LIMIT)
    return await page(request, "events/list.html", events=events, codes=CODES, filters=filters)


@get("/console/events/new")
async def new(request: Request) -> Response[str]:
    return await page(request, "events/new.html", events=ask("my_events", limit=1))


@get("/console/events/{id:str}")
async def event(request: Request, id: Id, after: Filter = None) -> Response[str]:
    history = ask("my_event_status_history", id, after=after, limit=20)
    return await page(request, "events/event.html", event=ask("my_event", id), history=history, codes=CODES)


@get("/console/events/{id:str}/edit")
async def edit(request: Request, id: Id) -> Response[str]:
    return await page(request, "events/edit.html", event=ask("my_event", id))


@get("/console/moderation")
async def moderation_queue(
    request: Request,
    status: Filter = None,
    moderation_status: Filter = None,
    is_published: Filter = None,
    organizer: Annotated[str | None, filter_parameter("organizer_id")] = None,
    after: Filter = None,
) -> Response[str]:
    filters = {
        "status": status,
        "moderation_status": moderation_status,
        "is_published": is_published,
        "organizer_id": organizer,
    }
    events = ask("moderation_queue", **filters, after=after, limit=PAGE_SIZE, countTo=COUNT_LIMIT)
    return await page(request, "events/moderation.html", events=events, codes=CODES, filters=filters)


routes: list[Any] = [own_events, new, event, edit, moderation_queue]
