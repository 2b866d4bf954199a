"""Every page of the console on 100,000 records a module: `make bench ARGS=console` (JALON_BENCH_ROWS for other numbers).

The demo is loaded, then counterparties, propositions, events, dossiers, people, notifications, deliveries and a table of
the user's own are filled, a year of changes each. The pages are found by following links, as a reader would; each is asked
for again and again in this process, its calls of the database counted and its time taken, rendering included.
Fails where a page needs more than 3 calls, or more than 100 ms.
"""

import asyncio
import os
import re
import statistics
import sys
import tempfile
import time
from collections import deque
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import psycopg
from psycopg.conninfo import make_conninfo

from bench import _server
from bench.history import OPTIONS
from jalon import demo, embedded
from jalon.auth import issue_token
from jalon.console import PAGES
from jalon.console.session import COOKIE
from jalon.main import create_app
from jalon.migrate import migrate
from jalon.settings import Settings

CALLS, MILLISECONDS, ROUNDS, ENOUGH = 3, 100, 15, 1000
VISITOR = '"anna"'
LINK = re.compile(r'href="(/console[^"#]*|\?[^"#]*)"')
SHOP = """
create schema shop;
create table shop.orders (id integer generated always as identity primary key, status text not null default 'NEW', customer text);
insert into lifecycle.category (code, label) values ('ORDER_STATUS', 'Orders');
insert into lifecycle.referential (category, code, label, position, is_initial, is_final)
values ('ORDER_STATUS', 'NEW', 'New', 1, true, false), ('ORDER_STATUS', 'PAID', 'Paid', 2, false, false), ('ORDER_STATUS', 'SHIPPED', 'Shipped', 3, false, true);
insert into lifecycle.workflow (category, version, state) values ('ORDER_STATUS', 1, 'draft');
insert into lifecycle.workflow_arrow (category, version, from_code, to_code, action, roles)
values ('ORDER_STATUS', 1, 'NEW', 'PAID', 'pay', '{any}'), ('ORDER_STATUS', 1, 'PAID', 'NEW', 'unpay', '{any}'), ('ORDER_STATUS', 1, 'PAID', 'SHIPPED', 'ship', '{any}');
update lifecycle.workflow set state = 'published', published_at = now() where category = 'ORDER_STATUS';
select logic.compile_rules('ORDER_STATUS');
select jalon.track('shop.orders', 'status', category => 'ORDER_STATUS');
"""
# Each record came into being at some time of a year, before those of the demo, told through the import kind.
IMPORT = """
select set_config('jalon.actor', 'anna', true), set_config('jalon.roles', 'admin', true), set_config('jalon.more', '{"kind": "import"}', true);
select logic.ensure_months(t.name, now() - interval '17 months', now()) from lifecycle.tracked t;
"""
AT = "now() - interval '465 days' + n * interval '364 days' / {rows}"
FILL = {
    "orders": f"insert into shop.orders (customer, status_changed_at) select 'Customer ' || n, {AT} from generate_series(1, {{rows}}) n",
    "counterparties": f"insert into roadshow.roadshow_counterparty (name, owner, sector, created_at, status_changed_at) select 'Counterparty ' || n, (array['anna', 'claire', 'hugo', 'lea'])[1 + n % 4], 'Banque', {AT}, {AT} from generate_series(1, {{rows}}) n",
    "dossiers": f"insert into dossier.dossier (case_type, status_code, lead_name, assignee, created_at, updated_at, status_changed_at) select d.case_type, d.status_code, 'Lead ' || n, 'lea', {AT}, {AT}, {AT} from generate_series(1, {{rows}}) n join (select distinct on (f.case_type) f.case_type, f.status_code, row_number() over (order by f.case_type) - 1 as place from dossier.dossier f where f.status_version = 1 order by f.case_type) d on d.place = 0",
    "events": f"insert into event.events (organizer_id, title, description, place, price, starts_at, ends_at, created_at, updated_at, status_changed_at) select (array['oscar', 'anna', 'zoe'])[1 + n % 3], 'Event ' || n, 'What happens there.', 'Paris', 10, now() + n * interval '1 minute', now() + (n + 60) * interval '1 minute', {AT}, {AT}, {AT} from generate_series(1, {{rows}}) n",
    "propositions": f"insert into proposition.proposition (title, body, author_id, created_at, updated_at, status_changed_at) select 'Proposition ' || n, 'Why.', (array['zoe', 'anna', 'carla'])[1 + n % 3], {AT}, {AT}, {AT} from generate_series(1, {{rows}}) n",
    "people": f"insert into membership.users (email, name, role, created_at, status_changed_at) select 'person' || n || '@example.com', 'Person ' || n, 'FREE', {AT}, {AT} from generate_series(1, {{rows}}) n",
    "notifications": "insert into lifecycle.notification (id, recipient, acted_by, type, priority, message, tracked, record_key, created_at, position) select logic.uuid7(), 'anna', 'mona', t.type, t.priority, t.message, t.tracked, t.record_key, t.created_at - n * interval '1 second', -n from generate_series(1, {rows}) n cross join (select * from lifecycle.notification limit 1) t",
    "messages": "insert into lifecycle.webhook_message (id, created_at, type, tracked, record_key, version, occurred_at, data) select logic.uuid7(), now(), 'webhook.test', 'webhook', w.id::text, 1, now(), '{{}}' from generate_series(1, {rows}) n cross join (select w.id from lifecycle.webhook w limit 1) w",
    "deliveries": "insert into lifecycle.webhook_delivery (webhook_id, message_id, created_at, tracked, record_key, version, due_at, delivered_at, attempts) select w.id, m.id, m.created_at, m.tracked, m.record_key, m.version, null, case when m.id::text < '8' then now() end, 1 from lifecycle.webhook_message m cross join (select w.id from lifecycle.webhook w limit 1) w where not exists (select from lifecycle.webhook_delivery d where d.message_id = m.id)",
}


def filled(dsn: str, rows: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as db:
        demo.load(db, lambda text: None)
        db.execute(SHOP)
        for name, statement in FILL.items():
            started = time.perf_counter()
            with db.transaction():
                db.execute(IMPORT)
                made = db.execute(statement.format(rows=rows), prepare=False).rowcount
            print(f"{name}: {made:,} in {time.perf_counter() - started:.0f} s")
            if made != rows:
                raise SystemExit(f"{name}: {rows:,} were wanted")
        db.execute("vacuum analyze")


def pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(route)))


class Counted:
    """The application in this process, its calls of the database counted."""

    def __init__(self, settings: Settings) -> None:
        self.app: Any = create_app(settings)
        self.settings, self.calls = settings, 0
        database = self.app.state.database
        rows = database.rows

        async def counted(*given: Any) -> Any:
            self.calls += VISITOR in str(given)  # the server's own housework goes on beside
            return await rows(*given)

        database.rows = counted

    async def __aenter__(self) -> "Counted":
        self.life = self.app.lifespan()
        await self.life.__aenter__()
        cookies = {COOKIE: issue_token(self.settings, "anna", ["admin", "moderator", "member"])}
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://127.0.0.1", cookies=cookies, timeout=60
        )
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.client.aclose()
        await self.life.__aexit__(None, None, None)

    async def found(self) -> dict[str, str]:
        """One address of every page, found by links from the start page on."""
        routes = sorted(path for handler in PAGES for path in handler.paths)
        addresses: dict[str, str] = {}
        seen, waiting = {"/console"}, deque(["/console"])
        for _ in range(ENOUGH):
            if not waiting or len(addresses) == len(routes):
                break
            at = waiting.popleft()
            route = min((r for r in routes if pattern(r).fullmatch(urlsplit(at).path)), key=lambda r: r.count("{"), default=None)  # fmt: skip
            answer = await self.client.get(at)
            if "text/html" not in answer.headers["content-type"]:
                continue
            if route:
                addresses.setdefault(route, at)  # also where it answers too late: that is told below
            for link in LINK.findall(answer.text):
                target = urljoin(at, unescape(link))
                if target not in seen and "/static/" not in target:
                    seen.add(target)
                    known = any(pattern(r).fullmatch(urlsplit(target).path) for r in addresses)
                    (waiting.append if known else waiting.appendleft)(target)
        if missing := [route for route in routes if route not in addresses]:
            print("No link leads to:", ", ".join(missing))
        return addresses | {"/console/records/{table} (orders)": "/console/records/orders"}

    async def measured(self, address: str) -> tuple[int, float, float, int]:
        """Calls, median and worst milliseconds, status."""
        taken = []
        for _ in range(ROUNDS + 2):
            self.calls, started = 0, time.perf_counter()
            answer = await self.client.get(address)
            taken.append((time.perf_counter() - started) * 1000)
            if answer.status_code != 200:
                return self.calls, taken[-1], taken[-1], answer.status_code
        return self.calls, statistics.median(taken[2:]), max(taken[2:]), 200  # the first two make plans and templates


async def measure(settings: Settings) -> int:
    rows, much, slow = [], [], []
    async with Counted(settings) as counted:
        for route, address in sorted((await counted.found()).items()):
            calls, median, worst, status = await counted.measured(address)
            rows.append((route, str(calls), f"{median:.0f}", f"{worst:.0f}" if status == 200 else str(status)))
            print(*rows[-1], flush=True)
            if calls > CALLS:
                much.append(route)
            if median > MILLISECONDS or status != 200:
                slow.append(route)
    _server.table("Pages of the console", rows, ("page", "calls", "median ms", "worst ms"))
    for words, pages in ((f"more than {CALLS} calls", much), (f"more than {MILLISECONDS} ms", slow)):
        if pages:
            print(f"{words}: {', '.join(pages)}")
    return int(bool(much or slow))


def main() -> int:
    rows = int(os.environ.get("JALON_BENCH_ROWS", "100000"))
    where = os.environ.get("JALON_BENCH_DIR")
    with tempfile.TemporaryDirectory(prefix="jalon-bench-", dir=where, ignore_cleanup_errors=True) as folder:
        server = embedded.cluster(Path(folder), options=OPTIONS)
        server.start(lambda text: None)
        try:
            with psycopg.connect(server.dsn("postgres"), autocommit=True) as maintenance:
                maintenance.execute("create database console")
            dsn = server.dsn("console")
            settings = Settings(home=Path(folder), dsn=dsn, api_dsn=make_conninfo(dsn, user="jalon_api"), token_secret="bench-only-" * 4, access_log=False, relay=False)  # fmt: skip
            migrate(settings, dsn, lambda text: None)
            filled(dsn, rows)
            return asyncio.run(measure(settings))
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
