"""docs/dba.md: its blocks run in their order, on servers of the test's own. Its locks are measured."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from jalon.install import doctor, embedded, files
from jalon.install.migrate import migrate
from jalon.install.postgres import as_url
from jalon.install.reload import Reload
from jalon.install.schema_version import read_state
from jalon.settings import Settings
from tests.conftest import INSTALLER, in_memory, name_actor, programs
from tests.docs.pages import DOCS, compare, table
from tests.outbox.conftest import until
from tests.shop import Connection, import_changes, rows

PAGE = DOCS / "dba.md"
MAJOR = int(os.environ.get("JALON_TEST_POSTGRES", "18"))
OPTIONS = ("fsync=off", "wal_level=logical", "max_connections=40", "shared_buffers=64MB")
SHOP = """
select jalon.apply_template('orders', 'ORDER_STATUS');
create schema shop;
create table shop.orders (id bigint primary key, status text not null default 'NEW', note text);
select jalon.track('shop.orders', category => 'ORDER_STATUS');
insert into shop.orders (id) values (1), (2);
"""
MARK = r"(?:^<!-- (?P<mark>[^>]+) -->\n)?"
BLOCK = re.compile(rf"{MARK}^```(?P<language>sh|sql)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
pytestmark = pytest.mark.skipif("JALON_TEST_DSN" in os.environ, reason="a server of somebody else's")


class Block(NamedTuple):
    section: str
    mark: str
    language: str
    text: str


def blocks() -> list[Block]:
    sections = re.split(r"^#{2,3} (.+)\n", PAGE.read_text(), flags=re.MULTILINE)
    return [
        Block(section, found["mark"] or "", found["language"], found["text"])
        for section, text in zip(["", *sections[1::2]], sections[::2], strict=True)
        for found in BLOCK.finditer(text)
    ]


class Site:
    """The servers of the page: what its addresses are here, and how its blocks run."""

    def __init__(self, folder: Path, servers: dict[str, embedded.Cluster]) -> None:
        self.folder = folder
        self.servers = servers
        (folder / "jalon").write_text(f'#!/bin/sh\nexec {sys.executable} -m jalon "$@"\n')
        (folder / "jalon").chmod(0o755)
        for name in ("backup", "archive"):
            (folder / name).mkdir()
        program = next(iter(servers.values())).bin
        self.environment = {
            "PATH": f"{folder}:{program}:/usr/bin:/bin",
            "HOME": str(folder),
            "JALON_HOME": str(folder / "home"),
        }
        self.exports = "".join(
            line + "\n" for b in blocks() if not b.section for line in b.text.splitlines() if "export" in line
        )

    def address(self, server: str, database: str) -> str:
        return as_url(self.servers[server].dsn(database))

    def here(self, text: str) -> str:
        """The page's addresses and folders, as they are here."""
        text = re.sub(
            r"postgresql://postgres@(db\d)\.example\.com/(\w+)",
            lambda found: f"'{self.address(found[1], found[2])}'",
            text,
        )
        return re.sub(r"/srv/(\w+)", lambda found: str(self.folder / found[1]), text)

    def run(self, block: Block, user: dict[str, Any] | None = None, **more: str) -> str:
        exports = "".join(f"export {name}='{value}'\n" for name, value in more.items())
        script = f"set -eu -o pipefail\n{self.here(self.exports)}{exports}{block.text}"
        ran = subprocess.run(
            ["bash", "-c", script],
            env=self.environment | more,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            **(user or {}),
        )
        assert ran.returncode == 0, (block.section, block.text, ran.stdout, ran.stderr)
        return ran.stdout

    def connect(self, server: str, database: str) -> Connection:
        return psycopg.connect(self.servers[server].dsn(database), autocommit=True)


@contextmanager
def running(major: int, *options: str) -> Iterator[embedded.Cluster]:
    with tempfile.TemporaryDirectory(prefix="jalon-dba-", dir=in_memory(), ignore_cleanup_errors=True) as folder:
        server = embedded.cluster(Path(folder), major, programs(major), (*OPTIONS, *options))
        server.start(lambda text: None)
        try:
            yield server
        finally:
            server.stop()


def make_shop(server: embedded.Cluster, folder: Path) -> None:
    """The page's database, with a month that is over long since."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("create database shop")
    dsn = server.dsn("shop")
    migrate(Settings(home=folder, dsn=dsn, modules="none"), dsn, lambda text: None)
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute(SHOP)
        import_changes(db, (3, "NEW", "2024-02-10Z"))
        db.execute("select jalon.ensure_partitions()")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running(MAJOR) as first, running(MAJOR) as second:
        made = Site(tmp_path, {"db1": first, "db2": second})
        make_shop(first, tmp_path)
        yield made


def run_standby(site: Site, block: Block) -> str:
    """By the server's user, who may not be root; the standby is stopped at the end."""
    primary = site.servers["db1"]
    user = embedded.server_user()
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="jalon-standby-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)
        data = home / "data"
        primary.make_private(data, user)
        socket = home / "socket"
        primary.make_private(socket, user)
        text = block.text
        try:
            return site.run(
                block._replace(text=f"cd {folder}\n{text}"),
                who,
                PATH=f"{primary.bin}:/usr/bin:/bin",
                PRIMARY=as_url(primary.dsn("postgres")),
                STANDBY_DATA=str(data),
                STANDBY_OPTIONS=f"-c listen_addresses= -c unix_socket_directories={socket}",
                STANDBY_DSN=as_url(f"host={socket} user=postgres dbname=shop"),
            )
        finally:
            primary.run_program("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")


def run_sql(site: Site, block: Block) -> list[tuple[Any, ...]]:
    with site.connect("db1", "shop") as db:
        cursor = db.execute(block.text)
        return cursor.fetchall() if cursor.description else []


def check_replication(site: Site) -> None:
    """What the publisher did since, the deletion among it, is at the subscriber, which is sound."""
    questions = (
        "select to_jsonb(d) from jalon_history.deletion d",
        "select to_jsonb(o) from shop.orders o order by id",
    )
    with site.connect("db1", "shop") as publisher, site.connect("db1", "reports") as subscriber:
        for question in questions:
            wanted = rows(publisher, question)
            assert wanted
            until(lambda question=question, wanted=wanted: rows(subscriber, question) == wanted, 60)
        # Each table is copied by a process of its own, and the history may come last.
        until(lambda: rows(subscriber, "select * from jalon.verify()") == [], 60)
        subscriber.execute("drop subscription reports")


def test_the_blocks_run_in_their_order(site: Site) -> None:
    answers: dict[str, list[Any]] = {}
    for block in blocks():
        if block.mark.startswith(("second lane", "point in time", "an ordinary owner")):
            continue
        if block.language == "sql":
            answer: Any = run_sql(site, block)
        elif block.mark:
            answer = run_standby(site, block)
        else:
            answer = site.run(block)
        answers.setdefault(block.section, []).append(answer)
        assert block.text.count("jalon doctor") == str(answer).count("All is well."), answer
        if "delete from shop.orders" in block.text:
            check_replication(site)
    said = re.findall(r"^[tf0-9|]+$", answers["Standby and promotion"][0], re.MULTILINE)
    assert said == ["t|0", "2", "f|0"]  # a standby without problems, the next version, a primary without problems
    assert [row[:3] for row in answers["Retention and cold months"][-1]] == [(3, 1, "NEW")]
    with site.connect("db1", "shop") as db:
        assert rows(db, "select to_regclass('jalon_history.shop__orders_y2024m02')") == [(None,)]
        assert rows(db, "select * from jalon.verify()") == []


def test_a_dump_that_was_restored_without_roles_is_mended_as_doctor_says(site: Site) -> None:
    """Its advice, to the letter: the statements that make the roles, then the dump again, into an empty database."""
    roles, whole = (block for block in blocks() if block.section in ("Dump and restore", "Whole"))
    dump, restore, renew, examine = whole.text.splitlines(keepends=True)
    make_database = roles.text.splitlines(keepends=True)[0]
    site.run(roles._replace(text=make_database + dump + restore.replace("--exit-on-error ", "").strip() + " || true\n"))
    with site.connect("db2", "shop") as db:
        said = list(doctor.findings(db))
    (line,) = (line for line in said if line.startswith("The role jalon_api is missing."))
    (advice,) = re.findall("`(.+?)`", line)
    assert "restore it again afterwards, into an empty database" in line
    new = site.address("db2", "shop")
    site.run(roles._replace(text=advice), JALON_DSN=new, ADMIN_DSN=new)
    with site.connect("db2", "postgres") as server:
        server.execute("drop database shop")
    assert "All is well." in site.run(whole._replace(text=roles.text + restore + renew + examine))


@pytest.mark.second_lane
@pytest.mark.skipif(not programs(15).exists(), reason="needs Debian's PostgreSQL 15")
def test_from_15_to_18(tmp_path: Path) -> None:
    with running(15) as old, running(18) as new:
        site = Site(tmp_path, {"db1": old, "db2": new})
        site.environment["PATH"] = f"{tmp_path}:{new.bin}:/usr/bin:/bin"
        if b"attversion" not in (new.bin / "pg_dump").read_bytes():  # of before November 2026, the page says
            (tmp_path / "pg_dump").symlink_to(old.bin / "pg_dump")
        make_shop(old, tmp_path)
        (block,) = (block for block in blocks() if block.mark == "second lane: 15 to 18")
        moved = {"OLD_DSN": site.address("db1", "shop"), "MOVED_DSN": site.address("db2", "moved")}
        assert "All is well." in site.run(block, **moved)
        with site.connect("db2", "moved") as db:
            db.execute("update shop.orders set status = 'PAID' where id = 1")
            assert rows(db, "select * from jalon.verify()") == []


@pytest.mark.second_lane
@pytest.mark.skipif(
    not Path("/usr/share/postgresql/15/extension/pg_stat_statements.control").exists(),
    reason="needs pg_stat_statements of Debian's PostgreSQL 15",
)
def test_pg_stat_statements_names_the_table(tmp_path: Path) -> None:
    preload = ("shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track=all")
    with running(15, *preload) as server:
        site = Site(tmp_path, {"db1": server})
        make_shop(server, tmp_path)
        create, ask = (block for block in blocks() if block.section == "pg_stat_statements")
        run_sql(site, create)
        with site.connect("db1", "shop") as db:
            db.execute("select pg_stat_statements_reset()")
            db.execute("update shop.orders set status = 'PAID' where id = 1")
        found = run_sql(site, ask)
        assert any("insert into jalon_history.shop__orders" in " ".join(query.split()) for *_, query in found), found


# Locks, measured.

ORDER = (
    *("AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock"),
    *("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"),
)
PARTS = """
    select c.oid, case when c.oid = to_regclass('shop.orders') then 'table'
        when c.oid = to_regclass('jalon_history.shop__orders') then 'history'
        when c.relname like '%_default' then 'default' else 'month' end
    from pg_class c
    where c.oid in (to_regclass('shop.orders'), to_regclass('jalon_history.shop__orders'))
        or (c.relnamespace = 'jalon_history'::regnamespace and c.relispartition and c.relkind = 'r'
            and c.relname like 'shop\\_\\_orders\\_%')
"""
LOCKS = """
    select l.relation, l.mode from pg_locks l
    where l.locktype = 'relation' and l.granted and l.pid = pg_backend_pid()
        and l.database = (select d.oid from pg_database d where d.datname = current_database())
"""
COMMANDS = {
    "an update of a status": "update shop.orders set status = 'PAID' where id = 1",
    "`jalon.move`": "select jalon.move('orders', '1', 'PAID')",
    "`jalon.track`": "select jalon.track('shop.orders', category => 'ORDER_STATUS')",
    "`jalon.untrack`": "select jalon.untrack('orders')",
    "`jalon.retrack_all`": "select jalon.retrack_all()",
    "`jalon migrate --reload`": None,
    "`jalon.rename_column`": "select jalon.rename_column('orders', 'status', 'state')",
    "`jalon.alter_column_type`": "select jalon.alter_column_type('orders', 'status', 'varchar(300)')",
    "`jalon.ensure_partitions`, a month ahead": "select * from jalon.ensure_partitions(4)",
    "`jalon.ensure_partitions`, rows wait in default": "select * from jalon.ensure_partitions()",
    "`jalon.retain`": "select jalon.retain('orders', '1 year')",
    "`jalon.run_maintenance`, a month ahead": "select * from jalon.run_maintenance()",
    "`jalon.erase`": "select jalon.erase('orders', '1')",
    "`jalon.verify`": "select * from jalon.verify()",
    "`jalon.publish`": "select jalon.publish('ORDER_STATUS')",
    "`jalon archive`": "select * from jalon_engine.lock_month('orders', '2024-02')",
}


@pytest.fixture
def beginning() -> str:
    return SHOP


def reload_all(db: Connection) -> None:
    state = read_state(db)
    sources = files.reloaded_sources(state.modules)
    Reload(db, sources, lambda text: None, reload_all=True).run(state.expected_digest, state.applied, "0")


def strongest(db: Connection, run: Callable[[Connection], object]) -> tuple[str, ...]:
    """The strongest lock on each part of the table that was there before, as SQL writes it."""
    parts = dict(rows(db, PARTS))
    found: dict[str, str] = {}
    with db.transaction(force_rollback=True):
        run(db)
        for relation, mode in rows(db, LOCKS):
            if part := parts.get(relation):
                found[part] = max(found.get(part, mode), mode, key=ORDER.index)
    words = {part: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", mode.removesuffix("Lock")) for part, mode in found.items()}
    return tuple(words.get(part, "–").upper() for part in ("table", "history", "default", "month"))


def measure(db: Connection, name: str, statement: str | None) -> tuple[str, ...]:
    if statement is None:
        return strongest(db, reload_all)
    if "maintenance" in name:
        rows(db, "select * from jalon.ensure_partitions()")
        (last,) = rows(db, LAST_MONTH)[0]
        db.execute(f"alter table jalon_history.shop__orders detach partition {last}; drop table {last}")
        while rows(db, "select * from jalon.keep_webhook_days()"):
            pass
    elif "default" in name:
        import_changes(db, (4, "NEW", "2024-03-10Z"))
        name_actor(db, "boss", "admin", "measuring")
    return strongest(db, lambda connection: connection.execute(statement))


LAST_MONTH = (
    "select part_name from jalon_history.months_of('jalon_history.shop__orders') where not is_default"
    " order by lower_bound desc limit 1"
)


@pytest.mark.skipif(INSTALLER is not None, reason="the table is a superuser's, who installed an event trigger")
def test_snapshot_of_the_locks(db: Connection) -> None:
    track = COMMANDS["`jalon.track`"]
    assert track
    db.execute("select jalon.untrack('orders', true)")
    db.execute("alter table shop.orders drop column status_version, drop column status_changed_at")
    lines: list[tuple[str, ...]] = [("`jalon.track`", *strongest(db, lambda connection: connection.execute(track)))]
    db.execute(track)
    import_changes(db, (3, "NEW", "2024-02-10Z"))
    db.execute("select jalon.ensure_partitions()")
    db.execute("select jalon.draft('ORDER_STATUS')")
    name_actor(db, "boss", "admin", "measuring")
    lines += [(name, *measure(db, name, statement)) for name, statement in COMMANDS.items() if statement != track]
    compare(PAGE, "locks", table(("command", "the table", "its history", "its default partition", "a month"), lines))
