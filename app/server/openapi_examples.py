"""Examples for the OpenAPI document: of every body that is sent, and of every answer that comes.

They are made from the schemas: what a member says of itself (examples, enumerations, bounds), else what members of its
name are usually called. A new Struct has its example without anybody writing one.
"""

from http import HTTPStatus
from typing import Any

from jalon.server.problems import MEDIA_TYPE

Schema = dict[str, Any]
MOMENT, UUID = "2026-11-21T09:30:00Z", "0192f0c1-2b3d-7a4e-8f90-1a2b3c4d5e6f"
# Member -> what stands there, as a text; lower case and without underscores, so that both spellings of names find it.
WORDS = {
    "table": "orders", "id": "7", "key": "7", "code": "PAID", "to": "PAID", "from": "NEW", "status": "PAID", "statuscode": "PAID",
    "tostatus": "PAID", "oldstatus": "NEW", "newstatus": "PAID", "label": "Paid", "fromlabel": "New", "tolabel": "Paid", "statuslabel": "Paid",
    "column": "status", "category": "ORDER_STATUS", "casetype": "CRM_LEAD_BUY", "casetypelabel": "Purchase", "action": "pay", "actionlabel": "Pay",
    "reason": "Paid by transfer", "color": "#2e7d32", "statuscolor": "#2e7d32", "icon": "check", "outcome": "done", "kind": "move",
    "by": "anna", "changedby": "anna", "createdby": "anna", "actor": "anna", "userid": "anna", "owner": "anna", "assignee": "anna", "subject": "anna",
    "role": "clerk", "roles": "clerk", "rolelabel": "Clerk", "oldrole": "MEMBER", "newrole": "MODERATOR", "name": "Anna Martin", "email": "anna@example.org",
    "title": "A title", "description": "What it is about.", "message": "What happened.", "body": "A text.", "etag": '"7.2"', "next": "WyIyMDI2LTExLTIxIiwgIjciXQ",
    "url": "https://example.org/hook", "link": "https://example.org/7", "language": "en", "currency": "EUR", "error": "Statut invalide",
    "maxstay": "P3D", "guard": "shop.has_stock", "relation": "author", "scope": "*", "permission": "read_all", "place": "Paris",
    "week": "2026-W47", "days": "30", "source": "WEB", "organisation": "Example & Co.", "template": "sales", "format": "json", "state": "published",
    "statusicon": "check", "statusoutcome": "done", "leadname": "John Doe", "leadphone": "+33612345678", "onbehalfof": "ben",
    "requiredfields": "customer", "publishedby": "anna", "grantedby": "anna", "triggeredby": "anna", "authorid": "anna", "secret": "whsec_…",
}  # fmt: skip
# Answers that have no Struct.
ANSWERS: dict[str, Any] = {
    "/api/v1/recaps/weekly": {
        "week": "2026-W47", "timeZone": "UTC", "language": "en", "from": "2026-11-16T00:00:00Z", "until": "2026-11-23T00:00:00Z",
        "tables": [{"table": "orders", "counts": [{"column": "status", "code": "PAID", "label": "Paid", "atStart": 3, "entered": 2, "departed": 1, "atEnd": 4}],
                    "records": [], "entered": [], "left": [], "passed": []}],
    },
}  # fmt: skip
# Status -> code and words of a refusal that has it.
REFUSALS = {
    400: ("JL405", "The body is not as it should be."),
    401: ("JL201", "This needs a bearer token."),
    403: ("JL202", "orders 7: NEW -> PAID is not for anna"),
    404: ("JL401", "orders 7 does not exist"),
    409: ("JL101", "orders 7: NEW -> SHIPPED is not a transition of the workflow"),
    412: ("JL410", "orders 7 has changed: it is at version 3"),
    413: (None, "Request Entity Too Large"),
    422: ("JL301", "orders 7: NEW -> CANCELLED needs a reason"),
    428: ("JL411", "This needs If-Match with the record's ETag."),
    429: ("53300", "Too many streams are open."),
    503: ("53300", "Too many requests are waiting for the database; try again."),
}
TEXTS = {
    "text/csv": "table,id,code\r\norders,7,PAID\r\n",
    "text/html": "<!doctype html><title>2026-W47</title>",
    "text/event-stream": 'id: 12\nevent: notification\ndata: {"id": 12}\n\n',
    "text/plain": "stateDiagram-v2\n    NEW --> PAID\n",
}


class Illustrator:
    """Makes an example for any schema of one document."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self.schemas = schemas

    def example(self, schema: Schema, name: str = "", within: tuple[str, ...] = ()) -> Any:
        if "$ref" in schema:
            kind = schema["$ref"].rpartition("/")[2]
            return None if kind in within else self.example(self.schemas[kind], name, (*within, kind))
        for given in ("examples", "enum"):
            if schema.get(given):
                return next((value for value in schema[given] if value is not None), None)
        for given in ("const", "default"):
            if schema.get(given) is not None:
                return schema[given]
        for several in ("oneOf", "anyOf"):
            if several in schema:
                kinds = [kind for kind in schema[several] if kind.get("type") != "null"]
                return self.example({k: v for k, v in schema.items() if k != several} | kinds[0], name, within)
        types = schema.get("type")
        kind = next((t for t in types if t != "null"), None) if isinstance(types, list) else types
        if kind == "object" or "properties" in schema:
            return self.object(schema, within)
        if kind == "array":
            one = self.example(schema.get("items", {}), name, within)
            return [] if one is None else [one]
        if kind == "boolean":
            return True
        if kind in ("integer", "number"):
            lowest = int(schema.get("minimum") or schema.get("exclusiveMinimum") or 0)
            return max(2 if name.lower() == "version" else 1, lowest)
        return self.text(schema, name) if kind == "string" else None if types else {}

    def object(self, schema: Schema, within: tuple[str, ...]) -> dict[str, Any]:
        made = {name: self.example(part, name, within) for name, part in schema.get("properties", {}).items()}
        more = schema.get("additionalProperties")
        if not made and isinstance(more, dict) and more:
            made = {"en": self.example(more, "label", within)}
        required = schema.get("required", ())
        return {name: value for name, value in made.items() if value is not None or name in required}

    def text(self, schema: Schema, name: str) -> str:
        form = schema.get("format")
        if form in ("date-time", "date"):
            return MOMENT if form == "date-time" else MOMENT[:10]
        if form == "uuid":
            return UUID
        plain = name.lower().replace("_", "")
        if plain in WORDS:
            return WORDS[plain][: schema.get("maxLength")]
        if plain.endswith("at"):
            return MOMENT
        return "example"[: schema.get("maxLength")]


def refusal(status: int, path: str) -> dict[str, Any]:
    """Problem details, as a refusal with this status has them."""
    code, detail = REFUSALS.get(status, (None, HTTPStatus(status).phrase))
    return {
        "type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail,
        "instance": path.format_map(Anything()), "code": code,
    }  # fmt: skip


class Anything(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return WORDS.get(name.lower(), "7")


def illustrate(document: dict[str, Any]) -> None:
    """An example for every body of every operation that has none."""
    maker = Illustrator(document["components"]["schemas"])
    for path, operations in document["paths"].items():
        for operation in operations.values():
            contents = [(200, operation.get("requestBody", {}).get("content", {}))]
            contents += [(int(status), told.get("content", {})) for status, told in operation["responses"].items()]
            for status, content in contents:
                for media_type, body in content.items():
                    if "example" in body or "examples" in body:
                        continue
                    if media_type == MEDIA_TYPE:
                        body["example"] = refusal(status, path)
                    elif media_type in TEXTS:
                        body["example"] = TEXTS[media_type]
                    elif status == 200 and path in ANSWERS:
                        body["example"] = ANSWERS[path]
                    else:
                        body["example"] = maker.example(body["schema"])
