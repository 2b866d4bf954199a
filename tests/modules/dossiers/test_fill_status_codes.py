"""The V28 step: dossiers that hold only the enum get their codes by one call."""

import time
from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]
LEGACY = """
create schema old;
create table old.dossier (id bigint generated always as identity primary key, lead_name text, status {type} not null);
insert into old.dossier (lead_name, status)
select 'Lead ' || n, (array['NEW', 'QUALIFYING', 'QUALIFIED', 'APPOINTMENT', 'WON', 'LOST', 'DRAFT'])[1 + n % 7]::{type}
from generate_series(1, {rows}) n;
"""


def legacy(db: Connection, rows: int, type: str = "text") -> None:
    if type != "text":
        db.execute(
            "create type status_enum as enum ('NEW', 'QUALIFYING', 'QUALIFIED', 'APPOINTMENT', 'WON', 'LOST', 'DRAFT')"
        )
    db.execute(LEGACY.format(rows=rows, type=type))  # type: ignore[arg-type]


def test_v28_populates_status_code_from_existing_status_enum_values_on_100000_rows(db: Connection) -> None:
    legacy(db, 100_000)
    begin = time.monotonic()
    assert db.execute("select jalon.fill_status_codes('old.dossier')").fetchone() == (100_000,)
    assert time.monotonic() - begin < 30
    assert db.execute("select count(*) from old.dossier where status_code is distinct from status").fetchone() == (0,)


def test_v28_is_safe_to_run_twice_and_preserves_existing_values(db: Connection) -> None:
    legacy(db, 14)
    db.execute("alter table old.dossier add column status_code varchar(100)")
    db.execute("update old.dossier set status_code = 'CRM_NEW' where id = 7")
    assert db.execute("select jalon.fill_status_codes('old.dossier')").fetchone() == (13,)
    assert db.execute("select jalon.fill_status_codes('old.dossier')").fetchone() == (0,)
    assert db.execute("select status_code from old.dossier where id = 7").fetchone() == ("CRM_NEW",)


def test_v28_derives_within_the_case_type(db: Connection) -> None:
    legacy(db, 7)
    db.execute("alter table old.dossier add column case_type varchar(100) default 'CRM_LEAD_BUY'")
    # Two of the seven say nothing in this workflow (QUALIFYING, DRAFT): they stay without a code, to be decided by
    # people.
    assert db.execute("select jalon.fill_status_codes('old.dossier')").fetchone() == (5,)
    assert db.execute("select status_code from old.dossier where status = 'WON'").fetchone() == ("CRM_CLOSED_WON",)


def test_v28_creates_indexes_and_comments(db: Connection) -> None:
    legacy(db, 1, "status_enum")
    db.execute("select jalon.fill_status_codes('old.dossier')")
    names = [row[0] for row in db.execute("select indexname from pg_indexes where schemaname = 'old' order by 1")]
    assert names == [
        "dossier_pkey",
        "idx_dossier_case_type",
        "idx_dossier_case_type_status_code",
        "idx_dossier_status_code",
    ]
    assert db.execute("select col_description('old.dossier'::regclass, 5) is not null").fetchone() == (True,)


def test_v28_names_what_it_does_not_know(db: Connection) -> None:
    legacy(db, 1)
    db.execute("insert into old.dossier (status) values ('ODD'), ('QUEER')")
    with pytest.raises(psycopg.Error, match="Invalid status: 'ODD, QUEER'. Status does not exist"):
        db.execute("select jalon.fill_status_codes('old.dossier')")
    with pytest.raises(psycopg.Error, match="does not exist"):
        db.execute("select jalon.fill_status_codes('old.nothing')")
    with pytest.raises(psycopg.Error, match="it has no column status"):
        db.execute("create table old.other (id int); select jalon.fill_status_codes('old.other')")


def test_the_table_is_tracked_or_moved_over_afterwards(db: Connection) -> None:
    legacy(db, 70)
    db.execute("select jalon.fill_status_codes('old.dossier')")
    db.execute(
        "insert into dossier (lead_name, status_code, case_type) select lead_name, status_code, case_type "
        "from old.dossier"
    )
    assert db.execute(
        "select count(*) from jalon_history.jalon_dossiers__dossier where kind = 'create'"
    ).fetchone() == (70,)
    db.execute(
        "select jalon.track('old.dossier', 'status_code', category => 'CASE_STATUS', workflow_column => 'case_type', "
        "name => 'old_dossier')"
    )
    assert db.execute("select count(*) from jalon_history.old__dossier where kind = 'backfill'").fetchone() == (70,)


def test_on_our_own_table_there_is_nothing_to_do(db: Connection) -> None:
    db.execute("insert into dossier (status) values ('WON')")
    assert db.execute("select jalon.fill_status_codes()").fetchone() == (0,)
