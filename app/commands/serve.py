"""Start everything and serve on http://127.0.0.1:8000.

Starts the embedded PostgreSQL (unless JALON_DSN names another), migrates, and serves until Ctrl-C,
which stops all of it. The data stays; the next start takes about two seconds.
"""

import argparse
import os
import socket

import msgspec

from jalon import server
from jalon.migrate import migrate
from jalon.refusal import Refusal
from jalon.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default: JALON_HOST, 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default: JALON_PORT, 8000)")
    parser.add_argument("--workers", type=int, help="processes that serve (default: JALON_WORKERS, 1)")


def run(settings: Settings, options: argparse.Namespace) -> None:
    given = {name: value for name in ("host", "port", "workers") if (value := getattr(options, name)) is not None}
    settings = msgspec.structs.replace(settings, **given)
    refuse_taken(settings)
    with server.reached(settings, say) as dsn:
        if settings.migrate:
            migrate(settings, dsn, say)
        welcome(settings)
        serve(settings, server.as_role(settings, dsn, "api"))
    say("Stopped.")


def serve(settings: Settings, api_dsn: str) -> None:
    import uvicorn

    os.environ["JALON_API_DSN"] = api_dsn
    uvicorn.run(
        "jalon.main:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=10,
    )


def welcome(settings: Settings) -> None:
    say(f"\nJalon serves on http://{settings.host}:{settings.port}\n")


def refuse_taken(settings: Settings) -> None:
    """Before anything is started: a port in use is a sentence, not a half-started server."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Refusal(
                f"Port {settings.port} on {settings.host} can't be used ({error.strerror}); stop what runs there, or choose another: jalon serve --port 8001."
            ) from None


def say(text: str) -> None:
    print(text, flush=True)
