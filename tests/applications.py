"""Clients of the web application. Its routes take longer to build than most tests to run, and know no database: they are
built once a process, and each client's application is furnished with a state of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient
from litestar.types import ASGIApp

from jalon import modules
from jalon.server.app import furnished, routed
from jalon.settings import Settings

free: dict[tuple[Any, ...], list[tuple[Litestar, ASGIApp]]] = {}


@contextmanager
def client_of(settings: Settings) -> Iterator[TestClient[Any]]:
    """with client_of(settings) as client: … — several at once are different applications."""
    known_to_routes = (settings.max_body, settings.cors_origins, modules.chosen(settings.modules))
    waiting = free.setdefault(known_to_routes, [])
    if waiting:
        app, unframed = waiting.pop()
        app.asgi_handler = unframed
    else:
        app = routed(*known_to_routes)
        unframed = app.asgi_handler
    with TestClient(furnished(app, settings)) as client:
        yield client
    waiting.append((app, unframed))
