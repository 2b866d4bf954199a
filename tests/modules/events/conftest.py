"""Events through the functions that the web application calls, as its database role."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

ROLES = {"oscar": ["organizer"], "olga": ["organizer"], "mona": ["moderator"], "anna": ["admin"], "adam": ["admin"]}
WHOLE = {"title": "Fête", "starts_at": "2030-06-21T18:00:00Z", "place": "Lyon"}
Call = Callable[..., Any]


@pytest.fixture
def api(connect: Callable[..., psycopg.Connection[Any]]) -> Call:
    """api("submit_event", "oscar", id): the answer's body, its members as attributes too."""
    connection = connect("api")

    def api(function: str, actor: str | None, key: Any = None, language: str | None = "en", **data: Any) -> Any:
        described = {"actor": actor, "roles": ROLES.get(actor or "", []), "language": language}
        caller = {name: value for name, value in described.items() if value}
        found = connection.execute(
            "select body from jalon_api.run(%s, %s, %s, %s)",
            (function, None if key is None else str(key), Jsonb(data), Jsonb(caller)),
        ).fetchone()
        body = found[0] if found else None
        return SimpleNamespace(**body) if isinstance(body, dict) else body

    return api


@pytest.fixture
def an_event(api: Call) -> Callable[..., Any]:
    """an_event("active", "approved", True): oscar's event, brought there as people would."""

    def an_event(status: str = "draft", moderation: str = "pending", published: bool = False, **data: Any) -> Any:
        event = api("create_event", "oscar", **WHOLE | data)
        if (status, moderation) != ("draft", "pending"):
            api("submit_event", "oscar", event.id)
        wanted = {"status": status, "moderation_status": moderation}
        now = api("my_event", "oscar", event.id)
        if (now.status, now.moderation_status) != (status, moderation):
            api("moderate_event", "anna", event.id, **wanted, admin_notes="so be it")
        if published:
            api("publish_event", "oscar", event.id)
        found = api("my_event", "oscar", event.id)
        assert (found.status, found.moderation_status, found.is_published) == (status, moderation, published)
        return found

    return an_event


@pytest.fixture
def refused() -> Callable[..., None]:
    """refused("JL203", api, "edit_event", …): the call is refused with this SQLSTATE."""

    def refused(code: str, call: Call, *arguments: Any, **data: Any) -> None:
        with pytest.raises(psycopg.Error) as caught:
            call(*arguments, **data)
        assert caught.value.sqlstate == code, caught.value

    return refused
