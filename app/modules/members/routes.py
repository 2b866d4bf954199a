"""Members: users, their roles, and how these changed; and whom to name."""

from typing import Annotated, Literal

from litestar import Response, delete, get, post, put

from jalon.modules.members.schemas import (
    ChangedUser,
    NewUser,
    NewUserRole,
    People,
    Profile,
    RecapRows,
    Summary,
    User,
    UserRoleHistory,
    Users,
)
from jalon.server.call import (
    After,
    Count,
    Fields,
    Id,
    JSONBody,
    Limit,
    QueryParameter,
    Request,
    as_csv,
    call,
    sort_parameter,
)
from jalon.server.problems import responses

USERS = "/api/v1/users"
USER = f"{USERS}/{{id:str}}"
RECAPS = "/api/v1/recaps"

Sort = Annotated[str, sort_parameter("name", "email", "created_at", "role_since", "id")]
RoleFilter = Annotated[str | None, QueryParameter(max_length=100, description="A code of USER_ROLE.")]
Moment = Annotated[str | None, QueryParameter(max_length=50, description="A point in time.")]
WithMoves = Annotated[bool, QueryParameter(description="With the role and the changes that are the reader's to make.")]
Days = Annotated[int | None, QueryParameter(ge=1, le=36500, description="So many days back, if there is no since.")]
Format = Annotated[Literal["json", "csv"], QueryParameter(description="As a document or as rows.")]


@get("/profile", tags=["Members"], responses=responses(404), opt={"open": True})
async def profile(request: Request) -> Response[User]:
    """The caller's own user."""
    return await call("profile", None, None, request)


@put("/profile", tags=["Members"], responses=responses(404, 409, 412, 422))
async def edit_profile(request: Request, data: JSONBody[Profile]) -> Response[User]:
    """Edit one's own profile. A role in it is recorded if the caller may change roles, and refused otherwise."""
    return await call("edit_profile", None, data, request)


@get(USERS, tags=["Members"])
async def users(
    request: Request,
    role: RoleFilter = None,
    q: Annotated[str | None, QueryParameter(max_length=200, description="Part of name or address.")] = None,
    moves: WithMoves = False,
    sort: Sort = "name",
    count: Count = False,
    fields: Fields = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[Users]:
    """Users that the caller may see, by name unless sorted otherwise."""
    form = {"moves": moves, "sort": sort, "count": count, "fields": fields}
    return await call("users", None, None, request, role=role, q=q, **form, after=after, limit=limit)


@post(USERS, tags=["Members"], responses=responses(409, 422))
async def create_user(request: Request, data: JSONBody[NewUser]) -> Response[User]:
    """Create a user with a first role."""
    return await call("create_user", None, data, request)


@get(USER, tags=["Members"], responses=responses(404))
async def user(request: Request, id: Id, moves: WithMoves = False) -> Response[User]:
    """One user."""
    return await call("user", id, None, request, moves=moves)


@delete(USER, status_code=204, tags=["Members"], responses=responses(404, 412))
async def erase_user(request: Request, id: Id) -> Response[None]:
    """Erase a user and their history: the right to be forgotten."""
    return await call("erase_user", id, None, request)


@put(f"{USER}/role", tags=["Members"], opt={"moves": True}, responses=responses(404, 409, 412, 422, 428))
async def change_user_role(request: Request, id: Id, data: JSONBody[NewUserRole]) -> Response[ChangedUser]:
    """Give a user another role."""
    return await call("change_user_role", id, data, request)


@get(f"{USER}/role-history", tags=["Members"], responses=responses(404))
async def user_role_history(
    request: Request, id: Id, limit: Annotated[int | None, QueryParameter(ge=1, le=10000)] = None
) -> Response[UserRoleHistory]:
    """The changes of a user's role, the latest first."""
    return await call("user_role_history", id, None, request, limit=limit)


@get(f"{USER}/role-summary", tags=["Members"], responses=responses(404))
async def role_change_summary(request: Request, id: Id) -> Response[Summary]:
    """The changes of a user's role in short."""
    return await call("role_change_summary", id, None, request)


@get(f"{RECAPS}/role-changes", tags=["Recaps"])
async def role_changes(
    request: Request,
    email: Annotated[str | None, QueryParameter(max_length=320)] = None,
    from_: Annotated[str | None, QueryParameter(name="from", max_length=100)] = None,
    to: RoleFilter = None,
    days: Days = None,
    since: Moment = None,
    until: Moment = None,
    with_creation: Annotated[bool, QueryParameter(description="First roles too.")] = False,
    after: After = None,
    limit: Annotated[
        int | None, QueryParameter(ge=1, le=500, description="How many at most; all if it is absent.")
    ] = None,
    format: Format = "json",
) -> Response[RecapRows]:
    """Changes of roles: of one user, from a role, to a role, within a period."""
    rows = await call(
        "role_changes", None, None, request,
        email=email, **{"from": from_}, to=to, days=days, since=since, until=until, with_creation=with_creation,
        after=after, limit=limit,
    )  # fmt: skip
    return as_csv(request, rows) if format == "csv" else rows


@get(f"{RECAPS}/role-statistics", tags=["Recaps"])
async def role_statistics(
    request: Request,
    from_: Annotated[str | None, QueryParameter(name="from", max_length=100)] = None,
    to: RoleFilter = None,
    days: Days = None,
    since: Moment = None,
    until: Moment = None,
    format: Format = "json",
) -> Response[RecapRows]:
    """How often roles were changed, with shares and the time it took."""
    rows = await call(
        "role_statistics", None, None, request, **{"from": from_}, to=to, days=days, since=since, until=until
    )
    return as_csv(request, rows) if format == "csv" else rows


@get("/api/v1/people", tags=["Members"])
async def people(
    request: Request,
    q: Annotated[str | None, QueryParameter(max_length=200, description="Part of the name.")] = None,
) -> Response[People]:
    """Names of people to suggest, taken from what the caller may see."""
    return await call("people", None, None, request, q=q)


routes = [
    profile, edit_profile, users, create_user, user, erase_user, change_user_role, user_role_history,
    role_change_summary,
    role_changes, role_statistics, people,
]  # fmt: skip
