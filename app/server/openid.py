"""Sign-in of people by OpenID Connect: the authorization code flow with PKCE, at one provider.

The provider's document of discovery says where everything is. An ID token counts if it is signed with a key that the
provider shows now, names the provider, this application and the attempt (nonce), and is not expired. Its claims are
read as those of tokens are (claims.py); what it lacks is asked for at userinfo.
"""

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import jwt
import msgspec

from jalon.refusal import Refusal
from jalon.server import logs
from jalon.server.auth import LEEWAY, Jwks
from jalon.server.problems import TRY_AGAIN, Problem
from jalon.settings import Settings

DISCOVERY = "/.well-known/openid-configuration"
DISCOVERY_SECONDS = 600  # after which the document is read again
ANSWER_SECONDS = 5.0  # in which the provider has to answer
MAX_ANSWER_BYTES = 1 << 20
MAX_EXCHANGES = 20  # codes that are exchanged at the same time by a process
AWAY = "The identity provider does not answer; try again later."
NOT_VALID = "The identity provider's answer is not valid; sign in again."
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Endpoints(msgspec.Struct):
    """What is used of the document of discovery."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class TokenAnswer(msgspec.Struct):
    """What the provider gives for a code."""

    id_token: str
    access_token: str | None = None


class Attempt(msgspec.Struct):
    """An attempt to sign in; the browser keeps it until the provider sends it back."""

    state: str
    nonce: str
    verifier: str
    next: str

    @classmethod
    def new(cls, next: str) -> "Attempt":
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, next)

    def write(self) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Attempt | None":
        try:
            return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=cls)
        except (ValueError, RecursionError):  # the latter from JSON that nests too deep
            return None


class NotSignedIn(Exception):
    """The provider's answer signs nobody in. The log has the reason, the person a sentence."""

    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence)
        logs.write("sign_in_refused", reason=reason)


class Provider:
    """The identity provider of an installation."""

    def __init__(self, settings: Settings) -> None:
        self.issuer, self.client_id, self.secret = settings.oidc_issuer, settings.oidc_client_id, settings.oidc_secret
        self.scopes = settings.oidc_scopes
        if not self.client_id:
            raise Refusal("JALON_OIDC_ISSUER needs JALON_OIDC_CLIENT_ID too.")
        if not is_safe(self.issuer):
            raise Refusal(
                f"JALON_OIDC_ISSUER is {self.issuer}: it begins with https:// (on this machine http:// will do)."
            )
        self.endpoints: Endpoints | None = None
        self.read_at = -1e9
        self.jwks = Jwks("")
        self.exchanges = asyncio.Semaphore(MAX_EXCHANGES)
        self.http: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS, headers={"accept": "application/json"}) as self.http:
            yield

    async def ask(self, kind: type[Any], address: str, **options: Any) -> Any:
        """The JSON that the provider answers; `data` is posted as a form."""
        assert self.http is not None  # noqa: S101 - it is open while the application serves
        method = "POST" if "data" in options else "GET"
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self.http.stream(method, address, **options) as answer:
                body = b""
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > MAX_ANSWER_BYTES:
                        raise NotSignedIn(NOT_VALID, f"{address} answers with too much")
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            logs.write("identity_provider_away", address=address, reason=type(error).__name__)
            raise Problem(503, AWAY, None, TRY_AGAIN) from error
        if answer.status_code >= 500:
            raise Problem(503, AWAY, None, TRY_AGAIN)
        if answer.status_code != 200:
            raise NotSignedIn(NOT_VALID, f"{address} answers {answer.status_code}")
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NotSignedIn(NOT_VALID, f"{address}: {error}") from error

    async def discover(self) -> Endpoints:
        """Where everything is. What was read before is used while the provider is away."""
        if self.endpoints and time.monotonic() - self.read_at < DISCOVERY_SECONDS:
            return self.endpoints
        try:
            found: Endpoints = await self.ask(Endpoints, self.issuer.rstrip("/") + DISCOVERY)
        except Problem:
            if self.endpoints:
                return self.endpoints
            raise
        if found.issuer != self.issuer:
            raise NotSignedIn(NOT_VALID, f"discovery names the issuer {found.issuer}")
        addresses = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        optional = (found.userinfo_endpoint, found.end_session_endpoint)
        for address in (*addresses, *filter(None, optional)):
            if not is_safe(address):
                raise NotSignedIn(NOT_VALID, f"discovery names {address}, which is not https")
        if self.jwks.source != found.jwks_uri:
            self.jwks = Jwks(found.jwks_uri)
        self.endpoints, self.read_at = found, time.monotonic()
        return found

    async def begin(self, attempt: Attempt, redirect_uri: str) -> str:
        """The address to which the person is sent."""
        endpoint = (await self.discover()).authorization_endpoint
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": self.scopes,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return endpoint + ("&" if "?" in endpoint else "?") + urlencode(query)

    async def claims(self, code: str, attempt: Attempt, redirect_uri: str) -> dict[str, Any]:
        """Who signed in, in the provider's claims."""
        if self.exchanges.locked():
            raise Problem(503, AWAY, None, TRY_AGAIN)
        async with self.exchanges:
            endpoints = await self.discover()
            tokens = await self.exchange(endpoints, code, attempt, redirect_uri)
            found = await self.verify(tokens.id_token, attempt.nonce)
            if endpoints.userinfo_endpoint and tokens.access_token:
                headers = {"authorization": f"Bearer {tokens.access_token}"}
                more: dict[str, Any] = await self.ask(dict[str, Any], endpoints.userinfo_endpoint, headers=headers)
                if more.get("sub") != found["sub"]:
                    raise NotSignedIn(NOT_VALID, "userinfo is about somebody else")
                found = more | found
            return found

    async def exchange(self, endpoints: Endpoints, code: str, attempt: Attempt, redirect_uri: str) -> TokenAnswer:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        form |= {"code_verifier": attempt.verifier}
        options: dict[str, Any] = {}
        if self.secret and "client_secret_basic" in endpoints.token_endpoint_auth_methods_supported:
            options["auth"] = httpx.BasicAuth(form_encoded(self.client_id), form_encoded(self.secret))
        else:
            form |= {"client_id": self.client_id} | ({"client_secret": self.secret} if self.secret else {})
        answer: TokenAnswer = await self.ask(TokenAnswer, endpoints.token_endpoint, data=form, **options)
        return answer

    async def verify(self, id_token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token that is the provider's, for this application and for this attempt."""
        try:
            key = await self.jwks.find(str(jwt.get_unverified_header(id_token).get("kid")))
            if key is None:
                raise NotSignedIn(NOT_VALID, "the ID token is signed with a key that the provider does not show")
            claims: dict[str, Any] = jwt.decode(
                id_token, key[1], algorithms=[key[0]], audience=self.client_id, issuer=self.issuer, leeway=LEEWAY,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )  # fmt: skip
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise NotSignedIn(NOT_VALID, f"the ID token is refused: {type(error).__name__}") from error
        if not isinstance(claims.get("nonce"), str) or not secrets.compare_digest(
            claims["nonce"].encode("utf-8", "surrogatepass"), nonce.encode("utf-8", "surrogatepass")
        ):
            raise NotSignedIn(NOT_VALID, "the ID token is not of this attempt: its nonce is another")
        if claims.get("azp", self.client_id) != self.client_id:
            raise NotSignedIn(NOT_VALID, "the ID token is for another application (azp)")
        return claims

    async def leave(self, back: str) -> str | None:
        """The address at which the person signs out of the provider too, if it has one."""
        try:
            endpoint = (await self.discover()).end_session_endpoint
        except (Problem, NotSignedIn):
            return None  # the session here has ended anyway
        if endpoint is None:
            return None
        query = urlencode({"client_id": self.client_id, "post_logout_redirect_uri": back})
        return endpoint + ("&" if "?" in endpoint else "?") + query


def is_safe(address: str) -> bool:
    """Whether nobody in between can change what comes from there."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def form_encoded(text: str) -> str:
    """As a name or secret stands in the header of a client (RFC 6749, 2.3.1)."""
    return urlencode({"": text})[1:]
