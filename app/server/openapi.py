"""OpenAPI and its page: Swagger UI from an installed package, without requests to other sites."""

from collections.abc import Iterator
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from litestar import Router
from litestar.datastructures import ResponseHeader
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, SwaggerRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router

from jalon.server.call import Input, Request
from jalon.server.middleware import restore_slashes
from jalon.server.openapi_examples import add_examples

PATH = "/docs"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline'; connect-src 'self'"
)


def swagger_folder() -> Path:
    spec = find_spec("openapi_ui_bundles.swagger_ui")
    return Path(spec.origin if spec and spec.origin else __file__).parent / "vendor"


assets = create_static_files_router(
    "/docs-assets", [swagger_folder()], include_in_schema=False, name="docs-assets", guards=[restore_slashes]
)


MEDIA_TYPES = {
    "csv": "text/csv",
    "html": "text/html",
    "mermaid": "text/vnd.mermaid",
    "dot": "text/vnd.graphviz",
    "svg": "image/svg+xml",
}
HEADERS = {
    "If-Match": "ETag that the record must still have (412 otherwise).",
    "Idempotency-Key": "A repeat under the same key gets the first answer and is not done again.",
    "Prefer": "`tx=rollback`: do all of it, answer, and leave nothing.",
}


def input_structs(of: type[Input] = Input) -> Iterator[type[Input]]:
    yield of
    for struct in of.__subclasses__():
        yield from input_structs(struct)


def complete_document(document: dict[str, Any]) -> dict[str, Any]:
    """Adds what Litestar leaves out: refusal of unknown fields, request headers, empty answers, examples."""
    names = {struct.__name__ for struct in input_structs()}
    for name, schema in document["components"]["schemas"].items():
        if name in names:
            schema["additionalProperties"] = False
    for operations in document["paths"].values():
        for method, operation in operations.items():
            operation["responses"].get("204", {}).pop("content", None)
            for parameter in operation.get("parameters", []):
                if parameter["name"] == "format":
                    media_types = [MEDIA_TYPES[name] for name in formats(parameter["schema"]) if name in MEDIA_TYPES]
                    operation["responses"]["200"]["content"] |= {
                        name: {"schema": {"type": "string"}} for name in media_types
                    }
            if method != "get":
                parameters = operation.setdefault("parameters", [])
                parameters += [
                    {"name": name, "in": "header", "description": text, "schema": {"type": "string"}, "required": False}
                    for name, text in HEADERS.items()
                    if name != "If-Match" or "412" in operation["responses"]
                ]
    add_examples(document)
    return document


def formats(schema: dict[str, Any]) -> list[str]:
    """The values of an enumeration, which may be optional."""
    return [value for part in (schema, *schema.get("oneOf", [])) for value in part.get("enum", []) if value]


class RenderedOnce:
    """Renders the complete document once: anybody may request it, and YAML takes most of a second."""

    rendered: bytes | None = None

    def render(self, request: Request, openapi_schema: dict[str, Any]) -> bytes:
        if not self.rendered:
            document = complete_document(deepcopy(openapi_schema))
            self.rendered = super().render(request, document)  # type: ignore[misc]
        return self.rendered


class Json(RenderedOnce, JsonRenderPlugin):
    """/docs/openapi.json"""


class Yaml(RenderedOnce, YamlRenderPlugin):
    """/docs/openapi.yaml"""


class Page(RenderedOnce, SwaggerRenderPlugin):
    """/docs"""


def config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Jalon",
        version="1",
        description="Statuses that obey their workflows. "
        "Every refusal is problem details (RFC 9457): branch on `code`.",
        path=PATH,
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", description="A JWT, or an API key.")
            }
        ),
        openapi_router=Router(
            PATH,
            route_handlers=[],
            include_in_schema=False,
            response_headers=[ResponseHeader(name="content-security-policy", value=CONTENT_SECURITY_POLICY)],
        ),
        render_plugins=[
            Page(
                path=["/", "/swagger"],
                js_url="/docs-assets/swagger-ui-bundle.js",
                css_url="/docs-assets/swagger-ui.css",
                standalone_preset_js_url="/docs-assets/swagger-ui-standalone-preset.js",
                favicon='<link rel="icon" href="/docs-assets/favicon-32x32.png">',
            ),
            Json(path="/openapi.json"),
            Yaml(path="/openapi.yaml"),
        ],
    )
