"""Print a connection string.

For other programs: psql "$(jalon url)". The embedded PostgreSQL answers while `jalon serve` runs.
"""

import argparse

from jalon import embedded, server
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", choices=server.ROLES, default="owner", help="as whom (default: owner)")


def run(settings: Settings, options: argparse.Namespace) -> None:
    dsn = settings.dsn or embedded.cluster(settings.home).dsn()
    print(server.as_role(settings, dsn, options.role))
