"""The session of a browser: the bearer token in a cookie that no script can read and no other site can use.

The cookie is the token itself, so that the server keeps no sessions and any process can answer. A request that reads
needs the cookie only (SameSite=Strict: other sites can't make browsers send it). A request that writes needs the header
X-CSRF-Token too, which is derived from the token and is in our own pages only.
"""

import hashlib
import hmac
import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter

from jalon.console import texts
from jalon.console.page import cookie, render, see_other
from jalon.install import demo
from jalon.server.auth import issue_token
from jalon.server.call import SAFE_METHODS, Connection, Request
from jalon.server.middleware import request_context
from jalon.server.problems import Problem
from jalon.settings import Settings

COOKIE = "jalon_session"
PREFERENCES = {"language": ("jalon_language", texts.LANGUAGES), "theme": ("jalon_theme", ("auto", "light", "dark"))}
LOCAL = re.compile(r"/console([/?][!-\[\]-~]*)?", re.ASCII)  # printable, without spaces and backslashes
LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")
FORWARDED = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip", b"forwarded", b"via")
PORT = re.compile(r":\d{1,5}$", re.ASCII)
YEAR = 366 * 86_400
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
Next = Annotated[str, QueryParameter(max_length=4000)]


def csrf(token: str) -> str:
    return hmac.new(token.encode(), b"jalon csrf", hashlib.sha256).hexdigest()


def authorization(connection: Connection) -> str | None:
    """The Authorization header, or the same made from the session cookie."""
    context = request_context(connection.scope)
    header = context.header(b"authorization")
    token = None if header is not None else cookie(connection, COOKIE)
    if not token:
        return header
    if connection.scope.get("method") not in SAFE_METHODS:
        require_same_origin(connection)
        sent = context.header(b"x-csrf-token") or ""
        if not hmac.compare_digest(sent.encode(), csrf(token).encode()):
            raise Problem(
                403, "X-CSRF-Token is missing or does not fit the session; load the page again.", field="X-CSRF-Token"
            )
    return f"Bearer {token}"


def require_same_origin(connection: Connection) -> None:
    """Refuses requests that a browser sends for another site: the person didn't mean to send them."""
    context = request_context(connection.scope)
    origin = context.header(b"origin")
    if (origin and urlsplit(origin).netloc != context.header(b"host")) or context.header(b"sec-fetch-site") in (
        "cross-site",
        "same-site",
    ):
        raise Problem(403, "This request comes from another site.", field="Origin")


async def require_session(connection: Connection, handler: Any) -> None:
    """Guard of every page: people who are not signed in are sent to the sign-in page (see errors.py)."""
    context = request_context(connection.scope)
    if handler.opt.get("public"):
        return
    context.caller = await connection.app.state.authenticator.caller(authorization(connection))


def local_path(path: str) -> str:
    """The address if it is inside the console, else that of the console."""
    return path if LOCAL.fullmatch(path) else "/console"


def may_choose_person(request: Request) -> bool:
    """Whether people may sign in as anybody: only on the embedded demo, and only from this machine.

    Host must name this machine too, because the name of another site may resolve to this address (DNS rebinding). No
    proxy may have forwarded the request, unless it is a trusted one; HTTP/1.0 hints at a proxy that sends no headers.
    """
    settings: Settings = request.app.state.settings
    if not settings.demo or settings.dsn or settings.host not in LOOPBACK:
        return False
    context = request_context(request.scope)
    client = request.scope.get("client")
    passed_on = any(name in context.headers for name in FORWARDED)
    return (
        PORT.sub("", (context.header(b"host") or "").lower()) in LOOPBACK
        and client is not None
        and client[0] in LOOPBACK
        and not (passed_on and not settings.trusted_proxies)
        and request.scope["http_version"] != "1.0"
    )


@get("/console/sign-in", opt={"public": True})
async def sign_in_page(request: Request, next: Next = "/console") -> Response[str]:
    return sign_in_form(request, next)


def sign_in_form(request: Request, next: str, refused: str | None = None) -> Response[str]:
    people = demo.people() if may_choose_person(request) else []
    return render(
        request,
        "sign-in.html",
        {"next": local_path(next), "people": people, "refused": refused},
        401 if refused else 200,
    )


@post("/console/sign-in", status_code=303, opt={"public": True})
async def sign_in(request: Request, data: Form) -> Response[str]:
    """With a token or an API key, or as a person of the demo."""
    require_same_origin(request)
    settings: Settings = request.app.state.settings
    token = data.get("token", "").strip().removeprefix("Bearer ").strip()
    if may_choose_person(request) and (
        person := next((p for p in demo.people() if p.subject == data.get("person")), None)
    ):
        token = issue_token(settings, person.subject, person.roles, settings.token_ttl)
    try:
        await request.app.state.authenticator.caller(f"Bearer {token}")
    except Problem as problem:
        if problem.status != 401:
            raise
        return sign_in_form(request, data.get("next", ""), problem.detail if token else "Paste a token first.")
    answer = see_other(local_path(data.get("next", "")))
    answer.set_cookie(
        Cookie(
            COOKIE, value=token, path="/", httponly=True, samesite="strict", secure=request.scope["scheme"] == "https"
        )
    )
    return answer


@post("/console/sign-out", status_code=303, opt={"public": True})
async def sign_out(request: Request, data: Form) -> Response[str]:
    require_same_origin(request)
    answer = see_other("/console/sign-in")
    answer.delete_cookie(COOKIE, path="/")
    return answer


@post("/console/preferences", status_code=303, opt={"public": True})
async def preferences(request: Request, data: Form) -> Response[str]:
    """Language and theme, by person and browser."""
    require_same_origin(request)
    answer = see_other(local_path(data.get("next", "")))
    for field, (name, known) in PREFERENCES.items():
        if data.get(field) in known:
            answer.set_cookie(Cookie(name, value=data[field], path="/", max_age=YEAR, samesite="lax"))
    return answer


routes: list[Any] = [sign_in_page, sign_in, sign_out, preferences]
