"""Bytes on disk, indexes included, that each change leaves: `make bench ARGS=sizes`; JALON_BENCH_ROWS.

Records with bigint keys are moved, each with the name of an actor and a short reason; one webhook wants every change.
The queue is measured full, then what is kept of a message once it was delivered: message, delivery and attempt. No
request is sent: the relay's own functions are called, and every delivery is reported as answered with 200.
"""

import json
import os

from bench._server import Server, server, table
from bench.http import SHOP

ROWS = int(os.environ.get("JALON_BENCH_ROWS", "100000"))
SIZE = """
select sum(pg_total_relation_size(x.relid))
from (select relid from pg_partition_tree(%(of)s::regclass) union select %(of)s::regclass) x
"""
CHANGE = "update shop.orders set status = case status when 'NEW' then 'PAID' else 'NEW' end"
REASON = "paid by card, order checked by hand"
DELIVER = """
with claimed as (
    select c.* from jalon.claim_deliveries(gen_random_uuid(), 60, 100000, 100000) c
),
leased as (
    select d.lease, c.* from claimed c join jalon_engine.webhook_delivery d
        on d.webhook_id = c.webhook_id and d.message_id = c.message_id and d.created_at = c.created_at
)
select coalesce(json_agg(json_build_object('webhook_id', l.webhook_id, 'message_id', l.message_id,
    'created_at', l.created_at, 'lease', l.lease, 'attempted_at', now(), 'milliseconds', 12, 'http_status', 200,
    'response_head', 'ok')), '[]')::text, count(*)
from leased l
"""
KEPT = {
    "a row of history": "jalon_history.shop__orders",
    "a message that waits (jalon_engine.outbox_message)": "jalon_engine.outbox_message",
    "a message that was delivered": "jalon_engine.webhook_message",
    "… its delivery to one webhook": "jalon_engine.webhook_delivery",
    "… and the attempt": "jalon_engine.webhook_attempt",
}
ADMIN = json.dumps({"actor": "ada", "roles": ["admin"]})


def measure(db: Server) -> dict[str, float]:
    found: dict[str, float] = {}
    with db.connect() as connection:

        def size(of: str) -> int:
            return int(connection.execute(SIZE, {"of": of}).fetchone()[0])  # type: ignore[index]

        connection.execute(SHOP)
        connection.execute(
            "insert into shop.orders (id) select n from generate_series(10001, greatest(%s, 10001)) n", (ROWS,)
        )
        (records,) = connection.execute("select count(*) from shop.orders").fetchone() or (0,)
        hook = json.dumps({"url": "https://example.com/hook", "eventTypes": ["*"]})
        connection.execute("select jalon_api.run('create_webhook', null, %s::jsonb, %s::jsonb)", (hook, ADMIN))
        connection.execute("vacuum full jalon_engine.outbox_message")
        before = {name: size(of) for name, of in KEPT.items()}
        connection.execute("select jalon_engine.seal_actor('s', 'anna.smith', 'clerk', %s)", (REASON,))
        connection.execute(CHANGE)
        for name in [*KEPT][:2]:
            found[name] = (size(KEPT[name]) - before[name]) / records
        while (connection.execute("select jalon.fan_out(10000)").fetchone() or (0,))[0]:
            pass
        delivered = 0
        while True:
            results, count = connection.execute(DELIVER).fetchone() or ("[]", 0)
            if not count:
                break
            delivered += count
            connection.execute("select jalon.finish_deliveries(%s::jsonb)", (results,))
        if delivered != records:
            raise SystemExit(f"{delivered} deliveries of {records} changes")
        for name in [*KEPT][2:]:
            of = KEPT[name]
            connection.execute(f"vacuum full {of}")
            found[name] = (size(of) - before[name]) / records
    return found


def main() -> int:
    with server(more=("fsync=off",)) as db:
        rows = [(name, f"{each:,.0f}") for name, each in measure(db).items()]
    table(f"Bytes, indexes included; {ROWS:,} records", rows, ("", "bytes"))
    return 0
