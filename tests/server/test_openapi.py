"""The OpenAPI document and the application agree: schemathesis sends what the document allows, and what it forbids."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psycopg
import pytest

from jalon.install import demo
from jalon.server.auth import issue_token
from jalon.settings import Settings
from tests.serving import serving

# Enough for every run, beside the edges of every parameter; JALON_TEST_SCHEMATHESIS=50 looks harder.
EXAMPLES = os.environ.get("JALON_TEST_SCHEMATHESIS", "3")
PHASES = "examples,coverage,fuzzing,stateful"
HOOKS = Path(__file__).with_name("generated_requests.py")
PEOPLE = {
    "an administrator": ("root", ["admin", "clerk"]),
    "a member": ("user@example.com", []),
    "nobody": None,
}

pytestmark = pytest.mark.second_lane


@pytest.fixture
def url(shop: psycopg.Connection[Any], settings: Settings) -> Iterator[str]:
    """The application behind a real socket, with the demo in it."""
    demo.load(shop, lambda text: None)
    with serving(msgspec.structs.replace(settings, address_rate=0)) as (url, _):
        httpx.get(f"{url}/docs/openapi.json", timeout=60).raise_for_status()  # made at the first request
        yield url


@pytest.mark.parametrize("who", PEOPLE)
def test_document_and_application_agree(url: str, settings: Settings, who: str) -> None:
    """All checks but one, which takes a 400 of the database for a fault: HOOKS has a closer one instead."""
    person = PEOPLE[who]
    token = ["--header", f"Authorization: Bearer {issue_token(settings, *person)}"] if person else []
    run = subprocess.run(
        [
            Path(sys.executable).with_name("st"), "run", f"{url}/docs/openapi.json", *token,
            "--checks", "all", "--exclude-checks", "positive_data_acceptance", "--max-examples", EXAMPLES,
            "--phases", PHASES, "--exclude-path-regex", "/stream$", "--seed", "1", "--generation-database", "none",
            "--suppress-health-check", "all", "--warnings", "off", "--no-color", "--no-shrink",
        ],
        capture_output=True, text=True, timeout=1200, check=False,
        env=os.environ | {"SCHEMATHESIS_HOOKS": str(HOOKS)}, cwd=settings.home,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-12_000:]
