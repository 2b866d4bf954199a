"""Every page of the console on 100,000 records a module: `make bench ARGS=console`.

JALON_BENCH_ROWS for other numbers, JALON_BENCH_HOME for a folder that keeps what was filled for the next run,
JALON_BENCH_ONLY for the pages whose address this pattern finds, BENCH_ROUNDS, BENCH_READERS. Each page
(bench/_pages.py) is requested several times in this process, by a reader with all rights and by one with few. Its calls
of the database and its time are measured, rendering included; its ratio is to a plain statement over 100,000 rows, in
turns. Fails if a page needs more than 3 calls or more than 100 ms, or if a page of the console is not in the list.
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
from jalon.console.router import pages
from jalon.console.session import COOKIE, csrf
from jalon.install import embedded
from jalon.install.migrate import migrate
from jalon.server.app import create_app
from jalon.server.auth import issue_token
from jalon.settings import Settings

PLAIN = "select count(*) from jalon_events.events where title <> ''"
HEAD = "page", "calls", "median ms", "p95 ms", "times the plain statement", "processor ms"
CALLS, MILLISECONDS, ROUNDS = 3, 100, int(os.environ.get("BENCH_ROUNDS", "20"))
FORM = re.compile(r'<form [^>]*data-call="POST ([^"]*/count)"[^>]*data-at-once>.*?</form>', re.DOTALL)
FIELD = re.compile(r'<input type="hidden" name="(.*?)" value="(.*?)">')
READERS = {"anna": (["admin", "moderator", "member"], _pages.PAGES), "zoe": (["participant"], _pages.MEMBERS_PAGES)}


class Measurement(NamedTuple):
    """Calls of the database, milliseconds (median, p95), times of the plain statement, processor time, status."""

    calls: int
    median: float
    p95: float
    ratio: float
    processor: float
    status: int


class MeasuredApplication:
    """The application in this process; its calls of the database are counted."""

    def __init__(self, settings: Settings, reader: str, roles: list[str]) -> None:
        self.app: Any = create_app(settings)
        self.settings, self.reader, self.roles, self.calls = settings, reader, roles, 0
        database = self.app.state.database
        rows = database.rows

        async def counted(*arguments: Any, **named: Any) -> Any:
            self.calls += f'"{reader}"' in str(arguments)  # the server's own maintenance calls don't count
            return await rows(*arguments, **named)

        database.rows = counted

    async def __aenter__(self) -> "MeasuredApplication":
        self.plain = psycopg.connect(self.settings.dsn, autocommit=True)
        self.life = self.app.lifespan()
        await self.life.__aenter__()
        cookies = {COOKIE: issue_token(self.settings, self.reader, self.roles)}
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://127.0.0.1", cookies=cookies, timeout=60
        )
        return self

    async def __aexit__(self, *_: Any) -> None:
        self.plain.close()
        await self.client.aclose()
        await self.life.__aexit__(None, None, None)

    async def count_recap(self, address: str) -> None:
        """Counts the recap of a page, as a browser does if the history is long."""
        form = FORM.search((await self.client.get(address)).text)
        if form:
            started = time.perf_counter()
            fields = {name: unescape(value) for name, value in FIELD.findall(form[0])}
            token = self.client.cookies[COOKIE]
            answer = await self.client.post(form[1], json=fields, headers={"X-CSRF-Token": csrf(token)})
            print(f"counted in {time.perf_counter() - started:.1f} s: {answer.status_code}")

    async def measure_page(self, address: str) -> Measurement:
        await self.count_recap(address)
        milliseconds, processor, plain = [], [], []
        for _ in range(ROUNDS + 2):
            started = time.perf_counter()
            self.plain.execute(PLAIN)
            plain.append((time.perf_counter() - started) * 1000)
            self.calls, started, before = 0, time.perf_counter(), self.processor_milliseconds()
            answer = await self.client.get(address)
            milliseconds.append((time.perf_counter() - started) * 1000)
            processor.append(self.processor_milliseconds() - before)
            if answer.status_code != 200:
                return Measurement(self.calls, milliseconds[-1], milliseconds[-1], 0, processor[-1], answer.status_code)
            if sum(milliseconds) > 20_000:
                break
        # The first two make plans and templates.
        ratios = sorted(page / statement for page, statement in zip(milliseconds[2:], plain[2:], strict=True))
        milliseconds, processor = sorted(milliseconds[2:]), sorted(processor[2:])
        return Measurement(
            self.calls,
            milliseconds[len(milliseconds) // 2],
            milliseconds[-1 - len(milliseconds) // 20],
            ratios[len(ratios) // 2],
            processor[len(processor) // 2],
            200,
        )

    def processor_milliseconds(self) -> float:
        """Milliseconds of processor time so far: of this process (client and application) and of its sessions."""
        sessions = self.app.state.database.pool._pool  # noqa: SLF001 - those of this process
        pids = [session.info.backend_pid for session in sessions]
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
    return [(page, page.format(**found)) for page in pages if re.search(only, page)]


def pages_not_listed() -> list[str]:
    """Pages of the console that no address in the list is of."""
    listed = [re.sub(r"{\w+}", "0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f", urlsplit(page).path) for page in _pages.PAGES]
    routes = [path for handler in pages() for path in handler.paths]
    return [
        route for route in routes
        if not any(re.fullmatch(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(route)), path) for path in listed)
    ]  # fmt: skip


async def measure(settings: Settings) -> int:
    rows, many_calls, slow = [], [], []
    for reader in os.environ.get("BENCH_READERS", ",".join(READERS)).split(","):
        roles, pages = READERS[reader]
        async with MeasuredApplication(settings, reader, roles) as counted:
            for name, address in addresses(settings.dsn, pages):
                measurement = await counted.measure_page(address)
                p95 = f"{measurement.p95:.0f}" if measurement.status == 200 else f"refused: {measurement.status}"
                label = f"{name} ({reader})" if reader != "anna" else name
                numbers = f"{measurement.median:.0f}", p95, f"{measurement.ratio:.1f}", f"{measurement.processor:.0f}"
                rows.append((label, str(measurement.calls), *numbers))
                print(*rows[-1], flush=True)
                if measurement.calls > CALLS:
                    many_calls.append(label)
                if measurement.median > MILLISECONDS or measurement.status != 200:
                    slow.append(label)
    _server.table("Pages of the console", rows, HEAD)
    for words, found in (
        (f"more than {CALLS} calls", many_calls), (f"more than {MILLISECONDS} ms", slow),
        ("not in bench/_pages.py", pages_not_listed()),
    ):  # fmt: skip
        if found:
            print(f"{words}: {', '.join(found)}")
    return int(bool(many_calls or slow or pages_not_listed()))


def prepare(server: embedded.Cluster, home: Path, rows: int) -> Settings:
    """A filled database; one that was filled before has its functions renewed."""
    dsn = server.dsn("console")
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as maintenance:
        is_new = maintenance.execute("select from pg_database where datname = 'console'").fetchone() is None
        if is_new:
            maintenance.execute("create database console")
    settings = Settings(
        home=home,
        dsn=dsn,
        api_dsn=make_conninfo(dsn, user="jalon_api"),
        token_secret="bench-only-" * 4,
        access_log=False,
        relay=False,
        modules="all",
    )
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
        is_ours = not server.is_running()
        server.start(lambda text: None)
        try:
            return asyncio.run(measure(prepare(server, home, rows)))
        finally:
            if is_ours:
                server.stop()


if __name__ == "__main__":
    sys.exit(main())
