"""Holding TRIGGER is not owning: nobody replaces, precedes or follows our triggers with effect."""

import pytest

from tests.attacks.shop import (
    assert_honest,
    attempt,
    call,
    changes_of_record,
    columns_of,
    disable_event_trigger,
    each,
    pay,
    refuses,
    status,
    unchanged,
)

OURS = {
    "~jalon_before_insert": "before insert",
    "~jalon_before_update": "before update",
    "_jalon_after_insert": "after insert",
    "_jalon_after_update": "after update",
    "_jalon_after_delete": "after delete",
}
PAID = [(1, None, "NEW", "create"), (2, "NEW", "PAID", "move")]
NOTHING = """create or replace function shop.nothing() returns trigger language plpgsql as $$ begin
    if tg_when = 'AFTER' then return null; elsif tg_op = 'DELETE' then return old; end if; return new; end $$;"""


def forging(
    body: str, place: str = "before update", name: str = "~~late", table: str = "shop.orders", when: str = ""
) -> str:
    return f"""create or replace function shop.forge() returns trigger language plpgsql as $$ begin {body} return new;
        end $$;
        create or replace trigger "{name}" {place} on {table} for each row {when} execute function shop.forge();"""


@pytest.mark.parametrize("name", OURS)
@each("form", ["create or replace trigger", "create or replace constraint trigger"])
@pytest.mark.parametrize("table", ["shop.orders", "shop.regional", "shop.regional_us", "shop.regional_eu"])
def test_a_trigger_of_ours_that_is_replaced_by_a_holder_of_trigger_gains_nothing(shop, app, holder, name, form, table):
    place = OURS[name].replace("before", "after") if "constraint" in form else OURS[name]
    base = "shop.orders" if table == "shop.orders" else "shop.regional"
    id = 2 if table == "shop.regional_eu" else 1
    region = "" if base == table else ", 'eu'" if id == 2 else ", 'us'"
    columns = "" if not region and base == "shop.orders" else ", region"
    region = region or (", 'us'" if columns else "")
    holder.execute(NOTHING)
    attempt(
        holder,
        f'{form} "{name}" {place} on {table} for each row execute function shop.nothing()',
        "42710",
        "42601",
        "0A000",
        "42809",
    )
    for statement in (
        f"update {base} set status = 'SHIPPED' where id = {id}",
        f"update {base} set status = 'PAID', status_version = 44, status_changed_at = 'epoch' where id = {id}",
        f"insert into {base} (id, status{columns}) values (90, 'SHIPPED'{region})",
        f"insert into {base} (id, status, status_version{columns}) values (91, 'NEW', 9{region})",
        f"delete from {base} where id = {id + 2}",
    ):
        attempt(app, statement, "23505")
    assert status(shop, id, base) in ("NEW", "PAID")
    assert_honest(shop, base)


@each("name", [*OURS, "_jalon_before_truncate"])
@each(
    "statement",
    [
        'drop trigger "{}" on shop.orders',
        'alter trigger "{}" on shop.orders rename to zzz',
        'alter table shop.orders disable trigger "{}"',
        'alter table shop.orders enable always trigger "{}"',
        'alter trigger "{}" on shop.orders depends on extension plpgsql',
        'comment on trigger "{}" on shop.orders is $$x$$',
        'alter table shop.orders alter constraint "{}" deferrable',
    ],
)
def test_a_trigger_of_ours_is_the_owners_to_touch(shop, holder, app, name, statement):
    with unchanged(shop):
        refuses(holder, statement.format(name), "42501")
        refuses(app, statement.format(name), "42501")
        assert shop.execute("select count(*) from jalon.verify()").fetchone() == (0,)


FORGERIES = {
    "the version, upwards": "new.status_version := new.status_version + 49;",
    "the version, downwards": "new.status_version := new.status_version - 1;",
    "the version, to none": "new.status_version := null;",
    "the time, backwards": "new.status_changed_at := '2001-01-01';",
    "the time, forwards": "new.status_changed_at := '2101-01-01';",
    "the time, to infinity": "new.status_changed_at := 'infinity';",
    "the time, to none": "new.status_changed_at := null;",
    "the time, by a microsecond": "new.status_changed_at := new.status_changed_at - interval '1 microsecond';",
    "the key": "new.id := new.id + 1000;",
    "the status": "new.status := 'SHIPPED';",
    "the status, with its number":
        "new.status := 'SHIPPED'; new.status_version := old.status_version + 1; "
        "new.status_changed_at := clock_timestamp();",
    "the status, unseen":
        "new.status := 'SHIPPED'; new.status_version := old.status_version; "
        "new.status_changed_at := old.status_changed_at;",
    "nothing of it": "new := old;",
    "everything":
        "new.id := 1001; new.status := 'SHIPPED'; new.status_version := 7; "
        "new.status_changed_at := '2001-01-01';",
}  # fmt: skip
STATEMENTS = [
    "set note = 'x' where id = 1",
    "set status = 'PAID' where id = 1",
    "set status = 'PAID' where id in (1, 2)",
    "set note = 'x' where id in (1, 2)",
]


@pytest.mark.parametrize("forgery", FORGERIES)
@each("statement", STATEMENTS)
def test_a_trigger_that_fires_after_ours_forges_nothing(shop, app, holder, forgery, statement):
    holder.execute(forging(FORGERIES[forgery]))
    attempt(app, f"update shop.orders {statement}", "23502", "23505")
    assert status(shop, 1) in ("NEW", "PAID")
    assert_honest(shop)


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_trigger_that_fires_before_ours_forges_nothing(shop, app, holder, forgery):
    holder.execute(forging(FORGERIES[forgery], name="aaa"))
    for statement in STATEMENTS:
        attempt(app, f"update shop.orders {statement}", "23502", "23505")
    assert status(shop, 1) in ("NEW", "PAID")
    assert_honest(shop)


BEGINNINGS = {name: body for name, body in FORGERIES.items() if "old" not in body}


@pytest.mark.parametrize("forgery", BEGINNINGS)
@pytest.mark.parametrize("name", ["aaa", "~~late"])
def test_a_trigger_on_insertion_forges_no_beginning(shop, app, holder, forgery, name):
    holder.execute(forging(BEGINNINGS[forgery], "before insert", name))
    attempt(app, "insert into shop.orders (id) values (100)", "23502", "23505")
    attempt(app, "insert into shop.orders (id) values (101), (102)", "23502", "23505")
    attempt(
        app,
        "insert into shop.orders (id) values (103) on conflict (id) do update set status = 'PAID'",
        "23502",
        "23505",
    )
    assert shop.execute("select count(*) from shop.orders where id > 99 and status <> 'NEW'").fetchone() == (0,)
    assert_honest(shop)


@pytest.mark.parametrize("level", ["shop.regional", "shop.regional_eu", "shop.regional_eu_1"])
@pytest.mark.parametrize("forgery", ["the version, upwards", "the key", "the status, unseen", "the time, backwards"])
def test_a_trigger_on_a_partition_forges_nothing(shop, app, holder, forgery, level):
    holder.execute(forging(FORGERIES[forgery], table=level))
    for statement in ("set note = 'x' where id in (2, 4)", "set status = 'PAID' where id = 2"):
        attempt(app, f"update shop.regional {statement}")
    assert_honest(shop, "shop.regional")


@pytest.mark.parametrize("name", ["aaa", "~~late"])
@pytest.mark.parametrize("table", ["shop.orders", "shop.regional"])
def test_a_row_that_a_trigger_drops_leaves_no_history(shop, app, holder, name, table):
    holder.execute(f"""create function shop.drop() returns trigger language plpgsql as 'begin return null; end';
        create trigger "{name}" before insert or update or delete on {table} for each row
            execute function shop.drop()""")
    with unchanged(shop):
        app.execute(f"update {table} set status = 'PAID' where id = 1")
        app.execute(f"delete from {table} where id = 1")
        app.execute(
            f"insert into {table} (id{', region' if 'reg' in table else ''}) "
            f"values (99{', $$us$$' if 'reg' in table else ''})"
        )


def test_a_trigger_that_turns_an_update_into_another_is_checked(shop, app, holder):
    holder.execute(
        forging(
            "if new.note = 'x' then update shop.orders set status = 'SHIPPED' where id = new.id; return null; end if;"
        )
    )
    with unchanged(shop):
        refuses(app, "update shop.orders set note = 'x' where id in (1, 2)")


def test_a_trigger_that_deletes_and_inserts_in_place_of_an_update_is_checked(shop, app, holder):
    holder.execute(
        forging(
            "if new.note = 'x' then delete from shop.orders where id = new.id; "
            "insert into shop.orders values (new.id, 'SHIPPED'); return null; end if;"
        )
    )
    with unchanged(shop):
        refuses(app, "update shop.orders set note = 'x' where id in (1, 2)")


@pytest.mark.parametrize("place", ["before update", "after update", "before insert", "after insert", "after delete"])
def test_our_functions_under_another_name_time_or_level_refuse(shop, owner, app, place):
    function = "jalon_generated.shop__orders__" + place.replace(" ", "_")
    for name, level, when in (
        ("mine", "row", place),
        ("~jalon_" + place.replace(" ", "_") + "_2", "row", place),
        ("mine", "statement", place),
        ("mine", "row", place.replace("before", "x").replace("after", "before").replace("x", "after")),
    ):
        if (
            attempt(
                owner, f'create trigger "{name}" {when} on shop.orders for each {level} execute function {function}()'
            )
            is not None
        ):
            continue
        with unchanged(shop):
            for statement in (
                "update shop.orders set note = 'x' where id = 1",
                "insert into shop.orders values (99)",
                "delete from shop.orders where id = 1",
            ):
                if when.split()[1] in statement:
                    refuses(app, statement, "JL508", "JL510")
        owner.execute(f'drop trigger "{name}" on shop.orders')


@pytest.mark.parametrize("name", OURS)
def test_our_functions_on_another_table_refuse_under_the_same_name_too(shop, owner, name):
    """A forged row of orders 5, a forged deletion: all that a table's owner could write into their own history."""
    place = OURS[name]
    function = "jalon_generated.shop__orders__" + place.replace(" ", "_")
    owner.execute(
        "create table shop.fake (id bigint primary key, status text, note text, status_version integer, "
        "status_changed_at timestamptz)"
    )
    owner.execute("insert into shop.fake values (5, 'NEW', null, 41, '2020-02-02'), (6, 'NEW', null, 41, '2020-02-02')")
    constraint = "constraint " if place.startswith("after") else ""
    with unchanged(shop):
        if (
            attempt(
                owner,
                f'create {constraint}trigger "{name}" {place} on shop.fake for each row execute function {function}()',
            )
            is None
        ):
            for statement in (
                "insert into shop.fake values (7, 'NEW', null, 41, '2020-02-02')",
                "update shop.fake set status = 'SHIPPED', status_version = 42 where id = 5",
                "delete from shop.fake where id = 6",
            ):
                if place.split()[1] in statement:
                    refuses(owner, statement, "JL508", "JL510")


def test_our_functions_on_another_tracked_table_refuse(shop, owner):
    owner.execute(
        'create constraint trigger "_mine" after update on shop.parcels for each row '
        "execute function jalon_generated.shop__orders__after_update()"
    )
    with unchanged(shop):
        refuses(owner, "update shop.parcels set status = 'PAID' where id = 1", "JL508", "JL510")


@pytest.mark.parametrize(
    "moved", ["alter table shop.orders rename to before", "alter table shop.orders set schema elsewhere"]
)
def test_a_table_that_takes_the_name_of_a_tracked_one_does_not_take_its_history(shop, owner, moved):
    disable_event_trigger(shop)
    shop.execute("create schema elsewhere; grant all on schema elsewhere to shop_owner")
    owner.execute(moved)
    owner.execute("""create table shop.orders (id bigint primary key, status text, note text, status_version integer,
        status_changed_at timestamptz);
        create constraint trigger "_jalon_after_insert" after insert on shop.orders for each row execute function
            jalon_generated.shop__orders__after_insert()""")
    history = shop.execute("select count(*) from jalon_history.shop__orders").fetchone()
    refuses(owner, "insert into shop.orders values (5, 'NEW', null, 41, '2020-02-02')", "JL508", "JL510")
    assert shop.execute("select count(*) from jalon_history.shop__orders").fetchone() == history


def test_the_generated_functions_are_not_called_directly(shop, owner, app, holder):
    functions = shop.execute(
        "select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'jalon_generated'::regnamespace "
        "and p.prorettype = 'trigger'::regtype"
    ).fetchall()
    assert len(functions) > 10
    for (function,) in functions[:6]:
        for connection in (owner, app, holder):
            refuses(connection, f"select {function}", "0A000", "42501")


def test_a_holder_of_trigger_cannot_use_our_functions_at_all(shop, holder):
    holder.execute(
        "create table shop.own (id bigint primary key, status text, note text, status_version integer, "
        "status_changed_at timestamptz)"
    )
    for table in ("shop.own", "shop.orders"):
        refuses(
            holder,
            f"create trigger zz after insert on {table} for each row execute function "
            f"jalon_generated.shop__orders__after_insert()",
            "42501",
        )


def test_an_after_trigger_before_ours_that_changes_the_row_is_recorded_in_order(shop, app, holder):
    holder.execute("""create function shop.again() returns trigger language plpgsql as $$ begin
            if new.status = 'PAID' and old.status = 'NEW' then update shop.orders set status = 'PACKED'
                where id = new.id; end if; return null; end $$;
        create trigger "AAA" after update on shop.orders for each row execute function shop.again()""")
    app.execute("update shop.orders set status = 'PAID' where id in (1, 2)")
    assert changes_of_record(shop, 1) == [*PAID, (3, "PAID", "PACKED", "move")]
    assert_honest(shop)


def test_an_after_trigger_before_ours_that_deletes_the_row_leaves_a_whole_history(shop, app, holder):
    holder.execute("""create function shop.gone() returns trigger language plpgsql as $$ begin
            delete from shop.orders where id = new.id; return null; end $$;
        create trigger "AAA" after update on shop.orders for each row when (new.status = 'PAID')
            execute function shop.gone()""")
    attempt(app, "update shop.orders set status = 'PAID' where id in (1, 2)")
    assert_honest(shop)


def test_an_after_trigger_on_insertion_that_moves_the_row_on_leaves_a_whole_history(shop, app, holder):
    holder.execute("""create function shop.on() returns trigger language plpgsql as $$ begin
            update shop.orders set status = 'PAID' where id = new.id; return null; end $$;
        create trigger "AAA" after insert on shop.orders for each row execute function shop.on()""")
    app.execute("insert into shop.orders values (100), (101)")
    assert changes_of_record(shop, 100) == PAID
    assert_honest(shop)


@pytest.mark.parametrize(
    "function", ["suppress_redundant_updates_trigger()", "tsvector_update_trigger(t, 'pg_catalog.english', note)"]
)
def test_triggers_that_come_with_postgresql_change_nothing_of_it(shop, app, holder, owner, function):
    if "tsvector" in function:
        owner.execute("alter table shop.orders add column t tsvector")
    holder.execute(f'create trigger "~~late" before update on shop.orders for each row execute function {function}')
    attempt(app, "update shop.orders set status = 'SHIPPED' where id = 1")
    app.execute("update shop.orders set status = 'PAID' where id = 1")
    app.execute("update shop.orders set status = 'PAID' where id = 1")
    assert changes_of_record(shop, 1) == PAID
    assert "status" in columns_of(shop, "shop.orders")
    assert_honest(shop)


def test_a_late_trigger_does_not_forge_a_move_of_the_web_application(shop, connect, holder):
    holder.execute(forging("new.status := 'SHIPPED';", when="when (new.status = 'PAID')"))
    api = connect("api")
    with unchanged(shop):
        refuses(
            api,
            """select jalon_api.run('move_record', '1', '{"table": "orders", "to": "PAID"}', '{"actor": "anna"}')""",
        )
    assert call(api, "record", 1, {"table": "orders"})[0] == 200
    shop.execute('drop trigger "~~late" on shop.orders')
    assert pay(api, 1)[0] == 200
