"""Roles that the database grants to people and machines, beside those of their tokens."""

from typing import Annotated, Any

from litestar import Response, delete, post
from msgspec import Meta

from jalon.engine.schemas import Name
from jalon.server.call import Input, JSONBody, QueryParameter, Request, Timestamp, call
from jalon.server.problems import responses

TAGS = ["Permissions"]
Principal = Annotated[str, Meta(min_length=1, max_length=200, examples=["anna"])]


class Grant(Input, frozen=True, kw_only=True):
    """A role for somebody, for ever or until a moment."""

    principal: Principal
    role: Name
    until: Timestamp | None = None


@post("/api/v1/grants", tags=TAGS, status_code=204, responses=responses(404))
async def grant_role(request: Request, data: JSONBody[Grant]) -> Response[None]:
    """Grant a role."""
    return await call("grant_role", None, data, request)


@delete("/api/v1/grants", tags=TAGS, status_code=204, responses=responses(404))
async def revoke_role(
    request: Request,
    principal: Annotated[str, QueryParameter(max_length=200, description="Who holds it.")],
    role: Annotated[str, QueryParameter(max_length=100, description="The role.")],
) -> Response[None]:
    """Take a granted role away."""
    return await call("revoke_role", None, None, request, principal=principal, role=role)


routes: list[Any] = [grant_role, revoke_role]
