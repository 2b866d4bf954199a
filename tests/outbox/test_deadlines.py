"""A stay that passes its deadline is announced once, to webhooks and to streams; nothing moves by it."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from jalon.outbox.relay import Relay

from .conftest import Receiver

Connection = psycopg.Connection[Any]
Connect = Callable[..., Connection]
Subscribe = Callable[..., tuple[str, str]]
SOON, LATE = "1 microsecond", "30 days"


def limit(db: Connection, stay: str | None, code: str = "NEW") -> None:
    db.execute(
        "update jalon_engine.referential set max_stay = %s::interval where category = 'ORDER_STATUS' and code = %s",
        (stay, code),
    )


def look(db: Connection) -> int:
    """How many stays were found, over all batches."""
    found = 0
    while rows := db.execute("select passed, problem from jalon.announce_deadlines()").fetchall():
        assert [problem for _, problem in rows if problem] == []
        found += sum(passed for passed, _ in rows)
    return found


def messages(db: Connection) -> list[tuple[str, str, str]]:
    """Type, record and code of each message that waits, which is taken."""
    return db.execute(
        "with gone as (delete from jalon_engine.outbox_message where type like '%.deadline_passed' returning *)"
        " select type, record_key, data ->> 'status' from gone order by record_key::int, occurred_at"
    ).fetchall()


def move(db: Connection, id: int, to: str) -> None:
    db.execute("select jalon.move('orders', %s::text, %s)", (id, to))


@pytest.fixture
def heard(shop: Connection, subscribe: Subscribe) -> Connection:
    """The shop, of which a webhook hears, with three orders; nobody is late, and the first look is made."""
    shop.execute("delete from shop.orders where id > 3")
    shop.execute("select jalon.grant_role('db:' || session_user, 'clerk')")
    subscribe(eventTypes=["orders.deadline_passed"])
    assert look(shop) == 0
    return shop


def test_each_stay_that_passes_its_deadline_is_announced_once(heard: Connection) -> None:
    limit(heard, LATE)
    assert (look(heard), messages(heard)) == (0, [])
    limit(heard, SOON)
    assert look(heard) == 3
    assert messages(heard) == [("orders.deadline_passed", str(id), "NEW") for id in (1, 2, 3)]
    assert (look(heard), messages(heard)) == (0, [])


def test_the_message_says_which_stay_of_which_record(heard: Connection) -> None:
    limit(heard, SOON)
    look(heard)
    version, data, is_the_stay = heard.execute(
        "select m.version, m.data, (m.data ->> 'enteredAt')::timestamptz = o.status_changed_at"
        " and (m.data ->> 'dueAt')::timestamptz = o.status_changed_at + interval '1 microsecond'"
        " and m.occurred_at = (m.data ->> 'dueAt')::timestamptz"
        " from jalon_engine.outbox_message m join shop.orders o on o.id::text = m.record_key where m.record_key = '2'"
    ).fetchone() or (None, {}, None)
    assert is_the_stay
    del data["enteredAt"], data["dueAt"]
    assert (version, data) == (1, {"table": "orders", "key": 2, "version": 1, "column": "status", "status": "NEW"})


def test_a_new_order_is_found_in_history_without_reading_all_records(heard: Connection) -> None:
    limit(heard, SOON)
    look(heard)
    messages(heard)
    read = heard.execute("select read_whole_at from jalon_engine.deadline_look where tracked = 'orders'").fetchone()
    heard.execute("insert into shop.orders (customer) values ('later')")
    assert look(heard) == 1
    assert (
        read
        == heard.execute("select read_whole_at from jalon_engine.deadline_look where tracked = 'orders'").fetchone()
    )
    assert [key for _, key, _ in messages(heard)] == [str(newest(heard))]


def newest(db: Connection) -> int:
    found: int = db.execute("select max(id) from shop.orders").fetchall()[0][0]
    return found


def test_what_moved_on_in_time_is_not_told(heard: Connection) -> None:
    limit(heard, LATE)
    look(heard)
    move(heard, 1, "PAID")
    limit(heard, SOON)
    look(heard)
    assert [key for _, key, _ in messages(heard)] == ["2", "3"]


def test_a_record_that_comes_back_begins_another_stay(heard: Connection) -> None:
    limit(heard, SOON)
    look(heard)
    messages(heard)
    move(heard, 1, "PAID")
    assert (look(heard), messages(heard)) == (0, [])
    move(heard, 1, "NEW")
    assert look(heard) == 1
    assert [key for _, key, _ in messages(heard)] == ["1"]


def test_a_deadline_that_is_put_off_announces_no_stay_again(heard: Connection) -> None:
    limit(heard, SOON)
    look(heard)
    messages(heard)
    for stay in (LATE, None, "2 microseconds"):
        limit(heard, stay)
        assert (look(heard), messages(heard)) == (0, [])


def test_a_deadline_of_another_code_is_announced_of_its_own_stay(heard: Connection) -> None:
    limit(heard, SOON)
    look(heard)
    messages(heard)
    move(heard, 3, "PAID")
    limit(heard, SOON, "PAID")
    assert look(heard) == 1
    assert messages(heard) == [("orders.deadline_passed", "3", "PAID")]


def test_what_had_passed_before_the_first_look_is_no_news(shop: Connection, subscribe: Subscribe) -> None:
    limit(shop, SOON)
    subscribe(eventTypes=["orders.*"])
    assert look(shop) == 60
    assert messages(shop) == []


def test_where_nobody_listens_no_message_is_written_and_later_listeners_hear_no_old_ones(
    shop: Connection, subscribe: Subscribe
) -> None:
    look(shop)
    limit(shop, SOON)
    assert (look(shop), messages(shop)) == (60, [])
    subscribe(eventTypes=["orders.*"])
    assert (look(shop), messages(shop)) == (0, [])


def test_a_long_transaction_is_found_as_late_as_it_commits(heard: Connection, connect: Connect) -> None:
    limit(heard, SOON)
    with connect() as other:
        other.autocommit = False
        other.execute("insert into shop.orders (customer) values ('slow')")
        look(heard)
        messages(heard)
        heard.execute("update jalon_engine.deadline_look set looked_until = now() + interval '5 hours'")
        other.commit()
    assert look(heard) == 0  # it is older than what a look goes back by
    heard.execute("update jalon_engine.deadline_look set read_whole_at = now() - interval '25 hours'")
    assert look(heard) == 1
    assert len(messages(heard)) == 1


def test_several_at_once_announce_each_stay_once(heard: Connection, connect: Connect) -> None:
    limit(heard, SOON)
    connections = [connect() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        counts = list(threads.map(look, connections))
    look(heard)
    assert sum(counts) <= 3
    assert [key for _, key, _ in messages(heard)] == ["1", "2", "3"]
    for each in connections:
        each.close()


def test_while_one_looks_another_does_not_wait(heard: Connection, connect: Connect) -> None:
    limit(heard, SOON)
    with connect() as other:
        other.autocommit = False
        assert other.execute("select passed from jalon.announce_deadlines()").fetchall() == [(3,)]
        assert heard.execute("select passed from jalon.announce_deadlines()").fetchall() == []
        other.rollback()
    assert look(heard) == 3
    assert len(messages(heard)) == 3


def test_a_look_goes_on_where_a_batch_ended(heard: Connection) -> None:
    limit(heard, SOON)
    counts = [heard.execute("select passed from jalon.announce_deadlines(2)").fetchall() for _ in range(3)]
    assert counts == [[(2,)], [(1,)], []]
    assert len(messages(heard)) == 3


def test_a_deleted_record_is_forgotten(heard: Connection) -> None:
    limit(heard, SOON)
    look(heard)
    heard.execute("delete from shop.orders where id = 2")
    heard.execute("update jalon_engine.deadline_look set read_whole_at = '-infinity'")
    look(heard)
    assert heard.execute("select record_key from jalon_engine.passed_deadline order by 1").fetchall() == [
        ("1",),
        ("3",),
    ]
    heard.execute("select jalon.untrack('orders')")
    assert heard.execute("select count(*) from jalon_engine.passed_deadline").fetchone() == (0,)


def test_a_table_that_cannot_be_read_keeps_no_other_from_being_looked_at(heard: Connection) -> None:
    heard.execute("create table shop.baskets (id int primary key, status text not null default 'NEW')")
    heard.execute("select jalon.track('shop.baskets', 'status', category => 'ORDER_STATUS')")
    look(heard)
    heard.execute("alter table jalon_history.shop__baskets rename column baskets_id to broken")
    limit(heard, SOON)
    # The next look asks history, whose column is gone.
    heard.execute(
        "update jalon_engine.deadline_look set limits = '{\"NEW\": \"00:00:00.000001\"}' where tracked = 'baskets'"
    )
    rows = heard.execute("select tracked, passed, problem is null from jalon.announce_deadlines()").fetchall()
    assert rows == [("baskets", 0, False), ("orders", 3, True)]


def test_each_status_column_has_stays_of_its_own(heard: Connection) -> None:
    heard.execute("create table shop.parcels (id int primary key, status text default 'NEW', paid text default 'NEW')")
    both = {"status": "ORDER_STATUS", "paid": "ORDER_STATUS"}
    heard.execute("select jalon.track('shop.parcels', columns => %s::jsonb)", (json.dumps(both),))
    limit(heard, LATE)
    look(heard)
    heard.execute("insert into shop.parcels (id) values (1)")
    heard.execute("update shop.parcels set paid = 'PAID'")
    limit(heard, SOON)
    # The next look asks history.
    heard.execute('update jalon_engine.deadline_look set limits = \'{"NEW": "00:00:00.000001"}\'')
    asked = "select column_name, code, entered_at from jalon_engine.passed_deadline where tracked = 'parcels'"
    look(heard)
    by_history = heard.execute(asked).fetchall()
    assert [row[:2] for row in by_history] == [("status", "NEW")]
    # All records say the same.
    heard.execute("update jalon_engine.deadline_look set read_whole_at = '-infinity'")
    look(heard)
    assert heard.execute(asked).fetchall() == by_history


def test_nothing_moves_by_it(heard: Connection) -> None:
    limit(heard, SOON)
    look(heard)
    assert heard.execute("select distinct status, status_version from shop.orders").fetchall() == [("NEW", 1)]


def test_a_stream_hears_that_the_table_changed(heard: Connection) -> None:
    def changed(snapshot: str | None) -> dict[str, Any]:
        row = heard.execute(
            "select body from jalon_api.run('changed_tables', null, %s::jsonb, '{}')",
            (json.dumps({"snapshot": snapshot} if snapshot else {}),),
        ).fetchone()
        assert row
        found: dict[str, Any] = row[0]
        return found

    limit(heard, SOON)
    before = changed(None)["snapshot"]
    assert changed(before)["tables"] == []
    look(heard)
    assert changed(before)["tables"] == ["orders"]


def test_the_relay_looks_and_delivers(
    heard: Connection, relays: Callable[..., Relay], receiver: Receiver, subscribe: Subscribe
) -> None:
    limit(heard, SOON)
    relays()
    got = receiver.wait(3)
    assert sorted(request.data["key"] for request in got) == [1, 2, 3]
    assert {json.loads(request.body)["type"] for request in got} == {"orders.deadline_passed"}


def test_a_webhook_that_wants_changes_only_hears_none_and_filters_apply(
    heard: Connection, subscribe: Subscribe
) -> None:
    subscribe(eventTypes=["orders.status_changed"])
    subscribe(eventTypes=["orders.*"], **{"from": ["PAID"]})
    subscribe(eventTypes=["orders.*"], **{"from": ["NEW"]}, thin=True)
    limit(heard, SOON)
    look(heard)
    heard.execute("select jalon.fan_out()")
    rows = heard.execute(
        "select w.event_types[1], w.from_codes, count(*) from jalon_engine.webhook_delivery d"
        " join jalon_engine.webhook w on w.id = d.webhook_id group by 1, 2 order by 2 nulls first"
    ).fetchall()
    assert rows == [("orders.deadline_passed", None, 3), ("orders.*", ["NEW"], 3)]
