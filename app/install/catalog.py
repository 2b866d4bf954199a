"""Questions to the database's catalogue: catalog.sql has them, each by its name."""

import re
from pathlib import Path
from typing import Any

import psycopg

from jalon import modules

# Its views are the engine's to make: each shows another of ours without persons.
MASKED_SCHEMA = "jalon_masked"
# All of Jalon's schemas, and those of them whose functions, views and triggers come from files.
SCHEMAS = (
    *("jalon_engine", *modules.schemas(), "jalon_generated"),
    *("jalon", "jalon_api", "jalon_history", "jalon_recap", MASKED_SCHEMA, "jalon_install"),
)
RELOADED_SCHEMAS = [schema for schema in SCHEMAS if schema not in ("jalon_generated", "jalon_install")]
# What the mover owns, so that it runs with the mover's rights, which are hardly any.
MOVER_FUNCTIONS = (
    *("update_row_as_mover", "update_mapped_rows", "import_row", "renumber_rows", "row_as_json"),
    *("states_as_mover", "rows_as_mover", "row_as_mover", "lock_row_as_mover", "fire_deferred_as_mover"),
)


# By their names; catalog.sql says what each is for.
QUERIES: dict[str, str] = dict(
    re.findall(
        r"^-- (\w+): [^\n]*\n(?:-- [^\n]*\n)*(.+?)(?=\n\n-- |\Z)",
        Path(__file__).with_name("catalog.sql").read_text(),
        re.DOTALL | re.MULTILINE,
    )
)


def read_objects(connection: psycopg.Connection[Any]) -> dict[str, tuple[str, int, str]]:
    """What files made in our schemas: by its name its catalogue, oid and mark."""
    rows = connection.execute(QUERIES["objects_from_files"], {"schemas": RELOADED_SCHEMAS})
    return {f"{kind} {identity}": (kind, oid, mark) for identity, kind, oid, mark in rows}


def find_dependents(
    connection: psycopg.Connection[Any], kind: str, oid: int
) -> list[tuple[str, str, str, str, int, int]]:
    """Type, identity, description, catalogue, oid and depth of the object and its dependents, the deepest first."""
    return connection.execute(QUERIES["dependents"], {"class": kind, "oid": oid}).fetchall()


def find_lock_holders(connection: psycopg.Connection[Any]) -> str:
    """Sessions that hold locks on tables while a transaction of theirs is open, the oldest first."""
    return "; ".join(row[0] for row in connection.execute(QUERIES["lock_holders"]))
