"""OpenAPI, and its page: Swagger UI from an installed package, nothing from outside."""

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
from jalon.server.openapi_examples import illustrate

PATH = "/docs"
CONTENT = "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; connect-src 'self'"


def folder() -> Path:
    spec = find_spec("swagger_ui")
    return Path(spec.origin if spec and spec.origin else __file__).parent / "static"


assets = create_static_files_router(
    "/docs-assets", [folder()], include_in_schema=False, name="docs-assets", guards=[restore_slashes]
)


FORMS = {"csv": "text/csv", "html": "text/html"}
HEADERS = {
    "If-Match": "ETag that the record must still have (412 otherwise).",
    "Idempotency-Key": "A repeat under the same key is answered as the first was, and not done again.",
    "Prefer": "`tx=rollback`: do all of it, answer, and leave nothing.",
}


def inputs(of: type[Input] = Input) -> Iterator[type[Input]]:
    yield of
    for kind in of.__subclasses__():
        yield from inputs(kind)


def finish(document: dict[str, Any]) -> dict[str, Any]:
    """What Litestar leaves out: that unknown fields are refused, the request headers that have a meaning, empty answers, examples."""
    names = {kind.__name__ for kind in inputs()}
    for name, schema in document["components"]["schemas"].items():
        if name in names:
            schema["additionalProperties"] = False
    for operations in document["paths"].values():
        for method, operation in operations.items():
            operation["responses"].get("204", {}).pop("content", None)
            for given in operation.get("parameters", []):
                if given["name"] == "format":
                    forms = [FORMS[form] for form in formats(given["schema"]) if form in FORMS]
                    operation["responses"]["200"]["content"] |= {form: {"schema": {"type": "string"}} for form in forms}
            if method != "get":
                given = operation.setdefault("parameters", [])
                given += [
                    {"name": name, "in": "header", "description": text, "schema": {"type": "string"}, "required": False}
                    for name, text in HEADERS.items()
                    if name != "If-Match" or "412" in operation["responses"]
                ]
    illustrate(document)
    return document


def formats(schema: dict[str, Any]) -> list[str]:
    """The values of an enumeration, which may be optional."""
    return [value for part in (schema, *schema.get("oneOf", [])) for value in part.get("enum", []) if value]


class Finished:
    """Renders the document as `finish` leaves it, once: everybody may ask for it, and YAML takes most of a second."""

    rendered: bytes | None = None

    def render(self, request: Request, openapi_schema: dict[str, Any]) -> bytes:
        self.rendered = self.rendered or super().render(request, finish(deepcopy(openapi_schema)))  # type: ignore[misc]
        return self.rendered


class Json(Finished, JsonRenderPlugin):
    """/docs/openapi.json"""


class Yaml(Finished, YamlRenderPlugin):
    """/docs/openapi.yaml"""


class Page(Finished, SwaggerRenderPlugin):
    """/docs"""


def config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Jalon",
        version="1",
        description="Statuses that obey their workflows. Every refusal is problem details (RFC 9457): branch on `code`.",
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
            response_headers=[ResponseHeader(name="content-security-policy", value=CONTENT)],
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
