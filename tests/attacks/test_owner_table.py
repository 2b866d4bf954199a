"""docs/enforcement.md says for each statement who can, who refuses it and who notices: each row is replayed.

"Elsewhere" is where no superuser installed Jalon (JALON_TEST_SUPERUSER=no).
"""

import re
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from tests.attacks.shop import history_of
from tests.conftest import INSTALLER

PAGE = Path(__file__).parents[2] / "docs" / "enforcement.md"
HEADING = "## What an owner can do"
WHO = {
    "owner": "shop_owner",
    "holder of TRIGGER": "shop_trigger",
    "application": "shop_app",
}


class Row(NamedTuple):
    statement: str
    who: str
    refused_by: str
    noticed_by: str


def rows_of(text: str) -> list[Row]:
    """The table under the heading, without its head."""
    section = text.split(HEADING, 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    assert [cell.strip() for cell in lines[0].strip("|").split("|")] == [
        "statement",
        "who can",
        "refused by",
        "noticed by",
    ]
    rows = [Row(*(cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")))) for line in lines[2:]]
    assert all(row.statement.startswith("`") and row.statement.endswith("`") for row in rows)
    return [row._replace(statement=row.statement.strip("`").replace("\\|", "|")) for row in rows]


ROWS = rows_of(PAGE.read_text()) if PAGE.exists() else []


def test_the_table_has_rows_of_every_kind():
    assert len(ROWS) > 25
    assert {row.who for row in ROWS} <= set(WHO)
    assert any(row.refused_by == "nobody" for row in ROWS)
    for row in ROWS:
        assert re.fullmatch(
            r"nobody|(event trigger|trigger) `[0-9A-Z]{5}`|PostgreSQL `[0-9A-Z]{5}`(, elsewhere `[0-9A-Z]{5}`)?",
            row.refused_by,
        ), row
        assert re.fullmatch(r"nobody|–|(`[a-z_]+`(, |$))*(elsewhere `[a-z_]+`(, `[a-z_]+`)*)?", row.noticed_by), row
        passes_elsewhere = row.refused_by.startswith("event trigger")
        assert row.refused_by == "nobody" or row.noticed_by.startswith("elsewhere" if passes_elsewhere else "–"), row


def codes_in(cell: str) -> list[str]:
    """The codes and problems of a cell that hold for this installation."""
    return re.findall(r"`(\w+)`", cell if INSTALLER else cell.split("elsewhere")[0])


def refusal_of(row: Row) -> str | None:
    if row.refused_by == "nobody" or (INSTALLER and row.refused_by.startswith("event trigger")):
        return None
    return codes_in(row.refused_by)[-1]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.statement[:60])
def test_a_row_of_the_table_says_what_happens(shop, session, row):
    shop.execute(f"grant create on database {shop.info.dbname} to shop_owner")
    count = f"select count(*) from {history_of('shop.orders')}"
    before = shop.execute(count).fetchone()
    sqlstate = None
    try:
        session(WHO[row.who]).execute(row.statement)
    except psycopg.Error as error:
        sqlstate = error.sqlstate
    assert sqlstate == refusal_of(row)
    problems = {found[0] for found in shop.execute("select distinct problem from jalon.verify()")}
    assert problems == set(codes_in(row.noticed_by))
    assert shop.execute(count).fetchone() == before
