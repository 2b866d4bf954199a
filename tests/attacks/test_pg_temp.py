"""Objects in pg_temp, or first in somebody's search_path, never run with rights of others."""

import pytest

from tests.attacks.shop import (
    SPY,
    RoleSpy,
    assert_honest,
    attempt,
    call,
    changes_of_record,
    each,
    everything,
    pay,
    refuses,
    spying,
    unchanged,
)

TYPES = (
    "text", "varchar", "name", '"char"', "bool", "boolean", "int2", "smallint", "int4", "integer", "int8", "bigint",
    "numeric",
    "uuid", "json", "jsonb", "bytea", "oid", "xid8", "regclass", "timestamptz", "interval", "timestamp", "date",
    "record",
)  # fmt: skip
HOSTILE = spying("pg_temp.evil", "t pg_catalog.text") + "".join(
    f"""do $$ begin create domain pg_temp.{name} as pg_catalog.{name} check (pg_temp.evil('x'));
    exception when others then null; end $$;"""
    for name in TYPES
    if name not in ("boolean", "smallint", "integer", "bigint", "record")
)
PAID = [(1, None, "NEW", "create"), (2, "NEW", "PAID", "move")]


@pytest.fixture
def temporary(shop):
    """Everybody may make temporary things, as is usual."""
    shop.execute(f"grant temporary on database {shop.info.dbname} to public; grant jalon_dba to shop_stranger")
    yield shop
    shop.execute("revoke jalon_dba from shop_stranger")


@pytest.mark.parametrize("login", ["shop_app", "shop_believed", "shop_trigger", "shop_owner"])
@pytest.mark.parametrize("first", ["", "set search_path = pg_temp, pg_catalog, public;"])
def test_temporary_types_named_like_ours_run_as_nobody_else_in_a_move(temporary, session, spy, login, first):
    writer = spy.watch(session(login))
    writer.execute(HOSTILE)
    if first:
        writer.execute(first)
    writer.execute("update shop.orders set status = 'PAID' where id = 1")
    writer.execute("insert into shop.orders (id) values (100)")
    writer.execute("delete from shop.orders where id = 100")
    refuses(writer, "update shop.orders set status = 'SHIPPED' where id = 2", "JL101")
    spy.only(login)
    assert changes_of_record(temporary, 1) == PAID
    assert_honest(temporary)


def test_temporary_types_named_like_ours_run_as_nobody_else_in_a_call_of_the_web_application(temporary, connect, spy):
    api = spy.watch(connect("api"))
    api.execute(HOSTILE)
    assert pay(api, 1)[0] == 200
    call(api, "record", 1, {"table": "orders"})
    refuses(
        api,
        """select jalon_api.run('move_record', '2', '{"table": "orders", "to": "SHIPPED"}', '{"actor": "a"}')""",
        "JL101",
    )
    spy.only("jalon_api", "jalon_mover")
    assert changes_of_record(temporary, 1) == PAID
    assert_honest(temporary)


@each(
    "query",
    [
        "select jalon.move('orders', 1, 'PAID')",
        "select jalon.move_many('orders', '{1,2}', 'PAID')",
        "select count(*) from jalon.explain('orders', 1)",
        "select count(*) from jalon.verify()",
        "select jalon.act_as('anna', '{shipper}', 'why')",
        "select jalon.acting('anna', '{shipper}', 'why')",
        "select jalon.set_code('ORDER_STATUS', 'LOST', 'Lost')",
        "select jalon.grant_role('anna', 'shipper')",
        "select jalon.ensure_partitions()",
        "select count(*) from jalon.tracked",
        "select count(*) from jalon_history.changes",
    ],
)
def test_temporary_types_named_like_ours_run_as_nobody_else_for_a_dba(temporary, connect, spy, query):
    dba = spy.watch(connect("dba"))
    dba.execute(HOSTILE)
    attempt(dba, query, "42P01", "42883")
    spy.only("jalon_dba")
    assert_honest(temporary)


@each(
    "query",
    [
        "select count(*) from jalon_history.orders_timeline",
        "select count(*) from jalon_history.orders_as_of(now(), 1)",
        "select count(*) from jalon_history.changes",
        "select count(*) from jalon_history.current",
        "select count(*) from jalon_history.deletions",
    ],
)
def test_who_reads_and_nothing_else_gets_no_more_by_temporary_types(temporary, connect, spy, query):
    bi = spy.watch(connect("bi"))
    bi.execute(HOSTILE)
    with unchanged(temporary):
        attempt(bi, query, "42883", "42P01")
    spy.only("jalon_bi")


def test_the_relay_gets_no_more_by_temporary_types(temporary, connect, spy):
    relay = spy.watch(connect("relay"))
    relay.execute(HOSTILE)
    with unchanged(temporary):
        for query in ("select jalon.announce()", "select jalon.ensure_partitions()", "select jalon.fan_out(10)"):
            attempt(relay, query, "42883")
    spy.only("jalon_relay")


def test_temporary_types_do_not_reach_the_superuser_by_an_event_trigger(temporary, app, spy):
    spy.watch(app)
    superuser = spy.watch(temporary)
    app.execute(HOSTILE)
    superuser.execute(HOSTILE)  # the worst case: the superuser's own session holds them
    superuser.execute("""create function public.nothing() returns trigger language plpgsql as 'begin return new; end';
        create trigger nothing before update on shop.parcels for each row execute function public.nothing();
        alter table shop.parcels add column more integer; drop trigger nothing on shop.parcels""")
    spy.only("shop_app")


@pytest.mark.parametrize(
    "made",
    [
        "create temp table tracked as select * from (values (1)) v",
        "create temp table shop__orders (id bigint); create temp table orders (id bigint, status text)",
        "create temp table deletion (id bigint); create temp table role_grant (principal text, role text)",
        "create temp view workflow_transition as select 'NEW'::text as from_code, 'SHIPPED'::text as to_code",
        "create temp table pg_class (oid oid, relname name); create temp table pg_trigger (oid oid)",
        "create temp table compiled (id bigint); create temp table rule (id bigint); create temp table secret (s text)",
    ],
)
def test_temporary_relations_named_like_ours_are_not_asked(temporary, app, made):
    app.execute(made)
    refuses(app, "update shop.orders set status = 'SHIPPED' where id = 1", "JL101")
    app.execute("update shop.orders set status = 'PAID' where id = 1")
    assert changes_of_record(temporary, 1) == PAID
    assert_honest(temporary)


OPERATORS = """create schema front; set search_path = front, pg_catalog, public;
    create function front.yes(anyelement, anyelement) returns boolean language plpgsql as $f$ begin {spy} return true;
        end $f$;
    create function front.yes_text(text, text) returns boolean language plpgsql as $f$ begin {spy} return true; end $f$;
    create operator front.= (function = front.yes_text, leftarg = text, rightarg = text);
    create operator front.<> (function = front.yes_text, leftarg = text, rightarg = text);
    create operator front.~ (function = front.yes_text, leftarg = text, rightarg = text);
    create operator front.= (function = front.yes, leftarg = anyelement, rightarg = anyelement);
    create function front.format(text, text) returns text language plpgsql as $f$ begin {spy} return 'x'; end $f$;
    create function front.coalesce(text, text) returns text language plpgsql as $f$ begin {spy} return 'x'; end $f$;
    create function front.now() returns timestamptz language plpgsql as $f$ begin {spy} return 'epoch'; end $f$;
    create function front.clock_timestamp() returns timestamptz language plpgsql as $f$ begin {spy} return 'epoch';
        end $f$;
    create function front.current_setting(text, boolean) returns text language plpgsql as $f$ begin {spy} return 'boss';
        end $f$;
    create function front.pg_has_role(name, text, text) returns boolean language plpgsql as $f$ begin {spy} return true;
        end $f$;
    """


def test_functions_and_operators_that_lie_first_in_the_search_path_are_not_called(temporary, session, spy):
    temporary.execute(f"grant create on database {temporary.info.dbname} to shop_app")
    app = spy.watch(session("shop_app"))
    app.execute(OPERATORS.replace("{spy}", SPY))
    spy.seen.clear()
    app.execute("update shop.orders set note = 'x' where id operator(pg_catalog.=) 1")
    app.execute("update shop.orders set status = 'PAID' where id operator(pg_catalog.=) 1")
    app.execute("insert into shop.orders (id) values (100)")
    refuses(app, "update shop.orders set status = 'SHIPPED' where id operator(pg_catalog.=) 2", "JL101")
    app.execute("delete from shop.orders where id operator(pg_catalog.=) 100")
    assert spy.seen == []
    assert changes_of_record(temporary, 1) == PAID
    assert_honest(temporary)


def test_a_table_tracked_under_a_hostile_search_path_is_compared_by_the_right_operators(temporary, spy):
    temporary.execute(f"grant create on database {temporary.info.dbname} to shop_owner")
    temporary.execute("grant jalon_dba to shop_owner; set session authorization shop_owner")
    spy.watch(temporary).execute(OPERATORS.replace("{spy}", SPY))
    temporary.execute("""create table shop.late (id bigint primary key, status text not null default 'NEW');
        select jalon.track('shop.late', category => 'ORDER_STATUS')""")
    temporary.execute("reset session authorization; revoke jalon_dba from shop_owner; reset search_path")
    spy.seen.clear()
    temporary.execute("insert into shop.late values (1)")
    refuses(temporary, "update shop.late set status = 'SHIPPED'", "JL101")
    temporary.execute("update shop.late set status = 'PAID'")
    assert spy.seen == []
    assert_honest(temporary, "shop.late")


def test_a_temporary_table_cannot_be_tracked_nor_carry_our_trigger_functions(temporary, session):
    owner = session("shop_owner")
    owner.execute(
        "create temp table mine (id bigint primary key, status text, status_version int, status_changed_at timestamptz)"
    )
    before = everything(temporary)
    for place in ("before insert", "after insert", "after update"):
        function = place.replace(" ", "_")
        attempt(
            owner,
            f"""create trigger "~jalon_{function}" {place} on mine for each row
            execute function jalon_generated.shop__orders__{function}();
            insert into mine values (1, 'NEW', 5, now()); update mine set status = 'SHIPPED', status_version = 6""",
        )
    assert everything(temporary) == before


def test_spying_itself_is_noticed(temporary, app, spy):
    """Otherwise the tests above would prove nothing."""
    spy.watch(app).execute(HOSTILE + "select 'x'::pg_temp.text")
    assert spy.seen[-1:] == ["shop_app"]
    assert isinstance(spy, RoleSpy)
