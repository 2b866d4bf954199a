"""What messages and hints tell people to call exists: functions, their arguments, commands."""

import contextlib
import io
import re
from typing import Any

import psycopg
import pytest

from jalon import cli

Connection = psycopg.Connection[Any]
TEXTS = """
select code || ' ' || language, concat_ws(' ', template, hint) from jalon_engine.display_text
union all select constraint_name || ' ' || language, template from jalon_engine.constraint_text
union all select sqlstate, description from jalon_engine.error_code
union all select name, description from jalon_engine.setting
union all select code, concat_ws(' ', label, description) from jalon_engine.permission
"""
NAMED = re.compile(r"\b(jalon(?:_\w+)?\.[a-z_]+)(?:\(([^()]*)\))?")
ARGUMENT = re.compile(r"(\w+) =>")
COMMAND = re.compile(r"`?\bjalon ([a-z]+(?:-[a-z]+)*)((?: --[a-z-]+)*)")
SETTINGS = {"jalon.reason"}  # of a session; docs/enforcement.md lists them


def texts(db: Connection) -> list[tuple[str, str]]:
    return db.execute(TEXTS).fetchall()


def arguments(db: Connection, name: str) -> set[str] | None:
    """The arguments of a function, or nothing for a table or view; none if there is no such thing."""
    found = db.execute(
        "select coalesce(array_agg(distinct a), '{}'), count(distinct p.oid) from pg_proc p"
        " left join lateral unnest(p.proargnames) a on true"
        " where p.pronamespace::regnamespace || '.' || p.proname = %s",
        (name,),
    ).fetchone()
    assert found
    if found[1]:
        return set(found[0])
    relation = db.execute("select coalesce(to_regclass(%s)::text, to_regtype(%s)::text)", (name, name)).fetchone()
    return set() if relation and relation[0] else None


def help_of(command: str) -> str:
    with pytest.raises(SystemExit), contextlib.redirect_stdout(io.StringIO()) as out:
        cli.build_parser([command]).parse_args([command, "--help"])
    return out.getvalue()


def test_what_texts_name_in_the_database_is_there(db: Connection) -> None:
    wrong, named = [], set()
    for code, text in texts(db):
        for name, given in NAMED.findall(text):
            known = arguments(db, name)
            named.add(name)
            if name not in SETTINGS and (known is None or set(ARGUMENT.findall(given)) - known):
                wrong.append((code, name, given))
    assert len(named) > 20
    assert wrong == []


def test_a_name_that_is_nowhere_is_found(db: Connection) -> None:
    assert arguments(db, "jalon.shrink") is None
    assert arguments(db, "jalon.untrack") == {"tracked", "drop_history"}
    assert NAMED.findall("call jalon.shrink('x', by => 2).") == [("jalon.shrink", "'x', by => 2")]


def test_commands_that_texts_name_are_there(db: Connection) -> None:
    wrong, named = [], set()
    for code, text in texts(db):
        for command, options in COMMAND.findall(text):
            named.add(command)
            if command not in cli.command_names() or not all(option in help_of(command) for option in options.split()):
                wrong.append((code, command, options))
    assert "migrate" in named
    assert wrong == []
