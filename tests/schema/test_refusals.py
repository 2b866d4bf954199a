"""What a refusal says to people: a sentence in their language, and not the value alone that was refused."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from jalon.install import files
from tests.schema.test_files import code, parts

CALL = "jalon_engine.fail('JL405',"


def arguments(text: str) -> Iterator[list[str]]:
    """The arguments of each refusal of input."""
    begin = text.find(CALL)
    while begin >= 0:
        first = begin + len("jalon_engine.fail(")
        depth, end = 1, first
        while depth:
            depth += (text[end] == "(") - (text[end] == ")")
            end += 1
        yield [" ".join(part.split()) for part in parts(text[first : end - 1])]
        begin = text.find(CALL, end)


def says_a_sentence(given: list[str]) -> bool:
    return len(given) == 3 or any(words in given[1] for words in ("text_of(", "text_for(", "'message'"))


def test_input_that_is_refused_is_refused_in_a_sentence() -> None:
    calls = [(path, given) for path, text in files.reloaded_sources().items() for given in arguments(code(text))]
    assert len(calls) > 40
    assert [(path, given[1]) for path, given in calls if not says_a_sentence(given)] == []


def test_a_value_alone_is_found() -> None:
    alone = next(arguments("perform jalon_engine.fail('JL405', jsonb_build_object('field', 'role', 'why', p_role));"))
    named = next(arguments("perform jalon_engine.fail('JL405', jsonb_build_object('why', (p)), 'JL405.value');"))
    assert [says_a_sentence(alone), says_a_sentence(named)] == [False, True]


@pytest.mark.parametrize(("language", "label"), [("en", "Manage permissions"), ("fr", "Gérer les permissions")])
def test_a_refusal_names_a_permission_as_people_call_it(db: psycopg.Connection[Any], language: str, label: str) -> None:
    db.execute("select set_config('jalon.language', %s, false)", [language])
    params = '{"actor": "mona", "permission": "manage_permissions", "roles": ["admin"]}'
    with pytest.raises(psycopg.Error) as refused:
        db.execute("select jalon_engine.fail('JL203', %s::jsonb)", [params])
    assert label in str(refused.value.diag.message_primary)
    assert "manage_permissions" not in str(refused.value.diag.message_primary)
    assert '"permission": "manage_permissions"' in str(refused.value.diag.message_detail)  # programs read the code


def test_no_text_says_the_code_of_a_permission(db: psycopg.Connection[Any]) -> None:
    """What tells an administrator which statement to run may."""
    said = db.execute(
        "select distinct d.code from jalon_engine.display_text d join jalon_engine.permission p"
        " on d.template ~ ('\\m' || p.code || '\\M') and p.code ~ '_' order by 1"
    ).fetchall()
    assert said == []
