"""Load the demo: a few people and a believable record of each kind.

It can be run again; what is there already stays as it is.
"""

import argparse

from jalon.install import demo, postgres
from jalon.install.migrate import migrate
from jalon.settings import Settings


def run(settings: Settings, options: argparse.Namespace) -> None:
    with postgres.server(settings, print) as dsn:
        migrate(settings, dsn)
        with postgres.connect(dsn) as connection:
            demo.load(connection, print)
    print("The demo is loaded.")
