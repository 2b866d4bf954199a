"""Brings a database to this version: migrations once, functions and triggers whenever they changed.

One connection does everything under one advisory lock. A migration, yoyo's mark and our digest
commit together, and so does a whole reload: killed at any point, the next run goes on from there.
"""

import contextlib
import logging
import os
import socket
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import Migration, default_migration_table

from jalon import __version__, modules
from jalon.dsn import with_tcp_options
from jalon.install import files, postgres
from jalon.install.catalog import QUERIES, find_lock_holders
from jalon.install.reload import Reload
from jalon.install.role_settings import set_passwords, set_role_settings
from jalon.install.schema_version import State, exists, newer_functions, read_state
from jalon.refusal import Refusal
from jalon.settings import Settings

logging.getLogger("yoyo.migrations").setLevel(logging.WARNING)  # what is done is said by us

ADVISORY_LOCK = 0x6A616C6F6E  # "jalon"
Say = Callable[[str], None]


class Ledger(PostgresqlPsycopgBackend):  # type: ignore[misc]
    """yoyo's backend for PostgreSQL, with one difference: what it does and what it notes commit together."""

    def __init__(self, dsn: str) -> None:
        parts = conninfo_to_dict(with_tcp_options(dsn)) | {
            "schema": "jalon_install",
            "application_name": "jalon migrate",
        }
        super().__init__(
            DatabaseURI("postgresql+psycopg", None, None, None, None, parts.pop("dbname", None), parts),
            default_migration_table,
        )

    def apply_one(self, migration: Migration, force: bool = False, mark: bool = True) -> None:
        with self.transaction():
            migration.process_steps(self, "apply", force=force)
            self.mark_one(migration)
            self.connection.execute(
                "insert into jalon_install.migration_digest (id, digest) values (%s, %s)",
                (migration.id, files.digest(files.text(Path(migration.path)))),
            )

    def rollback_one(self, migration: Migration, force: bool = False) -> None:
        with self.transaction():
            self.connection.execute("set local role jalon_owner")
            self.connection.execute("delete from jalon_install.migration_digest where id = %s", (migration.id,))
            self.unmark_one(migration)
            migration.process_steps(self, "rollback", force=force)

    def get_log_data(self, migration: Migration | None = None, operation: str = "apply") -> dict[str, Any]:
        """As yoyo's own, without asking a name server for this host's full name."""
        return {
            "id": str(uuid.uuid1()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": os.environ.get("USER", "unknown"),
            "hostname": socket.gethostname(),
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }

    def list_tables(self, **kwargs: Any) -> list[str]:
        return [row[0] for row in self.connection.execute(QUERIES["ledger_tables"])]


def migrate(
    settings: Settings,
    dsn: str,
    say: Say = print,
    *,
    root: Path = files.ROOT,
    force_reload: bool = False,
    passwords: bool = True,
) -> State:
    """Apply what is pending, reload what changed, and say what was done."""
    requested = requested_modules(settings, root)
    with postgres.connect(dsn) as connection:
        state = read_state(connection, root, requested)
        state.require_usable()
        languages = settings.languages or ("" if settings.dsn or state.applied else "all")
        if not state.is_current or force_reload:
            connection.close()
            with locked_ledger(settings, dsn, say) as ledger, explain_lock_timeout(settings, ledger):
                apply(ledger, read_state(ledger.connection, root, requested), root, say)
                state = read_state(ledger.connection, root, requested)
                state.require_usable()
                if not state.is_current or force_reload:
                    sources = files.reloaded_sources(state.modules, root)
                    reload = Reload(ledger.connection, sources, say, force_reload)
                    reload.run(state.expected_digest, state.applied, __version__)
        elif state.has_newer_functions:
            say(newer_functions(state))
    with postgres.connect(dsn) as connection:
        set_role_settings(connection)
        if passwords:
            set_passwords(connection, settings, dsn)
        set_languages(connection, languages)
        make_partitions(connection, say)
        make_indexes(connection, say)
    return state


def requested_modules(settings: Settings, root: Path = files.ROOT) -> list[str]:
    """Those that JALON_MODULES names; if it names none: all in the embedded database, none in another."""
    chosen = modules.chosen(settings.modules or ("none" if settings.dsn else "all"))
    return list(files.module_parts(root) if chosen is None else chosen)


def set_languages(connection: psycopg.Connection[Any], languages: str) -> None:
    """The active ones are those that JALON_LANGUAGES names; if it names none: all in a new embedded database."""
    if not languages:
        return
    codes = None if languages == "all" else [code.strip() for code in languages.split(",")]
    try:
        connection.execute("select jalon.set_active_languages(%s)", (codes,))
    except psycopg.Error as error:
        raise Refusal(
            f"The database is migrated, but {error.diag.message_primary}. {error.diag.message_hint}"
        ) from None


@contextlib.contextmanager
def locked_ledger(settings: Settings, dsn: str, say: Say) -> Iterator[Ledger]:
    """yoyo's backend on a connection that holds the advisory lock: whoever comes second waits."""
    ledger = Ledger(dsn)
    connection = ledger.connection
    connection.add_notice_handler(
        lambda notice: say(f"  {notice.message_primary}") if notice.severity_nonlocalized == "WARNING" else None
    )
    try:
        if not connection.execute("select pg_try_advisory_lock(%s)", (ADVISORY_LOCK,)).fetchone()[0]:
            holder = connection.execute(QUERIES["advisory_lock_holder"], {"key": ADVISORY_LOCK}).fetchone()
            say(f"Another jalon is migrating this database{holder[0] if holder else ''}; waiting for it …")
            connection.execute("select pg_advisory_lock(%s)", (ADVISORY_LOCK,))
        connection.execute("select set_config('lock_timeout', %s, false)", (f"{settings.lock_timeout * 1000:.0f}ms",))
        if not exists(connection, "jalon_install.yoyo_lock"):
            with explain_missing_rights():
                connection.execute("create schema if not exists jalon_install")
            ledger.create_lock_table()
        ledger.break_lock()  # of a process that was killed: nobody else holds our advisory lock
        with ledger.lock():
            ledger.ensure_internal_schema_updated()
            yield ledger
    finally:
        connection.close()


def apply(ledger: Ledger, state: State, root: Path, say: Say) -> None:
    known = {migration.id: migration for migration in read_migrations(*migration_folders(state.modules, root))}
    pending = [known[id] for id in state.pending]
    for migration in pending:
        migration.load()
        if not migration.use_transactions:
            raise Refusal(f"The migration {migration.id} wants no transaction; Jalon's migrations all have one.")
    if pending:
        grant_create_to_owner(ledger.connection)
    for migration in pending:
        say(f"Applying {migration.id} …")
        try:
            with explain_missing_rights():
                ledger.apply_migrations_only([migration])
        except psycopg.errors.LockNotAvailable:
            raise
        except psycopg.Error as error:
            raise Refusal(
                f"The migration {migration.id} failed and left nothing behind: {postgres.one_line(error)}."
            ) from error


def grant_create_to_owner(connection: psycopg.Connection[Any]) -> None:
    """Schemas, in this database: a copy of a database has not the rights of its original."""
    if connection.execute(QUERIES["owner_lacks_create"]).fetchone():
        database = sql.Identifier(connection.info.dbname)
        with explain_missing_rights():
            connection.execute(sql.SQL("grant create on database {} to jalon_owner").format(database))


def migration_folders(chosen: list[str], root: Path) -> list[str]:
    return [str(part.migrations) for part in files.parts(chosen, root)]


@contextlib.contextmanager
def explain_lock_timeout(settings: Settings, ledger: Ledger) -> Iterator[None]:
    """If a lock can't be had, says who holds it."""
    try:
        yield
    except psycopg.errors.LockNotAvailable:
        ledger.connection.execute("rollback")
        who = find_lock_holders(ledger.connection)
        raise Refusal(
            f"Could not get a lock within {settings.lock_timeout:g} s; nothing was changed. "
            + (f"Held by: {who}. End that or wait, and run this again." if who else "Run this again.")
        ) from None


@contextlib.contextmanager
def explain_missing_rights() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise Refusal(
            f"This role lacks the rights to install Jalon ({postgres.one_line(error)}). "
            "Let an administrator run the statements that `jalon roles --sql` prints, or use a DSN of a superuser."
        ) from None


def make_partitions(connection: psycopg.Connection[Any], say: Say) -> None:
    """Months of history ahead: every start is an occasion. Somebody in the way: the next one is, too."""
    row = connection.execute("select to_regprocedure('jalon.ensure_partitions(integer)') is not null").fetchone()
    if not (row and row[0]):
        return
    with contextlib.suppress(psycopg.errors.LockNotAvailable, psycopg.errors.InsufficientPrivilege):
        for tracked, month, moved in connection.execute("select * from jalon.ensure_partitions()"):
            say(f"History of {tracked}: made {month}" + (f" and moved {moved} rows there" if moved else "") + ".")


def make_indexes(connection: psycopg.Connection[Any], say: Say) -> None:
    """Indexes that older histories lack, month by month and concurrently: nobody who writes waits for one."""
    row = connection.execute("select to_regprocedure('jalon_history.missing_indexes()') is not null").fetchone()
    if not (row and row[0]):
        return
    with contextlib.suppress(psycopg.errors.LockNotAvailable, psycopg.errors.InsufficientPrivilege):
        connection.execute("set lock_timeout = '5s'")  # a long transaction is in the way: the next start goes on
        statements = connection.execute("select * from jalon_history.missing_indexes()").fetchall()
        for history in dict.fromkeys(history for history, _ in statements):
            say(f"Indexing {history} by time …")
        for _, statement in statements:
            connection.execute(statement, prepare=False)
