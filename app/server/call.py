"""Tools of a handler: `call`, the base of input Structs, and the usual parameters.

    @post("/dossiers", responses=responses(409), status_code=201)
    async def open_dossier(request: Request, data: JSONBody[NewDossier]) -> Response[Dossier]:
        return await call("open_dossier", None, data, request)

The path parameter that names the record is the key. The body and all other parameters, under their names in HTTP, are
the input. Who calls, and the request headers that have a meaning, are the caller. See docs/http.md.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Annotated, Any, TypeAlias
from urllib.parse import quote, urlencode

import msgspec
from litestar import Request as AnyRequest
from litestar import Response
from litestar.connection import ASGIConnection
from litestar.exceptions import ClientException, ValidationException
from litestar.openapi.spec import Example
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter
from litestar.types import ASGIApp, Receive, Send
from msgspec import Meta

from jalon.server import header_fields, middleware
from jalon.server.database import Answer, Database
from jalon.server.problems import Problem
from jalon.server.replicas import LATEST, Replicas

Request: TypeAlias = AnyRequest[Any, Any, Any]
# Also after a character that another program may take for a separator.
FORMULA = re.compile(r"\A\s*[=+@-]|\A[\t\r\n]|[;\n]\s*[=+@-]")
JSON = re.compile(r'application/json(?: *; *charset="?utf-8"?)?')
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
UNFIT = re.compile(r"[^\w.-]+")  # for the name of a file
WEEK = re.compile(r"\d{4}-W\d{2}", re.ASCII)
MAX_DEPTH = 64  # arrays and objects within each other in a body
# A text in one piece, so that its brackets do not count.
BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+"?+|[][{}]', re.DOTALL)


class StrictRequest(AnyRequest[Any, Any, Any]):
    """Reads bodies strictly: "1" isn't a number and 1 isn't a boolean. (Litestar would convert them.)"""

    @property
    def content_length(self) -> int | None:
        """As the outer middleware found it; Litestar would read all headers again."""
        sent = middleware.request_context(self.scope).headers.get(b"content-length")
        if sent is not None and not sent.isdigit():
            raise ClientException("Content-Length is not a number.")
        return None if sent is None else int(sent)

    async def body(self) -> bytes:
        """The body. Where one is needed and none was sent, an empty object, so that a refusal names what it lacks."""
        field = self.route_handler.parsed_data_field
        return await super().body() or (b"{}" if field and field.is_required else b"")

    async def json(self) -> Any:
        field = self.route_handler.parsed_data_field
        body = await self.body()
        kind = (middleware.request_context(self.scope).header(b"content-type") or "").lower()
        if await super().body() and not JSON.fullmatch(kind):
            raise Problem(
                415,
                "A body is application/json, in UTF-8.",
                "JL405",
                {"accept": "application/json"},
                field="Content-Type",
            )
        try:
            require_shallow(body)
            require_storable(body)
            return msgspec.json.decode(body, type=field.annotation if field else Any)
        except msgspec.ValidationError as error:
            message, _, place = str(error).partition(" - at `")
            found = [{"message": message, "key": place.strip("`").removeprefix("$.") or "body", "source": "body"}]
            raise ValidationException("The request body is invalid.", extra=found) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Problem(400, f"The body is not JSON: {error}", "JL405", field="body") from error


def require_shallow(body: bytes) -> None:
    """Refuses a body that nests too deep: it could overflow the stack of a reader, here and in PostgreSQL."""
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for mark in BRACKETS.findall(body):
        depth += 1 if mark in b"[{" else -1 if mark in b"]}" else 0
        if depth > MAX_DEPTH:
            raise Problem(400, f"The body nests deeper than {MAX_DEPTH}.", "JL405", field="body")


def require_storable(body: bytes) -> None:
    """Refuses a NUL, which PostgreSQL keeps in no text, and names the member that holds it."""
    if not NUL.search(body):
        return
    given = msgspec.json.decode(body)
    members = given if isinstance(given, dict) else {}
    field = next((name for name, value in members.items() if NUL.search(msgspec.json.encode(value))), "body")
    raise Problem(400, "A text holds a character that can't be kept.", "22P05", field=field)


Connection: TypeAlias = ASGIConnection[Any, Any, Any, Any]

__all__ = [
    "EXAMPLE_ID",
    "After",
    "Connection",
    "Count",
    "Fields",
    "FromPath",
    "Id",
    "Identifier",
    "Input",
    "JSONBody",
    "Limit",
    "Output",
    "PathParameter",
    "QueryParameter",
    "Request",
    "Table",
    "Timestamp",
    "as_csv",
    "call",
    "csv_headers",
    "sort_parameter",
    "timestamp_parameter",
]

Table = Annotated[
    str, PathParameter(max_length=100, description="A tracked table.", examples=[Example(value="orders")])
]
Id = Annotated[str, PathParameter(max_length=1000, description="Key of the record.", examples=[Example(value="7")])]
EXAMPLE_ID = "0b9f3f1e-5d3c-4f0e-9d54-3f1f3f2d7a10"
Identifier = Annotated[
    str, PathParameter(max_length=100, description="Identifier.", examples=[Example(value=EXAMPLE_ID)])
]
TIMESTAMP_PATTERN = r"^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})?)?$"


def timestamp_parameter(name: str | None, description: str) -> Any:
    """A query parameter that is a date or a point in time; PostgreSQL reads it."""
    extra = {"format": "date-time"}
    return QueryParameter(
        name=name, pattern=TIMESTAMP_PATTERN, max_length=40, description=description, schema_extra=extra
    )


def sort_parameter(*members: str) -> Any:
    """The query parameter `sort` of a list; its function in the database refuses what it can't be sorted by."""
    orders = [sign + member for member in members for sign in ("", "-")]
    description = "The order; with a minus the last first."
    return QueryParameter(max_length=100, description=description, schema_extra={"enum": orders})


Timestamp = Annotated[datetime, Meta(tz=True)]
Limit = Annotated[int, QueryParameter(ge=1, le=500, description="How many at most.")]
Count = Annotated[bool, QueryParameter(description="With `total`, how many there are on all pages.")]
Fields = Annotated[
    str | None,
    QueryParameter(max_length=1000, description="Only these members of each item, with commas: `id,version`."),
]
After = Annotated[str | None, QueryParameter(max_length=1000, description="Cursor: `next` of the page before.")]
SAFE_METHODS = ("GET", "HEAD")
UNTRACED: AbstractContextManager[None] = nullcontext()
TRANSACTION, TRANSACTION_COOKIE = b"jalon-transaction", "jalon_transaction"
NUMBER = re.compile(r"\d{1,18}", re.ASCII)
VARY = "Accept, Accept-Encoding, Accept-Language, Authorization, Cookie"  # what an answer depends on beside its address


class Input(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A request body: unknown fields are refused, names in JSON are camelCase (rename=None keeps snake_case)."""


class Output(msgspec.Struct, kw_only=True, rename="camel"):
    """A response. PostgreSQL writes the JSON; these classes describe it for OpenAPI (rename=None keeps snake_case)."""


class CallerInput(msgspec.Struct, omit_defaults=True, rename="camel"):
    """p_caller: who calls, and the meaning of their request headers."""

    actor: str | None = None
    roles: list[str] = []
    name: str | None = None
    language: str | None = None
    if_match: str | None = None
    idempotency_key: str | None = None
    dry_run: bool = False
    request_id: str | None = None
    traceparent: str | None = None  # of a change, for the messages that tell of it
    role_sources: str | None = None  # unless both count; in each call, because callers share connections


def caller_input(request: Request) -> CallerInput:
    """The part of p_caller that doesn't depend on the called function."""
    context = middleware.request_context(request.scope)
    sources = request.app.state.settings.role_sources
    caller = CallerInput(request_id=context.request_id, role_sources=None if sources == "token,grants" else sources)
    if context.caller:
        caller.actor, caller.roles, caller.name = context.caller.actor, context.caller.roles, context.caller.name
    return caller


def idempotency_key(header: str | None) -> str | None:
    """A structured-field string; a bare one is taken too."""
    if header is None:
        return None
    key = header[1:-1] if len(header) > 1 and header[0] == header[-1] == '"' else header
    if not 0 < len(key) <= 255 or not key.isprintable():
        raise Problem(400, "Idempotency-Key: 1 to 255 printable characters.", "JL405", field="Idempotency-Key")
    return key


def require_known_parameters(request: Request, known: Iterable[str]) -> None:
    """Refuses unknown and repeated parameters. (`format` may be one that only the handler itself uses.)"""
    sent = [name for name, _ in request.query_params.multi_items()]
    declared = request.route_handler.parsed_fn_signature.parameters.items()
    own_names = {getattr(field.kwarg_definition, "name", None) or name for name, field in declared}
    if unknown := set(sent).difference(known, {"format"} & own_names):
        raise Problem(400, f"Unknown parameter: {', '.join(sorted(unknown))}.", "JL405", field=min(unknown))
    if repeated := next((name for name in sent if sent.count(name) > 1), None):
        raise Problem(400, f"{repeated} is given more than once.", "JL405", field=repeated)


def if_match(request: Request, header: str | None) -> str | None:
    """If-Match, for handlers that declare a 412: their functions compare it. Others refuse it; none ignores it."""
    handler = request.route_handler
    if header is None:
        if "moves" in handler.opt and request.app.state.settings.require_if_match:
            raise Problem(428, "This needs If-Match with the record's ETag.", "JL411")
        return None
    if 412 not in (handler.responses or {}):
        raise Problem(400, "If-Match: there is nothing here that it could name.", "JL405", field="If-Match")
    return header_fields.without_content_tags(header)


def encode(data: Any, parameters: dict[str, Any]) -> bytes:
    """The body and the other parameters as one JSON object."""
    if not parameters:
        return msgspec.json.encode(data) if data is not None else b"{}"
    body = msgspec.json.encode(data) if data is not None else b"{}"
    query = msgspec.json.encode({name: value for name, value in parameters.items() if value is not None})
    # Parameters come last: of two members of one name PostgreSQL takes the last one.
    return body if query == b"{}" else query if body == b"{}" else body[:-1] + b"," + query[1:]


async def call(function: str, key: Any, data: Any, request: Request, **parameters: Any) -> Response[Any]:
    """Call jalon_api.<function>(key, input, caller) and return its answer."""
    scope = request.scope
    context = middleware.request_context(scope)
    headers = context.headers
    is_read = scope["method"] in SAFE_METHODS
    if scope["query_string"]:
        require_known_parameters(request, parameters.keys())
    database: Database = request.app.state.database
    caller = caller_input(request)
    if b"accept-language" in headers:
        caller.language = header_fields.find_language(headers[b"accept-language"].decode("latin-1"), database.languages)
    if not is_read:
        caller.if_match = if_match(request, context.header(b"if-match"))
        caller.idempotency_key = idempotency_key(context.header(b"idempotency-key"))
        caller.traceparent = context.traceparent
        caller.dry_run = b"prefer" in headers and header_fields.is_dry_run(headers[b"prefer"].decode("latin-1"))
    key = None if key is None else str(key)
    arguments = encode(data, parameters), msgspec.json.encode(caller)
    batcher = (
        request.app.state.batchers.get(function, parameters.get("table"))
        if key is not None and "batched" in request.route_handler.opt and not (is_read and request.app.state.replicas)
        else None
    )
    if batcher:
        can_repeat = caller.idempotency_key is not None or caller.dry_run
        with traced(request, function):
            answer = await batcher.call(key, *arguments, can_repeat=can_repeat)
    else:
        answer = await ask(request, function, key, *arguments)
    return http_response(request, answer, dry_run=caller.dry_run)


async def ask(request: Request, function: str, key: str | None, data: bytes, caller: bytes) -> Answer:
    """Call jalon_api.<function>; a read on a replica, if there is one that its caller may be answered by."""
    replicas: Replicas | None = request.app.state.replicas
    shown = shown_transaction(middleware.request_context(request.scope))
    database: Database = request.app.state.database
    with traced(request, function):
        if replicas and request.scope["method"] in SAFE_METHODS:
            return await replicas.call(function, key, data, caller, shown)
        return await database.call(function, key, data, caller, is_numbered=replicas is not None)


def traced(request: Request, function: str) -> AbstractContextManager[None]:
    """The span of a call, if there is telemetry."""
    telemetry = request.app.state.telemetry
    return telemetry.call(function) if telemetry else UNTRACED


def shown_transaction(context: middleware.RequestContext) -> str | None:
    """The transaction after which a read wants to see: from the header, else from the cookie that a change left."""
    if (header := context.header(TRANSACTION)) is not None:
        if header != LATEST and not NUMBER.fullmatch(header):
            raise Problem(
                400, "Jalon-Transaction: a number that an answer gave, or latest.", "JL405", field="Jalon-Transaction"
            )
        return header
    cookies = context.header(b"cookie")
    kept = header_fields.cookie(cookies, TRANSACTION_COOKIE) if cookies else None
    return kept if kept is None or NUMBER.fullmatch(kept) else LATEST


def remember_transaction(request: Request, number: str) -> tuple[bytes, bytes]:
    """A cookie, by which a browser shows the transaction as long as a replica may be behind it."""
    seconds = int(request.app.state.settings.read_lag) + 60
    secure = "; Secure" if request.scope["scheme"] == "https" else ""
    value = f"{TRANSACTION_COOKIE}={number}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    return b"set-cookie", value.encode()


class BytesResponse(Response[Any]):
    """An answer whose bytes are made already: Litestar has nothing to render and nothing to merge.

    What is read has an ETag of its content, and is not sent to whom it is known.
    """

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override]
        return self.send

    async def send(self, scope: Any, receive: Receive, send: Send) -> None:
        status = self.status_code or 200
        if status == 200 and scope["method"] in SAFE_METHODS:
            etag = content_etag(self.headers.get("etag"), self.content)
            known = middleware.request_context(scope).header(b"if-none-match")
            known_etag = header_fields.known_etag(known, etag) if known else None
            self.headers["etag"] = known_etag or etag
            if known_etag:
                status, self.content = 304, b""
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        if status not in (204, 304):
            charset = b"; charset=utf-8" if str(self.media_type).startswith("text/") else b""
            headers.append((b"content-type", str(self.media_type).encode() + charset))
            headers.append((b"content-length", b"%d" % len(self.content)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": self.content, "more_body": False})


def http_response(request: Request, answer: Answer, dry_run: bool = False) -> Response[Any]:
    """The answer of the function as an HTTP response."""
    headers: dict[str, str] = {}
    media_type = "application/json"
    body: Any = answer.body
    if request.scope["method"] in SAFE_METHODS:
        headers["vary"] = VARY
    if answer.etag:
        headers["etag"] = answer.etag
    if answer.transaction and not dry_run:
        headers["jalon-transaction"] = answer.transaction
        context = middleware.request_context(request.scope)
        if b"cookie" in context.headers:
            context.more_headers.append(remember_transaction(request, answer.transaction))
    if answer.headers:
        for name, value in decode_headers(answer.headers):
            if name == ":moves":  # for the metrics, not for the caller
                for move in [] if dry_run else value:
                    request.app.state.metrics.moves[tuple(move)] += 1
            elif name == ":columns":  # the heading of a CSV without rows
                middleware.request_context(request.scope).columns = value
            elif name == ":next":
                headers["link"] = f'<{next_page(request, value)}>; rel="next"'
            elif name == "content-type":  # a text, which travels from the database as a JSON string
                media_type, body = value.removesuffix("; charset=utf-8"), msgspec.json.decode(body, type=str).encode()
            else:
                headers[name] = value
    if dry_run:
        headers["preference-applied"] = "tx=rollback"
    content = b"" if body is None else body
    return BytesResponse(content, status_code=answer.status, media_type=media_type, headers=headers)


def content_etag(version: str | None, content: bytes) -> str:
    """The ETag of what is read: of one record its version, and of everything a digest of the content.

    The content depends on more than the version: on labels, rules, reader and language. If-Match compares the version
    only (header_fields.without_content_tags).
    """
    return f'{version[:-1] if version else chr(34)}~{blake2b(content, digest_size=8).hexdigest()}"'


@lru_cache(1024)
def decode_headers(headers: bytes) -> list[tuple[str, Any]]:
    """Headers as the database wrote them. Many answers have the same."""
    return list(msgspec.json.decode(headers).items())


def next_page(request: Request, cursor: str) -> str:
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
    return middleware.address(request.scope) + "?" + urlencode([*query, ("after", cursor)])


def csv_headers(*parts: str) -> dict[str, str]:
    """The header under which a browser saves a CSV: of what, and as of which day unless a part says it."""
    words = [word for part in parts if (word := UNFIT.sub("-", part).strip("-."))]
    if not any(WEEK.fullmatch(word) for word in words):
        words.append(f"{datetime.now(UTC):%Y-%m-%d}")
    name = "-".join(words) + ".csv"
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    unicode = "" if plain == name else f"; filename*=UTF-8''{quote(name)}"
    return {"content-disposition": f'attachment; filename="{plain}"{unicode}'}


def as_csv(request: Request, response: Response[Any]) -> Response[Any]:
    """Rows of a JSON list as CSV, with a heading even without rows; no cell can run as a formula in a spreadsheet."""
    rows = msgspec.json.decode(response.content)
    rows = rows["items"] if isinstance(rows, dict) else rows
    out = io.StringIO()
    writer = csv.writer(out)
    if heading := list(rows[0]) if rows else middleware.request_context(request.scope).columns:
        writer.writerow(heading)
    for row in rows:
        writer.writerow([csv_cell(value) for value in row.values()])
    return BytesResponse(
        out.getvalue().encode(),
        status_code=response.status_code,
        media_type="text/csv",
        headers=dict(response.headers) | csv_headers(*csv_subject(request)),
    )


def csv_subject(request: Request) -> Iterator[str]:
    """What the rows of a CSV are about: the end of the address, and the table and the week if they are asked for."""
    yield request.scope["path"].rpartition("/")[2]
    yield from (request.query_params[name] for name in ("table", "week") if name in request.query_params)


def csv_cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return "'" + value if isinstance(value, str) and FORMULA.search(value) else value
