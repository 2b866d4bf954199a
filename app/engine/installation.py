"""The state of the installation: server, migrations, tracked tables, and the findings of jalon.verify."""

from datetime import date
from typing import Annotated

from litestar import Response, get
from msgspec import Meta

from jalon.server.call import Output, QueryParameter, Request, Timestamp, call
from jalon.server.problems import responses

TAGS = ["Health"]
OfTable = Annotated[str | None, QueryParameter(name="table", max_length=100, description="Of this tracked table only.")]


class Reload(Output):
    """When functions, views and triggers were made again."""

    digest: str
    at: Timestamp


class InstalledTable(Output):
    """A tracked table."""

    name: str
    table: str
    rows: Annotated[int | None, Meta(description="As the planner last counted them.")]
    last_change: Timestamp | None
    triggers_enabled: bool
    history: str


class PartitionReach(Output):
    """How far the partitions of a table reach."""

    table: str
    until: date


class Installation(Output):
    """The state of the installation."""

    server: str
    major: int
    database: str
    started_at: Timestamp
    migrations: list[str]
    reload: Reload | None
    tables: list[InstalledTable]
    partitions: list[PartitionReach]


class IntegrityFinding(Output):
    """A disagreement between a table and its history, or a weakness of the installation."""

    table: str | None
    problem: str
    detail: str | None
    hint: str | None


class IntegrityFindings(Output):
    """The findings of jalon.verify; an empty list is good news."""

    items: list[IntegrityFinding]


@get("/api/v1/installation", tags=TAGS, responses=responses())
async def installation(request: Request) -> Response[Installation]:
    """Server, applied migrations, last reload, tracked tables, and how far partitions reach."""
    return await call("installation", None, None, request)


@get("/api/v1/verify", tags=TAGS, responses=responses(404))
async def findings(request: Request, table: OfTable = None) -> Response[IntegrityFindings]:
    """Verify a tracked table, or all. If this takes longer than a request may, run jalon.verify() in psql."""
    return await call("verify", None, None, request, table=table)


routes = [installation, findings]
