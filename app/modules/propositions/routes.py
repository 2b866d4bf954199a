"""Propositions: custom roles, made-to-measure actions, and the settings of both."""

from typing import Annotated

from litestar import Response, delete, get, patch, post, put
from litestar.openapi.spec import Example
from litestar.params import PathParameter

from jalon.engine.schemas import Move, Moved
from jalon.modules.propositions.schemas import (
    Action,
    ActionChange,
    ActionEvent,
    ActionEvents,
    ActionInputs,
    Actions,
    Adoption,
    Holder,
    Holders,
    MatrixCell,
    NewAction,
    NewHolder,
    NewProposition,
    NewRole,
    Proposition,
    PropositionChange,
    Propositions,
    Refusals,
    Role,
    RoleChange,
    RoleHistory,
    RoleList,
    SettingHistory,
    Settings,
    SettingsChange,
)
from jalon.server.call import After, Id, JSONBody, Limit, QueryParameter, Request, call
from jalon.server.problems import responses

PATH = "/api/propositions"
SETTINGS = f"{PATH}/settings"
ONE = f"{PATH}/{{id:str}}"
ROLES = f"{ONE}/roles"
ROLE = f"{ROLES}/{{role:str}}"
USERS = f"{ROLE}/users"
ACTIONS = f"{ONE}/actions"
ACTION = f"{ACTIONS}/{{action:str}}"

RoleKey = Annotated[str, PathParameter(name="role", max_length=100, description="A custom role, by id or code.")]
ActionKey = Annotated[str, PathParameter(name="action", max_length=100, description="A custom action, by id or code.")]
UserKey = Annotated[
    str, PathParameter(name="user", max_length=200, description="Who holds it.", examples=[Example(value="carla")])
]
HolderName = Annotated[str, QueryParameter(name="userId", max_length=200, description="Who holds it.")]
Reason = Annotated[str | None, QueryParameter(max_length=4000, description="Why.")]
Status = Annotated[str | None, QueryParameter(max_length=100, description="Only those at this status.")]
Author = Annotated[str | None, QueryParameter(max_length=200, description="Only those of this author.")]


@post(PATH, tags=["Propositions"], responses=responses(422))
async def create(request: Request, data: JSONBody[NewProposition]) -> Response[Proposition]:
    """Put a proposition forward; you become its initiator."""
    return await call("create_proposition", None, data, request)


@get(PATH, tags=["Propositions"], responses=responses())
async def propositions(
    request: Request, status: Status = None, author: Author = None, after: After = None, limit: Limit = 50
) -> Response[Propositions]:
    """Propositions that you may see, newest first."""
    return await call("propositions", None, None, request, status=status, author=author, after=after, limit=limit)


@get(ONE, tags=["Propositions"], responses=responses(404))
async def proposition(request: Request, id: Id) -> Response[Proposition]:
    """A proposition, and which buttons you see: moves and actions, and why a greyed one would be refused."""
    return await call("proposition", id, None, request)


@patch(ONE, tags=["Propositions"], responses=responses(404, 412, 422))
async def change(request: Request, id: Id, data: JSONBody[PropositionChange]) -> Response[Proposition]:
    """Change title and text, or the limits of this proposition."""
    return await call("change_proposition", id, data, request)


@post(
    f"{ONE}/moves",
    status_code=200,
    tags=["Propositions"],
    opt={"moves": True},
    responses=responses(404, 409, 412, 422, 428),
)
async def move(request: Request, id: Id, data: JSONBody[Move]) -> Response[Moved]:
    """Move a proposition to another status."""
    return await call("move_record", id, data, request, table="proposition")


@get(ROLES, tags=["Proposition roles"], responses=responses(404))
async def roles(request: Request, id: Id) -> Response[RoleList]:
    """The custom roles of a proposition, and who holds them."""
    return await call("proposition_roles", id, None, request)


@post(ROLES, tags=["Proposition roles"], responses=responses(404, 409, 422))
async def make_role(request: Request, id: Id, data: JSONBody[NewRole]) -> Response[Role]:
    """Make a custom role."""
    return await call("make_proposition_role", id, data, request)


@get(ROLE, tags=["Proposition roles"], responses=responses(404))
async def role(request: Request, id: Id, role: RoleKey) -> Response[Role]:
    """One custom role."""
    return await call("proposition_role", id, None, request, roleId=role)


@patch(ROLE, tags=["Proposition roles"], responses=responses(404, 409, 422))
async def change_role(request: Request, id: Id, role: RoleKey, data: JSONBody[RoleChange]) -> Response[Role]:
    """Change a custom role; what you add, you must hold."""
    return await call("change_proposition_role", id, data, request, roleId=role)


@delete(ROLE, status_code=204, tags=["Proposition roles"], responses=responses(404, 422))
async def drop_role(request: Request, id: Id, role: RoleKey, reason: Reason = None) -> Response[None]:
    """Remove a custom role, from everybody who holds it."""
    return await call("drop_proposition_role", id, None, request, roleId=role, reason=reason)


@get(USERS, tags=["Proposition roles"], responses=responses(404))
async def users(request: Request, id: Id, role: RoleKey) -> Response[Holders]:
    """Who holds a custom role now."""
    return await call("proposition_role_users", id, None, request, roleId=role)


@post(USERS, tags=["Proposition roles"], responses=responses(404, 409, 422))
async def assign(request: Request, id: Id, role: RoleKey, data: JSONBody[NewHolder]) -> Response[Holder]:
    """Grant a custom role, for good or until a time. Nobody can grant more than they hold."""
    return await call("assign_proposition_role", id, data, request, roleId=role)


@delete(f"{USERS}/{{user:str}}", status_code=204, tags=["Proposition roles"], responses=responses(404, 422))
async def revoke(request: Request, id: Id, role: RoleKey, user: UserKey, reason: Reason = None) -> Response[None]:
    """Take a custom role back; it is worth nothing from the next request on."""
    return await call("revoke_proposition_role", id, None, request, roleId=role, userId=user, reason=reason)


@delete(USERS, status_code=204, tags=["Proposition roles"], responses=responses(404, 422))
async def revoke_named(
    request: Request, id: Id, role: RoleKey, user: HolderName, reason: Reason = None
) -> Response[None]:
    """The same, for a person whose name can't be part of an address."""
    return await call("revoke_proposition_role", id, None, request, roleId=role, userId=user, reason=reason)


@get(f"{ONE}/role-history", tags=["Proposition roles"], responses=responses(404))
async def role_history(request: Request, id: Id, after: After = None, limit: Limit = 50) -> Response[RoleHistory]:
    """The history of the roles: made, changed, granted, revoked, expired; by whom, when, until when."""
    return await call("proposition_role_history", id, None, request, after=after, limit=limit)


@get(ACTIONS, tags=["Proposition actions"], responses=responses(404))
async def actions(request: Request, id: Id) -> Response[Actions]:
    """The custom actions as they were declared; for those who manage them."""
    return await call("proposition_actions", id, None, request)


@post(ACTIONS, tags=["Proposition actions"], responses=responses(404, 409, 422))
async def declare(request: Request, id: Id, data: JSONBody[NewAction]) -> Response[Action]:
    """Declare a custom action."""
    return await call("declare_proposition_action", id, data, request)


@get(ACTION, tags=["Proposition actions"], responses=responses(404))
async def action(request: Request, id: Id, action: ActionKey) -> Response[Action]:
    """One custom action as it was declared."""
    return await call("proposition_action", id, None, request, actionId=action)


@patch(ACTION, tags=["Proposition actions"], responses=responses(404, 409, 422))
async def change_action(request: Request, id: Id, action: ActionKey, data: JSONBody[ActionChange]) -> Response[Action]:
    """Change a custom action."""
    return await call("change_proposition_action", id, data, request, actionId=action)


@delete(ACTION, status_code=204, tags=["Proposition actions"], responses=responses(404, 422))
async def drop_action(request: Request, id: Id, action: ActionKey) -> Response[None]:
    """Take a custom action away; its events stay."""
    return await call("drop_proposition_action", id, None, request, actionId=action)


@post(f"{ACTION}/trigger", status_code=200, tags=["Proposition actions"], responses=responses(404, 409, 412, 422))
async def trigger(
    request: Request, id: Id, action: ActionKey, data: JSONBody[ActionInputs | None] = None
) -> Response[ActionEvent]:
    """Trigger a custom action. An Idempotency-Key makes a double click count once; nobody waits for a webhook."""
    return await call("trigger_proposition_action", id, data, request, actionId=action)


@get(f"{ONE}/action-events", tags=["Proposition actions"], responses=responses(404))
async def action_events(request: Request, id: Id, after: After = None, limit: Limit = 50) -> Response[ActionEvents]:
    """Triggerings with their payloads, newest first."""
    return await call("proposition_action_events", id, None, request, after=after, limit=limit)


@get(f"{ONE}/refusals", tags=["Proposition actions"], responses=responses(404))
async def refusals(request: Request, id: Id, after: After = None, limit: Limit = 50) -> Response[Refusals]:
    """Refused triggers, newest first; for administrators."""
    return await call("proposition_refusals", id, None, request, after=after, limit=limit)


@get(SETTINGS, tags=["Proposition settings"], responses=responses())
async def settings(request: Request) -> Response[Settings]:
    """The permission catalogue, the matrix role x permission x status, limits."""
    return await call("proposition_settings", None, None, request)


@patch(SETTINGS, tags=["Proposition settings"], responses=responses(422))
async def change_settings(request: Request, data: JSONBody[SettingsChange]) -> Response[Settings]:
    """Change limits and defaults."""
    return await call("change_proposition_settings", None, data, request)


@put(f"{SETTINGS}/permissions", tags=["Proposition settings"], responses=responses(422))
async def set_permission(request: Request, data: JSONBody[MatrixCell]) -> Response[Settings]:
    """Set one cell of the matrix. Role `custom` limits the permissions of custom roles."""
    return await call("set_proposition_permission", None, data, request)


@get(f"{SETTINGS}/history", tags=["Proposition settings"], responses=responses())
async def settings_history(request: Request, after: After = None, limit: Limit = 50) -> Response[SettingHistory]:
    """Changes of the matrix and the limits, newest first."""
    return await call("proposition_settings_history", None, None, request, after=after, limit=limit)


@post(f"{SETTINGS}/adopt", status_code=200, tags=["Proposition settings"], responses=responses(422))
async def adopt(request: Request) -> Response[Adoption]:
    """Take over the roles and actions that settings define. Can be called again."""
    return await call("adopt_proposition_settings", None, None, request)


routes = [
    create, propositions, settings, change_settings, set_permission, settings_history, adopt, proposition, change, move,
    roles, make_role, role, change_role, drop_role, users, assign, revoke, revoke_named, role_history,
    actions, declare, action, change_action, drop_action, trigger, action_events, refusals,
]  # fmt: skip
