"""Make, list and revoke keys for machines.

`jalon api-key add NAME --roles a,b` prints the key once; the database keeps its hash only. A machine sends it as
`Authorization: Bearer KEY` and acts as key:NAME. `jalon api-key revoke NAME` ends it within seconds.
"""

import argparse

import psycopg

from jalon.install import postgres
from jalon.install.schema_version import require_installed
from jalon.refusal import Refusal
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("add", "list", "revoke"))
    parser.add_argument("name", nargs="?", metavar="NAME", help="which machine (letters, digits, _ . -)")
    parser.add_argument("--roles", default="", metavar="A,B", help="the roles that the key carries")
    parser.add_argument("--days", type=float, metavar="DAYS", help="how long it works (default: until it is revoked)")


def run(settings: Settings, options: argparse.Namespace) -> None:
    from jalon.server.auth import hash_key, new_key

    if options.action != "list" and not options.name:
        raise Refusal(f"Which key? jalon api-key {options.action} NAME")
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        require_installed(connection)
        if options.action == "add":
            key = new_key()
            given = [role.strip() for role in options.roles.split(",") if role.strip()]
            try:
                connection.execute(
                    "select jalon.add_api_key(%s, %s, %s, now() + make_interval(secs => %s))",
                    [options.name, hash_key(key), given, options.days and options.days * 86400],
                )
            except psycopg.errors.UniqueViolation:
                raise Refusal(f"There is an API key {options.name} already; choose another name.") from None
            except psycopg.errors.CheckViolation:
                raise Refusal(f"{options.name} is not a name for an API key: letters, digits and _ . - only.") from None
            print(key)
        elif options.action == "revoke":
            row = connection.execute("select jalon.revoke_api_key(%s)", [options.name]).fetchone()
            if not (row and row[0]):
                raise Refusal(f"No API key {options.name} works; `jalon api-key list` shows all.")
            print(f"{options.name} is revoked.")
        else:
            for name, roles, works, expires in connection.execute(
                "select name, array_to_string(roles, ','), works, expires_at from jalon.api_keys order by name"
            ):
                print(f"{name}\t{roles}\t{'works' if works else 'ended'}\t{expires or ''}".rstrip())
