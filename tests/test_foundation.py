"""The installation works: roles, schemas, a server that answers."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest


def test_every_schema_belongs_to_the_owner_and_histories_to_the_historian(db: psycopg.Connection[Any]) -> None:
    rows = db.execute(
        "select nspname, nspowner::regrole::text from pg_namespace "
        "where nspname in ('jalon_engine', 'jalon_generated', 'jalon', 'jalon_api', 'jalon_history', "
        "'jalon_recap', 'jalon_install')"
    )
    owners = dict.fromkeys(("jalon_engine", "jalon", "jalon_api", "jalon_recap", "jalon_install"), "jalon_owner")
    assert dict(rows.fetchall()) == owners | dict.fromkeys(("jalon_history", "jalon_generated"), "jalon_historian")


@pytest.mark.parametrize("role", ["api", "bi", "relay", "app"])
def test_the_lesser_roles_see_no_table(connect: Callable[..., psycopg.Connection[Any]], role: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connect(role).execute("select * from jalon_install.reload")


def test_the_web_application_is_alive_and_ready(client: Any) -> None:
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200
