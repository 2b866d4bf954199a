"""Publishing: refused with errors or with records without a code; mapped rows are moved with history; a dry run."""

from typing import Any

STATUSES = "select id, status from shop.orders order by id"
HISTORY = (
    "select orders_id, old_status, new_status, kind, reason, workflow_version from jalon_history.shop__orders "
    "where kind = 'migration' order by 1"
)


def test_errors_refuse_and_the_findings_are_in_detail(orders: Any, refused: Any, value: Any) -> None:
    orders.execute("select jalon.draft('ORDER_STATUS')")
    orders.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'PAID', roles => '{}')")
    with refused("JL505") as detail:
        orders.execute("select jalon.publish('ORDER_STATUS')")
    assert {"severity": "error", "code": "no_role", "subject": "NEW -> PAID"}.items() <= detail["findings"][0].items()
    assert (
        value("select version from jalon_engine.workflow where category = 'ORDER_STATUS' and state = 'published'") == 1
    )


def test_rows_are_not_stranded(without_paid: Any, refused: Any, rows: Any) -> None:
    with refused("JL506") as detail:
        without_paid.execute("select jalon.publish('ORDER_STATUS')")
    assert detail["codes"] == ["PAID"]
    assert detail["unmapped"] == [{"tracked": "orders", "column_name": "status", "code": "PAID", "records": 1}]
    assert rows(
        "select what, subject, records from jalon.publish('ORDER_STATUS', dry_run => true) where what = 'unmapped'"
    ) == [("unmapped", "orders.status: PAID", 1)]


def test_mapped_rows_move_with_a_history_row_each(without_paid: Any, rows: Any, value: Any) -> None:
    done = rows(
        "select what, subject, records from jalon.publish('ORDER_STATUS', '*', '{\"PAID\": \"SHIPPED\"}', "
        "reason => 'no more prepayment')"
    )
    assert done[1:] == [
        ("retired", "ORDER_STATUS / * v1", None),
        ("published", "ORDER_STATUS / * v2", None),
        ("moved", "orders.status: PAID -> SHIPPED", 1),
    ]
    assert rows(STATUSES) == [(1, "SHIPPED"), (2, "NEW"), (3, "NEW")]
    assert rows(HISTORY) == [(1, "PAID", "SHIPPED", "migration", "no more prepayment", 2)]
    assert value("select status_version from shop.orders where id = 1") == 3
    without_paid.execute("update shop.orders set status = 'SHIPPED' where id = 2")
    assert value("select kind from jalon_history.shop__orders where orders_id = 2 and new_status = 'SHIPPED'") == "move"
    assert (
        value("select workflow_version from jalon_history.shop__orders where orders_id = 2 and new_status = 'SHIPPED'")
        == 2
    )


def test_the_old_transitions_are_closed_at_once(without_paid: Any, refused: Any) -> None:
    without_paid.execute("""select jalon.publish('ORDER_STATUS', mapping => '{"PAID": "SHIPPED"}')""")
    with refused("JL406") as detail:
        without_paid.execute("update shop.orders set status = 'PAID' where id = 2")
    assert detail["allowed"] == ["CANCELLED", "SHIPPED"]


def test_a_rehearsal_reports_the_same_and_changes_nothing(without_paid: Any, rows: Any) -> None:
    rehearse = """select * from jalon.publish('ORDER_STATUS', mapping => '{"PAID": "SHIPPED"}', dry_run => %s)"""
    before = (
        rows("select w.* from jalon_engine.workflow w order by version"),
        rows("select r.* from jalon_engine.rule r order by 1, 2, 3, 4"),
    )
    rehearsed = rows(rehearse, True)
    assert rows(STATUSES)[0] == (1, "PAID")
    assert rows(HISTORY) == []
    assert before == (
        rows("select w.* from jalon_engine.workflow w order by version"),
        rows("select r.* from jalon_engine.rule r order by 1, 2, 3, 4"),
    )
    assert rows(rehearse, False) == rehearsed


def test_a_mapping_must_lead_to_an_active_code_of_the_new_version(without_paid: Any, refused: Any) -> None:
    for mapping, sqlstate in (
        ('{"PAID": "NOWHERE"}', "JL402"),
        ('{"NOWHERE": "NEW"}', "JL402"),
        ('{"PAID": "PAID"}', "JL406"),
        ('["PAID"]', "JL405"),
    ):
        with refused(sqlstate):
            without_paid.execute("select jalon.publish('ORDER_STATUS', mapping => %s::jsonb)", (mapping,))


def test_codes_may_change_places_in_one_publication(orders: Any, rows: Any) -> None:
    orders.execute("update shop.orders set status = 'PAID' where id = 1")
    orders.execute("select jalon.draft('ORDER_STATUS')")
    orders.execute("""select jalon.publish('ORDER_STATUS', mapping => '{"PAID": "NEW", "NEW": "PAID"}')""")
    assert rows(STATUSES) == [(1, "NEW"), (2, "PAID"), (3, "PAID")]


def test_case_types_are_distinguished(db: Any, rows: Any, refused: Any) -> None:
    db.execute("select jalon.apply_template('orders', 'ORDER_STATUS')")
    db.execute("create schema shop")
    db.execute("create table shop.orders (id int primary key, status text not null default 'NEW', case_type text)")
    db.execute("select jalon.track('shop.orders', category => 'ORDER_STATUS', workflow_column => 'case_type')")
    db.execute("insert into shop.orders values (1, 'NEW', null), (2, 'NEW', 'gift'), (3, 'NEW', 'other')")
    db.execute("update shop.orders set status = 'PAID'")
    db.execute("select jalon.draft('ORDER_STATUS', 'gift', copied => false)")
    db.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'SHIPPED', 'ship', '{any}', case_type => 'gift')")
    db.execute(
        "select jalon.set_transition('ORDER_STATUS', 'SHIPPED', 'DELIVERED', 'deliver', '{any}', case_type => 'gift')"
    )
    with refused("JL506") as detail:
        db.execute("select jalon.publish('ORDER_STATUS', 'gift')")
    assert detail["unmapped"][0]["records"] == 1
    db.execute("""select jalon.publish('ORDER_STATUS', 'gift', '{"PAID": "SHIPPED"}')""")
    assert rows(STATUSES) == [(1, "PAID"), (2, "SHIPPED"), (3, "PAID")]
    with refused("JL406"):
        db.execute("insert into shop.orders values (4, 'PAID', 'gift')")
    # A publication for all leaves alone the rows that have a workflow of their own.
    db.execute("update shop.orders set status = 'SHIPPED' where id = 3")
    db.execute("select jalon.draft('ORDER_STATUS')")
    db.execute("""select jalon.publish('ORDER_STATUS', mapping => '{"SHIPPED": "DELIVERED"}')""")
    assert rows(STATUSES) == [(1, "PAID"), (2, "SHIPPED"), (3, "DELIVERED")]
    # Retired: gifts fall under the workflow for all again, which knows SHIPPED.
    assert [what for what, *_ in rows("select * from jalon.retire('ORDER_STATUS', 'gift')")] == ["retired"]
    db.execute("insert into shop.orders values (5, 'NEW', 'gift')")
    db.execute("update shop.orders set status = 'PAID' where id = 5")


def test_retiring_strands_nobody_either(db: Any, rows: Any, refused: Any) -> None:
    db.execute("select jalon.apply_template('orders', 'ORDER_STATUS')")
    db.execute("""select jalon.set_code('ORDER_STATUS', 'WRAPPED', labels => '{"en": "Wrapped", "fr": "Emballée"}')""")
    db.execute("select jalon.draft('ORDER_STATUS', 'gift')")
    db.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'WRAPPED', 'wrap', '{any}', case_type => 'gift')")
    db.execute(
        "select jalon.set_transition('ORDER_STATUS', 'WRAPPED', 'DELIVERED', 'deliver', '{any}', case_type => 'gift')"
    )
    db.execute("select jalon.publish('ORDER_STATUS', 'gift')")
    db.execute("create schema shop")
    db.execute("create table shop.orders (id int primary key, status text not null default 'NEW', case_type text)")
    db.execute("select jalon.track('shop.orders', category => 'ORDER_STATUS', workflow_column => 'case_type')")
    db.execute("insert into shop.orders values (1, 'NEW', 'gift')")
    db.execute("update shop.orders set status = 'WRAPPED'")
    with refused("JL506") as detail:
        db.execute("select jalon.retire('ORDER_STATUS', 'gift')")
    assert detail["codes"] == ["WRAPPED"]
    assert [what for what, *_ in rows("select * from jalon.retire('ORDER_STATUS', 'gift', dry_run => true)")] == [
        "unmapped"
    ]
    db.execute("""select jalon.retire('ORDER_STATUS', 'gift', '{"WRAPPED": "PAID"}')""")
    assert rows(STATUSES) == [(1, "PAID")]
    with refused("JL401"):
        db.execute("select jalon.retire('ORDER_STATUS', 'gift')")


def test_a_column_of_another_type_is_moved_too(db: Any, rows: Any) -> None:
    db.execute("select jalon.apply_template('orders', 'ORDER_STATUS')")
    db.execute("create schema shop")
    db.execute("create table shop.orders (id int primary key, status varchar(20) not null default 'NEW')")
    db.execute("select jalon.track('shop.orders', category => 'ORDER_STATUS')")
    db.execute("insert into shop.orders values (1)")
    db.execute("select jalon.draft('ORDER_STATUS')")
    db.execute("""select jalon.publish('ORDER_STATUS', mapping => '{"NEW": "PAID"}')""")
    assert rows(STATUSES) == [(1, "PAID")]


def test_a_dba_and_an_admin_may_publish(connect: Any, without_paid: Any, as_actor: Any, rows: Any) -> None:
    dba = connect("dba")
    with as_actor(dba, "anna", "admin"):
        dba.execute("""select jalon.publish('ORDER_STATUS', mapping => '{"PAID": "SHIPPED"}')""")
    assert rows("select changed_by, db_role from jalon_history.shop__orders where kind = 'migration'") == [
        ("anna", "jalon_dba")
    ]
    assert rows("select published_by from jalon_engine.workflow where version = 2 and category = 'ORDER_STATUS'") == [
        ("anna",)
    ]
