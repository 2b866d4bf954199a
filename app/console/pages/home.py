"""The start page: what waits for me, what is overdue, what changed, what is mine, and my drafts."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.params import PathParameter

from jalon.console.page import Question, ask, page
from jalon.server.call import Request

areas: list[Any] = []  # the navigation begins with it
Section = Annotated[str, PathParameter(max_length=20)]


@get("/console")
async def home(request: Request) -> Response[str]:
    return await page(request, "home/home.html", work=ask("work"), entered=navigation(request))


@get("/console/work/{section:str}")
async def section(request: Request, section: Section) -> Response[str]:
    return await page(request, "home/section.html", work=ask("work", section))


def navigation(request: Request) -> Question:
    return ask("navigation", areas=request.app.state.navigation.names)


routes: list[Any] = [home, section]
