"""Applying the migration and rolling it back: a rollback deletes history, and needs the flag."""

import subprocess
import sys
from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]


@pytest.fixture
def jalon(db: Connection) -> Any:
    dsn = psycopg.conninfo.make_conninfo(db.info.dsn, password=db.info.password or None)

    def jalon(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "jalon", *arguments, "--dsn", dsn]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return jalon


@pytest.mark.parametrize(
    ("module", "view", "history", "table", "category"),
    [
        (
            "members",
            "jalon_members.role_change_history",
            "jalon_history.jalon_members__users",
            "insert into users (email, name) values ('a@x.y', 'A')",
            "USER_ROLE",
        ),
        (
            "roadshow",
            "jalon_roadshow.roadshow_counterparty_history",
            "jalon_history.jalon_roadshow__roadshow_counterparty",
            "insert into roadshow_counterparty (name) values ('A')",
            "ROADSHOW_STATUS",
        ),
    ],
)
def test_uninstalling_a_module_warns_and_installing_it_again_makes_the_same(
    db: Connection, jalon: Any, module: str, view: str, history: str, table: str, category: str
) -> None:
    db.execute(table)  # type: ignore[call-overload]
    if module == "members":
        refused = jalon("uninstall", module)
        assert "The module events needs members" in refused.stderr
        assert jalon("uninstall", "events").returncode == 0
    columns = (
        "select attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 order by 1"
    )
    wanted = [db.execute(columns, (name,)).fetchall() for name in (history, view)]

    refused = jalon("uninstall", module)
    assert refused.returncode == 1
    assert history in refused.stderr
    assert "--lose-history" in refused.stderr
    assert db.execute(f"select count(*) from {view}").fetchone() == (1,)  # type: ignore[call-overload]

    done = jalon("uninstall", module, "--lose-history")
    assert done.returncode == 0, done.stderr
    assert db.execute("select to_regclass(%s), to_regclass(%s)", (history, view)).fetchone() == (None, None)
    assert db.execute("select count(*) from jalon_engine.category where code = %s", (category,)).fetchone() == (0,)
    assert db.execute("select to_regnamespace(%s)", (f"jalon_{module}",)).fetchone() == (None,)
    assert db.execute("select * from jalon.verify()").fetchall() == []

    again = jalon("migrate", "--modules", module)
    assert again.returncode == 0, again.stderr
    assert [db.execute(columns, (name,)).fetchall() for name in (history, view)] == wanted
    db.execute(table)  # type: ignore[call-overload]
    assert db.execute(f"select count(*) from {view}").fetchone() == (1,)  # type: ignore[call-overload]
