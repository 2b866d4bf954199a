"""Requests and responses of the propositions' endpoints."""

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType, field

from jalon.engine.schemas import AnyCode, Blocker, Code, Int32, Reason
from jalon.outbox.messages import Message
from jalon.server.call import Input, Output, Timestamp

Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", examples=["A bicycle lane on Station Street"])]
Body = Annotated[str, Meta(max_length=100_000)]
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S", examples=["Treasurer"])]
Description = Annotated[str, Meta(max_length=2000)]
Icon = Annotated[str, Meta(max_length=100, examples=["coin"])]
Permissions = Annotated[
    list[Annotated[str, Meta(max_length=100)]], Meta(max_length=50, examples=[["trigger_custom_action"]])
]
Statuses = Annotated[list[Code], Meta(min_length=1, max_length=50, examples=[["*"]])]
Roles = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=200)]],
    Meta(min_length=1, max_length=50, examples=[["initiator", "custom:treasurer"]]),
]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
User = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", examples=["carla"])]
Visibility = Literal["roles", "everyone"]
Payload = Annotated[
    dict[str, Any], Meta(examples=[{"budget": "{input.amount}", "text": "{actor}: {proposition.title}"}])
]


class NewProposition(Input, frozen=True, kw_only=True):
    """A proposition to create."""

    title: Title
    body: Body = ""


class PropositionChange(Input, frozen=True, kw_only=True):
    """Title and text; limits of this proposition, null for those of the settings."""

    title: Title | UnsetType = UNSET
    body: Body | UnsetType = UNSET
    max_roles: Count | UnsetType | None = UNSET
    max_holders: Count | UnsetType | None = UNSET


class NewPropositionRole(Input, frozen=True, kw_only=True):
    """A role of one proposition. Its maker must hold what it carries."""

    name: Annotated[Name, Meta(examples=["Secretary"])]
    description: Description | None = None
    permissions: Permissions = field(default_factory=list)
    max_holders: Count | None = None


class PropositionRoleChange(Input, frozen=True, kw_only=True):
    """Changes of a role."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    permissions: Permissions | UnsetType = UNSET
    max_holders: Count | UnsetType | None = UNSET


class NewHolder(Input, frozen=True, kw_only=True):
    """To whom a role is handed out, and until when."""

    user_id: User
    until: Timestamp | None = None
    reason: Reason | None = None


class DeclaredInput(Input, frozen=True, kw_only=True, omit_defaults=True):
    """The values that an input of an action takes; a choice lists them."""

    type: Literal["text", "number", "boolean", "date", "choice"] = "text"
    label: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    required: bool = False
    choices: Annotated[list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(max_length=100)] = field(
        default_factory=list
    )


Inputs = Annotated[dict[Annotated[str, Meta(pattern="^[A-Za-z0-9_]{1,60}$")], DeclaredInput], Meta(max_length=50)]


class NewAction(Input, frozen=True, kw_only=True):
    """A button: where it is shown, who may press it, its messages, and the code of its transition."""

    name: Annotated[Name, Meta(examples=["Announce the budget"])]
    statuses: Statuses
    roles: Roles
    description: Description | None = None
    icon: Icon | None = None
    payload: Payload = field(default_factory=dict)
    inputs: Inputs = field(default_factory=dict)
    to_status: AnyCode | None = None
    visibility: Visibility | None = None
    position: Int32 = 0
    is_active: bool | UnsetType = UNSET


class ActionChange(Input, frozen=True, kw_only=True):
    """Changes of an action."""

    name: Name | UnsetType = UNSET
    statuses: Statuses | UnsetType = UNSET
    roles: Roles | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    icon: Icon | UnsetType | None = UNSET
    payload: Payload | UnsetType = UNSET
    inputs: Inputs | UnsetType = UNSET
    to_status: AnyCode | UnsetType | None = UNSET
    visibility: Visibility | UnsetType | None = UNSET
    position: Int32 | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class ActionInputs(Input, frozen=True, kw_only=True):
    """The inputs of an action that is triggered."""

    input: dict[str, Any] = field(default_factory=dict)
    reason: Reason | None = None


class PropositionMatrixCell(Input, frozen=True, kw_only=True):
    """One cell of the matrix. Role `custom` is the ceiling of custom roles; `allowed` null takes the row away."""

    role: Annotated[str, Meta(max_length=100, examples=["initiator"])]
    permission: Annotated[str, Meta(max_length=100, examples=["manage_roles"])]
    allowed: bool | None
    status: Annotated[str, Meta(min_length=1, max_length=100, examples=["*"])] = "*"
    reason: Reason | None = None


class SettingsChange(Input, frozen=True, kw_only=True):
    """Changes of the limits and defaults of all propositions."""

    max_roles: Count | UnsetType = UNSET
    max_holders: Count | UnsetType = UNSET
    max_actions: Count | UnsetType = UNSET
    action_visibility: Visibility | UnsetType = UNSET
    reason: Reason | None = None


class MoveButton(Output):
    """A move from the proposition's status; greyed if it isn't allowed."""

    to: str
    action: str
    label: str
    to_label: str
    icon: str | None
    color: str | None
    requires_reason: bool
    required_fields: list[str]
    allowed: bool
    why: list[Blocker]


class RequestedInput(Output):
    """An input of an action: what a person who triggers it is asked for."""

    name: str
    type: str
    label: str
    required: bool
    choices: list[str]


class ActionButton(Output):
    """A custom action that the caller sees; greyed if it isn't allowed."""

    id: UUID
    code: str
    label: str
    description: str | None
    icon: str | None
    to_status: str | None
    to_status_label: str | None
    requires_reason: bool
    required_fields: list[str]
    inputs: list[RequestedInput]
    allowed: bool
    why: list[Blocker]


class CallerRights(Output):
    """The roles and rights of the caller on this proposition."""

    actor: str
    roles: list[str]
    role_labels: list[str]
    can_force: bool
    permissions: list[str]


class Limits(Output):
    """How many roles it may have, and holders each; its own limits, if it has any."""

    max_roles: int
    max_holders: int
    own_max_roles: int | None
    own_max_holders: int | None


class ListedProposition(Output):
    """A proposition."""

    id: UUID
    title: str
    body: str
    author_id: str
    category: str
    status: str
    status_label: str
    status_color: str | None
    status_icon: str | None
    outcome: str
    is_final: bool
    version: int
    status_since: Timestamp
    created_at: Timestamp
    updated_at: Timestamp
    etag: str
    text_etag: str


class Proposition(ListedProposition):
    """A proposition with the roles and rights of the caller."""

    limits: Limits
    you: CallerRights
    moves: list[MoveButton]
    actions: list[ActionButton]


class Propositions(Output):
    """A page of propositions."""

    items: list[ListedProposition]
    next: str | None
    previous: str | None
    can_create: bool
    can_set_limits: bool
    total: int | UnsetType = UNSET


class Holder(Output):
    """Who holds a role, since when, until when."""

    id: UUID
    role_id: UUID
    user_id: str
    granted_at: Timestamp
    granted_by: str
    until: Timestamp | None
    reason: str | None


class Holders(Output):
    """The people who hold a role now."""

    items: list[Holder]


class PropositionRole(Output):
    """A custom role of one proposition. In transitions and actions its name is `role`."""

    id: UUID
    proposition_id: UUID
    code: str
    role: str
    name: str
    description: str | None
    permissions: list[str]
    max_holders: int | None
    limit: int
    is_full: bool
    created_at: Timestamp
    created_by: str
    users: list[Holder]


class CustomRolePermission(Output):
    """A permission that custom roles can carry."""

    code: str
    label: str
    description: str


class RoleList(Output):
    """The custom roles of a proposition, their maximum number, and the permissions that they can have."""

    items: list[PropositionRole]
    limit: int
    permissions: list[CustomRolePermission]


class RoleEvent(Output):
    """An event of a role: made, changed, removed, granted, revoked, expired."""

    at: Timestamp
    what: str
    role_id: UUID
    role: str
    user_id: str | None
    by: str | None
    until: Timestamp | None
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class PropositionRoleHistory(Output):
    """The history of the roles of a proposition, newest first."""

    items: list[RoleEvent]
    next: str | None


class CustomAction(Output):
    """A custom action as it was declared."""

    id: UUID
    proposition_id: UUID
    code: str
    name: str
    description: str | None
    icon: str | None
    statuses: list[str]
    roles: list[str]
    payload: dict[str, Any]
    inputs: Inputs
    to_status: str | None
    visibility: str | None
    position: int
    is_active: bool
    created_at: Timestamp
    created_by: str


class StatusChoice(Output):
    """A status at which an action can show, and where transitions lead from it."""

    code: str
    label: str
    color: str | None
    icon: str | None
    leads_to: list[str]


class RoleChoice(Output):
    """A role that can be named in an action."""

    code: str
    label: str
    is_custom: bool


class ActionChoices(Output):
    """The choices for the declaration of an action."""

    statuses: list[StatusChoice]
    roles: list[RoleChoice]
    placeholders: list[str]
    input_types: list[str]


class Actions(Output):
    """The custom actions of a proposition, their maximum number, and the choices for a new one."""

    items: list[CustomAction]
    limit: int
    choices: ActionChoices


class ActionEvent(Output):
    """One triggering of a custom action."""

    id: UUID
    type: str
    proposition_id: UUID
    action_id: UUID
    action: str
    label: str
    icon: str | None
    status: str
    status_label: str
    to_status: str | None
    to_status_label: str | None
    version: int
    triggered_at: Timestamp
    triggered_by: str
    reason: str | None
    input: dict[str, Any]
    payload: dict[str, Any]


class ActionEvents(Output):
    """A page of triggerings, newest first."""

    items: list[ActionEvent]
    next: str | None


class TriggeredAction(Output):
    """The action that was triggered."""

    id: UUID
    code: str
    name: str


class TriggeredData(Output):
    """Who triggered which action of which proposition, and the payload that it declares."""

    table: Literal["proposition"]
    key: UUID
    version: int
    action: TriggeredAction | UnsetType = UNSET
    status: str | UnsetType = UNSET
    to_status: str | UnsetType = UNSET
    who: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    payload: dict[str, Any] | UnsetType = UNSET


class CustomActionTriggered(Message, kw_only=True):
    """A custom action of a proposition was triggered."""

    type: Literal["proposition.custom_action.triggered"]
    data: TriggeredData


class RefusedAction(Output):
    """A trigger that was refused."""

    id: UUID
    action_id: UUID | None
    action: str
    label: str
    status: str
    status_label: str
    refused_at: Timestamp
    actor: str
    roles: list[str]
    code: str
    message: str


class Refusals(Output):
    """A page of refused triggers, newest first."""

    items: list[RefusedAction]
    next: str | None


class NamedPermission(Output):
    """A permission, and whether custom roles can carry it."""

    permission: str
    label: str
    description: str
    custom_roles: bool


class NamedRole(Output):
    """A role."""

    role: str
    label: str


class NamedStatus(Output):
    """A status of propositions."""

    status: str
    label: str
    color: str | None
    icon: str | None


class PropositionMatrixRow(Output):
    """A cell of the matrix that is set."""

    role: str
    permission: str
    status: str
    allowed: bool


class Settings(Output):
    """Permission catalogue, roles, statuses, matrix and limits."""

    permissions: list[NamedPermission]
    roles: list[NamedRole]
    statuses: list[NamedStatus]
    matrix: list[PropositionMatrixRow]
    max_roles: int
    max_holders: int
    max_actions: int
    action_visibility: str
    can_change: bool


class SettingEvent(Output):
    """One change of the matrix or of a limit."""

    at: Timestamp
    by: str
    what: str
    key: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None


class SettingHistory(Output):
    """Changes of the matrix and the limits, newest first."""

    items: list[SettingEvent]
    next: str | None


class AdoptedDefinition(Output):
    """The result for one definition from the settings."""

    kind: str
    proposition_id: UUID | None
    name: str | None
    outcome: str


class Adoption(Output):
    """The result for each definition from the settings."""

    items: list[AdoptedDefinition]
