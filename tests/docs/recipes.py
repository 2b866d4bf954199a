"""Pages that show whole files: the files in order, the other blocks, and an application with further handlers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
from litestar.testing import TestClient

from jalon.server import app
from jalon.settings import Settings
from tests.docs.pages import ROOT, blocks
from tests.sessions import replay_block

# The folder in which the pages put a module that isn't part of Jalon.
OWN = "own/"


def files(page: Path) -> dict[str, str]:
    """The blocks that are whole files, by their path."""
    whole = r"^`([^`\n]+\.(?:sql|py|txt))`\n\n```\w+\n(.*?)^```"
    return dict(re.findall(whole, page.read_text(), re.DOTALL | re.MULTILINE))


def parts(page: Path, language: str) -> list[str]:
    """The blocks that are parts of files, or sessions."""
    return [block for block in blocks(page, language) if block not in files(page).values()]


def run_sql(page: Path, db: psycopg.Connection[Any]) -> None:
    """The SQL of the page in its order: files as Jalon loads them, rollbacks tried and undone, sessions replayed.

    A module of one's own isn't loaded here, but installed by tests/install.
    """
    paths = {text: path for path, text in files(page).items()}
    for block in blocks(page, "sql"):
        path = paths.get(block, "")
        if path.startswith(OWN):
            continue
        if path:
            with db.transaction(force_rollback=".rollback." in path):
                db.execute("set local role jalon_owner")
                db.execute(block)
        else:
            assert replay_block(block, db) > 0


@contextmanager
def client_with(handlers: list[Any], settings: Settings) -> Iterator[TestClient[Any]]:
    """A client of the web application that has these handlers too."""
    routes = app.routes
    with patch.object(app, "routes", lambda chosen=None: [*routes(chosen), *handlers]):
        routed = app.build_routed_app(settings.max_body, settings.cors_origins)
    with TestClient(app.with_state(routed, settings)) as client:
        yield client


def misnamed(page: Path) -> set[str]:
    """Paths that the page names and that aren't there; files that it adds and that are, or have no folder."""
    new = {path for path in files(page) if not path.startswith(OWN)}
    named = set(re.findall(r"`((?:app|sql|tests|docs)/[\w./-]+)`", page.read_text())) - new
    return {path for path in named if not (ROOT / path).exists()} | {
        path for path in new if (ROOT / path).exists() or not (ROOT / path).parent.is_dir()
    }
