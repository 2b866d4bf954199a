"""How the installation does, for those who watch its health: where it stands, and what jalon.verify finds."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, get
from msgspec import Meta

from jalon.server.call import QueryParameter, Request, Timestamp, call
from jalon.server.problems import responses

TAGS = ["Health"]
OfTable = Annotated[str | None, QueryParameter(name="table", max_length=100, description="Of this tracked table only.")]


class Camel(msgspec.Struct, rename="camel"):
    """camelCase on the wire."""


class Reload(Camel):
    """When functions, views and triggers were made again."""

    digest: str
    at: Timestamp


class TableStanding(Camel):
    """A tracked table."""

    name: str
    table: str
    rows: Annotated[int | None, Meta(description="As the planner last counted them.")]
    last_change: Timestamp | None
    triggers_enabled: bool
    history: str


class Reach(Camel):
    """How far the partitions of a table reach."""

    table: str
    until: date


class Standing(Camel):
    """Where the installation stands."""

    server: str
    major: int
    database: str
    started_at: Timestamp
    migrations: list[str]
    reload: Reload | None
    tables: list[TableStanding]
    partitions: list[Reach]


class Finding(Camel):
    """Something that does not agree."""

    table: str | None
    problem: str
    detail: str | None
    hint: str | None


class Findings(Camel):
    """What jalon.verify finds; nothing is good news."""

    items: list[Finding]


@get("/api/v1/installation", tags=TAGS, responses=responses())
async def standing(request: Request) -> Response[Standing]:
    """Server, applied migrations, last reload, tracked tables, and how far partitions reach."""
    return await call("installation", None, None, request)


@get("/api/v1/verify", tags=TAGS, responses=responses(404))
async def verify(request: Request, table: OfTable = None) -> Response[Findings]:
    """Prove a tracked table, or all. A large one takes long: beyond the time of a request, `select * from jalon.verify()` in psql."""
    return await call("verify", None, None, request, table=table)


routes = [standing, verify]
