"""What may be wrong with an installation, each finding a plain sentence."""

from collections.abc import Iterator
from typing import Any

import psycopg

from jalon.install import grants, role_settings
from jalon.install.catalog import MOVER_FUNCTIONS, SCHEMAS, read_objects
from jalon.install.schema_version import State, read_state

# Jalon's roles; those that own something or move for the web application never log in.
LOGINS = ("jalon_api", "jalon_bi", "jalon_dba", "jalon_relay", "jalon_app")
OWNERS = ("jalon_owner", "jalon_historian", "jalon_mover")
ROLES = """
    select w.name, r.rolname is not null,
        r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication, r.rolcanlogin
    from unnest(%(roles)s::text[]) w (name)
    left join pg_roles r on r.rolname = w.name order by 1
"""
WRONG_OWNERS = """
    select o.described, o.owner, o.wanted from (
        select 'schema ' || nspname as described, nspowner::regrole::text as owner,
            case when nspname in ('jalon_history', 'jalon_generated') then 'jalon_historian' else 'jalon_owner' end
            as wanted
        from pg_namespace where nspname = any (%(schemas)s)
        union all
        select pg_describe_object('pg_class'::regclass, oid, 0), relowner::regrole::text,
            case when relnamespace::regnamespace::text in ('jalon_history', 'jalon_generated') then 'jalon_historian'
                else 'jalon_owner' end
        from pg_class
        where relnamespace::regnamespace::text = any (%(schemas)s) and relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c')
            and oid is distinct from to_regclass('jalon_install.kept_version') -- the installer's
        union all
        select pg_describe_object('pg_type'::regclass, oid, 0), typowner::regrole::text,
            case when typnamespace::regnamespace::text in ('jalon_history', 'jalon_generated') then 'jalon_historian'
                else 'jalon_owner' end
        from pg_type
        where typnamespace::regnamespace::text = any (%(schemas)s) and typelem = 0 and typrelid = 0
        union all
        select pg_describe_object('pg_proc'::regclass, p.oid, 0),
            case when r.rolsuper and p.prorettype = 'event_trigger'::regtype then 'a superuser' else r.rolname end,
            case when p.pronamespace::regnamespace::text in ('jalon_history', 'jalon_generated') then 'jalon_historian'
                when p.pronamespace::regnamespace::text = 'jalon_engine' and p.proname = any (%(mover_functions)s)
                then 'jalon_mover'
                when p.prorettype = 'event_trigger'::regtype then 'a superuser' else 'jalon_owner' end
        from pg_proc p join pg_roles r on r.oid = p.proowner
        where p.pronamespace::regnamespace::text = any (%(schemas)s)
    ) o where o.owner is distinct from o.wanted order by 1
"""
NAME_PROTECTION = """
    select w.name, coalesce(e.evtenabled::text, '-')
    from unnest(array['jalon_protect_names', 'jalon_protect_tables']) w (name)
    left join pg_event_trigger e on e.evtname = w.name
    where e.oid is not null or to_regprocedure('jalon_engine.on_schema_change()') is not null order by 1
"""
MEMBERS = """
    select m.role_name, string_agg(m.owner_name, ', ' order by m.owner_name), m.can_log_in, m.is_installer
    from jalon_engine.owning_members() m group by 1, 3, 4 order by 1
"""
DISABLED_TRIGGERS = """
    select t.tgname, t.tgrelid::regclass::text,
        case t.tgenabled when 'D' then 'disabled' else 'fires on replicas only' end
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
    yield from role_problems(connection)
    yield from version_problems(state)
    schemas = {"schemas": list(SCHEMAS)}
    yield from owner_problems(connection)
    for trigger, table, state_now in connection.execute(DISABLED_TRIGGERS, schemas):
        yield (
            f"The trigger {trigger} on {table} is {state_now}: changes pass it by."
            f" `alter table {table} enable trigger` wakes it."
        )
    yield from event_trigger_problems(connection)
    yield from file_problems(connection)
    yield from grants.differences(connection, list(SCHEMAS))
    yield from engine_problems(connection)


def notes(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """What is no fault, and good to know."""
    for role in role_settings.roles_without_path(connection):
        path = role_settings.search_path(role)
        yield f"{role} has not the search_path {path} here; `jalon migrate` or `jalon roles --sql` sets it."
    if not connection.execute("select 1 where to_regprocedure('jalon_engine.owning_members()') is not null").fetchone():
        return
    for name, owners, logs_in, is_installer in connection.execute(MEMBERS):
        if is_installer:
            yield (
                f"{name} is a member of {owners}, as whoever migrates must be:"
                f" who logs in as {name} is above the rules."
            )
        elif not logs_in:
            yield f"{name} is a member of {owners}: who is given {name} is above the rules."
    if not connection.execute("select 1 from pg_event_trigger where evtname = 'jalon_protect_names'").fetchone():
        yield (
            "No superuser has installed the event trigger jalon_protect_names: renaming or dropping a tracked table or"
            " column"
            " is not refused, but noticed here."
        )


def role_problems(connection: psycopg.Connection[Any]) -> Iterator[str]:
    for name, exists, has_excess_rights, logs_in in connection.execute(ROLES, {"roles": [*LOGINS, *OWNERS]}):
        if not exists:
            yield f"The role {name} is missing; `jalon migrate` or the statements of `jalon roles --sql` make it."
        elif has_excess_rights:
            yield (
                f"The role {name} may do more than it should: it must be no superuser, make no roles or databases,"
                " and not replicate."
            )
        elif name in OWNERS and logs_in:
            yield f"The role {name} can log in, and should not: alter role {name} nologin."


def owner_problems(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Histories and what writes them belong to the historian, what moves to the mover, all else to the owner."""
    for name, owner, wanted in connection.execute(
        WRONG_OWNERS, {"schemas": list(SCHEMAS), "mover_functions": list(MOVER_FUNCTIONS)}
    ):
        yield f"The {name} belongs to {owner}, not to {wanted}; after a restore `jalon migrate --reload` mends it."


def event_trigger_problems(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Those that a superuser installed, if they were put out of action since."""
    for name, enabled in connection.execute(NAME_PROTECTION):
        if enabled == "-":
            yield f"The event trigger {name} is gone; `jalon migrate --reload` by a superuser brings it back."
        elif enabled not in ("O", "A"):
            yield f"The event trigger {name} is disabled: `alter event trigger {name} enable` wakes it."


def version_problems(state: State) -> Iterator[str]:
    for id in state.unknown:
        yield f"The migration {id} is applied, and this version of Jalon does not know it."
    for id in state.edited:
        yield f"The migration {id} was edited after it was applied."
    for id in state.without_digest:
        yield f"The migration {id} has no digest: something else than `jalon migrate` applied it."
    for id in state.pending:
        yield f"The migration {id} is not applied; `jalon migrate` does it."
    if not state.pending and state.reload_digest != state.expected_digest:
        yield "Functions and triggers are not those of this version; `jalon migrate` reloads them."


def file_problems(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Views and triggers that a reload noted, and that are gone."""
    present = read_objects(connection).keys()
    for path, objects in connection.execute("select path, objects from jalon_install.reloaded_file order by 1"):
        for gone in sorted(set(objects) - present):
            yield f"The {gone.removeprefix('pg_')} of {path} is gone; `jalon migrate --reload` brings it back."


def engine_problems(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """What the engine's own proof finds: gaps in versions, missing triggers, partitions that run out."""
    if connection.execute("select 1 where to_regprocedure('jalon.verify(text)') is not null").fetchone():
        for table, detail, hint in connection.execute("select tracked_table, detail, hint from jalon.verify()"):
            yield f"{table}: {detail}. {hint}" if table else f"{detail}. {hint}"
