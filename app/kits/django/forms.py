"""Forms that offer the moves which the database allows, and show its refusals."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import connections
from django.db.models import BooleanField
from django.utils.translation import get_language

from jalon.kits.django import Refused
from jalon.kits.tracking import NAME_OF_TABLE

ALLOWED = f"""select e.to_code, e.label
    from jalon.explain_many({NAME_OF_TABLE.format(table="%s")}, array[%s]::text[], language => %s) e
    where e.is_allowed and e.column_name = %s"""  # noqa: S608


def allowed_moves(instance: Any, field_name: str) -> list[tuple[str, str]]:
    """The codes to which the present actor may move a record, each with what the move is called."""
    meta = instance._meta
    connection = connections[instance._state.db]
    table = connection.ops.quote_name(meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(ALLOWED, [table, str(instance.pk), get_language(), meta.get_field(field_name).column])
        return list(cursor.fetchall())


class StatusField(forms.TypedChoiceField):
    """Offers where a record stands, and where it may go: `StatusField(order, "status")`.

    A new record is offered the choices of its model, or else the default; the database refuses what is not a beginning.
    """

    def __init__(self, instance: Any, field_name: str, **options: Any) -> None:
        field = instance._meta.get_field(field_name)
        labels = {code_of(code): label for code, label in field.flatchoices}
        present = code_of(getattr(instance, field.attname))
        choices = [(present, labels.get(present, present))]
        if not instance._state.adding:
            choices += allowed_moves(instance, field_name)
        elif labels:
            choices = list(labels.items())
        is_boolean = isinstance(field, BooleanField)
        super().__init__(choices=choices, coerce="true".__eq__ if is_boolean else field.to_python, **options)

    def prepare_value(self, value: Any) -> str:
        return code_of(value)


def code_of(value: Any) -> str:
    """A status as the database writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class TrackedForm(forms.ModelForm):
    """A form of a tracked model. `status_fields` names those of its fields that hold a status."""

    status_fields: Sequence[str] = ("status",)
    refused: Refused | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.status_fields:
            if name in self.fields:
                old = self.fields[name]
                self.fields[name] = StatusField(
                    self.instance, name, label=old.label, help_text=old.help_text, required=old.required
                )

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.refused:
            self.refused.add_to(self)
        return cleaned
