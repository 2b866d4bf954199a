"""A port of loopback for the server under test, whose socket in the file system not every library finds."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo


def pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def forwarding(path: str) -> Iterator[int]:
    """The port of 127.0.0.1 that leads to a socket in the file system."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    server = socket.socket(socket.AF_UNIX)
                    server.connect(path)
                    for pair in ((client, server), (server, client)):
                        threading.Thread(target=pump, args=pair, daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def on_loopback(dsn: str) -> Iterator[str]:
    """This test's database at a host and a port."""
    parts = conninfo_to_dict(dsn)
    with psycopg.connect(dsn) as connection:
        port = connection.info.port
    if not str(parts.get("host", "")).startswith("/"):
        yield dsn
        return
    with forwarding(f"{parts['host']}/.s.PGSQL.{port}") as local:
        yield make_conninfo(dsn, host="127.0.0.1", port=local, sslmode="disable")
