"""Completes the OpenAPI document that Litestar makes of the handlers.

Schemas come from msgspec, which also decodes the requests. Headers and refusals are the same for all endpoints of a
kind, so they are written here once and referred to. `openapi_examples` adds the examples.
"""

import itertools
import json
import sys
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, get_args, get_origin

import msgspec
from litestar import Litestar, Response
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import Method
from msgspec import Struct

from jalon.server.call import Input
from jalon.server.openapi_examples import add_examples
from jalon.server.problems import MEDIA_TYPE, NATIVE_CODES

Schema = dict[str, Any]
REF = "#/components/{}/{}"
MEDIA_TYPES = {
    "csv": "text/csv",
    "html": "text/html",
    "mermaid": "text/vnd.mermaid",
    "dot": "text/vnd.graphviz",
    "svg": "image/svg+xml",
}
TEXT: Schema = {"type": "string"}
# Request headers: name in components.parameters -> name, description, schema.
REQUEST_HEADERS: dict[str, tuple[str, str, Schema]] = {
    "IfMatch": ("If-Match", "ETag that the record must still have (412 otherwise).", TEXT),
    "IfNoneMatch": ("If-None-Match", "ETag of the answer that the reader has (304 if it is the same still).", TEXT),
    "IdempotencyKey": (
        "Idempotency-Key",
        "A repeat under the same key gets the first answer and is not done again.",
        TEXT | {"minLength": 1, "maxLength": 255},
    ),
    "Prefer": ("Prefer", "`tx=rollback`: do all of it, answer, and leave nothing.", TEXT),
    "Transaction": (
        "Jalon-Transaction",
        "The number that an answer to a change gave: what is read shows that change; `latest`: every change.",
        TEXT | {"pattern": r"^(\d{1,18}|latest)$"},
    ),
    "AcceptLanguage": ("Accept-Language", "Language of labels and refusals.", TEXT),
    "RequestId": ("X-Request-ID", "Your name for this request, in the answer and in the log.", TEXT),
}
ANSWER_HEADERS: dict[str, tuple[str, Schema]] = {
    "X-Request-ID": ("Name of this request, as the log has it.", TEXT),
    "ETag": ("The record's version, for If-Match; of an answer to GET with a digest of it.", TEXT),
    "Vary": ("The request headers that the answer depends on.", TEXT),
    "Link": ('The next page, if there is one: `rel="next"`.', TEXT),
    "Content-Disposition": ("With `text/csv`, the name under which a browser saves it.", TEXT),
    "Location": ("Address of what was made, if it has one.", TEXT),
    "Preference-Applied": ("`tx=rollback` if nothing was kept.", TEXT),
    "Idempotent-Replayed": ("`true` if this is the answer to an earlier request under the same key.", TEXT),
    "Jalon-Transaction": ("Number of the change, for reads from replicas; only where there are any.", TEXT),
    "Retry-After": ("Seconds to wait before the next attempt.", {"type": "integer"}),
    "WWW-Authenticate": ("How to authenticate.", TEXT),
    "Accept": ("The media type that a body has.", TEXT),
}
HEADERS_OF_REFUSALS = {401: ["WWW-Authenticate"], 415: ["Accept"], 429: ["Retry-After"], 503: ["Retry-After"]}
MALFORMED, UNEXPECTED, BODY_REFUSALS = 400, 500, (413, 415)
PROBES = ("getLive", "getReady", "getMetrics")
CHANGES = ("post", "put", "patch", "delete")


def operation_id(handler: HTTPRouteHandler, method: Method, path: Any) -> str:
    """`move_record` is moveRecord; `records`, which GET reads, getRecords."""
    name = handler.handler_name.rpartition(".")[2]
    first, *others = f"get_{name}".split("_") if method == "GET" else name.split("_")
    return first + "".join(word.capitalize() for word in others)


def complete_document(app: Litestar, codes: Iterable[str] = ()) -> dict[str, Any]:
    """The whole document. `codes` are the SQLSTATEs of jalon_engine.error_code, if the database was asked already."""
    document: dict[str, Any] = msgspec.to_builtins(app.openapi_schema.to_schema())
    handlers = {
        (route.path_format, str(method).lower()): handler
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
    }
    found = [
        (operation, path, method, handlers[path, method])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    messages = app.opt.get("messages", [])
    types = [*messages, *(kind for *_, handler in found for kind in body_types(handler))]
    components = document["components"]
    components["schemas"] = make_schemas(types)
    components["schemas"] |= error_code_schemas(components["schemas"]["ProblemDetails"], codes)
    for operation, *_ in found:
        narrow_items(operation, components["schemas"])
    components["headers"] = {
        name: {"description": text, "schema": schema} for name, (text, schema) in ANSWER_HEADERS.items()
    }
    components["parameters"] = {
        key: {"name": name, "in": "header", "description": text, "required": False, "schema": schema}
        for key, (name, text, schema) in REQUEST_HEADERS.items()
    }
    for operation, _, method, handler in found:
        complete_operation(operation, method, handler, components)
    document["tags"] = [{"name": name, "description": text} for name, text in sorted(tags(found).items())]
    document["webhooks"] = {operation["post"]["operationId"]: operation for operation in map(webhook, messages)}
    add_examples(document)
    return document


def tags(found: list[Any]) -> dict[str, str]:
    """Each tag, described by the first sentence of the file of its first handler."""
    described: dict[str, str] = {}
    for operation, _, _, handler in found:
        text = sys.modules[handler.fn.__module__].__doc__ or ""
        for tag in operation["tags"]:
            described.setdefault(tag, text.partition("\n")[0])
    return described


# ── schemas ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def body_types(handler: HTTPRouteHandler) -> Iterator[Any]:
    """The types of a handler's request and answers."""
    signature = handler.parsed_fn_signature
    if "data" in signature.parameters:
        yield signature.parameters["data"].annotation
    returned = signature.return_type.annotation
    yield get_args(returned)[0] if get_origin(returned) is Response else returned
    for response in (handler.responses or {}).values():
        yield response.data_container
    yield from handler.opt.get("events", {}).values()


def structs_in(kind: Any, known: set[type[Struct]]) -> None:
    """Adds the Structs that a type consists of."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        if kind not in known:
            known.add(kind)
            for field in msgspec.structs.fields(kind):
                structs_in(field.type, known)
    else:
        for part in get_args(kind):
            structs_in(part, known)


def make_schemas(types: list[Any]) -> dict[str, Schema]:
    """A schema for each Struct that the types consist of, under its name."""
    structs: set[type[Struct]] = set()
    for kind in types:
        structs_in(kind, structs)
    by_name = sorted(structs, key=lambda struct: struct.__name__)
    if twice := {one.__name__ for one, other in itertools.pairwise(by_name) if one.__name__ == other.__name__}:
        raise ValueError(f"two Structs have the same name: {', '.join(sorted(twice))}")
    _, schemas = msgspec.json.schema_components(by_name, ref_template=REF.format("schemas", "{name}"))
    for struct in by_name:
        schema = schemas[struct.__name__]
        required = {*schema.get("required", [])}
        for field in msgspec.structs.fields(struct):
            required |= {field.encode_name} if is_required(field) else set()
            complete_member(schema["properties"][field.encode_name], field, issubclass(struct, Input))
        schema.pop("required", None)
        schema |= {"required": sorted(required)} if required else {}
    return schemas


def is_required(field: msgspec.structs.FieldInfo) -> bool:
    """Whether the database refuses a request without the member, in its own words: `Meta(extra={"required": True})`."""
    return any((meta.extra or {}).get("required") for meta in getattr(field.type, "__metadata__", ()))


def complete_member(member: Schema, field: msgspec.structs.FieldInfo, is_input: bool) -> None:
    """Says a default in words, because generators make a member with a default required; leaves null out where it
    means the same as no member."""
    default = member.pop("default", None)
    if default not in (None, [], {}) and is_input:
        member["description"] = f"{member.get('description', '')} Default: {json.dumps(default)}.".strip()
    if is_input and field.default is None:
        found = dict(without_null(member))
        member.clear()
        member.update(found)


def narrow_items(operation: Schema, schemas: Schema) -> None:
    """Where `fields` may narrow the items of a list, none of their members is always there: they get a schema of their
    own, called Listed…"""
    if not any(parameter["name"] == "fields" for parameter in operation.get("parameters", [])):
        return
    page = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    items = schemas[page]["properties"]["items"]
    whole = items["items"]["$ref"].rpartition("/")[2]
    name = f"Listed{whole.removeprefix('Listed')}"
    schemas[name] = {key: value for key, value in schemas[whole].items() if key != "required"} | {"title": name}
    items["items"] = ref("schemas", name)


def error_code_schemas(problem: Schema, codes: Iterable[str]) -> Schema:
    """The schemas of problem details and of their member `code`."""
    values = {"enum": sorted({*codes, *NATIVE_CODES})} if codes else {}
    code = {"type": "string", "title": "ErrorCode", "description": "docs/errors.md says what each means."} | values
    example = problem["properties"]["code"]["examples"]
    properties = problem["properties"] | {
        "code": {"anyOf": [ref("schemas", "ErrorCode"), {"type": "null"}], "examples": example}
    }
    return {"ErrorCode": code, "ProblemDetails": problem | {"properties": properties}}


# ── operations ───────────────────────────────────────────────────────────────────────────────────────────────────────


def ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": REF.format(kind, name)}


def complete_operation(operation: Schema, method: str, handler: HTTPRouteHandler, components: Schema) -> None:
    """Adds headers and refusals, and the bodies in other media types."""
    answers = operation["responses"]
    operation["summary"] = handler.handler_name.rpartition(".")[2].replace("_", " ").capitalize()
    parameters = operation.setdefault("parameters", [])
    is_paged = any(parameter["name"] == "after" for parameter in parameters)
    has_etag = any(has_member(answer, "etag", components) for answer in answers.values())
    if "requestBody" in operation:
        complete_body(operation, handler.opt.get("example"))
    for parameter in parameters:
        parameter["schema"] = without_null(parameter["schema"])
    add_media_types(operation)
    if events := handler.opt.get("events"):
        answers["200"]["content"]["text/event-stream"]["schema"] = stream_schema(events)
    answers.get("204", {}).pop("content", None)
    for status, answer in answers.items():
        if status < "300":
            names = answer_headers(status, method, has_etag or has_content_tag(method, operation), is_paged)
            names += ["Content-Disposition"] if MEDIA_TYPES["csv"] in answer.get("content", {}) else []
            answer["headers"] = {name: ref("headers", name) for name in names}
            answer["description"] = HTTPStatus(int(status)).phrase
    if has_content_tag(method, operation):
        headers = {name: ref("headers", name) for name in ("X-Request-ID", "ETag", "Vary")}
        answers["304"] = {"description": "Not Modified", "headers": headers}
    refusals = {int(status) for status in answers if status >= "400"} | {MALFORMED, UNEXPECTED}
    refusals |= {422} if method in CHANGES else set()
    refusals |= set(BODY_REFUSALS) if "requestBody" in operation else set()
    for status in sorted(refusals):
        answers[str(status)] = ref("responses", refusal(status, components))
    operation["responses"] = dict(sorted(answers.items()))
    parameters += [ref("parameters", name) for name in request_headers(method, operation)]


def has_member(answer: Schema, name: str, components: Schema) -> bool:
    """Whether the body of an answer is an object with this member."""
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    kind = schema.get("$ref", "").rpartition("/")[2]
    return name in components["schemas"].get(kind, {}).get("properties", {})


def has_content_tag(method: str, operation: Schema) -> bool:
    """Whether the answer comes from `call`, which gives what is read an ETag: all but streams and the probes."""
    content = operation["responses"].get("200", {}).get("content", {})
    return method == "get" and "text/event-stream" not in content and operation["operationId"] not in PROBES


def request_headers(method: str, operation: Schema) -> list[str]:
    common = ["AcceptLanguage", "RequestId"]
    if method == "get":
        return ["IfNoneMatch", "Transaction", *common] if has_content_tag(method, operation) else common
    return [*(["IfMatch"] if "412" in operation["responses"] else []), "IdempotencyKey", "Prefer", *common]


def answer_headers(status: str, method: str, has_etag: bool, is_paged: bool) -> list[str]:
    names = ["X-Request-ID"]
    names += ["ETag"] if has_etag and status != "204" else []
    if method == "get":
        return [*names, "Vary", *(["Link"] if is_paged else [])]
    return (
        names
        + ["Location"] * (status in ("201", "202"))
        + ["Preference-Applied", "Idempotent-Replayed", "Jalon-Transaction"]
    )


def refusal(status: int, components: Schema) -> str:
    """The name of the response for a refusal; makes it if there is none yet."""
    phrase = HTTPStatus(status).phrase
    name = phrase.replace(" ", "")
    components.setdefault("responses", {})[name] = {
        "description": phrase,
        "headers": {each: ref("headers", each) for each in ["X-Request-ID", *HEADERS_OF_REFUSALS.get(status, [])]},
        "content": {MEDIA_TYPE: {"schema": ref("schemas", "ProblemDetails")}},
    }
    return name


def complete_body(operation: Schema, example: Any) -> None:
    """A body that may be left out is not null instead. A handler may have an example of its own."""
    for body in operation["requestBody"]["content"].values():
        body |= {"example": example} if example else {}
        if "oneOf" in body["schema"]:
            body["schema"] = without_null(body["schema"])
            operation["requestBody"]["required"] = False


def add_media_types(operation: Schema) -> None:
    """The answers of a handler whose parameter `format` chooses between media types."""
    for parameter in operation["parameters"]:
        if parameter["name"] == "format":
            content = operation["responses"]["200"]["content"]
            for name in parameter["schema"]["enum"]:
                if name in MEDIA_TYPES:
                    content[MEDIA_TYPES[name]] = {"schema": {"type": "string"}}


def stream_schema(events: dict[str, type[Struct]]) -> Schema:
    """Server-sent events, and the JSON that the data of each is."""
    return {
        "type": "string",
        "description": "Each event has an id for Last-Event-ID. Its data is JSON: "
        + "; ".join(f"of `{name}` {kind.__name__}" for name, kind in events.items()) + ".",
        "contentMediaType": "application/json",
        "contentSchema": {"anyOf": [ref("schemas", kind.__name__) for kind in events.values()]},
    }  # fmt: skip


def without_null(schema: Schema) -> Schema:
    """The schema of something that is left out instead of null."""
    for union in ("oneOf", "anyOf"):
        kinds = [kind for kind in schema.get(union, []) if kind != {"type": "null"}]
        if kinds:
            rest = {name: value for name, value in schema.items() if name != union}
            return rest | (kinds[0] if len(kinds) == 1 else {union: kinds})
    if schema.get("type") == ["null", "string"]:
        return schema | {"type": "string", "enum": [value for value in schema["enum"] if value is not None]}
    return schema


def webhook(kind: type[Struct]) -> Schema:
    """A message that Jalon posts to the addresses that want it."""
    headers = {
        "webhook-id": "Name of the message, the same at each attempt.",
        "webhook-timestamp": "When this attempt was signed, in seconds since 1970.",
        "webhook-signature": "Signatures by Standard Webhooks: `v1,…` or `v1a,…`.",
    }
    name = kind.__name__[0].lower() + kind.__name__[1:]
    return {
        "post": {
            "operationId": name,
            "summary": (kind.__doc__ or "").partition("\n")[0],
            "description": kind.__doc__,
            "tags": ["Webhooks"],
            "security": [{}],
            "parameters": [
                {"name": each, "in": "header", "required": True, "description": text, "schema": TEXT}
                for each, text in headers.items()
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": ref("schemas", kind.__name__)}},
            },
            "responses": {
                "2XX": {"description": "Delivered. The body is not read."},
                "4XX": {"description": "Not delivered: it is sent again later. 410 stops the deliveries for good."},
            },
        }
    }
