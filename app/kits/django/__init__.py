"""Django: add `jalon.kits.django` to INSTALLED_APPS. See docs/django.md."""

from typing import Any

from django.db import DatabaseError

from jalon.kits.acting import acting, because
from jalon.kits.refusals import RefusalFacts, sqlstate_of

__all__ = ["Refused", "acting", "because"]


class Refused(RefusalFacts, DatabaseError):
    """Jalon refused a statement. `Refused.add_to(form)` makes it an error of a form."""

    def __init__(self, error: Any) -> None:
        said = error.diag
        self.set_facts(sqlstate_of(error), said.message_primary, said.message_detail, said.message_hint)
        super().__init__(self.sentence)

    def add_to(self, form: Any) -> None:
        """Shows the refusal at the field of the status, or above the form if it has no such field."""
        by_column = {field.column: field.name for field in form._meta.model._meta.concrete_fields}
        name = by_column.get(self.facts.get("column"))
        form.add_error(name if name in form.fields else None, self.sentence)
