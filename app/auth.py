"""Tokens: who speaks, and in which roles."""

import os
import secrets
import time

import jwt

from jalon.refusal import Refusal
from jalon.settings import Settings


def signing_key(settings: Settings) -> str:
    """The key of the settings, or one made once and kept in the home folder."""
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


def issue_token(settings: Settings, subject: str, roles: list[str], ttl: float) -> str:
    now = int(time.time())
    claims = {"sub": subject, "roles": roles, "iat": now, "exp": now + int(ttl), "iss": "jalon", "aud": "jalon"}
    return jwt.encode(claims, signing_key(settings), algorithm="HS256")
