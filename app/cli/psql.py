"""Open psql on the database.

What follows `--` goes to psql: jalon psql --role bi -- -c 'table jalon_recap.overdue_records'
"""

import argparse
import os
import re
import shutil
import subprocess

from jalon.install import embedded, postgres
from jalon.install.role_settings import READ_SCHEMAS
from jalon.refusal import Refusal
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", choices=postgres.ROLES, default="owner", help="as whom (default: owner)")
    parser.add_argument("rest", nargs="*", metavar="-- ARGUMENT", help="given to psql")


def options_for(role: str, own_path: str = '"$user", public') -> str:
    """The owner's session finds Jalon's names too, after the owner's; Jalon's roles have their search_path already."""
    given = os.environ.get("PGOPTIONS", "")
    path = ", ".join([own_path, *READ_SCHEMAS, "jalon", "jalon_engine"])
    escaped = re.sub(r"([\\\s])", r"\\\1", path)
    return f"{given} -csearch_path={escaped}".strip() if role == "owner" else given


def own_path_of(dsn: str) -> str:
    """The search_path that this login has in this database, by itself or by what is set for it."""
    with postgres.connect(dsn) as connection:
        row = connection.execute("select current_setting('search_path')").fetchone()
    return str(row[0]) if row and row[0] else '""'


def run(settings: Settings, options: argparse.Namespace) -> int:
    bundled = None if settings.dsn else embedded.binaries() / "psql"
    program = shutil.which("psql") or (bundled and str(bundled))
    if not program:
        raise Refusal("There is no psql here; install PostgreSQL's client programs.")
    with postgres.server(settings) as dsn:
        own_path = own_path_of(dsn) if options.role == "owner" else ""
        return subprocess.run(
            # A refusal is a sentence and a hint; the lines of functions that led to it help nobody who types.
            [program, "-vSHOW_CONTEXT=never", postgres.dsn_of_role(settings, dsn, options.role), *options.rest],
            check=False,
            env=os.environ | {"PGAPPNAME": "psql", "PGOPTIONS": options_for(options.role, own_path)},
        ).returncode
