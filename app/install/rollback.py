"""Takes migrations back, in one transaction: what hangs on their tables first, then their rollback scripts.

Functions and triggers of the tables that stay are left alone, so nothing is unguarded. History that
would be lost stops it, unless that is wanted.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from yoyo import read_migrations

from jalon.install import files, postgres
from jalon.install.catalog_objects import RELOADED, SCHEMAS, hanging_on
from jalon.install.migrate import alone, explained
from jalon.install.schema_version import exists, read_state
from jalon.refusal import Refusal
from jalon.settings import Settings

DROPS = re.compile(
    r"^\s*drop\s+(?:table|type|sequence)\s+(?:if\s+exists\s+)?([a-z_0-9.]+)", re.IGNORECASE | re.MULTILINE
)
CATEGORIES = re.compile(r"delete\s+from\s+jalon_engine\.category\s+where\s+([^;]+);", re.IGNORECASE)
TRACKED = """
    select t.name, format('%%I.%%I', t.history_schema, t.history_name) from jalon_engine.tracked t
    where 'jalon_engine.tracked' = any (%(dropped)s) or t.table_schema || '.' || t.table_name = any (%(dropped)s)
        or exists (select from jalon_engine.tracked_column c where c.tracked = t.name and c.category = any (%(categories)s))
"""
FIRST = "0010"
WRITTEN = """
    select t.tgrelid::regclass::text, t.tgname from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where p.pronamespace::regnamespace::text = any (%(schemas)s) and not t.tgisinternal and t.tgparentid = 0
"""
LEFT = """
    select case prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end, oid::regprocedure::text
    from pg_proc where pronamespace::regnamespace::text = any (%(schemas)s)
    union all
    select 'view', oid::regclass::text from pg_class where relnamespace::regnamespace::text = any (%(schemas)s) and relkind = 'v'
"""


def rollback(
    settings: Settings, dsn: str, to: str, lose_history: bool, say: Callable[[str], None], root: Path = files.ROOT
) -> None:
    with alone(settings, dsn, say) as ledger, explained(settings, ledger):
        connection = ledger.connection
        state = read_state(connection, root)
        state.refuse_if_unfit()
        undone = [id for id in reversed(state.applied) if id > matching(to, state.applied)]
        scripts = {id: script(root, id) for id in undone}
        if not undone:
            say("Nothing to roll back.")
            return
        known = {migration.id: migration for migration in read_migrations(str(root / "migrations"))}
        with ledger.transaction():
            dropped = [name for content in scripts.values() for name in DROPS.findall(content)]
            lost = untrack(connection, dropped, "\n".join(scripts.values()))
            lost += [name for name in dropped if "history" in name and has_rows(connection, name)]
            if lost and not lose_history:
                raise Refusal(
                    f"This would lose history ({', '.join(sorted(set(lost)))}); say --lose-history if that is meant."
                )
            if exists(connection, "jalon_install.reload"):
                connection.execute("delete from jalon_install.reload")
                connection.execute("delete from jalon_install.reloaded_file")
            for name in dropped:
                drop_dependents(connection, name)
            silence(connection, "disable")
            for id in undone:
                say(f"Rolling back {id} …")
                if id.startswith(FIRST):
                    drop_left(connection)
                try:
                    ledger.rollback_one(known[id])
                except psycopg.errors.LockNotAvailable:
                    raise
                except psycopg.Error as error:
                    raise Refusal(
                        f"The rollback of {id} failed, and nothing was changed: {postgres.one_line(error)}."
                    ) from error
            silence(connection, "enable")


def silence(connection: psycopg.Connection[Any], how: str) -> None:
    """While scripts take rows back, hand-written triggers have nothing to add; those that guard stay awake."""
    connection.execute("set local role none")  # histories are jalon_historian's
    for table, trigger in connection.execute(WRITTEN, {"schemas": RELOADED}).fetchall():
        statement = sql.SQL("alter table {} {} trigger {}")
        connection.execute(statement.format(sql.SQL(table), sql.SQL(how), sql.Identifier(trigger)))


def matching(to: str, applied: list[str]) -> str:
    """The migration that stays the last: by its id, its number, or 0 for none."""
    if not to.strip("0"):
        return ""
    found = [id for id in applied if id == to or id.split(".")[0] == to]
    if not found:
        raise Refusal(f"No migration {to} is applied here; `jalon status` lists them.")
    return found[0]


def script(root: Path, id: str) -> str:
    path = root / "migrations" / f"{id}.rollback.sql"
    if not path.exists():
        raise Refusal(f"The migration {id} has no rollback script.")
    return files.text(path)


def untrack(connection: psycopg.Connection[Any], dropped: list[str], scripts: str) -> list[str]:
    """Tables that go, or whose category goes, leave Jalon first; which of their histories had rows."""
    if not exists(connection, "jalon_engine.tracked"):
        return []
    categories = {name for names in CATEGORIES.findall(scripts) for name in re.findall(r"'(\w+)'", names)}
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
    roots = connection.execute(
        "select 'pg_class', to_regclass(%(name)s)::oid union all select 'pg_type', to_regtype(%(name)s)::oid",
        {"name": name},
    ).fetchall()
    for kind, oid in roots:
        for type_, identity, *_ in hanging_on(connection, kind, oid):
            if type_ in ("view", "materialized view", "function", "procedure", "aggregate"):
                drop(connection, type_, identity)


def drop_left(connection: psycopg.Connection[Any]) -> None:
    """Before the schemas go: every function and view that is still in them, and the superuser's event trigger."""
    role = connection.execute("select current_setting('role')").fetchone() or ("none",)
    connection.execute("set local role none")
    connection.execute("drop event trigger if exists jalon_protect_names")
    connection.execute("select set_config('role', %s, true)", role)
    left = connection.execute(LEFT, {"schemas": list(SCHEMAS)}).fetchall()
    while left:
        blocked = [row for row in left if not dropped_alone(connection, *row)]
        if len(blocked) == len(left):
            raise Refusal(f"Something of yours depends on {blocked[0][1]}; drop that first. Nothing was changed.")
        left = blocked


def dropped_alone(connection: psycopg.Connection[Any], kind: str, identity: str) -> bool:
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
