"""GET /api/v1/tracked…: tracked tables, records, their codes and history."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
ORDERS = "/api/v1/tracked/orders"


@pytest.fixture
def get(shop: psycopg.Connection[Any], client: Client, bearer: Bearer) -> Callable[..., Any]:
    def get(path: str, *who: str, **headers: str) -> Any:
        return client.get(path, headers=bearer(*(who or ("anna", "clerk")), **headers))

    return get


@pytest.fixture
def pay(client: Client, bearer: Bearer) -> Callable[..., Any]:
    def pay(order: int, to: str = "PAID", **body: Any) -> None:
        answer = client.post(f"{ORDERS}/{order}/moves", json={"to": to} | body, headers=bearer("anna", "clerk"))
        assert answer.status_code == 200, answer.text

    return pay


def test_tracked_tables_are_listed(get: Callable[..., Any]) -> None:
    tables = {table["name"]: table for table in get("/api/v1/tracked").json()["items"]}
    assert tables["orders"]["columns"] == [{"column": "status", "category": "ORDER_STATUS"}]
    assert tables["orders"]["table"] == "shop.orders"


def test_a_record_says_where_it_stands_and_where_it_may_go(get: Callable[..., Any]) -> None:
    answer = get(f"{ORDERS}/7", **{"accept-language": "fr-CA, en;q=0.5"})
    body = answer.json()
    assert body["etag"] == '"7.1"' and answer.headers["etag"].startswith('"7.1~')
    assert (body["table"], body["id"], body["version"]) == ("orders", "7", 1)
    [status] = body["statuses"]
    assert (status["code"], status["label"], status["isFinal"]) == ("NEW", "New", False)
    assert [(m["to"], m["label"], m["action"], m["requiresReason"]) for m in status["moves"]] == [
        ("PAID", "Payée", "pay", False), ("CANCELLED", "Annulée", "cancel", True)
    ]  # fmt: skip


def test_a_record_that_did_not_change_is_not_sent_again(get: Callable[..., Any]) -> None:
    answer = get(f"{ORDERS}/7", **{"if-none-match": get(f"{ORDERS}/7").headers["etag"]})
    assert (answer.status_code, answer.content) == (304, b"")


def test_the_moves_shown_are_those_of_the_reader(get: Callable[..., Any]) -> None:
    [status] = get(f"{ORDERS}/7", "author 7").json()["statuses"]
    assert [m["to"] for m in status["moves"]] == ["CANCELLED"]


@pytest.mark.parametrize("path", ["/7", "/7/history", "/7?asOf=2100-01-01T00:00:00Z"])
def test_what_somebody_may_not_see_does_not_exist_for_them(get: Callable[..., Any], path: str) -> None:
    answer = get(ORDERS + path, "author 8")
    assert (answer.status_code, answer.json()["code"]) == (404, "JL401")


@pytest.mark.parametrize("path", ["/9999", "/x", "/9999/history", "/%00", "/'; drop table shop.orders; --"])
def test_an_unknown_record_is_not_found(get: Callable[..., Any], path: str) -> None:
    assert get(ORDERS + path).status_code in (400, 404)


def test_a_record_as_it_was(get: Callable[..., Any], pay: Callable[..., Any]) -> None:
    since = get(f"{ORDERS}/7").json()["since"]
    pay(7)
    then = get(f"{ORDERS}/7?asOf={since.replace('+00:00', 'Z')}").json()
    assert (then["version"], then["statuses"][0]["code"]) == (1, "NEW")
    assert get(f"{ORDERS}/7?asOf=2001-01-01T00:00:00Z").status_code == 404


def test_history_comes_newest_first_in_pages(get: Callable[..., Any], pay: Callable[..., Any]) -> None:
    pay(7)
    pay(7, "NEW", reason="mistake", meta={"till": 3})
    pay(7)
    first = get(f"{ORDERS}/7/history?limit=2")
    second = get(first.headers["link"].split(">")[0][1:])
    assert [change["version"] for change in first.json()["items"] + second.json()["items"]] == [4, 3, 2, 1]
    assert second.json()["next"] is None
    change = first.json()["items"][1]
    assert change["changes"] == [
        {"column": "status", "from": "PAID", "fromLabel": "Paid", "to": "NEW", "toLabel": "New"}
    ]
    assert (change["by"], change["reason"], change["meta"], change["kind"]) == ("anna", "mistake", {"till": 3}, "move")


def test_records_come_last_change_first_each_once(get: Callable[..., Any], pay: Callable[..., Any]) -> None:
    pay(7)
    pay(3)
    path: str | None = f"{ORDERS}?limit=25"
    seen = []
    while path:
        answer = get(path)
        seen += [record["id"] for record in answer.json()["items"]]
        path = answer.headers["link"].split(">")[0][1:] if "link" in answer.headers else None
    assert seen[:2] == ["3", "7"]
    assert sorted(map(int, seen)) == list(range(1, 61))


def test_records_are_filtered(get: Callable[..., Any], pay: Callable[..., Any]) -> None:
    pay(7)
    assert [record["id"] for record in get(f"{ORDERS}?status=PAID").json()["items"]] == ["7"]
    since = get(f"{ORDERS}/7").json()["since"].replace("+00:00", "Z")
    assert [record["id"] for record in get(f"{ORDERS}?changedSince={since}").json()["items"]] == ["7"]
    assert len(get(f"{ORDERS}?changedBefore={since}&limit=500").json()["items"]) == 59


def test_everybody_sees_their_own_records_only(get: Callable[..., Any]) -> None:
    assert [record["id"] for record in get(ORDERS, "author 8").json()["items"]] == ["8"]
    assert get(ORDERS, "nobody").json() == {"items": [], "next": None, "previous": None}


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=x", "after=x", "after=W10", "after=WzEsMl0", "changedSince=yesterday",
     "statsu=PAID", "status=" + "x" * 101, "status=%00"],
)  # fmt: skip
def test_a_wrong_parameter_is_refused(get: Callable[..., Any], query: str) -> None:
    answer = get(f"{ORDERS}?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] in ("JL405", "22P05")


def test_a_list_shows_each_readers_moves_where_they_are_asked_for(get: Callable[..., Any]) -> None:
    def moves(*who: str) -> list[str]:
        (record,) = get(f"{ORDERS}?moves=true&limit=1", *who).json()["items"]
        return [move["to"] for move in record["statuses"][0]["moves"]]

    assert moves("anna", "clerk") == ["PAID", "CANCELLED"]
    assert moves("author 60") == ["CANCELLED"]
    assert "moves" not in get(f"{ORDERS}?limit=1").json()["items"][0]["statuses"][0]


RESOLVER = """
create function shop.friends(actor text, key text) returns text[] language sql stable security definer as
$$ select array(select 'friend' where actor = 'frida' and key in ('3', '5')) $$;
grant usage on schema shop to jalon_owner;
revoke execute on function shop.friends(text, text) from public;
grant execute on function shop.friends(text, text) to jalon_owner;
update jalon_engine.tracked set resolver = 'shop.friends' where name = 'orders';
insert into jalon_engine.role (code, label) values ('pager', 'Pager');
insert into jalon_engine.permission_rule (role, permission, scope, status)
    values ('pager', 'read_all', 'orders', 'PAID');
"""
COMPANION = """
create function shop.friends_keys(actor text) returns setof text language sql stable security definer as $$ select k
    from unnest(array['3', '5']) k where actor = 'frida' $$;
revoke execute on function shop.friends_keys(text) from public;
grant execute on function shop.friends_keys(text) to jalon_owner;
"""


@pytest.mark.parametrize("companion", ["", COMPANION], ids=["asked row by row", "with a companion that names the keys"])
@pytest.mark.parametrize("who", [("author 7",), ("frida",), ("frida", "pager"), ("nobody",), ("kim", "clerk")], ids=str)
def test_a_list_has_the_records_that_one_may_see_and_no_others(
    shop: psycopg.Connection[Any],
    get: Callable[..., Any],
    pay: Callable[..., None],
    who: tuple[str, ...],
    companion: str,
) -> None:
    shop.execute(RESOLVER)
    if companion:
        shop.execute(companion)
    pay(9)
    listed = {item["id"] for item in get(f"{ORDERS}?limit=100", *who).json()["items"]}
    seen = {str(order) for order in range(1, 61) if get(f"{ORDERS}/{order}", *who).status_code == 200}
    assert listed == seen


def test_a_table_that_was_just_put_under_jalon_says_which_permission_shows_it(
    shop: psycopg.Connection[Any], get: Callable[..., Any], client: Client, bearer: Bearer
) -> None:
    shop.execute("create table shop.parcels (id int primary key, status text not null)")
    shop.execute("select jalon.track('shop.parcels', category => 'ORDER_STATUS')")
    shop.execute("insert into shop.parcels values (1, 'NEW')")
    for path in ("/1", "/1/history", "/99"):
        refused = client.get(f"/api/v1/tracked/parcels{path}", headers=bearer("ben"))
        assert refused.status_code == 403, (path, refused.text)
        assert refused.json()["permission"] == "read_all"
        assert "jalon.set_permission('any', 'read_all', 'parcels')" in refused.text
    shop.execute("select jalon.set_permission('any', 'read_all', 'parcels')")
    assert client.get("/api/v1/tracked/parcels/1", headers=bearer("ben")).status_code == 200
    # Where something could be seen, what cannot be is not there.
    assert client.get(f"{ORDERS}/7", headers=bearer("ben")).status_code == 404
