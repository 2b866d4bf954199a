"""Triggers write history, erasing clears it, and nobody else touches it."""

import itertools

import psycopg
import pytest

from tests.attacks.shop import assert_honest, attempt, authors, changes_of_record, each, refuses, track, unchanged

H = "jalon_history.shop__orders"
LOGINS = [
    "shop_app",
    "shop_believed",
    "shop_owner",
    "shop_trigger",
    "jalon_api",
    "jalon_bi",
    "jalon_dba",
    "jalon_relay",
    "jalon_mover",
    "jalon_owner",
]


@each("login", LOGINS)
def test_nobody_writes_history_by_hand(shop, session, login):
    month = shop.execute(f"select tableoid::regclass::text from {H} limit 1").fetchone()[0]
    connection = session(login)
    with unchanged(shop):
        for table in (H, month, "jalon_history.deletion"):
            column = "operation" if "deletion" in table else "changed_by"
            for statement in (
                f"update {table} set {column} = 'x'",
                f"delete from {table}",
                f"truncate {table}",
                f"insert into {table} select * from {table}",
                f"merge into {table} h using (values (1)) v (n) on true when matched then delete",
                f"begin; lock table {table} in exclusive mode",
                f"drop table {table} cascade",
                f"alter table {table} disable trigger all",
                f"alter table {table} add column x int",
                f"begin; declare c cursor for select from {table} for update; fetch c",
            ):
                refuses(connection, statement, "42501", "42P01", "JL502")


@each("lie", ["", "jalon.erasing", "jalon.more", "jalon.actor", "jalon.kind"])
@each("form", ["{}", "do $$ begin {}; end $$"])
def test_a_superuser_finds_history_closed_as_well_whatever_is_set(shop, lie, form):
    before = f"set local {lie} = '1'; select set_config('{lie}', pg_current_xact_id()::text, true);" if lie else ""
    month = shop.execute(f"select tableoid::regclass::text from {H} limit 1").fetchone()[0]
    for statement in (
        f"update {H} set changed_by = 'x'",
        f"delete from {H}",
        f"delete from {month}",
        f"update {month} set version = 9",
    ):
        refuses(shop, f"begin; {before} {form.format(statement)}; commit", "JL502")
    for statement in (f"truncate {H}", f"truncate {month}"):
        refuses(shop, f"begin; {before} {statement}; commit", "JL502")
    assert_honest(shop)


def test_a_deletion_within_another_trigger_opens_nothing(shop, owner):
    """The review's: any DELETE at depth greater than one."""
    shop.execute(f"""create function public.deep() returns trigger language plpgsql security definer as $$ begin
            delete from {H} where orders_id = new.id; return null; end $$;
        create trigger deep after update on shop.parcels for each row execute function public.deep()""")
    with unchanged(shop):
        refuses(owner, "update shop.parcels set note = 'x' where id = 1", "JL502")


@pytest.mark.parametrize(
    "lie",
    [
        "set local jalon.erasing = '1'",
        "select set_config('jalon.erasing', pg_current_xact_id()::text, true)",
        """set local jalon.more = '{"kind": "erase"}'""",
    ],
)
def test_a_deletion_is_not_passed_off_as_an_erasure(shop, app, lie):
    app.execute(f"begin; {lie}; delete from shop.orders where id = 1; commit")
    assert shop.execute("select operation, deleted_by from jalon_history.deletion").fetchall() == [
        ("DELETE", "db:shop_app")
    ]
    assert authors(shop, 1) != ["erased"]
    assert_honest(shop)


def test_erasing_needs_its_permission_and_the_right_to_delete(shop, connect, session):
    dba = connect("dba")
    with unchanged(shop):
        refuses(dba, "begin; select jalon.acting('anna', '{shipper}', 'x'); select jalon.erase('orders', '1')", "JL203")
        refuses(session("shop_believed"), "select jalon.erase('orders', '1')")
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('db:jalon_dba', 'admin')")
    shop.execute("revoke delete on shop.orders from jalon_dba, jalon_app, jalon_mover, public")
    with unchanged(shop):
        refuses(dba, "select jalon.erase('orders', '1')", "42501")
    shop.execute("grant delete on shop.orders to jalon_dba")
    dba.execute("select jalon.erase('orders', '1')")
    assert shop.execute("select operation from jalon_history.deletion where record_key = '1'").fetchall() == [
        ("ERASE",)
    ]
    assert set(authors(shop, 1)) == {"erased"}


def test_a_trigger_that_keeps_the_record_keeps_its_history_from_being_erased(shop, connect, holder):
    holder.execute("""create function shop.keep() returns trigger language plpgsql as 'begin return null; end';
        create trigger keep before delete on shop.orders for each row execute function shop.keep()""")
    shop.execute(
        "insert into jalon_engine.role_grant (principal, role) values ('db:jalon_dba', 'admin'); "
        "grant delete on shop.orders to jalon_dba"
    )
    attempt(connect("dba"), "select jalon.erase('orders', '1')")
    assert shop.execute("select count(*) from shop.orders where id = 1").fetchone() == (1,)
    assert "erased" not in authors(shop, 1)
    assert_honest(shop)


@pytest.mark.parametrize("hidden", ["a policy", "a rule", "a view in front"])
def test_a_record_that_is_hidden_from_the_eraser_keeps_its_history(shop, owner, connect, hidden):
    attempt(
        owner,
        {
            "a policy": "alter table shop.orders enable row level security; "
            "create policy p on shop.orders using (id <> 1)",
            "a rule": "create rule r as on delete to shop.orders do instead nothing",
            "a view in front": "create schema front; create view front.orders as select * from shop.orders where false",
        }[hidden],
    )
    shop.execute(
        "insert into jalon_engine.role_grant (principal, role) values ('db:jalon_dba', 'admin'); "
        "grant delete, select on shop.orders to jalon_dba"
    )
    dba = connect("dba")
    dba.execute("set search_path = front, shop")
    attempt(dba, "select jalon.erase('orders', '1')")
    if shop.execute("select count(*) from shop.orders where id = 1").fetchone() == (1,):
        assert "erased" not in authors(shop, 1)
    assert_honest(shop)


@pytest.mark.parametrize("on_delete", ["keep", "cascade", "refuse"])
def test_a_foreign_key_from_history_never_takes_history_along_that_is_to_be_kept(shop, on_delete):
    shop.execute("create table shop.t (id bigint primary key, status text not null default 'NEW')")
    sqlstate = attempt(
        shop,
        f"select jalon.track('shop.t', category => 'ORDER_STATUS', foreign_key => true, on_delete => '{on_delete}')",
    )
    assert (sqlstate == "JL504") == (on_delete == "keep")


def test_history_that_goes_with_its_record_goes_by_deletion_only(shop, app):
    track(
        shop,
        "shop.t",
        "create table shop.t (id bigint primary key, status text not null default 'NEW')",
        "category => 'ORDER_STATUS', on_delete => 'cascade'",
    )
    app.execute("insert into shop.t values (1), (2); update shop.t set status = 'PAID'")
    app.execute("begin; delete from shop.t where id = 1; rollback")
    assert shop.execute("select count(*) from jalon_history.shop__t").fetchone() == (4,)
    app.execute("delete from shop.t where id = 1")
    assert shop.execute("select count(*), min(t_id) from jalon_history.shop__t").fetchone() == (2, 2)
    refuses(app, "truncate shop.t", "42501")


def test_what_may_not_be_deleted_is_not_deleted_by_any_way(shop, app):
    track(
        shop,
        "shop.t",
        "create table shop.t (id bigint primary key, status text not null default 'NEW', note text); "
        "insert into shop.t values (1)",
        "category => 'ORDER_STATUS', on_delete => 'refuse'",
    )
    with unchanged(shop, "shop.t"):
        for statement in (
            "delete from shop.t",
            "begin; set local jalon.erasing = '1'; delete from shop.t; commit",
            "merge into shop.t using (values (1)) v (id) on t.id = v.id when matched then delete",
            "with a as (delete from shop.t returning id) insert into shop.t select id from a",
            "begin; declare c cursor for select from shop.t for update; fetch c; "
            "delete from shop.t where current of c; commit",
        ):
            refuses(app, statement, "JL503", "23505")


@pytest.mark.parametrize("earlier", ["in an earlier transaction", "in this one"])
def test_only_what_was_just_written_is_annotated(shop, connect, earlier):
    shop.execute("grant update, select on shop.orders to jalon_dba")
    dba = connect("dba")
    if earlier == "in this one":
        dba.execute("begin; update shop.orders set status = 'PAID' where id = 1")
        assert attempt(dba, "select jalon.annotate('orders', '1', 'because', null); commit") is None
        assert shop.execute(f"select reason from {H} where orders_id = 1 and version = 2").fetchone() == ("because",)
    else:
        dba.execute("update shop.orders set status = 'PAID' where id = 1")
        with unchanged(shop):
            refuses(dba, "select jalon.annotate('orders', '1', 'because', null)", "JL502")


@pytest.mark.parametrize(
    "when",
    [
        "2001-01-01",
        "2101-01-01",
        "epoch",
        "infinity",
        "-infinity",
    ],
)
def test_an_import_does_not_go_back_behind_what_is_recorded(shop, connect, when):
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('db:jalon_dba', 'admin')")
    attempt(
        connect("dba"),
        f"select jalon.import_change('orders', '11', 'SHIPPED', '{when}', 'from paper')",
        "22008",
        "22007",
    )
    rows = shop.execute(
        f"select version, changed_at, previous_changed_at from {H} where orders_id = 11 order by version"
    ).fetchall()
    for before, after in itertools.pairwise(rows):
        assert before[1] < after[1]
        assert after[2] == before[1]
    assert_honest(shop, kinds={"create", "move", "backfill", "import"}) if len(rows) == 2 else None


def test_no_import_by_hand_is_believed(shop, connect):
    shop.execute("grant select, update, insert on shop.orders to jalon_dba; grant usage on schema shop to jalon_dba")
    dba = connect("dba")
    dba.execute(
        """set jalon.more = '{"kind": "import"}'; set jalon.kind = 'import';
        set jalon.actor = 'boss'; set jalon.roles = 'admin'"""
    )
    for statement in (
        "update shop.orders set status = 'PAID', status_changed_at = '2001-01-01' where id = 1",
        "update shop.orders set status = 'SHIPPED', status_changed_at = now() where id = 2",
        "insert into shop.orders (id, status, status_changed_at) values (99, 'SHIPPED', '2001-01-01')",
    ):
        attempt(dba, statement)
    assert "boss" not in authors(shop, 1) + authors(shop, 2) + authors(shop, 99)
    assert shop.execute(f"select count(*) from {H} where kind = 'import' or changed_at < '2002-01-01'").fetchone() == (
        0,
    )
    assert_honest(shop)


def test_copying_into_history_is_refused(shop, owner):
    with unchanged(shop):
        with pytest.raises(psycopg.Error) as caught, owner.cursor().copy(f"copy {H} from stdin") as copy:
            copy.write_row((1,))
        assert caught.value.sqlstate == "42501"


def test_the_timelines_are_read_only(shop, session):
    for login in ("jalon_bi", "jalon_dba", "shop_owner"):
        connection = session(login)
        with unchanged(shop):
            refuses(connection, "update jalon_history.orders_timeline set status = 'SHIPPED'", "42501", "55000")
            refuses(connection, "delete from jalon_history.changes", "42501", "55000")
            refuses(connection, "insert into jalon_history.deletions (tracked) values ('orders')", "42501", "55000")


def test_a_month_that_does_not_exist_yet_loses_no_change(shop, app):
    """Whoever drops what is to come: rows find a default, or the change is refused with its history."""
    app.execute("update shop.orders set status = 'PAID' where id = 1")
    assert changes_of_record(shop, 1)[-1][0] == 2
    assert shop.execute("select count(*) from jalon.verify()").fetchone() == (0,)
    assert_honest(shop)


@each("login", ["jalon_bi", "jalon_api", "jalon_relay", "shop_app", "shop_owner"])
@each(
    "call",
    ["retain('orders', '0 days')", "ensure_partitions(1)", "untrack('shop.orders', true)", "erase('orders', '1')"],
)
def test_the_upkeep_of_history_is_not_everybodys(shop, session, login, call):
    if login == "jalon_relay" and call.startswith("ensure"):
        return
    with unchanged(shop):
        refuses(session(login), f"select jalon.{call}", "42501", "JL203")


def test_an_erasure_marks_no_other_deletion_of_its_transaction(shop, session):
    """Where history goes with the record, its deletion has no key."""
    track(
        shop,
        "shop.brief",
        "create table shop.brief (id bigint primary key, status text not null default 'NEW')",
        "category => 'ORDER_STATUS', on_delete => 'cascade'",
    )
    shop.execute("insert into shop.brief values (4), (6); delete from jalon_history.deletion where tracked = 'brief'")
    shop.execute("""insert into jalon_engine.role (code, label) values ('keeper', 'Keeper');
        insert into jalon_engine.permission_rule (role, permission) values ('keeper', 'erase');
        insert into jalon_engine.role_grant (principal, role) values ('anna', 'keeper');
        grant usage on schema shop to jalon_dba; grant select, update, delete on shop.brief to jalon_dba""")
    dba = session("jalon_dba")
    dba.execute("select jalon.act_as('anna')")
    dba.execute("begin; delete from shop.brief where id = 6; select jalon.erase('brief', '4'); commit")
    query = "select operation, deleted_by from jalon_history.deletions where tracked = 'brief' order by operation"
    assert shop.execute(query).fetchall() == [("DELETE", "anna"), ("ERASE", "anna")]
