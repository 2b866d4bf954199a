"""Bring the database to this version: migrations, functions, triggers.

Applies what is pending and reloads functions and triggers when their files changed; does nothing
where nothing is to do. It can be killed at any moment and run again.
"""

import argparse

import msgspec

from jalon.install import postgres
from jalon.install.migrate import migrate, requested_modules
from jalon.install.schema_version import read_state
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--modules", help="further modules to install: all, none, or names separated by commas (default: JALON_MODULES)"
    )
    parser.add_argument(
        "--languages", help="the active languages: all, or codes separated by commas (default: JALON_LANGUAGES)"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--reload", action="store_true", help="reload functions and triggers although nothing changed")


def run(settings: Settings, options: argparse.Namespace) -> None:
    settings = msgspec.structs.replace(
        settings,
        modules=options.modules or settings.modules,
        languages=options.languages or settings.languages,
    )
    with postgres.server(settings, print) as dsn:
        if options.dry_run:
            with postgres.connect(dsn) as connection:
                state = read_state(connection, modules=requested_modules(settings))
            state.require_usable()
            for id in state.pending:
                print(f"Would apply {id}.")
            print("Nothing to do." if state.is_current else "Would reload functions and triggers.")
            return
        state = migrate(settings, dsn, force_reload=options.reload)
        named = f"modules {', '.join(state.modules)}" if state.modules else "no module"
        print(f"The database is current: {len(state.applied)} migrations, {named}.")
