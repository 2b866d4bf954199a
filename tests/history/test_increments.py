"""jalon_recap.records_since: whoever copies history bit by bit loses nothing, whatever commits late, is dated back,
altered or deleted. The reader of these tests copies as docs/bi.md says, and its copy is compared with the history."""

from typing import Any

import psycopg
import pytest

from tests.shop import Connect, Connection, import_changes, plan, rows

COLUMNS = "tracked, record_key, column_name, old_code, new_code, version, changed_at, kind, changed_by, reason"
TOUCHED = """(r.tracked_table is null or {0}.tracked = r.tracked_table)
    and (r.record_key is null or {0}.record_key = r.record_key)"""


class Copy:
    """What a reader has, and how far it has read."""

    def __init__(self, reader: Connection) -> None:
        self.reader = reader
        self.cursor: str | None = None
        self.rows: list[tuple[Any, ...]] = []
        self.touched: list[tuple[Any, ...]] = []

    def read(self) -> list[tuple[Any, ...]]:
        """One increment, in one statement; the records that it read."""
        found = rows(
            self.reader,
            f"""select r.tracked_table, r.record_key, r.next_cursor, c.* from jalon_recap.records_since(%s, 'orders') r
            left join (select {COLUMNS} from jalon_history.changes) c on {TOUCHED.format("c")}""",
            self.cursor,
        )
        self.touched = sorted({row[:2] for row in found}, key=str)
        kept = [
            row
            for row in self.rows
            if not any(tracked == row[0] and key in (None, row[1]) for tracked, key in self.touched)
        ]
        self.rows = kept + [row[3:] for row in found if row[3]]
        self.cursor = max([row[2] for row in found], default=self.cursor)
        return self.touched

    def is_exact(self, db: Connection) -> bool:
        wanted = rows(db, f"select {COLUMNS} from jalon_history.changes where tracked = 'orders'")
        return sorted(self.rows, key=str) == sorted(wanted, key=str)


@pytest.fixture
def copy(orders: Connection, connect: Connect) -> Copy:
    import_changes(orders, (1, "NEW", "2026-10-01Z"), (2, "NEW", "2026-10-01Z"), (3, "NEW", "2026-10-02Z"))
    copy = Copy(connect("bi"))
    assert copy.read() == [("orders", None)]
    assert copy.is_exact(orders) and len(copy.rows) == 3
    return copy


def test_only_what_was_written_since_is_read_again(orders: Connection, copy: Copy) -> None:
    copy.read()
    assert copy.read() == []
    orders.execute("update shop.orders set status = 'PAID' where id = 2")
    assert copy.read() == [("orders", "2")]
    assert copy.is_exact(orders) and len(copy.rows) == 4
    assert copy.read() == []


def test_a_transaction_that_commits_late_is_not_lost(orders: Connection, connect: Connect, copy: Copy) -> None:
    late = connect(autocommit=False)
    late.execute("update shop.orders set status = 'PAID' where id = 1")
    orders.execute("update shop.orders set status = 'PAID' where id = 2")
    copy.read()
    latest = rows(orders, "select max(changed_at) from jalon_history.changes")
    late.commit()
    # By time it would be passed over: it is older than what was read.
    (changed,) = rows(orders, "select changed_at from jalon_history.changes where record_key = '1' and version = 2")
    assert changed < latest[0]
    copy.read()
    assert copy.is_exact(orders) and len(copy.rows) == 5


def test_what_is_dated_back_is_not_lost(orders: Connection, copy: Copy) -> None:
    orders.execute("update shop.orders set status = 'PAID' where id = 1")
    copy.read()
    import_changes(orders, (4, "NEW", "2026-01-05Z"), (4, "PAID", "2026-02-05Z"))
    assert ("orders", "4") in copy.read()
    assert copy.is_exact(orders) and len(copy.rows) == 6


def test_a_deletion_is_read_and_a_key_that_is_used_again(orders: Connection, copy: Copy) -> None:
    orders.execute("delete from shop.orders where id = 1")
    assert ("orders", "1") in copy.read()
    assert copy.is_exact(orders)
    orders.execute("insert into shop.orders values (1, 'NEW')")
    copy.read()
    assert copy.is_exact(orders) and len([row for row in copy.rows if row[1] == "1"]) == 3


@pytest.mark.parametrize("when", ["at once", "later"])
def test_what_an_erasure_empties_is_read_again(orders: Connection, copy: Copy, when: str) -> None:
    import_changes(orders, (1, "PAID", "2026-10-05Z"), reason="anna phoned")
    copy.read()
    if when == "later":
        orders.execute("delete from shop.orders where id = 1")
        copy.read()
    assert "anna phoned" in str(copy.rows)
    orders.execute("select jalon.erase('orders', '1')")
    assert ("orders", "1") in copy.read()
    assert copy.is_exact(orders)
    assert not any("anna" in str(row) for row in copy.rows if row[1] == "1")


def test_rows_that_history_loses_leave_the_copy(orders: Connection, copy: Copy) -> None:
    """As where an import takes the place of a first row."""
    orders.execute("update shop.orders set status = 'PAID' where id = 1")
    copy.read()
    with orders.transaction():
        orders.execute("set local role jalon_historian")
        orders.execute("delete from jalon_history.shop__orders where orders_id = 1 and version = 1")
    assert ("orders", "1") in copy.read()
    assert copy.is_exact(orders) and len(copy.rows) == 3


def test_records_that_go_with_their_history_leave_the_copy(orders: Connection, copy: Copy) -> None:
    orders.execute("select jalon.track('shop.orders', category => 'ORDER_STATUS', on_delete => 'cascade')")
    copy.read()
    orders.execute("delete from shop.orders where id = 1")
    assert rows(orders, "select tracked, record_key from jalon_engine.correction") == [("orders", None)]
    assert copy.read() == [("orders", None)]  # which keys there were, nobody learns
    assert copy.is_exact(orders) and {row[1] for row in copy.rows} == {"2", "3"}


def test_what_is_altered_in_the_transaction_that_wrote_it_is_no_correction(orders: Connection) -> None:
    with orders.transaction():
        orders.execute("insert into shop.orders values (5, 'NEW')")
        orders.execute("select jalon.annotate('orders', '5', 'why')")
    assert rows(orders, "select * from jalon_engine.correction") == []


def test_a_cursor_of_another_server_reads_everything(orders: Connection, copy: Copy) -> None:
    assert copy.cursor
    copy.cursor = "0" * 8 + copy.cursor[8:]
    copy.rows.append(("orders", "99", "status", None, "NEW", 1, None, "create", "ghost", None))
    assert copy.read() == [("orders", None)]
    assert copy.is_exact(orders)
    assert rows(copy.reader, "select tracked_table, record_key from jalon_recap.records_since()") == [(None, None)]


def test_what_is_no_cursor_is_refused(copy: Copy) -> None:
    with pytest.raises(psycopg.Error, match="last_cursor") as refused:
        rows(copy.reader, "select * from jalon_recap.records_since('2026-10-01')")
    assert refused.value.sqlstate == "JL405"


def test_what_was_read_already_is_not_read_from_the_disk(orders: Connection, copy: Copy) -> None:
    """The index on transactions, of each month."""
    assert {name for (name,) in rows(orders, """
        select c.relname from pg_index i join pg_class c on c.oid = i.indrelid
        where pg_get_indexdef(i.indexrelid) ~ 'brin .*transaction_id'""")} >= {
        "shop__orders", "shop__orders_default", "deletion"}  # fmt: skip
    orders.execute("set enable_seqscan = off")
    found = plan(orders, "select * from jalon_history.shop__orders h where (h.transaction_id::text)::bigint >= 5")
    assert "Bitmap Index Scan" in found


def test_a_history_from_before_gets_its_index_with_a_reload(orders: Connection) -> None:
    made = "select count(*) from pg_indexes where tablename ~ '^shop__orders' and indexdef ~ 'transaction_id'"
    months = rows(orders, made)
    orders.execute("drop index jalon_history.shop__orders_transaction")
    assert rows(orders, made) == [(0,)]
    orders.execute("select jalon.retrack_all()")
    assert rows(orders, made) == months
    assert rows(orders, "select * from jalon.verify()") == []
