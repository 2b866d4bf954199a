"""docs/install.md: the section for an ordinary owner runs as it stands, for somebody who may make no roles.

The server is the tests' own: it listens on TCP and asks everybody but its administrator for a password (scram).
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from jalon.install import doctor, embedded
from jalon.install.postgres import as_url
from tests.conftest import THROWAWAY, in_memory
from tests.docs.pages import DOCS
from tests.serving import free_port

PAGE = DOCS / "install.md"
OWNER = "store_owner"
LOGINS = (OWNER, "store_app", "ada")
DATABASES = ("shop", "warehouse")
Connection = psycopg.Connection[Any]


def steps() -> dict[str, str]:
    """The shell lines of the section, by the number of their step."""
    section = PAGE.read_text().split("\n## As an ordinary owner\n")[1].split("\n## ")[0]
    parts = re.split(r"^### (\d+)\. ", section, flags=re.MULTILINE)
    numbered = {"0": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))
    return {
        number: "".join(re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
        for number, text in numbered.items()
    }


class Shop(SimpleNamespace):
    """A server with two databases of an ordinary owner."""

    environment: dict[str, str]
    addresses: dict[str, str]  # those of the page, and what they are here
    administrator: str

    def script(self, number: str, database: str = "") -> str:
        """The lines of the step, after the exports of those before it; on another database if one is named."""
        lines = [line for before in steps() if int(before) < int(number) for line in steps()[before].splitlines()]
        text = "\n".join([*(line for line in lines if line.startswith("export ")), steps()[number]])
        if database:
            text = re.sub(r"(?<=db\.example\.com/)\w+$", database, text, flags=re.MULTILINE)
        for written, here in self.addresses.items():
            text = re.sub(rf"{re.escape(written)}$", lambda _, here=here: f"'{here}'", text, flags=re.MULTILINE)
        return f"set -eu -o pipefail\n{text}"

    def run(self, number: str, database: str = "") -> str:
        command = ["bash", "-c", self.script(number, database)]
        ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, (number, ran.stdout, ran.stderr)
        return ran.stdout

    def connect(self, login: str, database: str = "shop") -> Connection:
        address = self.addresses[f"postgresql://{OWNER}@db.example.com/{database}"]
        return psycopg.connect(address, user=login, password=password(login), autocommit=True)

    def set_password(self, login: str) -> None:
        """As the page says: \\password in psql."""
        with psycopg.connect(self.administrator, autocommit=True) as administrator:
            administrator.execute(f"alter role {login} password '{password(login)}'")


@pytest.fixture(scope="module")
def server(cluster: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """Its programs, its port, and the administrator's address, who comes by the unix socket."""
    major = int(
        subprocess.check_output([cluster.programs / "postgres", "--version"], text=True).split()[2].split(".")[0]
    )
    with tempfile.TemporaryDirectory(prefix="jalon-scram-", dir=in_memory()) as folder:
        port = free_port()
        options = (*THROWAWAY, "listen_addresses=127.0.0.1", f"port={port}")
        chosen = embedded.cluster(Path(folder), major, cluster.programs, options)
        chosen.prepare(lambda text: None)
        (chosen.data / "pg_hba.conf").write_text("local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        chosen.start(lambda text: None)
        try:
            address = make_conninfo(chosen.dsn("postgres"), port=port)
            yield SimpleNamespace(programs=cluster.programs, port=port, administrator=address)
        finally:
            chosen.stop()


def password(login: str) -> str:
    return f"the password of {login}"


@pytest.fixture
def owned(server: SimpleNamespace, tmp_path: Path) -> Iterator[Shop]:
    (tmp_path / "jalon").write_text(f'#!/bin/sh\nexec {sys.executable} -m jalon "$@"\n')
    (tmp_path / "jalon").chmod(0o755)
    addresses = {}
    for name in DATABASES:
        owner = f"host=127.0.0.1 port={server.port} dbname={name} user={OWNER} password='{password(OWNER)}'"
        addresses[f"postgresql://postgres@db.example.com/{name}"] = as_url(f"{server.administrator} dbname={name}")
        addresses[f"postgresql://{OWNER}@db.example.com/{name}"] = as_url(owner)
    environment = {
        "PATH": f"{tmp_path}:{server.programs}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "JALON_HOME": str(tmp_path / "home"),
        "JALON_TOKEN_SECRET": "tests-only-" * 4,
    }
    with psycopg.connect(server.administrator, autocommit=True) as administrator:
        administrator.execute(f"create role {OWNER} login nosuperuser nocreaterole nocreatedb")
        administrator.execute(f"alter role {OWNER} password '{password(OWNER)}'")
        for name in DATABASES:
            administrator.execute(f"create database {name} owner {OWNER}")
        shop = Shop(environment=environment, addresses=addresses, administrator=server.administrator)
        try:
            with shop.connect(OWNER) as owner:
                owner.execute("create table public.orders (id int primary key, status text not null default 'NEW')")
                owner.execute("insert into public.orders values (1), (2)")
            yield shop
        finally:
            for name in DATABASES:
                administrator.execute(f"drop database {name} with (force)")
            for login in LOGINS:
                administrator.execute(f"drop role if exists {login}")


def serve(shop: Shop, script: str, **settings: str) -> httpx.Response:
    """Starts this, asks as ada, whose token carries no role, and stops it."""
    port = str(free_port())
    environment = shop.environment | settings | {"JALON_PORT": port}
    process = subprocess.Popen(
        ["bash", "-c", script], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if "Stop:" in line:
                break
        command = [Path(shop.environment["PATH"].split(":")[0]) / "jalon", "token", "ada"]
        token = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), base_url=f"http://127.0.0.1:{port}") as client:
            assert client.get("/health/ready").status_code == 200, said
            return client.get("/api/v1/permissions/matrix", headers={"Authorization": f"Bearer {token}"})
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)


def test_the_section_runs_as_it_stands(owned: Shop) -> None:
    for number in ("1", "1"):  # which may be run again
        owned.run(number)
    assert "modules members, events" in owned.run("2")
    owned.run("3")
    with owned.connect(OWNER) as owner:
        granted = "select principal, role from jalon_engine.role_grant"
        assert owner.execute(granted).fetchall() == [("ada", "admin")]
    assert serve(owned, owned.script("4")).status_code == 200
    owned.run("5")
    owned.run("6")
    for login in ("store_app", "ada"):
        owned.set_password(login)
    with owned.connect("store_app") as application:
        application.execute("begin; select jalon.acting('anna', '{clerk}', 'paid in cash')")
        (moved,) = application.execute("select jalon.move('orders', '1', 'PAID')").fetchone() or (None,)
        application.execute("commit")
        assert moved
    with owned.connect("ada") as reader:
        found = reader.execute("select changed_by, reason from orders_timeline where orders_id = 1 and version = 2")
        ((by, reason),) = found.fetchall()  # by its plain name
        assert (by.startswith("person-"), reason) == (True, None)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("update public.orders set status = 'SHIPPED'")
    assert "All is well." in owned.run("7")
    with owned.connect(OWNER) as owner:
        assert any("event trigger" in note for note in doctor.notes(owner))
    owned.run("8")
    with owned.connect(OWNER, "warehouse") as owner:
        assert list(doctor.findings(owner)) == []
        modules = owner.execute("select nspname from pg_namespace where nspname = 'jalon_events'").fetchall()
        assert modules == []


def test_what_is_installed_is_served_by_a_login_that_owns_nothing(owned: Shop) -> None:
    """The page's paragraph on it: JALON_API_DSN and JALON_RELAY_DSN, and no JALON_DSN."""
    for number in ("1", "2", "3"):
        owned.run(number)
    logins = {"api": "choose-one-for-the-web-application", "relay": "choose-another-for-the-relay"}
    owner = owned.addresses[f"postgresql://{OWNER}@db.example.com/shop"]
    settings = {
        f"JALON_{name.upper()}_DSN": make_conninfo(owner, user=f"jalon_{name}", password=word)
        for name, word in logins.items()
    }
    assert serve(owned, "jalon serve", **settings).status_code == 200

    def refused(command: str, **settings: str) -> str:
        ran = subprocess.run(
            ["bash", "-c", command], env=owned.environment | settings, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 1, ran.stdout
        assert ran.stderr.count("\n") == 1
        return ran.stderr

    alone = {"JALON_API_DSN": settings["JALON_API_DSN"]}
    said = refused("jalon serve", **alone)
    assert "jalon_relay can't log in" in said
    assert "JALON_RELAY_DSN or JALON_RELAY_PASSWORD says how. If `jalon relay` delivers: JALON_RELAY=false." in said
    assert serve(owned, "jalon serve", **alone, JALON_RELAY="false").status_code == 200
    wrong = make_conninfo(settings["JALON_API_DSN"], password="wrong")
    assert "password authentication failed" in refused("jalon serve", JALON_API_DSN=wrong)
    for command in ("serve", "doctor", "status", "migrate"):
        said = refused(f"jalon {command}", JALON_DSN=settings["JALON_API_DSN"])
        assert "Use the owner's address there. `jalon serve` and `jalon relay` need no owner" in said
    elsewhere = make_conninfo(settings["JALON_API_DSN"], dbname="warehouse")
    assert "the owner's `jalon migrate` installs it" in refused("jalon serve", JALON_API_DSN=elsewhere)


def test_a_dba_is_told_what_doctor_did_not_examine(owned: Shop) -> None:
    for number in ("1", "2"):
        owned.run(number)
    owned.set_password("jalon_dba")
    owner = owned.addresses[f"postgresql://{OWNER}@db.example.com/shop"]
    settings = {"JALON_DSN": make_conninfo(owner, user="jalon_dba", password=password("jalon_dba"))}
    said = {
        command: subprocess.check_output(
            ["bash", "-c", f"jalon {command}"], env=owned.environment | settings, text=True
        )
        for command in ("doctor", "status")
    }
    assert "jalon_dba may not see who is a member of Jalon's owners: ask the owner's doctor" in said["doctor"]
    assert "Webhooks    not for jalon_dba to read" in said["status"]


def test_modules_come_and_go_and_jalon_goes(owned: Shop) -> None:
    with owned.connect(OWNER) as owner:
        columns = "select attname from pg_attribute where attrelid = 'public.orders'::regclass and attnum > 0"
        columns += " and not attisdropped order by attnum"
        before = owner.execute(columns).fetchall()
        for number in ("1", "2", "5"):
            owned.run(number)
        assert owner.execute(columns).fetchall() != before
        owner.execute("update public.orders set status = 'PAID' where id = 1")
        owned.run("9", "shop")
        assert "Nothing to do." in owned.run("10", "shop")
        assert "Kept jalon_history.public__orders" in owned.run("11", "shop")
        assert owner.execute(columns).fetchall() == before
        kept = "select orders_id::text, new_status from jalon_kept_history.public__orders order by version desc limit 1"
        assert owner.execute(kept).fetchall() == [("1", "PAID")]
        left = "select nspname from pg_namespace where nspname ~ '^jalon_' and nspname <> 'jalon_kept_history'"
        assert owner.execute(left).fetchall() == []
