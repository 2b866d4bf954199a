"""Reading a table runs its owner's code (casts, policies, views). No role that owns rules or history reads one."""

import psycopg
import pytest

from tests.attacks.shop import Connection, RoleSpy, assert_honest, attempt, disable_event_trigger, spying

TABLE = {"orders": "shop.orders", "regional": "shop.regional"}
CALLS = [
    ("records", None, "orders"),
    ("record", 1, "orders"),
    ("record_moves", 1, "orders"),
    ("record_history", 1, "orders"),
    ("installation", None, None),
    ("count_recap", None, None),
    ("health", None, None),
    ("verify", None, None),
    ("workflow_graph", None, "orders"),
]
DBA = [
    "select count(*) from jalon.verify()",
    "select count(*) from jalon.tracked",
    "select * from jalon.explain_many('orders', '{1}'::text[])",
    "select * from jalon.explain_many('regional', '{1}'::text[])",
    "select jalon.workflow_dot('ORDER_STATUS', tracked => 'orders', id => '1', actor => 'anna')",
    "select jalon.retrack_all()",
    "select jalon.ensure_partitions()",
    "select count(*) from jalon_history.orders_as_of()",
    "select count(*) from jalon_history.regional_as_of(now(), '1')",
    "select count(*) from jalon_history.current",
    "select count(*) from jalon_history.changes",
    "select count(*) from jalon_history.counts_at(now())",
    "select jalon.drop_code('ORDER_STATUS', 'CANCELLED')",
    "select jalon.deactivate('ORDER_STATUS', 'CANCELLED')",
    "select jalon.retire('ORDER_STATUS', dry_run => true)",
    "select jalon.draft('ORDER_STATUS'); select jalon.drop_transition('ORDER_STATUS', 'NEW', 'CANCELLED'); "
    "select jalon.publish('ORDER_STATUS', dry_run => true); select jalon.publish('ORDER_STATUS')",
    "select jalon.move('orders', 1, 'PAID', expected_version => 9)",
    "select jalon.erase('orders', '20')",
    "select jalon.run_maintenance()",
]


def read_everything(shop: Connection, connect, spy: RoleSpy, table: str = "orders") -> None:
    """By every way that Jalon offers; what fails, fails, as long as nobody's code runs as one of ours."""
    for role, queries in (
        (
            "api",
            [
                f"select jalon_api.run('{function}', {'null' if key is None else repr(str(key))}, "
                f"""'{{"table": "{table}", "category": "ORDER_STATUS", "tracked": "{table}", "id": "1"}}', """
                """'{"actor": "anna", "roles": ["admin"]}')"""
                for function, key, _ in CALLS
            ]
            + [
                f"""select jalon_api.run('records', '{table}', '{{}}', '{{"actor": "anna", "roles": ["admin"]}}')""",
                f"""select jalon_api.run('tracked_table', '{table}', '{{}}',
                    '{{"actor": "anna", "roles": ["admin"]}}')""",
                f"""select jalon_api.run('record', '1', '{{"table": "{table}", "at": "2099-01-01"}}',
                    '{{"actor": "anna", "roles": ["admin"]}}')""",
            ],
        ),
        ("dba", [query.replace("'orders'", f"'{table}'") for query in DBA]),
        ("bi", [query for query in DBA if "jalon_history" in query]),
    ):
        reader = spy.watch(connect(role))
        for query in queries:
            try:
                reader.execute(query)
            except psycopg.Error:
                reader.rollback()
    spy.only("jalon_mover", "jalon_api", "jalon_dba", "jalon_bi")
    assert_honest(shop, "shop.parcels")


@pytest.mark.parametrize("table", ["orders", "regional"])
@pytest.mark.parametrize("kind", ["json", "jsonb", "text"])
def test_a_cast_of_a_column_that_nobody_tracks_runs_as_nobody_of_ours_whoever_reads(
    shop, owner, connect, spy, table, kind
):
    owner.execute(
        "create type shop.odd as enum ('x'); "
        + spying("shop.odd_cast", "o shop.odd", kind, "'\"x\"'", "immutable")
        + f"create cast (shop.odd as {kind}) with function shop.odd_cast(shop.odd) as implicit;"
        + f"alter table shop.{table} add column odd shop.odd default 'x', add column odds shop.odd[] default '{{x}}'"
    )
    read_everything(shop, connect, spy, table)


COMPUTED = {
    "the predicate of an index": "create index on {0} (note) where shop.spy('x')",
    "an expression of an index": "create index on {0} ((shop.spy('x') and note is null))",
    "statistics": "create statistics shop.s on (shop.spy('x') or note is null), status from {0}",
    "a check": "alter table {0} add constraint c check (shop.spy('x') or note is null)",
    "a generated column": "alter table {0} add column g boolean generated always as (shop.spy('x')) stored",
    "a default": "alter table {0} add column g boolean default shop.spy('x')",
}


@pytest.mark.parametrize("table", ["orders", "regional", "regional_us"])
@pytest.mark.parametrize("what", COMPUTED)
def test_what_the_planner_computes_beforehand_runs_as_nobody_of_ours(shop, owner, connect, spy, table, what):
    owner.execute(spying("shop.spy", "t text", declared="immutable"))
    try:
        owner.execute(COMPUTED[what].format(f"shop.{table}"))
    except (psycopg.errors.WrongObjectType, psycopg.errors.InvalidTableDefinition):
        pytest.skip("PostgreSQL has none such here")
    read_everything(shop, connect, spy, table.removesuffix("_us"))


def test_the_expression_of_a_partition_key_runs_as_nobody_of_ours_whoever_reads(shop, owner, connect, spy):
    owner.execute(
        spying("shop.spy", "t text", declared="immutable")
        + """create table shop.split (id bigint not null, status text not null default 'NEW', note text)
            partition by list ((shop.spy('x') and id > 0));
        create table shop.split_rest partition of shop.split default; grant select, insert on shop.split to shop_app"""
    )
    shop.execute("grant jalon_dba to shop_owner")
    try:
        spy.watch(owner).execute("select jalon.track('shop.split', category => 'ORDER_STATUS', key_column => 'id')")
    finally:
        shop.execute("revoke jalon_dba from shop_owner")
    spy.only("shop_owner", "jalon_mover")
    spy.seen.clear()
    shop.execute("insert into shop.split values (1)")
    read_everything(shop, connect, spy, "split")


@pytest.mark.parametrize("what", [*COMPUTED, "a policy"])
def test_tracking_a_table_runs_its_owners_code_as_nobody_of_ours(shop, owner, spy, what):
    owner.execute(spying("shop.spy", "t text", declared="immutable"))
    owner.execute(
        "create table shop.t (id bigint primary key, status text not null default 'NEW', note text); "
        "insert into shop.t values (1)"
    )
    owner.execute(
        COMPUTED[what].format("shop.t")
        if what in COMPUTED
        else "create policy p on shop.t using (shop.spy(status)); alter table shop.t enable row level security"
    )
    shop.execute("grant jalon_dba to shop_owner")
    try:
        sqlstate = attempt(spy.watch(owner), "select jalon.track('shop.t', category => 'ORDER_STATUS')")
    finally:
        shop.execute("revoke jalon_dba from shop_owner")
    assert (sqlstate is None) == (what != "a policy")
    spy.only("shop_owner", "jalon_mover")
    assert_honest(shop)


@pytest.mark.parametrize("when", ["orders", "regional_us", "regional"])
def test_a_policy_that_comes_later_runs_as_nobody_of_ours(shop, owner, connect, spy, when):
    owner.execute(
        spying("shop.spy", "t text", declared="immutable")
        + f"create policy p on shop.{when} using (shop.spy(status) or shop.spy('x')); "
        f"alter table shop.{when} enable row level security"
    )
    read_everything(shop, connect, spy, when.removesuffix("_us"))
    assert shop.execute("select count(*) from jalon.verify()").fetchone() != (0,) or when == "regional_us"


@pytest.mark.parametrize(
    "made", ["a view", "a materialized view", "a table with a rule", "a table of other types", "a table that inherits"]
)
def test_what_takes_the_place_of_a_tracked_table_runs_as_nobody_of_ours(shop, owner, connect, spy, made):
    owner.execute(spying("shop.spy", "t text", declared="immutable") + "create type shop.odd as enum ('NEW', 'PAID');"
                  + spying("shop.odd_cast", "o shop.odd", "text", "'NEW'", "immutable")
                  + "create cast (shop.odd as text) with function shop.odd_cast(shop.odd) as implicit")  # fmt: skip
    rows = (
        "select 1::bigint as id, 'NEW' as status, null::text as note, 1 as status_version, now() as status_changed_at"
    )
    disable_event_trigger(shop)
    owner.execute("drop table shop.orders cascade")
    owner.execute(
        {
            "a view": f"create view shop.orders as select o.* from ({rows}) o where shop.spy(status) or shop.spy('x')",
            "a materialized view": f"create materialized view shop.orders as {rows}; "
            f"create index on shop.orders (note) where shop.spy('x')",
            "a table with a rule": f"create view shop.orders as {rows} where shop.spy('x')",
            "a table of other types": "create table shop.orders (id bigint, status shop.odd, note text, "
            "status_version integer, status_changed_at timestamptz); "
            "insert into shop.orders values (1, 'NEW', null, 1, now())",
            "a table that inherits": f"create table shop.base as {rows}; "
            f"create table shop.orders () inherits (shop.base); "
            "alter table shop.orders add check (shop.spy('x') or note is null); "
            "insert into shop.orders select * from shop.base",
        }[made]
    )
    owner.execute("grant all on shop.orders to public")
    spy.seen.clear()
    read_everything(shop, connect, spy)
    assert shop.execute("select count(*) from jalon.verify()").fetchone() != (0,)


# Columns that the triggers read and write, whose type the owner changes once the functions are made.

RETYPED = {
    "the version": "alter column status_version type shop.evil_number",
    "the time": "alter column status_changed_at type shop.evil_time",
    "the status, to a domain": "alter column status type shop.evil_text",
    "the status, to an enum": "alter column status drop default, alter column status type shop.evil_code "
    "using status::shop.evil_code",
    "the key": "alter column id type shop.evil_key",
    "the name of who changed": "alter column edited_by type shop.evil_text",
    "a relation": "alter column seller type shop.evil_code using 'NEW'::shop.evil_code",
    "a relation, to a domain": "alter column seller type shop.evil_text",
}


@pytest.mark.parametrize("what", RETYPED)
def test_a_column_that_gets_a_hostile_type_once_the_functions_are_made_runs_as_nobody_of_ours(
    shop, owner, app, connect, spy, what
):
    owner.execute(
        "create table shop.t (id bigint primary key, status text not null default 'NEW', note text, edited_by text, "
        "seller text)"
    )
    shop.execute("grant jalon_dba to shop_owner")
    try:
        owner.execute("""select jalon.track('shop.t', category => 'ORDER_STATUS', changed_by_column => 'edited_by',
            relations => '{"shipper": "seller"}')""")
    finally:
        shop.execute("revoke jalon_dba from shop_owner")
    owner.execute(
        "grant all on shop.t to shop_app; insert into shop.t (id, seller) values (1, 'x'), (2, 'x'), (3, 'x')"
    )
    triggers = owner.execute(
        "select tgname, pg_get_triggerdef(oid) from pg_trigger where tgrelid = 'shop.t'::regclass and not tgisinternal"
    ).fetchall()
    owner.execute(
        spying("shop.text_evil", "t text", declared="immutable")
        + spying("shop.number_evil", "n integer", declared="immutable")
        + spying("shop.key_evil", "n bigint", declared="immutable")
        + spying("shop.time_evil", "n timestamptz", declared="immutable")
        + """create domain shop.evil_text as text check (shop.text_evil(value));
        create domain shop.evil_number as integer check (shop.number_evil(value));
        create domain shop.evil_key as bigint check (shop.key_evil(value));
        create domain shop.evil_time as timestamptz check (shop.time_evil(value));
        create type shop.evil_code as enum ('NEW', 'PAID', 'PACKED', 'SHIPPED', 'CANCELLED');"""
        + spying("shop.code_evil", "c shop.evil_code", "text", "'SHIPPED'", "immutable")
        + "create cast (shop.evil_code as text) with function shop.code_evil(shop.evil_code) as implicit"
    )
    for name, _ in triggers:
        owner.execute(f'drop trigger "{name}" on shop.t')
    owner.execute(f"alter table shop.t {RETYPED[what]}")
    for _, definition in triggers:
        try:
            owner.execute(definition)
        except psycopg.Error:
            owner.execute(
                definition.split(" WHEN ")[0] + " EXECUTE " + definition.split(" EXECUTE ")[1]
            )  # the types lack an operator
    spy.seen.clear()
    for writer in (app, owner):
        spy.watch(writer)
        for statement in (
            "insert into shop.t (id, seller) values (9, 'NEW')",
            "update shop.t set status = 'PAID' where id in (1, 2)",
            "update shop.t set status = 'SHIPPED' where id = 3",
            "update shop.t set seller = 'PAID', note = 'x' where id = 3",
            "delete from shop.t where id = 2",
        ):
            try:
                writer.execute(statement)
            except psycopg.Error:
                writer.rollback()
    spy.only("shop_app", "shop_owner")
    spy.seen.clear()
    read_everything(shop, connect, spy, "t")
    assert_honest(shop)


# Deferred triggers of strangers, and the roles that make them fire.


@pytest.mark.parametrize("dry", ["true", "false"])
@pytest.mark.parametrize("function", ["move_record", "move_records"])
def test_a_deferred_trigger_that_a_function_of_ours_lets_fire_runs_as_nobody_of_ours(
    shop, owner, connect, spy, dry, function
):
    owner.execute(
        spying("shop.late", "", "trigger", "null")
        + """create constraint trigger late after update on shop.orders deferrable initially deferred
            for each row execute function shop.late()"""
    )
    api = spy.watch(connect("api"))
    key = "'1'" if function == "move_record" else "'orders'"
    for caller in (
        f'{{"actor": "anna", "dryRun": {dry}}}',
        f'{{"actor": "anna", "dryRun": {dry}, "idempotencyKey": "k"}}',
    ):
        try:
            api.execute(
                f"""select jalon_api.run('{function}', {key},
                    '{{"table": "orders", "to": "PAID", "ids": ["1", "2"], "mode": "each"}}', '{caller}')"""
            )
        except psycopg.Error:
            api.rollback()
    dba = spy.watch(connect("dba"))
    dba.execute("select jalon.move_many('orders', '{3,4}', 'PAID', mode => 'each', dry_run => true)")
    assert spy.seen != []
    spy.only("jalon_mover", "jalon_api", "jalon_dba")
    assert_honest(shop)


# What a stranger's code learns while it runs in a call.

LEARN = """raise notice 'spy: %', (select jsonb_object_agg(s.name, pg_catalog.current_setting(s.name, true))
    from (values
    ('jalon.actor'), ('jalon.roles'), ('jalon.reason'), ('jalon.marks'), ('jalon.role_sources'),
        ('jalon.seal')) s (name));"""


def add_learning_trigger(owner: Connection, then: str = "") -> None:
    owner.execute(f"""create or replace function shop.learn() returns trigger language plpgsql as $$
        begin {LEARN} {then} return null; end $$;
        create or replace trigger learn after update on shop.orders for each row execute function shop.learn()""")


def forget(connection: Connection, learned: str) -> str:
    """SQL that says again what was learned."""
    import json

    return "".join(
        f"select set_config('{name}', '{value}', {{local}});"
        for name, value in json.loads(learned).items()
        if value is not None
    )


@pytest.mark.parametrize("fails", ["", "raise exception 'no';"])
@pytest.mark.parametrize(
    "then", ["in a transaction of its own", "after another call of somebody else", "in a call of somebody else"]
)
def test_the_seal_of_a_call_is_worth_nothing_once_it_ended_however_it_ended(shop, owner, connect, spy, fails, then):
    shop.execute(
        "grant usage on schema shop to jalon_api; grant select, update on shop.parcels, shop.orders to jalon_api"
    )
    add_learning_trigger(owner, fails)
    api = spy.watch(connect("api"))
    move = """select jalon_api.run('move_record', '{}', '{{"table": "orders", "to": "PAID"}}',
        '{{"actor": "{}", "roles": ["shipper"]}}')"""
    try:
        api.execute(move.format(1, "boss"))
    except psycopg.Error:
        api.rollback()
    (learned,) = spy.seen
    owner.execute("drop trigger learn on shop.orders")
    again = forget(api, learned).format(local="true")
    forging = f"{again} update shop.parcels set status = 'PAID' where id = 1;"
    if then == "in a call of somebody else":
        shop.execute("grant select, update on shop.parcels to jalon_mover")
        owner.execute(f"""create function shop.forge() returns trigger language plpgsql as $$ begin
                {forging.replace("select set_config", "perform set_config")} return null; end $$;
            create trigger forge after update on shop.orders for each row execute function shop.forge()""")
        forging = move.format(2, "carl")
    elif then == "after another call of somebody else":
        api.execute(move.format(2, "carl"))
    try:
        api.execute(f"begin; {forging} commit" if "jalon_api.run" not in forging else forging)
    except psycopg.Error:
        api.rollback()
    assert shop.execute("select count(*) from jalon_history.shop__parcels where changed_by = 'boss'").fetchone() == (0,)
    assert_honest(shop, "shop.parcels")


@pytest.mark.parametrize(
    "entered", ["jalon.act_as('boss', '{shipper}', 'why')", "jalon.acting('boss', '{shipper}', 'why')"]
)
@pytest.mark.parametrize("ended", ["act_as(null)", "the end of the transaction"])
def test_the_seal_of_a_dba_is_worth_nothing_once_they_ended_it(shop, owner, connect, spy, entered, ended):
    add_learning_trigger(owner)
    dba = spy.watch(connect("dba"))
    dba.execute(f"begin; select {entered}; update shop.orders set status = 'PAID' where id = 1; commit")
    if "act_as" in entered:
        dba.execute("select jalon.act_as(null)")
    (learned,) = spy.seen
    owner.execute("drop trigger learn on shop.orders")
    try:
        dba.execute(
            f"begin; {forget(dba, learned).format(local='true')} update shop.orders set status = 'PAID' "
            f"where id = 2; commit"
        )
    except psycopg.Error:
        dba.rollback()
    assert shop.execute(
        "select count(*) from jalon_history.shop__orders where orders_id = 2 and changed_by = 'boss'"
    ).fetchone() == (0,)
    assert_honest(shop)


def test_no_function_of_the_web_application_answers_once_the_transaction_has_written(shop, connect):
    """On PostgreSQL up to 17 a stranger's deferred trigger runs at commit as the web application's own login."""
    functions = shop.execute(
        """select proname, split_part(oid::regprocedure::text, '(', 1), has_function_privilege('jalon_api', oid,
        'execute'),
            array_to_string(array(select format('null::%s', a::regtype) from unnest(proargtypes) a), ', ')
        from pg_proc where pronamespace = 'jalon_api'::regnamespace order by 1"""
    ).fetchall()
    open_functions = {name for name, _, is_open, _ in functions if is_open}
    assert open_functions == {"run", "run_after", "run_batch"}
    data = '{"table": "orders", "tracked": "orders", "category": "ORDER_STATUS", "limit": 5}'
    callers = ["{}", '{"actor": "boss", "roles": ["admin"]}', '{"actor": "anna", "roles": ["admin"]}']
    api = connect("api")
    api.execute("begin")
    api.execute(
        """select jalon_api.run('move_record', '1', '{"table": "orders", "to": "PAID"}', '{"actor": "anna"}')"""
    )
    api.execute("savepoint s")
    answered, asked = [], 0
    for name, function, is_open, nulls in functions:
        calls = {f"select {function}({nulls})": "JL206" if is_open else "42501"}
        for caller in callers:
            calls[f"select jalon_api.run('{name}', '1', '{data}', '{caller}')"] = "JL206"
            calls[f"""select jalon_api.run_batch('{name}', '[["1", {data}, {caller}]]')"""] = "JL206"
        for statement, sqlstate in calls.items():
            asked += 1
            try:
                api.execute(statement)
                answered.append(statement)
            except psycopg.Error as error:
                if error.sqlstate != sqlstate:
                    answered.append(f"{statement}: {error.sqlstate}")
            api.execute("rollback to s")
    assert answered == []
    assert asked > 100 * 7
