"""docs/dba-recaps.md: each statement runs as jalon_dba and answers something, on orders that have a past."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import name_actor
from tests.docs.pages import DOCS, blocks
from tests.history.test_verify import WORKFLOW
from tests.shop import Connect, Connection, import_changes

STATEMENTS = blocks(DOCS / "dba-recaps.md", "sql")


def past(**ago: int) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).isoformat()


@pytest.fixture
def past_orders(orders: Connection) -> Connection:
    """A month of changes: one order is late, one was forced, one is gone."""
    orders.execute(WORKFLOW)
    import_changes(orders, (1, "NEW", past(days=30)), (2, "NEW", past(days=29)), (3, "NEW", past(days=28)))
    import_changes(orders, (1, "PAID", past(days=8)), (3, "PAID", past(days=7)))
    name_actor(orders, "boss", "admin", "lost paper")
    orders.execute("select jalon.force_move('orders', '3', 'NEW', 'lost paper')")
    orders.execute("insert into shop.orders values (4, 'NEW'); delete from shop.orders where id = 4")
    orders.execute("select jalon.grant_role('anna', 'admin')")
    name_actor(orders, None, "", "")
    orders.execute("select jalon.ensure_partitions()")
    return orders


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda text: " ".join(text.split())[:60])
def test_every_statement_answers_a_dba(past_orders: Connection, connect: Connect, statement: str) -> None:
    answer: list[Any] = connect("dba").execute(statement).fetchall()
    assert bool(answer) == ("jalon.verify()" not in statement), answer


def test_each_statement_stands_alone() -> None:
    assert len(STATEMENTS) > 15
    assert [text for text in STATEMENTS if text.count(";") != 1] == []
