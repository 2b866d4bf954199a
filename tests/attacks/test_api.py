"""The web application's login acts for a named person, for one transaction; strangers' code in a call gains nothing."""

import json

import psycopg
import pytest

from tests.attacks.shop import (
    assert_honest,
    attempt,
    authors,
    call,
    changes_of_record,
    each,
    pay,
    refuses,
    status,
    track,
    unchanged,
)

ORDER_2 = (
    """'move_record', '2', '{"table": "orders", "to": "PAID"}', '{"actor": "boss", "roles": ["admin", "shipper"]}'"""
)
RUNS = {
    "run": f"perform jalon_api.run({ORDER_2})",
    "the function itself": f"""perform jalon_api.move_record({ORDER_2.removeprefix("'move_record', ")})""",
    "acting": "perform jalon.acting('boss', '{admin,shipper}', 'x')",
    "act_as": "perform jalon.act_as('boss', '{admin,shipper}', 'x')",
    "move": "perform jalon.move('orders', 2, 'PAID')",
    "settings": """perform set_config('jalon.actor', 'boss', true), set_config('jalon.roles', 'admin,shipper', true),
        set_config('jalon.reason', 'x', true), set_config('jalon.more', '{"kind": "force"}', true)""",
    "session settings": """perform set_config('jalon.actor', 'boss', false),
        set_config('jalon.roles', 'admin,shipper', false)""",
    "the api role": "perform set_config('role', 'jalon_api', true)",
    "no role": "perform set_config('role', 'none', true)",
    "the owner": "perform set_config('role', 'jalon_owner', true)",
}
WHEN = {
    "before": ("trigger aaa before", ""),
    "after": ("trigger zzz after", ""),
    "at commit": ("constraint trigger zzz after", "deferrable initially deferred"),
}


@pytest.fixture
def api(connect):
    return connect("api")


def add_trigger(owner, body: str, when: str = "after", table: str = "shop.orders") -> None:
    """On the owner's table: what moves a record to PAID runs this as well."""
    kind, deferred = WHEN[when]
    owner.execute(f"""create or replace function shop.hostile() returns trigger language plpgsql as $$ begin
            if new.status = 'PAID' and new.note is distinct from 'done' then {body}; end if; return new; end $$;
        create {kind} update on {table} {deferred} for each row execute function shop.hostile()""")


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("what", RUNS)
def test_code_of_a_tables_owner_inside_a_call_enters_as_nobody(shop, owner, api, what, when):
    add_trigger(
        owner, f"{RUNS[what]}; update shop.orders set status = 'SHIPPED' where id = 2 and status = 'PACKED'", when
    )
    shop.execute(
        "update shop.orders set status = 'PACKED' where id = 12; update shop.orders set note = 'done' where id = 12"
    )
    attempt(
        api,
        """select jalon_api.run('move_record', '1', '{"table": "orders", "to": "PAID"}', '{"actor": "anna"}')""",
        "3F000",
    )
    assert "boss" not in authors(shop, 1) + authors(shop, 2)
    assert status(shop, 2) in ("NEW", "PAID")
    assert_honest(shop)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("what", ["settings", "session settings", "the api role", "no role"])
def test_what_strangers_code_writes_after_it_named_another_is_not_written_by_them(shop, owner, api, what, when):
    """It may write as part of the call, in the caller's name; or it is refused."""
    add_trigger(owner, f"{RUNS[what]}; update shop.parcels set status = 'PAID' where id = 2", when)
    shop.execute("grant update, select on shop.parcels to jalon_mover")
    attempt(
        api, """select jalon_api.run('move_record', '1', '{"table": "orders", "to": "PAID"}', '{"actor": "anna"}')"""
    )
    assert "boss" not in authors(shop, 2, "shop.parcels")
    for table in ("shop.orders", "shop.parcels"):
        assert_honest(shop, table)


@pytest.mark.parametrize("when", WHEN)
def test_the_powers_of_the_caller_are_not_lent_to_a_call_within(shop, owner, api, when):
    """Only shippers may ship: anna's call may, but a stranger's trigger in bob's call may not in her name."""
    shop.execute("update shop.orders set status = 'PACKED' where id = 11")
    add_trigger(
        owner,
        """perform jalon_api.run('move_record', '11', '{"table": "orders", "to": "SHIPPED"}',
        '{"actor": "anna", "roles": ["shipper"]}')""",
        when,
    )
    attempt(
        api, """select jalon_api.run('move_record', '1', '{"table": "orders", "to": "PAID"}', '{"actor": "bob"}')"""
    )
    assert status(shop, 11) == "PACKED"
    assert_honest(shop)


KEPT = """perform set_config('kept.all',
    (select jsonb_object_agg(s.name, pg_catalog.current_setting(s.name, true))::text
    from (values ('jalon.actor'), ('jalon.roles'), ('jalon.reason'), ('jalon.more'), ('jalon.seal'), ('jalon.meta'),
        ('jalon.context'), ('jalon.kind'), ('jalon.language'), ('jalon.entered'), ('jalon.call')) s (name)), false)"""
REPLAYED = """select count(set_config(e.key, coalesce(e.value, ''), {local}))
    from jsonb_each_text(current_setting('kept.all')::jsonb) e"""


def seal_of(db) -> list[str]:
    """Every setting of ours that functions of ours name, whatever they are called."""
    return [
        row[0]
        for row in db.execute(
            r"""select distinct m[1] from pg_proc p, regexp_matches(p.prosrc, '''(jalon\.[a-z_]+)''', 'g') m
            where p.pronamespace in ('jalon_engine'::regnamespace, 'jalon'::regnamespace,
                'jalon_generated'::regnamespace) order by 1"""
        )
    ]


def copy_settings(db) -> str:
    names = ", ".join(f"('{name}')" for name in seal_of(db))
    return KEPT[: KEPT.index("(values")] + f"(values {names}) s (name)), false)"


@pytest.mark.parametrize("local", ["true", "false"])
def test_the_seal_of_an_earlier_call_does_not_count_later(shop, owner, api, local):
    add_trigger(owner, copy_settings(shop))
    pay(api, 1, "boss", "shipper")
    assert json.loads(api.execute("select current_setting('kept.all')").fetchone()[0])
    shop.execute("grant usage on schema shop to jalon_api; grant select, update on shop.parcels to jalon_api")
    attempt(api, f"begin; {REPLAYED.format(local=local)}; update shop.parcels set status = 'PAID' where id = 1; commit")
    assert "boss" not in authors(shop, 1, "shop.parcels")
    assert_honest(shop, "shop.parcels")


@pytest.mark.parametrize("login", ["shop_app", "shop_believed", "jalon_api", "jalon_dba"])
def test_the_seal_of_one_session_is_worth_nothing_in_another(shop, session, login):
    shop.execute(
        "grant usage on schema shop to jalon_api, jalon_dba; grant select, update on shop.orders to jalon_api, "
        "jalon_dba"
    )
    first, second = session("shop_believed"), session(login)
    names = seal_of(shop)
    first.execute("begin; select jalon.acting('boss', '{shipper}', 'x')")
    kept = [(name, first.execute("select current_setting(%s, true)", (name,)).fetchone()[0]) for name in names]
    second.execute("begin")
    for name, value in kept:
        if value:
            second.execute("select set_config(%s, %s, true)", (name, value))
    attempt(second, "update shop.orders set status = 'PAID' where id = 1; commit")
    first.execute("commit")
    assert "boss" not in authors(shop, 1)
    assert_honest(shop)


@pytest.mark.parametrize("changed", ["actor", "roles", "reason"])
def test_a_seal_fits_what_was_sealed_and_nothing_else(shop, session, changed):
    believed_session = session("shop_believed")
    value = {"actor": "boss", "roles": "admin,shipper", "reason": "forged"}[changed]
    believed_session.execute("begin; select jalon.acting('anna', '{any}', 'true')")
    believed_session.execute("select set_config(%s, %s, true)", (f"jalon.{changed}", value))
    attempt(believed_session, "update shop.orders set status = 'PAID' where id = 1; commit")
    assert authors(shop, 1)[-1] in (
        "db:superuser",
        "anna",
        shop.execute("select 'db:' || session_user").fetchone()[0],
        "db:shop_owner",
    )
    assert "boss" not in authors(shop, 1)
    assert ("forged",) not in shop.execute("select reason from jalon_history.shop__orders").fetchall()
    assert_honest(shop)


def test_a_call_after_a_call_in_one_transaction_is_refused(shop, api):
    api.execute("begin")
    pay(api, 1, "anna")
    refuses(api, f"select jalon_api.run({ORDER_2})", "JL206")
    assert status(shop, 1) == "NEW"
    assert_honest(shop)


def test_a_call_after_one_that_was_rolled_back_to_a_savepoint_is_its_own(shop, api):
    api.execute("begin; savepoint s")
    pay(api, 1, "anna")
    api.execute("rollback to s")
    attempt(api, f"select jalon_api.run({ORDER_2})")
    attempt(api, "commit")
    assert status(shop, 1) == "NEW"
    assert "anna" not in authors(shop, 2)
    assert_honest(shop)


@each(
    "caller", ["{}", '{"actor": null}', '{"actor": ""}', '{"actor": "", "roles": ["shipper"]}', "null", "[]", '"anna"']
)
def test_a_call_that_names_nobody_is_refused(shop, api, caller):
    with unchanged(shop):
        refuses(api, f"""select jalon_api.run('move_record', '1', '{{"table": "orders", "to": "PAID"}}', '{caller}')""")


@pytest.mark.parametrize(
    "roles",
    [
        '"shipper"',
        "{}",
        '{"shipper": true}',
        "[null]",
        '["ship\\"per"]',
        '[["shipper"]]',
        '["any,shipper"]',
        '["any", "x\\",\\"shipper"]',
        '[" shipper"]',
    ],
)
def test_roles_are_names_in_an_array_and_nothing_else(shop, api, roles):
    shop.execute("update shop.orders set status = 'PACKED' where id = 11")
    attempt(
        api,
        f"""select jalon_api.run('move_record', '11', '{{"table": "orders", "to": "SHIPPED"}}',
            '{{"actor": "anna", "roles": {roles}}}')""",
        "22023",
    )
    assert status(shop, 11) == "PACKED"
    assert_honest(shop)


def test_a_session_of_the_web_application_that_sets_a_name_by_hand_is_nobody(shop, api):
    shop.execute("grant usage on schema shop to jalon_api; grant select, update on shop.orders to jalon_api")
    api.execute("set jalon.actor = 'boss'; set jalon.roles = 'admin,shipper'")
    with unchanged(shop):
        refuses(api, "update shop.orders set status = 'PAID' where id = 1", "JL201", "JL205")


@each(
    "statement",
    [
        "update shop.orders set status = 'PAID' where id = 1",
        "select * from shop.orders",
        "select jalon.move('orders', 1, 'PAID')",
        "select jalon.act_as('boss', '{admin}')",
        "select jalon.acting('boss', '{admin}', 'x')",
        "select jalon.track('shop.orders')",
        "select * from jalon_engine.tracked",
        "select * from jalon_history.shop__orders",
        "set role jalon_mover",
        "set role jalon_owner",
        "set role jalon_historian",
        "set role jalon_dba",
        "set session_replication_role = replica",
        "create schema mine",
        "create table public.mine ()",
        "create function api.mine() returns int language sql as 'select 1'",
        "alter function jalon_api.run(text, text, jsonb, jsonb) set search_path = pg_temp",
    ],
)
def test_the_web_applications_login_does_what_its_functions_do_and_nothing_else(shop, api, statement):
    with unchanged(shop):
        refuses(api, statement, "42501", "3F000")


def test_who_moves_for_the_web_application_is_nobody(shop, session):
    mover = session("jalon_mover")
    with unchanged(shop):
        for statement in (
            f"select jalon_api.run({ORDER_2})",
            "select jalon.move('orders', 1, 'PAID')",
            "select jalon.acting('boss', '{admin}', 'x')",
            "select * from jalon_engine.tracked",
            "select * from jalon_history.shop__orders",
            "insert into shop.orders values (99)",
            "delete from shop.orders",
            "set role jalon_owner",
            "set role jalon_api",
        ):
            refuses(mover, statement, "42501")


@each(
    "function",
    [
        "run",
        "run_after",
        "run_batch",
        "pg_sleep",
        "record(text, jsonb, jsonb)",
        'record"; drop table shop.orders; --',
        "x'; drop table shop.orders; --",
        "",
        "../jalon.move",
        "error_codes",
        "RECORD",
        "move_record ",
        "jalon.move",
    ],
)
def test_the_name_of_a_function_is_a_name(shop, api, function):
    with unchanged(shop):
        with pytest.raises(psycopg.Error) as caught:
            call(api, function, 1, {"table": "orders"}, "anna")
        assert caught.value.sqlstate in (
            "42883",
            "JL206",
            "JL405",
            "JL404",
            "42501",
            "JL401",
            "42725",
            "42804",
            "42809",
            "42601",
        )


@each(
    "table",
    [
        "shop.orders",
        "orders; drop table shop.orders",
        "tracked",
        "jalon_engine.tracked",
        'shop"."orders',
        "pg_class",
        "",
    ],
)
@each("function", ["move_record", "record", "record_moves", "record_history"])
def test_the_name_of_a_table_is_that_of_a_tracked_one(shop, api, table, function):
    with unchanged(shop):
        caller = json.dumps({"actor": "anna"})
        data = json.dumps({"table": table, "to": "SHIPPED"})
        attempt(api, f"select jalon_api.run('{function}', '1', '{data}', '{caller}')")


@each(
    "data",
    [
        '{"table": "orders", "to": "SHIPPED", "force": true}',
        '{"table": "orders", "to": "SHIPPED", "force": "yes", "reason": "x"}',
        '{"table": "orders", "to": "SHIPPED", "kind": "import"}',
        '{"table": "orders", "to": "SHIPPED", "meta": {"kind": "force"}}',
        '{"table": "orders", "to": "PAID", "onBehalfOf": "boss"}',
    ],
)
def test_a_body_grants_itself_nothing(shop, api, data):
    with unchanged(shop):
        refuses(api, f"""select jalon_api.run('move_record', '1', '{data}', '{{"actor": "anna", "roles": []}}')""")


def test_a_dry_run_leaves_nothing_even_where_a_trigger_is_deferred(shop, owner, api):
    add_trigger(owner, "update shop.orders set status = 'PACKED' where id = new.id and status = 'PAID'", "at commit")
    data = """'{"table": "orders", "to": "PAID"}', '{"actor": "anna", "dryRun": true}'"""
    with unchanged(shop):
        attempt(api, f"select jalon_api.run('move_record', '1', {data})")
        attempt(api, f"begin; select jalon_api.run('move_record', '1', {data}); commit")


def test_what_a_dry_run_entered_acts_for_nobody_afterwards(shop, api):
    shop.execute("grant usage on schema shop to jalon_api; grant select, update on shop.orders to jalon_api")
    api.execute("begin")
    call(api, "move_record", 1, {"table": "orders", "to": "PAID"}, "boss", "shipper", dryRun=True)
    attempt(api, "update shop.orders set status = 'PAID' where id = 2; commit")
    assert "boss" not in authors(shop, 2)
    assert_honest(shop)


def test_what_a_call_entered_acts_for_nobody_after_it(shop, api):
    shop.execute("grant usage on schema shop to jalon_api; grant select, update on shop.orders to jalon_api")
    api.execute("begin")
    pay(api, 1, "boss", "shipper")
    attempt(api, "update shop.orders set status = 'PAID' where id = 2; commit")
    assert "boss" not in authors(shop, 2)
    assert_honest(shop)


def test_what_failed_acts_for_nobody_after_it(shop, api):
    shop.execute("grant usage on schema shop to jalon_api; grant select, update on shop.orders to jalon_api")
    api.execute("begin; savepoint s")
    with pytest.raises(psycopg.Error):
        call(api, "move_record", 1, {"table": "orders", "to": "SHIPPED"}, "boss", "shipper")
    api.execute("rollback to s")
    attempt(api, "update shop.orders set status = 'PAID' where id = 2; commit")
    assert "boss" not in authors(shop, 2)
    assert_honest(shop)


@pytest.mark.parametrize("in_a_batch", [False, True])
def test_what_was_answered_again_acts_for_nobody_after_it(shop, api, in_a_batch):
    """Beside a call that has written, whose transaction a stranger's deferred trigger ends."""
    shop.execute("grant usage on schema shop to jalon_api; grant select, update on shop.parcels to jalon_api")
    data = {"table": "orders", "to": "PAID"}
    call(api, "move_record", 1, data, "boss", "shipper", idempotencyKey="k")
    again = ["1", data, {"actor": "boss", "roles": ["shipper"], "idempotencyKey": "k"}]
    calls = [["2", data, {"actor": "anna", "roles": []}], again]
    api.execute("begin")
    if in_a_batch:
        answers = api.execute(
            "select status from jalon_api.run_batch('move_record', %s)", (json.dumps(calls),)
        ).fetchall()
        assert answers == [(200,), (200,)]
    else:
        call(api, "move_record", 1, data, "boss", "shipper", idempotencyKey="k")
    attempt(api, "update shop.parcels set status = 'PAID' where id = 1; commit")
    assert "boss" not in authors(shop, 1, "shop.parcels")
    assert_honest(shop, "shop.parcels")


def test_an_idempotency_key_of_one_is_not_the_answer_of_another(shop, api):
    data = {"table": "orders", "to": "PAID"}
    assert call(api, "move_record", 1, data, "anna", idempotencyKey="k")[0] == 200
    assert call(api, "move_record", 2, data, "bob", idempotencyKey="k")[1]["id"] == "2"
    with pytest.raises(psycopg.Error) as caught:
        call(api, "move_record", 3, data, "anna", idempotencyKey="k")
    assert caught.value.sqlstate == "JL412"
    assert [authors(shop, key)[1:] for key in (1, 2, 3)] == [["anna"], ["bob"], []]
    assert_honest(shop)


def test_a_check_a_cascade_and_a_trigger_see_who_acts_or_nobody_but_never_somebody_else(shop, owner, api):
    owner.execute("create table shop.overheard (id bigint, who text); grant insert, select on shop.overheard to public")
    add_trigger(owner, "insert into shop.overheard values (new.id, current_setting('jalon.actor', true))")
    for key, actor in ((1, "anna"), (2, "bob"), (3, "carl")):
        pay(api, key, actor)
    heard = shop.execute("select id, who from shop.overheard order by id").fetchall()
    assert len(heard) == 3
    assert all(who in (None, "", actor) for (_, who), actor in zip(heard, ("anna", "bob", "carl"), strict=True))
    assert [authors(shop, key)[-1] for key in (1, 2, 3)] == ["anna", "bob", "carl"]


# The customer's own application names who acts, for one transaction.


@pytest.fixture
def believed_session(session):
    return session("shop_believed")


def test_acting_ends_with_its_transaction(shop, believed_session):
    believed_session.execute(
        "begin; select jalon.acting('anna', '{any}', 'why'); update shop.orders set status = 'PAID' where id = 1; "
        "commit"
    )
    believed_session.execute("update shop.orders set status = 'PAID' where id = 2")
    assert [authors(shop, key)[-1] for key in (1, 2)] == ["anna", "db:shop_believed"]
    assert_honest(shop)


def test_acting_in_a_subtransaction_that_is_rolled_back_is_over(shop, believed_session):
    believed_session.execute("""begin; savepoint s; select jalon.acting('boss', '{shipper}', 'why'); rollback to s;
        update shop.orders set status = 'PAID' where id = 1; commit""")
    assert authors(shop, 1)[-1] == "db:shop_believed"
    believed_session.execute("""begin; select jalon.acting('anna', '{any}', 'why'); savepoint s;
        select jalon.acting('boss', '{shipper}', 'why'); rollback to s;
        update shop.orders set status = 'PAID' where id = 2; commit""")
    assert authors(shop, 2)[-1] == "anna"
    believed_session.execute("""do $$ begin
        begin perform jalon.acting('boss', '{shipper}', 'why'); raise 'x'; exception when raise_exception then null;
            end;
        update shop.orders set status = 'PAID' where id = 3; end $$""")
    assert authors(shop, 3)[-1] == "db:shop_believed"
    assert_honest(shop)


def test_the_latest_to_act_is_who_acts(shop, believed_session):
    believed_session.execute("""begin; select jalon.acting('anna', '{any}', 'one');
        update shop.orders set status = 'PAID'
        where id = 1;
        select jalon.acting('bob', '{any}', 'two'); update shop.orders set status = 'PAID' where id = 2; commit""")
    assert [authors(shop, key)[-1] for key in (1, 2)] == ["anna", "bob"]
    reasons = (
        "select reason from jalon_history.shop__orders where orders_id in (1, 2) and version = 2 order by orders_id"
    )
    assert shop.execute(reasons).fetchall() == [("one",), ("two",)]


@each("login", ["shop_app", "shop_owner", "shop_trigger", "jalon_api", "jalon_bi", "jalon_relay", "jalon_mover"])
def test_who_is_not_a_member_does_not_act_in_a_name(shop, session, login):
    with unchanged(shop):
        refuses(session(login), "begin; select jalon.acting('anna', '{shipper}', 'x')")


def test_set_role_to_a_member_makes_no_member(shop, session):
    shop.execute("grant shop_believed to shop_stranger; grant usage on schema shop to shop_stranger")
    try:
        stranger = session("shop_stranger")
        # As a member of a member of jalon_app it is believed; without that membership SET ROLE does not help.
        attempt(stranger, "set role shop_believed; begin; select jalon.acting('anna', '{any}', 'x'); commit")
    finally:
        shop.execute("revoke shop_believed from shop_stranger")
    refuses(session("shop_stranger"), "begin; select jalon.acting('anna', '{any}', 'x')")


def test_a_definer_function_of_a_believed_login_lends_no_belief(shop, session, believed_session):
    shop.execute("grant create on schema shop to shop_believed")
    believed_session.execute("""create function shop.lend() returns void language plpgsql security definer as $$ begin
        perform jalon.acting('boss', '{shipper}', 'x'); update shop.orders set status = 'PAID' where id = 1; end $$;
        grant execute on function shop.lend() to public""")
    attempt(session("shop_app"), "select shop.lend()")
    assert "boss" not in authors(shop, 1)
    assert_honest(shop)


@each(
    "permission",
    [
        "force_move('orders', '1', 'SHIPPED', 'x')",
        "erase('orders', '1')",
        "import_change('orders', '1', 'SHIPPED', now())",
    ],
)
def test_roles_that_an_application_names_count_for_transitions_alone(shop, believed_session, permission):
    shop.execute("grant execute on all functions in schema jalon to shop_believed")
    with unchanged(shop):
        refuses(
            believed_session, f"begin; select jalon.acting('anna', '{{admin}}', 'x'); select jalon.{permission}; commit"
        )


@pytest.mark.parametrize("actor", ["db:shop_owner", "db:postgres", "", " "])
def test_no_application_passes_for_a_login_of_the_database(shop, believed_session, actor):
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('db:shop_owner', 'shipper')")
    shop.execute("update shop.orders set status = 'PACKED' where id = 11")
    before = authors(shop, 11)
    attempt(
        believed_session,
        f"begin; select jalon.acting('{actor}', '{{}}', 'x'); update shop.orders set status = 'SHIPPED' "
        f"where id = 11; commit",
    )
    assert actor not in authors(shop, 11)[len(before) :]
    assert_honest(shop)


def test_a_move_by_function_runs_as_its_caller(shop, session, believed_session):
    believed_session.execute(
        "begin; select jalon.acting('anna', '{any}', 'x'); select jalon.move('orders', 1, 'PAID', 'why'); commit"
    )
    assert changes_of_record(shop, 1)[-1] == (2, "NEW", "PAID", "move")
    with unchanged(shop):
        refuses(session("shop_stranger"), "select jalon.move('orders', 1, 'PACKED')", "42501")
    track(
        shop,
        "shop.closed",
        "create table shop.closed (id bigint primary key, status text not null default 'NEW'); "
        "insert into shop.closed values (1)",
    )
    shop.execute("revoke all on shop.closed from shop_believed, jalon_app")
    with unchanged(shop, "shop.closed"):
        refuses(believed_session, "select jalon.move('closed', 1, 'PAID')", "42501")
