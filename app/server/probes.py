"""Liveness, readiness and metrics of this process."""

from functools import lru_cache
from typing import Any

import msgspec
from litestar import Response, get

from jalon.install import schema_version
from jalon.server.call import Request
from jalon.server.problems import Problem, responses

READY_SECONDS = 0.8  # in which a load balancer hears whether requests can be served
NOBODYS = {"public": True, "anonymous": True}  # a load balancer asks, whatever else it sends
POOL_STATISTICS = {
    "pool_size": "pool_size",
    "pool_available": "pool_available",
    "pool_waiting": "requests_waiting",
    "pool_refused_total": "requests_errors",
    "pool_connections_lost_total": "connections_lost",
}


class Live(msgspec.Struct):
    """The process answers."""

    status: str = "live"


class Ready(msgspec.Struct):
    """The process can serve requests."""

    status: str = "ready"


class Facts(msgspec.Struct):
    """What jalon_api.ready says of the database."""

    is_standby: bool
    is_read_only: bool
    major: int
    reload: tuple[str, str] | None
    migrations: dict[str, str]


@lru_cache(8)  # the files of an installed version do not change
def find_fault(body: bytes) -> str | None:
    """Why this version can't serve from a database of these facts."""
    facts = msgspec.json.decode(body, type=Facts)
    if facts.is_standby:
        return "The database is a standby: it takes no changes."
    if facts.is_read_only:
        return "The database is read-only: it takes no changes."
    digest, version = facts.reload or (None, None)
    state = schema_version.compare(facts.migrations, digest, version, facts.major)
    return next(state.find_faults(), None)


@get("/health/live", opt=NOBODYS, tags=["Health"], security=[{}])
async def live() -> Live:
    """Whether the process answers. Asks nothing of the database."""
    return Live()


@get("/health/ready", opt=NOBODYS, tags=["Health"], security=[{}], responses=responses(503))
async def ready(request: Request) -> Ready:
    """Whether requests can be served: the database takes changes and is of this version; no shutdown is under way.

    The answer comes within a second. A database that a newer version migrated is ready too, so that servers can be
    replaced one after the other.
    """
    if request.app.state.draining:
        raise Problem(503, "Stopping.")
    if fault := find_fault(await request.app.state.database.ready(READY_SECONDS)):
        raise Problem(503, fault)
    return Ready()


@get(
    "/metrics",
    media_type="text/plain",
    tags=["Health"],
    security=[{"bearer": []}],
    responses=responses(401, 429, 503),
)
async def metrics(request: Request) -> Response[str]:
    """Counters for Prometheus."""
    database = request.app.state.database
    stats = database.pool.get_stats()
    gauges: dict[str, Any] = {name: stats.get(key, 0) for name, key in POOL_STATISTICS.items()}
    gauges |= {
        "streams": len(request.app.state.listener.subscribers),
        "listener_up": int(request.app.state.listener.is_listening),
    }
    if relay := request.app.state.relay:
        gauges |= {"relay_up": int(relay.is_up), "deliveries_in_flight": len(relay.tasks)}
        gauges |= {f"deliveries_{name}_total": relay.counts[name] for name in ("delivered", "failed")}
    try:
        answer = await database.call("health", None, b"{}", b"{}")
        gauges |= {
            name: value for name, value in msgspec.json.decode(answer.body).items() if isinstance(value, int | float)
        }
        gauges["database_up"] = 1
    except Problem:
        gauges["database_up"] = 0
    return Response(request.app.state.metrics.text(gauges), media_type="text/plain; version=0.0.4")


routes = [live, ready, metrics]
