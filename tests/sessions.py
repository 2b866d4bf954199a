"""Replays psql sessions of a document: `-->` is a row of the answer, `--!` the SQLSTATE of a refusal."""

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest


def statements(block: str) -> list[tuple[str, list[str]]]:
    """The statements of a session, each with the lines that say what it answers."""
    found: list[tuple[str, list[str]]] = []
    lines: list[str] = []
    for line in block.splitlines():
        if line.startswith(("-->", "--!")):
            found[-1][1].append(line)
        else:
            lines.append(line)
            if line.endswith(";"):
                found.append(("\n".join(lines), []))
                lines = []
    assert not lines, lines
    return found


def as_psql(value: Any) -> str:
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"
    return {True: "t", False: "f", None: ""}.get(value, str(value)) if isinstance(value, bool | None) else str(value)


def replay(page: Path, db: Any) -> int:
    """Runs every statement of the page and compares what it answers; says how many there were."""
    blocks = re.findall(r"```sql\n(.*?)```", page.read_text(), re.DOTALL)
    return sum(replay_block(block, db) for block in blocks)


def replay_block(block: str, db: Any) -> int:
    session = statements(block)
    for statement, expected in session:
        if expected and expected[0].startswith("--!"):
            with pytest.raises(psycopg.Error) as caught:
                db.execute(statement)
            sqlstate, _, message = expected[0].removeprefix("--!").strip().partition(" ")
            assert caught.value.sqlstate == sqlstate, statement
            assert message in ("", caught.value.diag.message_primary), statement
            continue
        cursor = db.execute(statement)
        if expected:
            answer = [" | ".join(as_psql(value) for value in row) for row in cursor.fetchall()]
            assert answer == [line.removeprefix("--> ") for line in expected], f"{statement} answers {answer}"
    return len(session)
