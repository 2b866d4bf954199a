"""Say what files of rules would change in the database; change nothing.

    jalon plan rules/                     every file of a folder
    jalon plan rules/ORDER_STATUS.yaml --map ON_HOLD=OPEN
    jalon plan rules/ --json              for machines

Each line is a sentence: ~ changes, - goes, ! records are affected, ? a warning, x stands in the way. What changed in
the database since the file was applied is said, with who changed it. Exit code: 0 nothing would change, 2 something
would, 1 it can't be applied.
"""

import argparse
from pathlib import Path

from jalon.install import postgres
from jalon.install.schema_version import require_installed
from jalon.rule_files import planning
from jalon.rule_files.reading import read_files
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file of rules, or a folder of them")
    parser.add_argument(
        "--map", action="append", default=[], metavar="CODE=CODE", help="where records on a code that goes would move"
    )
    parser.add_argument("--json", action="store_true", help="the plan as JSON")


def run(settings: Settings, options: argparse.Namespace) -> int:
    files, mapping = read_files(options.files), planning.mapping(options.map)
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        require_installed(connection)
        plan = planning.ask(connection, planning.PLAN, planning.documents(files), mapping)
    if options.json:
        print(planning.as_json(plan, files))
    else:
        planning.show(plan, files)
        if not any(each.is_change or each.severity == "error" for each in plan):
            print("Nothing would change.")
    if any(each.severity == "error" for each in plan):
        return 1
    return 2 if any(each.is_change for each in plan) else 0
