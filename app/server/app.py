"""The web application: routes, plugins, lifespan. The work is done in the database."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from functools import partial
from typing import Any

from litestar import Litestar, Router
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from jalon import modules
from jalon.console import errors, session
from jalon.console.navigation import Navigation
from jalon.console.router import areas, console_router
from jalon.engine import (
    categories,
    error_codes,
    grants,
    installation,
    permissions,
    recap_mails,
    recaps,
    records,
    saved_views,
    work,
    workflows,
)
from jalon.notifications import routes as notifications
from jalon.notifications.listener import Listener, run_listener
from jalon.outbox import routes as webhooks
from jalon.outbox.relay import Relay, run_relay
from jalon.outbox.webhook_client import WebhookClient
from jalon.server import compression, logs, openapi, probes, problems, queries, words
from jalon.server.auth import Authenticator
from jalon.server.batching import Batchers
from jalon.server.call import Request, StrictRequest
from jalon.server.credentials import Credentials
from jalon.server.database import Database
from jalon.server.metrics import Metrics
from jalon.server.middleware import OuterMiddleware, RequestContext, find_fault, restore_slashes_in
from jalon.server.openid import Provider
from jalon.server.optional import make_telemetry
from jalon.server.problems import Problem, usual_responses
from jalon.server.rates import Limits
from jalon.server.replicas import Replicas
from jalon.settings import Settings, load

# What a script of another site may read of an answer.
EXPOSED_HEADERS = [
    *("ETag", "Location", "Link", "Content-Disposition", "X-Request-ID", "Jalon-Transaction"),
    *("Retry-After", "RateLimit", "RateLimit-Policy"),
]
KERNEL = [
    *(records, saved_views, work, categories, workflows, permissions, grants, recaps, recap_mails),
    *(notifications, webhooks, installation, error_codes),
]


def routes(chosen: tuple[str, ...] | None = None) -> list[Any]:
    """The handlers of the engine and of the chosen modules; of all modules if none is named."""
    return [handler for part in (*KERNEL, *modules.parts("routes", chosen)) for handler in part.routes]


def messages(chosen: tuple[str, ...] | None = None) -> list[Any]:
    """The messages that webhooks get of the engine and of the chosen modules."""
    return [kind for part in (webhooks, *modules.parts("routes", chosen)) for kind in getattr(part, "messages", [])]


async def admit(request: Request) -> None:
    """Every route needs a caller, except those with `opt={"public": True}`; these also know a caller who sends a token.

    A browser's session counts as a token: session.py says when. This runs before each handler. It is not a guard:
    Litestar copies the handler for each guard of each request.
    """
    if request.scope["method"] == "OPTIONS":
        return  # answers which methods there are, and no more
    restore_slashes_in(request.scope)
    if request.route_handler.opt.get("anonymous"):
        return  # the same for everybody, also for whose token is refused
    header = session.authorization(request)
    if header or not request.route_handler.opt.get("public"):
        await session.identify(request, header)


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    database: Database = app.state.database
    async with database.open():
        with suppress(Problem):
            await database.read_languages()
        provider: Provider | None = app.state.provider
        replicas: Replicas | None = app.state.replicas
        async with (
            provider.open() if provider else nullcontext(),
            replicas.open() if replicas else nullcontext(),
            run_listener(app.state.settings, database, app.state.listener),
            run_relay(app.state.settings, app.state.relay),
        ):
            try:
                with Draining(app):
                    yield
            finally:
                if app.state.telemetry:
                    await asyncio.to_thread(app.state.telemetry.close)


def find_problem(limits: Limits, scope: Scope, context: RequestContext) -> Problem | None:
    """Why a request is refused before anything is looked up."""
    if fault := find_fault(scope, context.headers):
        status, detail, field = fault
        return Problem(status, detail, "JL405", field=field)
    return limits.refuse_address(scope, context)


def hsts_header(settings: Settings) -> bytes | None:
    """What browsers are told of https, and for how long; nothing if it is for no time."""
    if not settings.hsts:
        return None
    return b"max-age=%d" % settings.hsts + (b"; includeSubDomains" if settings.hsts_subdomains else b"")


class Draining:
    """On SIGTERM: fail /health/ready, give the load balancer time to notice, then end the streams and the server.

    SIGINT, which a person sends, waits for no load balancer.
    """

    def __init__(self, app: Litestar) -> None:
        self.app = app
        self.previous: dict[int, Any] = {}

    def __enter__(self) -> None:
        self.loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self.previous[number] = signal.getsignal(number)
                if callable(self.previous[number]):
                    signal.signal(number, self.on_signal)

    def on_signal(self, number: int, stack: Any) -> None:
        self.app.state.draining = True
        seconds = self.app.state.settings.drain if number == signal.SIGTERM else 0
        for each, handler in self.previous.items():
            signal.signal(each, handler)  # a second one does not wait
        self.loop.call_soon_threadsafe(lambda: self.loop.call_later(seconds, self.end, number, stack))

    def end(self, number: int, stack: Any) -> None:
        self.app.state.listener.close()
        self.previous[number](number, stack)

    def __exit__(self, *_: Any) -> None:
        pass


def create_app(settings: Settings | None = None) -> Litestar:
    settings = settings or load()
    app = build_routed_app(settings.max_body, settings.cors_origins, modules.chosen(settings.modules))
    return with_state(app, settings)


def build_routed_app(max_body: int, cors_origins: str, chosen: tuple[str, ...] | None = None) -> Litestar:
    """The routes, without a database; `with_state` completes the application."""
    queries.keep_none()
    handlers = routes(chosen)
    for handler in handlers:
        handler.responses = usual_responses(handler.opt) | (handler.responses or {})
    return Litestar(
        route_handlers=[
            Router("/", route_handlers=handlers, before_request=admit, security=[{"bearer": []}]),
            Router("/", route_handlers=probes.routes, before_request=admit),
            openapi.assets,
            console_router(chosen),
        ],
        lifespan=[lifespan],
        request_class=StrictRequest,
        exception_handlers=errors.handlers,
        openapi_config=openapi.config(),
        opt={"messages": messages(chosen)},
        cors_config=CORSConfig(
            allow_origins=cors_origins.split(","),
            expose_headers=EXPOSED_HEADERS,
        )
        if cors_origins
        else None,
        compression_config=compression.CONFIG,
        request_max_body_size=max_body,
        logging_config=None,
    )


def with_state(app: Litestar, settings: Settings) -> Litestar:
    """Adds what belongs to one installation: the state that its requests share, and the outer middleware."""
    logs.configure(settings.log_level)
    database = Database(settings)
    metrics = Metrics()
    metrics.batches = database.batch_counts
    webhook_client = WebhookClient(settings.webhook_allow, settings.webhook_allow_http, settings.webhook_timeout)

    telemetry = make_telemetry(settings, metrics)
    credentials = Credentials(database)
    authenticator = Authenticator(settings, credentials)
    limits = Limits(settings, lambda scope, context: session.is_known(authenticator, scope, context))
    app.state = State(
        {
            "settings": settings,
            "database": database,
            "metrics": metrics,
            "replicas": Replicas(settings, database) if settings.read_dsn else None,
            "batchers": Batchers(database, settings.batch_size, is_numbered=bool(settings.read_dsn)),
            "authenticator": authenticator,
            "credentials": credentials,
            "limits": limits,
            "listener": Listener(settings, database),
            "draining": False,
            "webhook_client": webhook_client,
            "navigation": Navigation(areas(modules.chosen(settings.modules))),
            "provider": Provider(settings) if settings.oidc_issuer else None,
            "telemetry": telemetry,
            "relay": Relay(settings, settings.relay_dsn, webhook_client, telemetry)
            if settings.relay and settings.relay_dsn
            else None,
        }
    )
    if replicas := app.state.replicas:
        metrics.reads, metrics.replicas = replicas.reads, replicas.replicas
    middleware = OuterMiddleware(app.asgi_handler, metrics, settings.access_log)
    middleware.telemetry = telemetry
    middleware.find_problem = partial(find_problem, limits)
    middleware.send_problem = problems.send
    middleware.hsts = hsts_header(settings)
    middleware.is_full = lambda: database.is_full
    middleware.busy = {language: problems.busy_answer(language) for language in words.LANGUAGES}
    middleware.methods = {
        r.path_format: ", ".join(sorted({*r.methods, *(["HEAD"] if "GET" in r.methods else [])})).encode()
        for r in app.routes
        if isinstance(r, HTTPRoute)
    }
    outermost: ASGIApp = middleware
    if settings.trusted_proxies:
        proxies = settings.trusted_proxies.split(",")
        outermost = ProxyHeadersMiddleware(outermost, trusted_hosts=proxies)  # type: ignore[arg-type,assignment]
    app.asgi_handler = outermost
    return app
