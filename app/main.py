"""The web application: plugins, lifespan, routes, nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, get
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from jalon.settings import Settings, load


@get("/health/live", sync_to_thread=False)
def live() -> dict[str, str]:
    return {"status": "ok"}


def create_app(settings: Settings | None = None) -> Litestar:
    settings = settings or load()
    pool = AsyncConnectionPool(
        settings.api_dsn or settings.dsn,
        open=False,
        kwargs={"autocommit": True},
        max_size=settings.pool_size,
        min_size=1,
        timeout=settings.pool_timeout,
    )

    @get("/health/ready")
    async def ready() -> dict[str, str]:
        try:
            async with pool.connection() as connection:
                await connection.execute("select 1")
        except PoolTimeout:
            return {"status": "no database"}
        return {"status": "ok"}

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with pool:
            yield

    return Litestar([live, ready], lifespan=[lifespan])
