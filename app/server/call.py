"""What a handler needs: `call`, the base of input Structs, and the usual parameters.

    @post("/dossiers", responses=responses(409), status_code=201)
    async def open_dossier(request: Request, data: JSONBody[NewDossier]) -> Response[Dossier]:
        return await call("open_dossier", None, data, request)

The path parameter that names the record is the key; the body and all other parameters, under their names on the wire,
are the input; who calls, and the request headers that have a meaning, are the caller. See docs/http.md.
"""

import csv
import io
import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlencode

import msgspec
from litestar import Request as AnyRequest
from litestar import Response
from litestar.connection import ASGIConnection
from litestar.exceptions import ClientException, ValidationException
from litestar.openapi.spec import Example
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter
from msgspec import Meta

from jalon.server import header_fields, middleware
from jalon.server.database import Answer, Database
from jalon.server.problems import Problem

Request: TypeAlias = AnyRequest[Any, Any, Any]
FORMULA = re.compile(
    r"\A\s*[=+@-]|\A[\t\r\n]|[;\n]\s*[=+@-]"
)  # also where another separator or line would begin a cell
JSON = re.compile(r'application/json(?: *; *charset="?utf-8"?)?')
DEEPEST = 64  # arrays and objects within each other in a body
BRACKETS = re.compile(
    rb'"(?:[^"\\]|\\.)*+"?+|[][{}]', re.DOTALL
)  # a text in one piece, so that its brackets do not count


class StrictRequest(AnyRequest[Any, Any, Any]):
    """A body is what it says: "1" is no number and 1 is no truth. (Litestar would take them for one.)"""

    async def json(self) -> Any:
        field = self.route_handler.parsed_data_field
        body = await self.body()
        kind = (middleware.visit(self.scope).header(b"content-type") or "").lower()
        if body and not JSON.fullmatch(kind):
            raise Problem(
                415,
                "A body is application/json, in UTF-8.",
                "JL405",
                {"accept": "application/json"},
                field="Content-Type",
            )
        try:
            demand_shallow(body)
            return msgspec.json.decode(body, type=field.annotation if field else Any)
        except msgspec.ValidationError as error:
            what, _, where = str(error).partition(" - at `")
            found = [{"message": what, "key": where.strip("`").removeprefix("$.") or "body", "source": "body"}]
            raise ValidationException("The body is not as it should be.", extra=found) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ClientException(f"The body is no JSON: {error}") from error


def demand_shallow(body: bytes) -> None:
    """What nests deeper than anybody means would go round in the stack of whoever reads it, here and in PostgreSQL."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    depth = 0
    for mark in BRACKETS.findall(body):
        depth += 1 if mark in b"[{" else -1 if mark in b"]}" else 0
        if depth > DEEPEST:
            raise ClientException(f"The body nests deeper than {DEEPEST}.")


Connection: TypeAlias = ASGIConnection[Any, Any, Any, Any]

__all__ = [
    "After",
    "Connection",
    "FromPath",
    "Id",
    "Input",
    "JSONBody",
    "Limit",
    "PathParameter",
    "QueryParameter",
    "Request",
    "Table",
    "Timestamp",
    "as_csv",
    "call",
    "moment",
]

Table = Annotated[
    str, PathParameter(max_length=100, description="A tracked table.", examples=[Example(value="orders")])
]
Id = Annotated[str, PathParameter(max_length=1000, description="Key of the record.", examples=[Example(value="7")])]
MOMENT = r"^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})?)?$"


def moment(name: str | None, description: str) -> Any:
    """A query parameter that is a date or a point in time; PostgreSQL reads it."""
    extra = {"format": "date-time"}
    return QueryParameter(name=name, pattern=MOMENT, max_length=40, description=description, schema_extra=extra)


Timestamp = Annotated[datetime, Meta(tz=True)]
Limit = Annotated[int, QueryParameter(ge=1, le=500, description="How many at most.")]
After = Annotated[str | None, QueryParameter(max_length=1000, description="Cursor: `next` of the page before.")]
READS = ("GET", "HEAD")
VARY = "Accept, Accept-Language, Authorization, Cookie"  # what an answer to a reader depends on beside its address


class Input(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A request body: unknown fields are refused, names on the wire are camelCase (rename=None keeps snake_case)."""


class Wire(msgspec.Struct, omit_defaults=True, rename="camel"):
    """p_caller: who calls, and what the headers ask for."""

    actor: str | None = None
    roles: list[str] = []
    name: str | None = None
    language: str | None = None
    if_match: str | None = None
    idempotency_key: str | None = None
    dry_run: bool = False
    request_id: str | None = None
    role_sources: str | None = (
        None  # where it is not both: whose roles count is said in the call, for a connection may be another's next
    )


def wire_of(request: Request) -> Wire:
    """p_caller as far as it is the same whatever is called."""
    seen = middleware.visit(request.scope)
    sources = request.app.state.settings.role_sources
    wire = Wire(request_id=seen.request_id, role_sources=None if sources == "token,grants" else sources)
    if seen.caller:
        wire.actor, wire.roles, wire.name = seen.caller.actor, seen.caller.roles, seen.caller.name
    return wire


def idempotency_key(header: str | None) -> str | None:
    """A structured-field string; a bare one is taken too."""
    if header is None:
        return None
    key = header[1:-1] if len(header) > 1 and header[0] == header[-1] == '"' else header
    if not 0 < len(key) <= 255 or not key.isprintable():
        raise Problem(400, "Idempotency-Key: 1 to 255 printable characters.", "JL405", field="Idempotency-Key")
    return key


def demand_known(request: Request, known: Iterable[str]) -> None:
    """Each parameter is one that the handler has (`format` may be its own business), and is given once."""
    asked = [name for name, _ in request.query_params.multi_items()]
    declared = request.route_handler.parsed_fn_signature.parameters.items()
    own = {getattr(field.kwarg_definition, "name", None) or name for name, field in declared}
    if unknown := set(asked).difference(known, {"format"} & own):
        raise Problem(400, f"Unknown parameter: {', '.join(sorted(unknown))}.", "JL405", field=min(unknown))
    if twice := next((name for name in asked if asked.count(name) > 1), None):
        raise Problem(400, f"{twice} is given more than once.", "JL405", field=twice)


def if_match(request: Request, header: str | None) -> str | None:
    """If-Match, where the handler's function compares it: those that do declare a 412. It is never taken and not looked at."""
    handler = request.route_handler
    if header is None:
        if "moves" in handler.opt and request.app.state.settings.require_if_match:
            raise Problem(428, "This needs If-Match with the record's ETag.", "JL411")
        return None
    if 412 not in (handler.responses or {}):
        raise Problem(400, "If-Match: there is nothing here that it could name.", "JL405", field="If-Match")
    return header_fields.version_of(header)


def encode(data: Any, parameters: dict[str, Any]) -> bytes:
    """The body and the other parameters as one JSON object."""
    if not parameters:
        return msgspec.json.encode(data) if data is not None else b"{}"
    body = msgspec.json.encode(data) if data is not None else b"{}"
    given = msgspec.json.encode({name: value for name, value in parameters.items() if value is not None})
    # Parameters come last: of two members of one name PostgreSQL takes the last one.
    return body if given == b"{}" else given if body == b"{}" else body[:-1] + b"," + given[1:]


async def call(function: str, key: Any, data: Any, request: Request, **parameters: Any) -> Response[Any]:
    """Call api.<function>(key, input, caller) and pass its answer on."""
    scope = request.scope
    seen = middleware.visit(scope)
    headers = seen.headers
    reads = scope["method"] in READS
    if scope["query_string"]:
        demand_known(request, parameters.keys())
    database: Database = request.app.state.database
    wire = wire_of(request)
    if b"accept-language" in headers:
        wire.language = header_fields.language(headers[b"accept-language"].decode("latin-1"), database.languages)
    if not reads:
        wire.if_match = if_match(request, seen.header(b"if-match"))
        wire.idempotency_key = idempotency_key(seen.header(b"idempotency-key"))
        wire.dry_run = b"prefer" in headers and header_fields.is_dry(headers[b"prefer"].decode("latin-1"))
    key = None if key is None else str(key)
    arguments = encode(data, parameters), msgspec.json.encode(wire)
    queue = (
        request.app.state.queues.get(function, parameters.get("table"))
        if key is not None and "coalesce" in request.route_handler.opt
        else None
    )
    if queue:
        answer = await queue.call(key, *arguments, keyed=wire.idempotency_key is not None or wire.dry_run)
    else:
        answer = await database.call(function, key, *arguments)
    return compose(request, answer, dry=wire.dry_run)


def compose(request: Request, answer: Answer, dry: bool = False) -> Response[Any]:
    """What the function answered, as HTTP has it."""
    headers: dict[str, str] = {}
    media_type = "application/json"
    body: Any = answer.body
    if request.scope["method"] in READS:
        headers["vary"] = VARY
    if answer.etag:
        headers["etag"] = answer.etag
        if request.scope["method"] in READS:
            headers["etag"] = shown(answer)
            known = middleware.visit(request.scope).header(b"if-none-match")
            if known and header_fields.names(known, headers["etag"]):
                return Response(b"", status_code=304, media_type=media_type, headers=headers)
    if answer.headers:
        for name, value in further(answer.headers):
            if name == ":moves":  # for the metrics, not for the wire
                for move in [] if dry else value:
                    request.app.state.metrics.moves[tuple(move)] += 1
            elif name == ":columns":  # of rows, which there may be none of
                middleware.visit(request.scope).columns = value
            elif name == ":next":
                headers["link"] = f'<{next_page(request, value)}>; rel="next"'
            elif name == "content-type":  # a text, which travels from the database as a JSON string
                media_type, body = value.removesuffix("; charset=utf-8"), msgspec.json.decode(body, type=str).encode()
            else:
                headers[name] = value
    if dry:
        headers["preference-applied"] = "tx=rollback"
    content = b"" if body is None else body
    return Response(content, status_code=answer.status, media_type=media_type, headers=headers)


def shown(answer: Answer) -> str:
    """The ETag of what is shown: the version that a writer has to know, and the content, which depends on more than that:
    on labels and rules, on the reader and the language. If-Match looks at the version only (header_fields.version_of)."""
    content = blake2b(answer.body or b"", digest_size=8).hexdigest()
    return f'{(answer.etag or "")[:-1]}~{content}"'


@lru_cache(1024)
def further(headers: bytes) -> list[tuple[str, Any]]:
    """Headers as the database wrote them. Many answers have the same."""
    return list(msgspec.json.decode(headers).items())


def next_page(request: Request, cursor: str) -> str:
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
    return middleware.address(request.scope) + "?" + urlencode([*query, ("after", cursor)])


def as_csv(request: Request, response: Response[Any]) -> Response[Any]:
    """Rows of a JSON list as CSV, with a heading even where there are none; a cell that a spreadsheet would run as a formula is quoted as text."""
    rows = msgspec.json.decode(response.content)
    rows = rows["items"] if isinstance(rows, dict) else rows
    out = io.StringIO()
    writer = csv.writer(out)
    if heading := list(rows[0]) if rows else middleware.visit(request.scope).columns:
        writer.writerow(heading)
    for row in rows:
        writer.writerow([cell(value) for value in row.values()])
    return Response(
        out.getvalue().encode(),
        status_code=response.status_code,
        media_type="text/csv",
        headers=dict(response.headers),
    )


def cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return "'" + value if isinstance(value, str) and FORMULA.search(value) else value
