"""Random worlds: two to four tables of every shape with their workflows, links and triggers, made of a seed.

A world is written twice: in schema `shop`, where Jalon keeps it, and in schema `twin`, where a plain trigger logs every
row that is written.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tests.model.rules import Arrival, Category, Declared, Transition, Workflow

ROLES = ("clerk", "boss")
KEYS = range(1, 8)
KEY_TYPES = {
    "integer": "{}",
    "bigint": "500000000{}",
    "smallint": "{}",
    "uuid": "00000000-0000-0000-0000-00000000000{}",
    "text": "k {}",
    "varchar(12)": "v'{}",
}
CODES = {"boolean": ("false", "true"), "integer": ("1", "2", "3", "4")}
WORDS = ("NEW", "PAID", "SHIPPED", "CLOSED")
UNKNOWN = "BAD"
STATUS_TYPES = ("text", "text", "varchar(20)", "enum", "boolean", "integer", "domain")
OWN_TYPES = ("enum", "domain")
CASE_TYPES = ("RETAIL", "EXPORT", "GIFT")
NAMES = ("orders", "parcels", "invoices", "claims")
BEFORE, LATE, EARLY, AFTER, DEFERRED, STATEMENT = "before", "late", "early", "after", "deferred", "statement"
VERBS = (BEFORE, LATE, EARLY, AFTER, DEFERRED, STATEMENT)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def ident(name: str) -> str:
    return name if name.isidentifier() and name.islower() else '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Link:
    """A foreign key: plain takes the parent's key, mirror its key and status, so that its step is the child's."""

    kind: str
    parent: int
    key_column: str
    status_column: str | None
    on_delete: str
    on_update: str = "cascade"


@dataclass
class Table:
    index: int
    name: str
    key_type: str
    types: dict[str, str]  # of the status columns; enum and domain are types of the schema's own
    columns: dict[str, Category]
    case_type: str | None = None
    partitioned: str | None = None
    on_delete: str = "keep"
    links: list[Link] = field(default_factory=list)
    verbs: tuple[str, ...] = ()
    has_view: bool = False
    is_definer: bool = False
    codes_table: bool = False
    has_levels: bool = False  # partitions have partitions
    has_rule: bool = False  # one of PostgreSQL's own, that writes another table
    has_author: bool = False
    has_listener: bool = False

    @property
    def sql(self) -> str:
        return "{s}." + ident(self.name)

    @property
    def plain(self) -> str:
        return self.name.lower().replace(" ", "_")

    @property
    def status(self) -> str:
        return next(iter(self.columns))

    @property
    def declared(self) -> Declared:
        fixed = ("id", "region") if self.partitioned else ("id",)
        return Declared(
            self.name, self.columns, self.case_type, fixed, self.on_delete, bool(self.partitioned), self.has_author
        )

    @property
    def compared(self) -> list[str]:
        """What rows of both schemas have to agree on."""
        linked = [column for link in self.links for column in (link.key_column, link.status_column) if column]
        own = [
            "id",
            *self.columns,
            *filter(None, [self.case_type]),
            "note",
            "n",
            *(["author"] if self.has_author else []),
        ]
        return list(dict.fromkeys([*own, *(["region"] if self.partitioned else []), *linked]))

    def key(self, number: int) -> str:
        return KEY_TYPES[self.key_type].format(number)

    def key_literal(self, number: int) -> str:
        return f"{quoted(self.key(number))}::{self.key_type}"

    def type_of(self, column: str) -> str:
        kind = self.types[column]
        return f"{{s}}.{self.plain}_{column}" if kind in OWN_TYPES else kind.replace("of ", "{s}.")

    def literal(self, column: str, code: str | None) -> str:
        return "null" if code is None else f"{quoted(code)}::{self.type_of(column)}"

    def region(self, number: int) -> str:
        return ("eu", "us")[number % 2]


@dataclass
class World:
    seed: int
    categories: list[Category]
    tables: list[Table]
    has_two_sessions: bool
    has_owner: bool  # the tables belong to a login without more rights, not to a superuser

    @property
    def by_name(self) -> dict[str, Table]:
        return {table.name: table for table in self.tables}

    def ddl(self, schema: str) -> str:
        """A schema with its tables, as far as Jalon has nothing to do with it."""
        lines = [
            line for make in (table_ddl, link_ddl, trigger_ddl) for table in self.tables for line in make(self, table)
        ]
        return "\n".join([f"create schema {schema};", *lines]).replace("{s}", schema)


def category(rng: random.Random, name: str, kind: str, has_case_types: bool) -> Category:
    codes = CODES.get(kind, WORDS)
    initial = frozenset(rng.sample(codes, rng.choice((1, 1, 2))))
    active = frozenset(codes) - ({rng.choice(codes)} if rng.random() < 0.1 and len(codes) > 2 else set())
    made = Category(name, codes, initial, active)
    if rng.random() < 0.08 and not has_case_types:
        return made
    scopes = rng.sample(CASE_TYPES, 2) + (["*"] if rng.random() < 0.5 else []) if has_case_types else ["*"]
    workflows = {scope: workflow(rng, codes, scopes) for scope in scopes}
    return replace(made, workflows=workflows, others_are_free=has_case_types and rng.random() < 0.3)


def workflow(rng: random.Random, codes: tuple[str, ...], scopes: list[str]) -> Workflow:
    def step(from_code: str | None, to_code: str) -> Transition:
        roles = ("any",) if rng.random() < 0.6 else tuple(rng.sample(ROLES, rng.choice((1, 1, 2))))
        relation = rng.choice(("author", "!author")) if rng.random() < 0.08 else None
        return Transition(from_code, to_code, roles, rng.random() < 0.15, rng.random() < 0.08, relation)

    pairs = [(one, other) for one in codes for other in codes if one != other]
    found = [step(*pair) for pair in pairs if rng.random() < 0.6] or [step(*pairs[0])]
    if rng.random() < 0.4:
        found += [step(None, code) for code in rng.sample(codes, rng.choice((1, 2)))]
    arrivals = {
        Arrival(rng.choice(codes), rng.choice(codes), rng.choice(("*", *scopes)))
        for _ in range(rng.choice((0, 1, 2)) if scopes != ["*"] else 0)
    }
    return Workflow(tuple(found), tuple(sorted(arrivals, key=str)))


def make(seed: int) -> World:
    rng = random.Random(f"world {seed}")  # noqa: S311
    categories: list[Category] = []
    tables: list[Table] = []
    for index in range(rng.choice((2, 2, 3, 3, 4))):
        odd = rng.random() < 0.1 and "Mixed Case" not in [each.name for each in tables]
        name = "Mixed Case" if odd else NAMES[index]
        tables.append(table(rng, index, name, categories, tables))
    return World(seed, categories, tables, rng.random() < 0.6, rng.random() < 0.5)


def table(rng: random.Random, index: int, name: str, categories: list[Category], others: list[Table]) -> Table:
    kind = rng.choice(STATUS_TYPES)
    has_case_type = rng.random() < 0.35
    parents = [each for each in others if not each.partitioned]
    mirrored = rng.choice(parents) if parents and rng.random() < 0.5 else None
    if mirrored:
        kind, found = mirrored.types[mirrored.status], mirrored.columns[mirrored.status]
        kind = f"of {mirrored.plain}_status" if kind in OWN_TYPES else kind
        has_case_type = mirrored.case_type is not None
    else:
        found = category(rng, f"C{len(categories)}", kind, has_case_type)
        categories.append(found)
    made = Table(index, name, rng.choice(list(KEY_TYPES)), {"status": kind}, {"status": found})
    made.case_type = "case_type" if has_case_type else None
    if rng.random() < 0.3:
        second = rng.choice(("text", "boolean", "enum"))
        categories.append(category(rng, f"C{len(categories)}", second, has_case_type))
        made.types["payment"], made.columns["payment"] = second, categories[-1]
    made.partitioned = rng.choice((None, None, None, "list", "range"))
    made.has_levels, made.has_rule = rng.random() < 0.3, rng.random() < 0.1
    made.on_delete = rng.choice(("keep", "keep", "keep", "cascade", "refuse"))
    made.verbs = tuple(verb for verb in VERBS if rng.random() < 0.5)
    made.has_view, made.is_definer = rng.random() < 0.4, rng.random() < 0.3
    made.codes_table = mirrored is None and kind in ("text", "varchar(20)") and rng.random() < 0.3
    made.has_author, made.has_listener = rng.random() < 0.4, rng.random() < 0.4
    made.links = links(rng, mirrored, parents)
    return made


def links(rng: random.Random, mirrored: Table | None, parents: list[Table]) -> list[Link]:
    made: list[Link] = []
    if mirrored:
        rule = rng.choice(("cascade", "set null", "no action", "set default"))
        then = rng.choice(("cascade", "cascade", "cascade", "set default"))
        made.append(Link("mirror", mirrored.index, "parent", "status", rule, then))
    if parents and rng.random() < 0.4:
        other = mirrored or rng.choice(parents)
        if mirrored and rng.random() < 0.6:
            made.append(Link("mirror", other.index, "other", "other_status", "cascade"))
        else:
            made.append(
                Link("plain", other.index, "other", None, rng.choice(("cascade", "set null", "no action", "cascade")))
            )
    return made


def table_ddl(world: World, table: Table) -> Iterator[str]:
    for column, kind in table.types.items():
        codes = table.columns[column].codes
        if kind == "enum":
            values = ", ".join(quoted(code) for code in (*codes, UNKNOWN))
            yield f"create type {table.type_of(column)} as enum ({values});"
        elif kind == "domain":
            yield f"create domain {table.type_of(column)} as text check (value <> '');"
    if table.codes_table:
        yield f"create table {{s}}.{table.plain}_codes (code {table.type_of('status')} primary key);"
        values = ", ".join(f"({quoted(code)})" for code in table.columns["status"].codes[:-1])
        yield f"insert into {{s}}.{table.plain}_codes values {values};"
    columns = [f"id {table.key_type}"]
    for column, found in table.columns.items():
        columns.append(f"{column} {table.type_of(column)} default {table.literal(column, min(found.initial))}")
    columns += [f"{table.case_type} text"] if table.case_type else []
    columns += ["note text", "n integer not null default 0"]
    columns += ["author text"] if table.has_author else []
    columns += ["region text not null"] if table.partitioned else []
    for link in table.links:
        parent = world.tables[link.parent]
        columns.append(f"{link.key_column} {parent.key_type}")
        if link.status_column == "other_status":
            columns.append(f"other_status {parent.type_of('status')}")
    key = "primary key (id, region)" if table.partitioned else "primary key (id), unique (id, status)"
    by = f" partition by {table.partitioned} (region)" if table.partitioned else ""
    yield f"create table {table.sql} ({', '.join(columns)}, {key}){by};"
    if table.partitioned:
        for region, after in (("eu", "ez"), ("us", "uz")):
            where = f"in ('{region}')" if table.partitioned == "list" else f"from ('{region}') to ('{after}')"
            name, by = f"{{s}}.{table.plain}_{region}", " partition by hash (id)" if table.has_levels else ""
            yield f"create table {name} partition of {table.sql} for values {where}{by};"
            for rest in (0, 1) if table.has_levels else ():
                yield f"create table {name}_{rest} partition of {name} for values with (modulus 2, remainder {rest});"
    if table.has_view:
        shown = ", ".join(table.compared)
        yield f"create view {{s}}.{table.plain}_view as select {shown} from {table.sql} where n >= 0;"
        yield f"create view {{s}}.{table.plain}_own as select id, status, n from {table.sql};"


def link_ddl(world: World, table: Table) -> Iterator[str]:
    if table.codes_table:
        yield (
            f"alter table {table.sql} add constraint {table.plain}_codes_fk foreign key (status) "
            f"references {{s}}.{table.plain}_codes (code) on update cascade on delete cascade;"
        )
    for number, link in enumerate(table.links):
        parent = world.tables[link.parent]
        name = f"{table.plain}_link_{number}"
        if link.kind == "plain":
            here, there = link.key_column, "id"
        else:
            here, there = f"{link.key_column}, {link.status_column}", "id, status"
        yield (
            f"alter table {table.sql} add constraint {name} foreign key ({here}) references {parent.sql} ({there}) "
            f"on update {link.on_update} on delete {link.on_delete};"
        )
        yield f"create index {name}_idx on {table.sql} ({here}, id);"


ACT = """create function {{s}}.{plain}_act() returns trigger language plpgsql {definer}as $act$
declare
    v_head text := split_part(new.note, '|', 1);
    v_word text := split_part(v_head, ':', 2);
    v_rest text := nullif(substr(new.note, length(v_head) + 2), '');
begin
    if split_part(v_head, ':', 1) is distinct from tg_argv[0] then
        return new;
    end if;
    if tg_when = 'AFTER' then
        if v_word like '>%' then
            {elsewhere}
        elsif v_word = '!n' then
            update {sql} set n = n + 1, note = v_rest where id = new.id;
        else
            update {sql} set status = v_word::{type}, note = v_rest where id = new.id;
        end if;
        return null;
    end if;
    case
        when v_word in ('!version', '!time') then
            if v_word = '!time' then
                new.status_changed_at := '2020-02-02';
            else
                new.status_version := 77;
            end if;
            new.note := case tg_argv[0] when 'late' then 'forged' else v_rest end;
        when v_word = '!skip' then return null;
        when v_word like '!key%' then new.id := substr(v_head, strpos(v_head, '!key') + 4);
        {case_type}
        {region}
        when v_word = '!null' then new.status := null; new.note := v_rest;
        else new.status := v_word; new.note := v_rest;
    end case;
    return new;
end $act$;"""

WHOLE = """create function {{s}}.{plain}_whole() returns trigger language plpgsql as $whole$
begin
    if exists (select from written w where w.note like 'statement:%') then
        update {sql} t set status = split_part(split_part(w.note, '|', 1), ':', 2)::{type}, note = null
        from written w where t.id = w.id and w.note like 'statement:%';
    end if;
    return null;
end $whole$;"""

INSTEAD = """create function {{s}}.{plain}_instead() returns trigger language plpgsql as $instead$
begin
    update {sql} set n = n + 1 where id = old.id;
    update {sql} set status = new.status where id = old.id and status is distinct from new.status;
    return new;
end $instead$;"""

AGAIN = """create function {{s}}.{plain}_again(p_id {key_type}, p_status {type}) returns text
language plpgsql as $again$
begin
    update {sql} set status = p_status, n = n + 1 where id = p_id;
    return 'again';
end $again$;"""


def trigger_ddl(world: World, table: Table) -> Iterator[str]:
    """Triggers that do what the head of a row's note says, and functions that statements may call."""
    next_table = world.tables[(table.index + 1) % len(world.tables)]
    elsewhere = (
        f"update {next_table.sql} set status = split_part(v_head, ':', 3)::{next_table.type_of('status')} "
        f"where id = substr(v_word, 2)::{next_table.key_type};"
        if next_table.index > table.index
        else "null;"
    )
    holes = {
        "plain": table.plain,
        "sql": table.sql,
        "type": table.type_of("status"),
        "key_type": table.key_type,
        "elsewhere": elsewhere,
        "definer": "security definer " if table.is_definer else "",
        "case_type": "when v_word like '@%' then new.case_type := nullif(substr(v_word, 2), ''); new.note := v_rest;"
        if table.case_type
        else "",
        "region": "when v_word like '#%' then new.region := substr(v_word, 2); new.note := v_rest;"
        if table.partitioned
        else "",
    }
    yield ACT.format(**holes)
    yield AGAIN.format(**holes)
    yield WHOLE.format(**holes)
    if table.has_view:
        yield INSTEAD.format(**holes)
        yield (
            f"create trigger instead instead of update on {{s}}.{table.plain}_own "
            f"for each row execute function {{s}}.{table.plain}_instead();"
        )
    if table.has_rule and next_table.index > table.index:
        code = next_table.literal(next_table.status, next_table.columns[next_table.status].codes[1])
        yield (
            f"create rule also as on update to {table.sql} where new.n is distinct from old.n do also "
            f"update {next_table.sql} set status = {code} where id = {next_table.key_literal(1)};"
        )
    act, on = f"execute function {{s}}.{table.plain}_act", f"on {table.sql}"
    rows = {
        BEFORE: ("a_before", "before"),
        LATE: ("~~late", "before"),
        EARLY: ("A_early", "after"),
        AFTER: ("z_after", "after"),
    }
    for verb in table.verbs:
        if verb in rows:
            name, when = rows[verb]
            yield f"create trigger \"{name}\" {when} insert or update {on} for each row {act}('{verb}');"
        elif verb == DEFERRED:
            yield (
                f"create constraint trigger z_deferred after insert or update {on} deferrable initially deferred "
                f"for each row {act}('deferred');"
            )
        else:
            yield (
                f"create trigger a_whole after update {on} referencing new table as written "
                f"for each statement execute function {{s}}.{table.plain}_whole();"
            )
