"""The call of jalon.track and of jalon.untrack in a migration, for any framework."""

import json
from typing import Any

TYPES = {"columns": "jsonb", "relations": "jsonb", "add_missing_codes": "boolean", "foreign_key": "boolean"}
# Two tables may have one name: a table is named with its schema.
NAME_OF_TABLE = "(pg_identify_object('pg_class'::regclass, cast({table} as regclass), 0)).identity"


def track_call(options: dict[str, Any], placeholder: str) -> tuple[str, dict[str, Any]]:
    """The statement, with a placeholder like `%({name})s` for each value, and the values; the table's is `table`."""
    values = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in options.items()}
    given = [f"{name} => cast({placeholder.format(name=name)} as {TYPES.get(name, 'text')})" for name in options]
    table = f"cast({placeholder.format(name='table')} as regclass)"
    return f"select jalon.track({', '.join([table, *given])})", values


def untrack_call(placeholder: str) -> str:
    return f"select jalon.untrack({NAME_OF_TABLE.format(table=placeholder.format(name='table'))})"
