"""Health: what `jalon status` and jalon.verify say."""

from functools import cache, partial
from typing import Any

from litestar import Response, get

from jalon import __version__, modules
from jalon.console.area import Area
from jalon.console.page import ask, page
from jalon.install import files, schema_version
from jalon.server.call import Request

areas = [Area("/console/health", "Health", 90, "heart", group="Administration")]


@cache  # the files of an installed version do not change
def known_migrations(chosen: tuple[str, ...] | None) -> list[str]:
    """The migrations that this version brings."""
    return list(files.migrations(chosen))


@cache
def expected_digest(major: int, chosen: tuple[str, ...] | None) -> str:
    return schema_version.reload_digest(major, list(files.module_parts()) if chosen is None else chosen)


@get("/console/health")
async def health(request: Request) -> Response[str]:
    chosen = modules.chosen(request.app.state.settings.modules)
    version = {
        "version": __version__,
        "known": known_migrations(chosen),
        "expected_digest": partial(expected_digest, chosen=chosen),
    }
    return await page(request, "health/health.html", installation=ask("installation"), health=ask("health"), **version)


routes: list[Any] = [health]
