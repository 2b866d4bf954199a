"""Show Jalon's database roles, or the statements that make them.

Where the role that migrates may not create roles (most managed services), an administrator runs
what `jalon roles --sql` prints, connected to the database; then `jalon migrate` does the rest. It
may be run again at any time. Run again by a superuser after migrating, it also installs the event
trigger that keeps the names of tracked tables and columns.
"""

import argparse
import re

from psycopg import sql

from jalon.install import files, postgres
from jalon.install.migrate import LIMITED, LIMITS, SEARCH_PATH
from jalon.settings import Settings

MADE = {
    "jalon_owner": "nologin",
    "jalon_historian": "nologin",
    "jalon_mover": "nologin",
    "jalon_api": "login",
    "jalon_bi": "login",
    "jalon_dba": "login",
    "jalon_relay": "login",
    "jalon_app": "login",
}
STATEMENTS = """\
-- Run by an administrator, connected to the database {database}; {me} migrates it. May be run again.
do $$
begin
{roles}end
$$;
{members}grant create on database {database} to {me}, jalon_owner;
alter database {database} set search_path = {path};
{limits}-- Passwords: \\password jalon_api in psql, and likewise for the others that are to log in.

-- Once the database is migrated, a superuser may run this again: it then refuses to rename tracked tables and columns.
do $do$
begin
    if to_regnamespace('jalon_engine') is null or not (select r.rolsuper from pg_roles r where r.rolname = current_user) then
        return;
    end if;
{names_kept}
    drop event trigger if exists jalon_protect_names;
    {event_trigger}
end
$do$;
"""
OURS = """
    select r.rolname, case when r.rolcanlogin then 'logs in' else 'never logs in' end,
        coalesce((select string_agg(g.rolname, ', ' order by g.rolname) from pg_auth_members m
            join pg_roles g on g.oid = m.member where m.roleid = r.oid), '')
    from pg_roles r where r.rolname like 'jalon\\_%' order by 1
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sql", action="store_true", help="print the statements that an administrator runs")


def made(name: str, login: str) -> str:
    return (
        f"    if not exists (select from pg_roles where rolname = '{name}') then\n"
        f"        create role {name} {login};\n    end if;\n"
    )


def event_function() -> str:
    """As the reload of a superuser makes it, and who may call it: nobody."""
    return part(
        r"    create or replace function jalon_engine\.on_ddl_command_end\(\).*?\$body\$;.*?(?=\n    if not exists)"
    )


def event_trigger() -> str:
    return part(r"create event trigger jalon_protect_names .*?;")


def part(pattern: str) -> str:
    source = files.text(files.ROOT / "functions/engine/tracking/protect_names.sql")
    found = re.search(pattern, source, re.DOTALL)
    if not found:
        raise LookupError(pattern)
    return found[0]


def run(settings: Settings, options: argparse.Namespace) -> None:
    with postgres.reached(settings) as dsn, postgres.connect(dsn) as connection:
        if options.sql:
            names = {
                "database": sql.Identifier(connection.info.dbname),
                "me": sql.Identifier(connection.info.user),
                "path": sql.SQL(SEARCH_PATH),
                "roles": sql.SQL("".join(made(name, login) for name, login in MADE.items())),
                "members": sql.SQL("").join(
                    sql.SQL("grant {} to {};\n").format(sql.SQL(name), sql.Identifier(connection.info.user))
                    for name, login in MADE.items()
                    if login == "nologin"
                ),
                "names_kept": sql.SQL(event_function()),
                "event_trigger": sql.SQL(event_trigger()),
                "limits": sql.SQL("").join(
                    sql.SQL("alter role {} in database {} set {} = {};\n").format(
                        sql.Identifier(role),
                        sql.Identifier(connection.info.dbname),
                        sql.Identifier(name),
                        sql.Literal(value),
                    )
                    for role, values in LIMITS.items()
                    for name, value in zip(LIMITED, values, strict=True)
                ),
            }
            print(sql.SQL(STATEMENTS).format(**names).as_string(connection), end="")
            return
        rows = connection.execute(OURS).fetchall()
        for name, login, members in rows:
            print(f"{name:<16}{login:<16}" + (f"members: {members}" if members else ""))
        if not rows:
            print("None yet; `jalon migrate` makes them, or an administrator with `jalon roles --sql`.")
