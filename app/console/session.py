"""Who sits at the browser: the bearer token in a cookie that no script can read and no other site can make use of.

The cookie is the token itself, so that nothing is kept on our side and any process can serve. Reading takes the cookie
alone (SameSite=Strict keeps it at home); writing takes the header X-CSRF-Token too, which is derived from the token and
stands in our own pages only.
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
from jalon.server.call import READS, Connection, Request
from jalon.server.middleware import visit
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
    """The Authorization header, or what the session cookie stands for."""
    seen = visit(connection.scope)
    header = seen.header(b"authorization")
    token = None if header is not None else cookie(connection, COOKIE)
    if not token:
        return header
    if connection.scope.get("method") not in READS:
        demand_same_origin(connection)
        given = seen.header(b"x-csrf-token") or ""
        if not hmac.compare_digest(given.encode(), csrf(token).encode()):
            raise Problem(
                403, "X-CSRF-Token is missing or does not fit the session; load the page again.", field="X-CSRF-Token"
            )
    return f"Bearer {token}"


def demand_same_origin(connection: Connection) -> None:
    """Browsers say where a request comes from; what comes from another site is not what the person wanted."""
    seen = visit(connection.scope)
    origin = seen.header(b"origin")
    if (origin and urlsplit(origin).netloc != seen.header(b"host")) or seen.header(b"sec-fetch-site") in (
        "cross-site",
        "same-site",
    ):
        raise Problem(403, "This request comes from another site.", field="Origin")


async def enter(connection: Connection, handler: Any) -> None:
    """Guard of every page: who is not known is led to the sign-in page (see errors.py)."""
    seen = visit(connection.scope)
    if handler.opt.get("public"):
        return
    seen.caller = await connection.app.state.authenticator.caller(authorization(connection))


def local(path: str) -> str:
    """An address inside the console, whatever was asked for."""
    return path if LOCAL.fullmatch(path) else "/console"


def has_demo(request: Request) -> bool:
    """Only who sees the embedded demo, on this very machine, may be whom they like.

    The name in Host has to be this machine's too: a page elsewhere may let its own name lead here (DNS rebinding). And nobody may have
    passed the request on, unless it is a proxy that we trust to say from whom; HTTP/1.0 is what proxies speak that say nothing.
    """
    settings: Settings = request.app.state.settings
    if not settings.demo or settings.dsn or settings.host not in LOOPBACK:
        return False
    seen = visit(request.scope)
    client = request.scope.get("client")
    passed_on = any(name in seen.headers for name in FORWARDED)
    return (
        PORT.sub("", (seen.header(b"host") or "").lower()) in LOOPBACK
        and client is not None
        and client[0] in LOOPBACK
        and not (passed_on and not settings.trusted_proxies)
        and request.scope["http_version"] != "1.0"
    )


@get("/console/sign-in", opt={"public": True})
async def sign_in_page(request: Request, next: Next = "/console") -> Response[str]:
    return sign_in_form(request, next)


def sign_in_form(request: Request, next: str, refused: str | None = None) -> Response[str]:
    people = demo.people() if has_demo(request) else []
    return render(
        request, "sign-in.html", {"next": local(next), "people": people, "refused": refused}, 401 if refused else 200
    )


@post("/console/sign-in", status_code=303, opt={"public": True})
async def sign_in(request: Request, data: Form) -> Response[str]:
    """With a token or an API key, or as one of the demo's people."""
    demand_same_origin(request)
    settings: Settings = request.app.state.settings
    token = data.get("token", "").strip().removeprefix("Bearer ").strip()
    if has_demo(request) and (person := next((p for p in demo.people() if p.subject == data.get("person")), None)):
        token = issue_token(settings, person.subject, person.roles, settings.token_ttl)
    try:
        await request.app.state.authenticator.caller(f"Bearer {token}")
    except Problem as problem:
        if problem.status != 401:
            raise
        return sign_in_form(request, data.get("next", ""), problem.detail if token else "Paste a token first.")
    answer = see_other(local(data.get("next", "")))
    answer.set_cookie(
        Cookie(
            COOKIE, value=token, path="/", httponly=True, samesite="strict", secure=request.scope["scheme"] == "https"
        )
    )
    return answer


@post("/console/sign-out", status_code=303, opt={"public": True})
async def sign_out(request: Request, data: Form) -> Response[str]:
    demand_same_origin(request)
    answer = see_other("/console/sign-in")
    answer.delete_cookie(COOKIE, path="/")
    return answer


@post("/console/preferences", status_code=303, opt={"public": True})
async def preferences(request: Request, data: Form) -> Response[str]:
    """Language and theme, by person and browser."""
    demand_same_origin(request)
    answer = see_other(local(data.get("next", "")))
    for field, (name, known) in PREFERENCES.items():
        if data.get(field) in known:
            answer.set_cookie(Cookie(name, value=data[field], path="/", max_age=YEAR, samesite="lax"))
    return answer


routes: list[Any] = [sign_in_page, sign_in, sign_out, preferences]
