"""Health: what `jalon status` and jalon.verify say."""

from functools import cache
from typing import Any

from litestar import Response, get

from jalon import __version__, sqlfiles, state
from jalon.console.area import Area
from jalon.console.page import ask, page
from jalon.web import Request

areas = [Area("/console/health", "Health", 90, "heart")]
wanted = cache(state.wanted)  # the files of an installed version do not change


@cache
def known() -> list[str]:
    """The migrations that this version brings."""
    return sorted(sqlfiles.migrations())


@get("/console/health")
async def health(request: Request) -> Response[str]:
    version = {"version": __version__, "known": known(), "wanted": wanted}
    return await page(request, "health/health.html", standing=ask("standing"), health=ask("health"), **version)


routes: list[Any] = [health]
