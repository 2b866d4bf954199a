"""docs/tutorial.md: all its blocks run in their order, in an embedded PostgreSQL that begins empty."""

import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import psycopg

from jalon.install import embedded
from tests.docs.pages import DOCS, fenced
from tests.sessions import replay_block

PAGE = DOCS / "tutorial.md"


def test_the_tutorial_runs_as_it_stands(home: Path) -> None:
    program = home.parent / "jalon"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m jalon "$@"\n')
    program.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JALON_")}
    environment |= {"HOME": str(home.parent), "PATH": f"{home.parent}:{environment['PATH']}"}
    folder = home.parent / "jalon-tutorial"
    said, exports = [], [""]
    assert {block.language for block in fenced(PAGE)} == {"sh", "sql"}
    for language, blocks in groupby(fenced(PAGE), lambda block: block.language):
        if language == "sql":  # one session of psql
            with embedded.running(folder) as dsn, psycopg.connect(dsn, autocommit=True) as db:
                assert sum(replay_block(block.text, db) for block in blocks) > 30
            continue
        for block in blocks:
            script = "\n".join(["set -eu", *exports, block.text])
            ran = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
            assert ran.returncode == 0, ran.stdout + ran.stderr
            exports += [line for line in block.text.splitlines() if line.startswith("export ")]
            said.append(ran.stdout)
    begun, week, ended = said
    assert "All is well." in begun
    assert "In hand" in week
    assert "is gone" in ended
    assert not (folder / "postgres").exists()
