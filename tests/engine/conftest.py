"""A shop with orders under Jalon: NEW -> PAID -> SHIPPED, NEW -> CANCELLED with a reason, SHIPPED for shippers only."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import psycopg
import pytest

Connection = psycopg.Connection[Any]

RULES = """
insert into jalon_engine.category (code, label) values ('ORDER_STATUS', 'Orders');
insert into jalon_engine.referential (category, code, label, position, is_initial, is_final) values
    ('ORDER_STATUS', 'NEW', 'New', 1, true, false), ('ORDER_STATUS', 'PAID', 'Paid', 2, false, false),
    ('ORDER_STATUS', 'SHIPPED', 'Shipped', 3, false, true), ('ORDER_STATUS', 'CANCELLED', 'Cancelled', 4, false, true);
insert into jalon_engine.role (code, label) values ('shipper', 'Shipper');
begin;
insert into jalon_engine.workflow (category, version, state, published_at)
    values ('ORDER_STATUS', 1, 'published', now());
insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles, requires_reason,
    position) values
    ('ORDER_STATUS', 1, 'NEW', 'PAID', 'pay', '{any}', false, 1),
    ('ORDER_STATUS', 1, 'NEW', 'CANCELLED', 'cancel', '{any}', true, 2),
    ('ORDER_STATUS', 1, 'PAID', 'SHIPPED', 'ship', '{shipper}', false, 1);
commit;
create schema shop;
"""
TABLE = """
create table shop.orders (id bigint primary key, status text not null default 'NEW', note text);
select jalon.track('shop.orders', 'status', category => 'ORDER_STATUS');
"""


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> str:
    wanted = request.fixturenames
    return RULES + TABLE if "shop" in wanted else RULES if "rules" in wanted else ""


@pytest.fixture
def rules(db: Connection) -> Connection:
    return db


@pytest.fixture
def shop(rules: Connection) -> Connection:
    return rules


class Refusal(NamedTuple):
    sqlstate: str
    message: str
    detail: dict[str, Any]
    hint: str


@pytest.fixture
def refused() -> Callable[..., Refusal]:
    """refused(db, statement): runs it, demands that it fails, and returns what the refusal said."""

    def refused(connection: Connection, statement: str, *arguments: object) -> Refusal:
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(statement, arguments or None)
        diag = caught.value.diag
        detail = diag.message_detail or ""
        return Refusal(
            diag.sqlstate or "",
            diag.message_primary or "",
            json.loads(detail) if detail.startswith("{") else {},
            diag.message_hint or "",
        )

    return refused


@pytest.fixture
def moves() -> Callable[..., list[tuple[Any, ...]]]:
    """moves(db, id): (version, from, to, kind) of a record, oldest first."""

    def moves(connection: Connection, id: object, history: str = "jalon_history.shop__orders") -> list[tuple[Any, ...]]:
        return connection.execute(
            f"select version, old_status, new_status, kind from {history} where orders_id = %s order by version", (id,)
        ).fetchall()

    return moves


@pytest.fixture
def writer(shop: Connection, connect: Callable[..., Connection]) -> Iterator[Connection]:
    """A session of an ordinary application login: it may write the table and nothing else."""
    name = f"writer_{shop.info.dbname}"
    shop.execute(f'create role "{name}" login')
    shop.execute(
        f'grant usage on schema shop to "{name}"; grant select, insert, update, delete on shop.orders to "{name}"'
    )
    connection = connect()
    connection.execute(f'set session authorization "{name}"')
    yield connection
    connection.close()
    shop.execute(f'drop owned by "{name}"; drop role "{name}"')
