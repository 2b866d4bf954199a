"""The OpenAPI document and the application agree: schemathesis sends what the document allows, and what it forbids."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn

from jalon.server.app import create_app
from jalon.server.auth import issue_token
from jalon.settings import Settings

# Enough for every run; JALON_TEST_SCHEMATHESIS=50 looks harder, and goes through every edge of every parameter.
EXAMPLES = os.environ.get("JALON_TEST_SCHEMATHESIS", "3")
PHASES = (
    "examples,coverage,fuzzing,stateful" if "JALON_TEST_SCHEMATHESIS" in os.environ else "examples,fuzzing,stateful"
)

pytestmark = pytest.mark.second_lane


@pytest.fixture
def url(shop: psycopg.Connection[Any], settings: Settings) -> Iterator[str]:
    """The application behind a real socket, in a thread."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    address = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            httpx.get(address + "/health/live")
            break
        except httpx.HTTPError:
            time.sleep(0.05)
    yield address
    server.should_exit = True
    thread.join()


def test_document_and_application_agree(url: str, settings: Settings) -> None:
    """All checks except that the schema's values are accepted: only the database knows codes, cursors and weeks."""
    token = issue_token(settings, "root", ["admin", "clerk"])
    run = subprocess.run(
        [
            Path(sys.executable).with_name("st"), "run", f"{url}/docs/openapi.json", "--header",
            f"Authorization: Bearer {token}",
            "--checks", "all", "--exclude-checks", "positive_data_acceptance", "--max-examples", EXAMPLES, "--phases",
            PHASES, "--exclude-path-regex", "/stream$", "--seed", "1",
            "--generation-database", "none", "--suppress-health-check", "all", "--warnings", "off", "--no-color",
            "--no-shrink",
        ],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-12_000:]
