"""A file that is not a file of rules is refused in a sentence, with line and column."""

from pathlib import Path

import pytest

from jalon.refusal import Refusal
from jalon.rule_files.reading import RulesFile, read_files

HEAD = "format: jalon-rules/1\ncategory: X\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "rules.yaml is empty."),
        ("a: [", "rules.yaml:1:5: this is not YAML"),
        ("- a\n", "rules.yaml:1:1: the file has members."),
        ("category: X\n", "rules.yaml:1:1: the file lacks format."),
        ("format: jalon-rules/9\n", "rules.yaml:1:9: format is one of jalon-rules/1, not 'jalon-rules/9'"),
        (HEAD + "code: []\n", "rules.yaml:3:1: the file has no member code; did you mean codes?"),
        (HEAD + "codes: [{code: A, colour: red}]\n",
         "rules.yaml:3:19: codes 1 has no member colour; did you mean color?"),
        (HEAD + "codes: {A: B}\n", "rules.yaml:3:8: codes is a list."),
        (HEAD + "codes: [A]\n", "rules.yaml:3:9: codes 1 has members."),
        (HEAD + "codes: [{code: [A]}]\n", "rules.yaml:3:16: codes 1 code is a text."),
        (HEAD + "codes: [{code: A, initial: perhaps}]\n",
         "rules.yaml:3:28: codes 1 initial is true or false, not perhaps."),
        (HEAD + "codes: [{code: A, color: red}]\n", "rules.yaml:3:26: codes 1 color can't be 'red'"),
        (HEAD + "codes: [{code: A, max_stay: 3 days}]\n", "rules.yaml:3:29: codes 1 max_stay can't be '3 days'"),
        (HEAD + "codes: [{code: A, outcome: won}]\n",
         "rules.yaml:3:28: codes 1 outcome is one of open, active, waiting, done, dropped, not 'won'."),
        (HEAD + "codes: [{code: A, code: B}]\n", "rules.yaml:3:19: code stands there twice."),
        (HEAD + "codes: [{label: A}]\n", "rules.yaml:3:9: codes 1 lacks code."),
        (HEAD + "codes: [{code: ' '}]\n", "rules.yaml:3:16: codes 1 code can't be ' '"),
        (HEAD + "workflows: [{transitions: [{from: A}]}]\n", "rules.yaml:3:28: workflows 1 transitions 1 lacks to."),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        RulesFile("rules.yaml", text)
    assert sentence in str(refused.value)


def test_every_fault_of_a_file_is_named_at_once() -> None:
    with pytest.raises(Refusal) as refused:
        RulesFile("rules.yaml", HEAD + "codes: [{code: A, colour: red}, {cod: B}]\n")
    assert len(str(refused.value).splitlines()) == 3


def test_codes_that_look_like_other_things_are_texts() -> None:
    read = RulesFile("rules.yaml", HEAD + "codes: [{code: NO}, {code: 007}, {code: null}, {code: 1.0}, {code: on}]\n")
    assert [code["code"] for code in read.document["codes"]] == ["NO", "007", "null", "1.0", "on"]


def test_two_files_for_one_category_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD)
    (tmp_path / "b.yml").write_text(HEAD)
    with pytest.raises(Refusal, match="are both for X: one file owns a category"):
        read_files([tmp_path])


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbf" + HEAD.encode())
    assert read_files([tmp_path / "a.yaml"])[0].document["category"] == "X"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\xff\xfe", "is not UTF-8: byte 0"), (b"a" * 4_000_001, "is larger than 4,000,000 bytes")],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    with pytest.raises(Refusal, match=sentence):
        read_files([tmp_path / "a.yaml"])
    with pytest.raises(Refusal, match="can't be read"):
        read_files([tmp_path / "nowhere.yaml"])


def test_a_yaml_bomb_is_refused_or_read_in_bounds() -> None:
    bomb = "a: &a [x]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(Refusal):
        RulesFile("rules.yaml", bomb)
