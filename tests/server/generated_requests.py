"""How schemathesis judges answers here: SCHEMATHESIS_HOOKS names this file."""

from typing import Any

import schemathesis


def is_beyond_the_schema(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(is_beyond_the_schema, value.values() if isinstance(value, dict) else value))
    return value is None or (isinstance(value, float) and value.is_integer())


@schemathesis.hook
def filter_body(context: Any, body: Any) -> bool:
    """What a schema can't say (docs/http.md): null counts as left out; a whole number is written without a point."""
    return not is_beyond_the_schema(body)


@schemathesis.hook
def filter_query(context: Any, query: Any) -> bool:
    """Nor can it say that a parameter `null` counts as left out, as a member does."""
    return not any(value in (None, "null") for value in (query or {}).values())


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """The same of the phase "coverage", which asks for no part of a case alone."""
    query = case.query if isinstance(case.query, dict) else {}
    return filter_query(context, query) and (not isinstance(case.body, dict | list) or filter_body(context, case.body))


@schemathesis.check
def what_the_schema_allows_only_the_database_refuses(context: Any, response: Any, case: Any) -> None:
    """The schema can't know codes, keys, versions, cursors, zones: the database refuses those with a code of its own.

    What the decoder refuses has `errors`, and the schema has to say it too.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 422):
        return
    problem = response.json()
    assert "errors" not in problem and problem["code"] is not None, problem
