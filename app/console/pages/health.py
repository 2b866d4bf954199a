"""Health: what `jalon status` and jalon.verify say."""

from functools import cache
from typing import Any

from litestar import Response, get

from jalon import __version__
from jalon.console.area import Area
from jalon.console.page import ask, page
from jalon.install import files, schema_version
from jalon.server.call import Request

areas = [Area("/console/health", "Health", 90, "heart")]
expected_digest = cache(schema_version.wanted)  # the files of an installed version do not change


@cache
def known_migrations() -> list[str]:
    """The migrations that this version brings."""
    return sorted(files.migrations())


@get("/console/health")
async def health(request: Request) -> Response[str]:
    version = {"version": __version__, "known": known_migrations(), "expected_digest": expected_digest}
    return await page(request, "health/health.html", installation=ask("installation"), health=ask("health"), **version)


routes: list[Any] = [health]
