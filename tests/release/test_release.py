"""`make release` builds what is to be released, installs it alone, serves it, and uploads nothing."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.release.__main__ import changelog_faults, wheel_faults
from tests.wheels import ROOT

CHANGELOG = "# Changelog\n\n## [Unreleased]\n{unreleased}\n## [1.2.0] – 2030-01-01\n\n### Added\n\n- A thing.\n"


def test_a_version_has_a_section_of_the_changelog() -> None:
    ready = CHANGELOG.format(unreleased="")
    assert changelog_faults(ready, "1.2.0", rehearse=False) == []
    assert changelog_faults(ready, "1.3.0", rehearse=False) == ["CHANGELOG.md says nothing of 1.3.0."]
    assert changelog_faults(ready.replace("- A thing.", ""), "1.2.0", rehearse=True) != []


def test_what_is_unreleased_belongs_to_a_version_unless_one_rehearses() -> None:
    waiting = CHANGELOG.format(unreleased="\n### Added\n\n- Something else.\n")
    assert "Unreleased" in changelog_faults(waiting, "1.2.0", rehearse=False)[0]
    assert changelog_faults(waiting, "1.2.0", rehearse=True) == []


def test_a_wheel_has_all_sources_and_no_documentation() -> None:
    sources = ["app/cli/serve.py", "app/console/templates/page.html", "sql/grants.txt"]
    good = [
        "jalon/cli/serve.py",
        "jalon/console/templates/page.html",
        "jalon/sql/grants.txt",
        "jalon-1.dist-info/METADATA",
    ]
    assert wheel_faults(good, sources) == []
    assert wheel_faults(good[1:], sources) == ["The wheel lacks jalon/cli/serve.py."]
    for name in ("docs/engine.md", "tests/conftest.py", "jalon/README.md", "jalon/manual.html"):
        assert wheel_faults([*good, name], sources) != [], name


def test_what_checks_a_release_is_pinned() -> None:
    lines = (Path(__file__).parent / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


@pytest.mark.second_lane
def test_a_release_is_built_installed_alone_and_served() -> None:
    command = ["make", "release", "ARGS=--rehearse"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if "No matching distribution" in done.stderr + done.stdout:
        pytest.skip("What the wheel asks for can't be fetched here.")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Served: engine, dossiers, roadshow, events, members, propositions, console." in done.stdout
    assert "Nothing was uploaded." in done.stdout
