"""Forward to a later version and back again, while a customer's table is written to all the time.

There is no later version yet: the tests make one, with a table that its generated functions read and a function whose
signature is ambiguous beside the one it replaces.
"""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon.install import doctor, files
from jalon.install.migrate import migrate
from jalon.install.rollback import rollback
from jalon.install.schema_version import read_state
from jalon.refusal import Refusal
from jalon.settings import Settings
from tests.install.later import make_later

Connection = psycopg.Connection[Any]
ORDERS = """
    create table public.orders (id int primary key, status text not null);
    insert into public.orders select n, 'NEW' from generate_series(1, 20) n;
    insert into jalon_engine.category (code, label) values ('ORDER_STATUS', 'Orders');
    insert into jalon_engine.referential (category, code, label, is_initial) values
    ('ORDER_STATUS', 'NEW', 'New', true), ('ORDER_STATUS', 'PAID', 'Paid', true);
    select jalon.track('public.orders', category => 'ORDER_STATUS');
"""


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The SQL of a later version."""
    root = tmp_path / "later"
    shutil.copytree(files.ROOT, root)
    make_later(root)
    return root


@pytest.fixture
def settings(dsn: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, dsn=dsn)


@contextmanager
def writing(dsn: str) -> Iterator[list[str]]:
    """Two writers who change orders without a pause; what they were refused."""
    refused: list[str] = []
    done = threading.Event()

    def write(first: int) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            while not done.is_set():
                for number in range(first, 21, 2):
                    try:
                        connection.execute(
                            "update public.orders set status = case status when 'NEW' then 'PAID' else 'NEW' end"
                            " where id = %s",
                            (number,),
                        )
                    except psycopg.Error as error:
                        refused.append(f"{error.sqlstate} {error}")

    writers = [threading.Thread(target=write, args=(first,)) for first in (1, 2)]
    for writer in writers:
        writer.start()
    try:
        yield refused
    finally:
        done.set()
        for writer in writers:
            writer.join()


def quiet(_: str) -> None:
    """Say nothing."""


def changes(db: Connection) -> int:
    row = db.execute("select count(*) from jalon_history.public__orders").fetchone()
    assert row
    return int(row[0])


def test_upgrade_and_rollback_stop_no_write_and_the_earlier_version_goes_on(
    db: Connection, dsn: str, settings: Settings, later: Path
) -> None:
    db.execute(ORDERS)
    last = read_state(db).applied[-1]
    migrate(settings, dsn, quiet)  # what is kept here is what a rollback comes back to
    with writing(dsn) as refused:
        migrate(settings, dsn, quiet, root=later)
        assert db.execute("select to_regclass('jalon_engine.colour') is not null").fetchone() == (True,)
        rollback(settings, dsn, last, False, quiet, root=later)
        assert db.execute("select to_regclass('jalon_engine.colour') is not null").fetchone() == (False,)
        written = changes(db)
        while changes(db) < written + 20:
            assert not refused, refused[0]
    assert not refused, refused[0]
    state = read_state(db)
    assert state.is_current  # nothing is left to do for the earlier version
    assert list(doctor.findings(db)) == []
    ambiguous = (
        "select count(*) from pg_proc where proname = 'tracked_table' and pronamespace = 'jalon_engine'::regnamespace"
    )
    assert db.execute(ambiguous).fetchone() == (1,)
    migrate(settings, dsn, quiet, force_reload=True)
    assert list(doctor.findings(db)) == []


def test_a_version_that_is_not_kept_is_refused_before_writes_would_stop(
    db: Connection, dsn: str, settings: Settings, later: Path
) -> None:
    db.execute(ORDERS)
    last = read_state(db).applied[-1]
    migrate(settings, dsn, quiet, root=later)
    db.execute(
        "delete from jalon_install.kept_version where reload_digest <> (select digest from jalon_install.reload)"
    )
    with pytest.raises(Refusal, match="writes to tracked tables would stop .* --stop-writes"):
        rollback(settings, dsn, last, False, quiet, root=later)
    db.execute("update public.orders set status = 'PAID' where id = 1")
    rollback(settings, dsn, last, False, quiet, root=later, stop_writes=True)
    migrate(settings, dsn, quiet)
    db.execute("update public.orders set status = 'NEW' where id = 1")
    assert list(doctor.findings(db)) == []


def test_a_superuser_runs_nothing_that_a_role_of_jalons_could_have_written(
    db: Connection, dsn: str, settings: Settings, later: Path
) -> None:
    if db.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() != (True,):
        pytest.skip("nobody is a superuser here")
    last = read_state(db).applied[-1]
    migrate(settings, dsn, quiet)
    migrate(settings, dsn, quiet, root=later)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), db.transaction():
        db.execute("set local role jalon_owner")
        db.execute("update jalon_install.kept_version set sources = '{}'")
    db.execute("alter table jalon_install.kept_version owner to jalon_owner")
    with pytest.raises(Refusal, match="not kept in this database"):
        rollback(settings, dsn, last, False, quiet, root=later)


def test_an_older_version_leaves_newer_functions_alone(
    db: Connection, dsn: str, settings: Settings, later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old server that restarts while the new ones are under way."""
    (later / "migrations/engine/9000.colours.sql").unlink()
    (later / "migrations/engine/9000.colours.rollback.sql").unlink()
    template = later / "functions/engine/codegen/after_update.sql"
    template.write_text(template.read_text().replace("perform 1 from jalon_engine.colour;", "null;"))

    def version(number: str) -> None:
        monkeypatch.setattr("jalon.install.schema_version.__version__", number)
        monkeypatch.setattr("jalon.install.migrate.__version__", number)

    def is_later() -> bool:
        return db.execute(
            "select to_regprocedure('jalon_engine.tracked_table(text, text)') is not null"
        ).fetchone() == (True,)

    said: list[str] = []
    version("0.9.0")
    migrate(settings, dsn, quiet)
    version("0.10.0")
    migrate(settings, dsn, quiet, root=later)
    assert is_later()
    version("0.9.0")
    migrate(settings, dsn, said.append)
    assert is_later()
    assert said == [
        "Functions and triggers are of Jalon 0.10.0, newer than this one (0.9.0): they stay."
        " `jalon migrate --reload` puts those of this version back."
    ]
    migrate(settings, dsn, quiet, force_reload=True)
    assert not is_later()
    version("0.10.0")
    migrate(settings, dsn, quiet, root=later)
    assert is_later()
