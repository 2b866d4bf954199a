"""Any change of a statut, by whatever path, makes exactly one roadshow_event of type status_change; nothing else
may."""

from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]


@pytest.fixture
def show(db: Connection) -> Connection:
    db.execute("insert into roadshow_counterparty (name) select 'C' || n from generate_series(1, 10) n")
    return db


def events(db: Connection, id: int = 1) -> list[Any]:
    return db.execute(
        "select meta ->> 'oldStatus', meta ->> 'newStatus' from roadshow_event"
        " where counterparty_id = %s and type = 'status_change' order by id",
        (id,),
    ).fetchall()


LIVE, WAIT, NOGO = "Live", "En attente", "No-go"
PATHS = {
    "an update": "update roadshow_counterparty set statut = 'Live' where id = 1",
    "an update of many": "update roadshow_counterparty set statut = 'Live'",
    "jalon.move": "select jalon.move('roadshow_counterparty', 1, 'Live')",
    "a forced move": "select jalon.force_move('roadshow_counterparty', '1', 'Live', 'because')",
    "merge": "merge into roadshow_counterparty c using (values (1)) v (id) on c.id = v.id when matched then update "
    "set statut = 'Live'",
    "on conflict": "insert into roadshow_counterparty (id, name) values (1, 'X') on conflict (id) do update "
    "set statut = 'Live'",
    "a writable CTE": "with u as (update roadshow_counterparty set statut = 'Live' where id = 1 returning 1) "
    "select * from u",
    "an import": "select jalon.import_change('roadshow_counterparty', '1', 'Live', clock_timestamp())",
    "two changes at once": "begin; update roadshow_counterparty set statut = 'No-go'; update roadshow_counterparty "
    "set statut = 'Live'; commit",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_change_makes_exactly_one_event(show: Connection, path: str) -> None:
    show.execute(PATHS[path])  # type: ignore[call-overload]
    assert events(show) == ([(WAIT, NOGO), (NOGO, LIVE)] if path.startswith("two") else [(WAIT, LIVE)])
    pairs = show.execute(
        "select count(*) filter (where h.version is null), count(*) filter (where e.id is null)"
        " from (select * from roadshow_counterparty_history where version > 1) h"
        " full join roadshow_event e on e.counterparty_id = h.counterparty_id and (e.meta ->> 'version')::int = "
        "h.version"
    ).fetchone()
    assert pairs == (0, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "update roadshow_counterparty set statut = statut, owner = 'ben'",
        "insert into roadshow_counterparty (name, statut) values ('New', 'Live')",
    ],
)
def test_what_changes_no_status_makes_none(show: Connection, statement: str) -> None:
    show.execute(statement)  # type: ignore[call-overload]
    assert show.execute("select count(*) from roadshow_event").fetchone() == (0,)


BY_HAND = {
    "out of nothing": "insert into roadshow_event (counterparty_id, type, date) values (1, 'status_change', now())",
    "with a new status": """insert into roadshow_event (counterparty_id, type, date, meta)
        values (2, 'status_change', now(), '{"newStatus": "En attente", "version": 1}')""",
    "of a change to come": """insert into roadshow_event (counterparty_id, type, date, meta)
        values (1, 'status_change', now(), '{"newStatus": "Live", "version": 3}')""",
    "a second one": """insert into roadshow_event (counterparty_id, type, date, meta)
        values (1, 'status_change', now(), '{"newStatus": "Live", "version": 2}')""",
    "without a version": """insert into roadshow_event (counterparty_id, type, date, meta)
        values (1, 'status_change', now(), '{"newStatus": "Live", "version": "x"}')""",
    "from an interaction": "update roadshow_event set type = 'status_change' where type = 'call'",
    "altered": "update roadshow_event set meta = '{}' where type = 'status_change'",
    "renamed": "update roadshow_event set type = 'call' where type = 'status_change'",
    "deleted": "delete from roadshow_event where type = 'status_change'",
}


@pytest.mark.parametrize("way", BY_HAND)
def test_nothing_else_makes_alters_or_deletes_one(show: Connection, way: str) -> None:
    show.execute("update roadshow_counterparty set statut = 'Live' where id = 1")
    show.execute("insert into roadshow_event (counterparty_id, type, date) values (1, 'call', now())")
    before = show.execute("select * from roadshow_event order by id").fetchall()
    with pytest.raises(psycopg.Error) as refused:
        show.execute(BY_HAND[way])  # type: ignore[call-overload]
    assert refused.value.sqlstate in ("JL502", "23505")
    assert show.execute("select * from roadshow_event order by id").fetchall() == before


FORGED = """insert into jalon_roadshow.roadshow_event (counterparty_id, type, date, meta)
    values (1, 'status_change', now(), '{"newStatus": "Live", "version": 9}')"""
NESTED = f"""create table one (n integer); create table two (n integer);
    create function pass_on() returns trigger language plpgsql as $$ begin insert into two values (1); return null;
        end $$;
    create function forge() returns trigger language plpgsql as $$ begin {FORGED}; return null; end $$;
    create trigger pass_on after insert on one for each row execute function pass_on();
    create trigger forge after insert on two for each row execute function forge();
    insert into one values (1)"""


@pytest.mark.parametrize("way", [f"set local role jalon_owner; {FORGED}", NESTED])
def test_what_need_not_be_asked_of_our_own_trigger_is_asked_of_all_others(show: Connection, way: str) -> None:
    with pytest.raises(psycopg.Error) as refused:
        show.execute(way)  # type: ignore[call-overload]
    assert refused.value.sqlstate == "JL502"


def test_a_type_is_a_code(show: Connection) -> None:
    for type_ in (
        "interaction",
        "call",
        "meeting",
        "teaser",
        "nda",
        "data_room",
        "management_presentation",
        "indicative_offer",
    ):
        show.execute("insert into roadshow_event (counterparty_id, type, date) values (1, %s, now())", (type_,))
    show.execute("update jalon_engine.referential set is_active = false where code = 'teaser'")
    for type_, code in (("phone", "JL402"), ("teaser", "JL403")):
        with pytest.raises(psycopg.Error) as refused:
            show.execute("insert into roadshow_event (counterparty_id, type, date) values (1, %s, now())", (type_,))
        assert refused.value.sqlstate == code
    show.execute("update roadshow_event set date = date - 1")
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        show.execute("insert into roadshow_event (counterparty_id, type, date) values (999, 'call', now())")


def test_events_go_with_their_counterparty_and_its_history_stays(show: Connection) -> None:
    show.execute("update roadshow_counterparty set statut = 'Live'")
    show.execute("delete from roadshow_counterparty where id = 1")
    assert events(show) == []
    left = show.execute("select count(*) from roadshow_counterparty_history where counterparty_id = 1").fetchone()
    assert left == (2,)


def test_a_change_falls_on_the_day_of_paris(show: Connection) -> None:
    show.execute("update roadshow_counterparty set created_at = '2026-01-01', status_changed_at = status_changed_at")
    show.execute(
        "select jalon_engine.seal_actor('s', 'db:postgres', 'admin', '', '{\"kind\": \"import\"}');"
        " insert into roadshow_counterparty (id, name, status_changed_at) values (77, 'Old', '2026-10-01Z')"
    )
    show.execute("select jalon_engine.seal_actor('s', null, null)")
    show.execute("select jalon.import_change('roadshow_counterparty', '77', 'Live', '2026-10-11 22:30Z')")
    day = show.execute("select date::text from roadshow_event where counterparty_id = 77").fetchone()
    assert day == ("2026-10-12",)


def test_the_table_has_the_documents_columns(db: Connection) -> None:
    columns = db.execute(
        "select column_name, data_type, is_nullable from information_schema.columns"
        " where (table_schema, table_name) = ('jalon_roadshow', 'roadshow_event') order by ordinal_position"
    ).fetchall()
    assert columns == [
        ("id", "integer", "NO"), ("counterparty_id", "integer", "NO"), ("type", "text", "NO"), ("date", "date", "NO"),
        ("meta", "jsonb", "YES"),
    ]  # fmt: skip


def test_twenty_thousand_changes_make_as_many_events(db: Connection) -> None:
    db.execute("insert into roadshow_counterparty (name) select n::text from generate_series(1, 20000) n")
    db.execute("update roadshow_counterparty set statut = 'Live' where id = 1")
    db.execute("update roadshow_counterparty set statut = 'No-go'")
    assert db.execute("select count(*) from roadshow_event").fetchone() == (20001,)
