"""Pages that make an application from nothing: files are written and commands are run, in the order of the page."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import psycopg

from tests.conftest import dsn_of
from tests.docs.pages import DOCS, ROOT

VENV = ROOT / ".venv/kits/bin"
NODE = Path(__file__).parent / "node_modules"
BLOCK = re.compile(
    r"(?:^`(?P<path>[\w./-]+)`(?P<appended>, at its end:)?\n\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Application:
    """A folder in which commands run with the kits' frameworks, on the server under test."""

    def __init__(self, folder: Path, cluster: SimpleNamespace, template: str) -> None:
        self.folder = folder
        # A database that is made has Jalon in it already: so `jalon migrate` looks, and needs no five seconds.
        self.write("bin/createdb", f'#!/bin/sh\nexec "{cluster.programs}/createdb" --template "{template}" "$@"\n')
        (folder / "bin/createdb").chmod(0o755)
        self.server = dsn_of(cluster, "postgres")
        self.environment = {
            "PATH": f"{folder}/bin:{VENV}:{ROOT / '.venv/bin'}:{cluster.programs}:/usr/bin:/bin",
            "PYTHONPATH": f"{ROOT / '.venv/types'}:{folder}",
            "HOME": str(folder),
            "JALON_HOME": str(folder / "home"),
            "PGHOST": cluster.host,
            "PGPORT": str(cluster.port),
            "PGUSER": cluster.user,
            "DJANGO_SETTINGS_MODULE": "shopsite.settings",
        }

    def run(self, script: str, code: int = 0, **more: str) -> str:
        """What the commands say; they have to end with this code."""
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", script],
            cwd=self.folder, env=self.environment | more, text=True, timeout=200, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert done.returncode == code, f"{script}\n{done.stdout[-6000:]}"
        return done.stdout

    def write(self, path: str, text: str, appended: bool = False) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text() if appended else "") + text)

    def follow(self, page: str) -> str:
        """Goes through a page; what it installs is there already. Says what its commands said."""
        said = []
        for block in BLOCK.finditer((DOCS / page).read_text()):
            if block["path"]:
                self.write(block["path"], block["text"], bool(block["appended"]))
            elif block["language"] == "sh":
                installs = re.compile(r"^(?:pip|npm) install .*\n", re.MULTILINE)
                said.append(self.run(installs.sub("", block["text"])))
        return "".join(said)

    def connect(self, database: str = "shop") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.server, dbname=database, autocommit=True)


@contextmanager
def application(folder: Path, cluster: SimpleNamespace, template: str) -> Iterator[Application]:
    """An application, whose databases and login are dropped afterwards."""
    made = Application(folder, cluster, template)
    try:
        yield made
    finally:
        with made.connect("postgres") as server:
            for name in ("shop", "shop_jalon", "test_shop"):
                server.execute(f"drop database if exists {name} with (force)")
            server.execute("drop role if exists shop_app")
            server.execute("revoke jalon_app from current_user")
