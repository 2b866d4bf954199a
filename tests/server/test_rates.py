"""A principal, and an address without right credentials, send so many requests a minute; beyond that they get 429."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import psycopg
import pytest
from litestar.testing import TestClient

from jalon.server import rates
from jalon.server.rates import MAX_KEPT, Rates, sender_of
from jalon.settings import Settings
from tests.applications import client_of

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
Shop = psycopg.Connection[Any]
ORDER = "/api/v1/tracked/orders/7"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that counts, in a list of one."""
    now = [1000.0]
    monkeypatch.setattr(rates, "time", type("time", (), {"monotonic": staticmethod(lambda: now[0])}))
    return now


@pytest.fixture
def client(settings: Settings, clock: list[float]) -> Iterator[Client]:
    with client_of(msgspec.structs.replace(settings, principal_rate=3, address_rate=4)) as client:
        yield client


def statuses(client: Client, times: int, path: str = ORDER, **headers: str) -> list[int]:
    return [client.get(path, headers=headers).status_code for _ in range(times)]


def test_a_principal_gets_429_beyond_their_rate_until_time_has_passed(
    shop: Shop, client: Client, bearer: Bearer, clock: list[float]
) -> None:
    anna = bearer("anna", "clerk")
    first = client.get(ORDER, headers=anna)
    assert first.headers["ratelimit-policy"] == '"principal";q=3;w=60'
    assert first.headers["ratelimit"] == '"principal";r=2;t=20'
    assert statuses(client, 2, **anna) == [200, 200]
    refused = client.get(ORDER, headers=anna | {"accept-language": "fr"})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "20")
    assert refused.headers["ratelimit"] == '"principal";r=0;t=20'
    assert refused.json()["detail"] == "Vous avez envoyé trop de requêtes ; réessayez plus tard."
    assert refused.json()["limit"] == 3
    clock[0] += 20
    assert statuses(client, 2, **anna) == [200, 429]


def test_a_principal_is_one_by_whatever_token_and_another_is_another(
    shop: Shop, client: Client, bearer: Bearer
) -> None:
    assert statuses(client, 3, **bearer("anna", "clerk")) == [200, 200, 200]
    assert statuses(client, 1, **bearer("anna", "admin", "clerk")) == [429]
    assert statuses(client, 1, **bearer("ben", "clerk")) == [200]


def test_an_address_with_wrong_credentials_gets_429_beyond_its_rate(
    shop: Shop, client: Client, bearer: Bearer, clock: list[float]
) -> None:
    assert statuses(client, 5, authorization="Bearer wrong") == [401, 401, 401, 401, 429]
    assert statuses(client, 1, "/docs/openapi.json") == [429]
    answer = client.post("/console/sign-in", data={"token": "guess"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "15")
    assert answer.headers["ratelimit-policy"] == '"address";q=4;w=60'
    clock[0] += 15
    assert statuses(client, 2, authorization="Bearer wrong") == [401, 429]


def test_who_is_known_is_not_hindered_by_others_at_the_same_address(shop: Shop, client: Client, bearer: Bearer) -> None:
    anna = bearer("anna", "clerk")
    assert statuses(client, 1, **anna) == [200]
    assert statuses(client, 5)[-1] == 429
    assert statuses(client, 2, **anna) == [200, 200]
    client.cookies.set("jalon_session", anna["authorization"].removeprefix("Bearer "))
    assert statuses(client, 1) == [429]  # by the session too she is known, and has sent what she may
    assert client.get(ORDER).headers["ratelimit-policy"].startswith('"principal"')


def test_right_credentials_do_not_count_for_the_address(settings: Settings, shop: Shop, bearer: Bearer) -> None:
    with client_of(msgspec.structs.replace(settings, address_rate=2)) as client:
        assert set(statuses(client, 10, **bearer("anna", "clerk"))) == {200}
        assert statuses(client, 3) == [401, 401, 429]


def test_probes_and_files_of_the_console_are_never_refused(client: Client) -> None:
    assert statuses(client, 6)[-1] == 429
    assert statuses(client, 6, "/health/live") == [200] * 6
    assert set(statuses(client, 6, "/console/static/x/console.css")) == {200}


def test_0_is_no_limit(settings: Settings, shop: Shop, bearer: Bearer) -> None:
    with client_of(msgspec.structs.replace(settings, address_rate=0)) as client:
        assert statuses(client, 15) == [401] * 15
        answer = client.get(ORDER, headers=bearer("anna", "clerk"))
        assert "ratelimit" not in answer.headers


def test_what_is_kept_of_senders_is_bounded(clock: list[float]) -> None:
    counted = Rates("address", 10)
    for number in range(MAX_KEPT + 500):
        counted.take(str(number))
    assert len(counted.full_at) == MAX_KEPT
    assert "0" not in counted.full_at


@pytest.mark.parametrize(
    ("address", "sender"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("unix", "unix"),
    ],
)
def test_a_network_of_ipv6_is_one_sender(address: str, sender: str) -> None:
    assert sender_of((address, 1)) == sender


def test_https_is_remembered_for_as_long_as_the_setting_says(settings: Settings) -> None:
    https = {"x-forwarded-proto": "https"}
    for more, expected in (
        ({}, "max-age=31536000"),
        ({"hsts": 60, "hsts_subdomains": True}, "max-age=60; includeSubDomains"),
        ({"hsts": 0}, None),
    ):
        changed: dict[str, Any] = {"trusted_proxies": "testclient"} | more
        with client_of(msgspec.structs.replace(settings, **changed)) as client:
            assert client.get("/health/live", headers=https).headers.get("strict-transport-security") == expected
            assert "strict-transport-security" not in client.get("/health/live").headers


def test_over_https_the_session_is_a_cookie_of_this_host_alone(settings: Settings, shop: Shop, bearer: Bearer) -> None:
    token = bearer("anna", "clerk")["authorization"].removeprefix("Bearer ")
    with client_of(msgspec.structs.replace(settings, trusted_proxies="testclient")) as client:
        https = {"x-forwarded-proto": "https"}
        answer = client.post("/console/sign-in", data={"token": token}, headers=https, follow_redirects=False)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-jalon_session=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
        assert "domain" not in cookie.lower()
        client.cookies.clear()
        for name, status in (("jalon_session", 401), ("__Host-jalon_session", 200)):
            assert client.get(ORDER, headers=https | {"cookie": f"{name}={token}"}).status_code == status
