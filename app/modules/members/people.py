"""Whom to name: suggestions for a field in which somebody is named."""

from typing import Annotated

import msgspec
from litestar import Response, get

from jalon.server.call import QueryParameter, Request, call


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody as tokens name him, and what he is called, where that is known."""

    id: str
    name: str | None


class People(msgspec.Struct, frozen=True, kw_only=True):
    """At most 20 of them."""

    items: list[Person]


@get("/api/v1/people", tags=["Members"])
async def people(
    request: Request,
    q: Annotated[str | None, QueryParameter(max_length=200, description="Part of the name.")] = None,
) -> Response[People]:
    """Names to suggest, of people whom the caller meets in what he may see."""
    return await call("people", None, None, request, q=q)


routes = [people]
