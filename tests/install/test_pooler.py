"""Behind a pooler that mixes up prepared statements, `serve` says so before it serves."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from jalon.install import pooler
from jalon.refusal import Refusal

PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
INI = """[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
client_login_timeout = 5
"""


@pytest.fixture
def pooled(dsn: str, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """pooled("transaction"): the connection string of a pgbouncer in front of this test's database."""
    if not PGBOUNCER:
        pytest.skip("No pgbouncer here: apt-get install pgbouncer (as root), then this runs.")
    started: list[subprocess.Popen[bytes]] = []

    def pooled(mode: str) -> str:
        parts = conninfo_to_dict(dsn)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            listen = probe.getsockname()[1]
        file = tmp_path / "pgbouncer.ini"
        as_owner = ["-u", Path(parts["host"]).owner()] if os.geteuid() == 0 else []  # root may not run it
        content = INI.format(host=parts["host"], port=parts["port"], listen=listen, mode=mode)
        file.write_text(content.replace("* = host", f"* = user={parts['user']} host"))
        started.append(subprocess.Popen([PGBOUNCER, *as_owner, file], stderr=subprocess.DEVNULL))
        found = f"host=127.0.0.1 port={listen} user={parts['user']} dbname={parts['dbname']}"
        deadline = time.monotonic() + 10
        while True:
            try:
                psycopg.connect(found).close()
                return found
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, "pgbouncer did not start"
                time.sleep(0.02)

    yield pooled
    for process in started:
        process.kill()
        process.wait()


def test_statements_that_are_mixed_up_are_refused_with_the_setting_that_helps(pooled: Callable[[str], str]) -> None:
    with pytest.raises(Refusal, match="JALON_PREPARED=false"):
        pooler.require_own_statements(pooled("transaction"))


def test_a_session_of_ones_own_is_not_refused(dsn: str, pooled: Callable[[str], str]) -> None:
    pooler.require_own_statements(dsn)
    pooler.require_own_statements(pooled("session"))


def test_a_database_that_is_away_is_another_matter() -> None:
    pooler.require_own_statements("host=127.0.0.1 port=1 user=nobody")
