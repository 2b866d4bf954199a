"""Any name of a table, a column or a schema is tracked correctly or refused with a clear error."""

import pytest

from tests.attacks.shop import assert_honest, attempt, disable_event_trigger, each, everything, refuses, unchanged

ODD = [
    "$1",
    "$body$",
    "$sql$",
    "@one@",
    "a'b",
    'a"b',
    "a.b",
    "a b",
    "{name}",
    "%s",
    "%I",
    "Orders",
    "é",
    "a;drop",
    "--",
    "/*",
    "\\",
    "select",
]
LONG = "x" * 63


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def histories(db):
    return {
        row[0]
        for row in db.execute(
            "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n "
            "on n.oid = c.relnamespace "
            "where n.nspname = 'jalon_history' and c.relkind = 'p'"
        )
    }


def assert_followed(db, relation: str, made: set[str], status: str = "status", key: str = "id") -> None:
    """A new table: what is lawful passes and is recorded in the one history that came with it."""
    (history,) = histories(db) - made
    db.execute(f"insert into {relation} ({key}) values (1), (2)")
    refuses(db, f"update {relation} set {status} = 'SHIPPED'", "JL101")
    db.execute(f"update {relation} set {status} = 'PAID' where {key} = 1")
    assert db.execute(f"select count(*), max(version) from {history}").fetchone() == (3, 2)
    db.execute(f"delete from {relation} where {key} = 2")
    assert db.execute("select count(*) from jalon.verify()").fetchone() == (0,)


@each("name", ODD)
def test_a_table_of_an_odd_name_is_tracked_or_refused_in_a_sentence(shop, name):
    relation = "shop." + quoted("t" + name)
    shop.execute(f"create table {relation} (id bigint primary key, status text not null default 'NEW')")
    made = histories(shop)
    if attempt(shop, f"select jalon.track({literal(relation)}, category => 'ORDER_STATUS')") is None:
        assert_followed(shop, relation, made)
    else:
        assert histories(shop) == made
        shop.execute(f"insert into {relation} (id, status) values (1, 'SHIPPED')")


@each("name", ODD)
def test_a_status_column_of_an_odd_name_is_tracked_or_refused_in_a_sentence(shop, name):
    column, made = quoted("s" + name), histories(shop)
    table = f"shop.t{len(made)}"
    shop.execute(f"create table {table} (id bigint primary key, {column} text not null default 'NEW')")
    if attempt(shop, f"select jalon.track('{table}', {literal('s' + name)}, category => 'ORDER_STATUS')") is None:
        assert_followed(shop, table, made, column)
    else:
        shop.execute(f"drop table {table}")


@each("name", ODD)
def test_a_key_or_a_schema_of_an_odd_name_is_tracked_or_refused_in_a_sentence(shop, name):
    schema, key = quoted("s" + name), quoted("k" + name)
    shop.execute(
        f"create schema {schema}; "
        f"create table {schema}.t ({key} bigint primary key, status text not null default 'NEW')"
    )
    made = histories(shop)
    if attempt(shop, f"select jalon.track({literal(schema + '.t')}, category => 'ORDER_STATUS')") is None:
        assert_followed(shop, schema + ".t", made, key=key)


@each("name", [*ODD, "x'); drop schema jalon_engine cascade; --"])
@pytest.mark.parametrize(
    "option", ["name", "history_key", "changed_by_column", "key_column", "workflow_column", "resolver"]
)
def test_an_option_of_an_odd_value_is_data_and_never_code(shop, name, option):
    shop.execute("create table if not exists shop.t (id bigint primary key, status text not null default 'NEW')")
    attempt(shop, f"select jalon.track('shop.t', category => 'ORDER_STATUS', {option} => {literal('n' + name)})")
    assert shop.execute("select to_regnamespace('jalon_engine') is not null").fetchone() == (True,)
    assert shop.execute("select count(*) from jalon.verify('orders')").fetchone() == (0,)


@each("name", [*ODD, "", "shop.", "x'); drop schema jalon_engine cascade; --"])
def test_a_text_that_names_no_table_is_refused_by_postgresql(shop, name):
    none = ("42P01", "42602", "0A000")  # no such relation; no name at all; more than two names
    refuses(shop, f"select jalon.track({literal('shop.none' + name)}, category => 'ORDER_STATUS')", *none)


def test_codes_are_data_and_never_code(shop):
    code = "x'); drop schema jalon_engine cascade; --$body$"
    shop.execute(
        "insert into jalon_engine.referential (category, code, label) values ('ORDER_STATUS', %s, 'x')", (code,)
    )
    refuses(shop, f"update shop.orders set status = {literal(code)} where id = 1", "JL101", "JL406")
    assert_honest(shop)


@pytest.mark.parametrize(
    "one, other",
    [
        ("a__b.c", "a.b__c"),
        ("a_.b", "a._b"),
        (f"{'s' * 60}.{'t' * 60}", f"{'s' * 60}.{'t' * 59}u"),
        (f"{'s' * 62}.{LONG}", f"{'s' * 61}z.{LONG}"),
        ("a.orders", "b.orders"),
        ("a.t", 'a."T"'),
    ],
)
def test_two_tables_never_share_a_history_or_a_function(shop, one, other):
    made = histories(shop)
    for number, relation in enumerate((one, other), 1):
        schema, _ = relation.split(".")
        shop.execute(f"create schema if not exists {schema}")
        shop.execute(f"create table {relation} (id bigint primary key, status text not null default 'NEW')")
        if (
            attempt(shop, f"select jalon.track({literal(relation)}, category => 'ORDER_STATUS', name => 'n{number}')")
            is None
        ):
            shop.execute(f"insert into {relation} select n from generate_series(1, {number}) n")
    if len(histories(shop) - made) < 2:
        return  # the second one was refused
    counts = [shop.execute(f"select count(*) from {history}").fetchone()[0] for history in histories(shop) - made]
    assert sorted(counts) == [1, 2]
    for relation in (one, other):
        refuses(shop, f"update {relation} set status = 'SHIPPED'", "JL101")
        shop.execute(f"update {relation} set status = 'PAID'")
    assert shop.execute("select count(*) from jalon.verify()").fetchone() == (0,)


MONTH = "to_char(now() at time zone 'UTC', '\"y\"YYYY\"m\"MM')"


@pytest.mark.parametrize("suffix", ["timeline", "as_of", "default", "before_update", "after_update", "month"])
def test_a_table_named_like_a_part_of_another_ones_history_changes_nothing_of_it(shop, suffix):
    ending = shop.execute(f"select {MONTH}").fetchone()[0] if suffix == "month" else suffix
    for name in (f"orders_{ending}", f"orders__{ending}"):
        shop.execute(f"create table shop.{name} (id bigint primary key, status text not null default 'NEW')")
        before = everything(shop, "shop.orders")
        before.pop("jalon_engine.tracked")
        if attempt(shop, f"select jalon.track('shop.{name}', category => 'ORDER_STATUS')") is None:
            shop.execute(f"insert into shop.{name} values (1); update shop.{name} set status = 'PAID'")
            refuses(shop, f"update shop.{name} set status = 'SHIPPED'", "JL101")
        after = everything(shop, "shop.orders")
        after.pop("jalon_engine.tracked")
        assert after == before
    refuses(shop, "update shop.orders set status = 'SHIPPED' where id = 1", "JL101")
    shop.execute("update shop.orders set status = 'PAID' where id = 1")
    assert shop.execute("select count(*) from jalon_history.orders_timeline where orders_id = 1").fetchone() == (2,)
    assert_honest(shop)
    assert shop.execute("select count(*) from jalon.verify()").fetchone() == (0,)


@pytest.mark.parametrize(
    "name",
    ["changes", "standing", "deletions", "deletion", "orders", "shop__orders", "shop__orders_timeline", "dossiers", ""],
)
def test_a_tracked_name_that_is_taken_takes_nothing_away(shop, name):
    shop.execute("create table shop.t (id bigint primary key, status text not null default 'NEW')")
    kinds = (
        "select relname, relkind from pg_class where relnamespace = 'jalon_history'::regnamespace and relkind <> 'i'"
    )
    before = set(shop.execute(kinds).fetchall())
    attempt(shop, f"select jalon.track('shop.t', category => 'ORDER_STATUS', name => '{name}')")
    assert before <= set(shop.execute(kinds).fetchall())
    shop.execute("update shop.orders set status = 'PAID' where id = 1")
    assert_honest(shop)
    assert shop.execute("select count(*) from jalon.verify('orders')").fetchone() == (0,)


def test_a_name_of_the_longest_kind_keeps_every_function_apart(shop):
    shop.execute(f"create schema {LONG}")
    for name in (LONG, LONG[:-1] + "y"):
        shop.execute(f"create table {LONG}.{name} (id bigint primary key, status text not null default 'NEW')")
        attempt(shop, f"select jalon.track('{LONG}.{name}', category => 'ORDER_STATUS', name => '{name[-1]}')")
    tracked = shop.execute("select count(*) from jalon_engine.tracked where table_schema = %s", (LONG,)).fetchone()[0]
    functions = shop.execute(
        "select count(distinct g.tgfoid), count(distinct g.tgrelid) from pg_trigger g "
        "join pg_class c on c.oid = g.tgrelid "
        "where c.relnamespace = %s::regnamespace and g.tgname = '~jalon_before_update'",
        (LONG,),
    ).fetchone()
    assert functions == (tracked, tracked)


def test_a_table_made_in_the_place_of_a_tracked_one_is_not_taken_for_it(shop, app):
    disable_event_trigger(shop)
    with unchanged(shop):
        attempt(
            shop,
            """begin; alter table shop.orders rename to orders_before;
            create table shop.orders (like shop.orders_before including all);
            create trigger "~jalon_before_insert" before insert on shop.orders for each row
                execute function jalon_generated.shop__orders__before_insert();
            create trigger "_jalon_after_insert" after insert on shop.orders for each row
                execute function jalon_generated.shop__orders__after_insert();
            insert into shop.orders values (999, 'NEW'); commit""",
        )
        shop.execute("rollback")
