"""A refusal inside the console is a page; elsewhere it stays problem details."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from litestar import Response
from litestar.exceptions import HTTPException

from jalon.console.page import language_of, render, see_other
from jalon.console.session import forget
from jalon.server import words
from jalon.server.call import SAFE_METHODS, Request
from jalon.server.middleware import request_context
from jalon.server.problems import HANDLERS, Problem

Handler = Callable[[Request, Any], Response[Any]]


def is_console(request: Request) -> bool:
    path = request.scope["path"]
    return path == "/console" or path.startswith("/console/")


def as_page_in_console(fallback: Handler) -> Handler:
    """Wraps a handler of exceptions: inside the console its answer is a page."""

    def handle(request: Request, error: Exception) -> Response[Any]:
        answer = fallback(request, error)
        if not is_console(request):
            return answer
        status = answer.status_code or HTTPStatus.INTERNAL_SERVER_ERROR
        if status == HTTPStatus.UNAUTHORIZED:
            return redirect_to_sign_in(request)
        problem = error if isinstance(error, Problem) else Problem(status, detail_of(error))
        detail = words.translate(problem.detail, language_of(request))
        page = render(request, "error.html", {"problem": problem, "detail": detail}, status)
        for name, value in problem.headers.items():
            page.headers[name] = value
        return page

    return handle


def detail_of(error: Exception) -> str:
    return error.detail if isinstance(error, HTTPException) else ""


def redirect_to_sign_in(request: Request) -> Response[Any]:
    """Redirects people who are not signed in; after signing in they come back to the same page."""
    back = request.scope["path"] + (f"?{request.url.query}" if request.url.query else "")
    answer = see_other(
        "/console/sign-in?" + urlencode({"next": back if request.scope["method"] in SAFE_METHODS else "/console"})
    )
    if request_context(request.scope).header(b"cookie"):
        forget(request, answer)
    return answer


handlers: dict[int | type[Exception], Any] = {kind: as_page_in_console(handler) for kind, handler in HANDLERS.items()}
