"""Take migrations back, down to the last one to keep.

    jalon rollback --to 0060      everything after 0060 is undone
    jalon rollback --to 0         everything is undone

All of it happens in one transaction, or nothing does. What would lose recorded history is refused
unless --lose-history says that this is meant. Other rows that are lost (webhooks, settings) are named by their tables;
--dry-run names them and does nothing.
"""

import argparse

from jalon.install import postgres
from jalon.install.rollback import rollback
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", required=True, metavar="NUMBER", help="the last migration to keep")
    parser.add_argument(
        "--stop-writes", action="store_true", help="go on although writes stop until the earlier version migrates"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done and lost, and do nothing")
    parser.add_argument("--lose-history", action="store_true", help="go on although recorded history is lost")


def run(settings: Settings, options: argparse.Namespace) -> None:
    with postgres.server(settings, print) as dsn:
        rollback(
            settings,
            dsn,
            options.to,
            options.lose_history,
            print,
            stop_writes=options.stop_writes,
            dry_run=options.dry_run,
        )
        if not options.dry_run:
            print("Done.")
