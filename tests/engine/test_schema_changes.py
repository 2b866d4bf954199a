"""The owner of a tracked table alters it: what works, and what is refused before harm, with advice that works."""

import pytest

from tests.conftest import INSTALLER


@pytest.fixture(params=["with the event triggers", "without"])
def shop(request, shop):
    """As where a superuser installed Jalon, and as where an ordinary role did."""
    if request.param == "without":
        shop.execute("drop event trigger if exists jalon_protect_names")
        shop.execute("drop event trigger if exists jalon_protect_tables")
    elif INSTALLER:
        pytest.skip("no superuser installs here")
    return shop


@pytest.fixture
def guarded(shop, request):
    if request.node.callspec.params["shop"] == "without":
        pytest.skip("nobody refuses it here")
    return shop


@pytest.fixture
def owner(shop, connect):
    """The table belongs to an ordinary role, who was given jalon_dba."""
    name = f"owner_of_{shop.info.dbname}"
    shop.execute(f'create role "{name}" login; grant jalon_dba to "{name}"')
    shop.execute(f'grant usage, create on schema shop to "{name}" with grant option')
    shop.execute(f'alter table shop.orders owner to "{name}"')
    shop.execute("select jalon.retrack_all()")
    connection = connect()
    connection.execute(f'set session authorization "{name}"')
    yield connection
    connection.close()
    shop.execute(f'drop owned by "{name}" cascade; drop role "{name}"')


def problems(db):
    return db.execute("select problem, detail, hint from jalon.verify()").fetchall()


def test_other_columns_come_go_and_are_renamed(shop, moves):
    shop.execute("insert into shop.orders values (1)")
    shop.execute("alter table shop.orders add column extra int, alter column note type varchar(20)")
    shop.execute("alter table shop.orders rename column note to remark")
    shop.execute("alter table shop.orders drop column extra; create index on shop.orders (status)")
    shop.execute("update shop.orders set status = 'PAID', remark = 'x'")
    assert moves(shop, 1)[-1] == (2, "NEW", "PAID", "move")
    assert problems(shop) == []


def test_a_status_column_is_widened_and_everything_goes_on(rules, moves, refused):
    rules.execute(
        "create table shop.orders (id bigint primary key, status varchar(10) not null default 'NEW', note text);"
        "select jalon.track('shop.orders', category => 'ORDER_STATUS'); insert into shop.orders values (1)"
    )
    refusal = refused(rules, "alter table shop.orders alter column status type varchar(300)")
    assert refusal.sqlstate == "0A000"
    rules.execute("create view shop.stays as select * from jalon_history.orders_timeline")
    rules.execute("select jalon.alter_column_type('orders', 'status', 'varchar(300)')")
    type_of = "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = %s::regclass and attname = %s"
    assert rules.execute(type_of, ("shop.orders", "status")).fetchone() == ("character varying(300)",)
    assert problems(rules) == []
    rules.execute(
        "insert into jalon_engine.referential (category, code, label) values ('ORDER_STATUS', %s, 'x')", ("x" * 90,)
    )
    rules.execute("update shop.orders set status = 'PAID'")
    assert refused(rules, f"update shop.orders set status = '{'x' * 90}'").sqlstate == "JL406"
    rules.execute("select jalon.force_move('orders', '1', %s, 'long')", ("x" * 90,))
    assert moves(rules, 1)[-1] == (3, "PAID", "x" * 90, "force")
    assert problems(rules) == []


def test_the_owner_widens_and_renames(owner, shop, refused):
    owner.execute("insert into shop.orders values (1)")
    owner.execute("select jalon.alter_column_type('orders', 'status', 'varchar(50)')")
    owner.execute("select jalon.rename_column('orders', 'status', 'state')")
    assert refused(owner, "update shop.orders set state = 'SHIPPED'").sqlstate == "JL101"
    owner.execute("update shop.orders set state = 'PAID'")
    assert problems(shop) == []


def test_who_may_not_alter_the_table_is_told_who_may(shop, connect, refused):
    shop.execute("grant usage on schema shop to jalon_dba")
    for call in (
        "select jalon.alter_column_type('orders', 'status', 'varchar(50)')",
        "select jalon.rename_column('orders', 'status', 'state')",
        "select jalon.untrack('orders')",
        "select jalon.track('shop.orders', category => 'ORDER_STATUS')",
    ):
        refusal = refused(connect("dba"), call)
        assert (refusal.sqlstate, refusal.message) == (
            "JL504",
            f"shop.orders belongs to {shop.info.user}, and jalon_dba is not a member of that role",
        )
        assert f"grant {shop.info.user} to jalon_dba;" in refusal.hint


@pytest.mark.parametrize(
    "column,type,works",
    [
        ("id", "integer", True),
        ("id", "text", True),
        ("id", "numeric", False),
        ("status", "numeric", False),
        ("note", "varchar(9)", True),
        ("status", "nothing", False),
        ("status", "text; drop table shop.orders", False),
        ("status", "text using 'SHIPPED'", False),
    ],
)
def test_a_type_that_can_be_tracked_is_given_and_another_changes_nothing(shop, refused, moves, column, type, works):
    shop.execute("insert into shop.orders values (1)")
    call = f"select jalon.alter_column_type('orders', '{column}', $${type}$$)"
    if works:
        shop.execute(call)
    else:
        refused(shop, call)
    assert refused(shop, "update shop.orders set status = 'SHIPPED'").sqlstate == "JL101"
    shop.execute("update shop.orders set status = 'PAID'")
    history = shop.execute("select orders_id::text, new_status from jalon_history.shop__orders order by version")
    assert history.fetchall() == [("1", "NEW"), ("1", "PAID")]
    assert problems(shop) == []


def test_a_status_column_is_renamed_with_its_history(shop, refused):
    shop.execute("insert into shop.orders values (1); create view shop.stays as table jalon_history.orders_timeline")
    shop.execute("select jalon.rename_column('orders', 'status', 'state')")
    assert refused(shop, "update shop.orders set state = 'SHIPPED'").sqlstate == "JL101"
    shop.execute("update shop.orders set state = 'PAID'")
    assert shop.execute("select new_code from jalon.move('orders', 1, 'PAID')").fetchone() == ("PAID",)
    history = shop.execute("select old_state, new_state from jalon_history.shop__orders order by version").fetchall()
    assert history == [(None, "NEW"), ("NEW", "PAID")]
    assert shop.execute("select state from jalon_history.orders_timeline order by version").fetchall() == [
        ("NEW",),
        ("PAID",),
    ]
    assert shop.execute("select state from jalon_history.orders_as_of()").fetchall() == [("PAID",)]
    assert shop.execute(
        "select distinct column_name from jalon_history.changes where tracked = 'orders'"
    ).fetchall() == [("state",)]
    assert shop.execute("select count(*) from shop.stays").fetchone() == (2,)
    assert problems(shop) == []
    assert shop.execute("select jalon.track('shop.orders', 'state', category => 'ORDER_STATUS')").fetchone() == (
        "orders",
    )


def test_key_case_type_relations_and_actor_are_renamed_too(rules, refused):
    rules.execute("""create table shop.orders (id bigint primary key, status text not null default 'NEW',
            type text, seller text, clerk text);
        select jalon.track('shop.orders', category => 'ORDER_STATUS', workflow_column => 'type',
            relations => '{"seller": "seller"}', changed_by_column => 'clerk');
        insert into shop.orders values (1, 'NEW', 'gift', 'anna')""")
    for old, new in {"id": "number", "type": "sort", "seller": "by_whom", "clerk": "changed_by"}.items():
        rules.execute("select jalon.rename_column('orders', %s, %s)", (old, new))
        assert problems(rules) == []
    rules.execute("update shop.orders set status = 'PAID'")
    assert rules.execute(
        "select orders_number, sort, new_status from jalon_history.shop__orders order by version"
    ).fetchall() == [
        (1, "gift", "NEW"),
        (1, "gift", "PAID"),
    ]
    assert rules.execute("select changed_by like 'db:%' from shop.orders").fetchone() == (True,)
    assert problems(rules) == []


def test_a_name_that_cannot_be_tracked_changes_nothing(shop, refused):
    long = "x" * 60
    for old, new in (("status", long), ("status", "note"), ("status_version", "version"), ("nothing", "something")):
        refused(shop, f"select jalon.rename_column('orders', '{old}', '{new}')")
    shop.execute("insert into shop.orders values (1)")
    assert refused(shop, "update shop.orders set status = 'SHIPPED'").sqlstate == "JL101"
    assert problems(shop) == []


LABELS = """insert into jalon_engine.referential_label (category, code, language, label)
    select r.category, r.code, l.code, r.label from jalon_engine.referential r cross join jalon_engine.language l
    where r.category = 'ORDER_STATUS'"""
REQUIRE = "select jalon.set_transition('ORDER_STATUS', 'NEW', 'PAID', 'pay', '{{any}}', required_fields => '{{{}}}')"


def test_a_column_that_a_workflow_requires_is_renamed_between_two_versions(shop, refused):
    """The advice of the refusal, followed to the letter: no write passes without what is required."""
    shop.execute(f"{LABELS}; select jalon.draft('ORDER_STATUS')")
    shop.execute(REQUIRE.format("note"))
    shop.execute("select * from jalon.publish('ORDER_STATUS')")
    shop.execute("insert into shop.orders values (1)")
    refusal = refused(shop, "select jalon.rename_column('orders', 'note', 'remark')")
    assert (refusal.sqlstate, refusal.message) == (
        "JL504",
        "shop.orders: note cannot be renamed, for version 2 of the workflow ORDER_STATUS requires it",
    )
    assert refusal.hint == (
        "In one transaction: publish a version that does not require note, call jalon.rename_column, and publish a"
        " version that requires remark."
    )
    with shop.transaction():
        for name in ("", "remark"):
            shop.execute("select jalon.draft('ORDER_STATUS')")
            shop.execute(REQUIRE.format(name))
            shop.execute("select * from jalon.publish('ORDER_STATUS')")
            if not name:
                shop.execute("select jalon.rename_column('orders', 'note', 'remark')")
    assert refused(shop, "update shop.orders set status = 'PAID' where id = 1").sqlstate == "JL302"
    shop.execute("update shop.orders set status = 'PAID', remark = 'by card' where id = 1")
    assert problems(shop) == []


def test_a_draft_that_requires_a_column_is_edited_before_the_column_is_renamed(shop, refused):
    shop.execute(f"{LABELS}; select jalon.draft('ORDER_STATUS')")
    shop.execute(REQUIRE.format("note"))
    refusal = refused(shop, "select jalon.rename_column('orders', 'note', 'remark')")
    assert refusal.message.endswith("version 2 of the workflow ORDER_STATUS requires it")
    shop.execute(REQUIRE.format("remark"))
    shop.execute("select jalon.rename_column('orders', 'note', 'remark')")
    shop.execute("select * from jalon.publish('ORDER_STATUS')")
    shop.execute("insert into shop.orders values (1)")
    assert refused(shop, "update shop.orders set status = 'PAID'").sqlstate == "JL302"
    shop.execute("update shop.orders set status = 'PAID', remark = 'by card'")
    assert problems(shop) == []


def test_a_renaming_that_was_not_made_is_not_believed(shop, connect, refused):
    assert (
        refused(connect("dba"), "select jalon_engine.register_renaming('orders', 'status', 'note')").sqlstate == "JL504"
    )
    shop.execute("insert into shop.orders values (1); update shop.orders set status = 'PAID'")
    assert problems(shop) == []


def test_a_refused_renaming_says_what_renames(guarded, refused):
    refusal = refused(guarded, "alter table shop.orders rename column status to state")
    assert (refusal.sqlstate, refusal.message) == ("JL504", "shop.orders is tracked: status cannot be renamed")
    assert refusal.hint.startswith("jalon.rename_column('orders', 'status', <new name>)")


def test_a_column_that_triggers_read_keeps_its_type_unless_it_is_asked_for(rules, refused):
    rules.execute("""create table shop.orders (id bigint primary key, status text not null default 'NEW', seller text);
        select jalon.track('shop.orders', category => 'ORDER_STATUS', relations => '{"seller": "seller"}');
        insert into shop.orders values (1, 'NEW', 'anna')""")
    if not INSTALLER:
        refusal = refused(rules, "alter table shop.orders alter column seller type varchar(40)")
        assert (refusal.sqlstate, "jalon.alter_column_type('orders'" in refusal.hint) == ("JL504", True)
    rules.execute("select jalon.alter_column_type('orders', 'seller', 'varchar(40)')")
    rules.execute("update shop.orders set status = 'PAID'")
    assert problems(rules) == []


def test_untrack_rename_track_again_works_to_the_letter(shop, refused):
    shop.execute("insert into shop.orders values (1)")
    shop.execute("select jalon.untrack('orders')")
    shop.execute("alter table shop.orders rename column status to state")
    shop.execute("alter table shop.orders alter column state type varchar(300)")
    shop.execute("select jalon.track('shop.orders', 'state', category => 'ORDER_STATUS')")
    shop.execute("update shop.orders set state = 'PAID'")
    assert shop.execute("select new_state from jalon_history.shop__orders order by version").fetchall() == [
        ("NEW",),
        ("PAID",),
    ]
    assert problems(shop) == []


def test_a_history_of_other_columns_is_not_mixed_with_it(shop, refused):
    """The advice of the refusal, followed to the letter."""
    shop.execute("insert into shop.orders values (1); select jalon.untrack('orders')")
    shop.execute("alter table shop.orders add column stage text not null default 'NEW'")
    refusal = refused(shop, "select jalon.track('shop.orders', 'stage', category => 'ORDER_STATUS')")
    assert (refusal.sqlstate, "knows the column status, not stage" in refusal.message) == ("JL504", True)
    shop.execute("select jalon.track('shop.orders', 'status', category => 'ORDER_STATUS')")
    shop.execute("select jalon.untrack('orders', drop_history => true)")
    shop.execute("select jalon.track('shop.orders', 'stage', category => 'ORDER_STATUS')")
    assert problems(shop) == []


def test_a_tracked_table_is_dropped_after_untracking(guarded, refused):
    guarded.execute("insert into shop.orders values (1)")
    refusal = refused(guarded, "drop table shop.orders cascade")
    assert (refusal.sqlstate, refusal.message) == ("JL504", "shop.orders is tracked and cannot be dropped")
    assert "select jalon.untrack('orders');" in refusal.hint
    refusal = refused(guarded, "alter table shop.orders drop column status cascade")
    assert (refusal.sqlstate, refusal.message) == ("JL504", "shop.orders is tracked: status cannot be dropped")
    guarded.execute("select jalon.untrack('orders'); drop table shop.orders")
    assert guarded.execute("select count(*) from jalon_history.shop__orders").fetchone() == (1,)
    assert problems(guarded) == []


def test_a_table_renamed_after_untracking_is_tracked_again(shop):
    shop.execute("insert into shop.orders values (1); select jalon.untrack('orders')")
    shop.execute("alter table shop.orders rename to purchases")
    shop.execute("select jalon.track('shop.purchases', category => 'ORDER_STATUS')")
    assert shop.execute("select count(*) from jalon_history.shop__orders").fetchone() == (1,)
    assert problems(shop) == []


def test_what_goes_as_a_whole_goes_and_is_noticed(shop):
    """Whoever drops a schema means it; tables beside ours, partitions and temporary ones are nobody's business."""
    shop.execute(
        "create table shop.other (id int); create temp table orders (id int); drop table shop.other, pg_temp.orders"
    )
    shop.execute("drop schema shop cascade")
    assert [problem for problem, _, _ in problems(shop)] == ["table_dropped"]
    shop.execute("select jalon.untrack('orders')")
    assert problems(shop) == []


def test_a_type_is_altered_while_somebody_writes_and_no_write_passes_unchecked(shop, connect):
    writer = connect(autocommit=False)
    writer.execute("insert into shop.orders values (1)")
    shop.execute("set lock_timeout = '300ms'")
    with pytest.raises(Exception, match="lock timeout"):
        shop.execute("select jalon.alter_column_type('orders', 'status', 'varchar(50)')")
    writer.commit()
    shop.execute("select jalon.alter_column_type('orders', 'status', 'varchar(50)')")
    assert problems(shop) == []
