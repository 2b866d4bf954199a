"""A shop under attack. Its owner is an ordinary role; each test's last word is that records and history still agree.

orders, parcels   NEW -> PAID -> PACKED -> SHIPPED (shippers only), NEW -> CANCELLED with a reason
tickets           case types bug (OPEN -> FIXED -> CLOSED, testers only) and wish (OPEN -> CLOSED)
regional          orders in partitions of two levels, by region and by zone
"""

import contextlib
import functools
import inspect
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import psycopg
import pytest

Connection = psycopg.Connection[Any]
Session = Callable[..., Connection]
Transitions = set[tuple[str | None, str]]

ORDERS: Transitions = {(None, "NEW"), ("NEW", "PAID"), ("PAID", "PACKED"), ("PACKED", "SHIPPED"), ("NEW", "CANCELLED")}
BUG: Transitions = {(None, "OPEN"), ("OPEN", "FIXED"), ("FIXED", "CLOSED")}
WISH: Transitions = {(None, "OPEN"), ("OPEN", "CLOSED")}
RULES: dict[str, dict[str | None, Transitions]] = {"tickets": {"bug": BUG, "wish": WISH}}

ROLES = """
do $$ declare v_role text; begin
    foreach v_role in array '{shop_app,shop_believed,shop_owner,shop_trigger,shop_types,shop_stranger}'::text[] loop
        if to_regrole(v_role) is null then execute format('create role %I login', v_role); end if;
    end loop; end $$;
grant jalon_app to shop_believed;
"""
WORKFLOWS = """
insert into jalon_engine.category (code, label) values ('ORDER_STATUS', 'Orders'), ('TICKET', 'Tickets');
insert into jalon_engine.referential (category, code, label, position, is_initial, is_final) values
    ('ORDER_STATUS', 'NEW', 'New', 1, true, false), ('ORDER_STATUS', 'PAID', 'Paid', 2, false, false),
    ('ORDER_STATUS', 'PACKED', 'Packed', 3, false, false), ('ORDER_STATUS', 'SHIPPED', 'Shipped', 4, false, true),
    ('ORDER_STATUS', 'CANCELLED', 'Cancelled', 5, false, true),
    ('TICKET', 'OPEN', 'Open', 1, true, false), ('TICKET', 'FIXED', 'Fixed', 2, false, false),
    ('TICKET', 'CLOSED', 'Closed', 3, false, true);
insert into jalon_engine.role (code, label) values ('shipper', 'Shipper'), ('tester', 'Tester');
insert into jalon_engine.permission_rule (role, permission) values ('any', 'read_all');
begin;
insert into jalon_engine.workflow (category, case_type, version, state, published_at) values
    ('ORDER_STATUS', '*', 1, 'published', now()), ('TICKET', 'bug', 1, 'published', now()),
    ('TICKET', 'wish', 1, 'published', now());
insert into jalon_engine.workflow_transition
    (category, case_type, version, from_code, to_code, action, roles, requires_reason, position) values
    ('ORDER_STATUS', '*', 1, 'NEW', 'PAID', 'pay', '{any}', false, 1),
    ('ORDER_STATUS', '*', 1, 'PAID', 'PACKED', 'pack', '{any}', false, 1),
    ('ORDER_STATUS', '*', 1, 'PACKED', 'SHIPPED', 'ship', '{shipper}', false, 1),
    ('ORDER_STATUS', '*', 1, 'NEW', 'CANCELLED', 'cancel', '{any}', true, 2),
    ('TICKET', 'bug', 1, 'OPEN', 'FIXED', 'fix', '{any}', false, 1),
    ('TICKET', 'bug', 1, 'FIXED', 'CLOSED', 'close', '{tester}', false, 1),
    ('TICKET', 'wish', 1, 'OPEN', 'CLOSED', 'close', '{any}', false, 1);
commit;
"""
TABLES = """
create schema shop authorization shop_owner;
grant jalon_dba to shop_owner;
set session authorization shop_owner;
create table shop.orders (id bigint primary key, status text not null default 'NEW', note text);
create table shop.parcels (id bigint primary key, status text not null default 'NEW', note text);
create table shop.tickets (id bigint primary key, type text, status text not null default 'OPEN', note text);
create table shop.regional (id bigint, region text not null, zone integer not null default 1,
    status text not null default 'NEW', note text, primary key (id, region, zone)) partition by list (region);
create table shop.regional_us partition of shop.regional for values in ('us');
create table shop.regional_eu partition of shop.regional for values in ('eu') partition by list (zone);
create table shop.regional_eu_1 partition of shop.regional_eu for values in (1);
create table shop.regional_eu_2 partition of shop.regional_eu for values in (2);
select jalon.track('shop.orders', 'status', category => 'ORDER_STATUS');
select jalon.track('shop.parcels', 'status', category => 'ORDER_STATUS');
select jalon.track('shop.tickets', 'status', category => 'TICKET', workflow_column => 'type');
select jalon.track('shop.regional', 'status', category => 'ORDER_STATUS', key_column => 'id');
grant usage on schema shop to shop_app, shop_believed, shop_stranger;
grant usage, create on schema shop to shop_trigger;
grant select, insert, update, delete on all tables in schema shop to shop_app, shop_believed;
grant all on all tables in schema shop to shop_trigger;
insert into shop.orders select n from generate_series(1, 20) n;
insert into shop.parcels select n from generate_series(1, 20) n;
insert into shop.tickets select n, case when n % 2 = 1 then 'bug' else 'wish' end from generate_series(1, 6) n;
insert into shop.regional select n, case when n % 2 = 1 then 'us' else 'eu' end from generate_series(1, 6) n;
update shop.orders set status = 'PAID' where id > 10;
reset session authorization;
revoke jalon_dba from shop_owner;
grant usage on schema jalon_generated to shop_owner;
"""

TRACKED = ("shop.orders", "shop.parcels", "shop.tickets", "shop.regional")


# Looking ------------------------------------------------------------------------------------------------------------


class Change(NamedTuple):
    key: str
    version: int
    case_type: str | None
    codes: dict[str, tuple[str | None, str | None]]
    changed_at: Any
    previous: Any
    kind: str
    changed_by: str


def history_of(table: str) -> str:
    schema, name = table.split(".")
    return f'jalon_history."{schema}__{name}"'


def columns_of(db: Connection, relation: str) -> list[str]:
    return [
        row[0]
        for row in db.execute(
            "select attname from pg_catalog.pg_attribute "
            "where attrelid = %s::pg_catalog.regclass and attnum > 0 and not attisdropped order by attnum",
            (relation,),
        )
    ]


def status_columns(db: Connection, table: str) -> list[str]:
    return [name.removeprefix("new_") for name in columns_of(db, history_of(table)) if name.startswith("new_")]


def changes_of(db: Connection, table: str, case_type: str | None = None) -> list[Change]:
    """Every row of a history, in the order of each key's lives and versions. Values are read by output functions."""
    columns = status_columns(db, table)
    key = columns_of(db, history_of(table))[1]
    text = "case when {0} is not null then pg_catalog.format('%s', {0}) end"
    wanted = [text.format(f'"{side}_{column}"') for column in columns for side in ("old", "new")]
    case = text.format(f'"{case_type}"') if case_type else "null"
    rows = db.execute(
        f"select pg_catalog.format('%s', \"{key}\"), version, {case}, changed_at, previous_changed_at, kind, "
        f"changed_by,"
        f" {', '.join(wanted)} from {history_of(table)} order by 1, changed_at, version"
    ).fetchall()
    return [
        Change(
            row[0],
            row[1],
            row[2],
            {column: (row[7 + 2 * n], row[8 + 2 * n]) for n, column in enumerate(columns)},
            *row[3:7],
        )
        for row in rows
    ]


def lives_of(changes: list[Change]) -> dict[str, list[list[Change]]]:
    """By key: its lives, each from version 1 on."""
    lives: dict[str, list[list[Change]]] = {}
    for change in changes:
        of_key = lives.setdefault(change.key, [])
        if change.version == 1 or not of_key:
            of_key.append([])
        of_key[-1].append(change)
    return lives


def assert_life(life: list[Change], rules: dict[str | None, Transitions], kinds: set[str]) -> None:
    assert [change.version for change in life] == list(range(1, len(life) + 1)), life
    before: Change | None = None
    for change in life:
        assert change.kind in kinds, change
        assert change.previous == (before.changed_at if before else None), life
        assert before is None or before.changed_at < change.changed_at, life
        assert_step(before, change, rules.get(change.case_type, rules.get("*", set())))
        before = change


def assert_step(before: Change | None, change: Change, allowed: Transitions) -> None:
    retyped = before is not None and before.case_type != change.case_type
    moved = {column: codes for column, codes in change.codes.items() if codes[0] != codes[1]}
    assert retyped or moved, change
    assert not retyped or len(moved) <= 1, change
    for column, (old, new) in change.codes.items():
        assert old == (before.codes[column][1] if before else None), (before, change)
        if retyped:  # to where the new workflow lets a record begin
            assert (None, new) in allowed or column not in moved, change
        elif column in moved:
            assert (old, new) in allowed, change
    assert not retyped or any((None, new) in allowed for _, new in change.codes.values()), change


def assert_honest(
    db: Connection,
    table: str = "shop.orders",
    rules: dict[str | None, Transitions] | None = None,
    key: str = "id",
    kinds: set[str] | None = None,
) -> None:
    """Every record stands where its history says, every step of which the workflow allows, and none is missing."""
    name = table.split(".")[1]
    rules = RULES.get(name, {"*": ORDERS}) if rules is None else rules
    case_type = "type" if "type" in columns_of(db, table) else None
    lives = lives_of(changes_of(db, table, case_type))
    for of_key in lives.values():
        for life in of_key:
            assert_life(life, rules, kinds or {"create", "move", "backfill"})
    columns = status_columns(db, table)
    text = "case when {0} is not null then pg_catalog.format('%s', {0}) end"
    wanted = ", ".join(text.format(f'"{column}"') for column in [*columns, *([case_type] if case_type else [])])
    records = db.execute(
        f"select pg_catalog.format('%s', \"{key}\"), status_version, status_changed_at, {wanted} from {table}"
    ).fetchall()
    for record in records:
        assert record[0] in lives, f"{table} {record[0]} has no history"
        last = lives[record[0]][-1][-1]
        assert record[1:3] == (last.version, last.changed_at), (record, last)
        assert list(record[3 : 3 + len(columns)]) == [last.codes[column][1] for column in columns], (record, last)
        assert case_type is None or record[-1] == last.case_type, (record, last)
    assert len({record[0] for record in records}) == len(records), f"{table} has a key twice"
    ended = db.execute(
        "select record_key, count(*) from jalon_history.deletion where tracked = %s and record_key is not null "
        "group by 1",
        (name,),
    ).fetchall()
    gone = {of_key: len(of) for of_key, of in lives.items()}
    for record in records:
        gone[record[0]] -= 1
    assert dict(ended) == {of_key: count for of_key, count in gone.items() if count}, f"{table}: ends of lives"


def everything(db: Connection, *tables: str) -> dict[str, list[str]]:
    """Records, histories, deletions, grants and rules, each row as its text."""
    relations = [
        *(relation for table in tables or TRACKED for relation in (table, history_of(table))),
        "jalon_history.deletion",
        "jalon_engine.role_grant",
        "jalon_engine.workflow_transition",
        "jalon_engine.tracked",
    ]
    return {
        relation: [
            row[0] for row in db.execute(f"select pg_catalog.format('%s', x.*) from {relation} x order by 1").fetchall()
        ]
        for relation in relations
    }


def changes_of_record(
    db: Connection, id: object, table: str = "shop.orders", column: str = "status"
) -> list[tuple[Any, ...]]:
    """(version, from, to, kind) of a record, oldest first."""
    key = columns_of(db, history_of(table))[1]
    return db.execute(
        f'select version, "old_{column}", "new_{column}", kind from {history_of(table)} '
        f'where "{key}" = %s order by changed_at, version',
        (id,),
    ).fetchall()


def status(db: Connection, id: object, table: str = "shop.orders") -> str:
    row = db.execute(f"select status from {table} where id = %s", (id,)).fetchone()
    assert row is not None
    return str(row[0])


def authors(db: Connection, id: object, table: str = "shop.orders") -> list[str]:
    key = columns_of(db, history_of(table))[1]
    return [
        row[0]
        for row in db.execute(
            f'select changed_by from {history_of(table)} where "{key}" = %s order by changed_at, version', (id,)
        )
    ]


# Attacking ----------------------------------------------------------------------------------------------------------


def is_expected_refusal(sqlstate: str | None) -> bool:
    """Jalon says no, PostgreSQL asks for rights, or the transaction is to be tried again."""
    return (sqlstate or "").startswith("JL") or sqlstate in ("42501", "40001")


def attempt(connection: Connection, statement: str, *also: str) -> str | None:
    """Runs it; the SQLSTATE of the refusal, which must be a lawful one (or among `also`), or None where it passed."""
    sqlstate = None
    try:
        connection.execute(statement)
    except psycopg.Error as error:
        connection.rollback()
        sqlstate, said = error.sqlstate, str(error)
    assert sqlstate is None or is_expected_refusal(sqlstate) or sqlstate in also, f"{sqlstate}: {said}"
    return sqlstate


def refuses(connection: Connection, statement: str, *sqlstates: str) -> psycopg.Error:
    """Runs it and demands a refusal, with one of these SQLSTATEs where some are given."""
    with pytest.raises(psycopg.Error) as caught:
        connection.execute(statement)
    connection.rollback()
    found = caught.value.sqlstate or ""
    assert found in sqlstates if sqlstates else is_expected_refusal(found), f"{found}: {caught.value}"
    return caught.value


LEVELS = ["read committed", "repeatable read", "serializable"]


def waiting(db: Connection, connection: Connection) -> bool:
    row = db.execute(
        "select exists (select from pg_locks where not granted and pid = %s)", (connection.info.backend_pid,)
    ).fetchone()
    return bool(row and row[0])


class BackgroundStatement:
    """A statement in a thread of its own, and what became of it."""

    def __init__(self, db: Connection, connection: Connection, statement: str) -> None:
        self.sqlstate: str | None = "unfinished"
        self.thread = threading.Thread(target=self.run, args=(connection, statement))
        self.thread.start()
        while self.thread.is_alive() and not waiting(db, connection):
            self.thread.join(0.01)

    def run(self, connection: Connection, statement: str) -> None:
        try:
            connection.execute(statement)
            self.sqlstate = None
        except psycopg.Error as error:
            connection.rollback()
            self.sqlstate = error.sqlstate

    def end(self) -> str | None:
        self.thread.join(30)
        assert not self.thread.is_alive()
        return self.sqlstate


def each(names: str, values: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """As pytest's parametrize, but in one test and one database: for variants that leave nothing behind."""
    wanted = [name.strip() for name in names.split(",")]

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)

        @functools.wraps(test)
        def run(**fixtures: Any) -> None:
            failed = []
            for value in values:
                row = value if len(wanted) > 1 else (value,)
                try:
                    test(**fixtures, **dict(zip(wanted, row, strict=True)))
                except (AssertionError, psycopg.Error, pytest.fail.Exception) as error:
                    failed.append(f"{row}: {error}")
                    for connection in fixtures.values():
                        if isinstance(connection, psycopg.Connection):
                            connection.rollback()
            assert not failed, "\n".join(failed)

        rest = [parameter for parameter in signature.parameters.values() if parameter.name not in wanted]
        run.__signature__ = signature.replace(parameters=rest)  # type: ignore[attr-defined]
        return run

    return decorate


@contextlib.contextmanager
def unchanged(db: Connection, *tables: str) -> Iterator[None]:
    """Whatever happens within, afterwards everything is as it was."""
    before = everything(db, *tables)
    yield
    assert everything(db, *tables) == before
    for table in tables or TRACKED:
        assert_honest(db, table)


def call(
    api: Connection,
    function: str,
    key: object,
    data: dict[str, Any],
    actor: str | None = "anna",
    *roles: str,
    **more: Any,
) -> tuple[int, Any]:
    """A call of the web application, as it makes it."""
    caller = {"actor": actor, "roles": list(roles)} | more
    row: tuple[int, Any] | None = api.execute(
        "select status, body from jalon_api.run(%s::text, %s::text, %s::jsonb, %s::jsonb)",
        (function, None if key is None else str(key), json.dumps(data), json.dumps(caller)),
    ).fetchone()
    assert row is not None
    return row


def pay(api: Connection, id: object, actor: str = "anna", *roles: str, table: str = "orders") -> tuple[int, Any]:
    return call(api, "move_record", id, {"table": table, "to": "PAID"}, actor, *roles)


def track(db: Connection, table: str, ddl: str = "", options: str = "category => 'ORDER_STATUS'") -> None:
    """The shop's owner makes a table and puts it under Jalon; the application may write it."""
    db.execute("grant jalon_dba to shop_owner; set session authorization shop_owner")
    try:
        if ddl:
            db.execute(ddl)
        db.execute(f"select jalon.track('{table}', {options})")
        db.execute(
            f"grant all on {table} to shop_trigger; grant select, insert, update, delete on {table} to shop_app, "
            f"shop_believed"
        )
    finally:
        db.rollback()
        db.execute("reset session authorization; revoke jalon_dba from shop_owner")


def disable_event_trigger(db: Connection) -> None:
    """The event triggers, where a superuser installed some."""
    for (name,) in db.execute("select evtname from pg_event_trigger where evtname ~ '^jalon_protect_'").fetchall():
        db.execute(f"alter event trigger {name} disable")


class RoleSpy(NamedTuple):
    """Says as whom foreign code ran: notices outlive the transaction that failed."""

    seen: list[str]

    def watch(self, connection: Connection) -> Connection:
        connection.add_notice_handler(self.heard)
        return connection

    def heard(self, notice: psycopg.errors.Diagnostic) -> None:
        message = notice.message_primary or ""
        if message.startswith("spy: "):
            self.seen.append(message.removeprefix("spy: "))

    def only(self, *roles: str) -> None:
        assert set(self.seen) <= set(roles), self.seen


# Attacks that every piece of foreign code tries, as any role: none may work.
SPY = """raise notice 'spy: %', current_user;
    begin execute 'update jalon_history.shop__orders set changed_by = ''forged'''; exception when others then null; end;
    begin execute 'delete from jalon_history.shop__orders'; exception when others then null; end;
    begin execute 'alter table jalon_history.shop__orders disable trigger user'; exception when others then null; end;
    begin execute 'insert into jalon_engine.role_grant (principal, role) values (''db:shop_app'', ''shipper'')';
        exception when others then null; end;
    begin execute 'update jalon_engine.workflow_transition set roles = ''{any}'''; exception when others then null; end;
    begin execute 'grant jalon_historian to shop_owner'; exception when others then null; end;"""


def spying(name: str, arguments: str = "", returns: str = "boolean", answer: str = "true", declared: str = "") -> str:
    """A function that spies and then does what is expected of it."""
    return f"""create or replace function {name}({arguments}) returns {returns} language plpgsql {declared} as $spy$
        begin {SPY} return {answer}; end $spy$;"""
