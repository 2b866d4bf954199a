"""Actor, roles and reason are known for every change; a session with SQL access only can't forge them."""

import pytest


def last(db):
    return db.execute(
        "select changed_by, db_role, reason from jalon_history.shop__orders order by changed_at desc, version desc "
        "limit 1"
    ).fetchone()


def test_a_person_in_psql_is_recorded_as_the_database_login(shop):
    shop.execute("insert into shop.orders values (1)")
    user = shop.execute("select session_user").fetchone()[0]
    assert last(shop) == (f"db:{user}", user, None)


def test_forged_actor_settings_of_an_ordinary_session_count_for_nothing(shop, writer, refused):
    login = writer.execute("select session_user").fetchone()[0]
    writer.execute("insert into shop.orders values (1)")
    writer.execute("update shop.orders set status = 'PAID'")
    writer.execute(
        """set jalon.actor = 'boss'; set jalon.roles = 'shipper,admin'; set jalon.marks = '{"kind": "force"}'"""
    )
    refusal = refused(writer, "update shop.orders set status = 'SHIPPED'")
    assert (refusal.sqlstate, refusal.detail["actor"]) == ("JL202", f"db:{login}")
    shop.execute("insert into jalon_engine.role_grant (principal, role) values (%s, 'shipper')", (f"db:{login}",))
    writer.execute("update shop.orders set status = 'SHIPPED'")
    assert last(shop)[:2] == (f"db:{login}", login)
    assert shop.execute("select kind from jalon_history.shop__orders order by version desc limit 1").fetchone() == (
        "move",
    )


def test_a_forged_erasing_mark_opens_nothing(shop, writer, refused):
    shop.execute("select jalon.track('shop.orders', category => 'ORDER_STATUS', on_delete => 'refuse')")
    writer.execute("insert into shop.orders values (1)")
    writer.execute("begin")
    writer.execute("update shop.orders set note = 'x'")
    writer.execute("select set_config('jalon.erasing', pg_current_xact_id()::text, true)")
    assert refused(writer, "delete from shop.orders").sqlstate == "JL503"
    writer.execute("rollback")


def test_the_web_application_must_name_an_actor(shop, connect, refused):
    shop.execute("grant usage on schema shop to jalon_api; grant select, insert, update on shop.orders to jalon_api")
    api = connect("api")
    assert refused(api, "insert into shop.orders values (1)").sqlstate == "JL201"
    api.execute("set jalon.actor = 'anna'")
    assert refused(api, "insert into shop.orders values (1)").sqlstate == "JL201"  # a setting names nobody


def test_who_may_only_give_a_role_to_others_is_not_taken_for_one_who_has_it(shop, writer, refused):
    """Since PostgreSQL 16 the creator of a role can grant it but isn't a member: an installer isn't the application."""
    if shop.info.server_version < 160000:
        pytest.skip("this server knows no such membership")
    login = writer.execute("select session_user").fetchone()[0]
    for role in ("jalon_api", "jalon_dba"):
        shop.execute(f"grant {role} to {login} with admin true, inherit false, set false")
    writer.execute("insert into shop.orders values (1)")
    assert last(shop)[:2] == (f"db:{login}", login)
    shop.execute("grant usage on schema jalon to public; grant execute on all functions in schema jalon to public")
    assert refused(writer, "select jalon.act_as('boss')").sqlstate == "JL203"


def test_an_actor_of_an_earlier_transaction_does_not_count(shop, connect):
    """current_setting reads '' and not null after first use: an empty actor is nobody."""
    shop.execute("grant usage on schema shop to jalon_app; grant select, insert, update on shop.orders to jalon_app")
    app = connect("app")
    with app.transaction():
        app.execute("select jalon.acting('anna')")
        app.execute("insert into shop.orders values (1)")
    assert last(shop) == ("anna", "jalon_app", None)
    app.execute("insert into shop.orders values (2)")
    assert last(shop) == ("db:jalon_app", "jalon_app", None)


def test_a_dba_acts_in_a_name_and_the_login_stays_on_record(shop, connect):
    shop.execute("grant usage on schema shop to jalon_dba; grant select, insert, update on shop.orders to jalon_dba")
    dba = connect("dba")
    assert dba.execute("select jalon.act_as('anna', '{shipper}', 'she phoned')").fetchone() == ("anna",)
    dba.execute("insert into shop.orders values (1)")
    assert last(shop) == ("anna", "jalon_dba", "she phoned")
    assert dba.execute("select jalon.act_as(null)").fetchone() == ("db:jalon_dba",)


def test_only_a_dba_may_act_in_a_name(shop, writer, connect, refused):
    shop.execute("grant usage on schema jalon to public; grant execute on all functions in schema jalon to public")
    assert refused(writer, "select jalon.act_as('boss')").sqlstate in ("JL203", "42501")


def test_roles_are_resolved_live(shop, refused, as_actor):
    shop.execute("insert into shop.orders values (1); update shop.orders set status = 'PAID'")
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('anna', 'shipper')")
    shop.execute("update jalon_engine.role_grant set revoked_at = now() where principal = 'anna'")
    with as_actor(shop, "anna"):
        assert refused(shop, "update shop.orders set status = 'SHIPPED'").sqlstate == "JL202"
    shop.execute(
        "insert into jalon_engine.role_grant (principal, role, valid_until) "
        "values ('anna', 'shipper', now() - interval '1 s')"
    )
    with as_actor(shop, "anna"):
        assert refused(shop, "update shop.orders set status = 'SHIPPED'").sqlstate == "JL202"
    shop.execute("update jalon_engine.role_grant set valid_until = now() + interval '1 h' where revoked_at is null")
    with as_actor(shop, "anna"):
        shop.execute("update shop.orders set status = 'SHIPPED'")


def test_a_missing_and_a_blank_reason_are_refused_where_one_is_required(shop, refused, as_actor):
    shop.execute("insert into shop.orders values (1)")
    assert refused(shop, "update shop.orders set status = 'CANCELLED'").sqlstate == "JL301"
    with as_actor(shop, "anna", reason="   "):
        assert refused(shop, "update shop.orders set status = 'CANCELLED'").sqlstate == "JL301"
    with as_actor(shop, "anna", reason="changed her mind"):
        shop.execute("update shop.orders set status = 'CANCELLED'")
    assert last(shop)[2] == "changed her mind"


def test_a_relation_is_a_role_that_the_row_gives(rules, refused, as_actor):
    rules.execute("""create table shop.orders (id bigint primary key, status text not null default 'NEW', author text);
        update jalon_engine.workflow set state = 'retired', retired_at = now() where category = 'ORDER_STATUS';
        begin; insert into jalon_engine.workflow (category, version, state, published_at)
            values ('ORDER_STATUS', 2, 'published', now());
        insert into jalon_engine.role (code, label) values ('author', 'Author');
        insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles, relation)
            values
            ('ORDER_STATUS', 2, null, 'NEW', 'create', '{any}', null),
            ('ORDER_STATUS', 2, 'NEW', 'PAID', 'pay', '{author}', null), ('ORDER_STATUS', 2, 'NEW', 'CANCELLED',
                'cancel', '{any}', 'author'),
            ('ORDER_STATUS', 2, 'PAID', 'SHIPPED', 'approve', '{any}', '!author'); commit;
        select jalon.track('shop.orders', category => 'ORDER_STATUS', relations => '{"author": "author"}');
        insert into shop.orders (id, author) values (1, 'anna'), (2, 'anna'), (3, 'bob')""")
    with as_actor(rules, "bob"):
        assert refused(rules, "update shop.orders set status = 'PAID' where id = 1").sqlstate == "JL202"
        assert refused(rules, "update shop.orders set status = 'CANCELLED' where id = 1").sqlstate == "JL204"
    with as_actor(rules, "anna"):
        rules.execute("update shop.orders set status = 'PAID' where id = 1")
        rules.execute("update shop.orders set status = 'CANCELLED' where id = 2")
        assert refused(rules, "update shop.orders set status = 'SHIPPED' where id = 1").sqlstate == "JL204"
        assert refused(rules, "update shop.orders set status = 'PAID' where id in (1, 3)").sqlstate == "JL202"
    with as_actor(rules, "bob"):
        rules.execute("update shop.orders set status = 'SHIPPED' where id = 1")


def test_a_resolver_gives_roles_for_one_record(rules, refused, as_actor):
    rules.execute("""create function shop.resolver(p_actor text, p_key text) returns text[]
        language sql stable security definer as
            $$ select case when p_actor = 'sam' and p_key = '1' then array['shipper'] end $$;
        revoke execute on function shop.resolver from public;
        grant usage on schema shop to jalon_owner; grant execute on function shop.resolver to jalon_owner;
        create table shop.orders (id bigint primary key, status text not null default 'NEW');
        select jalon.track('shop.orders', category => 'ORDER_STATUS', resolver => 'shop.resolver');
        insert into shop.orders values (1), (2); update shop.orders set status = 'PAID'""")
    with as_actor(rules, "sam"):
        assert refused(rules, "update shop.orders set status = 'SHIPPED' where id = 2").sqlstate == "JL202"
        rules.execute("update shop.orders set status = 'SHIPPED' where id = 1")


def test_required_fields_and_guards_are_asked_for(rules, refused, as_actor):
    rules.execute("""create function shop.guard(p_old jsonb, p_new jsonb, p_context jsonb) returns text
        language sql stable security definer as
            $$ select 'no credit' where (p_new ->> 'total')::integer > 100 $$;
        revoke execute on function shop.guard from public; grant execute on function shop.guard to jalon_owner;
        grant usage on schema shop to jalon_owner;
        insert into jalon_engine.guard values ('credit', 'shop.guard', 'The total is covered.');
        update jalon_engine.workflow set state = 'retired', retired_at = now() where category = 'ORDER_STATUS';
        begin; insert into jalon_engine.workflow (category, version, state, published_at)
            values ('ORDER_STATUS', 2, 'published', now());
        insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles,
            required_fields, guard) values
            ('ORDER_STATUS', 2, 'NEW', 'PAID', 'pay', '{any}', '{total,meta.receipt}', 'credit'); commit;
        create table shop.orders (id bigint primary key, status text not null default 'NEW', total integer);
        select jalon.track('shop.orders', category => 'ORDER_STATUS');
        insert into shop.orders values (1, 'NEW', null), (2, 'NEW', 500), (3, 'NEW', 5)""")
    refusal = refused(rules, "select jalon.move('orders', 1, 'PAID')")
    assert (refusal.sqlstate, refusal.detail["fields"]) == ("JL302", ["total", "meta.receipt"])
    refusal = refused(rules, "select jalon.move('orders', 2, 'PAID', meta => '{\"receipt\": 7}')")
    assert refusal.sqlstate == "JL303"
    assert refusal.message == "orders 2: credit refuses the move from NEW to PAID: no credit"
    rules.execute("select jalon.move('orders', 3, 'PAID', meta => '{\"receipt\": 7}')")


def test_refusals_speak_the_readers_language(shop, refused):
    shop.execute("insert into shop.orders values (1); set jalon.language = 'fr'")
    assert (
        refused(shop, "update shop.orders set status = 'SHIPPED'").message
        == "orders 1 : NEW -> SHIPPED n'est pas une transition autorisée"
    )
