"""The rules of the workflows in plain Python: the oracle of the model test."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Transition:
    """from_code None: records may begin at to_code."""

    from_code: str | None
    to_code: str
    roles: tuple[str, ...] = ("any",)
    needs_reason: bool = False
    needs_note: bool = False  # the row's note must be filled
    relation: str | None = None  # author, or !author: what the record's column says of the actor
    is_free: bool = False  # no workflow says who may


@dataclass(frozen=True)
class Arrival:
    """A record that comes from another case type ('*': any) with from_code may stand on to_code."""

    to_code: str
    from_code: str
    from_case_type: str = "*"


@dataclass(frozen=True)
class Workflow:
    transitions: tuple[Transition, ...]
    arrivals: tuple[Arrival, ...] = ()


@dataclass(frozen=True)
class Category:
    """initial and active are codes; workflows are by case type, '*' is for every case type without one of its own."""

    name: str
    codes: tuple[str, ...]
    initial: frozenset[str]
    active: frozenset[str]
    workflows: dict[str, Workflow] = field(default_factory=dict, hash=False)
    others_are_free: bool = False  # case types without a workflow may have every active code

    def scope(self, case_type: str | None) -> str | None:
        """The workflow that applies; None where there is none although the category has workflows."""
        if case_type in self.workflows:
            return case_type
        return "*" if "*" in self.workflows or not self.workflows or self.others_are_free else None

    def transitions(self, scope: str) -> Iterator[Transition]:
        """Those of the workflow, and where it says nothing of beginnings: its initial codes."""
        workflow = self.workflows.get(scope)
        if workflow is None:
            yield from self.free()
            return
        yield from workflow.transitions
        if all(each.from_code is not None for each in workflow.transitions):
            known = {code for each in workflow.transitions for code in (each.from_code, each.to_code)}
            yield from (Transition(None, code) for code in self.codes if code in known & self.initial)

    def free(self) -> Iterator[Transition]:
        """Without a workflow every code follows every other; records begin at initial codes, if they speak for it."""
        begins = self.initial if self.initial and not self.workflows else frozenset(self.codes)
        for code in self.codes:
            yield from (Transition(other, code, is_free=True) for other in self.codes if other != code)
            if code in begins:
                yield Transition(None, code, is_free=True)

    def between(self, scope: str, from_code: str | None, to_code: str) -> Transition | None:
        found = (each for each in self.transitions(scope) if (each.from_code, each.to_code) == (from_code, to_code))
        return next(found, None) if to_code in self.active else None

    def begins(self, scope: str) -> set[str]:
        return {each.to_code for each in self.transitions(scope) if each.from_code is None} & self.active


@dataclass(frozen=True)
class Context:
    """Who acts: roles are all that count, named and granted."""

    actor: str
    roles: frozenset[str]
    reason: str | None = None
    is_forced: bool = False
    is_broken: bool = False
    login: str = ""
    may_all: bool = False  # holds the permissions that nobody has by a workflow
    is_named_by_dba: bool = False
    erased: frozenset[tuple[str, str]] = frozenset()  # tables and keys that were erased in this transaction


@dataclass(frozen=True)
class Declared:
    """What a table was declared to be: its columns by category, what is fixed, what a deletion does."""

    name: str
    columns: dict[str, Category]
    case_type: str | None
    fixed: tuple[str, ...]
    on_delete: str
    is_partitioned: bool = False
    has_author: bool = False


@dataclass(frozen=True)
class Change:
    """One row written once, as the twin saw it. seen: what the last BEFORE trigger of Jalon's could see."""

    table: str
    op: str
    key: str
    life: int
    number: int
    old: Row | None
    new: Row | None
    seen: Row | None
    is_again: bool = False  # the key's last life ended in this transaction
    is_second: bool = False  # the key has a record in another partition


def code_of(value: Any) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def is_different(columns: Iterable[str], one: Row, other: Row) -> bool:
    return any(code_of(one[column]) != code_of(other[column]) for column in columns)


def watched_columns(declared: Declared) -> list[str]:
    return [*declared.columns, *([declared.case_type] if declared.case_type else [])]


def is_change(declared: Declared, change: Change) -> bool:
    """Whether it is a step that history has to hold."""
    if change.new is None:
        return False
    return change.old is None or is_different(watched_columns(declared), change.old, change.new)


def refusal(declared: Declared, change: Change, context: Context) -> str | None:
    """Why the rules don't allow a change; None where they do."""
    if change.new is None:
        is_erased = (declared.name, change.key) in context.erased
        return "deletions are refused" if declared.on_delete == "refuse" and not is_erased else None
    if change.old is None:
        if change.is_again and declared.is_partitioned:
            return "the key's last life ended in this transaction"
        if change.is_second:
            return "the key has a record already"
        return forged_numbers(change) or broken_seal(context) or first(creation(declared, change.new, context))
    seen = change.seen or change.new
    if is_different(declared.fixed, change.old, change.new) or is_different(declared.fixed, change.old, seen):
        return "key or partition changes"
    if why := forged_numbers(change):
        return why
    if is_different(watched_columns(declared), change.old, seen) != is_change(declared, change):
        return "a later trigger wrote what was not numbered"
    if not is_change(declared, change):
        return None
    check = forced if context.is_forced else update
    return broken_seal(context) or first(check(declared, change.old, change.new, context))


def forged_numbers(change: Change) -> str | None:
    """A later trigger that writes version or time leaves a note of it."""
    return "a later trigger forges numbers" if change.new and change.new["note"] == "forged" else None


def broken_seal(context: Context) -> str | None:
    return "the seal doesn't fit" if context.is_broken else None


def first(found: Iterator[str]) -> str | None:
    return next(found, None)


def roles_for(declared: Declared, context: Context, row: Row) -> frozenset[str]:
    """Roles of the actor, with those that the record gives."""
    is_author = declared.has_author and row.get("author") == context.actor
    return context.roles | ({"author"} if is_author else set())


def missing_requirements(
    declared: Declared, transition: Transition, context: Context, old: Row, new: Row
) -> Iterator[str]:
    """What a transition asks for and doesn't get; old is the row before, or a new row itself."""
    roles = roles_for(declared, context, old)
    if "any" not in transition.roles and not roles & set(transition.roles):
        yield f"needs a role of {transition.roles}"
    if transition.relation and (transition.relation.strip("!") in roles) == transition.relation.startswith("!"):
        yield f"needs the relation {transition.relation}"
    if transition.is_free and context.is_named_by_dba and not context.may_all:
        yield "may not move without a workflow"
    if transition.needs_reason and not (context.reason or "").strip():
        yield "needs a reason"
    if transition.needs_note and not str(new.get("note") or "").strip():
        yield "needs a note"


def creation(declared: Declared, new: Row, context: Context) -> Iterator[str]:
    for column, category in declared.columns.items():
        code = code_of(new[column])
        scope = category.scope(new[declared.case_type] if declared.case_type else None)
        if scope is None:
            yield "no such case type"
        elif code not in category.codes:
            yield f"{code} is not a code"
        elif (transition := category.between(scope, None, code)) is None:
            yield f"nothing begins at {code}"
        else:
            yield from missing_requirements(declared, transition, context, new, new)


def update(declared: Declared, old: Row, new: Row, context: Context) -> Iterator[str]:
    for column, category in declared.columns.items():
        before, after = code_of(old[column]), code_of(new[column])
        came_from, case_type = (row[declared.case_type] if declared.case_type else None for row in (old, new))
        scope = category.scope(case_type)
        if before == after and came_from == case_type:
            continue
        if after not in category.codes:
            yield f"{after} is not a code"
        elif scope is None:
            yield "no such case type"
        elif scope != category.scope(came_from):
            if not arrives(category, scope, came_from, before, after):
                yield f"{came_from} at {before} doesn't arrive at {after}"
        elif before == after:
            continue
        elif (transition := category.between(scope, before, after)) is None:
            yield f"{before} doesn't lead to {after}"
        else:
            yield from missing_requirements(declared, transition, context, old, new)


def arrives(category: Category, scope: str, came_from: str | None, before: str | None, after: str) -> bool:
    """A change of case type to another workflow ends at one of its initial codes, or where its author lets it in."""
    arrivals = category.workflows[scope].arrivals if scope in category.workflows else ()
    return after in category.begins(scope) or any(
        (each.to_code, each.from_code) == (after, before)
        and each.from_case_type in ("*", came_from)
        and after in category.active
        for each in arrivals
    )


def forced(declared: Declared, old: Row, new: Row, context: Context) -> Iterator[str]:
    """Outside of the transitions: a permission, a reason and an active code."""
    if not context.may_all:
        yield "may not force"
    if not context.reason:
        yield "needs a reason"
    for column, category in declared.columns.items():
        if code_of(old[column]) != code_of(new[column]) and code_of(new[column]) not in category.active:
            yield f"{new[column]} is not an active code"
