"""The one helper of every page: ask the database, render the answers.

    @get("/console/records/{table:str}/{id:str}")
    async def record(request: Request, table: Table, id: Id) -> Response[str]:
        return await page(request, "records/record.html", record=ask("record", id, table=table), table=table)

`ask` names a function of schema jalon_api, its key and its input; all of a page's questions are asked at once, as the
signed-in caller and in their language. Everything else goes to the template as it is.
"""

import asyncio
from typing import Annotated, Any, NamedTuple

import msgspec
from litestar import Response
from litestar.params import QueryParameter

from jalon.console import templates, texts
from jalon.server import call, header_fields
from jalon.server.call import CallerInput, Connection, Request, caller_input, encode
from jalon.server.middleware import request_context
from jalon.server.problems import Problem

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "referrer-policy": "same-origin",  # under no-referrer a browser sends our own forms with `Origin: null`
    "vary": "Cookie, Accept-Language",
}
NO_DEFAULT = object()


def filter_parameter(name: str | None = None) -> Any:
    """A query parameter as a filter form sends it, under its name in the address. The database checks it."""
    return QueryParameter(name=name, max_length=1000)


Filter = Annotated[str | None, filter_parameter()]
CaseType = Annotated[str | None, filter_parameter("caseType")]


class Question(NamedTuple):
    """A call of jalon_api.<function>(key, input). `default` is the answer if the call is refused (403, 404)."""

    function: str
    key: str | None
    input: dict[str, Any]
    default: Any = NO_DEFAULT


def ask(function: str, key: Any = None, /, **input: Any) -> Question:
    """A question that the page needs: a refusal becomes the page."""
    return Question(function, None if key is None else str(key), without_empty(input))


def ask_optional(function: str, key: Any = None, /, *, default: Any = None, **input: Any) -> Question:
    """A question that the page can do without: `default` replaces an answer that is refused or missing."""
    return Question(function, None if key is None else str(key), without_empty(input), default)


def without_empty(input: dict[str, Any]) -> dict[str, Any]:
    """The filters that have a value: an empty field of a form filters nothing."""
    return {name: value for name, value in input.items() if value not in (None, "")}


async def page(request: Request, template: str, /, **parts: Any) -> Response[str]:
    """Render a template with the answers to the questions among `parts`, and with the other parts as they are."""
    return render(request, template, await answered(request, parts))


async def answered(request: Request, parts: dict[str, Any]) -> dict[str, Any]:
    """The parts, with answers in place of questions; all are asked at once."""
    questions = {name: part for name, part in parts.items() if isinstance(part, Question)}
    caller = msgspec.json.encode(page_caller(request))
    answers = await asyncio.gather(*(answer(request, part, caller) for part in questions.values()))
    parts |= dict(zip(questions, answers, strict=True))
    if "entered" in parts:
        request.app.state.navigation.keep(request_context(request.scope).caller, parts["entered"])
    return parts


async def asked(request: Request, question: Question) -> Any:
    """The answer to one question."""
    return (await answered(request, {"answer": question}))["answer"]


async def answer(request: Request, question: Question, caller: bytes) -> Any:
    try:
        found = await call.ask(request, question.function, question.key, encode(None, question.input), caller)
    except Problem as problem:
        if question.default is NO_DEFAULT or problem.status not in (403, 404):
            raise
        return question.default
    return msgspec.json.decode(found.body) if found.body else None


def page_caller(request: Request) -> CallerInput:
    """p_caller: the signed-in person, in the language of the page."""
    caller = caller_input(request)
    caller.language = header_fields.find_language(language_of(request), request.app.state.database.languages)
    return caller


def cookie(connection: Connection, name: str) -> str | None:
    header = request_context(connection.scope).header(b"cookie")
    return header_fields.cookie(header, name) if header else None


def language_of(request: Request) -> str:
    """The cookie's language, else the browser's, else English."""
    chosen = cookie(request, "jalon_language")
    if chosen in texts.LANGUAGES:
        return chosen
    return (
        header_fields.find_language(request_context(request.scope).header(b"accept-language") or "", texts.LANGUAGES)
        or texts.LANGUAGES[0]
    )


def render(request: Request, template: str, parts: dict[str, Any], status: int = 200) -> Response[str]:
    """A page, in the reader's language and theme."""
    from jalon.console import session  # they import this module

    context, language = request_context(request.scope), language_of(request)
    token = cookie(request, session.cookie_name(request.scope)) if context.caller else None
    theme = cookie(request, "jalon_theme")
    kept = request.app.state.navigation
    common = {
        "me": context.caller,
        "navigation": kept.groups(context.caller) if context.caller else [],
        "navigation_is_fresh": bool(context.caller) and kept.is_fresh(context.caller),
        "path": request.scope["path"],
        "address": str(request.url.path) + ("?" + request.url.query if request.url.query else ""),
        "csrf": session.csrf(token) if token else "",
        "theme": theme if theme in ("light", "dark") else "auto",
        "query": dict(request.query_params),
        "request_id": context.request_id,
    }
    body = templates.environment(language).get_template(template).render(common | parts)
    return Response(body, status_code=status, media_type="text/html", headers=HEADERS)


def see_other(path: str) -> Response[str]:
    """Redirects to a page by GET, after a form that isn't a call."""
    return Response("", status_code=303, media_type="text/html", headers=HEADERS | {"location": path})
