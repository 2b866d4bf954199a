"""Write a month of history to a file.

The file is a CSV, and manifest.json beside it holds its number of rows and its SHA-256; the database notes both.
Nothing leaves the database: jalon.retain drops the month later, if it still is as it was written. Run by the owner.

    jalon archive orders 2024-02 /srv/archive
"""

import argparse
from pathlib import Path

from jalon.install import archives, postgres
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", metavar="TABLE", help="name of the tracked table, as jalon.tracked has it")
    parser.add_argument("month", metavar="MONTH", help="the month in UTC, such as 2024-02")
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="where the file is written")


def run(settings: Settings, options: argparse.Namespace) -> None:
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection, archives.refusals():
        file, entry = archives.write_month(connection, options.table, options.month, options.folder)
    print(f"{file}: {entry.rows} rows, SHA-256 {entry.sha256}.")
