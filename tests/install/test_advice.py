"""What doctor advises works: each fault is made, the advice is taken out of the line and followed, the line is gone.

An advice that can be followed as it stands is written between backticks; a superuser follows it.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from jalon.install import doctor
from jalon.install.postgres import as_url
from tests import shop
from tests.conftest import INSTALLER
from tests.history.test_verify import GUARDS, ROWS, is_refused_by_event_triggers, make_changes
from tests.shop import Connection, import_changes, rows

pytestmark = pytest.mark.skipif(INSTALLER is not None, reason="a superuser follows the advice")
ADVICE = re.compile(r"`([^`]+)`")
# Lines that leave a decision to a person, by the problem of jalon.verify or by words of the line; and which.
FOR_PERSONS = {
    "no_history": "whether the record or its history is right",
    "code_differs": "whether the record or its history is right",
    "chain_broken": "whether there is a backup of those months",
    "time_order": "whether there is a backup of those months",
    "loose_end": "who deleted or wrote what, and what becomes of it",
    "id_twice": "who wrote history by hand",
    "transition": "whether the change is kept on record or moved back",
    "deletion_false": "who wrote the log of deletions by hand",
    "deletion_unknown": "who deleted history",
    "workflow_altered": "what the workflow is meant to be",
    "table_missing": "what the table is to be called",
    "table_dropped": "whether there is a backup",
    "column_missing": "what the column is to be called",
    "column_altered": "which type is meant, and what becomes of the values",
    "history_missing": "whether there is a backup",
    "from_the_future": "nothing: time mends it",
    "key_twice": "which of the records is the one",
    "test_rows": "nothing: such a database is not for work",
    "failed": "what the error names",
    "does not know it": "which version to install",
    "was edited": "how the file was",
    "has no digest": "who applied what",
}


@pytest.fixture
def beginning() -> str:
    return shop.SHOP


@pytest.fixture
def free_orders(db: Connection) -> Connection:
    return make_changes(db)


class Follower:
    """Follows what a line advises, as an administrator whose addresses are in the environment."""

    def __init__(self, dsn: str, programs: Path, folder: Path) -> None:
        (folder / "jalon").write_text(f'#!/bin/sh\nexec {sys.executable} -m jalon "$@"\n')
        (folder / "jalon").chmod(0o755)
        self.environment = {
            "PATH": f"{folder}:{programs}:/usr/bin:/bin",
            "HOME": str(folder),
            "JALON_HOME": str(folder / "home"),
            "JALON_DSN": dsn,
            "ADMIN_DSN": as_url(dsn),
        }

    def follow(self, line: str, db: Connection) -> None:
        found = ADVICE.search(line)
        assert found, f"no advice in: {line}"
        advice = found[1]
        if advice.startswith("jalon "):
            command = ["bash", "-eu", "-o", "pipefail", "-c", advice]
            ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
            assert ran.returncode == 0, (advice, ran.stdout, ran.stderr)
        else:
            for statement in advice.split("; "):
                db.execute(statement)


@pytest.fixture
def follower(dsn: str, cluster: SimpleNamespace, tmp_path: Path) -> Follower:
    return Follower(dsn, cluster.programs, tmp_path)


def lines(db: Connection) -> list[str]:
    """What doctor says, as its own connection hears it."""
    with psycopg.connect(db.info.dsn, autocommit=True) as connection:
        return list(doctor.findings(connection))


def follow_all(db: Connection, follower: Follower, most: int = 20) -> list[str]:
    """Follows the first line with advice until none is left; says what was said at first."""
    said = now = lines(db)
    assert said
    for _ in range(most):
        first = next((line for line in now if ADVICE.search(line)), None)
        if first is None:
            break
        follower.follow(first, db)
        now = lines(db)
        assert first not in now
    return [*said, *now]


@pytest.mark.parametrize("statement", [statement for statement, _ in GUARDS.values()], ids=GUARDS.keys())
def test_what_was_done_to_the_guards_is_undone_by_what_is_advised(
    free_orders: Connection, follower: Follower, statement: str
) -> None:
    with free_orders.transaction():
        if is_refused_by_event_triggers(statement):
            free_orders.execute("set local session_replication_role = replica")
        free_orders.execute(statement)
    follow_all(free_orders, follower)
    assert [line for line in lines(free_orders) if ADVICE.search(line)] == []
    left = {problem for (problem,) in rows(free_orders, "select problem from jalon.verify()")}
    assert left <= FOR_PERSONS.keys()


FAULTS = {
    "an owner that logs in": "alter role jalon_mover login",
    "a role that may too much": "alter role jalon_relay createdb",
    "a role that is missing": "alter role jalon_relay rename to former_relay",
    "a month that is missing": (
        "do $$ begin execute (select format('alter table jalon_history.shop__orders detach partition %s', m.part_name) "
        "from jalon_history.months_of('jalon_history.shop__orders') m where m.lower_bound > now() "
        "order by m.lower_bound limit 1); end $$"
    ),
    "the default partition gone": (
        "alter table jalon_history.shop__orders detach partition jalon_history.shop__orders_default;"
        "drop table jalon_history.shop__orders_default"
    ),
    "a trigger that fires late": (
        "create function shop.late() returns trigger language plpgsql as $$begin return new; end$$;"
        'create trigger "~z" before update on shop.orders for each row execute function shop.late()'
    ),
    "row security": "alter table shop.orders enable row level security",
    "a schema that Jalon may not use": "revoke usage on schema shop from jalon_mover",
    "a key that is not unique": "alter table shop.orders drop constraint orders_pkey",
    "a role that fires no triggers here": (
        "do $$ begin execute format('alter role jalon_bi in database %I set session_replication_role = replica', "
        "current_database()); end $$"
    ),
    "a role that fires no triggers": "alter role jalon_bi set session_replication_role = replica",
    "a database that fires no triggers": (
        "do $$ begin execute format('alter database %I set session_replication_role = replica', "
        "current_database()); end $$"
    ),
    "a login that may become an owner": "create role shop_eve login; grant jalon_owner to shop_eve",
    "a login that may become an owner by a group": (
        "create role shop_eve login; create role shop_team nologin; grant jalon_owner to shop_team; "
        "grant shop_team to shop_eve"
    ),
    "an owner that is a member of the other": "grant jalon_historian to jalon_owner",
    "a table's owner": "alter table jalon_history.deletion owner to jalon_owner",
    "a schema's owner": "alter schema jalon_generated owner to jalon_owner",
    "a view's owner": "alter view jalon_recap.codes owner to jalon_historian",
    "a type's owner": "alter type jalon_engine.context owner to jalon_api",
    "a function's owner": "alter function jalon_engine.context() owner to jalon_mover",
    "a function of the mover's": "alter function jalon_engine.row_as_json(anyelement) owner to jalon_owner",
    "a function of the mover's after a restore": (
        "alter function jalon_engine.row_as_json(anyelement) owner to postgres"
    ),
    "the event trigger's function": "alter function jalon_engine.on_schema_change() owner to jalon_owner",
    "an event trigger dropped": "drop event trigger jalon_protect_names",
    "an event trigger disabled": "alter event trigger jalon_protect_tables disable",
    "a trigger of Jalon's disabled": "alter table jalon_engine.workflow disable trigger user",
    "a view dropped": "drop view jalon.partitions",
    "a right on a column": "grant update (roles) on jalon_engine.rule to jalon_bi",
    "a right on a view": "grant insert on jalon_recap.codes to jalon_bi",
    "a right on a function": "grant execute on function jalon.retain(text, interval) to jalon_bi",
    "a right on a schema": "grant create on schema jalon to jalon_dba",
    "a right that is missing": "revoke select on jalon_recap.codes from jalon_bi",
    "a right on a function that is missing": "revoke execute on function jalon.retain(text, interval) from jalon_dba",
    "older functions": "update jalon_install.reload set digest = 'another'",
    "newer functions": "update jalon_install.reload set jalon_version = '99.0.0', digest = 'another'",
}
UNDONE = (
    *("alter role jalon_mover nologin", "alter role jalon_relay nocreatedb"),
    "alter role jalon_bi reset session_replication_role",
    "drop role if exists shop_eve, shop_team",
    "revoke jalon_historian from jalon_owner",
)


@pytest.fixture
def cleaned(db: Connection) -> Iterator[None]:
    """Roles are the server's: whatever a test leaves of them is put right for the next."""
    yield
    for statement in UNDONE:
        db.execute(statement)
    if rows(db, "select 1 from pg_roles where rolname = 'former_relay'"):
        db.execute("drop owned by jalon_relay; drop role if exists jalon_relay")
        db.execute("alter role former_relay rename to jalon_relay")


@pytest.mark.parametrize("statement", FAULTS.values(), ids=FAULTS.keys())
def test_what_is_off_is_mended_by_what_is_advised(
    free_orders: Connection, follower: Follower, cleaned: None, statement: str
) -> None:
    free_orders.execute(statement)
    follow_all(free_orders, follower)
    assert lines(free_orders) == []


def test_test_mode_ends_as_advised(db: Connection, follower: Follower) -> None:
    db.execute("select jalon.test_mode()")
    follow_all(db, follower)
    assert lines(db) == []


def test_rows_without_a_month_go_where_it_is_advised(free_orders: Connection, follower: Follower) -> None:
    import_changes(free_orders, (70, "NEW", "2024-02-10Z"))
    follow_all(free_orders, follower)
    assert lines(free_orders) == []


def test_a_partition_that_came_is_taken_in_as_advised(db: Connection, follower: Follower) -> None:
    db.execute(
        "create table shop.parcels (id int, region int, status text not null, primary key (id, region))"
        " partition by list (region); create table shop.parcels_1 partition of shop.parcels for values in (1);"
        "select jalon.track('shop.parcels', category => 'ORDER_STATUS', key_column => 'id');"
        "insert into shop.parcels values (1, 1, 'NEW');"
        "delete from jalon_history.partitioned_record where tracked = 'parcels'"
    )
    assert "key_differs" in [problem for (problem,) in rows(db, "select problem from jalon.verify()")]
    follow_all(db, follower)
    assert lines(db) == []


def test_an_empty_database_gets_jalon_as_advised(empty: str, cluster: SimpleNamespace, tmp_path: Path) -> None:
    follower = Follower(empty, cluster.programs, tmp_path)
    with psycopg.connect(empty, autocommit=True) as db:
        (line,) = lines(db)
        follower.follow(line, db)
        assert lines(db) == []


@pytest.mark.parametrize("statement", [*(s for s, _ in ROWS.values())], ids=[*ROWS.keys()])
def test_what_a_person_has_to_decide_has_no_advice_to_run(free_orders: Connection, statement: str) -> None:
    with free_orders.transaction():
        free_orders.execute("set local session_replication_role = replica")
        free_orders.execute(statement)
    found = rows(free_orders, "select problem, hint from jalon.verify()")
    assert found
    assert {problem for problem, _ in found} <= FOR_PERSONS.keys()
    assert [hint for _, hint in found if ADVICE.search(hint)] == []


def test_each_problem_has_an_advice_or_is_for_a_person(db: Connection) -> None:
    hints = dict(
        rows(
            db,
            "select substr(code, 8), string_agg(hint, ' ') from jalon_engine.display_text"
            " where code like 'verify.%' group by 1",
        )
    )
    assert {problem for problem, hint in hints.items() if not ADVICE.search(hint)} == {
        name for name in FOR_PERSONS if " " not in name
    }
    assert [hint for hint in hints.values() if hint.count("`") not in (0, 4)] == []


def test_a_line_about_migrations_is_for_a_person(free_orders: Connection) -> None:
    free_orders.execute("update jalon_install.migration_digest set digest = 'x' where id = '0010.roles-and-schemas'")
    free_orders.execute("delete from jalon_install.migration_digest where id = '0020.texts-and-settings'")
    said = [line for line in lines(free_orders) if "migration" in line]
    assert said
    assert [line for line in said if ADVICE.search(line)] == []
    assert [line for line in said if not any(words in line for words in FOR_PERSONS)] == []
