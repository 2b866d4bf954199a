"""Signatures of Standard Webhooks 1.0.0: v1 (HMAC-SHA256) and v1a (ed25519)."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@lru_cache(1024)
def private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(b64decode(secret.removeprefix("whsk_")))


def public(secret: str) -> str:
    """whpk_ and the key that a receiver verifies with."""
    raw = private(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return "whpk_" + b64encode(raw).decode()


def sign(secrets: list[str], id: str, timestamp: int, body: bytes) -> str:
    """One signature for each secret, separated by spaces."""
    signed = f"{id}.{timestamp}.".encode() + body
    found = []
    for secret in secrets:
        if secret.startswith("whsk_"):
            found.append("v1a," + b64encode(private(secret).sign(signed)).decode())
        else:
            key = b64decode(secret.removeprefix("whsec_"))
            found.append("v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode())
    return " ".join(found)
