"""A token, all tokens of somebody, and a session of the console end on the server."""

import io
import time
from collections.abc import Callable
from typing import Any

import jwt
import psycopg
import pytest
from litestar.testing import TestClient

from jalon.cli import main
from jalon.server import auth
from jalon.server.auth import hash_key, issue_token, new_key
from jalon.settings import Settings

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
Shop = psycopg.Connection[Any]
ORDER = "/api/v1/tracked/orders/7"
COOKIE = "jalon_session"


@pytest.fixture(autouse=True)
def nothing_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "CACHE_SECONDS", -1)


@pytest.fixture
def token(settings: Settings) -> str:
    return issue_token(settings, "anna", ["clerk"], name="Anna")


def status(client: Client, token: str) -> int:
    return client.get(ORDER, headers={"authorization": f"Bearer {token}"}).status_code


def sign_in(client: Client, token: str) -> str:
    """The secret of a new session."""
    client.cookies.clear()
    answer = client.post("/console/sign-in", data={"token": token}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    secret = answer.cookies[COOKIE]
    client.cookies.clear()
    return secret


def read(client: Client, secret: str) -> int:
    return client.get(ORDER, headers={"cookie": f"{COOKIE}={secret}"}).status_code


def test_a_revoked_token_is_refused_and_another_of_its_owner_is_not(
    shop: Shop, client: Client, settings: Settings, token: str
) -> None:
    other = issue_token(settings, "anna", ["clerk"], ttl=60)
    assert (status(client, token), status(client, other)) == (200, 200)
    shop.execute("select jalon.revoke_token(%s)", (hash_key(token),))
    assert (status(client, token), status(client, other)) == (401, 200)
    answer = client.get(ORDER, headers={"authorization": f"Bearer {token}", "accept-language": "fr"})
    assert answer.json()["detail"] == "Le jeton a été révoqué."


def test_all_tokens_of_somebody_so_far_are_refused_and_later_ones_are_not(
    shop: Shop, client: Client, settings: Settings, token: str
) -> None:
    secret = sign_in(client, token)
    shop.execute("select jalon.revoke_tokens_of('anna')")
    assert (status(client, token), read(client, secret)) == (401, 401)
    assert status(client, issue_token(settings, "ben", ["clerk"])) == 200
    shop.execute("update jalon_engine.revoked_actor set revoked_at = now() - interval '1 minute'")
    assert status(client, token) == 200


def test_a_token_that_does_not_say_when_it_was_issued_may_be_an_old_one(
    shop: Shop, client: Client, settings: Settings
) -> None:
    claims = {"sub": "anna", "roles": ["clerk"], "exp": time.time() + 60, "aud": "jalon", "iss": "jalon"}
    token = jwt.encode(claims, settings.token_secret, algorithm="HS256")
    assert status(client, token) == 200
    shop.execute("insert into jalon_engine.revoked_actor values ('anna', '2020-01-01', 'kim')")
    assert status(client, token) == 401


def test_a_revoked_token_works_for_a_few_seconds_at_most(
    shop: Shop, client: Client, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "CACHE_SECONDS", 5)
    now = time.monotonic()
    assert status(client, token) == 200
    shop.execute("select jalon.revoke_token(%s)", (hash_key(token),))
    monkeypatch.setattr(auth.time, "monotonic", lambda: now + 6)
    assert status(client, token) == 401


def test_signing_out_ends_the_session_on_the_server(shop: Shop, client: Client, token: str) -> None:
    secret, other = sign_in(client, token), sign_in(client, token)
    assert read(client, secret) == 200
    answer = client.post("/console/sign-out", headers={"cookie": f"{COOKIE}={secret}"}, follow_redirects=False)
    assert answer.headers["set-cookie"].startswith(f'{COOKIE}=""; ') or f"{COOKIE}=;" in answer.headers["set-cookie"]
    assert (read(client, secret), read(client, other), status(client, token)) == (401, 200, 200)


def test_a_session_ends_with_the_token_or_key_that_opened_it(
    shop: Shop, client: Client, settings: Settings, token: str
) -> None:
    key = new_key()
    shop.execute("select jalon.add_api_key('robot', %s, '{clerk}')", (hash_key(key),))
    of_token, of_key = sign_in(client, token), sign_in(client, key)
    assert (read(client, of_token), read(client, of_key)) == (200, 200)
    shop.execute("select jalon.revoke_token(%s), jalon.revoke_api_key('robot')", (hash_key(token),))
    assert (read(client, of_token), read(client, of_key)) == (401, 401)
    short = sign_in(client, issue_token(settings, "ben", ["clerk"], ttl=60))
    left = "select extract(epoch from expires_at - now()) from jalon_engine.session where hash = %s"
    assert 30 < shop.execute(left, (hash_key(short),)).fetchone()[0] <= 60  # type: ignore[index]


def test_a_session_expires(shop: Shop, client: Client, token: str) -> None:
    secret = sign_in(client, token)
    shop.execute("update jalon_engine.session set expires_at = now()")
    assert read(client, secret) == 401
    sign_in(client, token)
    assert shop.execute("select count(*) from jalon_engine.session").fetchone() == (1,)


def test_a_session_opens_no_other(client: Client, token: str) -> None:
    secret = sign_in(client, token)
    assert client.post("/console/sign-in", data={"token": secret}, follow_redirects=False).status_code == 401


def test_a_person_has_twenty_sessions_the_oldest_ends(shop: Shop, client: Client, token: str) -> None:
    first, second = sign_in(client, token), sign_in(client, token)
    for _ in range(19):
        sign_in(client, token)
    assert (read(client, first), read(client, second)) == (401, 200)
    assert shop.execute("select count(*) from jalon_engine.session").fetchone() == (20,)


def test_the_database_keeps_no_secret_of_a_session(shop: Shop, client: Client, token: str) -> None:
    secret = sign_in(client, token)
    rows = str(shop.execute("select * from jalon_engine.session").fetchall())
    assert hash_key(secret) in rows
    assert secret not in rows and token not in rows


def test_who_may_not_manage_permissions_revokes_nothing(shop: Shop, as_actor: Any) -> None:
    with as_actor(shop, "kim", "clerk"):
        for call in ("revoke_token(repeat('0', 64))", "revoke_tokens_of('anna')"):
            with pytest.raises(psycopg.Error) as refused:
                shop.execute(f"select jalon.{call}")
            assert refused.value.sqlstate == "JL203"


def test_the_command_revokes_both(
    shop: Shop, dsn: str, client: Client, settings: Settings, token: str, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(token + "\n"))
    main(["revoke", "--token", "--dsn", dsn])
    assert (status(client, token), capsys.readouterr().out) == (401, "The token is revoked.\n")
    other = issue_token(settings, "ben", ["clerk"])
    main(["revoke", "ben", "--dsn", dsn])
    assert status(client, other) == 401
    for wrong in (["revoke"], ["revoke", "ben", "--token"]):
        assert main([*wrong, "--dsn", dsn]) == 1
