"""A customer's shop under Jalon, for tests of reading: every change can be given a time."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.conftest import name_actor

Connection = psycopg.Connection[Any]
Connect = Callable[..., Connection]

SHOP = """
insert into jalon_engine.category (code, label) values ('ORDER_STATUS', 'Orders'), ('PAYMENT', 'Payments');
insert into jalon_engine.referential (category, code, label, position, outcome, is_initial, is_final, max_stay) values
('ORDER_STATUS', 'NEW', 'New', 1, 'open', true, false, '2 days'), ('ORDER_STATUS', 'PAID', 'Paid', 2, 'active', false,
    false, null),
('ORDER_STATUS', 'SHIPPED', 'Shipped', 3, 'done', false, true, null), ('ORDER_STATUS', 'CANCELLED', 'Cancelled', 4,
    'dropped', false, true, null),
('PAYMENT', 'OPEN', 'Open', 1, 'open', true, false, '1 day'), ('PAYMENT', 'SETTLED', 'Settled', 2, 'done', false, true,
    null);
insert into jalon_engine.referential_label (category, code, language, label) values
('ORDER_STATUS', 'NEW', 'fr', 'Nouvelle'), ('ORDER_STATUS', 'PAID', 'fr', 'Payée'), ('ORDER_STATUS', 'SHIPPED', 'fr',
    'Expédiée');
create schema shop;
create table shop.orders (id bigint primary key, status text not null, note text);
select jalon.track('shop.orders', 'status', category => 'ORDER_STATUS');
"""


@contextmanager
def importing(db: Connection, actor: str = "anna", reason: str = "") -> Iterator[None]:
    """What is written within carries the time that it is given."""
    name_actor(db, actor, "admin", reason, json.dumps({"kind": "import"}))
    try:
        yield
    finally:
        name_actor(db, None, "", "")


def import_changes(db: Connection, *changes: tuple[int, str, str], actor: str = "anna", reason: str = "") -> None:
    """(order, code, when): the order is created there, or moves there, at that time."""
    with importing(db, actor, reason):
        for id, code, when in changes:
            moved = db.execute(
                "update shop.orders set status = %s, status_changed_at = %s where id = %s", (code, when, id)
            )
            if not moved.rowcount:
                db.execute(
                    "insert into shop.orders (id, status, status_changed_at) values (%s, %s, %s)", (id, code, when)
                )


def rows(db: Connection, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    return db.execute(query, parameters or None).fetchall()


def plan(db: Connection, query: str) -> str:
    return "\n".join(line for (line,) in rows(db, f"explain (costs off) {query}"))


def read(db: Connection, query: str, history: str = "shop__orders") -> set[str]:
    """The partitions of a history that a query has opened to read, by what the server counted."""
    with db.transaction():
        before = dict(rows(db, SCANS, f"{history}_%"))
        db.execute(query)
        after = dict(rows(db, SCANS, f"{history}_%"))
    return {name.removeprefix(f"{history}_") for name, count in after.items() if count > before.get(name, 0)}


def tuples_read(db: Connection, query: str) -> int:
    """How many rows of a table and its history a query has touched, whichever way."""
    with db.transaction():
        before: int = rows(db, TUPLES)[0][0]
        db.execute(query)
        after: int = rows(db, TUPLES)[0][0]
        return after - before


TUPLES = (
    "select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint from pg_stat_xact_user_tables "
    "where schemaname = 'shop' or relname like 'shop\\_\\_%'"
)
SCANS = (
    "select relname, coalesce(seq_scan, 0) + coalesce(idx_scan, 0) from pg_stat_xact_user_tables where relname like %s"
)
