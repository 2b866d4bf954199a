"""Show Jalon's database roles, or the statements that make them.

If the role that migrates may not create roles (most managed services), an administrator runs what `jalon roles --sql`
prints, connected to the database; then `jalon migrate` does the rest. It may be run again at any time. Run again by a
superuser after migrating, it also installs the event triggers that keep tracked tables and columns.

    jalon roles --sql                                       the roles and their settings in this database
    jalon roles --sql --passwords                           with the passwords of JALON_API_PASSWORD and the others
    jalon roles --sql --login ada --member jalon_bi         a login of its own that reads what jalon_bi reads

Members of a role are members in every database of the server: a login that only one database shall know gets CONNECT
there and nowhere else.
"""

import argparse
import re
from typing import Any

import psycopg
from psycopg import sql

from jalon.install import files, postgres, role_settings
from jalon.install.catalog import QUERIES
from jalon.refusal import Refusal
from jalon.settings import Settings

ROLES = {
    "jalon_owner": "nologin",
    "jalon_historian": "nologin",
    "jalon_mover": "nologin",
    "jalon_api": "login",
    "jalon_bi": "login",
    "jalon_bi_masked": "login",
    "jalon_dba": "login",
    "jalon_relay": "login",
    "jalon_app": "login",
}
STATEMENTS = """\
-- Run by an administrator, connected to the database {database}; {installer} migrates it. May be run again.
do $$
begin
{roles}end
$$;
{members}grant create on database {database} to {installer}, jalon_owner;
grant connect on database {database} to {logins};
{settings}{passwords}
-- Once the database is migrated, a superuser may run this again: nobody then renames or drops a tracked table.
do $do$
begin
    if to_regnamespace('jalon_engine') is null
        or not (select r.rolsuper from pg_roles r where r.rolname = current_user)
    then
        return;
    end if;
{event_function}
    drop event trigger if exists jalon_protect_names;
    drop event trigger if exists jalon_protect_tables;
    {event_triggers}
end
$do$;
"""
LOGIN = """\
-- Run by an administrator, connected to the database {database}. May be run again.
do $$
begin
{role}end
$$;
grant {member} to {login};
grant connect on database {database} to {login};
{settings}-- Its password: \\password {login} in psql.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sql", action="store_true", help="print the statements that an administrator runs")
    parser.add_argument("--passwords", action="store_true", help="with the passwords that the settings name, hashed")
    parser.add_argument("--login", metavar="NAME", help="print instead what a login of its own needs")
    parser.add_argument("--member", choices=role_settings.MEMBER_ROLES, help="the role whose rights that login has")


def run(settings: Settings, options: argparse.Namespace) -> None:
    if (options.login is None) != (options.member is None):
        raise Refusal("--login and --member go together: jalon roles --sql --login ada --member jalon_bi.")
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        if options.login:
            print(login_statements(connection, options.login, options.member), end="")
        elif options.sql:
            print(statements(connection, settings if options.passwords else None), end="")
        else:
            show(connection)


def show(connection: psycopg.Connection[Any]) -> None:
    rows = connection.execute(QUERIES["role_list"]).fetchall()
    for name, login, members in rows:
        print(f"{name:<16}{login:<16}" + (f"members: {members}" if members else ""))
    if not rows:
        print("None yet; `jalon migrate` makes them, or an administrator with `jalon roles --sql`.")


def statements(connection: psycopg.Connection[Any], settings: Settings | None) -> str:
    """What an administrator runs; with passwords if the settings are given."""
    database, installer = connection.info.dbname, sql.Identifier(connection.info.user)
    owning = [name for name, login in ROLES.items() if login == "nologin"]
    passwords = list(role_settings.passwords(connection, settings).values()) if settings else []
    hint = "-- Passwords: \\password jalon_api in psql, and likewise for the others that are to log in.\n"
    text = sql.SQL(STATEMENTS).format(
        database=sql.Identifier(database),
        installer=installer,
        roles=sql.SQL("".join(create_role(name, login) for name, login in ROLES.items())),
        members=sql.SQL("").join(sql.SQL("grant {} to {};\n").format(sql.SQL(name), installer) for name in owning),
        logins=sql.SQL(", ".join(name for name, login in ROLES.items() if login == "login")),
        settings=joined_statements(statement for _, _, statement in role_settings.statements(database)),
        passwords=joined_statements(passwords) if passwords else sql.SQL(hint),
        event_function=sql.SQL(event_function()),
        event_triggers=sql.SQL(event_triggers()),
    )
    return text.as_string(connection)


def login_statements(connection: psycopg.Connection[Any], login: str, member: str) -> str:
    """Members of a role have its rights and none of its settings."""
    database = connection.info.dbname
    own = (s for role, _, s in role_settings.statements(database, {member: login}) if role == login)
    text = sql.SQL(LOGIN).format(
        database=sql.Identifier(database),
        role=sql.SQL(create_role(login, "login")),
        member=sql.Identifier(member),
        login=sql.Identifier(login),
        settings=joined_statements(own),
    )
    return text.as_string(connection)


def joined_statements(statements: Any) -> sql.Composed:
    return sql.SQL("").join(sql.SQL("{};\n").format(statement) for statement in statements)


def create_role(name: str, login: str) -> str:
    literal = sql.Literal(name).as_string()
    identifier = name if name in ROLES else sql.Identifier(name).as_string()
    return (
        f"    if not exists (select from pg_roles where rolname = {literal}) then\n"
        f"        create role {identifier} {login};\n    end if;\n"
    )


def event_function() -> str:
    """As the reload of a superuser makes it, and who may call it: nobody."""
    return excerpt(r"    create or replace function jalon_engine\.on_schema_change\(\).*?\$body\$;.*?(?=\nend\n\$\$;)")


def event_triggers() -> str:
    names = ("jalon_protect_names", "jalon_protect_tables")
    return "\n    ".join(excerpt(rf"create event trigger {name} .*?;") for name in names)


def excerpt(pattern: str) -> str:
    source = files.text(files.ROOT / "functions/engine/tracking/protect_names.sql")
    found = re.search(pattern, source, re.DOTALL)
    if not found:
        raise LookupError(pattern)
    return found[0]
