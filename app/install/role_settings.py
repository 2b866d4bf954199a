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
from jalon.refusal import Refusal
from jalon.settings import Settings

# Names of tables, views and functions that resolve without a schema, Jalon's own first.
READ_SCHEMAS = ["jalon_recap", "jalon_history", *modules.schemas()]
SEARCH_PATHS = {
    "jalon_bi": [*READ_SCHEMAS, '"$user"', "public"],
    "jalon_dba": ["jalon", *READ_SCHEMAS, "jalon_engine", '"$user"', "public"],
}
# How long a role's statement, its wait for a lock and its idle transaction may last, unless somebody has set something
# else. `serve` sets its own limits for its own connections (JALON_REQUEST_TIMEOUT, JALON_ROW_TIMEOUT).
LIMITS = {
    "jalon_api": ("10s", "3s", "10s"),
    "jalon_bi": ("5min", "5s", "1min"),
    "jalon_dba": ("1h", "10s", "10min"),
}
LIMIT_NAMES = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
ROLE_SETTINGS = """
    select s.setrole::regrole::text, entry from pg_db_role_setting s cross join unnest(s.setconfig) entry
    where s.setdatabase in (0, (select oid from pg_database where datname = current_database())) and s.setrole <> 0
"""


# Roles that logins of persons and applications are made members of.
MEMBER_ROLES = ("jalon_bi", "jalon_dba", "jalon_app")


def search_path(role: str) -> str:
    return ", ".join(SEARCH_PATHS[role])


def role_settings() -> Iterator[tuple[str, str, sql.Composable]]:
    """Role, setting and value."""
    for role in SEARCH_PATHS:
        yield role, "search_path", sql.SQL(search_path(role))
    for role, values in LIMITS.items():
        for name, value in zip(LIMIT_NAMES, values, strict=True):
            yield role, name, sql.Literal(value)


def statements(database: str, logins: dict[str, str] | None = None) -> Iterator[tuple[str, str, sql.Composed]]:
    """Role, setting, and the statement that sets it in this database; `logins` puts a member in its role's place."""
    statement = sql.SQL("alter role {} in database {} set {} = {}")
    for role, name, value in role_settings():
        login = (logins or {}).get(role, role)
        yield login, name, statement.format(*map(sql.Identifier, (login, database, name)), value)


def set_role_settings(connection: psycopg.Connection[Any]) -> None:
    """Where this role may set them; limits that somebody has set stay."""
    known = {
        (role, entry.partition("=")[0]): entry.partition("=")[2] for role, entry in connection.execute(ROLE_SETTINGS)
    }
    for role, name, statement in statements(connection.info.dbname):
        current = known.get((role, name))
        if current is None or (name == "search_path" and current != search_path(role)):
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def roles_without_path(connection: psycopg.Connection[Any]) -> list[str]:
    """The roles whose search_path is not set here."""
    known = {(role, entry) for role, entry in connection.execute(ROLE_SETTINGS)}
    return [role for role in SEARCH_PATHS if (role, f"search_path={search_path(role)}") not in known]


def passwords(connection: psycopg.Connection[Any], settings: Settings) -> dict[str, sql.Composed]:
    """A statement for each role whose password the settings name; only the hash travels."""
    found = {}
    for role in ("api", "bi", "dba", "relay", "app"):
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
        psycopg.connect(dsn, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
