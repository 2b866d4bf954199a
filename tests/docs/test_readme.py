"""README: `make snapshot` writes its tables, and its session runs."""

import os
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon import cli
from jalon.settings import described

README = Path(__file__).parents[2] / "README.md"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def commands() -> list[tuple[str, ...]]:
    return [(f"`jalon {name}`", (cli.module_of(name).__doc__ or "").strip().splitlines()[0]) for name in cli.names()]


@pytest.mark.parametrize("name", ["settings", "commands"])
def test_snapshot_of_the_tables(name: str) -> None:
    tables = {
        "settings": lambda: table(("Variable", "Default", "Meaning"), described()),  # type: ignore[arg-type]
        "commands": lambda: table(("Command", "What it does"), commands()),
    }
    text = README.read_text()
    begin, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
    wanted = re.sub(f"{begin}.*?(?={end[1:]})", lambda _: f"{begin}{tables[name]()}\n", text, flags=re.DOTALL)
    if os.environ.get("JALON_TEST_SNAPSHOT") == "write":
        README.write_text(wanted)
        text = wanted
    assert text == wanted, f"the table of {name} in README.md is not what the code says: `make snapshot`"


def test_the_session_runs_as_it_is_printed(db: psycopg.Connection[Any]) -> None:
    session, preparation = re.findall(r"```sql\n(.*?)```", README.read_text(), re.DOTALL)
    db.execute(preparation)
    db.execute("grant jalon_dba to current_user")  # a superuser is no DBA by itself
    for statement in re.sub(r"--.*", "", session).split(";"):
        if "'SHIPPED'" in statement:
            with pytest.raises(psycopg.DatabaseError) as refused:
                db.execute(statement)
            assert f"-- ERROR:  {refused.value.diag.message_primary}" in session
            assert f"-- HINT:  {refused.value.diag.message_hint}" in session
        elif statement.strip():
            rows = db.execute(statement)
    assert rows.fetchall() == [(1, None, "NEW", "anna"), (2, "NEW", "PAID", "anna")]
