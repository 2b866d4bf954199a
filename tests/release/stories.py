"""One story of each module over HTTP, for a server that was installed from the wheel alone."""

from collections.abc import Callable
from typing import Any

import httpx


class Person:
    """Somebody with a token; an answer that is no success is an error."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def ask(self, method: str, path: str, **body: Any) -> Any:
        answer = self.refused(method, path, **body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, **body: Any) -> httpx.Response:
        return self.client.request(method, path, json=body or None)


def engine(anna: Person, oscar: Person) -> None:
    refused = anna.refused("POST", "/api/v1/tracked/orders/1/moves", to="SHIPPED")
    assert (refused.status_code, refused.json()["code"]) == (409, "JL101")
    assert anna.ask("POST", "/api/v1/tracked/orders/1/moves", to="PAID")["to"] == "PAID"


def dossiers(anna: Person, oscar: Person) -> None:
    made = anna.ask("POST", "/api/v1/dossiers", caseType="CRM_LEAD_BUY", leadName="John Doe")
    moves = anna.ask("GET", f"/api/v1/dossiers/{made['id']}/moves")["items"]
    code = next(move["statusCode"] for move in moves if move["allowed"])
    assert anna.ask("PATCH", f"/api/v1/dossiers/{made['id']}/status", statusCode=code)["statusCode"] == code
    assert len(anna.ask("GET", f"/api/v1/dossiers/{made['id']}/history")["items"]) == 2


def roadshow(anna: Person, oscar: Person) -> None:
    made = anna.ask("POST", "/api/v1/roadshow/counterparties", name="Ardian", currency="EUR")
    assert anna.ask("POST", f"/roadshow/{made['id']}/status", newStatus="Live")["success"]
    events = anna.ask("GET", f"/api/v1/roadshow/counterparties/{made['id']}/interactions")["items"]
    assert "Live" in [event["change"]["to"]["code"] for event in events if event["change"]]


def events(anna: Person, oscar: Person) -> None:
    made = oscar.ask("POST", "/api/organizer/events", title="Fête", starts_at="2030-06-21T18:00:00Z", place="Lyon")
    oscar.ask("PATCH", f"/api/organizer/events/{made['id']}/submit")
    decision = {"status": "active", "moderation_status": "approved", "admin_notes": "Welcome"}
    anna.ask("PATCH", f"/api/admin/events/{made['id']}/status", **decision)
    oscar.ask("PATCH", f"/api/organizer/events/{made['id']}/publish", is_published=True)
    assert httpx.get(f"{anna.url}/api/events/{made['id']}").json()["title"] == "Fête"


def members(anna: Person, oscar: Person) -> None:
    made = anna.ask("POST", "/api/v1/users", email="wheel@example.com", name="Monty")
    assert anna.ask("PUT", f"/api/v1/users/{made['id']}/role", role="PREMIUM", reason="Paid")["role"] == "PREMIUM"
    assert anna.ask("GET", f"/api/v1/users/{made['id']}/role-history")["items"][0]["reason"] == "Paid"


def propositions(anna: Person, oscar: Person) -> None:
    made = oscar.ask("POST", "/api/propositions", title="A bench", body="Facing the mill.")
    role = anna.ask(
        "POST", f"/api/propositions/{made['id']}/roles", name="Treasurer", permissions=["trigger_custom_action"]
    )
    anna.ask("POST", f"/api/propositions/{made['id']}/roles/{role['code']}/users", userId="carla")
    assert oscar.ask("POST", f"/api/v1/tracked/proposition/{made['id']}/moves", to="submitted")["to"] == "submitted"


def console(anna: Person, oscar: Person) -> None:
    page = httpx.get(f"{anna.url}/console/sign-in")
    assert page.status_code == 200
    assert "<form" in page.text


STORIES: tuple[Callable[[Person, Person], None], ...] = (
    engine, dossiers, roadshow, events, members, propositions, console,
)  # fmt: skip
PEOPLE = {"anna": "admin,clerk,moderator", "oscar": "organizer,participant"}
