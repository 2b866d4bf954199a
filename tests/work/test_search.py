"""A record is found by the beginning of any word of what it is called, or by its key; and so is a move of it."""

from typing import Any

import pytest

from tests.web_shop import SHOP

DATA = """
insert into jalon_roadshow.roadshow_counterparty (name) values ('Crédit Génevois'), ('Alcyon Capital');
"""


@pytest.fixture
def beginning() -> str:
    return SHOP + DATA


@pytest.fixture
def found(db: Any) -> Any:
    def found(text: str, *roles: str, part: str = "records") -> list[Any]:
        caller = "jsonb_build_object('actor', 'kim', 'language', 'en', 'roles', %s::text[])"
        statement = f"select body from jalon_api.search(null, jsonb_build_object('q', %s::text), {caller})"
        return list(db.execute(statement, (text, list(roles))).fetchone()[0][part])

    return found


@pytest.mark.parametrize("text", ["geneve", "génev", "CREDIT", "gen cred"])
def test_every_word_counts_by_its_beginning_without_accents(found: Any, text: str) -> None:
    names = [record["title"] for record in found(text.replace("geneve", "genev"), "roadshow_team")]
    assert names == ["Crédit Génevois"]


def test_the_middle_of_a_word_finds_nothing(found: Any) -> None:
    assert found("enevois", "roadshow_team") == []


def test_a_record_of_any_table_is_found_by_its_key(found: Any) -> None:
    assert [(record["table"], record["id"]) for record in found("7", "clerk")] == [("orders", "7")]


def test_a_record_of_an_own_table_is_found_by_what_names_it(db: Any, found: Any) -> None:
    assert found("cust", "clerk") == []
    db.execute("select jalon.show_columns('orders', title => 'customer')")
    assert [(record["title"], record["id"]) for record in found("cust 17", "clerk")] == [("customer 17", "17")]
    assert found("cust 17", "participant") == []


def test_a_column_that_holds_no_text_names_a_record_and_is_not_searched(db: Any, found: Any) -> None:
    db.execute("alter table shop.orders add number integer; update shop.orders set number = 4000 + id where id = 17")
    db.execute("select jalon.show_columns('orders', title => 'number')")
    assert [record["title"] for record in found("17", "clerk")] == ["4017"]
    assert found("4017", "clerk") == []


def test_what_may_not_be_seen_is_not_found(found: Any) -> None:
    assert found("7", "participant") == []


def test_first_words_name_a_move_and_the_others_the_record(found: Any) -> None:
    moves = found("no alcyon", "roadshow_team", part="moves")
    assert [(record["title"], [move["to"] for move in record["moves"]]) for record in moves] == [
        ("Alcyon Capital", ["No-go"])
    ]


def test_nothing_that_is_typed_is_taken_for_an_operator(found: Any) -> None:
    for text in ("a & b | ! ( :*", "'", "\\", "%", ""):
        assert isinstance(found(text, "roadshow_team"), list)


def test_an_index_serves_each_module(db: Any) -> None:
    rows = db.execute("""
        select t.name, jalon_engine.search_vector_sql(jalon_engine.search_columns(t), 'x.'), jalon_engine.table_of(t)
        from jalon_engine.tracked t where jalon_engine.search_columns(t) <> '{}'""").fetchall()
    assert len(rows) == 5
    db.execute("set enable_seqscan = off")
    for name, vector, table in rows:
        plan = db.execute(f"explain select * from {table} x where {vector} @@ 'zz:*'::tsquery").fetchall()
        assert f"{name}_words_idx" in str(plan)


def test_a_long_table_without_that_index_is_searched_by_key_and_says_which(found: Any, db: Any) -> None:
    db.execute("drop index jalon_roadshow.roadshow_counterparty_words_idx")
    db.execute("alter table jalon_roadshow.roadshow_counterparty disable trigger all")
    db.execute(
        "insert into jalon_roadshow.roadshow_counterparty (name) select 'Name ' || n from generate_series(1, 11000) n"
    )
    db.execute("analyze jalon_roadshow.roadshow_counterparty")
    assert found("alcyon", "admin") == []
    statement = found("alcyon", "admin", part="unindexed")[0]["statement"]
    db.execute(statement)
    assert [record["title"] for record in found("alcyon", "admin")] == ["Alcyon Capital"]
