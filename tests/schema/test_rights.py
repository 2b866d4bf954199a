"""docs/rights.md lists the rights that each endpoint needs; an endpoint that needs none has a reason."""

import os
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from jalon.server.app import admit, build_routed_app
from tests.schema.rights import OPEN, PUBLIC, Rights, document, endpoints

PAGE = Path(__file__).parents[2] / "docs/rights.md"
LISTED = {name for names in OPEN.values() for name in names}


@pytest.fixture(scope="module")
def app() -> Litestar:
    return build_routed_app(1_000_000, "")


def test_every_endpoint_asks_for_a_right_or_is_open_on_purpose(db: psycopg.Connection[Any], app: Litestar) -> None:
    rights = Rights(db)
    unguarded = {
        name or endpoint.name
        for endpoint in endpoints(app)
        for name in endpoint.functions or [""]
        if endpoint.name not in LISTED and not (name and rights.of(name))
    }
    assert unguarded - LISTED == set()


def test_what_is_open_on_purpose_is_there_asks_for_nothing_and_is_listed_once(
    db: psycopg.Connection[Any], app: Litestar
) -> None:
    rights = Rights(db)
    assert {name for name in LISTED if rights.of(name)} == set()
    there = {name for endpoint in endpoints(app) for name in (endpoint.name, *endpoint.functions)}
    assert LISTED - there == set()
    assert len(LISTED) == sum(map(len, OPEN.values()))


def test_an_endpoint_needs_no_token_only_where_that_is_on_purpose(app: Litestar) -> None:
    public = {name for names in PUBLIC.values() for name in names}
    for endpoint in endpoints(app):
        assert endpoint.is_public == bool(public & {endpoint.name, *endpoint.functions}), endpoint.name


def test_nothing_takes_the_place_of_looking_for_the_caller(app: Litestar) -> None:
    pages = ("/docs", "/docs-assets", "/console")
    others = {
        f"{method} {route.path}"
        for route in app.routes
        if isinstance(route, HTTPRoute) and not route.path.startswith(pages) and route.path != "/"
        for method, (handler, _) in route.route_handler_map.items()
        if handler.resolve_before_request() is not admit
    }
    assert others == set()


def test_a_function_that_asks_for_nothing_is_found(db: psycopg.Connection[Any]) -> None:
    assert [right.asked for right in Rights(db).of("set_permissions")] == ["manage_permissions"]
    db.execute("""create or replace function jalon_api.set_permissions(p_key text, p_input jsonb,
        p_caller jsonb) returns jalon_engine.answer
        language plpgsql security definer set search_path = pg_catalog,
            pg_temp as 'begin return jalon_engine.no_content(); end'""")
    assert Rights(db).of("set_permissions") == []


def test_every_function_that_decides_is_there(db: psycopg.Connection[Any], app: Litestar) -> None:
    rights = Rights(db)
    deciders = {
        right.decider for endpoint in endpoints(app) for name in endpoint.functions for right in rights.of(name)
    }
    assert deciders - rights.sources.keys() == set()


def test_snapshot_of_the_document_of_rights(db: psycopg.Connection[Any], app: Litestar) -> None:
    text = PAGE.read_text()
    wanted = re.sub(
        r"(<!-- rights -->\n).*?(?=<!-- /rights -->)",
        lambda found: f"{found[1]}{document(db, app)}\n",
        text,
        flags=re.DOTALL,
    )
    if os.environ.get("JALON_TEST_SNAPSHOT") == "write":
        PAGE.write_text(wanted)
        text = wanted
    assert text == wanted, "docs/rights.md is not what routes and functions say: `make snapshot`"
