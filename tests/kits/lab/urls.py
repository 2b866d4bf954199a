from django.contrib import admin
from django.db import connection
from django.http import HttpResponse
from django.urls import path

from lab.models import Parcel


def move(request, key, status):
    parcel, _ = Parcel.objects.get_or_create(key=key)
    parcel.status = status
    parcel.save()
    return HttpResponse(str(connection.connection.info.backend_pid))


async def amove(request, key, status):
    parcel, _ = await Parcel.objects.aget_or_create(key=key)
    parcel.status = status
    await parcel.asave()
    return HttpResponse()


urlpatterns = [path("admin/", admin.site.urls), path("move/<key>/<status>", move), path("amove/<key>/<status>", amove)]
