"""Permissions: who may do what, role by role and status by status."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, put
from msgspec import Meta

from jalon.engine.schemas import Name
from jalon.server.call import Input, JSONBody, Output, QueryParameter, Request, call
from jalon.server.problems import responses

PERMISSIONS = ["Permissions"]
Group = Annotated[
    str | None, QueryParameter(name="module", max_length=100, description="Only this group of permissions.")
]
TableOfGrid = Annotated[
    str | None,
    QueryParameter(name="table", max_length=100, description="The tracked table; * for rules of all tables."),
]
RoleFilter = Annotated[
    str | None,
    QueryParameter(name="role", max_length=100, description="One role; * for every role, else those that have a row."),
]


class Rule(Input, frozen=True, kw_only=True):
    """A cell of the matrix; allowed null takes the rule away."""

    role: Name
    permission: Name
    scope: Name = "*"
    status: Name = "*"
    allowed: bool | None


class Rules(Input, frozen=True, kw_only=True):
    """Cells to set."""

    rules: Annotated[list[Rule], Meta(max_length=1000)]


class Permission(Output):
    """A permission."""

    code: str
    label: str
    description: str
    module: str


class Role(Output):
    """A role."""

    code: str
    label: str
    description: str | None


class RuleBody(msgspec.Struct):
    """A cell of the matrix."""

    role: str
    permission: str
    scope: str
    status: str
    allowed: bool


class Permissions(Output):
    """The catalogue and the matrix."""

    permissions: list[Permission]
    roles: list[Role]
    rules: list[RuleBody]


class MatrixStatus(Output):
    """A column of the grid: a code of the table."""

    code: str
    label: str
    category: str
    color: str | None
    icon: str | None


class MatrixCell(Output):
    """Whether a role has a permission at a status, by a row of its own or by which wider one."""

    status: str
    allowed: bool
    is_own: bool
    from_scope: str | None
    from_status: str | None


class MatrixRow(Output):
    """A role, and the scope in which its cells are set; a ceiling limits the permissions of custom roles."""

    role: str
    label: str
    scope: str
    is_ceiling: bool
    cells: list[MatrixCell]


class MatrixPermission(Permission):
    """A permission with its rows."""

    rows: list[MatrixRow]


class RoleName(Output):
    """A role."""

    code: str
    label: str


class Matrix(Output):
    """The matrix of one group of permissions for one table, as a grid."""

    module: str | None
    scope: str
    modules: list[str]
    scopes: list[str]
    roles: list[RoleName]
    statuses: list[MatrixStatus]
    permissions: list[MatrixPermission]


@get("/api/v1/permissions", tags=PERMISSIONS, responses=responses(), opt={"open": True})
async def permissions(request: Request) -> Response[Permissions]:
    """The catalogue of permissions and the matrix role × permission × table × status."""
    return await call("permissions", None, None, request)


@get("/api/v1/permissions/matrix", tags=PERMISSIONS, responses=responses(404))
async def permission_matrix(
    request: Request, module: Group = None, table: TableOfGrid = None, role: RoleFilter = None
) -> Response[Matrix]:
    """The matrix as a grid of roles, permissions and statuses; for people who may change it."""
    return await call("permission_matrix", None, None, request, module=module, table=table, role=role)


@put("/api/v1/permissions", tags=PERMISSIONS, responses=responses(404))
async def set_permissions(request: Request, data: JSONBody[Rules]) -> Response[Permissions]:
    """Set cells of the matrix; the others stay."""
    return await call("set_permissions", None, data, request)


routes: list[Any] = [permissions, permission_matrix, set_permissions]
