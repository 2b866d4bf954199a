"""The calls of the members' requirement, on a psycopg connection or a SQLAlchemy session. Each is one stored function.

    from jalon.modules.members import RoleManager, RoleType, User

The login is a DBA's, so Jalon believes the actor that it names. Nothing here commits.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, LiteralString, Protocol
from uuid import UUID

import psycopg
from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb


class Session(Protocol):
    """What is needed of a SQLAlchemy session; its driver is psycopg."""

    def flush(self) -> None: ...
    def connection(self) -> Any: ...
    def refresh(self, instance: object) -> None: ...


Database = psycopg.Connection[Any] | Session


class Codes(type):
    def __getattr__(cls, code: str) -> str:
        if not code.isupper():
            raise AttributeError(code)
        return code


class RoleType(metaclass=Codes):
    """RoleType.X is "X": the codes are rows (USER_ROLE), and the database knows which there are."""


class HasRole(Protocol):
    """A user for RoleManager: any object with these two attributes."""

    id: Any
    role: Any


@dataclass(kw_only=True)
class User:
    """A user; `insert` writes them to the database. `jalon.modules.members.models` has a mapped one."""

    email: str
    name: str
    role: str
    id: UUID | None = None

    def insert(self, db: Database) -> "User":
        self.id = only(
            db,
            "insert into jalon_members.users (email, name, role) values (%s, %s, %s) returning id",
            self.email,
            self.name,
            self.role,
        )
        return self


@dataclass(frozen=True, kw_only=True)
class RoleChange:
    """A row of role_change_history."""

    id: UUID
    user_id: UUID
    old_role: str | None
    new_role: str
    changed_at: datetime
    changed_by: str
    reason: str | None
    meta_data: dict[str, Any] | None


class RoleManager:
    """Changes of roles, recorded."""

    @staticmethod
    def record_initial_role(
        db: Database, user: HasRole, reason: str | None = None, meta_data: dict[str, Any] | None = None
    ) -> None:
        """Why the user began with this role; only in the transaction that created them."""
        only(db, "select jalon.record_initial_role(%s, %s, %s)", user.id, reason, as_json(meta_data))

    @staticmethod
    def change_user_role(
        db: Database,
        user: HasRole,
        new_role: str,
        changed_by: str | None = None,
        reason: str | None = None,
        meta_data: dict[str, Any] | None = None,
        changed_at: datetime | None = None,
    ) -> None:
        """Give the user another role; ValueError if they have it already. With `changed_at`, an import of the past."""
        done = only(
            db,
            "select (jalon.change_user_role(%s, %s, %s, %s, %s, %s)).has_changed",
            user.id,
            new_role,
            changed_by,
            reason,
            as_json(meta_data),
            changed_at,
        )
        if not done:
            raise ValueError(f"The user {user.id} has the role {new_role} already.")
        if hasattr(user, "_sa_instance_state") and not isinstance(db, psycopg.Connection):
            db.refresh(user)  # set by hand, the session would write the role again
        else:
            user.role = new_role

    @staticmethod
    def get_user_role_history(db: Database, user_id: UUID, limit: int | None = None) -> list[RoleChange]:
        """The changes, the latest first, at most `limit` of them."""
        names = [field.name for field in fields(RoleChange)]
        found = rows(db, "select * from jalon.user_role_history(%s, %s)", user_id, limit)
        return [RoleChange(**dict(zip(names, row, strict=True))) for row in found]

    @staticmethod
    def get_role_change_summary(db: Database, user_id: UUID) -> dict[str, Any]:
        """total_changes, initial_role, current_role, last_change_date, changes (date, from, to, changed_by, reason)."""
        summary: dict[str, Any] = only(db, "select jalon.role_change_summary(%s)", user_id)
        for step in summary["changes"]:
            step["date"] = datetime.fromisoformat(step["date"])
        if last := summary["last_change_date"]:
            summary["last_change_date"] = datetime.fromisoformat(last)
        return summary


def as_json(meta_data: dict[str, Any] | None) -> Jsonb | None:
    return None if meta_data is None else Jsonb(meta_data)


def rows(db: Database, statement: LiteralString, *values: Any) -> list[Any]:
    """The rows of a statement; what a session has not written yet is written first."""
    if isinstance(db, psycopg.Connection):
        return db.cursor(row_factory=tuple_row).execute(statement, values).fetchall()
    db.flush()
    found: list[Any] = db.connection().exec_driver_sql(statement, values).fetchall()
    return found


def only(db: Database, statement: LiteralString, *values: Any) -> Any:
    """The one value of a statement's one row."""
    found = rows(db, statement, *values)
    return found[0][0] if found else None
