"""A good guest: what a customer has in a database stays as it is, from installing to uninstalling."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from jalon.install import doctor
from jalon.install.catalog import SCHEMAS

Connection = psycopg.Connection[Any]
Jalon = Callable[..., subprocess.CompletedProcess[str]]
NAMES = ["app", "api", "history", "event", "events", "ops", "generated", "recap", "lifecycle", "logic"]
TABLES = ["users", "events", "role", "category", "dossier", "referential", "proposition", "workflow", "tracked"]
# Owners, grants and comments of everything that is not Jalon's, what is set for databases and roles, and the rows.
CATALOGUE = """
    select 'schema', nspname, nspowner::regrole::text, nspacl::text from pg_namespace where nspname <> all (%(jalon)s)
    union all
    select 'relation', c.oid::regclass::text, c.relowner::regrole::text, c.relacl::text from pg_class c
    where c.relnamespace::regnamespace::text <> all (%(jalon)s) and c.relkind in ('r', 'v', 'S', 'i', 'p')
        and c.relnamespace::regnamespace::text !~ '^pg_'
    union all
    select 'column', a.attrelid::regclass || '.' || a.attname, format_type(a.atttypid, a.atttypmod), a.attacl::text
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace::regnamespace::text <> all (%(jalon)s) and a.attnum > 0 and not a.attisdropped
        and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
    union all
    select 'trigger', t.tgrelid::regclass || '.' || t.tgname, '', ''
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace::regnamespace::text <> all (%(jalon)s) and not t.tgisinternal
    union all
    select 'function', p.oid::regprocedure::text, p.proowner::regrole::text, p.proacl::text from pg_proc p
    where p.pronamespace::regnamespace::text <> all (%(jalon)s)
        and p.pronamespace::regnamespace::text !~ '^(pg_|information_schema)'
    union all
    select 'setting', coalesce(d.datname, '') || '/' || s.setrole, s.setconfig::text, ''
    from pg_db_role_setting s left join pg_database d on d.oid = s.setdatabase
    left join pg_roles r on r.oid = s.setrole
    where (d.datname = current_database() or d.datname is null) and coalesce(r.rolname, '') !~ '^jalon_'
    union all
    select 'database', datname, datdba::regrole::text, '' from pg_database where datname = current_database()
    union all
    select 'event trigger', evtname, evtowner::regrole::text, '' from pg_event_trigger where evtname !~ '^jalon_'
    order by 1, 2
"""
# Schemas, tables without partitions, functions.
FOOTPRINT = """
    select (select count(*) from pg_namespace where nspname ~ '^jalon'),
        (select count(*) from pg_class where relnamespace::regnamespace::text ~ '^jalon' and relkind in ('r', 'p')
            and not relispartition),
        (select count(*) from pg_proc where pronamespace::regnamespace::text ~ '^jalon')
"""


def everything(db: Connection) -> list[tuple[Any, ...]]:
    """What a customer would compare before and after."""
    db.execute("set search_path = pg_catalog")
    found = db.execute(CATALOGUE, {"jalon": [*SCHEMAS, "jalon_kept_history"]}).fetchall()
    for name in TABLES:
        found += db.execute(f"select 'row', {name!r}, x::text, '' from public.{name} x order by 3").fetchall()
    for name in NAMES:
        found += db.execute(f"select 'row', {name!r}, x::text, '' from {name}.things x order by 3").fetchall()
    return found


@pytest.fixture
def customer(empty: str) -> Iterator[Connection]:
    """A database that is in use: every name that Jalon once took is taken."""
    with psycopg.connect(empty, autocommit=True) as db:
        db.execute("create role guest_owner login; create role guest_app login")
        db.execute(f"alter database {db.info.dbname} owner to guest_owner")
        db.execute(f"alter database {db.info.dbname} set search_path = app, public")
        db.execute("alter schema public owner to guest_owner")
        db.execute("set search_path = public")
        db.execute("set session authorization guest_owner")
        try:
            for name in NAMES:
                db.execute(f"create schema {name}; create table {name}.things (id int primary key, status text)")
                db.execute(f"insert into {name}.things values (1, 'NEW'); grant usage on schema {name} to guest_app")
            for name in TABLES:
                db.execute(f"create table public.{name} (id int primary key, status text not null, note text)")
                db.execute(f"insert into public.{name} values (1, 'NEW', '{name}'), (2, 'OLD', null)")
                db.execute(f"grant select, insert, update, delete on public.{name} to guest_app")
            db.execute("create view public.open_events as select * from public.events where status = 'NEW'")
            db.execute("create function public.touch() returns trigger language plpgsql as 'begin return new; end'")
            db.execute(
                "create trigger touch before update on public.users for each row execute function public.touch()"
            )
            db.execute("reset session authorization")
            yield db
        finally:
            db.execute("reset session authorization; set search_path = pg_catalog")
            subprocess.run(
                [sys.executable, "-m", "jalon", "uninstall", "--everything", "--lose-history", "--dsn", empty]
            )
            db.execute(
                f"alter database {db.info.dbname} owner to current_user; alter schema public owner to current_user"
            )
            db.execute("drop owned by guest_owner, guest_app cascade; drop role guest_owner, guest_app")


@pytest.fixture
def jalon(empty: str) -> Jalon:
    def jalon(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "jalon", *arguments, "--dsn", empty]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return jalon


@pytest.mark.parametrize("modules", ["none", "all"])
def test_installing_and_uninstalling_leave_the_customers_things_as_they_were(
    customer: Connection, jalon: Jalon, modules: str
) -> None:
    before = everything(customer)
    installed = jalon("migrate", "--modules", modules)
    assert installed.returncode == 0, installed.stderr
    assert everything(customer) == before
    assert list(doctor.findings(customer)) == []
    gone = jalon("uninstall", "--everything")
    assert gone.returncode == 0, gone.stderr
    assert everything(customer) == before
    left = "select nspname from pg_namespace where nspname ~ '^jalon'"
    assert customer.execute(left).fetchall() == []


def test_a_table_that_was_tracked_is_as_it_was_after_uninstalling(customer: Connection, jalon: Jalon) -> None:
    before = everything(customer)
    assert jalon("migrate").returncode == 0
    customer.execute("insert into jalon_engine.category (code, label) values ('USERS', 'Users')")
    customer.execute("select jalon.track('public.users', category => 'USERS', add_missing_codes => true)")
    assert everything(customer) != before
    refused = jalon("uninstall", "--everything")
    assert refused.returncode == 1
    assert "This would lose history (jalon_history.public__users)" in refused.stderr
    gone = jalon("uninstall", "--everything", "--keep-history")
    assert gone.returncode == 0, gone.stderr
    assert everything(customer) == before
    kept = customer.execute("select users_id, new_status from jalon_kept_history.public__users order by 1").fetchall()
    assert [tuple(map(str, row)) for row in kept] == [("1", "NEW"), ("2", "OLD")]
    customer.execute("delete from jalon_kept_history.public__users")  # an ordinary table, as any other
    customer.execute("drop schema jalon_kept_history cascade")


def test_columns_stay_if_they_are_wanted(customer: Connection, jalon: Jalon) -> None:
    assert jalon("migrate").returncode == 0
    customer.execute("insert into jalon_engine.category (code, label) values ('USERS', 'Users')")
    customer.execute("select jalon.track('public.users', category => 'USERS', add_missing_codes => true)")
    assert jalon("uninstall", "--everything", "--lose-history", "--keep-columns").returncode == 0
    assert customer.execute("select status_version from public.users where id = 1").fetchone() == (1,)


def test_without_modules_nothing_of_theirs_is_there(customer: Connection, jalon: Jalon) -> None:
    said = jalon("migrate")
    assert "no module" in said.stdout
    assert customer.execute("select code from jalon_engine.role order by 1").fetchall() == [("admin",), ("any",)]
    assert customer.execute("select * from jalon_engine.category").fetchall() == []
    assert customer.execute("select * from jalon_engine.tracked").fetchall() == []
    modules = customer.execute("select distinct module from jalon_engine.permission").fetchall()
    assert len(modules) == 1
    schemas = "select nspname from pg_namespace where nspname ~ '^jalon' order by 1"
    assert [name for (name,) in customer.execute(schemas)] == [
        "jalon",
        "jalon_api",
        "jalon_engine",
        "jalon_generated",
        "jalon_history",
        "jalon_install",
        "jalon_masked",
        "jalon_recap",
    ]
    text = (Path(__file__).parents[2] / "README.md").read_text()
    stated = re.search(r"the engine alone: (\d+) schemas, (\d+) tables, (\d+) functions", text)
    assert stated, "README says what the engine alone makes"
    for said, made in zip(stated.groups(), customer.execute(FOOTPRINT).fetchone() or (), strict=True):
        assert abs(int(said) - made) <= made / 10, "the footprint in README and docs/install.md is of another version"


def test_a_module_that_is_added_later_is_as_if_it_had_come_first(customer: Connection, jalon: Jalon, dsn: str) -> None:
    assert jalon("migrate").returncode == 0
    added = jalon("migrate", "--modules", "events")
    assert added.returncode == 0, added.stderr
    assert "modules members, events" in added.stdout  # what it needs comes along
    assert jalon("migrate", "--modules", "all").returncode == 0
    assert list(doctor.findings(customer)) == []
    with psycopg.connect(dsn) as at_once:
        for table in ("role", "permission_rule", "referential", "workflow_transition", "display_text", "role_label"):
            query = f"select to_jsonb(x) - 'id' - 'created_at' from jalon_engine.{table} x order by 1::text"
            query = query.replace("order by 1::text", "order by (to_jsonb(x) - 'id' - 'created_at')::text")
            assert customer.execute(query).fetchall() == at_once.execute(query).fetchall(), table


def test_an_unknown_module_is_refused_with_those_that_there_are(customer: Connection, jalon: Jalon) -> None:
    refused = jalon("migrate", "--modules", "roadshows")
    assert refused.returncode == 1
    assert "There is no module roadshows. Modules: dossiers, events, members, propositions, roadshow." in refused.stderr


def test_a_database_of_a_development_version_is_refused_with_what_to_do(customer: Connection, jalon: Jalon) -> None:
    assert jalon("migrate").returncode == 0
    customer.execute(
        "insert into jalon_install._yoyo_migration (migration_hash, migration_id, applied_at_utc)"
        " values ('x', '0020.texts-and-errors', now())"
    )
    refused = jalon("migrate")
    assert refused.returncode == 1
    assert "made by a development version of Jalon, before 0.2.0" in refused.stderr
    assert "install this one in an empty database" in refused.stderr
    customer.execute("delete from jalon_install._yoyo_migration where migration_id = '0020.texts-and-errors'")


def test_an_ordinary_owner_installs_after_an_administrator_made_the_roles(
    customer: Connection, jalon: Jalon, empty: str, cluster: SimpleNamespace, tmp_path: Path
) -> None:
    """As the page on installing says: the owner of the database is not a superuser and may make no roles."""
    theirs = psycopg.conninfo.make_conninfo(empty, user="guest_owner")
    for _ in range(2):
        printed = subprocess.run(
            [sys.executable, "-m", "jalon", "roles", "--sql", "--dsn", theirs],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        psql = [str(cluster.programs / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", empty]
        ran = subprocess.run(psql, input=printed, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
    done = subprocess.run(
        [sys.executable, "-m", "jalon", "migrate", "--modules", "roadshow", "--dsn", theirs],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with psycopg.connect(theirs, autocommit=True) as owner:
        assert owner.execute("show search_path").fetchone() == ("app, public",)
        assert list(doctor.findings(owner)) == []
        assert any("event trigger" in note for note in doctor.notes(owner))
        gone = subprocess.run(
            [sys.executable, "-m", "jalon", "uninstall", "--everything", "--dsn", theirs],
            capture_output=True,
            text=True,
            check=False,
        )
        assert gone.returncode == 0, gone.stderr


def test_a_login_of_its_own_gets_its_rights_and_settings(customer: Connection, jalon: Jalon, empty: str) -> None:
    assert jalon("migrate", "--modules", "members").returncode == 0
    printed = jalon("roles", "--sql", "--login", "guest_app", "--member", "jalon_bi")
    assert printed.returncode == 0, printed.stderr
    for _ in range(2):
        customer.execute(printed.stdout, prepare=False)
    with psycopg.connect(empty, user="guest_app") as reader:
        columns = [column.name for column in reader.execute("select * from users").description or []]
        assert "email" in columns  # the module's, before the customer's own
        assert reader.execute("show statement_timeout").fetchone() == ("5min",)
