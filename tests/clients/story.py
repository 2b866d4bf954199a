"""One story of every module, with the package that openapi-python-client makes; it runs where that is installed."""

import datetime as dt
import os
from types import ModuleType
from typing import Any

from jalon_client import AuthenticatedClient, Client
from jalon_client.api.dossiers import get_dossier_history, get_dossier_moves, move_dossier, open_dossier
from jalon_client.api.events import create_event, get_public_event, moderate_event, publish_event, submit_event
from jalon_client.api.members import change_user_role, create_user, get_user_role_history
from jalon_client.api.proposition_roles import assign_proposition_role, make_proposition_role
from jalon_client.api.propositions import create_proposition, move_proposition
from jalon_client.api.records import get_record, move_record
from jalon_client.api.roadshow import (
    change_counterparty_status,
    create_counterparty,
    get_interactions,
    record_interaction,
)
from jalon_client.api.webhooks import create_webhook, drop_webhook, get_webhooks
from jalon_client.models import (
    CounterpartyChange,
    Decision,
    ErrorCode,
    EventPublication,
    Move,
    NewCounterparty,
    NewCounterpartyStatus,
    NewDossier,
    NewDossierStatus,
    NewEndpoint,
    NewEvent,
    NewHolder,
    NewInteraction,
    NewProposition,
    NewPropositionRole,
    NewUser,
    NewUserRole,
    ProblemDetails,
)

URL = os.environ["JALON_URL"]
ANNA, OSCAR = (AuthenticatedClient(URL, token=os.environ[f"TOKEN_{person}"]) for person in ("anna", "oscar"))


def done(endpoint: ModuleType, *arguments: Any, client: Any = ANNA, **named: Any) -> Any:
    answer = endpoint.sync(*arguments, client=client, **named)
    assert answer is not None, endpoint
    assert not isinstance(answer, ProblemDetails), answer
    return answer


def engine() -> None:
    order = done(get_record, "orders", "9")
    refused = move_record.sync("orders", "9", client=ANNA, body=Move(to="SHIPPED"))
    assert isinstance(refused, ProblemDetails)
    assert (refused.code, refused.allowed) == (ErrorCode.JL101, ["PAID", "CANCELLED"])
    answer = move_record.sync_detailed("orders", "9", client=ANNA, body=Move(to="PAID"), if_match=order.etag)
    assert answer.parsed is not None and not isinstance(answer.parsed, ProblemDetails)
    assert (answer.parsed.to, answer.headers["etag"]) == ("PAID", answer.parsed.etag)


def dossiers() -> None:
    dossier = done(open_dossier, body=NewDossier(case_type="CRM_LEAD_BUY", lead_name="John Doe"))
    code = next(move.status_code for move in done(get_dossier_moves, dossier.id).items if move.allowed)
    moved = done(move_dossier, dossier.id, body=NewDossierStatus(status_code=code))
    assert (moved.status_code, len(done(get_dossier_history, dossier.id, limit=10).items)) == (code, 2)


def roadshow() -> None:
    made = done(create_counterparty, body=NewCounterparty(name="Ardian", currency="EUR"))
    assert done(change_counterparty_status, str(made.id), body=NewCounterpartyStatus(new_status="Live")).success
    done(record_interaction, str(made.id), body=NewInteraction(type_="call"))
    changes = [event.change for event in done(get_interactions, str(made.id)).items]
    assert "Live" in [change.to.code for change in changes if isinstance(change, CounterpartyChange)]


def events() -> None:
    begins = dt.datetime(2030, 6, 21, 18, tzinfo=dt.UTC)
    made = done(create_event, client=OSCAR, body=NewEvent(title="Fête de la musique", starts_at=begins, place="Lyon"))
    done(submit_event, made.id, client=OSCAR)
    decision = Decision(status="active", moderation_status="approved", admin_notes="Welcome")
    assert done(moderate_event, made.id, body=decision).moderation_status == "approved"
    done(publish_event, made.id, client=OSCAR, body=EventPublication(is_published=True))
    shown = done(get_public_event, made.id, client=Client(URL))
    assert (shown.title, shown.starts_at) == ("Fête de la musique", begins)


def members() -> None:
    user = done(create_user, body=NewUser(email="python@example.com", name="Monty"))
    changed = done(change_user_role, user.id, body=NewUserRole(role="PREMIUM", reason="Paid"))
    assert (changed.role, done(get_user_role_history, user.id).items[0].reason) == ("PREMIUM", "Paid")


def propositions() -> None:
    made = done(create_proposition, client=OSCAR, body=NewProposition(title="A bench", body="Facing the mill."))
    role = NewPropositionRole(name="Treasurer", permissions=["trigger_custom_action"])
    code = done(make_proposition_role, made.id, body=role).code
    assert done(assign_proposition_role, made.id, code, body=NewHolder(user_id="carla")).user_id == "carla"
    moved = done(move_proposition, made.id, client=OSCAR, body=Move(to="submitted"))
    assert (moved.from_, moved.to) == ("draft", "submitted")


def webhooks() -> None:
    made = done(create_webhook, body=NewEndpoint(url="https://127.0.0.1:9/hook", event_types=["*"]))
    assert made.secret.startswith("whsec_") and made.id in [each.id for each in done(get_webhooks).items]
    assert drop_webhook.sync_detailed(made.id, client=ANNA).status_code == 204


for story in (engine, dossiers, roadshow, events, members, propositions, webhooks):
    story()
    print(story.__name__)
