"""Propositions: custom roles, made-to-measure actions, and the settings of both."""

from typing import Annotated

from litestar import Response, delete, get, patch, post, put
from litestar.openapi.spec import Example
from litestar.params import PathParameter

from jalon.engine.schemas import Move, Moved
from jalon.modules.propositions.schemas import (
    ActionChange,
    ActionEvent,
    ActionEvents,
    ActionInputs,
    Actions,
    Adoption,
    CustomAction,
    CustomActionTriggered,
    Holder,
    Holders,
    NewAction,
    NewHolder,
    NewProposition,
    NewPropositionRole,
    Proposition,
    PropositionChange,
    PropositionMatrixCell,
    PropositionRole,
    PropositionRoleChange,
    PropositionRoleHistory,
    Propositions,
    Refusals,
    RoleList,
    SettingHistory,
    Settings,
    SettingsChange,
)
from jalon.server.call import After, Count, Fields, Id, JSONBody, Limit, QueryParameter, Request, call, sort_parameter
from jalon.server.problems import responses

PATH = "/api/propositions"
SETTINGS = f"{PATH}/settings"
ONE = f"{PATH}/{{id:str}}"
ROLES = f"{ONE}/roles"
ROLE = f"{ROLES}/{{role:str}}"
USERS = f"{ROLE}/users"
ACTIONS = f"{ONE}/actions"
ACTION = f"{ACTIONS}/{{action:str}}"

Sort = Annotated[str, sort_parameter("createdAt", "statusSince", "title", "id")]
RoleKey = Annotated[str, PathParameter(name="role", max_length=100, description="A custom role, by id or code.")]
ActionKey = Annotated[str, PathParameter(name="action", max_length=100, description="A custom action, by id or code.")]
UserKey = Annotated[
    str, PathParameter(name="user", max_length=200, description="Who holds it.", examples=[Example(value="carla")])
]
HolderName = Annotated[str, QueryParameter(name="userId", max_length=200, description="Who holds it.")]
Why = Annotated[str | None, QueryParameter(max_length=4000, description="Why.")]
ByStatus = Annotated[str | None, QueryParameter(max_length=100, description="Only those at this status.")]
ByAuthor = Annotated[str | None, QueryParameter(max_length=200, description="Only those of this author.")]


@post(PATH, tags=["Propositions"], responses=responses(422))
async def create_proposition(request: Request, data: JSONBody[NewProposition]) -> Response[Proposition]:
    """Put a proposition forward; you become its initiator."""
    return await call("create_proposition", None, data, request)


@get(PATH, tags=["Propositions"], responses=responses())
async def propositions(
    request: Request,
    status: ByStatus = None,
    author: ByAuthor = None,
    sort: Sort = "-createdAt",
    count: Count = False,
    fields: Fields = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[Propositions]:
    """Propositions that you may see, newest first unless sorted otherwise."""
    form = {"sort": sort, "count": count, "fields": fields}
    return await call(
        "propositions", None, None, request, status=status, author=author, **form, after=after, limit=limit
    )


@get(ONE, tags=["Propositions"], responses=responses(404))
async def proposition(request: Request, id: Id) -> Response[Proposition]:
    """A proposition, and which buttons you see: moves and actions, and why a greyed one would be refused."""
    return await call("proposition", id, None, request)


@patch(ONE, tags=["Propositions"], responses=responses(404, 412, 422))
async def change_proposition(request: Request, id: Id, data: JSONBody[PropositionChange]) -> Response[Proposition]:
    """Change title and text, or the limits of this proposition."""
    return await call("change_proposition", id, data, request)


@post(
    f"{ONE}/moves",
    status_code=200,
    tags=["Propositions"],
    opt={"moves": True, "example": {"to": "submitted"}},
    responses=responses(404, 409, 412, 422, 428),
)
async def move_proposition(request: Request, id: Id, data: JSONBody[Move]) -> Response[Moved]:
    """Move a proposition to another status."""
    return await call("move_record", id, data, request, table="proposition")


@get(ROLES, tags=["Proposition roles"], responses=responses(404))
async def proposition_roles(request: Request, id: Id) -> Response[RoleList]:
    """The custom roles of a proposition, and who holds them."""
    return await call("proposition_roles", id, None, request)


@post(ROLES, tags=["Proposition roles"], responses=responses(404, 409, 422))
async def make_proposition_role(
    request: Request, id: Id, data: JSONBody[NewPropositionRole]
) -> Response[PropositionRole]:
    """Make a custom role."""
    return await call("make_proposition_role", id, data, request)


@get(ROLE, tags=["Proposition roles"], responses=responses(404))
async def proposition_role(request: Request, id: Id, role: RoleKey) -> Response[PropositionRole]:
    """One custom role."""
    return await call("proposition_role", id, None, request, roleId=role)


@patch(ROLE, tags=["Proposition roles"], responses=responses(404, 409, 422))
async def change_proposition_role(
    request: Request, id: Id, role: RoleKey, data: JSONBody[PropositionRoleChange]
) -> Response[PropositionRole]:
    """Change a custom role; what you add, you must hold."""
    return await call("change_proposition_role", id, data, request, roleId=role)


@delete(ROLE, status_code=204, tags=["Proposition roles"], responses=responses(404, 422))
async def drop_proposition_role(request: Request, id: Id, role: RoleKey, reason: Why = None) -> Response[None]:
    """Remove a custom role, from everybody who holds it."""
    return await call("drop_proposition_role", id, None, request, roleId=role, reason=reason)


@get(USERS, tags=["Proposition roles"], responses=responses(404))
async def proposition_role_holders(request: Request, id: Id, role: RoleKey) -> Response[Holders]:
    """Who holds a custom role now."""
    return await call("proposition_role_users", id, None, request, roleId=role)


@post(USERS, tags=["Proposition roles"], responses=responses(404, 409, 422))
async def assign_proposition_role(
    request: Request, id: Id, role: RoleKey, data: JSONBody[NewHolder]
) -> Response[Holder]:
    """Grant a custom role, for good or until a time. Nobody can grant more than they hold."""
    return await call("assign_proposition_role", id, data, request, roleId=role)


@delete(f"{USERS}/{{user:str}}", status_code=204, tags=["Proposition roles"], responses=responses(404, 422))
async def revoke_proposition_role(
    request: Request, id: Id, role: RoleKey, user: UserKey, reason: Why = None
) -> Response[None]:
    """Take a custom role back; it is worth nothing from the next request on."""
    return await call("revoke_proposition_role", id, None, request, roleId=role, userId=user, reason=reason)


@delete(USERS, status_code=204, tags=["Proposition roles"], responses=responses(404, 422))
async def revoke_proposition_role_of(
    request: Request, id: Id, role: RoleKey, user: HolderName, reason: Why = None
) -> Response[None]:
    """The same, for a person whose name can't be part of an address."""
    return await call("revoke_proposition_role", id, None, request, roleId=role, userId=user, reason=reason)


@get(f"{ONE}/role-history", tags=["Proposition roles"], responses=responses(404))
async def proposition_role_history(
    request: Request, id: Id, after: After = None, limit: Limit = 50
) -> Response[PropositionRoleHistory]:
    """The history of the roles: made, changed, granted, revoked, expired; by whom, when, until when."""
    return await call("proposition_role_history", id, None, request, after=after, limit=limit)


@get(ACTIONS, tags=["Proposition actions"], responses=responses(404))
async def proposition_actions(request: Request, id: Id) -> Response[Actions]:
    """The custom actions as they were declared; for those who manage them."""
    return await call("proposition_actions", id, None, request)


@post(ACTIONS, tags=["Proposition actions"], responses=responses(404, 409, 422))
async def declare_proposition_action(request: Request, id: Id, data: JSONBody[NewAction]) -> Response[CustomAction]:
    """Declare a custom action."""
    return await call("declare_proposition_action", id, data, request)


@get(ACTION, tags=["Proposition actions"], responses=responses(404))
async def proposition_action(request: Request, id: Id, action: ActionKey) -> Response[CustomAction]:
    """One custom action as it was declared."""
    return await call("proposition_action", id, None, request, actionId=action)


@patch(ACTION, tags=["Proposition actions"], responses=responses(404, 409, 422))
async def change_proposition_action(
    request: Request, id: Id, action: ActionKey, data: JSONBody[ActionChange]
) -> Response[CustomAction]:
    """Change a custom action."""
    return await call("change_proposition_action", id, data, request, actionId=action)


@delete(ACTION, status_code=204, tags=["Proposition actions"], responses=responses(404, 422))
async def drop_proposition_action(request: Request, id: Id, action: ActionKey) -> Response[None]:
    """Take a custom action away; its events stay."""
    return await call("drop_proposition_action", id, None, request, actionId=action)


@post(f"{ACTION}/trigger", status_code=200, tags=["Proposition actions"], responses=responses(404, 409, 412, 422))
async def trigger_proposition_action(
    request: Request, id: Id, action: ActionKey, data: JSONBody[ActionInputs | None] = None
) -> Response[ActionEvent]:
    """Trigger a custom action. An Idempotency-Key makes a double click count once; nobody waits for a webhook."""
    return await call("trigger_proposition_action", id, data, request, actionId=action)


@get(f"{ONE}/action-events", tags=["Proposition actions"], responses=responses(404))
async def proposition_action_events(
    request: Request, id: Id, after: After = None, limit: Limit = 50
) -> Response[ActionEvents]:
    """Triggerings with their payloads, newest first."""
    return await call("proposition_action_events", id, None, request, after=after, limit=limit)


@get(f"{ONE}/refusals", tags=["Proposition actions"], responses=responses(404))
async def proposition_refusals(request: Request, id: Id, after: After = None, limit: Limit = 50) -> Response[Refusals]:
    """Refused triggers, newest first; for administrators."""
    return await call("proposition_refusals", id, None, request, after=after, limit=limit)


@get(SETTINGS, tags=["Proposition settings"], responses=responses(), opt={"open": True})
async def proposition_settings(request: Request) -> Response[Settings]:
    """The permission catalogue, the matrix role x permission x status, limits."""
    return await call("proposition_settings", None, None, request)


@patch(SETTINGS, tags=["Proposition settings"], responses=responses(422))
async def change_proposition_settings(request: Request, data: JSONBody[SettingsChange]) -> Response[Settings]:
    """Change limits and defaults."""
    return await call("change_proposition_settings", None, data, request)


@put(f"{SETTINGS}/permissions", tags=["Proposition settings"], responses=responses(422))
async def set_proposition_permission(request: Request, data: JSONBody[PropositionMatrixCell]) -> Response[Settings]:
    """Set one cell of the matrix. Role `custom` limits the permissions of custom roles."""
    return await call("set_proposition_permission", None, data, request)


@get(f"{SETTINGS}/history", tags=["Proposition settings"], responses=responses())
async def proposition_settings_history(
    request: Request, after: After = None, limit: Limit = 50
) -> Response[SettingHistory]:
    """Changes of the matrix and the limits, newest first."""
    return await call("proposition_settings_history", None, None, request, after=after, limit=limit)


@post(f"{SETTINGS}/adopt", status_code=200, tags=["Proposition settings"], responses=responses(422))
async def adopt_proposition_settings(request: Request) -> Response[Adoption]:
    """Take over the roles and actions that settings define. Can be called again."""
    return await call("adopt_proposition_settings", None, None, request)


routes = [
    create_proposition, propositions, proposition_settings, change_proposition_settings, set_proposition_permission,
    proposition_settings_history, adopt_proposition_settings, proposition, change_proposition, move_proposition,
    proposition_roles, make_proposition_role, proposition_role, change_proposition_role, drop_proposition_role,
    proposition_role_holders, assign_proposition_role, revoke_proposition_role, revoke_proposition_role_of,
    proposition_role_history, proposition_actions, declare_proposition_action, proposition_action,
    change_proposition_action, drop_proposition_action, trigger_proposition_action, proposition_action_events,
    proposition_refusals,
]  # fmt: skip
messages = [CustomActionTriggered]
