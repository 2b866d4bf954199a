"""Requests and responses of the members' endpoints. Names in JSON are those of the requirement, in snake_case."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from jalon.engine.schemas import ColumnStatus
from jalon.server.call import Input

Email = Annotated[str, Meta(min_length=3, max_length=320, examples=["user@example.com"])]
Name = Annotated[str, Meta(min_length=1, max_length=500, examples=["John Doe"])]
Role = Annotated[str, Meta(min_length=1, max_length=100, description="A code of USER_ROLE.")]
Reason = Annotated[str, Meta(max_length=4000, examples=["Upgrade suite à l'achat d'un abonnement"])]


class NewUser(Input, frozen=True, kw_only=True, rename=None):
    """A user to create."""

    email: Email
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


class NewRole(Input, frozen=True, kw_only=True, rename=None):
    """The new role of a user, and why."""

    role: Role
    reason: Reason | None = None
    meta_data: dict[str, Any] | None = None


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A user."""

    id: UUID
    email: str
    name: str
    role: str
    role_label: str
    role_since: datetime
    version: int
    created_at: datetime
    etag: str
    status: ColumnStatus | None = None
    is_self: bool | None = None
    can_erase: bool | None = None
    can_force: bool | None = None
    has_workflow: bool | None = None


class ChangedUser(User, frozen=True, kw_only=True):
    """A user after a change of role."""

    old_role: str
    changed: bool


class Users(msgspec.Struct, frozen=True, kw_only=True):
    """A page of users, which of them is the reader, and the reader's rights."""

    items: list[User]
    next: str | None
    self: UUID | None
    reads_all: bool
    can_create: bool
    can_change_roles: bool


class RoleChange(msgspec.Struct, frozen=True, kw_only=True):
    """A row of role_change_history."""

    id: UUID
    user_id: UUID
    old_role: str | None
    new_role: str
    changed_at: datetime
    changed_by: str
    reason: str | None
    meta_data: dict[str, Any] | None


class RoleHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a role, the latest first."""

    items: list[RoleChange]


class RoleSummaryStep(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """One change in a summary."""

    date: datetime
    from_: str
    to: str
    changed_by: str
    reason: str | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The changes of a user's role in short."""

    total_changes: int
    initial_role: str
    current_role: str
    last_change_date: datetime | None
    changes: list[RoleSummaryStep]


class RecapRows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a recap."""

    items: list[dict[str, Any]]
    next: str | None = None
    since: datetime | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person: the name that tokens have for them, and their full name, if it is known."""

    id: str
    name: str | None


class People(msgspec.Struct, frozen=True, kw_only=True):
    """At most 20 of them."""

    items: list[Person]
