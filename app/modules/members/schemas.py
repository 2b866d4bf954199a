"""Requests and responses of the members' endpoints. Names in JSON are those of the requirement, in snake_case."""

from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from jalon.engine.schemas import ColumnStatus
from jalon.server.call import Input, Output, Timestamp

# No address in use has these characters, and each means something in HTML or in a header. The table asks the rest.
Email = Annotated[str, Meta(min_length=3, max_length=320, pattern=r"""^[^\s<>()"',;]+$""")]
Name = Annotated[str, Meta(min_length=1, max_length=500, examples=["John Doe"])]
Role = Annotated[str, Meta(min_length=1, max_length=100, description="A code of USER_ROLE.")]
Reason = Annotated[str, Meta(max_length=4000, examples=["Upgrade suite à l'achat d'un abonnement"])]


class NewUser(Input, frozen=True, kw_only=True, rename=None):
    """A user to create."""

    email: Annotated[Email, Meta(examples=["john.doe@example.com"])]
    name: Name
    role: Role | None = None
    reason: Reason | None = None
    meta_data: dict[str, Any] | None = None


class Profile(Input, frozen=True, kw_only=True, rename=None):
    """Changes of one's own profile; another role or address needs a permission."""

    name: Name | None = None
    email: Email | None = None
    role: Role | None = None
    reason: Reason | None = None


class NewUserRole(Input, frozen=True, kw_only=True, rename=None):
    """The new role of a user, and why."""

    role: Annotated[Role, Meta(examples=["PREMIUM"])]
    reason: Reason | None = None
    meta_data: dict[str, Any] | None = None


class User(Output, kw_only=True, rename=None):
    """A user."""

    id: UUID
    email: str
    name: str
    role: str
    role_label: str
    role_since: Timestamp
    version: int
    created_at: Timestamp
    etag: str
    status: ColumnStatus | None = None
    is_self: bool | None = None
    can_erase: bool | None = None
    can_force: bool | None = None
    has_workflow: bool | None = None


class ChangedUser(User, kw_only=True):
    """A user after a change of role."""

    old_role: str
    changed: bool


class Users(Output, kw_only=True, rename=None):
    """A page of users, which of them is the reader, and the reader's rights."""

    items: list[User]
    next: str | None
    previous: str | None
    self: UUID | None
    reads_all: bool
    can_create: bool
    can_change_roles: bool
    total: int | UnsetType = UNSET


class UserRoleChange(Output, kw_only=True, rename=None):
    """A row of role_change_history."""

    id: UUID
    user_id: UUID
    old_role: str | None
    new_role: str
    changed_at: Timestamp
    changed_by: str
    reason: str | None
    meta_data: dict[str, Any] | None


class UserRoleHistory(Output, kw_only=True):
    """Changes of a role, the latest first."""

    items: list[UserRoleChange]


class RoleSummaryStep(Output, kw_only=True, rename={"from_": "from"}):
    """One change in a summary."""

    date: Timestamp
    from_: str
    to: str
    changed_by: str
    reason: str | None


class Summary(Output, kw_only=True, rename=None):
    """The changes of a user's role in short."""

    total_changes: int
    initial_role: str
    current_role: str
    last_change_date: Timestamp | None
    changes: list[RoleSummaryStep]


class RecapRows(Output, kw_only=True):
    """Rows of a recap."""

    items: list[dict[str, Any]]
    next: str | None = None
    since: Timestamp | None = None


class Person(Output, kw_only=True):
    """A person: the name that tokens have for them, and their full name, if it is known."""

    id: str
    name: str | None


class People(Output, kw_only=True):
    """At most 20 of them."""

    items: list[Person]
