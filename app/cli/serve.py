"""Start everything and serve on http://127.0.0.1:8000.

Starts the embedded PostgreSQL (unless JALON_DSN names another), migrates, and serves until Ctrl-C,
which stops all of it. The data stays; the next start takes about two seconds.

With JALON_API_DSN and no JALON_DSN it serves what somebody else has installed, and needs no owner's login.
"""

import argparse
import contextlib
import fcntl
import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg

from jalon.dsn import hosts_of, with_tcp_options
from jalon.install import demo, embedded, pooler, postgres
from jalon.install.migrate import migrate
from jalon.install.schema_version import present_modules
from jalon.refusal import Refusal
from jalon.server.auth import issue_token
from jalon.server.openapi import PATH as DOCUMENTS
from jalon.settings import Settings

if TYPE_CHECKING:
    from litestar import Litestar

# How uvicorn serves, beside where.
UVICORN_OPTIONS: dict[str, Any] = {
    "http": "jalon.server.bounds:BoundedProtocol",
    "ws": "none",
    "access_log": False,
    "proxy_headers": False,  # X-Forwarded headers count by JALON_TRUSTED_PROXIES only (server/app.py)
    "server_header": False,
    "timeout_graceful_shutdown": 10,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default: JALON_HOST, 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default: JALON_PORT, 8000)")
    parser.add_argument("--workers", type=int, help="processes that serve (default: JALON_WORKERS, 1)")


def run(settings: Settings, options: argparse.Namespace) -> None:
    overrides = {name: value for name in ("host", "port", "workers") if (value := getattr(options, name)) is not None}
    settings = msgspec.structs.replace(settings, **overrides)
    if settings.api_dsn and not settings.dsn:
        settings = msgspec.structs.replace(settings, dsn=settings.api_dsn, migrate=False)
    with serve_lock(settings):
        require_free_port(settings)
        with postgres.server(settings, say) as dsn:
            if settings.migrate:
                migrate(settings, dsn, say)
            with postgres.connect(dsn) as connection:
                installed = present_modules(connection)
            settings = msgspec.structs.replace(settings, modules=",".join(installed) or "none")
            if settings.demo and not settings.dsn:
                with postgres.connect(dsn) as connection:
                    demo.load_once(connection, settings.home, say)
            api_dsn, relay_dsn = (require_login(settings, dsn, role) for role in ("api", "relay"))
            if settings.prepared:
                for each in (api_dsn, *(dsn for _, dsn in hosts_of(settings.read_dsn, api_dsn))):
                    pooler.require_own_statements(each)
            print_welcome(settings)
            with embedded_kept_running(settings):
                serve(settings, api_dsn, relay_dsn)
            say("Stopping …")
    say("Stopped.")


def require_login(settings: Settings, dsn: str, role: str) -> str:
    """How that role connects; before anything serves, a login that fails is a sentence."""
    found = postgres.dsn_of_role(settings, dsn, role)
    try:
        if role == "api" or settings.relay:
            psycopg.connect(with_tcp_options(found)).close()
    except psycopg.OperationalError as error:
        name = role.upper()
        raise Refusal(
            f"jalon_{role} can't log in ({postgres.one_line(error)})."
            f" JALON_{name}_DSN or JALON_{name}_PASSWORD says how."
            + (" If `jalon relay` delivers: JALON_RELAY=false." if role == "relay" else "")
        ) from None
    return found


@contextlib.contextmanager
def serve_lock(settings: Settings) -> Iterator[None]:
    """One `serve` a home folder; on a database of JALON_DSN as many as you like."""
    if settings.dsn:
        yield
        return
    embedded.cluster(settings.home)
    with (settings.home / "serve.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Refusal(
                f"Jalon serves from {settings.home} already (process {file.read().strip()});"
                " stop that first, or set another JALON_HOME."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def serve(settings: Settings, api_dsn: str, relay_dsn: str) -> None:
    import uvicorn

    # The application reads its settings itself, in each process: what was said on the command line has to reach it too.
    os.environ |= {
        "JALON_HOME": str(settings.home),
        "JALON_DSN": settings.dsn,
        "JALON_MODULES": settings.modules,
        "JALON_HOST": settings.host,
        "JALON_API_DSN": api_dsn,
        "JALON_RELAY_DSN": relay_dsn,
    }
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.run(
            "jalon.cli.serve:application",
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            log_level=settings.log_level if settings.log_level != "info" else "warning",
            **UVICORN_OPTIONS,
        )


@contextlib.contextmanager
def embedded_kept_running(settings: Settings) -> Iterator[None]:
    """The embedded PostgreSQL is started again if it dies while this serves."""
    if settings.dsn:
        yield
        return
    ended = threading.Event()
    watch = threading.Thread(target=embedded.keep_running, args=(settings.home, ended, say), daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()


def end_with_parent() -> None:
    """A worker ends when the process that started it is gone: nobody else would end it, and it holds the port."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def application() -> "Litestar":
    """What each process serves.

    What lives as long as the process is not looked through for garbage, and requests leave little.
    """
    from jalon.server.app import create_app

    end_with_parent()
    app = create_app()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    return app


def print_welcome(settings: Settings) -> None:
    """What a newcomer needs next."""
    address = f"http://{settings.host}:{settings.port}"
    say(f"\nJalon serves on {address}  (the API's documents: {address}{DOCUMENTS})\n")
    if settings.demo and not settings.dsn:
        say("A token for each person of the demo; give it as `Authorization: Bearer TOKEN`:")
        for person in demo.people():
            say(f"  {person.subject} ({'; '.join(filter(None, (', '.join(person.roles), person.who)))})")
            say(f"    {issue_token(settings, person.subject, person.roles, settings.token_ttl)}")
    else:
        say("A token for whoever is to act: jalon token SUBJECT --roles A,B")
    program = Path(sys.executable).with_name("jalon")
    say(f"\nSQL:   {program} psql")
    say("Stop:  Ctrl-C\n")


def require_free_port(settings: Settings) -> None:
    """Before anything is started: a port in use is a sentence, not a half-started server."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Refusal(
                f"Port {settings.port} on {settings.host} can't be used ({error.strerror});"
                " stop what runs there, or choose another: jalon serve --port 8001."
            ) from None


def say(text: str) -> None:
    print(text, flush=True)
