"""Too many requests wait for the database: a further one is refused unseen, with advice to come back."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import psycopg

from jalon.server.app import create_app
from jalon.settings import Settings

Bearer = Callable[..., dict[str, str]]
HISTORY = "/api/v1/tracked/orders/7/history"


def test_overload_is_shed_before_anything_is_done_for_the_caller(
    shop: psycopg.Connection[Any], settings: Settings, bearer: Bearer
) -> None:
    small = msgspec.structs.replace(settings, pool_size=1, pool_waiting=3, pool_timeout=30, request_timeout=30, tick=0)
    app = create_app(small)
    seen: list[Any] = []
    find_caller = app.state.authenticator.caller

    async def counting(header: Any) -> Any:
        seen.append(header)
        return await find_caller(header)

    app.state.authenticator.caller = counting

    async def main() -> None:
        transport = httpx.ASGITransport(app)
        async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            await app.state.database.pool.wait()
            clerk = bearer("anna", "clerk")
            async with app.state.database.pool.connection():  # the only one
                waiting = [asyncio.create_task(client.get(HISTORY, headers=clerk)) for _ in range(3)]
                async with asyncio.timeout(30):
                    while not app.state.database.is_full:  # noqa: ASYNC110 - the pool tells nobody
                        await asyncio.sleep(0)
                shed = await asyncio.gather(*(client.get(HISTORY, headers=clerk) for _ in range(20)))
                french = await client.get(HISTORY, headers=clerk | {"accept-language": "fr"})
                assert french.json()["detail"] == "Trop de requêtes attendent la base ; réessayez."
                assert len(seen) == 3
                assert {(a.status_code, a.headers["retry-after"], a.json()["code"]) for a in shed} == {
                    (503, "1", "53300")
                }
                assert (await client.get("/health/live")).status_code == 200
            assert [a.status_code for a in await asyncio.gather(*waiting)] == [200] * 3
            text = (await client.get("/metrics", headers=clerk)).text
            assert any(
                line.startswith("jalon_requests_shed_total{") and line.endswith(" 21") for line in text.split("\n")
            )

    asyncio.run(main())
