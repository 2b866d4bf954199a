"""What is shown of a row of a customer's table: what its registration says, else what the table suggests."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

from tests.web_shop import SHOP

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
BASKETS = """
create table shop.baskets (
    id integer primary key, reference text not null, total numeric, paid_on date, api_token text, status text not null
        default 'NEW', owner text
);
create index on shop.baskets (reference);
select jalon.track('shop.baskets', 'status', category => 'ORDER_STATUS', relations => '{"owner": "owner"}');
insert into shop.baskets values (1, 'B-2', 12.5, '2026-01-02', 'secret', 'NEW', 'kim'), (2, 'B-1', 7, null, 's', 'NEW',
    'lea');
"""


@pytest.fixture
def beginning() -> str:
    return SHOP + BASKETS


def rows(client: Client, headers: dict[str, str], **asked: Any) -> Any:
    answer = client.get("/api/v1/tracked/baskets", params={"row": True, "sort": "id"} | asked, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_the_table_itself_suggests_a_title_and_columns_and_keeps_what_is_called_a_secret(
    client: Client, bearer: Bearer
) -> None:
    first = rows(client, bearer("kim", "clerk"))[0]
    assert first["title"] == "B-2"
    assert first["row"] == {"total": 12.5, "paid_on": "2026-01-02", "owner": "kim"}
    assert "row" not in rows(client, bearer("kim", "clerk"), row=False)[0]


def test_the_registration_says_which_columns_are_shown_and_can_be_changed(
    client: Client, bearer: Bearer, db: psycopg.Connection[Any]
) -> None:
    db.execute("""select jalon.track('shop.baskets', 'status', category => 'ORDER_STATUS', relations =>
        '{"owner": "owner"}', title => 'owner', subtitle => 'reference', shown_columns => '{total}')""")
    first = rows(client, bearer("kim", "clerk"))[0]
    assert (first["title"], first["subtitle"], first["row"]) == ("kim", "B-2", {"total": 12.5})
    db.execute("select jalon.show_columns('baskets', title => 'reference', columns => '{paid_on,owner}')")
    one = client.get("/api/v1/tracked/baskets/1", params={"row": True}, headers=bearer("kim", "clerk")).json()
    assert (one["title"], one["subtitle"]) == ("B-2", None)
    assert one["row"] == {"paid_on": "2026-01-02", "owner": "kim"}
    db.execute("select jalon.rename_column('baskets', 'reference', 'number')")
    db.execute("select jalon.rename_column('baskets', 'paid_on', 'paid')")
    first = rows(client, bearer("kim", "clerk"))[0]
    assert (first["title"], first["row"]) == ("B-2", {"paid": "2026-01-02", "owner": "kim"})


def test_a_column_that_the_table_lacks_is_refused(db: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.Error, match="it has no column nothing"):
        db.execute("select jalon.show_columns('baskets', columns => '{total,nothing}')")


def test_rows_are_shown_to_who_may_see_the_record_alone(client: Client, bearer: Bearer) -> None:
    assert [row["title"] for row in rows(client, bearer("lea"))] == ["B-1"]
    assert client.get("/api/v1/tracked/baskets/1", params={"row": True}, headers=bearer("lea")).status_code == 404


def test_a_list_is_sorted_by_a_shown_column_that_an_index_serves(client: Client, bearer: Bearer) -> None:
    kim = bearer("kim", "clerk")
    assert [row["id"] for row in rows(client, kim, sort="row.reference")] == ["2", "1"]
    pages = client.get(
        "/api/v1/tracked/baskets", params={"row": True, "sort": "-row.reference", "limit": 1}, headers=kim
    ).json()
    assert [row["id"] for row in rows(client, kim, sort="-row.reference", after=pages["next"])] == ["2"]
    refused = client.get("/api/v1/tracked/baskets", params={"row": True, "sort": "row.total"}, headers=kim)
    assert refused.status_code == 400
