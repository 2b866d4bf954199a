"""Takes migrations back, in one transaction: what hangs on their tables first, then their rollback scripts.

Functions and triggers of the version that stays are put back in the same transaction, from what its last reload left
in jalon_install.kept_version: no write is unguarded, none is stopped, and the earlier version of Jalon finds its own
functions. History that would be lost stops it, unless that is wanted.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from yoyo import read_migrations

from jalon import __version__
from jalon.install import files, postgres
from jalon.install.catalog import QUERIES, RELOADED_SCHEMAS, SCHEMAS, find_dependents
from jalon.install.migrate import Ledger, explain_lock_timeout, locked_ledger, migration_folders
from jalon.install.reload import Reload
from jalon.install.schema_version import State, exists, read_state, reload_digest, version_of
from jalon.refusal import Refusal
from jalon.settings import Settings

Version = tuple[str, dict[str, str], str]  # digest and sources of a reload, and the version of Jalon
DROPPED_OBJECTS = re.compile(
    r"^\s*drop\s+(?:table|type|sequence)\s+(?:if\s+exists\s+)?([a-z_0-9.]+)", re.IGNORECASE | re.MULTILINE
)
DROPPED_SCHEMAS = re.compile(r"^\s*drop\s+schema\s+(\w+)", re.IGNORECASE | re.MULTILINE)
DELETED_CATEGORIES = re.compile(r"delete\s+from\s+jalon_engine\.category\s+where\s+([^;]+);", re.IGNORECASE)
TRACKED = """
    select t.name, format('%%I.%%I', t.history_schema, t.history_name) from jalon_engine.tracked t
    where 'jalon_engine.tracked' = any (%(dropped)s) or t.table_schema || '.' || t.table_name = any (%(dropped)s)
        or exists (select from jalon_engine.tracked_column c
            where c.tracked = t.name and c.category = any (%(categories)s))
"""


def rollback(
    settings: Settings,
    dsn: str,
    to: str,
    lose_history: bool,
    say: Callable[[str], None],
    root: Path = files.ROOT,
    stop_writes: bool = False,
    dry_run: bool = False,
) -> None:
    """What was applied after the migration `to`, the last first."""
    with locked_ledger(settings, dsn, say) as ledger, explain_lock_timeout(settings, ledger):
        state = read_state(ledger.connection, root)
        state.require_usable()
        last = find_migration(to, state.applied)
        remaining = state.applied[: state.applied.index(last) + 1] if last else []
        if dry_run:
            say_what_goes(ledger.connection, state, remaining, say, root)
            return
        kept = kept_version(ledger.connection, remaining)
        undo_migrations(ledger, state, remaining, kept, lose_history, say, root, stop_writes)


def remove_module(
    settings: Settings, dsn: str, name: str, lose_history: bool, say: Callable[[str], None], root: Path = files.ROOT
) -> None:
    """One module, whatever came after it; what it needs stays."""
    with locked_ledger(settings, dsn, say) as ledger, explain_lock_timeout(settings, ledger):
        state = read_state(ledger.connection, root)
        state.require_usable()
        if name not in state.modules:
            here = ", ".join(state.modules) or "none"
            raise Refusal(f"The module {name} is not installed here. Installed: {here}.")
        needed_by = [
            other for other in state.modules if other != name and name in files.in_dependency_order([other], root)
        ]
        if needed_by:
            raise Refusal(f"The module {needed_by[0]} needs {name}: `jalon uninstall {needed_by[0]}` first.")
        own = {path.stem for path in files.module_parts(root)[name].migration_files()}
        modules = [other for other in state.modules if other != name]
        digest = reload_digest(ledger.connection.info.server_version // 10_000, modules, root)
        version = (digest, files.reloaded_sources(modules, root), __version__)
        remaining = [id for id in state.applied if id not in own]
        undo_migrations(ledger, state, remaining, version, lose_history, say, root)


def say_what_goes(
    connection: psycopg.Connection[Any], state: State, remaining: list[str], say: Callable[[str], None], root: Path
) -> None:
    """The migrations that a rollback would take back, and the tables whose rows it would lose."""
    undone = [id for id in reversed(state.applied) if id not in remaining]
    for id in undone:
        say(f"Would roll back {id}.")
    say_lost_rows(connection, [rollback_script(root, id, state.modules) for id in undone], say)
    say("Nothing was done." if undone else "Nothing to roll back.")


def say_lost_rows(connection: psycopg.Connection[Any], scripts: list[str], say: Callable[[str], None]) -> None:
    dropped = {name for content in scripts for name in DROPPED_OBJECTS.findall(content)}
    if lost := sorted(name for name in dropped if is_table(connection, name) and has_rows(connection, name)):
        say(f"Rows are lost of: {', '.join(lost)}.")


def is_table(connection: psycopg.Connection[Any], name: str) -> bool:
    return connection.execute(QUERIES["table"], {"name": name}).fetchone() is not None


def undo_migrations(
    ledger: Ledger,
    state: State,
    remaining: list[str],
    version: Version | None,
    lose_history: bool,
    say: Callable[[str], None],
    root: Path = files.ROOT,
    stop_writes: bool = False,
) -> None:
    """All migrations but the remaining ones, the last first; and the functions of the version that stays, if there is
    one. In one transaction."""
    connection = ledger.connection
    undone = [id for id in reversed(state.applied) if id not in remaining]
    if not undone:
        say("Nothing to roll back.")
        return
    scripts = {id: rollback_script(root, id, state.modules) for id in undone}
    known = {migration.id: migration for migration in read_migrations(*migration_folders(state.modules, root))}
    with ledger.transaction():
        lock_out_writers(connection)
        dropped = [name for content in scripts.values() for name in DROPPED_OBJECTS.findall(content)]
        lost = untrack(connection, dropped, "\n".join(scripts.values()))
        lost += [name for name in dropped if "history" in name and has_rows(connection, name)]
        if lost and not lose_history:
            raise Refusal(
                f"This would lose history ({', '.join(sorted(set(lost)))}); say --lose-history if that is meant."
            )
        if remaining and not (version or stop_writes) and has_tracked_tables(connection):
            raise Refusal(
                "The functions of that version are not kept in this database: writes to tracked tables would stop until"
                " its `jalon migrate` has run. Say --stop-writes if that is meant."
            )
        say_lost_rows(connection, list(scripts.values()), say)
        if exists(connection, "jalon_install.reload"):
            connection.execute("delete from jalon_install.reload")
        for name in dropped:
            drop_dependents(connection, name)
        switch_triggers(connection, "disable")
        for id in undone:
            say(f"Rolling back {id} …")
            if id == files.FIRST_MIGRATION:
                drop_event_trigger(connection)
                drop_remaining(connection, list(SCHEMAS))
            elif schemas := DROPPED_SCHEMAS.findall(scripts[id]):
                drop_remaining(connection, schemas)
            try:
                ledger.rollback_one(known[id])
            except psycopg.errors.LockNotAvailable:
                raise
            except psycopg.Error as error:
                raise Refusal(
                    f"The rollback of {id} failed, and nothing was changed: {postgres.one_line(error)}."
                ) from error
        switch_triggers(connection, "enable")
        if version:
            digest, sources, jalon_version = version
            Reload(connection, sources, say).run(digest, remaining, jalon_version)


def lock_out_writers(connection: psycopg.Connection[Any]) -> None:
    """Who writes to a tracked table waits until this transaction ends. A writer who had begun could wait for what is
    dropped here, and hold what this transaction needs next."""
    if not exists(connection, "jalon_engine.tracked"):
        return
    tables = [row[0] for row in connection.execute(QUERIES["tracked_tables"])]
    if tables:
        connection.execute("set local role jalon_owner")  # who may lock every tracked table
        names = sql.SQL(", ").join(sql.SQL(name) for name in tables)
        connection.execute(sql.SQL("lock table {} in share row exclusive mode").format(names))
        connection.execute("set local role none")


def kept_version(connection: psycopg.Connection[Any], applied: list[str]) -> Version | None:
    """Digest and sources of the last reload on exactly these migrations.

    A superuser runs only what a superuser kept: whoever owns the table could write something else into it.
    """
    if not exists(connection, "jalon_install.kept_version"):
        return None
    return connection.execute(QUERIES["kept_version"], (version_of(applied),)).fetchone()


def has_tracked_tables(connection: psycopg.Connection[Any]) -> bool:
    if not exists(connection, "jalon_engine.tracked"):
        return False
    return connection.execute("select 1 from jalon_engine.tracked limit 1").fetchone() is not None


def switch_triggers(connection: psycopg.Connection[Any], how: str) -> None:
    """While scripts take rows back, hand-written triggers have nothing to add; those that guard stay awake."""
    connection.execute("set local role none")  # histories are jalon_historian's
    for table, trigger in connection.execute(QUERIES["handwritten_triggers"], {"schemas": RELOADED_SCHEMAS}).fetchall():
        statement = sql.SQL("alter table {} {} trigger {}")
        connection.execute(statement.format(sql.SQL(table), sql.SQL(how), sql.Identifier(trigger)))


def find_migration(to: str, applied: list[str]) -> str:
    """The last migration to keep: by its id, its number, or 0 for none."""
    if not to.strip("0"):
        return ""
    found = [id for id in applied if id == to or id.split(".")[0] == to]
    if not found:
        raise Refusal(f"No migration {to} is applied here; `jalon status` lists them.")
    return found[0]


def rollback_script(root: Path, id: str, modules: list[str]) -> str:
    path = files.migration_paths(modules, root)[id].with_suffix(".rollback.sql")
    if not path.exists():
        raise Refusal(f"The migration {id} has no rollback script.")
    return files.text(path)


def untrack(connection: psycopg.Connection[Any], dropped: list[str], scripts: str) -> list[str]:
    """Tables that go, or whose category goes, leave Jalon first; which of their histories had rows."""
    if not exists(connection, "jalon_engine.tracked"):
        return []
    categories = {name for names in DELETED_CATEGORIES.findall(scripts) for name in re.findall(r"'(\w+)'", names)}
    rows = connection.execute(TRACKED, {"dropped": dropped, "categories": sorted(categories)}).fetchall()
    lost = [history for _, history in rows if has_rows(connection, history)]
    for name, history in rows:
        drop_dependents(connection, history)  # views of a module's own on it
        connection.execute("select jalon.untrack(%s, true)", (name,))
    return lost


def has_rows(connection: psycopg.Connection[Any], table: str) -> bool:
    if not exists(connection, table):
        return False
    name = sql.SQL(".").join(sql.Identifier(part.strip('"')) for part in table.split("."))
    return connection.execute(sql.SQL("select 1 from {} limit 1").format(name)).fetchone() is not None


def drop_dependents(connection: psycopg.Connection[Any], name: str) -> None:
    """Views on a table or type, and functions that take or return its rows."""
    roots = connection.execute(QUERIES["table_and_type"], {"name": name}).fetchall()
    for kind, oid in roots:
        for type_, identity, *_ in find_dependents(connection, kind, oid):
            if type_ in ("view", "materialized view", "function", "procedure", "aggregate"):
                drop(connection, type_, identity)


def drop_event_trigger(connection: psycopg.Connection[Any]) -> None:
    role = connection.execute("select current_setting('role')").fetchone() or ("none",)
    connection.execute("set local role none")  # it is the superuser's
    connection.execute("drop event trigger if exists jalon_protect_names")
    connection.execute("drop event trigger if exists jalon_protect_tables")
    connection.execute("select set_config('role', %s, true)", role)


def drop_remaining(connection: psycopg.Connection[Any], schemas: list[str]) -> None:
    """Before schemas go: every function and view that is still in them."""
    remaining = connection.execute(QUERIES["remaining_objects"], {"schemas": schemas}).fetchall()
    while remaining:
        blocked = [row for row in remaining if not drop_if_unused(connection, *row)]
        if len(blocked) == len(remaining):
            raise Refusal(f"Something of yours depends on {blocked[0][1]}; drop that first. Nothing was changed.")
        remaining = blocked


def drop_if_unused(connection: psycopg.Connection[Any], kind: str, identity: str) -> bool:
    try:
        with connection.transaction():
            drop(connection, kind, identity)
    except psycopg.errors.DependentObjectsStillExist:
        return False
    return True


def drop(connection: psycopg.Connection[Any], kind: str, identity: str) -> None:
    """`identity` comes quoted from the catalogue."""
    connection.execute("set local role none")  # it may be jalon_historian's
    connection.execute(sql.SQL("drop {} if exists {}").format(sql.SQL(kind), sql.SQL(identity)))
