"""Status, case type and key of every supported type; nothing that owners do with their types changes history."""

import psycopg
import pytest

from tests.attacks.shop import (
    ORDERS,
    assert_honest,
    attempt,
    changes_of,
    changes_of_record,
    columns_of,
    each,
    everything,
    history_of,
    refuses,
    spying,
    status,
    track,
    unchanged,
)

CODE = "create type shop.code as enum ('NEW', 'PAID', 'PACKED', 'SHIPPED', 'CANCELLED');"
TYPED = CODE + "create table shop.typed (id bigint primary key, status shop.code not null default 'NEW', note text)"


def has_icu(db):
    try:
        db.execute("create collation public.probe (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    except psycopg.errors.FeatureNotSupported:
        return False
    return True


@pytest.fixture
def odd_types(shop):
    """The kinds of odd equality that this server has."""
    shop.execute("create domain shop.padded as char(10); create type shop.pair as (a text, b text)")
    kinds = set()
    if shop.execute("select count(*) from pg_available_extensions where name = 'citext'").fetchone() == (1,):
        shop.execute("create extension citext schema public; create domain shop.over_citext as citext")
        kinds.add("citext")
    if has_icu(shop):
        shop.execute("""create collation shop.nocase (provider = icu, locale = 'und-u-ks-level2', deterministic =
            false);
            create domain shop.folded as text collate shop.nocase; create domain shop.over_folded as shop.folded""")
        kinds |= {"nocase", "folded"}
    return kinds


@pytest.fixture
def typed(shop):
    """An enum that belongs to somebody else than the table."""
    shop.execute("grant usage, create on schema shop to shop_types")
    track(shop, "shop.typed", TYPED)
    shop.execute("alter type shop.code owner to shop_types; insert into shop.typed values (1), (2), (3)")
    shop.execute("update shop.typed set status = 'PAID' where id = 1")
    return shop


def test_an_enum_whose_values_are_renamed_says_nothing_else_of_history(typed, session, app):
    before = everything(typed, "shop.typed")[history_of("shop.typed")]
    session("shop_types").execute("alter type shop.code rename value 'PAID' to 'GONE'")
    session("shop_types").execute("alter type shop.code rename value 'SHIPPED' to 'PAID'")
    assert everything(typed, "shop.typed")[history_of("shop.typed")] == before
    assert typed.execute("select problem from jalon.verify('typed')").fetchall() != []
    attempt(app, "update shop.typed set status = 'PACKED' where id = 1")
    attempt(app, "update shop.typed set status = 'PAID' where id = 2")
    allowed = {("*"): {*ORDERS}}
    for change in changes_of(typed, "shop.typed"):
        old, new = change.codes["status"]
        assert (old, new) in allowed["*"], change


def test_an_enum_value_that_is_added_is_no_code(typed, session, app):
    session("shop_types").execute("alter type shop.code add value 'LOST'")
    with unchanged(typed, "shop.typed"):
        refuses(app, "update shop.typed set status = 'LOST' where id = 1", "JL402", "JL101")


def test_a_type_that_is_dropped_takes_no_column_of_history_along(typed, session):
    before = columns_of(typed, history_of("shop.typed"))
    rows = everything(typed, "shop.typed")[history_of("shop.typed")]
    typed.execute("drop event trigger if exists jalon_protect_tables")  # which refuses it
    attempt(session("shop_types"), "drop type shop.code cascade", "2BP01")
    assert columns_of(typed, history_of("shop.typed")) == before
    assert typed.execute(f"select count(*) from {history_of('shop.typed')}").fetchone() == (len(rows),)
    assert typed.execute("select problem from jalon.verify('typed')").fetchall() != []


@pytest.mark.parametrize("type", ["shop.code", "shop.over", "shop.over_over", "shop.over_int", "shop.over_key"])
def test_no_column_of_history_has_a_customers_type(shop, owner, type):
    owner.execute(CODE + """create domain shop.over as text;
        create domain shop.over_over as shop.over check (value <> '');
        create domain shop.over_int as integer; create domain shop.over_key as bigint""")  # fmt: skip
    ddl = {
        "shop.over_int": "create table shop.t (id shop.over_int primary key, status text not null default 'NEW')",
        "shop.over_key": "create table shop.t (id shop.over_key primary key, status text not null default 'NEW')",
    }.get(type, f"create table shop.t (id bigint primary key, status {type} not null default 'NEW')")
    owner.execute(ddl)
    if attempt(shop, "select jalon.track('shop.t', category => 'ORDER_STATUS')") is None:
        shop.execute("insert into shop.t values (1); update shop.t set status = 'PAID'")
        assert_honest(shop, "shop.t")
    foreign = """select a.attrelid::regclass::text, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
        join pg_type t on t.oid = a.atttypid where c.relnamespace = 'jalon_history'::regnamespace and c.relkind in ('r',
            'p')
        and a.attnum > 0 and not a.attisdropped and t.typnamespace <> 'pg_catalog'::regnamespace"""
    assert shop.execute(foreign).fetchall() == []
    shop.execute("drop event trigger if exists jalon_protect_tables")  # which refuses it
    for type_name in ("shop.code", "shop.over", "shop.over_int", "shop.over_key"):
        before = columns_of(shop, history_of("shop.orders"))
        owner.execute(f"drop type {type_name} cascade")
        assert columns_of(shop, history_of("shop.orders")) == before


@each(
    "column",
    [
        "char(10)",
        "numeric",
        "numeric(4, 2)",
        "real",
        "double precision",
        "text collate shop.nocase",
        "varchar(20) collate shop.nocase",
        "shop.folded",
        "shop.over_folded",
        "shop.padded",
        "citext",
        "shop.over_citext",
        "text[]",
        "shop.pair",
        "jsonb",
        "bytea",
        "name collate shop.nocase",
        "interval",
        "bit(3)",
    ],
)
@each("place", ["status", "case type", "key"])
def test_a_type_whose_equality_is_not_identity_is_not_tracked(shop, odd_types, column, place):
    if any(word in column for word in ("citext", "nocase", "folded") if word not in odd_types):
        return  # this server comes without
    columns = {
        "status": f"id bigint primary key, status {column} not null",
        "case type": f"id bigint primary key, status text not null default 'NEW', type {column}",
        "key": f"id {column} primary key, status text not null default 'NEW'",
    }[place]
    options = "category => 'ORDER_STATUS'" + (", workflow_column => 'type'" if place == "case type" else "")
    shop.execute(f"drop table if exists shop.t; create table shop.t ({columns})")
    error = refuses(shop, f"select jalon.track('shop.t', {options})", "JL504")
    assert (error.diag.message_primary or "").startswith(("shop.t", "t "))


@pytest.mark.parametrize(
    "change",
    [
        "alter table shop.orders alter column status type varchar(10) collate shop.nocase",
        "alter table shop.orders alter column status type char(20)",
        "alter table shop.orders alter column id type numeric",
    ],
)
def test_a_column_that_gets_such_a_type_later_lets_nothing_pass_unseen(shop, owner, app, change):
    if has_icu(shop):
        owner.execute(
            "create collation shop.nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
        )
    elif "nocase" in change:
        pytest.skip("this server comes without ICU")
    if attempt(owner, change, "0A000") is None:
        assert shop.execute("select problem from jalon.verify('orders')").fetchall() != []
    for statement in ("set status = 'new'", "set status = 'paid'", "set id = 1.00", "set status = 'NEW  '"):
        before = shop.execute("select status from shop.orders where id = 1").fetchone()
        if attempt(app, f"update shop.orders {statement} where id = 1", "42804") is None:
            assert shop.execute("select status from shop.orders where id = 1").fetchone() == before


@each("wrong", ["paid", "PAID ", " PAID", "ＰＡＩＤ", "PAID\t", "PAID\n", "P\u200bAID", "", "null"])
def test_what_looks_like_a_code_is_not_one(shop, app, wrong):
    with unchanged(shop):
        refuses(app, f"update shop.orders set status = '{wrong}' where id = 1", "JL402", "JL101")


def test_a_status_that_is_set_to_null_is_refused(shop, app):
    shop.execute("alter table shop.orders alter column status drop not null")
    with unchanged(shop):
        refuses(app, "update shop.orders set status = null where id = 1")
        refuses(app, "insert into shop.orders values (99, null)")


@pytest.mark.parametrize(
    "type, first, second, third",
    [
        ("boolean", "false", "true", "null"),
        ("integer", "1", "2", "3"),
        ("smallint", "1", "2", "3"),
        ("bigint", "1", "2", "3"),
        ("varchar(8)", "'1'", "'2'", "'3'"),
        ("shop.small", "1", "2", "3"),
    ],
)
def test_other_types_of_status_are_checked_as_text_is(shop, type, first, second, third):
    codes = ("false", "true") if type == "boolean" else ("1", "2", "3")
    shop.execute("create domain shop.small as integer")
    shop.execute("insert into jalon_engine.category (code, label) values ('T', 'T')")
    for position, code in enumerate(codes):
        shop.execute(
            "insert into jalon_engine.referential (category, code, label, position, is_initial) "
            "values ('T', %s, 'x', %s, %s)",
            (code, position, position == 0),
        )
    shop.execute(f"""begin; insert into jalon_engine.workflow (category, case_type, version, state, published_at)
        values ('T', '*', 1, 'published', now());
        insert into jalon_engine.workflow_transition (category, case_type, version, from_code, to_code, action, roles,
            requires_reason, position)
        values ('T', '*', 1, '{codes[0]}', '{codes[1]}', 'a', '{{any}}', false, 1); commit""")
    track(
        shop,
        "shop.t",
        f"create table shop.t (id bigint primary key, status {type} not null default {first})",
        "category => 'T'",
    )
    shop.execute("insert into shop.t values (1), (2)")
    refuses(shop, f"update shop.t set status = {third}", "JL101", "JL103", "JL402", "JL406", "23502")
    refuses(shop, f"insert into shop.t values (3, {second})", "JL101")
    shop.execute(f"update shop.t set status = {second} where id = 1")
    refuses(shop, f"update shop.t set status = {first} where id = 1", "JL101", "JL103")
    assert len(changes_of_record(shop, 1, "shop.t")) == 2
    shown = {"false": "f", "true": "t"}
    transitions = {(None, shown.get(codes[0], codes[0])), tuple(shown.get(code, code) for code in codes[:2])}
    assert_honest(shop, "shop.t", {"*": transitions | {(None, codes[0]), codes[:2]}})


@pytest.mark.parametrize(
    "type, keys",
    [("text", ["a", "A", "a ", "é"]), ("varchar(9)", ["x", "X"]), ("uuid", ["00000000-0000-0000-0000-000000000001"])],
)
def test_keys_that_look_alike_are_different_records(shop, type, keys):
    track(shop, "shop.t", f"create table shop.t (id {type} primary key, status text not null default 'NEW')")
    for key in keys:
        shop.execute("insert into shop.t (id) values (%s)", (key,))
    shop.execute("update shop.t set status = 'PAID' where id::text = %s", (keys[0],))
    assert [len(changes_of_record(shop, key, "shop.t")) for key in keys] == [2] + [1] * (len(keys) - 1)
    for key in keys[1:]:
        refuses(shop, f"update shop.t set id = '{key}', status = 'PAID' where id = '{keys[0]}'", "JL501", "23505")
    refuses(
        shop,
        "update shop.t set id = id || '-' where true" if type != "uuid" else "update shop.t set id = gen_random_uuid()",
        "JL501",
    )
    assert_honest(shop, "shop.t")


def test_a_domain_that_gets_a_hostile_check_later_runs_as_who_writes(shop, owner, app, connect, spy):
    owner.execute("create domain shop.d as text; create domain shop.dd as shop.d")
    track(shop, "shop.t", "create table shop.t (id bigint primary key, status shop.dd not null default 'NEW')")
    owner.execute(spying("shop.sees", "t text", declared="immutable"))
    owner.execute("alter domain shop.d add constraint c check (shop.sees(value))")
    shop.execute("set client_min_messages = warning; insert into shop.t values (1), (2); reset client_min_messages")
    spy.watch(app).execute("update shop.t set status = 'PAID' where id = 1")
    attempt(
        spy.watch(connect("api")),
        """select jalon_api.run('move_record', '2', '{"table": "t", "to": "PAID"}', '{"actor": "anna"}')""",
    )
    spy.only("shop_app", "jalon_mover")
    assert_honest(shop, "shop.t")


def test_an_operator_that_calls_all_codes_equal_hides_no_move(shop, owner, app):
    owner.execute(CODE + """create function shop.same(shop.code, shop.code) returns boolean
        language sql immutable as 'select true';
        create operator shop.= (function = shop.same, leftarg = shop.code, rightarg = shop.code, commutator =
            operator(shop.=));
        create operator shop.<> (function = shop.same, leftarg = shop.code, rightarg = shop.code)""")  # fmt: skip
    shop.execute("alter role shop_owner set search_path = shop, pg_catalog")
    try:
        shop.execute("set search_path = shop, pg_catalog, public")
        track(
            shop,
            "shop.typed",
            "create table shop.typed (id bigint primary key, status shop.code not null default 'NEW')",
        )
        shop.execute("reset search_path; insert into shop.typed values (1), (2)")
        app.execute("set search_path = shop, pg_catalog")
        refuses(app, "update shop.typed set status = 'SHIPPED' where id operator(pg_catalog.=) 1", "JL101")
        app.execute("update shop.typed set status = 'PAID' where id operator(pg_catalog.=) 1")
        assert len(changes_of_record(shop, 1, "shop.typed")) == 2
        assert_honest(shop, "shop.typed")
    finally:
        shop.execute("alter role shop_owner reset search_path")


def test_an_operator_class_made_the_default_of_a_type_hides_no_move(shop, app):
    """Only a superuser makes operator classes; a composite with one of its own is what a restored dump may bring."""
    shop.execute(CODE + """create function shop.cmp(shop.code, shop.code) returns integer
        language sql immutable as 'select 0';
        create function shop.same(shop.code, shop.code) returns boolean language sql immutable as 'select true';
        create operator shop.== (function = shop.same, leftarg = shop.code, rightarg = shop.code);
        create operator class shop.ops default for type shop.code using btree as operator 3 shop.==, function 1
            shop.cmp(shop.code, shop.code)""")  # fmt: skip
    shop.execute("create table shop.typed (id bigint primary key, status shop.code not null default 'NEW')")
    if attempt(shop, "select jalon.track('shop.typed', category => 'ORDER_STATUS')") is None:
        shop.execute("grant select, update on shop.typed to shop_app; insert into shop.typed values (1), (2)")
        refuses(app, "update shop.typed set status = 'SHIPPED' where id = 1", "JL101")
        app.execute("update shop.typed set status = 'PAID' where id = 1")
        assert len(changes_of_record(shop, 1, "shop.typed")) == 2
        assert_honest(shop, "shop.typed")


@pytest.mark.parametrize(
    "column",
    [
        "status_version integer generated always as (1) stored",
        "status_changed_at timestamptz generated always as (null) stored",
        "status_version integer generated always as identity",
        "status_version bigint",
        "status_version integer",
        "status_changed_at timestamp",
        "status_version shop.num",
    ],
)
def test_a_version_or_time_column_that_cannot_hold_ours_is_refused_by_track(shop, column):
    shop.execute("create domain shop.num as integer check (value < 2)")
    shop.execute(f"create table shop.t (id bigint primary key, status text not null default 'NEW', {column})")
    if attempt(shop, "select jalon.track('shop.t', category => 'ORDER_STATUS')", "42P17") is None:
        shop.execute("insert into shop.t (id) values (1); update shop.t set status = 'PAID'")
        assert status(shop, 1, "shop.t") == "PAID"
        assert_honest(shop, "shop.t")


@pytest.mark.parametrize("column", ["id", "status", "type"])
def test_a_generated_column_is_not_tracked(shop, column):
    columns = {
        "id": "raw bigint, id bigint generated always as (raw) stored primary key, status text not null default "
        "'NEW', type text",
        "status": "id bigint primary key, status text generated always as ('NEW') stored, type text",
        "type": "id bigint primary key, status text not null default 'NEW', type text generated always as ('bug') "
        "stored",
    }[column]
    shop.execute(f"create table shop.t ({columns})")
    refuses(shop, "select jalon.track('shop.t', category => 'ORDER_STATUS', workflow_column => 'type')", "JL504")


@pytest.mark.parametrize("overriding", ["overriding system value", "overriding user value", ""])
def test_an_identity_key_is_whatever_is_stored(shop, overriding):
    track(
        shop,
        "shop.t",
        "create table shop.t (id bigint generated always as identity primary key, status text not null default 'NEW')",
    )
    attempt(
        shop,
        f"insert into shop.t (id, status, status_version, status_changed_at) {overriding} "
        f"values (7, 'NEW', 3, 'epoch')",
        "428C9",
    )
    refuses(shop, f"insert into shop.t (id, status) {overriding} values (8, 'PAID')", "JL101", "428C9")
    assert_honest(shop, "shop.t")
