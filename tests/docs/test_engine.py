"""docs/engine.md: its sessions run as printed, and its table equals the comments (`make snapshot` writes it)."""

import os
import re
from pathlib import Path

from tests.sessions import replay

PAGE = Path(__file__).parents[2] / "docs" / "engine.md"
SURFACE = """
select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', obj_description(p.oid, 'pg_proc')
from pg_proc p where p.pronamespace = 'jalon'::regnamespace
union all
select c.relname || ' (view)', obj_description(c.oid, 'pg_class')
from pg_class c where c.relnamespace = 'jalon'::regnamespace and c.relkind = 'v'
order by 1
"""


def test_the_page_says_what_happens(db):
    db.execute("grant jalon_dba to current_user")  # a superuser is no DBA by itself
    try:
        assert replay(PAGE, db) > 25
    finally:
        db.execute("revoke jalon_dba from current_user")


def test_snapshot_of_the_sql_surface(db):
    rows = [f"| `{name}` | {' '.join(comment.split())} |" for name, comment in db.execute(SURFACE).fetchall()]
    table = "\n".join(["| `jalon.…` | What it does |", "| --- | --- |", *rows])
    text = PAGE.read_text()
    wanted = re.sub(
        r"(<!-- surface -->\n).*?(?=<!-- /surface -->)", lambda found: f"{found[1]}{table}\n", text, flags=re.DOTALL
    )
    if os.environ.get("JALON_TEST_SNAPSHOT") == "write":
        PAGE.write_text(wanted)
        text = wanted
    assert text == wanted, "the table in docs/engine.md is not what the comments say: `make snapshot`"
