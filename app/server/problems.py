"""Every refusal is answered with problem details (RFC 9457).

The table jalon_engine.error_code says which HTTP status a SQLSTATE has; this module reads it once and has no list of
its own. PostgreSQL's native codes are mapped by their class. A client branches on `code` and on the members
that come from DETAIL, never on the text.
"""

from http import HTTPStatus
from typing import Annotated, Any

import msgspec
import psycopg
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import Send
from msgspec import Meta
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from jalon.server import middleware

MEDIA_TYPE = "application/problem+json"
TRY_AGAIN = {"retry-after": "1"}

# SQLSTATE, or its class -> HTTP status. Any other is an error of ours: 500.
NATIVE_STATUSES = {
    "0A": 400, "08": 503, "21": 400, "22": 400, "23": 400, "23503": 409, "23505": 409, "23P01": 409,
    "25006": 503, "2F": 400, "40": 503, "42501": 403, "53": 503, "54": 400, "55P03": 503, "57": 503,
    "P0001": 400, "P0002": 404,
}  # fmt: skip
HIDDEN_STATUSES = {500, 503}  # the database's own text is for the log, not for the caller


class Problem(Exception):
    """A refusal, ready to be sent. `log_message` is for the log only."""

    log_message: str | None = None

    def __init__(
        self, status: int, detail: str, code: str | None = None, headers: dict[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.code, self.headers, self.members = status, detail, code, headers or {}, members


class ProblemDetails(msgspec.Struct, kw_only=True):
    """Why a request was refused (RFC 9457). Branch on `code`; further members depend on it."""

    type: str = "about:blank"
    title: Annotated[str, Meta(examples=["Conflict"])]
    status: Annotated[int, Meta(examples=[409])]
    detail: Annotated[str, Meta(examples=["orders 7: NEW -> SHIPPED is not a transition of the workflow"])]
    instance: Annotated[str, Meta(examples=["/api/v1/tracked/orders/7/moves"])]
    code: Annotated[str | None, Meta(examples=["JL101"])] = None
    hint: Annotated[str | None, Meta(examples=["Allowed from NEW: PAID, CANCELLED."])] = None


def responses(*statuses: int, needs_caller: bool = True) -> dict[int, ResponseSpec]:
    """Error responses for OpenAPI: the given ones, and those of every endpoint that needs a caller."""
    every = (400, 401, 403, 503, *statuses) if needs_caller else statuses
    return {
        status: ResponseSpec(
            ProblemDetails, generate_examples=False, description=HTTPStatus(status).phrase, media_type=MEDIA_TYPE
        )
        for status in sorted(every)
    }


def busy_problem() -> "Problem":
    return Problem(503, "Too many requests are waiting for the database; try again.", "53300", TRY_AGAIN)


def http_status(sqlstate: str, registry: dict[str, int]) -> int:
    return registry.get(sqlstate) or NATIVE_STATUSES.get(sqlstate) or NATIVE_STATUSES.get(sqlstate[:2], 500)


def members(detail: str | None) -> dict[str, Any]:
    """The members of DETAIL, a JSON object; a proxy may have put text before it."""
    start = detail.find("{") if detail else -1
    if start < 0:
        return {}
    try:
        found = msgspec.json.decode(detail[start:])  # type: ignore[index]
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def problem_from_sqlstate(
    sqlstate: str, message: str, detail: str | None, hint: str | None, registry: dict[str, int]
) -> Problem:
    """The problem for an error that PostgreSQL raised."""
    status = http_status(sqlstate, registry)
    if status in HIDDEN_STATUSES:
        detail_text = (
            "The database is busy or away; try again." if status == 503 else "Something went wrong on our side."
        )
        problem = Problem(status, detail_text, sqlstate, TRY_AGAIN if status == 503 else None)
        problem.log_message = message
        return problem
    problem = Problem(status, message, sqlstate)
    problem.members = (members(detail) if sqlstate in registry else {}) | {"hint": hint or None}
    return problem


def from_database(error: psycopg.Error, registry: dict[str, int]) -> Problem:
    if isinstance(error, PoolTimeout | TooManyRequests | PoolClosed):
        return busy_problem()
    if error.sqlstate:
        diag = error.diag
        return problem_from_sqlstate(
            error.sqlstate, diag.message_primary or "", diag.message_detail, diag.message_hint, registry
        )
    if isinstance(error, psycopg.DataError):  # refused by the driver before it was sent, such as a NUL in a text
        return Problem(400, str(error), "22021")
    return Problem(503, "The database is away; try again.", "08006", TRY_AGAIN)


def problem_response(scope: Any, problem: Problem) -> Response[bytes]:
    context = middleware.request_context(scope)
    context.code, context.error = problem.code, context.error or problem.log_message
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": middleware.address(scope),
        "code": problem.code,
    }
    extra = {name: value for name, value in problem.members.items() if value is not None and name not in body}
    content = msgspec.json.encode(body | extra)
    return Response(content, status_code=problem.status, media_type=MEDIA_TYPE, headers=problem.headers)


async def send(scope: Any, problem: Problem, send: Send) -> None:
    """Sends a refusal of a request that never reaches the framework."""
    answer = problem_response(scope, problem)
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(answer.content))]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content, "more_body": False})


def on_problem(request: Request[Any, Any, Any], error: Problem) -> Response[bytes]:
    return problem_response(request.scope, error)


def on_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Litestar's own refusals: no such route, wrong method, malformed body or parameter."""
    extra = error.extra if isinstance(error.extra, list) else []
    found = [
        {key: entry[key] for key in ("key", "source", "message") if key in entry}
        for entry in extra
        if isinstance(entry, dict)
    ]
    code = "JL405" if error.status_code == 400 else None
    problem = Problem(error.status_code, error.detail, code, dict(error.headers or {}), errors=found or None)
    return problem_response(request.scope, problem)


def on_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    middleware.request_context(request.scope).error = repr(error)
    return problem_response(request.scope, Problem(500, "Something went wrong on our side."))


HANDLERS: dict[int | type[Exception], Any] = {
    Problem: on_problem,
    HTTPException: on_http_exception,
    Exception: on_unexpected,
}
