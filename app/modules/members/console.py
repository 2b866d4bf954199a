"""Members: people and their roles, how these changed, and how often."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.response import Stream

from jalon.console.area import Area
from jalon.console.listing import Column, Filter, List, Parts, list_page
from jalon.console.page import Filter as Value
from jalon.console.page import ask, filter_parameter, page
from jalon.server.call import Id, Request

areas = [Area("/console/members", "Members", 50, "users", "users")]


def roles(parts: Parts) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parts["table"]["columns"][0]["codes"]
    return found


LIST = List(
    "members",
    "users",
    "/console/members",
    "Members",
    columns=(
        Column("email", "E-mail", sort="email"),
        Column("role", "Role", lambda user: user["status"], "status"),
        Column("role_since", "Since", kind="moment", sort="role_since", is_minor=True),
        Column("created_at", "Member since", kind="moment", sort="created_at", is_minor=True),
    ),
    filters=(Filter("role", "Role", options=roles), Filter("q", "Part of name or address", "search")),
    sort="name",
    title_of=lambda user: user["name"],
    title_sort="name",
    lead="People and their roles, by name.",
)


@get("/console/members")
async def people(request: Request) -> Response[str] | Stream:
    table = ask("tracked_table", "users")
    return await list_page(request, LIST, "members/list.html", ask("users", moves=True), table=table)


@get("/console/members/changes")
async def changes(
    request: Request,
    days: Value = "7",
    since: Value = None,
    until: Value = None,
    from_: Annotated[str | None, filter_parameter("from")] = None,
    to: Value = None,
    email: Value = None,
    after: Value = None,
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
async def person(request: Request, id: Id, after: Value = None) -> Response[str]:
    return await page(
        request,
        "members/person.html",
        user=ask("user", id, moves=True),
        summary=ask("role_change_summary", id, labels=True),
        history=ask("record_history", id, table="users", after=after, limit=20),
    )


routes: list[Any] = [people, changes, person]
