"""Every page of the console on 100,000 records a module: `make bench ARGS=console`.

JALON_BENCH_ROWS for other numbers, JALON_BENCH_HOME for a folder that keeps what was filled for the next run, JALON_BENCH_ONLY for the
pages whose address holds that text, BENCH_ROUNDS,
BENCH_READERS. Each page (bench/_pages.py) is asked for again and again in this process, as somebody who reads
everything and as somebody who does not, its calls of the database counted and its time taken, rendering included.
Fails where a page needs more than 3 calls, or more than 100 ms, or where a page of the console is missing from the list.
"""

import asyncio
import os
import re
import sys
import tempfile
import time
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import httpx
import psycopg
from psycopg.conninfo import make_conninfo

from bench import _filled, _pages, _server
from bench.history import OPTIONS
from jalon.console import router
from jalon.console.session import COOKIE, csrf
from jalon.install import embedded
from jalon.install.migrate import migrate
from jalon.server.app import create_app
from jalon.server.auth import issue_token
from jalon.settings import Settings

CALLS, MILLISECONDS, ROUNDS = 3, 100, int(os.environ.get("BENCH_ROUNDS", "20"))
FORM = re.compile(r'<form [^>]*data-call="POST ([^"]*/count)"[^>]*data-at-once>.*?</form>', re.DOTALL)
FIELD = re.compile(r'<input type="hidden" name="(.*?)" value="(.*?)">')
READERS = {"anna": (["admin", "moderator", "member"], _pages.PAGES), "zoe": (["participant"], _pages.MEMBERS_PAGES)}


class Taken(NamedTuple):
    """Calls of the database, milliseconds (median, p95, of processor time), status."""

    calls: int
    median: float
    late: float
    busy: float
    status: int


class Counted:
    """The application in this process, its calls of the database counted."""

    def __init__(self, settings: Settings, reader: str, roles: list[str]) -> None:
        self.app: Any = create_app(settings)
        self.settings, self.reader, self.roles, self.calls = settings, reader, roles, 0
        database = self.app.state.database
        rows = database.rows

        async def counted(*given: Any) -> Any:
            self.calls += f'"{reader}"' in str(given)  # the server's own housework goes on beside
            return await rows(*given)

        database.rows = counted

    async def __aenter__(self) -> "Counted":
        self.life = self.app.lifespan()
        await self.life.__aenter__()
        cookies = {COOKIE: issue_token(self.settings, self.reader, self.roles)}
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://127.0.0.1", cookies=cookies, timeout=60
        )
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.client.aclose()
        await self.life.__aexit__(None, None, None)

    async def counted_recap(self, address: str) -> None:
        """A page of a long history has it counted while one looks."""
        form = FORM.search((await self.client.get(address)).text)
        if form:
            started = time.perf_counter()
            fields = {name: unescape(value) for name, value in FIELD.findall(form[0])}
            token = self.client.cookies[COOKIE]
            answer = await self.client.post(form[1], json=fields, headers={"X-CSRF-Token": csrf(token)})
            print(f"counted in {time.perf_counter() - started:.1f} s: {answer.status_code}")

    async def measured(self, address: str) -> Taken:
        await self.counted_recap(address)
        taken, busy = [], []
        for _ in range(ROUNDS + 2):
            self.calls, started, before = 0, time.perf_counter(), self.processor()
            answer = await self.client.get(address)
            taken.append((time.perf_counter() - started) * 1000)
            busy.append(self.processor() - before)
            if answer.status_code != 200:
                return Taken(self.calls, taken[-1], taken[-1], busy[-1], answer.status_code)
            if sum(taken) > 20_000:
                break
        taken, busy = sorted(taken[2:]), sorted(busy[2:])  # the first two make plans and templates
        return Taken(self.calls, taken[len(taken) // 2], taken[-1 - len(taken) // 20], busy[len(busy) // 2], 200)

    def processor(self) -> float:
        """Milliseconds of processor time so far: this process, which is browser and application, and its sessions in PostgreSQL."""
        pids = [connection.info.backend_pid for connection in self.app.state.database.pool._pool]  # noqa: SLF001 - the sessions of this process
        return (
            time.process_time() * 1000
            + sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e6
        )


def addresses(dsn: str, pages: list[str]) -> list[tuple[str, str]]:
    """What a page is called in the table, and its address."""
    with psycopg.connect(dsn) as db:
        found = {}
        for name, query in _pages.FINDS.items():
            row = db.execute(query).fetchone()
            found[name] = quote(str(row[0])) if row else ""
    only = os.environ.get("JALON_BENCH_ONLY", "")
    return [(page, page.format(**found)) for page in pages if only in page]


def not_listed() -> list[str]:
    """Pages of the console that no address in the list is of."""
    listed = [re.sub(r"{\w+}", "0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f", urlsplit(page).path) for page in _pages.PAGES]
    routes = [path for handler in router.pages() for path in handler.paths]
    return [
        route for route in routes
        if not any(re.fullmatch(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(route)), path) for path in listed)
    ]  # fmt: skip


async def measure(settings: Settings) -> int:
    rows, much, slow = [], [], []
    for reader in os.environ.get("BENCH_READERS", ",".join(READERS)).split(","):
        roles, pages = READERS[reader]
        async with Counted(settings, reader, roles) as counted:
            for name, address in addresses(settings.dsn, pages):
                taken = await counted.measured(address)
                late = f"{taken.late:.0f}" if taken.status == 200 else f"refused: {taken.status}"
                label = f"{name} ({reader})" if reader != "anna" else name
                rows.append((label, str(taken.calls), f"{taken.median:.0f}", late, f"{taken.busy:.0f}"))
                print(*rows[-1], flush=True)
                if taken.calls > CALLS:
                    much.append(label)
                if taken.median > MILLISECONDS or taken.status != 200:
                    slow.append(label)
    _server.table("Pages of the console", rows, ("page", "calls", "median ms", "p95 ms", "processor ms"))
    for words, found in (
        (f"more than {CALLS} calls", much), (f"more than {MILLISECONDS} ms", slow), ("not in bench/_pages.py", not_listed()),
    ):  # fmt: skip
        if found:
            print(f"{words}: {', '.join(found)}")
    return int(bool(much or slow or not_listed()))


def prepared(server: embedded.Cluster, home: Path, rows: int) -> Settings:
    """A filled database; one that was filled before has its functions renewed."""
    dsn = server.dsn("console")
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as maintenance:
        is_new = maintenance.execute("select from pg_database where datname = 'console'").fetchone() is None
        if is_new:
            maintenance.execute("create database console")
    settings = Settings(home=home, dsn=dsn, api_dsn=make_conninfo(dsn, user="jalon_api"), token_secret="bench-only-" * 4, access_log=False, relay=False)  # fmt: skip
    migrate(settings, dsn, lambda text: None)
    if is_new:
        _filled.fill(dsn, rows)
    return settings


def main() -> int:
    rows = int(os.environ.get("JALON_BENCH_ROWS", "100000"))
    kept = os.environ.get("JALON_BENCH_HOME")
    with tempfile.TemporaryDirectory(prefix="jalon-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(kept or folder)
        server = embedded.cluster(home, options=OPTIONS)
        is_ours = not server.running()
        server.start(lambda text: None)
        try:
            return asyncio.run(measure(prepared(server, home, rows)))
        finally:
            if is_ours:
                server.stop()


if __name__ == "__main__":
    sys.exit(main())
