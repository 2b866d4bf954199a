"""Webhooks: endpoints, the messages they subscribe to, and the result of each delivery."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from jalon.console.area import Area
from jalon.console.page import Filter, ask, filter_parameter, page
from jalon.server.call import Request

areas = [Area("/console/webhooks", "Webhooks", 95, "hook", group="Administration")]


@get("/console/webhooks")
async def webhooks(request: Request) -> Response[str]:
    return await page(request, "webhooks/list.html", webhooks=ask("webhooks"))


@get("/console/webhooks/new")
async def new(request: Request) -> Response[str]:
    return await page(request, "webhooks/new.html", tracked=ask("tracked"))


@get("/console/webhooks/{id:uuid}")
async def webhook(
    request: Request,
    id: FromPath[UUID],
    which: Annotated[str | None, filter_parameter("state")] = None,
    after: Filter = None,
) -> Response[str]:
    deliveries = ask("webhook_deliveries", id, state=which, after=after, limit=25)
    return await page(request, "webhooks/webhook.html", webhook=ask("webhook", id), deliveries=deliveries, state=which)


@get("/console/webhooks/{id:uuid}/edit")
async def edit(request: Request, id: FromPath[UUID]) -> Response[str]:
    return await page(request, "webhooks/edit.html", webhook=ask("webhook", id), tracked=ask("tracked"))


@get("/console/webhooks/{id:uuid}/deliveries/{delivery:uuid}")
async def delivery(request: Request, id: FromPath[UUID], delivery: FromPath[UUID]) -> Response[str]:
    found = ask("webhook_delivery", id, delivery=delivery)
    return await page(request, "webhooks/delivery.html", webhook=ask("webhook", id), delivery=found)


routes: list[Any] = [webhooks, new, webhook, edit, delivery]
