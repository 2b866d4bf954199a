"""What every file of functions and triggers owes the others."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import psycopg

from jalon import modules
from jalon.install import files

FOLDERS = sorted(folder.name for folder in (files.ROOT / "functions").glob("*/") if folder.name != "modules")
OF_THE_ENGINE = (*(f"functions/{folder}/" for folder in FOLDERS), "triggers/engine/")
MADE = re.compile(r"^create or replace (function|view) ([a-z_]+)\.(\w+)", re.MULTILINE)
TYPES_OF_TWO_WORDS = ("double precision", "timestamp with", "character varying", "bit varying", "time with")


def code(text: str) -> str:
    """Without comments and what is said about objects, which are for people."""
    return re.sub(r"^comment on .*?;$", "", re.sub(r"--[^\n]*", "", text), flags=re.MULTILINE | re.DOTALL)


def of_the_engine() -> dict[str, str]:
    return {path: code(text) for path, text in files.reloaded_sources().items() if path.startswith(OF_THE_ENGINE)}


def found(words: set[str], texts: dict[str, str], pattern: str) -> list[str]:
    search = re.compile(pattern % "|".join(sorted(map(re.escape, words))))
    return [f"{path}: {hit[0]}" for path, text in texts.items() for hit in search.finditer(text)]


def parts(arguments: str) -> Iterator[str]:
    """The arguments of a function, each as written."""
    depth, begin = 0, 0
    for place, sign in enumerate(arguments):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            yield arguments[begin:place]
            begin = place + 1
    if arguments.strip():
        yield arguments[begin:]


def types(arguments: str) -> tuple[str, ...]:
    """The types of what is passed in, which with the name are the signature."""
    kept = []
    for argument in parts(arguments):
        words = re.split(r"\s+default\s|=", " ".join(argument.split()))[0].strip()
        mode, _, rest = words.partition(" ")
        if mode == "out":
            continue
        words = rest if mode in ("in", "inout", "variadic") else words
        kept.append(words if words.startswith(TYPES_OF_TWO_WORDS) or " " not in words else words.split(" ", 1)[1])
    return tuple(kept)


def signatures(text: str) -> Iterator[tuple[Any, ...]]:
    for made in MADE.finditer(text):
        if made[1] == "view":
            yield made[2], made[3]
            continue
        begin = text.index("(", made.end()) + 1
        depth, end = 1, begin
        while depth:
            depth += (text[end] == "(") - (text[end] == ")")
            end += 1
        yield made[2], made[3], types(text[begin : end - 1])


def test_the_engine_names_no_module(db: psycopg.Connection[Any]) -> None:
    """It works where a module isn't installed. What a module adds is found by its name: see table_functions.sql."""
    schemas = set(modules.schemas()) | {f"jalon_{name}" for name in modules.names()}
    query = "select relname from pg_class where relnamespace::regnamespace::text = any (%s) and relkind in ('r', 'p')"
    tables = {name for (name,) in db.execute(query, (sorted(schemas),))}
    assert len(tables) > len(modules.names())
    assert found(schemas | tables, of_the_engine(), r"\b(%s)\b") == []


def test_the_engine_calls_nothing_of_a_module() -> None:
    made = {
        hit[3]
        for path, text in files.reloaded_sources().items()
        if path.startswith("functions/modules/")
        for hit in MADE.finditer(text)
    }
    own = {hit[3] for text in of_the_engine().values() for hit in MADE.finditer(text)}
    assert found(made - own, of_the_engine(), r"\.(%s)\(") == []


def test_each_signature_is_created_by_one_file() -> None:
    where = defaultdict(list)
    for path, text in files.reloaded_sources().items():
        for signature in signatures(text):
            where[signature].append(path)
    assert len(where) > 500
    assert {signature: paths for signature, paths in where.items() if len(paths) > 1} == {}


def test_a_signature_is_read_as_it_is_written() -> None:
    text = """create or replace function jalon.f(
    p_a text default f(1, 2), out b integer, double precision, variadic c text[], d numeric(4, 2)
)"""
    assert list(signatures(text)) == [("jalon", "f", ("text", "double precision", "text[]", "numeric(4, 2)"))]
