"""jalon create-users: a file of people becomes users, each with a first role that is recorded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon import cli

Connection = psycopg.Connection[Any]
Create = Callable[..., tuple[int, str, str]]
RECORDED = """
    select u.email, u.name, h.old_role, h.new_role, h.changed_by, h.reason, h.meta_data ->> 'source'
    from users u join role_change_history h on h.user_id = u.id order by u.email
"""


@pytest.fixture
def create(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Create:
    """create("email,name\\n…", "--by", "ada"): exit code, and what was said on either stream."""
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)

    def create(content: str, *options: str, encoding: str = "utf-8") -> tuple[int, str, str]:
        file = tmp_path / "people.csv"
        file.write_text(content, encoding=encoding)
        code = cli.main(["create-users", str(file), "--dsn", dsn, *options])
        return code, *capsys.readouterr()

    return create


def test_each_row_becomes_a_user_with_a_first_role_that_is_recorded(create: Create, db: Connection) -> None:
    content = "email,name,role,reason\nann@example.com,Ann,PREMIUM,Paid by cheque\nbob@example.com,Bob,,\n"
    assert create(content, "--by", "ada", "--reason", "Import") == (0, "2 created, 0 there already, 0 refused.\n", "")
    assert db.execute(RECORDED).fetchall() == [
        ("ann@example.com", "Ann", None, "PREMIUM", "ada", "Paid by cheque", "people.csv"),
        ("bob@example.com", "Bob", None, "FREE", "ada", "Import", "people.csv"),
    ]


def test_a_refused_row_is_named_with_its_line_and_does_not_stop_the_others(create: Create, db: Connection) -> None:
    content = "email,name,role\nann@example.com,Ann,EMPEROR\n\nbob@example.com,,\n,Nobody,\ncleo@example.com,Cléo,\n"
    code, said, complained = create(content)
    assert (code, said) == (1, "1 created, 0 there already, 3 refused.\n")
    first, second, third = complained.splitlines()
    assert first.startswith("line 2 (ann@example.com): ")
    assert "EMPEROR" in first
    assert second == "line 4 (bob@example.com): name missing"
    assert third == "line 5 (no email): email missing"
    assert db.execute("select email, name from users").fetchall() == [("cleo@example.com", "Cléo")]


def test_a_second_run_creates_nothing_twice_and_changes_nobody(create: Create, db: Connection) -> None:
    create("email,name\nann@example.com,Ann\n")
    code, said, _ = create("email,name,role\nANN@example.com,Another Ann,PREMIUM\nbob@example.com,Bob,\n")
    assert (code, said) == (0, "1 created, 1 there already, 0 refused.\n")
    assert [row[:4] for row in db.execute(RECORDED).fetchall()] == [
        ("ann@example.com", "Ann", None, "FREE"),
        ("bob@example.com", "Bob", None, "FREE"),
    ]


def test_a_french_spreadsheet_is_read_too(create: Create, db: Connection) -> None:
    content = 'Email ;NAME\nzoe@example.com;"Zoé; dite Zo"\n'
    assert create(content, encoding="utf-8-sig")[0] == 0
    assert db.execute("select email, name from users").fetchall() == [("zoe@example.com", "Zoé; dite Zo")]


def test_an_import_of_the_past_carries_its_time(create: Create, db: Connection) -> None:
    assert create("email,name,created_at\nann@example.com,Ann,2024-03-01T10:00:00Z\n")[0] == 0
    found = db.execute(
        "select u.created_at = h.changed_at, u.created_at at time zone 'UTC' = '2024-03-01 10:00'"
        " from users u join role_change_history h on h.user_id = u.id"
    ).fetchall()
    assert found == [(True, True)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "needs a heading with email and name; it has: nothing"),
        ("mail,name\nann@example.com,Ann\n", "needs a heading with email and name; it has: mail, name"),
        ("email,name,rôle\nann@example.com,Ann,FREE\n", "unknown columns rôle; known are email, name, role"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_whole(
    create: Create, db: Connection, content: str, words: str
) -> None:
    code, said, complained = create(content)
    assert (code, said) == (1, "")
    assert words in complained
    assert len(complained.splitlines()) == 1
    assert db.execute("select count(*) from users").fetchone() == (0,)


def test_a_file_that_is_no_text_or_not_there_is_said_to_be_unreadable(
    create: Create, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, complained = create("email,name\nzoe@example.com,Zoé\n", encoding="latin-1")
    assert code == 1
    assert "can't be read" in complained
    assert cli.main(["create-users", "nowhere.csv", "--dsn", dsn]) == 1
    assert "jalon: nowhere.csv can't be read: " in capsys.readouterr().err
