"""Debian's pgbouncer in front of a server of the tests, in transaction mode: any transaction gets any connection."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
MISSING = "No pgbouncer here: apt-get install pgbouncer (as root), then this runs."
INI = """[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = {mode}
client_login_timeout = 5
"""


@contextlib.contextmanager
def pgbouncer(dsn: str, mode: str = "transaction") -> Iterator[str]:
    """How to reach it; all databases of the server are behind it, for this user and jalon_api."""
    parts = conninfo_to_dict(dsn)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listen = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="jalon-pooler-") as folder:
        Path(folder).chmod(0o755)
        file, users = Path(folder) / "pgbouncer.ini", Path(folder) / "users"
        users.write_text("".join(f'"{user}" ""\n' for user in (parts["user"], "jalon_api")))
        file.write_text(INI.format(host=parts["host"], port=parts["port"], listen=listen, users=users, mode=mode))
        as_owner = ["-u", Path(str(parts["host"])).owner()] if os.geteuid() == 0 else []  # root may not run it
        process = subprocess.Popen([str(PGBOUNCER), *as_owner, str(file)], stderr=subprocess.DEVNULL)
        try:
            found = make_conninfo("", host="127.0.0.1", port=listen, user=parts["user"], dbname=parts["dbname"])
            deadline = time.monotonic() + 10
            while not answers(found):
                assert time.monotonic() < deadline, "pgbouncer did not start"
                time.sleep(0.02)
            yield found
        finally:
            process.kill()
            process.wait()


def answers(dsn: str) -> bool:
    try:
        psycopg.connect(dsn).close()
    except psycopg.OperationalError:
        return False
    return True
