"""The OpenAPI document shows an example of every request and answer body, and each fits its schema."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from jalon.server.app import create_app
from jalon.server.openapi import complete_document
from jalon.server.openapi_examples import ExampleMaker
from jalon.settings import Settings

DOCUMENT = complete_document(
    create_app(Settings(home=Path("/"), token_secret="tests-only-" * 4)).openapi_schema.to_schema()  # type: ignore[arg-type]
)


def bodies() -> Iterator[Any]:
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            parts = {"body": operation.get("requestBody", {})} | operation["responses"]
            for part, said in parts.items():
                for media_type, body in said.get("content", {}).items():
                    yield pytest.param(media_type, body, id=f"{method} {path} {part} {media_type}")


def test_every_body_has_an_example_that_fits_its_schema() -> None:
    wrong = []
    for each in bodies():
        media_type, body = each.values
        if "example" not in body:
            wrong.append((each.id, "no example"))
        elif "json" in media_type:
            schema = body["schema"] | {"components": DOCUMENT["components"]}
            found = list(jsonschema_rs.validator_for(schema).iter_errors(body["example"]))
            wrong += [(each.id, str(error).splitlines()[0]) for error in found]
    assert not wrong


def test_every_operation_shows_an_answer_and_its_refusals() -> None:
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            statuses = {status[0] for status in operation["responses"]}
            assert "2" in statuses, (method, path)
            if path.startswith("/api/"):
                assert "4" in statuses, (method, path)


@pytest.mark.parametrize(
    ("schema", "name", "example"),
    [
        ({"type": "string", "examples": ["said"]}, "to", "said"),
        ({"enum": [None, "a"]}, "to", "a"),
        ({"type": "string"}, "changed_by", "anna"),
        ({"type": "string", "maxLength": 3}, "label", "Pai"),
        ({"type": "string", "format": "date"}, "x", "2026-11-21"),
        ({"oneOf": [{"type": "null"}, {"type": "integer", "minimum": 5}]}, "x", 5),
        ({"type": "array", "items": {"type": "string"}}, "roles", ["clerk"]),
        ({"type": "object", "properties": {"to": {"type": "string"}, "no": {"type": "null"}}}, "", {"to": "PAID"}),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "labels", {"en": "Paid"}),
        ({"$ref": "#/components/schemas/Tree"}, "", {"to": "PAID", "branches": []}),
    ],
)  # fmt: skip
def test_an_example_is_made_of_what_the_schema_says(schema: dict[str, Any], name: str, example: Any) -> None:
    tree = {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
    tree_ = {"type": "object", "properties": {"to": {"type": "string"}, "branches": tree}}
    assert ExampleMaker({"Tree": tree_}).example(schema, name) == example


def test_every_form_of_a_workflow_is_documented() -> None:
    answer = DOCUMENT["paths"]["/api/v1/workflows/{category}/{case_type}"]["get"]["responses"]["200"]
    forms = {"application/json", "text/vnd.mermaid", "text/vnd.graphviz", "image/svg+xml"}
    assert set(answer["content"]) == forms
