"""The one helper of every page: ask the database, render the answers.

    @get("/console/records/{table:str}/{id:str}")
    async def record(request: Request, table: Table, id: Id) -> Response[str]:
        return await page(request, "records/record.html", record=ask("record", id, table=table), table=table)

`ask` names a function of schema jalon_api, its key and its input; all of a page's questions are asked at once, as the
signed-in caller and in their language. All other arguments are handed to the template unchanged.
"""

import asyncio
from typing import Annotated, Any, NamedTuple

import msgspec
from litestar import Response
from litestar.params import QueryParameter

from jalon.console import templates, texts
from jalon.server import header_fields
from jalon.server.call import Connection, Request, Wire, encode, wire_of
from jalon.server.database import Database
from jalon.server.middleware import visit
from jalon.server.problems import Problem

CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT,
    "referrer-policy": "same-origin",  # under no-referrer a browser sends our own forms with `Origin: null`
    "vary": "Cookie, Accept-Language",
}
NOTHING = object()


def named(name: str | None = None) -> Any:
    """A query parameter as a filter form sends it, under its name on the wire; the database checks what it holds."""
    return QueryParameter(name=name, max_length=1000)


Filter = Annotated[str | None, named()]


class Ask(NamedTuple):
    """A question to the database: api.<function>(key, input). `default` is the answer where it is refused (403, 404)."""

    function: str
    key: str | None
    input: dict[str, Any]
    default: Any = NOTHING


def ask(function: str, key: Any = None, /, **input: Any) -> Ask:
    """What a page cannot do without: a refusal becomes the page."""
    return Ask(function, None if key is None else str(key), given(input))


def maybe(function: str, key: Any = None, /, *, default: Any = None, **input: Any) -> Ask:
    """What a page can do without: `default` where the reader may not see it or there is none."""
    return Ask(function, None if key is None else str(key), given(input), default)


def given(input: dict[str, Any]) -> dict[str, Any]:
    """A field that a filter form leaves empty asks for nothing."""
    return {name: value for name, value in input.items() if value not in (None, "")}


async def page(request: Request, template: str, /, **parts: Any) -> Response[str]:
    """Render a template with the answers to the questions among `parts`, and with the other parts as they are."""
    asked = {name: part for name, part in parts.items() if isinstance(part, Ask)}
    wire = msgspec.json.encode(caller(request))
    answers = await asyncio.gather(*(answer(request.app.state.database, part, wire) for part in asked.values()))
    return render(request, template, parts | dict(zip(asked, answers, strict=True)))


async def answer(database: Database, asked: Ask, wire: bytes) -> Any:
    try:
        found = await database.call(asked.function, asked.key, encode(None, asked.input), wire)
    except Problem as problem:
        if asked.default is NOTHING or problem.status not in (403, 404):
            raise
        return asked.default
    return msgspec.json.decode(found.body) if found.body else None


def caller(request: Request) -> Wire:
    """p_caller: the signed-in person, in the language of the page."""
    wire = wire_of(request)
    wire.language = header_fields.language(language_of(request), request.app.state.database.languages)
    return wire


def cookie(connection: Connection, name: str) -> str | None:
    header = visit(connection.scope).header(b"cookie")
    return header_fields.cookie(header, name) if header else None


def language_of(request: Request) -> str:
    """The cookie's language, else the browser's, else English."""
    chosen = cookie(request, "jalon_language")
    if chosen in texts.LANGUAGES:
        return chosen
    return (
        header_fields.language(visit(request.scope).header(b"accept-language") or "", texts.LANGUAGES)
        or texts.LANGUAGES[0]
    )


def render(request: Request, template: str, parts: dict[str, Any], status: int = 200) -> Response[str]:
    """A page, in the reader's language and theme."""
    from jalon.console import session  # they need this module

    seen, spoken = visit(request.scope), language_of(request)
    token = cookie(request, session.COOKIE) if seen.caller else None
    theme = cookie(request, "jalon_theme")
    frame = {
        "me": seen.caller, "areas": request.app.state.areas, "path": request.scope["path"], "address": str(request.url.path) + ("?" + request.url.query if request.url.query else ""),
        "csrf": session.csrf(token) if token else "", "theme": theme if theme in ("light", "dark") else "auto", "query": dict(request.query_params), "request_id": seen.request_id,
    }  # fmt: skip
    body = templates.environment(spoken).get_template(template).render(frame | parts)
    return Response(body, status_code=status, media_type="text/html", headers=HEADERS)


def see_other(path: str) -> Response[str]:
    """After a form that is no call: back to a page, by GET."""
    return Response("", status_code=303, media_type="text/html", headers=HEADERS | {"location": path})
