"""Print the sources of the dbt package: views, columns, their comments, and tests from the categories.

    jalon dbt > models/sources.yml

The package brings the sources that every database has. With those of this database, its timelines are sources too, and
each of their status columns is tested for the codes of its category.
"""

import argparse
import json
from collections.abc import Iterator

from jalon.install import postgres
from jalon.install.catalog import QUERIES
from jalon.settings import Settings

HEAD = "# Printed by `jalon dbt`: the texts are the comments of the database.\nversion: 2\nsources:"


def arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def run(settings: Settings, options: argparse.Namespace) -> None:
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        print("\n".join([HEAD, *sources(connection.execute(QUERIES["sources"]).fetchall())]))


def sources(rows: list[tuple[object, ...]]) -> Iterator[str]:
    """Lines of YAML; a text is written as JSON, which YAML reads."""
    schema_now = view_now = None
    for schema, schema_text, view, view_text, column, column_text, column_type, codes in rows:
        if schema != schema_now:
            yield f"  - name: {schema}"
            yield f"    schema: \"{{{{ var('{schema}', '{schema}') }}}}\""
            yield f"    description: {as_json(schema_text)}"
            yield "    tables:"
            schema_now = schema
        if (schema, view) != view_now:
            yield f"      - name: {view}"
            yield f"        description: {as_json(view_text)}"
            yield "        columns:"
            view_now = (schema, view)
        yield f"          - name: {column}"
        yield f"            description: {as_json(column_text)}"
        yield f"            data_type: {as_json(column_type)}"
        if codes:
            yield "            data_tests:"
            yield "              - accepted_values:"
            yield f"                  values: {as_json(codes)}"


def as_json(value: object) -> str:
    return json.dumps(value or "", ensure_ascii=False)
