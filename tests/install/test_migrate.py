"""Migrations: once each, never edited, never half."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon.install import files, role_settings
from jalon.install.migrate import ADVISORY_LOCK, migrate
from jalon.install.role_settings import SEARCH_PATHS
from jalon.install.schema_version import read_state
from jalon.refusal import Refusal
from jalon.settings import Settings

SCRIPT = """
import sys
from pathlib import Path
from jalon.install.migrate import migrate
from jalon.settings import Settings
dsn, root = sys.argv[1], Path(sys.argv[2])
migrate(Settings(home=root, dsn=dsn), dsn, lambda text: print(text, flush=True), root=root)
"""


def test_an_empty_database_is_brought_to_this_version(shop: Any, run: Any, empty: str) -> None:
    state = run()
    assert state.applied == ["0010.roles-and-schemas", "0110.shop"]
    with psycopg.connect(empty) as connection:
        connection.execute("insert into jalon_engine.shop values (1, 'ada')")
        assert connection.execute("select name from jalon_recap.names").fetchall() == [("ADA",)]
        assert read_state(connection, shop.root).is_current


def test_the_second_run_does_nothing(shop: Any, run: Any) -> None:
    run()
    run()
    assert run.said == []


def test_a_migration_its_mark_and_its_digest_commit_together(shop: Any, run: Any, empty: str) -> None:
    run()
    shop.migration("0120.broken", "create table jalon_engine.half (id int); select 1/0;")
    with pytest.raises(Refusal, match=r"0120\.broken failed and left nothing behind: division by zero"):
        run()
    with psycopg.connect(empty) as connection:
        assert connection.execute("select to_regclass('jalon_engine.half')").fetchone() == (None,)
        assert read_state(connection, shop.root).pending == ["0120.broken"]
    shop.migration("0120.broken", "create table jalon_engine.half (id int);")
    assert run().applied[-1] == "0120.broken"


def test_an_edited_migration_is_refused_by_name(shop: Any, run: Any) -> None:
    run()
    shop.migration("0110.shop", "create table jalon_engine.shop (id bigint primary key);")
    with pytest.raises(Refusal, match=r"0110\.shop was edited after it was applied"):
        run()


def test_line_ends_are_no_edit(shop: Any, run: Any) -> None:
    run()
    path = shop.root / "migrations/engine/0110.shop.sql"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    run()


def test_a_newer_database_is_refused(shop: Any, run: Any) -> None:
    run()
    shop.remove("migrations/engine/0110.shop.sql")
    with pytest.raises(Refusal, match=r"newer than this Jalon: it has the migration 0110\.shop"):
        run()


def test_a_migration_without_transaction_is_refused(tree: Any, run: Any) -> None:
    run()
    tree.write("migrations/engine/0110.bare.sql", "-- transactional: false\nvacuum;")
    with pytest.raises(Refusal, match=r"0110\.bare wants no transaction"):
        run()


def test_the_lock_of_a_killed_process_is_taken_over(shop: Any, run: Any, empty: str) -> None:
    run()
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("insert into jalon_install.yoyo_lock (locked, ctime, pid) values (1, now(), 4711)")
    shop.migration("0120.more", "create table jalon_engine.more (id int);")
    assert run().applied[-1] == "0120.more"


def started(empty: str, tree: Any) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", SCRIPT, empty, str(tree.root)], stdout=subprocess.PIPE, text=True)


def until(process: subprocess.Popen[str], said: str) -> None:
    assert process.stdout
    for line in process.stdout:
        if said in line:
            return
    raise AssertionError(f"it ended without saying {said!r}")


@pytest.mark.parametrize("where", ["migration", "reload"])
def test_killed_in_the_middle_the_next_run_completes(
    shop: Any, run: Callable[..., Any], empty: str, where: str
) -> None:
    """The killed process waits for a lock that the test holds, in the middle of its transaction."""
    with psycopg.connect(empty, autocommit=True) as holder:
        if where == "migration":
            shop.migration("0120.slow", "create table jalon_engine.half (id int); select pg_advisory_xact_lock(1);")
            word = "Applying 0120"
        else:
            shop.write("triggers/engine/zz.sql", "select pg_advisory_xact_lock(1);")
            word = "Reloading"
        holder.execute("select pg_advisory_lock(1)")
        process = started(empty, shop)
        until(process, word)
        waiting = "select 1 from pg_locks where locktype = 'advisory' and objid = 1 and not granted"
        while not holder.execute(waiting).fetchone():
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        holder.execute("select pg_advisory_unlock(1)")
        assert holder.execute(
            "select to_regclass('jalon_engine.half'), to_regclass('jalon_recap.names')"
        ).fetchone() == (
            None,
            None,
        )
    assert run(lock_timeout=5).is_current is False
    with psycopg.connect(empty) as connection:
        assert read_state(connection, shop.root).is_current


def test_two_at_once_take_turns(shop: Any, empty: str) -> None:
    processes = [started(empty, shop) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    with psycopg.connect(empty) as connection:
        assert read_state(connection, shop.root).is_current
        assert connection.execute("select count(*) from jalon_install._yoyo_migration").fetchone() == (2,)


def test_who_comes_second_says_that_it_waits(shop: Any, run: Any, empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as holder:
        holder.execute("set application_name = 'a report'")
        holder.execute("select pg_advisory_lock(%s)", (ADVISORY_LOCK,))
        thread = threading.Thread(target=run)
        thread.start()
        waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted"
        while not holder.execute(waiting).fetchone():
            assert thread.is_alive()
        holder.execute("select pg_advisory_unlock(%s)", (ADVISORY_LOCK,))
        thread.join()
        me = f"process {holder.info.backend_pid} of {holder.info.user}, a report"
    assert f"Another jalon is migrating this database ({me}); waiting for it …" in run.said


def test_a_held_lock_ends_in_a_clear_error_with_nothing_applied(shop: Any, run: Any, empty: str) -> None:
    run()
    shop.migration(
        "0120.wider", "create table jalon_engine.more (id int); alter table jalon_engine.shop add column size int;"
    )
    with psycopg.connect(empty, application_name="report") as holder:
        holder.execute("select * from jalon_engine.shop")
        with pytest.raises(
            Refusal, match=r"Could not get a lock .* \(idle in transaction, report\).*jalon_engine\.shop"
        ):
            run()
    with psycopg.connect(empty) as connection:
        assert connection.execute("select to_regclass('jalon_engine.more')").fetchone() == (None,)


def test_only_the_roles_of_jalon_have_a_search_path(run: Any, empty: str) -> None:
    run()
    with psycopg.connect(empty) as connection:
        assert connection.execute("show search_path").fetchone() == ('"$user", public',)
    for role, path in SEARCH_PATHS.items():
        with psycopg.connect(empty, user=role) as connection:
            assert connection.execute("show search_path").fetchone() == (", ".join(path),)


def limits(dsn: str) -> dict[tuple[str, str], str]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "select s.setrole::regrole::text, split_part(c, '=', 1), split_part(c, '=', 2)"
            " from pg_db_role_setting s, unnest(s.setconfig) c"
            " where s.setdatabase = (select oid from pg_database where datname = current_database()) and s.setrole <> 0"
        ).fetchall()
    return {(role, name): value for role, name, value in rows if role.startswith("jalon_")}


def test_each_role_has_its_limits(run: Any, empty: str) -> None:
    run()
    assert limits(empty)["jalon_bi", "statement_timeout"] == "5min"
    assert {role for role, _ in limits(empty)} == {"jalon_api", "jalon_bi", "jalon_bi_masked", "jalon_dba"}
    for role in role_settings.LIMITS:
        with psycopg.connect(empty, user=role) as connection:
            for name in role_settings.LIMITS[role]:
                assert connection.execute(f"show {name}").fetchone() == (limits(empty)[role, name],)


def test_a_limit_that_somebody_set_stays(run: Any, empty: str) -> None:
    run()
    with psycopg.connect(empty, autocommit=True) as admin:
        database = psycopg.sql.Identifier(admin.info.dbname).as_string(admin)
        admin.execute(f"alter role jalon_bi in database {database} set statement_timeout = '2h'")
    run()
    assert limits(empty)["jalon_bi", "statement_timeout"] == "2h"


def test_without_rights_the_administrators_statements_are_named(tree: Any, empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as admin:
        admin.execute("create role stranger login")
        try:
            dsn = psycopg.conninfo.make_conninfo(empty, user="stranger")
            with pytest.raises(Refusal, match="`jalon roles --sql`"):
                migrate(Settings(home=tree.root, dsn=dsn), dsn, lambda text: None, root=tree.root)
        finally:
            admin.execute("drop role stranger")


def test_every_migration_begins_as_the_owner_with_a_lock_timeout() -> None:
    for path in sorted((files.ROOT / "migrations").rglob("*.sql")):
        content = files.text(path)
        if path.stem != files.FIRST_MIGRATION:
            assert "set local role jalon_owner;" in content.splitlines(), path.name
        if not path.name.endswith(".rollback.sql"):
            assert "set local lock_timeout = '5s';" in content.splitlines(), path.name
            assert Path(str(path).replace(".sql", ".rollback.sql")).exists(), f"{path.name} has no rollback"
