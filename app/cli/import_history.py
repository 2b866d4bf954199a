"""Import the past of a table's records from a CSV file, each change at its own time and by its own person.

The file has a heading: record, to and at, and if you like from, by, reason, case_type and status_column. Columns may
stand in any order. Each row that contradicts itself is named; then nothing is imported, or with --each the records that
have no such row. Running it again imports nothing twice. docs/bring-your-history.md has the rest.

    jalon import-history orders past.csv --dry-run
    jalon import-history orders past.csv --tz Europe/Paris      times without a zone are of this one
"""

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from jalon.cli.recap import refusal_text
from jalon.install import postgres
from jalon.install.schema_version import require_installed
from jalon.refusal import Refusal
from jalon.settings import Settings

REQUIRED_COLUMNS = ("record", "to", "at")
COLUMNS = (*REQUIRED_COLUMNS, "from", "by", "reason", "case_type", "status_column")
SHOWN = 50
QUOTED = ", ".join(f'"{name}"' for name in COLUMNS)
STAGE = f"create temporary table import_history (line bigint, {QUOTED.replace(',', ' text,')} text) on commit drop"
IMPORT = """
    select outcome, records, changes, line, record_key, problem
    from jalon.import_changes(%s, 'select * from import_history order by line', %s, %s)
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", metavar="TABLE", help="the tracked table")
    parser.add_argument("file", type=Path, metavar="FILE.csv", help="its past")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and leave nothing")
    parser.add_argument(
        "--each", action="store_true", help="import the records whose rows are sound, whatever others say"
    )
    parser.add_argument("--tz", metavar="ZONE", default="UTC", help="time zone of times that name none (default: UTC)")


def run(settings: Settings, options: argparse.Namespace) -> int:
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        state = require_installed(connection)
        try:
            with connection.transaction():
                connection.execute("select set_config('timezone', %s, true)", (options.tz,))
                connection.execute(STAGE)
                with connection.cursor().copy(f"copy import_history (line, {QUOTED}) from stdin") as copy:
                    for row in read_rows(options.file):
                        copy.write_row(row)
                mode = "each" if options.each else "all"
                answer = connection.execute(IMPORT, (options.table, mode, options.dry_run)).fetchall()
        except psycopg.Error as error:
            if (error.sqlstate or "")[:2] not in ("JL", "22"):
                raise
            raise Refusal(refusal_text(error, options.table, state.modules)) from None
    return report(answer, dry_run=options.dry_run)


def report(answer: list[tuple[Any, ...]], *, dry_run: bool) -> int:
    refused = [(line, record, problem) for outcome, _, _, line, record, problem in answer if outcome == "refused"]
    for line, record, problem in refused[:SHOWN]:
        print(f"line {line} ({'no record' if record is None else record}): {problem}", file=sys.stderr)
    if len(refused) > SHOWN:
        print(f"… and {len(refused) - SHOWN:,} more.", file=sys.stderr)
    counted = {outcome: (records, changes) for outcome, records, changes, *_ in answer if outcome != "refused"}
    records, changes = counted.get("imported", (0, 0))
    parts = [f"{changes:,} changes of {records:,} records {'would be imported' if dry_run else 'imported'}"]
    if "present" in counted:
        parts.append(f"{counted['present'][0]:,} records had their past already")
    if "unchanged" in counted:
        parts.append(f"{counted['unchanged'][1]:,} rows that change nothing left out")
    if refused:
        parts.append(f"{len(refused):,} rows refused")
    print(", ".join(parts) + ".")
    return 1 if refused else 0


def read_rows(path: Path) -> Iterator[tuple[Any, ...]]:
    """(line, cells in the order of COLUMNS) of each row that is not empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            lines = csv.reader(file, delimiter=max(",;\t|", key=first.count), strict=True)
            heading = [name.strip().lower() for name in next(lines, [])]
            require_columns(path, heading)
            places = [heading.index(name) if name in heading else None for name in COLUMNS]
            for cells in lines:
                if len(cells) > len(heading):
                    raise Refusal(f"{path}, line {lines.line_num}: {len(cells)} cells, and {len(heading)} columns.")
                if any(cells):
                    cells += [""] * (len(heading) - len(cells))
                    yield lines.line_num, *(None if place is None else cells[place] for place in places)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refusal(f"{path} can't be read: {error}.") from None


def require_columns(path: Path, heading: list[str]) -> None:
    if missing := [name for name in REQUIRED_COLUMNS if name not in heading]:
        has = ", ".join(heading) or "nothing"
        raise Refusal(f"{path} needs a heading with record, to and at; {', '.join(missing)} missing, it has: {has}.")
    if unknown := [name for name in heading if name not in COLUMNS]:
        raise Refusal(f"{path}: unknown columns {', '.join(unknown)}; known are {', '.join(COLUMNS)}.")
    if len(set(heading)) < len(heading):
        raise Refusal(f"{path}: a column is there twice: {', '.join(heading)}.")
