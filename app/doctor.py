"""What may be wrong with an installation, each finding a plain sentence."""

from collections.abc import Iterator
from typing import Any

import psycopg

from jalon import grants
from jalon.migrate import SEARCH_PATH, has_search_path
from jalon.standing import SCHEMAS, made
from jalon.state import State, read_state

ROLES = """
    select w.name, r.rolname is not null, r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb, r.rolcanlogin
    from unnest(array['jalon_owner', 'jalon_api', 'jalon_bi', 'jalon_dba', 'jalon_relay']) w (name)
    left join pg_roles r on r.rolname = w.name order by 1
"""
OWNERS = """
    select 'schema ' || nspname, nspowner::regrole::text from pg_namespace where nspname = any (%(schemas)s)
    union all select pg_describe_object('pg_class'::regclass, oid, 0), relowner::regrole::text from pg_class
        where relnamespace::regnamespace::text = any (%(schemas)s) and relkind in ('r', 'p', 'v', 'm', 'S', 'f')
    union all select pg_describe_object('pg_proc'::regclass, oid, 0), proowner::regrole::text from pg_proc
        where pronamespace::regnamespace::text = any (%(schemas)s)
"""
SLEEPING = """
    select t.tgname, t.tgrelid::regclass::text, case t.tgenabled when 'D' then 'disabled' else 'fires on replicas only' end
    from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where p.pronamespace::regnamespace::text = any (%(schemas)s) and t.tgenabled in ('D', 'R') order by 2, 1
"""


def findings(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Every problem, the gravest first."""
    connection.execute("set search_path = ''")  # names come qualified
    state = read_state(connection)
    if not state.applied:
        yield "There is no Jalon in this database yet; `jalon migrate` installs it."
        return
    yield from of_roles(connection)
    yield from of_version(state)
    schemas = {"schemas": list(SCHEMAS)}
    for name, owner in connection.execute(OWNERS, schemas):
        if owner != "jalon_owner":
            yield f"The {name} belongs to {owner}, not to jalon_owner."
    for trigger, table, how in connection.execute(SLEEPING, schemas):
        yield f"The trigger {trigger} on {table} is {how}: changes pass it by. `alter table {table} enable trigger` wakes it."
    yield from of_files(connection)
    yield from grants.differences(connection, list(SCHEMAS))
    yield from of_engine(connection)


def notes(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """What is no fault, and good to know."""
    if not has_search_path(connection):
        yield f"New sessions don't have the search_path {SEARCH_PATH}; `jalon migrate` sets it."


def of_roles(connection: psycopg.Connection[Any]) -> Iterator[str]:
    for name, stands, is_mighty, logs_in in connection.execute(ROLES):
        if not stands:
            yield f"The role {name} is missing; `jalon migrate` or the statements of `jalon roles --sql` make it."
        elif is_mighty:
            yield f"The role {name} may do more than it should: it must be no superuser, and make no roles or databases."
        elif name == "jalon_owner" and logs_in:
            yield "The role jalon_owner can log in, and should not: alter role jalon_owner nologin."


def of_version(state: State) -> Iterator[str]:
    for id in state.unknown:
        yield f"The migration {id} is applied, and this version of Jalon does not know it."
    for id in state.edited:
        yield f"The migration {id} was edited after it was applied."
    for id in state.undigested:
        yield f"The migration {id} has no digest: something else than `jalon migrate` applied it."
    for id in state.pending:
        yield f"The migration {id} is not applied; `jalon migrate` does it."
    if not state.pending and state.reloaded != state.wanted:
        yield "Functions and triggers are not those of this version; `jalon migrate` reloads them."


def of_files(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Views and triggers that a reload noted, and that are gone."""
    standing = made(connection).keys()
    for path, objects in connection.execute("select path, objects from ops.reloaded_file order by 1"):
        for gone in sorted(set(objects) - standing):
            yield f"The {gone.removeprefix('pg_')} of {path} is gone; `jalon migrate --reload` brings it back."


def of_engine(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """What the engine's own proof finds: gaps in versions, missing triggers, partitions that run out."""
    if connection.execute("select 1 where to_regprocedure('jalon.verify(text)') is not null").fetchone():
        for table, detail, hint in connection.execute("select tracked_table, detail, hint from jalon.verify()"):
            yield f"{table}: {detail}. {hint}" if table else f"{detail}. {hint}"
