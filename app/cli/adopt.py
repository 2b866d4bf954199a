"""Take over the rows of a table that was there before Jalon.

The rows are copied as they are; the table that they come from stays as it is. A row that contradicts what Jalon has is
named in a sentence and left out. Running it again takes nothing twice.

    jalon adopt roadshow_event --from public.roadshow_event
"""

import argparse
import sys
from typing import Any

from psycopg.sql import SQL, Identifier

from jalon.install import postgres
from jalon.refusal import Refusal
from jalon.settings import Settings

# A module that can take rows over has a function adopt_<table>.
FIND = "select to_regprocedure(format('jalon.adopt_%%I(regclass)', %s::text)) is not null, to_regclass(%s) is not null"
ADOPT = "select taken, present, problems from jalon.{}(%s)"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", metavar="TABLE", help="Jalon's table, such as roadshow_event")
    parser.add_argument("--from", dest="source", metavar="TABLE", required=True, help="the table that is there already")


def run(settings: Settings, options: argparse.Namespace) -> int:
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        can_adopt, is_there = connection.execute(FIND, [options.table, options.source]).fetchone() or (False, False)
        if not can_adopt:
            raise Refusal(f"Nothing takes rows over into {options.table}.")
        if not is_there:
            raise Refusal(f"There is no table {options.source}.")
        statement = SQL(ADOPT).format(Identifier(f"adopt_{options.table}"))
        found: Any = connection.execute(statement, [options.source]).fetchone()
    taken, present, problems = found
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{taken} taken over, {present} there already, {len(problems)} left out.")
    return 1 if problems else 0
