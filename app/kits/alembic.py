"""Alembic: what autogenerate leaves alone, and `op.track`, which importing this makes known (docs/sqlalchemy.md)."""

import re
from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import Engine, event, text
from sqlalchemy.engine import ExceptionContext

from jalon.kits.refusals import advice_on
from jalon.kits.tracking import track_call, untrack_call

OWN_COLUMNS = {"status_version", "status_changed_at"}
OWN_SCHEMA = re.compile(r"jalon(_|$)")


def include_object(item: Any, name: str | None, type_: str, reflected: bool, compare_to: Any) -> bool:
    """Leaves Jalon's schemas and its two columns alone; what the application maps is compared as ever."""
    table = item if type_ == "table" else getattr(item, "table", None)
    if OWN_SCHEMA.match(getattr(table, "schema", None) or ""):
        return False
    is_own = type_ == "column" and name in OWN_COLUMNS and reflected and compare_to is None
    return not is_own


def include_name(name: str | None, type_: str, parent_names: Any) -> bool:
    """With `include_schemas`: Jalon's schemas aren't even read."""
    return not (type_ == "schema" and OWN_SCHEMA.match(name or ""))


@Operations.register_operation("track")
class TrackOp(MigrateOperation):
    """`op.track("shop.orders", category="ORDER_STATUS")`: options are those of jalon.track."""

    def __init__(self, table: str, options: dict[str, Any]) -> None:
        self.table = table
        self.options = options

    @classmethod
    def track(cls, operations: Operations, table: str, **options: Any) -> Any:
        return operations.invoke(cls(table, options))

    def reverse(self) -> "UntrackOp":
        return UntrackOp(self.table)


@Operations.register_operation("untrack")
class UntrackOp(MigrateOperation):
    """`op.untrack("shop.orders")`: its history stays."""

    def __init__(self, table: str) -> None:
        self.table = table

    @classmethod
    def untrack(cls, operations: Operations, table: str) -> Any:
        return operations.invoke(cls(table))


@Operations.implementation_for(TrackOp)
def track(operations: Operations, operation: TrackOp) -> None:
    call, values = track_call(operation.options, ":{name}")
    operations.execute(text(call).bindparams(table=operation.table, **values))


@Operations.implementation_for(UntrackOp)
def untrack(operations: Operations, operation: UntrackOp) -> None:
    operations.execute(text(untrack_call(":{name}")).bindparams(table=operation.table))


@event.listens_for(Engine, "handle_error")
def note_advice(context: ExceptionContext) -> None:
    """Of a migration's `op.alter_column` that PostgreSQL refuses because Jalon's triggers name the column."""
    if context.sqlalchemy_exception and (advice := advice_on(context.original_exception)):
        context.sqlalchemy_exception.add_note(f"{advice}, in op.execute (docs/sqlalchemy.md)")
