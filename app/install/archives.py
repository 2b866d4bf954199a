"""Months of history as files: a CSV a month, and a manifest that says what each file must be."""

import contextlib
import csv
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import psycopg
from psycopg import sql

from jalon.refusal import Refusal

MANIFEST = "manifest.json"
CHUNK = 1 << 20
NAME = "select (jalon_engine.tracked_of(%s)).name"
LOCK_MONTH = "select part_name, key_column from jalon_engine.lock_month(%s, %s)"
NOTE_ARCHIVE = "select jalon_engine.note_archive(%s, %s, %s, %s, %s)"
NOTED = """
    select a.sha256 from jalon_engine.archived_month a where a.tracked = %s and a.month = (%s || '-01')::date
"""
HISTORY = "select t.history_table from jalon.tracked t where t.name = %s"
# What is wrong with a file, or with the place for it.
READING = (psycopg.errors.DataError, psycopg.errors.DuplicateTable, psycopg.errors.InvalidSchemaName)


class Entry(msgspec.Struct, frozen=True):
    """What the manifest says of a file."""

    table: str
    month: str
    rows: int
    sha256: str


def write_month(connection: psycopg.Connection[Any], table: str, month: str, folder: Path) -> tuple[Path, Entry]:
    """Writes a month to a file, reads it back, and notes it in the database and in the manifest."""
    table, file = place_of(connection, table, month, folder)
    with connection.transaction():
        connection.execute("set local timezone = 'UTC'; set local datestyle = 'ISO'")
        (part, key), *_ = connection.execute(LOCK_MONTH, (table, month)).fetchall()
        # lock_month names the partition as SQL does.
        rows = sql.SQL("copy (select * from {} order by {}, version) to stdout (format csv, header)")
        fresh = file.with_suffix(".csv.new")
        written = write(connection, rows.format(sql.SQL(part), sql.Identifier(key)), fresh)
        entry = Entry(table=table, month=month, rows=count_rows(fresh), sha256=digest_of(fresh))
        if entry.sha256 != written:
            raise Refusal(f"{fresh} is not what was written to it; nothing was noted. Look at the disk.")
        if file.exists() and digest_of(file) != entry.sha256:
            fresh.unlink()
            raise Refusal(f"{file} is there already and has other content; nothing was changed. Move it away first.")
        connection.execute(NOTE_ARCHIVE, (table, month, file.name, entry.rows, entry.sha256))
        fresh.replace(file)
        write_manifest(folder, read_manifest(folder) | {file.name: entry})
    return file, entry


def read_month(connection: psycopg.Connection[Any], table: str, month: str, folder: Path, target: str) -> int:
    """Fills a new table with an archived month; refuses a file that is not as it was written."""
    table, file = place_of(connection, table, month, folder)
    entry = read_manifest(folder).get(file.name)
    if entry is None or not file.exists():
        raise Refusal(f"{folder} holds no archive of {table} {month}.")
    noted = connection.execute(NOTED, (table, month)).fetchone()
    ((history,),) = connection.execute(HISTORY, (table,)).fetchall()
    into = sql.SQL(".").join(map(sql.Identifier, target.split(".")))
    with connection.transaction():
        connection.execute("set local timezone = 'UTC'; set local datestyle = 'ISO'")
        connection.execute(sql.SQL("create table {} (like {} including comments)").format(into, sql.SQL(history)))
        columns = sql.SQL(", ").join(map(sql.Identifier, header_of(file)))
        statement = sql.SQL("copy {} ({}) from stdin (format csv, header)").format(into, columns)
        digest = hashlib.sha256()
        cursor = connection.cursor()
        with cursor.copy(statement) as copy:
            for chunk in chunks(file):
                digest.update(chunk)
                copy.write(chunk)
        if digest.hexdigest() != entry.sha256 or (noted and noted[0] != entry.sha256):
            raise Refusal(f"{file} is not the file that was archived: its SHA-256 differs. Nothing was read.")
        if cursor.rowcount != entry.rows:
            raise Refusal(f"{file} has {cursor.rowcount} rows, and {entry.rows} were archived. Nothing was read.")
    return entry.rows


def write(connection: psycopg.Connection[Any], statement: sql.Composed, file: Path) -> str:
    """Writes what COPY gives, down to the disk; the SHA-256 of what was written."""
    digest = hashlib.sha256()
    try:
        with file.open("wb") as target, connection.cursor().copy(statement) as copy:
            for chunk in copy:
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
    except OSError as error:
        raise Refusal(f"{file} can't be written: {error.strerror}.") from None
    return digest.hexdigest()


def read_manifest(folder: Path) -> dict[str, Entry]:
    file = folder / MANIFEST
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Entry]) if file.exists() else {}
    except msgspec.MsgspecError as error:
        raise Refusal(f"{file} is not a manifest of archives: {error}.") from None


def write_manifest(folder: Path, entries: dict[str, Entry]) -> None:
    fresh = folder / f"{MANIFEST}.new"
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(dict(sorted(entries.items())))) + b"\n")
    fresh.replace(folder / MANIFEST)


def chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk


def digest_of(file: Path) -> str:
    digest = hashlib.sha256()
    for chunk in chunks(file):
        digest.update(chunk)
    return digest.hexdigest()


def header_of(file: Path) -> list[str]:
    with file.open(newline="", encoding="utf-8") as source:
        return next(csv.reader(source), [])


def count_rows(file: Path) -> int:
    """The rows after the header; a text may hold line breaks."""
    with file.open(newline="", encoding="utf-8") as source:
        return sum(1 for _ in csv.reader(source)) - 1


def place_of(connection: psycopg.Connection[Any], table: str, month: str, folder: Path) -> tuple[str, Path]:
    """The name under which the table is tracked, and the file of the month."""
    if not folder.is_dir():
        raise Refusal(f"There is no folder {folder}.")
    ((name,),) = connection.execute(NAME, (table,)).fetchall()
    return name, folder / f"{quote(name, safe='')}-{month}.csv"


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """What Jalon refuses, and what is wrong with a file, in a sentence."""
    try:
        yield
    except READING as error:
        raise Refusal(f"{error.diag.message_primary}. Nothing was read.") from None
    except psycopg.DatabaseError as error:
        if not (error.sqlstate or "").startswith("JL"):
            raise
        raise Refusal(f"{error.diag.message_primary}. {error.diag.message_hint or ''}".rstrip()) from None
