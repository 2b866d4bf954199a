"""Somebody's work: the start page asks for it; here is what a person says of it."""

from typing import Any

from litestar import Response, post

from jalon.server.call import Request, call
from jalon.server.problems import responses

TAGS = ["Work"]


@post("/api/v1/work/looks", tags=TAGS, status_code=204, responses=responses())
async def look_at_work(request: Request) -> Response[None]:
    """Say that what changed until now is no news to me any more."""
    return await call("look", None, None, request)


routes: list[Any] = [look_at_work]
