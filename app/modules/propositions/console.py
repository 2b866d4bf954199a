"""Propositions: roles, actions and what they trigger."""

from typing import Any

from litestar import Response, get

from jalon.console.area import Area
from jalon.console.page import Filter, ask, ask_optional, page
from jalon.modules.propositions.routes import ActionKey
from jalon.server.call import Id, Request

areas = [Area("/console/propositions", "Propositions", 30, "ballot", "proposition")]
ONE = "/console/propositions/{id:str}"


@get("/console/propositions")
async def propositions(
    request: Request, status: Filter = None, author: Filter = None, after: Filter = None
) -> Response[str]:
    filters = {"status": status, "author": author}
    found = ask("propositions", **filters, after=after, limit=50)
    statuses = ask("codes", "PROPOSITION_STATUS")
    return await page(
        request,
        "propositions/list.html",
        filters=filters,
        propositions=found,
        statuses=statuses,
        settings=ask("proposition_settings"),
    )


@get("/console/propositions/settings")
async def settings(request: Request, after: Filter = None) -> Response[str]:
    history = ask("proposition_settings_history", after=after, limit=20)
    return await page(request, "propositions/settings.html", settings=ask("proposition_settings"), history=history)


@get(ONE)
async def proposition(request: Request, id: Id, after: Filter = None) -> Response[str]:
    history = ask("record_history", id, table="proposition", after=after, limit=20)
    roles = ask("proposition_roles", id)
    return await page(
        request, "propositions/proposition.html", proposition=ask("proposition", id), roles=roles, history=history
    )


@get(f"{ONE}/role-history")
async def role_history(request: Request, id: Id, after: Filter = None) -> Response[str]:
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
async def log(request: Request, id: Id, after: Filter = None, refused: Filter = None) -> Response[str]:
    triggered = ask("proposition_action_events", id, after=after, limit=20)
    refusals = ask_optional("proposition_refusals", id, after=refused, limit=20)
    return await page(
        request, "propositions/log.html", proposition=ask("proposition", id), triggered=triggered, refusals=refusals
    )


routes: list[Any] = [propositions, settings, proposition, role_history, actions, new_action, action, log]
