"""A session of the model: one connection to each schema's side, the transaction it is in, and who acts there."""

from copy import copy
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.model.rules import Change, Context

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class NamedActor:
    """Who was named, with which roles and why."""

    actor: str
    roles: tuple[str, ...] = ()
    reason: str | None = None


@dataclass
class Settings:
    """What the session said: names for the transaction and for the session, a reason, and what it forged."""

    acting: NamedActor | None = None
    acts_as: NamedActor | None = None
    reason: str | None = None
    forged_numbers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ObservedChange:
    """A change as the twin saw it, by whom it was made and why; of an erasure the lives that it saw."""

    change: Change
    context: Context
    lives: frozenset[int] = frozenset()


@dataclass
class Session:
    index: int
    name: str
    login: str
    shop: Connection
    twin: Connection
    settings: Settings = field(default_factory=Settings)
    in_transaction: bool = False
    is_guarded: bool = False
    is_busy: bool = False  # a statement of it waits
    is_lost: bool = False  # a refusal ended the transaction; what follows is skipped until its end
    isolation: str = "read committed"
    has_changed: bool = False
    epoch: int = 0  # of the grants when the transaction began
    snapshot: frozenset[tuple[str, int]] = frozenset()  # tables and lives that there were then
    sealed: dict[str, str] = field(default_factory=dict)  # the settings of the last transaction that named somebody
    is_sealed_here: bool = False  # that is the transaction under way: its seal is good until it ends
    pending: list[ObservedChange] = field(default_factory=list)
    savepoints: list[tuple[str, int, Settings]] = field(default_factory=list)
    last_seq: int = 0

    @property
    def pids(self) -> set[int]:
        return {self.shop.info.backend_pid, self.twin.info.backend_pid}

    def context(self, grants: dict[str, set[str]], reason: str | None = None, is_forced: bool = False) -> Context:
        """Who acts now; reason is that of a move."""
        named = self.settings.acting or self.settings.acts_as
        actor = named.actor if named else f"db:{self.login}"
        random_reason = reason if reason is not None else named.reason if named else self.settings.reason
        # Without a seal, a session that says that grants don't count only loses them.
        counts = named is not None or "role_sources" not in self.settings.forged_numbers
        granted = grants.get(actor, set()) if counts else set()
        roles = frozenset(named.roles if named else ()) | granted
        may_all = "admin" in granted or (named is None and self.login == "jalon_dba")  # a DBA in person may all
        return Context(
            actor=actor,
            roles=roles,
            reason=(random_reason or "").strip() or None,
            is_forced=is_forced,
            is_broken=bool(self.settings.forged_numbers if named else "seal" in self.settings.forged_numbers),
            login=self.login,
            may_all=may_all,
            is_named_by_dba=named is not None and self.login == "jalon_dba",
            erased=frozenset(
                (seen.change.table, seen.change.key) for seen in self.pending if seen.change.op == "ERASE"
            ),
        )

    def begin(self, isolation: str, is_guarded: bool, epoch: int, snapshot: frozenset[tuple[str, int]]) -> None:
        self.in_transaction, self.is_guarded, self.isolation, self.epoch = True, is_guarded, isolation, epoch
        self.snapshot = snapshot

    def end(self) -> None:
        self.in_transaction = self.is_lost = self.has_changed = self.is_sealed_here = False
        self.isolation = "read committed"
        self.settings = copy(self.settings)
        self.settings.acting, self.settings.forged_numbers = None, frozenset()
        self.pending, self.savepoints = [], []

    def save(self, name: str) -> None:
        self.savepoints.append((name, len(self.pending), copy(self.settings)))

    def back(self, name: str) -> bool:
        """To the newest savepoint of that name, if there is one; it stays."""
        for place in reversed(range(len(self.savepoints))):
            known, length, settings = self.savepoints[place]
            if known == name:
                del self.savepoints[place + 1 :]
                del self.pending[length:]
                self.settings, self.is_lost = copy(settings), False
                return True
        return False
