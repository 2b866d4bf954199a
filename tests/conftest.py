"""One throwaway PostgreSQL a process, one migrated template in it, one clone a test: real COMMITs everywhere.

JALON_TEST_POSTGRES=18|16|15 chooses the server (15: Debian's), JALON_TEST_DSN an external one. JALON_TEST_SUPERUSER=no
lets an ordinary login own the database and migrate it; then there is no event trigger. JALON_TEST_POOLER=pgbouncer
puts Debian's pgbouncer between web application and server.
"""

import contextlib
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import psycopg
import pytest
from litestar.testing import TestClient
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pytest_postgresql import factories

from jalon.install import embedded
from jalon.install.migrate import migrate
from jalon.install.role_settings import READ_SCHEMAS, set_role_settings
from jalon.settings import Settings

Connection = psycopg.Connection[Any]
NUMBERS = itertools.count(1)
# Tests name tables as their owner without schemas. Nobody else's search_path is set but Jalon's own roles'.
OWNERS_PATH = ", ".join(['"$user"', "public", *READ_SCHEMAS[2:], "jalon_engine"])
signal.signal(signal.SIGTERM, signal.default_int_handler)  # a terminated process stops its server
# A shell's `&` tells what it starts to ignore Ctrl-C; the programs that tests start must not inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Who installs Jalon where no superuser does.
INSTALLER = "installer" if os.environ.get("JALON_TEST_SUPERUSER") == "no" else None
THROWAWAY = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_wal_size=2GB",
    "autovacuum=off",
    "jit=off",
    "max_connections=60",
)


def programs(major: int) -> Path:
    return embedded.binaries(major) if major in (16, 18) else Path(f"/usr/lib/postgresql/{major}/bin")


def in_memory() -> str | None:
    """Where files are memory and there is room; otherwise, and where TMPDIR is said, the ordinary place."""
    memory = Path("/dev/shm")  # noqa: S108
    has_room = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 3 << 30
    return str(memory) if has_room and "TMPDIR" not in os.environ else None


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors, for tests also wait; more than four only disturb each other."""
    configured = os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS")
    return int(configured) if configured else min(4, (os.cpu_count() or 1) + 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for a browser or a pooler belongs to the second lane; other tests that do say so by the mark."""
    for item in items:
        if {"browser", "pooled"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("second_lane")


@pytest.fixture(scope="session")
def cluster() -> Iterator[SimpleNamespace]:
    """The server under test, as pytest-postgresql wants it described."""
    if given := os.environ.get("JALON_TEST_DSN"):
        with psycopg.connect(given) as connection:
            major = connection.info.server_version // 10_000
        yield describe_server(programs(major), **conninfo_to_dict(given))
        return
    major = int(os.environ.get("JALON_TEST_POSTGRES", "18"))
    with tempfile.TemporaryDirectory(prefix="jalon-test-", dir=in_memory(), ignore_cleanup_errors=True) as folder:
        server = embedded.cluster(Path(folder), major, programs(major), THROWAWAY)
        server.start(lambda text: None)
        try:
            yield describe_server(server.bin, **conninfo_to_dict(server.dsn()))
        finally:
            server.stop()


def describe_server(
    bin: Path, host: Any = "", port: Any = "5432", user: Any = "postgres", password: Any = None, **_: object
) -> SimpleNamespace:
    for_plugin = {
        "host": host,
        "port": port,
        "user": user,
        "password": password,
        "options": "",
        "template_dbname": None,
    }
    return SimpleNamespace(**for_plugin, maintenance_dbname="postgres", programs=bin)


def migrate_template(**parts: Any) -> None:
    dsn = make_conninfo(**{name: value for name, value in parts.items() if value})
    if INSTALLER:
        with psycopg.connect(dsn, autocommit=True) as superuser:
            if not superuser.execute("select to_regrole(%s)", (INSTALLER,)).fetchone()[0]:  # type: ignore[index]
                superuser.execute(f"create role {INSTALLER} login createrole")
            superuser.execute(f"alter database {superuser.info.dbname} owner to {INSTALLER}")
        dsn = make_conninfo(dsn, user=INSTALLER)
    migrate(Settings(home=Path(tempfile.gettempdir()), dsn=dsn, modules="all", languages="all"), dsn, lambda text: None)


template = factories.postgresql_noproc(depends_on="cluster", dbname="jalon_test", load=[migrate_template])


@pytest.fixture(scope="session")
def databases(template: Any, cluster: SimpleNamespace) -> Iterator[Connection]:
    """Where databases are made and dropped; the template is ready."""
    with psycopg.connect(dsn_of(cluster, cluster.maintenance_dbname), autocommit=True) as connection:
        yield connection


def dsn_of(cluster: SimpleNamespace, database: str) -> str:
    parts = {name: getattr(cluster, name) for name in ("host", "port", "user", "password")}
    return make_conninfo(**{name: value for name, value in parts.items() if value}, dbname=database)


@contextlib.contextmanager
def database(databases: Connection, cluster: SimpleNamespace, name: str, template: str) -> Iterator[str]:
    """A database of its own, as its owner's connection string; copying files is twice as quick as logging pages."""
    owner = f"owner {INSTALLER}" if INSTALLER else ""
    databases.execute(f"create database {name} {owner} template {template} strategy file_copy")
    try:
        with psycopg.connect(dsn_of(cluster, name), autocommit=True) as made:  # a clone inherits no settings of roles
            set_role_settings(made)
            me = made.info.user
            made.execute(f"alter role {me} in database {name} set search_path = {OWNERS_PATH}")
        yield dsn_of(cluster, name)
    finally:
        databases.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def prepared_template(databases: Connection, template: Any, cluster: SimpleNamespace) -> Iterator[Callable[[str], str]]:
    """prepared_template(sql): the name of a template in which this SQL has been run, once a process."""
    with contextlib.ExitStack() as databases_made:
        known = {"": str(template.template_dbname)}

        def prepared_template(sql: str) -> str:
            if sql not in known:
                name = f"{template.dbname}_{len(known)}"
                dsn = databases_made.enter_context(database(databases, cluster, name, known[""]))
                with contextlib.closing(psycopg.connect(dsn, autocommit=True)) as connection:
                    connection.execute(sql)
                known[sql] = name
            return known[sql]

        yield prepared_template


@pytest.fixture
def beginning() -> str:
    """SQL that has been run in this test's database before it; a folder may override it."""
    return ""


@pytest.fixture
def dsn(
    databases: Connection,
    template: Any,
    cluster: SimpleNamespace,
    prepared_template: Callable[[str], str],
    beginning: str,
) -> Iterator[str]:
    """The owner's connection string of this test's own database."""
    with database(databases, cluster, template.dbname, prepared_template(beginning)) as dsn:
        yield dsn


@pytest.fixture
def empty(cluster: SimpleNamespace) -> Iterator[str]:
    """The DSN of a database in which nothing stands."""
    server = dsn_of(cluster, cluster.maintenance_dbname)
    name = f"jalon_empty_{os.getpid()}_{next(NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}")
        yield make_conninfo(server, dbname=name)
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def connect(dsn: str) -> Iterator[Callable[..., Connection]]:
    """Further connections, as one of Jalon's roles or as the owner: connect("api"), connect("bi"), connect()."""
    with contextlib.ExitStack() as opened:

        def connect(role: str | None = None, *, autocommit: bool = True) -> Connection:
            connection = opened.enter_context(contextlib.closing(psycopg.connect(dsn, autocommit=True)))
            if role:
                connection.execute(f"set session authorization jalon_{role}")
            connection.autocommit = autocommit
            return connection

        yield connect


@pytest.fixture
def db(connect: Callable[..., Connection]) -> Connection:
    """An autocommit connection of the owner."""
    return connect()


@pytest.fixture
def as_actor() -> Callable[..., contextlib.AbstractContextManager[None]]:
    """with as_actor(db, "anna", "moderator", reason="…"): what the session does then, anna does."""

    @contextlib.contextmanager
    def as_actor(connection: Connection, actor: str, *roles: str, reason: str = "") -> Iterator[None]:
        name_actor(connection, actor, ",".join(roles), reason)
        try:
            yield
        finally:
            name_actor(connection, None, "", "")

    return as_actor


def name_actor(connection: Connection, actor: str | None, roles: str, reason: str, marks: str = "") -> None:
    """As the owner names people, as a DBA does, or as anybody may write the settings (who is not believed)."""
    row = connection.execute("select rolsuper, rolname from pg_roles where rolname = session_user").fetchone()
    if row and row[0]:
        connection.execute("select jalon_engine.seal_actor('s', %s, %s, %s, %s)", (actor, roles, reason, marks))
    elif row and row[1] == "jalon_dba":
        connection.execute("select jalon.act_as(%s, string_to_array(%s, ','), %s)", (actor, roles, reason))
    else:
        for name, value in (("actor", actor or ""), ("roles", roles), ("reason", reason)):
            connection.execute("select set_config(%s, %s, false)", (f"jalon.{name}", value))


@pytest.fixture
def home() -> Iterator[Path]:
    """A JALON_HOME that PostgreSQL's user may enter also when root runs the tests."""
    with tempfile.TemporaryDirectory(prefix="jalon-home-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


@pytest.fixture(scope="session")
def pooler(cluster: SimpleNamespace) -> Iterator[str | None]:
    """How to reach the server through pgbouncer; None unless it is to be reached so."""
    if os.environ.get("JALON_TEST_POOLER") != "pgbouncer":
        yield None
        return
    from tests.pooler import MISSING, PGBOUNCER, pgbouncer

    if not PGBOUNCER:
        pytest.skip(MISSING)
    with pgbouncer(dsn_of(cluster, cluster.maintenance_dbname)) as way:
        yield way


@pytest.fixture
def settings(dsn: str, tmp_path: Path, pooler: str | None) -> Settings:
    direct = make_conninfo(dsn, user="jalon_api")
    settings = Settings(home=tmp_path, dsn=dsn, api_dsn=direct, token_secret="tests-only-" * 4)
    if pooler is None:
        return settings
    pooled = make_conninfo(pooler, user="jalon_api", dbname=conninfo_to_dict(dsn)["dbname"])
    return msgspec.structs.replace(settings, api_dsn=pooled, listen_dsn=direct, prepared=False)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient[Any]]:
    """The web application on this test's database."""
    from tests.applications import client_of

    with client_of(settings) as client:
        yield client


@pytest.fixture
def bearer(settings: Settings) -> Callable[..., dict[str, str]]:
    """Headers of somebody's request: client.get(path, headers=bearer("anna", "clerk"))."""
    from jalon.server.auth import issue_token

    def bearer(actor: str, *roles: str, **headers: str) -> dict[str, str]:
        return {"authorization": "Bearer " + issue_token(settings, actor, list(roles))} | headers

    return bearer
