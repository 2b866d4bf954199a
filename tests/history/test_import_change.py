"""jalon.import_change: one change of the past. Each reason to refuse it has words of its own."""

import psycopg
import pytest

from tests.shop import Connection, import_changes, rows

H = "jalon_history.shop__orders"
IMPORT = "select old_code, new_code, version, changed_at, has_changed from jalon.import_change('orders', %s, %s, %s)"


@pytest.fixture
def order(orders: Connection) -> Connection:
    import_changes(orders, (1, "NEW", "2024-01-10Z"))
    return orders


def test_changes_of_one_instant_keep_it_and_their_order(order: Connection) -> None:
    for code in ("PAID", "SHIPPED", "CANCELLED"):
        order.execute("select jalon.import_change('orders', '1', %s, '2024-02-01Z')", (code,))
    order.execute("select jalon.import_change('orders', '1', 'NEW', '2024-02-02Z')")
    assert rows(order, f"select new_status, changed_at::date::text from {H} order by version") == [
        ("NEW", "2024-01-10"), ("PAID", "2024-02-01"), ("SHIPPED", "2024-02-01"), ("CANCELLED", "2024-02-01"),
        ("NEW", "2024-02-02"),
    ]  # fmt: skip
    for instant, code in (("2024-01-31Z", "NEW"), ("2024-02-01Z", "CANCELLED")):
        assert rows(order, "select status from jalon_history.orders_as_of(%s)", instant) == [(code,)]
    current = "select status from jalon_history.orders_timeline where is_current"
    assert rows(order, current) == [("NEW",)]
    order.execute("select * from jalon.ensure_partitions()")
    assert rows(order, "select problem from jalon.verify()") == []


def test_a_change_within_an_import_that_names_no_time_has_that_of_the_change_before(order: Connection) -> None:
    """Without an import it has its own."""
    order.execute("update shop.orders set status = 'PAID'")
    assert rows(order, "select status_changed_at > now() - interval '1 hour' from shop.orders") == [(True,)]


def test_the_answer_says_where_the_record_came_from_and_whether_it_changed(order: Connection) -> None:
    (answer,) = rows(order, IMPORT, "1", "PAID", "2024-02-01Z")
    assert (*answer[:3], answer[4]) == ("NEW", "PAID", 2, True)
    (again,) = rows(order, IMPORT, "1", "PAID", "2024-03-01Z")
    assert (*again[:3], again[4]) == ("PAID", "PAID", 2, False)
    assert again[3] == answer[3]
    assert rows(order, f"select count(*) from {H}") == [(2,)]


REFUSED = {
    "the future": ("1", "PAID", "2999-05-02Z", "JL405", "an import is about the past, and 2999-05-02"),
    "no time": ("1", "PAID", "infinity", "JL405", "an import is about the past, and infinity"),
    "an earlier time": ("1", "PAID", "2024-01-01Z", "JL405", "orders 1 last changed at 2024-01-10"),
    "no such record": ("9", "PAID", "2024-02-01Z", "JL401", "orders has no record 9"),
    "no such code": ("1", "GONE", "2024-02-01Z", "JL402", "ORDER_STATUS has no code GONE"),
}


@pytest.mark.parametrize(("id", "code", "at", "sqlstate", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_each_refusal_has_its_words(order: Connection, id: str, code: str, at: str, sqlstate: str, words: str) -> None:
    with pytest.raises(psycopg.Error) as refused:
        order.execute(IMPORT, (id, code, at))
    assert (refused.value.sqlstate, words in str(refused.value)) == (sqlstate, True), refused.value
    if sqlstate == "JL402":
        assert refused.value.diag.message_hint == "Allowed here: NEW, PAID, SHIPPED, CANCELLED."
    assert rows(order, f"select count(*) from {H}") == [(1,)]


def test_a_record_from_before_jalon_is_referred_to_the_import_of_its_whole_past(orders: Connection) -> None:
    orders.execute(
        "create table shop.old (id int primary key, status text not null); insert into shop.old values (1, 'NEW')"
    )
    orders.execute("select jalon.track('shop.old', category => 'ORDER_STATUS')")
    with pytest.raises(psycopg.Error) as refused:
        orders.execute("select jalon.import_change('old', '1', 'PAID', '2024-01-01Z')")
    assert refused.value.sqlstate == "JL405"
    assert "by jalon.import_changes" in (refused.value.diag.message_hint or "")
