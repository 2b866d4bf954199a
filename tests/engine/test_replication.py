"""Logical replication, as in docs/engine.md: applied changes aren't checked again, history is replicated too."""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from jalon.install import embedded
from tests.conftest import migrate_template, name_actor, programs
from tests.docs.pages import DOCS
from tests.engine.conftest import RULES
from tests.outbox.conftest import until

Connection = psycopg.Connection[Any]
ENGINE_PAGE = (Path(__file__).parents[2] / "docs" / "engine.md").read_text()
MAJOR = int(os.environ.get("JALON_TEST_POSTGRES", "18"))
TABLES = """
create table shop.orders (id bigint primary key, status text not null default 'NEW', note text);
select jalon.track('shop.orders', 'status', category => 'ORDER_STATUS');
create table shop.parcels (id bigint, status text not null default 'NEW', primary key (id)) partition by range (id);
create table shop.parcels_low partition of shop.parcels for values from (0) to (1000);
select jalon.track('shop.parcels', 'status', category => 'ORDER_STATUS');
"""
MOVES = (
    "select orders_id, version, old_status, new_status, changed_by from jalon_history.shop__orders "
    "order by orders_id, version"
)
PARCELS = (
    "select parcels_id, version, new_status, changed_by from jalon_history.shop__parcels order by parcels_id, version"
)


class Pair(NamedTuple):
    publisher: Connection
    subscriber: Connection


@pytest.fixture(scope="module")
def server() -> Iterator[embedded.Cluster]:
    """One server that can decode its WAL, with a database that has a shop."""
    with tempfile.TemporaryDirectory(prefix="jalon-replication-", ignore_cleanup_errors=True) as folder:
        cluster = embedded.cluster(Path(folder), MAJOR, programs(MAJOR), ("fsync=off", "wal_level=logical"))
        cluster.start(lambda text: None)
        try:
            with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as connection:
                connection.execute("create database template_of_both")
            migrate_template(host=str(cluster.socket), user="postgres", dbname="template_of_both")
            with psycopg.connect(cluster.dsn("template_of_both"), autocommit=True) as connection:
                connection.execute(RULES)
                connection.execute(TABLES)
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture
def pair(server: embedded.Cluster) -> Iterator[Pair]:
    """Two databases with the same rules; nothing is published yet."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as outside:
        for name in ("publisher", "subscriber"):
            outside.execute(f"create database {name} template template_of_both")
        with (
            psycopg.connect(server.dsn("publisher"), autocommit=True) as publisher,
            psycopg.connect(server.dsn("subscriber"), autocommit=True) as subscriber,
        ):
            try:
                yield Pair(publisher, subscriber)
            finally:
                subscriber.execute("drop subscription if exists jalon")
        for name in ("subscriber", "publisher"):
            outside.execute(f"drop database {name} with (force)")


def replicate(pair: Pair, *tables: str) -> None:
    """As docs/engine.md says: the table, its history through its parent, its deletions."""
    pair.publisher.execute(
        f"create publication jalon for table {', '.join(tables)} with (publish_via_partition_root = true)"
    )
    pair.publisher.execute(
        "select pg_create_logical_replication_slot('jalon', 'pgoutput')"
    )  # on the same server it can't make its own
    reach = f"host={pair.publisher.info.host} user=postgres dbname=publisher"
    pair.subscriber.execute(
        f"create subscription jalon connection '{reach}' publication jalon with (create_slot = false, slot_name = "
        f"'jalon')"
    )
    until(lambda: rows(pair.subscriber, "select bool_and(srsubstate = 'r') from pg_subscription_rel") == [(True,)], 30)


def wait_for_replication(pair: Pair) -> None:
    (position,) = rows(pair.publisher, "select pg_current_wal_lsn()")[0]
    until(
        lambda: (
            rows(
                pair.publisher,
                "select confirmed_flush_lsn >= %s from pg_replication_slots where slot_name = 'jalon'",
                position,
            )
            == [(True,)]
        ),
        30,
    )


def rows(db: Connection, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    return db.execute(query, parameters or None).fetchall()


def enable(db: Connection, table: str, when: str) -> None:
    triggers = "select tgname from pg_trigger where tgrelid = %s::regclass and tgname ~ '^[~_]jalon_'"
    for (name,) in rows(db, triggers, table):
        db.execute(f'alter table {table} enable {when} trigger "{name}"')


def act(db: Connection, *statements: str) -> None:
    name_actor(db, "anna", "shipper,admin", "asked")
    for statement in statements:
        db.execute(statement)
    name_actor(db, None, "", "")


ERRORS = "select apply_error_count > 0 from pg_stat_subscription_stats"
LIFE = (
    "insert into shop.orders (id) values (1), (2)",
    "update shop.orders set status = 'PAID' where id = 1",
    "update shop.orders set status = 'PAID'  where id = 2",
    "update shop.orders set status = 'SHIPPED' where id = 1",
    "update shop.orders set note = 'fragile'",
)


def test_rows_and_history_arrive_as_they_are_once_and_the_subscriber_verifies(pair: Pair) -> None:
    act(pair.publisher, "insert into shop.orders (id) values (7)")  # before: the initial copy brings it
    replicate(pair, "shop.orders", "jalon_history.shop__orders")
    act(pair.publisher, *LIFE)
    wait_for_replication(pair)
    assert rows(pair.subscriber, MOVES) == rows(pair.publisher, MOVES) != []
    everything = "select to_jsonb(h) from jalon_history.shop__orders h order by 1"
    assert rows(pair.subscriber, everything) == rows(pair.publisher, everything)
    assert rows(pair.subscriber, "select * from jalon.verify('orders')") == []
    shown = "select status, status_version from shop.orders order by id"
    assert rows(pair.subscriber, shown) == [("SHIPPED", 3), ("PAID", 2), ("NEW", 1)]


DELETIONS = "jalon_history.deletion where (tracked = 'orders')"


def test_deletions_and_erasures_arrive_with_the_documented_publication_and_the_subscriber_verifies(pair: Pair) -> None:
    (documented,) = re.findall(r"create publication shop for table (.*?) with", ENGINE_PAGE, re.DOTALL)
    assert " ".join(documented.split()) == f"shop.orders, jalon_history.shop__orders, {DELETIONS}"
    replicate(pair, "shop.orders", "jalon_history.shop__orders", DELETIONS)
    act(pair.publisher, *LIFE, "delete from shop.orders where id = 1", "select jalon.erase('orders', '2')")
    act(pair.publisher, "insert into shop.parcels (id) values (1)", "delete from shop.parcels where id = 1")
    wait_for_replication(pair)
    gone = "select tracked, record_key, operation, deleted_by from jalon_history.deletion order by 2"
    assert rows(pair.subscriber, gone) == [("orders", "1", "DELETE", "anna"), ("orders", "2", "ERASE", "anna")]
    assert rows(pair.subscriber, "select * from jalon.verify()") == []


def test_replicated_changes_are_not_checked_by_the_rules_of_the_subscriber(pair: Pair) -> None:
    """Here nobody may pay. But the publisher has checked; a subscriber that refused would stop the replication."""
    pair.subscriber.execute(
        "set session_replication_role = replica; delete from jalon_engine.rule; reset session_replication_role"
    )
    replicate(pair, "shop.orders", "jalon_history.shop__orders")
    act(pair.publisher, *LIFE)
    wait_for_replication(pair)
    assert rows(pair.subscriber, MOVES) == rows(pair.publisher, MOVES)


def test_without_its_history_the_subscriber_shows_what_passed_enforcement(pair: Pair) -> None:
    act(pair.publisher, "insert into shop.orders (id) values (1)")
    replicate(pair, "shop.orders")
    act(pair.publisher, "update shop.orders set status = 'PAID' where id = 1")
    wait_for_replication(pair)
    assert rows(pair.subscriber, "select status from shop.orders") == [("PAID",)]
    problems = rows(pair.subscriber, "select problem from jalon.verify('orders')")
    assert problems != []


def test_a_subscriber_that_takes_over_checks_changes_and_continues_with_the_next_version(pair: Pair) -> None:
    replicate(pair, "shop.orders", "jalon_history.shop__orders")
    act(pair.publisher, *LIFE[:3])
    wait_for_replication(pair)
    pair.subscriber.execute("drop subscription jalon")
    with pytest.raises(psycopg.Error) as caught:
        act(pair.subscriber, "update shop.orders set status = 'CANCELLED' where id = 1")
    assert caught.value.sqlstate == "JL101"
    act(pair.subscriber, "update shop.orders set status = 'SHIPPED' where id = 1")
    assert rows(pair.subscriber, MOVES)[2] == (1, 3, "PAID", "SHIPPED", "anna")
    assert rows(pair.subscriber, "select * from jalon.verify('orders')") == []


def test_erasure_and_annotation_of_history_are_replicated_too(pair: Pair) -> None:
    replicate(pair, "shop.orders", "jalon_history.shop__orders")
    act(pair.publisher, *LIFE, "select jalon.erase('orders', '1')")
    with pair.publisher.transaction():
        name_actor(pair.publisher, "anna", "shipper", "")
        pair.publisher.execute("update shop.orders set status = 'SHIPPED' where id = 2")
        pair.publisher.execute("select jalon.annotate('orders', '2', 'said afterwards')")
    wait_for_replication(pair)
    told = "select orders_id, changed_by, reason from jalon_history.shop__orders order by orders_id, version"
    assert rows(pair.subscriber, told) == rows(pair.publisher, told)
    assert (1, "erased", None) in rows(pair.subscriber, told)
    assert (2, "anna", "said afterwards") in rows(pair.subscriber, told)


def publication_of_the_page() -> str:
    """The statement of docs/engine.md."""
    text = (DOCS / "engine.md").read_text()
    (statement,) = re.findall(r"^(create publication shop .*?);$", text, re.MULTILINE | re.DOTALL)
    return statement.split("for table ")[1].split(" with ")[0]


def test_what_the_page_publishes_takes_deletions_along(pair: Pair) -> None:
    replicate(pair, publication_of_the_page())
    act(
        pair.publisher,
        *LIFE,
        "delete from shop.orders where id = 2",
        "select jalon.erase('orders', '1')",
        "insert into shop.orders (id) values (2), (3)",
    )
    wait_for_replication(pair)
    for question in (
        "select to_jsonb(d) from jalon_history.deletion d order by d.id",
        "select to_jsonb(c) from jalon_history.current c order by c.record_key",
        MOVES,
    ):
        assert rows(pair.subscriber, question) == rows(pair.publisher, question) != []
    assert rows(pair.subscriber, "select * from jalon.verify('orders')") == []


def test_without_deletions_a_deleted_record_goes_on_at_the_subscriber(pair: Pair) -> None:
    """Hence they are published."""
    replicate(pair, "shop.orders", "jalon_history.shop__orders")
    act(pair.publisher, LIFE[0], "delete from shop.orders where id = 2")
    wait_for_replication(pair)
    assert rows(pair.subscriber, "select problem from jalon.verify('orders')") == [("loose_end",)]


def test_months_that_either_side_makes_move_nothing_at_the_other(pair: Pair) -> None:
    replicate(pair, publication_of_the_page())
    name_actor(pair.publisher, "anna", "admin", "", '{"kind": "import"}')
    pair.publisher.execute("insert into shop.orders (id, status_changed_at) values (1, '2024-02-10Z')")
    name_actor(pair.publisher, None, "", "")
    wait_for_replication(pair)
    pair.publisher.execute("select jalon.ensure_partitions()")
    act(pair.publisher, "insert into shop.orders (id) values (2)")
    wait_for_replication(pair)
    assert rows(pair.subscriber, MOVES) == rows(pair.publisher, MOVES) != []
    assert rows(pair.subscriber, "select problem from jalon.verify('orders')") == [("default_not_empty",)]
    pair.subscriber.execute("select jalon.ensure_partitions()")
    assert rows(pair.subscriber, "select problem from jalon.verify('orders')") == []
    assert rows(pair.subscriber, MOVES) == rows(pair.publisher, MOVES)


@pytest.mark.parametrize("when", ["always", "replica"])
def test_triggers_enabled_for_replication_check_and_record_a_second_time_until_a_refusal_stops_it(
    pair: Pair, when: str
) -> None:
    """Hence the advice: a subscriber's triggers stay as they are."""
    replicate(pair, "shop.orders", "jalon_history.shop__orders")
    act(pair.publisher, LIFE[0])
    wait_for_replication(pair)
    enable(pair.subscriber, "shop.orders", when)
    act(pair.publisher, *LIFE[1:])
    until(lambda: rows(pair.subscriber, ERRORS) == [(True,)], 30)
    assert rows(pair.subscriber, "select * from jalon.verify('orders')") != []


def test_the_first_copy_is_a_copy_and_does_fire_them(pair: Pair) -> None:
    """Hence the advice: a subscriber's triggers stay as they are."""
    act(pair.publisher, "insert into shop.orders (id) values (1)")
    enable(pair.subscriber, "shop.orders", "always")
    replicate(pair, "shop.orders")
    assert [who for *_, who in rows(pair.publisher, MOVES)] == ["anna"]
    assert [who for *_, who in rows(pair.subscriber, MOVES)] == ["db:postgres"]


def test_on_a_partitioned_table_they_write_a_history_in_the_name_of_the_apply_worker_and_a_refusal_stops_it(
    pair: Pair,
) -> None:
    """Its rule stands in row triggers, and those are fired."""
    enable(pair.subscriber, "shop.parcels", "always")
    replicate(pair, "shop.parcels")
    act(pair.publisher, "insert into shop.parcels (id) values (1)", "update shop.parcels set status = 'PAID'")
    wait_for_replication(pair)
    assert rows(pair.publisher, PARCELS) == [(1, 1, "NEW", "anna"), (1, 2, "PAID", "anna")]
    assert rows(pair.subscriber, PARCELS) == [(1, 1, "NEW", "db:postgres"), (1, 2, "PAID", "db:postgres")]
    act(pair.publisher, "update shop.parcels set status = 'SHIPPED'")  # for shippers only, and the worker is none
    until(lambda: rows(pair.subscriber, ERRORS) == [(True,)], 30)
    assert rows(pair.subscriber, "select status from shop.parcels") == [("PAID",)]


def test_on_a_partitioned_table_left_alone_rows_and_history_arrive_as_they_are(pair: Pair) -> None:
    replicate(
        pair,
        "shop.parcels",
        "jalon_history.shop__parcels",
        "jalon_history.partitioned_record where (tracked = 'parcels')",
    )
    act(pair.publisher, "insert into shop.parcels (id) values (1)", "update shop.parcels set status = 'PAID'")
    wait_for_replication(pair)
    assert rows(pair.subscriber, PARCELS) == rows(pair.publisher, PARCELS) != []
    assert rows(pair.subscriber, "select * from jalon.verify('parcels')") == []
