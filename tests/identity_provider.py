"""An OpenID provider as small as it can be, whose answers can be made wrong.

It signs everybody in as `person` at once. `faults` change what it puts into the next ID token.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "console", "s3cret & more"


class IdentityProvider:
    """What the provider knows."""

    def __init__(self, address: str) -> None:
        self.issuer = address
        self.person: dict[str, Any] = {"sub": "p-1", "name": "Anna", "roles": ["clerk"]}
        self.userinfo: dict[str, Any] = {}
        self.faults: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}  # code -> the query of the authorization
        self.access_tokens: set[str] = set()
        self.asked: list[str] = []  # the paths of all requests
        self.keys: list[tuple[str, rsa.RSAPrivateKey]] = []
        self.metadata: dict[str, Any] = {}
        self.is_away = False
        self.rotate()

    def rotate(self) -> None:
        """Signs with a new key from here on, and shows no other."""
        self.keys = [(secrets.token_hex(4), rsa.generate_private_key(public_exponent=65537, key_size=2048))]

    def discovery(self) -> dict[str, Any]:
        names = {
            "authorization_endpoint": "/authorize",
            "token_endpoint": "/token",
            "jwks_uri": "/keys",
            "userinfo_endpoint": "/me",
            "end_session_endpoint": "/leave",
        }
        found = {name: self.issuer + path for name, path in names.items()}
        return {"issuer": self.issuer} | found | self.metadata

    def jwks(self) -> dict[str, Any]:
        found = [
            json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())) | {"kid": kid, "use": "sig"}
            for kid, key in self.keys
        ]
        return {"keys": found}

    def authorize(self, query: dict[str, str]) -> str:
        """The address at which the person comes back."""
        assert query["response_type"] == "code"
        assert (query["client_id"], query["code_challenge_method"]) == (CLIENT, "S256")
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        back = {"code": code, "state": query["state"], "iss": self.issuer}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def exchange(self, form: dict[str, str], authorization: str | None) -> tuple[int, dict[str, Any]]:
        """The tokens for a code, which counts once, for the client to whom it was given and who has the verifier."""
        client = base64.b64encode(f"{CLIENT}:{urlencode({'': SECRET})[1:]}".encode()).decode()
        if authorization != f"Basic {client}":
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        if asked is None or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        changed = claims | self.person | {name: value for name, value in self.faults.items() if name in CLAIMS}
        kid, key = self.keys[0]
        id_token = jwt.encode(
            {name: value for name, value in changed.items() if value is not None},
            self.faults.get("key", key),
            algorithm=self.faults.get("alg", "RS256"),
            headers={"kid": self.faults.get("kid", kid)},
        )
        access_token = secrets.token_urlsafe(8)
        self.access_tokens.add(access_token)
        return 200, {"id_token": id_token, "access_token": access_token, "token_type": "Bearer"}


CLAIMS = ("iss", "aud", "iat", "exp", "nonce", "azp", "sub")


class Handler(BaseHTTPRequestHandler):
    provider: IdentityProvider

    def reply(self, status: int, body: Any, **headers: str) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        provider, parts = self.provider, urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        provider.asked.append(parts.path)
        if provider.is_away:
            self.reply(503, {})
        elif parts.path == "/.well-known/openid-configuration":
            self.reply(200, provider.discovery())
        elif parts.path == "/keys":
            self.reply(200, provider.jwks())
        elif parts.path == "/authorize":
            self.reply(302, {}, location=provider.authorize(query))
        elif parts.path == "/leave":
            self.reply(302, {}, location=query["post_logout_redirect_uri"])
        elif parts.path == "/me":
            token = (self.headers["authorization"] or "").removeprefix("Bearer ")
            known = token in provider.access_tokens
            self.reply(200 if known else 401, {"sub": provider.person["sub"]} | provider.userinfo)
        else:
            self.reply(404, {})

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        said = {name: values[0] for name, values in form.items()}
        self.reply(*self.provider.exchange(said, self.headers["authorization"]))

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def identity_provider(host: str = "127.0.0.1") -> Iterator[IdentityProvider]:
    class OwnHandler(Handler):
        """Its class attribute is this provider."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), OwnHandler)
    OwnHandler.provider = provider = IdentityProvider(f"http://{host}:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
