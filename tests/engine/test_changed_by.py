"""The column that is set to the actor may be narrower than the names of actors."""

from collections.abc import Callable
from typing import Any

import psycopg

USER = "6f1f7c1e-0000-4000-8000-000000000001"


def test_an_actor_that_does_not_fit_the_column_leaves_it_empty(
    db: psycopg.Connection[Any], as_actor: Callable[..., Any]
) -> None:
    db.execute("""
        create schema store;
        create table store.parcel (id integer primary key, status text not null, changed_by uuid);
        insert into jalon_engine.category (code, label) values ('PARCEL_STATUS', 'Parcels');
        insert into jalon_engine.referential (category, code, label) values ('PARCEL_STATUS', 'NEW', 'New'),
            ('PARCEL_STATUS', 'SENT', 'Sent');
        select jalon.track('store.parcel', category => 'PARCEL_STATUS', changed_by_column => 'changed_by');
    """)
    with as_actor(db, "anna", "admin"):
        db.execute("insert into store.parcel values (1, 'NEW')")
    assert db.execute("select changed_by from store.parcel").fetchone() == (None,)
    with as_actor(db, USER, "admin"):
        db.execute("update store.parcel set status = 'SENT'")
    assert str(db.execute("select changed_by from store.parcel").fetchone()[0]) == USER  # type: ignore[index]
    with as_actor(db, "anna", "admin"):
        db.execute("update store.parcel set status = 'NEW'")
    found = db.execute(
        "select p.changed_by, h.changed_by from store.parcel p join jalon_history.store__parcel h on h.version = 3"
    ).fetchall()
    assert found == [(None, "anna")]
