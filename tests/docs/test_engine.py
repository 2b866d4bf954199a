"""docs/engine.md: its sessions run as printed, and its table and the generated function are today's."""

import os
from pathlib import Path

from tests.sessions import replay

PAGE = Path(__file__).parents[2] / "docs" / "engine.md"
GENERATED = Path(__file__).parents[1] / "snapshots/generated/orders/shop__orders__after_update.sql"
SURFACE = """
select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', obj_description(p.oid, 'pg_proc')
from pg_proc p where p.pronamespace = 'jalon'::regnamespace
union all
select c.relname || ' (view)', obj_description(c.oid, 'pg_class')
from pg_class c where c.relnamespace = 'jalon'::regnamespace and c.relkind = 'v'
order by 1
"""


def test_the_page_says_what_happens(db):
    db.execute("grant jalon_dba to current_user")  # a superuser is not a DBA by itself
    try:
        assert replay(PAGE, db) > 25
    finally:
        db.execute("revoke jalon_dba from current_user")


def test_snapshot_of_the_sql_surface(db):
    rows = [f"| `{name}` | {' '.join(comment.split())} |" for name, comment in db.execute(SURFACE).fetchall()]
    table = "\n".join(["| `jalon.…` | What it does |", "| --- | --- |", *rows])
    require_part("surface", table)


def test_snapshot_of_what_is_generated():
    require_part("generated", f"```plpgsql\n{GENERATED.read_text().strip()}\n```")


def require_part(name, wanted_part):
    """The page holds this between the comments of that name; `make snapshot` writes it."""
    text = PAGE.read_text()
    before, rest = text.split(f"<!-- {name} -->\n")
    after = rest[rest.index(f"<!-- /{name} -->") :]
    wanted = f"{before}<!-- {name} -->\n{wanted_part}\n{after}"
    if os.environ.get("JALON_TEST_SNAPSHOT") == "write":
        PAGE.write_text(wanted)
        text = wanted
    assert text == wanted, f"the part {name} of docs/engine.md is an older one: `make snapshot`"
