"""Open psql on the database.

What follows `--` goes to psql: jalon psql --role bi -- -c 'table jalon_recap.overdue_records'
"""

import argparse
import os
import shutil
import subprocess

from jalon.install import embedded, postgres
from jalon.install.role_settings import READ_SCHEMAS
from jalon.refusal import Refusal
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", choices=postgres.ROLES, default="owner", help="as whom (default: owner)")
    parser.add_argument("rest", nargs="*", metavar="-- ARGUMENT", help="given to psql")


def options_for(role: str) -> str:
    """The owner's session finds Jalon's names too, after the owner's; Jalon's roles have their search_path already."""
    given = os.environ.get("PGOPTIONS", "")
    path = ",".join(['"$user"', "public", *READ_SCHEMAS, "jalon", "jalon_engine"])
    return f"{given} -csearch_path={path}".strip() if role == "owner" else given


def run(settings: Settings, options: argparse.Namespace) -> int:
    bundled = None if settings.dsn else embedded.binaries() / "psql"
    program = shutil.which("psql") or (bundled and str(bundled))
    if not program:
        raise Refusal("There is no psql here; install PostgreSQL's client programs.")
    with postgres.server(settings) as dsn:
        return subprocess.run(
            # A refusal is a sentence and a hint; the lines of functions that led to it help nobody who types.
            [program, "-vSHOW_CONTEXT=never", postgres.dsn_of_role(settings, dsn, options.role), *options.rest],
            check=False,
            env=os.environ | {"PGAPPNAME": "psql", "PGOPTIONS": options_for(options.role)},
        ).returncode
