"""Functions, views and triggers from their files, in one transaction.

Everything under sql/functions is `create or replace`d, so nothing is unguarded for a moment and no
table is locked. Views and triggers are left alone while their file is as it was. What no file makes
any more is dropped; what replacing can't do (another return type, a view without a column) drops
that one object first. Nothing is ever dropped with `cascade`.
"""

import contextlib
import re
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from jalon.install import files, postgres
from jalon.install.catalog import MASKED_SCHEMA, MOVER_FUNCTIONS, QUERIES, find_dependents, read_objects
from jalon.install.schema_version import version_of
from jalon.refusal import Refusal

DECLARES = re.compile(
    r"^\s*create\s+(?:or\s+replace\s+)?(?:function|procedure|aggregate|view)\s+([a-z_]+)\.([a-z_0-9]+)",
    re.IGNORECASE | re.MULTILINE,
)
MISSING_REFERENCE = {"42883", "42P01", "42704", "42703", "3F000"}  # refers to what a later file makes
KEPT_VERSIONS = 5  # versions whose sources stay in the database
IRREPLACEABLE = {"42P13", "42P16", "42809", "42723"}


class Reload:
    def __init__(
        self,
        connection: psycopg.Connection[Any],
        sources: dict[str, str],
        say: Callable[[str], None],
        reload_all: bool = False,
    ) -> None:
        self.connection = connection
        self.sources = sources  # by path, in loading order
        self.say = say
        self.reload_all = reload_all  # also views and triggers whose file is as it was
        self.needs_second_pass = False
        self.known_objects: dict[str, tuple[str, int, str]] | None = None

    def run(self, digest: str, applied: list[str], jalon_version: str) -> None:
        self.say("Reloading functions and triggers …")
        sources = self.sources
        with self.connection.transaction():
            self.drop_restored()
            for setting in (
                "role = jalon_owner",
                "search_path = ''",
                "check_function_bodies = off",
                "client_min_messages = warning",
            ):
                self.connection.execute(sql.SQL("set local {}").format(sql.SQL(setting)))
            before = self.read_objects()
            noted = {
                path: ("" if self.reload_all else mark, set(objects))
                for path, mark, objects in self.connection.execute(
                    "select path, digest, objects from jalon_install.reloaded_file"
                )
            }
            self.load(sources, noted)
            if self.needs_second_pass:  # what was dropped for another's sake comes back
                self.needs_second_pass = False
                self.load(sources, noted)
            self.drop_orphans(before, sources, noted)
            self.note_files(sources, noted)
            self.refresh_derived()
            self.note_functions()
            self.connection.execute(
                "insert into jalon_install.reload (digest, jalon_version) values (%s, %s)"
                " on conflict (only_row) do update"
                " set digest = excluded.digest, jalon_version = excluded.jalon_version, reloaded_at = now()",
                (digest, jalon_version),
            )
            self.keep_sources(digest, applied, jalon_version)

    def keep_sources(self, digest: str, applied: list[str], jalon_version: str) -> None:
        """These sources, for a rollback to these migrations; of the newest versions.

        Only the installer may write them.
        """
        self.connection.execute("set local role none")
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege), self.connection.transaction():
            self.connection.execute(
                "insert into jalon_install.kept_version (version, reload_digest, jalon_version, sources)"
                " values (%s, %s, %s, %s) on conflict (version) do update set reload_digest = excluded.reload_digest,"
                " jalon_version = excluded.jalon_version, sources = excluded.sources, kept_at = now()",
                (version_of(applied), digest, jalon_version, Jsonb(self.sources)),
            )
            self.connection.execute(
                "delete from jalon_install.kept_version where version not in"
                " (select version from jalon_install.kept_version order by kept_at desc, version limit %s)",
                (KEPT_VERSIONS,),
            )
        self.connection.execute("set local role jalon_owner")

    def drop_restored(self) -> None:
        """Functions that pg_restore left to whoever restored, because it could not give them to jalon_mover. Their file
        makes them again."""
        restored = self.connection.execute(QUERIES["restored_functions"], (list(MOVER_FUNCTIONS),))
        for (function,) in restored.fetchall():
            self.connection.execute(sql.SQL("drop function {}").format(sql.SQL(function)))

    def refresh_derived(self) -> None:
        """The engine brings up to date what it derives from rows; as the caller, who may own tracked tables."""
        if self.connection.execute(
            "select 1 where to_regprocedure('jalon_engine.refresh_derived()') is not null"
        ).fetchone():
            self.connection.execute("set local role none")
            try:
                self.connection.execute("select jalon_engine.refresh_derived()")
            except psycopg.Error as error:
                raise self.refusal("jalon_engine.refresh_derived()", error) from error
            self.connection.execute("set local role jalon_owner")

    def note_functions(self) -> None:
        """What jalon.verify compares functions with later: their definitions as they are now."""
        if self.connection.execute(
            "select 1 where to_regprocedure('jalon_engine.note_functions()') is not null"
        ).fetchone():
            self.connection.execute("select jalon_engine.note_functions()")

    def load(self, sources: dict[str, str], noted: dict[str, tuple[str, set[str]]]) -> None:
        """In path order; a file that needs a later one waits for it."""
        todo = sources
        while todo:
            waiting: dict[str, str] = {}
            errors: list[tuple[str, psycopg.Error]] = []
            for path, content in todo.items():
                if self.is_unchanged(path, content, noted):
                    continue
                try:
                    self.load_file(path, content, noted)
                except psycopg.Error as error:
                    if error.sqlstate not in MISSING_REFERENCE:
                        raise self.refusal(path, error) from error
                    waiting[path] = content
                    errors.append((path, error))
            if len(waiting) == len(todo):
                raise self.refusal(*errors[0]) from errors[0][1]
            todo = waiting

    def is_unchanged(self, path: str, content: str, noted: dict[str, tuple[str, set[str]]]) -> bool:
        """Views and triggers whose file is as it was and which all stand: replacing them would lock for nothing."""
        mark, objects = noted.get(path, ("", set()))
        return has_noted_objects(path) and mark == files.digest(content) and objects <= self.objects().keys()

    def load_file(self, path: str, content: str, noted: dict[str, tuple[str, set[str]]]) -> None:
        earlier = self.objects() if has_noted_objects(path) else {}
        self.known_objects = None
        try:
            self.run_file(content)
        except psycopg.Error as error:
            if error.sqlstate not in IRREPLACEABLE:
                raise
            with self.connection.transaction():
                for schema, name in DECLARES.findall(content):
                    self.drop_named(path, schema.lower(), name.lower())
                self.run_file(content)
        if has_noted_objects(path):
            now = self.read_objects()
            made = {identity for identity, row in now.items() if earlier.get(identity) != row}
            for identity in noted.get(path, ("", set()))[1] - made & now.keys():
                self.drop(path, *now[identity][:2])
            noted[path] = (files.digest(content), made)

    def run_file(self, content: str) -> None:
        """As jalon_owner, unless the file says otherwise."""
        with self.connection.transaction():
            self.connection.execute(content, prepare=False)
            self.connection.execute("set local role jalon_owner")

    def drop_named(self, path: str, schema: str, name: str) -> None:
        rows = self.connection.execute(QUERIES["objects_of_a_name"], {"schema": schema, "name": name})
        for kind, oid in rows.fetchall():
            self.drop(path, kind, oid)

    def drop(self, path: str, kind: str, oid: int) -> None:
        """The object, and before it what of ours hangs on it; what is the user's stays and is named."""
        ours = {(row[0], row[1]) for row in self.read_objects().values()}
        dependents = find_dependents(self.connection, kind, oid)
        foreign = [
            described
            for _, identity, described, of, at, _ in dependents
            if (of, at) not in ours and not identity.startswith(f"{MASKED_SCHEMA}.")
        ]
        if foreign:
            raise Refusal(
                f"{path} changes {dependents[-1][2]} in a way that needs it dropped, and this depends on it:"
                f" {'; '.join(foreign)}. Drop or change that first; nothing was changed."
            )
        self.known_objects = None
        self.connection.execute("set local role none")  # what hangs on it may belong to jalon_historian
        for type_, identity, _, _, _, depth in dependents:
            self.connection.execute(sql.SQL("drop {} {}").format(sql.SQL(type_), sql.SQL(identity)))
            self.needs_second_pass = self.needs_second_pass or depth > 0
        self.connection.execute("set local role jalon_owner")

    def drop_orphans(
        self,
        before: dict[str, tuple[str, int, str]],
        sources: dict[str, str],
        noted: dict[str, tuple[str, set[str]]],
    ) -> None:
        """What stood before, stands still, and no file made."""
        kept = {identity for path, (_, objects) in noted.items() if path in sources for identity in objects}
        for identity, row in before.items():
            if identity not in kept and self.objects().get(identity) == row:
                self.drop("No file any more", *row[:2])

    def note_files(self, sources: dict[str, str], noted: dict[str, tuple[str, set[str]]]) -> None:
        self.connection.execute("delete from jalon_install.reloaded_file")
        rows = [(path, mark, sorted(objects)) for path, (mark, objects) in noted.items() if path in sources]
        self.connection.cursor().executemany(
            "insert into jalon_install.reloaded_file (path, digest, objects) values (%s, %s, %s)", rows
        )

    def read_objects(self) -> dict[str, tuple[str, int, str]]:
        self.known_objects = read_objects(self.connection)
        return self.known_objects

    def objects(self) -> dict[str, tuple[str, int, str]]:
        """As read_objects(), as long as nothing was loaded or dropped since."""
        return self.known_objects or self.read_objects()

    def refusal(self, path: str, error: psycopg.Error) -> Exception:
        if isinstance(error, psycopg.errors.LockNotAvailable):
            return error
        return Refusal(f"{path} could not be loaded, and nothing was changed: {postgres.one_line(error)}.")


def has_noted_objects(path: str) -> bool:
    return path.startswith("triggers/") or "/views/" in path
