"""Takes Jalon out of a database: the customer's tables are as they were before.

Histories are refused to go silently. Kept, they become ordinary tables of whoever uninstalls, in the schema
jalon_kept_history.
"""

import contextlib
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from jalon.install import postgres
from jalon.install.catalog import QUERIES, SCHEMAS
from jalon.install.migrate import explain_lock_timeout, locked_ledger
from jalon.install.rollback import drop_dependents, has_rows, undo_migrations
from jalon.install.schema_version import read_state
from jalon.refusal import Refusal
from jalon.settings import Settings

KEPT_SCHEMA = "jalon_kept_history"
TRACKED = """
    select t.name, format('%%I.%%I', t.table_schema, t.table_name), t.table_schema = any (%(ours)s)
    from jalon_engine.tracked t order by t.name
"""


def uninstall(
    settings: Settings,
    dsn: str,
    say: Callable[[str], None],
    *,
    keep_history: bool = False,
    lose_history: bool = False,
    keep_columns: bool = False,
) -> None:
    """Everything of Jalon, in one transaction; then its books, its settings and the roles that nobody else needs."""
    with locked_ledger(settings, dsn, say) as ledger, explain_lock_timeout(settings, ledger):
        connection = ledger.connection
        state = read_state(connection)
        state.require_usable()
        with ledger.transaction():
            if state.applied:
                untrack_tables(connection, keep_history, lose_history, keep_columns, say)
            undo_migrations(ledger, state, [], None, True, lambda text: None)
    with postgres.connect(dsn) as connection:
        connection.execute("drop schema if exists jalon_install cascade")
        revoke_remaining_rights(connection)
        drop_roles(connection, say)


def untrack_tables(
    connection: psycopg.Connection[Any],
    keep_history: bool,
    lose_history: bool,
    keep_columns: bool,
    say: Callable[[str], None],
) -> None:
    """Every table leaves Jalon; its history stays if it is wanted."""
    tables = connection.execute(TRACKED, {"ours": list(SCHEMAS)}).fetchall()
    histories = [row[0] for row in connection.execute(QUERIES["histories"])]
    with_rows = [name for name in histories if has_rows(connection, name)]
    if with_rows and not (keep_history or lose_history):
        raise Refusal(
            f"This would lose history ({', '.join(sorted(with_rows))}); say --keep-history or --lose-history."
        )
    if keep_history:
        connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(KEPT_SCHEMA)))
        table = sql.SQL("create table {}.deletion as table jalon_history.deletion").format(sql.Identifier(KEPT_SCHEMA))
        connection.execute(table)
    for name in histories:
        drop_dependents(connection, name)  # views on them
    for name, table, is_ours in tables:
        connection.execute("select jalon.untrack(%s, %s)", (name, not keep_history))
        if not is_ours and not keep_columns:
            for (column,) in connection.execute(QUERIES["added_columns"], {"table": table}).fetchall():
                connection.execute(
                    sql.SQL("alter table {} drop column {}").format(sql.SQL(table), sql.Identifier(column))
                )
    for name in histories if keep_history else []:
        if name in with_rows:
            keep_as_table(connection, name)
            say(f"Kept {name} in the schema {KEPT_SCHEMA}.")
        else:
            connection.execute(sql.SQL("drop table {}").format(sql.SQL(name)))


def keep_as_table(connection: psycopg.Connection[Any], history: str) -> None:
    """A history without guards and foreign keys, as a table of whoever uninstalls."""
    for trigger, table in connection.execute(QUERIES["history_triggers"], {"table": history}).fetchall():
        connection.execute(sql.SQL("drop trigger {} on {}").format(sql.Identifier(trigger), sql.SQL(table)))
    for (constraint,) in connection.execute(QUERIES["foreign_keys"], (history,)).fetchall():
        statement = sql.SQL("alter table {} drop constraint {}")
        connection.execute(statement.format(sql.SQL(history), sql.Identifier(constraint)))
    partitions = [row[0] for row in connection.execute(QUERIES["partitions"], (history,))]
    for table in partitions or [history]:
        connection.execute(sql.SQL("alter table {} owner to current_user").format(sql.SQL(table)))
        connection.execute(sql.SQL("alter table {} set schema {}").format(sql.SQL(table), sql.Identifier(KEPT_SCHEMA)))


def revoke_remaining_rights(connection: psycopg.Connection[Any]) -> None:
    """Rights on the customer's schemas and on the database."""
    for schema, role in connection.execute(QUERIES["granted_schemas"], {"ours": list(SCHEMAS)}).fetchall():
        statement = sql.SQL("revoke all on schema {} from {}")
        connection.execute(statement.format(sql.Identifier(schema), sql.Identifier(role)))
    for (role,) in connection.execute(QUERIES["granted_database"]).fetchall():
        statement = sql.SQL("revoke all on database {} from {}")
        connection.execute(statement.format(sql.Identifier(connection.info.dbname), sql.Identifier(role)))


def drop_roles(connection: psycopg.Connection[Any], say: Callable[[str], None]) -> None:
    """Roles belong to the whole server: another database may need them."""
    kept_roles = []
    for (role,) in connection.execute(QUERIES["our_roles"]).fetchall():
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
            statement = sql.SQL("alter role {} in database {} reset all")
            connection.execute(statement.format(sql.Identifier(role), sql.Identifier(connection.info.dbname)))
        try:
            connection.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))
        except (psycopg.errors.DependentObjectsStillExist, psycopg.errors.InsufficientPrivilege):
            kept_roles.append(role)
    if kept_roles:
        say(f"These roles stay, because another database needs them or you may not drop them: {', '.join(kept_roles)}.")
