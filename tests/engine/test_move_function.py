"""jalon.move and the functions around it: reasons, expected codes and versions, batches, dry runs."""

import pytest


@pytest.fixture
def orders(shop):
    shop.execute("insert into shop.orders select generate_series(1, 5)")
    return shop


def test_a_move_says_what_it_did(orders, moves):
    row = orders.execute(
        "select tracked, id, old_code, new_code, version, has_changed from jalon.move('shop.orders', 1, 'PAID', "
        "'wire came')"
    ).fetchone()
    assert row == ("orders", "1", "NEW", "PAID", 2, True)
    assert orders.execute("select reason from jalon_history.shop__orders where version = 2").fetchone() == (
        "wire came",
    )


def test_a_move_to_where_the_record_is_changes_nothing_and_says_so(orders, moves):
    assert orders.execute("select new_code, version, has_changed from jalon.move('orders', 1, 'NEW')").fetchone() == (
        "NEW",
        1,
        False,
    )
    assert len(moves(orders, 1)) == 1


def test_a_stale_expected_from_fails_even_where_the_new_transition_is_legal(orders, refused):
    orders.execute("select jalon.move('orders', 1, 'PAID')")
    orders.execute("insert into jalon_engine.role_grant (principal, role) values ('db:' || session_user, 'shipper')")
    refusal = refused(orders, "select jalon.move('orders', 1, 'SHIPPED', expected_from => 'NEW')")
    assert refusal.sqlstate == "JL102"
    assert refusal.detail["from"] == "PAID"
    assert refusal.detail["allowed"] == ["SHIPPED"]
    orders.execute("select jalon.move('orders', 1, 'SHIPPED', expected_from => 'PAID', expected_version => 2)")


@pytest.mark.parametrize("key", ["99", "x", "", "1e3", "9" * 40])
def test_an_unknown_or_impossible_key_is_an_unknown_record(orders, refused, key):
    assert refused(orders, "select jalon.move('orders', %s::text, 'PAID')", key).sqlstate == "JL401"


def test_a_table_that_is_not_tracked_is_named_with_those_that_are(orders, refused):
    refusal = refused(orders, "select jalon.move('shop.nothing', '1', 'PAID')")
    assert refusal.sqlstate == "JL404"
    assert "orders" in refusal.detail["allowed"]


def test_the_reason_of_a_move_ends_with_the_move(orders):
    with orders.transaction():
        orders.execute("select jalon.move('orders', 1, 'PAID', 'wire came', meta => '{\"a\": 1}')")
        orders.execute("update shop.orders set status = 'PAID' where id = 2")
    rows = orders.execute(
        "select orders_id, reason, meta_data from jalon_history.shop__orders where version = 2 order by 1"
    ).fetchall()
    assert rows == [(1, "wire came", {"a": 1}), (2, None, None)]


def test_a_forced_move_needs_its_permission_and_a_reason_and_is_flagged(orders, refused, as_actor, moves):
    with as_actor(orders, "anna", "shipper"):
        assert refused(orders, "select jalon.force_move('orders', '1', 'SHIPPED', 'please')").sqlstate == "JL203"
    with as_actor(orders, "boss", "admin"):
        assert refused(orders, "select jalon.force_move('orders', '1', 'SHIPPED', ' ')").sqlstate == "JL301"
        assert refused(orders, "select jalon.force_move('orders', '1', 'NOWHERE', 'x')").sqlstate == "JL402"
        orders.execute("select jalon.force_move('orders', '1', 'SHIPPED', 'lost paper')")
    assert moves(orders, 1)[-1] == (2, "NEW", "SHIPPED", "force")


def test_an_unknown_code_is_refused_with_what_a_forced_or_imported_change_may_enter(orders, refused, as_actor):
    with as_actor(orders, "boss", "admin", reason="broken"):
        orders.execute("update shop.orders set status = 'CANCELLED' where id = 3")  # no transition leads on from here
        for call in (
            "jalon.force_move('orders', '3', 'NOWHERE', 'x')",
            "jalon.import_change('orders', '3', 'NOWHERE', now())",
        ):
            detail = refused(orders, f"select {call}").detail
            assert "PAID" in detail["allowed"], call


def test_a_reason_that_was_said_before_forces_nothing(orders, refused, as_actor):
    with as_actor(orders, "boss", "admin", reason="tidying up"):
        assert refused(orders, "select jalon.force_move('orders', '1', 'SHIPPED', null)").sqlstate == "JL301"


def test_explain_names_every_target_with_every_blocker(orders, as_actor):
    orders.execute("update shop.orders set status = 'PAID' where id = 2")
    rows = orders.execute(
        "select id, to_code, is_allowed, blockers from jalon.explain_many('orders', '{2,1}'::text[], actor => 'anna')"
    ).fetchall()
    assert [(r[0], r[1], r[2]) for r in rows] == [
        ("2", "SHIPPED", False),
        ("1", "PAID", True),
        ("1", "CANCELLED", False),
    ]
    assert [b["code"] for b in rows[0][3]] == ["JL202"]
    assert [b["code"] for b in rows[2][3]] == ["JL301"]
    words = orders.execute("select to_code, why_not from jalon.explain('orders', 1)").fetchall()
    assert words == [("PAID", None), ("CANCELLED", "orders 1: the move from NEW to CANCELLED needs a reason")]


def test_explain_says_allowed_exactly_where_the_move_succeeds(orders, refused):
    for key, target, allowed in orders.execute(
        "select id, to_code, is_allowed from jalon.explain_many('orders', '{1,2,3}'::text[])"
    ).fetchall():
        if allowed:
            with orders.transaction(force_rollback=True):
                orders.execute("select jalon.move('orders', %s::text, %s)", (key, target))
        else:
            assert refused(orders, "select jalon.move('orders', %s::text, %s)", key, target).sqlstate.startswith("JL")


def test_bulk_each_gives_a_result_per_record_in_the_order_asked(orders):
    orders.execute("update shop.orders set status = 'PAID' where id = 4")
    rows = orders.execute(
        "select position, id, is_done, problem ->> 'code' from jalon.move_many('orders', '{4,2,99,1}', 'CANCELLED', "
        "'closing', mode => 'each')"
    ).fetchall()
    assert rows == [(1, "4", False, "JL101"), (2, "2", True, None), (3, "99", False, "JL401"), (4, "1", True, None)]
    ids = orders.execute(
        "select array_agg(distinct bulk_id) from jalon_history.shop__orders where new_status = 'CANCELLED'"
    ).fetchone()[0]
    assert len(ids) == 1
    assert ids[0] is not None


def test_bulk_all_changes_everything_or_nothing(orders, refused):
    orders.execute("update shop.orders set status = 'PAID' where id = 4")
    refusal = refused(orders, "select jalon.move_many('orders', '{1,4,2}', 'CANCELLED', 'closing')")
    assert refusal.sqlstate == "JL101"
    assert [("problem" in r) for r in refusal.detail["results"]] == [False, True, False]
    assert orders.execute("select count(*) from shop.orders where status = 'CANCELLED'").fetchone() == (0,)
    assert len(orders.execute("select jalon.move_many('orders', '{1,2}', 'CANCELLED', 'closing')").fetchall()) == 2


def test_a_dry_run_shows_the_same_and_leaves_nothing(orders):
    dry = orders.execute(
        "select id, is_done, problem ->> 'code' from jalon.move_many('orders', '{1,99}', 'PAID', mode => 'each', "
        "dry_run => true)"
    ).fetchall()
    assert orders.execute("select count(*) from jalon_history.shop__orders where kind = 'move'").fetchone() == (0,)
    wet = orders.execute(
        "select id, is_done, problem ->> 'code' from jalon.move_many('orders', '{1,99}', 'PAID', mode => 'each')"
    ).fetchall()
    assert dry == wet == [("1", True, None), ("99", False, "JL401")]


def test_two_bulk_moves_over_the_same_records_in_opposite_order_do_not_deadlock(orders, connect):
    import threading

    orders.execute("insert into shop.orders select generate_series(6, 300)")
    ids = [str(k) for k in range(1, 301)]
    results = []

    def run(order):
        results.append(
            connect()
            .execute(
                "select count(*) filter (where is_done) from jalon.move_many('orders', %s, 'PAID', mode => 'each')",
                (order,),
            )
            .fetchone()[0]
        )

    threads = [threading.Thread(target=run, args=(order,)) for order in (ids, ids[::-1])]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(results) == 2
    assert orders.execute(
        "select count(*), count(*) filter (where kind = 'move') from jalon_history.shop__orders"
    ).fetchone() == (600, 300)


def test_an_import_keeps_its_own_time_and_needs_its_permission(orders, refused, as_actor):
    orders.execute("insert into shop.orders (id) values (50)")
    with as_actor(orders, "anna", "shipper"):
        assert refused(orders, "select jalon.import_change('orders', '50', 'SHIPPED', now())").sqlstate == "JL203"
    with orders.transaction():
        orders.execute("select jalon_engine.seal_actor('p', 'db:postgres', '', '', '{\"kind\": \"import\"}')")
        orders.execute(
            "insert into shop.orders (id, status, status_changed_at) values (60, 'PAID', '2025-01-15 12:00+00')"
        )
    orders.execute(
        "select jalon.import_change('orders', '60', 'SHIPPED', '2025-03-01 12:00+00', 'from the old system')"
    )
    rows = orders.execute(
        "select kind, changed_at::date::text, previous_changed_at::date::text, reason "
        "from jalon_history.shop__orders where orders_id = 60 order by version"
    ).fetchall()
    assert rows == [("import", "2025-01-15", None, None), ("import", "2025-03-01", "2025-01-15", "from the old system")]
    assert refused(orders, "select jalon.import_change('orders', '60', 'PAID', '2025-02-01')").sqlstate == "JL405"


def test_reason_and_meta_are_completed_only_in_the_transaction_that_wrote_the_row(orders, refused):
    with orders.transaction():
        orders.execute("insert into shop.orders values (70)")
        orders.execute("select jalon.annotate('orders', '70', 'signed up', '{\"source\": \"oauth\"}')")
    assert orders.execute(
        "select reason, meta_data from jalon_history.shop__orders where orders_id = 70"
    ).fetchone() == (
        "signed up",
        {"source": "oauth"},
    )
    assert refused(orders, "select jalon.annotate('orders', '70', 'later')").sqlstate == "JL502"
    with orders.transaction(force_rollback=True):
        orders.execute("insert into shop.orders values (71)")
        assert (
            refused(orders, "update jalon_history.shop__orders set changed_by = 'x' where orders_id = 71").sqlstate
            == "JL502"
        )
