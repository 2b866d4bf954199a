"""Whoever tries the OpenAPI document out has success: every example of a request is accepted as it stands.

Each is sent as a dry run, to records of the demo; only keys of records are others than in the document.
"""

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon.install import demo
from jalon.outbox.webhook_client import WebhookClient
from jalon.server.app import create_app
from jalon.server.openapi_document import complete_document
from jalon.settings import Settings

ROLES = ("admin", "clerk", "moderator", "organizer")
DOCUMENT = complete_document(create_app(Settings(home=Path("/"), token_secret="tests-only-" * 4)))
OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
# The beginning of a path, or an operation -> SQL that finds the keys of its records, in their order.
KEYS = {
    "/api/v1/tracked": "select 'orders', '7'",
    "/api/v1/referentials": "select 'ORDER_STATUS', 'PAID'",
    "/api/v1/workflows": "select 'ORDER_STATUS', '*'",
    "setTransition": "select 'ORDER_STATUS', '*' from jalon.draft('ORDER_STATUS')",
    "setDraftCode": "select 'ORDER_STATUS', '*', 'PAID'",  # of the draft of setTransition
    "beginDraft": "select 'ORDER_STATUS', '*' from jalon.discard('ORDER_STATUS')",
    "publishWorkflow": "select 'ORDER_STATUS', '*' from jalon.draft('ORDER_STATUS')",
    "undoDraft": """
        select 'ORDER_STATUS', '*'
        from jalon.set_transition('ORDER_STATUS', 'PAID', 'CANCELLED', roles => '{clerk}')""",
    "/api/v1/templates": "select name from jalon_engine.template order by name limit 1",
    "/api/v1/recaps": "select 'transitions'",
    "/api/v1/views": "insert into jalon_engine.saved_view (list, name, query, owner) "
    "values ('dossiers', 'Mine', '{}', 'anna') returning id",
    "/api/v1/recap-subscriptions": "insert into jalon_engine.recap_subscription "
    "(actor, language, time_zone, day, hour, address) "
    "values ('anna', 'en', 'UTC', 1, 8, 'anna@example.com') returning id",
    "/api/organizer/notifications": "select id from jalon_engine.notification limit 1",
    "/api/v1/webhooks": "select id from jalon_engine.webhook limit 1",
    "/api/v1/dossiers": "select id from jalon_dossiers.dossier where status_code = 'CRM_NEW'",
    "/api/organizer/events": "select id from jalon_events.events where status = 'draft' and organizer_id = 'oscar'",
    "/api/admin/events": "select id from jalon_events.events where moderation_status = 'under_review'",
    "/api/events": "select id from jalon_events.events where is_published",
    "/api/v1/users": "select id from jalon_members.users where role = 'FREE'",
    "/api/propositions": """
        select id, 'treasurer' from jalon_propositions.proposition where title = 'A bicycle lane on Station Street'""",
    "/api/propositions/{id}/actions": """
        select id, 'ask_for_a_site_visit' from jalon_propositions.proposition
        where title = 'A bicycle lane on Station Street'""",
    "/api/propositions/{id}/moves": "select id from jalon_propositions.proposition where status = 'draft'",
    "/roadshow": "select id from jalon_roadshow.roadshow_counterparty limit 1",
    "/api/v1/roadshow": "select id from jalon_roadshow.roadshow_counterparty limit 1",
    "publishEvent": "select id from jalon_events.events where moderation_status = 'approved' and is_published",
    "revertEvent": "select id from jalon_events.events where moderation_status = 'under_review'",
    "submitEvent": "select id from jalon_events.events where moderation_status = 'revision_requested'",
}


PEOPLE = {"/api/organizer": "oscar", "/profile": "user@example.com", "/api/propositions/{id}": "zoe"}


@pytest.fixture
def place(shop: psycopg.Connection[Any]) -> Any:
    """place("moveDossier"): the path of an operation, with keys of records of the demo."""
    demo.load(shop, lambda text: None)

    def place(name: str) -> str:
        path = OPERATIONS[name][1]
        found = name if name in KEYS else max((start for start in KEYS if path.startswith(start)), key=len, default="")
        row = shop.execute(KEYS[found]).fetchone() if found and "{" in path else ()
        assert row is not None, name
        keys = iter(row)
        return re.sub(r"\{\w+\}", lambda _: str(next(keys)), path)

    return place


def test_every_example_of_a_request_is_accepted_as_it_stands(
    place: Any, client: Any, bearer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolves(self: Any, url: str) -> None:
        """Names are not resolved here."""

    monkeypatch.setattr(WebhookClient, "check_url", resolves)
    refused = {}
    for name, (method, path, operation) in OPERATIONS.items():
        for body in operation.get("requestBody", {}).get("content", {}).values():
            who = next((person for start, person in PEOPLE.items() if path.startswith(start)), "anna")
            answer = client.request(
                method, place(name), json=body["example"], headers=bearer(who, *ROLES, prefer="tx=rollback")
            )
            if not answer.is_success:
                refused[name] = (body["example"], answer.text)
    for name, text in refused.items():
        print(name, *text)
    assert not refused
