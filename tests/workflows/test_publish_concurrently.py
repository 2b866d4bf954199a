"""Publishing while others move records: no row ends on a code that the published workflow lacks."""

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest


class Thread(threading.Thread):
    """Runs a statement beside the test; what it raised is kept."""

    def __init__(self, connection: Any, statement: str) -> None:
        super().__init__(daemon=True)
        self.connection, self.statement, self.error = connection, statement, None
        self.start()

    def run(self) -> None:
        try:
            self.connection.execute(self.statement)
        except psycopg.Error as error:
            self.error = error

    def ended(self) -> psycopg.Error | None:
        self.join(20)
        assert not self.is_alive()
        return self.error


def waiting(db: Any, pid: int) -> None:
    """Until that session waits for a lock."""
    for _ in range(200):
        if db.execute("select 1 from pg_stat_activity where pid = %s and wait_event_type = 'Lock'", (pid,)).fetchone():
            return
        time.sleep(0.02)
    raise AssertionError("it never waited")


def test_a_mover_in_flight_is_counted(orders: Any, connect: Callable[..., Any], rows: Any) -> None:
    """Record 2 is on its way to PAID, uncommitted, while a version without PAID is published."""
    orders.execute("select jalon.draft('ORDER_STATUS')")
    orders.execute(
        "select jalon.drop_transition('ORDER_STATUS', a.from_code, a.to_code) "
        "from jalon_engine.workflow_transition a where version = 2 and category = 'ORDER_STATUS' "
        "and 'PAID' in (a.from_code, a.to_code)"
    )
    orders.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'SHIPPED', 'ship', '{any}')")
    mover, publisher = connect(autocommit=False), connect()
    mover.execute("update shop.orders set status = 'PAID' where id = 2")
    publishing = Thread(publisher, "select jalon.publish('ORDER_STATUS')")
    waiting(orders, publisher.info.backend_pid)
    mover.commit()
    error = publishing.ended()
    assert error is not None
    assert error.sqlstate == "JL506"
    assert rows(
        "select version from jalon_engine.workflow where category = 'ORDER_STATUS' and state = 'published'"
    ) == [(1,)]


def test_a_mover_that_comes_later_obeys_the_new_version(without_paid: Any, connect: Callable[..., Any]) -> None:
    publisher, mover = connect(autocommit=False), connect()
    publisher.execute("""select jalon.publish('ORDER_STATUS', mapping => '{"PAID": "SHIPPED"}')""")
    moving = Thread(mover, "update shop.orders set status = 'PAID' where id = 2")
    waiting(without_paid, mover.info.backend_pid)
    publisher.commit()
    error = moving.ended()
    assert error is not None
    assert error.sqlstate == "JL406"


def test_moves_and_a_publication_with_mapping_do_not_deadlock(
    without_paid: Any, connect: Callable[..., Any], rows: Any
) -> None:
    """The door locks the row before it writes; the publication wants that row too."""
    mover, publisher = connect(autocommit=False), connect()
    mover.execute("select from shop.orders where id = 1 for no key update")
    publishing = Thread(publisher, """select jalon.publish('ORDER_STATUS', mapping => '{"PAID": "SHIPPED"}')""")
    waiting(without_paid, publisher.info.backend_pid)
    mover.execute("update shop.orders set status = 'SHIPPED' where id = 1")
    mover.commit()
    assert publishing.ended() is None
    assert rows("select status from shop.orders where id = 1") == [("SHIPPED",)]


def test_a_publication_that_cannot_get_in_gives_up_within_seconds(
    without_paid: Any, connect: Callable[..., Any]
) -> None:
    mover, publisher = connect(autocommit=False), connect()
    mover.execute("update shop.orders set note = 'here' where id = 1")
    began = time.monotonic()
    error = Thread(publisher, """select jalon.publish('ORDER_STATUS', mapping => '{"PAID": "SHIPPED"}')""").ended()
    assert error is not None
    assert error.sqlstate == "55P03"
    assert time.monotonic() - began < 15


def test_an_edit_of_the_draft_and_its_publication_wait_for_each_other(orders: Any, connect: Callable[..., Any]) -> None:
    """A plain insert into the draft, in flight while it is published, either comes in before or is refused."""
    orders.execute("select jalon.draft('ORDER_STATUS')")
    publisher, editor = connect(autocommit=False), connect()
    publisher.execute("select jalon.publish('ORDER_STATUS')")
    editing = Thread(
        editor,
        "insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles) "
        "values ('ORDER_STATUS', 2, 'NEW', 'SHIPPED', 'x', '{any}')",
    )
    waiting(orders, editor.info.backend_pid)
    publisher.commit()
    error = editing.ended()
    assert error is not None
    assert error.sqlstate == "JL508"


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_an_old_snapshot_does_not_publish(
    without_paid: Any, connect: Callable[..., Any], refused: Any, level: str
) -> None:
    publisher = connect(autocommit=False)
    publisher.execute(f"set transaction isolation level {level}")
    publisher.execute("select 1 from shop.orders")
    without_paid.execute("update shop.orders set status = 'PAID' where id = 2")
    with refused("JL405") as detail:
        publisher.execute("""select jalon.publish('ORDER_STATUS', mapping => '{"PAID": "SHIPPED"}')""")
    assert detail["field"] == "transaction_isolation"


def test_a_code_is_not_deleted_under_a_row_that_is_on_its_way(db: Any, connect: Callable[..., Any]) -> None:
    db.execute("select jalon.add_category('DOOR'), jalon.set_code('DOOR', 'OPEN'), jalon.set_code('DOOR', 'SHUT')")
    db.execute("create schema shop; create table shop.door (id int primary key, status text not null)")
    db.execute("select jalon.track('shop.door', category => 'DOOR')")
    db.execute("insert into shop.door values (1, 'OPEN')")
    mover, dropper = connect(autocommit=False), connect()
    mover.execute("update shop.door set status = 'SHUT'")
    dropping = Thread(dropper, "select jalon.drop_code('DOOR', 'SHUT')")
    waiting(db, dropper.info.backend_pid)
    mover.commit()
    error = dropping.ended()
    assert error is not None
    assert error.sqlstate == "JL407"


def test_a_code_is_not_deleted_under_a_transition_that_is_being_drafted(
    orders: Any, connect: Callable[..., Any], rows: Any
) -> None:
    """No foreign key keeps it: the deletion waits for the draft, and then sees it."""
    orders.execute("select jalon.set_code('ORDER_STATUS', 'SPARE')")
    orders.execute("select jalon.draft('ORDER_STATUS')")
    author, other = connect(autocommit=False), connect()
    author.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'SPARE', 'spare', '{any}')")
    deleting = Thread(other, "select jalon.drop_code('ORDER_STATUS', 'SPARE')")
    waiting(orders, other.info.backend_pid)
    author.commit()
    error = deleting.ended()
    assert error is not None
    assert error.sqlstate == "JL407"
    assert rows("select code from jalon.codes where code = 'SPARE'") == [("SPARE",)]


def test_a_transition_is_not_drafted_to_a_code_that_is_being_deleted(
    orders: Any, connect: Callable[..., Any], rows: Any
) -> None:
    orders.execute("select jalon.set_code('ORDER_STATUS', 'SPARE')")
    orders.execute("select jalon.draft('ORDER_STATUS')")
    other, author = connect(autocommit=False), connect()
    other.execute("select jalon.drop_code('ORDER_STATUS', 'SPARE')")
    drafting = Thread(author, "select jalon.set_transition('ORDER_STATUS', 'NEW', 'SPARE', 'spare', '{any}')")
    waiting(orders, author.info.backend_pid)
    other.commit()
    error = drafting.ended()
    assert error is not None
    assert error.sqlstate == "JL402"
    assert rows("select * from jalon.transitions where to_code = 'SPARE'") == []


def test_a_code_is_deleted_in_read_committed_only(orders: Any, refused: Any) -> None:
    orders.execute("select jalon.set_code('ORDER_STATUS', 'SPARE')")
    orders.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with refused("JL405"), orders.transaction():
        orders.execute("select jalon.drop_code('ORDER_STATUS', 'SPARE')")
