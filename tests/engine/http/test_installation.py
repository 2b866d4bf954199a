"""The state of the installation and the findings of jalon.verify over HTTP; refusals in the reader's language."""

import pytest


def test_installation_says_what_is_applied_tracked_and_made_ahead(client, shop, bearer):
    answer = client.get("/api/v1/installation", headers=bearer("anna", "admin"))
    assert answer.status_code == 200
    found = answer.json()
    assert found["migrations"][0] == "0010.roles-and-schemas"
    assert found["reload"]["digest"]
    (orders,) = [table for table in found["tables"] if table["name"] == "orders"]
    assert orders["table"] == "shop.orders"
    assert orders["triggersEnabled"] is True
    assert "jalon_history.shop__orders" in [reach["table"] for reach in found["partitions"]]


def test_verify_finds_what_was_changed_behind_the_triggers(client, shop, bearer):
    def verify(**query):
        answer = client.get("/api/v1/verify", params=query, headers=bearer("anna", "admin"))
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    assert verify() == verify(table="orders") == []
    with shop.transaction():
        shop.execute("set local session_replication_role = replica")
        shop.execute("update shop.orders set status = 'PAID' where id = 3")
    (finding,) = verify(table="orders")
    assert finding["table"] == "orders"
    assert "3" in finding["detail"]
    assert finding["hint"]
    assert verify(table="dossier") == []


@pytest.mark.parametrize("path", ["/api/v1/installation", "/api/v1/verify"])
def test_who_does_not_watch_the_health_is_refused(client, shop, bearer, path):
    answer = client.get(path, headers=bearer("kim", "clerk"))
    assert answer.status_code == 403
    assert answer.json()["code"] == "JL203"


# record is batched with others, the rest has a statement of its own; verify has words that are not refusal.
@pytest.mark.parametrize(
    "path", ["/api/v1/tracked/orders/4711", "/api/v1/tracked/nothing", "/api/v1/webhooks", "/api/v1/dossiers/4711"]
)
def test_who_reads_is_refused_in_their_own_language(client, shop, bearer, path):
    def detail(language):
        return client.get(path, headers=bearer("kim", "clerk", **{"accept-language": language})).json()["detail"]

    english, french = detail("en"), detail("fr")
    assert english != french
    assert detail("en") == english


def test_what_verify_finds_is_said_in_the_readers_language(client, shop, bearer):
    shop.execute('alter table shop.orders disable trigger "_jalon_after_update"')
    said = [
        client.get("/api/v1/verify", headers=bearer("anna", "admin", **{"accept-language": language})).json()["items"][
            0
        ]["detail"]
        for language in ("en", "fr")
    ]
    assert said[0] != said[1]
