"""Lists of the modules in every order, over 100,000 rows of each: `make bench ARGS=lists`; JALON_BENCH_ROWS.

Each page is read several times by one session of PostgreSQL, as the web application reads it: the first page, and one
that a cursor leads to. What counts is the processor time of that session's process. The count is measured by itself.
"""

import json
import os
from typing import Any

import psycopg

from bench._filled import MADE, done
from bench._processes import cpu
from bench._server import server, table
from jalon.server.app import build_routed_app
from jalon.server.openapi_document import complete_document

ROWS = int(os.environ.get("JALON_BENCH_ROWS", "100000"))
TIMES = 4
LISTS = {
    "/api/v1/dossiers": "dossiers",
    "/api/organizer/events": "my_events",
    "/api/admin/events": "moderation_queue",
    "/api/events": "public_events",
    "/api/v1/users": "users",
    "/api/propositions": "propositions",
    "/api/v1/roadshow/counterparties": "counterparties",
}
STATES = """
update jalon_events.events set status = case when n.sixteenth < 9 then 'active' else 'candidate' end,
    moderation_status = case when n.sixteenth < 9 then 'approved' else 'under_review' end,
    is_published = n.sixteenth < 9
from (select e.id, hashtext(e.id::text) & 15 as sixteenth from jalon_events.events e) n
where n.id = events.id and n.sixteenth < 14
"""
CALLER = json.dumps({"actor": "anna", "roles": ["admin", "organizer", "moderator"], "language": "en"})


def page(connection: psycopg.Connection[Any], function: str, **asked: Any) -> dict[str, Any]:
    parameters = (function, json.dumps(asked), CALLER)
    (answer,) = connection.execute("select body from jalon_api.run(%s, null, %s, %s)", parameters).fetchall()
    body: dict[str, Any] = answer[0]
    return body


def measure(connection: psycopg.Connection[Any], function: str, **asked: Any) -> str:
    """Milliseconds of processor time that a page takes."""
    page(connection, function, **asked)
    used = cpu([connection.info.backend_pid])
    for _ in range(TIMES):
        page(connection, function, **asked)
    return f"{(cpu([connection.info.backend_pid]) - used) / TIMES * 1000:.0f}"


def main() -> int:
    document = complete_document(build_routed_app(1_000_000, ""))
    rows = []
    with server() as db:
        with db.connect() as owner:
            done(owner, "dossiers", MADE["dossiers"].format(rows=ROWS))  # whose triggers fill in a column
            owner.execute("set session_replication_role = replica")  # lists read no history
            for name in ("counterparties", "events", "propositions", "people"):
                done(owner, name, MADE[name].format(rows=ROWS))
            done(owner, "states of events", STATES)
            owner.execute("vacuum analyze")
        with db.connect("jalon_api") as connection:
            for path, function in LISTS.items():
                parameters = document["paths"][path]["get"]["parameters"]
                (sorts,) = (each["schema"]["enum"] for each in parameters if each.get("name") == "sort")
                for sort in sorts:
                    after = page(connection, function, sort=sort, limit=50)["next"]
                    first = measure(connection, function, sort=sort, limit=50)
                    rows.append((path, sort, first, measure(connection, function, sort=sort, limit=50, after=after)))
                rows.append((path, "count", measure(connection, function, count=True, limit=1), ""))
    table(f"Pages of lists, {ROWS:,} rows of each", rows, ("list", "sort", "first page, ms", "next page, ms"))
    return 0
