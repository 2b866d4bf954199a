"""A refusal inside the console is a page; elsewhere it stays problem details."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from litestar import Response
from litestar.exceptions import HTTPException

from jalon.console.page import render, see_other
from jalon.console.session import COOKIE
from jalon.server.call import READS, Request
from jalon.server.middleware import visit
from jalon.server.problems import HANDLERS, Problem

Handler = Callable[[Request, Any], Response[Any]]


def is_console(request: Request) -> bool:
    path = request.scope["path"]
    return path == "/console" or path.startswith("/console/")


def as_page(otherwise: Handler) -> Handler:
    """The handler for a kind of exception, with a page for who sees the console."""

    def handle(request: Request, error: Exception) -> Response[Any]:
        answer = otherwise(request, error)
        if not is_console(request):
            return answer
        status = answer.status_code or HTTPStatus.INTERNAL_SERVER_ERROR
        if status == HTTPStatus.UNAUTHORIZED:
            return to_sign_in(request)
        problem = error if isinstance(error, Problem) else Problem(status, detail_of(error))
        shown = render(request, "error.html", {"problem": problem}, status)
        for name, value in problem.headers.items():
            shown.headers[name] = value
        return shown

    return handle


def detail_of(error: Exception) -> str:
    return error.detail if isinstance(error, HTTPException) else ""


def to_sign_in(request: Request) -> Response[Any]:
    """Somebody who isn't signed in (any more) signs in and comes back to the same page."""
    back = request.scope["path"] + (f"?{request.url.query}" if request.url.query else "")
    answer = see_other(
        "/console/sign-in?" + urlencode({"next": back if request.scope["method"] in READS else "/console"})
    )
    if visit(request.scope).header(b"cookie"):
        answer.delete_cookie(COOKIE, path="/")
    return answer


handlers: dict[int | type[Exception], Any] = {kind: as_page(handler) for kind, handler in HANDLERS.items()}
