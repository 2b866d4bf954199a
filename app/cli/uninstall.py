"""Take Jalon out of a database, or one module.

    jalon uninstall roadshow          the module goes: its tables, routes, rows and functions
    jalon uninstall --everything      Jalon goes; your tables are as they were before

What would lose recorded history is refused unless --keep-history or --lose-history says what is meant. Kept histories
become ordinary tables of yours, in the schema jalon_kept_history.
"""

import argparse

from jalon.install import postgres
from jalon.install.rollback import remove_module
from jalon.install.uninstall import uninstall
from jalon.refusal import Refusal
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("module", nargs="?", metavar="MODULE", help="the module that goes")
    parser.add_argument("--everything", action="store_true", help="all of Jalon goes")
    history = parser.add_mutually_exclusive_group()
    history.add_argument("--keep-history", action="store_true", help="histories become ordinary tables")
    history.add_argument("--lose-history", action="store_true", help="recorded history is dropped")
    parser.add_argument(
        "--keep-columns", action="store_true", help="status_version and status_changed_at stay on your tables"
    )


def run(settings: Settings, options: argparse.Namespace) -> None:
    if bool(options.module) == options.everything:
        raise Refusal("Say which module goes (jalon uninstall MODULE), or that all of Jalon does (--everything).")
    if options.module and (options.keep_history or options.keep_columns):
        raise Refusal("A module goes with its tables; --keep-history and --keep-columns are for --everything.")
    with postgres.server(settings, print) as dsn:
        if options.module:
            remove_module(settings, dsn, options.module, options.lose_history, print)
        else:
            uninstall(
                settings,
                dsn,
                print,
                keep_history=options.keep_history,
                lose_history=options.lose_history,
                keep_columns=options.keep_columns,
            )
    print("Done.")
