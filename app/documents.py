"""OpenAPI, and its page: Swagger UI from an installed package, nothing from outside."""

from importlib.util import find_spec
from pathlib import Path

from litestar import Router
from litestar.datastructures import ResponseHeader
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, SwaggerRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router

PATH = "/docs"
CONTENT = "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; connect-src 'self'"


def folder() -> Path:
    spec = find_spec("swagger_ui")
    return Path(spec.origin if spec and spec.origin else __file__).parent / "static"


assets = create_static_files_router("/docs-assets", [folder()], include_in_schema=False, name="docs-assets")


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
            SwaggerRenderPlugin(
                path=["/", "/swagger"],
                js_url="/docs-assets/swagger-ui-bundle.js",
                css_url="/docs-assets/swagger-ui.css",
                standalone_preset_js_url="/docs-assets/swagger-ui-standalone-preset.js",
                favicon='<link rel="icon" href="/docs-assets/favicon-32x32.png">',
            ),
            JsonRenderPlugin(path="/openapi.json"),
            YamlRenderPlugin(path="/openapi.yaml"),
        ],
    )
