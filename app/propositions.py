"""Propositions: custom roles, made-to-measure actions, and the settings of both."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, delete, get, patch, post, put
from litestar.openapi.spec import Example
from litestar.params import PathParameter
from msgspec import UNSET, Meta, UnsetType

from jalon.errors import responses
from jalon.lifecycle import Code, Move, Moved, Reason
from jalon.web import After, Id, Input, JSONBody, Limit, QueryParameter, Request, call

PATH = "/api/propositions"
ONE = f"{PATH}/{{id:str}}"
ROLE = f"{ONE}/roles/{{role:str}}"
ACTION = f"{ONE}/actions/{{action:str}}"

Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", examples=["A bicycle lane on Station Street"])]
Body = Annotated[str, Meta(max_length=100_000)]
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S", examples=["Treasurer"])]
Description = Annotated[str, Meta(max_length=2000)]
Icon = Annotated[str, Meta(max_length=100, examples=["coin"])]
Permissions = Annotated[
    list[Annotated[str, Meta(max_length=100)]], Meta(max_length=50, examples=[["trigger_custom_action"]])
]
Statuses = Annotated[list[Code], Meta(min_length=1, max_length=50, examples=[["debate", "vote"]])]
Roles = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=200)]],
    Meta(min_length=1, max_length=50, examples=[["initiator", "custom:treasurer"]]),
]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Position = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
User = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", examples=["carla"])]
Visibility = Literal["roles", "everyone"]
Payload = Annotated[dict[str, Any], Meta(examples=[{"budget": "{input.amount}", "text": "{actor}: {proposition.title}"}])]

RoleKey = Annotated[str, PathParameter(name="role", max_length=100, description="A custom role, by id or code.")]
ActionKey = Annotated[str, PathParameter(name="action", max_length=100, description="A custom action, by id or code.")]
UserKey = Annotated[
    str, PathParameter(name="user", max_length=200, description="Who holds it.", examples=[Example(value="carla")])
]
Why = Annotated[str | None, QueryParameter(name="reason", max_length=4000, description="Why.")]


class NewProposition(Input, frozen=True, kw_only=True):
    """What is put forward."""

    title: Title
    body: Body = ""


class PropositionChange(Input, frozen=True, kw_only=True):
    """Title and text; limits of this proposition, null for those of the settings."""

    title: Title | UnsetType = UNSET
    body: Body | UnsetType = UNSET
    max_roles: Count | None | UnsetType = UNSET
    max_holders: Count | None | UnsetType = UNSET


class NewRole(Input, frozen=True, kw_only=True):
    """A role of one proposition. Its maker must hold what it carries."""

    name: Name
    description: Description | None = None
    permissions: Permissions = []
    max_holders: Count | None = None


class RoleChange(Input, frozen=True, kw_only=True):
    """What changes of a role."""

    name: Name | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET
    permissions: Permissions | UnsetType = UNSET
    max_holders: Count | None | UnsetType = UNSET


class NewHolder(Input, frozen=True, kw_only=True):
    """To whom a role is handed out, and until when."""

    user_id: User
    until: Annotated[datetime, Meta(tz=True)] | None = None
    reason: Reason | None = None


class NewAction(Input, frozen=True, kw_only=True):
    """A button: where it shows, who may press it, what it tells, where its arrow leads."""

    name: Name
    statuses: Statuses
    roles: Roles
    description: Description | None = None
    icon: Icon | None = None
    payload: Payload = {}
    to_status: Code | None = None
    visibility: Visibility | None = None
    position: Position = 0
    is_active: bool | UnsetType = UNSET


class ActionChange(Input, frozen=True, kw_only=True):
    """What changes of an action."""

    name: Name | UnsetType = UNSET
    statuses: Statuses | UnsetType = UNSET
    roles: Roles | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET
    icon: Icon | None | UnsetType = UNSET
    payload: Payload | UnsetType = UNSET
    to_status: Code | None | UnsetType = UNSET
    visibility: Visibility | None | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class Click(Input, frozen=True, kw_only=True):
    """What is given along when an action is triggered."""

    input: dict[str, Any] = {}
    reason: Reason | None = None


class Cell(Input, frozen=True, kw_only=True):
    """One cell of the matrix. Role `custom` is the ceiling of custom roles; `allowed` null takes the row away."""

    role: Annotated[str, Meta(max_length=100, examples=["initiator"])]
    permission: Annotated[str, Meta(max_length=100, examples=["manage_roles"])]
    allowed: bool | None
    status: Annotated[str, Meta(min_length=1, max_length=100, examples=["*"])] = "*"
    reason: Reason | None = None


class SettingsChange(Input, frozen=True, kw_only=True):
    """What changes of the limits and defaults of all propositions."""

    max_roles: Count | UnsetType = UNSET
    max_holders: Count | UnsetType = UNSET
    max_actions: Count | UnsetType = UNSET
    action_visibility: Visibility | UnsetType = UNSET
    reason: Reason | None = None
