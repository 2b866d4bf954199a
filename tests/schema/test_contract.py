"""The columns of what readers read are a promise: tests/schema/contract.txt has them in their order."""

import os
from pathlib import Path
from typing import Any

import psycopg

CONTRACT = Path(__file__).with_name("contract.txt")
HEAD = """\
# The columns of each table and view that jalon_bi reads, in their order, with their types. jalon_masked has the same.
# Views of others stand on these: a column is only ever added at the end. `make snapshot` adds, and never alters.
"""
QUERY = """
    select c.oid::regclass::text, array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) order by a.attnum)
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace::regnamespace::text ~ '^jalon_' and c.relkind in ('r', 'v', 'p') and not c.relispartition
        and has_table_privilege('jalon_bi', c.oid, 'select')
    group by c.oid order by 1
"""


def columns(db: psycopg.Connection[Any]) -> dict[str, list[str]]:
    db.execute("set search_path = ''")
    return {view: list(found) for view, found in db.execute(QUERY)}


def promised() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    view = ""
    for line in CONTRACT.read_text().splitlines() if CONTRACT.exists() else []:
        if line.startswith("    "):
            found[view].append(line.strip())
        elif line and not line.startswith("#"):
            view = line
            found[view] = []
    return found


def broken(before: dict[str, list[str]], now: dict[str, list[str]]) -> list[str]:
    """Views that are gone, and the first column of each view that isn't what it was."""
    gone = [f"{view} is gone" for view in sorted(before.keys() - now.keys())]
    return gone + [
        f"{view}: {had} was here, and is {(now[view] + ['nothing'] * len(wanted))[place]}"
        for view, wanted in sorted(before.items())
        for place, had in enumerate(wanted)
        if view in now and now[view][place : place + 1] != [had]
    ]


def test_columns_are_only_ever_added_at_the_end_snapshot(db: psycopg.Connection[Any]) -> None:
    now = columns(db)
    assert len(now) > 30
    assert broken(promised(), now) == []
    text = HEAD + "".join(f"\n{view}\n" + "".join(f"    {name}\n" for name in now[view]) for view in sorted(now))
    if os.environ.get("JALON_TEST_SNAPSHOT") == "write":
        CONTRACT.write_text(text)
    assert CONTRACT.read_text() == text, "columns came that the contract lacks: `make snapshot`"


def test_what_breaks_the_promise_is_found() -> None:
    had = {"v": ["a text", "b integer"], "w": ["a text"]}
    assert broken(had, {"v": ["a text", "b integer", "c text"], "w": ["a text"], "x": ["a text"]}) == []
    assert broken(had, {"v": ["a text", "c text", "b integer"], "w": ["a text"]}) == [
        "v: b integer was here, and is c text"
    ]
    assert broken(had, {"v": ["a text"]}) == ["w is gone", "v: b integer was here, and is nothing"]
    assert broken(had, {"v": ["a text", "b bigint"], "w": ["a text"]}) == ["v: b integer was here, and is b bigint"]
