"""Forget everything: remove the embedded database and begin again.

Only for the embedded PostgreSQL, and only while nothing uses it.
"""

import argparse

from jalon.install import demo, embedded
from jalon.refusal import Refusal
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="delete all data")


def run(settings: Settings, options: argparse.Namespace) -> None:
    if settings.dsn:
        raise Refusal("reset is for the embedded PostgreSQL; a database of JALON_DSN is dropped by its administrator.")
    if not options.yes:
        raise Refusal(f"This removes all data in {settings.home}; say `jalon reset --yes` if that is meant.")
    embedded.reset(settings.home)
    demo.forget(settings.home)
    print(f"The database in {settings.home} is gone; `jalon serve` makes a new one.")
