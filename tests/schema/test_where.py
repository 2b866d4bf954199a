"""A function that writes, locks or refuses is called once, and not in a WHERE once a row."""

import re
from typing import Any

import psycopg

Connection = psycopg.Connection[Any]
FUNCTIONS = """
    select p.pronamespace::regnamespace || '.' || p.proname, p.prosrc, p.provolatile = 'v'
    from pg_proc p join pg_language l on l.oid = p.prolang
    where p.pronamespace::regnamespace::text ~ '^jalon' and l.lanname in ('sql', 'plpgsql')
"""
# It reads the clock, row by row, and does nothing else.
PREDICATES = {"jalon_engine.is_in_force"}
CALLED = re.compile(r"\b(jalon\w*\.\w+)\(")
# What ends a WHERE at its own depth of parentheses.
ENDS = re.compile(r";|\b(?:order by|group by|returning|union|limit|on conflict|loop|then|for update)\b")


def conditions(source: str) -> list[str]:
    """The text of each WHERE, with what stands in parentheses in it. Literals and comments are no part of a source."""
    found = []
    for begin in re.finditer(r"\bwhere\b", source):
        depth, place = 0, begin.end()
        while place < len(source):
            depth += {"(": 1, ")": -1}.get(source[place], 0)
            if depth < 0 or (depth == 0 and ENDS.match(source, place)):
                break
            place += 1
        found.append(source[begin.end() : place])
    return found


def test_no_where_calls_a_function_that_does_something(db: Connection) -> None:
    functions = db.execute(FUNCTIONS).fetchall()
    volatile = {name for name, _, is_volatile in functions if is_volatile} - PREDICATES
    volatile -= {name for name, _, is_volatile in functions if not is_volatile}
    assert "jalon_engine.get_webhook" in volatile
    assert conditions("delete from a where id = f((g(x)).y); select h()") == [" id = f((g(x)).y)"]
    assert [
        (name, called)
        for name, source, _ in functions
        for condition in conditions(re.sub(r"--[^\n]*|'(?:[^']|'')*'", "", source))
        for called in CALLED.findall(condition)
        if called in volatile
    ] == []
