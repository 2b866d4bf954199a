"""Who acts: the application names them for a block of code, and each transaction in it is told before it does anything.

A name lasts for one transaction. So a connection that goes back to a pool keeps nobody's name.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

UNKNOWN = object()  # what a transaction knows after a part of it was rolled back
WHY_NOT = (
    "The login of this connection can't name who acts here: it has to be a member of jalon_app, in a database in which "
    "Jalon is installed. `jalon roles --sql --login NAME --member jalon_app` prints what it needs."
)
MAY_NOT_NAME = {"42501": WHY_NOT, "3F000": WHY_NOT}  # insufficient_privilege, invalid_schema_name


@dataclass(frozen=True)
class Actor:
    """A person or a program, in these roles, for this reason; meta is JSON."""

    name: str
    roles: tuple[str, ...] = ()
    reason: str | None = None
    meta: str | None = None

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("An actor needs a name. Where nobody is named, the login of the database acts.")


ACTOR: ContextVar[Actor | None] = ContextVar("jalon_actor", default=None)


@contextmanager
def acting(
    name: str, roles: Iterable[str] = (), reason: str | None = None, meta: dict[str, Any] | None = None
) -> Iterator[None]:
    """What is written within, this actor does; blocks may be nested."""
    with acting_as(Actor(name, tuple(roles), reason, None if meta is None else json.dumps(meta))):
        yield


@contextmanager
def because(reason: str) -> Iterator[None]:
    """What is written within, the present actor does for this reason."""
    actor = ACTOR.get()
    if actor is None:
        raise LookupError("Nobody is named, so nobody has a reason: use acting(name, reason=…).")
    with acting_as(replace(actor, reason=reason)):
        yield


@contextmanager
def acting_as(actor: Actor | None) -> Iterator[None]:
    """The same with an actor that is there already, or with nobody."""
    token = ACTOR.set(actor)
    try:
        yield
    finally:
        ACTOR.reset(token)


class Transaction:
    """What the transaction of one connection knows of the actor, so that it is told once."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A new transaction knows nobody."""
        self.known: object = None
        self.was_told = False
        self.find_other: Callable[[], Actor | None] = lambda: None  # who acts outside of every block

    def to_tell(self, statement: object) -> tuple[str | None, list[str], str | None, str | None] | None:
        """The arguments of jalon.acting to tell before this statement; None if there is nothing to tell."""
        if isinstance(statement, str) and statement.lstrip()[:8].upper() == "ROLLBACK":
            # Back to a savepoint: what was told since is forgotten. A failed transaction takes no other statement.
            self.known = UNKNOWN if self.was_told else None
            return None
        actor = ACTOR.get() or self.find_other()
        if actor == self.known:
            return None
        self.known, self.was_told = actor, True
        return (None, [], None, None) if actor is None else (actor.name, list(actor.roles), actor.reason, actor.meta)
