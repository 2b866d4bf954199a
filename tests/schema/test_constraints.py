"""A constraint has words for the people whose values it refuses, in every language."""

from typing import Any

import psycopg

Connection = psycopg.Connection[Any]
CONSTRAINTS = """
    select distinct c.conname::text from pg_constraint c join pg_namespace n on n.oid = c.connamespace
    where n.nspname ~ '^jalon' and c.contype in ('c', 'u', 'x') and c.conparentid = 0 and c.coninhcount = 0
        and c.contypid = 0
    union
    select distinct r.relname::text from pg_index i join pg_class r on r.oid = i.indexrelid
    join pg_namespace n on n.oid = r.relnamespace
    where n.nspname ~ '^jalon' and i.indisunique and not i.indisprimary and not r.relispartition
        and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
    order by 1
"""


def test_each_constraint_has_words_in_each_language(db: Connection) -> None:
    names = [name for (name,) in db.execute(CONSTRAINTS)]
    lacking = db.execute(
        "select n, l.code from unnest(%s::text[]) n cross join jalon_engine.language l"
        " where not exists (select from jalon_engine.constraint_text t"
        " where t.constraint_name = n and t.language = l.code) order by 1, 2",
        [names],
    ).fetchall()
    assert len(names) > 50
    assert lacking == []


def test_no_words_are_left_of_a_constraint_that_is_gone(db: Connection) -> None:
    names = [name for (name,) in db.execute(CONSTRAINTS)]
    left = db.execute(
        "select distinct constraint_name from jalon_engine.constraint_text where constraint_name <> all (%s)", [names]
    ).fetchall()
    assert left == []


def test_the_words_of_a_constraint_name_one_field_in_all_languages(db: Connection) -> None:
    found = db.execute(
        "select constraint_name from jalon_engine.constraint_text group by 1 having count(distinct field) > 1"
        " or count(field) not in (0, count(*))"
    ).fetchall()
    assert found == []
