"""Examples for the OpenAPI document: of every request body and of every answer.

They are made from the schemas: from a member's own examples, enumeration or bounds, else from a text that is usual for
its name. So nobody has to write examples for a new Struct.
"""

from http import HTTPStatus
from typing import Any

from jalon.server.problems import MEDIA_TYPE, type_of

Schema = dict[str, Any]
MOMENT, UUID = "2026-11-21T09:30:00Z", "0192f0c1-2b3d-7a4e-8f90-1a2b3c4d5e6f"
# Member -> its example as a text. Names are in lower case without underscores, so that both spellings find them.
TEXTS_BY_MEMBER = {
    "table": "orders", "id": "7", "key": "7", "code": "PAID", "to": "PAID", "from": "NEW", "status": "PAID",
    "statuscode": "PAID",
    "tostatus": "PAID", "oldstatus": "NEW", "newstatus": "PAID", "label": "Paid", "fromlabel": "New",
    "tolabel": "Paid", "statuslabel": "Paid",
    "column": "status", "category": "ORDER_STATUS", "casetype": "CRM_LEAD_BUY", "casetypelabel": "Purchase",
    "action": "pay", "actionlabel": "Pay",
    "reason": "Paid by transfer", "color": "#2e7d32", "statuscolor": "#2e7d32", "icon": "check", "outcome": "done",
    "kind": "move",
    "by": "anna", "changedby": "anna", "createdby": "anna", "actor": "anna", "userid": "anna", "owner": "anna",
    "assignee": "anna", "subject": "anna",
    "role": "clerk", "roles": "clerk", "rolelabel": "Clerk", "oldrole": "MEMBER", "newrole": "MODERATOR",
    "name": "Anna Martin", "email": "anna@example.org",
    "title": "A title", "description": "What it is about.", "message": "What happened.", "body": "A text.",
    "etag": '"7.2"', "next": "WyIyMDI2LTExLTIxIiwgIjciXQ",
    "url": "https://example.org/hook", "link": "https://example.org/7", "language": "en", "currency": "EUR",
    "error": "Statut invalide",
    "maxstay": "P3D", "guard": "shop.has_stock", "relation": "author", "scope": "*", "permission": "read_all",
    "place": "Paris",
    "week": "2026-W47", "days": "30", "source": "WEB", "organisation": "Example & Co.", "template": "sales",
    "format": "json", "state": "published",
    "statusicon": "check", "statusoutcome": "done", "leadname": "John Doe", "leadphone": "+33612345678",
    "onbehalfof": "ben",
    "requiredfields": "customer", "publishedby": "anna", "grantedby": "anna", "triggeredby": "anna",
    "authorid": "anna", "secret": "whsec_…",
}  # fmt: skip
# Answers that have no Struct.
EXAMPLES_BY_PATH: dict[str, Any] = {
    "/api/v1/recaps/weekly": {
        "week": "2026-W47", "timeZone": "UTC", "language": "en", "from": "2026-11-16T00:00:00Z",
        "until": "2026-11-23T00:00:00Z",
        "tables": [{"table": "orders", "counts": [{"column": "status", "code": "PAID", "label": "Paid", "atStart": 3,
        "entered": 2, "departed": 1, "atEnd": 4}],
                    "records": [], "entered": [], "left": [], "passed": []}],
    },
}  # fmt: skip
# Status -> code and text of an example of a refusal, as the database or the web application says it (a test compares).
REFUSALS = {
    400: ("JL405", "The request body is invalid."),
    401: ("JL201", "This needs a bearer token."),
    403: ("JL202", "anna may not move orders 7 from NEW to PAID: it needs one of the roles clerk"),
    404: ("JL401", "orders has no record 7"),
    409: ("JL101", "orders 7: NEW -> SHIPPED is not a transition of the workflow"),
    412: ("JL410", "orders 7 is at version 3, not at 2"),
    413: (None, "Request Entity Too Large"),
    415: ("JL405", "A body is application/json, in UTF-8."),
    422: ("JL301", "orders 7: the move from NEW to CANCELLED needs a reason"),
    428: ("JL411", "This needs If-Match with the record's ETag."),
    429: (None, "You have 20 streams open already."),
    500: ("XX000", "Something went wrong on our side."),
    503: ("53300", "Too many requests are waiting for the database; try again."),
}
TEXTS_BY_MEDIA_TYPE = {
    "text/csv": "table,id,code\r\norders,7,PAID\r\n",
    "text/vnd.mermaid": "stateDiagram-v2\n    NEW --> PAID: pay\n",
    "text/vnd.graphviz": 'digraph { "NEW" -> "PAID" [label="pay"] }\n',
    "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "text/html": "<!doctype html><title>2026-W47</title>",
    "text/event-stream": 'id: 12\nevent: ready\ndata: {"unread_count": 3}\n\n',
    "text/plain": "stateDiagram-v2\n    NEW --> PAID\n",
}


class ExampleMaker:
    """Makes an example for any schema of one document.

    A request has only the members that it needs, and those whose Struct gives an example: made-up values of the others
    would be refused.
    """

    def __init__(self, schemas: dict[str, Schema], for_requests: bool = False) -> None:
        self.schemas, self.for_requests = schemas, for_requests

    def example(self, schema: Schema, name: str = "", parents: tuple[str, ...] = ()) -> Any:
        if "$ref" in schema:
            kind = schema["$ref"].rpartition("/")[2]
            return None if kind in parents else self.example(self.schemas[kind], name, (*parents, kind))
        for source in ("examples", "enum"):
            if schema.get(source):
                return next((value for value in schema[source] if value is not None), None)
        for source in ("const", "default"):
            if schema.get(source) is not None:
                return schema[source]
        for union in ("oneOf", "anyOf"):
            if union in schema:
                kinds = [kind for kind in schema[union] if kind.get("type") != "null"]
                return self.example({k: v for k, v in schema.items() if k != union} | kinds[0], name, parents)
        types = schema.get("type")
        kind = next((t for t in types if t != "null"), None) if isinstance(types, list) else types
        if kind == "object" or "properties" in schema:
            return self.object(schema, parents)
        if kind == "array":
            item = self.example(schema.get("items", {}), name, parents)
            return [] if item is None else [item]
        if kind == "boolean":
            return True
        if kind in ("integer", "number"):
            lowest = int(schema.get("minimum") or schema.get("exclusiveMinimum") or 0)
            return max(2 if name.lower() == "version" else 1, lowest)
        return self.text(schema, name) if kind == "string" else None if types else {}

    def object(self, schema: Schema, parents: tuple[str, ...]) -> dict[str, Any]:
        required, values = schema.get("required", ()), schema.get("additionalProperties")
        members = {
            name: self.example(part, name, parents)
            for name, part in schema.get("properties", {}).items()
            if not self.for_requests or name in required or "examples" in part
        }
        if not members and isinstance(values, dict) and values:
            members = {"en": self.example(values, "label", parents)}
        return {name: value for name, value in members.items() if value is not None or name in required}

    def text(self, schema: Schema, name: str) -> str:
        format_name = schema.get("format")
        if format_name in ("date-time", "date"):
            return MOMENT if format_name == "date-time" else MOMENT[:10]
        if format_name == "uuid":
            return UUID
        member = name.lower().replace("_", "")
        if member in TEXTS_BY_MEMBER:
            return TEXTS_BY_MEMBER[member][: schema.get("maxLength")]
        if member.endswith("at"):
            return MOMENT
        return "example"[: schema.get("maxLength")]


def refusal(status: int) -> dict[str, Any]:
    """Problem details, as a refusal with this status has them."""
    code, detail = REFUSALS.get(status, (None, HTTPStatus(status).phrase))
    return {
        "type": type_of(code), "title": HTTPStatus(status).phrase, "status": status, "detail": detail,
        "instance": "/api/v1/tracked/orders/7/moves", "code": code,
    }  # fmt: skip


def add_examples(document: dict[str, Any]) -> None:
    """An example for every body of every operation that has none."""
    schemas = document["components"]["schemas"]
    maker, request_maker = ExampleMaker(schemas), ExampleMaker(schemas, for_requests=True)
    for path, operations in {**document["paths"], **document["webhooks"]}.items():
        for operation in operations.values():
            for body in operation.get("requestBody", {}).get("content", {}).values():
                made = request_maker if path in document["paths"] else maker
                body.setdefault("example", made.example(body["schema"]))
            for response in operation["responses"].values():
                for media_type, body in response.get("content", {}).items():
                    example = EXAMPLES_BY_PATH.get(path) if media_type == "application/json" else None
                    body["example"] = example or answer_example(media_type, body["schema"], maker)
    for status in REFUSALS:
        response = document["components"]["responses"].get(HTTPStatus(status).phrase.replace(" ", ""))
        if response:
            response["content"][MEDIA_TYPE]["example"] = refusal(status)


def answer_example(media_type: str, schema: Schema, maker: ExampleMaker) -> Any:
    return TEXTS_BY_MEDIA_TYPE.get(media_type) or maker.example(schema)
