"""What Jalon's roles have in this database: search_path, limits, passwords.

The search_path of the database itself and of everybody else's roles is never touched.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from jalon import modules
from jalon.dsn import with_tcp_options
from jalon.install.catalog import MASKED_SCHEMA, QUERIES
from jalon.refusal import Refusal
from jalon.settings import Settings

# Names of tables, views and functions that resolve without a schema, Jalon's own first.
READ_SCHEMAS = ["jalon_recap", "jalon_history", *modules.schemas()]
SEARCH_PATHS = {
    "jalon_bi": [*READ_SCHEMAS, '"$user"', "public"],
    "jalon_bi_masked": [MASKED_SCHEMA, *READ_SCHEMAS[:2], '"$user"', "public"],
    "jalon_dba": ["jalon", *READ_SCHEMAS, "jalon_engine", '"$user"', "public"],
}
# How long a role's statement, its wait for a lock, its idle transaction and its idle session may last, and how much it
# may write into temporary files, unless somebody has set something else. `serve` sets its own limits for its own
# connections (JALON_REQUEST_TIMEOUT, JALON_ROW_TIMEOUT).
LIMIT_NAMES = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
READER_LIMITS = dict(zip(LIMIT_NAMES, ("5min", "5s", "1min"), strict=True)) | {
    "idle_session_timeout": "8h",
    "temp_file_limit": "4GB",
}
LIMITS: dict[str, dict[str, str]] = {
    "jalon_api": dict(zip(LIMIT_NAMES, ("10s", "3s", "10s"), strict=True)),
    "jalon_bi": READER_LIMITS,
    "jalon_bi_masked": READER_LIMITS,
    "jalon_dba": dict(zip(LIMIT_NAMES, ("1h", "10s", "10min"), strict=True)),
}
# What a superuser sets, or whoever was granted it.
SUPERUSERS_SETTINGS = ("temp_file_limit",)


# An administrator of a managed service may not set everything; the rest is set nevertheless.
IF_ALLOWED = sql.SQL("do $$ begin {}; exception when insufficient_privilege then null; end $$")
# Roles that logins of persons and applications are made members of.
MEMBER_ROLES = ("jalon_bi", "jalon_bi_masked", "jalon_dba", "jalon_app")


def search_path(role: str) -> str:
    return ", ".join(SEARCH_PATHS[role])


def role_settings() -> Iterator[tuple[str, str, sql.Composable]]:
    """Role, setting and value."""
    for role in SEARCH_PATHS:
        yield role, "search_path", sql.SQL(search_path(role))
    for role, values in LIMITS.items():
        for name, value in values.items():
            yield role, name, sql.Literal(value)


def statements(database: str, logins: dict[str, str] | None = None) -> Iterator[tuple[str, str, sql.Composed]]:
    """Role, setting, and the statement that sets it in this database; `logins` puts a member in its role's place."""
    statement = sql.SQL("alter role {} in database {} set {} = {}")
    for role, name, value in role_settings():
        login = (logins or {}).get(role, role)
        made = statement.format(*map(sql.Identifier, (login, database, name)), value)
        yield login, name, made if name not in SUPERUSERS_SETTINGS else IF_ALLOWED.format(made)


def members_without_limits(connection: psycopg.Connection[Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Logins that are members of a role with limits, that role, and the limits that they lack: none is inherited."""
    known = {(role, entry.partition("=")[0]) for role, entry in connection.execute(QUERIES["role_settings"])}
    rows = connection.execute(QUERIES["named_logins"], {"roles": list(set(LIMITS) & set(MEMBER_ROLES))})
    for login, role in rows.fetchall():
        if missing := [name for name in LIMITS[role] if (login, name) not in known]:
            yield login, role, missing


def set_role_settings(connection: psycopg.Connection[Any]) -> None:
    """Where this role may set them; limits that somebody has set stay."""
    known = {
        (role, entry.partition("=")[0]): entry.partition("=")[2]
        for role, entry in connection.execute(QUERIES["role_settings"])
    }
    for role, name, statement in statements(connection.info.dbname):
        current = known.get((role, name))
        if current is None or (name == "search_path" and current != search_path(role)):
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def roles_without_path(connection: psycopg.Connection[Any]) -> list[str]:
    """The roles whose search_path is not set here."""
    known = {(role, entry) for role, entry in connection.execute(QUERIES["role_settings"])}
    return [role for role in SEARCH_PATHS if (role, f"search_path={search_path(role)}") not in known]


def passwords(connection: psycopg.Connection[Any], settings: Settings) -> dict[str, sql.Composed]:
    """A statement for each role whose password the settings name; only the hash travels."""
    found = {}
    for role in ("api", "bi", "bi_masked", "dba", "relay", "app"):
        if password := getattr(settings, f"{role}_password"):
            name = f"jalon_{role}"
            hashed = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
            found[role] = sql.SQL("alter role {} password {}").format(sql.Identifier(name), sql.Literal(hashed))
    return found


def set_passwords(connection: psycopg.Connection[Any], settings: Settings, dsn: str) -> None:
    """Where this role may set them. Where it may not, an administrator must have set them: else it is refused."""
    for role, statement in passwords(connection, settings).items():
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            if not can_log_in(make_conninfo(dsn, user=f"jalon_{role}", password=getattr(settings, f"{role}_password"))):
                raise Refusal(
                    f"{connection.info.user} may not set the password of jalon_{role}, and jalon_{role} has"
                    " another one. Let an administrator run what `jalon roles --sql --passwords` prints."
                ) from None


def can_log_in(dsn: str) -> bool:
    try:
        psycopg.connect(with_tcp_options(dsn)).close()
    except psycopg.OperationalError:
        return False
    return True
