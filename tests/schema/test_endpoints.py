"""What the dispatcher does for the functions behind endpoints, so that none of them does it itself."""

import re
from typing import Any

import psycopg
import pytest
from litestar import Litestar
from psycopg import errors

from jalon.install import files
from jalon.server.app import build_routed_app
from tests.schema.rights import endpoints

Connection = psycopg.Connection[Any]
WHO = """
create function jalon_api.who(p_key text, p_input jsonb, p_caller jsonb) returns jalon_engine.answer
language plpgsql {volatility} security definer set search_path = pg_catalog, pg_temp as $$
begin
    return jalon_engine.ok(json_build_object('actor', c.actor, 'roles', c.roles, 'reason', c.reason, 'by', c.named_by))
    from jalon_engine.context() c;
end $$
"""
CALLER = '{"actor": "anna", "roles": ["clerk"]}'
POSTS_THAT_READ = {"check_workflow"}


@pytest.fixture(scope="module")
def app() -> Litestar:
    return build_routed_app(1_000_000, "")


def ask_who(db: Connection, volatility: str, caller: str = CALLER) -> dict[str, Any]:
    db.execute(WHO.format(volatility=volatility))
    query = "select body from jalon_api.run('who', null, '{\"reason\": \"paid\"}', %s)"
    return db.execute(query, (caller,)).fetchone()[0]  # type: ignore[index, no-any-return]


def test_while_a_volatile_function_runs_its_caller_acts_for_the_reason_given(db: Connection) -> None:
    assert ask_who(db, "volatile") == {"actor": "anna", "roles": ["clerk"], "reason": "paid", "by": "c"}


def test_a_stable_function_reads_and_nobody_acts(db: Connection) -> None:
    assert ask_who(db, "stable")["by"] is None


def test_after_the_call_nobody_acts(db: Connection) -> None:
    with db.transaction():
        ask_who(db, "volatile")
        assert db.execute("select named_by from jalon_engine.context()").fetchone() == (None,)


def test_a_function_that_writes_is_refused_to_a_caller_without_a_name(db: Connection) -> None:
    with pytest.raises(errors.DatabaseError) as refused:
        ask_who(db, "volatile", '{"roles": ["clerk"]}')
    assert refused.value.sqlstate == "JL201"


def test_the_web_application_itself_names_nobody_and_does_not_act(db: Connection) -> None:
    assert ask_who(db, "volatile", "{}")["by"] is None


def test_no_function_of_an_endpoint_enters_or_leaves(db: Connection) -> None:
    query = (
        r"select proname from pg_proc where pronamespace = 'jalon_api'::regnamespace and prosrc ~ '\.(enter|leave)\('"
    )
    assert db.execute(query).fetchall() == []


def test_what_answers_a_get_reads_and_everything_else_writes(db: Connection, app: Litestar) -> None:
    query = "select proname, provolatile = 'v' from pg_proc where pronamespace = 'jalon_api'::regnamespace"
    writes = dict(db.execute(query).fetchall())
    wrong = {
        name
        for endpoint in endpoints(app)
        if endpoint.thing != "Pages"
        for name in endpoint.functions
        if writes[name] != (endpoint.method != "GET" and name not in POSTS_THAT_READ)
    }
    assert wrong == set()


def test_answers_are_made_by_their_constructors() -> None:
    made = {
        path
        for path, text in files.reloaded_sources().items()
        if re.search(r"\)::jalon_engine\.answer|\bselect (?:[2-5]\d\d|p_status),", text)
    }
    assert made == {"functions/api/answers.sql"}
