"""jalon archive and jalon read-archive: a month becomes a file, and answers again; nothing is lost on the way."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon import cli
from tests import shop
from tests.shop import Connect, Connection, import_changes, rows

FILE = "orders-2024-02.csv"
MONTH = "jalon_history.shop__orders_y2024m02"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def beginning() -> str:
    return shop.SHOP


@pytest.fixture
def jalon(dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)

    def jalon(*words: str | Path) -> tuple[int, str, str]:
        return cli.main([*map(str, words), "--dsn", dsn]), *capsys.readouterr()

    return jalon


@pytest.fixture
def orders(db: Connection) -> Connection:
    """Three changes in February 2024, one of them with a reason of two lines; one in October 2026."""
    import_changes(db, (1, "NEW", "2024-02-10Z"), (2, "NEW", "2024-02-11Z"))
    import_changes(db, (1, "PAID", "2024-02-12Z"), reason='two lines:\n"one", and é')
    import_changes(db, (1, "SHIPPED", "2026-10-10Z"))
    db.execute("select jalon.ensure_partitions()")
    db.execute("create schema cold")
    return db


def test_a_month_is_written_read_back_noted_and_only_then_dropped(
    orders: Connection, jalon: Run, tmp_path: Path
) -> None:
    before = rows(orders, f"select to_jsonb(h) from {MONTH} h order by 1")
    code, said, _ = jalon("archive", "orders", "2024-02", tmp_path)
    assert code == 0
    entry = json.loads((tmp_path / "manifest.json").read_text())[FILE]
    assert (entry["table"], entry["month"], entry["rows"]) == ("orders", "2024-02", 3)
    assert entry["sha256"] in said
    assert rows(orders, f"select count(*) from {MONTH}") == [(3,)]  # nothing has left
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", FILE]
    assert rows(orders, "select jalon.retain('orders', '1 year')") == [(MONTH,)]
    assert rows(orders, "select to_regclass(%s)", MONTH) == [(None,)]
    assert rows(orders, "select problem from jalon.verify()") == []
    code, said, _ = jalon("read-archive", "orders", "2024-02", tmp_path, "--into", "cold.orders_2024_02")
    assert (code, said) == (0, "3 rows of orders 2024-02 in cold.orders_2024_02.\n")
    assert rows(orders, "select to_jsonb(h) from cold.orders_2024_02 h order by 1") == before


def test_a_table_may_be_named_with_its_schema(orders: Connection, jalon: Run, tmp_path: Path) -> None:
    assert jalon("archive", "shop.orders", "2024-02", tmp_path)[0] == 0
    assert (tmp_path / FILE).exists()
    assert jalon("read-archive", "shop.orders", "2024-02", tmp_path, "--into", "cold.february")[0] == 0


def test_a_month_that_was_not_archived_stays_as_a_table(orders: Connection) -> None:
    assert rows(orders, "select jalon.retain('orders', '1 year')") == [(MONTH,)]
    assert rows(orders, f"select count(*) from {MONTH}") == [(3,)]


@pytest.mark.parametrize("change", ["erased", "imported"])
def test_a_month_that_changed_after_it_was_archived_stays_as_a_table(
    orders: Connection, jalon: Run, tmp_path: Path, change: str
) -> None:
    assert jalon("archive", "orders", "2024-02", tmp_path)[0] == 0
    if change == "erased":
        with shop.importing(orders):
            orders.execute("select jalon.erase('orders', '1')")
    else:
        import_changes(orders, (3, "NEW", "2024-02-20Z"))
    orders.execute("select jalon.retain('orders', '1 year')")
    assert rows(orders, "select to_regclass(%s) is not null", MONTH) == [(True,)]


def test_a_month_is_archived_again_into_another_folder_and_the_same_file_is_no_news(
    orders: Connection, jalon: Run, tmp_path: Path
) -> None:
    assert jalon("archive", "orders", "2024-02", tmp_path)[0] == 0
    assert jalon("archive", "orders", "2024-02", tmp_path)[0] == 0
    import_changes(orders, (3, "NEW", "2024-02-20Z"))
    code, _, said = jalon("archive", "orders", "2024-02", tmp_path)
    assert (code, said) == (
        1,
        f"jalon: {tmp_path / FILE} is there already and has other content; nothing was changed. Move it away first.\n",
    )
    other = tmp_path / "other"
    other.mkdir()
    assert jalon("archive", "orders", "2024-02", other)[0] == 0
    orders.execute("select jalon.retain('orders', '1 year')")
    assert rows(orders, "select to_regclass(%s)", MONTH) == [(None,)]


@pytest.mark.parametrize(
    ("table", "month", "said"),
    [
        ("orders", "2024-13", "2024-13 is not a month. Write it as 2024-02."),
        ("orders", "February", "February is not a month. Write it as 2024-02."),
        ("orders", "2024-03", "the history of orders has no partition of 2024-03."),
        ("orders", "9999-01", "9999-01 is not over yet."),
        ("nothing", "2024-02", "nothing"),
    ],
)
def test_what_cannot_be_archived_is_refused_in_a_sentence(
    orders: Connection, jalon: Run, tmp_path: Path, table: str, month: str, said: str
) -> None:
    code, _, complained = jalon("archive", table, month, tmp_path)
    assert code == 1
    assert complained.startswith("jalon: ")
    assert said in complained
    assert list(tmp_path.iterdir()) == []


def test_the_month_that_goes_on_is_refused(orders: Connection, jalon: Run, tmp_path: Path) -> None:
    ((month,),) = rows(orders, "select to_char(now() at time zone 'UTC', 'YYYY-MM')")
    assert f"{month} is not over yet" in jalon("archive", "orders", month, tmp_path)[2]


def test_a_month_half_in_the_default_partition_is_refused(orders: Connection, jalon: Run, tmp_path: Path) -> None:
    import_changes(orders, (5, "NEW", "2024-04-10Z"))
    assert "rows of 2024-04 wait in the default partition" in jalon("archive", "orders", "2024-04", tmp_path)[2]
    orders.execute("select jalon.ensure_partitions()")
    assert jalon("archive", "orders", "2024-04", tmp_path)[0] == 0


def test_no_folder_is_made(orders: Connection, jalon: Run, tmp_path: Path) -> None:
    assert (
        jalon("archive", "orders", "2024-02", tmp_path / "gone")[2] == f"jalon: There is no folder {tmp_path}/gone.\n"
    )


def spoil_reason(file: Path, manifest: Path) -> None:
    file.write_bytes(file.read_bytes().replace("é".encode(), b"e"))


def cut_a_row(file: Path, manifest: Path) -> None:
    file.write_bytes(file.read_bytes().rsplit(b"\n", 2)[0] + b"\n")


def spoil_both(file: Path, manifest: Path) -> None:
    """With the manifest made to fit: the database remembers."""
    import hashlib

    spoil_reason(file, manifest)
    entries = json.loads(manifest.read_text())
    entries[FILE]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(entries))


def spoil_types(file: Path, manifest: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"2024-02-1", b"no time"))


@pytest.mark.parametrize("spoil", [spoil_reason, cut_a_row, spoil_both, spoil_types])
def test_a_file_that_was_changed_is_refused_and_nothing_is_read(
    orders: Connection, jalon: Run, tmp_path: Path, spoil: Callable[[Path, Path], None]
) -> None:
    jalon("archive", "orders", "2024-02", tmp_path)
    spoil(tmp_path / FILE, tmp_path / "manifest.json")
    code, _, said = jalon("read-archive", "orders", "2024-02", tmp_path, "--into", "cold.spoilt")
    assert code == 1
    assert "Nothing was read." in said
    assert rows(orders, "select to_regclass('cold.spoilt')") == [(None,)]


def test_what_cannot_be_read_is_refused_in_a_sentence(orders: Connection, jalon: Run, tmp_path: Path) -> None:
    assert (
        "holds no archive of orders 2024-02" in jalon("read-archive", "orders", "2024-02", tmp_path, "--into", "a.b")[2]
    )
    jalon("archive", "orders", "2024-02", tmp_path)
    assert (
        'schema "gone" does not exist'
        in jalon("read-archive", "orders", "2024-02", tmp_path, "--into", "gone.orders")[2]
    )
    (tmp_path / "manifest.json").write_text("{")
    said = jalon("read-archive", "orders", "2024-02", tmp_path, "--into", "cold.a")[2]
    assert "is not a manifest of archives" in said


def test_nobody_writes_to_a_month_between_its_file_and_its_note(
    orders: Connection, jalon: Run, connect: Connect, tmp_path: Path
) -> None:
    """An import into that month waits until the month is noted; then the month is no longer what the file holds."""
    keeper, importer = connect(autocommit=False), connect()
    keeper.execute("select * from jalon_engine.lock_month('orders', '2024-02')")
    writing = threading.Thread(target=import_changes, args=(importer, (9, "NEW", "2024-02-21Z")))
    writing.start()
    waits = "select count(*) from pg_locks where pid = %s and not granted"
    while not rows(orders, waits, importer.info.backend_pid)[0][0] and writing.is_alive():
        pass
    assert rows(keeper, f"select count(*) from {MONTH}") == [(3,)]
    keeper.commit()
    writing.join()
    assert rows(orders, f"select count(*) from {MONTH}") == [(4,)]


def test_only_the_owner_archives(orders: Connection, connect: Callable[..., psycopg.Connection[Any]]) -> None:
    for role in ("dba", "bi", "app", "api", "relay"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connect(role).execute("select * from jalon_engine.lock_month('orders', '2024-02')")
