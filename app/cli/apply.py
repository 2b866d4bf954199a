"""Make the rules of the database those of files, in one transaction.

    jalon apply rules/
    jalon apply rules/ORDER_STATUS.yaml --map ON_HOLD=OPEN --reason "ticket 4711"
    jalon apply rules/ --yes              asks nothing: for machines

It shows the plan first, and asks before a code, a workflow or a table goes or records move. Applying twice changes
nothing: a version of a workflow is published only where it differs.
"""

import argparse
import sys
from pathlib import Path

from jalon.install import postgres
from jalon.install.schema_version import require_installed
from jalon.refusal import Refusal
from jalon.rule_files import planning
from jalon.rule_files.reading import read_files
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file of rules, or a folder of them")
    parser.add_argument(
        "--map", action="append", default=[], metavar="CODE=CODE", help="where records on a code that goes move"
    )
    parser.add_argument("--reason", metavar="TEXT", help="why; stands in the history of records that move")
    parser.add_argument("--yes", action="store_true", help="ask nothing")


def run(settings: Settings, options: argparse.Namespace) -> int:
    files, mapping = read_files(options.files), planning.mapping(options.map)
    documents, source = planning.documents(files), ", ".join(Path(file.path).name for file in files)
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        require_installed(connection)
        plan = planning.ask(connection, planning.PLAN, documents, mapping)
        planning.show(plan, files)
        if any(each.severity == "error" for each in plan):
            return 1
        taken = [each for each in plan if each.severity in {"drop", "strand"}]
        if taken and not options.yes:
            confirm(len(taken))
        with connection.transaction():
            done = planning.ask(connection, planning.APPLY, documents, mapping, source, options.reason)
    changes = sum(each.is_change for each in done)
    print("Nothing to change." if not changes else "1 change made." if changes == 1 else f"{changes} changes made.")
    return 0


def confirm(count: int) -> None:
    if not sys.stdin.isatty():
        raise Refusal(f"{count} of these take something away. Run it again with --yes if they shall.")
    if input(f"{count} of these take something away. Go on? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise Refusal("Nothing was changed.")
