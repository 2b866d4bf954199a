"""The container file, the compose file and the units of systemd: linted, and run as far as that can be done here."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict

from jalon.settings import HINTS, PREFIX, Settings
from tests.wheels import ROOT, build_wheel

DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
NOBODY = 65532


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.*)$", CONTAINERFILE, re.MULTILINE)


def missing(program: str, package: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is missing: {package}")


def test_the_container_runs_as_nobody_and_has_a_check_of_its_health() -> None:
    assert instructions("USER") == [f"{NOBODY}:{NOBODY}"]
    assert "/health/ready" in instructions("HEALTHCHECK")[0]
    assert CONTAINERFILE.index("\nUSER ") < CONTAINERFILE.index("\nCMD ")


def test_the_services_write_nowhere_and_gain_nothing() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert services.keys() == {"database", "migrate", "jalon", "relay", "prometheus"}
    for name in ("migrate", "jalon", "relay"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]


def test_each_setting_that_is_named_is_one() -> None:
    for path in (path for path in DEPLOY.rglob("*") if path.is_file()):
        for name in re.findall(r"\bJALON_[A-Z_]+", path.read_text()):
            assert name.removeprefix(PREFIX).lower() in HINTS, f"{path.name}: {name}"


@pytest.mark.second_lane
def test_hadolint_finds_nothing() -> None:
    program = Path(sys.executable).with_name("hadolint")
    if not program.exists():
        pytest.skip("hadolint is missing: make setup-dev")
    command = [program, "--failure-threshold", "warning", DEPLOY / "Containerfile"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.second_lane
@missing("systemd-analyze", "apt-get install systemd")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_understands_the_units_and_finds_them_safe(unit: Path, tmp_path: Path) -> None:
    # What is started must be there to be verified.
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace("/opt/jalon/bin/jalon", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True)
    assert (done.returncode, unit.stem in done.stderr) == (0, False), done.stderr
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", unit]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def is_open_to_all(program: Path) -> bool:
    return program.exists() and all(folder.stat().st_mode & 1 for folder in program.resolve().parents)


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that others may enter."""
    with tempfile.TemporaryDirectory(prefix="jalon-image-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def image(folder: Path) -> Path:
    """The folder of the container's /opt/jalon, after each RUN in turn."""
    if os.geteuid() != 0:
        pytest.skip("only root can run a command as somebody else")
    candidates = (Path(sys._base_executable), Path("/usr/bin/python3"))  # type: ignore[attr-defined]
    python = next(filter(is_open_to_all, candidates), None)
    if python is None:
        pytest.skip("no Python here that everybody may run")
    work, programs, root = folder / "build", folder / "bin", folder / "opt" / "jalon"
    for each in (work, programs, root.parent):
        each.mkdir()
    (programs / "python").write_text(f'#!/bin/sh\nexec {python} "$@"\n')
    (programs / "python").chmod(0o755)
    shutil.copy(ROOT / "requirements.lock", work)
    (folder / "wheel").mkdir()
    shutil.copy(build_wheel(folder / "wheel"), work)
    assert instructions("COPY")[0] == "requirements.lock dist/jalon-*.whl ./"
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(folder)}
    environment |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    for command in instructions("RUN"):
        here = command.replace("/opt/jalon", str(root))
        done = subprocess.run(["/bin/sh", "-ec", here], cwd=work, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return root


@pytest.mark.second_lane
def test_what_the_container_runs_serves_as_nobody_from_files_that_it_cant_write(
    image: Path, settings: Settings
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    host = str(conninfo_to_dict(settings.dsn)["host"])
    for each in (Path(host), Path(host).parent) if host.startswith("/") else ():
        each.chmod(each.stat().st_mode | 0o011)  # the tests' own server, whose socket nobody else reaches
    own = dict(pair.split("=", 1) for pair in shlex.split(instructions("ENV")[0]))
    own["PATH"] = f"{image}/bin:{os.environ['PATH']}"
    own |= {"JALON_API_DSN": settings.api_dsn, "JALON_TOKEN_SECRET": settings.token_secret}
    own |= {"JALON_RELAY": "false", "JALON_PORT": str(port), "JALON_HOST": "127.0.0.1"}
    as_nobody: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": [], "env": own, "cwd": "/"}
    write = [str(image / "bin" / "python"), "-c", f"open({str(image / 'x')!r}, 'w')"]
    assert b"PermissionError" in subprocess.run(write, capture_output=True, **as_nobody).stderr
    (command,) = instructions("CMD")
    with subprocess.Popen(yaml.safe_load(command), stderr=subprocess.PIPE, text=True, **as_nobody) as process:
        try:
            until = time.monotonic() + 60
            status = 0
            while status != 200 and process.poll() is None and time.monotonic() < until:
                try:
                    status = httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=2).status_code
                except httpx.HTTPError:
                    time.sleep(0.1)
            assert status == 200, process.stderr and (process.kill() or process.stderr.read())
        finally:
            process.terminate()
