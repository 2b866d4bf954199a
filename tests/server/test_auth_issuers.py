"""Tokens as Keycloak, Entra ID and Auth0 issue them, with the settings that docs/sign-in.md gives for each."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import msgspec
import psycopg
import pytest

from jalon.refusal import Refusal
from jalon.server import auth
from jalon.server.claims import WrongClaim, find_claim, read_role_names, roles_of
from jalon.settings import Settings, load
from tests.applications import client_of
from tests.docs.pages import DOCS, blocks
from tests.server.test_auth import KEYS, WHO, jwks

PAGE = DOCS / "sign-in.md"
TENANT = "8d0a3b52-93f1-4a6e-a2f5-0f3f7a6f5b11"
OID = "1b0f5d0e-7c53-4b9b-8a2c-6a3a54a4c001"
ISSUED: dict[str, dict[str, Any]] = {
    "Keycloak": {
        "jti": "onrtac:0c5d6d1c", "iss": "https://id.example.com/realms/shop", "aud": ["crm", "account"],
        "sub": "f:1234:9b2c-uuid", "typ": "Bearer", "azp": "crm-console", "sid": "b9f6", "acr": "1",
        "allowed-origins": ["https://crm.example.com"],
        "realm_access": {"roles": ["default-roles-shop", "offline_access", "uma_authorization", "admin"]},
        "resource_access": {"crm": {"roles": ["seller"]}, "account": {"roles": ["manage-account", "view-profile"]}},
        "scope": "openid profile email", "email_verified": True, "name": "Anna Klein", "groups": ["/crm/clerks"],
        "preferred_username": "anna", "given_name": "Anna", "family_name": "Klein", "email": "anna@example.com",
    },
    "Entra ID": {
        "aud": "5c1f0c2e-6f0b-4d7e-9a51-2b1a3f0f9d77", "iss": f"https://login.microsoftonline.com/{TENANT}/v2.0",
        "aio": "AXQAi/8VAAAA", "azp": "0b1f", "azpacr": "1", "name": "Anna Klein", "oid": OID,
        "preferred_username": "anna@example.com", "rh": "0.AQUA", "roles": ["Crm.Clerk"], "scp": "access_as_user",
        "sub": "kW1_pairwise", "tid": TENANT, "uti": "q1", "ver": "2.0",
    },
    "Auth0": {
        "https://crm.example.com/roles": ["crm-clerks"], "https://crm.example.com/name": "Anna Klein",
        "iss": "https://shop.eu.auth0.com/", "sub": "auth0|65f1c0",
        "aud": ["https://crm.example.com/api", "https://shop.eu.auth0.com/userinfo"], "scope": "openid profile",
        "azp": "H8", "permissions": ["read:orders"],
    },
}  # fmt: skip
ACTORS = {"Keycloak": "anna", "Entra ID": OID, "Auth0": "auth0|65f1c0"}

Ask = Callable[..., Any]


def documented(issuer: str) -> dict[str, str]:
    """The settings under the issuer's heading."""
    section = PAGE.read_text().split(f"\n## {issuer}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^export (\w+)=(.*)$", section, re.MULTILINE))


@pytest.fixture
def ask(shop: psycopg.Connection[Any], settings: Settings, tmp_path: Path) -> Ask:
    """ask(claims, JALON_…=…): the answer to a request with a token of these claims, signed as issuers do."""
    keys = json.loads(jwks("RS256", use="sig", x5t="RS256"))["keys"]
    encryption = keys[0] | {"kid": "encryption", "use": "enc", "alg": "RSA-OAEP"}  # Keycloak publishes one, too
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [encryption, *keys]}))

    def ask(claims: dict[str, Any], path: str = WHO, method: str = "GET", body: Any = None, **environment: str) -> Any:
        claims = {"iat": int(time.time()), "exp": int(time.time()) + 300} | claims
        token = jwt.encode(claims, KEYS["RS256"], algorithm="RS256", headers={"kid": "RS256"})
        given = {"JALON_HOME": str(tmp_path)} | environment | {"JALON_TOKEN_JWKS": str(tmp_path / "jwks.json")}
        changed = msgspec.structs.replace(
            load(given), dsn=settings.dsn, api_dsn=settings.api_dsn, prepared=settings.prepared
        )
        with client_of(changed) as client:
            return client.request(method, path, json=body, headers={"authorization": f"Bearer {token}"})

    return ask


@pytest.mark.parametrize("issuer", ISSUED)
def test_a_token_of_the_issuer_names_actor_and_roles(ask: Ask, shop: psycopg.Connection[Any], issuer: str) -> None:
    moved = ask(ISSUED[issuer], f"{WHO}/moves", "POST", {"to": "PAID"}, **documented(issuer))
    assert moved.status_code == 200, moved.text
    recorded = shop.execute("select changed_by from jalon_history.shop__orders where version = 2").fetchall()
    assert recorded == [(ACTORS[issuer],)]


@pytest.mark.parametrize("issuer", ISSUED)
def test_what_is_read_from_a_token(issuer: str, tmp_path: Path) -> None:
    settings = load({"JALON_HOME": str(tmp_path)} | documented(issuer))
    paths = auth.claim_paths(settings)
    claims = ISSUED[issuer]
    assert (paths.read_actor(claims), paths.read_name(claims)) == (ACTORS[issuer], "Anna Klein")
    assert paths.read_roles(claims) == ["clerk"]  # not the realm's own `admin`, which nothing maps


@pytest.mark.parametrize("issuer", ISSUED)
def test_another_tenant_or_audience_of_the_same_issuer_is_refused(ask: Ask, issuer: str) -> None:
    given = documented(issuer)
    assert ask(ISSUED[issuer], **given).status_code == 200
    for wrong in ({"iss": ISSUED[issuer]["iss"] + "x"}, {"aud": "account"}, {"aud": ["account"]}):
        assert ask(ISSUED[issuer] | wrong, **given).status_code == 401


def test_the_longest_name_that_exists_wins() -> None:
    claims = {
        "realm_access.roles": ["whole"],
        "realm_access": {"roles": ["parts"]},
        "resource_access": {"my.shop": {"roles": ["dotted"]}, "my": {"shop": {"roles": ["deep"]}, "other": None}},
        "https://shop.example.com/roles": ["address"],
        "flat": "text",
    }
    assert find_claim(claims, "realm_access.roles") == ["whole"]
    assert find_claim(claims, "resource_access.my.shop.roles") == ["dotted"]
    assert find_claim(claims, "https://shop.example.com/roles") == ["address"]
    for path in ("nothing", "nothing.here", "flat.roles", "resource_access.my.other.roles", ".", "..", "flat."):
        assert find_claim(claims, path) is None


@pytest.mark.parametrize(
    ("value", "roles"),
    [
        (["clerk", "admin"], ["clerk", "admin"]), ("clerk", ["clerk"]), ("clerk admin", ["clerk", "admin"]),
        ("clerk, admin,,", ["clerk", "admin"]), ("", []), ("  ", []), ([], []), (None, []),
        (["Sales and support"], ["Sales and support"]),
    ],
)  # fmt: skip
def test_roles_are_an_array_or_a_text(value: Any, roles: list[str]) -> None:
    assert roles_of("roles", value) == roles


@pytest.mark.parametrize("value", [7, True, {"a": 1}, [1], [["clerk"]], ["a\0b"], "a\0b", ["\ud800"]])
def test_roles_of_another_shape_are_refused(value: Any) -> None:
    with pytest.raises(WrongClaim, match=r"^the claim groups "):
        roles_of("groups", value)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"who": None}, "the claim who, which names the actor, is missing, not a text."),
        ({"who": 7}, "the claim who, which names the actor, is a number, not a text."),
        ({"who": {"name": "anna"}}, "the claim who, which names the actor, is an object, not a text."),
        ({"who": ""}, "the claim who is empty or longer than 200 characters."),
        ({"who": "db:postgres"}, "the claim who begins with db: or key:, which is reserved."),
        ({"groups": {"clerk": True}}, "the claim groups is an object, not an array of roles or a text."),
        ({"groups": [None]}, "the claim groups holds missing among its roles."),
        ({"groups": ["CN=clerks,OU=crm"]}, "a role is empty, has a comma, or is longer than 100 characters."),
    ],
)
def test_a_wrong_shape_is_a_401_and_a_sentence_in_the_log(
    ask: Ask, capsys: pytest.CaptureFixture[str], claims: dict[str, Any], reason: str
) -> None:
    given = {"who": "anna", "groups": ["clerk"], "aud": "jalon", "iss": "jalon"} | claims
    answer = ask(given, JALON_TOKEN_ACTOR_CLAIM="who", JALON_TOKEN_ROLES_CLAIM="groups")
    assert (answer.status_code, answer.json()["code"]) == (401, "JL201")
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "token_refused" in line]
    assert [line["reason"] for line in logged] == [reason]


def test_a_role_that_the_mapping_does_not_name_is_dropped_whatever_it_looks_like(ask: Ask) -> None:
    given = {"sub": "anna", "groups": ["CN=clerks,OU=crm", "sellers", "sellers"], "aud": "jalon", "iss": "jalon"}
    mapped = {"JALON_TOKEN_ROLES_CLAIM": "groups", "JALON_TOKEN_ROLES_MAP": "sellers=clerk, sellers = author"}
    assert ask(given, **mapped).status_code == 200
    assert ask(given | {"groups": ["clerk"]}, **mapped).status_code == 404  # who has no role sees no order


def test_a_token_that_jalon_makes_is_read_with_the_same_settings(settings: Settings) -> None:
    changed = msgspec.structs.replace(
        settings,
        token_actor_claim="user.name",
        token_roles_claim="realm_access.roles,groups",
        token_roles_map="crm-clerks=clerk",
    )
    paths = auth.claim_paths(changed)
    token = auth.issue_token(changed, "anna", ["clerk"], name="Anna")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (paths.read_actor(claims), paths.read_name(claims), paths.read_roles(claims)) == ("anna", "Anna", ["clerk"])


def test_a_mapping_or_a_list_of_claims_that_can_not_be_read_is_refused_at_start() -> None:
    assert read_role_names("a=b,a=c, cn=x=d ,") == {"a": ["b", "c"], "cn=x": ["d"]}
    for value in ("admins", "=admin", "admins=", "a=b,c"):
        with pytest.raises(
            Refusal, match=r"^JALON_TOKEN_ROLES_MAP is '.*': .* is not of the form issuers-role=role\.$"
        ):
            load({"JALON_TOKEN_ROLES_MAP": value})
    with pytest.raises(Refusal, match=r"^JALON_TOKEN_ROLES_CLAIM is ' , ': it names no claim\.$"):
        load({"JALON_TOKEN_ROLES_CLAIM": " , "})


def test_the_page_has_a_block_of_settings_for_each_issuer() -> None:
    assert len([block for block in blocks(PAGE, "sh") if "JALON_TOKEN_JWKS" in block]) == len(ISSUED)
