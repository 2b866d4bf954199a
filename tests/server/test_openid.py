"""People sign in to the console by OpenID Connect: the story that works, and every answer that signs nobody in."""

import html
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import msgspec
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from litestar.testing import TestClient

from jalon.refusal import Refusal
from jalon.server import auth, openid
from jalon.server.openid import MAX_ANSWER_BYTES, Provider
from jalon.settings import Settings
from tests.applications import client_of
from tests.identity_provider import CLIENT, SECRET, IdentityProvider, identity_provider

Client = TestClient[Any]
Shop = psycopg.Connection[Any]
ORDER = "/api/v1/tracked/orders/7"
NOT_VALID = html.escape(openid.NOT_VALID).replace("&#x27;", "&#39;")  # as it stands in a page


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with identity_provider() as provider:
        yield provider


@pytest.fixture
def settings(settings: Settings, provider: IdentityProvider) -> Settings:
    return msgspec.structs.replace(
        settings,
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_secret=SECRET,
        public_url="http://testserver.local",
    )


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    with client_of(settings) as client:
        yield client


def begin(client: Client, next: str = "/console/records") -> str:
    """Where the provider sends the browser back to."""
    answer = client.get("/console/sign-in/provider", params={"next": next}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return httpx.get(answer.headers["location"]).headers["location"].removeprefix("http://testserver.local")


def sign_in(client: Client) -> Any:
    return client.get(begin(client), follow_redirects=False)


def is_signed_in(client: Client) -> bool:
    return client.get(ORDER).status_code == 200


def test_a_person_signs_in_goes_where_they_wanted_and_signs_out_on_both_sides(
    shop: Shop, client: Client, provider: IdentityProvider
) -> None:
    assert (
        "/console/sign-in/provider?next=/console/records" in client.get("/console/sign-in?next=/console/records").text
    )
    assert not is_signed_in(client)
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["refresh"]) == (200, "0; url=/console/records")
    assert is_signed_in(client)
    assert "Signed in as p-1" in client.get("/console").text
    kept = shop.execute("select actor, name, roles from jalon_engine.session").fetchall()
    assert kept == [("p-1", "Anna", ["clerk"])]
    cookies = {"cookie": f"jalon_session={client.cookies['jalon_session']}"}
    answer = client.post("/console/sign-out", follow_redirects=False)
    leave = urlsplit(answer.headers["refresh"].removeprefix("0; url="))
    assert f"{leave.scheme}://{leave.netloc}{leave.path}" == f"{provider.issuer}/leave"
    back = {"client_id": [CLIENT], "post_logout_redirect_uri": ["http://testserver.local/console/sign-in"]}
    assert parse_qs(leave.query) == back
    client.cookies.clear()
    assert client.get(ORDER, headers=cookies).status_code == 401
    assert shop.execute("select count(*) from jalon_engine.session").fetchone() == (0,)


def test_tokens_and_keys_still_sign_in_beside_it(shop: Shop, client: Client, bearer: Any) -> None:
    token = bearer("anna", "clerk")["authorization"].removeprefix("Bearer ")
    assert client.post("/console/sign-in", data={"token": token}, follow_redirects=False).status_code == 303
    assert is_signed_in(client)
    answer = client.post("/console/sign-out", follow_redirects=False)
    assert answer.headers["location"] == "/console/sign-in"  # the provider has no part in it


def test_claims_are_read_as_those_of_tokens_are_also_of_userinfo(
    shop: Shop, settings: Settings, provider: IdentityProvider
) -> None:
    provider.person = {"sub": "p-1"}
    provider.userinfo = {"email": "anna@example.com", "realm": {"groups": ["crm-clerks", "others"]}}
    changed = {"token_actor_claim": "email", "token_roles_claim": "realm.groups"}
    changed |= {"token_roles_map": "crm-clerks=clerk"}
    with client_of(msgspec.structs.replace(settings, **changed)) as client:
        sign_in(client)
        assert is_signed_in(client)
    kept = shop.execute("select actor, roles from jalon_engine.session").fetchall()
    assert kept == [("anna@example.com", ["clerk"])]


FAULTS = {
    "another nonce": {"nonce": "other"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "other"},
    "another application": {"aud": [CLIENT, "other"], "azp": "other"},
    "another issuer": {"iss": "https://other.example"},
    "expired": {"exp": time.time() - 60},
    "no expiry": {"exp": None},
    "nobody": {"sub": None},
    "an unknown key": {"kid": "unknown"},
    "another key": {"key": rsa.generate_private_key(public_exponent=65537, key_size=2048)},
    "an HMAC made with what everybody knows": {"key": "x" * 64, "alg": "HS256"},
    "no signature": {"key": None, "alg": "none"},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_id_token_signs_nobody_in(
    shop: Shop, client: Client, provider: IdentityProvider, fault: str, capfd: Any
) -> None:
    provider.faults = FAULTS[fault]
    answer = sign_in(client)
    assert (answer.status_code, NOT_VALID in answer.text) == (401, True)
    assert "jalon_session" not in client.cookies
    assert '"event":"sign_in_refused"' in capfd.readouterr().err
    provider.faults = {}
    sign_in(client)
    assert is_signed_in(client)


def test_userinfo_about_somebody_else_signs_nobody_in(client: Client, provider: IdentityProvider) -> None:
    provider.userinfo = {"sub": "p-2"}
    assert NOT_VALID in sign_in(client).text


def test_a_reserved_actor_signs_nobody_in(client: Client, provider: IdentityProvider) -> None:
    provider.person = {"sub": "db:postgres"}
    answer = sign_in(client)
    assert answer.status_code == 401
    assert "reserved" in answer.text


@pytest.mark.parametrize("state", ["other", "", None, "é"])
def test_another_state_signs_nobody_in_and_asks_the_provider_nothing(
    client: Client, provider: IdentityProvider, state: str | None
) -> None:
    back = urlsplit(begin(client))
    query = {name: values[0] for name, values in parse_qs(back.query).items()} | {"state": state}
    query = {name: value for name, value in query.items() if value is not None}
    answer = client.get(f"{back.path}?{urlencode(query)}")
    assert (answer.status_code, "was not begun in this browser" in answer.text) == (401, True)
    assert "/token" not in provider.asked


def test_an_attempt_counts_once_and_a_code_too(client: Client, provider: IdentityProvider) -> None:
    back = begin(client)
    attempt = client.cookies["jalon_attempt"]
    assert client.get(back).status_code == 200
    client.cookies.clear()
    assert client.get(back).status_code == 401
    assert provider.asked.count("/token") == 1
    # Whoever kept the attempt has a code that was used.
    again = client.get(back, headers={"cookie": f"jalon_attempt={attempt}"})
    assert (again.status_code, NOT_VALID in again.text) == (401, True)
    assert "jalon_session" not in client.cookies


def test_a_code_of_another_browser_does_not_fit_the_attempt(client: Client, provider: IdentityProvider) -> None:
    other = parse_qs(urlsplit(begin(client)).query)["code"][0]
    client.cookies.clear()
    back = re.sub(r"code=[^&]+", f"code={other}", begin(client))
    assert NOT_VALID in client.get(back).text  # its verifier is another


def test_an_answer_of_another_issuer_signs_nobody_in(client: Client, provider: IdentityProvider) -> None:
    back = re.sub(r"iss=[^&]+", "iss=https://other.example", begin(client))
    assert NOT_VALID in client.get(back).text
    assert "/token" not in provider.asked


def test_whom_the_provider_refuses_is_told(client: Client, provider: IdentityProvider) -> None:
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    answer = client.get(
        f"/console/sign-in/callback?state={state}&error=access_denied", headers={"accept-language": "fr"}
    )
    assert answer.status_code == 401
    assert "identité ne vous a pas connecté." in answer.text


def test_keys_may_rotate(
    shop: Shop, client: Client, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "JWKS_RETRY_SECONDS", 0)
    sign_in(client)
    provider.rotate()
    client.cookies.clear()
    sign_in(client)
    assert is_signed_in(client)
    assert provider.asked.count("/keys") == 2


def test_while_the_provider_is_away_people_are_told_and_sessions_go_on(
    shop: Shop, client: Client, provider: IdentityProvider
) -> None:
    provider.is_away = True
    answer = client.get("/console/sign-in/provider")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    provider.is_away = False
    sign_in(client)
    provider.is_away = True
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://other.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"userinfo_endpoint": 7},
        {"more": "x" * MAX_ANSWER_BYTES},
    ],
)
def test_a_discovery_that_is_wrong_is_refused(
    client: Client, provider: IdentityProvider, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata
    answer = client.get("/console/sign-in/provider", follow_redirects=False)
    assert (answer.status_code, NOT_VALID in answer.text) == (401, True)


@pytest.mark.parametrize("attempt", ["", "x", "é", "e30", "bnVsbA", "W10", "=" * 99])
def test_an_attempt_that_is_nonsense_signs_nobody_in(client: Client, attempt: str) -> None:
    headers = {b"cookie": f"jalon_attempt={attempt}".encode("latin-1")}
    answer = client.get("/console/sign-in/callback?state=x&code=y", headers=headers)
    assert answer.status_code == 401


def test_the_way_back_leads_into_the_console_only(client: Client) -> None:
    answer = client.get(begin(client, "https://evil.example/"))
    assert answer.headers["refresh"] == "0; url=/console"


def test_over_https_the_attempt_is_a_cookie_of_this_host_alone(settings: Settings) -> None:
    with client_of(msgspec.structs.replace(settings, trusted_proxies="testclient")) as client:
        answer = client.get("/console/sign-in/provider", headers={"x-forwarded-proto": "https"}, follow_redirects=False)
        assert answer.headers["set-cookie"].startswith("__Host-jalon_attempt=")
        assert {"Secure", "HttpOnly", "SameSite=lax"} <= set(answer.headers["set-cookie"].split("; "))


@pytest.mark.parametrize(
    "wrong", [{"oidc_client_id": ""}, {"oidc_issuer": "http://id.example.com"}, {"oidc_issuer": "id.example.com"}]
)
def test_half_of_the_settings_is_refused_at_the_start(settings: Settings, wrong: dict[str, str]) -> None:
    with pytest.raises(Refusal):
        Provider(msgspec.structs.replace(settings, **wrong))


def test_without_a_provider_there_is_no_such_way(settings: Settings) -> None:
    with client_of(msgspec.structs.replace(settings, oidc_issuer="")) as client:
        assert "/console/sign-in/provider" not in client.get("/console/sign-in").text
        assert client.get("/console/sign-in/provider").status_code == 404


def test_the_api_s_document_names_the_provider_if_its_tokens_count(settings: Settings) -> None:
    for token_issuer, names in (("jalon", False), (settings.oidc_issuer, True)):
        # An application renders its document once; another size makes another application.
        own = msgspec.structs.replace(settings, token_issuer=token_issuer, max_body=100_000 + names)
        with client_of(own) as client:
            document = client.get("/docs/openapi.json").json()
        address = settings.oidc_issuer + openid.DISCOVERY
        named = document["components"]["securitySchemes"].get("openid")
        assert named == ({"type": "openIdConnect", "openIdConnectUrl": address} if names else None)
        assert ({"openid": []} in document["paths"]["/api/v1/tracked"]["get"]["security"]) is names
        assert {"openid": []} not in document["paths"]["/health/live"]["get"]["security"]
