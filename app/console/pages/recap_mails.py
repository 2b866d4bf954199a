"""One's own subscriptions to the weekly recap by e-mail."""

from typing import Any

from litestar import Response, get

from jalon.console.page import Filter, ask, page
from jalon.server.call import Request

areas: list[Any] = []


@get("/console/recaps/mail")
async def mine(request: Request, table: Filter = None) -> Response[str]:
    return await page(request, "recaps/mail.html", mails=ask("recap_subscriptions"), table=table)


routes: list[Any] = [mine]
