"""Every page of the console: those of the engine in pages/, those of a module in its console.py."""

from types import ModuleType
from typing import Any

from litestar import Router

from jalon import modules
from jalon.console import mail_links, navigation, session, static
from jalon.console.area import Area
from jalon.console.pages import (
    access,
    health,
    home,
    kit,
    notifications,
    permissions,
    recap_mails,
    recaps,
    records,
    search,
    webhooks,
    workflows,
)
from jalon.server.middleware import restore_slashes

KERNEL: list[ModuleType] = [
    *(home, search, access, permissions, records, workflows, recaps, recap_mails, health, webhooks, notifications, kit)
]


def parts(chosen: tuple[str, ...] | None = None) -> list[ModuleType]:
    """The pages of the engine and of the chosen modules; of all modules if none is named."""
    return [*KERNEL, *modules.parts("console", chosen)]


def areas(chosen: tuple[str, ...] | None = None) -> list[Area]:
    return sorted((area for part in parts(chosen) for area in part.areas), key=lambda area: area.order)


def pages(chosen: tuple[str, ...] | None = None) -> list[Any]:
    return [handler for part in parts(chosen) for handler in part.routes]


AREAS = areas()
# Where an address of the API has its page: what it begins with -> what the page's address begins with.
LINKS: dict[str, str] = {start: here for part in parts() for start, here in getattr(part, "links", {}).items()}


def console_router(chosen: tuple[str, ...] | None = None) -> Router:
    return Router(
        "/",
        route_handlers=[*pages(chosen), *navigation.routes, *session.routes, *mail_links.routes, *static.routes],
        guards=[restore_slashes, session.require_session],
        include_in_schema=False,
    )
