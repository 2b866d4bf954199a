"""Search: records by the beginning of any word or by key, and moves; the palette of Ctrl+K shows the same results."""

from typing import Any

from litestar import Response, get

from jalon.console.page import Filter, ask, page
from jalon.server.call import Request

areas: list[Any] = []  # the header leads there


@get("/console/search")
async def search(request: Request, q: Filter = None) -> Response[str]:
    return await page(request, "search/search.html", found=ask("search", q=q))


routes: list[Any] = [search]
