"""Every page of the console: those of the engine in pages/, those of a module in its console.py."""

from types import ModuleType

from litestar import Response, Router, get

from jalon import modules
from jalon.console import session, static
from jalon.console.area import Area
from jalon.console.page import page
from jalon.console.pages import health, notifications, permissions, recaps, records, webhooks, workflows
from jalon.server.call import Request
from jalon.server.middleware import restore_slashes

PARTS: list[ModuleType] = [
    *(permissions, records, workflows, recaps, health, webhooks, notifications),
    *modules.parts("console"),
]
AREAS: list[Area] = sorted((area for part in PARTS for area in part.areas), key=lambda area: area.order)
# The page of an address of the API: the beginning of the address -> the beginning of the page's address.
LINKS: dict[str, str] = {start: here for part in PARTS for start, here in getattr(part, "links", {}).items()}


@get("/console")
async def start(request: Request) -> Response[str]:
    """The start page: links to all areas."""
    return await page(request, "start.html")


PAGES = [handler for part in PARTS for handler in part.routes]
router = Router(
    "/",
    route_handlers=[start, *PAGES, *session.routes, *static.routes],
    guards=[restore_slashes, session.require_session],
    include_in_schema=False,
)
