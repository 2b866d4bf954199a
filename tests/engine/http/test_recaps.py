"""Recaps over HTTP, as JSON and as CSV."""

import csv
import io
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient
from psycopg.types.json import Jsonb

Call = Callable[..., Any]
TABLES = [
    "time-in-status",
    "transitions",
    "overdue",
    "forced",
    "unreached",
    "compliance",
    "weekly-changes",
    "weekly-counts",
    "weekly-flow",
]


@pytest.fixture
def recap(shop: psycopg.Connection[Any], client: TestClient[Any], bearer: Call) -> Call:
    for order in (7, 8):
        client.post(
            f"/api/v1/tracked/orders/{order}/moves",
            json={"to": "PAID", "reason": "=1+1"},
            headers=bearer("anna", "clerk"),
        )

    def recap(path: str, *who: str, **headers: str) -> Any:
        return client.get(f"/api/v1/recaps/{path}", headers=bearer(*(who or ("anna", "clerk")), **headers))

    return recap


@pytest.mark.parametrize("name", [*TABLES, "funnel?table=orders", "weekly"])
def test_every_recap_answers(recap: Call, name: str) -> None:
    assert recap(name).status_code == 200, recap(name).text


@pytest.mark.parametrize("name", [*TABLES, "funnel?table=orders"])
def test_every_table_is_there_as_csv(recap: Call, name: str) -> None:
    answer = recap(name, accept="text/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == len(recap(name).json()["items"])


def test_a_link_may_ask_for_csv_and_a_language_by_itself(recap: Call) -> None:
    answer = recap("transitions?table=orders&format=csv&lang=fr", **{"accept-language": "en"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "Payée" in answer.text
    assert recap("transitions?format=json", accept="text/csv").json()["items"]
    assert recap("transitions?format=pdf").status_code == 400


@pytest.mark.parametrize("name", ["overdue", "forced"])
def test_lists_of_records_come_in_pages_and_say_how_many_there_are(
    recap: Call, shop: psycopg.Connection[Any], name: str
) -> None:
    shop.execute("select jalon_engine.seal_actor('s', 'anna', 'admin')")
    for order in range(11, 16):
        shop.execute("select jalon.force_move('orders', %s, 'SHIPPED', 'no note')", (str(order),))
    shop.execute(
        "update jalon_engine.referential set max_stay = '1 microsecond' where category = 'ORDER_STATUS' "
        "and code = 'SHIPPED'"
    )
    whole = recap(f"{name}?table=orders").json()
    assert (len(whole["items"]), whole["total"], whole["next"]) == (5, 5, None)
    seen, after = [], ""
    for _ in range(3):
        page = recap(f"{name}?table=orders&limit=2{after}").json()
        seen += [item["id"] for item in page["items"]]
        assert page["total"] == 5
        after = f"&after={page['next']}"
    assert sorted(seen) == ["11", "12", "13", "14", "15"]
    assert page["next"] is None
    assert recap(f"{name}?limit=0").status_code == 400
    assert recap(f"{name}?after=nonsense").json()["code"] == "JL405"


@pytest.mark.parametrize("name", ["overdue", "transitions", "time-in-status", "funnel"])
def test_a_case_type_narrows_a_recap(recap: Call, name: str) -> None:
    assert sum(row.get("reached", 0) for row in recap(f"{name}?table=orders&caseType=NONE").json()["items"]) == 0


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("transitions?until=2001-01-01T00:00:00Z", "table,columnName"),
        ("forced?until=2001-01-01T00:00:00Z", "table,id,columnName"),
        ("weekly-changes?week=2001-W01", "table,id,place"), ("weekly?week=2001-W01", "week,table,record,name"),
    ],
)  # fmt: skip
def test_a_csv_without_rows_has_its_heading(recap: Call, path: str, heading: str) -> None:
    text = recap(path, accept="text/csv").text
    assert text.startswith(heading)
    assert text.count("\n") == 1


def test_transitions_are_counted(recap: Call) -> None:
    rows = recap("transitions?table=orders&bucket=day", **{"accept-language": "fr"}).json()["items"]
    [paid] = [row for row in rows if row["toCode"] == "PAID"]
    assert (paid["table"], paid["changes"], paid["toLabel"]) == ("orders", 2, "Payée")
    assert recap("transitions?until=2001-01-01T00:00:00Z").json()["items"] == []


def test_a_reason_is_no_formula_in_a_spreadsheet(recap: Call) -> None:
    text = recap("weekly-changes?table=orders", accept="text/csv").text
    assert "'=1+1" in text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("funnel", 400), ("funnel?table=none", 404), ("overdue?table=none", 404), ("weekly?week=2026-W99", 400),
        ("weekly?week=now", 400),
        ("weekly?tz=Mars", 400), ("transitions?bucket=century", 400), ("transitions?since=now", 400), ("none", 404),
        ("overdue?x=1", 400),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(recap: Call, path: str, status: int) -> None:
    assert recap(path).status_code == status


def test_recaps_are_for_those_who_read_everything(recap: Call) -> None:
    answer = recap("overdue", "author 7")
    assert (answer.status_code, answer.json()["code"]) == (403, "JL203")


@pytest.fixture
def page(shop: psycopg.Connection[Any], client: TestClient[Any], recap: Call) -> Call:
    """The recap as the console's page shows it, of a history that is too long to be counted while one waits."""
    shop.execute("update jalon_engine.setting set value = '0' where name = 'recap.counted_at_once'")

    def page(name: str, language: str = "en", **question: Any) -> Any:
        row = shop.execute(
            "select body from jalon_api.recap_page(%s, %s, %s)",
            (name, Jsonb(question), Jsonb({"actor": "anna", "roles": ["clerk"], "language": language})),
        ).fetchone()
        assert row
        return row[0]

    return page


@pytest.fixture
def count(client: TestClient[Any], bearer: Call) -> Call:
    return lambda name, *who, **question: client.post(
        f"/api/v1/recaps/{name}/count", json=question, headers=bearer(*(who or ("anna", "clerk")))
    )


def test_a_page_counts_a_short_history_at_once(shop: psycopg.Connection[Any], page: Call) -> None:
    shop.execute("update jalon_engine.setting set value = '5000' where name = 'recap.counted_at_once'")
    found = page("transitions")
    assert found["table"] == "*"
    assert [row["changes"] for row in found["items"] if row["toCode"] == "PAID"] == [2]


@pytest.mark.parametrize("name", ["time-in-status", "transitions", "funnel", "overdue", "unreached", "compliance"])
def test_a_page_shows_of_a_long_history_what_was_counted_last(
    shop: psycopg.Connection[Any], page: Call, count: Call, recap: Call, name: str
) -> None:
    first = page(name)
    assert (first["items"], first["isOld"], first["table"]) == (None, True, "orders"), "nothing was counted yet"
    assert count(name, table="orders").status_code == 200
    shop.execute("select jalon_engine.seal_actor('s', 'anna', 'clerk')")
    shop.execute("update shop.orders set status = 'PAID' where id = 9")
    kept = page(name, table="orders")
    assert kept["items"] is not None
    assert (kept["isOld"], kept["countedAt"] > first.get("countedAt", "") if first["countedAt"] else True) == (
        False,
        True,
    )
    changes = [row["changes"] for row in kept["items"] if row.get("toCode") == "PAID"]
    assert changes in ([], [2]), "as it was counted, not as it is now"
    count(name, table="orders")
    assert len(page(name)["items"]) == len(recap(f"{name}?table=orders").json()["items"])
    if name == "transitions":
        assert [row["changes"] for row in page(name)["items"] if row["toCode"] == "PAID"] == [3]


def test_what_was_counted_is_read_in_every_language(page: Call, count: Call) -> None:
    count("time-in-status", table="orders")
    labels = {
        language: [row["label"] for row in page("time-in-status", language, table="orders")["items"]]
        for language in ("en", "fr")
    }
    assert "Paid" in labels["en"]
    assert "Payée" in labels["fr"]


def test_what_was_counted_a_day_ago_is_shown_as_old(shop: psycopg.Connection[Any], page: Call, count: Call) -> None:
    count("funnel", table="orders")
    shop.execute("update jalon_engine.recap_cache set counted_at = counted_at - interval '25 hours'")
    assert page("funnel", table="orders")["isOld"]


def test_another_period_is_another_question(page: Call, count: Call) -> None:
    count("transitions", table="orders")
    assert page("transitions", table="orders", since="2026-01-01")["items"] is None
    assert count("transitions", table="orders", since="2026-01-01").status_code == 200
    assert page("transitions", table="orders", since="2026-01-01")["items"]
    assert count("transitions", table="orders", since="yesterdayish").status_code == 400


@pytest.mark.parametrize("name", ["pie", "user", "role_statistics"])
def test_a_name_that_is_no_recap_counts_nothing(page: Call, count: Call, name: str) -> None:
    answer = count(name, table="orders")
    assert (answer.status_code, answer.json()["code"]) == (404, "JL401")


def test_only_who_reads_everything_may_have_it_counted(count: Call, recap: Call) -> None:
    answer = count("transitions", "author 7", table="orders")
    assert (answer.status_code, answer.json()["code"]) == (403, "JL203")


def test_long_lists_that_were_counted_come_in_pages(shop: psycopg.Connection[Any], page: Call, count: Call) -> None:
    shop.execute("update jalon_engine.referential set max_stay = '1 microsecond' where category = 'ORDER_STATUS'")
    count("overdue", table="orders")
    first = page("overdue", table="orders", limit=3)
    second = page("overdue", table="orders", limit=3, after=first["next"])
    assert first["total"] == second["total"] > 6
    assert not {row["id"] for row in first["items"]} & {row["id"] for row in second["items"]}


def test_it_is_counted_again_every_day_and_deleted_after_a_week(
    shop: psycopg.Connection[Any], page: Call, count: Call
) -> None:
    def renewed() -> list[str]:
        done = []
        while step := shop.execute("select recap from jalon.renew_recaps()").fetchall():
            done += [name for (name,) in step]
        return done

    count("funnel", table="orders")
    assert renewed() == [], "it was counted today"
    shop.execute("update jalon_engine.recap_cache set counted_at = counted_at - interval '25 hours'")
    assert renewed() == ["funnel"]
    assert not page("funnel", table="orders")["isOld"]
    shop.execute("update jalon_engine.recap_cache set asked_at = asked_at - interval '8 days'")
    assert renewed() == []
    assert page("funnel", table="orders")["items"] is None


def test_what_was_counted_goes_with_the_months_that_it_was_counted_from(
    shop: psycopg.Connection[Any], page: Call, count: Call
) -> None:
    shop.execute("select jalon_history.ensure_months('orders', now() - interval '5 months', now())")
    count("funnel", table="orders")
    assert shop.execute("select count(*) from jalon.retain('orders', '2 months')").fetchone() != (0,)
    assert page("funnel", table="orders")["items"] is None
