"""Test mode: a database for tests, in which records begin on any status and tables are emptied, and that says so."""

import pytest

from jalon.install import doctor


@pytest.fixture
def tests(shop):
    shop.execute("select jalon.test_mode()")
    return shop


def problems(db):
    return [problem for (problem,) in db.execute("select problem from jalon.verify()").fetchall()]


def test_a_record_begins_on_any_status_and_history_marks_it(tests, moves):
    tests.execute("insert into shop.orders values (1, 'SHIPPED'), (2, 'NEW'), (3, 'PAID')")
    assert [moves(tests, id)[0] for id in (1, 2, 3)] == [
        (1, None, "SHIPPED", "test"),
        (1, None, "NEW", "create"),
        (1, None, "PAID", "test"),
    ]
    tests.execute("update shop.orders set status = 'SHIPPED' where false")
    assert problems(tests) == ["test_mode"]


def test_changes_are_checked_as_ever(tests, refused):
    tests.execute("insert into shop.orders values (1, 'NEW'), (2, 'PAID')")
    assert refused(tests, "update shop.orders set status = 'SHIPPED' where id = 1").sqlstate == "JL101"
    assert refused(tests, "update shop.orders set status = 'SHIPPED' where id = 2").sqlstate == "JL202"
    assert refused(tests, "insert into shop.orders values (3, 'NONSENSE')").sqlstate == "JL402"
    assert refused(tests, "update jalon_history.shop__orders set kind = 'move'").sqlstate == "JL502"
    tests.execute("update shop.orders set status = 'PAID' where id = 1")


@pytest.mark.parametrize("on_delete", ["keep", "cascade", "refuse"])
def test_a_table_is_emptied_and_filled_again_with_the_same_keys(rules, refused, on_delete):
    rules.execute(
        "create table shop.orders (id bigint primary key, status text not null default 'NEW');"
        f"select jalon.track('shop.orders', category => 'ORDER_STATUS', on_delete => '{on_delete}')"
    )
    assert refused(rules, "truncate shop.orders").sqlstate == "JL503" or on_delete != "refuse"
    rules.execute("select jalon.test_mode()")
    for _ in range(2):
        rules.execute("insert into shop.orders values (1, 'NEW'), (2, 'SHIPPED')")
        rules.execute("truncate shop.orders")
    operations = rules.execute("select distinct operation from jalon_history.deletion").fetchall()
    assert operations == [("TEST",)]
    assert problems(rules) == ["test_mode"]


def test_whoever_writes_needs_no_right_of_their_own(tests, writer):
    tests.execute(f'grant truncate on shop.orders to "{writer.execute("select session_user").fetchone()[0]}"')
    writer.execute("insert into shop.orders values (1, 'SHIPPED'); truncate shop.orders")


def test_tables_that_come_under_jalon_later_are_in_it_too(tests):
    tests.execute("create table shop.parcels (id int primary key, status text not null)")
    tests.execute("select jalon.track('shop.parcels', category => 'ORDER_STATUS')")
    tests.execute("insert into shop.parcels values (1, 'SHIPPED'); truncate shop.parcels")
    assert problems(tests) == ["test_mode"]


def test_a_database_with_tracked_rows_is_none_for_tests(shop, refused):
    shop.execute("insert into shop.orders values (1)")
    refusal = refused(shop, "select jalon.test_mode()")
    assert (refusal.sqlstate, refusal.message) == (
        "JL511",
        "shop.orders holds rows: this is not a database for tests",
    )
    assert refused(shop, "insert into shop.orders values (2, 'SHIPPED')").sqlstate == "JL101"
    assert problems(shop) == []


def test_the_owner_of_jalon_and_dbas_set_it_and_nobody_else(shop, writer, connect, refused):
    assert refused(writer, "select jalon.test_mode()").sqlstate == "42501"
    shop.execute("grant usage on schema jalon, jalon_engine to jalon_api")
    for role in ("api", "bi", "app", "relay"):
        assert refused(connect(role), "select jalon.test_mode()").sqlstate == "42501"
    assert (
        refused(
            connect("dba"),
            "insert into jalon_engine.setting (name, value, description) values ('test_mode', 'true', '')",
        ).sqlstate
        == "42501"
    )
    assert connect("dba").execute("select jalon.test_mode()").fetchone() == (True,)
    assert connect("dba").execute("select jalon.test_mode(false)").fetchone() == (False,)
    assert problems(shop) == []


def test_nobody_writes_while_it_is_switched_on(shop, connect, refused):
    writer = connect(autocommit=False)
    writer.execute("insert into shop.orders values (1)")
    shop.execute("set lock_timeout = '300ms'")
    assert refused(shop, "select jalon.test_mode()").sqlstate == "55P03"
    writer.commit()
    assert refused(shop, "select jalon.test_mode()").sqlstate == "JL511"


def test_the_doctor_is_red_while_it_is_on_and_after_what_it_left(tests, refused):
    assert list(doctor.findings(tests)) == [
        "test mode is on: records begin on any status, and TRUNCATE is allowed. "
        "For databases of tests only. `select jalon.test_mode(false)` ends it."
    ]
    tests.execute("set search_path = public; insert into shop.orders values (1, 'SHIPPED')")
    assert tests.execute("select jalon.test_mode(false)").fetchone() == (False,)
    assert refused(tests, "insert into shop.orders values (2, 'SHIPPED')").sqlstate == "JL101"
    assert refused(tests, "truncate shop.orders").sqlstate == "JL503"
    assert problems(tests) == ["test_rows"]
    assert any("records that began, or went, in test mode: 1 (1)" in found for found in doctor.findings(tests))


def test_twice_is_once(tests):
    tests.execute("insert into shop.orders values (1, 'SHIPPED')")
    assert tests.execute("select jalon.test_mode()").fetchone() == (True,)
    assert problems(tests) == ["test_mode"]
