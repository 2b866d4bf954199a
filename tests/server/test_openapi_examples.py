"""The OpenAPI document shows an example of every request and answer body, and each fits its schema."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import psycopg
import pytest
from psycopg.types.json import Jsonb

import jalon
from jalon.notifications.listener import MAX_STREAMS_PER_CALLER
from jalon.server.app import create_app
from jalon.server.openapi_document import complete_document
from jalon.server.openapi_examples import REFUSALS, ExampleMaker
from jalon.settings import Settings

APP = Path(jalon.__path__[0])
CODES = [code for code, _ in REFUSALS.values() if code]
DOCUMENT = complete_document(create_app(Settings(home=Path("/"), token_secret="tests-only-" * 4)), CODES)


def bodies() -> Iterator[Any]:
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            parts = {"body": operation.get("requestBody", {})} | operation["responses"]
            for part, said in parts.items():
                said = DOCUMENT["components"]["responses"].get(said.get("$ref", "").rpartition("/")[2], said)
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


# What the web application says itself, and what Litestar says.
SAID_IN_PYTHON = {400, 401, 413, 415, 428, 429, 500, 503}


def test_the_examples_of_refusals_are_what_the_database_says(db: psycopg.Connection[Any]) -> None:
    move = {"table": "orders", "id": 7, "from": "NEW", "actor": "anna", "roles": ["clerk"]}
    target = {403: "PAID", 404: "PAID", 409: "SHIPPED", 412: "PAID", 422: "CANCELLED"}
    assert target.keys() == REFUSALS.keys() - SAID_IN_PYTHON
    for status, to in target.items():
        code, text = REFUSALS[status]
        said = db.execute(
            "select e.http_status, jalon_engine.text_of(e.sqlstate, %s, 'en') from jalon_engine.error_code e"
            " where e.sqlstate = %s",
            (Jsonb(move | {"to": to, "version": 3, "expected": 2}), code),
        ).fetchone()
        assert said == (status, text)


def test_the_examples_of_refusals_are_what_the_web_application_says() -> None:
    sources = "".join(path.read_text() for path in APP.rglob("*.py") if path.name != "openapi_examples.py")
    texts = {status: REFUSALS[status][1] for status in SAID_IN_PYTHON - {413}}
    texts[429] = texts[429].replace(str(MAX_STREAMS_PER_CALLER), "{MAX_STREAMS_PER_CALLER}")
    assert [text for text in texts.values() if f'"{text}"' not in sources] == []


def test_every_form_of_a_workflow_is_documented() -> None:
    answer = DOCUMENT["paths"]["/api/v1/workflows/{category}/{case_type}"]["get"]["responses"]["200"]
    forms = {"application/json", "text/vnd.mermaid", "text/vnd.graphviz", "image/svg+xml"}
    assert set(answer["content"]) == forms
