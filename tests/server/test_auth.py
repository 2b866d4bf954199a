"""Authentication: tokens, keys, and every way to forge them."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import msgspec
import psycopg
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from litestar.testing import TestClient

from jalon.server import auth, database
from jalon.server.app import create_app
from jalon.settings import Settings
from tests.applications import client_of

WHO = "/api/v1/tracked/orders/7"
KEYS = {
    "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}


def public(algorithm: str) -> bytes:
    return (
        KEYS[algorithm]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def claims(**more: Any) -> dict[str, Any]:
    given = {"sub": "anna", "roles": ["clerk"], "exp": time.time() + 60, "aud": "jalon", "iss": "jalon"} | more
    return {name: value for name, value in given.items() if value is not None}


def ask(settings: Settings, token: str, **changes: Any) -> Any:
    with client_of(msgspec.structs.replace(settings, **changes)) as client:
        return client.get(WHO, headers={"authorization": f"Bearer {token}"})


def jwks(*algorithms: str, **more: Any) -> str:
    keys = []
    for name in algorithms:
        maker = {"RS256": jwt.algorithms.RSAAlgorithm, "ES256": jwt.algorithms.ECAlgorithm}.get(
            name, jwt.algorithms.OKPAlgorithm
        )
        keys.append(json.loads(maker.to_jwk(KEYS[name].public_key())) | {"kid": name} | more)
    return json.dumps({"keys": keys})


def test_without_a_token_nobody_is_known(shop: psycopg.Connection[Any], client: TestClient[Any]) -> None:
    answer = client.get(WHO)
    assert (answer.status_code, answer.json()["code"]) == (401, "JL201")
    assert answer.headers["www-authenticate"] == 'Bearer realm="jalon"'


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "Bearer \xff", "Bearer jalon_x"])
def test_a_malformed_header_is_refused(shop: psycopg.Connection[Any], client: TestClient[Any], header: str) -> None:
    answer = client.get(WHO, headers={"authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert "error=" in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": None}, {"exp": time.time() - 60}, {"exp": "soon"}, {"nbf": time.time() + 86_400}, {"sub": None},
        {"sub": ""}, {"sub": 7},
        {"sub": "x" * 201}, {"sub": "a\0b"}, {"sub": "db:postgres"}, {"sub": "key:robot"}, {"aud": "other"},
        {"aud": None},
        {"iss": "other"}, {"iss": None}, {"roles": {"admin": True}}, {"roles": [1]}, {"roles": ["clerk,admin"]},
        {"roles": [""]},
    ],
)  # fmt: skip
def test_a_token_with_a_wrong_claim_is_refused(
    shop: psycopg.Connection[Any], client: TestClient[Any], settings: Settings, wrong: dict[str, Any]
) -> None:
    token = jwt.encode(claims(), settings.token_secret)
    assert client.get(WHO, headers={"authorization": f"Bearer {token}"}).status_code == 200
    given = claims(**wrong)
    body = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "HS256"}, given)
    )
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        body.encode(), settings.token_secret.encode()
    )
    token = body + "." + base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
    assert client.get(WHO, headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_signed_with_another_secret_is_refused(shop: psycopg.Connection[Any], client: TestClient[Any]) -> None:
    token = jwt.encode(claims(), "another-secret-of-thirty-two-bytes")
    assert client.get(WHO, headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_that_says_alg_none_is_refused(shop: psycopg.Connection[Any], client: TestClient[Any]) -> None:
    token = jwt.encode(claims(), None, algorithm="none")
    assert client.get(WHO, headers={"authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_public_key_serves_its_own_algorithm_only(
    shop: psycopg.Connection[Any], settings: Settings, algorithm: str
) -> None:
    change = {"token_public_key": public(algorithm).decode(), "token_secret": ""}
    assert ask(settings, jwt.encode(claims(), KEYS[algorithm], algorithm=algorithm), **change).status_code == 200
    for other in KEYS.keys() - {algorithm}:
        assert ask(settings, jwt.encode(claims(), KEYS[other], algorithm=other), **change).status_code == 401
    # Key confusion: an HMAC made with the public key as its secret.
    header, body = ({"alg": "HS256", "typ": "JWT"}, claims())
    signed = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, body))
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signed, public(algorithm))
    forged = (signed + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()
    assert ask(settings, forged, **change).status_code == 401


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_key_of_the_set_is_found_by_its_kid(
    shop: psycopg.Connection[Any], settings: Settings, tmp_path: Path, algorithm: str
) -> None:
    (tmp_path / "jwks.json").write_text(jwks(*KEYS))
    change = {"token_jwks": str(tmp_path / "jwks.json"), "token_secret": ""}
    good = jwt.encode(claims(), KEYS[algorithm], algorithm=algorithm, headers={"kid": algorithm})
    assert ask(settings, good, **change).status_code == 200
    for kid in ("unknown", *(KEYS.keys() - {algorithm})):
        token = jwt.encode(claims(), KEYS[algorithm], algorithm=algorithm, headers={"kid": kid})
        assert ask(settings, token, **change).status_code == 401


def test_a_rotated_key_is_read_again(
    shop: psycopg.Connection[Any], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "JWKS_RETRY_SECONDS", -1)
    file = tmp_path / "jwks.json"
    file.write_text(jwks("RS256"))
    changed = msgspec.structs.replace(settings, token_jwks=str(file), token_secret="")
    new = jwt.encode(claims(), KEYS["ES256"], algorithm="ES256", headers={"kid": "ES256"})
    with client_of(changed) as client:
        assert client.get(WHO, headers={"authorization": f"Bearer {new}"}).status_code == 401
        file.write_text(jwks("ES256"))
        assert client.get(WHO, headers={"authorization": f"Bearer {new}"}).status_code == 200
        file.write_text("not json")  # what is known keeps working
        assert client.get(WHO, headers={"authorization": f"Bearer {new}"}).status_code == 200


def test_a_set_lends_no_key_that_is_symmetric_or_for_encryption(tmp_path: Path) -> None:
    octets = {"kty": "oct", "kid": "o", "k": base64.urlsafe_b64encode(b"x" * 32).decode()}
    assert auth.Jwks.usable_key(octets) is None
    [entry] = json.loads(jwks("RS256"))["keys"]
    assert auth.Jwks.usable_key(entry | {"use": "enc"}) is None
    assert auth.Jwks.usable_key(entry | {"alg": "HS256"}) is None
    assert auth.Jwks.usable_key(entry) is not None


def test_a_secret_that_can_be_guessed_is_refused_at_start(settings: Settings) -> None:
    with pytest.raises(auth.Refusal, match="32 bytes"):
        create_app(msgspec.structs.replace(settings, token_secret="short"))


def test_roles_of_the_token_do_not_count_where_they_should_not(
    shop: psycopg.Connection[Any], settings: Settings
) -> None:
    token = auth.issue_token(settings, "anna", ["clerk"])
    assert ask(settings, token).status_code == 200
    assert ask(settings, token, role_sources="grants").status_code == 404


def test_granted_roles_add_to_those_of_the_token(
    shop: psycopg.Connection[Any], client: TestClient[Any], bearer: Callable[..., dict[str, str]]
) -> None:
    assert client.get(WHO, headers=bearer("ben")).status_code == 404
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('ben', 'clerk')")
    assert client.get(WHO, headers=bearer("ben")).status_code == 200


def test_granted_roles_do_not_count_where_the_tokens_alone_shall(
    shop: psycopg.Connection[Any], settings: Settings, bearer: Callable[..., dict[str, str]]
) -> None:
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('ben', 'clerk')")
    granted, told = bearer("ben"), bearer("ben", "clerk")
    # ben has a relation to this order, so they see it without a role, and no transition lets an author pay
    shop.execute("update shop.orders set created_by = 'ben' where id = 8")
    order = "/api/v1/tracked/orders/8"
    with client_of(msgspec.structs.replace(settings, role_sources="token")) as client:
        assert client.get(WHO, headers=granted).status_code == 404
        assert client.get(order, headers=granted).json()["statuses"][0]["moves"][0]["to"] == "CANCELLED"
        refused = client.post(f"{order}/moves", json={"to": "PAID"}, headers=granted)
        assert (refused.status_code, refused.json()["code"]) == (403, "JL202")
        assert client.get(WHO, headers=told).status_code == 200
        assert client.post(f"{order}/moves", json={"to": "PAID"}, headers=told).status_code == 200


def test_behind_a_pooler_too_the_tokens_roles_alone_count(
    shop: psycopg.Connection[Any],
    settings: Settings,
    bearer: Callable[..., dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A pooler hands out a connection in which nothing is set that was set once for it."""
    make_pool = database.make_pool

    def forgetful(*arguments: Any) -> Any:
        pool = make_pool(*arguments)
        configure = pool._configure

        async def forgotten(connection: Any) -> None:
            await configure(connection)
            await connection.execute("reset all", prepare=False)

        pool._configure = forgotten
        return pool

    monkeypatch.setattr(database, "make_pool", forgetful)
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('ben', 'clerk')")
    with client_of(msgspec.structs.replace(settings, role_sources="token")) as client:
        assert client.get(WHO, headers=bearer("ben")).status_code == 404
        for headers in ({}, {"prefer": "tx=rollback"}, {"idempotency-key": "k"}):
            answer = client.post(f"{WHO}/moves", json={"to": "PAID"}, headers=bearer("ben") | headers)
            assert answer.status_code == 404
        assert client.get("/api/v1/tracked/orders", headers=bearer("ben")).json()["items"] == []


def test_an_api_key_works_until_it_is_revoked(
    shop: psycopg.Connection[Any], client: TestClient[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "CACHE_SECONDS", -1)
    key = auth.new_key()
    shop.execute("select jalon.add_api_key('robot', %s, '{clerk}')", [auth.hash_key(key)])
    headers = {"authorization": f"Bearer {key}"}
    assert client.post(f"{WHO}/moves", json={"to": "PAID"}, headers=headers).status_code == 200
    [by] = shop.execute("select changed_by from jalon_history.shop__orders where version = 2").fetchone() or [None]
    assert by == "key:robot"
    shop.execute("select jalon.revoke_api_key('robot')")
    assert client.get(WHO, headers=headers).status_code == 401
    assert key not in str(shop.execute("select * from jalon_engine.api_key").fetchall())


def test_an_expired_api_key_is_refused(shop: psycopg.Connection[Any], client: TestClient[Any]) -> None:
    key = auth.new_key()
    shop.execute("select jalon.add_api_key('robot', %s, '{clerk}', now() - interval '1 second')", [auth.hash_key(key)])
    assert client.get(WHO, headers={"authorization": f"Bearer {key}"}).status_code == 401
