"""A migration's operation that puts a model's table under Jalon, and takes it out again."""

from typing import Any

from django.db import router
from django.db.migrations.operations.base import Operation

from jalon.kits.tracking import track_call, untrack_call


class Track(Operation):
    """`Track("Order", category="ORDER_STATUS")`: options are those of jalon.track, and name columns, not fields."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, **options: Any) -> None:
        self.model_name = model_name
        self.options = options

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (type(self).__name__, [self.model_name], self.options)

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing changes for Django: the two columns that Jalon adds belong to no field."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if model := self.model_here(app_label, schema_editor, to_state):
            call, values = track_call(self.options, "%s")
            schema_editor.execute(call, [schema_editor.quote_name(model._meta.db_table), *values.values()])

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if model := self.model_here(app_label, schema_editor, from_state):
            schema_editor.execute(untrack_call("%s"), [schema_editor.quote_name(model._meta.db_table)])

    def model_here(self, app_label: str, schema_editor: Any, state: Any) -> Any:
        """The model as of this migration, if its table lies in this database; also one that Django doesn't manage."""
        model = state.apps.get_model(app_label, self.model_name)
        return model if router.allow_migrate_model(schema_editor.connection.alias, model) else None

    def describe(self) -> str:
        return f"Put {self.model_name} under Jalon"

    @property
    def migration_name_fragment(self) -> str:
        return f"track_{self.model_name.lower()}"
