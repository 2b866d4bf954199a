"""Reads actor, name and roles from a token's claims, wherever its issuer puts them.

A claim is named by its path: `realm_access.roles` is the member `roles` of the claim `realm_access`. A name that exists
as it stands wins, so that `https://example.com/roles` and `resource_access.my.shop.roles` need no quoting.
"""

import re
from typing import Any

from msgspec import Struct

SURROGATE = re.compile("[\ud800-\udfff]")
ROLE = re.compile(r"[^,\0]{1,100}")
MAX_ACTOR_LENGTH = 200
RESERVED_PREFIXES = ("db:", "key:")  # database logins and API keys act under these


class WrongClaim(Exception):
    """A claim that can't be used: which one, and why, without what it holds."""


class ClaimPaths(Struct, frozen=True, kw_only=True):
    """Where the claims are, and what the issuer's roles are called here."""

    actor: str
    name: str
    roles: list[str]
    role_names: dict[str, list[str]]  # if it isn't empty, roles that it doesn't name are dropped

    def read_actor(self, claims: dict[str, Any]) -> str:
        actor = find_claim(claims, self.actor)
        if not is_text(actor):
            raise WrongClaim(f"the claim {self.actor}, which names the actor, is {shape(actor)}, not a text")
        if not 0 < len(actor) <= MAX_ACTOR_LENGTH:
            raise WrongClaim(f"the claim {self.actor} is empty or longer than {MAX_ACTOR_LENGTH} characters")
        if actor.startswith(RESERVED_PREFIXES):
            raise WrongClaim(f"the claim {self.actor} begins with {' or '.join(RESERVED_PREFIXES)}, which is reserved")
        return str(actor)

    def read_name(self, claims: dict[str, Any]) -> str | None:
        """What people call the actor; nothing depends on it."""
        name = find_claim(claims, self.name)
        return name if is_text(name) else None

    def read_roles(self, claims: dict[str, Any]) -> list[str]:
        """The roles of all paths, each once, as they are called here."""
        found: dict[str, None] = {}
        for path in self.roles:
            for role in roles_of(path, find_claim(claims, path)):
                found.update(dict.fromkeys(self.role_names.get(role, []) if self.role_names else [role]))
        for role in found:
            if not ROLE.fullmatch(role):
                raise WrongClaim("a role is empty, has a comma, or is longer than 100 characters")
        return list(found)

    def write(self, actor: str, name: str | None, roles: list[str]) -> dict[str, Any]:
        """Claims from which the same actor, name and roles are read."""
        issuers_names = {ours: theirs for theirs, names in self.role_names.items() for ours in names}
        claims: dict[str, Any] = {self.name: name, "sub": actor, self.actor: actor}
        claims |= {path: [] for path in self.roles} | {self.roles[0]: [issuers_names.get(role, role) for role in roles]}
        return {path: value for path, value in claims.items() if value is not None}


def find_claim(claims: Any, path: str) -> Any:
    """The value at a path, or None. The longest name that exists wins."""
    if not isinstance(claims, dict):
        return None
    if path in claims:
        return claims[path]
    end = len(path)
    while (end := path.rfind(".", 0, end)) > 0:
        if (found := find_claim(claims.get(path[:end]), path[end + 1 :])) is not None:
            return found
    return None


def roles_of(path: str, value: Any) -> list[str]:
    """Roles as an array of texts, or as one text in which spaces or commas separate them."""
    if value is None:
        return []
    if is_text(value):
        return [role for role in re.split(r"[\s,]+", value) if role]
    if not isinstance(value, list):
        raise WrongClaim(f"the claim {path} is {shape(value)}, not an array of roles or a text")
    for role in value:
        if not is_text(role):
            raise WrongClaim(f"the claim {path} holds {shape(role)} among its roles")
    return value


def read_role_names(setting: str) -> dict[str, list[str]]:
    """JALON_TOKEN_ROLES_MAP: `theirs=ours` separated by commas; ValueError if it isn't that."""
    names: dict[str, list[str]] = {}
    for pair in filter(None, (part.strip() for part in setting.split(","))):
        theirs, equals, ours = (part.strip() for part in pair.rpartition("="))
        if not (theirs and equals and ours):
            raise ValueError(f"{pair} is not of the form issuers-role=role")
        names.setdefault(theirs, []).append(ours)
    return names


def read_paths(setting: str) -> list[str]:
    """Paths separated by commas; ValueError if there is none."""
    paths = [path.strip() for path in setting.split(",") if path.strip()]
    if not paths:
        raise ValueError("it names no claim")
    return paths


def is_text(value: Any) -> bool:
    """A text as PostgreSQL has it: no NUL, and no half of a character (JSON can write one)."""
    return isinstance(value, str) and "\0" not in value and not SURROGATE.search(value)


def shape(value: Any) -> str:
    """What a value is, for a sentence that must not show it."""
    if value is None:
        return "missing"
    words = {bool: "true or false", int: "a number", float: "a number", list: "an array", dict: "an object"}
    return words.get(type(value), "a text that PostgreSQL can't hold")
