"""What generators need of the OpenAPI document: names, headers, refusals, closed bodies, messages."""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jalon.server.app import create_app
from jalon.server.openapi_document import complete_document, make_schemas
from jalon.server.problems import NATIVE_CODES, public_code
from jalon.settings import Settings

DOCUMENT = complete_document(create_app(Settings(home=Path("/"), token_secret="tests-only-" * 4)), ["JL101"])
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}


def names(operation: dict[str, Any]) -> set[str]:
    """The names of an operation's parameters."""
    shared = DOCUMENT["components"]["parameters"]
    return {shared.get(each.get("$ref", "").rpartition("/")[2], each)["name"] for each in operation["parameters"]}


def request_schemas() -> dict[str, Any]:
    """Every schema that a request's body consists of."""
    found: dict[str, Any] = {}

    def add(part: Any) -> None:
        for name in re.findall(r"#/components/schemas/(\w+)", json.dumps(part)):
            if name not in found:
                found[name] = SCHEMAS[name]
                add(SCHEMAS[name])

    for _, _, operation in OPERATIONS.values():
        add({media: body["schema"] for media, body in operation.get("requestBody", {}).get("content", {}).items()})
    return found


def members() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, schema in request_schemas().items():
        for member, said in schema["properties"].items():
            yield name, member, said


def test_every_schema_has_the_title_that_it_is_referred_to_by() -> None:
    assert {name: schema["title"] for name, schema in SCHEMAS.items()} == {name: name for name in SCHEMAS}


def test_two_structs_of_one_name_are_refused() -> None:
    from msgspec import defstruct

    from jalon.engine.records import Record

    with pytest.raises(ValueError, match="two Structs have the same name: Record"):
        make_schemas([Record, defstruct("Record", [])])


def test_an_operation_is_called_as_its_handler_is() -> None:
    assert {"moveRecord", "getRecord", "getRecords", "openDossier"} <= OPERATIONS.keys()
    assert OPERATIONS["moveRecord"][2]["summary"] == "Move record"
    assert [name for name in OPERATIONS if not re.fullmatch("[a-z]+([A-Z][a-z]*)*", name)] == []


def test_every_request_body_is_closed() -> None:
    assert [name for name, schema in request_schemas().items() if schema.get("additionalProperties") is not False] == []


def test_a_member_with_a_default_is_not_said_to_be_required() -> None:
    """Generators make it so if there is the keyword."""
    assert [(name, member) for name, member, said in members() if "default" in said] == []
    assert SCHEMAS["Move"]["properties"]["force"]["description"] == "Default: false."


def test_null_is_documented_only_where_it_means_something() -> None:
    assert SCHEMAS["Move"]["properties"]["reason"]["type"] == "string"
    assert {"type": "null"} in SCHEMAS["EndpointChange"]["properties"]["tables"]["anyOf"]  # clears the filter
    assert {"type": "null"} in SCHEMAS["Rule"]["properties"]["allowed"]["anyOf"]  # takes the rule away
    for _, _, operation in OPERATIONS.values():
        assert '"null"' not in json.dumps(operation["parameters"])


def test_the_document_holds_no_nul() -> None:
    assert "\\u0000" not in json.dumps(DOCUMENT)


def test_every_answer_declares_its_headers() -> None:
    for name, (method, _, operation) in OPERATIONS.items():
        answers = operation["responses"]
        headers = {status: set(answer.get("headers", {})) for status, answer in answers.items() if status < "400"}
        assert all("X-Request-ID" in found for found in headers.values()), name
        if method != "get":
            success = next(found for status, found in headers.items() if status < "300")
            assert {"Preference-Applied", "Idempotent-Replayed"} <= success, name
        assert ("304" in answers) == ("If-None-Match" in names(operation)), name
        assert ("412" in answers) == ("If-Match" in names(operation)), name
    assert set(OPERATIONS["getRecord"][2]["responses"]["200"]["headers"]) == {"X-Request-ID", "ETag", "Vary"}
    assert "Link" in OPERATIONS["getRecords"][2]["responses"]["200"]["headers"]
    assert "Location" in OPERATIONS["openDossier"][2]["responses"]["201"]["headers"]
    assert "Retry-After" in DOCUMENT["components"]["responses"]["ServiceUnavailable"]["headers"]


def test_refusals_are_documented_where_they_occur() -> None:
    for name, (method, _, operation) in OPERATIONS.items():
        assert {"400", "500"} <= operation["responses"].keys(), name
        assert ({"413", "415"} <= operation["responses"].keys()) == ("requestBody" in operation), name
        if method != "get":  # the key of another request
            assert "422" in operation["responses"], name


def test_the_members_of_a_refusal_are_documented() -> None:
    said = SCHEMAS["ProblemDetails"]
    assert {"code", "hint", "field", "errors", "allowed", "version", "roles", "blockers"} <= said["properties"].keys()
    assert set(SCHEMAS["ErrorCode"]["enum"]) == {"JL101"} | NATIVE_CODES


@pytest.mark.parametrize(
    ("sqlstate", "code"),
    [
        ("JL101", "JL101"),
        ("23505", "23505"),
        ("22P02", "22000"),
        ("40003", "40000"),
        ("42883", "XX000"),
        ("ZZ999", "XX000"),
    ],
)
def test_a_refusal_has_a_code_of_the_enumeration(sqlstate: str, code: str) -> None:
    assert public_code(sqlstate, {"JL101": 409}) == code


def test_messages_to_webhooks_are_documented_with_their_payloads() -> None:
    assert DOCUMENT["webhooks"].keys() == {
        "recordCreated",
        "statusChanged",
        "deadlinePassed",
        "webhookTested",
        "customActionTriggered",
    }
    operation = DOCUMENT["webhooks"]["statusChanged"]["post"]
    assert {each["name"] for each in operation["parameters"]} == {
        "webhook-id", "webhook-timestamp", "webhook-signature",
    }  # fmt: skip
    assert SCHEMAS["StatusChanged"]["properties"]["data"] == {"$ref": "#/components/schemas/ChangeData"}


def test_the_events_of_the_stream_are_documented() -> None:
    schema = OPERATIONS["getNotificationStream"][2]["responses"]["200"]["content"]["text/event-stream"]["schema"]
    assert {each["$ref"].rpartition("/")[2] for each in schema["contentSchema"]["anyOf"]} == {
        "StreamReady",
        "Notification",
        "ChangedTables",
    }


def test_others_are_answered_while_the_document_is_made_and_it_is_made_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_making, may_go_on, made = threading.Event(), threading.Event(), []

    def making(*arguments: Any) -> Any:
        made.append(arguments)
        is_making.set()
        assert may_go_on.wait(60)
        return complete_document(*arguments)

    monkeypatch.setattr("jalon.server.openapi.complete_document", making)
    app = create_app(settings)

    async def main() -> None:
        transport = httpx.ASGITransport(app)
        async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            await app.state.database.read_languages()
            asking = [asyncio.create_task(client.get("/docs/openapi.json")) for _ in range(2)]
            assert await asyncio.to_thread(is_making.wait, 60)
            assert (await client.get("/health/live")).status_code == 200
            assert (await client.get("/health/ready")).status_code == 200
            assert not any(task.done() for task in asking)
            may_go_on.set()
            assert [answer.status_code for answer in await asyncio.gather(*asking)] == [200, 200]

    asyncio.run(main())
    assert len(made) == 1
