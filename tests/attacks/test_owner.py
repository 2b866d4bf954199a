"""A table's owner who tracked it can't touch history, rules or functions; what an owner may do is noticed."""

import pytest

from tests.attacks.shop import (
    assert_honest,
    attempt,
    changes_of_record,
    each,
    everything,
    history_of,
    refuses,
    spying,
    status,
    unchanged,
)

H = "jalon_history.shop__orders"


@each(
    "statement",
    [
        f"drop table {H}",
        f"truncate {H}",
        f"delete from {H}",
        f"update {H} set changed_by = 'x'",
        f"insert into {H} (orders_id, version) values (1, 2)",
        f"alter table {H} rename to theirs",
        f"alter table {H} set schema shop",
        f"alter table {H} owner to shop_owner",
        f"alter table {H} disable trigger all",
        f"alter table {H} drop column reason",
        f"alter table {H} add column more text",
        f"create trigger t before insert on {H} for each row execute function suppress_redundant_updates_trigger()",
        f"create rule r as on insert to {H} do instead nothing",
        f"create table shop.month partition of {H} for values from ('2001-01-01') to ('2001-02-01')",
        f"alter table {H} attach partition shop.orders for values from ('2001-01-01') to ('2001-02-01')",
        "drop schema jalon_history cascade",
        "alter schema jalon_history rename to theirs",
        "alter schema jalon_generated owner to shop_owner",
        "create schema jalon_history",
        "create function jalon_generated.mine() returns int language sql as 'select 1'",
        "create or replace function jalon_generated.shop__orders__after_update() returns trigger "
        "language plpgsql as 'begin return null; end'",
        "alter function jalon_generated.shop__orders__after_update() owner to shop_owner",
        "alter function jalon_generated.shop__orders__after_update() reset search_path",
        "alter function jalon_generated.shop__orders__after_update() security invoker",
        "alter function jalon_generated.shop__orders__after_update() rename to mine",
        "drop function jalon_generated.shop__orders__after_update() cascade",
        "reassign owned by jalon_historian to shop_owner",
        "drop owned by jalon_historian",
        "grant jalon_historian to shop_owner",
        "set role jalon_historian",
        "set session_replication_role = replica",
        "set local session_replication_role = 'replica'",
        "alter role shop_owner set session_replication_role = replica",
        "create event trigger mine on ddl_command_end execute function pg_catalog.suppress_redundant_updates_trigger()",
        "drop event trigger jalon_protect_names",
        "alter event trigger jalon_protect_names disable",
        "alter event trigger jalon_protect_names owner to shop_owner",
        "alter system set session_replication_role = replica",
        "create subscription s connection '' publication p",
        "select pg_catalog.lo_import('/etc/passwd')",
        "select pg_catalog.pg_logical_emit_message(true, 'x', 'y'), pg_catalog.pg_replication_origin_create('x')",
        "select pg_replication_origin_session_setup('x')",
    ],
)
def test_what_is_ours_is_not_the_owners(shop, owner, statement):
    with unchanged(shop):
        refuses(owner, statement, "42501", "42704", "42883", "42P06", "22023", "42P17", "55006", "42809")
    assert shop.execute("select count(*) from jalon.verify()").fetchone() == (0,)


@each(
    "variable",
    ["jalon.erasing", "jalon.more", "jalon.kind", "jalon.actor", "jalon.roles", "jalon.seal", "jalon.importing"],
)
@pytest.mark.parametrize(
    "value", ["true", "erase", '{"kind": "erase"}', '{"kind": "import"}', "pg_current_xact_id()::text"]
)
def test_no_setting_of_an_owner_opens_history_or_names_a_kind(shop, owner, variable, value):
    value = value if "(" in value else f"'{value}'"
    attempt(
        owner,
        f"begin; select set_config('{variable}', {value}, true); update shop.orders set status = 'SHIPPED' "
        f"where id = 1; commit",
    )
    attempt(
        owner,
        f"begin; select set_config('{variable}', {value}, true); "
        f"update shop.orders set status = 'PAID', status_changed_at = '2001-01-01' where id = 2; commit",
    )
    attempt(
        owner, f"begin; select set_config('{variable}', {value}, true); delete from shop.orders where id = 3; commit"
    )
    refuses(owner, f"begin; select set_config('{variable}', {value}, true); delete from {H}; commit", "42501")
    assert set(shop.execute("select distinct operation from jalon_history.deletion").fetchall()) <= {("DELETE",)}
    assert_honest(shop)


# What any owner may do to their table. Refused by an event trigger where a superuser installed one, noticed by verify
# anyway.

MAY = [
    "alter table shop.orders disable trigger user",
    'alter table shop.orders disable trigger "_jalon_after_update"',
    'alter table shop.orders disable trigger "~jalon_before_update"',
    'alter table shop.orders enable replica trigger "_jalon_after_update"',
    'drop trigger "_jalon_after_update" on shop.orders',
    'drop trigger "_jalon_after_insert" on shop.orders',
    'drop trigger "_jalon_after_delete" on shop.orders',
    'drop trigger "_jalon_before_truncate" on shop.orders',
    'drop trigger "~jalon_before_update" on shop.orders',
    'alter trigger "_jalon_after_update" on shop.orders rename to zzz',
    'alter trigger "~jalon_before_update" on shop.orders rename to zzz',
    'drop trigger "_jalon_after_update" on shop.orders; create constraint trigger "_jalon_after_update" after '
    "update on shop.orders "
    "deferrable initially deferred for each row execute function jalon_generated.shop__orders__after_update()",
    'drop trigger "_jalon_after_update" on shop.orders; create constraint trigger "_jalon_after_update" after '
    "update on shop.orders "
    "for each row when (false) execute function jalon_generated.shop__orders__after_update()",
    "alter table shop.orders drop column status cascade, add column status text not null default 'SHIPPED'",
    "alter table shop.orders rename column status to state",
    "alter table shop.orders rename column status_version to v",
    "alter table shop.orders drop column status_version cascade",
    "alter table shop.orders alter column status drop not null",
    "alter table shop.orders alter column status_version drop not null",
    "alter table shop.orders alter column status type varchar(100)",
    "alter table shop.orders alter column status type text using 'SHIPPED'",
    "alter table shop.orders alter column status_version type integer using 7",
    "alter table shop.orders alter column status_changed_at type timestamptz using 'epoch'",
    "alter table shop.orders alter column id type bigint using id + 1",
    "alter table shop.orders drop constraint orders_pkey",
    "alter table shop.orders rename to before",
    "alter index shop.orders rename to before",
    "alter view shop.orders rename to before",
    "alter view shop.orders rename column status to state",
    "alter materialized view shop.orders rename to before",
    "alter sequence shop.orders rename to before",
    "alter foreign table shop.orders rename column status to state",
    "alter schema shop rename to elsewhere",
    "create schema other; alter table shop.orders set schema other",
    "drop table shop.orders cascade",
    "drop schema shop cascade",
    "drop owned by shop_owner cascade",
    "alter table shop.orders owner to shop_trigger",
    "create rule r as on update to shop.orders do instead nothing",
    "create rule r as on insert to shop.orders do instead nothing",
    "alter table shop.orders enable row level security, force row level security",
    "create table shop.child () inherits (shop.orders)",
    "alter table shop.orders add column other text generated always as (status) stored",
    "revoke all on shop.orders from jalon_mover, jalon_dba, jalon_app",
    "revoke all on schema shop from jalon_mover, jalon_dba, jalon_app",
]
# These change nothing that the rules rest on, so that verify need not name them.
HARMLESS = (
    "varchar(100)",
    "alter sequence",
    "alter foreign",
    "alter materialized",
    "generated always",
    "owner to shop_trigger",
    "do instead nothing",
    "drop not null",
    "create table shop.child",  # noticed as soon as it has a row (test_parts.py)
)


def records_and_history(db):
    """Records and history, compared from outside; the table may be gone or renamed."""
    try:
        assert_honest(db)
    except Exception:
        db.rollback()
        return False
    return True


@pytest.mark.parametrize("statement", MAY)
def test_what_an_owner_does_to_their_table_is_refused_or_noticed_and_history_stands(shop, owner, statement):
    shop.execute(f"grant create on database {shop.info.dbname} to shop_owner")
    before = everything(shop)[history_of("shop.orders")]
    sqlstate = attempt(owner, statement, "42809", "2BP01", "0A000", "42P16", "42704", "42P01")
    try:
        assert everything_of_history(shop) == before
        if sqlstate is None and not any(word in statement for word in HARMLESS):
            assert shop.execute("select problem from jalon.verify()").fetchall() != [], "verify notices nothing"
        elif sqlstate is not None:
            assert_honest(shop)
    finally:
        shop.execute("alter table if exists shop.orders owner to shop_owner")


def everything_of_history(db):
    return [
        row[0]
        for row in db.execute(f"select pg_catalog.format('%s', x.*) from {history_of('shop.orders')} x order by 1")
    ]


@pytest.mark.parametrize(
    "made",
    [
        "create rule r as on update to shop.orders do instead nothing",
        "create rule r as on delete to shop.orders do also insert into shop.parcels (id) values (old.id + 1000)",
        "alter table shop.orders replica identity full",
        "alter table shop.orders replica identity nothing",
        "alter table shop.orders set unlogged",
        "alter table shop.orders set (fillfactor = 50)",
        "alter table shop.orders cluster on orders_pkey; cluster shop.orders",
        "vacuum full shop.orders",
        "alter table shop.orders alter column note type varchar(50)",
        "alter table shop.orders add column more text default 'x'",
        "alter table shop.orders drop column note",
        "create unique index on shop.orders (note)",
        "alter table shop.orders validate constraint orders_pkey",
        "create statistics shop.s on status, note from shop.orders",
        "revoke all on shop.orders from shop_app; grant select, update, insert, delete on shop.orders to shop_app",
    ],
)
def test_what_an_owner_may_well_do_lets_nothing_pass(shop, owner, app, made):
    attempt(owner, made, "23503", "42809", "0A000", "42P16")
    attempt(app, "update shop.orders set status = 'SHIPPED' where id = 1")
    attempt(app, "insert into shop.orders (id, status) values (21, 'SHIPPED')")
    attempt(app, "update shop.orders set status = 'PAID' where id = 2")
    attempt(app, "delete from shop.orders where id = 3")
    assert status(shop, 1) == "NEW"
    assert_honest(shop)


@each("restarted", ["", "restart identity cascade"])
def test_the_owner_truncates_as_little_as_anybody(shop, owner, restarted):
    with unchanged(shop):
        refuses(owner, f"truncate shop.orders {restarted}", "JL503")


def test_the_owner_moves_by_the_same_rules(shop, owner):
    with unchanged(shop):
        refuses(owner, "update shop.orders set status = 'SHIPPED' where id = 1", "JL101")
        refuses(owner, "update shop.orders set status = 'NEW', status_version = 1 where id = 11", "JL101")
    owner.execute("update shop.orders set status = 'PAID' where id = 1")
    assert changes_of_record(shop, 1)[-1] == (2, "NEW", "PAID", "move")


@pytest.mark.parametrize("put_in_place", ["table", "view"])
def test_what_lies_where_the_history_used_to_lie_is_not_written(shop, owner, app, spy, put_in_place):
    """Histories lie in a schema of ours; a table of the same name in the shop is just a table."""
    spy.watch(app)
    owner.execute(spying("shop.evil", "t text", declared="immutable"))
    owner.execute(
        {
            "table": "create table shop.orders_history (orders_id bigint, "
            "new_status text check (shop.evil(new_status)))",
            "view": "create view shop.orders_history as select 1 as orders_id where shop.evil('x')",
        }[put_in_place]
    )
    app.execute("update shop.orders set status = 'PAID' where id = 1")
    assert spy.seen == []
    assert_honest(shop)


def test_an_owner_who_revokes_create_stops_no_month_of_others(shop, owner):
    attempt(owner, "revoke all on schema shop from jalon_owner, jalon_historian, public", "42704")
    shop.execute("select jalon.ensure_partitions(14)")
    shop.execute("update shop.parcels set status = 'PAID' where id = 1")
    assert_honest(shop, "shop.parcels")


def test_an_owner_cannot_lock_history_against_others(shop, owner):
    for mode in ("access share", "row exclusive", "access exclusive"):
        refuses(owner, f"begin; lock table {H} in {mode} mode", "42501")


def test_untracking_is_not_the_owners_unless_given(shop, owner):
    with unchanged(shop):
        refuses(owner, "select jalon.untrack('shop.orders', true)", "42501")


@each("option", ["true", "false"])
def test_who_owns_neither_table_nor_rules_untracks_nothing(shop, connect, option):
    with unchanged(shop):
        refuses(connect("dba"), f"select jalon.untrack('shop.orders', {option})")
