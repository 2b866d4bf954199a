"""The permission matrix: role x permission x status, cell by cell."""

from typing import Any

from litestar import Response, get

from jalon.console.area import Area
from jalon.console.page import Filter, ask, page
from jalon.server.call import Request

areas = [Area("/console/permissions", "Permissions", 86, "ballot", group="Administration")]


@get("/console/permissions")
async def permissions(
    request: Request, module: Filter = "proposition", table: Filter = None, role: Filter = None
) -> Response[str]:
    filters = {"module": module, "table": table, "role": role}
    return await page(
        request, "permissions/matrix.html", filters=filters, matrix=ask("permission_matrix", None, **filters)
    )


routes: list[Any] = [permissions]
