"""sql/grants.txt lists all rights of all roles."""

from typing import Any

import psycopg

from jalon.install import grants
from jalon.install.catalog import SCHEMAS


def test_the_matrix_and_the_catalogue_agree_both_ways(db: psycopg.Connection[Any]) -> None:
    assert grants.differences(db, list(SCHEMAS)) == []


def test_a_grant_too_many_is_found(db: psycopg.Connection[Any]) -> None:
    db.execute("grant select on jalon_engine.error_code to jalon_api")
    assert grants.differences(db, list(SCHEMAS)) == [
        "jalon_api may SELECT on table jalon_engine.error_code, and should not."
        " `revoke SELECT on table jalon_engine.error_code from jalon_api` ends that."
    ]


def test_a_grant_too_few_is_found(db: psycopg.Connection[Any]) -> None:
    db.execute("revoke usage on schema jalon_api from jalon_api")
    assert grants.differences(db, list(SCHEMAS)) == [
        "jalon_api may not USAGE on schema jalon_api, and should."
        " `grant USAGE on schema jalon_api to jalon_api` mends that."
    ]


def test_a_column_granted_is_found(db: psycopg.Connection[Any]) -> None:
    db.execute("grant select (template) on jalon_engine.display_text to jalon_bi")
    assert grants.differences(db, list(SCHEMAS)) == [
        "jalon_bi may SELECT on column jalon_engine.display_text.template, and should not."
        " `revoke SELECT (template) on jalon_engine.display_text from jalon_bi` ends that."
    ]


def test_the_owners_log_in_nowhere_and_nobody_is_mighty(db: psycopg.Connection[Any]) -> None:
    rows = db.execute(
        "select rolname, rolcanlogin, rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication"
        " from pg_roles where rolname like 'jalon\\_%' order by 1"
    )
    assert rows.fetchall() == [
        ("jalon_api", True, False),
        ("jalon_app", True, False),
        ("jalon_bi", True, False),
        ("jalon_bi_masked", True, False),
        ("jalon_dba", True, False),
        ("jalon_historian", False, False),
        ("jalon_mover", False, False),
        ("jalon_owner", False, False),
        ("jalon_relay", True, False),
    ]
