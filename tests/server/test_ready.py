"""GET /health/ready: an answer within a second, whatever the database does; in words, if it is no."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from jalon.install import embedded, schema_version
from jalon.install.migrate import migrate
from jalon.server import probes
from jalon.settings import Settings
from tests.applications import client_of
from tests.outbox.conftest import until

from .silence import way_to

READY = "/health/ready"


@pytest.fixture(autouse=True)
def no_memory() -> Iterator[None]:
    probes.find_fault.cache_clear()
    yield
    probes.find_fault.cache_clear()


@pytest.fixture
def own(home: Path) -> Iterator[embedded.Cluster]:
    """A migrated PostgreSQL that a test may stop."""
    cluster = embedded.cluster(home, options=("fsync=off",))
    cluster.start(lambda text: None)
    embedded.ensure_database(cluster)
    migrate(Settings(home=home, dsn=cluster.dsn(), modules="none"), cluster.dsn(), lambda text: None)
    yield cluster
    cluster.stop()


@contextmanager
def standing_still(cluster: embedded.Cluster) -> Iterator[None]:
    """All of its processes: first the one that makes others."""
    stopped = []

    def stop(pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
            stopped.append(pid)

    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        stop(int((cluster.data / "postmaster.pid").read_text().splitlines()[0]))
        for (pid,) in connection.execute("select pid from pg_stat_activity").fetchall():
            stop(pid)
    try:
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


def become_ready(client: Any) -> None:
    """A machine that does much else may need more than the second."""
    until(lambda: client.get(READY).status_code == 200, 30)


def test_it_answers_while_postgresql_stands_still(own: embedded.Cluster, tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path, dsn=own.dsn(), api_dsn=make_conninfo(own.dsn(), user="jalon_api"), modules="none"
    )
    with client_of(settings) as client:
        become_ready(client)
        with standing_still(own):
            answers = [client.get(READY) for _ in range(3)]
        assert [(a.status_code, a.json()["detail"]) for a in answers] == [
            (503, "The database has not answered within 0.8 s.")
        ] * 3
        become_ready(client)


def test_it_answers_while_the_network_swallows_everything(settings: Settings) -> None:
    with way_to(settings.api_dsn) as (way, dsn):
        swallowed = msgspec.structs.replace(settings, api_dsn=dsn, request_timeout=60, tick=0)
        with client_of(swallowed) as client:
            become_ready(client)
            way.fall_silent()
            assert client.get(READY).json()["detail"] == "The database has not answered within 0.8 s."


def test_it_answers_while_no_connection_is_to_be_had(settings: Settings) -> None:
    with client_of(msgspec.structs.replace(settings, api_dsn="host=192.0.2.1 user=nobody", tick=0)) as client:
        assert client.get(READY).status_code == 503


def test_a_database_that_takes_no_changes_is_not_ready(db: psycopg.Connection[Any], settings: Settings) -> None:
    db.execute(f"alter database {db.info.dbname} set default_transaction_read_only = on")
    with client_of(settings) as client:
        answer = client.get(READY)
    assert (answer.status_code, answer.json()["detail"]) == (503, "The database is read-only: it takes no changes.")


def test_a_standby_is_not_ready(own: embedded.Cluster, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="jalon-standby-", ignore_cleanup_errors=True) as folder:
        copy = embedded.cluster(Path(folder), options=("fsync=off",))
        copy.make_private(copy.data, embedded.server_user())
        reach = ("-h", str(own.socket), "-U", "postgres")
        copied = copy.run_program("pg_basebackup", "-D", str(copy.data), *reach, "-R", "-c", "fast")
        assert copied.returncode == 0, copied.stderr
        copy.start(lambda text: None)
        try:
            dsn = make_conninfo(copy.dsn(), user="jalon_api")
            with client_of(Settings(home=tmp_path, dsn=copy.dsn(), api_dsn=dsn, modules="none")) as client:
                answer = client.get(READY)
        finally:
            copy.stop()
    assert (answer.status_code, answer.json()["detail"]) == (503, "The database is a standby: it takes no changes.")


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (
            "delete from jalon_install.migration_digest where id like '0280.%'",
            "The migration 0280.workflow-templates is not applied; `jalon migrate` does it.",
        ),
        (
            "update jalon_install.reload set digest = 'other'",
            "Functions and triggers are not those of this version; `jalon migrate` reloads them.",
        ),
        (
            "drop function jalon_api.ready(text, jsonb, jsonb)",
            "The database is not of this version; `jalon migrate` brings it to it.",
        ),
    ],
)
def test_an_older_database_is_not_ready(
    db: psycopg.Connection[Any], settings: Settings, change: str, detail: str
) -> None:
    db.execute(change)
    with client_of(settings) as client:
        answer = client.get(READY)
    assert (answer.status_code, answer.json()["detail"]) == (503, detail)


def test_a_newer_database_keeps_older_servers_ready(
    db: psycopg.Connection[Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that servers can be replaced one after the other."""
    monkeypatch.setattr(schema_version, "__version__", "0.9.0")
    db.execute("update jalon_install.reload set digest = 'other', jalon_version = '0.10.0'")
    db.execute("insert into jalon_install.migration_digest (id, digest) values ('9000.later', 'x')")
    with client_of(settings) as client:
        assert client.get(READY).status_code == 200
