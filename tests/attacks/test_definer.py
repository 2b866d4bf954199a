"""Code of a table's owner, a type's owner or a holder of TRIGGER runs as the writer, never as a role of Jalon."""

import psycopg
import pytest

from tests.attacks.shop import (
    SPY,
    assert_honest,
    attempt,
    authors,
    call,
    changes_of_record,
    everything,
    pay,
    refuses,
    spying,
    status,
    track,
    unchanged,
)

MADE_BY_THE_OWNER = {
    "a trigger before": """create function shop.spy() returns trigger language plpgsql as $spy$ begin {spy} return new;
        end $spy$;
        create trigger aaa before update on shop.orders for each row execute function shop.spy()""",
    "a trigger after": """create function shop.spy() returns trigger language plpgsql as $spy$ begin {spy} return null;
        end $spy$;
        create trigger zzz after update on shop.orders for each row execute function shop.spy()""",
    "a trigger of the statement": """create function shop.spy() returns trigger language plpgsql as $spy$
        begin {spy} return null; end $spy$;
        create trigger zzz after update on shop.orders for each statement execute function shop.spy()""",
    "a deferred trigger": """create function shop.spy() returns trigger language plpgsql as $spy$
        begin {spy} return null; end $spy$;
        create constraint trigger zzz after update on shop.orders deferrable initially deferred
        for each row execute function shop.spy()""",
    "the condition of a trigger": """{function}
        create function shop.nothing() returns trigger language plpgsql as 'begin return new; end';
        create trigger aaa before update on shop.orders for each row when (shop.spy(new.status))
            execute function shop.nothing()""",
    "a check": "{function} alter table shop.orders add constraint c check (shop.spy(status))",
    "an index": "{function} create index on shop.orders (shop.spy(status))",
    "the predicate of an index": "{function} create index on shop.orders (note) where shop.spy(status)",
    "a generated column":
        "{function} alter table shop.orders add column g boolean generated always as "
        "(shop.spy(status)) stored",
    "a rule": """{function} create rule r as on update to shop.orders do also select shop.spy(new.status)""",
    "extended statistics": "{function} create statistics shop.s on (shop.spy(status)), note from shop.orders",
    "a table that refers to it": """{function} create table shop.line (o bigint references shop.orders
        on delete cascade,
        s text check (shop.spy(s)));""",
}  # fmt: skip


def place(owner, what: str) -> None:
    function = spying("shop.spy", "s text", declared="immutable")
    owner.execute(MADE_BY_THE_OWNER[what].replace("{function}", function).replace("{spy}", SPY))


@pytest.fixture(params=MADE_BY_THE_OWNER)
def spy_placed(request, owner, spy):
    place(owner, request.param)
    spy.seen.clear()
    return request.param


@pytest.mark.parametrize("login", ["shop_app", "shop_believed"])
def test_what_an_owner_hangs_on_a_table_runs_as_the_application_that_writes(shop, session, spy, spy_placed, login):
    writer = spy.watch(session(login))
    attempt(writer, "update shop.orders set status = 'PAID' where id = 1")
    attempt(writer, "insert into shop.orders (id) values (100)")
    spy.only(login)
    assert_honest(shop)


def test_what_an_owner_hangs_on_a_table_runs_as_the_powerless_mover_in_the_web_application(
    shop, connect, spy, spy_placed
):
    api = spy.watch(connect("api"))
    pay(api, 1)
    call(api, "record", 1, {"table": "orders"})
    # What runs at commit is run by the session itself on PostgreSQL up to 17; a call within is refused (test_api).
    spy.only("jalon_mover", *(["jalon_api"] if spy_placed == "a deferred trigger" else []))
    assert_honest(shop)


@pytest.mark.parametrize(
    "query",
    [
        "select jalon.move('orders', 1, 'PAID', 'why')",
        "select jalon.move_many('orders', '{1,2}', 'PAID', 'why')",
        "select jalon.force_move('orders', '1', 'SHIPPED', 'why')",
        "select jalon.erase('orders', '1')",
        "select jalon.import_change('orders', '1', 'PAID', now(), 'why')",
        "select count(*) from jalon.explain('orders', 1)",
        "select count(*) from jalon.verify()",
    ],
)
@pytest.mark.parametrize("what", ["a trigger before", "a check", "a rule", "a generated column"])
def test_what_an_owner_hangs_on_a_table_runs_as_the_dba_who_calls(shop, owner, connect, spy, query, what):
    place(owner, what)
    spy.seen.clear()
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('db:jalon_dba', 'admin')")
    before = everything(shop)["jalon_engine.role_grant"]
    dba = spy.watch(connect("dba"))
    attempt(dba, query)
    spy.only("jalon_dba", "jalon_mover")
    assert everything(shop)["jalon_engine.role_grant"] == before
    assert_honest(shop, kinds={"create", "move", "backfill", "force", "import"}) if "force" not in query else None


def test_a_trigger_on_deletion_runs_as_who_deletes(shop, owner, app, connect, spy):
    owner.execute(f"""create function shop.spy() returns trigger language plpgsql as $spy$ begin {SPY} return old;
        end $spy$;
        create trigger aaa before delete on shop.orders for each row execute function shop.spy()""")
    spy.watch(app).execute("delete from shop.orders where id = 1")
    spy.only("shop_app")
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('db:jalon_dba', 'admin')")
    dba = spy.watch(connect("dba"))
    attempt(dba, "select jalon.erase('orders', '2')")
    spy.only("shop_app", "jalon_dba")
    assert_honest(shop)


# Types and what their owner says about them.

CASTS = {
    "text": "with function shop.cast_text(shop.code)",
    "text, on assignment": "with function shop.cast_text(shop.code) as assignment",
    "text, unasked": "with function shop.cast_text(shop.code) as implicit",
    "varchar, unasked": "with function shop.cast_varchar(shop.code) as implicit",
    "json": "with function shop.cast_json(shop.code)",
    "json, unasked": "with function shop.cast_json(shop.code) as implicit",
    "jsonb": "with function shop.cast_jsonb(shop.code) as assignment",
    "bigint": "with function shop.cast_bigint(shop.code) as implicit",
    "bytea": "with function shop.cast_bytea(shop.code) as implicit",
}
COLUMN_TYPES = {
    "an enum": "shop.code",
    "a domain over a domain over text": "shop.over_over_text",
}


def hostile_types() -> str:
    casts = {
        "text": "'SHIPPED'",
        "varchar": "'SHIPPED'",
        "json": "'\"SHIPPED\"'",
        "jsonb": "'\"SHIPPED\"'",
        "bigint": "4",
        "bytea": "'x'",
    }
    functions = "".join(
        spying(f"shop.cast_{name}", "c shop.code", name, answer, "immutable") for name, answer in casts.items()
    )
    return f"""create type shop.code as enum ('NEW', 'PAID', 'PACKED', 'SHIPPED', 'CANCELLED');
        create domain shop.over_code as shop.code; {functions}
        {spying("shop.sees", "t text", declared="immutable")}
        create domain shop.over_text as text check (shop.sees(value));
        create domain shop.over_over_text as shop.over_text check (shop.sees(value));"""


@pytest.mark.parametrize(
    "kind, when, cast",
    [
        *(("an enum", "before tracking", cast) for cast in CASTS),
        *(("an enum", "after tracking", cast) for cast in ("text", "text, unasked", "json", "bigint")),
        ("a domain over a domain over text", "before tracking", "text"),
    ],
)
def test_a_cast_of_a_types_owner_runs_as_nobody_of_ours_and_changes_no_history(
    shop, owner, app, connect, spy, kind, when, cast
):
    create = f"create cast (shop.code as {cast.split(',')[0]}) {CASTS[cast]}"
    owner.execute(hostile_types())
    if when == "before tracking":
        owner.execute(create)
    spy.watch(shop)
    ddl = f"create table shop.typed (id bigint primary key, status {COLUMN_TYPES[kind]} not null default 'NEW')"
    try:
        track(shop, "shop.typed", ddl)
    except psycopg.errors.AmbiguousFunction:
        assert "implicit" in CASTS[cast]
        return
    spy.only("shop_owner", "jalon_mover")
    if when == "after tracking":
        owner.execute(create)
    spy.seen.clear()
    # An implicit cast makes `=` ambiguous: PostgreSQL then refuses what compares, and nothing passes.
    ambiguous = "42725"
    attempt(shop, "insert into shop.typed values (1), (2), (3)", ambiguous)
    attempt(spy.watch(app), "update shop.typed set status = 'PAID' where id = 1", ambiguous)
    refuses(app, "update shop.typed set status = 'SHIPPED' where id = 2", "JL101", ambiguous)
    api = spy.watch(connect("api"))
    attempt(
        api,
        """select jalon_api.run('move_record', '2', '{"table": "typed", "to": "PAID"}', '{"actor": "anna"}')""",
        ambiguous,
    )
    attempt(api, """select jalon_api.run('record', '3', '{"table": "typed"}', '{"actor": "anna"}')""", ambiguous)
    attempt(shop, "update shop.typed set status = 'PAID' where id = 3", ambiguous)
    spy.only("shop_app", "jalon_mover", shop.info.user)
    for key in (1, 3) if "implicit" not in CASTS[cast] else ():
        assert [row[1:3] for row in changes_of_record(shop, key, "shop.typed")] == [(None, "NEW"), ("NEW", "PAID")]
    assert_honest(shop, "shop.typed")


def test_a_status_of_a_domain_over_an_enum_is_refused_in_a_sentence(shop, owner):
    """PostgreSQL can't compare it in the condition of a trigger."""
    owner.execute(hostile_types())
    owner.execute("create table shop.typed (id bigint primary key, status shop.over_code not null default 'NEW')")
    refused = refuses(shop, "select jalon.track('shop.typed', category => 'ORDER_STATUS')", "JL504")
    assert "status is of type shop.over_code" in str(refused)


@pytest.mark.parametrize(
    "column",
    [
        "tags shop.code[] default '{NEW}'",
        "pair shop.pair default row('NEW', 'PAID')",
        "pairs shop.pair[] default array[row('NEW', 'PAID')]::shop.pair[]",
        "odd shop.code default 'NEW'",
        "span shop.span default '[NEW,PAID]'",
    ],
)
@pytest.mark.parametrize("cast", ["json", "jsonb", "text, unasked"])
def test_a_cast_hidden_in_an_array_a_composite_or_a_range_runs_as_nobody_of_ours(
    shop, owner, app, connect, spy, column, cast
):
    owner.execute(hostile_types() + f"create cast (shop.code as {cast.split(',')[0]}) {CASTS[cast]};")
    owner.execute(
        "create type shop.pair as (a shop.code, b shop.code); create type shop.span as range (subtype = shop.code)"
    )
    owner.execute(f"alter table shop.orders add column {column}")
    shop.execute("""create schema guards; create function guards.fine(old jsonb, new jsonb, context jsonb) returns text
        language sql stable security definer set search_path = pg_catalog, pg_temp as $$ select null::text $$;
        revoke execute on function guards.fine(jsonb, jsonb, jsonb) from public""")
    attempt(shop, "select jalon.register_guard('fine', 'guards.fine', 'always')")
    spy.watch(app).execute("update shop.orders set status = 'PAID' where id = 1")
    api = spy.watch(connect("api"))
    pay(api, 2)
    for function in ("record", "record_moves", "record_history"):
        attempt(api, f"""select jalon_api.run('{function}', '3', '{{"table": "orders"}}', '{{"actor": "anna"}}')""")
    spy.only("shop_app", "jalon_mover")
    assert_honest(shop)


def test_a_row_that_a_guard_is_shown_is_made_without_the_casts_of_strangers(shop, owner, app, connect, spy):
    owner.execute(
        hostile_types()
        + f"create cast (shop.code as json) {CASTS['json']}; alter table shop.orders add odd shop.code default 'NEW'"
    )
    shop.execute("""create schema guards; create role guards_owner;
        grant usage, create on schema guards to guards_owner; grant usage on schema guards to jalon_owner,
        jalon_historian;
        create function guards.fine(old jsonb, new jsonb, context jsonb) returns text language sql stable
        security definer set search_path = pg_catalog, pg_temp as $$ select null::text $$;
        revoke execute on function guards.fine(jsonb, jsonb, jsonb) from public;
        grant execute on function guards.fine(jsonb, jsonb, jsonb) to jalon_owner, jalon_historian;
        alter function guards.fine(jsonb, jsonb, jsonb) owner to guards_owner; revoke create on schema guards
            from guards_owner""")
    try:
        shop.execute("select jalon.register_guard('fine', 'guards.fine', 'always')")
        shop.execute("""alter table jalon_engine.workflow_transition disable trigger user;
            update jalon_engine.workflow_transition set guard = 'fine' where to_code = 'PAID';
            alter table jalon_engine.workflow_transition enable trigger user;
                select jalon_engine.compile_rules('ORDER_STATUS')""")
        attempt(spy.watch(app), "update shop.orders set status = 'PAID' where id = 1")
        attempt(
            spy.watch(connect("api")),
            """select jalon_api.run('move_record', '2', '{"table": "orders", "to": "PAID"}', '{"actor": "anna"}')""",
        )
        spy.only("shop_app", "jalon_mover")
        assert_honest(shop)
    finally:
        shop.execute("drop owned by guards_owner; drop role guards_owner")


# Partition keys and indexes are computed by the writer.


def test_the_function_of_a_partition_key_runs_as_who_writes(shop, owner, app, connect, spy):
    owner.execute(spying("shop.part", "t text", "text", "'a'", "immutable"))
    spy.watch(shop)
    track(
        shop,
        "shop.split",
        """create table shop.split (id bigint not null, region text, status text not null default 'NEW') partition by
        list (shop.part(region));
        create table shop.split_a partition of shop.split default""",
        "category => 'ORDER_STATUS', key_column => 'id'",
    )
    spy.only("shop_owner")
    spy.watch(app).execute("insert into shop.split values (1, 'x'), (2, 'x')")
    app.execute("update shop.split set status = 'PAID' where id = 1")
    attempt(
        spy.watch(connect("api")),
        """select jalon_api.run('move_record', '2', '{"table": "split", "to": "PAID"}', '{"actor": "anna"}')""",
    )
    spy.only("shop_owner", "shop_app", "jalon_mover")
    assert_honest(shop, "shop.split")


# Guards, resolvers, checks: registered from where nobody else writes, run as their owner.

GUARD = "(old jsonb, new jsonb, context jsonb) returns text language plpgsql stable"
SAFE = "security definer set search_path = pg_catalog, pg_temp"


@pytest.mark.parametrize(
    "made",
    [
        f"create function pg_temp.g {GUARD} {SAFE} as 'begin return null; end'",
        f"create function safe.g {GUARD} as 'begin return null; end'",
        f"create function safe.g {GUARD} {SAFE} as 'begin return null; end'; "
        f"grant execute on function safe.g to public",
        f"create function safe.g {GUARD} {SAFE} as 'begin return null; end'; "
        f"alter function safe.g owner to jalon_owner",
        f"create function safe.g {GUARD} {SAFE} as 'begin return null; end'; "
        f"alter function safe.g owner to jalon_historian",
        f"create function open.g {GUARD} {SAFE} as 'begin return null; end'",
    ],
)
def test_a_guard_that_others_could_use_or_change_is_not_registered(shop, connect, made):
    shop.execute("create schema safe; create schema open; grant create, usage on schema open to public")
    function = "pg_temp.g" if "pg_temp.g" in made else "open.g" if "open.g" in made else "safe.g"
    if "to public" not in made:
        made += f"; revoke execute on function {function} from public"
    shop.execute(made)
    with unchanged(shop):
        refuses(shop, f"select jalon.register_guard('g', '{function}', 'a guard')")
        dba = connect("dba")
        if function == "pg_temp.g":
            dba.execute(made)
        refuses(dba, f"select jalon.register_guard('g', '{function}', 'a guard')")


def test_a_dba_does_not_become_the_owner_of_history_by_a_guard(shop, connect, spy):
    dba = spy.watch(connect("dba"))
    shop.execute(f"grant temporary on database {shop.info.dbname} to public")
    dba.execute(f"create function pg_temp.g {GUARD} as $spy$ begin {SPY} return null; end $spy$")
    refuses(dba, "select jalon.register_guard('g', 'pg_temp.g', 'x')")
    dba.execute(spying("pg_temp.r", "o jsonb, a text", "text[]", "'{shipper}'"))
    refuses(dba, "select jalon.track('shop.orders', category => 'ORDER_STATUS', resolver => 'pg_temp.r')")
    dba.execute(
        spying("pg_temp.k", "a text, b text, c integer", "setof jalon_engine.finding", "").replace(
            "return ;", "return;"
        )
    )
    refuses(dba, "select jalon.register_check('k', 'pg_temp.k', 'x')")
    spy.only("jalon_dba")
    assert_honest(shop)


@pytest.mark.parametrize(
    "later",
    [
        "alter function safe.g security invoker",
        "grant execute on function safe.g to public",
        "alter function safe.g owner to jalon_owner",
        "grant create on schema safe to public",
        "drop function safe.g",
        "alter function safe.g reset all",
    ],
)
def test_a_guard_that_became_unsafe_after_it_was_registered_is_not_called(shop, app, spy, later):
    shop.execute(f"""create schema safe; create function safe.g {GUARD} {SAFE} as $spy$ begin {SPY} return null;
        end $spy$;
        revoke execute on function safe.g from public;
        do $$ begin if to_regrole('shop_guard') is null then create role shop_guard; end if; end $$;
        grant usage on schema safe to jalon_historian, jalon_owner, shop_guard;
        grant create on schema safe to shop_guard; alter function safe.g owner to shop_guard;
            revoke create on schema safe from shop_guard;
        grant execute on function safe.g to jalon_historian, jalon_owner""")
    shop.execute("""select jalon.register_guard('g', 'safe.g', 'a guard');
        alter table jalon_engine.workflow_transition disable trigger user;
        update jalon_engine.workflow_transition set guard = 'g' where to_code = 'PAID';
        alter table jalon_engine.workflow_transition enable trigger user;
            select jalon_engine.compile_rules('ORDER_STATUS')""")
    shop.execute(later)
    spy.watch(app)
    attempt(app, "update shop.orders set status = 'PAID' where id = 1")
    spy.only("shop_guard")
    if "reset all" not in later:
        assert status(shop, 1) == "NEW"
    assert_honest(shop)


def test_a_resolver_runs_as_its_owner_and_gives_roles_to_nobody_else(shop, app):
    assert attempt(app, "update shop.orders set status = 'PACKED' where id = 11") is None
    shop.execute(
        """create schema safe; create function safe.r(o jsonb, a text) returns text[] language sql stable as $$
            select '{shipper}'::text[] $$"""
    )
    refuses(shop, "select jalon.track('shop.orders', category => 'ORDER_STATUS', resolver => 'safe.r')")
    refuses(app, "update shop.orders set status = 'SHIPPED' where id = 11", "JL202")
    assert authors(shop, 11)[-1] == "db:shop_app"
