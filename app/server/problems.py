"""Every refusal is answered with problem details (RFC 9457).

The table jalon_engine.error_code says which HTTP status a SQLSTATE has; this module reads it once and has no list of
its own. PostgreSQL's native codes are mapped by their class. A client branches on `code` and on the members
that come from DETAIL, never on the text.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal

import msgspec
import psycopg
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import Send
from msgspec import UNSET, Meta, UnsetType
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from jalon.server import middleware, words

MEDIA_TYPE = "application/problem+json"
TYPE = "/errors/{}"  # where a code is explained
NAMED = re.compile(r"Object (?:missing required|contains unknown) field `(.+)`")
TRY_AGAIN = {"retry-after": "1"}
REFUSED = "The database refuses this."
WENT_WRONG = "Something went wrong on our side."
OUTCOMES = {
    "undone": "Nothing was done.",
    "unknown": "It may be done: repeat it under its Idempotency-Key, or look before you repeat it.",
}

# SQLSTATE, or its class -> HTTP status. Any other is an error of ours: 500.
NATIVE_STATUSES = {
    "08": 503, "08006": 503, "0A": 400, "21": 400, "22": 400, "22021": 400, "22P05": 400, "23": 400, "23503": 409,
    "23505": 409, "23514": 400, "23P01": 409, "25006": 503, "2F": 400, "40": 503, "40001": 503, "40P01": 503,
    "42501": 403, "53": 503, "53300": 503, "54": 400, "55P03": 503, "57": 503, "57014": 503, "P0001": 400,
    "P0002": 404,
}  # fmt: skip
UNEXPECTED_CODE = "XX000"
# The codes of PostgreSQL that a caller can see: each that is named above, and the general one of each class.
NATIVE_CODES = {name if len(name) == 5 else f"{name}000" for name in NATIVE_STATUSES} | {UNEXPECTED_CODE}
HIDDEN_STATUSES = {500, 503}  # the database's own text is for the log, not for the caller
# What of 503 would happen again: a statement that took too long, a limit that PostgreSQL is configured with.
LASTING = {"57014", "53400"}
# What was under way when the connection broke (08) or the server stopped (57) may be done.
UNKNOWN_OUTCOMES = ("08", "57", "40003")


class Problem(Exception):
    """A refusal, ready to be sent. `log_message` is for the log only."""

    log_message: str | None = None

    def __init__(
        self, status: int, detail: str, code: str | None = None, headers: dict[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.code, self.headers, self.members = status, detail, code, headers or {}, members


class InvalidInput(Problem):
    """Fields of a request that don't fit: the first is named in the sentence, and all in `errors`."""

    def __init__(self, status: int, errors: list[dict[str, str]], code: str | None) -> None:
        self.errors = [error | {"key": field_of(error)} for error in errors]
        super().__init__(status, "", code, field=self.errors[0]["key"])

    def in_language(self, language: str) -> dict[str, Any]:
        found = [error | {"message": words.translate(error.get("message", ""), language)} for error in self.errors]
        colon = "\u00a0: " if language == "fr" else ": "
        return {"detail": f"{found[0]['key']}{colon}{found[0]['message']}", "errors": found}


def field_of(error: dict[str, str]) -> str:
    """The field that a message of msgspec is about, where it names one itself: it is missing or unknown."""
    found = NAMED.fullmatch(error.get("message", ""))
    return found[1] if found else error.get("key", "")


class InputError(msgspec.Struct, kw_only=True):
    """A part of a request that is malformed."""

    key: Annotated[str, Meta(description="The member or parameter.", examples=["to"])]
    message: Annotated[str, Meta(examples=["Expected `str`, got `int`"])]
    source: Annotated[str, Meta(description="body, query, path, header or cookie", examples=["body"])] | UnsetType = (
        UNSET
    )


class BlockedBy(msgspec.Struct, kw_only=True):
    """One reason of a refusal."""

    code: Annotated[str, Meta(examples=["JL302"])]
    params: dict[str, Any]


class RefusalFacts(msgspec.Struct, kw_only=True):
    """What a refusal may say in detail."""

    field: Annotated[str, Meta(description="The member, parameter or header that is refused.")] | UnsetType = UNSET
    errors: Annotated[list[InputError], Meta(description="Each part that is malformed.")] | UnsetType = UNSET
    allowed: Annotated[list[str], Meta(description="The codes or values that would be accepted.")] | UnsetType = UNSET
    why: Annotated[Any, Meta(description="The reason of a guard, or the values that are refused.")] | UnsetType = UNSET
    table: Annotated[str, Meta(description="The tracked table.")] | UnsetType = UNSET
    id: Annotated[str | int, Meta(description="Key of the record.")] | UnsetType = UNSET
    column: Annotated[str, Meta(description="The status column.")] | UnsetType = UNSET
    category: Annotated[str, Meta(description="The category of the code.")] | UnsetType = UNSET
    version: Annotated[int, Meta(description="The version that the record has.")] | UnsetType = UNSET
    expected: Annotated[int | str, Meta(description="What the caller believed instead.")] | UnsetType = UNSET
    actor: Annotated[str, Meta(description="Who was refused.")] | UnsetType = UNSET
    roles: Annotated[list[str], Meta(description="The roles of which one would do.")] | UnsetType = UNSET
    permission: Annotated[str, Meta(description="The permission that is needed.")] | UnsetType = UNSET
    fields: Annotated[list[str], Meta(description="The fields that have to be filled.")] | UnsetType = UNSET
    blockers: Annotated[list[BlockedBy], Meta(description="All that is in the way.")] | UnsetType = UNSET
    from_: Annotated[Any, Meta(description="The code that the record has.")] | UnsetType = msgspec.field(
        default=UNSET, name="from"
    )
    to: Annotated[Any, Meta(description="The code that was wanted.")] | UnsetType = UNSET
    limit: Annotated[int, Meta(description="How many there may be.")] | UnsetType = UNSET


class ProblemDetails(RefusalFacts, kw_only=True):
    """Why a request was refused (RFC 9457). Branch on `code`, which says what other members there are."""

    type: Annotated[str, Meta(description="Where `code` is explained, or about:blank.", examples=["/errors/JL101"])]
    title: Annotated[str, Meta(examples=["Conflict"])]
    status: Annotated[int, Meta(examples=[409])]
    detail: Annotated[str, Meta(examples=["orders 7: NEW -> SHIPPED is not a transition of the workflow"])]
    instance: Annotated[str, Meta(examples=["/api/v1/tracked/orders/7/moves"])]
    code: Annotated[str | None, Meta(examples=["JL101"])] = None
    hint: Annotated[str, Meta(description="What may be done next.")] | UnsetType = UNSET
    outcome: (
        Annotated[
            Literal["undone", "unknown"],
            Meta(description="With 503, whether what was asked for is certain not to be done."),
        ]
        | UnsetType
    ) = UNSET


def usual_responses(opt: Mapping[str, Any]) -> dict[int, ResponseSpec]:
    """Error responses that an endpoint has for what it asks of its callers: of nobody, any, or some."""
    statuses = {400, 401, 403, 429, 503}
    if opt.get("anonymous"):
        statuses -= {401, 403}
    if opt.get("open"):
        statuses -= {403}
    return responses(*statuses)


def responses(*statuses: int) -> dict[int, ResponseSpec]:
    """Error responses for OpenAPI, beside those that an endpoint has anyway."""
    return {
        status: ResponseSpec(
            ProblemDetails, generate_examples=False, description=HTTPStatus(status).phrase, media_type=MEDIA_TYPE
        )
        for status in sorted(statuses)
    }


def type_of(code: str | None) -> str:
    """The member `type` of a problem: the address that explains its code."""
    return TYPE.format(code) if code else "about:blank"


def busy_problem() -> "Problem":
    detail = "Too many requests are waiting for the database; try again."
    return Problem(503, detail, "53300", TRY_AGAIN, outcome="undone")


def busy_answer(language: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body of that refusal in a language, ready to be sent to anybody."""
    problem = busy_problem()
    title, detail = HTTPStatus(problem.status).phrase, words.translate(problem.detail, language)
    body = {"type": type_of(problem.code), "title": title, "status": problem.status, "detail": detail}
    content = msgspec.json.encode(body | {"code": problem.code, **problem.members})
    headers = [
        *middleware.STANDARD_HEADERS,
        *middleware.DEFAULT_HEADERS,
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", b"%d" % len(content)),
        *((name.encode(), value.encode()) for name, value in problem.headers.items()),
    ]
    return headers, content


def is_undone(error: psycopg.Error) -> bool:
    """Whether nothing of the failed statement can be committed."""
    if isinstance(error, PoolTimeout | TooManyRequests | PoolClosed):
        return True
    return has_undone(error.sqlstate or "08006")


def has_undone(sqlstate: str) -> bool:
    return sqlstate == "57014" or not sqlstate.startswith(UNKNOWN_OUTCOMES)


def http_status(sqlstate: str, registry: dict[str, int]) -> int:
    return registry.get(sqlstate) or NATIVE_STATUSES.get(sqlstate) or NATIVE_STATUSES.get(sqlstate[:2], 500)


def public_code(sqlstate: str, registry: dict[str, int]) -> str:
    """The code that the caller sees: one of jalon_engine.error_code or of NATIVE_CODES."""
    general = f"{sqlstate[:2]}000"
    if sqlstate in registry or sqlstate in NATIVE_CODES:
        return sqlstate
    return general if general in NATIVE_CODES else UNEXPECTED_CODE


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
    status, code = http_status(sqlstate, registry), public_code(sqlstate, registry)
    if status in HIDDEN_STATUSES:
        problem = unavailable_problem(sqlstate, code) if status == 503 else Problem(status, WENT_WRONG, code)
        problem.log_message = f"{sqlstate}: {message}"
        return problem
    problem = Problem(status, message, code)
    problem.members = members(detail) | {"hint": hint or None}
    return problem


def unavailable_problem(sqlstate: str, code: str | None = None) -> Problem:
    """503, with Retry-After if a repeat may help, and whether what was asked for is undone."""
    outcome = "undone" if has_undone(sqlstate) else "unknown"
    if sqlstate in LASTING:
        return Problem(503, "This took the database too long and was stopped.", code or sqlstate, outcome=outcome)
    return Problem(503, "The database is busy or away; try again.", code or sqlstate, TRY_AGAIN, outcome=outcome)


def sqlstate_of(error: psycopg.Error) -> str | None:
    """The SQLSTATE; also of what the driver refuses before it is sent, such as a NUL in a text."""
    return error.sqlstate or ("22021" if isinstance(error, psycopg.DataError) else None)


def is_native_refusal(error: psycopg.Error, registry: dict[str, int]) -> bool:
    """Whether PostgreSQL refuses what the caller asked for, in its own words, which are not for people."""
    sqlstate = sqlstate_of(error)
    if not sqlstate or sqlstate in registry or sqlstate.startswith("P0"):  # P0: a customer's function, in its own words
        return False
    return http_status(sqlstate, registry) not in HIDDEN_STATUSES


def from_database(
    error: psycopg.Error, registry: dict[str, int], words: tuple[str, str | None] | None = None
) -> Problem:
    """The problem for an error of the database; `words` are message and field of what PostgreSQL itself refused."""
    if isinstance(error, PoolTimeout | TooManyRequests | PoolClosed):
        return busy_problem()
    sqlstate = sqlstate_of(error)
    if not sqlstate:
        return unavailable_problem("08006")
    if words:
        message, field = words
        # PostgreSQL names the table of what it refuses itself; without one the detail is Jalon's.
        problem = Problem(http_status(sqlstate, registry), message, public_code(sqlstate, registry))
        problem.members = {"field": field} | ({} if error.diag.schema_name else members(error.diag.message_detail))
        return problem
    diag = error.diag
    return problem_from_sqlstate(sqlstate, diag.message_primary or "", diag.message_detail, diag.message_hint, registry)


def problem_response(scope: Any, problem: Problem) -> Response[bytes]:
    context = middleware.request_context(scope)
    context.code, context.error = problem.code, context.error or problem.log_message
    handler = scope.get("route_handler")
    is_untyped = handler is not None and problem.code in handler.opt.get("untyped", ())
    language = words.language_of(context.header(b"accept-language"))
    body = {
        "type": type_of(None if is_untyped else problem.code),
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": words.translate(problem.detail, language),
        "instance": middleware.address(scope),
        "code": problem.code,
    }
    extra = {name: value for name, value in problem.members.items() if value is not None and name not in body}
    if outcome := extra.get("outcome"):
        if scope["method"] in ("GET", "HEAD"):
            del extra["outcome"]  # nothing was to be done
        else:
            extra["hint"] = words.translate(OUTCOMES[outcome], language)
    if isinstance(problem, InvalidInput):
        extra |= problem.in_language(language)
    content = msgspec.json.encode(body | extra)
    return Response(content, status_code=problem.status, media_type=MEDIA_TYPE, headers=problem.headers)


async def send(scope: Any, problem: Problem, send: Send) -> None:
    """Sends a refusal of a request that never reaches the framework."""
    answer = problem_response(scope, problem)
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(answer.content))]
    headers += [(name.encode(), value.encode()) for name, value in problem.headers.items()]
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
    if found:
        problem: Problem = InvalidInput(error.status_code, found, code)
    else:
        # What the framework says of a file that isn't there names folders of this machine.
        detail = HTTPStatus.NOT_FOUND.phrase if error.status_code == HTTPStatus.NOT_FOUND else error.detail
        problem = Problem(error.status_code, detail, code, dict(error.headers or {}))
    return problem_response(request.scope, problem)


def on_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    middleware.request_context(request.scope).error = repr(error)
    return problem_response(request.scope, Problem(500, WENT_WRONG, UNEXPECTED_CODE))


HANDLERS: dict[int | type[Exception], Any] = {
    Problem: on_problem,
    HTTPException: on_http_exception,
    Exception: on_unexpected,
}
