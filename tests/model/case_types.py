"""Random calls of the web application and random SQL over records with case types, checked against the workflows."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import psycopg

from tests.model.rules import Arrival, Category, Transition, Workflow, arrives

Connection = psycopg.Connection[Any]
State = tuple[str | None, str]  # case type and code

# Codes that only one workflow leads to, and others know: who takes a detour through a case type would reach them.
TICKETS = """
insert into jalon_engine.category (code, label) values ('TICKET', 'Tickets');
insert into jalon_engine.referential (category, code, label, is_initial) select 'TICKET', c, c, c in ('OPEN', 'IDEA')
from unnest('{OPEN,IDEA,TRIAGED,FIXED,CLOSED,REWARDED,REFUSED}'::text[]) c;
insert into jalon_engine.role (code, label) values ('agent', 'Agent'), ('manager', 'Manager');
begin;
insert into jalon_engine.workflow (category, case_type, version, state, published_at)
select 'TICKET', c, 1, 'published', now() from unnest('{bug,wish,prize}'::text[]) c;
insert into jalon_engine.workflow_transition (category, case_type, version, from_code, to_code, action, roles) values
('TICKET', 'bug', 1, null, 'OPEN', 'open', '{any}'), ('TICKET', 'bug', 1, 'OPEN', 'TRIAGED', 'triage', '{agent}'),
('TICKET', 'bug', 1, 'TRIAGED', 'FIXED', 'fix', '{manager}'),
('TICKET', 'bug', 1, 'REWARDED', 'CLOSED', 'close', '{any}'),
('TICKET', 'wish', 1, null, 'IDEA', 'open', '{any}'), ('TICKET', 'wish', 1, 'IDEA', 'CLOSED', 'close', '{any}'),
('TICKET', 'wish', 1, 'FIXED', 'REFUSED', 'refuse', '{any}'),
('TICKET', 'wish', 1, 'TRIAGED', 'CLOSED', 'close', '{any}'),
('TICKET', 'prize', 1, null, 'IDEA', 'open', '{any}'), ('TICKET', 'prize', 1, 'IDEA', 'TRIAGED', 'triage', '{agent}'),
('TICKET', 'prize', 1, 'CLOSED', 'REWARDED', 'reward', '{any}'),
('TICKET', 'prize', 1, 'FIXED', 'REWARDED', 'reward', '{any}');
insert into jalon_engine.workflow_arrival (category, case_type, version, to_code, from_code, from_case_type) values
('TICKET', 'wish', 1, 'TRIAGED', 'TRIAGED', 'bug'), ('TICKET', 'bug', 1, 'TRIAGED', 'IDEA', '*');
commit;
create schema shop;
create table shop.ticket (id integer primary key, case_type text, status text not null default 'OPEN', note text);
select jalon.track('shop.ticket', 'status', category => 'TICKET', workflow_column => 'case_type');
"""
DOSSIERS = """
select jalon.add_case_type('CLAIM', '{"en": "Claim", "fr": "Sinistre"}', template => 'insurance_claims');
select jalon.add_case_type('LEGAL', '{"en": "Matter", "fr": "Dossier"}', template => 'legal_matters');
"""


class Violation(AssertionError):
    pass


class TypedTable(NamedTuple):
    """A tracked table with case types: its name, its table, its code's column and category, its case types."""

    tracked: str
    table: str
    code_column: str
    category: str
    case_types: tuple[str | None, ...]


@dataclass
class Statistics:
    calls: int = 0
    passed: int = 0
    steps: int = 0
    refusals: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        refusals = ", ".join(f"{name} {count}" for name, count in sorted(self.refusals.items()))
        return f"{self.calls} calls, {self.passed} passed, {self.steps} steps, refused: {refusals}"


DOSSIER_TYPES = ("CLAIM", "LEGAL", "CRM_LEAD_BUY", "CRM_SALE_TRANSACTION", "odd", None)
KINDS = (
    TypedTable("ticket", "shop.ticket", "status", "TICKET", ("bug", "wish", "prize", "odd", None)),
    TypedTable("dossier", "jalon_dossiers.dossier", "status_code", "CASE_STATUS", DOSSIER_TYPES),
)


def category(db: Connection, name: str) -> Category:
    """The category as its rows say."""
    codes = db.execute(
        "select code, is_initial, is_active from jalon_engine.referential where category = %s order by position, code",
        [name],
    ).fetchall()
    workflows = {}
    published = "select case_type, version from jalon_engine.workflow where category = %s and state = 'published'"
    for case_type, version in db.execute(published, [name]).fetchall():
        at = [name, case_type, version]
        steps = db.execute(
            "select from_code, to_code, roles, requires_reason from jalon_engine.workflow_transition "
            "where category = %s and case_type = %s and version = %s",
            at,
        ).fetchall()
        arrivals = db.execute(
            "select to_code, from_code, from_case_type from jalon_engine.workflow_arrival "
            "where category = %s and case_type = %s and version = %s",
            at,
        ).fetchall()
        workflows[case_type] = Workflow(
            tuple(Transition(old, new, tuple(roles), reason) for old, new, roles, reason in steps),
            tuple(Arrival(*each) for each in arrivals),
        )
    others = db.execute("select others_are_free from jalon_engine.category where code = %s", [name]).fetchone()
    return Category(
        name,
        tuple(code for code, _, _ in codes),
        frozenset(code for code, is_initial, _ in codes if is_initial),
        frozenset(code for code, _, is_active in codes if is_active),
        workflows,
        bool(others and others[0]),
    )


def leads(found: Category, old: State, new: State) -> list[Transition]:
    """The transitions that lead from one state to another in one step; a change of case type counts as one."""
    scope = found.scope(new[0])
    if scope is None:
        return []
    if scope != found.scope(old[0]):
        return [Transition(old[1], new[1])] if arrives(found, scope, old[0], old[1], new[1]) else []
    if old[1] == new[1]:
        return [Transition(old[1], new[1])]  # another case type under the same workflow
    step = found.between(scope, old[1], new[1])
    return [step] if step else []


def reachable(found: Category, case_types: tuple[str | None, ...]) -> set[State]:
    """All states that any sequence of lawful steps ends in."""
    known = {(each, code) for each in case_types if (scope := found.scope(each)) for code in found.begins(scope)}
    waiting = list(known)
    while waiting:
        old = waiting.pop()
        for each in case_types:
            for code in found.active:
                if (each, code) not in known and (each, code) != old and leads(found, old, (each, code)):
                    known.add((each, code))
                    waiting.append((each, code))
    return known


class Calls:
    """One run: random calls, and after each of them a look at every record."""

    def __init__(self, connect: Callable[..., Connection], writer: Connection, seed: int) -> None:
        self.rng = random.Random(f"calls {seed}")  # noqa: S311
        self.owner, self.api, self.writer = connect(), connect("api"), writer
        self.tally = Statistics()
        self.categories = {kind.tracked: category(self.owner, kind.category) for kind in KINDS}
        self.reachable = {kind.tracked: reachable(self.categories[kind.tracked], kind.case_types) for kind in KINDS}
        self.states: dict[str, dict[str, tuple[State, int]]] = {kind.tracked: {} for kind in KINDS}

    def run(self, calls: int) -> Statistics:
        for _ in range(calls):
            kind = self.rng.choice(KINDS)
            names = [
                self.move,
                self.move_many,
                self.change_case_type,
                self.change_case_type,
                self.write,
                self.write,
                self.open,
            ]
            self.tally.calls += 1
            roles = tuple(role for role in self.roles() if self.rng.random() < 0.4)
            self.caller = {"actor": "anna", "roles": list(roles)}
            call = self.rng.choice(names)
            what = call(kind)
            self.look(kind, roles if what.startswith("select") else (), what)
        return self.tally

    def roles(self) -> list[str]:
        named = (
            step.roles
            for found in self.categories.values()
            for each in found.workflows.values()
            for step in each.transitions
        )
        return sorted({role for roles in named for role in roles} - {"any", "admin"})

    # Calls

    def run_sql(self, connection: Connection, text: str, *values: Any) -> str:
        try:
            connection.execute(text, values or None)
            self.tally.passed += 1
        except psycopg.Error as error:
            state = error.sqlstate or "?"
            self.tally.refusals[state] = self.tally.refusals.get(state, 0) + 1
            if not state.startswith(("JL", "40001")):
                raise Violation(f"refused in foreign words: {text} {values}: {error}") from error
        return f"{text} {values}"

    def ask(self, function: str, key: str | None, given: dict[str, Any]) -> str:
        caller = self.caller
        text = f"select * from {SCHEMA}.run(%s, %s, %s, %s)"
        return self.run_sql(self.api, text, function, key, json.dumps(given), json.dumps(caller))

    def record(self, kind: TypedTable) -> str:
        return self.rng.choice(list(self.states[kind.tracked]) or [{"ticket": "1"}.get(kind.tracked, NOBODY)])

    def code(self, kind: TypedTable, case_type: str | None = None) -> str:
        """Mostly one that the workflow of the case type knows."""
        found = self.categories[kind.tracked]
        workflow = found.workflows.get(case_type or "")
        known = sorted({step.to_code for step in workflow.transitions}) if workflow else list(found.codes)
        return self.rng.choice(known if self.rng.random() < 0.8 else found.codes)

    def case_type(self, kind: TypedTable) -> str | None:
        return self.rng.choice(kind.case_types)

    def now(self, kind: TypedTable, key: str) -> State:
        return self.states[kind.tracked].get(key, ((None, ""), 0))[0]

    def following(self, kind: TypedTable, key: str) -> str:
        """A code for a record, mostly one that follows."""
        state = self.now(kind, key)
        found = self.categories[kind.tracked]
        next_codes = [code for code in found.codes if leads(found, state, (state[0], code))]
        return self.rng.choice(next_codes) if next_codes and self.rng.random() < 0.6 else self.code(kind, state[0])

    def move(self, kind: TypedTable) -> str:
        key = self.record(kind)
        to, reason = self.following(kind, key), self.rng.choice((None, "because"))
        if kind.tracked == "dossier" and self.rng.random() < 0.5:
            return self.ask("move_dossier", key, {"statusCode": to, "reason": reason})
        return self.ask("move_record", key, {"table": kind.tracked, "to": to, "reason": reason})

    def move_many(self, kind: TypedTable) -> str:
        known = list(self.states[kind.tracked]) or [self.record(kind)]
        keys = self.rng.sample(known, min(3, len(known)))
        mode, to = self.rng.choice(("all", "each")), self.following(kind, keys[0])
        if kind.tracked == "dossier" and self.rng.random() < 0.5:
            given = {"updates": [{"id": key} for key in keys], "statusCode": to, "reason": "because", "mode": mode}
            return self.ask("move_dossiers", None, given)
        return self.ask("move_records", kind.tracked, {"ids": keys, "to": to, "reason": "because", "mode": mode})

    def change_case_type(self, kind: TypedTable) -> str:
        key, case_type = self.record(kind), self.case_type(kind)
        old = self.now(kind, key)
        if kind.tracked == "dossier" and self.rng.random() < 0.7:
            given: dict[str, Any] = {"caseType": case_type}
            if self.rng.random() < 0.6:
                given["mapping"] = {old[1]: self.code(kind, case_type)}
            return self.ask("edit_dossier", key, given)
        sets, values = ["case_type = %s"], [case_type]
        if self.rng.random() < 0.6:
            sets.append(f"{kind.code_column} = %s")
            values.append(self.code(kind, case_type))
        return self.run_sql(self.writer, f"update {kind.table} set {', '.join(sets)} where id::text = %s", *values, key)

    def write(self, kind: TypedTable) -> str:
        """Plain SQL of a login without any role."""
        key = self.record(kind)
        luck = self.rng.random()
        if luck < 0.15:
            return self.run_sql(
                self.writer,
                f"with a as (update {kind.table} set case_type = %s where id::text = %s returning id) "
                f"update {kind.table} set {kind.code_column} = %s where id::text = %s and exists (select from a)",
                self.case_type(kind), key, self.following(kind, key), self.record(kind),
            )  # fmt: skip
        if luck < 0.3:
            return self.run_sql(self.writer, f"delete from {kind.table} where id::text = %s", key)
        text = f"update {kind.table} set {kind.code_column} = %s where id::text = %s"
        return self.run_sql(self.writer, text, self.following(kind, key), key)

    def open(self, kind: TypedTable) -> str:
        if len(self.states[kind.tracked]) > 8:
            return self.write(kind)
        case_type = self.case_type(kind)
        found = self.categories[kind.tracked]
        scope = found.scope(case_type)
        begins = sorted(found.begins(scope)) if scope else []
        code = self.rng.choice(begins) if begins and self.rng.random() < 0.7 else self.code(kind, case_type)
        if kind.tracked == "dossier":
            if self.rng.random() < 0.6:
                return self.ask("open_dossier", None, {"caseType": case_type, "statusCode": code})
            return self.run_sql(
                self.writer,
                "insert into jalon_dossiers.dossier (case_type, status_code) values (%s, %s)",
                case_type,
                code,
            )
        free = next(number for number in range(1, 99) if str(number) not in self.states["ticket"])
        text = "insert into shop.ticket (id, case_type, status) values (%s, %s, %s)"
        return self.run_sql(self.writer, text, free, case_type, code)

    # What is left

    def look(self, kind: TypedTable, roles: tuple[str, ...], what: str) -> None:
        """Every record stands where its last state leads, and where anything leads at all."""
        query = f"select id::text, case_type, {kind.code_column}, status_version from {kind.table}"
        before = self.states[kind.tracked]
        after = {
            key: ((case_type, code), version) for key, case_type, code, version in self.owner.execute(query).fetchall()
        }
        found = self.categories[kind.tracked]
        for key, (state, version) in after.items():
            old = before.get(key)
            if old == (state, version):
                continue
            self.tally.steps += 1
            if state not in self.reachable[kind.tracked]:
                raise Violation(f"{kind.tracked} {key} is at {state}, where no sequence leads; {what}")
            scope = found.scope(state[0])
            if old is None or version <= old[1]:
                if version != 1 or scope is None or state[1] not in found.begins(scope):
                    raise Violation(f"{kind.tracked} {key} begins at {state}, version {version}; {what}")
            elif version != old[1] + 1 or not any(self.may(step, roles) for step in leads(found, old[0], state)):
                raise Violation(f"{kind.tracked} {key} came from {old} to {state}, version {version}; {what}")
        self.states[kind.tracked] = after

    def may(self, step: Transition, roles: tuple[str, ...]) -> bool:
        return "any" in step.roles or bool(set(step.roles) & set(roles))


SCHEMA = "jalon_api"
NOBODY = "00000000-0000-0000-0000-000000000000"
