"""The application on a real port, for browsers, generated clients and generated requests."""

import socket
import threading
import time
from typing import Any

import httpx
import uvicorn

from jalon.server.app import create_app
from jalon.settings import Settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class serving:  # noqa: N801 - used as `with serving(settings) as (url, app)`
    """The application behind a real socket, in a thread."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(settings)

    def __enter__(self) -> tuple[str, Any]:
        port = free_port()
        config = uvicorn.Config(self.app, port=port, log_level="error", access_log=False, timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        url = f"http://127.0.0.1:{port}"
        for _ in range(400):
            try:
                if httpx.get(url + "/health/ready").status_code == 200:
                    return url, self.app
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def __exit__(self, *_: Any) -> None:
        self.server.should_exit = True
        self.thread.join(20)
