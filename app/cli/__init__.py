"""Jalon keeps the status of records honest, inside PostgreSQL.

Without a setting it runs an embedded PostgreSQL 18 and keeps its data in a folder of the platform;
JALON_DSN points it at any PostgreSQL 15 to 18 instead. Every command works on both.
"""

import argparse
import difflib
import importlib
import os
import pkgutil
import signal
import sys
from types import ModuleType

import psycopg

from jalon import __version__
from jalon.install.postgres import one_line
from jalon.refusal import Refusal
from jalon.settings import load

MORE_RIGHTS = (
    "The login of JALON_DSN may not do that ({reason}). Use the owner's address there. `jalon serve` and `jalon relay`"
    " need no owner: give them JALON_API_DSN and JALON_RELAY_DSN, and no JALON_DSN."
)

# A command is a file in this folder: its docstring is its manual (the first line stands in the list),
# `arguments(parser)` says what it takes, `run(settings, options)` does it and may return an exit code.


def command_names() -> list[str]:
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__))


def command_module(name: str) -> ModuleType:
    return importlib.import_module(f"jalon.cli.{name.replace('-', '_')}")


def common_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    group = parser.add_argument_group("where")
    group.add_argument("--dsn", metavar="DSN", help="the PostgreSQL to use, as URL or key=value (instead of JALON_DSN)")
    group.add_argument("--home", metavar="FOLDER", help="where the embedded PostgreSQL lives (instead of JALON_HOME)")
    return parser


def build_parser(commands: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jalon",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="jalon COMMAND --help tells more about each.",
    )
    parser.add_argument("--version", action="version", version=f"jalon {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    shared = common_options()
    for name in commands:
        module = command_module(name)
        manual = (module.__doc__ or "").strip()
        sub = subparsers.add_parser(
            name,
            help=manual.splitlines()[0],
            description=manual,
            parents=[shared],
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        getattr(module, "arguments", lambda parser: None)(sub)
        sub.set_defaults(run=module.run)
    return parser


def interrupt(*_: object) -> None:
    """SIGTERM ends a command as Ctrl-C does: whatever was started is stopped."""
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    known = command_names()
    first = arguments[0] if arguments else "--help"
    if not first.startswith("-") and first not in known:
        near = difflib.get_close_matches(first, known, n=1)
        print(
            f"jalon: there is no command {first}."
            + (f" Did you mean {near[0]}?" if near else " `jalon --help` lists them."),
            file=sys.stderr,
        )
        return 2
    options = build_parser([first] if first in known else known).parse_args(arguments or ["--help"])
    signal.signal(signal.SIGTERM, interrupt)
    try:
        environment = dict(os.environ)
        for name in ("dsn", "home"):
            if value := getattr(options, name):
                environment[f"JALON_{name.upper()}"] = value
        return options.run(load(environment), options) or 0
    except Refusal as refusal:
        print(f"jalon: {refusal}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
    except psycopg.errors.InsufficientPrivilege as error:
        print(f"jalon: {MORE_RIGHTS.format(reason=one_line(error.diag.message_primary or error))}", file=sys.stderr)
    except Exception as error:
        if "JALON_TEST_DEBUG" in os.environ:
            raise
        message = " ".join(str(error).split()) or type(error).__name__
        print(f"jalon: {message} ({type(error).__name__}; JALON_TEST_DEBUG=1 shows where).", file=sys.stderr)
    return 1
