"""Read rules from a table that is there already, and from a log of its changes; write them as YAML.

    jalon learn shop.orders status                       the codes in use
    jalon learn shop.orders status --csv past.csv        … and the transitions of a log: record, to, at; from and by
    jalon learn shop.orders status --history shop.order_log \\
        --record order_id --from old --to new --at moved_at --by who
    jalon learn shop.orders status --history shop.order_event      an event table of django-pghistory

The rules are printed with how often each transition was seen; what was seen fewer than --rare times stands apart, as a
comment. Guesses say so. Go on with `jalon plan` and `jalon apply`; `jalon import-history` brings the past.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from jalon.cli.import_history import COLUMNS, read_rows
from jalon.install import postgres
from jalon.install.schema_version import require_installed
from jalon.refusal import Refusal
from jalon.rule_files.reading import resolved, schema
from jalon.rule_files.writing import as_yaml, flow
from jalon.settings import Settings

LOG = ("record", "from", "to", "at", "by")
STAGE = 'create temporary table learned (record text, "from" text, "to" text, at text, by text)'
MEANINGS = {
    "record": "the record's key",
    "from": "the code before (else that of the row before)",
    "to": "the code after",
    "at": "the time",
    "by": "the person",
}
LEARN = "select jalon.learn_rules(%s::regclass, %s, %s::regclass, %s::jsonb, %s, %s)"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", metavar="TABLE", help="the table, with its schema")
    parser.add_argument("column", metavar="COLUMN", nargs="?", default="status", help="its status column (status)")
    parser.add_argument("--category", metavar="CODE", help="category of the rules (default: TABLE_COLUMN)")
    parser.add_argument("--rare", type=int, default=3, metavar="N", help="transitions seen less often stand apart (3)")
    log = parser.add_argument_group("a log of changes")
    where = log.add_mutually_exclusive_group()
    where.add_argument("--history", metavar="TABLE", help="a table of the database")
    where.add_argument("--csv", type=Path, metavar="FILE", help="a file with a heading: record, to, at, from, by")
    for name in LOG:
        log.add_argument(f"--{name}", dest=f"log_{name}", metavar="COLUMN", help=f"its column of {MEANINGS[name]}")
    log.add_argument("--tz", metavar="ZONE", default="UTC", help="time zone of times that name none (default: UTC)")


def run(settings: Settings, options: argparse.Namespace) -> None:
    columns = {name: value for name in LOG if (value := getattr(options, f"log_{name}"))}
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        require_installed(connection)
        connection.execute("select set_config('timezone', %s, false)", (options.tz,))
        log = options.history
        if options.csv:
            stage(connection, options.csv)
            log, columns = "pg_temp.learned", {name: name for name in LOG}
        found = ask(connection, options, log, columns)
    document, notes, rare, warnings = (found[name] for name in ("document", "notes", "rare", "warnings"))
    for warning in warnings:
        print(f"{warning}.", file=sys.stderr)
    print(as_yaml(document, {tuple(note["path"]): note["text"] for note in notes}), end="")
    if rare:
        print(f"# Rare: seen fewer than {options.rare} times. Not allowed unless it stands among the transitions:")
        part = resolved(schema()["$defs"]["transition"])
        for each in rare:
            print(f"#     - {flow(each['rule'], part)}  # {each['note']}")


def stage(connection: psycopg.Connection[Any], path: Path) -> None:
    places = [COLUMNS.index(name) for name in LOG]
    connection.execute(STAGE)
    with connection.cursor().copy("copy pg_temp.learned from stdin") as copy:
        for _, *cells in read_rows(path):
            row = [cells[place] for place in places]
            copy.write_row([value if value or name == "record" else None for name, value in zip(LOG, row, strict=True)])


def ask(connection: psycopg.Connection[Any], options: argparse.Namespace, log: str | None, columns: Any) -> Any:
    try:
        ((found,),) = connection.execute(
            LEARN,
            (options.table, options.column, log, Jsonb(columns), options.category, options.rare),
        ).fetchall()
    except psycopg.Error as error:
        if (error.sqlstate or "")[:2] not in {"JL", "22", "42", "3F"} or error.sqlstate == "42501":
            raise
        raise Refusal(" ".join(filter(None, (f"{error.diag.message_primary}.", error.diag.message_hint)))) from None
    return found
