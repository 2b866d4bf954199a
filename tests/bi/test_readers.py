"""The libraries of people who report read every view of jalon_recap and jalon_history, as jalon_bi and masked."""

import json
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon.install import demo
from jalon.install.postgres import as_url

FOLDER = Path(__file__).parent
PYTHON = FOLDER.parents[1] / ".venv/bi/bin/python"
pytestmark = [
    pytest.mark.second_lane,
    pytest.mark.skipif(not PYTHON.exists(), reason="no readers in .venv/bi: `make setup-clients` installs them"),
]
# These types some library can't read. Each such column has a companion that all of them read.
COMPANIONS = {"interval": "seconds", "xid8": "number"}
VIEWS = """
    select c.oid::regclass::text, array_agg(array[a.attname::text, format_type(a.atttypid, null)] order by a.attnum)
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace::regnamespace::text = any (%s) and c.relkind = 'v' group by 1 order by 1
"""


@pytest.fixture
def with_demo(dsn: str) -> str:
    with psycopg.connect(dsn, autocommit=True) as connection:
        demo.load(connection, lambda text: None)
    return dsn


def query_of(view: str, columns: list[list[str]]) -> str:
    names = [f'"{name}"' for name, kind in columns if kind not in COMPANIONS]
    return f"select {', '.join(names)} from {view}"


@pytest.mark.parametrize(
    ("role", "schemas"), [("jalon_bi", ["jalon_history", "jalon_recap"]), ("jalon_bi_masked", ["jalon_masked"])]
)
def test_every_library_reads_every_view(with_demo: str, on_loopback: str, role: str, schemas: list[str]) -> None:
    with psycopg.connect(with_demo) as db:
        views: dict[str, Any] = dict(db.execute(VIEWS, (schemas,)).fetchall())
        queries = {query_of(view, columns): view for view, columns in views.items()}
        wanted = {}
        for query, view in queries.items():
            ((wanted[query],),) = db.execute(f"select count(*) from {view}").fetchall()
    read = subprocess.run(
        [PYTHON, FOLDER / "read.py", as_url(psycopg.conninfo.make_conninfo(on_loopback, user=role))],
        input=json.dumps(list(queries)), capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    found = json.loads(read.stdout)
    assert len(found) > 25
    wrong = {
        (queries[query], reader): answer
        for query, answers in found.items()
        for reader, answer in answers.items()
        if answer != wanted[query]
    }
    assert wrong == {}
    assert sum(wanted.values()) > 500


def test_each_column_that_some_library_cannot_read_has_one_that_all_read(db: psycopg.Connection[Any]) -> None:
    alone = [
        (view, name)
        for view, columns in db.execute(VIEWS, (["jalon_history", "jalon_recap"],))
        for name, kind in columns
        if kind in COMPANIONS and not any(other.endswith(COMPANIONS[kind]) for other, _ in columns)
    ]
    assert alone == []
