"""Print a connection string.

For other programs: psql "$(jalon url)". The embedded PostgreSQL answers while `jalon serve` runs.

    jalon url                    host=… user=… dbname=…, as psql and libpq take it
    jalon url --format url       postgresql://…, as SQLAlchemy, node-postgres and most others want it
"""

import argparse

from jalon.install import embedded, postgres
from jalon.settings import Settings

FORMATS = {"dsn": postgres.as_key_values, "url": postgres.as_url}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", choices=postgres.ROLES, default="owner", help="as whom (default: owner)")
    parser.add_argument("--format", choices=FORMATS, default="dsn", help="key=value or a URL (default: dsn)")


def run(settings: Settings, options: argparse.Namespace) -> None:
    dsn = settings.dsn or embedded.cluster(settings.home).dsn()
    print(FORMATS[options.format](postgres.dsn_of_role(settings, dsn, options.role)))
