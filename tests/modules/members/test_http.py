"""Users and their roles over HTTP."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
Connection = psycopg.Connection[Any]


@pytest.fixture
def ids(db: Connection) -> dict[str, str]:
    """anna administers users; ben and carl are users."""
    db.execute("insert into users (email, name) values ('anna@x.y', 'Anna'), ('ben@x.y', 'Ben'), ('carl@x.y', 'Carl')")
    return dict(db.execute("select split_part(email, '@', 1), id::text from users").fetchall())


@pytest.fixture
def anna(bearer: Bearer) -> dict[str, str]:
    return bearer("anna@x.y", "user_admin")


def history(db: Connection, id: str) -> list[Any]:
    return db.execute(
        "select old_role, new_role, changed_by, reason from role_change_history where user_id = %s order by version",
        (id,),
    ).fetchall()


def test_a_user_is_created_with_a_first_role(
    db: Connection, client: Client, bearer: Bearer, anna: dict[str, str]
) -> None:
    body = {"email": "New@x.y", "name": "New", "role": "PREMIUM", "reason": "Gift", "meta_data": {"source": "fair"}}
    answer = client.post("/api/v1/users", json=body, headers=anna)
    assert answer.status_code == 201, answer.text
    user = answer.json()
    assert answer.headers["location"] == f"/api/v1/users/{user['id']}"
    assert (user["email"], user["role"], user["version"]) == ("New@x.y", "PREMIUM", 1)
    assert history(db, user["id"]) == [(None, "PREMIUM", "anna@x.y", "Gift")]
    assert client.post("/api/v1/users", json=body | {"email": "NEW@X.Y"}, headers=anna).status_code == 409
    assert client.post("/api/v1/users", json=body, headers=bearer("ben@x.y")).status_code == 403
    for bad in ({"email": "x"}, {"email": "nobody"}, {"name": " "}, {"role": "GOLD"}, {"role": None, "colour": 1}):
        assert client.post("/api/v1/users", json={"email": "o@x.y", "name": "O"} | bad, headers=anna).status_code == 400
    plain = client.post("/api/v1/users", json={"email": "o@x.y", "name": "O"}, headers=anna)
    assert (plain.status_code, plain.json()["role"]) == (201, "FREE")


def test_users_are_listed_by_name_in_pages(
    client: Client, bearer: Bearer, anna: dict[str, str], ids: dict[str, str]
) -> None:
    first = client.get("/api/v1/users?limit=2", headers=anna)
    assert [u["name"] for u in first.json()["items"]] == ["Anna", "Ben"]
    after = first.json()["next"]
    assert [u["name"] for u in client.get(f"/api/v1/users?limit=2&after={after}", headers=anna).json()["items"]] == [
        "Carl"
    ]
    assert [u["name"] for u in client.get("/api/v1/users?q=CAR&role=FREE", headers=anna).json()["items"]] == ["Carl"]
    assert [u["name"] for u in client.get("/api/v1/users", headers=bearer("BEN@x.y")).json()["items"]] == ["Ben"]
    assert client.get("/api/v1/users", headers=bearer("stranger")).json()["items"] == []
    assert client.get("/api/v1/users?after=xx", headers=anna).status_code == 400
    assert client.get("/api/v1/users").status_code == 401


def test_a_role_is_changed_and_the_response_says_so(
    db: Connection, client: Client, bearer: Bearer, anna: dict[str, str], ids: dict[str, str]
) -> None:
    path = f"/api/v1/users/{ids['ben']}/role"
    body = {"role": "PREMIUM", "reason": "Abonnement", "meta_data": {"payment_id": "pay_123456"}}
    answer = client.put(path, json=body, headers=anna | {"accept-language": "fr"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["old_role"], answer.json()["role"], answer.json()["changed"]) == ("FREE", "PREMIUM", True)
    assert answer.headers["etag"] == f'"{ids["ben"]}.2"'
    again = client.put(path, json=body, headers=anna)
    assert (again.status_code, again.json()["changed"]) == (200, False)
    assert history(db, ids["ben"]) == [
        (None, "FREE", "db:postgres", None),
        ("FREE", "PREMIUM", "anna@x.y", "Abonnement"),
    ]
    ben = bearer("ben@x.y")
    assert client.put(path, json={"role": "ADMIN"}, headers=ben).status_code == 403
    assert client.put(path, json={"role": "ADMIN"}, headers=bearer("carl@x.y")).status_code == 404
    assert client.put(path, json={"role": "GOLD"}, headers=anna).json()["code"] == "JL402"
    assert client.put(path, json={}, headers=anna).status_code == 400
    stale = anna | {"if-match": f'"{ids["ben"]}.1"'}
    assert client.put(path, json={"role": "FREE"}, headers=stale).status_code == 412
    for wrong in ("7", "00000000-0000-0000-0000-000000000007"):
        assert client.put(f"/api/v1/users/{wrong}/role", json={"role": "FREE"}, headers=anna).status_code == 404
    assert len(history(db, ids["ben"])) == 2

    rows = client.get(f"/api/v1/users/{ids['ben']}/role-history", headers=ben).json()["items"]
    assert [(r["old_role"], r["new_role"], r["meta_data"]) for r in rows] == [
        ("FREE", "PREMIUM", {"payment_id": "pay_123456"}),
        (None, "FREE", None),
    ]
    assert len(client.get(f"/api/v1/users/{ids['ben']}/role-history?limit=1", headers=anna).json()["items"]) == 1
    for bad in ("0", "-1", "x"):
        assert client.get(f"/api/v1/users/{ids['ben']}/role-history?limit={bad}", headers=anna).status_code == 400
    summary = client.get(f"/api/v1/users/{ids['ben']}/role-summary", headers=ben).json()
    assert set(summary) == {"total_changes", "initial_role", "current_role", "last_change_date", "changes"}
    assert (summary["total_changes"], summary["initial_role"], summary["current_role"]) == (1, "FREE", "PREMIUM")
    assert {"date", "from", "to", "reason"} <= set(summary["changes"][0])
    assert client.get(f"/api/v1/users/{ids['ben']}/role-summary", headers=bearer("carl@x.y")).status_code == 404


def test_a_profile_is_ones_own_and_a_role_in_it_needs_its_permission(
    db: Connection, client: Client, bearer: Bearer, anna: dict[str, str], ids: dict[str, str]
) -> None:
    ben = bearer("Ben@x.y")
    same = client.put("/profile", json={"name": "Benjamin", "role": "FREE", "email": "ben@x.y"}, headers=ben)
    assert (same.status_code, same.json()["name"]) == (200, "Benjamin")
    refused = client.put("/profile", json={"name": "Boss", "role": "ADMIN"}, headers=ben)
    assert (refused.status_code, refused.json()["code"]) == (403, "JL203")
    assert client.put("/profile", json={"email": "anna2@x.y"}, headers=ben).status_code == 403
    mine = client.get("/profile", headers=ben).json()
    assert (mine["name"], mine["role"], mine["id"]) == ("Benjamin", "FREE", ids["ben"])
    assert len(history(db, ids["ben"])) == 1
    done = client.put("/profile", json={"role": "ADMIN", "reason": "Founder"}, headers=anna)
    assert (done.status_code, done.json()["role"]) == (200, "ADMIN")
    assert history(db, ids["anna"])[-1] == ("FREE", "ADMIN", "anna@x.y", "Founder")
    assert client.put("/profile", json={"name": "X"}, headers=bearer("nobody")).status_code == 404
    assert client.get("/profile", headers=bearer(ids["carl"])).json()["name"] == "Carl"
    assert client.put("/profile", json={"name": "X"}).status_code == 401


def test_recaps_come_as_json_and_csv(client: Client, bearer: Bearer, anna: dict[str, str], ids: dict[str, str]) -> None:
    for who, role in (("ben", "PREMIUM"), ("carl", "PREMIUM"), ("carl", "MEDIUM")):
        client.put(f"/api/v1/users/{ids[who]}/role", json={"role": role}, headers=anna)
    rows = client.get("/api/v1/recaps/role-changes?from=FREE&to=PREMIUM", headers=anna).json()["items"]
    assert {r["email"] for r in rows} == {"ben@x.y", "carl@x.y"}
    assert client.get("/api/v1/recaps/role-changes?until=2020-01-01", headers=anna).json()["items"] == []
    whole = client.get("/api/v1/recaps/role-changes?email=carl@x.y&with_creation=true", headers=anna)
    assert [r["old_role"] for r in whole.json()["items"]] == ["PREMIUM", "FREE", None]
    text = client.get("/api/v1/recaps/role-statistics?format=csv", headers=anna)
    assert text.headers["content-type"].startswith("text/csv")
    assert text.text.splitlines()[0].startswith("old_role,new_role,total_changes,share")
    assert text.text.splitlines()[1].startswith("FREE,PREMIUM,2,0.6667")
    for bad in ("from=GOLD", "since=soon", "format=pdf", "colour=red"):
        assert client.get(f"/api/v1/recaps/role-changes?{bad}", headers=anna).status_code == 400
    assert client.get("/api/v1/recaps/role-statistics", headers=bearer("ben@x.y")).status_code == 403


def test_an_erased_user_is_gone(
    db: Connection, client: Client, bearer: Bearer, anna: dict[str, str], ids: dict[str, str]
) -> None:
    path = f"/api/v1/users/{ids['ben']}"
    assert client.delete(path, headers=anna).status_code == 403
    assert client.delete(path, headers=bearer("root", "admin")).status_code == 204
    assert client.get(path, headers=anna).status_code == 404
    assert history(db, ids["ben"]) == []
    rows = db.execute("select tracked, record_key, deleted_by from jalon_history.deletion").fetchall()
    assert rows == [("users", None, "root")]


def test_who_erases_themselves_leaves_no_name(
    db: Connection, client: Client, bearer: Bearer, anna: dict[str, str]
) -> None:
    body = {"email": "Root@x.y", "name": "Root"}
    id = client.post("/api/v1/users", json=body, headers=anna | {"idempotency-key": "once"}).json()["id"]
    assert client.delete(f"/api/v1/users/{id}", headers=bearer("root@x.y", "admin")).status_code == 204
    left = db.execute(
        "select (select count(*) from jalon_history.deletion d where d::text ilike '%root%'),"
        " (select string_agg(deleted_by, ',') from jalon_history.deletion),"
        " (select count(*) from jalon_engine.idempotency i where i::text ilike '%root%')"
    ).fetchone()
    assert left == (0, "self", 0)


def test_changes_of_roles_come_in_pages_and_none_is_lost_or_repeated(
    client: Client, db: Connection, anna: dict[str, str], ids: dict[str, str]
) -> None:
    db.execute("update users set role = 'PREMIUM'")  # all at one instant
    for who in ids:
        client.put(f"/api/v1/users/{ids[who]}/role", json={"role": "MEDIUM"}, headers=anna)
    path = "/api/v1/recaps/role-changes"
    whole = [(r["email"], r["new_role"]) for r in client.get(path, headers=anna).json()["items"]]
    found, after = [], None
    while True:
        page = client.get(path + "?limit=2" + (f"&after={after}" if after else ""), headers=anna).json()
        found += [(r["email"], r["new_role"]) for r in page["items"]]
        after = page["next"]
        if not after:
            break
        assert len(page["items"]) == 2
    assert found == whole
    assert len(whole) == 6
    assert client.get(f"{path}?after=xx", headers=anna).status_code == 400


def test_changes_of_roles_are_those_of_the_last_days_and_named_in_the_readers_language(
    client: Client, db: Connection, anna: dict[str, str], ids: dict[str, str]
) -> None:
    old = "select jalon.create_user('old@x.y', 'Old', created_at => now() - interval '60 days')"
    db.execute(old)
    change = (
        "select jalon.change_user_role(id, 'PREMIUM', changed_at => now() - interval '{} days') from users "
        "where email = '{}'"
    )
    db.execute(change.format(30, "old@x.y"))
    client.put(f"/api/v1/users/{ids['ben']}/role", json={"role": "MEDIUM"}, headers=anna)
    french = anna | {"accept-language": "fr"}
    rows = client.get("/api/v1/recaps/role-changes?days=7", headers=french).json()
    assert [(r["email"], r["old_role_label"], r["new_role_label"]) for r in rows["items"]] == [
        ("ben@x.y", "Gratuit", "Intermédiaire")
    ]
    assert rows["since"]
    assert len(client.get("/api/v1/recaps/role-changes?days=90", headers=anna).json()["items"]) == 2
    assert len(client.get("/api/v1/recaps/role-statistics?days=7", headers=anna).json()["items"]) == 1


def test_the_changes_that_one_may_make_come_with_the_people(
    client: Client, bearer: Bearer, anna: dict[str, str], ids: dict[str, str]
) -> None:
    page = client.get("/api/v1/users?moves=true&q=ben", headers=anna).json()
    assert {move["to"] for move in page["items"][0]["status"]["moves"]} == {"MEDIUM", "PREMIUM", "ADMIN"}
    assert [page[k] for k in ("self", "reads_all", "can_create", "can_change_roles")] == [ids["anna"], True, True, True]
    own = client.get("/api/v1/users?moves=true", headers=bearer("ben@x.y")).json()
    assert [own[k] for k in ("self", "reads_all", "can_create", "can_change_roles")] == [
        ids["ben"],
        False,
        False,
        False,
    ]
    mine = client.get(f"/api/v1/users/{ids['ben']}?moves=true", headers=bearer("ben@x.y")).json()
    assert (mine["is_self"], mine["can_erase"], mine["status"]["moves"]) == (True, False, [])
    assert client.get(f"/api/v1/users/{ids['ben']}?moves=true", headers=bearer("root", "admin")).json()["can_erase"]


def test_a_member_cannot_raise_their_own_role_by_any_way_that_moves_records(
    db: Connection, client: Client, bearer: Bearer, ids: dict[str, str]
) -> None:
    ben = bearer("ben@x.y", "moderator")
    mine = f"/api/v1/tracked/users/{ids['ben']}"
    one = client.post(f"{mine}/moves", json={"to": "ADMIN"}, headers=ben)
    assert (one.status_code, one.json()["code"]) == (403, "JL203")
    for mode, status in (("all", 403), ("each", 207)):
        many = client.post(
            "/api/v1/tracked/users/moves", json={"ids": [ids["ben"]], "to": "ADMIN", "mode": mode}, headers=ben
        )
        assert many.status_code == status
        assert "JL203" in many.text
    shared = [[ids["ben"], {"table": "users", "to": "ADMIN"}, {"actor": "ben@x.y", "roles": ["moderator"]}]]
    answers = db.execute("select refusal from jalon_api.run_batch('move_record', %s)", (json.dumps(shared),)).fetchall()
    assert answers == [("JL203",)]
    assert db.execute("select distinct role from users").fetchall() == [("FREE",)]


def test_a_record_page_offers_a_member_no_role_that_they_may_not_take(
    client: Client, bearer: Bearer, ids: dict[str, str], anna: dict[str, str]
) -> None:
    mine = f"/api/v1/tracked/users/{ids['ben']}"
    ben = bearer("ben@x.y", "moderator")
    assert client.get(mine, headers=ben).json()["statuses"][0]["moves"] == []
    moves = client.get(f"{mine}/moves", headers=ben).json()["items"]
    assert moves and not any(move["allowed"] for move in moves)
    assert {blocker["code"] for move in moves for blocker in move["blockers"]} == {"JL203"}
    assert "ADMIN" in {move["to"] for move in client.get(mine, headers=anna).json()["statuses"][0]["moves"]}
    assert all(move["allowed"] for move in client.get(f"{mine}/moves", headers=anna).json()["items"])


@pytest.mark.parametrize("email", ['"><svg/onload=alert(1)>@x.fr', "a@x.fr,b@x.fr", "a b@x.fr", "no-address"])
def test_what_is_no_address_is_refused(client: Client, anna: dict[str, str], email: str) -> None:
    answer = client.post("/api/v1/users", json={"email": email, "name": "X"}, headers=anna)
    assert (answer.status_code, answer.json()["field"]) == (400, "email")


def test_what_lacks_an_at_sign_is_said_to_be_no_address(client: Client, anna: dict[str, str]) -> None:
    answer = client.post("/api/v1/users", json={"email": "no-address", "name": "X"}, headers=anna)
    assert answer.json()["detail"] == "this is not an e-mail address"
