"""Runs steps on both schemas, asks the rules about each change that the twin saw, compares what each COMMIT leaves."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import psycopg

from tests.model import rules, schemas
from tests.model.rules import Change, Context
from tests.model.sessions import Connection, NamedActor, ObservedChange, Session, Settings
from tests.model.statements import State, Step
from tests.model.world import KEYS, Table, World, ident, quoted

# What PostgreSQL says of one mistake, depending on which triggers a partition has.
SAME = [{"0A000", "23514"}]
MOVES = ("move", "force", "many", "erase")
OWN_WORDS = ("JL", "40001")
FAR = 20  # seconds after which a statement is stuck


class Failure(Exception):
    """kind says what is wrong, in the same words for the same cause, so that shrinking keeps to it."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind


class Abandoned(Exception):
    """A deadlock, on one side or across both: the two sides may differ from here on."""


class Outcome(NamedTuple):
    sqlstate: str | None = None
    message: str = ""
    rows: int = 0
    answer: tuple[Any, ...] = ()


@dataclass
class Counts:
    statements: int = 0
    refused: int = 0
    changes: int = 0
    waited: int = 0
    abandoned: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass
class Deletion:
    table: str
    key: str
    operation: str
    who: str


@dataclass
class RecordLife:
    """One life of a key: what was written in order of the twin's numbers, and who ended it."""

    key: str
    written: dict[int, ObservedChange] = field(default_factory=dict)
    ended: ObservedChange | None = None
    is_erased: bool = False


class Runner:
    def __init__(self, world: World, database: str, connect: Callable[[], Connection]) -> None:
        # Its own copy, since codes may be taken out of use while it runs.
        self.world, self.database, self.connect = deepcopy(world), database, connect
        self.admin = connect()
        self.sessions: list[Session] = []
        self.grants: dict[str, set[str]] = {
            f"db:{schemas.login(database, name)}": set(roles) for name, roles in schemas.LOGINS.items() if roles
        }
        self.epoch = 0
        self.lives: dict[tuple[str, int], RecordLife] = {}
        self.deletions: list[Deletion] = []
        self.counts = Counts()
        self.unverified: set[str] = set()  # tables that a COMMIT changed since they were last compared
        self.histories = {
            table.name: self.admin.execute(
                "select format('%%I.%%I', history_schema, history_name), history_key from jalon_engine.tracked "
                "where name = %s",
                [table.name],
            ).fetchone()
            or ("", "")
            for table in world.tables
        }

    def open(self, names: list[str]) -> None:
        for index, name in enumerate(names):
            login = schemas.login(self.database, name)
            shop, twin = self.connect(), self.connect()
            for connection in (shop, twin):
                connection.execute(f"set session authorization {ident(login)}")
            self.sessions.append(Session(index, name, login, shop, twin))

    def state(self, session: Session) -> State:
        """What the session sees on the twin's side."""
        found: State = {}
        connection = session.twin if session.in_transaction and not session.is_lost else self.admin
        for table in self.world.tables:
            numbers = {table.key(number): number for number in KEYS}
            query = f"select to_jsonb(x) from {table.sql.replace('{s}', 'twin')} x order by id"
            rows = [row for (row,) in connection.execute(query).fetchall()]
            found[table.name] = {numbers[str(row["id"])]: row for row in rows if str(row["id"]) in numbers}
        return found

    # Steps

    def run(self, step: Step) -> None:
        session = self.sessions[step.session % len(self.sessions)]
        if session.is_lost and step.op not in ("commit", "rollback", "back"):
            return
        getattr(self, f"do_{step.op}")(session, step)

    def do_sql(self, session: Session, step: Step) -> None:
        self.both(
            session,
            step,
            lambda: answer(session.twin, on(step, "twin")),
            lambda: answer(session.shop, on(step, "shop")),
        )

    def do_copy(self, session: Session, step: Step) -> None:
        self.both(session, step, lambda: copied(session.twin, step, "twin"), lambda: copied(session.shop, step, "shop"))

    def do_move(self, session: Session, step: Step) -> None:
        table, key, column, code, reason = self.moved(step)
        call = (
            f"select * from jalon.move({quoted(table.name)}, {quoted(table.key(key))}, {quoted(code)}, "
            f"{literal(reason)}, status_column => {quoted(column)})"
        )
        self.both(
            session,
            step,
            lambda: answer(session.twin, twin_move(table, key, column, code)),
            lambda: answer(session.shop, call),
            reason,
        )

    def do_force(self, session: Session, step: Step) -> None:
        table, key, column, code, reason = self.moved(step)
        call = (
            f"select * from jalon.force_move({quoted(table.name)}, {quoted(table.key(key))}, {quoted(code)}, "
            f"{literal(reason)}, status_column => {quoted(column)})"
        )
        twin = twin_move(table, key, column, code)
        self.both(
            session,
            step,
            lambda: answer(session.twin, twin),
            lambda: answer(session.shop, call),
            reason or "",  # its own: what was said before is no reason to force anything
            is_forced=True,
        )

    def do_many(self, session: Session, step: Step) -> None:
        name, keys, column, code, reason, mode = (word or "" for word in step.words)
        table = self.world.by_name[name]
        numbers = [int(key) for key in keys.split(",")]
        ids = ", ".join(quoted(table.key(number)) for number in numbers)
        call = (
            f"select id, is_done from jalon.move_many({quoted(name)}, array[{ids}], {quoted(code)}, "
            f"{literal(reason or None)}, {quoted(mode)}, status_column => {quoted(column)})"
        )
        context = session.context(self.grants, reason or None)
        self.both(
            session, step, lambda: self.twin_many(session, table, numbers, column, code, mode, context),
            lambda: answer(session.shop, call), reason or None,
        )  # fmt: skip

    def twin_many(
        self, session: Session, table: Table, numbers: list[int], column: str, code: str, mode: str, context: Context
    ) -> Outcome:
        """Each record on its own, in the order of the keys; in mode each, what is refused is undone."""
        done = []
        for number in sorted(numbers, key=table.key):
            session.twin.execute("savepoint one")
            outcome = answer(session.twin, twin_move(table, number, column, code))
            there = answer(
                session.twin, f"select from {table.sql.replace('{s}', 'twin')} where id = {table.key_literal(number)}"
            )
            changes = [] if outcome.sqlstate else self.read_log(session, keep=True)
            why = next(filter(None, (self.refusal(change, context) for change in changes)), None)
            if outcome.sqlstate or not there.rows or why:
                session.twin.execute("rollback to one")
                if mode == "all":
                    return outcome if outcome.sqlstate else Outcome("JL000", why or "no such record")
            else:
                done.append(number)
        return Outcome(rows=len(done), answer=tuple(sorted(done)))

    def moved(self, step: Step) -> tuple[Table, int, str, str, str | None]:
        name, key, column, code, reason = step.words
        return self.world.by_name[name or ""], int(key or 0), column or "", code or "", reason

    def do_begin(self, session: Session, step: Step) -> None:
        if session.in_transaction:
            return
        isolation, how = (word or "" for word in step.words)
        session.shop.execute(f"begin isolation level {isolation}")
        # The twin's commit must not fail alone.
        session.twin.execute(f"begin isolation level {isolation.replace('serializable', 'repeatable read')}")
        for connection in (session.shop, session.twin):
            connection.execute("select from pg_class limit 1")
        session.begin(isolation, how == "guarded", self.epoch, frozenset(self.lives))

    def do_commit(self, session: Session, step: Step) -> None:
        if not session.in_transaction:
            return
        if session.is_lost:
            self.finish(session, "rollback")
            return
        self.both(
            session,
            step,
            lambda: answer(session.twin, "set constraints all immediate"),
            # What a deferred trigger queues fires at once here and last of all at COMMIT; both sides take the same
            # order.
            lambda: answer(session.shop, "set constraints all immediate; commit"),
        )

    def do_rollback(self, session: Session, step: Step) -> None:
        if session.in_transaction:
            self.finish(session, "rollback")

    def do_savepoint(self, session: Session, step: Step) -> None:
        if session.in_transaction:
            for connection in (session.shop, session.twin):
                connection.execute(f"savepoint {step.words[0]}")
            session.save(step.words[0] or "")

    def do_back(self, session: Session, step: Step) -> None:
        if session.in_transaction and session.back(step.words[0] or ""):
            for connection in (session.shop, session.twin):
                connection.execute(f"rollback to {step.words[0]}")

    def do_acting(self, session: Session, step: Step) -> None:
        if session.in_transaction:
            named = NamedActor(
                step.words[0] or "", tuple(filter(None, (step.words[1] or "").split(","))), step.words[2]
            )
            try:
                session.shop.execute("select jalon.acting(%s, %s, %s)", [named.actor, list(named.roles), named.reason])
            except psycopg.errors.SerializationFailure:
                if session.isolation == "read committed":
                    raise
                self.refuse("40001")
                self.undo(session, guarded=False)
                return
            session.settings.acting, session.settings.forged_numbers = named, frozenset()
            session.sealed, session.is_sealed_here = self.sealed(session), True

    def sealed(self, session: Session) -> dict[str, str]:
        names = ("actor", "roles", "reason", "marks", "role_sources", "seal")
        values = ", ".join(f"current_setting('jalon.{name}', true)" for name in names)
        return dict(zip(names, session.shop.execute(f"select {values}").fetchone() or (), strict=True))

    def do_act_as(self, session: Session, step: Step) -> None:
        if not session.in_transaction:
            actor, roles, reason = step.words
            named = NamedActor(actor, tuple(filter(None, (roles or "").split(","))), reason) if actor else None
            session.shop.execute("select jalon.act_as(%s, %s, %s)", [actor, list(named.roles) if named else [], reason])
            session.settings.acts_as = named

    def do_reset(self, session: Session, step: Step) -> None:
        """Whoever takes away the session's settings acts as their login."""
        if not session.in_transaction:
            session.shop.execute("reset all")
            session.settings = Settings()

    def do_reason(self, session: Session, step: Step) -> None:
        if not session.in_transaction:
            session.shop.execute("select set_config('jalon.reason', %s, false)", [step.words[0]])
            session.settings.reason = step.words[0]

    def do_tamper(self, session: Session, step: Step) -> None:
        if session.in_transaction:
            name, value = (word or "" for word in step.words)
            session.shop.execute("select set_config(%s, %s, true)", [f"jalon.{name}", value])
            named = session.settings.acting or session.settings.acts_as
            fits = named and value == {"actor": named.actor, "roles": ",".join(named.roles)}.get(name)
            session.settings.forged_numbers = (
                session.settings.forged_numbers - {name} if fits else session.settings.forged_numbers | {name}
            )

    def do_replay(self, session: Session, step: Step) -> None:
        """The seal of an earlier transaction fits nothing in this one."""
        if session.in_transaction and session.sealed and not session.is_sealed_here:
            for name, value in session.sealed.items():
                session.shop.execute("select set_config(%s, %s, true)", [f"jalon.{name}", value])
            session.settings.forged_numbers |= {"seal"}

    def do_erase(self, session: Session, step: Step) -> None:
        table, number = self.world.by_name[step.words[0] or ""], int(step.words[1] or 0)
        key = table.key(number)
        delete = f"delete from {table.sql} where id = {table.key_literal(number)}".replace("{s}", "twin")
        call = f"select jalon.erase({quoted(table.name)}, {quoted(key)})"
        why = None if session.context(self.grants).may_all else f"{table.name} {key}: may not erase"
        before = len(session.pending)
        passed = self.both(
            session,
            step,
            lambda: answer(session.twin, delete),
            lambda: answer(session.shop, call),
            why=why,
            adds=Change(table.name, "ERASE", key, 0, 0, None, None, None),
        )
        assert passed or len(session.pending) == before

    def do_role(self, session: Session, step: Step) -> None:
        """Somebody is granted a role or loses it, between two statements."""
        name, role = (word or "" for word in step.words)
        principal = name if name == "anna" else f"db:{schemas.login(self.database, name)}"
        held = self.grants.setdefault(principal, set())
        if role in held:
            # A revocation waits for sessions that relied on the role; here it would wait for itself.
            revoked = self.admin.execute(
                "with granted as (select ctid from jalon_engine.role_grant "
                "where principal = %s and role = %s and revoked_at is null for no key update skip locked) "
                "update jalon_engine.role_grant g set revoked_at = clock_timestamp() from granted "
                "where g.ctid = granted.ctid",
                [principal, role],
            )
            if not revoked.rowcount:
                return
        else:
            self.admin.execute(
                "insert into jalon_engine.role_grant (principal, role) values (%s, %s)", [principal, role]
            )
        self.grants[principal] = held ^ {role}
        self.epoch += 1

    def do_code(self, session: Session, step: Step) -> None:
        """A code is taken out of use or back into it. That waits for writers, so nobody is in a transaction."""
        name, code = (word or "" for word in step.words)
        if any(other.in_transaction for other in self.sessions):
            return
        self.admin.execute(
            "update jalon_engine.referential set is_active = not is_active where category = %s and code = %s",
            [name, code],
        )
        for table in self.world.tables:
            for column, found in table.columns.items():
                if found.name == name:
                    table.columns[column] = replace(found, active=found.active ^ {code})

    # Both sides

    def both(
        self,
        session: Session,
        step: Step,
        twin: Callable[[], Outcome],
        shop: Callable[[], Outcome],
        reason: str | None = None,
        is_forced: bool = False,
        why: str | None = None,
        adds: Change | None = None,
    ) -> bool:
        """A statement on either side, and what the rules say of it; a statement that stands alone is a transaction."""
        alone, is_commit = not session.in_transaction, step.op == "commit"
        guarded = session.in_transaction and session.is_guarded and not is_commit
        if alone:
            session.twin.execute("begin")
        if guarded:
            for connection in (session.shop, session.twin):
                connection.execute("savepoint guard")
        whole = (lambda: self.after_commit(session, twin())) if alone else twin
        waited, seen, kept = self.at_the_same_time(session, whole, shop)
        if {"40P01", "55P03"} & {seen.sqlstate, kept.sqlstate}:
            raise Abandoned
        context = session.context(self.grants, reason, is_forced)
        if adds:
            context = replace(context, erased=context.erased | {(adds.table, adds.key)})
        changes = [] if seen.sqlstate else self.read_log(session)
        self.counts.statements += 1
        self.counts.changes += len(changes)
        passed = self.compare(session, step, seen, kept, changes, context, waited, why)
        if passed:
            session.pending += [ObservedChange(change, context) for change in changes]
            if adds:
                session.pending.append(ObservedChange(adds, context, self.lives_for(session, adds.table)))
            if guarded:
                for connection in (session.shop, session.twin):
                    connection.execute("release guard")
        if is_commit or alone:
            self.finish(session, "twin" if passed else "rollback", is_alone=alone)
            self.verify(self.unverified)
        elif not passed:
            self.undo(session, guarded)
        return passed

    def lives_for(self, session: Session, table: str) -> frozenset[int]:
        """Lives that a statement of the session sees now; one that begins later or elsewhere is not erased too."""
        there = set(self.lives if session.isolation == "read committed" else session.snapshot)
        own = {(seen.change.table, seen.change.life) for seen in session.pending if seen.change.op != "ERASE"}
        return frozenset(life for name, life in there | own if name == table)

    def after_commit(self, session: Session, first: Outcome) -> Outcome:
        """Deferred triggers run where the statement's own transaction ends."""
        if first.sqlstate:
            return first
        then = answer(session.twin, "set constraints all immediate")
        return then if then.sqlstate else first

    def undo(self, session: Session, guarded: bool) -> None:
        if guarded:
            for connection in (session.shop, session.twin):
                connection.execute("rollback to guard; release guard")
        else:
            # PostgreSQL has aborted the transaction on Jalon's side; so it is on the twin's.
            session.is_lost = True
            answer(session.twin, "do $$ begin raise exception 'as the other side'; end $$")

    def finish(self, session: Session, how: str, is_alone: bool = False) -> None:
        """Ends the transaction: 'rollback' on both sides, or 'twin' where Jalon's side was committed."""
        if how == "twin":
            session.twin.execute("commit")
            self.remember(session.pending)
        else:
            session.twin.execute("rollback")
            if not is_alone:
                session.shop.execute("rollback")
        session.end()

    def at_the_same_time(
        self, session: Session, twin: Callable[[], Outcome], shop: Callable[[], Outcome]
    ) -> tuple[bool, Outcome, Outcome]:
        """Both, in threads where another session may hold locks; if they wait for it, it commits."""
        others = [
            other for other in self.sessions if other is not session and other.in_transaction and not other.is_busy
        ]
        if not others:
            return False, twin(), shop()
        found: dict[str, Outcome] = {}
        threads = [
            threading.Thread(target=lambda name=name, call=call: found.update({name: call()}), daemon=True)
            for name, call in (("twin", twin), ("shop", shop))
        ]
        for thread in threads:
            thread.start()
        waited, until, session.is_busy = False, time.monotonic() + FAR, True
        while len(found) < 2:
            for thread in threads:
                thread.join(0.004)
            unfinished = [getattr(session, name).info.backend_pid for name in ("twin", "shop") if name not in found]
            if unfinished and (other := self.waits_for(unfinished, others)):
                waited = True
                self.counts.waited += 1
                self.do_commit(other, Step(other.index, "commit"))
                others.remove(other)
            if time.monotonic() > until:
                raise Failure("stuck", f"a statement of session {session.index} doesn't end")
        session.is_busy = False
        return waited, found["twin"], found["shop"]

    def waits_for(self, pids: list[int], others: list[Session]) -> Session | None:
        """Whom all of these wait for. A side that begins after the other session's commit sees more than its twin."""
        query = "select pg_blocking_pids(p) from unnest(%s::integer[]) p"
        blockers = [set(found) for (found,) in self.admin.execute(query, [pids]).fetchall()]
        if not all(blockers):
            return None
        return next((other for other in others if other.pids & set().union(*blockers)), None)

    def read_log(self, session: Session, keep: bool = False) -> list[Change]:
        """What the twin saw since the last time."""
        rows = session.twin.execute(
            "select seq, tab, op, key, life, number, old, new, seen, is_again, is_second from twin.log "
            "where pid = pg_backend_pid() and seq > %s order by seq",
            [session.last_seq],
        ).fetchall()
        if rows and not keep:
            session.last_seq = rows[-1][0]
        return [
            Change(tab, op, key, life, number, old, new, seen, is_again, is_second)
            for _, tab, op, key, life, number, old, new, seen, is_again, is_second in rows
        ]

    # What the rules say

    def refusal(self, change: Change, context: Context) -> str | None:
        why = rules.refusal(self.world.by_name[change.table].declared, change, context)
        return f"{change.table} {change.key}: {why}" if why else None

    def compare(
        self,
        session: Session,
        step: Step,
        seen: Outcome,
        kept: Outcome,
        changes: list[Change],
        context: Context,
        waited: bool,
        why: str | None,
    ) -> bool:
        """Whether the statement passed; fails where Jalon decided otherwise than the rules."""
        why = why or next(filter(None, (self.refusal(change, context) for change in changes)), None)
        where = f"session {session.index}, {step.op} {step.sql or step.words}"
        if kept.sqlstate is None:
            if seen.sqlstate:
                raise Failure(f"passed though PostgreSQL refuses it ({seen.sqlstate})", f"{where}: {seen.message}")
            if why:
                raise Failure("passed though the rules don't allow it", f"{where}: {why}")
            if step.op not in ("commit", *MOVES) and seen.rows != kept.rows:
                raise Failure("another number of rows", f"{where}: {kept.rows}, not {seen.rows}")
            session.has_changed = session.has_changed or bool(changes)
            return True
        self.refuse(kept.sqlstate)
        own = kept.sqlstate.startswith(OWN_WORDS)
        if seen.sqlstate:
            if not own and kept.sqlstate != seen.sqlstate and {kept.sqlstate, seen.sqlstate} not in SAME:
                raise Failure(f"{kept.sqlstate} instead of {seen.sqlstate}", f"{where}: {kept.message}")
        elif not own:
            raise Failure(f"refused in foreign words ({kept.sqlstate})", f"{where}: {kept.message}")
        elif not why and not self.may_refuse(session, step, kept, changes, context, waited):
            raise Failure(f"refused though the rules allow it ({kept.sqlstate})", f"{where}: {kept.message}")
        return False

    def refuse(self, sqlstate: str) -> None:
        self.counts.refused += 1
        self.counts.reasons[sqlstate] = self.counts.reasons.get(sqlstate, 0) + 1

    def may_refuse(
        self, session: Session, step: Step, kept: Outcome, changes: list[Change], context: Context, waited: bool
    ) -> bool:
        """Refusals that the rules don't explain and that are right all the same."""
        is_old = session.isolation != "read committed"
        if kept.sqlstate == "40001":
            # A key that comes again in the statement that it goes with: its end is recorded after its beginning.
            return waited or is_old or any(change.is_again for change in changes)
        if context.is_broken:
            return True
        if kept.sqlstate == "JL501" and not changes:
            return True  # a later trigger would have kept the row from being written at all
        if is_old and session.epoch != self.epoch:
            return True  # what was granted since is not seen yet
        # A move of no record, or of one that is there already.
        return step.op in MOVES and not changes

    # What is left

    def remember(self, seen: list[ObservedChange]) -> None:
        """What a COMMIT made true."""
        gone: list[Deletion] = []
        for each in seen:
            change = each.change
            self.unverified.add(change.table)
            if change.op == "ERASE":
                self.erased(each, gone)
                continue
            life = self.lives.setdefault((change.table, change.life), RecordLife(change.key))
            if change.op == "DELETE":
                life.ended = each
                gone.append(Deletion(change.table, change.key, "DELETE", each.context.actor))
            else:
                life.written[change.number] = each
        self.deletions += gone

    def erased(self, seen: ObservedChange, gone: list[Deletion]) -> None:
        """Names and texts leave the history of the lives of a key; its deletion says so."""
        table, key = self.world.by_name[seen.change.table], seen.change.key
        lives = [
            life
            for (name, number), life in self.lives.items()
            if name == table.name and life.key == key and number in seen.lives
        ]
        for life in lives:
            life.is_erased = True
        marked = [each for each in gone if (each.table, each.key) == (table.name, key)]
        if table.on_delete == "cascade":
            marked = marked[-1:]  # an earlier deletion no longer knows which key it was of
        for each in marked:
            each.operation, each.who = "ERASE", seen.context.actor
        if not marked and table.on_delete != "cascade":
            gone.append(Deletion(table.name, key, "ERASE", seen.context.actor))

    def verify(self, names: set[str]) -> None:
        """These tables, unless a statement that waited may be changing them right now."""
        if any(session.is_busy for session in self.sessions):
            return
        for name in sorted(names):
            self.verify_rows(self.world.by_name[name])
            self.verify_history(self.world.by_name[name])
            self.verify_deletions(self.world.by_name[name])
            self.verify_messages(self.world.by_name[name])
        self.unverified = set()

    def verify_rows(self, table: Table) -> None:
        columns = ", ".join(table.compared)
        query = f"select {columns} from {table.sql} order by id"
        twin, shop = (self.admin.execute(query.replace("{s}", schema)).fetchall() for schema in ("twin", "shop"))
        if twin != shop:
            raise Failure("rows differ", f"{table.name}: {shop}, not {twin}")
        versions = self.admin.execute(
            f"select id::text, status_version from {table.sql.replace('{s}', 'shop')}"
        ).fetchall()
        expected = {
            life.key: len(self.steps(table, life))
            for (name, _), life in self.lives.items()
            if name == table.name and not life.ended
        }
        if dict(versions) != expected:
            raise Failure("versions differ", f"{table.name}: {dict(versions)}, not {expected}")

    def steps(self, table: Table, life: RecordLife) -> list[ObservedChange]:
        """What history has to hold of a life, in order."""
        return [seen for _, seen in sorted(life.written.items()) if rules.is_change(table.declared, seen.change)]

    def expected(self, table: Table) -> list[tuple[Any, ...]]:
        lives = sorted(
            ((number, life) for (name, number), life in self.lives.items() if name == table.name),
            key=lambda each: each[0],
        )
        last = {life.key: number for number, life in lives if life.ended}
        rows = [
            (life.key, version, *self.row(table, seen, life.is_erased))
            for number, life in lives
            if table.on_delete != "cascade" or number > last.get(life.key, -1)
            for version, seen in enumerate(self.steps(table, life), 1)
        ]
        return sorted(rows, key=lambda row: row[0])

    def row(self, table: Table, seen: ObservedChange, is_erased: bool) -> Iterator[Any]:
        change, context = seen.change, seen.context
        for column in table.columns:
            yield rules.code_of(change.old[column]) if change.old else None
            yield rules.code_of(change.new[column]) if change.new else None
        if table.case_type:
            yield change.new[table.case_type] if change.new else None
        kind = "force" if context.is_forced else "move" if change.old else "create"
        yield from ("erased", None) if is_erased else (context.actor, context.reason)
        yield from (context.login, kind)

    def verify_history(self, table: Table) -> None:
        history, key = self.histories[table.name]
        columns = ", ".join(f"{side}_{column}::text" for column in table.columns for side in ("old", "new"))
        case_type = f"{table.case_type}::text, " if table.case_type else ""
        found = self.admin.execute(
            f"select {ident(key)}::text, version, {columns}, {case_type}changed_by, reason, db_role, kind, "
            f"changed_at, previous_changed_at "
            f'from {history} order by {ident(key)}::text collate "C", changed_at, version'
        ).fetchall()
        rows, expected = [row[:-2] for row in found], self.expected(table)
        if rows != expected:
            lost = [row for row in expected if row not in rows]
            more = [row for row in rows if row not in expected]
            raise Failure(
                "history differs", f"{table.name}: missing {lost}, unexpected {more}, or another order of {rows}"
            )
        for before, row in itertools.pairwise(found):
            if row[1] > 1 and (row[-1] != before[-2] or row[-2] <= before[-2]):
                raise Failure("times differ", f"{table.name}: {row} doesn't follow {before}")
        self.verify_times(table, {row[0]: row[-2] for row in found})

    def verify_times(self, table: Table, last: dict[str, Any]) -> None:
        query = f"select id::text, status_changed_at from {table.sql.replace('{s}', 'shop')}"
        wrong = {key: at for key, at in self.admin.execute(query).fetchall() if at != last[key]}
        if wrong:
            raise Failure("times differ", f"{table.name}: {wrong}, but the last changes were at {last}")

    def verify_deletions(self, table: Table) -> None:
        rows = self.admin.execute(
            "select record_key, operation, deleted_by from jalon_history.deletion where tracked = %s", [table.name]
        ).fetchall()
        expected = [
            (each.key if table.on_delete != "cascade" else None, each.operation, each.who)
            for each in self.deletions
            if each.table == table.name
        ]
        if sorted(map(str, rows)) != sorted(map(str, expected)):
            raise Failure("deletions differ", f"{table.name}: {rows}, not {expected}")

    def verify_messages(self, table: Table) -> None:
        """One for each change, if somebody listens; none of what was erased."""
        rows = self.admin.execute(
            "select record_key, version, data ->> 'from', data ->> 'to', data ->> 'who' "
            "from jalon_engine.outbox_message "
            "where tracked = %s",
            [table.name],
        ).fetchall()
        expected = [
            (
                life.key,
                version,
                code_before(table, seen),
                rules.code_of((seen.change.new or {})[table.status]),
                seen.context.actor,
            )
            for (name, _), life in self.lives.items()
            if name == table.name and table.has_listener and not life.is_erased
            for version, seen in enumerate(self.steps(table, life), 1)
        ]
        if sorted(map(str, rows)) != sorted(map(str, expected)):
            raise Failure("messages differ", f"{table.name}: {rows}, not {expected}")


def code_before(table: Table, seen: ObservedChange) -> str | None:
    return rules.code_of(seen.change.old[table.status]) if seen.change.old else None


def on(step: Step, schema: str) -> str:
    return step.sql.replace("{s}", schema)


def literal(text: str | None) -> str:
    return "null" if text is None else quoted(text)


def twin_move(table: Table, key: int, column: str, code: str) -> str:
    new = table.literal(column, code)
    where = f"id = {table.key_literal(key)}"
    text = (
        f"select from {table.sql} where {where} for no key update; "
        f"update {table.sql} set {column} = {new} where {where} and {column} is distinct from {new}"
    )
    return text.replace("{s}", "twin")


def answer(connection: Connection, text: str) -> Outcome:
    try:
        cursor = connection.execute(text)
        count = cursor.rowcount
        while cursor.nextset():
            count += max(cursor.rowcount, 0)
        return Outcome(rows=count)
    except psycopg.Error as error:
        return Outcome(error.sqlstate or "?", str(error).splitlines()[0] if str(error) else "")


def copied(connection: Connection, step: Step, schema: str) -> Outcome:
    try:
        with connection.cursor() as cursor:
            with cursor.copy(on(step, schema)) as copy:
                copy.write(step.data)
            return Outcome(rows=cursor.rowcount)
    except psycopg.Error as error:
        return Outcome(error.sqlstate or "?", str(error).splitlines()[0])
