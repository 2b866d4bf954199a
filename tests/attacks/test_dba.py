"""A DBA manages rules through the functions of schema jalon, without owning history or acting unseen as others."""

import pytest

from tests.attacks.shop import (
    SPY,
    assert_honest,
    attempt,
    authors,
    changes_of_record,
    each,
    refuses,
    spying,
    status,
    unchanged,
)


@pytest.fixture
def dba(connect):
    return connect("dba")


OWNING = ["jalon_owner", "jalon_historian", "jalon_mover", "jalon_api"]


@each("role", OWNING)
def test_a_dba_cannot_become_who_owns(shop, dba, role):
    with unchanged(shop):
        refuses(dba, f"set role {role}", "42501")
        refuses(dba, f"grant {role} to jalon_dba", "42501")
        refuses(dba, f"alter role {role} superuser", "42501")
        refuses(dba, f"alter role {role} password 'x'", "42501")
        refuses(dba, f"reassign owned by {role} to jalon_dba", "42501")
        refuses(dba, f"drop owned by {role}", "42501")


@each(
    "statement",
    [
        "update jalon_history.shop__orders set changed_by = 'x'",
        "delete from jalon_history.shop__orders",
        "insert into jalon_history.shop__orders (orders_id, version, new_status) values (1, 2, 'SHIPPED')",
        "truncate jalon_history.shop__orders",
        "drop table jalon_history.shop__orders",
        "alter table jalon_history.shop__orders disable trigger all",
        "alter table jalon_history.shop__orders owner to jalon_dba",
        "create trigger t before insert on jalon_history.shop__orders for each row execute function "
        "suppress_redundant_updates_trigger()",
        "create rule r as on insert to jalon_history.shop__orders do instead nothing",
        "create table jalon_history.mine ()",
        "create function jalon_generated.mine() returns int language sql as 'select 1'",
        "create function jalon_engine.mine() returns int language sql as 'select 1'",
        "create function jalon.mine() returns int language sql as 'select 1'",
        "alter function jalon_generated.shop__orders__after_update() owner to jalon_dba",
        "alter function jalon_generated.shop__orders__after_update() set search_path = pg_temp",
        "create or replace function jalon_generated.shop__orders__after_update() returns trigger "
        "language plpgsql as 'begin return null; end'",
        "drop function jalon_generated.shop__orders__after_update() cascade",
        "alter schema jalon_history rename to theirs",
        "drop schema jalon_generated cascade",
        "grant all on jalon_history.shop__orders to public",
        "update jalon_engine.workflow_transition set roles = '{any}'",
        "insert into jalon_engine.role_grant (principal, role) values ('db:jalon_dba', 'shipper')",
        "delete from jalon_engine.tracked",
        "alter event trigger jalon_protect_names disable",
        "drop event trigger jalon_protect_names",
        "set session_replication_role = replica",
        "load 'plpgsql'",
        "copy jalon_history.shop__orders from program 'true'",
        "begin; lock table jalon_history.shop__orders in access exclusive mode",
        "comment on table jalon_history.shop__orders is 'mine'",
        "security label on table jalon_history.shop__orders is 'x'",
        "create policy p on jalon_history.shop__orders",
        "alter default privileges for role jalon_historian grant all on tables to jalon_dba",
        "create publication p for table jalon_history.shop__orders",
        "create statistics jalon_history.s on orders_id, version from jalon_history.shop__orders",
        "create index on jalon_history.shop__orders (version)",
    ],
)
def test_a_dba_reaches_history_rules_and_functions_by_no_statement_of_their_own(shop, dba, statement):
    with unchanged(shop):
        refuses(dba, statement, "42501", "22023", "0A000", "42704")  # 22023: there is no provider of labels


@each("schema", ["jalon_engine", "jalon_generated"])
def test_a_dba_reads_no_private_table_and_calls_no_private_function(shop, dba, schema):
    held = dba.execute(
        "select p.oid::regprocedure::text from pg_proc p where p.pronamespace = %s::regnamespace "
        "and p.prosecdef and p.provolatile = 'v' and has_schema_privilege(p.pronamespace, 'usage') "
        "and has_function_privilege(p.oid, 'execute') and p.prorettype = 'trigger'::regtype",
        (schema,),
    ).fetchall()
    assert held == []
    for table in ("tracked", "role_grant", "workflow_transition", "secret"):
        refuses(dba, f"select * from jalon_engine.{table}", "42501", "42P01")


@each(
    "call",
    [
        "jalon.force_move('orders', '1', 'SHIPPED', 'please')",
        "jalon.erase('orders', '1')",
        "jalon.import_change('orders', '1', 'SHIPPED', now() - interval '1 day', 'please')",
        "jalon.grant_role('db:jalon_dba', 'admin')",
        "jalon.set_permission('any', 'force_move')",
        "jalon.draft('ORDER_STATUS')",
        "jalon.deactivate('ORDER_STATUS', 'PAID')",
        "jalon.add_api_key('x', 'y', '{admin}')",
        "jalon.register_guard('g', 'pg_catalog.format', 'x')",
    ],
)
@each("way", ["jalon.acting", "jalon.act_as"])
def test_what_asks_for_a_permission_is_refused_to_a_name_that_a_dba_gives_without_it(shop, dba, call, way):
    with unchanged(shop):
        refuses(dba, f"begin; select {way}('anna', '{{shipper}}', 'x'); select {call}; commit", "JL203")


def test_what_a_dba_forces_in_person_is_flagged_for_ever(shop, dba):
    dba.execute("select jalon.force_move('orders', '1', 'SHIPPED', 'lost paper')")
    assert changes_of_record(shop, 1)[-1] == (2, "NEW", "SHIPPED", "force")
    assert authors(shop, 1)[-1] == "db:jalon_dba"


def test_acting_in_a_name_leaves_the_login_in_history(shop, dba):
    dba.execute("select jalon.act_as('anna', '{shipper}', 'by telephone')")
    dba.execute("select jalon.move('orders', 1, 'PAID')")
    assert shop.execute(
        "select changed_by, db_role, reason from jalon_history.shop__orders where orders_id = 1 and version = 2"
    ).fetchone() == ("anna", "jalon_dba", "by telephone")
    dba.execute("select jalon.act_as(null)")
    dba.execute("select jalon.move('orders', 2, 'PAID')")
    assert authors(shop, 2)[-1] == "db:jalon_dba"


@each("login", ["shop_app", "shop_believed", "shop_owner", "shop_trigger", "jalon_api", "jalon_bi", "jalon_relay"])
def test_nobody_but_a_dba_acts_in_a_name_for_a_session(shop, session, login):
    with unchanged(shop):
        refuses(session(login), "select jalon.act_as('anna', '{shipper}')")


def test_a_superuser_is_not_believed_without_entering(shop):
    shop.execute("set jalon.actor = 'anna'; set jalon.roles = 'shipper'")
    attempt(shop, "update shop.orders set status = 'PAID' where id = 1")
    assert "anna" not in authors(shop, 1)
    refuses(shop, "update shop.orders set status = 'SHIPPED' where id = 11")
    assert_honest(shop)


def test_set_role_does_not_lend_a_name(shop, session):
    """Who may is whom the session belongs to, not whom it plays."""
    shop.execute("grant jalon_dba to shop_stranger")
    stranger = session("shop_stranger")
    try:
        stranger.execute("select jalon.act_as('anna', '{shipper}')")
        shop.execute("revoke jalon_dba from shop_stranger; grant update, select on shop.orders to shop_stranger")
        attempt(stranger, "update shop.orders set status = 'PAID' where id = 1")
        assert "anna" not in authors(shop, 1)
    finally:
        shop.execute("revoke jalon_dba from shop_stranger")
    assert_honest(shop)


def test_a_dba_cannot_track_a_table_of_somebody_else(shop, dba):
    shop.execute("create table shop.theirs (id bigint primary key, status text not null default 'NEW')")
    shop.execute("grant usage on schema shop to jalon_dba; grant all on shop.theirs to jalon_dba")
    with unchanged(shop):
        refuses(dba, "select jalon.track('shop.theirs', category => 'ORDER_STATUS')")
    assert shop.execute("select count(*) from pg_trigger where tgrelid = 'shop.theirs'::regclass").fetchone() == (0,)


@each(
    "system",
    ["pg_catalog.pg_class", "jalon_engine.referential", "jalon_history.shop__orders", "jalon_history.deletion"],
)
def test_neither_the_catalogue_nor_our_own_tables_can_be_tracked(shop, dba, system):
    with unchanged(shop):
        for connection in (dba, shop):
            refuses(
                connection,
                f"select jalon.track('{system}', 'code', category => 'ORDER_STATUS', key_column => 'id')",
            )


QUOTES = ["x'; drop table shop.orders; --", "$body$", '{"a"', "%s", "\\'", "x\n y"]


@each("odd", QUOTES)
@each(
    "call",
    [
        "jalon.set_code('ORDER_STATUS', {}, 'L')",
        "jalon.set_label('ORDER_STATUS', 'NEW', 'en', {})",
        "jalon.add_category({}, {})",
        "jalon.add_role({}, {})",
        "jalon.grant_role({}, 'shipper')",
        "jalon.register_guard({}, {}, 'x')",
        "jalon.register_check({}, {}, 'x')",
        "jalon.move('orders', {}, 'PAID')",
        "jalon.move({}, 1, 'PAID')",
        "jalon.move('orders', 1, {})",
        "jalon.move('orders', 1, 'PAID', status_column => {})",
        "jalon.explain({}, 1)",
        "jalon.verify({})",
        "jalon.track({}, category => 'ORDER_STATUS')",
        "jalon.draft('ORDER_STATUS', {})",
        "jalon.workflow_dot('ORDER_STATUS', {})",
        "jalon.retain({}, '1 day')",
        "jalon.acting({}, array[{}], {})",
    ],
)
def test_an_argument_is_data_and_never_code(shop, dba, odd, call):
    literal = "e'" + odd.replace("\\", "\\\\").replace("'", "''") + "'"
    attempt(
        dba,
        f"select {call.replace('{}', literal)}",
        "22023",
        "42602",
        "42601",
        "42883",
        "22P02",
        "42704",
        "42P01",
        "3F000",
        "22007",
    )
    assert shop.execute("select count(*) from shop.orders").fetchone() == (20,)
    assert_honest(shop)


def test_the_options_of_track_run_as_nobody_of_ours(shop, spy):
    """Relations, resolvers and keys name columns and functions; none of them is an expression."""
    spy.watch(shop).execute(
        "create table shop.t (id bigint primary key, status text not null default 'NEW', seller text);"
        + spying("shop.evil", "", "text", "'x'")
    )
    for options in (
        """relations => '{"shop.evil()": "shipper"}'""",
        """relations => '{"seller, shop.evil()": "shipper"}'""",
        """key_column => 'shop.evil()'""",
        """changed_by_column => 'shop.evil()'""",
        """workflow_column => 'shop.evil()'""",
        """columns => '{"shop.evil()": "ORDER_STATUS"}'""",
    ):
        attempt(shop, f"select jalon.track('shop.t', category => 'ORDER_STATUS', {options})", "42703")
        shop.execute("begin; insert into shop.t values (1); rollback")
    assert spy.seen == []
    assert SPY


def test_rules_that_a_dba_changes_are_in_the_rules_own_history(shop, dba):
    assert attempt(dba, "select jalon.grant_role('db:jalon_dba', 'shipper')") is not None or shop.execute(
        "select count(*) from jalon.config_history"
    ).fetchone() != (0,)
    assert status(shop, 11) == "PAID"
    assert changes_of_record(shop, 11)[-1][2] == "PAID"
