"""A key is one segment of the address for any characters: a slash inside it is written %2F."""

import httpx
import pytest

from tests.server.test_openapi import url  # noqa: F401 - the application behind a real socket

KEYS = """
create table shop.parcel (ref text primary key, status text not null default 'NEW');
select jalon.track('shop.parcel', 'status', category => 'ORDER_STATUS');
insert into shop.parcel (ref) values ('2026/11/0042'), ('50%2F50'), ('é/ß'), ('/');
"""
WAYS = {"2026/11/0042": "2026%2F11%2f0042", "50%2F50": "50%252F50", "é/ß": "%C3%A9%2F%C3%9F", "/": "%2F"}


@pytest.fixture
def parcels(shop):
    shop.execute(KEYS)
    return shop


@pytest.mark.parametrize(("key", "way"), WAYS.items())
def test_a_record_whose_key_holds_a_slash_is_read_and_moved(url, parcels, bearer, key, way):  # noqa: F811
    with httpx.Client(base_url=url, headers=bearer("anna", "clerk")) as client:
        path = f"/api/v1/tracked/parcel/{way}"
        assert client.get(path).json()["id"] == key
        moved = client.post(f"{path}/moves", json={"to": "PAID"})
        assert moved.status_code == 200, moved.text
        history = client.get(f"{path}/history", params={"limit": 1})
        assert history.json()["items"][0]["changes"][0]["to"] == "PAID"
        following = history.headers["link"].partition("<")[2].partition(">")[0]
        assert client.get(following).json()["items"][0]["kind"] == "create"


def test_a_refusal_names_the_address_as_it_was_asked_for(client, parcels, bearer):
    answer = client.get("/api/v1/tracked/parcel/1%2F2", headers=bearer("anna", "clerk"))
    assert answer.status_code == 404
    assert answer.json()["instance"] == "/api/v1/tracked/parcel/1%2F2"
    assert "1/2" in answer.json()["detail"]


@pytest.mark.parametrize("way", ["1%002", "1%2F%002"])
def test_a_nul_is_no_slash(client, parcels, bearer, way):
    answer = client.get(f"/api/v1/tracked/parcel/{way}", headers=bearer("anna", "clerk"))
    assert answer.status_code in (400, 404)
