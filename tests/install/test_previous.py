"""The wheel of the version before runs again after an upgrade and a rollback, on what both have written.

The file `previous` names the commit of the last release, or HEAD as long as there is none.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.install.later import make_later

pytestmark = pytest.mark.second_lane
ROOT = Path(__file__).parents[2]
PREVIOUS = (Path(__file__).parent / "previous").read_text().strip()
Connection = psycopg.Connection[Any]
ORDERS = """
    create table public.orders (id int primary key, status text not null default 'NEW');
    insert into public.orders values (1);
    select jalon.apply_template('orders', 'ORDER_STATUS');
    select jalon.track('public.orders', category => 'ORDER_STATUS');
"""


class Version:
    """An installed Jalon: its package alone, beside the dependencies of these tests."""

    def __init__(self, folder: Path, dsn: str, home: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PYTHONPATH": str(folder),
            "JALON_HOME": str(home),
            "JALON_DSN": dsn,
            "JALON_API_DSN": make_conninfo(dsn, user="jalon_api"),
            "JALON_RELAY_DSN": make_conninfo(dsn, user="jalon_relay"),
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "jalon", *arguments]

    def __call__(self, *arguments: str) -> str:
        ran = subprocess.run(
            self.command(*arguments), env=self.environment, cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def move(self, order: int, code: str) -> int:
        """Starts its server, moves an order over HTTP, and stops it: the version of the order."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        token = self("token", "anna", "--roles", "admin").strip()
        process = subprocess.Popen(
            self.command("serve", "--port", str(port)), env=self.environment, cwd=self.folder,
            stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            assert process.stdout
            said = []
            for line in process.stdout:
                said.append(line)
                if "Stop:" in line:
                    break
            transport = httpx.HTTPTransport(retries=8)
            with httpx.Client(transport=transport, base_url=f"http://127.0.0.1:{port}") as client:
                moved = client.post(
                    f"/api/v1/tracked/orders/{order}/moves",
                    json={"to": code},
                    headers={"Authorization": f"Bearer {token}"},
                )
            assert moved.status_code == 200, (said, moved.text)
            version: int = moved.json()["version"]
            return version
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(30)


def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", "-c", "safe.directory=*", *arguments], cwd=ROOT, capture_output=True, check=False)


@pytest.fixture
def previous(tmp_path: Path) -> Path:
    """Where the wheel of that commit is installed."""
    if not (shutil.which("git") and git("rev-parse", "--git-dir").returncode == 0):
        pytest.skip("there is no git, or this is not a clone: the version before can't be built")
    if git("rev-parse", "--verify", "--quiet", f"{PREVIOUS}^{{commit}}").returncode:
        pytest.skip(f"this clone lacks the commit {PREVIOUS}; git fetch --unshallow brings it")
    if PREVIOUS == "HEAD" and git("diff", "--quiet", "HEAD", "--", "sql/migrations").returncode:
        pytest.skip("nothing is released yet, and the migrations of HEAD are being edited")
    source, installed = tmp_path / "source", tmp_path / "previous"
    source.mkdir()
    archive = git(
        "archive", PREVIOUS, "app", "sql", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"
    )
    assert archive.returncode == 0, archive.stderr
    subprocess.run(["tar", "-x", "-C", source], input=archive.stdout, check=True)
    for command in (
        ["build", "--wheel", "--no-isolation", "--outdir", tmp_path, source],
        [
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--find-links",
            tmp_path,
            "--target",
            installed,
            "jalon",
        ],
    ):
        ran = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    return installed


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """This version, and a migration more."""
    folder = tmp_path / "later"
    shutil.copytree(ROOT / "app", folder / "jalon", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "sql", folder / "jalon" / "sql")
    make_later(folder / "jalon" / "sql")
    return folder


@pytest.fixture
def installed(empty: str, home: Path) -> Callable[[Path], Version]:
    home.mkdir()
    return lambda folder: Version(folder, empty, home)


@pytest.fixture
def db(empty: str) -> Iterator[Connection]:
    with psycopg.connect(empty, autocommit=True) as connection:
        yield connection


def test_the_wheel_before_goes_on_after_an_upgrade_and_a_rollback(
    previous: Path, later: Path, installed: Callable[[Path], Version], db: Connection, tmp_path: Path
) -> None:
    old, new = installed(previous), installed(later)
    for version in (old, new):
        shown = [sys.executable, "-c", "import jalon; print(jalon.__file__)"]
        found = subprocess.check_output(shown, env=version.environment, cwd=tmp_path, text=True)
        assert Path(found).is_relative_to(version.folder)
    people = tmp_path / "people.csv"

    def create(version: Version, email: str) -> None:
        people.write_text(f"email,name,role\n{email},Somebody,FREE\n")
        version("create-users", str(people))

    old("migrate", "--modules", "all")
    last = db.execute(
        "select migration_id from jalon_install._yoyo_migration order by applied_at_utc desc limit 1"
    ).fetchone()
    old("demo")
    db.execute(ORDERS)
    assert old.move(1, "PAID") == 2

    assert "Applying 9000.colours" in new("migrate")
    assert "All is well." in new("doctor")
    create(new, "new@example.com")
    db.execute("insert into public.orders values (2)")
    assert new.move(2, "PAID") == 2

    assert last
    new("rollback", "--to", last[0])
    db.execute("update public.orders set status = 'SHIPPED' where id = 2")
    assert "Nothing to do." in old("migrate", "--dry-run")
    assert "All is well." in old("doctor")
    create(old, "old@example.com")
    assert old.move(1, "SHIPPED") == 3
    history = db.execute("select orders_id, version, new_status from jalon_history.public__orders order by 1, 2")
    assert history.fetchall() == [
        (1, 1, "NEW"), (1, 2, "PAID"), (1, 3, "SHIPPED"), (2, 1, "NEW"), (2, 2, "PAID"), (2, 3, "SHIPPED"),
    ]  # fmt: skip
    found = db.execute("select email from jalon_members.users where email in ('new@example.com', 'old@example.com')")
    assert len(found.fetchall()) == 2
