"""Random steps: statements of every kind, made for the state at hand and written down to be run again."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.model import rules
from tests.model.rules import Context, Row
from tests.model.world import (
    AFTER,
    BEFORE,
    CASE_TYPES,
    DEFERRED,
    EARLY,
    KEYS,
    LATE,
    ROLES,
    STATEMENT,
    UNKNOWN,
    Table,
    World,
    quoted,
)

State = dict[str, dict[int, Row]]  # by table and number of the key: what the session would see


@dataclass(frozen=True)
class Step:
    """op says what it is; sql holds {s} for the schema and runs on both; words are what other kinds of steps need."""

    session: int
    op: str
    sql: str = ""
    data: str = ""
    words: tuple[str | None, ...] = ()


@dataclass
class Situation:
    """What a step is written for: the session, who acts there, whether a transaction runs, what it would see."""

    session: int
    login: str
    context: Context
    in_transaction: bool
    state: State
    has_acted: bool = False


class Statements:
    def __init__(self, world: World, rng: random.Random) -> None:
        self.world, self.rng = world, rng

    def step(self, now: Situation) -> Step:
        """One step more."""
        self.now = now
        made: Step | None = None
        while made is None:
            kinds = self.around() if self.rng.random() < 0.3 else self.kinds()
            made = self.rng.choices([make for make, _ in kinds], [weight for _, weight in kinds])[0]()
        return made

    def kinds(self) -> list[tuple[Callable[[], Step | None], int]]:
        return [
            (self.insert, 10), (self.insert_select, 1), (self.copy, 3), (self.update, 12), (self.update_many, 7),
            (self.update_command, 9), (self.update_note, 2), (self.numbers, 1), (self.key_or_place, 1),
            (self.case_type, 5), (self.delete, 4), (self.two_parts, 5), (self.deleting_part, 2), (self.merge, 6),
            (self.conflict, 5), (self.again_in_set, 3), (self.again_in_returning, 4), (self.view, 4), (self.cursor, 3),
            (self.loop, 2), (self.block, 3), (self.instead, 2), (self.reborn, 2), (self.codes, 3), (self.parents, 5),
            (self.move, 8), (self.force, 2), (self.many, 3), (self.erase, 2),
        ]  # fmt: skip

    def around(self) -> list[tuple[Callable[[], Step | None], int]]:
        """What stands around statements: transactions, names, grants."""
        if not self.now.in_transaction:
            return [(self.begin, 10), (self.name_session, 3), (self.role, 1), (self.code, 1), (self.reset, 1)]
        return [
            (self.end, 8),
            (self.savepoint, 4),
            (self.back, 3),
            (self.acting, 5),
            (self.tamper, 1),
            (self.replay, 1),
            (self.immediate, 2),
            (self.role, 1),
        ]

    # What statements are made of

    def table(self, wanted: Callable[[Table], object] = lambda table: True) -> Table | None:
        found = [table for table in self.world.tables if wanted(table)]
        return self.rng.choice(found) if found else None

    def rows(self, table: Table) -> dict[int, Row]:
        return self.now.state[table.name]

    def keys(self, table: Table, most: int = 1) -> list[int]:
        """Of rows that are there, mostly."""
        there = list(self.rows(table))
        if not there or self.rng.random() < 0.07:
            return [self.rng.choice(KEYS)]
        return sorted(self.rng.sample(there, min(len(there), self.rng.randint(1, most))))

    def free_keys(self, table: Table, most: int = 1) -> list[int]:
        free = [key for key in KEYS if key not in self.rows(table)]
        if not free or self.rng.random() < 0.07:
            return [self.rng.choice(KEYS)]
        return sorted(self.rng.sample(free, min(len(free), self.rng.randint(1, most))))

    def where(self, table: Table, keys: list[int]) -> str:
        return f"id in ({', '.join(table.key_literal(key) for key in keys)})"

    def target(self, table: Table, column: str, row: Row | None) -> str | None:
        """A code: mostly one that the rules allow to the actor."""
        category, luck = table.columns[column], self.rng.random()
        if luck < 0.02:
            return None
        if luck < 0.05 and table.types[column] not in ("boolean", "integer"):
            return UNKNOWN
        if luck < 0.85:
            allowed = [code for code in category.codes if self.allowed(table, column, row, code)]
            if allowed:
                return self.rng.choice(allowed)
        return self.rng.choice(category.codes)

    def allowed(self, table: Table, column: str, row: Row | None, code: str) -> bool:
        scope = table.columns[column].scope(row[table.case_type] if table.case_type and row else None)
        before = rules.code_of(row[column]) if row else None
        transition = table.columns[column].between(scope, before, code) if scope else None
        return transition is not None and not list(
            rules.missing_requirements(table.declared, transition, self.now.context, row or {}, row or {})
        )

    def beginning(self, table: Table, column: str, case_type: str | None) -> str | None:
        if self.rng.random() < 0.85:
            row = {table.case_type: case_type, column: None} if table.case_type else {column: None}
            allowed = [code for code in table.columns[column].codes if self.allowed(table, column, row, code)]
            if allowed:
                return self.rng.choice(allowed)
        return self.target(table, column, None)

    def region(self, table: Table, key: int) -> str:
        """Mostly the key's own; another one may bring a second record of a key."""
        return self.rng.choice(("eu", "us")) if self.rng.random() < 0.1 else table.region(key)

    def new_row(self, table: Table, key: int, note: str | None = None) -> dict[str, str]:
        """Column and literal of a row that may begin."""
        made = {"id": table.key_literal(key)}
        case_type = None
        if table.case_type:
            known = [case for case in CASE_TYPES if all(found.scope(case) for found in table.columns.values())]
            case_type = (
                self.rng.choice(known) if known and self.rng.random() < 0.9 else self.rng.choice((None, *CASE_TYPES))
            )
            made[table.case_type] = quoted(case_type) if case_type else "null"
        for column in table.columns:
            made[column] = table.literal(column, self.beginning(table, column, case_type))
        made["note"] = quoted(note) if note else "null"
        if table.has_author:
            made["author"] = self.rng.choice((quoted("anna"), quoted("otto"), quoted(self.now.context.actor), "null"))
        if table.partitioned:
            made["region"] = quoted(self.region(table, key))
        for link in table.links:
            self.point(table, link.key_column, link.status_column, self.world.tables[link.parent], made)
        return made

    def point(
        self, table: Table, key_column: str, status_column: str | None, parent: Table, made: dict[str, str]
    ) -> None:
        there = self.rows(parent)
        if not there:
            return
        number = self.rng.choice(list(there))
        made[key_column] = parent.key_literal(number)
        if status_column:
            made[status_column] = parent.literal(parent.status, rules.code_of(there[number][parent.status]))

    def values(self, table: Table, keys: list[int], note: str | None = None) -> tuple[str, str]:
        """Columns and rows of an INSERT."""
        rows = [self.new_row(table, key, note) for key in keys]
        columns = [column for column in rows[0] if all(column in row for row in rows)]
        return ", ".join(columns), ", ".join("(" + ", ".join(row[column] for column in columns) + ")" for row in rows)

    def column(self, table: Table) -> str:
        return self.rng.choice([table.status, *table.columns])

    def command(self, table: Table) -> str:
        """A note that the table's triggers obey; also some that no trigger of this table does."""
        verbs = [verb for verb in table.verbs for _ in range(4)] + [BEFORE, LATE, AFTER]
        words = []
        for _ in range(self.rng.choice((1, 1, 1, 2, 2, 3))):
            verb, code = self.rng.choice(verbs), self.rng.choice(table.columns[table.status].codes)
            rows = self.rows(table)
            if rows and self.rng.random() < 0.6:
                code = self.target(table, table.status, self.rng.choice(list(rows.values()))) or code
            if self.rng.random() < 0.3:
                code = self.rng.choice(self.odd_words(table, verb)) or code
            words.append(f"{verb}:{code}")
        return "|".join(words)

    def odd_words(self, table: Table, verb: str) -> list[str]:
        if verb in (BEFORE, LATE):
            special = ["!skip", "!null", "!version", "!time"]
            special.append(f"!key{table.key(self.rng.choice(KEYS))}")
            special += [f"@{self.rng.choice(CASE_TYPES)}"] if table.case_type else []
            return special + (["#eu", "#us"] if table.partitioned else [])
        if verb in (EARLY, AFTER, DEFERRED) and table.index + 1 < len(self.world.tables):
            other = self.world.tables[table.index + 1]
            return ["!n", f">{other.key(self.rng.choice(KEYS))}:{self.rng.choice(other.columns[other.status].codes)}"]
        return [""] if verb == STATEMENT else ["!n"]

    def sql(self, text: str, data: str = "", op: str = "sql") -> Step:
        return Step(self.now.session, op, text, data)

    def setting(self, table: Table, key: int, column: str | None = None) -> str:
        column = column or self.column(table)
        return f"{column} = {table.literal(column, self.target(table, column, self.rows(table).get(key)))}"

    # Statements

    def written(self, table: Table, keys: list[int]) -> str:
        """The table as a statement names it: now and then the partition."""
        if table.partitioned and self.rng.random() < 0.25:
            return f"{{s}}.{table.plain}_{table.region(keys[0])}"
        return table.sql

    def insert(self) -> Step | None:
        table = self.table()
        assert table
        note = self.command(table) if self.rng.random() < 0.3 else None
        keys = self.free_keys(table, self.rng.choice((1, 1, 3)))
        columns, values = self.values(table, keys, note)
        return self.sql(f"insert into {self.written(table, keys)} ({columns}) values {values}")

    def insert_select(self) -> Step | None:
        """From another row of the table: with its code, which may be no beginning."""
        table = self.table(lambda table: not table.partitioned)
        if not table:
            return None
        (key,), columns = (
            self.free_keys(table),
            ", ".join(column for column in table.compared if column not in ("id", "note")),
        )
        return self.sql(
            f"insert into {table.sql} (id, {columns}) select {table.key_literal(key)}, {columns} "
            f"from {table.sql} where {self.where(table, self.keys(table))}"
        )

    def copy(self) -> Step | None:
        table = self.table()
        assert table
        rows = [self.new_row(table, key) for key in self.free_keys(table, 3)]
        columns = [column for column in rows[0] if all(column in row for row in rows)]
        lines = ["\t".join(raw(row[column]) for column in columns) for row in rows]
        return self.sql(f"copy {table.sql} ({', '.join(columns)}) from stdin", "\n".join(lines) + "\n", "copy")

    def update(self) -> Step | None:
        table = self.table()
        assert table
        (key,) = self.keys(table)
        sets = [self.setting(table, key)]
        if self.rng.random() < 0.2:
            sets = list(dict.fromkeys(self.setting(table, key, column) for column in table.columns))
        if self.rng.random() < 0.3:
            sets.append("n = n + 1")
        return self.sql(f"update {self.written(table, [key])} set {', '.join(sets)} where {self.where(table, [key])}")

    def update_many(self) -> Step | None:
        table = self.table()
        assert table
        keys = self.keys(table, 4)
        if self.rng.random() < 0.5:
            return self.sql(
                f"update {self.written(table, keys)} set {self.setting(table, keys[0])} where {self.where(table, keys)}"
            )
        column = self.column(table)
        codes = {key: self.target(table, column, self.rows(table).get(key)) for key in keys}
        cases = [f"when {table.key_literal(key)} then {table.literal(column, code)}" for key, code in codes.items()]
        return self.sql(
            f"update {table.sql} set {column} = case id {' '.join(cases)} end where {self.where(table, keys)}"
        )

    def update_command(self) -> Step | None:
        """The row's triggers write too."""
        table = self.table(lambda table: table.verbs)
        if not table:
            return None
        keys = self.keys(table, 2)
        sets = [f"note = {quoted(self.command(table))}"]
        if self.rng.random() < 0.5:
            sets.append(self.setting(table, keys[0], table.status))
        return self.sql(f"update {table.sql} set {', '.join(sets)} where {self.where(table, keys)}")

    def update_note(self) -> Step | None:
        table = self.table()
        assert table
        return self.sql(f"update {table.sql} set n = n + 1, note = null where {self.where(table, self.keys(table, 4))}")

    def numbers(self) -> Step | None:
        """What a statement writes into version and time is overwritten."""
        table = self.table()
        assert table
        (key,) = self.keys(table)
        forged_numbers = self.rng.choice(
            ("status_version = 9", "status_changed_at = '2020-02-02'", "status_version = status_version + 1")
        )
        more = f", {self.setting(table, key)}" if self.rng.random() < 0.5 else ""
        return self.sql(f"update {table.sql} set {forged_numbers}{more} where {self.where(table, [key])}")

    def key_or_place(self) -> Step | None:
        table = self.table()
        assert table
        (key,) = self.keys(table)
        new = f"id = {table.key_literal(self.rng.choice(KEYS))}"
        if table.partitioned and self.rng.random() < 0.6:
            new = f"region = '{self.rng.choice(('eu', 'us'))}'"
        return self.sql(f"update {table.sql} set {new} where {self.where(table, [key])}")

    def case_type(self) -> Step | None:
        table = self.table(lambda table: table.case_type)
        if not table:
            return None
        (key,) = self.keys(table)
        case_type = self.rng.choice((None, *CASE_TYPES, *CASE_TYPES, "ODD"))
        sets = [f"{table.case_type} = {quoted(case_type) if case_type else 'null'}"]
        if self.rng.random() < 0.6:
            for column, category in table.columns.items():
                scope = category.scope(case_type)
                arrivals = (
                    [each.to_code for each in category.workflows[scope].arrivals] if scope in category.workflows else []
                )
                codes = [*(category.begins(scope) if scope else []), *arrivals, *category.codes[:1]]
                sets.append(f"{column} = {table.literal(column, self.rng.choice(sorted(codes)))}")
        return self.sql(f"update {table.sql} set {', '.join(sets)} where {self.where(table, [key])}")

    def delete(self) -> Step | None:
        table = self.table()
        assert table
        return self.sql(
            f"delete from {table.sql} where {self.where(table, self.keys(table, self.rng.choice((1, 1, 3))))}"
        )

    def reborn(self) -> Step | None:
        """A record goes and comes again, in one statement or in two of one transaction."""
        table = self.table()
        assert table
        keys = self.keys(table)
        columns, values = self.values(table, keys)
        gone = f"delete from {table.sql} where {self.where(table, keys)}"
        if self.rng.random() < 0.3:
            return self.sql(
                f"with gone as ({gone} returning id) "
                f"insert into {table.sql} ({columns}) select * from (values {values}) v where exists (select from gone)"
            )
        return self.sql(f"{gone}; insert into {table.sql} ({columns}) values {values}")

    def two_parts(self) -> Step | None:
        """One statement over two tables, or over the same one twice."""
        one, other = self.table(), self.table()
        assert one and other
        first, second = self.keys(one, 2), self.keys(other, 2)
        if one is other:
            second = [key for key in second if key not in first] or [self.rng.choice(KEYS)]
        set_one, set_other = self.setting(one, first[0]), self.setting(other, second[0])
        tail = "" if self.rng.random() < 0.5 else " and exists (select from a)"
        third = self.table()
        assert third
        more = ""
        if third not in (one, other) and self.rng.random() < 0.5:
            columns, values = self.values(third, self.free_keys(third))
            more = f", b as (insert into {third.sql} ({columns}) values {values} returning id)"
        return self.sql(
            f"with a as (update {one.sql} set {set_one} where {self.where(one, first)} returning id){more} "
            f"update {other.sql} set {set_other} where {self.where(other, second)}{tail}"
        )

    def deleting_part(self) -> Step | None:
        table = self.table(lambda table: not table.partitioned)
        other = self.table(lambda found: found is not table)
        if not table or not other:
            return None
        (key,), (second,) = self.keys(table), self.keys(other)
        return self.sql(
            f"with a as (delete from {table.sql} where {self.where(table, [key])} returning id) "
            f"update {other.sql} set {self.setting(other, second)} where {self.where(other, [second])}"
        )

    def merge(self) -> Step | None:
        table = self.table()
        assert table
        keys = sorted({*self.keys(table, 2), *self.free_keys(table, 2)})
        columns, values = self.values(table, keys)
        place = " and t.region = v.region" if table.partitioned else ""
        matched = f"update set {self.setting(table, keys[0])}, n = t.n + 1"
        if self.rng.random() < 0.15:
            matched = "delete"
        given = ", ".join(f"v.{column}" for column in columns.split(", "))
        return self.sql(
            f"merge into {table.sql} t using (values {values}) v ({columns}) on t.id = v.id{place} "
            f"when matched then {matched} when not matched then insert ({columns}) values ({given})"
        )

    def conflict(self) -> Step | None:
        table = self.table()
        assert table
        keys = sorted({*self.keys(table, 2), *self.free_keys(table)})
        columns, values = self.values(table, keys)
        on = "(id, region)" if table.partitioned else "(id)"
        do = self.rng.choice(
            (
                "nothing",
                f"update set {self.setting(table, keys[0])}",
                "update set status = excluded.status, n = excluded.n + 1",
            )
        )
        return self.sql(f"insert into {table.sql} as t ({columns}) values {values} on conflict {on} do {do}")

    def again(self, table: Table, key: int) -> str:
        row = self.rows(table).get(key)
        code = table.literal(table.status, self.target(table, table.status, row))
        return f"{{s}}.{table.plain}_again({table.key_literal(key)}, {code})"

    def again_in_set(self) -> Step | None:
        """A function in SET writes a row of another table, or another row of this one."""
        table, other = self.table(), self.table()
        assert table and other
        (key,), (second,) = self.keys(table), self.keys(other)
        if table is other and key == second:
            return None
        return self.sql(f"update {table.sql} set note = {self.again(other, second)} where {self.where(table, [key])}")

    def again_in_returning(self) -> Step | None:
        """A function in RETURNING writes the row again: its change is recorded before the earlier one."""
        table = self.table()
        assert table
        (key,) = self.keys(table)
        row = self.rows(table).get(key)
        code = self.target(table, table.status, row)
        after = {**row, table.status: code} if row and code else None
        again = table.literal(table.status, self.target(table, table.status, after))
        return self.sql(
            f"update {table.sql} set {table.status} = {table.literal(table.status, code)} "
            f"where {self.where(table, [key])} returning {{s}}.{table.plain}_again(id, {again})"
        )

    def view(self) -> Step | None:
        table = self.table(lambda table: table.has_view)
        if not table:
            return None
        view = f"{{s}}.{table.plain}_view"
        if self.rng.random() < 0.3:
            columns, values = self.values(table, self.free_keys(table))
            return self.sql(f"insert into {view} ({columns}) values {values}")
        keys = self.keys(table, 2)
        return self.sql(f"update {view} set {self.setting(table, keys[0])} where {self.where(table, keys)}")

    def cursor(self) -> Step | None:
        table = self.table()
        assert table
        (key,) = self.keys(table)
        do = (
            f"update {table.sql} set {self.setting(table, key)}"
            if self.rng.random() < 0.8
            else f"delete from {table.sql}"
        )
        return self.sql(
            f"declare one cursor for select id from {table.sql} where {self.where(table, [key])} for update; "
            f"fetch 1 from one; {do} where current of one; close one"
        )

    def loop(self) -> Step | None:
        table = self.table()
        assert table
        keys = self.keys(table, 3)
        return self.sql(
            f"do $$ declare each record; rows cursor for select id from {table.sql} where {self.where(table, keys)} "
            f"for update; begin for each in rows loop update {table.sql} set {self.setting(table, keys[0])} "
            f"where current of rows; end loop; end $$"
        )

    def block(self) -> Step | None:
        """Several statements in one, over one row or several."""
        table = self.table()
        assert table
        lines = []
        row: Row | None = None
        (key,) = self.keys(table)
        for _ in range(self.rng.choice((2, 3))):
            row = row or self.rows(table).get(key)
            code = self.target(table, table.status, row)
            lines.append(
                f"update {table.sql} set status = {table.literal(table.status, code)} where {self.where(table, [key])};"
            )
            row = {**row, table.status: code} if row and code else None
            if self.rng.random() < 0.2:
                (key,), row = self.keys(table), None
        return self.sql(f"do $$ begin {' '.join(lines)} end $$")

    def instead(self) -> Step | None:
        """A view whose trigger writes the row twice."""
        table = self.table(lambda table: table.has_view)
        if not table:
            return None
        keys = self.keys(table, 2)
        return self.sql(
            f"update {{s}}.{table.plain}_own set {self.setting(table, keys[0], table.status)} "
            f"where {self.where(table, keys)}"
        )

    def codes(self) -> Step | None:
        """A code is called otherwise in the table of codes, and the foreign key takes the rows along."""
        table = self.table(lambda table: table.codes_table)
        if not table:
            return None
        one, other = (
            table.literal(table.status, code) for code in self.rng.sample(table.columns[table.status].codes, 2)
        )
        codes = f"{{s}}.{table.plain}_codes"
        if self.rng.random() < 0.1:
            return self.sql(f"delete from {codes} where code = {one}; insert into {codes} values ({one})")
        return self.sql(f"update {codes} set code = {other} where code = {one}")

    def parents(self) -> Step | None:
        """Rows that others mirror: their steps are steps of their children, by one key or two."""
        mirrored = {link.parent for table in self.world.tables for link in table.links if link.kind == "mirror"}
        table = self.table(lambda table: table.index in mirrored)
        if not table:
            return None
        keys = self.keys(table, 3)
        return self.sql(
            f"update {table.sql} set {self.setting(table, keys[0], table.status)} where {self.where(table, keys)}"
        )

    # Jalon's own functions

    def mover(self) -> bool:
        return self.now.login.startswith("jalon_")

    def random_reason(self) -> str | None:
        return self.rng.choice((None, "because", "for a reason", " "))

    def move(self) -> Step | None:
        table = self.table()
        if not table or not self.mover():
            return None
        (key,), column = self.keys(table), self.column(table)
        code = self.target(table, column, self.rows(table).get(key))
        return Step(
            self.now.session, "move", words=(table.name, str(key), column, code or UNKNOWN, self.random_reason())
        )

    def force(self) -> Step | None:
        made = self.move()
        if made and self.now.login == "jalon_dba":
            table = self.world.by_name[made.words[0] or ""]
            return replace(
                made,
                op="force",
                words=(
                    *made.words[:3],
                    self.rng.choice(table.columns[made.words[2] or ""].codes),
                    self.random_reason(),
                ),
            )
        return None

    def many(self) -> Step | None:
        table = self.table()
        if not table or self.now.login != "jalon_dba":
            return None
        keys = self.keys(table, 4)
        code = self.target(table, table.status, self.rows(table).get(keys[0])) or UNKNOWN
        mode = self.rng.choice(("all", "each"))
        return Step(
            self.now.session,
            "many",
            words=(table.name, ",".join(map(str, keys)), table.status, code, self.random_reason(), mode),
        )

    def erase(self) -> Step | None:
        table = self.table()
        if not table or self.now.login != "jalon_dba":
            return None
        key = self.keys(table)[0] if self.rng.random() < 0.7 else self.rng.choice(KEYS)
        return Step(self.now.session, "erase", words=(table.name, str(key)))

    # Around statements

    def begin(self) -> Step | None:
        isolation = (
            "read committed" if self.rng.random() < 0.9 else self.rng.choice(("repeatable read", "serializable"))
        )
        return Step(self.now.session, "begin", words=(isolation, self.rng.choice(("guarded", "guarded", "bare"))))

    def end(self) -> Step | None:
        return Step(self.now.session, self.rng.choice(("commit", "commit", "commit", "rollback")))

    def savepoint(self) -> Step | None:
        return Step(self.now.session, "savepoint", words=(self.rng.choice("ab"),))

    def back(self) -> Step | None:
        return Step(self.now.session, "back", words=(self.rng.choice("ab"),))

    def immediate(self) -> Step | None:
        return self.sql(f"set constraints all {self.rng.choice(('immediate', 'deferred'))}")

    def roles(self) -> str:
        return ",".join(role for role in ROLES if self.rng.random() < 0.6)

    def acting(self) -> Step | None:
        return (
            Step(
                self.now.session,
                "acting",
                words=(self.rng.choice(("anna", "otto")), self.roles(), self.random_reason()),
            )
            if self.mover()
            else None
        )

    def tamper(self) -> Step | None:
        """Settings written by hand, with a seal before them or without one."""
        forged_numbers = {
            "actor": "boss",
            "roles": "boss",
            "role_sources": "token",
            "marks": '{"kind": "force"}',
            "seal": "abc",
        }
        name = self.rng.choice(list(forged_numbers))
        return Step(self.now.session, "tamper", words=(name, forged_numbers[name]))

    def replay(self) -> Step | None:
        """The settings and the seal of an earlier transaction, written by hand."""
        return Step(self.now.session, "replay") if self.mover() else None

    def name_session(self) -> Step | None:
        if self.now.login == "jalon_dba":
            actor = self.rng.choice(("anna", None))
            return Step(
                self.now.session,
                "act_as",
                words=(actor, self.roles(), self.random_reason()) if actor else (None, "", None),
            )
        return Step(self.now.session, "reason", words=(self.random_reason() or "",)) if not self.mover() else None

    def role(self) -> Step | None:
        return Step(
            self.now.session,
            "role",
            words=(self.rng.choice(("plain", "clerk", "jalon_app", "anna")), self.rng.choice((*ROLES, "admin"))),
        )

    def reset(self) -> Step | None:
        return Step(self.now.session, "reset")

    def code(self) -> Step | None:
        category = self.rng.choice(self.world.categories)
        return Step(self.now.session, "code", words=(category.name, self.rng.choice(category.codes)))


def raw(literal: str) -> str:
    """A literal as COPY wants it."""
    return "\\N" if literal == "null" else literal.split("::")[0].strip("'").replace("''", "'")
