"""Notifications: their page. The bell in the header is templates/bell.html and static/bell.js."""

from typing import Any

from litestar import Response, get

from jalon.console.area import Area
from jalon.console.page import Filter, ask, page
from jalon.server.call import Request

links = {"/console/": "/console/"}
areas = [Area("/console/notifications", "Notifications", 24, "bell")]


@get("/console/notifications")
async def notifications(
    request: Request, unread: Filter = None, type: Filter = None, after: Filter = None
) -> Response[str]:
    filters = {"unread": unread, "type": type}
    notices = ask("notifications", **filters, after=after, limit=30, countTo=1001)
    return await page(request, "notifications/list.html", notices=notices, filters=filters)


routes: list[Any] = [notifications]
