"""What a database has, compared with what this version brings."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
from msgspec import Struct

from jalon import __version__
from jalon.install import files
from jalon.refusal import Refusal

APPLIED_WITHOUT_DIGESTS = "select migration_id, null from jalon_install._yoyo_migration order by applied_at_utc"
APPLIED = """
    select m.migration_id, d.digest from jalon_install._yoyo_migration m
    left join jalon_install.migration_digest d on d.id = m.migration_id order by m.applied_at_utc
"""
# A migration that only databases of development versions before 0.2.0 have.
BEFORE_THE_BASELINE = "0020.texts-and-errors"


class State(Struct, frozen=True, kw_only=True):
    applied: list[str]  # in the order in which they were applied
    pending: list[str]
    edited: list[str]
    without_digest: list[str]
    unknown: list[str]
    modules: list[str]  # installed or asked for, each after what it depends on
    reload_digest: str | None
    reload_version: str | None  # of Jalon
    expected_digest: str

    @property
    def is_current(self) -> bool:
        """Whether there is nothing to do for this version: functions of a newer one stay as they are."""
        return not self.pending and (self.reload_digest == self.expected_digest or self.has_newer_functions)

    @property
    def has_newer_functions(self) -> bool:
        return ordered(self.reload_version or "0") > ordered(__version__)

    def find_faults(self) -> Iterator[str]:
        """Why this version can't serve from that database."""
        for id in self.pending:
            yield f"The migration {id} is not applied; `jalon migrate` does it."
        if not self.pending and not self.is_current:
            yield "Functions and triggers are not those of this version; `jalon migrate` reloads them."

    def require_usable(self) -> None:
        if BEFORE_THE_BASELINE in self.unknown:
            raise Refusal(
                "This database was made by a development version of Jalon, before 0.2.0, and can't be brought on."
                " Export what you need with that version and install this one in an empty database."
                " The embedded database is made again by `jalon reset --yes`."
            )
        if self.unknown:
            raise Refusal(
                f"The database is newer than this Jalon: it has the migration {self.unknown[-1]}, which this version"
                " does not know. Install the version that brought it; if it is of a module of your own, set"
                " JALON_MODULE_PATH."
            )
        if self.edited:
            raise Refusal(
                f"The migration {self.edited[0]} was edited after it was applied here."
                " Put the file back as it was and write a new migration instead."
            )


def read_state(connection: psycopg.Connection[Any], root: Path = files.ROOT, modules: Collection[str] = ()) -> State:
    """The state with these modules added to those that are installed."""
    applied: dict[str, str | None] = {}
    noted: tuple[str | None, str | None] = None, None
    if exists(connection, "jalon_install._yoyo_migration"):
        has_digests = exists(connection, "jalon_install.migration_digest")
        rows = connection.execute(APPLIED if has_digests else APPLIED_WITHOUT_DIGESTS)
        applied = dict(rows.fetchall())
    if exists(connection, "jalon_install.reload"):
        row = connection.execute("select digest, jalon_version from jalon_install.reload").fetchone()
        noted = row or noted
    return compare(applied, *noted, connection.info.server_version // 10_000, root, modules)


def compare(
    applied: Mapping[str, str | None],
    noted_digest: str | None,
    noted_version: str | None,
    major: int,
    root: Path = files.ROOT,
    modules: Collection[str] = (),
) -> State:
    """What a database of that major version of PostgreSQL has, compared with this version's files."""
    chosen = files.in_dependency_order({*modules, *installed_modules(applied, root)}, root)
    known = files.migrations(chosen, root)
    return State(
        applied=list(applied),
        pending=[id for id in known if id not in applied],
        edited=[id for id in known if applied.get(id) not in (None, known[id])],
        without_digest=[id for id, digest in applied.items() if digest is None],
        unknown=[id for id in sorted(applied) if id not in known],
        modules=chosen,
        reload_digest=noted_digest,
        reload_version=noted_version,
        expected_digest=reload_digest(major, chosen, root),
    )


def installed_modules(applied: Collection[str], root: Path = files.ROOT) -> set[str]:
    """The modules of which a migration is applied."""
    return {
        part.name
        for part in files.module_parts(root).values()
        if any(path.stem in applied for path in part.migration_files())
    }


def present_modules(connection: psycopg.Connection[Any]) -> list[str]:
    """The modules whose schemas are there, for a login that may not read which migrations are applied."""
    if not connection.execute("select 1 where to_regnamespace('jalon_api') is not null").fetchone():
        raise Refusal("There is no Jalon in this database yet: the owner's `jalon migrate` installs it.")
    return [
        name
        for name in files.module_parts()
        if connection.execute("select 1 where to_regnamespace(%s) is not null", (f"jalon_{name}",)).fetchone()
    ]


def reload_digest(major: int, modules: Collection[str], root: Path = files.ROOT) -> str:
    """The digest that a reload of these modules by this version notes on a server of that major version."""
    sources = (f"{path}\n{content}" for path, content in files.reloaded_sources(modules, root).items())
    return files.digest("\0".join([*sources, *sorted(files.migrations(modules, root)), str(major)]))


def require_module(connection: psycopg.Connection[Any], name: str) -> None:
    """Refuses where Jalon or that module isn't installed, and says what to do."""
    modules = require_installed(connection).modules
    if name not in modules:
        raise Refusal(
            f"The module {name} isn't installed in this database: `jalon migrate --modules {name}` installs it."
        )


def require_installed(connection: psycopg.Connection[Any]) -> State:
    state = read_state(connection)
    if not state.applied:
        raise Refusal("There is no Jalon in this database yet: `jalon migrate` installs it.")
    return state


def newer_functions(state: State) -> str:
    return (
        f"Functions and triggers are of Jalon {state.reload_version}, newer than this one ({__version__}): they stay."
        " `jalon migrate --reload` puts those of this version back."
    )


def ordered(version: str) -> list[int]:
    """A version of Jalon as it compares with others."""
    return [int(number) for number in re.findall(r"\d+", version)]


def version_of(applied: Collection[str]) -> str:
    """Names the version of a database by its migrations."""
    return files.digest("\0".join(sorted(applied)))


def exists(connection: psycopg.Connection[Any], name: str) -> bool:
    row = connection.execute("select to_regclass(%s) is not null", (name,)).fetchone()
    return bool(row and row[0])
