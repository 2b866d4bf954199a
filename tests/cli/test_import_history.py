"""jalon import-history: a CSV file becomes the past of records, or is refused in one clear sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon import cli
from tests.shop import SHOP

Connection = psycopg.Connection[Any]
Import = Callable[..., tuple[int, str, str]]
H = "jalon_history.shop__tickets"
TICKETS = """
create table shop.tickets (id text primary key, status text not null);
insert into shop.tickets values ('1', 'PAID');
insert into shop.tickets select unnest(array['NA', 'null', '007', '', 'a"b;c']), 'NEW';
select jalon.track('shop.tickets', 'status', category => 'ORDER_STATUS');
"""
PAST = (
    'record,from,to,at,by,reason\n1,,NEW,2024-01-10T09:00:00Z,ann,"by mail, urgent"\n1,NEW,PAID,2024-02-10 10:00,ben,\n'
)


@pytest.fixture
def beginning() -> str:
    return SHOP + TICKETS


@pytest.fixture
def import_history(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Import:
    """import_history("record,to,at\\n…", "--each"): exit code, and what was said on either stream."""
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)

    def import_history(content: str | bytes, *options: str, encoding: str = "utf-8") -> tuple[int, str, str]:
        file = tmp_path / "past.csv"
        file.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        code = cli.main(["import-history", "tickets", str(file), "--dsn", dsn, *options])
        return code, *capsys.readouterr()

    return import_history


def past(db: Connection) -> list[tuple[Any, ...]]:
    return db.execute(
        "select tickets_id, new_status, to_char(changed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), changed_by, "
        f"reason from {H} where kind = 'import' order by tickets_id, version"
    ).fetchall()


WRITTEN = [
    ("1", "NEW", "2024-01-10 09:00", "ann", "by mail, urgent"),
    ("1", "PAID", "2024-02-10 10:00", "ben", None),
]


def test_a_file_becomes_the_past_of_its_records_once(import_history: Import, db: Connection) -> None:
    assert import_history(PAST) == (0, "2 changes of 1 records imported.\n", "")
    assert past(db) == WRITTEN
    assert import_history(PAST) == (
        0, "0 changes of 0 records imported, 1 records had their past already.\n", "",
    )  # fmt: skip
    assert db.execute("select problem from jalon.verify()").fetchall() == []


def test_a_dry_run_leaves_nothing(import_history: Import, db: Connection) -> None:
    assert import_history(PAST, "--dry-run") == (0, "2 changes of 1 records would be imported.\n", "")
    assert past(db) == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_files_of_spreadsheets_are_read(
    import_history: Import, db: Connection, delimiter: str, encoding: str, newline: str
) -> None:
    lines = PAST.replace("mail, urgent", "mail@ urgent").replace(",", delimiter).replace("@", ",")
    assert import_history(lines.replace("\n", newline), encoding=encoding)[0] == 0
    assert past(db) == WRITTEN


def test_columns_may_stand_in_any_order_and_only_three_are_needed(import_history: Import, db: Connection) -> None:
    assert import_history("AT , to,Record\n2024-01-10,NEW,1\n\n2024-02-10 10:00+02,PAID,1\n")[0] == 0
    assert [row[2:4] for row in past(db)] == [("2024-01-10 00:00", "unknown"), ("2024-02-10 08:00", "unknown")]


def test_times_without_a_zone_are_of_the_zone_that_is_named(import_history: Import, db: Connection) -> None:
    assert import_history(PAST, "--tz", "Europe/Paris")[0] == 0
    assert [row[2] for row in past(db)] == ["2024-01-10 09:00", "2024-02-10 09:00"]
    code, _, complained = import_history(PAST, "--tz", "Europe/Paree")
    assert (code, len(complained.splitlines())) == (1, 1)
    assert "Europe/Paree" in complained


def test_keys_are_taken_as_they_are(import_history: Import, db: Connection) -> None:
    keys = ["NA", "null", "007", "", 'a"b;c']
    quoted = ['"' + key.replace('"', '""') + '"' for key in keys]
    code, said, complained = import_history("record,to,at\n" + "".join(f"{key},NEW,2024-01-01\n" for key in quoted))
    assert (code, said, complained) == (0, "5 changes of 5 records imported.\n", "")
    assert [row[0] for row in past(db)] == sorted(keys)


def test_rows_that_contradict_themselves_are_named_by_their_line(import_history: Import, db: Connection) -> None:
    wrong = PAST + "2,,NEW,2024-01-01,,\nNA,,NEW,someday,,\n"
    code, said, complained = import_history(wrong)
    assert (code, said) == (1, "0 changes of 0 records imported, 2 rows refused.\n")
    assert complained.splitlines() == [
        "line 4 (2): there is no record 2 in tickets, and no row that says when it ended (one whose to is empty)",
        'line 5 (NA): at says "someday", which is not a time',
    ]
    assert past(db) == []
    assert import_history(wrong, "--each")[:2] == (1, "2 changes of 1 records imported, 2 rows refused.\n")
    assert past(db) == WRITTEN


@pytest.mark.parametrize("time", ["now", "yesterday", "Today 10:00", "infinity", "-infinity", "epoch"])
def test_a_time_has_to_be_one_of_a_calendar(import_history: Import, db: Connection, time: str) -> None:
    code, _, complained = import_history(f"record,to,at\n1,NEW,{time}\n")
    assert (code, complained) == (1, f'line 2 (1): at says "{time}", which is not a time\n')
    assert past(db) == []


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "needs a heading with record, to and at; record, to, at missing, it has: nothing."),
    "a missing column": ("record,to,when\n1,NEW,2024-01-01\n", "at missing, it has: record, to, when."),
    "an unknown column": ("record,to,at,colour\n", "unknown columns colour; known are record, to, at"),
    "a column twice": ("record,to,at,to\n", "a column is there twice: record, to, at, to."),
    "a cell too many": ("record,to,at\n1,NEW,2024-01-01,x\n", "line 2: 4 cells, and 3 columns."),
    "a quote that doesn't end": ('record,to,at\n1,"NEW,2024-01-01\n', "can't be read: unexpected end of data."),
    "other letters": ("record,to,at,by\n1,NEW,2024-01-01,Zoé\n".encode("latin-1"), "can't be read: 'utf-8' codec"),
    "no text": (b"record,to,at\n1,N\x00EW,2024-01-01\n", "NUL"),
}


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_is_not_what_it_should_be_is_refused_in_one_sentence(
    import_history: Import, db: Connection, content: str | bytes, words: str
) -> None:
    code, said, complained = import_history(content)
    assert (code, said, len(complained.splitlines())) == (1, "", 1)
    assert words in complained
    assert past(db) == []


def test_a_table_that_is_not_tracked_and_a_file_that_is_not_there_are_said(
    import_history: Import, dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "past.csv").write_text(PAST)
    assert cli.main(["import-history", "parcels", str(tmp_path / "past.csv"), "--dsn", dsn]) == 1
    assert "jalon: parcels is not a tracked table" in capsys.readouterr().err
    assert cli.main(["import-history", "tickets", "nowhere.csv", "--dsn", dsn]) == 1
    assert "jalon: nowhere.csv can't be read: " in capsys.readouterr().err
