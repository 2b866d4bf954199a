"""jalon.track: which tables it takes, which it refuses and why, and what remains afterwards."""

import os
import subprocess

import psycopg
import pytest

from tests.conftest import INSTALLER


def track(db, *parts):
    return db.execute(f"select jalon.track({', '.join(parts)})").fetchone()[0]


def test_a_table_with_rows_gets_a_first_history_row_each_marked_as_backfill(rules, moves):
    rules.execute(
        "create table shop.orders (id int primary key, status text not null); "
        "insert into shop.orders values (1, 'NEW'), (2, 'SHIPPED')"
    )
    track(rules, "'shop.orders'", "category => 'ORDER_STATUS'")
    assert moves(rules, 1) == [(1, None, "NEW", "backfill")]
    assert moves(rules, 2) == [(1, None, "SHIPPED", "backfill")]


def test_codes_that_the_referential_lacks_are_listed_or_added(rules, refused):
    rules.execute(
        "create table shop.orders (id int primary key, status text not null); "
        "insert into shop.orders values (1, 'ODD'), (2, 'EVEN')"
    )
    refusal = refused(rules, "select jalon.track('shop.orders', category => 'ORDER_STATUS')")
    assert refusal.sqlstate == "JL504"
    assert "EVEN, ODD" in refusal.message
    assert rules.execute("select to_regclass('jalon_history.shop__orders')").fetchone() == (None,)
    track(rules, "'shop.orders'", "category => 'ORDER_STATUS'", "add_missing_codes => true")
    assert rules.execute("select count(*) from jalon_engine.referential where code in ('ODD', 'EVEN')").fetchone() == (
        2,
    )


@pytest.mark.parametrize(
    "kind,one,two",
    [
        ("int", "1", "2"),
        ("bigint", "5000000000", "2"),
        ("smallint", "1", "2"),
        ("text", "'a b'", "'é'"),
        ("varchar(20)", "'x'", "'y'"),
        ("uuid", "'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'"),
    ],
)
def test_keys_of_every_usual_type_are_taken(rules, moves, kind, one, two):
    rules.execute(f"create table shop.orders (id {kind} primary key, status text not null default 'NEW')")
    track(rules, "'shop.orders'", "category => 'ORDER_STATUS'")
    rules.execute(f"insert into shop.orders values ({one}), ({two}); update shop.orders set status = 'PAID'")
    assert rules.execute("select count(*) from jalon_history.shop__orders where new_status = 'PAID'").fetchone() == (2,)
    assert rules.execute(f"select has_changed from jalon.move('orders', ({one})::{kind}, 'PAID')").fetchone() == (
        False,
    )


def test_quoted_and_mixed_case_names_in_odd_schemas_are_taken(rules, refused):
    table = '"My Shop"."Order ""X"""'
    rules.execute('create schema "My Shop"')
    rules.execute(f'create table {table} ("Key" int primary key, "Sta tus" text not null default \'NEW\')')
    track(rules, f"'{table}'", "'Sta tus'", "category => 'ORDER_STATUS'", "name => 'odd'")
    rules.execute(f'insert into {table} values (1), (2); update {table} set "Sta tus" = \'PAID\' where "Key" = 1')
    history = 'jalon_history."My Shop__Order ""X"""'
    assert rules.execute(f'select "new_Sta tus" from {history} where version = 2').fetchall() == [("PAID",)]
    assert rules.execute("select has_changed from jalon.move('odd', 2, 'PAID')").fetchone() == (True,)
    assert refused(rules, f"update {table} set \"Sta tus\" = 'SHIPPED'").sqlstate == "JL202"
    assert rules.execute("select count(*) from jalon.verify('odd')").fetchone() == (0,)


def test_columns_may_be_called_as_the_triggers_own_words(rules, refused):
    """What the generated functions call things, PL/pgSQL's reserved words, and a domain that may not be empty."""
    rules.execute("create domain shop.state as text not null check (value <> '')")
    rules.execute(
        "create table shop.odd (loop int primary key, v shop.state default 'NEW', n text, o text, wall text, "
        "more text, x text)"
    )
    relations = """relations => '{"a": "n", "b": "o", "c": "wall", "d": "more", "e": "x"}'"""
    track(rules, "'shop.odd'", "'v'", "category => 'ORDER_STATUS'", relations)
    rules.execute(
        "insert into shop.odd (loop, n) values (1, 'p'), (2, 'q'); insert into shop.odd (loop, o) values (3, 'r')"
    )
    rules.execute("update shop.odd set v = 'PAID' where loop = 1; update shop.odd set more = 'less' where loop = 2")
    assert rules.execute("select new_code from jalon.move('odd', 3, 'PAID')").fetchone() == ("PAID",)
    assert refused(rules, "update shop.odd set v = 'SHIPPED' where loop = 1").sqlstate == "JL202"
    assert refused(rules, "update shop.odd set v = 'SHIPPED'").sqlstate in ("JL101", "JL202")
    assert rules.execute(
        "select odd_loop, old_v, new_v from jalon_history.shop__odd order by odd_loop, version"
    ).fetchall() == [
        (1, None, "NEW"),
        (1, "NEW", "PAID"),
        (2, None, "NEW"),
        (3, None, "NEW"),
        (3, "NEW", "PAID"),
    ]
    assert rules.execute("select count(*) from jalon.verify('odd')").fetchone() == (0,)


@pytest.mark.parametrize(
    "ddl,why",
    [
        ("create view shop.t as select 1 as id, 'NEW' as status", "not a table"),
        ("create table shop.t (id int, status text)", "no primary key"),
        ("create table shop.t (a int, b int, status text, primary key (a, b))", "several columns"),
        ("create table shop.t (id numeric primary key, status text)", "of type numeric"),
        ("create table shop.t (id int primary key, state text)", "no column status"),
        (
            "create table shop.t (id int primary key, a text, status text generated always as (a) stored)",
            "generated column",
        ),
        ("create table shop.t (id int primary key, status text, status_version text)", "another kind"),
        (
            "create table shop.t (id int primary key, status text); insert into shop.t values (1)",
            "status is empty in 1 rows",
        ),
        (
            "create table shop.t (id int primary key, status text); create table shop.kid () inherits (shop.t)",
            "other tables inherit from it",
        ),
        (
            "create table shop.t (id int, status text, primary key (id, status)) partition by list (status)",
            "partitioned by status",
        ),
    ],
)
def test_what_cannot_be_tracked_is_refused_in_plain_words(rules, refused, ddl, why):
    rules.execute(ddl)
    key = ", key_column => 'id'" if "partition" in ddl else ""
    refusal = refused(rules, f"select jalon.track('shop.t', category => 'ORDER_STATUS'{key})")
    assert refusal.sqlstate == "JL504" and why in refusal.message, refusal.message


def test_a_missing_table_and_a_missing_category_are_named(rules, refused):
    refusal = refused(rules, "select jalon.track('shop.nothing', category => 'ORDER_STATUS')")
    assert refusal.message == 'relation "shop.nothing" does not exist'
    rules.execute("create table shop.t (id int primary key, status text)")
    assert (
        refused(rules, "select jalon.track('shop.t', category => 'NOTHING')").message == "there is no category NOTHING"
    )


def test_tracking_twice_changes_nothing(shop):
    triggers = "select array_agg((oid, xmin)::text order by oid) from pg_trigger where tgname ~ '^[~_]jalon'"
    before = shop.execute(triggers).fetchone()
    shop.execute("insert into shop.orders values (1)")
    track(shop, "'shop.orders'", "category => 'ORDER_STATUS'")
    assert shop.execute(triggers).fetchone() == before
    assert shop.execute("select count(*) from jalon_history.shop__orders").fetchone() == (1,)


def test_tracking_again_while_someone_writes_waits_for_no_one(shop, connect):
    """Functions are replaced in place: a reload with nothing changed takes no lock on a tracked table."""
    writer = connect(autocommit=False)
    writer.execute("insert into shop.orders values (1)")
    shop.execute("set lock_timeout = '2s'")
    shop.execute("select jalon_engine.refresh_derived()")
    writer.commit()


def test_untracking_ends_the_rules_and_keeps_the_history(shop):
    shop.execute("insert into shop.orders values (1); select jalon.untrack('shop.orders')")
    shop.execute("update shop.orders set status = 'anything'")
    assert shop.execute("select count(*) from jalon_history.shop__orders").fetchone() == (1,)
    assert shop.execute("select count(*) from jalon_engine.tracked where name = 'orders'").fetchone() == (0,)
    assert shop.execute(
        "select count(*) from pg_proc where pronamespace = 'jalon_generated'::regnamespace "
        "and proname like 'shop\\_\\_orders\\_\\_%'"
    ).fetchone() == (0,)


def test_a_partitioned_table_is_guarded_also_where_a_partition_is_written_directly(rules, refused):
    rules.execute("""create table shop.orders (id bigint, month date, status text not null default 'NEW',
        primary key (id, month)) partition by range (month);
        create table shop.orders_1 partition of shop.orders for values from ('2026-01-01') to ('2026-02-01')""")
    track(rules, "'shop.orders'", "category => 'ORDER_STATUS'", "key_column => 'id'")
    rules.execute(
        "create table shop.orders_2 partition of shop.orders for values from ('2026-02-01') to ('2026-03-01')"
    )
    rules.execute(
        "insert into shop.orders values (1, '2026-01-05'), (2, '2026-02-05'); insert into shop.orders_2 (id, month) "
        "values (3, '2026-02-06')"
    )
    for table in ("shop.orders", "shop.orders_1", "shop.orders_2"):
        assert refused(rules, f"update {table} set status = 'SHIPPED'").sqlstate == "JL101"
    rules.execute(
        "update shop.orders_2 set status = 'PAID' where id = 3; update shop.orders set status = 'PAID' "
        "where id in (1, 2)"
    )
    assert rules.execute("select count(*) from jalon_history.shop__orders where new_status = 'PAID'").fetchone() == (3,)
    assert refused(rules, "update shop.orders set month = '2026-02-01' where id = 1").sqlstate == "JL501"
    assert refused(rules, "truncate shop.orders_1").sqlstate == "JL503"
    assert (
        refused(rules, "insert into shop.orders_1 (id, month, status) values (9, '2026-01-01', 'PAID')").sqlstate
        == "JL101"
    )


def test_a_table_that_inherits_is_guarded_also_where_it_is_written_through_its_parent(rules, refused):
    rules.execute("""create table shop.things (id bigint, status text not null default 'NEW');
        create table shop.orders (primary key (id)) inherits (shop.things)""")
    track(rules, "'shop.orders', category => 'ORDER_STATUS'")
    rules.execute("insert into shop.orders values (1), (2); update shop.things set status = 'PAID'")
    assert rules.execute("select count(*) from jalon_history.shop__orders where kind = 'move'").fetchone() == (2,)
    assert refused(rules, "update shop.things set status = 'NEW'").sqlstate == "JL101"
    assert rules.execute("select * from jalon.verify('orders')").fetchall() == []


def test_a_table_with_row_level_security_is_refused_since_its_history_would_show_what_the_policies_hide(rules, refused):
    rules.execute("""create table shop.orders (id bigint primary key, status text not null default 'NEW', who text);
        alter table shop.orders enable row level security; alter table shop.orders force row level security;
        create policy own on shop.orders using (who = current_user)""")
    refusal = refused(rules, "select jalon.track('shop.orders', category => 'ORDER_STATUS')")
    assert (refusal.sqlstate, "row level security" in refusal.message) == ("JL504", True)


def test_generated_columns_beside_the_status_do_no_harm(rules, moves):
    rules.execute(
        "create table shop.orders (id bigint primary key, status text not null default 'NEW', "
        "loud text generated always as (upper(status)) stored)"
    )
    track(rules, "'shop.orders'", "category => 'ORDER_STATUS'")
    rules.execute("insert into shop.orders (id) values (1); update shop.orders set status = 'PAID'")
    assert moves(rules, 1)[-1] == (2, "NEW", "PAID", "move")


@pytest.mark.skipif(bool(INSTALLER), reason="no superuser installs the event triggers here")
def test_a_tracked_column_or_table_keeps_its_name(shop, refused):
    refusal = refused(shop, "alter table shop.orders rename column status to state")
    assert (refusal.sqlstate, refusal.message) == ("JL504", "shop.orders is tracked: status cannot be renamed")
    assert refused(shop, "alter table shop.orders rename column id to key").sqlstate == "JL504"
    assert refused(shop, "alter table shop.orders rename to purchases").sqlstate == "JL504"
    shop.execute("alter table shop.orders rename column note to remark; alter table shop.orders add column x int")
    shop.execute("select jalon.untrack('orders'); alter table shop.orders rename column status to state")


def test_where_no_superuser_installed_jalon_a_renamed_column_stops_writes_and_verify_says_so(shop, refused):
    shop.execute("drop event trigger if exists jalon_protect_names")
    shop.execute("insert into shop.orders values (1); alter table shop.orders rename column status to state")
    assert refused(shop, "update shop.orders set state = 'SHIPPED'").sqlstate == "42703"
    assert any("status" in str(problem) for problem in shop.execute("select * from jalon.verify('orders')").fetchall())
    shop.execute("alter table shop.orders rename column state to status; update shop.orders set status = 'PAID'")


def test_a_column_added_after_tracking_does_no_harm(shop, moves):
    shop.execute(
        "insert into shop.orders values (1); update shop.orders set note = 'x'; "
        "alter table shop.orders add column extra int; alter table shop.orders drop column note"
    )
    shop.execute("update shop.orders set status = 'PAID'")
    assert moves(shop, 1)[-1] == (2, "NEW", "PAID", "move")


def test_several_status_columns_make_one_history_row_each_checked_by_its_category(rules, refused):
    rules.execute("""insert into jalon_engine.category values ('PUBLICATION', 'Publication');
        insert into jalon_engine.referential (category, code, label, is_initial)
            values ('PUBLICATION', 'true', 'Published', false), ('PUBLICATION', 'false', 'Hidden', true);
        create table shop.orders (id bigint primary key, status text not null default 'NEW',
            is_published boolean not null default false)""")
    track(rules, "'shop.orders'", """columns => '{"status": "ORDER_STATUS", "is_published": "PUBLICATION"}'""")
    rules.execute(
        "insert into shop.orders values (1), (2); update shop.orders set status = 'PAID', is_published = true "
        "where id = 1"
    )
    rows = rules.execute(
        "select version, old_status, new_status, old_is_published, new_is_published from jalon_history.shop__orders "
        "where orders_id = 1 order by 1"
    ).fetchall()
    assert rows == [(1, None, "NEW", None, False), (2, "NEW", "PAID", False, True)]
    assert (
        refused(rules, "update shop.orders set is_published = true, status = 'SHIPPED' where id = 2").sqlstate
        == "JL101"
    )
    assert refused(rules, "insert into shop.orders values (3, 'NEW', true)").sqlstate == "JL101"


def test_a_case_type_chooses_the_workflow_and_changing_it_is_a_move(rules, refused):
    rules.execute("""begin; insert into jalon_engine.workflow (category, case_type, version, state, published_at)
        values ('ORDER_STATUS', 'GIFT', 1, 'published', now());
        insert into jalon_engine.workflow_transition (category, case_type, version, from_code, to_code, action, roles)
            values ('ORDER_STATUS', 'GIFT', 1, 'NEW', 'SHIPPED', 'give', '{any}'); commit;
        create table shop.orders (id bigint primary key, status text not null default 'NEW', case_type text)""")
    track(rules, "'shop.orders'", "category => 'ORDER_STATUS'", "workflow_column => 'case_type'")
    rules.execute("insert into shop.orders values (1, 'NEW', 'GIFT'), (2, 'NEW', null), (3, 'NEW', 'OTHER')")
    assert refused(rules, "update shop.orders set status = 'PAID' where id = 1").sqlstate == "JL406"
    assert refused(rules, "update shop.orders set status = 'SHIPPED'").sqlstate == "JL101"
    rules.execute(
        "update shop.orders set status = 'SHIPPED' where id = 1; update shop.orders set status = 'PAID' "
        "where id in (2, 3)"
    )
    refusal = refused(rules, "update shop.orders set case_type = 'GIFT' where id = 2")
    assert (refusal.sqlstate, refusal.detail["allowed"]) == ("JL406", ["NEW"])
    refusal = refused(rules, "update shop.orders set case_type = 'GIFT', status = 'SHIPPED' where id = 2")
    assert (refusal.sqlstate, refusal.detail["allowed"]) == ("JL101", ["NEW"])
    rules.execute("update shop.orders set case_type = 'GIFT', status = 'NEW' where id = 2")
    assert rules.execute(
        "select case_type, version, workflow_version from jalon_history.shop__orders where orders_id = 2 "
        "order by version"
    ).fetchall()[-1][1:] == (3, 1)


@pytest.mark.parametrize("rule,history,deletions", [("keep", 1, 1), ("cascade", 0, 1)])
def test_a_deletion_does_with_history_what_was_declared_and_stays_on_record(rules, rule, history, deletions):
    rules.execute("create table shop.orders (id bigint primary key, status text not null default 'NEW')")
    track(rules, "'shop.orders'", "category => 'ORDER_STATUS'", f"on_delete => '{rule}'")
    rules.execute("insert into shop.orders values (1); delete from shop.orders")
    assert rules.execute("select count(*) from jalon_history.shop__orders").fetchone() == (history,)
    assert rules.execute("select record_key is null, operation from jalon_history.deletion").fetchall() == [
        (rule == "cascade", "DELETE")
    ]


def test_a_deletion_that_is_declared_refused_is_refused_but_for_an_erasure(rules, refused):
    rules.execute("create table shop.orders (id bigint primary key, status text not null default 'NEW')")
    track(rules, "'shop.orders'", "category => 'ORDER_STATUS'", "on_delete => 'refuse'")
    rules.execute("insert into shop.orders values (1)")
    assert refused(rules, "delete from shop.orders").sqlstate == "JL503"
    rules.execute("select jalon.erase('orders', '1')")
    assert rules.execute("select changed_by, reason from jalon_history.shop__orders").fetchall() == [("erased", None)]
    assert rules.execute("select operation from jalon_history.deletion").fetchall() == [("ERASE",)]


def test_a_record_that_had_gone_before_can_still_be_erased_from_history(shop, refused):
    shop.execute("insert into shop.orders values (1), (2); delete from shop.orders where id = 1")
    shop.execute("select jalon.erase('orders', '1')")
    assert shop.execute("select changed_by from jalon_history.shop__orders where orders_id = 1").fetchall() == [
        ("erased",)
    ]
    assert refused(shop, "select jalon.erase('orders', '99')").sqlstate == "JL401"


def test_truncating_one_partition_takes_the_history_of_its_rows_only(rules, as_actor):
    rules.execute("""create table shop.orders (id bigint, month date, status text not null default 'NEW',
        primary key (id, month)) partition by range (month);
        create table shop.orders_1 partition of shop.orders for values from ('2026-01-01') to ('2026-02-01');
        create table shop.orders_2 partition of shop.orders for values from ('2026-02-01') to ('2026-03-01')""")
    track(rules, "'shop.orders'", "category => 'ORDER_STATUS'", "key_column => 'id'", "on_delete => 'cascade'")
    rules.execute("insert into shop.orders values (1, '2026-01-05'), (2, '2026-02-05'), (3, '2026-02-06')")
    with as_actor(rules, "boss", "admin"):
        rules.execute("truncate shop.orders_1")
        assert rules.execute("select orders_id from jalon_history.shop__orders order by 1").fetchall() == [(2,), (3,)]
        rules.execute("truncate shop.orders")
    assert rules.execute("select count(*) from jalon_history.shop__orders").fetchone() == (0,)
    assert rules.execute("select records from jalon_history.deletion order by deleted_at").fetchall() == [(1,), (2,)]


def test_a_foreign_key_from_history_cascades(rules):
    rules.execute("create table shop.orders (id bigint primary key, status text not null default 'NEW')")
    track(rules, "'shop.orders'", "category => 'ORDER_STATUS'", "on_delete => 'cascade'", "foreign_key => true")
    rules.execute("insert into shop.orders values (1), (2); delete from shop.orders where id = 1")
    assert rules.execute("select orders_id from jalon_history.shop__orders").fetchall() == [(2,)]


def test_what_session_replication_role_let_by_is_noticed(shop):
    shop.execute(
        "insert into shop.orders values (1), (2); set session_replication_role = replica; "
        "update shop.orders set status = 'SHIPPED' where id = 1; reset session_replication_role"
    )
    assert [r[0] for r in shop.execute("select tracked_table from jalon.verify('orders')").fetchall()] == ["orders"]


def test_a_disabled_trigger_is_noticed(shop):
    shop.execute('alter table shop.orders disable trigger "_jalon_after_update"')
    assert any("_jalon_after_update" in str(r) for r in shop.execute("select * from jalon.verify('orders')").fetchall())


def test_a_dump_restores_with_enforcement(shop, cluster, refused, connect):
    shop.execute("insert into shop.orders values (1), (2); update shop.orders set status = 'PAID' where id = 1")
    info, copy = shop.info, f"{shop.info.dbname}_copy"
    env = os.environ | {
        "PGHOST": info.host,
        "PGPORT": str(info.port),
        "PGUSER": info.user,
        "PGPASSWORD": info.password or "",
    }
    dump = subprocess.run([cluster.programs / "pg_dump", info.dbname], env=env, capture_output=True, check=True).stdout
    shop.execute(f'create database "{copy}"')
    try:
        subprocess.run(
            ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", copy], input=dump, env=env, capture_output=True, check=True
        )

        def ask(sql):
            return subprocess.run(["psql", "-At", "-d", copy, "-c", sql], env=env, capture_output=True, text=True)

        # The functions know their tables by OIDs, which are others here: nothing is written until they are made again.
        assert "jalon migrate --reload" in ask("update shop.orders set status = 'PAID' where id = 2").stderr
        assert "function_altered" in ask("select problem from jalon.verify()").stdout
        ask("select jalon.retrack_all()")
        assert ask("select count(*) from jalon.verify()").stdout == "0\n"
        assert "JL" not in ask("update shop.orders set status = 'PAID' where id = 2").stderr
        assert "is not a transition" in ask("update shop.orders set status = 'NEW'").stderr
        assert ask("select count(*) from jalon_history.shop__orders").stdout == "4\n"
    finally:
        shop.execute(f'drop database "{copy}" with (force)')


def test_an_event_is_written_only_where_somebody_is_interested(shop):
    shop.execute("insert into shop.orders values (1); update shop.orders set status = 'PAID'")
    assert shop.execute("select count(*) from jalon_engine.outbox_message").fetchone() == (0,)
    shop.execute(
        "insert into jalon_engine.interest (subscriber, tracked) values ('test', 'orders'); "
        "select jalon_history.generate('shop.orders')"
    )
    shop.execute("insert into shop.orders values (2), (3); update shop.orders set status = 'PAID' where id = 2")
    rows = shop.execute(
        "select type, record_key, version, data ->> 'from', data ->> 'to' from jalon_engine.outbox_message order by id"
    ).fetchall()
    assert sorted(rows) == [
        ("orders.created", "2", 1, None, "NEW"),
        ("orders.created", "3", 1, None, "NEW"),
        ("orders.status_changed", "2", 2, "NEW", "PAID"),
    ]


def test_a_bare_name_is_resolved_by_the_callers_search_path(rules, connect):
    rules.execute("create table shop.orders (id int primary key, status text not null)")
    rules.execute("set search_path = shop, public")
    track(rules, "'orders'", "category => 'ORDER_STATUS'")
    rules.execute("insert into orders values (1, 'NEW'); update orders set status = 'PAID'")
    rules.execute(
        "create table parcels (id int primary key, status text not null); alter table parcels owner to jalon_dba"
    )
    rules.execute("grant usage on schema shop to jalon_dba with grant option")
    dba = connect("dba")
    dba.execute("set search_path = jalon_members, shop")
    track(dba, "'parcels'", "category => 'ORDER_STATUS'")
    tables = "select table_schema, table_name from jalon_engine.tracked where name in ('orders', 'parcels') order by 2"
    assert rules.execute(tables).fetchall() == [("shop", "orders"), ("shop", "parcels")]


def test_one_of_jalons_own_tables_is_refused_with_both_names(rules, connect, refused):
    rules.execute("create table public.users (id int primary key, role text not null)")
    rules.execute("create table shop.users (id int primary key, role text not null)")
    dba = connect("dba")
    dba.execute("set search_path = jalon_members, public")
    refusal = refused(dba, "select jalon.track('users', 'role', category => 'USER_ROLE')")
    assert (refusal.sqlstate, refusal.message) == (
        "JL504",
        "users is jalon_members.users here, one of Jalon's own tables; yours is public.users, shop.users",
    )
    assert refusal.hint == "Say which you mean: name your table with its schema."
    refusal = refused(dba, "select jalon.track('jalon_engine.referential', 'code', category => 'USER_ROLE')")
    assert refusal.message == "jalon_engine.referential is one of Jalon's own tables and cannot be tracked"


def test_a_dba_tracks_a_table_that_they_may_alter(rules, connect, refused):
    owner = f"owner_{rules.info.dbname}"
    rules.execute(f'create role "{owner}"; grant usage, create on schema shop to "{owner}" with grant option')
    rules.execute(
        "create table shop.orders (id int primary key, status text not null);"
        f' alter table shop.orders owner to "{owner}"'
    )
    dba = connect("dba")
    call = "select jalon.track('shop.orders', category => 'ORDER_STATUS')"
    rules.execute("grant usage on schema shop to jalon_dba")
    try:
        with pytest.raises(psycopg.Error) as caught:
            dba.execute(call)
        assert caught.value.sqlstate == "JL504"
        assert caught.value.diag.message_hint.endswith(f"grant {owner} to jalon_dba;")
        assert len((caught.value.diag.context or "").splitlines()) <= 8  # no page of source
        rules.execute(f'grant "{owner}" to jalon_dba')
        assert dba.execute(call).fetchone() == ("orders",)
        rules.execute("insert into shop.orders values (1, 'NEW')")
        assert refused(rules, "update shop.orders set status = 'SHIPPED'").sqlstate == "JL101"
        assert rules.execute("select * from jalon.verify('orders')").fetchall() == []
        dba.execute("select jalon.untrack('orders')")
    finally:
        rules.execute(f'revoke "{owner}" from jalon_dba; drop owned by "{owner}" cascade; drop role "{owner}"')


def test_tracking_says_nothing_but_the_name(rules):
    heard = []
    rules.add_notice_handler(lambda notice: heard.append(notice.message_primary))
    rules.execute(
        "set client_min_messages = notice; create table shop.orders (id int primary key, status text not null)"
    )
    track(rules, "'shop.orders'", "category => 'ORDER_STATUS'")
    track(rules, "'shop.orders'", "category => 'ORDER_STATUS'")
    rules.execute("select jalon.untrack('orders', drop_history => true)")
    assert heard == []


def test_rows_on_codes_that_their_workflow_lacks_are_counted(rules, refused):
    rules.execute("""insert into jalon_engine.referential (category, code, label)
        values ('ORDER_STATUS', 'HELD', 'Held');
        create table shop.orders (id int primary key, status text not null, type text);
        insert into shop.orders
        values (1, 'NEW', 'gift'), (2, 'HELD', null), (3, 'HELD', 'sale'), (4, 'SHIPPED', 'gift');
        begin; insert into jalon_engine.workflow (category, case_type, version, state, published_at)
            values ('ORDER_STATUS', 'gift', 1, 'published', now());
        insert into jalon_engine.workflow_transition
        (category, case_type, version, from_code, to_code, action, roles, position)
            values ('ORDER_STATUS', 'gift', 1, 'NEW', 'PAID', 'pay', '{any}', 1); commit""")
    call = "'shop.orders'", "category => 'ORDER_STATUS'", "workflow_column => 'type'"
    refusal = refused(rules, f"select jalon.track({', '.join(call)})")
    assert refusal.sqlstate == "JL504"
    assert refusal.message.endswith(
        "rows stand on codes of status that their workflow lacks: *: HELD (2), gift: SHIPPED (1)"
    )
    assert rules.execute("select count(*) from jalon_engine.tracked where name = 'orders'").fetchone() == (0,)
    track(rules, *call, "add_missing_codes => true")
    assert rules.execute("select * from jalon.verify('orders')").fetchall() == []


def test_a_record_on_a_code_that_its_workflow_lacks_is_not_said_to_be_final(shop, refused):
    shop.execute("alter table shop.orders disable trigger user; insert into shop.orders values (1, 'HELD')")
    shop.execute("alter table shop.orders enable trigger user")
    shop.execute("insert into jalon_engine.referential (category, code, label) values ('ORDER_STATUS', 'HELD', 'Held')")
    refusal = refused(shop, "update shop.orders set status = 'PAID' where id = 1")
    assert (refusal.sqlstate, refusal.message) == (
        "JL103",
        "orders 1: the workflow ORDER_STATUS / * lacks HELD, so nothing leads on from there",
    )
    assert refusal.hint.startswith("Publish a workflow that has HELD, or move the record with jalon.force_move()")
    shop.execute("select jalon.force_move('orders', '1', 'NEW', 'nobody holds it')")
    shop.execute("insert into shop.orders values (2); set jalon.reason = 'twice'")
    shop.execute("update shop.orders set status = 'CANCELLED' where id = 2")
    assert (
        refused(shop, "update shop.orders set status = 'PAID' where id = 2").message == "orders 2: CANCELLED is final"
    )
