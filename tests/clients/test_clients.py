"""Generators make clients of the OpenAPI document that compile, and each client runs one story of every module."""

import os
import subprocess
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
from tests.web_shop import SHOP

FOLDER = Path(__file__).parent
GENERATED = FOLDER / "generated"
PROGRAMS = FOLDER / "node_modules/.bin"
PYTHON = FOLDER.parents[1] / ".venv/clients/bin"
PEOPLE = {"anna": ["admin", "clerk", "moderator"], "oscar": ["organizer", "participant"]}
STORIES = ["engine", "dossiers", "roadshow", "events", "members", "propositions", "webhooks"]
HINT = "`make setup-clients` installs it"

needs_npm = pytest.mark.skipif(not PROGRAMS.is_dir(), reason=f"no npm packages in tests/clients: {HINT}")
needs_python_generator = pytest.mark.skipif(not PYTHON.is_dir(), reason=f"no openapi-python-client: {HINT}")
pytestmark = [pytest.mark.second_lane, pytest.mark.xdist_group("clients")]


def run(*command: Any, **environment: str) -> str:
    """What the program says; it has to succeed."""
    done = subprocess.run(
        [str(part) for part in command], cwd=FOLDER, env=os.environ | environment, text=True, timeout=400,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


@pytest.fixture
def beginning() -> str:
    return SHOP


@pytest.fixture
def environment(db: psycopg.Connection[Any], settings: Settings) -> Iterator[dict[str, str]]:
    """Where the application is, with the demo in it, and the tokens of the people of the stories."""
    demo.load(db, lambda text: None)
    with serving(msgspec.structs.replace(settings, webhook_allow="127.0.0.0/8")) as (url, _):
        tokens = {f"TOKEN_{name}": issue_token(settings, name, roles) for name, roles in PEOPLE.items()}
        yield {"JALON_URL": url, **tokens}


@pytest.fixture
def document(environment: dict[str, str]) -> Path:
    """The document as the application serves it."""
    GENERATED.mkdir(exist_ok=True)
    path = GENERATED / "openapi.json"
    path.write_bytes(httpx.get(f"{environment['JALON_URL']}/docs/openapi.json", timeout=60).raise_for_status().content)
    return path


@needs_npm
def test_the_types_of_openapi_typescript_carry_a_story_of_every_module(
    document: Path, environment: dict[str, str]
) -> None:
    run(PROGRAMS / "openapi-typescript", document, "-o", GENERATED / "openapi-typescript.d.ts")
    run(PROGRAMS / "tsc", "-p", "tsconfig.json")
    assert run("node", "generated/js/openapi_fetch.js", **environment).split() == STORIES


@needs_npm
def test_the_functions_of_hey_api_carry_a_story_of_every_module(document: Path, environment: dict[str, str]) -> None:
    run(PROGRAMS / "openapi-ts", "-i", document, "-o", GENERATED / "hey-api")
    run(PROGRAMS / "tsc", "-p", "tsconfig.hey-api.json")
    assert run("node", "generated/js/hey_api.js", **environment).split() == STORIES


@needs_python_generator
def test_the_package_of_openapi_python_client_carries_a_story_of_every_module(
    document: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    package = tmp_path / "jalon_client"
    settings = tmp_path / "settings.yaml"
    settings.write_text("post_hooks: []\n")
    said = run(
        PYTHON / "openapi-python-client", "generate", "--path", document, "--config", settings, "--meta", "none",
        "--output-path", package,
    )  # fmt: skip
    assert "Warning" not in said, said
    assert run(PYTHON / "python", "story.py", PYTHONPATH=str(tmp_path), **environment).split() == STORIES


@needs_npm
def test_the_recommended_rules_of_redocly_find_nothing(document: Path) -> None:
    said = run(PROGRAMS / "redocly", "lint", "--extends", "recommended", "--format", "json", document)
    assert '"problems": []' in said, said[-6000:]


@needs_npm
def test_the_recommended_rules_of_spectral_find_nothing(document: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text('extends: ["spectral:oas"]\n')
    run(PROGRAMS / "spectral", "lint", "--ruleset", rules, "--fail-severity", "hint", "--format", "text", document)
