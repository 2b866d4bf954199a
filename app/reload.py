"""Functions, views and triggers from their files, in one transaction.

Everything under sql/functions is `create or replace`d, so nothing is unguarded for a moment and no
table is locked. Views and triggers are left alone while their file is as it was. What no file makes
any more is dropped; what replacing can't do (another return type, a view without a column) drops
that one object first. Nothing is ever dropped with `cascade`.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from jalon import server, sqlfiles
from jalon.refusal import Refusal

SCHEMAS = [
    "lifecycle",
    "roadshow",
    "proposition",
    "event",
    "dossier",
    "membership",
    "logic",
    "jalon",
    "api",
    "history",
    "recap",
]
DECLARES = re.compile(
    r"^\s*create\s+(?:or\s+replace\s+)?(?:function|procedure|aggregate|view)\s+([a-z_]+)\.([a-z_0-9]+)",
    re.IGNORECASE | re.MULTILINE,
)
NOT_YET = {"42883", "42P01", "42704", "42703", "3F000"}  # refers to what a later file makes
IRREPLACEABLE = {"42P13", "42P16", "42809", "42723"}

# Every function, view and trigger of ours that files make, with the mark that tells whether it was made again.
MADE = """
select identity, class::regclass::text as class, oid, mark from (
    select 'pg_proc' as class, p.oid, p.xmin::text as mark, (pg_identify_object('pg_proc'::regclass, p.oid, 0)).identity
    from pg_proc p
    where p.pronamespace::regnamespace::text = any (%(schemas)s)
    union all
    select 'pg_class', c.oid, r.xmin::text, (pg_identify_object('pg_class'::regclass, c.oid, 0)).identity
    from pg_class c join pg_rewrite r on r.ev_class = c.oid and r.rulename = '_RETURN'
    where c.relnamespace::regnamespace::text = any (%(schemas)s) and c.relkind = 'v'
    union all
    select 'pg_trigger', t.oid, t.xmin::text, (pg_identify_object('pg_trigger'::regclass, t.oid, 0)).identity
    from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where p.pronamespace::regnamespace::text = any (%(schemas)s) and not t.tgisinternal and t.tgparentid = 0
) made
where coalesce(obj_description(oid, class), '') not like 'Generated for %%'
    and not exists (select from pg_depend d where d.classid = class::regclass and d.objid = made.oid and d.deptype = 'e')
"""

# Everything that hangs on an object, however deep: views by their rule, functions by a view's row type.
DEPENDENTS = """
with recursive hanging (class, oid, depth) as (
    select %(class)s::regclass::oid, %(oid)s::oid, 0
    union
    select case when r.oid is null then d.classid else 'pg_class'::regclass::oid end, coalesce(r.ev_class, d.objid), h.depth + 1
    from hanging h
    join pg_depend d on d.refclassid = h.class and d.refobjid = h.oid and d.deptype in ('n', 'a', 'i')
    left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
    where h.depth < 40 and coalesce(r.ev_class, d.objid) <> h.oid
)
select o.type, o.identity, pg_describe_object(class, h.oid, 0), class::regclass::text, h.oid, max(h.depth)
from hanging h, pg_identify_object(class, h.oid, 0) o
where class in ('pg_proc'::regclass, 'pg_class'::regclass, 'pg_trigger'::regclass, 'pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_policy'::regclass)
    and o.type in ('function', 'procedure', 'aggregate', 'view', 'materialized view', 'table', 'foreign table', 'trigger', 'table constraint', 'default value', 'policy', 'index')
group by 1, 2, 3, 4, 5
order by max(h.depth) desc
"""


class Reload:
    def __init__(self, connection: psycopg.Connection[Any], root: Path, say: Callable[[str], None]) -> None:
        self.connection = connection
        self.root = root
        self.say = say
        self.again = False
        self.standing: dict[str, tuple[str, int, str]] | None = None

    def run(self, digest: str) -> None:
        self.say("Reloading functions and triggers …")
        files = sqlfiles.reloaded(self.root)
        with self.connection.transaction():
            for setting in (
                "role = jalon_owner",
                "search_path = ''",
                "check_function_bodies = off",
                "client_min_messages = warning",
            ):
                self.connection.execute(sql.SQL("set local {}").format(sql.SQL(setting)))
            before = self.made()
            remembered = {
                path: (mark, set(objects))
                for path, mark, objects in self.connection.execute(
                    "select path, digest, objects from ops.reloaded_file"
                )
            }
            self.load(files, remembered)
            if self.again:  # what was dropped for another's sake comes back
                self.again = False
                self.load(files, remembered)
            self.drop_ghosts(before, files, remembered)
            self.note(files, remembered)
            self.settle()
            self.connection.execute(
                "insert into ops.reload (digest) values (%s) on conflict (only_row) do update set digest = excluded.digest, reloaded_at = now()",
                (digest,),
            )

    def settle(self) -> None:
        """The engine brings up to date what it derives from rows; as the caller, who may own tracked tables."""
        if self.connection.execute("select 1 where to_regprocedure('logic.settle()') is not null").fetchone():
            self.connection.execute("set local role none")
            try:
                self.connection.execute("select logic.settle()")
            except psycopg.Error as error:
                raise self.refusal("logic.settle()", error) from error
            self.connection.execute("set local role jalon_owner")

    def load(self, files: dict[str, str], remembered: dict[str, tuple[str, set[str]]]) -> None:
        """In path order; a file that needs a later one waits for it."""
        todo = files
        while todo:
            waiting: dict[str, str] = {}
            errors: list[tuple[str, psycopg.Error]] = []
            for path, content in todo.items():
                if self.unchanged(path, content, remembered):
                    continue
                try:
                    self.load_one(path, content, remembered)
                except psycopg.Error as error:
                    if error.sqlstate not in NOT_YET:
                        raise self.refusal(path, error) from error
                    waiting[path] = content
                    errors.append((path, error))
            if len(waiting) == len(todo):
                raise self.refusal(*errors[0]) from errors[0][1]
            todo = waiting

    def unchanged(self, path: str, content: str, remembered: dict[str, tuple[str, set[str]]]) -> bool:
        """Views and triggers whose file is as it was and which all stand: replacing them would lock for nothing."""
        mark, objects = remembered.get(path, ("", set()))
        return is_kept(path) and mark == sqlfiles.digest(content) and objects <= self.stands().keys()

    def load_one(self, path: str, content: str, remembered: dict[str, tuple[str, set[str]]]) -> None:
        earlier = self.stands() if is_kept(path) else {}
        self.standing = None
        try:
            with self.connection.transaction():
                self.connection.execute(content, prepare=False)
        except psycopg.Error as error:
            if error.sqlstate not in IRREPLACEABLE:
                raise
            with self.connection.transaction():
                for schema, name in DECLARES.findall(content):
                    self.drop_named(path, schema.lower(), name.lower())
                self.connection.execute(content, prepare=False)
        if is_kept(path):
            now = self.made()
            made = {identity for identity, row in now.items() if earlier.get(identity) != row}
            for identity in remembered.get(path, ("", set()))[1] - made & now.keys():
                self.drop(path, *now[identity][:2])
            remembered[path] = (sqlfiles.digest(content), made)

    def drop_named(self, path: str, schema: str, name: str) -> None:
        rows = self.connection.execute(
            "select 'pg_proc', oid from pg_proc where pronamespace = %(schema)s::regnamespace and proname = %(name)s"
            " union all select 'pg_class', oid from pg_class where relnamespace = %(schema)s::regnamespace and relname = %(name)s and relkind = 'v'",
            {"schema": schema, "name": name},
        )
        for kind, oid in rows.fetchall():
            self.drop(path, kind, oid)

    def drop(self, path: str, kind: str, oid: int) -> None:
        """The object, and before it what of ours hangs on it; what is the user's stays and is named."""
        ours = {(row[0], row[1]) for row in self.made().values()}
        hanging = self.connection.execute(DEPENDENTS, {"class": kind, "oid": oid}).fetchall()
        theirs = [described for _, _, described, of, at, _ in hanging if (of, at) not in ours]
        if theirs:
            raise Refusal(
                f"{path} changes {hanging[-1][2]} in a way that needs it dropped, and this depends on it: {'; '.join(theirs)}. Drop or change that first; nothing was changed."
            )
        self.standing = None
        for type_, identity, _, _, _, depth in hanging:
            self.connection.execute(f"drop {type_} {identity}")
            self.again = self.again or depth > 0

    def drop_ghosts(
        self,
        before: dict[str, tuple[str, int, str]],
        files: dict[str, str],
        remembered: dict[str, tuple[str, set[str]]],
    ) -> None:
        """What stood before, stands still, and no file made."""
        kept = {identity for path, (_, objects) in remembered.items() if path in files for identity in objects}
        for identity, row in before.items():
            if identity not in kept and self.stands().get(identity) == row:
                self.drop("No file any more", *row[:2])

    def note(self, files: dict[str, str], remembered: dict[str, tuple[str, set[str]]]) -> None:
        self.connection.execute("delete from ops.reloaded_file")
        rows = [(path, mark, sorted(objects)) for path, (mark, objects) in remembered.items() if path in files]
        self.connection.cursor().executemany(
            "insert into ops.reloaded_file (path, digest, objects) values (%s, %s, %s)", rows
        )

    def made(self) -> dict[str, tuple[str, int, str]]:
        self.standing = made(self.connection)
        return self.standing

    def stands(self) -> dict[str, tuple[str, int, str]]:
        """As made(), as long as nothing was loaded or dropped since."""
        return self.standing or self.made()

    def refusal(self, path: str, error: psycopg.Error) -> Exception:
        if isinstance(error, psycopg.errors.LockNotAvailable):
            return error
        return Refusal(f"{path} could not be loaded, and nothing was changed: {server.one_line(error)}.")


def made(connection: psycopg.Connection[Any]) -> dict[str, tuple[str, int, str]]:
    """What stands in our schemas: its name, its catalogue, oid and mark."""
    rows = connection.execute(MADE, {"schemas": SCHEMAS})
    return {f"{kind} {identity}": (kind, oid, mark) for identity, kind, oid, mark in rows}


def is_kept(path: str) -> bool:
    return path.startswith("triggers/") or "/views/" in path


def blockers(connection: psycopg.Connection[Any]) -> str:
    """Sessions that hold locks on tables while a transaction of theirs is open, the oldest first."""
    rows = connection.execute(
        "select format('process %s of %s (%s%s), in a transaction since %s, with locks on %s', a.pid, a.usename, a.state,"
        " coalesce(', ' || nullif(a.application_name, ''), ''), to_char(a.xact_start, 'HH24:MI:SS'), string_agg(distinct l.relation::regclass::text, ', '))"
        " from pg_locks l join pg_stat_activity a using (pid) join pg_class c on c.oid = l.relation"
        " where l.granted and l.locktype = 'relation' and l.pid <> pg_backend_pid() and l.database = (select oid from pg_database where datname = current_database())"
        " and c.relkind in ('r', 'p', 'v') and c.relnamespace <> 'pg_catalog'::regnamespace"
        " group by a.pid, a.usename, a.state, a.application_name, a.xact_start order by a.xact_start limit 3"
    )
    return "; ".join(row[0] for row in rows)
