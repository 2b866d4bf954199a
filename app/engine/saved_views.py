"""Views of lists that people save, for themselves or for a role."""

from typing import Annotated, Any

from litestar import Response, delete, get, patch, post
from msgspec import UNSET, Meta, UnsetType

from jalon.server.call import Identifier, Input, JSONBody, Output, QueryParameter, Request, call
from jalon.server.problems import responses

VIEWS = "/api/v1/views"
TAGS = ["Views"]
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S", examples=["Waiting in Lyon"])]
Query = Annotated[
    dict[
        Annotated[str, Meta(min_length=1, max_length=100)],
        Annotated[str, Meta(max_length=1000)],
    ],
    Meta(max_length=50, examples=[{"assignee": "lea", "sort": "-updatedAt"}]),
]
Role = Annotated[str, Meta(min_length=1, max_length=100, examples=["dossier_manager"])]
ListName = Annotated[str, Meta(min_length=1, max_length=200, examples=["dossiers"])]


class NewView(Input, frozen=True, kw_only=True):
    """A view to save: its list, its name, what its address asks for; without a role it is its owner's alone."""

    list: ListName
    name: Name
    query: Query
    role: Role | None = None


class ViewChange(Input, frozen=True, kw_only=True):
    """What is to change of a view; a role of null makes it its owner's alone."""

    name: Name | UnsetType = UNSET
    query: Query | UnsetType = UNSET
    role: Role | UnsetType | None = UNSET


class SavedView(Output):
    """A view of a list that somebody saved."""

    id: str
    list: str
    name: str
    query: dict[str, Any]
    role: str | None
    role_label: str | None
    owner: str
    can_change: bool


class RoleToShareWith(Output):
    """A role for which the reader may save a view."""

    code: str
    label: str


class SavedViews(Output):
    """The views of a list that the reader sees."""

    items: list[SavedView]
    roles: list[RoleToShareWith]


@get(VIEWS, tags=TAGS, responses=responses(), opt={"open": True})
async def saved_views(
    request: Request,
    list: Annotated[str, QueryParameter(max_length=200, description="The list: `dossiers`, `records/orders`.")],
) -> Response[SavedViews]:
    """The views of a list that the reader saved, and those for the reader's roles."""
    return await call("saved_views", None, None, request, list=list)


@post(VIEWS, tags=TAGS, responses=responses(403), status_code=201)
async def save_view(request: Request, data: JSONBody[NewView]) -> Response[SavedView]:
    """Save a view of a list."""
    return await call("save_view", None, data, request)


@patch(f"{VIEWS}/{{id:str}}", tags=TAGS, responses=responses(403, 404))
async def change_view(request: Request, id: Identifier, data: JSONBody[ViewChange]) -> Response[SavedView]:
    """Change a view."""
    return await call("change_view", id, data, request)


@delete(f"{VIEWS}/{{id:str}}", tags=TAGS, responses=responses(403, 404), status_code=204)
async def delete_view(request: Request, id: Identifier) -> Response[None]:
    """Delete a view."""
    return await call("delete_view", id, None, request)


routes: list[Any] = [saved_views, save_view, change_view, delete_view]
