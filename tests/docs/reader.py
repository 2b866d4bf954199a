"""Somebody who follows a page in the demo: shell lines are typed in one shell, SQL in one session of psql."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from jalon.cli.psql import options_for
from jalon.install import embedded
from jalon.install.postgres import as_url
from tests.conftest import in_memory
from tests.docs.pages import Block
from tests.serving import free_port
from tests.sessions import replay_block

# What a page says of a block that isn't run, and of one that goes on until it is stopped.
NOT_RUN = "not run: "
ENDLESS = "until Ctrl-C"
# curl ends well where it is refused; who follows a page would see the refusal.
CURL = '#!/bin/sh\nexec /usr/bin/curl --fail-with-body "$@"\n'
# Settings that a page exports are ones that Jalon takes.
LOAD = f'"{sys.executable}" -c "from jalon.settings import load; load()"\n'
SERVE = (sys.executable, "-m", "jalon", "serve")
SERVED_AT = re.compile(r"(?:http://)?\b(?:127\.0\.0\.1|localhost):8000\b")


@contextmanager
def served(environment: dict[str, str], command: Sequence[str] = SERVE) -> Iterator[None]:
    """`jalon serve`, from when it is ready."""
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if "Stop:" in line:
                break
        assert process.poll() is None, said
        reading = threading.Thread(target=process.stdout.read, daemon=True)  # so that it never waits to say something
        reading.start()
        try:
            with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
                ready = client.get(f"http://127.0.0.1:{environment['JALON_PORT']}/health/ready")
                assert ready.status_code == 200, ready.text
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
            reading.join(5)


def make_demo(folder: Path) -> Path:
    """A home with the demo in it; others are copies of it."""
    home = folder / "home"
    with served(plain_environment() | {"JALON_HOME": str(home), "JALON_PORT": str(free_port())}):
        pass
    return home


def plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("JALON_", "PG"))}


class Reader:
    """Who follows a page in a home and a folder of their own."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        subprocess.run(["cp", "-a", home, self.home], check=True)
        self.port = str(free_port())
        programs = folder / "bin"
        programs.mkdir()
        for name, text in (("jalon", f'#!/bin/sh\nexec {sys.executable} -m jalon "$@"\n'), ("curl", CURL)):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        self.environment = plain_environment() | {
            "HOME": str(folder),
            "JALON_HOME": str(self.home),
            "JALON_PORT": self.port,
            "PATH": f"{programs}:{embedded.binaries()}:{os.environ['PATH']}",
        }
        self.shell = folder / "shell"
        self.shell.touch()
        self.entered = ExitStack()
        self.session: psycopg.Connection[Any] | None = None

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: Any) -> None:
        self.entered.close()

    def serve(self) -> None:
        self.entered.enter_context(served(self.environment))

    def keep_server(self) -> None:
        """The embedded server runs until this reader leaves, so that each command finds it running."""
        dsn = self.entered.enter_context(embedded.running(self.home))
        self.environment["ADMIN_DSN"] = as_url(dsn)

    def connect(self) -> psycopg.Connection[Any]:
        """The reader's session of psql: a DBA's."""
        if self.session is None:
            dsn = self.entered.enter_context(embedded.running(self.home))
            connected = psycopg.connect(dsn, autocommit=True, options=options_for("owner"))
            self.session = self.entered.enter_context(connected)
            self.session.execute("grant jalon_dba to current_user")  # a superuser is no DBA by itself
        return self.session

    def follow(self, block: Block) -> str:
        if block.language == "sql":
            self.type_sql(block.text)
            return ""
        if block.comment == ENDLESS:
            return self.run_endless(block.text)
        return self.run(block.text)

    def type_sql(self, text: str) -> None:
        if "-->" in text or "--!" in text:
            replay_block(text, self.connect())
        else:
            self.connect().execute(text)

    def script(self, text: str) -> str:
        """The lines in the shell that the earlier ones were typed in."""
        here = SERVED_AT.sub(f"http://127.0.0.1:{self.port}", text)
        here = here.replace("/srv/", f"{self.folder}/srv/")
        here = re.sub(r"--port \d+", lambda _: f"--port {free_port()}", here)
        checked = LOAD if "export JALON_" in text else ""
        kept = f"{{ declare -f; declare -p | grep -vE '^declare -[a-zA-Z]*r'; }} > {self.shell}"
        return f"set -eu -o pipefail\nsource {self.shell} 2>/dev/null\ncd {self.folder}\n{here}\n{checked}{kept}\n"

    def run(self, text: str) -> str:
        command = ["bash", "-c", self.script(text)]
        ran = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
            timeout=200,
        )  # fmt: skip
        assert ran.returncode == 0, f"{text}\n{ran.stdout[-3000:]}{ran.stderr[-3000:]}"
        return ran.stdout

    def run_endless(self, text: str) -> str:
        """Runs until it says something, and is stopped then."""
        command = ["bash", "-c", self.script(text)]
        with subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        ) as process:  # fmt: skip
            too_late = threading.Timer(100, os.killpg, (process.pid, signal.SIGKILL))
            too_late.start()
            assert process.stdout
            said = next((line for line in process.stdout if line.strip()), "")
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
            rest = process.stdout.read()
            process.wait()
            too_late.cancel()
        assert said, f"{text}\nsays nothing"
        assert process.returncode != -signal.SIGKILL, f"{text}\ngoes on after Ctrl-C: {said}{rest}"
        return said


@contextmanager
def reader(home: Path) -> Iterator[Reader]:
    with tempfile.TemporaryDirectory(prefix="jalon-page-", dir=in_memory(), ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with Reader(Path(folder), home) as made:
            yield made
        shutil.rmtree(made.home, ignore_errors=True)
