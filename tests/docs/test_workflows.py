"""The sessions in docs/workflows.md run as they are printed, those of the shell too."""

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.docs.pages import DOCS, blocks
from tests.sessions import replay

PAGE = DOCS / "workflows.md"


def test_the_page_says_what_happens(db: Any) -> None:
    assert replay(PAGE, db) > 30


def test_a_workflow_travels_as_a_file(db: Any, dsn: str, cluster: SimpleNamespace, tmp_path: Path) -> None:
    db.execute("select jalon.apply_template('orders', 'ORDER_STATUS')")
    (session,) = blocks(PAGE, "sh")
    programs = {"PATH": f"{cluster.programs}:{os.environ['PATH']}", "PGUSER": "postgres"}
    psql = f'psql() {{ command psql -v ON_ERROR_STOP=1 -d "{dsn}" "$@"; }}\n'
    subprocess.run(["bash", "-euc", psql + session], env=os.environ | programs, cwd=tmp_path, check=True)
    assert (tmp_path / "orders.json").read_text().startswith("{")
    assert db.execute(
        "select version, state from jalon.workflows where category = 'ORDER_STATUS' order by version"
    ).fetchall() == [(1, "published"), (2, "draft")]
