"""The endpoints that serve every tracked table, a user's own too."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, post
from msgspec import Meta

from jalon.errors import responses
from jalon.web import Id, Input, JSONBody, Request, Table, call

PATH = "/api/v1/tracked"
Code = Annotated[str, Meta(min_length=1, max_length=100, examples=["PAID"])]
Reason = Annotated[str, Meta(max_length=4000, examples=["Paid by transfer"])]


class Move(Input, frozen=True, kw_only=True):
    """Where to, why, and what the caller believes."""

    to: Code
    reason: Reason | None = None
    expected_from: Code | None = None
    expected_version: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    meta: dict[str, Any] | None = None
    column: Annotated[str, Meta(max_length=63)] | None = None
    on_behalf_of: Annotated[str, Meta(max_length=200)] | None = None
    force: bool = False


class Moved(msgspec.Struct, rename="camel"):
    """What became of a move."""

    table: str
    id: str
    column: str
    to: str
    version: int
    changed_at: datetime
    changed: bool
    etag: str
    from_: str | None = msgspec.field(name="from", default=None)


@post(
    f"{PATH}/{{table:str}}/{{id:str}}/moves",
    status_code=200,
    tags=["Records"],
    opt={"coalesce": True},
    responses=responses(404, 409, 412, 422),
)
async def move(request: Request, table: Table, id: Id, data: JSONBody[Move]) -> Response[Moved]:
    """Move a record. If-Match or expectedVersion refuses a stale belief; `Prefer: tx=rollback` tries without doing."""
    return await call("move_record", id, data, request, table=table)


routes = [move]
