"""A user as SQLAlchemy maps them: `db.add(user); db.flush()`. It needs `pip install 'jalon[sqlalchemy]'`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import FetchedValue
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from jalon.modules.members.role_manager import RoleType

__all__ = ["Base", "RoleType", "User"]


class Base(DeclarativeBase):
    """Its metadata is Jalon's own: a tool that compares schemas is given yours."""


class User(Base):
    """A row of jalon_members.users; the database gives id and date, and records the role."""

    __tablename__ = "users"
    __table_args__ = {"schema": "jalon_members"}  # noqa: RUF012 - as SQLAlchemy has it

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=FetchedValue())
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
