"""Runs random worlds until the time is over; a failure is shrunk and printed as a psql script."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from tests.model import schemas, world
from tests.model.runner import Abandoned, Counts, Failure, Runner
from tests.model.sessions import Connection
from tests.model.statements import Situation, Statements, Step
from tests.model.world import Table, World, ident

STEPS = 250  # of a world
SHRINKING = 90  # seconds
# A statement of one side may wait for a lock whose holder waits for the other side: PostgreSQL sees no deadlock there.
OPTIONS = "-c enable_seqscan=off -c enable_bitmapscan=off -c client_min_messages=error -c lock_timeout=15s"


@dataclass
class Found:
    """A failure, and the steps that are left of it."""

    world: World
    names: list[str]
    steps: list[Step]
    failure: Failure


@dataclass
class Total:
    worlds: int = 0
    counts: Counts = field(default_factory=Counts)
    seeds: list[int] = field(default_factory=list)

    def add(self, seed: int, counts: Counts) -> None:
        self.worlds += 1
        self.seeds.append(seed)
        for name in ("statements", "refused", "changes", "waited", "abandoned"):
            setattr(self.counts, name, getattr(self.counts, name) + getattr(counts, name))
        for sqlstate, count in counts.reasons.items():
            self.counts.reasons[sqlstate] = self.counts.reasons.get(sqlstate, 0) + count

    def __str__(self) -> str:
        counts = self.counts
        reasons = ", ".join(f"{name} {count}" for name, count in sorted(counts.reasons.items()))
        if not self.seeds:
            return "no world was finished"
        return (
            f"{self.worlds} worlds (seeds {self.seeds[0]} to {self.seeds[-1]}), {counts.statements} statements, "
            f"{counts.changes} changes, {counts.refused} refused ({reasons}), "
            f"{counts.waited} waited for another session, {counts.abandoned} worlds left for a deadlock"
        )


class Model:
    """databases: where they are made and dropped; template: a migrated database; dsn_of: the owner's string for one."""

    def __init__(self, databases: Connection, template: str, dsn_of: Callable[[str], str], tamper: str = "") -> None:
        self.databases, self.template, self.dsn_of, self.tamper = databases, template, dsn_of, tamper
        self.total, self.shrinking = Total(), SHRINKING
        self.kinds: dict[str, list[int]] = {}  # seeds of each kind of failure; only the first is shrunk

    @contextlib.contextmanager
    def database(self, name: str, template: str) -> Iterator[None]:
        self.databases.execute(f"create database {ident(name)} template {ident(template)} strategy file_copy")
        try:
            yield
        finally:
            self.databases.execute(f"drop database {ident(name)} with (force)")

    @contextlib.contextmanager
    def prepared(self, made: World) -> Iterator[str]:
        """A template in which a world is ready."""
        name = f"{self.template}_model"
        try:
            with self.database(name, self.template):
                with contextlib.closing(psycopg.connect(self.dsn_of(name), autocommit=True)) as connection:
                    connection.execute(schemas.setup(made, name))
                    for table in made.tables if self.tamper else ():
                        connection.execute(self.tampering(table))
                yield name
        finally:
            for each in (*schemas.LOGINS, schemas.OWNER):
                self.databases.execute(f"drop role if exists {ident(schemas.login(name, each))}")

    @contextlib.contextmanager
    def runner(self, made: World, prepared: str, names: list[str]) -> Iterator[Runner]:
        """A copy of the world, with a connection to each side for each session."""
        copy = f"{prepared}_run"
        with self.database(copy, prepared), contextlib.ExitStack() as opened:

            def connect() -> Connection:
                dsn = make_conninfo(self.dsn_of(copy), options=OPTIONS)
                return opened.enter_context(contextlib.closing(psycopg.connect(dsn, autocommit=True)))

            runner = Runner(made, prepared, connect)
            runner.open(names)
            yield runner

    def run(self, seconds: float, seed: int) -> Found | None:
        """Worlds of seed, seed + 1, … until the time is over; the first failure, shrunk."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := self.world(seed, until):
                return found
            seed += 1
        return None

    def world(self, seed: int, until: float) -> Found | None:
        made, rng = world.make(seed), random.Random(f"steps {seed}")  # noqa: S311
        names = rng.choices([*schemas.LOGINS, *schemas.NAMED], k=2 if made.has_two_sessions else 1)
        with self.prepared(made) as prepared:
            steps: list[Step] = []
            with self.runner(made, prepared, names) as runner:
                failure = self.steps(runner, made, rng, steps, until)
                self.total.add(seed, runner.counts)
            if failure is None:
                return None
            found, is_new = Found(made, names, steps, failure), failure.kind not in self.kinds
            self.kinds.setdefault(failure.kind, []).append(seed)
            found = self.shrunk(found, prepared) if is_new else found
        return self.without_tables(found) if is_new else found

    def steps(self, runner: Runner, made: World, rng: random.Random, steps: list[Step], until: float) -> Failure | None:
        statements = Statements(runner.world, rng)
        try:
            for _ in range(STEPS):
                if time.monotonic() > until:
                    break
                session = rng.choice(runner.sessions)
                context = session.context(runner.grants)
                now = Situation(session.index, session.name, context, session.in_transaction, runner.state(session))
                steps.append(statements.step(now))
                runner.run(steps[-1])
            for session in runner.sessions:
                steps.append(Step(session.index, "commit"))
                runner.run(steps[-1])
            runner.verify(set(made.by_name))
        except Failure as failure:
            return failure
        except Abandoned:
            runner.counts.abandoned += 1
        return None

    def again(self, found: Found, prepared: str, steps: list[Step]) -> Failure | None:
        """The failure of these steps alone, if it is of the same kind."""
        with self.runner(found.world, prepared, found.names) as runner:
            try:
                for step in steps:
                    runner.run(step)
                runner.verify(set(found.world.by_name))
            except Failure as failure:
                return failure if failure.kind == found.failure.kind else None
            except Abandoned:
                pass
        return None

    def shrunk(self, found: Found, prepared: str) -> Found:
        """Takes away halves, quarters, … single steps while it still fails."""
        until, size = time.monotonic() + self.shrinking, max(1, len(found.steps) // 2)
        while size and time.monotonic() < until:
            place, has_shrunk = 0, False
            while place < len(found.steps) and time.monotonic() < until:
                fewer = found.steps[:place] + found.steps[place + size :]
                if fewer and (failure := self.again(found, prepared, fewer)):
                    found.steps, found.failure, has_shrunk = fewer, failure, True
                else:
                    place += size
            size = size // 2 if size > 1 else int(has_shrunk)
        return found

    def without_tables(self, found: Found) -> Found:
        """Takes away the last tables, if no step names them and it still fails."""
        while len(found.world.tables) > 1:
            *tables, last = found.world.tables
            if any(last.plain in step.sql or last.sql in step.sql or last.name in step.words for step in found.steps):
                break
            fewer = replace(found, world=replace(found.world, tables=tables))
            with self.prepared(fewer.world) as prepared:
                failure = self.again(fewer, prepared, fewer.steps)
            if failure is None:
                break
            found = replace(fewer, failure=failure)
        return found

    def script(self, found: Found) -> str:
        """The case as a psql script for the owner of a migrated database; what runs beside is said in comments."""
        made = found.world
        logins = [schemas.login("model", name) for name in found.names]
        used = [
            category for category in made.categories if any(category in each.columns.values() for each in made.tables)
        ]
        lines = [
            f"-- {found.failure}",
            f"-- seed {made.seed}; sessions: {', '.join(found.names)}",
            "",
            *schemas.rules(used),
        ]
        lines += [*schemas.owned(made, None, made.ddl("shop")), *map(schemas.track, made.tables)]
        lines += [self.tampering(table) for table in made.tables if self.tamper]
        lines += [line.replace(", twin", "") for line in schemas.grants("model") if "sequences" not in line]
        current = None
        for step in found.steps:
            session = step.session % len(logins)
            if session != current:
                lines += ["", f"-- session {session}: in a psql of its own, where there are two"]
                lines += ["reset session authorization;", f"set session authorization {ident(logins[session])};"]
                current = session
            lines.append(step_sql(made, step))
        histories = (f"table jalon_history.{ident('shop__' + table.name)};" for table in made.tables)
        return "\n".join([*lines, "", "reset session authorization;", *histories])

    def tampering(self, table: Table) -> str:
        return self.tamper.replace("{table}", table.sql.replace("{s}", "shop")) + ";"


def step_sql(made: World, step: Step) -> str:
    """A step as psql has it."""
    words: Any = [world.quoted(word) if word is not None else "null" for word in step.words]
    plain: dict[str, str] = {"commit": "commit;", "rollback": "rollback;"}
    if step.op in plain:
        return plain[step.op]
    if step.op in ("savepoint", "back"):
        return f"{'savepoint' if step.op == 'savepoint' else 'rollback to'} {step.words[0]};"
    if step.op == "begin":
        return (
            f"begin isolation level {step.words[0]};  -- {step.words[1]}: guarded has a savepoint before each statement"
        )
    if step.op in ("acting", "act_as"):
        return f"select jalon.{step.op}({words[0]}, string_to_array({words[1]}, ','), {words[2]});"
    if step.op in ("reason", "tamper"):
        name, value = ("reason", words[0]) if step.op == "reason" else (step.words[0], words[1])
        return f"select set_config('jalon.{name}', {value}, {'false' if step.op == 'reason' else 'true'});"
    if step.op == "replay":
        return (
            "-- by hand: the settings jalon.* of the last transaction in which jalon.acting was called, jalon.seal too"
        )
    if step.op == "erase":
        table = made.by_name[step.words[0] or ""]
        return f"select jalon.erase({words[0]}, {world.quoted(table.key(int(step.words[1] or 0)))});"
    if step.op == "reset":
        return "reset all;"
    if step.op == "code":
        return f"-- as the owner: code {step.words[1]} of {step.words[0]} is taken out of use, or back into it"
    if step.op == "role":
        return f"-- as the owner: {step.words[0]} gets or loses the role {step.words[1]}"
    if step.op in ("move", "force", "many"):
        table = made.by_name[step.words[0] or ""]
        keys = [world.quoted(table.key(int(key))) for key in (step.words[1] or "").split(",")]
        name = {"move": "move", "force": "force_move", "many": "move_many"}[step.op]
        key = f"array[{', '.join(keys)}]" if step.op == "many" else keys[0]
        mode = f", {words[5]}" if step.op == "many" else ""
        return (
            f"select * from jalon.{name}({words[0]}, {key}, {words[3]}, {words[4]}{mode}, status_column => {words[2]});"
        )
    return step.sql.replace("{s}", "shop") + ";" + (f"\n{step.data}\\." if step.op == "copy" else "")
