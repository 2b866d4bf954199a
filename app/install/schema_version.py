"""What a database has, beside what this version brings."""

from pathlib import Path
from typing import Any

import psycopg
from msgspec import Struct

from jalon.install import files
from jalon.refusal import Refusal

APPLIED_WITHOUT_DIGESTS = "select migration_id, null from jalon_install._yoyo_migration order by 1"
APPLIED = """
    select m.migration_id, d.digest from jalon_install._yoyo_migration m
    left join jalon_install.migration_digest d on d.id = m.migration_id order by 1
"""


class State(Struct, frozen=True, kw_only=True):
    applied: list[str]
    pending: list[str]
    edited: list[str]
    undigested: list[str]
    unknown: list[str]
    reloaded: str | None
    wanted: str

    @property
    def is_current(self) -> bool:
        return not self.pending and self.reloaded == self.wanted

    def refuse_if_unfit(self) -> None:
        if self.unknown:
            raise Refusal(
                f"The database is newer than this Jalon: it has the migration {self.unknown[-1]}, which this version does not know. Install the version that brought it."
            )
        if self.edited:
            raise Refusal(
                f"The migration {self.edited[0]} was edited after it was applied here. Put the file back as it was and write a new migration instead."
            )


def read_state(connection: psycopg.Connection[Any], root: Path = files.ROOT) -> State:
    known = files.migrations(root)
    applied: dict[str, str | None] = {}
    reloaded = None
    if exists(connection, "jalon_install._yoyo_migration"):
        noted = exists(connection, "jalon_install.migration_digest")
        rows = connection.execute(APPLIED if noted else APPLIED_WITHOUT_DIGESTS)
        applied = dict(rows.fetchall())
    if exists(connection, "jalon_install.reload"):
        row = connection.execute("select digest from jalon_install.reload").fetchone()
        reloaded = row[0] if row else None
    return State(
        applied=sorted(applied),
        pending=[id for id in known if id not in applied],
        edited=[id for id in known if applied.get(id) not in (None, known[id])],
        undigested=[id for id, noted in applied.items() if noted is None],
        unknown=[id for id in sorted(applied) if id not in known],
        reloaded=reloaded,
        wanted=wanted(connection.info.server_version // 10_000, root),
    )


def wanted(major: int, root: Path = files.ROOT) -> str:
    """The digest that a reload by this version notes on a server of that major version."""
    sources = (f"{path}\n{content}" for path, content in files.reloaded(root).items())
    return files.digest("\0".join([*sources, *sorted(files.migrations(root)), str(major)]))


def exists(connection: psycopg.Connection[Any], name: str) -> bool:
    row = connection.execute("select to_regclass(%s) is not null", (name,)).fetchone()
    return bool(row and row[0])
