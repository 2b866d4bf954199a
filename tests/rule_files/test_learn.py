"""`jalon learn`: rules from a table that is years old, and from what really happened to its rows."""

from pathlib import Path
from typing import Any

import pytest

from .conftest import Command, Connection

LOG = """
insert into shop.orders (id, status) values (1, 'SHIPPED'), (2, 'PAID'), (3, 'NEW'), (4, 'LOST');
create table shop.order_log (order_id int, old text, new text, moved_at timestamptz, who text);
insert into shop.order_log
select i, x.old, x.new, timestamptz '2024-01-01 10:00+00' + i * interval '1 day' + x.step * interval '1 hour', x.who
from generate_series(1, 10) i
cross join (values (null, 'NEW', 0, 'ann'), ('NEW', 'PAID', 1, 'bob'), ('PAID', 'SHIPPED', 2, 'ann'))
    x (old, new, step, who);
insert into shop.order_log values (11, null, 'NEW', '2024-02-01', 'ann'), (11, 'NEW', 'LOST', '2024-02-02', 'zoe'),
    (1, 'SHIPPED', 'PAID', '2024-03-01', 'zoe'), (1, 'PAID', 'SHIPPED', '2024-03-02', 'zoe');
"""
BY = "--history shop.order_log --record order_id --from old --to new --at moved_at --by who"


@pytest.fixture
def log(db: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connection:
    monkeypatch.chdir(tmp_path)
    db.execute(LOG)
    return db


def test_a_log_gives_codes_transitions_and_how_often_they_were_seen(log: Connection, jalon: Command) -> None:
    ran = jalon(f"learn shop.orders status {BY}")
    assert ran.code == 0, ran
    assert ran.err == "34 rows of the log read, of 11 records, 2024-01-02 to 2024-03-02.\n"
    assert (
        ran.out
        == """\
# yaml-language-server: $schema=rules.schema.json
format: jalon-rules/1
category: ORDERS_STATUS
codes:
  - {code: NEW, label: New, labels: {fr: New}, initial: true}  # 1 rows; a guess: initial, 11 records began here
  - {code: LOST, label: Lost, labels: {fr: Lost}, final: true}  # 1 rows; a guess: final, 1 records ended here
  - {code: PAID, label: Paid, labels: {fr: Paid}}  # 1 rows
  - {code: SHIPPED, label: Shipped, labels: {fr: Shipped}, final: true}  # 1 rows; a guess: final, 10 records ended here
workflows:
  - transitions:
      - {from: PAID, to: SHIPPED, roles: [any]}  # 11 times, 2024-01-02 to 2024-03-02, 2 people
      - {from: NEW, to: PAID, roles: [any]}  # 10 times, 2024-01-02 to 2024-01-11, 1 people
      - {from: NEW, to: LOST, roles: [any]}  # 1 times, 2024-02-02 to 2024-02-02, 1 people
tables:
  - {table: shop.orders, columns: {status: ORDERS_STATUS}}
# Rare: seen fewer than 3 times. Not allowed unless it stands among the transitions:
#     - {from: SHIPPED, to: PAID, roles: [any]}  # 1 times, 2024-03-01 to 2024-03-01, 1 people
"""
    )


def test_what_was_learned_is_planned_and_applied(log: Connection, jalon: Command) -> None:
    Path("rules.yaml").write_text(jalon(f"learn shop.orders status {BY}").out)
    assert jalon("plan rules.yaml").code == 2
    ran = jalon("apply rules.yaml --yes")
    assert ran.code == 0, ran
    assert jalon("plan rules.yaml").code == 0
    assert log.execute("select count(*) from jalon_history.shop__orders").fetchall() == [(4,)]
    log.execute("update shop.orders set status = 'LOST' where id = 3")


def test_without_a_log_the_codes_in_use_are_learned(log: Connection, jalon: Command) -> None:
    ran = jalon("learn shop.orders")
    assert "Without a log" in ran.err
    assert "workflows" not in ran.out
    Path("rules.yaml").write_text(ran.out)
    assert jalon("apply rules.yaml").code == 0
    log.execute("update shop.orders set status = 'NEW' where id = 1")


def test_a_code_before_that_is_not_named_is_that_of_the_row_before(log: Connection, jalon: Command) -> None:
    with_names = jalon(f"learn shop.orders status {BY}").out
    assert jalon(f"learn shop.orders status {BY.replace('--from old ', '')}").out == with_names


def test_a_file_gives_the_same_as_a_table(log: Connection, jalon: Command) -> None:
    rows = log.execute("select order_id, coalesce(old, ''), new, moved_at::text, who from shop.order_log").fetchall()
    Path("past.csv").write_text(
        "record,from,to,at,by\n" + "".join(",".join(str(cell) for cell in row) + "\n" for row in rows)
    )
    assert jalon("learn shop.orders status --csv past.csv").out == jalon(f"learn shop.orders status {BY}").out


def test_event_tables_of_django_pghistory_are_understood(log: Connection, jalon: Command) -> None:
    log.execute("""
        create table shop.pghistory_context (id uuid primary key, metadata jsonb);
        create table shop.order_event (pgh_id serial, pgh_created_at timestamptz, pgh_label text, id int, status text,
            pgh_obj_id int, pgh_context_id uuid);
        insert into shop.pghistory_context select md5(who)::uuid, jsonb_build_object('user', who)
            from (select distinct who from shop.order_log) w;
        insert into shop.order_event (pgh_created_at, pgh_label, id, status, pgh_obj_id, pgh_context_id)
            select moved_at, 'update', order_id, new, order_id, md5(who)::uuid from shop.order_log order by moved_at;
    """)
    event = jalon("learn shop.orders status --history shop.order_event")
    assert (event.code, event.out) == (0, jalon(f"learn shop.orders status {BY}").out)


def test_a_log_that_runs_backwards_is_said(log: Connection, jalon: Command) -> None:
    log.execute("insert into shop.order_log values (3, 'LOST', 'NEW', '2024-03-01', 'ann')")
    ran = jalon(f"learn shop.orders status {BY}")
    assert "1 rows of the log leave another code than the row before entered." in ran.err


@pytest.mark.parametrize(
    "code", ["NA", "null", "007", "NO", "it's", '"quoted"', "a, b", "{x}", "# c", " spaced ", "x" * 100]
)
def test_odd_codes_are_learned_and_applied(log: Connection, jalon: Command, code: str) -> None:
    log.execute("update shop.orders set status = %s where id = 4", [code])
    Path("rules.yaml").write_text(jalon("learn shop.orders status --category ODD").out)
    ran = jalon("apply rules.yaml")
    assert ran.code == 0, ran
    assert log.execute("select count(*) from jalon.codes where category = 'ODD' and code = %s", [code]).fetchall() == [
        (1,)
    ]


def test_rows_without_a_code_are_counted(log: Connection, jalon: Command) -> None:
    log.execute("alter table shop.orders alter status drop not null")
    log.execute("update shop.orders set status = null where id = 1")
    log.execute("update shop.orders set status = ' ' where id = 2")
    assert jalon("learn shop.orders").err.startswith("2 rows have no status. Give them one before")


@pytest.mark.parametrize("kind", ["integer", "boolean", "varchar(20)", "shop.state"])
def test_a_status_column_of_any_type_can_be_learned(log: Connection, jalon: Command, kind: str) -> None:
    log.execute("create type shop.state as enum ('1', 'true')")
    value = {"integer": "1", "boolean": "true"}.get(kind, "'1'")
    log.execute(
        f"create table shop.things (id int primary key, state {kind}); insert into shop.things values (1, {value})"
    )
    ran = jalon("learn shop.things state")
    assert ran.code == 0, ran
    assert f"code: {'true' if kind == 'boolean' else ''}" in ran.out.replace('"', "")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("learn shop.nothing", "shop.nothing"),
        ("learn shop.orders colour", "shop.orders has no column colour. Columns: id, status, note, owner."),
        ("learn shop.orders status --history shop.order_log", "shop.order_log has no column record."),
        (
            "learn shop.orders status --history shop.orders --record id --to status --at note",
            'at says "soon", which is not a time.',
        ),
        ("learn shop.orders status --csv nowhere.csv", "can't be read"),
    ],
)
def test_what_cannot_be_learned_is_refused_in_a_sentence(
    log: Connection, jalon: Command, line: str, sentence: str
) -> None:
    log.execute("update shop.orders set note = 'soon'")
    ran = jalon(line)
    assert ran.code == 1
    assert ran.err.startswith("jalon: ")
    assert any(word in ran.err for word in sentence.split("|")), ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("time", ["soon", "now", "yesterday", "Today 10:00", "infinity", "-infinity", "epoch"])
def test_a_file_with_what_is_no_time_of_a_calendar_names_it(log: Connection, jalon: Command, time: str) -> None:
    Path("past.csv").write_text(f"record,to,at\n1,NEW,2024-01-01\n1,PAID,{time}\n")
    ran = jalon("learn shop.orders status --csv past.csv")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f'jalon: at says "{time}", which is not a time.\n', ran


def test_a_table_without_a_key_is_learned_and_refused_by_plan(log: Connection, jalon: Command) -> None:
    log.execute("create table shop.keyless (status text); insert into shop.keyless values ('A')")
    Path("rules.yaml").write_text(jalon("learn shop.keyless").out)
    ran = jalon("plan rules.yaml")
    assert ran.code == 1
    assert "key" in ran.out


def test_nothing_is_changed(log: Connection, jalon: Command) -> None:
    before: Any = log.execute("select count(*) from jalon_engine.config_history").fetchall()
    jalon(f"learn shop.orders status {BY}")
    assert log.execute("select count(*) from jalon_engine.config_history").fetchall() == before
