"""Read a month of history back from its file, into a new table.

The table gets the columns of the history. A file that is not as jalon archive wrote it is refused: its SHA-256 is
compared with the manifest and, where the database noted the month, with the database. Run by the owner.

    jalon read-archive orders 2024-02 /srv/archive --into cold.orders_2024_02
"""

import argparse
from pathlib import Path

from jalon.install import archives, postgres
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", metavar="TABLE", help="name of the tracked table, as jalon.tracked has it")
    parser.add_argument("month", metavar="MONTH", help="the month in UTC, such as 2024-02")
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="where the file is")
    parser.add_argument("--into", metavar="TABLE", required=True, help="the table that is made, with its schema")


def run(settings: Settings, options: argparse.Namespace) -> None:
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection, archives.refusals():
        rows = archives.read_month(connection, options.table, options.month, options.folder, options.into)
    print(f"{rows} rows of {options.table} {options.month} in {options.into}.")
