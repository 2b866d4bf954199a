"""The page on rules in git runs as it stands."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jalon.rule_files.reading import RulesFile
from tests.docs.pages import DOCS, blocks

PAGE = DOCS / "rules-in-git.md"
EXAMPLE, LEARNED = blocks(PAGE, "yaml")


@pytest.fixture
def beginning() -> str:
    return "create schema shop; create table shop.orders (id int primary key, status text default 'NEW', carrier text)"


def test_the_page_runs_as_it_stands(db: Any, dsn: str, cluster: SimpleNamespace, tmp_path: Path, home: Path) -> None:
    db.execute("select jalon.add_role('clerk', 'Clerk')")
    document = RulesFile("rules.yaml", EXAMPLE).document
    db.execute("select jalon.apply_rules(jsonb_build_array(%s::jsonb))", [json.dumps(document)])
    db.execute("insert into shop.orders (id) values (1)")
    programs = f"{cluster.programs}:{os.environ['PATH']}"
    jalon = f'jalon() {{ "{sys.executable}" -m jalon "$@"; }}\n'
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", jalon + "\n".join(blocks(PAGE, "sh"))],
        env=os.environ | {"JALON_DSN": dsn, "JALON_HOME": str(home), "PATH": programs},
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "~ Ship (PAID -> SHIPPED) now needs a reason" in ran.stdout
    assert "~ PAID: color goes; it was #000000 [changed here, not in the file by db:" in ran.stdout
    assert "Nothing would change." in ran.stdout
    learned = (tmp_path / "rules" / "PARCELS_STATE.yaml").read_text()
    assert (
        learned.replace(", labels: {fr: Packed}", "")
        .replace(", labels: {fr: Sent}", "")
        .replace(", labels: {fr: Lost}", "")
        == LEARNED.rstrip("\n") + "\n"
    )
    assert db.execute("select name from jalon.tracked where name in ('orders', 'parcels') order by 1").fetchall() == [
        ("orders",),
        ("parcels",),
    ]
