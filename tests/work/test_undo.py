"""What somebody has just done can be moved back, as an ordinary move."""

from typing import Any

import pytest

from tests.web_shop import SHOP

URL = "/api/v1/tracked/orders/undo"


@pytest.fixture
def beginning() -> str:
    return SHOP


@pytest.fixture
def moved(client: Any, bearer: Any) -> Any:
    """moved("7", "PAID"): kim moved it there."""

    def moved(id: str, code: str, actor: str = "kim", **more: Any) -> None:
        url = f"/api/v1/tracked/orders/{id}/moves"
        answer = client.post(url, json={"to": code} | more, headers=bearer(actor, "clerk"))
        assert answer.status_code == 200, answer.text

    return moved


def undo(client: Any, headers: dict[str, str], *ids: str) -> list[tuple[str, str]]:
    answer = client.post(URL, json={"ids": list(ids)}, headers=headers)
    assert answer.status_code == 200, answer.text
    return [(item["id"], item["to"]) for item in answer.json()["items"]]


def test_a_move_back_is_a_change_marked_undo(client: Any, bearer: Any, moved: Any, db: Any) -> None:
    moved("7", "PAID")
    assert undo(client, bearer("kim", "clerk"), "7") == [("7", "NEW")]
    last = db.execute(
        "select new_status, kind, meta_data from jalon_history.shop__orders where orders_id = 7"
        " order by version desc limit 1"
    ).fetchone()
    assert last == ("NEW", "move", {"undo": True})


def test_a_dry_run_says_what_could_be_undone_and_undoes_nothing(client: Any, bearer: Any, moved: Any, db: Any) -> None:
    moved("7", "PAID")
    assert undo(client, bearer("kim", "clerk", prefer="tx=rollback"), "7") == [("7", "NEW")]
    assert db.execute("select status from shop.orders where id = 7").fetchone() == ("PAID",)


def test_where_no_transition_leads_back_nothing_is_undone(client: Any, bearer: Any, moved: Any) -> None:
    moved("7", "CANCELLED", reason="A mistake")
    assert undo(client, bearer("kim", "clerk"), "7") == []


def test_the_change_of_somebody_else_is_not_undone(client: Any, bearer: Any, moved: Any) -> None:
    moved("7", "PAID")
    assert undo(client, bearer("ben", "clerk"), "7") == []


def test_an_older_change_is_not_undone(client: Any, bearer: Any, db: Any, as_actor: Any) -> None:
    with as_actor(db, "kim", "clerk"):
        db.execute("update shop.orders set status = 'PAID' where id = 7")
    db.execute("alter table jalon_history.shop__orders disable trigger all")
    db.execute(
        "update jalon_history.shop__orders set changed_at = changed_at - interval '1 minute' where orders_id = 7"
    )
    assert undo(client, bearer("kim", "clerk"), "7") == []


def test_of_many_each_goes_back_to_where_it_was(client: Any, bearer: Any, moved: Any) -> None:
    moved("7", "PAID")
    moved("8", "PAID")
    moved("8", "NEW")
    moved("9", "PAID")
    moved("9", "SHIPPED")
    found = undo(client, bearer("kim", "clerk"), "7", "8", "9", "10", "nothing")
    assert sorted(found) == [("7", "NEW"), ("8", "PAID")]
