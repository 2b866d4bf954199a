"""Every component of the console in every state, on one page: what designers look at and tests compare pictures of."""

from typing import Any

from litestar import Response, get

from jalon.console.area import Area
from jalon.console.page import page
from jalon.engine.diagram import lay_out
from jalon.server.call import Request

areas: list[Area] = []


@get("/console/kit")
async def kit(request: Request) -> Response[str]:
    return await page(request, "kit.html", lay_out=lay_out)


routes: list[Any] = [kit]
