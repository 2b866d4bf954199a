"""Concurrent sessions, snapshots and time: rules and roles count at the moment of the check."""

import threading

import pytest

from tests.attacks.shop import (
    LEVELS,
    BackgroundStatement,
    assert_honest,
    attempt,
    authors,
    changes_of_record,
    refuses,
    status,
    track,
    unchanged,
)


@pytest.fixture
def shipper(shop):
    shop.execute("update shop.orders set status = 'PACKED' where id > 10")
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('db:shop_app', 'shipper')")
    return shop


REVOKE = "delete from jalon_engine.role_grant where principal = 'db:shop_app'"


def test_a_role_that_was_revoked_meanwhile_counts_no_more(shipper, app):
    app.execute("begin isolation level read committed; update shop.orders set status = 'SHIPPED' where id = 11")
    shipper.execute(REVOKE)
    refuses(app, "update shop.orders set status = 'SHIPPED' where id = 12; commit", "JL202")
    assert [status(shipper, key) for key in (11, 12)] == ["PACKED", "PACKED"]
    assert_honest(shipper)


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_a_role_is_revoked_after_whoever_relies_on_it_without_seeing_it_go(shipper, app, connect, level):
    app.execute(f"begin isolation level {level}; update shop.orders set status = 'SHIPPED' where id = 11")
    revoked = BackgroundStatement(shipper, connect(), REVOKE)
    app.execute("update shop.orders set status = 'SHIPPED' where id = 12; commit")
    assert revoked.end() is None
    refuses(app, "update shop.orders set status = 'SHIPPED' where id = 13", "JL202")
    assert [status(shipper, key) for key in (11, 12, 13)] == ["SHIPPED", "SHIPPED", "PACKED"]
    assert_honest(shipper)


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_a_role_that_was_revoked_before_it_was_relied_on_is_seen_to_be_gone(shipper, app, level):
    app.execute(f"begin isolation level {level}; select count(*) from shop.orders")
    shipper.execute(REVOKE)
    refuses(app, "update shop.orders set status = 'SHIPPED' where id = 11; commit", "JL202", "40001")
    assert status(shipper, 11) == "PACKED"
    assert_honest(shipper)


TAKEN_AWAY = {
    "role": "update jalon_engine.role_grant set revoked_at = clock_timestamp() where principal = 'anna'",
    "permissions": "delete from jalon_engine.permission_rule where role = 'keeper'",
    "one permission": """insert into jalon_engine.permission_rule (role, permission, scope, is_allowed)
        select 'keeper', p, 'orders', false from unnest('{erase,force_move}'::text[]) p""",
}


@pytest.mark.parametrize("taken_away", TAKEN_AWAY)
@pytest.mark.parametrize("level", LEVELS)
def test_a_permission_that_was_taken_away_meanwhile_counts_no_more(shop, session, level, taken_away):
    shop.execute("""insert into jalon_engine.role (code, label) values ('keeper', 'Keeper');
        insert into jalon_engine.permission_rule (role, permission)
        values ('keeper', 'erase'), ('keeper', 'force_move');
        insert into jalon_engine.role_grant (principal, role) values ('anna', 'keeper');
        grant usage on schema shop to jalon_dba; grant select, update, delete on shop.orders to jalon_dba""")
    dba = session("jalon_dba")
    dba.execute("select jalon.act_as('anna')")
    calls = ("erase('orders', '1')", "force_move('orders', '2', 'SHIPPED', 'why')")
    for number, call in enumerate(calls):
        dba.execute(f"begin isolation level {level}; select count(*) from shop.orders")
        if number == 0:
            shop.execute(TAKEN_AWAY[taken_away])
        refuses(dba, f"select jalon.{call}; commit", *(["JL203"] if number or level == LEVELS[0] else ["40001"]))
    assert [status(shop, key) for key in (1, 2)] == ["NEW", "NEW"]
    assert_honest(shop)


@pytest.mark.parametrize("level", LEVELS)
def test_a_role_that_runs_out_during_the_transaction_counts_no_more(shipper, app, level):
    shipper.execute(
        "update jalon_engine.role_grant set valid_until = clock_timestamp() + interval '400 ms' "
        "where principal = 'db:shop_app'"
    )
    app.execute(f"begin isolation level {level}; select count(*) from shop.orders")
    over = "select clock_timestamp() > valid_until from jalon_engine.role_grant where principal = 'db:shop_app'"
    while not shipper.execute(over).fetchone()[0]:
        pass
    refuses(app, "update shop.orders set status = 'SHIPPED' where id = 11; commit", "JL202", "40001")
    assert status(shipper, 11) == "PACKED"
    assert_honest(shipper)


@pytest.mark.parametrize("level", LEVELS)
def test_a_role_that_was_given_meanwhile_lends_no_older_transaction_a_wrong_step(shop, app, level):
    app.execute(f"begin isolation level {level}; select count(*) from shop.orders")
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('db:shop_app', 'shipper')")
    attempt(app, "update shop.orders set status = 'SHIPPED' where id = 11; commit")
    assert status(shop, 11) == "PAID"
    assert_honest(shop)


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_a_transaction_that_is_older_than_the_rules_tries_again(shop, app, level):
    app.execute(f"begin isolation level {level}; select count(*) from shop.orders")
    shop.execute(
        "update jalon_engine.referential set is_active = false where category = 'ORDER_STATUS' and code = 'PAID'"
    )
    refuses(app, "update shop.orders set status = 'PAID' where id = 1; commit", "40001")
    assert status(shop, 1) == "NEW"


@pytest.mark.parametrize("level", LEVELS)
def test_of_two_writers_of_one_record_both_steps_are_lawful(shop, app, session, level):
    other = session("shop_believed")
    app.execute(f"begin isolation level {level}; update shop.orders set status = 'PAID' where id = 1")
    other.execute(f"begin isolation level {level}; select count(*) from shop.orders")
    later = BackgroundStatement(
        shop, other, "set local jalon.reason = 'late'; update shop.orders set status = 'CANCELLED' where id = 1; commit"
    )
    app.execute("commit")
    assert later.end() in ("JL101", "40001")
    assert changes_of_record(shop, 1)[-1] == (2, "NEW", "PAID", "move")
    assert_honest(shop)


def test_a_record_that_is_created_while_its_key_is_deleted_begins_after_that(shop, app, session):
    other = session("shop_believed")
    other.execute("begin; delete from shop.orders where id = 1")
    later = BackgroundStatement(shop, app, "insert into shop.orders values (1)")
    other.execute("commit")
    assert later.end() in ("40001", None)
    lives = shop.execute("""select h.changed_at > d.deleted_at from jalon_history.shop__orders h
        join jalon_history.deletion d on d.record_key = '1'
        where h.orders_id = 1 order by h.changed_at""").fetchall()
    assert lives in ([(False,)], [(False,), (True,)])
    moment = (
        "select count(*) from jalon_history.orders_as_of((select deleted_at - interval '1 microsecond' "
        "from jalon_history.deletion), '1')"
    )
    assert shop.execute(moment).fetchone() == (1,)
    assert_honest(shop)


SLOW = """
create function shop.dawdle() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(1);
    return null;
end $$;
create trigger "_a_dawdle" after delete on shop.orders for each row execute function shop.dawdle();
"""


@pytest.mark.parametrize("level", LEVELS)
def test_an_insert_that_waits_for_a_slow_deletion_does_not_begin_before_its_end(shop, owner, app, session, level):
    owner.execute(SLOW)
    app.execute(f"begin isolation level {level}; select count(*) from shop.orders")
    shop.execute("select pg_advisory_lock(1)")
    deleted = BackgroundStatement(shop, session("shop_believed"), "delete from shop.orders where id = 1")
    inserted = BackgroundStatement(shop, app, "insert into shop.orders values (1); commit")
    shop.execute("select pg_advisory_unlock(1)")
    assert (deleted.end(), inserted.end()) == (None, "40001")
    app.execute("insert into shop.orders values (1)")
    assert [row[0] for row in changes_of_record(shop, 1)] == [1, 1]
    assert_honest(shop)


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
@pytest.mark.parametrize("on_delete", ["keep", "cascade"])
def test_a_key_that_ended_after_the_snapshot_is_tried_again_and_not_taken_for_a_second_record(
    shop, app, on_delete, level
):
    track(
        shop,
        "shop.zoned",
        """create table shop.zoned (id bigint, region text, status text not null default 'NEW', note text,
            primary key (id, region)) partition by list (region);
        create table shop.zoned_eu partition of shop.zoned for values in ('eu');
        create table shop.zoned_us partition of shop.zoned for values in ('us')""",
        f"category => 'ORDER_STATUS', key_column => 'id', on_delete => '{on_delete}'",
    )
    shop.execute("insert into shop.zoned values (1, 'eu'), (2, 'eu')")
    for region in ("eu", "us"):
        app.execute(f"begin isolation level {level}; select count(*) from shop.zoned")
        shop.execute("delete from shop.zoned where id = 1")
        refuses(app, f"insert into shop.zoned values (1, '{region}'); commit", "40001")
        app.execute(f"begin isolation level {level}; insert into shop.zoned values (1, '{region}'); commit")
        refuses(app, f"begin isolation level {level}; insert into shop.zoned values (2, 'us'); commit", "JL501")
    assert shop.execute("select region from shop.zoned order by id").fetchall() == [("us",), ("eu",)]
    assert len(changes_of_record(shop, 1, "shop.zoned")) == (1 if on_delete == "cascade" else 3)
    assert_honest(shop, "shop.zoned")


@pytest.mark.parametrize("level", LEVELS)
def test_a_key_that_ends_and_begins_in_one_transaction_has_two_whole_lives(shop, app, level):
    attempt(
        app,
        f"begin isolation level {level}; delete from shop.orders where id = 1; insert into shop.orders values (1); "
        f"commit",
    )
    attempt(
        app,
        "with a as (delete from shop.orders where id = 2 returning id) insert into shop.orders select id from a",
        "23505",
    )
    assert [len(changes_of_record(shop, key)) for key in (1, 2)] in ([2, 1], [2, 2], [1, 1])
    assert_honest(shop)


def test_a_deletion_meets_a_move_that_is_under_way(shop, app, session):
    app.execute("begin; update shop.orders set status = 'PAID' where id = 1")
    later = BackgroundStatement(shop, session("shop_believed"), "delete from shop.orders where id = 1")
    app.execute("commit")
    assert later.end() is None
    assert [row[0] for row in changes_of_record(shop, 1)] == [1, 2]
    assert_honest(shop)


def test_a_savepoint_takes_back_record_and_history_together(shop, app):
    app.execute("""begin; update shop.orders set status = 'PAID' where id = 1; savepoint a;
        update shop.orders set status = 'PACKED' where id = 1; rollback to a; savepoint b;
        update shop.orders set status = 'PACKED' where id = 1; release b; rollback to a; commit""")
    assert changes_of_record(shop, 1)[-1] == (2, "NEW", "PAID", "move")
    assert_honest(shop)


def test_a_hundred_subtransactions_leave_what_they_say(shop, app):
    app.execute("""do $$ begin for n in 1..200 loop
        begin
            update shop.orders set status = 'PAID' where id = n % 10 + 1 and status = 'NEW';
            if n % 3 = 0 then raise 'no'; end if;
        exception when raise_exception then null; end;
        end loop; end $$""")
    assert shop.execute("select count(*) from shop.orders where status = 'PAID'").fetchone() == (20,)
    assert_honest(shop)


def test_six_writers_of_three_records_leave_whole_histories(shop, session):
    def write(connection, name: str) -> None:
        for n in range(12):
            for target in ("PAID", "PACKED", "SHIPPED"):
                attempt(
                    connection,
                    f"update shop.orders set status = '{target}', note = '{name}' where id = {n % 3 + 1}",
                    "40P01",
                )

    sessions = [session("shop_app") for _ in range(6)]
    threads = [threading.Thread(target=write, args=(connection, f"n{n}")) for n, connection in enumerate(sessions)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert [[row[0] for row in changes_of_record(shop, key)] for key in (1, 2, 3)] == [[1, 2, 3]] * 3
    assert_honest(shop)


def test_rules_that_change_while_two_write_let_no_wrong_step_through(shop, app, session):
    other, admin = session("shop_believed"), session("shop_owner")
    app.execute("begin; update shop.orders set status = 'PAID' where id = 1")
    other.execute("begin; update shop.orders set status = 'PAID' where id = 2")
    shop.execute(
        "grant usage on schema jalon_engine to shop_owner; "
        "grant select, update on jalon_engine.referential to shop_owner"
    )
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('db:shop_owner', 'admin')")
    later = BackgroundStatement(
        shop,
        admin,
        "update jalon_engine.referential set is_active = false where category = 'ORDER_STATUS' and code = 'PAID'",
    )
    app.execute("commit")
    other.execute("commit")
    ended = later.end()
    assert ended is None or ended.startswith("JL") or ended == "42501"
    if ended is None:
        with unchanged(shop):
            refuses(app, "update shop.orders set status = 'PAID' where id = 3")
    assert_honest(shop)


def test_the_clock_of_a_long_transaction_is_that_of_each_change(shop, app, session):
    app.execute("begin; select now()")
    session("shop_believed").execute("update shop.orders set status = 'PAID' where id = 1")
    app.execute("update shop.orders set status = 'PACKED' where id = 1; commit")
    assert [row[0] for row in changes_of_record(shop, 1)] == [1, 2, 3]
    assert_honest(shop)


def test_two_phases_are_one_change(shop, app):
    if shop.execute("select setting::integer from pg_settings where name = 'max_prepared_transactions'").fetchone() == (
        0,
    ):
        refuses(app, "begin; update shop.orders set status = 'PAID' where id = 1; prepare transaction 'x'", "55000")
        assert status(shop, 1) == "NEW"
    else:
        app.execute("begin; update shop.orders set status = 'PAID' where id = 1; prepare transaction 'x'")
        app.execute("commit prepared 'x'")
        assert changes_of_record(shop, 1)[-1] == (2, "NEW", "PAID", "move")
    assert_honest(shop)


def test_a_read_only_transaction_and_a_snapshot_of_another_change_nothing(shop, app, session):
    with unchanged(shop):
        refuses(app, "begin read only; update shop.orders set status = 'PAID' where id = 1", "25006")
    app.execute("begin isolation level repeatable read; select 1")
    snapshot = app.execute("select pg_export_snapshot()").fetchone()[0]
    session("shop_believed").execute("update shop.orders set status = 'PAID' where id = 1")
    other = session("shop_believed")
    other.execute(f"begin isolation level repeatable read; set transaction snapshot '{snapshot}'")
    refuses(other, "update shop.orders set status = 'PAID' where id = 1; commit", "40001")
    assert authors(shop, 1)[-1] == "db:shop_believed"
    assert_honest(shop)
