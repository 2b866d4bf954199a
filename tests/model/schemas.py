"""SQL around the tables of a world: the twin's log, the workflows as rows, jalon.track, logins and their rights."""

import json
from collections.abc import Iterator

from tests.model.rules import Category
from tests.model.world import Table, World, ident, quoted

TWIN = """
create table twin.log (
    seq bigserial primary key, pid integer not null default pg_backend_pid(),
    tab text, op text, key text, life bigint, number integer,
    old jsonb, new jsonb, seen jsonb, is_again boolean not null default false, is_second boolean not null default false
);
create table twin.ended (tab text, key text, xid xid8 not null default pg_current_xact_id());
create table twin.key (tab text, key text, lives boolean not null default true, primary key (tab, key));
create sequence twin.life;
create function twin.mark() returns trigger language plpgsql security definer as $$
begin
    -- Where the row goes to another partition, the log is told of a deletion and an insertion only, or of the deletion
    -- alone, if a trigger keeps the row from being inserted there.
    if tg_op = 'UPDATE' and (old.id is distinct from new.id
            or to_jsonb(old) ->> 'region' is distinct from to_jsonb(new) ->> 'region') then
        insert into twin.log (tab, op, key, life, number, old, new, seen)
        values (tg_argv[0], tg_op, old.id::text, old.w_life, old.w_number,
            to_jsonb(old) - 'w_seen', to_jsonb(new) - 'w_seen', to_jsonb(new) - 'w_seen');
    end if;
    new.w_seen := to_jsonb(new) - 'w_seen';
    return new;
end $$;
create function twin.number() returns trigger language plpgsql security definer as $$
begin
    new.w_life := case tg_op when 'INSERT' then nextval('twin.life') else old.w_life end;
    new.w_number := case tg_op when 'INSERT' then 1 else old.w_number + 1 end;
    return new;
end $$;
create function twin.saw() returns trigger language plpgsql security definer as $$
declare
    v_is_second boolean := false;
begin
    if tg_op = 'DELETE' then
        update twin.key k set lives = false where k.tab = tg_argv[0] and k.key = old.id::text;
        insert into twin.ended (tab, key) values (tg_argv[0], old.id::text);
        insert into twin.log (tab, op, key, life, number, old)
        values (tg_argv[0], tg_op, old.id::text, old.w_life, old.w_number, to_jsonb(old) - 'w_seen');
        return null;
    end if;
    if tg_op = 'INSERT' and tg_argv[1] = 'partitioned' then
        -- Its key is unique in each partition only.
        insert into twin.key as k (tab, key) values (tg_argv[0], new.id::text)
        on conflict (tab, key) do update set lives = true where not k.lives;
        v_is_second := not found;
    end if;
    insert into twin.log (tab, op, key, life, number, old, new, seen, is_second, is_again)
    values (tg_argv[0], tg_op, new.id::text, new.w_life, new.w_number,
        case tg_op when 'UPDATE' then to_jsonb(old) - 'w_seen' end, to_jsonb(new) - 'w_seen', new.w_seen,
        v_is_second,
        tg_op = 'INSERT' and exists (select from twin.ended e
            where e.tab = tg_argv[0] and e.key = new.id::text and e.xid = pg_current_xact_id()));
    return null;
end $$;
"""

TWIN_TABLE = """
alter table {sql} add column status_version integer not null default 1,
    add column status_changed_at timestamptz not null default now(),
    add column w_life bigint, add column w_number integer, add column w_seen jsonb;
create trigger "~jalon_before_mark" before insert or update on {sql} for each row execute function twin.mark({name});
create trigger "~~~number" before insert or update on {sql} for each row execute function twin.number();
create trigger "~~~log" after insert or update or delete on {sql} for each row
    execute function twin.saw({name}, {kind});
"""

# Logins of the world: who has no role, who has some; the application's and the DBA's own logins are Jalon's.
LOGINS = {"plain": (), "clerk": ("clerk",), "boss": ("boss", "clerk")}
NAMED = ("jalon_app", "jalon_dba")
OWNER = "owner"


def login(database: str, name: str) -> str:
    """Roles are the whole server's, so each database has its own."""
    return name if name.startswith("jalon_") else f"{database}_{name}"


def twin(world: World) -> str:
    tables = [
        TWIN_TABLE.format(
            sql=table.sql.replace("{s}", "twin"),
            name=quoted(table.name),
            kind=quoted("partitioned" if table.partitioned else "ordinary"),
        )
        for table in world.tables
    ]
    return "".join([TWIN, *tables])


def rules(categories: list[Category]) -> Iterator[str]:
    yield "insert into jalon_engine.role (code, label) values ('clerk', 'Clerk'), ('boss', 'Boss');"
    for category in categories:
        name = quoted(category.name)
        yield (
            "insert into jalon_engine.category (code, label, others_are_free) "
            f"values ({name}, {name}, {category.others_are_free});"
        )
        codes = [
            row(category.name, code, code, position, code in category.initial, code in category.active)
            for position, code in enumerate(category.codes)
        ]
        columns = "category, code, label, position, is_initial, is_active"
        yield f"insert into jalon_engine.referential ({columns}) values {', '.join(codes)};"
        if category.workflows:
            yield from workflows(category)


def workflows(category: Category) -> Iterator[str]:
    """All of them in one transaction, which is the only one that may write a published version."""
    at = {case_type: (category.name, case_type, 1) for case_type in category.workflows}
    published = [row(*each, "published", "now()") for each in at.values()]
    transitions = [
        row(*at[case_type], each.from_code, each.to_code, "step", "{" + ",".join(each.roles) + "}", each.relation,
            each.needs_reason, "{note}" if each.needs_note else None)
        for case_type, workflow in category.workflows.items() for each in workflow.transitions
    ]  # fmt: skip
    arrivals = [
        row(*at[case_type], each.to_code, each.from_code, each.from_case_type)
        for case_type, workflow in category.workflows.items()
        for each in workflow.arrivals
    ]
    yield "begin;"
    columns = "category, case_type, version, state, published_at"
    yield f"insert into jalon_engine.workflow ({columns}) values {', '.join(published)};"
    columns = (
        "category, case_type, version, from_code, to_code, action, roles, relation, requires_reason, required_fields"
    )
    yield f"insert into jalon_engine.workflow_transition ({columns}) values\n    {lines(transitions)};"
    columns = "category, case_type, version, to_code, from_code, from_case_type"
    if arrivals:
        yield f"insert into jalon_engine.workflow_arrival ({columns}) values\n    {lines(arrivals)};"
    yield "commit;"


def row(*values: object) -> str:
    """A row of VALUES."""
    return "(" + ", ".join("null" if value is None else literal(value) for value in values) + ")"


def literal(value: object) -> str:
    if isinstance(value, bool | int) or value == "now()":
        return str(value).lower()
    return quoted(str(value))


def lines(rows: list[str]) -> str:
    return ",\n    ".join(rows)


def track(table: Table) -> str:
    columns = quoted(json.dumps({column: category.name for column, category in table.columns.items()}))
    options = f", columns => {columns}, on_delete => {quoted(table.on_delete)}, name => {quoted(table.name)}"
    if table.case_type:
        options += f", workflow_column => {quoted(table.case_type)}"
    if table.partitioned:
        options += ", key_column => 'id'"
    if table.has_author:
        options += """, relations => '{"author": "author"}'"""
    listens = f"insert into jalon_engine.interest (subscriber, tracked) values ('the model', {quoted(table.name)}); "
    tracks = f"select jalon.track({quoted('shop.' + ident(table.name))}{options});"
    return tracks if not table.has_listener else listens + tracks


def grants(database: str) -> Iterator[str]:
    for name, roles in LOGINS.items():
        role = login(database, name)
        yield f"create role {ident(role)} login;"
        for each in roles:
            values = f"{quoted('db:' + role)}, {quoted(each)}"
            yield f"insert into jalon_engine.role_grant (principal, role) values ({values});"
    for name in (*LOGINS, *NAMED):
        role = ident(login(database, name))
        yield f"grant usage on schema shop, twin to {role};"
        yield f"grant select, insert, update, delete on all tables in schema shop, twin to {role};"
        yield f"grant usage on all sequences in schema twin to {role};"


def owned(world: World, database: str | None, ddl: str) -> list[str]:
    """The tables, made by their owner; without a database's name in the one that psql is in."""
    if not world.has_owner:
        return [ddl]
    owner, place = ident(login(database or "model", OWNER)), ident(database) if database else ':"DBNAME"'
    return [
        f"create role {owner};",
        f"grant create on database {place} to {owner};",
        f"set role {owner};",
        ddl,
        "reset role;",
    ]


def setup(world: World, database: str) -> str:
    """Everything, to be run by the owner of a migrated database."""
    tables = owned(world, database, world.ddl("shop") + "\n" + world.ddl("twin"))
    parts = [*rules(world.categories), *tables, twin(world), *map(track, world.tables), *grants(database)]
    return "\n".join(parts)
