"""Print a connection string.

For other programs: psql "$(jalon url)". The embedded PostgreSQL answers while `jalon serve` runs.
"""

import argparse

from jalon.install import embedded, postgres
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", choices=postgres.ROLES, default="owner", help="as whom (default: owner)")


def run(settings: Settings, options: argparse.Namespace) -> None:
    dsn = settings.dsn or embedded.cluster(settings.home).dsn()
    print(postgres.dsn_of_role(settings, dsn, options.role))
