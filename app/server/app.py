"""The web application: routes, plugins, lifespan. What it does is done in the database."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
from litestar import Litestar, Router
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from jalon import modules
from jalon.console import errors, session
from jalon.console.router import areas, console_router
from jalon.engine import categories, installation, permissions, recaps, records, workflows
from jalon.notifications import routes as notifications
from jalon.notifications.listener import Listener, running
from jalon.outbox import routes as webhooks
from jalon.outbox.relay import Relay, relaying
from jalon.outbox.webhook_client import Egress
from jalon.server import logs, openapi, probes, problems
from jalon.server.auth import Authenticator, Caller
from jalon.server.batching import Queues
from jalon.server.call import Connection, StrictRequest
from jalon.server.database import Database
from jalon.server.metrics import Metrics
from jalon.server.middleware import Frame, restore_slashes, visit
from jalon.server.problems import Problem, responses
from jalon.settings import Settings, load

KERNEL = [records, categories, workflows, permissions, recaps, notifications, webhooks, installation]


def routes(chosen: tuple[str, ...] | None = None) -> list[Any]:
    """The handlers of the engine and of the chosen modules; of all modules if none is named."""
    return [handler for part in (*KERNEL, *modules.parts("routes", chosen)) for handler in part.routes]


async def authenticate(connection: Connection, handler: Any) -> None:
    """Every route needs a caller, but for those that say `opt={"public": True}`; they too know one who shows a token.

    A browser's session counts as a token: session.py says when.
    """
    if connection.scope.get("method") == "OPTIONS":
        return  # tells what may be asked, and no more
    seen = visit(connection.scope)
    header = session.authorization(connection)
    if header or not handler.opt.get("public"):
        seen.caller = await connection.app.state.authenticator.caller(header)


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    database: Database = app.state.database
    async with database.open():
        with suppress(Problem):
            await database.greet()
        async with (
            running(app.state.settings, database, app.state.listener),
            relaying(app.state.settings, app.state.relay),
        ):
            with Draining(app):
                yield


async def refuse(scope: Scope, fault: tuple[int, str, str], send: Send) -> None:
    status, words, field = fault
    await problems.send(scope, Problem(status, words, "JL405", field=field), send)


class Draining:
    """SIGTERM: say so in /health/ready, let the load balancer notice, then end the streams and let the server do what it does.

    SIGINT, which a person sends, waits for no load balancer.
    """

    def __init__(self, app: Litestar) -> None:
        self.app = app
        self.before: dict[int, Any] = {}

    def __enter__(self) -> None:
        self.loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self.before[number] = signal.getsignal(number)
                if callable(self.before[number]):
                    signal.signal(number, self.on_signal)

    def on_signal(self, number: int, stack: Any) -> None:
        self.app.state.draining = True
        seconds = self.app.state.settings.drain if number == signal.SIGTERM else 0
        for each, handler in self.before.items():
            signal.signal(each, handler)  # a second one does not wait
        self.loop.call_soon_threadsafe(lambda: self.loop.call_later(seconds, self.end, number, stack))

    def end(self, number: int, stack: Any) -> None:
        self.app.state.listener.close()
        self.before[number](number, stack)

    def __exit__(self, *_: Any) -> None:
        pass


def create_app(settings: Settings | None = None) -> Litestar:
    settings = settings or load()
    return furnished(routed(settings.max_body, settings.cors_origins, modules.chosen(settings.modules)), settings)


def routed(max_body: int, cors_origins: str, chosen: tuple[str, ...] | None = None) -> Litestar:
    """The routes, which know no database: an application is complete when it is furnished."""
    handlers = routes(chosen)
    for handler in handlers:
        handler.responses = responses() | (handler.responses or {})  # every route has these, whatever else it declares
    return Litestar(
        route_handlers=[
            Router("/", route_handlers=handlers, guards=[restore_slashes, authenticate], security=[{"bearer": []}]),
            Router("/", route_handlers=probes.routes, guards=[authenticate]),
            openapi.assets,
            console_router(chosen),
        ],
        lifespan=[lifespan],
        request_class=StrictRequest,
        exception_handlers=errors.handlers,
        openapi_config=openapi.config(),
        cors_config=CORSConfig(
            allow_origins=cors_origins.split(","), expose_headers=["ETag", "Location", "Link", "X-Request-ID", "Retry-After"],
        ) if cors_origins else None,
        request_max_body_size=max_body,
        logging_config=None,
    )  # fmt: skip


def furnished(app: Litestar, settings: Settings) -> Litestar:
    """What belongs to one installation: the state that its requests share, and the frame around the routes."""
    logs.configure(settings.log_level)
    database = Database(settings)
    metrics = Metrics()
    metrics.batches = database.tally
    egress = Egress(settings.webhook_allow, settings.webhook_allow_http, settings.webhook_timeout)

    async def by_key(hashed: str) -> Caller | None:
        found = await database.api_key(hashed)
        return msgspec.json.decode(found, type=Caller) if found else None

    app.state = State({
        "settings": settings, "database": database, "metrics": metrics, "queues": Queues(database, settings.coalesce),
        "authenticator": Authenticator(settings, by_key), "listener": Listener(settings, database), "draining": False,
        "egress": egress, "areas": areas(modules.chosen(settings.modules)),
        "relay": Relay(settings, settings.relay_dsn, egress) if settings.relay and settings.relay_dsn else None,
    })  # fmt: skip
    frame = Frame(app.asgi_handler, metrics, settings.access_log)
    frame.refuse = refuse
    frame.methods = {
        r.path_format: ", ".join(sorted({*r.methods, *(["HEAD"] if "GET" in r.methods else [])})).encode()
        for r in app.routes
        if isinstance(r, HTTPRoute)
    }
    outermost: ASGIApp = frame
    if settings.trusted_proxies:
        outermost = ProxyHeadersMiddleware(outermost, trusted_hosts=settings.trusted_proxies.split(","))  # type: ignore[arg-type,assignment]
    app.asgi_handler = outermost
    return app
