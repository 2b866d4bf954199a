"""Statements of several parts, tables, rows and writes: no part hides another, and each change is recorded once."""

import psycopg
import pytest

from tests.attacks.shop import assert_honest, attempt, changes_of_record, each, refuses, status, track, unchanged

PAID = [(1, None, "NEW", "create"), (2, "NEW", "PAID", "move")]
PACKED = [*PAID, (3, "PAID", "PACKED", "move")]


@each("first", ["1", "1, 2"])
@each("second", ["1", "1, 2", "select id from a"])
def test_a_lawful_move_of_one_table_hides_no_unlawful_one_of_another(shop, app, first, second):
    with unchanged(shop):
        refuses(
            app,
            f"""with a as (update shop.orders set status = 'PAID' where id in ({first}) returning id)
            update shop.parcels set status = 'SHIPPED' where id in ({second})""",
            "JL101",
        )


def test_three_tables_in_one_statement_are_each_checked(shop, app):
    with unchanged(shop):
        refuses(
            app,
            """with a as (update shop.orders set status = 'PAID' where id < 3 returning id),
            b as (update shop.tickets set status = 'FIXED' where id = 1 returning id)
            update shop.parcels set status = 'SHIPPED' where id < 3""",
            "JL101",
        )


def test_an_application_that_pays_an_order_and_its_parcel_in_one_statement_loses_no_history(shop, app):
    app.execute("""with a as (update shop.orders set status = 'PAID' where id in (1, 2) returning id)
        update shop.parcels set status = 'PAID' where id in (select id from a)""")
    for table in ("shop.orders", "shop.parcels"):
        assert [changes_of_record(shop, key, table) for key in (1, 2, 3)] == [PAID, PAID, PAID[:1]]
        assert_honest(shop, table)


def test_an_insert_into_one_table_hides_no_move_of_another(shop, app):
    with unchanged(shop):
        refuses(
            app,
            """with a as (insert into shop.orders values (100), (101) returning id)
            update shop.parcels set status = 'SHIPPED' where id in (1, 2)""",
            "JL101",
        )
        refuses(
            app,
            """with a as (update shop.parcels set status = 'PAID' where id in (1, 2) returning id)
            insert into shop.orders select id + 100, 'SHIPPED' from a""",
            "JL101",
        )


def test_a_deletion_in_the_same_statement_hides_no_move(shop, app):
    with unchanged(shop):
        refuses(
            app,
            """with a as (delete from shop.orders where id in (1, 2) returning id)
            update shop.parcels set status = 'SHIPPED' where id in (select id from a)""",
            "JL101",
        )


# What a heap shows of a row that was written twice in a transaction is a number that others have, too.

TOUCH = """create or replace function pg_temp.touch() returns text language plpgsql as $$ begin
    update shop.orders set note = 'x' where id in (1, 2); return 'x'; end $$;"""
SHIPS = {
    "update": "update shop.orders set status = 'SHIPPED' where id in (1, 2) "
    "returning case when id = 2 then pg_temp.touch() end",
    "merge": """merge into shop.orders o using (values (1), (2)) v (id) on o.id = v.id
        when matched then update set status = 'SHIPPED', note = pg_temp.touch()""",
    "on conflict": """insert into shop.orders values (1), (2)
        on conflict (id) do update set status = 'SHIPPED' returning pg_temp.touch()""",
    "with": """with a as (update shop.orders set status = 'SHIPPED' where id in (1, 2) returning id)
        select pg_temp.touch() from a""",
}


@pytest.mark.parametrize("form", SHIPS)
@each(
    "before",
    [
        "",
        "update shop.orders set status = 'PAID' where id in (3, 4);",
        "savepoint s; update shop.orders set status = 'PAID' where id in (3, 4); rollback to s;",
        "update shop.parcels set status = 'PAID' where id in (3, 4);",
    ],
)
def test_writing_the_rows_again_hides_no_move(shop, app, form, before):
    app.execute(TOUCH)
    with unchanged(shop):
        refuses(
            app, f"begin; {before} {SHIPS[form]}; commit", "JL101", "21000", "27000"
        )  # the row twice in one command


def test_command_numbers_used_up_beforehand_hide_no_move(shop, app):
    app.execute(TOUCH + "create temp table used (n integer)")
    with unchanged(shop):
        refuses(
            app,
            f"""begin; insert into used values (1); insert into used values (2); insert into used values (3);
            update shop.orders set status = 'PAID' where id in (3, 4); {SHIPS["update"]}; commit""",
            "JL101",
        )


def test_a_function_in_returning_that_moves_the_row_on_has_both_moves_recorded(shop, app):
    app.execute("""create function pg_temp.pack(k bigint) returns text language plpgsql as $$ begin
        update shop.orders set status = 'PACKED' where id = k; return 'x'; end $$;
        update shop.orders set status = 'PAID' where id in (1, 2, 3) returning pg_temp.pack(id)""")
    assert [changes_of_record(shop, key) for key in (1, 2, 3)] == [PACKED] * 3
    assert_honest(shop)


def test_a_function_in_returning_cannot_jump(shop, app):
    app.execute("""create function pg_temp.jump(k bigint) returns text language plpgsql as $$ begin
        update shop.orders set status = 'SHIPPED' where id = k; return 'x'; end $$""")
    with unchanged(shop):
        refuses(app, "update shop.orders set status = 'PAID' where id in (1, 2) returning pg_temp.jump(id)", "JL101")
        refuses(app, "update shop.orders set note = 'x' where id in (1, 2) returning pg_temp.jump(id)", "JL101")


def test_a_function_in_where_or_set_that_moves_other_rows_is_checked(shop, app):
    app.execute("""create function pg_temp.ship(k bigint) returns text language plpgsql as $$ begin
        update shop.orders set status = 'SHIPPED' where id = k; return 'x'; end $$""")
    with unchanged(shop):
        refuses(app, "update shop.orders set status = 'PAID', note = pg_temp.ship(id + 3) where id in (1, 2)", "JL101")
        refuses(app, "update shop.orders set status = 'PAID' where id in (1, 2) and pg_temp.ship(5) = 'x'", "JL101")
        refuses(app, "select pg_temp.ship(id) from shop.orders where id < 3", "JL101")
        refuses(app, "values (pg_temp.ship(1))", "JL101")


def test_a_table_whose_own_trigger_writes_the_row_again_loses_no_change(shop, app):
    shop.execute("""create function shop.touch() returns trigger language plpgsql as $$ begin
        if new.note is distinct from 'touched' then
            update shop.orders set note = 'touched' where id = new.id;
        end if; return null; end $$;
        create trigger touch after update on shop.orders for each row execute function shop.touch()""")
    app.execute("""begin; update shop.orders set status = 'PAID' where id in (1, 2, 3);
        update shop.orders set status = 'PAID' where id = 4; commit""")
    assert [changes_of_record(shop, key) for key in (1, 2, 3, 4)] == [PAID] * 4
    assert_honest(shop)


@pytest.mark.parametrize("name", ["aaa", "zzz"])
def test_a_trigger_that_moves_the_row_on_has_both_moves_recorded_wherever_it_fires(shop, app, name):
    shop.execute(f"""create function shop.pack() returns trigger language plpgsql as $$ begin
        if new.status = 'PAID' and old.status = 'NEW' then
            update shop.orders set status = 'PACKED' where id = new.id;
        end if; return null; end $$;
        create trigger {name} after update on shop.orders for each row execute function shop.pack()""")
    app.execute("update shop.orders set status = 'PAID' where id in (1, 2)")
    app.execute("update shop.orders set status = 'PAID' where id = 3")
    assert [changes_of_record(shop, key) for key in (1, 2, 3)] == [PACKED] * 3
    assert_honest(shop)


@pytest.mark.parametrize("name", ["aaa", "zzz"])
def test_a_trigger_that_moves_the_row_on_cannot_jump_wherever_it_fires(shop, app, name):
    shop.execute(f"""create function shop.jump() returns trigger language plpgsql as $$ begin
        if new.status = 'PAID' then update shop.orders set status = 'SHIPPED' where id = new.id; end if;
        return null; end $$;
        create trigger {name} after update on shop.orders for each row execute function shop.jump()""")
    with unchanged(shop):
        refuses(app, "update shop.orders set status = 'PAID' where id in (1, 2)", "JL101")


def test_a_row_that_two_cascades_write_in_one_statement_has_each_change_recorded(shop, app):
    track(
        shop,
        "shop.lines",
        """create table shop.state (a text primary key, b text unique);
        insert into shop.state values ('NEW', 'x');
        create table shop.lines (id bigint primary key, status text not null default 'NEW' references shop.state (a)
            on update cascade, label text references shop.state (b) on update cascade);
        insert into shop.lines values (1, 'NEW', 'x'), (2, 'NEW', 'x');
        grant select, update on shop.state to shop_app""",
    )
    app.execute("update shop.state set a = 'PAID', b = 'y'")
    assert [changes_of_record(shop, key, "shop.lines") for key in (1, 2)] == [
        [(1, None, "NEW", "backfill"), (2, "NEW", "PAID", "move")]
    ] * 2
    assert_honest(shop, "shop.lines")
    refuses(app, "update shop.state set a = 'SHIPPED', b = 'z'", "JL101")
    assert_honest(shop, "shop.lines")


@pytest.mark.parametrize("action", ["cascade", "set null", "set default"])
def test_a_foreign_key_moves_a_status_only_as_the_workflow_allows(shop, app, action):
    track(
        shop,
        "shop.lines",
        f"""create table shop.state (a text primary key);
        insert into shop.state values ('NEW'), ('SHIPPED');
        create table shop.lines (id bigint primary key, status text default 'SHIPPED' references shop.state (a)
            on update {action} on delete {"set null" if action == "cascade" else action});
        insert into shop.lines values (1, 'NEW'), (2, 'NEW');
        grant select, update, delete on shop.state to shop_app""",
    )
    with unchanged(shop, "shop.lines"):
        refuses(app, "update shop.state set a = 'PACKED' where a = 'NEW'")
        refuses(app, "delete from shop.state where a = 'NEW'")


def test_a_deletion_that_cascades_is_recorded_for_each_record(shop, app):
    track(
        shop,
        "shop.lines",
        """create table shop.cart (id bigint primary key); insert into shop.cart values (1);
        create table shop.lines (id bigint primary key, status text not null default 'NEW',
            cart bigint references shop.cart on delete cascade);
        insert into shop.lines values (1, 'NEW', 1), (2, 'NEW', 1);
        grant select, delete on shop.cart to shop_app""",
    )
    app.execute("delete from shop.cart")
    assert shop.execute("select record_key from jalon_history.deletion order by 1").fetchall() == [("1",), ("2",)]
    assert_honest(shop, "shop.lines")


# Parts of one statement on one table.


@each("rows", ["id = 1", "id < 3"])
@each("last", ["set note = 'x'", "set status = status", "set status = 'PAID'"])
def test_the_last_part_of_a_statement_hides_no_part_before_it(shop, app, rows, last):
    with unchanged(shop):
        refuses(
            app,
            f"""with a as (update shop.orders set status = 'SHIPPED' where {rows} returning id),
            b as (insert into shop.orders values (99) returning id)
            update shop.orders {last} where id in (5, 6)""",
            "JL101",
        )


def test_the_same_row_in_two_parts_is_written_by_one_of_them(shop, app):
    app.execute("""with a as (update shop.orders set status = 'PAID' where id = 1 returning id)
        update shop.orders set status = 'CANCELLED' where id = 1 and false""")
    attempt(
        app,
        """with a as (update shop.orders set status = 'PAID' where id = 2 returning id)
        update shop.orders set status = 'PAID' where id = 2""",
    )
    assert_honest(shop)


def test_merge_with_every_kind_of_action_is_checked_and_recorded_row_by_row(shop, app):
    merge = """merge into shop.orders o using (values (1, {}), (2, 'x'), (11, 'PACKED'), (50, 'NEW'),
        (3, null)) v (id, s)
        on o.id = v.id
        when matched and v.s = 'x' then delete
        when matched and v.s is null then do nothing
        when matched then update set status = v.s
        when not matched then insert (id, status, status_version, status_changed_at) values (v.id, v.s, 9, 'epoch')"""
    with unchanged(shop):
        refuses(app, merge.format("'SHIPPED'"), "JL101")
    app.execute(merge.format("'PAID'"))
    assert changes_of_record(shop, 1) == PAID
    assert changes_of_record(shop, 11) == PACKED
    assert changes_of_record(shop, 50) == PAID[:1]
    assert changes_of_record(shop, 3) == PAID[:1]
    assert_honest(shop)


def test_merge_cannot_move_by_deleting_and_inserting(shop, app):
    with unchanged(shop):
        refuses(
            app,
            """merge into shop.orders o using (values (1), (60)) v (id) on o.id = v.id
            when matched then delete when not matched then insert (id, status) values (v.id, 'SHIPPED')""",
            "JL101",
        )


@each(
    "upsert",
    [
        "insert into shop.orders values (1, 'NEW'), (60, 'NEW') on conflict (id) do update set status = 'SHIPPED'",
        "insert into shop.orders values (1, 'SHIPPED') on conflict (id) do update set status = excluded.status",
        "insert into shop.orders values (60, 'SHIPPED') on conflict (id) do nothing",
        "insert into shop.orders values (60, 'SHIPPED') on conflict do nothing",
    ],
)
def test_on_conflict_is_checked_for_rows_that_exist_and_for_those_that_do_not(shop, app, upsert):
    with unchanged(shop):
        refuses(app, upsert, "JL101")


def test_on_conflict_do_nothing_leaves_no_trace(shop, app):
    with unchanged(shop):
        app.execute("insert into shop.orders values (1, 'NEW') on conflict do nothing")


def test_a_cursor_moves_its_row_as_any_statement(shop, app):
    open_cursor = "begin; declare c cursor for select id from shop.orders where id = 1 for update; fetch c; "
    with unchanged(shop):
        refuses(app, open_cursor + "update shop.orders set status = 'SHIPPED' where current of c; commit", "JL101")
    app.execute(open_cursor + "update shop.orders set status = 'PAID' where current of c; commit")
    assert changes_of_record(shop, 1) == PAID
    assert_honest(shop)


@pytest.mark.parametrize("what", ["delete from", "update"])
def test_a_held_cursor_over_an_older_state_moves_nothing_past_the_newer(shop, app, session, what):
    app.execute("begin")
    app.execute("declare c cursor for select id from shop.orders where id = 1")
    app.execute("fetch c")
    session("shop_believed").execute("update shop.orders set status = 'PAID' where id = 1")
    tail = "" if what == "delete from" else "set status = 'PAID'"
    attempt(app, f"{what} shop.orders {tail} where current of c; commit")
    assert_honest(shop)


def test_a_view_that_may_be_written_is_checked_as_its_table(shop, app):
    shop.execute("""create view shop.open_orders as select id, status as state, status_version as v from shop.orders
        where status <> 'SHIPPED' with check option; grant all on shop.open_orders to shop_app""")
    with unchanged(shop):
        refuses(app, "update shop.open_orders set state = 'PACKED' where id = 1", "JL101")
        refuses(app, "insert into shop.open_orders values (77, 'PAID', 9)", "JL101")
    app.execute("update shop.open_orders set state = 'PAID', v = 77 where id = 1")
    app.execute("insert into shop.open_orders values (77, 'NEW', 9)")
    assert changes_of_record(shop, 1) == PAID
    assert changes_of_record(shop, 77) == PAID[:1]
    assert_honest(shop)


def test_a_view_with_triggers_of_its_own_is_checked_where_it_writes(shop, app):
    shop.execute("""create view shop.v as select id, status from shop.orders;
        create function shop.instead() returns trigger language plpgsql security definer as $$ begin
            update shop.orders set status = new.status where id = new.id; return new; end $$;
        create trigger i instead of update on shop.v for each row execute function shop.instead();
        grant all on shop.v to shop_app""")
    with unchanged(shop):
        refuses(app, "update shop.v set status = 'SHIPPED' where id in (1, 2)", "JL101")


@pytest.mark.parametrize("also", ["also", "instead"])
def test_a_rule_that_rewrites_a_statement_is_checked_where_it_writes(shop, app, also):
    shop.execute(f"""create rule r as on update to shop.orders where new.note = 'rule'
        do {also} update shop.parcels set status = 'SHIPPED' where id = old.id""")
    with unchanged(shop):
        refuses(app, "update shop.orders set note = 'rule' where id in (1, 2)", "JL101")


# Copies.


def test_copy_cannot_forge_version_or_time(shop, app):
    with app.cursor().copy("copy shop.orders (id, status, status_version, status_changed_at) from stdin") as copy:
        copy.write_row((70, "NEW", 42, "2001-01-01"))
        copy.write_row((71, "NEW", -1, "infinity"))
    assert shop.execute("select status_version from shop.orders where id >= 70").fetchall() == [(1,), (1,)]
    assert_honest(shop)


@each("rows", [[(70, "SHIPPED")], [(70, "NEW"), (71, "PAID")], [(70, "NEW"), (71, "new")]])
def test_copy_begins_nothing_in_the_middle(shop, app, rows):
    with unchanged(shop):
        with (
            pytest.raises(psycopg.Error) as caught,
            app.cursor().copy("copy shop.orders (id, status) from stdin") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        assert caught.value.sqlstate in ("JL101", "JL402")


# Leftovers of other statements.


@pytest.mark.parametrize("discarded", ["sequences", "temp", "plans", "all"])
def test_discarding_between_moves_neither_hides_nor_hinders_one(shop, app, discarded):
    app.execute("update shop.orders set status = 'PAID' where id in (1, 2)")
    if discarded == "all":
        app.execute("discard all")  # PostgreSQL takes it outside of a transaction only
        refuses(app, "update shop.orders set status = 'SHIPPED' where id in (1, 2)", "JL101")
    else:
        refuses(
            app, f"begin; discard {discarded}; update shop.orders set status = 'SHIPPED' where id < 3; commit", "JL101"
        )
    discard = "" if discarded == "all" else f"discard {discarded}; "
    app.execute(f"begin; {discard}update shop.orders set status = 'PACKED' where id in (1, 2); commit")
    assert [changes_of_record(shop, key) for key in (1, 2)] == [PACKED] * 2
    assert_honest(shop)


@each(
    "lie",
    [
        "set jalon.together = 'yes'",
        "set jalon.each = '{\"(0,1,,,,,anna,shipper,)\"}'",
        """set jalon.more = '{"each": true, "kind": "import"}'""",
        """set jalon.more = '{"kind": "force"}'""",
        "set jalon.checked = 'true'",
        "set jalon.seal = 'anything'",
    ],
)
def test_no_setting_says_that_rows_were_checked(shop, app, lie):
    app.execute(lie)
    with unchanged(shop):
        for rows in ("id = 1", "id < 3"):
            refuses(app, f"update shop.orders set status = 'SHIPPED' where {rows}")


def test_a_statement_that_failed_after_its_check_lends_it_to_no_other(shop, app):
    shop.execute("""create function shop.boom() returns trigger language plpgsql as $$ begin
        if new.note = 'boom' then raise 'boom'; end if; return null; end $$;
        create trigger zzz after update on shop.orders for each row execute function shop.boom()""")
    with unchanged(shop):
        refuses(
            app,
            """do $$ begin
            begin update shop.orders set status = 'PAID', note = 'boom' where id < 4;
            exception when raise_exception then null; end;
            update shop.orders set status = 'PACKED' where id < 4; end $$""",
            "JL101",
        )


def test_a_move_that_was_rolled_back_is_no_step_of_the_next(shop, app):
    with unchanged(shop):
        refuses(
            app,
            """begin; savepoint s; update shop.orders set status = 'PAID' where id < 3; rollback to s;
            update shop.orders set status = 'PACKED' where id < 3; commit""",
            "JL101",
        )
    app.execute("""begin; savepoint s; update shop.orders set status = 'PAID' where id < 3; rollback to s;
        update shop.orders set status = 'PAID' where id < 3; release s;
        savepoint s; update shop.orders set status = 'PACKED' where id < 3; commit""")
    assert [changes_of_record(shop, key) for key in (1, 2)] == [PACKED] * 2
    assert_honest(shop)


def test_there_and_back_in_one_transaction_is_no_way_around(shop, app):
    with unchanged(shop):
        refuses(app, "begin; update shop.orders set status = 'SHIPPED' where id = 1; "
                     "update shop.orders set status = 'NEW' where id = 1; commit", "JL101")  # fmt: skip
        app.execute("begin; delete from shop.orders where id = 1; rollback")


def test_a_deferred_trigger_at_commit_is_checked(shop, app):
    shop.execute("""create function shop.late() returns trigger language plpgsql as $$ begin
        update shop.orders set status = case new.note when 'jump' then 'SHIPPED' else 'PACKED' end
        where id = new.id and status = 'PAID'; return null; end $$;
        create constraint trigger late after update on shop.orders deferrable initially deferred
        for each row execute function shop.late()""")
    with unchanged(shop):
        refuses(app, "update shop.orders set status = 'PAID', note = 'jump' where id in (1, 2)", "JL101")
    app.execute("update shop.orders set status = 'PAID' where id in (1, 2)")
    assert [changes_of_record(shop, key) for key in (1, 2)] == [PACKED] * 2
    assert_honest(shop)


def test_constraints_cannot_be_put_off(shop, app):
    with unchanged(shop):
        refuses(
            app, "begin; set constraints all deferred; update shop.orders set status = 'SHIPPED' where id = 1", "JL101"
        )
    app.execute("begin; set constraints all deferred; update shop.orders set status = 'PAID' where id = 1")
    app.execute("update shop.orders set status = 'PACKED' where id = 1; commit")
    assert changes_of_record(shop, 1) == PACKED
    assert_honest(shop)


def test_a_prepared_statement_is_checked_at_every_execution(shop, app):
    app.execute("prepare m (bigint, text) as update shop.orders set status = $2 where id = $1")
    for key in range(1, 8):
        app.execute(f"execute m ({key}, 'PAID')")
    refuses(app, "execute m (1, 'SHIPPED')", "JL101")
    refuses(app, "execute m (8, 'PACKED')", "JL101")
    assert status(shop, 8) == "NEW"
    assert_honest(shop)


@each("statement", ["update shop.orders set status = 'SHIPPED' where id = 1"])
@each("wrapped", ["explain analyze {}", "do $$ begin {}; end $$", "create temp table t as {}"])
def test_a_statement_in_another_is_checked(shop, app, statement, wrapped):
    if wrapped.startswith("create"):
        statement = f"with a as ({statement} returning id) select * from a"
    with unchanged(shop):
        refuses(app, wrapped.format(statement), "JL101", "0A000")  # 0A000: WITH must be at the top level


def test_copy_out_of_a_writing_statement_is_checked(shop, app):
    with unchanged(shop):
        with (
            pytest.raises(psycopg.Error) as caught,
            app.cursor().copy(
                "copy (update shop.orders set status = 'SHIPPED' where id = 1 returning id) to stdout"
            ) as copy,
        ):
            list(copy)
        assert caught.value.sqlstate == "JL101"
