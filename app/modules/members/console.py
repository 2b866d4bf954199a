"""Members: people and their roles, how these changed, and how often."""

from typing import Annotated, Any

from litestar import Response, get

from jalon.console.area import Area
from jalon.console.page import Filter, ask, filter_parameter, page
from jalon.server.call import Id, Request

areas = [Area("/console/members", "Members", 50, "users", "users")]


@get("/console/members")
async def people(request: Request, role: Filter = None, q: Filter = None, after: Filter = None) -> Response[str]:
    filters = {"role": role, "q": q}
    found = ask("users", **filters, after=after, limit=50, moves=True)
    return await page(request, "members/list.html", users=found, table=ask("tracked_table", "users"), filters=filters)


@get("/console/members/changes")
async def changes(
    request: Request,
    days: Filter = "7",
    since: Filter = None,
    until: Filter = None,
    from_: Annotated[str | None, filter_parameter("from")] = None,
    to: Filter = None,
    email: Filter = None,
    after: Filter = None,
) -> Response[str]:
    filters = {"from": from_, "to": to, "days": days, "since": since, "until": until}
    return await page(
        request,
        "members/changes.html",
        changes=ask("role_changes", **filters, email=email, after=after, limit=50),
        statistics=ask("role_statistics_page", **filters),
        table=ask("tracked_table", "users"),
        filters=filters | {"email": email},
    )


@get("/console/members/{id:str}")
async def person(request: Request, id: Id, after: Filter = None) -> Response[str]:
    return await page(
        request,
        "members/person.html",
        user=ask("user", id, moves=True),
        summary=ask("role_change_summary", id, labels=True),
        history=ask("record_history", id, table="users", after=after, limit=20),
    )


routes: list[Any] = [people, changes, person]
