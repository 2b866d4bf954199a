from django.contrib import admin

from jalon.kits.django.admin import TrackedAdmin
from lab.models import Document, Parcel


@admin.register(Parcel)
class ParcelAdmin(TrackedAdmin):
    list_display = ["key", "status"]
    list_editable = ["status"]


@admin.register(Document)
class DocumentAdmin(TrackedAdmin):
    status_fields = ["status", "step"]
