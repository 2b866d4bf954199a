"""All that happened to a record, in one stream."""

import json
from typing import Any

import pytest

from tests.web_shop import SHOP


@pytest.fixture
def beginning() -> str:
    return (
        SHOP
        + """
    insert into jalon_roadshow.roadshow_counterparty (name) values ('Alcyon Capital');
    insert into jalon_roadshow.roadshow_event (counterparty_id, type, date, meta)
    select id, 'call', '2026-01-05', '{"by": "kim", "note": "Rang twice"}' from jalon_roadshow.roadshow_counterparty;
    """
    )


@pytest.fixture
def stream(db: Any) -> Any:
    def stream(id: str, table: str = "orders", roles: str = "clerk", **more: Any) -> dict[str, Any]:
        given = {"table": table, "limit": 2} | more
        row = db.execute(
            "select body from jalon_api.record_stream(%s, %s::jsonb, "
            "jsonb_build_object('actor', 'kim', 'roles', array[%s::text]))",
            (id, json.dumps(given), roles),
        ).fetchone()
        return dict(row[0])

    return stream


def test_a_page_goes_on_where_the_one_before_ended(stream: Any, db: Any, as_actor: Any) -> None:
    with as_actor(db, "kim", "clerk"):
        for code in ("PAID", "NEW", "PAID", "NEW"):
            db.execute("update shop.orders set status = %s where id = 7", (code,))
    found, after = [], None
    while True:
        page = stream("7", **({"after": after} if after else {}))
        found += [entry["changes"][0]["to"] for entry in page["items"]]
        after = page["next"]
        if not after:
            break
    assert found == ["NEW", "PAID", "NEW", "PAID", "NEW"]


def test_a_module_adds_what_it_knows(stream: Any, db: Any) -> None:
    (id,) = db.execute("select id::text from jalon_roadshow.roadshow_counterparty").fetchone()
    kinds = [entry["kind"] for entry in stream(id, "roadshow_counterparty")["items"]]
    assert kinds == ["change", "interaction"]
    (one,) = stream(id, "roadshow_counterparty", kind="interaction")["items"]
    assert (one["by"], one["notes"]) == ("kim", "Rang twice")


@pytest.mark.parametrize("kind", [None, "interaction"])
def test_a_long_past_of_a_module_is_read_by_pages_and_each_entry_once(stream: Any, db: Any, kind: str | None) -> None:
    """Many interactions have the same day, so that a page ends between two of one day."""
    (id,) = db.execute("select id from jalon_roadshow.roadshow_counterparty").fetchone()
    db.execute(
        "insert into jalon_roadshow.roadshow_event (counterparty_id, type, date, meta) "
        "select %s, 'call', '2026-02-01'::date + n / 20, jsonb_build_object('note', n) from generate_series(1, 90) n",
        (id,),
    )
    found, after = [], None
    while True:
        page = stream(str(id), "roadshow_counterparty", limit=7, kind=kind, after=after)
        found += page["items"]
        after = page["next"]
        if not after:
            break
    notes = [entry["notes"] for entry in found if entry["kind"] == "interaction"]
    assert notes == [*map(str, range(90, 0, -1)), "Rang twice"]
    assert [entry["at"] for entry in found] == sorted((entry["at"] for entry in found), reverse=True)
    assert len(found) == (91 if kind else 92)


def test_deliveries_are_shown_to_whoever_manages_webhooks(stream: Any, db: Any) -> None:
    db.execute("""
        insert into jalon_engine.webhook (id, url, event_types, created_by)
        values ('00000000-0000-4000-8000-000000000001', 'https://example.com/hook', '{*}', 'kim');
        insert into jalon_engine.webhook_delivery (webhook_id, message_id, created_at, tracked, record_key, due_at)
        values ('00000000-0000-4000-8000-000000000001', gen_random_uuid(), now(), 'orders', '7', now())""")
    assert [entry["kind"] for entry in stream("7")["items"]] == ["change"]
    assert [entry["kind"] for entry in stream("7", roles="admin")["items"]] == ["delivery", "change"]
    assert [entry["url"] for entry in stream("7", roles="admin", kind="delivery")["items"]] == [
        "https://example.com/hook"
    ]
