"""A shop with the template `orders`, and the fixtures that the tests here share."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]
ORDERS = """
select jalon.apply_template('orders', 'ORDER_STATUS');
create schema shop;
create table shop.orders (id int primary key, status text not null default 'NEW', note text);
select jalon.track('shop.orders', category => 'ORDER_STATUS');
insert into shop.orders (id) select generate_series(1, 3);
"""
Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def rows(db: Connection) -> Rows:
    def rows(query: str, *params: Any) -> list[tuple[Any, ...]]:
        return db.execute(query, params or None).fetchall()

    return rows


@pytest.fixture
def value(rows: Rows) -> Callable[..., Any]:
    def value(query: str, *params: Any) -> Any:
        return rows(query, *params)[0][0]

    return value


@pytest.fixture
def refused() -> Callable[..., Any]:
    """with refused("JL407") as detail: … — detail is the JSON of DETAIL, filled on the way out."""

    @contextmanager
    def refused(sqlstate: str) -> Iterator[dict[str, Any]]:
        detail: dict[str, Any] = {}
        with pytest.raises(psycopg.Error) as caught:
            yield detail
        assert caught.value.sqlstate == sqlstate, caught.value
        assert caught.value.diag.message_primary
        detail.update(json.loads(caught.value.diag.message_detail or "{}"))
        assert detail["code"] == sqlstate

    return refused


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> str:
    return ORDERS if "orders" in request.fixturenames else ""


@pytest.fixture
def orders(db: Connection) -> Connection:
    """shop.orders under ORDER_STATUS, with the records 1 to 3 on NEW."""
    return db


@pytest.fixture
def without_paid(orders: Connection) -> Connection:
    """A draft that ships new orders at once: PAID is gone, and record 1 stands on it."""
    orders.execute("update shop.orders set status = 'PAID' where id = 1")
    orders.execute("select jalon.draft('ORDER_STATUS')")
    orders.execute(
        """select jalon.drop_transition('ORDER_STATUS', a.from_code, a.to_code) from jalon_engine.workflow_transition a
        where a.category = 'ORDER_STATUS' and a.version = 2 and 'PAID' in (a.from_code, a.to_code)"""
    )
    orders.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'SHIPPED', 'ship', '{any}')")
    return orders
