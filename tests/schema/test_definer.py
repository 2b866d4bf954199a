"""A function has SECURITY DEFINER only where it is called by somebody who is not its owner."""

import re
from pathlib import Path
from typing import Any

import psycopg

Connection = psycopg.Connection[Any]
APP = Path(__file__).parents[2] / "app"
CALLED = re.compile(r"\b(jalon(?:_\w+)?\.\w+)\(")
FUNCTIONS = """
    select p.pronamespace::regnamespace || '.' || p.proname as name, p.prosrc, p.prosecdef,
        p.prorettype in ('trigger'::regtype, 'event_trigger'::regtype) as is_trigger,
        p.proowner::regrole::text as owner,
        array(select distinct case a.grantee when 0 then 'public' else a.grantee::regrole::text end
            from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee <> p.proowner) as others
    from pg_proc p where p.pronamespace::regnamespace::text ~ '^jalon'
"""
VIEWS = "select pg_get_viewdef(oid) from pg_class where relkind = 'v' and relnamespace::regnamespace::text ~ '^jalon'"
# It may execute all of the engine, by default; what it does execute is read from its functions.
HISTORIAN = "jalon_historian"


def called(source: str) -> set[str]:
    return set(CALLED.findall(re.sub(r"--[^\n]*", "", source)))


def needless(db: Connection) -> list[str]:
    """Functions with SECURITY DEFINER which nobody calls who is not their owner.

    Somebody else calls: what a role other than the owner and the historian may execute, what a function of another
    owner calls, what a view calls (as its reader), what the programs of Jalon call as whoever connects; and what
    any of these calls in its turn, as long as it runs as its caller.
    """
    functions = db.execute(FUNCTIONS).fetchall()
    owners = {name: owner for name, _, _, _, owner, _ in functions}
    waiting = {name for name, *_, others in functions if set(others) - {HISTORIAN}}
    for _, source, is_definer, _, owner, _ in functions:
        if is_definer:
            waiting |= {other for other in called(source) if owners.get(other, owner) != owner}
    for (definition,) in db.execute(VIEWS):
        waiting |= called(definition)
    for path in APP.rglob("*.py"):
        waiting |= called(path.read_text())
    sources: dict[str, str] = {}
    for name, source, is_definer, *_ in functions:
        if not is_definer:
            sources[name] = sources.get(name, "") + source
    by_others: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in by_others:
            by_others.add(name)
            waiting |= called(sources.get(name, ""))
    return sorted(
        name
        for name, _, is_definer, is_trigger, *_ in functions
        if is_definer and not is_trigger and name not in by_others
    )


def test_no_function_has_the_rights_of_its_owner_if_only_its_owner_calls_it(db: Connection) -> None:
    assert needless(db) == []


def test_a_function_that_needs_the_rights_of_its_owner_for_nobody_is_found(db: Connection) -> None:
    definer = "language sql security definer set search_path = pg_catalog, pg_temp as"
    db.execute(f"create function jalon_engine.inner_one() returns integer {definer} 'select 1'")
    db.execute(f"create function jalon_engine.outer_one() returns integer {definer} 'select jalon_engine.inner_one()'")
    db.execute("alter function jalon_engine.inner_one() owner to jalon_owner")
    db.execute("alter function jalon_engine.outer_one() owner to jalon_owner")
    db.execute("revoke execute on function jalon_engine.inner_one() from public")
    db.execute("grant execute on function jalon_engine.outer_one() to jalon_dba")
    assert needless(db) == ["jalon_engine.inner_one"]
    db.execute("alter function jalon_engine.outer_one() security invoker")
    assert needless(db) == []  # now jalon_dba calls it
