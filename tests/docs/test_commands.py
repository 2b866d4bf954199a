"""docs/commands.md has every command, and each call of a command in the documentation is one that the command takes."""

import re
import shlex
from pathlib import Path

import pytest

from jalon import cli
from tests.docs.pages import DOCS, PAGES, ROOT, blocks

PAGE = DOCS / "commands.md"
# `jalon psql -- …` up to a pipe, a redirection, the end of a substitution or a comment.
CALL = re.compile(r"""(?<![\w./-])jalon((?: +(?:'[^']*'|"[^"]*"|[^\s|>;)'"#&]+))+)""")


def calls(page: Path) -> list[list[str]]:
    return [shlex.split(call) for block in blocks(page, "(?:sh|bash)") for call in CALL.findall(block)]


def test_every_command_has_a_section_with_an_example() -> None:
    sections = re.split(r"^### ", PAGE.read_text(), flags=re.MULTILINE)[1:]
    assert sorted(section.splitlines()[0] for section in sections) == [f"jalon {name}" for name in cli.command_names()]
    for section in sections:
        assert re.search(rf"```sh\n(.*\n)*.*{section.splitlines()[0]}\b", section), section


@pytest.mark.parametrize("page", [page for page in PAGES if calls(page)], ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_take_what_the_examples_give_them(page: Path) -> None:
    for call in calls(page):
        assert call[0] in cli.command_names(), call
        cli.build_parser([call[0]]).parse_args(call)


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = capsys.readouterr().out
    assert [name for name in cli.command_names() if not re.search(rf"^    {name}\b", shown, re.MULTILINE)] == []
