"""The relay's maintenance at its start and once a day: partitions made ahead, old notifications deleted."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from jalon.outbox.relay import Relay
from tests.applications import client_of

from .conftest import until

Connection = psycopg.Connection[Any]
Relays = Callable[..., Relay]
Connect = Callable[..., Connection]
MONTHS = "select count(*) from jalon_history.months_of('jalon_history.shop__orders') where upper_bound > now()"
DAYS = "select count(*) from jalon_history.months_of('jalon_engine.webhook_delivery') where upper_bound > now()"


def count(db: Connection, query: str) -> int:
    found: int = db.execute(query).fetchall()[0][0]
    return found


def drop_future_partitions(db: Connection) -> None:
    for (part,) in db.execute(
        "select part_name from jalon_history.months_of('jalon_history.shop__orders') where upper_bound > now()"
    ).fetchall():
        db.execute(f"drop table {part}")


def old_notification(db: Connection) -> None:
    db.execute("""insert into jalon_engine.notification (id, created_at, recipient_permission, acted_by, type, priority,
        message, params, tracked, record_key)
        values (gen_random_uuid(), now() - interval '400 days', 'manage_webhooks', 'relay', 'webhook_disabled', 'high',
            'webhook.disabled.gone', '{}', 'webhook', '1'),
            (gen_random_uuid(), now(), 'manage_webhooks', 'relay', 'webhook_disabled', 'high', 'webhook.disabled.gone',
                '{}', 'webhook', '2')""")


def maintenance_steps(db: Connection) -> list[tuple[str, str]]:
    done: list[tuple[str, str]] = []
    while step := db.execute("select what, name from jalon.run_maintenance()").fetchall():
        done += step
    return done


def test_a_relay_that_starts_makes_months_and_days_and_forgets_old_notifications(
    shop: Connection, relays: Relays
) -> None:
    drop_future_partitions(shop)
    old_notification(shop)
    assert (count(shop, MONTHS), count(shop, DAYS)) == (0, 0)
    relays()
    until(lambda: count(shop, "select count(*) from jalon_engine.notification") == 1)
    assert (count(shop, MONTHS), count(shop, DAYS)) == (4, 4)


def test_the_relay_inside_serve_does_it_too(shop: Connection, relay_settings: Any) -> None:

    drop_future_partitions(shop)
    with client_of(relay_settings):
        until(lambda: (count(shop, MONTHS), count(shop, DAYS)) == (4, 4))


def test_it_is_done_again_after_a_day(shop: Connection, relays: Relays, monkeypatch: Any) -> None:
    monkeypatch.setattr("jalon.outbox.relay.DAY", 0.05)
    relays()
    until(lambda: count(shop, MONTHS) == 4 and count(shop, DAYS) == 4)
    old_notification(shop)
    until(lambda: count(shop, "select count(*) from jalon_engine.notification") == 1)


def test_one_at_a_time_works_and_another_waits_for_its_step(shop: Connection, connect: Connect) -> None:
    one, two = connect("relay", autocommit=False), connect("relay")
    first = one.execute("select what, name from jalon.run_maintenance()").fetchall()
    second: list[Any] = []
    thread = threading.Thread(
        target=lambda: second.extend(two.execute("select what, name from jalon.run_maintenance()").fetchall())
    )
    thread.start()
    pid = two.info.backend_pid
    until(
        lambda: shop.execute(
            "select 1 from pg_locks where pid = %s and locktype = 'transactionid' and not granted", (pid,)
        ).fetchone()
    )
    assert second == []
    one.commit()
    thread.join(60)
    assert len(first) == len(second) == 1 and first != second


def test_several_together_do_each_step_once_and_none_fails(shop: Connection, connect: Connect) -> None:
    drop_future_partitions(shop)
    old_notification(shop)
    sessions = [connect("relay") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = [step for steps in pool.map(maintenance_steps, sessions) for step in steps]
    assert sorted(done) == sorted(set(done))
    assert ("forgotten", "1 notifications") in done
    assert sum(name.startswith("jalon_history.shop__orders") for _, name in done) == 4
    assert sum(name.startswith("jalon_engine.webhook_") for _, name in done) == 12


def test_what_can_t_be_done_now_is_tried_again_and_holds_no_delivery_back(
    shop: Connection, relays: Relays, connect: Connect
) -> None:
    """Somebody reads the parent all the while: its days can't be made."""
    reader = connect(autocommit=False)
    reader.execute("select count(*) from jalon_engine.webhook_delivery")
    relay = relays()
    until(relay.maintenance_is_done.is_set, 15)
    assert count(shop, DAYS) == 0


def test_the_days_are_made_without_a_deadlock_with_whoever_registers_an_endpoint(
    shop: Connection, connect: Connect
) -> None:
    """They hold the endpoints and then look at the deliveries; a new day locks both."""
    drop_future_partitions(shop)
    writer, worker = connect(autocommit=False), connect("relay")
    for parent in ("webhook_delivery", "webhook_attempt"):
        writer.execute("insert into jalon_engine.webhook (url, event_types, created_by) values ('x', '{*}', 'anna')")
        with ThreadPoolExecutor(1) as pool:
            made = pool.submit(maintenance_steps, worker)
            until(
                lambda: shop.execute(
                    "select 1 from pg_stat_activity where pid = %s and wait_event is not null and state = 'active'",
                    (worker.info.backend_pid,),
                ).fetchone()
            )
            writer.execute(f"select count(*) from jalon_engine.{parent}")
            writer.commit()
            made.result(60)
        drop_days(shop)
    assert count(shop, DAYS) == 0
    assert maintenance_steps(worker)
    assert count(shop, DAYS) == 4


def drop_days(db: Connection) -> None:
    for (part,) in db.execute(
        "select m.part_name from unnest(array['webhook_message', 'webhook_delivery', 'webhook_attempt']) p"
        " cross join lateral jalon_history.months_of(('jalon_engine.' || p)::regclass) m where not m.is_default"
    ).fetchall():
        db.execute(f"drop table {part}")
