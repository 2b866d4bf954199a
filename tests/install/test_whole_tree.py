"""The migrations of this repository, up and down and up again, dumped, restored."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon.install import doctor
from jalon.install.migrate import migrate
from jalon.install.rollback import rollback
from jalon.install.schema_version import read_state
from jalon.refusal import Refusal
from jalon.settings import Settings

SNAPSHOT = Path(__file__).parent.parent / "snapshots" / "schema.sql"
KEPT = re.compile(
    r"(?!(FUNCTION|TABLE .*_history_2))[^;]*; Type: "
    r"(SCHEMA|TYPE|TABLE|VIEW|SEQUENCE|DEFAULT|INDEX|TRIGGER|COMMENT|ACL|DEFAULT ACL|[A-Z ]*CONSTRAINT);"
)
SEPARATOR = "\n--\n-- Name: "
MONTH = re.compile(r"_\d{4}_\d{2}|_\d{6}\b|_y\d{4}m\d{2}")


@pytest.fixture
def settings(empty: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, dsn=empty, modules="all")


def quiet(_: str) -> None:
    """Say nothing."""


def up(settings: Settings, **options: Any) -> None:
    migrate(settings, settings.dsn, quiet, **options)


def dump(cluster: Any, dsn: str, *options: str) -> str:
    """What pg_dump says of our schemas, without what differs from one day or server to the next."""
    done = subprocess.run(
        [
            cluster.programs / "pg_dump",
            "--schema-only",
            "--no-owner",
            "--exclude-table=jalon_install.*yoyo*",
            *options,
            dsn,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    passing = ("\\restrict", "\\unrestrict", "SET ", "SELECT pg_catalog.set_config", "-- Dumped ")
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith(passing))


def objects(cluster: Any, dsn: str) -> list[str]:
    """The dump as a set of objects: what depends on nothing comes in any order."""
    # A table that was made again has another number.
    text = re.sub(r"(tg_relid\)?(?: =)?|case tg_relid when) \d+", r"\1 OID", dump(cluster, dsn))
    return sorted(text.split(SEPARATOR))


def test_up_down_up_gives_the_same(cluster: Any, settings: Settings) -> None:
    up(settings)
    first = objects(cluster, settings.dsn)
    rollback(settings, settings.dsn, "0", True, quiet)
    with psycopg.connect(settings.dsn) as connection:
        assert (
            connection.execute(
                "select nspname from pg_namespace where nspname ~ '^jalon' and nspname <> 'jalon_install'"
            ).fetchall()
            == []
        )
    up(settings)
    assert objects(cluster, settings.dsn) == first


def test_a_permission_that_somebody_gave_to_a_role_goes_with_its_module(settings: Settings) -> None:
    up(settings)
    with psycopg.connect(settings.dsn, autocommit=True) as db:
        db.execute(
            "insert into jalon_engine.permission_rule (role, permission)"
            " select 'admin', code from jalon_engine.permission on conflict do nothing"
        )
    rollback(settings, settings.dsn, "0", True, quiet, stop_writes=True)
    with psycopg.connect(settings.dsn) as connection:
        assert read_state(connection).applied == []


@pytest.mark.second_lane
def test_step_by_step_down_and_up_gives_the_same(cluster: Any, settings: Settings) -> None:
    up(settings)
    first = objects(cluster, settings.dsn)
    with psycopg.connect(settings.dsn) as connection:
        applied = read_state(connection).applied
    for before in reversed(["0", *applied[:-1]]):
        rollback(settings, settings.dsn, before, True, quiet, stop_writes=True)
    up(settings)
    assert objects(cluster, settings.dsn) == first


def test_reloading_twice_gives_the_same(cluster: Any, settings: Settings) -> None:
    up(settings)
    first = objects(cluster, settings.dsn)
    up(settings, force_reload=True)
    assert objects(cluster, settings.dsn) == first


def test_history_is_not_lost_without_being_meant(settings: Settings) -> None:
    up(settings)
    with psycopg.connect(settings.dsn, autocommit=True) as db:
        db.execute("create table public.parcel (id int primary key, status text not null)")
        db.execute("grant create, usage on schema public to jalon_owner")
        db.execute("insert into public.parcel values (1, 'NEW')")
        db.execute("insert into jalon_engine.category (code, label) values ('PARCEL_STATUS', 'Parcels')")
        db.execute("select jalon.track('public.parcel', category => 'PARCEL_STATUS', add_missing_codes => true)")
        with pytest.raises(Refusal, match="would lose history .*public__parcel"):
            rollback(settings, settings.dsn, "0050", False, quiet)
        assert db.execute("select count(*) from public.parcel").fetchone() == (1,)
        rollback(settings, settings.dsn, "0050", True, quiet, stop_writes=True)
        assert db.execute("select tgname from pg_trigger where tgrelid = 'public.parcel'::regclass").fetchall() == []


def test_a_rollback_names_the_tables_whose_rows_it_loses_and_a_rehearsal_does_nothing(settings: Settings) -> None:
    up(settings)
    said: list[str] = []
    with psycopg.connect(settings.dsn, autocommit=True) as db:
        before = read_state(db).applied
        rollback(settings, settings.dsn, "0080", False, said.append, dry_run=True)
        assert read_state(db).applied == before
        assert "Would roll back 0090.webhooks." in said
        assert said[-1] == "Nothing was done."
        assert not any("jalon_engine.webhook," in line for line in said)  # nobody had one
        db.execute(
            "insert into jalon_engine.webhook (url, event_types, created_by) values ('https://x.example', '{*}', 'ada')"
        )
        said.clear()
        rollback(settings, settings.dsn, "0080", False, said.append, stop_writes=True)
        lost = next(line for line in said if line.startswith("Rows are lost of: "))
        assert "jalon_engine.webhook" in lost.removeprefix("Rows are lost of: ").rstrip(".").split(", ")
        assert "jalon_history" not in lost


def test_a_dump_restored_elsewhere_passes_the_doctor(
    cluster: Any, settings: Settings, dsn: str, tmp_path: Path
) -> None:
    file = tmp_path / "jalon.dump"
    subprocess.run([cluster.programs / "pg_dump", "-Fc", "-f", file, dsn], check=True)
    subprocess.run([cluster.programs / "pg_restore", "--exit-on-error", "-d", settings.dsn, file], check=True)
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        # The tables have other numbers there, which the generated functions carry.
        assert [text for text in doctor.findings(connection) if "is not as it would be generated now" not in text] == []
        connection.execute("select jalon.retrack_all()")
        assert list(doctor.findings(connection)) == []


def test_the_snapshot_is_what_the_migrations_make(cluster: Any, dsn: str) -> None:
    """`make snapshot` writes it anew; what changed for whoever upgrades stands in its diff."""
    if not str(cluster.programs).endswith("18/bin"):
        pytest.skip("the snapshot is PostgreSQL 18's")
    now = normal(dump(cluster, dsn))
    if os.environ.get("JALON_TEST_SNAPSHOT") == "write":
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_text(now)
    assert now == SNAPSHOT.read_text(), "the schema changed: `make snapshot`, and read the diff"


def normal(text: str) -> str:
    """Tables and what is on them; functions are their own files, and months come and go."""
    blocks = text.split(SEPARATOR)
    kept = [block for block in blocks if KEPT.match(block)]
    bodies = ["\n".join(line for line in block.splitlines()[2:] if line.strip()) for block in kept]
    # An index of a month has its number in the table's name: its own is cut off where it gets too long.
    return "\n\n".join(body for body in bodies if not MONTH.search(body.split("\n", 1)[0])) + "\n"
