"""jalon.import_changes: records get the past that they had before Jalon, whole and checked."""

import re
from typing import Any

import psycopg
import psycopg.sql
import psycopg.types.json
import pytest

from tests.shop import Connect, Connection, rows

TABLE = "create table shop.tickets (id bigint primary key, status text not null, note text)"
TRACK = "select jalon.track('shop.tickets', 'status', category => 'ORDER_STATUS')"
H = "jalon_history.shop__tickets"
Row = dict[str, Any]


def row(record: object, to: str | None, at: str, by: str | None = "anna", **others: object) -> Row:
    return {"record": record, "to": to, "at": at, "by": by} | {
        name.rstrip("_"): value for name, value in others.items()
    }


def import_past(db: Connection, *past: Row, table: str = "tickets", **options: object) -> list[tuple[Any, ...]]:
    """The rows that jalon.import_changes answers."""
    columns = sorted({name for one in past for name in one}) or ["record", "to", "at"]
    typed = ", ".join(f'"{name}" text' for name in columns)
    literal = psycopg.sql.Literal(psycopg.types.json.Jsonb(past)).as_string(db)
    query = f"select * from jsonb_to_recordset({literal}) as r ({typed})"
    given = "".join(f", {name} => %s" for name in options)
    return rows(db, f"select * from jalon.import_changes(%s, %s{given})", table, query, *options.values())


def problems(answer: list[tuple[Any, ...]]) -> list[tuple[int, str, str]]:
    return [(line, record, problem) for outcome, _, _, line, record, problem in answer if outcome == "refused"]


def counted(answer: list[tuple[Any, ...]]) -> dict[str, tuple[int, int]]:
    return {outcome: (records, changes) for outcome, records, changes, *_ in answer if outcome != "refused"}


def past_of(db: Connection, record: object) -> list[tuple[Any, ...]]:
    return rows(
        db,
        "select version, old_status, new_status, to_char(changed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), "
        f"changed_by, reason, kind from {H} where tickets_id = %s order by version",
        record,
    )


@pytest.fixture
def tickets(orders: Connection) -> Connection:
    """Three records that stood in their table when it was put under Jalon."""
    orders.execute(TABLE)
    orders.execute("insert into shop.tickets values (1, 'SHIPPED'), (2, 'PAID'), (3, 'NEW')")
    orders.execute(TRACK)
    return orders


ONE = (
    row(1, "NEW", "2024-01-10 09:00Z", "ben", reason="by mail"),
    row(1, "PAID", "2024-02-10 09:00Z", "carla", from_="NEW"),
    row(1, "SHIPPED", "2024-02-10 09:00Z", None, from_="PAID"),
)


def test_a_past_takes_the_place_of_the_row_that_said_where_the_record_stood(tickets: Connection) -> None:
    assert counted(import_past(tickets, *ONE)) == {"imported": (1, 3)}
    assert past_of(tickets, 1) == [
        (1, None, "NEW", "2024-01-10 09:00", "ben", "by mail", "import"),
        (2, "NEW", "PAID", "2024-02-10 09:00", "carla", None, "import"),
        (3, "PAID", "SHIPPED", "2024-02-10 09:00", "unknown", None, "import"),
    ]
    numbers = "select status, status_version, status_changed_at = '2024-02-10 09:00Z' from shop.tickets where id = 1"
    assert rows(tickets, numbers) == [("SHIPPED", 3, True)]
    assert [kind for *_, kind in past_of(tickets, 2)] == ["backfill"]
    assert rows(tickets, "select problem, detail from jalon.verify()") == []


def test_what_comes_after_a_past_is_checked_and_recorded_as_ever(tickets: Connection) -> None:
    import_past(tickets, *ONE)
    tickets.execute("update shop.tickets set status = 'NEW' where id = 1")
    assert [(version, kind) for version, *_, kind in past_of(tickets, 1)] == [
        (1, "import"), (2, "import"), (3, "import"), (4, "move"),
    ]  # fmt: skip
    assert rows(tickets, "select problem from jalon.verify()") == []


def test_the_whole_of_jalon_answers_from_a_past(tickets: Connection) -> None:
    import_past(tickets, *ONE, row(3, "NEW", "2024-02-09Z"))
    assert rows(tickets, "select tickets_id, status from jalon_history.tickets_as_of('2024-02-01Z')") == [(1, "NEW")]
    stays = "select status, duration from jalon_history.tickets_timeline where tickets_id = 1 order by version limit 2"
    assert [(status, duration.days) for status, duration in rows(tickets, stays)] == [("NEW", 31), ("PAID", 0)]
    weekly = "select code, at_start, at_end from jalon_recap.weekly_counts('2024-W06', tracked => 'tickets')"
    assert sorted(rows(tickets, weekly)) == [
        ("CANCELLED", 0, 0), ("NEW", 1, 1), ("PAID", 0, 0), ("SHIPPED", 0, 1),
    ]  # fmt: skip


def test_rows_of_one_time_keep_the_order_given_and_others_are_put_in_order(tickets: Connection) -> None:
    at = "2024-03-01Z"
    import_past(tickets, row(2, "SHIPPED", at), row(2, "PAID", at), row(2, "NEW", "2024-02-01Z"))
    assert [new for _, _, new, *_ in past_of(tickets, 2)] == ["NEW", "SHIPPED", "PAID"]


def test_a_row_that_changes_nothing_is_left_out_and_counted(tickets: Connection) -> None:
    answer = import_past(tickets, row(3, "NEW", "2024-02-01Z"), row(3, "NEW", "2024-02-03Z", "ben"))
    assert counted(answer) == {"imported": (1, 1), "unchanged": (1, 1)}
    assert [when for _, _, _, when, *_ in past_of(tickets, 3)] == ["2024-02-01 00:00"]


CONTRADICTIONS = {
    "an unknown record": ([row(9, "NEW", "2024-01-01Z")], "there is no record 9 in tickets, and no row that says when"),
    "what can be no key": ([row("NA", "NEW", "2024-01-01Z")], "there is no record NA"),
    "no key": ([row(None, "NEW", "2024-01-01Z")], "there is no record"),
    "an empty key": ([row("", "NEW", "2024-01-01Z")], "there is no record"),
    "no time": ([row(3, "NEW", "")], "at is empty"),
    "what is not a time": ([row(3, "NEW", "soon")], 'at says "soon", which is not a time'),
    "endless time": ([row(3, "NEW", "infinity")], 'at says "infinity", which is not a time'),
    "moving time": ([row(3, "NEW", "yesterday 10:00")], 'at says "yesterday 10:00", which is not a time'),
    "the future": ([row(3, "NEW", "2999-01-01Z")], "2999-01-01Z has not come yet"),
    "an unknown code": (
        [row(3, "WRAPPED", "2024-01-01Z"), row(3, "NEW", "2024-01-02Z")],
        "ORDER_STATUS has no code WRAPPED; select jalon.set_code('ORDER_STATUS', 'WRAPPED') adds it",
    ),
    "a missing beginning": ([row(3, "NEW", "2024-01-01Z", from_="PAID")], "it comes from PAID, and no row says when"),
    "a gap": (
        [row(3, "PAID", "2024-01-01Z"), row(3, "NEW", "2024-01-02Z", from_="SHIPPED")],
        "it comes from SHIPPED, and the row before leads to PAID",
    ),
    "an order that the codes contradict": (
        [row(3, "PAID", "2024-01-01Z"), row(3, "CANCELLED", "2024-01-03Z", from_="PAID"),
         row(3, "NEW", "2024-01-02Z", from_="CANCELLED")],
        "it comes from CANCELLED, and the row before leads to PAID",
    ),
    "an end elsewhere": ([row(3, "PAID", "2024-01-01Z")], "the past ends at PAID, and the record stands at NEW"),
    "the end of a living record": ([row(3, "NEW", "2024-01-01Z"), row(3, None, "2024-02-01Z")], "the record is there"),
    "another column": ([row(3, "NEW", "2024-01-01Z", status_column="note")], "note is not a status column of tickets"),
}  # fmt: skip


@pytest.mark.parametrize(("past", "words"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
@pytest.mark.parametrize("mode", ["all", "each"])
def test_a_row_that_contradicts_itself_is_named_and_its_record_keeps_what_it_had(
    tickets: Connection, past: list[Row], words: str, mode: str
) -> None:
    before = rows(tickets, f"select * from {H} where tickets_id = 3")
    answer = import_past(tickets, *ONE, *past, mode=mode)
    assert next(line for line, _, problem in problems(answer) if words in problem) in range(4, 8)
    assert counted(answer) == ({} if mode == "all" else {"imported": (1, 3)})
    assert rows(tickets, f"select * from {H} where tickets_id = 3") == before
    assert rows(tickets, "select problem from jalon.verify()") == []


def test_a_record_that_moved_or_began_under_jalon_is_refused_by_name(tickets: Connection) -> None:
    tickets.execute("update shop.tickets set status = 'NEW' where id = 2")
    tickets.execute("insert into shop.tickets values (4, 'NEW')")
    tickets.execute("insert into shop.tickets values (5, 'NEW'); delete from shop.tickets where id = 5")
    answer = import_past(tickets, *(row(id, "NEW", "2024-01-01Z") for id in (2, 4, 5)))
    assert [(record, problem.partition(":")[0]) for _, record, problem in problems(answer)] == [
        ("2", "the record has moved under Jalon"),
        ("4", "the record began under Jalon"),
        ("5", "the record was deleted under Jalon, which has its history"),
    ]


def test_what_is_later_than_jalon_is_refused(tickets: Connection) -> None:
    answer = import_past(tickets, row(3, "NEW", rows(tickets, "select clock_timestamp()::text")[0][0]))
    assert "since then Jalon has recorded what happens" in problems(answer)[0][2]


def test_a_dry_run_answers_the_same_and_leaves_nothing(tickets: Connection) -> None:
    before = rows(tickets, f"select * from {H}"), rows(tickets, "select * from shop.tickets")
    dry = import_past(tickets, *ONE, dry_run=True)
    assert (rows(tickets, f"select * from {H}"), rows(tickets, "select * from shop.tickets")) == before
    assert import_past(tickets, *ONE) == dry


def test_a_second_run_changes_nothing_also_when_records_have_moved_since(tickets: Connection) -> None:
    import_past(tickets, *ONE)
    tickets.execute("update shop.tickets set status = 'NEW' where id = 1")
    before = rows(tickets, f"select * from {H} order by id")
    assert counted(import_past(tickets, *ONE, row(3, "NEW", "2024-01-01Z"))) == {"imported": (1, 1), "present": (1, 3)}
    assert rows(tickets, f"select * from {H} where tickets_id <> 3 order by id") == [
        one for one in before if one[1] != 3
    ]


def test_another_past_of_an_imported_record_is_refused(tickets: Connection) -> None:
    import_past(tickets, *ONE)
    answer = import_past(tickets, *ONE[:1], row(1, "SHIPPED", "2024-02-10 09:00Z"))
    assert problems(answer) == [(2, "1", "the record has another past already")]


def test_a_record_that_is_gone_gets_its_past_with_its_end(tickets: Connection) -> None:
    past = row(9, "NEW", "2024-01-01Z"), row(9, "PAID", "2024-01-05Z"), row(9, None, "2024-01-20Z", "zoe")
    assert counted(import_past(tickets, *past)) == {"imported": (1, 3)}
    assert rows(tickets, "select status from jalon_history.tickets_as_of('2024-01-06Z')") == [("PAID",)]
    assert rows(tickets, "select status from jalon_history.tickets_as_of('2024-01-21Z')") == []
    last = (
        "select old_code, new_code, kind, changed_by from jalon_history.changes where record_key = '9' "
        "order by version desc limit 1"
    )
    assert rows(tickets, last) == [("PAID", None, "import", "zoe")]
    assert rows(tickets, "select problem from jalon.verify()") == []
    assert counted(import_past(tickets, *past)) == {"present": (1, 3)}
    tickets.execute("insert into shop.tickets values (9, 'NEW')")  # a new record under the old key
    assert rows(tickets, "select problem from jalon.verify()") == []


def test_histories_that_go_with_their_records_keep_none_of_records_that_are_gone(tickets: Connection) -> None:
    tickets.execute("select jalon.track('shop.tickets', category => 'ORDER_STATUS', on_delete => 'cascade')")
    answer = import_past(tickets, row(9, "NEW", "2024-01-01Z"), row(9, None, "2024-01-20Z"))
    assert problems(answer) == [
        (2, "9", "histories of tickets go with their records: none is kept of a record that is gone")
    ]


def test_columns_are_checked_and_names_in_a_query_have_their_schema(tickets: Connection) -> None:
    for query, words in (
        ("select 3 as record, 'NEW' as to", "query: a past has the columns record, to and at, and may have"),
        ("select 3 as record, 'NEW' as to, now() as at, 1 as colour", "this one has at, colour, record, to"),
        ("select * from log", 'query: relation "log" does not exist; in a query, names are written with their schema'),
    ):
        with pytest.raises(psycopg.Error, match=re.escape(words)) as caught:
            tickets.execute("select jalon.import_changes('tickets', %s)", (query,))
        assert caught.value.sqlstate == "JL405"
    with pytest.raises(psycopg.errors.SyntaxError):
        tickets.execute("select jalon.import_changes('tickets', 'delete from shop.tickets')")
    assert rows(tickets, "select * from jalon.import_changes('tickets', 'select 1 as record where false; ')") == []


def test_typed_columns_and_texts_are_read_alike(tickets: Connection) -> None:
    tickets.execute("set timezone = 'Europe/Paris'")
    query = "values (1, 'SHIPPED', timestamp '2024-07-01 10:00'), (2, 'PAID', timestamptz '2024-07-01 10:00+02')"
    tickets.execute(
        "select jalon.import_changes('tickets', %s)", (f'select * from ({query}) v (record, "to", at) -- all',)
    )
    import_past(tickets, row("3", "NEW", "2024-07-01 10:00"))
    assert {when for id in (1, 2, 3) for _, _, _, when, *_ in past_of(tickets, id)} == {"2024-07-01 08:00"}


def test_no_message_is_sent_for_the_past(tickets: Connection) -> None:
    tickets.execute("select jalon_engine.seal_actor('s', 'anna', 'admin', '', '')")
    tickets.execute("insert into jalon_engine.interest (subscriber, tracked) values ('test', 'tickets')")
    tickets.execute("select jalon.retrack_all()")
    tickets.execute("select jalon_engine.seal_actor('s', null, '', '', '')")
    import_past(tickets, *ONE)
    assert rows(tickets, "select count(*) from jalon_engine.outbox_message where tracked = 'tickets'") == [(0,)]
    tickets.execute("update shop.tickets set status = 'PAID' where id = 3")
    assert rows(tickets, "select count(*) from jalon_engine.outbox_message where tracked = 'tickets'") == [(1,)]


def test_a_case_type_is_what_the_row_says_or_what_the_record_has(orders: Connection) -> None:
    orders.execute(TABLE.replace("note text", "note text, kind_of text not null default 'A'"))
    orders.execute(
        "insert into shop.tickets values (1, 'NEW', null, 'B'), (2, 'NEW', null, 'B'), (3, 'NEW', null, 'B')"
    )
    orders.execute(TRACK.replace(")", ", workflow_column => 'kind_of')"))
    answer = import_past(
        orders,
        row(1, "NEW", "2024-01-01Z", case_type="A"), row(1, "NEW", "2024-01-02Z", case_type="B"),
        row(2, "PAID", "2024-01-01Z"), row(2, "NEW", "2024-01-02Z"),
        row(3, "NEW", "2024-01-01Z", case_type="A"),
        mode="each",
    )  # fmt: skip
    assert problems(answer) == [(5, "3", "the past ends with the case type A, and the record has B")]
    written = f"select tickets_id, kind_of, new_status from {H} where kind = 'import' order by 1, version"
    assert rows(orders, written) == [
        (1, "A", "NEW"), (1, "B", "NEW"), (2, "B", "PAID"), (2, "B", "NEW"),
    ]  # fmt: skip
    assert rows(orders, "select problem from jalon.verify()") == []


def test_each_status_column_has_its_past(orders: Connection) -> None:
    orders.execute(TABLE.replace("note text", "payment text not null"))
    orders.execute("insert into shop.tickets values (1, 'PAID', 'SETTLED'), (2, 'NEW', 'OPEN')")
    orders.execute(
        """select jalon.track('shop.tickets', columns => '{"status": "ORDER_STATUS", "payment": "PAYMENT"}')"""
    )
    answer = import_past(
        orders,
        row(1, "NEW", "2024-01-01Z"), row(1, "OPEN", "2024-01-02Z", status_column="payment"),
        row(1, "PAID", "2024-01-03Z"), row(1, "SETTLED", "2024-01-03Z", status_column="payment"),
        row(2, "NEW", "2024-01-01Z"),
        mode="each",
    )  # fmt: skip
    assert problems(answer) == [(5, "2", "the past says nothing of payment; give its beginning at least")]
    assert rows(
        orders,
        f"select old_status, new_status, old_payment, new_payment from {H} where tickets_id = 1 order by version",
    ) == [
        (None, "NEW", None, None), ("NEW", "NEW", None, "OPEN"), ("NEW", "PAID", "OPEN", "OPEN"),
        ("PAID", "PAID", "OPEN", "SETTLED"),
    ]  # fmt: skip
    assert rows(orders, "select problem from jalon.verify()") == []


def test_a_partitioned_table_gets_its_past_too(orders: Connection) -> None:
    orders.execute(
        "create table shop.tickets (id bigint, region text not null, status text not null, primary key (id, region)) "
        "partition by list (region); create table shop.tickets_eu partition of shop.tickets for values in ('eu'); "
        "insert into shop.tickets values (1, 'eu', 'SHIPPED')"
    )
    orders.execute(TRACK.replace(")", ", key_column => 'id')"))
    gone = row(9, "NEW", "2024-01-01Z"), row(9, None, "2024-01-02Z")
    assert counted(import_past(orders, *ONE, *gone)) == {"imported": (2, 5)}
    assert rows(orders, "select problem from jalon.verify()") == []
    orders.execute("insert into shop.tickets values (9, 'eu', 'NEW')")
    assert rows(orders, "select problem from jalon.verify()") == []


@pytest.mark.parametrize(
    ("key", "column", "status", "codes"),
    [
        ("text", "text", "text", ("NEW", "PAID")),
        ("uuid", "uuid", "shop.status", ("NEW", "PAID")),
        ("varchar(40)", "text", "varchar(9)", ("NEW", "PAID")),
        ("text", "text", "boolean", ("false", "true")),
        ("smallint", "smallint", "integer", ("1", "2")),
    ],
)
def test_keys_and_codes_of_any_type_are_taken(
    orders: Connection, key: str, column: str, status: str, codes: tuple[str, str]
) -> None:
    id = {"uuid": "018f0000-0000-7000-8000-000000000001", "smallint": "7"}.get(key, "007 'NA\" ;")
    orders.execute("create type shop.status as enum ('NEW', 'PAID')")
    for code in codes:
        orders.execute("select jalon.set_code('ORDER_STATUS', %s)", (code,))
    orders.execute(f"create table shop.tickets (id {key} primary key, status {status} not null)")
    orders.execute(f"insert into shop.tickets values (%s::{column}, '{codes[1]}')", (id,))
    orders.execute(TRACK)
    before = rows(orders, "select id::text, status::text from shop.tickets")
    answer = import_past(orders, row(id, codes[0], "2024-01-01Z"), row(id, codes[1], "2024-01-02Z"))
    assert counted(answer) == {"imported": (1, 2)}
    assert rows(orders, "select id::text, status::text from shop.tickets") == before
    assert rows(orders, "select problem from jalon.verify()") == []


def test_the_text_keys_na_null_and_nothing_are_keys(orders: Connection) -> None:
    orders.execute(TABLE.replace("bigint", "text"))
    keys = ["NA", "null", "", "007", "NaN", "\\N", "a,b", 'a"b', " 1"]
    for key in keys:
        orders.execute("insert into shop.tickets values (%s, 'NEW')", (key,))
    orders.execute(TRACK)
    assert counted(import_past(orders, *(row(key, "NEW", "2024-01-01Z") for key in keys))) == {
        "imported": (len(keys), len(keys))
    }
    assert rows(orders, "select problem from jalon.verify()") == []


def test_a_number_with_leading_zeros_is_that_number(tickets: Connection) -> None:
    assert counted(import_past(tickets, row("0003", "NEW", "2024-01-01Z"))) == {"imported": (1, 1)}


def test_months_are_made_for_the_past_and_no_others(tickets: Connection) -> None:
    months = "select count(*) from jalon_history.months_of('jalon_history.shop__tickets') where not is_default"
    before = rows(tickets, months)[0][0]
    import_past(tickets, row(3, "PAID", "2001-05-31 23:30-01"), row(3, "NEW", "2019-12-31Z"))
    assert rows(tickets, months)[0][0] == before + 2
    assert rows(tickets, "select count(*) from jalon_history.shop__tickets_default") == [(0,)]


def test_a_history_whose_months_were_detached_takes_no_past(tickets: Connection) -> None:
    tickets.execute("select jalon_history.ensure_months('tickets', '2020-01-01Z', '2020-01-01Z')")
    tickets.execute("select jalon.retain('tickets', '2 years')")
    with pytest.raises(psycopg.Error, match="months of the history of tickets were detached"):
        import_past(tickets, *ONE)


def test_records_that_arrive_in_a_table_under_jalon_bring_their_past(tickets: Connection) -> None:
    tickets.execute("update shop.tickets set status = 'NEW' where id = 2")
    with tickets.transaction():
        tickets.execute("select jalon.untrack('tickets')")
        tickets.execute("insert into shop.tickets values (7, 'PAID')")
        tickets.execute(TRACK)
        answer = import_past(tickets, row(7, "NEW", "2024-01-01Z"), row(7, "PAID", "2024-01-02Z"))
    assert counted(answer) == {"imported": (1, 2)}
    assert [kind for *_, kind in past_of(tickets, 2)] == ["backfill", "move"]
    assert rows(tickets, "select problem from jalon.verify()") == []


# Who may, and what nobody can.


def test_whoever_may_alter_the_table_may_import_and_no_other_dba(tickets: Connection, connect: Connect) -> None:
    tickets.execute("create role ticket_owner login; grant jalon_dba to ticket_owner")
    tickets.execute("alter table shop.tickets owner to ticket_owner; grant usage on schema shop to ticket_owner")
    tickets.execute("alter table shop.orders owner to ticket_owner")
    try:
        for role in ("dba", "app", "bi", "relay", "api"):
            other = connect(role)
            with pytest.raises(psycopg.Error) as caught:
                import_past(other, *ONE)
            assert caught.value.sqlstate in ("JL504", "42501"), role
        owner = connect()
        owner.execute("set session authorization ticket_owner")
        assert counted(import_past(owner, *ONE)) == {"imported": (1, 3)}
        assert rows(tickets, f"select distinct db_role from {H} where kind = 'import'") == [("ticket_owner",)]
    finally:
        tickets.execute("reassign owned by ticket_owner to current_user; drop owned by ticket_owner")
        tickets.execute("drop role ticket_owner")


def test_the_function_of_the_historian_refuses_all_but_the_call_of_an_owner(
    tickets: Connection, connect: Connect
) -> None:
    direct = "select * from jalon_history.import_changes('shop.tickets', array[%s::jsonb], 'all', false)"
    given = psycopg.types.json.Jsonb(row(3, "NEW", "2024-01-01Z"))
    tickets.execute("grant usage on schema shop to jalon_dba; grant update on shop.tickets to jalon_mover, public")
    for login in (None, "dba"):
        with pytest.raises(psycopg.Error, match="call jalon.import_changes as whoever may alter tickets"):
            connect(login).execute(direct, (given,))
    import_past(tickets, row(2, "PAID", "2024-01-01Z"))
    with pytest.raises(psycopg.Error, match="call jalon.import_changes as whoever may alter tickets"):
        connect("dba").execute(direct, (given,))


def test_the_query_runs_with_the_rights_of_its_caller(tickets: Connection, connect: Connect) -> None:
    tickets.execute(
        "create function shop.who() returns text language plpgsql as "
        "$$ begin raise notice 'as %%', current_user; return 'NEW'; end $$".replace("%%", "%")
    )
    tickets.execute("create role ticket_owner login; grant jalon_dba to ticket_owner")
    tickets.execute("alter table shop.tickets owner to ticket_owner; grant usage on schema shop to ticket_owner")
    try:
        owner = connect()
        owner.execute("set session authorization ticket_owner")
        heard: list[str] = []
        owner.add_notice_handler(lambda notice: heard.append(notice.message_primary or ""))
        owner.execute(
            "select jalon.import_changes('tickets', 'select 3 as record, shop.who() as to, ''2024-01-01Z'' as at')"
        )
        assert heard == ["as ticket_owner"]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("select jalon.import_changes('tickets', 'select * from jalon_engine.secret')")
    finally:
        tickets.execute("reassign owned by ticket_owner to current_user; drop owned by ticket_owner")
        tickets.execute("drop role ticket_owner")


def test_a_trigger_of_the_table_that_keeps_a_row_stops_the_import_whole(tickets: Connection) -> None:
    tickets.execute(
        "create function shop.keep() returns trigger language plpgsql as 'begin return null; end'; "
        "create trigger keep before update on shop.tickets for each row execute function shop.keep()"
    )
    before = rows(tickets, f"select * from {H}")
    with pytest.raises(psycopg.Error) as caught:
        import_past(tickets, *ONE)
    assert caught.value.sqlstate == "JL207"
    assert rows(tickets, f"select * from {H}") == before


def test_nobody_gives_a_record_numbers_by_hand(tickets: Connection) -> None:
    import_past(tickets, *ONE)
    before = rows(tickets, "select * from shop.tickets order by id")
    for id, version, at in ((1, 2, "2024-02-10 09:00Z"), (1, 1, "2024-01-10 09:00Z"), (2, 9, "2020-01-01Z")):
        tickets.execute(
            "update shop.tickets set status_version = %s, status_changed_at = %s where id = %s", (version, at, id)
        )
    assert rows(tickets, "select * from shop.tickets order by id") == before


def test_a_move_and_an_import_of_one_record_follow_each_other(tickets: Connection, connect: Connect) -> None:
    mover, importer = connect(autocommit=False), connect(autocommit=False)
    import_past(importer, *ONE)
    mover.execute("set lock_timeout = '200ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        mover.execute("update shop.tickets set status = 'NEW' where id = 1")
    mover.rollback()
    mover.execute("update shop.tickets set status = 'NEW' where id = 2")  # another record isn't held up
    importer.commit()
    mover.execute("update shop.tickets set status = 'NEW' where id = 1")
    mover.commit()
    assert [version for version, *_ in past_of(tickets, 1)] == [1, 2, 3, 4]
    assert rows(tickets, "select problem from jalon.verify()") == []
