"""Propositions: roles, actions and what they trigger."""

from typing import Any

from litestar import Response, get
from litestar.response import Stream

from jalon.console.area import Area
from jalon.console.listing import Column, Filter, List, list_page
from jalon.console.page import Filter as Value
from jalon.console.page import ask, ask_optional, page
from jalon.modules.propositions.routes import ActionKey
from jalon.server.call import Id, Request

areas = [Area("/console/propositions", "Propositions", 30, "ballot", "proposition")]
CHIP = ("label", "color", "icon")
ONE = "/console/propositions/{id:str}"


LIST = List(
    "propositions",
    "proposition",
    "/console/propositions",
    "Propositions",
    columns=(
        Column("status", "Status", lambda one: {k: one[f"status{k.capitalize()}"] for k in CHIP}, "status"),
        Column("statusSince", "Since", kind="moment", sort="statusSince", is_minor=True),
        Column("authorId", "Author"),
        Column("createdAt", "Put forward", kind="moment", sort="createdAt", is_minor=True),
    ),
    filters=(
        Filter("status", "Status", options=lambda parts: parts["statuses"]["items"]),
        Filter("author", "Author", "person"),
    ),
    sort="-createdAt",
    title_of=lambda one: one["title"],
    title_sort="title",
    lead="Put forward, debated, voted on; newest first.",
    views=(("Mine", {"author": "{me}"}),),
)


@get("/console/propositions")
async def propositions(request: Request) -> Response[str] | Stream:
    statuses = ask("codes", "PROPOSITION_STATUS")
    return await list_page(request, LIST, "propositions/list.html", ask("propositions"), statuses=statuses)


@get("/console/propositions/settings")
async def settings(request: Request, after: Value = None) -> Response[str]:
    history = ask("proposition_settings_history", after=after, limit=20)
    return await page(request, "propositions/settings.html", settings=ask("proposition_settings"), history=history)


@get(ONE)
async def proposition(request: Request, id: Id, kind: Value = None, after: Value = None) -> Response[str]:
    history = ask("record_stream", id, table="proposition", kind=kind, after=after, limit=20)
    roles = ask("proposition_roles", id)
    return await page(
        request, "propositions/proposition.html", proposition=ask("proposition", id), roles=roles, history=history
    )


@get(f"{ONE}/role-history")
async def role_history(request: Request, id: Id, after: Value = None) -> Response[str]:
    history = ask("proposition_role_history", id, after=after, limit=50)
    return await page(request, "propositions/role-history.html", proposition=ask("proposition", id), history=history)


@get(f"{ONE}/actions")
async def actions(request: Request, id: Id) -> Response[str]:
    declared = ask("proposition_actions", id)
    return await page(request, "propositions/actions.html", proposition=ask("proposition", id), actions=declared)


@get(f"{ONE}/actions/new")
async def new_action(request: Request, id: Id) -> Response[str]:
    declared = ask("proposition_actions", id)
    return await page(
        request, "propositions/action.html", proposition=ask("proposition", id), actions=declared, action=None
    )


@get(f"{ONE}/actions/{{action:str}}")
async def action(request: Request, id: Id, action: ActionKey) -> Response[str]:
    declared, one = ask("proposition_actions", id), ask("proposition_action", id, actionId=action)
    return await page(
        request, "propositions/action.html", proposition=ask("proposition", id), actions=declared, action=one
    )


@get(f"{ONE}/log")
async def log(request: Request, id: Id, after: Value = None, refused: Value = None) -> Response[str]:
    triggered = ask("proposition_action_events", id, after=after, limit=20)
    refusals = ask_optional("proposition_refusals", id, after=refused, limit=20)
    return await page(
        request, "propositions/log.html", proposition=ask("proposition", id), triggered=triggered, refusals=refusals
    )


routes: list[Any] = [propositions, settings, proposition, role_history, actions, new_action, action, log]
