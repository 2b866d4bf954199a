"""Endpoints over HTTP: registered by people who may, with public addresses only."""

from collections.abc import Callable
from typing import Any

import msgspec
import psycopg
import pytest
from litestar.testing import TestClient

from jalon.settings import Settings
from tests.applications import client_of

PATH = "/api/v1/webhooks"
URL = "https://93.184.216.34/hook"
Connection = psycopg.Connection[Any]
Bearer = Callable[..., dict[str, str]]


@pytest.fixture
def admin(bearer: Bearer) -> dict[str, str]:
    return bearer("ada", "admin")


def register(client: TestClient[Any], admin: dict[str, str], **more: Any) -> dict[str, Any]:
    found = client.post(PATH, json={"url": URL, "eventTypes": ["orders.*"]} | more, headers=admin)
    assert found.status_code == 201, found.text
    return found.json()


def test_an_endpoint_is_registered_read_changed_and_dropped(
    shop: Connection, client: TestClient[Any], admin: dict[str, str]
) -> None:
    given = {"tables": ["orders"], "from": ["NEW"], "to": ["PAID"], "caseTypes": ["A"], "thin": True, "omit": ["who"],
             "inOrder": True, "rateLimit": 5, "description": "Accounting"}  # fmt: skip
    made = client.post(PATH, json={"url": URL, "eventTypes": ["orders.*"]} | given, headers=admin)
    assert made.status_code == 201
    assert made.headers["location"] == f"{PATH}/{made.json()['id']}"
    assert made.json()["secret"].startswith("whsec_")
    assert {name: made.json()[name] for name in given} == given
    read = client.get(made.headers["location"], headers=admin)
    assert "secret" not in read.json() and read.json()["etag"] == made.headers["etag"]
    assert client.get(PATH, headers=admin).json() == {"items": [read.json()]}
    changed = client.patch(
        made.headers["location"],
        json={"to": None, "rateLimit": None},
        headers=admin | {"if-match": made.headers["etag"]},
    )
    assert (changed.status_code, changed.json()["to"], changed.json()["from"], changed.json()["rateLimit"]) == (
        200,
        None,
        ["NEW"],
        None,
    )
    stale = client.patch(made.headers["location"], json={}, headers=admin | {"if-match": made.headers["etag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "JL410")
    assert client.delete(made.headers["location"], headers=admin).status_code == 204
    assert client.get(made.headers["location"], headers=admin).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://93.184.216.34/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
        ),
        *(
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://a:b@93.184.216.34/",
            "https://localhost/",
        ),
        "https://100.64.1.1/",
    ],
)
def test_a_refused_url_is_a_400_at_registration_and_at_change(
    shop: Connection, client: TestClient[Any], admin: dict[str, str], url: str
) -> None:
    refused = client.post(PATH, json={"url": url, "eventTypes": ["*"]}, headers=admin)
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (400, "JL405", "url")
    made = register(client, admin)
    assert client.patch(f"{PATH}/{made['id']}", json={"url": url}, headers=admin).status_code == 400


def test_admins_only(shop: Connection, client: TestClient[Any], admin: dict[str, str], bearer: Bearer) -> None:
    id = register(client, admin)["id"]
    for headers, status in (({}, 401), (bearer("carl", "clerk"), 403)):
        for method, path, body in (
            *(("GET", "", None), ("POST", "", {"url": URL, "eventTypes": ["*"]}), ("GET", f"/{id}", None)),
            *(("PATCH", f"/{id}", {}), ("DELETE", f"/{id}", None), ("POST", f"/{id}/pause", None)),
            *(("POST", f"/{id}/resume", None), ("POST", f"/{id}/test", None), ("POST", f"/{id}/rotate-secret", {})),
            *(
                ("POST", f"/{id}/replay", {}),
                ("GET", f"/{id}/deliveries", None),
                ("GET", f"/{id}/deliveries/{id}", None),
            ),
            ("POST", f"/{id}/deliveries/{id}/resend", None),
        ):
            answer = client.request(method, PATH + path, json=body, headers=headers)
            assert answer.status_code == status, (method, path, answer.text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"eventTypes": []}, {"eventTypes": ["a b"]}, {"eventTypes": ["a..b"]}, {"eventTypes": "*"},
        {"tables": ["nothing"]},
        {"rateLimit": 0}, {"signature": "v2"}, {"url": ""}, {"omit": ["a;b"]}, {"unknown": 1}, {"from": [""]},
        {"thin": 1},
    ],
)  # fmt: skip
def test_bad_input_is_a_400(
    shop: Connection, client: TestClient[Any], admin: dict[str, str], wrong: dict[str, Any]
) -> None:
    answer = client.post(PATH, json={"url": URL, "eventTypes": ["*"]} | wrong, headers=admin)
    assert (answer.status_code, answer.json()["code"]) == (400, "JL405")


def test_what_is_not_there_is_a_404(shop: Connection, client: TestClient[Any], admin: dict[str, str]) -> None:
    id, other = register(client, admin)["id"], "0b9f3f1e-5d3c-4f0e-9d54-3f1f3f2d7a10"
    for method, path in (
        *(("GET", f"/{other}"), ("DELETE", f"/{other}"), ("POST", f"/{other}/pause"), ("GET", f"/{other}/deliveries")),
        *(("GET", f"/{id}/deliveries/{other}"), ("POST", f"/{id}/deliveries/{other}/resend"), ("GET", "/nonsense")),
    ):
        assert client.request(method, PATH + path, headers=admin).status_code == 404, path


def test_an_ed25519_key_stays_inside_and_its_public_half_is_shown(
    shop: Connection, client: TestClient[Any], admin: dict[str, str]
) -> None:
    headers = admin | {"idempotency-key": "k1"}
    body = {"url": URL, "eventTypes": ["*"], "signature": "v1a"}
    made = client.post(PATH, json=body, headers=headers).json()
    assert made["publicKey"].startswith("whpk_") and "secret" not in made
    again = client.post(PATH, json=body, headers=headers).json()
    assert again == {name: value for name, value in made.items() if name != "publicKey"}


def test_a_secret_is_rotated_with_an_overlap_of_24_hours(
    shop: Connection, client: TestClient[Any], admin: dict[str, str]
) -> None:
    made = register(client, admin)
    rotated = client.post(f"{PATH}/{made['id']}/rotate-secret", json={}, headers=admin).json()
    assert rotated["secret"].startswith("whsec_") and rotated["secret"] != made["secret"]
    kept = shop.execute(
        "select secret, round(extract(epoch from expires_at - now()) / 3600) from jalon_engine.webhook_secret "
        "order by created_at"
    ).fetchall()
    assert kept == [(made["secret"], 24), (rotated["secret"], None)]
    to_v1a = client.post(f"{PATH}/{made['id']}/rotate-secret", json={"signature": "v1a"}, headers=admin).json()
    assert to_v1a["publicKey"].startswith("whpk_")


def test_of_several_endpoints_the_one_that_is_named_is_dropped(
    shop: Connection, client: TestClient[Any], admin: dict[str, str]
) -> None:
    made = [register(client, admin)["id"] for _ in range(3)]
    assert client.delete(f"{PATH}/{made[0]}", headers=admin).status_code == 204
    assert {each["id"] for each in client.get(PATH, headers=admin).json()["items"]} == set(made[1:])


def test_nothing_is_appended_where_nobody_subscribes(
    shop: Connection, client: TestClient[Any], admin: dict[str, str]
) -> None:
    def events() -> int:
        shop.execute("insert into shop.orders (customer) values ('x')")
        return shop.execute("select count(*) from jalon_engine.outbox_message").fetchone()[0]  # type: ignore[index]

    assert events() == 0
    id = register(client, admin, eventTypes=["orders.created"])["id"]
    assert events() == 1
    client.patch(f"{PATH}/{id}", json={"eventTypes": ["dossier.*"]}, headers=admin)
    assert events() == 1
    client.patch(f"{PATH}/{id}", json={"eventTypes": ["shop.*"]}, headers=admin)  # by the name of its schema
    assert events() == 2
    assert client.delete(f"{PATH}/{id}", headers=admin).status_code == 204
    assert events() == 2
    assert (
        "jalon_engine.outbox_message"
        not in shop.execute(
            "select prosrc from pg_proc where oid = 'jalon_generated.shop__orders__after_update'::regproc"
        ).fetchone()[0]
    )  # type: ignore[index]


def test_a_table_put_under_jalon_later_is_heard_by_who_wants_all(
    shop: Connection, client: TestClient[Any], admin: dict[str, str]
) -> None:
    register(client, admin, eventTypes=["*"])
    shop.execute("create table shop.parcels (id integer primary key, status text not null)")
    shop.execute("select jalon.track('shop.parcels', 'status', category => 'ORDER_STATUS')")
    shop.execute("insert into shop.parcels values (1, 'NEW')")
    assert shop.execute("select type from jalon_engine.outbox_message").fetchall() == [("parcels.created",)]


def test_plain_http_and_addresses_inside_by_setting_for_those_who_need_it(
    shop: Connection, settings: Settings, admin: dict[str, str]
) -> None:

    free = msgspec.structs.replace(settings, webhook_allow="127.0.0.0/8", webhook_allow_http=True)
    with client_of(free) as client:
        register(client, admin, url="http://127.0.0.1:9/")
        assert (
            client.post(PATH, json={"url": "http://10.0.0.1/", "eventTypes": ["*"]}, headers=admin).status_code == 400
        )
