"""Create users from a CSV file, each with a first role that is recorded.

The file has a heading: email and name, and if you like role, reason and created_at (2026-08-21T10:00:00Z: an
import of the past). A row that is refused is named and does not stop the others. Running it again creates nothing
twice: a user who exists already is not changed.

    jalon create-users people.csv --by admin@example.com
"""

import argparse
import csv
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg

from jalon.install import postgres
from jalon.install.schema_version import require_module
from jalon.refusal import Refusal
from jalon.settings import Settings

REQUIRED_COLUMNS = {"email", "name"}
COLUMNS = ("email", "name", "role", "reason", "created_at")
CREATE = """
    select was_created from jalon.create_user(%(email)s, %(name)s, %(role)s, coalesce(%(reason)s, %(default_reason)s),
        jsonb_build_object('source', %(source)s::text), %(by)s, %(created_at)s::timestamptz)
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.csv", help="whom to create")
    parser.add_argument("--by", metavar="ACTOR", help="who creates them (default: the database login)")
    parser.add_argument("--reason", help="why, for the rows that give no reason of their own")


def run(settings: Settings, options: argparse.Namespace) -> int:
    rows = list(read_rows(options.file))
    outcomes: Counter[str] = Counter()
    constants = {"by": options.by, "default_reason": options.reason, "source": options.file.name}
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        require_module(connection, "members")
        for number, (line, row) in enumerate(rows, 1):
            outcome, why = create(connection, dict.fromkeys(COLUMNS) | row | constants)
            outcomes[outcome] += 1
            if outcome == "refused":
                clear_line()
                print(f"line {line} ({row.get('email') or 'no email'}): {why}", file=sys.stderr)
            progress(number, len(rows))
    clear_line()
    print(f"{outcomes['created']} created, {outcomes['there']} there already, {outcomes['refused']} refused.")
    return 1 if outcomes["refused"] else 0


def create(connection: psycopg.Connection[Any], row: dict[str, Any]) -> tuple[str, str]:
    if missing := [name for name in sorted(REQUIRED_COLUMNS) if not row[name]]:
        return "refused", f"{' and '.join(missing)} missing"
    try:
        found = connection.execute(CREATE, row).fetchone()
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        return "refused", str(error.diag.message_primary) + hint_of(error)
    return ("created" if found and found[0] else "there"), ""


def hint_of(error: psycopg.Error) -> str:
    return f" ({error.diag.message_hint})" if error.diag.message_hint else ""


def read_rows(path: Path) -> Any:
    """(line, row) of each row that is not empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file, dialect=find_dialect(file), restkey="more")
            heading = [name.strip().lower() for name in lines.fieldnames or []]
            if not set(heading) >= REQUIRED_COLUMNS:
                raise Refusal(f"{path} needs a heading with email and name; it has: {', '.join(heading) or 'nothing'}.")
            if unknown := [name for name in heading if name not in COLUMNS]:
                raise Refusal(f"{path}: unknown columns {', '.join(unknown)}; known are {', '.join(COLUMNS)}.")
            lines.fieldnames = heading
            for row in lines:
                cells = {name: (row.get(name) or "").strip() or None for name in heading}
                if any(cells.values()):
                    yield lines.line_num, cells
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refusal(f"{path} can't be read: {error}.") from None


def find_dialect(file: Any) -> type[csv.Dialect]:
    """Commas, or the semicolons of a French spreadsheet."""
    first = file.readline()
    file.seek(0)

    class Spreadsheet(csv.excel):
        delimiter = ";" if first.count(";") > first.count(",") else ","

    return Spreadsheet


def progress(number: int, total: int) -> None:
    if sys.stdout.isatty():
        print(f"\r{number} of {total} …", end="", flush=True)
    elif number % 100 == 0 and number < total:
        print(f"{number} of {total} …", flush=True)


def clear_line() -> None:
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)
