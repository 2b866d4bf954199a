"""The admin offers the moves that the database allows, and shows its refusals where others show errors."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db import router, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jalon.kits.django import Refused
from jalon.kits.django.forms import TrackedForm


class TrackedAdmin(admin.ModelAdmin):
    """`class OrderAdmin(TrackedAdmin)`, also beside another ModelAdmin; a form of its own extends TrackedForm."""

    form = TrackedForm
    status_fields: Sequence[str] = ("status",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        form = super().get_form(request, obj, change, **options)
        refused = getattr(request, "jalon_refused", None)
        return type(form.__name__, (form,), {"status_fields": self.status_fields, "refused": refused})

    def get_changelist_form(self, request: HttpRequest, **options: Any) -> Any:
        form = type("TrackedListForm", (TrackedForm,), {"status_fields": self.status_fields})
        return super().get_changelist_form(request, **{"form": form} | options)

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **options)
        except Refused as refused:
            request.jalon_refused = refused  # the form comes again with this error
            return super().changeform_view(request, *args, **options)

    def changelist_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        return self.or_message(request, super().changelist_view, *args, **options)

    def delete_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        return self.or_message(request, super().delete_view, *args, **options)

    def or_message(self, request: HttpRequest, view: Any, *args: Any, **options: Any) -> HttpResponse:
        """What the view answers, or the page again with the refusal; then nothing was changed."""
        try:
            with transaction.atomic(using=router.db_for_write(self.model)):
                return view(request, *args, **options)
        except Refused as refused:
            messages.error(request, refused.sentence)
            return HttpResponseRedirect(request.get_full_path())
