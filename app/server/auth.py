"""Authentication: turns a bearer token into a Caller.

A JWT is checked against keys that we hold, and each key allows one algorithm only, the one that fits its type: a token
cannot choose (`alg: none`, or an HMAC made with a public key). An API key is a random secret of which the database
keeps the SHA-256; jalon_… distinguishes it from a JWT. So is the session of a person in the console: session_….
"""

import asyncio
import hashlib
import json
import os
import secrets
import time
import urllib.request
from pathlib import Path
from typing import Any, Protocol

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from jalon.refusal import Refusal
from jalon.server import logs
from jalon.server.claims import ClaimPaths, WrongClaim, read_paths, read_role_names
from jalon.server.problems import Problem
from jalon.settings import Settings

KEY_PREFIX = "jalon_"
SESSION_PREFIX = "session_"
MAX_TOKEN_LENGTH = 8192  # characters of a token
CACHE_SECONDS = 5  # what was found right is not looked at again within this time; a revoked token works for so long
UNSURE_SECONDS = 1  # the same for a token of which the database could not say whether it is revoked
JWKS_LIFETIME_SECONDS = 600  # after which the JWKS is read again
JWKS_RETRY_SECONDS = 30  # between two reads of the JWKS because of an unknown kid
LEEWAY = 10


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who sends the request: their name and the roles that the token carries."""

    actor: str
    roles: list[str] = []
    name: str | None = None


class Known(Protocol):
    """What the database knows of credentials, by their hash."""

    async def api_key(self, hashed: str) -> Caller | None:
        """Who calls with an API key."""

    async def session(self, hashed: str) -> Caller | None:
        """Who is signed in by a session."""

    async def is_revoked(self, hashed: str, actor: str, issued_at: float | None) -> bool:
        """Whether a token of the actor was revoked."""


def unauthorized(why: str, error: str = "invalid_token") -> Problem:
    return Problem(401, why, "JL201", {"www-authenticate": f'Bearer realm="jalon", error="{error}"'})


def digest(token: str) -> bytes:
    """The key of a token in the cache; of one length, however long the token is."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def algorithm(key: Any) -> str:
    """The one algorithm that a public key allows."""
    if isinstance(key, rsa.RSAPublicKey):
        return "RS256"
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return "ES256"
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "EdDSA"
    raise ValueError("a public key must be RSA, EC P-256 or Ed25519")


class Jwks:
    """Public keys by kid, from a file or an address; read again if they are old or a kid is unknown."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.keys: dict[str, tuple[str, Any]] = {}
        self.read_at = self.tried_at = -1e9
        self.lock = asyncio.Lock()

    async def find(self, kid: str) -> tuple[str, Any] | None:
        now = time.monotonic()
        stale = now - self.read_at > JWKS_LIFETIME_SECONDS
        if (stale or kid not in self.keys) and now - self.tried_at > JWKS_RETRY_SECONDS:
            async with self.lock:
                if now - self.tried_at > JWKS_RETRY_SECONDS:
                    self.tried_at = now
                    await self.read()
        return self.keys.get(kid)

    async def read(self) -> None:
        try:
            document = json.loads(await asyncio.to_thread(self.fetch))
            self.keys = dict(filter(None, map(self.usable_key, document["keys"])))
            self.read_at = time.monotonic()
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return  # the keys that we know keep working

    def fetch(self) -> bytes:
        if "://" not in self.source:
            return Path(self.source).read_bytes()
        # The address comes from the settings and is https or http.
        with urllib.request.urlopen(self.source, timeout=5) as response:  # noqa: S310
            return bytes(response.read(1 << 20))

    @staticmethod
    def usable_key(entry: dict[str, Any]) -> tuple[str, tuple[str, Any]] | None:
        """The key, if it is a signature key that we support. A symmetric key is never taken."""
        if entry.get("use", "sig") != "sig" or "kid" not in entry or entry.get("kty") not in ("RSA", "EC", "OKP"):
            return None
        try:
            key = jwt.PyJWK(entry).key
            name = algorithm(key)
        except (jwt.PyJWTError, ValueError):
            return None
        return (entry["kid"], (name, key)) if entry.get("alg", name) == name else None


class Authenticator:
    """Turns the Authorization header into a Caller, or refuses."""

    def __init__(self, settings: Settings, known: Known) -> None:
        self.known = known
        self.token_roles = "token" in settings.role_sources.split(",")
        self.claim_paths = claim_paths(settings)
        self.audience, self.issuer = settings.token_audience or None, settings.token_issuer or None
        self.keys: dict[str, Any] = {}
        if settings.token_secret or not (settings.token_public_key or settings.token_jwks):
            self.keys["HS256"] = signing_key(settings)
            if len(self.keys["HS256"]) < 32:
                raise Refusal("JALON_TOKEN_SECRET is shorter than 32 bytes: such a key can be guessed.")
        if settings.token_public_key:
            key = load_pem_public_key(settings.token_public_key.encode())
            self.keys[algorithm(key)] = key
        self.jwks = Jwks(settings.token_jwks) if settings.token_jwks else None
        # SHA-256 of the token -> verify again at (monotonic), expires at (clock), caller
        self.cached: dict[bytes, tuple[float, float, Caller]] = {}

    async def caller(self, header: str | None) -> Caller:
        if not header:
            raise Problem(401, "This needs a bearer token.", "JL201", {"www-authenticate": 'Bearer realm="jalon"'})
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthorized("The Authorization header must be: Bearer <token>.", "invalid_request")
        if len(token) > MAX_TOKEN_LENGTH:
            raise unauthorized(f"The token is longer than {MAX_TOKEN_LENGTH} characters.")
        if cached := self.find_cached(token):
            return cached
        if token.startswith(KEY_PREFIX):
            caller, expires, cache_seconds = await self.by_key(token)
        elif token.startswith(SESSION_PREFIX):
            caller, expires, cache_seconds = await self.by_session(token)
        else:
            caller, expires, cache_seconds = await self.by_jwt(token)
        if len(self.cached) >= 4096:
            self.cached.clear()
        self.cached[digest(token)] = (time.monotonic() + cache_seconds, expires, caller)
        return caller

    def find_cached(self, token: str) -> Caller | None:
        """The caller of a token that was verified a short time ago, unless it has expired."""
        cached = self.cached.get(digest(token))
        return cached[2] if cached and cached[0] > time.monotonic() and cached[1] > time.time() - LEEWAY else None

    def expiry(self, token: str) -> float:
        """When a token expires that was verified just now."""
        return self.cached[digest(token)][1]

    def forget(self, token: str) -> None:
        """What was revoked here is asked for again at once."""
        self.cached.pop(digest(token), None)

    async def by_key(self, token: str) -> tuple[Caller, float, float]:
        caller = await self.known.api_key(hash_key(token))
        if caller is None:
            raise unauthorized("This API key is unknown, revoked or expired.")
        return caller, float("inf"), CACHE_SECONDS

    async def by_session(self, token: str) -> tuple[Caller, float, float]:
        caller = await self.known.session(hash_key(token))
        if caller is None:
            raise unauthorized("The session has ended.")
        return caller, float("inf"), CACHE_SECONDS

    async def by_jwt(self, token: str) -> tuple[Caller, float, float]:
        try:
            name, key = await self.key_of(jwt.get_unverified_header(token))
            claims = jwt.decode(
                token, key, algorithms=[name], audience=self.audience, issuer=self.issuer, leeway=LEEWAY,
                options={"require": ["exp"], "verify_aud": self.audience is not None},
            )  # fmt: skip
            expires = float(claims["exp"])
            issued_at = float(claims["iat"]) if "iat" in claims else None
        except jwt.ExpiredSignatureError as error:
            raise unauthorized("The token has expired.") from error
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise unauthorized("The token is not valid.") from error
        caller, seconds = self.caller_of(claims), CACHE_SECONDS
        try:
            is_revoked = await self.known.is_revoked(hash_key(token), caller.actor, issued_at)
        except Problem:  # the database is away, and whatever is asked of it too
            is_revoked, seconds = False, UNSURE_SECONDS
        if is_revoked:
            raise unauthorized("The token was revoked.")
        return caller, expires, seconds

    def caller_of(self, claims: dict[str, Any]) -> Caller:
        """Who the claims name; the log says which claim is wrong, and not what it holds."""
        try:
            return Caller(
                actor=self.claim_paths.read_actor(claims),
                roles=self.claim_paths.read_roles(claims) if self.token_roles else [],
                name=self.claim_paths.read_name(claims),
            )
        except WrongClaim as error:
            logs.write("token_refused", reason=f"{error}.", issuer=self.issuer)
            raise unauthorized(f"The token can't be used: {error}.") from error

    async def key_of(self, header: dict[str, Any]) -> tuple[str, Any]:
        """The key for a token: the set's key of that kid, or the configured key of that algorithm."""
        found = await self.jwks.find(str(header["kid"])) if self.jwks and "kid" in header else None
        if found is None:
            found = (header["alg"], self.keys[header["alg"]]) if header.get("alg") in self.keys else None
        if found is None:
            raise unauthorized("The token is signed with a key that is not known here.")
        return found


def claim_paths(settings: Settings) -> ClaimPaths:
    return ClaimPaths(
        actor=settings.token_actor_claim,
        name=settings.token_name_claim,
        roles=read_paths(settings.token_roles_claim),
        role_names=read_role_names(settings.token_roles_map),
    )


def signing_key(settings: Settings) -> str:
    """The shared secret of the settings, or one made once and kept in the home folder."""
    if settings.token_secret:
        return settings.token_secret
    path = settings.home / "token.secret"
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        return path.read_text()
    except OSError as error:
        raise Refusal(
            f"No key to sign tokens: {path} can't be written ({error.strerror}); set JALON_TOKEN_SECRET."
        ) from None
    return path.read_text()


def issue_token(settings: Settings, subject: str, roles: list[str], ttl: float = 3600, name: str | None = None) -> str:
    """A token signed with the shared secret."""
    now = int(time.time())
    claims = claim_paths(settings).write(subject, name, roles) | {"iat": now, "exp": now + int(ttl)}
    claims |= {"aud": settings.token_audience or None, "iss": settings.token_issuer or None}
    present = {claim: value for claim, value in claims.items() if value is not None}
    return jwt.encode(present, signing_key(settings), algorithm="HS256")


def new_key() -> str:
    return KEY_PREFIX + secrets.token_urlsafe(32)


def new_session() -> str:
    return SESSION_PREFIX + secrets.token_urlsafe(32)


def hash_key(key: str) -> str:
    """256 random bits need no slow hash."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
