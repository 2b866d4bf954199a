"""The console at /console: pages over the same api functions as the HTTP endpoints. See docs/console.md."""

from types import ModuleType

from litestar import Response, Router, get

from jalon.console import (
    dossiers,
    events,
    health,
    members,
    notifications,
    permissions,
    propositions,
    recaps,
    records,
    roadshow,
    session,
    static,
    webhooks,
    workflows,
)
from jalon.console.area import Area
from jalon.console.page import page
from jalon.server.call import Request
from jalon.server.middleware import restore_slashes

MODULES: list[ModuleType] = [
    roadshow, events, propositions, permissions, dossiers, members, records, workflows, recaps, health, webhooks, notifications,
]  # fmt: skip
AREAS: list[Area] = sorted((area for module in MODULES for area in module.areas), key=lambda area: area.order)


@get("/console")
async def start(request: Request) -> Response[str]:
    """Where to go from here."""
    return await page(request, "start.html")


PAGES = [handler for module in MODULES for handler in module.routes]
router = Router(
    "/",
    route_handlers=[start, *PAGES, *session.routes, *static.routes],
    guards=[restore_slashes, session.enter],
    include_in_schema=False,
)
__all__ = ["AREAS", "PAGES", "router"]
