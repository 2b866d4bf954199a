"""One word for one thing (docs/concepts.md): the words that Jalon dropped don't come back.

In identifiers and comments of the database no dropped word is used, whatever its sense. Texts that people read are
held to the words that have no ordinary sense there.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.docs.pages import PAGES, ROOT

Connection = psycopg.Connection[Any]
# The dropped word, and the one that is said instead.
DROPPED = {
    "arrow": "transition",
    "demand": "requirement, require_*",
    "demanded": "required",
    "door": "move",
    "wall": "enforcement, the transition trigger",
    "stamp": "version trigger",
    "stamped": "numbered",
    "judge": "check",
    "judged": "checked",
    "judgement": "check",
    "verdict": "refusal, blocker",
    "standing": "current, or what is meant",
    "told": "sent, shown, derived, or what is meant",
}
# A person is "they".
PRONOUNS = {"he", "him", "his", "himself", "she", "her", "hers", "herself"}
ONLY_IN_NAMES = {"need": "require_*", "seen": "find_*, can_read_*", "passage": "transition"}
CLEAR = {"arrow", "door", "wall", "stamp", "judge", "judged", "judgement", "verdict"}
# In French the word for a transition is transition.
CLEAR_IN_FRENCH = {"flèche"}

# Sentences in which the word has its ordinary sense.
ORDINARY = {"Arrow keys", "arrow keys", "Les flèches déplacent"}

IDENTIFIERS = r"""
with ours as (select n.oid, n.nspname from pg_namespace n where n.nspname ~ '^jalon(_|$)'),
named as (
    select 'schema ' || nspname as what, nspname::text as name from ours
    union all select format('relation %s.%s', n.nspname, c.relname), c.relname
        from pg_class c join ours n on n.oid = c.relnamespace
    union all select format('column %s.%s.%s', n.nspname, c.relname, a.attname), a.attname
        from pg_attribute a join pg_class c on c.oid = a.attrelid join ours n on n.oid = c.relnamespace
        where a.attnum > 0 and not a.attisdropped
    union all select format('function %s.%s', n.nspname, p.proname), p.proname
        from pg_proc p join ours n on n.oid = p.pronamespace
    union all select format('argument %s.%s.%s', n.nspname, p.proname, x), x
        from pg_proc p join ours n on n.oid = p.pronamespace cross join unnest(p.proargnames) x
    union all select format('type %s.%s', n.nspname, t.typname), t.typname
        from pg_type t join ours n on n.oid = t.typnamespace
    union all select format('constraint %s.%s', n.nspname, c.conname), c.conname
        from pg_constraint c join ours n on n.oid = c.connamespace
    union all select format('trigger %s on %s', t.tgname, t.tgrelid::regclass), t.tgname
        from pg_trigger t join pg_class c on c.oid = t.tgrelid join ours n on n.oid = c.relnamespace
)
select what, name from named
"""
COMMENTS = r"""
select pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description from pg_description d
cross join pg_identify_object(d.classoid, d.objoid, d.objsubid) i
where coalesce(i.schema, i.identity) ~ '^jalon(_|$)'
"""


def used(text: str, words: set[str]) -> list[str]:
    """The dropped words of a text, also in the plural."""
    for sentence in ORDINARY:
        text = text.replace(sentence, "")
    return [word for word in re.findall(r"[a-zà-ÿ]+", text.lower()) if word in words or word.removesuffix("s") in words]


def test_the_search_finds_words_and_leaves_others() -> None:
    assert used("An ARROW leads on; two stamps, no stampede.", CLEAR) == ["arrow", "stamps"]
    assert used("timestamp outdoor wallet", CLEAR) == []


@pytest.fixture
def plain_names(db: Connection) -> Connection:
    """With an empty path pg_describe_object names the schema of everything."""
    db.execute("set search_path = ''")
    return db


def test_no_identifier_is_a_dropped_word(plain_names: Connection) -> None:
    words = {*DROPPED, *ONLY_IN_NAMES}
    found = {what for what, name in plain_names.execute(IDENTIFIERS) if words & set(name.split("_"))}
    assert found == set()


def test_no_comment_says_a_dropped_word_or_a_persons_sex(plain_names: Connection) -> None:
    found = {what: text for what, text in plain_names.execute(COMMENTS).fetchall() if used(text, {*DROPPED, *PRONOUNS})}
    assert found == {}


def test_no_text_that_the_database_shows_says_a_dropped_word(db: Connection) -> None:
    rows = db.execute("select code, language, to_jsonb(d)::text from jalon_engine.display_text d").fetchall()
    words = {"en": CLEAR, "fr": CLEAR_IN_FRENCH}
    assert [code for code, language, text in rows if used(text, words.get(language, set()))] == []


def texts_of_the_console() -> Iterator[tuple[str, str, str]]:
    """File, English, French of every text of the console and the modules."""
    for path in (ROOT / "app").rglob("texts/**/*.json"):
        for english, french in json.loads(path.read_text()).items():
            yield path.name, english, str(french)


def test_no_text_of_the_console_says_a_dropped_word() -> None:
    texts = list(texts_of_the_console())
    assert len(texts) > 500
    found = [(file, en) for file, en, fr in texts if used(en, CLEAR) or used(fr, CLEAR_IN_FRENCH)]
    assert found == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_says_a_dropped_word(page: Path) -> None:
    lines = enumerate(page.read_text().splitlines(), 1)
    assert [f"{number}: {line}" for number, line in lines if used(line, CLEAR)] == []


def test_no_file_is_called_by_a_dropped_word() -> None:
    folders = ("app", "bench", "docs", "tests", "sql")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    words = {*DROPPED, *ONLY_IN_NAMES}
    assert [str(path) for path in files if words & set(re.split(r"[_.-]", path.stem))] == []


def test_no_test_is_called_by_a_dropped_word_or_a_persons_sex() -> None:
    files = (ROOT / "tests").rglob("*.py")
    names = {name for path in files for name in re.findall(r"def (test_\w+)", path.read_text())}
    assert len(names) > 1000
    dropped = {*CLEAR, *PRONOUNS, "demand", "demanded"}
    assert sorted(name for name in names if dropped & set(name.split("_"))) == []
