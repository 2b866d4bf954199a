"""What may be wrong with an installation, each finding a plain sentence."""

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

from jalon.install import grants, role_settings
from jalon.install.catalog import MOVER_FUNCTIONS, QUERIES, SCHEMAS, read_objects
from jalon.install.schema_version import State, newer_functions, read_state

# Jalon's roles; those that own something or move for the web application never log in.
LOGINS = ("jalon_api", "jalon_bi", "jalon_bi_masked", "jalon_dba", "jalon_relay", "jalon_app")
OWNERS = ("jalon_owner", "jalon_historian", "jalon_mover")
MEMBERS = """
    select m.role_name, string_agg(m.owner_name, ', ' order by m.owner_name), m.can_log_in, m.is_installer
    from jalon_engine.owning_members() m group by 1, 3, 4 order by 1
"""


def findings(connection: psycopg.Connection[Any], *, prove: bool = True) -> Iterator[str]:
    """Every problem, the gravest first. Records are proved now, or taken from their last proof."""
    connection.execute("set search_path = ''")  # names come qualified
    state = read_state(connection)
    if not state.applied:
        yield "There is no Jalon in this database yet; `jalon migrate` installs it."
        return
    yield from role_problems(connection)
    yield from version_problems(state)
    schemas = {"schemas": list(SCHEMAS)}
    yield from owner_problems(connection)
    for trigger, table, state_now in connection.execute(QUERIES["disabled_triggers"], schemas):
        yield (
            f"The trigger {trigger} on {table} is {state_now}: changes pass it by."
            f' `alter table {table} enable trigger "{trigger}"` wakes it.'
        )
    yield from event_trigger_problems(connection)
    yield from file_problems(connection)
    yield from grants.differences(connection, list(SCHEMAS))
    yield from engine_problems(connection, prove)


def notes(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """What is no fault, and good to know."""
    for role in role_settings.roles_without_path(connection):
        path = role_settings.search_path(role)
        yield f"{role} has not the search_path {path} here; `jalon migrate` or `jalon roles --sql` sets it."
    for login, role, missing in role_settings.members_without_limits(connection):
        yield (
            f"{login} is a member of {role} and lacks limits, which are not inherited: {', '.join(missing)}."
            f" `jalon roles --sql --login {login} --member {role}` prints the statements that set them."
        )
    if not connection.execute("select 1 where to_regprocedure('jalon_engine.owning_members()') is not null").fetchone():
        return
    try:
        members = connection.execute(MEMBERS).fetchall()
    except psycopg.errors.InsufficientPrivilege:
        yield f"{connection.info.user} may not see who is a member of Jalon's owners: ask the owner's doctor for that."
        members = []
    for name, owners, logs_in, is_installer in members:
        if is_installer:
            yield (
                f"{name} is a member of {owners}, as whoever migrates must be:"
                f" who logs in as {name} is above the rules."
            )
        elif not logs_in:
            yield f"{name} is a member of {owners}: who is given {name} is above the rules."
    if not connection.execute(QUERIES["has_name_protection"]).fetchone():
        yield (
            "No superuser has installed the event trigger jalon_protect_names: renaming or dropping a tracked table or"
            " column"
            " is not refused, but noticed here."
        )


def role_problems(connection: psycopg.Connection[Any]) -> Iterator[str]:
    for name, exists, has_excess_rights, logs_in in connection.execute(
        QUERIES["wanted_roles"], {"roles": [*LOGINS, *OWNERS]}
    ):
        if not exists:
            yield (
                f'The role {name} is missing. `jalon roles --sql | psql -q -v ON_ERROR_STOP=1 "$ADMIN_DSN"` makes it.'
                " If a dump was restored without it, restore it again afterwards, into an empty database."
            )
        elif has_excess_rights:
            yield (
                f"The role {name} may do more than it should."
                f" `alter role {name} nosuperuser nobypassrls nocreaterole nocreatedb noreplication` ends that."
            )
        elif name in OWNERS and logs_in:
            yield f"The role {name} can log in, and should not. `alter role {name} nologin` ends that."


def owner_problems(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Histories and what writes them belong to the historian, what moves to the mover, all else to the owner."""
    for name, owner, wanted in connection.execute(
        QUERIES["wrong_owners"], {"schemas": list(SCHEMAS), "mover_functions": list(MOVER_FUNCTIONS)}
    ):
        # Whoever restores a dump without being a superuser can't make the mover's functions as the mover.
        by_reload = wanted == "jalon_mover" and owner == connection.info.user
        new = "current_user" if wanted == "a superuser" else wanted
        advice = "jalon migrate --reload" if by_reload else f"alter {name.removeprefix('composite ')} owner to {new}"
        yield f"The {name} belongs to {owner}, not to {wanted}; `{advice}` mends it."


def event_trigger_problems(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Those that a superuser installed, if they were put out of action since."""
    for name, enabled in connection.execute(QUERIES["name_protection"]):
        if enabled == "-":
            yield f"The event trigger {name} is gone; `jalon migrate --reload` by a superuser brings it back."
        elif enabled not in ("O", "A"):
            yield f"The event trigger {name} is disabled: `alter event trigger {name} enable` wakes it."


def version_problems(state: State) -> Iterator[str]:
    for id in state.unknown:
        yield f"The migration {id} is applied, and this version of Jalon does not know it. Install the one that does."
    for id in state.edited:
        yield f"The migration {id} was edited after it was applied. Put the file back as it was."
    for id in state.without_digest:
        yield f"The migration {id} has no digest: something else than Jalon applied it. Ask who did, and what else."
    yield from state.find_faults()
    if state.has_newer_functions:
        yield newer_functions(state)


def file_problems(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Views and triggers that a reload noted, and that are gone."""
    present = read_objects(connection).keys()
    for path, objects in connection.execute("select path, objects from jalon_install.reloaded_file order by 1"):
        for gone in sorted(set(objects) - present):
            yield f"The {gone.removeprefix('pg_')} of {path} is gone; `jalon migrate --reload` brings it back."


def engine_problems(connection: psycopg.Connection[Any], prove: bool) -> Iterator[str]:
    """What the engine finds: missing triggers, partitions that run out, and in records what a proof finds, or found."""
    if not connection.execute("select 1 where to_regprocedure('jalon.known_problems(text)') is not null").fetchone():
        return
    is_read_only = connection.execute("show transaction_read_only").fetchone() == ("on",)
    source = "known_problems" if not prove else "verify" if is_read_only else "prove"
    found = sql.SQL("select tracked_table, detail, hint from jalon.{}()").format(sql.Identifier(source))
    try:
        problems = connection.execute(found).fetchall()
    except psycopg.DatabaseError as error:
        yield f"jalon.{source}() fails: {error.diag.message_primary}. Follow the advice above, then ask again."
        return
    for table, detail, hint in problems:
        yield f"{table}: {detail}. {hint}" if table else f"{detail}. {hint}"
