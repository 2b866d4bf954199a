"""Events: the organizer's list, an event with its history, its form; the moderation queue."""

from collections.abc import Callable
from typing import Annotated, Any

from litestar import Response, get
from litestar.response import Stream

from jalon.console.area import Area
from jalon.console.listing import Column, Filter, List, Parts, list_page
from jalon.console.page import Filter as Value
from jalon.console.page import ask, filter_parameter, page
from jalon.server.call import Id, Request

areas = [
    Area("/console/events", "Events", 20, "calendar", "events"),
    Area("/console/moderation", "Moderation", 22, "shield"),
]
links = {"/api/organizer/events/": "/console/events/", "/api/admin/events/": "/console/events/"}
PAGE_SIZE, COUNT_LIMIT = 25, 1001  # events a page; beyond a thousand it says just that
CODES = ask("tracked_table", "events")  # labels, colours and icons of the codes


def options(column: str) -> Callable[[Parts], list[dict[str, Any]]]:
    """The codes of a status column."""
    return lambda parts: next(each["codes"] for each in parts["codes"]["columns"] if each["column"] == column)


LIST = List(
    "events",
    "events",
    "/console/events",
    "Events",
    columns=(
        Column("starts_at", "Beginning", kind="moment", sort="starts_at"),
        Column("status", "Status", lambda event: event, "status"),
        Column("status_changed_at", "Since", kind="moment", sort="status_changed_at", is_minor=True),
        Column("place", "Place", is_minor=True),
        Column("organizer_id", "Organizer", is_shown=False),
        Column("capacity", "Capacity", kind="number", is_shown=False),
        Column("created_at", "Created", kind="moment", sort="created_at", is_shown=False),
    ),
    filters=(
        Filter("status", "Status", options=options("status")),
        Filter("moderation_status", "Moderation", options=options("moderation_status")),
        Filter("is_published", "Publication", options=options("is_published")),
        Filter("organizer_id", "Organizer", "person", shown_if=lambda parts: parts["answer"]["sees_all"]),
    ),
    sort="-created_at",
    title_of=lambda event: event["title"],
    title_sort="title",
    lead="Prepare an event, submit it for review, publish it once it is approved.",
    views=(("Mine", {"organizer_id": "{me}"}),),
)


@get("/console/events")
async def own_events(request: Request) -> Response[str] | Stream:
    return await list_page(request, LIST, "events/list.html", ask("my_events", everybodys=True), codes=CODES)


@get("/console/events/new")
async def new(request: Request) -> Response[str]:
    return await page(request, "events/new.html", events=ask("my_events", limit=1))


@get("/console/events/{id:str}")
async def event(request: Request, id: Id, kind: Value = None, after: Value = None) -> Response[str]:
    history = ask("record_stream", id, table="events", kind=kind, after=after, limit=20)
    found = ask("my_event", id, steps=True)
    return await page(request, "events/event.html", event=found, history=history, codes=CODES)


@get("/console/events/{id:str}/edit")
async def edit(request: Request, id: Id) -> Response[str]:
    return await page(request, "events/edit.html", event=ask("my_event", id))


@get("/console/moderation")
async def moderation_queue(
    request: Request,
    status: Value = None,
    moderation_status: Value = None,
    is_published: Value = None,
    organizer: Annotated[str | None, filter_parameter("organizer_id")] = None,
    selected: Value = None,
    after: Value = None,
) -> Response[str]:
    filters = {
        "status": status,
        "moderation_status": moderation_status,
        "is_published": is_published,
        "organizer_id": organizer,
    }
    triage = ask("moderation_triage", selected or None, **filters, after=after, limit=PAGE_SIZE, countTo=COUNT_LIMIT)
    return await page(request, "events/moderation.html", triage=triage, codes=CODES, filters=filters)


routes: list[Any] = [own_events, new, event, edit, moderation_queue]
