"""Every refusal leaves as problem details (RFC 9457).

What a SQLSTATE means over HTTP stands in jalon_engine.error_code; this module reads those rows once and keeps no list of
its own. PostgreSQL's native codes are mapped by their class. A client branches on `code` and on the members that come
from DETAIL, never on the words.
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

# SQLSTATE, or its class -> HTTP status. Whatever is not here is our fault: 500.
NATIVE = {
    "0A": 400, "08": 503, "21": 400, "22": 400, "23": 400, "23503": 409, "23505": 409, "23P01": 409,
    "25006": 503, "2F": 400, "40": 503, "42501": 403, "53": 503, "54": 400, "55P03": 503, "57": 503, "P0001": 400, "P0002": 404,
}  # fmt: skip
UNSAID = {500, 503}  # the database's own words are for the log there, not for the caller


class Problem(Exception):
    """A refusal, ready to be sent. `said` is for the log only."""

    said: str | None = None

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


def responses(*statuses: int, known: bool = True) -> dict[int, ResponseSpec]:
    """Error responses for OpenAPI: the given ones, and those that every endpoint has (`known`: that it needs a caller)."""
    every = (400, 401, 403, 503, *statuses) if known else statuses
    return {
        status: ResponseSpec(
            ProblemDetails, generate_examples=False, description=HTTPStatus(status).phrase, media_type=MEDIA_TYPE
        )
        for status in sorted(every)
    }


def busy() -> "Problem":
    return Problem(503, "Too many requests are waiting for the database; try again.", "53300", TRY_AGAIN)


def http_status(sqlstate: str, registry: dict[str, int]) -> int:
    return registry.get(sqlstate) or NATIVE.get(sqlstate) or NATIVE.get(sqlstate[:2], 500)


def members(detail: str | None) -> dict[str, Any]:
    """DETAIL is a JSON object; a proxy may have put words before it."""
    start = detail.find("{") if detail else -1
    if start < 0:
        return {}
    try:
        found = msgspec.json.decode(detail[start:])  # type: ignore[index]
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def refused(sqlstate: str, message: str, detail: str | None, hint: str | None, registry: dict[str, int]) -> Problem:
    """A SQLSTATE with its words, as raised by PostgreSQL."""
    status = http_status(sqlstate, registry)
    if status in UNSAID:
        words = "The database is busy or away; try again." if status == 503 else "Something went wrong on our side."
        problem = Problem(status, words, sqlstate, TRY_AGAIN if status == 503 else None)
        problem.said = message
        return problem
    problem = Problem(status, message, sqlstate)
    problem.members = (members(detail) if sqlstate in registry else {}) | {"hint": hint or None}
    return problem


def from_database(error: psycopg.Error, registry: dict[str, int]) -> Problem:
    if isinstance(error, PoolTimeout | TooManyRequests | PoolClosed):
        return busy()
    if error.sqlstate:
        diag = error.diag
        return refused(error.sqlstate, diag.message_primary or "", diag.message_detail, diag.message_hint, registry)
    if isinstance(error, psycopg.DataError):  # refused by the driver before it was sent, such as a NUL in a text
        return Problem(400, str(error), "22021")
    return Problem(503, "The database is away; try again.", "08006", TRY_AGAIN)


def told(scope: Any, problem: Problem) -> Response[bytes]:
    visit = middleware.visit(scope)
    visit.code, visit.error = problem.code, visit.error or problem.said
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": middleware.address(scope),
        "code": problem.code,
    }
    more = {name: value for name, value in problem.members.items() if value is not None and name not in body}
    content = msgspec.json.encode(body | more)
    return Response(content, status_code=problem.status, media_type=MEDIA_TYPE, headers=problem.headers)


async def send(scope: Any, problem: Problem, send: Send) -> None:
    """A refusal of what never reaches the framework."""
    answer = told(scope, problem)
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(answer.content))]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content, "more_body": False})


def on_problem(request: Request[Any, Any, Any], error: Problem) -> Response[bytes]:
    return told(request.scope, error)


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Litestar's own refusals: no such route, wrong method, malformed body or parameter."""
    extra = error.extra if isinstance(error.extra, list) else []
    found = [
        {key: entry[key] for key in ("key", "source", "message") if key in entry}
        for entry in extra
        if isinstance(entry, dict)
    ]
    code = "JL405" if error.status_code == 400 else None
    problem = Problem(error.status_code, error.detail, code, dict(error.headers or {}), errors=found or None)
    return told(request.scope, problem)


def on_anything(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    middleware.visit(request.scope).error = repr(error)
    return told(request.scope, Problem(500, "Something went wrong on our side."))


HANDLERS: dict[int | type[Exception], Any] = {Problem: on_problem, HTTPException: on_http, Exception: on_anything}
