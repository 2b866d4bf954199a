"""The sessions in docs/workflows.md, replayed: `-->` is a row of the answer, `--!` the SQLSTATE of the refusal."""

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "workflows.md"


def statements() -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```sql\n(.*?)```", PAGE.read_text(), re.DOTALL):
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


def shown(value: Any) -> str:
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"
    return {True: "t", False: "f", None: ""}.get(value, str(value)) if isinstance(value, bool | None) else str(value)


def test_the_page_says_what_happens(db: Any) -> None:
    assert len(statements()) > 30
    for statement, expected in statements():
        if expected and expected[0].startswith("--!"):
            with pytest.raises(psycopg.Error) as caught:
                db.execute(statement)
            assert caught.value.sqlstate == expected[0].removeprefix("--!").strip()
            continue
        cursor = db.execute(statement)
        if expected:
            answer = [" | ".join(shown(value) for value in row) for row in cursor.fetchall()]
            assert answer == [line.removeprefix("--> ") for line in expected], statement
