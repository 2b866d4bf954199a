"""What a refusal says to people: a sentence in their language, and not the value alone that was refused."""

from collections.abc import Iterator

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
