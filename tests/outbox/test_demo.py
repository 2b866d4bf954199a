"""The demo's webhook: an admin finds it in the list with a log; nothing is ever sent for it."""

import json
from collections.abc import Callable
from typing import Any

import psycopg

from jalon.install import files
from jalon.outbox.relay import Relay

from .conftest import until

Connection = psycopg.Connection[Any]
ADMIN = json.dumps({"actor": "anna", "roles": ["admin"]})


def load_demo(db: Connection) -> None:
    db.execute(files.text(files.ROOT / "functions/modules/propositions/demo/20.webhook.sql").encode(), prepare=False)


def webhook_of_demo(db: Connection) -> dict[str, Any]:
    ((one,),) = db.execute("select body -> 'items' from jalon_api.webhooks(null, '{}', %s::jsonb)", (ADMIN,)).fetchall()
    (found,) = one
    return dict(found)


def test_the_demo_has_one_paused_with_a_log_and_can_be_loaded_twice(db: Connection) -> None:
    load_demo(db)
    load_demo(db)
    one = webhook_of_demo(db)
    assert (one["state"], one["lastFailure"], one["waiting"], one["dead"]) == ("paused", "HTTP 503", 0, 0)
    ((log,),) = db.execute(
        "select body -> 'items' from jalon_api.webhook_deliveries(%s, '{}', %s::jsonb)", (one["id"], ADMIN)
    ).fetchall()
    assert [(d["state"], d["attempts"], d["lastAttempt"]["httpStatus"]) for d in log] == [("delivered", 2, 204)]


def test_it_sends_nothing_even_when_somebody_resumes_it(shop: Connection, relays: Callable[..., Relay]) -> None:
    """Its name has no address and never will."""
    load_demo(shop)
    id = webhook_of_demo(shop)["id"]
    shop.execute("select jalon_api.run('pause_webhook', %s, '{\"paused\": false}', %s::jsonb)", (id, ADMIN))
    shop.execute("select jalon_api.run('test_webhook', %s, '{}', %s::jsonb)", (id, ADMIN))
    relays()
    until(lambda: webhook_of_demo(shop)["state"] == "failing")
    assert webhook_of_demo(shop)["lastFailure"] == "crm.example.invalid has no address"


def test_only_propositions_are_written_down_for_it(db: Connection) -> None:
    load_demo(db)
    assert db.execute("select tracked from jalon_engine.interest").fetchall() == [("proposition",)]
