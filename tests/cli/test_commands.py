"""The command line: reads like a manual, and never shows a traceback."""

import base64
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from jalon import cli
from jalon.cli import serve
from jalon.install import embedded
from jalon.install.migrate import migrate
from jalon.settings import Settings

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away and mounts")
Ran = subprocess.CompletedProcess[str]
Jalon = Callable[..., Ran]


@pytest.fixture
def jalon(home: Path) -> Jalon:
    """The command as a person types it, in a home of its own."""

    def jalon(*arguments: str, **environment: str) -> Ran:
        known = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "JALON_HOME": str(home), "HOME": str(home.parent)}
        return subprocess.run(
            [sys.executable, "-m", "jalon", *arguments], env=known | environment, capture_output=True, text=True
        )

    return jalon


def refused(ran: Ran, *words: str) -> None:
    """One plain sentence or a few on stderr, a code that is not 0, no traceback."""
    assert ran.returncode == 1, ran
    assert ran.stderr.startswith("jalon: ")
    assert "Traceback" not in ran.stderr
    assert len(ran.stderr.splitlines()) == 1, ran.stderr
    for word in words:
        assert word in ran.stderr


def test_help_lists_every_command() -> None:
    names = cli.command_names()
    assert {
        "serve",
        "migrate",
        "rollback",
        "status",
        "doctor",
        "psql",
        "url",
        "token",
        "demo",
        "reset",
        "roles",
    } <= set(names)
    text = cli.build_parser(names).format_help()
    for name in names:
        assert f"\n    {name}" in text


@pytest.mark.parametrize("name", cli.command_names())
def test_every_command_has_a_manual(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    assert (cli.command_module(name).__doc__ or "").splitlines()[0] in capsys.readouterr().out


def test_a_misspelt_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["migrat"]) == 2
    assert capsys.readouterr().err == "jalon: there is no command migrat. Did you mean migrate?\n"


def test_status_and_doctor_of_a_good_installation(jalon: Jalon, dsn: str) -> None:
    ran = jalon("status", "--dsn", dsn)
    assert re.search(r"Migrations  \d+ applied, 0 pending", ran.stdout)
    assert "Problems    none" in ran.stdout
    ran = jalon("doctor", "--dsn", dsn)
    assert (ran.returncode, ran.stdout) == (0, "All is well.\n")


def test_status_shows_how_far_each_history_reaches_also_of_tables_outside_our_schemas(
    jalon: Jalon, db: psycopg.Connection[Any], dsn: str
) -> None:
    db.execute('create schema "Yard"')
    db.execute('create table "Yard"."Big parcel" (id int primary key, status text not null)')
    db.execute("insert into jalon_engine.category (code, label) values ('PARCEL_STATUS', 'Parcels')")
    db.execute("""select jalon.track('"Yard"."Big parcel"', category => 'PARCEL_STATUS', add_missing_codes => true)""")
    ran = jalon("status", "--dsn", dsn)
    assert re.search(r'Partitions  jalon_history\."Yard__Big parcel" until \d{4}-\d{2}-01', ran.stdout), ran.stdout
    assert re.search(r"Partitions  jalon_history\.jalon_dossiers__dossier until \d{4}-\d{2}-01", ran.stdout)


def test_status_shows_webhooks_that_wait_fail_or_were_given_up(
    jalon: Jalon, db: psycopg.Connection[Any], dsn: str
) -> None:
    for trouble in ("", "is_paused = true", "disabled_at = now(), disabled_why = 'gone'"):
        caller = '{"actor": "ada", "roles": ["admin"]}'
        given = '{"url": "https://example.com/", "eventTypes": ["dossier.*"]}'
        (made,) = db.execute(
            "select body from jalon_api.run('create_webhook', null, %s, %s)", (given, caller)
        ).fetchone()  # type: ignore[misc]
        if trouble:
            db.execute(f"update jalon_engine.webhook set {trouble} where id = %s", (made["id"],))
    db.execute("update jalon_engine.webhook_health set failing_since = now() where webhook_id = %s", (made["id"],))
    db.execute("insert into dossier (case_type, status_code) values ('CRM_SALE_TRANSACTION', 'CRM_VISIT_DONE')")
    ran = jalon("status", "--dsn", dsn)
    wanted = "Webhooks    3, 1 paused, 1 failing, 1 disabled, 1 events waiting, 0 deliveries waiting"
    assert wanted in ran.stdout, ran.stdout
    db.execute("select jalon.fan_out()")
    assert "0 events waiting, 2 deliveries waiting" in jalon("status", "--dsn", dsn).stdout


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        (
            "alter table jalon_engine.error_code owner to postgres",
            "table jalon_engine.error_code belongs to postgres, not to jalon_owner",
        ),
        ("grant execute on function jalon.track to public", "PUBLIC may EXECUTE on function jalon.track"),
        (
            "update jalon_install.migration_digest set digest = 'other' where id = '0020.texts-and-settings'",
            "0020.texts-and-settings was edited",
        ),
        ("update jalon_install.reload set digest = 'other'", "Functions and triggers are not those of this version"),
        ("drop view jalon_api.languages", "jalon_api.languages of functions/api/views/languages.sql is gone"),
        (
            "delete from jalon_install.migration_digest where id = '0020.texts-and-settings'",
            "0020.texts-and-settings has no digest",
        ),
        ("alter role jalon_owner login", "role jalon_owner can log in"),
    ],
)
def test_the_doctor_finds_what_is_off(
    jalon: Jalon, db: psycopg.Connection[Any], dsn: str, damage: str, finding: str
) -> None:
    db.execute(damage)
    try:
        ran = jalon("doctor", "--dsn", dsn)
    finally:
        db.execute("alter role jalon_owner nologin")
    assert ran.returncode == 1
    assert finding in ran.stdout


def test_the_doctor_finds_a_trigger_that_sleeps(jalon: Jalon, db: psycopg.Connection[Any], dsn: str) -> None:
    db.execute("create table public.parcel (id int primary key, status text not null)")
    db.execute("grant create, usage on schema public to jalon_owner")
    db.execute("insert into jalon_engine.category (code, label) values ('PARCEL_STATUS', 'Parcels')")
    db.execute("select jalon.track('public.parcel', category => 'PARCEL_STATUS', add_missing_codes => true)")
    db.execute("alter table public.parcel disable trigger user")
    ran = jalon("doctor", "--dsn", dsn)
    assert ran.returncode == 1
    assert "on public.parcel is disabled: changes pass it by" in ran.stdout


def test_an_empty_database_is_said_to_be_empty(jalon: Jalon, cluster: Any, dsn: str) -> None:
    ran = jalon("doctor", "--dsn", make_conninfo(dsn, dbname="postgres"))
    assert ran.returncode == 1
    assert "no Jalon in this database yet" in ran.stdout


def test_a_token_and_an_address(jalon: Jalon, dsn: str) -> None:
    assert jalon("token", "anna", "--roles", "admin").stdout.count(".") == 2
    assert "user=jalon_bi" in jalon("url", "--role", "bi", "--dsn", dsn).stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "roles"),
    [
        (["anna"], {}, ["admin"]),
        (["nobody"], {}, []),
        (["anna", "--roles", ""], {}, []),
        (["anna", "--roles", "organizer"], {}, ["organizer"]),
        (["anna"], {"JALON_DEMO": "false"}, []),
    ],
)
def test_a_token_carries_what_the_demo_says_unless_roles_are_given(
    jalon: Jalon, arguments: list[str], environment: dict[str, str], roles: list[str]
) -> None:
    payload = jalon("token", *arguments, **environment).stdout.split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(payload + "==")).get("roles", []) == roles


def test_psql_runs_as_a_role(jalon: Jalon, dsn: str) -> None:
    ran = jalon("psql", "--dsn", dsn, "--role", "dba", "--", "-Atc", "select session_user")
    assert ran.stdout == "jalon_dba\n", ran.stderr


def test_psql_runs_as_the_customers_application(jalon: Jalon, dsn: str) -> None:
    query = "begin; select jalon.acting('ada'); select jalon.actor()"
    ran = jalon("psql", "--dsn", dsn, "--role", "app", "--", "-qAtc", query)
    assert ran.stdout.splitlines()[-1] == "ada", ran.stderr


def test_psql_finds_names_as_every_session_of_the_owner_does_and_jalons_after_them(
    jalon: Jalon, db: psycopg.Connection[Any], dsn: str
) -> None:
    db.execute('create schema "the app\'s, 1"; create table "the app\'s, 1".orders (id int)')
    db.execute('insert into "the app\'s, 1".orders values (7)')
    db.execute(f'alter role current_user in database {db.info.dbname} set search_path = "the app\'s, 1", public')
    ran = jalon(
        "psql", "--dsn", dsn, "--", "-At", "-c", "select id from orders", "-c", "select count(*) >= 0 from changes"
    )
    assert ran.stdout == "7\nt\n", ran.stderr
    ran = jalon("psql", "--dsn", dsn, "--", "-At", "-c", "table orders", PGOPTIONS="-csearch_path=public")
    assert 'relation "orders" does not exist' in ran.stderr
    db.execute(f"alter role current_user in database {db.info.dbname} set search_path = ''")
    ran = jalon("psql", "--dsn", dsn, "--", "-At", "-c", "select count(*) >= 0 from changes", "-c", "table orders")
    assert (ran.stdout, 'relation "orders" does not exist' in ran.stderr) == ("t\n", True)


def test_a_refusal_in_psql_shows_no_source(jalon: Jalon, dsn: str) -> None:
    ran = jalon("psql", "--dsn", dsn, "--", "-c", "select jalon.grant_role('ada', 'nobody')")
    assert 'ERROR:  role: "nobody" is not one of the possible values' in ran.stderr
    assert "HINT:  It may be: " in ran.stderr
    assert "CONTEXT" not in ran.stderr


def test_the_administrators_statements_can_be_run(jalon: Jalon, dsn: str) -> None:
    ran = jalon("roles", "--sql", "--dsn", dsn)
    assert "create role jalon_owner nologin;" in ran.stdout
    assert "grant jalon_owner to" in ran.stdout


# What people get wrong.


def test_an_unreachable_server(jalon: Jalon) -> None:
    refused(jalon("status", JALON_DSN="postgresql://127.0.0.1:1/none"), "PostgreSQL can't be reached: ", "refused")


def test_a_dsn_that_is_none(jalon: Jalon) -> None:
    refused(jalon("status", JALON_DSN="some words"), "JALON_DSN is not a valid connection string")


def test_a_database_that_is_not_there(jalon: Jalon, dsn: str) -> None:
    refused(jalon("status", "--dsn", f"{dsn} dbname=nowhere"), 'database "nowhere" does not exist')


def test_a_wrong_setting(jalon: Jalon) -> None:
    refused(jalon("serve", JALON_PORT="http"), "JALON_PORT is 'http'")


def test_a_home_that_can_not_be_written(jalon: Jalon, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused(jalon("status", JALON_HOME=str(tmp_path / "file" / "home")), "JALON_HOME", "can't be written")


def test_a_server_that_is_too_old(
    monkeypatch: pytest.MonkeyPatch, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("jalon.install.postgres.OLDEST", 99)
    assert cli.main(["status", "--dsn", dsn]) == 1
    assert "Jalon needs PostgreSQL 99 or newer; this server is" in capsys.readouterr().err


def test_reset_asks_and_is_for_the_embedded_only(jalon: Jalon, dsn: str) -> None:
    refused(jalon("reset"), "jalon reset --yes")
    refused(jalon("reset", "--yes", "--dsn", dsn), "for the embedded PostgreSQL")


def test_a_rollback_to_nowhere(jalon: Jalon, dsn: str) -> None:
    refused(jalon("rollback", "--to", "4711", "--dsn", dsn), "No migration 4711 is applied here")


def test_a_port_in_use(jalon: Jalon) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused(jalon("serve", "--port", port), f"Port {port} on 127.0.0.1 can't be used", "--port")


def test_a_second_serve_on_the_same_folder(jalon: Jalon, home: Path) -> None:
    with serve.serve_lock(Settings(home=home)):
        refused(jalon("serve", "--port", "18123"), "serves from", "already (process")


@pytest.fixture
def folder(home: Path) -> Path:
    """What a data folder looks like from outside."""
    data = home / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n")
    return data


def test_a_data_folder_of_another_version(jalon: Jalon, folder: Path) -> None:
    user = embedded.server_user()
    os.chown(folder, user.pw_uid, user.pw_gid)
    refused(jalon("status"), "was made by PostgreSQL 14, and this is 18")


@only_root
def test_a_data_folder_of_somebody_else(jalon: Jalon, folder: Path) -> None:
    os.chown(folder, 1, 1)
    refused(jalon("status"), "belongs to user")


@only_root
def test_a_home_that_the_servers_user_may_not_enter(jalon: Jalon, tmp_path: Path) -> None:
    refused(jalon("status", JALON_HOME=str(tmp_path / "home")), "who may not enter", "/var/lib/jalon")


@only_root
def test_a_full_disk_at_the_start(jalon: Jalon, home: Path) -> None:
    home.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "tmpfs", home], capture_output=True
    ).returncode:
        pytest.skip("no mounts here")
    try:
        refused(jalon("status"), "could not be made", "No space left on device")
        assert not (home / "postgres").exists()
    finally:
        subprocess.run(["umount", home], check=True)


# A database without modules, or without Jalon.


@pytest.fixture
def plain(empty: str) -> str:
    """The connection string of a database that has the engine alone."""
    migrate(Settings(home=Path(tempfile.gettempdir()), dsn=empty), empty, lambda text: None)
    return empty


def test_a_command_that_needs_a_module_says_how_to_install_it(jalon: Jalon, plain: str, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("email,name\nann@example.com,Ann\n")
    ran = jalon("create-users", str(tmp_path / "people.csv"), "--dsn", plain)
    refused(ran, "The module members isn't installed", "`jalon migrate --modules members`")
    ran = jalon("recap", "weekly", "--table", "roadshow_counterparty", "--dsn", plain)
    refused(ran, "a table of the module roadshow, which isn't installed", "`jalon migrate --modules roadshow`")
    ran = jalon("recap", "weekly", "--table", "orders", "--dsn", plain)
    refused(ran, "orders is not a tracked table", "jalon.track()")
    refused(jalon("demo", "--dsn", plain), "none is installed in this database", "`jalon migrate --modules all`")
    assert jalon("recap", "weekly", "--dsn", plain).returncode == 0


def test_a_command_that_needs_jalon_says_how_to_install_it(jalon: Jalon, empty: str, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("email,name\nann@example.com,Ann\n")
    for command in (["create-users", str(tmp_path / "people.csv")], ["recap", "weekly"], ["api-key", "list"]):
        refused(jalon(*command, "--dsn", empty), "There is no Jalon in this database yet: `jalon migrate` installs it.")
