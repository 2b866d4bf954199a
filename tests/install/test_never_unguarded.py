"""While functions and triggers are reloaded, every change is still checked."""

import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from jalon.install.migrate import migrate
from jalon.settings import Settings

PREPARED = """
    create table public.parcel (id int primary key, status text not null);
    grant create, usage on schema public to jalon_owner;
    insert into jalon_engine.category (code, label) values ('PARCEL_STATUS', 'Parcels');
    insert into public.parcel values (1, 'NEW');
    select jalon.track('public.parcel', category => 'PARCEL_STATUS', add_missing_codes => true);
"""


def test_a_code_outside_the_workflow_is_refused_all_through_a_reload(dsn: str, tmp_path: Path) -> None:
    passed: list[str] = []
    refused: list[str] = []
    done = threading.Event()

    def attack() -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            while not done.is_set():
                try:
                    connection.execute("update public.parcel set status = 'WILD' where id = 1")
                    passed.append("WILD")
                except psycopg.Error as error:
                    refused.append(error.sqlstate or "")

    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(PREPARED)
        attackers = [threading.Thread(target=attack) for _ in range(2)]
        for attacker in attackers:
            attacker.start()
        try:
            for _ in range(3):
                migrate(Settings(home=tmp_path, dsn=dsn), dsn, lambda text: None, force_reload=True)
        finally:
            done.set()
            for attacker in attackers:
                attacker.join()
        assert connection.execute("select status from public.parcel").fetchone() == ("NEW",)
    assert passed == []
    assert len(refused) > 10
    assert {sqlstate[:2] for sqlstate in refused} == {"JL"}


@pytest.mark.parametrize("role", ["api", "bi", "dba", "relay"])
def test_passwords_come_from_the_settings(dsn: str, db: psycopg.Connection[Any], tmp_path: Path, role: str) -> None:
    settings = Settings(home=tmp_path, dsn=dsn, **{f"{role}_password": "open sesame"})
    migrate(settings, dsn, lambda text: None)
    stored = db.execute("select rolpassword from pg_authid where rolname = %s", (f"jalon_{role}",)).fetchone()
    assert stored
    assert stored[0].startswith("SCRAM-SHA-256$")
    db.execute(f"alter role jalon_{role} password null")


def test_a_role_does_not_inherit_the_owners_password(dsn: str, tmp_path: Path) -> None:
    from jalon.install.postgres import dsn_of_role

    settings = Settings(home=tmp_path, dsn=f"{dsn} password=secret", bi_password="of bi")
    assert conninfo_to_dict(dsn_of_role(settings, settings.dsn, "api")).get("password") is None
    assert conninfo_to_dict(dsn_of_role(settings, settings.dsn, "bi"))["password"] == "of bi"
