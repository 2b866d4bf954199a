"""People and access: grants, keys, what somebody may do and why, who may do something."""

from typing import Any

from litestar import Response, get

from jalon.console.area import Area
from jalon.console.page import Filter, ask, page
from jalon.server.call import Request

areas = [Area("/console/access", "People and access", 84, "key", group="Administration")]


@get("/console/access")
async def access(
    request: Request, who: Filter = None, roles: Filter = None, permission: Filter = None
) -> Response[str]:
    filters = {"who": who, "roles": roles, "permission": permission}
    return await page(request, "access/access.html", access=ask("access", **filters), filters=filters)


routes: list[Any] = [access]
