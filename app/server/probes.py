"""Liveness, readiness and metrics of this process."""

from typing import Any

import msgspec
from litestar import Response, get

from jalon.server.call import Request
from jalon.server.problems import Problem, responses

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


@get("/health/live", opt={"public": True}, tags=["Health"], security=[{}])
async def live() -> Live:
    """Whether the process answers. Asks nothing of the database."""
    return Live()


@get(
    "/health/ready", opt={"public": True}, tags=["Health"], security=[{}], responses=responses(503, needs_caller=False)
)
async def ready(request: Request) -> Ready:
    """Whether requests can be served: the database answers, its schema fits this version, no shutdown is under way."""
    if request.app.state.draining:
        raise Problem(503, "Stopping.")
    await request.app.state.database.call("health", None, b"{}", b"{}")
    await request.app.state.database.read_languages()
    return Ready()


@get(
    "/metrics",
    media_type="text/plain",
    tags=["Health"],
    security=[{"bearer": []}],
    responses=responses(401, needs_caller=False),
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
