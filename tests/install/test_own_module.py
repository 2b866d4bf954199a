"""A module of one's own: a folder that JALON_MODULE_PATH points to, and nothing else is edited.

The module is the one of docs/first-change.md, as it stands there.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from jalon.install import doctor
from tests.docs.pages import DOCS
from tests.docs.recipes import OWN, files

Run = Callable[..., subprocess.CompletedProcess[str]]
FILES = {path: text for path, text in files(DOCS / "first-change.md").items() if path.startswith(OWN)}
SERVED = """
import json
from litestar.testing import TestClient
from jalon.server.app import create_app
from jalon.server.auth import issue_token
from jalon.settings import load
settings = load()
with TestClient(create_app(settings)) as client:
    shown = client.get("/api/v1/loans/count", headers={"authorization": "Bearer " + issue_token(settings, "ada", [])})
    other = client.get("/api/v1/dossiers", headers={"authorization": "Bearer " + issue_token(settings, "ada", [])})
    moved = [
        client.post("/api/v1/tracked/loan/1/moves", json={"to": "back"},
            headers={"authorization": "Bearer " + issue_token(settings, "ada", roles)}).status_code
        for roles in ([], ["librarian"])
    ]
    print(json.dumps([shown.status_code, shown.json(), other.status_code, moved]))
"""


@pytest.fixture
def run(empty: str, tmp_path: Path) -> Run:
    for path, text in FILES.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JALON_")} | {
        "JALON_HOME": str(tmp_path / "home"),
        "JALON_DSN": empty,
        "JALON_API_DSN": psycopg.conninfo.make_conninfo(empty, user="jalon_api"),
        "JALON_MODULE_PATH": str(tmp_path / "own"),
        "JALON_TOKEN_SECRET": "tests-only-" * 4,
        "JALON_RELAY": "false",
    }

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=environment | more, capture_output=True, text=True, check=False)

    return run


def test_it_is_installed_served_and_removed_like_any_other(run: Run, empty: str) -> None:
    installed = run("-m", "jalon", "migrate", "--modules", "library")
    assert installed.returncode == 0, installed.stderr
    assert "module library" in installed.stdout.replace("modules", "module")
    demo = run("-m", "jalon", "demo")
    assert demo.returncode == 0, demo.stderr
    with psycopg.connect(empty, autocommit=True) as db:
        assert db.execute("select status, status_version from jalon_library.loan").fetchall() == [("lent", 1)] * 2
        with pytest.raises(psycopg.Error) as refused:
            db.execute("update jalon_library.loan set status = 'lost'")
        assert refused.value.sqlstate == "JL402"
        assert db.execute("select count(*) from jalon_history.jalon_library__loan").fetchone() == (2,)
    served = run("-c", SERVED, JALON_MODULES="library")
    assert served.returncode == 0, served.stderr
    assert json.loads(served.stdout.splitlines()[-1]) == [200, {"count": 2}, 404, [403, 200]]
    examined = run("-m", "jalon", "doctor")
    assert examined.returncode == 0, examined.stdout
    gone = run("-m", "jalon", "uninstall", "library", "--lose-history")
    assert gone.returncode == 0, gone.stderr
    with psycopg.connect(empty, autocommit=True) as db:
        assert db.execute("select count(*) from jalon_engine.role where code = 'librarian'").fetchone() == (0,)
        assert db.execute("select to_regnamespace('jalon_library')").fetchone() == (None,)
        assert list(doctor.findings(db)) == []


def test_without_the_setting_its_database_is_not_taken_for_an_older_one(run: Run) -> None:
    assert run("-m", "jalon", "migrate", "--modules", "library").returncode == 0
    refused = run("-m", "jalon", "migrate", JALON_MODULE_PATH="")
    assert refused.returncode == 1
    assert "0010.library" in refused.stderr
    assert "JALON_MODULE_PATH" in refused.stderr
    assert run("-m", "jalon", "uninstall", "library").returncode == 0
