"""jalon adopt roadshow_event: the rows of a table that was there before."""

from typing import Any

import psycopg
import pytest

from jalon.cli import adopt, build_parser
from jalon.settings import Settings

Connection = psycopg.Connection[Any]
OLD = """
    create table public.roadshow_event (id serial primary key, counterparty_id integer not null, type text not null,
        date date not null, meta jsonb);
    insert into public.roadshow_event (id, counterparty_id, type, date, meta) values
        (5, 1, 'call', '2025-01-07', '{"note": "good", "from": [1, 2]}'), (6, 1, 'meeting', '2025-02-01', null),
        (7, 2, 'status_change', '2025-03-01', '{"newStatus": "Live"}');
"""
ADOPT = "select taken, present, problems from jalon.adopt_roadshow_event('public.roadshow_event')"
ROWS = "select id, counterparty_id, type, date::text, meta from {}.roadshow_event order by id"


@pytest.fixture
def old(db: Connection) -> Connection:
    db.execute("insert into roadshow_counterparty (name) values ('Ardian'), ('Eurazeo')")
    db.execute(OLD)
    return db


def rows(db: Connection, schema: str) -> list[Any]:
    return db.execute(ROWS.format(schema)).fetchall()  # type: ignore[call-overload]


def test_the_rows_are_taken_over_as_they_are_and_the_table_stays(old: Connection) -> None:
    before = rows(old, "public")
    assert old.execute(ADOPT).fetchone() == (3, 0, [])
    assert rows(old, "jalon_roadshow") == before == rows(old, "public")


def test_a_second_time_nothing_is_taken(old: Connection) -> None:
    old.execute(ADOPT)
    old.execute("insert into public.roadshow_event values (8, 2, 'nda', '2025-04-01', '{}')")
    assert old.execute(ADOPT).fetchone() == (1, 3, [])
    assert old.execute(ADOPT).fetchone() == (0, 4, [])


def test_what_comes_afterwards_gets_a_number_of_its_own_and_is_checked_as_ever(old: Connection) -> None:
    old.execute(ADOPT)
    old.execute("update roadshow_counterparty set statut = 'Live' where id = 2")
    assert [row[0] for row in rows(old, "jalon_roadshow")] == [5, 6, 7, 8]
    with pytest.raises(psycopg.Error) as caught:
        old.execute(
            "insert into jalon_roadshow.roadshow_event (counterparty_id, type, date, meta) "
            "values (1, 'status_change', now(), '{\"newStatus\": \"Live\"}')"
        )
    assert caught.value.sqlstate == "JL502"


def test_a_table_without_meta_is_taken_over_too(old: Connection) -> None:
    old.execute("delete from public.roadshow_event where type = 'status_change'")
    old.execute("alter table public.roadshow_event drop column meta")
    assert old.execute(ADOPT).fetchone() == (2, 0, [])
    assert [row[4] for row in rows(old, "jalon_roadshow")] == [None, None]


def test_each_row_that_contradicts_is_named_in_a_sentence_and_the_others_are_taken(old: Connection) -> None:
    old.execute(
        """
        update roadshow_counterparty set statut = 'Live' where id = 1;
        alter table public.roadshow_event drop constraint roadshow_event_pkey, alter column date drop not null;
        insert into public.roadshow_event (id, counterparty_id, type, date, meta) values
            (1, 1, 'call', '2025-01-01', null), (10, 99, 'call', '2025-01-01', null),
            (11, 1, 'dance', '2025-01-01', null), (12, 1, 'call', null, null), (13, 1, 'call', '2025-01-01', '[]'),
            (14, 1, 'call', '2025-01-01', null), (14, 1, 'nda', '2025-01-01', null),
            (15, 1, 'status_change', '2025-01-01', '{"newStatus": "Gone"}'),
            (16, 1, 'status_change', '2025-01-01', '{"newStatus": "Live", "version": 2}');
        """
    )
    found = old.execute(ADOPT).fetchone()
    assert found is not None
    assert (found[0], found[1], sorted(found[2])) == (
        3,
        0,
        [
            "row 10: there is no counterparty 99",
            'row 11: "dance" is not a type of event',
            'row 12: "" is not a date',
            "row 13: its meta is not JSON object",
            "row 14: its id is not a number, or another row has it too",
            "row 14: its id is not a number, or another row has it too",
            'row 15: "Gone" is not a status of a counterparty',
            "row 16: version 2 of counterparty 1 has another event, or is not a number",
            "row 1: another event has this id",
        ],
    )


def test_the_command_says_what_it_did(old: Connection, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    def call(table: str, source: str) -> int:
        return adopt.run(settings, build_parser(["adopt"]).parse_args(["adopt", table, "--from", source]))

    assert (call("roadshow_event", "public.roadshow_event"), capsys.readouterr().out) == (
        0,
        "3 taken over, 0 there already, 0 left out.\n",
    )
    old.execute("insert into public.roadshow_event values (10, 99, 'call', '2025-01-01', null)")
    assert call("roadshow_event", "public.roadshow_event") == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        "0 taken over, 3 there already, 1 left out.\n",
        "row 10: there is no counterparty 99\n",
    )
    with pytest.raises(adopt.Refusal, match="There is no table"):
        call("roadshow_event", "public.nothing")
    with pytest.raises(adopt.Refusal, match="Nothing takes rows over"):
        call("orders", "public.roadshow_event")
