"""docs/enforcement.md lists every session setting that the functions of the database read or write."""

import re

from tests.docs.pages import DOCS, ROOT

SECTION = (DOCS / "enforcement.md").read_text().split("\n## Settings of a session\n", 1)[1].split("\n## ", 1)[0]
SQL = "\n".join(path.read_text() for path in sorted((ROOT / "sql").rglob("*.sql")))


def test_every_setting_is_listed_and_no_other() -> None:
    used = {re.sub(r"_$", "_<n>", name) for name in re.findall(r"'(jalon\.[a-z_]+)'", SQL)}
    rows = [line.split("|")[1] for line in SECTION.splitlines() if line.startswith("| `jalon.")]
    listed = {name for row in rows for name in re.findall(r"`(jalon\.[a-z_<>]+)`", row)}
    assert {name.removesuffix("_of") for name in listed} == used
    assert len(used) >= 8


def test_every_row_says_who_sets_it_what_it_means_how_long_it_lasts_and_whether_it_is_believed() -> None:
    rows = [line.strip("|").split("|") for line in SECTION.splitlines() if line.startswith("| `jalon.")]
    assert [row for row in rows if len(row) != 5 or not all(cell.strip() for cell in row)] == []


def test_every_kind_of_seal_is_listed() -> None:
    (letters,) = re.findall(r"'\^\[([a-z]+)\]'", SQL)
    listed = set(re.findall(r"^\| `([a-z])` \|", SECTION, re.MULTILINE))
    assert listed == set(letters) >= set(re.findall(r"seal_actor\('([a-z])'", SQL))
