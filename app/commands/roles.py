"""Show Jalon's database roles, or the statements that make them.

Where the role that migrates may not create roles (most managed services), an administrator runs
what `jalon roles --sql` prints once, connected to the database; then `jalon migrate` does the rest.
"""

import argparse

from psycopg import sql

from jalon import server
from jalon.migrate import LIMITED, LIMITS, SEARCH_PATH
from jalon.settings import Settings

STATEMENTS = """\
-- Run by an administrator, connected to the database {database}; {me} migrates it afterwards.
create role jalon_owner nologin;
create role jalon_api login;
create role jalon_bi login;
create role jalon_dba login;
create role jalon_relay login;
grant jalon_owner to {me};
grant create on database {database} to {me}, jalon_owner;
alter database {database} set search_path = {path};
{limits}-- Passwords: \\password jalon_api in psql, and likewise for the others that are to log in.
"""
OURS = """
    select r.rolname, case when r.rolcanlogin then 'logs in' else 'never logs in' end,
        coalesce((select string_agg(g.rolname, ', ' order by g.rolname) from pg_auth_members m
            join pg_roles g on g.oid = m.member where m.roleid = r.oid), '')
    from pg_roles r where r.rolname like 'jalon\\_%' order by 1
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sql", action="store_true", help="print the statements that an administrator runs")


def run(settings: Settings, options: argparse.Namespace) -> None:
    with server.reached(settings) as dsn, server.connect(dsn) as connection:
        if options.sql:
            names = {
                "database": sql.Identifier(connection.info.dbname),
                "me": sql.Identifier(connection.info.user),
                "path": sql.SQL(SEARCH_PATH),
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
            print(f"{name:<14}{login:<16}" + (f"members: {members}" if members else ""))
        if not rows:
            print("None yet; `jalon migrate` makes them, or an administrator with `jalon roles --sql`.")
