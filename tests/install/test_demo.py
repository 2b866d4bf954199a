"""What the demo's people may do is what a careful administrator would have set."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

from jalon.install import demo, files
from tests.web_shop import SHOP

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
ROLES = {person.subject: person.roles for person in demo.people()}
PERMISSIONS = files.ROOT / "functions/modules/roadshow/demo/20.permissions.sql"
DEMO = SHOP + "".join(path.read_text() for path in demo.scripts(["roadshow", "dossiers"]))


@pytest.fixture
def beginning() -> str:
    return DEMO


@pytest.fixture
def ask(client: Client, bearer: Bearer, db: psycopg.Connection[Any]) -> Callable[..., Any]:
    """ask("zoe", "POST", "/roadshow/{investor}/status", …): what somebody of the demo is answered."""

    def first(query: str) -> str:
        found = db.execute(query).fetchone()
        return str(found and found[0])

    ids = {
        "investor": first(
            "select id from jalon_roadshow.roadshow_counterparty where statut = 'En attente' order by id limit 1"
        ),
        "dossier": first("select id from jalon_dossiers.dossier order by created_at limit 1"),
    }

    def ask(who: str, method: str, path: str, body: Any = None) -> Any:
        return client.request(method, path.format(**ids), json=body, headers=bearer(who, *ROLES[who]))

    return ask


STATUS = [
    ("POST", "/roadshow/{investor}/status", {"newStatus": "No-go"}),
    ("POST", "/api/v1/tracked/roadshow_counterparty/{investor}/moves", {"to": "No-go"}),
    ("GET", "/api/v1/tracked/roadshow_counterparty/{investor}", None),
    ("PATCH", "/api/v1/roadshow/counterparties/{investor}", {"notes": "mine"}),
    ("GET", "/api/v1/dossiers/{dossier}", None),
    ("PATCH", "/api/v1/dossiers/{dossier}", {"leadName": "mine"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), STATUS)
@pytest.mark.parametrize("who", ["zoe", "carla", "oscar", "user@example.com"])
def test_a_participant_has_no_business_with_investors_and_dossiers(
    ask: Callable[..., Any], who: str, method: str, path: str, body: Any
) -> None:
    assert ask(who, method, path, body).status_code in (403, 404)


def test_those_whose_business_it_is_do_it(ask: Callable[..., Any]) -> None:
    for who, wanted in (("claire", STATUS[:4]), ("anna", STATUS), ("lea", STATUS[4:]), ("paul", STATUS[4:])):
        for method, path, body in wanted:
            answer = ask(who, method, path, body)
            assert answer.status_code == 200, (who, path, answer.text)


def test_running_the_demo_again_leaves_what_the_administrator_set(db: psycopg.Connection[Any]) -> None:
    db.execute("delete from jalon_engine.permission_rule where role = 'roadshow_team'")
    db.execute(PERMISSIONS.read_text().encode())
    assert db.execute("select from jalon_engine.permission_rule where role = 'roadshow_team'").fetchall() == []
