"""For every writer and every way to write, the rules hold and history is recorded."""

import threading

import psycopg
import pytest


def test_a_raw_update_along_a_transition_is_recorded(shop, moves):
    shop.execute("insert into shop.orders values (7)")
    shop.execute("update shop.orders set status = 'PAID' where id = 7")
    assert moves(shop, 7) == [(1, None, "NEW", "create"), (2, "NEW", "PAID", "move")]
    assert shop.execute("select status, status_version from shop.orders").fetchone() == ("PAID", 2)


def test_a_raw_update_cannot_skip_the_workflow(shop, refused, moves):
    shop.execute("insert into shop.orders values (7)")
    refusal = refused(shop, "update shop.orders set status = 'SHIPPED' where id = 7")
    assert refusal.sqlstate == "JL101"
    assert refusal.message == "orders 7: NEW -> SHIPPED is not a transition of the workflow"
    assert refusal.detail["allowed"] == ["PAID", "CANCELLED"]
    assert refusal.hint == "Allowed from NEW: PAID, CANCELLED."
    assert shop.execute("select status, status_version from shop.orders").fetchone() == ("NEW", 1)
    assert len(moves(shop, 7)) == 1


def test_a_bulk_update_with_one_wrong_row_changes_nothing(shop, refused):
    shop.execute("insert into shop.orders select generate_series(1, 50)")
    shop.execute("update shop.orders set status = 'PAID' where id = 33")
    assert refused(
        shop,
        "update shop.orders set status = 'PAID' where id <> 33 or id = 33; update shop.orders set status = 'CANCELLED'",
    ).sqlstate
    assert refused(shop, "update shop.orders set status = 'SHIPPED'").sqlstate in ("JL101", "JL202")
    assert shop.execute("select count(*) from shop.orders where status = 'PAID'").fetchone() == (1,)
    assert shop.execute("select count(*) from jalon_history.shop__orders where kind = 'move'").fetchone() == (1,)


def test_the_owner_and_the_superuser_are_checked_like_anybody(shop, refused):
    shop.execute("insert into shop.orders values (7)")
    assert shop.execute("select rolsuper from pg_roles where rolname = session_user").fetchone() == (True,)
    assert refused(shop, "update shop.orders set status = 'SHIPPED'").sqlstate == "JL101"
    shop.execute("update shop.orders set status = 'PAID'")
    assert refused(shop, "update shop.orders set status = 'SHIPPED'").sqlstate == "JL202"


def test_an_insert_is_a_move_from_nothing_and_must_begin_on_an_initial_code(shop, refused):
    refusal = refused(shop, "insert into shop.orders values (7, 'PAID')")
    assert (refusal.sqlstate, refusal.detail["allowed"]) == ("JL101", ["NEW"])
    assert refusal.message == "orders: a record cannot begin as PAID"


def test_copy_is_checked_and_recorded(shop, moves):
    with shop.cursor().copy("copy shop.orders (id, status) from stdin") as copy:
        for key in range(100):
            copy.write_row((key, "NEW"))
    assert shop.execute("select count(*) from jalon_history.shop__orders where kind = 'create'").fetchone() == (100,)
    with pytest.raises(psycopg.Error) as caught, shop.cursor().copy("copy shop.orders (id, status) from stdin") as copy:
        copy.write_row((200, "NEW"))
        copy.write_row((201, "SHIPPED"))
    assert caught.value.sqlstate == "JL101"
    assert shop.execute("select count(*) from shop.orders").fetchone() == (100,)


def test_merge_is_checked_and_recorded(shop, refused, moves):
    shop.execute("insert into shop.orders values (1), (2)")
    merge = """merge into shop.orders t using (values (1, {}), (3, 'NEW')) s (id, status) on t.id = s.id
        when matched then update set status = s.status when not matched then insert (id, status)
            values (s.id, s.status)"""
    shop.execute(merge.format("'PAID'"))
    assert moves(shop, 1)[-1] == (2, "NEW", "PAID", "move")
    assert moves(shop, 3) == [(1, None, "NEW", "create")]
    assert refused(shop, merge.format("'NEW'")).sqlstate == "JL101"


def test_on_conflict_is_checked_for_existing_and_for_new_rows(shop, refused, moves):
    shop.execute("insert into shop.orders values (1)")
    upsert = "insert into shop.orders values (1, 'NEW'), (2, 'NEW') on conflict (id) do update set status = {}"
    shop.execute(upsert.format("'PAID'"))
    assert moves(shop, 1) == [(1, None, "NEW", "create"), (2, "NEW", "PAID", "move")]
    assert moves(shop, 2) == [(1, None, "NEW", "create")]
    assert refused(shop, upsert.format("'NEW'")).sqlstate == "JL101"
    shop.execute("insert into shop.orders values (1) on conflict do nothing")
    assert len(moves(shop, 1)) == 2


def test_update_from_is_checked_and_recorded(shop, refused):
    shop.execute("insert into shop.orders select generate_series(1, 3)")
    shop.execute(
        "update shop.orders o set status = v.status from (values (1, 'PAID'), (2, 'PAID')) v (id, status) "
        "where o.id = v.id"
    )
    assert shop.execute("select count(*) from jalon_history.shop__orders where kind = 'move'").fetchone() == (2,)
    assert (
        refused(shop, "update shop.orders o set status = 'SHIPPED' from (values (3)) v (id) where o.id = v.id").sqlstate
        == "JL101"
    )


def test_two_writable_ctes_on_one_table_are_both_recorded(shop, refused, moves):
    shop.execute("insert into shop.orders values (1), (2)")
    shop.execute("""with a as (update shop.orders set status = 'PAID' where id = 1 returning id),
                         b as (insert into shop.orders values (3) returning id)
                    update shop.orders set note = 'x' where id = 2""")
    assert moves(shop, 1)[-1] == (2, "NEW", "PAID", "move")
    assert len(moves(shop, 2)) == 1
    assert len(moves(shop, 3)) == 1
    assert (
        refused(
            shop,
            """with a as (update shop.orders set status = 'PAID' where id = 3 returning id)
                    update shop.orders set status = 'SHIPPED' where id = 2""",
        ).sqlstate
        == "JL101"
    )


def test_several_changes_of_a_row_in_one_transaction_are_each_recorded(shop, moves):
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('db:' || session_user, 'shipper')")
    with shop.transaction():
        shop.execute("insert into shop.orders values (1)")
        shop.execute("update shop.orders set status = 'PAID'")
        shop.execute("update shop.orders set status = 'SHIPPED'")
    assert [m[2] for m in moves(shop, 1)] == ["NEW", "PAID", "SHIPPED"]
    times = [r[0] for r in shop.execute("select changed_at from jalon_history.shop__orders order by version")]
    assert times == sorted(times)
    assert len(set(times)) == 3


def test_several_changes_inside_one_function_call_are_each_recorded(shop, moves):
    shop.execute("""create function shop.rush() returns void language plpgsql as $$ begin
        insert into shop.orders values (1); update shop.orders set status = 'PAID' where id = 1;
        perform set_config('jalon.reason', 'customer called', true);
        insert into shop.orders values (2); update shop.orders set status = 'CANCELLED' where id = 2; end $$""")
    shop.execute("select shop.rush()")
    assert [m[2] for m in moves(shop, 1)] == ["NEW", "PAID"]
    assert [m[2] for m in moves(shop, 2)] == ["NEW", "CANCELLED"]


def test_a_status_that_another_before_trigger_rewrites_is_checked_as_stored(shop, refused, moves):
    shop.execute("""create function shop.rewrite() returns trigger language plpgsql as $$ begin
        new.status := case new.note when 'ship' then 'SHIPPED' when 'pay' then 'PAID' else new.status end; return new;
            end $$;
        create trigger zzz_rewrite before update on shop.orders for each row execute function shop.rewrite()""")
    shop.execute("insert into shop.orders values (1)")
    assert refused(shop, "update shop.orders set note = 'ship'").sqlstate == "JL101"
    shop.execute("update shop.orders set note = 'pay'")
    assert moves(shop, 1)[-1] == (2, "NEW", "PAID", "move")


def test_a_trigger_that_fires_after_the_version_trigger_is_refused_and_named(shop, refused):
    shop.execute("""create function shop.rewrite() returns trigger language plpgsql as $$ begin
        new.status := 'PAID'; return new; end $$;
        create trigger "~~late" before update on shop.orders for each row execute function shop.rewrite()""")
    shop.execute("insert into shop.orders values (1), (2)")
    assert refused(shop, "update shop.orders set note = 'x' where id = 1").sqlstate == "JL507"
    assert refused(shop, "update shop.orders set note = 'x'").sqlstate == "JL507"


REWRITE = """create function shop.rewrite() returns trigger language plpgsql as $$ begin
    new.status := case new.note when 'pay' then 'PAID' else new.status end; return new; end $$;
    create trigger rewrite before update on shop.orders for each row execute function shop.rewrite()"""


def test_a_statement_that_moves_no_status_is_never_looked_at(shop, moves):
    shop.execute("""insert into shop.orders values (1), (2);
        create or replace function jalon_generated.shop__orders__after_update() returns trigger language plpgsql as $$
            begin raise 'looked'; end $$;
        update shop.orders set note = 'x'; update shop.orders set status = status, note = 'y' where id = 1""")
    assert moves(shop, 1) == [(1, None, "NEW", "create")]


def test_a_trigger_that_somebody_else_adds_moves_a_status_by_the_rules_only(shop, refused, moves):
    shop.execute(
        "insert into shop.orders values (1), (2); create role guest; grant usage, create on schema shop to guest; "
        "grant trigger on shop.orders to guest"
    )
    shop.execute("set role guest")
    shop.execute(REWRITE.replace("'PAID'", "'SHIPPED'"))
    shop.execute("reset role")
    assert refused(shop, "update shop.orders set note = 'pay' where id = 1").sqlstate == "JL101"
    shop.execute(REWRITE.partition("create trigger")[0].replace("create", "create or replace"))
    shop.execute("update shop.orders set note = 'pay'")
    assert moves(shop, 1)[-1] == (2, "NEW", "PAID", "move")
    assert moves(shop, 2)[-1] == (2, "NEW", "PAID", "move")


# PostgreSQL fires the statement triggers of a table once for all parts of a statement, and for the columns of its last
# part.
TWO_PARTS = """with a as (update shop.orders set status = 'SHIPPED' where {} returning id),
    b as (update shop.orders set note = 'x' where id = (select max(id) + {} from a) returning {}) select * from b"""


@pytest.mark.parametrize("rows", ["id = 1", "id < 3"])
@pytest.mark.parametrize("beyond", [1, 90])
@pytest.mark.parametrize("said", ["id", "set_config('jalon.seal', '', true), set_config('jalon.actor', '', true)"])
def test_a_part_of_a_statement_that_names_no_status_hides_no_part_that_does(shop, refused, rows, beyond, said):
    shop.execute("insert into shop.orders values (1), (2), (3)")
    refusal = refused(shop, TWO_PARTS.format(rows, beyond, said))
    assert refusal.sqlstate == "JL101"
    assert shop.execute("select count(*) from shop.orders where status = 'NEW'").fetchone() == (3,)


def test_each_part_of_a_statement_is_recorded(shop, moves):
    shop.execute("insert into shop.orders values (1), (2), (3), (4)")
    shop.execute("""with a as (update shop.orders set status = 'PAID' where id = 1 returning id),
        b as (update shop.orders set note = 'x' where id = (select max(id) + 1 from a) returning id)
        update shop.orders set status = 'PAID' where id = (select max(id) + 1 from b)""")
    assert [len(moves(shop, key)) for key in (1, 2, 3, 4)] == [2, 1, 2, 1]


def test_one_statement_over_two_tracked_tables_is_checked_and_recorded_in_both(rules, refused):
    rules.execute("""create table shop.orders (id bigint primary key, status text not null default 'NEW');
        create table shop.parcels (like shop.orders including all);
        select jalon.track('shop.orders', category => 'ORDER_STATUS'), jalon.track('shop.parcels',
            category => 'ORDER_STATUS');
        insert into shop.orders values (1), (2); insert into shop.parcels values (1), (2)""")
    both = (
        "with a as (update shop.orders set status = 'PAID' returning id) update shop.parcels set status = '{}' "
        "where id in (select id from a)"
    )
    assert refused(rules, both.format("SHIPPED")).sqlstate == "JL101"
    rules.execute(both.format("PAID"))
    for table in ("orders", "parcels"):
        assert rules.execute(f"select count(*) from jalon_history.shop__{table} where version = 2").fetchone() == (2,)


def test_rows_that_another_trigger_writes_again_meanwhile_are_recorded_once(shop, moves):
    shop.execute("""insert into shop.orders select generate_series(1, 5);
        create function shop.touch() returns trigger language plpgsql as $$ begin
        if new.note is distinct from 'touched' then update shop.orders set note = 'touched' where id = new.id; end if;
            return null; end $$;
        create trigger touch after update on shop.orders for each row execute function shop.touch();
        update shop.orders set status = 'PAID'""")
    assert shop.execute("select count(*) from jalon_history.shop__orders where kind = 'move'").fetchone() == (5,)
    assert shop.execute("select count(*) from shop.orders where note = 'touched'").fetchone() == (5,)
    assert shop.execute("select * from jalon.verify('orders')").fetchall() == []


def test_a_statement_of_many_rows_inside_another_of_many_rows_is_recorded_with_it(shop, moves):
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('db:' || session_user, 'shipper')")
    shop.execute("""insert into shop.orders select generate_series(1, 6);
        create function shop.pay_the_rest() returns text language plpgsql as $$ begin
        update shop.orders set status = 'PAID' where id > 3 and status = 'NEW'; return 'x'; end $$;
        update shop.orders set status = 'PAID' where id < 4 returning shop.pay_the_rest();
        begin; savepoint s; update shop.orders set status = 'SHIPPED'; rollback to s;
            update shop.orders set status = 'SHIPPED'; commit""")
    assert [[m[2] for m in moves(shop, key)] for key in range(1, 7)] == [["NEW", "PAID", "SHIPPED"]] * 6
    assert shop.execute("select * from jalon.verify('orders')").fetchall() == []


def test_a_late_trigger_that_hides_a_move_of_many_rows_behind_equal_versions_is_refused(shop, refused):
    shop.execute("""insert into shop.orders values (1), (2), (3);
        create function shop.rewrite() returns trigger language plpgsql as $$ begin
        new.status := 'SHIPPED'; new.status_version := old.status_version + new.id - 2; return new; end $$;
        create trigger "~~late" before update on shop.orders for each row execute function shop.rewrite()""")
    assert refused(shop, "update shop.orders set note = 'x'").sqlstate == "JL507"


def test_a_late_trigger_that_passes_a_move_off_as_one_already_recorded_is_refused(shop, refused):
    shop.execute("""insert into shop.orders values (1), (2), (3);
        create function shop.rewrite() returns trigger language plpgsql as $$ begin
        new.status := 'SHIPPED'; new.status_version := old.status_version;
            new.status_changed_at := old.status_changed_at; return new; end $$;
        create trigger "~~late" before update on shop.orders for each row when (new.note = 'late')
            execute function shop.rewrite()""")
    both = "begin; update shop.orders set status = 'PAID'; update shop.orders set note = 'late'; commit"
    assert refused(shop, both).sqlstate == "JL507"
    shop.execute("rollback")


def test_version_and_time_cannot_be_forged_with_or_without_a_status(shop, moves):
    shop.execute("insert into shop.orders values (1), (2)")
    before = shop.execute("select status_version, status_changed_at from shop.orders order by id").fetchall()
    shop.execute("update shop.orders set status_version = 9, status_changed_at = 'epoch', note = 'x'")
    assert shop.execute("select status_version, status_changed_at from shop.orders order by id").fetchall() == before
    shop.execute("update shop.orders set status = 'PAID', status_version = 9, status_changed_at = 'epoch'")
    assert [moves(shop, key)[-1] for key in (1, 2)] == [(2, "NEW", "PAID", "move")] * 2
    assert shop.execute(
        "select bool_and(status_changed_at > now() - interval '1 minute') from shop.orders"
    ).fetchone() == (True,)


def test_each_history_row_has_an_identifier_of_its_own(rules):
    rules.execute("""create table shop.a (id int primary key, status text not null default 'NEW');
        create table shop.b (id int primary key, status text not null default 'NEW');
        create table shop.c (id uuid primary key, status text not null default 'NEW');
        create table shop.d (id text primary key, status text not null default 'NEW');
        select jalon.track('shop.' || t, category => 'ORDER_STATUS', on_delete => 'keep')
            from unnest('{a,b,c,d}'::text[]) t""")
    numbers = "generate_series(1, 50) n"
    for table, key in {"a": "n", "b": "n", "c": "gen_random_uuid()", "d": "n::text"}.items():
        rules.execute(f"insert into shop.{table} select {key} from {numbers}; update shop.{table} set status = 'PAID'")
        # A key that comes again is another record with the same versions.
        rules.execute(f"delete from shop.{table}; insert into shop.{table} select {key} from {numbers}")
    found = rules.execute(
        "select count(*), count(distinct id), bool_and(substr(id::text, 15, 1) = '8' and substr(id::text, 20, "
        "1) in ('8', '9', 'a', 'b')) from ("
        + " union all ".join(f"select id from jalon_history.shop__{table}" for table in "abcd")
        + ") x"
    ).fetchone()
    assert found == (4 * 150, 4 * 150, True)


def test_a_nested_trigger_that_moves_the_row_again_is_recorded_in_order(shop, moves):
    shop.execute("""create function shop.auto() returns trigger language plpgsql as $$ begin
        update shop.orders set status = 'PAID' where id = new.id and status = 'NEW'; return null; end $$;
        create trigger auto after insert on shop.orders for each row execute function shop.auto()""")
    shop.execute("insert into shop.orders values (1)")
    assert moves(shop, 1) == [(1, None, "NEW", "create"), (2, "NEW", "PAID", "move")]


def test_a_foreign_keys_cascade_is_checked(rules, refused, moves):
    rules.execute("""create table shop.code (code text primary key);
        insert into shop.code values ('NEW');
        create table shop.orders (id bigint primary key, status text not null references shop.code on update cascade);
        select jalon.track('shop.orders', category => 'ORDER_STATUS');
        insert into shop.orders values (1, 'NEW'), (2, 'NEW')""")
    assert refused(rules, "update shop.code set code = 'SHIPPED'").sqlstate == "JL101"
    rules.execute("update shop.code set code = 'PAID'")
    assert moves(rules, 1)[-1] == (2, "NEW", "PAID", "move")
    assert moves(rules, 2)[-1] == (2, "NEW", "PAID", "move")


def test_a_change_through_an_updatable_view_is_checked(shop, refused, moves):
    shop.execute(
        "create view shop.open_orders as select id, status from shop.orders; insert into shop.orders values (1)"
    )
    assert refused(shop, "update shop.open_orders set status = 'SHIPPED'").sqlstate == "JL101"
    shop.execute("update shop.open_orders set status = 'PAID'")
    assert moves(shop, 1)[-1] == (2, "NEW", "PAID", "move")


def test_the_key_of_a_tracked_row_cannot_be_changed(shop, refused):
    shop.execute("insert into shop.orders values (1)")
    refusal = refused(shop, "update shop.orders set id = 2")
    assert (refusal.sqlstate, refusal.message) == ("JL501", "orders: id of a tracked row cannot be changed")


def test_version_and_time_cannot_be_written_by_hand(shop):
    shop.execute("insert into shop.orders values (1)")
    before = shop.execute("select status_version, status_changed_at from shop.orders").fetchone()
    shop.execute("update shop.orders set status_version = 99, status_changed_at = '2000-01-01'")
    assert shop.execute("select status_version, status_changed_at from shop.orders").fetchone() == before
    shop.execute("update shop.orders set status = 'PAID', status_version = 99, status_changed_at = '2000-01-01'")
    version, at = shop.execute("select status_version, status_changed_at from shop.orders").fetchone()
    assert version == 2
    assert at > before[1]


def test_truncate_is_refused_unless_the_actor_may_erase(shop, refused, as_actor):
    shop.execute("insert into shop.orders values (1)")
    assert refused(shop, "truncate shop.orders").sqlstate == "JL503"
    with as_actor(shop, "boss", "admin"):
        shop.execute("truncate shop.orders")
    assert shop.execute("select operation, records, deleted_by from jalon_history.deletion").fetchall() == [
        ("TRUNCATE", 1, "boss")
    ]


@pytest.mark.parametrize("code", ["it's", 'quo"ted', "accentué", "x" * 100, "a b", "{curly}", "%s", "\\back"])
def test_a_code_may_be_any_text(shop, moves, code):
    shop.execute(
        "insert into jalon_engine.referential (category, code, label, is_initial) "
        "values ('ORDER_STATUS', %s, 'Odd', true)",
        (code,),
    )
    shop.execute(
        "update jalon_engine.workflow set state = 'retired', retired_at = now() where category = 'ORDER_STATUS'"
    )
    shop.execute("insert into shop.orders values (1, %s)", (code,))
    assert moves(shop, 1) == [(1, None, code, "create")]
    shop.execute("update shop.orders set status = 'PAID'")
    shop.execute("update shop.orders set status = %s", (code,))
    assert moves(shop, 1)[-1] == (3, "PAID", code, "move")


def test_unknown_inactive_and_empty_codes_have_different_errors(rules, refused):
    rules.execute(
        "create table shop.orders (id bigint primary key, status text); "
        "select jalon.track('shop.orders', category => 'ORDER_STATUS'); "
        "insert into shop.orders values (1, 'NEW')"
    )
    assert refused(rules, "update shop.orders set status = 'XXX'").message == "ORDER_STATUS has no code XXX"
    assert refused(rules, "update shop.orders set status = null").message == "orders 1: status cannot be empty"
    rules.execute(
        "update jalon_engine.referential set is_active = false where category = 'ORDER_STATUS' and code = 'PAID'"
    )
    assert (
        refused(rules, "update shop.orders set status = 'PAID'").message
        == "ORDER_STATUS: the code PAID is no longer active"
    )


def test_rows_on_a_deactivated_code_can_leave_it(shop, moves):
    shop.execute("insert into shop.orders values (1)")
    shop.execute(
        "update jalon_engine.referential set is_active = false where category = 'ORDER_STATUS' and code = 'NEW'"
    )
    shop.execute("update shop.orders set status = 'PAID'")
    assert moves(shop, 1)[-1] == (2, "NEW", "PAID", "move")


def test_an_update_that_changes_no_status_writes_no_history(shop, moves):
    shop.execute("insert into shop.orders select generate_series(1, 3)")
    shop.execute("update shop.orders set note = 'x' where id = 1; update shop.orders set note = 'y', status = status")
    assert [len(moves(shop, key)) for key in (1, 2, 3)] == [1, 1, 1]


def test_of_two_sessions_that_race_on_one_row_one_wins_and_the_other_is_refused(shop, connect, refused):
    shop.execute("insert into shop.orders values (1)")
    first, second = connect(autocommit=False), connect()
    first.execute("update shop.orders set status = 'PAID' where id = 1")
    outcome = []
    loser = threading.Thread(
        target=lambda: outcome.append(
            refused(second, "select jalon.move('orders', 1, 'CANCELLED', 'late', expected_version => 1)")
        )
    )
    loser.start()
    first.commit()
    loser.join()
    assert outcome[0].sqlstate == "JL102"
    assert [(m["from"], m["to"]) for m in outcome[0].detail["missed"]] == [("NEW", "PAID")]


def test_a_bulk_update_after_single_ones_in_the_same_session_is_planned_afresh(shop):
    """A plan cached from one row would join 100,000 x 100,000 rows by nested loops, until the statement timeout."""
    shop.execute("insert into shop.orders select generate_series(1, 100000)")
    for key in range(1, 8):
        shop.execute("update shop.orders set status = 'PAID' where id = %s", (key,))
    shop.execute("set statement_timeout = '60s'")
    shop.execute("update shop.orders set status = 'PAID' where id > 7")
    assert shop.execute("select count(*) from jalon_history.shop__orders where kind = 'move'").fetchone() == (100_000,)
    shop.execute("update shop.orders set note = 'x'")
    assert shop.execute("select count(*) from jalon_history.shop__orders").fetchone() == (200_000,)


def test_history_cannot_be_changed_by_anyone_but_a_superuser_who_removes_its_guard(shop, connect, refused):
    shop.execute("insert into shop.orders values (1)")
    for statement in (
        "update jalon_history.shop__orders set reason = 'x'",
        "delete from jalon_history.shop__orders",
        "truncate jalon_history.shop__orders",
    ):
        for role in ("api", "bi", "dba", "relay"):
            assert refused(connect(role), statement).sqlstate == "42501"
        assert refused(shop, statement).sqlstate == "JL502"
        shop.execute("set role jalon_owner")
        assert refused(shop, statement).sqlstate == "42501"
        shop.execute("reset role")
    partition = shop.execute("select tableoid::regclass::text from jalon_history.shop__orders").fetchone()[0]
    for statement in ("update {} set reason = 'x'", "delete from {}", "truncate {}"):
        assert refused(shop, statement.format(partition)).sqlstate == "JL502"
    assert shop.execute("select count(*) from jalon_history.shop__orders").fetchone() == (1,)


def test_a_deactivation_committed_between_check_and_write_waits_for_the_writer(shop, connect):
    shop.execute("insert into shop.orders values (1)")
    writer, admin = connect(autocommit=False), connect()
    writer.execute("update shop.orders set status = 'PAID' where id = 1")
    done = threading.Event()

    def deactivate():
        admin.execute(
            "update jalon_engine.referential set is_active = false where category = 'ORDER_STATUS' and code = 'PAID'"
        )
        done.set()

    thread = threading.Thread(target=deactivate)
    thread.start()
    waits = "select exists (select from pg_locks where not granted and pid = %s)"
    while not shop.execute(waits, (admin.info.backend_pid,)).fetchone()[0]:
        assert not done.is_set(), "the deactivation did not wait for the writer"
    writer.commit()
    thread.join()
    assert shop.execute("select status from shop.orders").fetchone() == ("PAID",)


def test_a_repeatable_read_transaction_older_than_the_rules_must_be_repeated(shop, connect, refused):
    shop.execute("insert into shop.orders values (1)")
    old = connect(autocommit=False)
    old.execute("set transaction isolation level repeatable read")
    old.execute("select 1 from shop.orders")
    shop.execute(
        "update jalon_engine.referential set is_active = false where category = 'ORDER_STATUS' and code = 'PAID'"
    )
    assert refused(old, "update shop.orders set status = 'PAID'").sqlstate == "40001"
