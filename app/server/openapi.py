"""OpenAPI and its page: Swagger UI from an installed package, without requests to other sites.

Who is signed in to the console may try the operations on this page (static/api-page.js).
"""

import threading
from functools import wraps
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from litestar import Router, get
from litestar.datastructures import ResponseHeader
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import Components, Contact, License, SecurityScheme, Server
from litestar.static_files import create_static_files_router

from jalon.server.call import Request
from jalon.server.middleware import restore_slashes
from jalon.server.openapi_document import complete_document, operation_id
from jalon.server.openid import DISCOVERY
from jalon.settings import Settings

PATH = "/docs"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
FOLDER = Path(__file__).parent


def swagger_folder() -> Path:
    spec = find_spec("openapi_ui_bundles.swagger_ui")
    return Path(spec.origin if spec and spec.origin else __file__).parent / "vendor"


assets = create_static_files_router(
    "/docs-assets",
    [FOLDER / "static", swagger_folder()],
    include_in_schema=False,
    name="docs-assets",
    guards=[restore_slashes],
)


class OneInAThread(Router):
    """Runs its handlers in a thread, one at a time: the document takes seconds, in which others are answered."""

    def register(self, value: Any) -> list[Any]:
        if isinstance(value, HTTPRouteHandler):
            kind = get(sorted(value.paths), media_type=value.media_type, name=value.name, sync_to_thread=True)
            value = kind(one_at_a_time(value.fn))
        return super().register(value)


MAKING = threading.Lock()


def one_at_a_time(function: Any) -> Any:
    @wraps(function)
    def run(*arguments: Any, **named: Any) -> Any:
        with MAKING:
            return function(*arguments, **named)

    return run


def token_provider(settings: Settings) -> str | None:
    """The identity provider by which people sign in, if its tokens count here too."""
    return settings.oidc_issuer if settings.oidc_issuer and settings.oidc_issuer == settings.token_issuer else None


def add_provider(document: dict[str, Any], issuer: str) -> None:
    """Names an OpenID provider as another way to authorize, wherever a token is one."""
    address = issuer.rstrip("/") + DISCOVERY
    document["components"]["securitySchemes"]["openid"] = {"type": "openIdConnect", "openIdConnectUrl": address}
    for operation in (each for methods in document["paths"].values() for each in methods.values()):
        if {"bearer": []} in operation.get("security", []):
            operation["security"] = [*operation["security"], {"openid": []}]


class RenderedOnce:
    """Renders the complete document once: anybody may request it, and YAML takes most of a second."""

    rendered: bytes | None = None

    def render(self, request: Request, openapi_schema: dict[str, Any]) -> bytes:
        if not self.rendered:
            codes = request.app.state.database.registry
            document = complete_document(request.app, codes)
            if provider := token_provider(request.app.state.settings):
                add_provider(document, provider)
            rendered: bytes = super().render(request, document)  # type: ignore[misc]
            if not codes:  # the database was away so far
                return rendered
            self.rendered = rendered
        return self.rendered


class Json(RenderedOnce, JsonRenderPlugin):
    """/docs/openapi.json"""


class Yaml(RenderedOnce, YamlRenderPlugin):
    """/docs/openapi.yaml"""


class Page(OpenAPIRenderPlugin):
    """/docs"""

    def render(self, request: Request, openapi_schema: dict[str, Any]) -> bytes:
        return (FOLDER / "templates/api-page.html").read_bytes()


def config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Jalon",
        version="1",
        description="Statuses that obey their workflows. "
        "Every refusal is problem details (RFC 9457): branch on `code`.",
        contact=Contact(name="The operator of this installation"),
        license=License(name="Apache 2.0", identifier="Apache-2.0"),
        servers=[Server(url="/")],
        use_handler_docstrings=True,
        operation_id_creator=operation_id,
        path=PATH,
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", description="A JWT, or an API key.")
            }
        ),
        openapi_router=OneInAThread(
            PATH,
            route_handlers=[],
            include_in_schema=False,
            response_headers=[ResponseHeader(name="content-security-policy", value=CONTENT_SECURITY_POLICY)],
        ),
        render_plugins=[
            Page(path=["/", "/swagger"]),
            Json(path="/openapi.json"),
            Yaml(path="/openapi.yaml"),
        ],
    )
