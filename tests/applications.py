"""Clients of the web application.

Its routes take longer to build than most tests take to run, and they need no database. So each process builds them
once, and each client's application gets a state of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient
from litestar.types import ASGIApp

from jalon import modules
from jalon.server.app import build_routed_app, with_state
from jalon.settings import Settings

unused_apps: dict[tuple[Any, ...], list[tuple[Litestar, ASGIApp]]] = {}


@contextmanager
def client_of(settings: Settings) -> Iterator[TestClient[Any]]:
    """with client_of(settings) as client: … — several at once are different applications."""
    route_options = (settings.max_body, settings.cors_origins, modules.chosen(settings.modules))
    unused = unused_apps.setdefault(route_options, [])
    if unused:
        app, without_middleware = unused.pop()
        app.asgi_handler = without_middleware
    else:
        app = build_routed_app(*route_options)
        without_middleware = app.asgi_handler
    with TestClient(with_state(app, settings)) as client:
        yield client
    unused.append((app, without_middleware))
