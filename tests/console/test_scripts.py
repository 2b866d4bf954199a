"""The scripts of the console pass TypeScript's check, without a build."""

import json
import subprocess
from pathlib import Path

import pytest

from jalon import modules

FOLDER = Path(__file__).parent / "scripts"
TSC = Path(__file__).parents[1] / "clients/node_modules/.bin/tsc"


@pytest.mark.second_lane
@pytest.mark.skipif(not TSC.exists(), reason="no TypeScript in tests/clients: `make setup-clients` installs it")
def test_every_script_passes_the_check_of_types():
    done = subprocess.run([TSC, "-p", FOLDER], text=True, capture_output=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0


def test_the_check_of_types_finds_the_scripts_of_every_module():
    roots = {
        (FOLDER / root).resolve()
        for root in json.loads((FOLDER / "tsconfig.json").read_text())["compilerOptions"]["rootDirs"]
    }
    folders = modules.folders("static").values()
    assert {folder.resolve() for folder in folders if any(folder.glob("*.js"))} <= roots
