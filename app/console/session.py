"""The session of a browser: a secret in a cookie that no script can read and no other site can use.

The database keeps the sessions, so that any process can answer and a session ends for good at sign-out. A request that
reads needs the cookie only (SameSite=Strict: other sites can't make browsers send it). A request that writes needs the
header X-CSRF-Token too, which is derived from the secret and is in our own pages only.
"""

import hashlib
import hmac
import re
import time
from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import QueryParameter

from jalon.console import forms, texts
from jalon.console.page import cookie, render, see_other
from jalon.install import demo
from jalon.server import header_fields
from jalon.server.auth import SESSION_PREFIX, Authenticator, issue_token
from jalon.server.call import SAFE_METHODS, Connection, Request
from jalon.server.middleware import RequestContext, request_context
from jalon.server.openid import NOT_VALID, Attempt, NotSignedIn, Provider
from jalon.server.problems import Problem
from jalon.settings import Settings

COOKIE = "jalon_session"
SECURE_COOKIE = f"__Host-{COOKIE}"  # a browser takes it over https only, from this very host, for all of its paths
PREFERENCES = {"language": ("jalon_language", texts.LANGUAGES), "theme": ("jalon_theme", ("auto", "light", "dark"))}
LOCAL = re.compile(r"/(console|docs)([/?][!-\[\]-~]*)?", re.ASCII)  # printable, without spaces and backslashes
LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")
FORWARDED = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip", b"forwarded", b"via")
PORT = re.compile(r":\d{1,5}$", re.ASCII)
YEAR = 366 * 86_400
Next = Annotated[str, QueryParameter(max_length=4000)]


def cookie_name(scope: Any) -> str:
    return SECURE_COOKIE if scope["scheme"] == "https" else COOKIE


def csrf(token: str) -> str:
    return hmac.new(token.encode(), b"jalon csrf", hashlib.sha256).hexdigest()


def authorization(connection: Connection) -> str | None:
    """The Authorization header, or the same made from the session cookie."""
    context = request_context(connection.scope)
    header = context.header(b"authorization")
    token = None if header is not None else cookie(connection, cookie_name(connection.scope))
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


async def identify(connection: Connection, header: str | None) -> None:
    """Finds out whose request it is; it counts for them from here on."""
    context = request_context(connection.scope)
    context.caller = await connection.app.state.authenticator.caller(header)
    connection.app.state.limits.require_principal(context)


def is_known(authenticator: Authenticator, scope: Any, context: RequestContext) -> bool:
    """Whether the request has credentials that were found right a short time ago."""
    header = context.header(b"authorization")
    if header is not None:
        return authenticator.find_cached(header.partition(" ")[2]) is not None
    token = header_fields.cookie(context.header(b"cookie") or "", cookie_name(scope))
    return token is not None and authenticator.find_cached(token) is not None


async def require_session(connection: Connection, handler: Any) -> None:
    """Guard of every page: people who are not signed in are sent to the sign-in page (see errors.py)."""
    if not handler.opt.get("public"):
        await identify(connection, authorization(connection))


def local_path(path: str) -> str:
    """The address if it is that of a page of ours, else that of the console."""
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
    parts = {
        "next": local_path(next),
        "people": demo.people() if may_choose_person(request) else [],
        "refused": refused,
        "has_provider": request.app.state.provider is not None,
    }
    return render(request, "sign-in.html", parts, 401 if refused else 200)


@post("/console/sign-in", status_code=303, opt={"public": True}, **forms.LIMITS)
async def sign_in(request: Request) -> Response[str]:
    """With a token or an API key, or as a person of the demo."""
    require_same_origin(request)
    sent = await forms.read_form(request)
    settings: Settings = request.app.state.settings
    token = sent.get("token", "").strip().removeprefix("Bearer ").strip()
    if token.startswith(SESSION_PREFIX):  # no session opens another, which would outlive it
        token = ""
    if may_choose_person(request) and (
        person := next((p for p in demo.people() if p.subject == sent.get("person")), None)
    ):
        token = issue_token(settings, person.subject, person.roles, settings.token_ttl)
    try:
        caller = await request.app.state.authenticator.caller(f"Bearer {token}")
    except Problem as problem:
        if problem.status != 401:
            raise
        return sign_in_form(request, sent.get("next", ""), problem.detail if token else "Paste a token first.")
    answer = see_other(local_path(sent.get("next", "")))
    seconds = min(settings.session_ttl, request.app.state.authenticator.expiry(token) - time.time())
    remember(request, answer, await request.app.state.credentials.open_session(caller, max(seconds, 1), token))
    return answer


def remember(request: Request, answer: Response[Any], secret: str) -> None:
    """Gives the browser its session."""
    name, is_secure = cookie_name(request.scope), request.scope["scheme"] == "https"
    answer.set_cookie(Cookie(name, value=secret, path="/", httponly=True, samesite="strict", secure=is_secure))


@post("/console/sign-out", status_code=303, opt={"public": True}, **forms.LIMITS)
async def sign_out(request: Request) -> Response[str]:
    """Ends the session here, on the server, and at the identity provider that opened it."""
    require_same_origin(request)
    elsewhere = None
    secret = cookie(request, cookie_name(request.scope)) or ""
    if secret.startswith(SESSION_PREFIX):
        is_of_provider = await request.app.state.credentials.end_session(secret)
        request.app.state.authenticator.forget(secret)
        if is_of_provider and (provider := request.app.state.provider):
            elsewhere = await provider.leave(public_url(request) + "/console/sign-in")
    answer = go_on(request, elsewhere) if elsewhere else see_other("/console/sign-in")
    forget(request, answer)
    return answer


def forget(request: Request, answer: Response[Any]) -> None:
    """Tells the browser to forget the session."""
    is_secure = request.scope["scheme"] == "https"
    answer.set_cookie(Cookie(cookie_name(request.scope), value="", path="/", max_age=0, expires=0, secure=is_secure))


# ── by an identity provider ──────────────────────────────────────────────────────────────────────────────────────────

ATTEMPT_COOKIE = "jalon_attempt"
ATTEMPT_SECONDS = 600  # in which the person comes back
NOT_BEGUN = "The sign-in was not begun in this browser, or too long ago; sign in again."
REFUSED_THERE = "The identity provider did not sign you in."


def public_url(request: Request) -> str:
    """The address of this application, for others."""
    chosen: str = request.app.state.settings.public_url
    host = request_context(request.scope).header(b"host")
    return chosen or f"{request.scope['scheme']}://{host}"


def callback(request: Request) -> str:
    return public_url(request) + "/console/sign-in/callback"


def provider_of(request: Request) -> Provider:
    found: Provider | None = request.app.state.provider
    if found is None:
        raise Problem(404, "No identity provider is set.")
    return found


def go_on(request: Request, address: str) -> Response[str]:
    """A page that leads on at once.

    A redirect would not do: in the answer to a form it leads to this site only (form-action), and coming from another
    site it would send no session (SameSite=Strict). A page that goes on by itself has neither limit.
    """
    answer = render(request, "go-on.html", {"to": address})
    answer.headers["refresh"] = f"0; url={address}"
    return answer


def attempt_cookie(request: Request, value: str, seconds: int) -> Cookie:
    """The attempt. Lax: the browser has to send it when it comes back from the provider."""
    is_secure = request.scope["scheme"] == "https"
    name = f"__Host-{ATTEMPT_COOKIE}" if is_secure else ATTEMPT_COOKIE
    return Cookie(name, value=value, path="/", max_age=seconds, httponly=True, samesite="lax", secure=is_secure)


@get("/console/sign-in/provider", status_code=303, opt={"public": True})
async def sign_in_at_provider(request: Request, next: Next = "/console") -> Response[str]:
    """Sends the person to the identity provider."""
    attempt = Attempt.new(local_path(next))
    try:
        answer = see_other(await provider_of(request).begin(attempt, callback(request)))
    except NotSignedIn as refused:
        return sign_in_form(request, next, str(refused))
    answer.set_cookie(attempt_cookie(request, attempt.write(), ATTEMPT_SECONDS))
    return answer


@get("/console/sign-in/callback", opt={"public": True})
async def come_back(request: Request) -> Response[str]:
    """The person comes back from the identity provider, with a code or a refusal."""
    provider_of(request)
    attempt = Attempt.read(cookie(request, attempt_cookie(request, "", 0).key) or "")
    try:
        answer = await take_back(request, attempt)
    except NotSignedIn as refused:
        answer = sign_in_form(request, attempt.next if attempt else "", str(refused))
    except Problem as problem:
        if problem.status != 401:
            raise
        answer = sign_in_form(request, attempt.next if attempt else "", problem.detail)
    answer.set_cookie(attempt_cookie(request, "", 0))  # an attempt counts once
    return answer


async def take_back(request: Request, attempt: Attempt | None) -> Response[str]:
    provider, said = provider_of(request), request.query_params
    if attempt is None or not hmac.compare_digest(said.get("state", "").encode(), attempt.state.encode()):
        raise NotSignedIn(NOT_BEGUN, "the state is not that of an attempt in this browser")
    if said.get("iss", provider.issuer) != provider.issuer:
        raise NotSignedIn(NOT_VALID, "the answer is of another issuer")
    if "error" in said or not said.get("code"):
        raise NotSignedIn(REFUSED_THERE, f"the provider says: {said.get('error', 'no code')[:100]}")
    claims = await provider.claims(said["code"], attempt, callback(request))
    caller = request.app.state.authenticator.caller_of(claims)
    answer = go_on(request, local_path(attempt.next))
    seconds = request.app.state.settings.session_ttl
    remember(request, answer, await request.app.state.credentials.open_session(caller, seconds))
    return answer


@get("/console/session", opt={"public": True})
async def own_session(request: Request) -> dict[str, str]:
    """Whose session the browser has, and what its requests that write have to send. Other sites can't read it."""
    try:
        await identify(request, authorization(request))
    except Problem as problem:
        if problem.status != 401:
            raise
        return {}
    caller = request_context(request.scope).caller
    secret = cookie(request, cookie_name(request.scope))
    return {"name": caller.name or caller.actor, "csrf": csrf(secret)} if caller and secret else {}


@post("/console/preferences", status_code=303, opt={"public": True}, **forms.LIMITS)
async def preferences(request: Request) -> Response[str]:
    """Language and theme, by person and browser."""
    require_same_origin(request)
    sent = await forms.read_form(request)
    answer = see_other(local_path(sent.get("next", "")))
    for field, (name, known) in PREFERENCES.items():
        if sent.get(field) in known:
            answer.set_cookie(Cookie(name, value=sent[field], path="/", max_age=YEAR, samesite="lax"))
    return answer


routes: list[Any] = [sign_in_page, sign_in, sign_in_at_provider, come_back, sign_out, own_session, preferences]
