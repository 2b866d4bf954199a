"""The start page and the navigation: what waits for whom, and what nobody may enter is not there."""

import re
from typing import Any

import pytest

from jalon.console.session import COOKIE
from tests.web_shop import SHOP

# PAID waits for whoever may lead on from it; a year is too long there.
WAITING = """
update jalon_engine.referential set outcome = 'waiting', max_stay = '1 day'
where category = 'ORDER_STATUS' and code = 'PAID';
update jalon_engine.referential set outcome = 'open' where category = 'ORDER_STATUS' and code = 'NEW';
"""


@pytest.fixture
def beginning() -> str:
    return SHOP + WAITING


@pytest.fixture
def section(client: Any, db: Any, settings: Any) -> Any:
    """section("waiting", "kim", "clerk"): the keys in a section of somebody's work."""

    def section(name: str, actor: str, *roles: str) -> list[str]:
        row = db.execute(
            "select body from jalon_api.work(%s, '{}', jsonb_build_object('actor', %s::text, 'roles', %s::text[]))",
            (name, actor, list(roles)),
        ).fetchone()
        return [item["id"] for item in row[0]["sections"][0]["items"]]

    return section


def move(db: Any, as_actor: Any, id: int, code: str, actor: str = "kim") -> None:
    with as_actor(db, actor, "clerk"):
        db.execute("update shop.orders set status = %s where id = %s", (code, id))


def test_a_code_that_waits_waits_for_the_roles_that_may_lead_on_from_it(section: Any, db: Any, as_actor: Any) -> None:
    assert section("waiting", "kim", "clerk") == []
    move(db, as_actor, 7, "PAID")
    assert section("waiting", "kim", "clerk") == ["7"]
    assert section("waiting", "zoe", "participant") == []


def test_what_only_others_may_see_waits_for_nobody_else(section: Any, db: Any, as_actor: Any) -> None:
    move(db, as_actor, 7, "PAID")
    db.execute("delete from jalon_engine.permission_rule where role = 'clerk' and permission = 'read_all'")
    assert section("waiting", "kim", "clerk") == []


def test_the_longest_wait_comes_first(section: Any, db: Any, as_actor: Any) -> None:
    for id in (9, 7, 8):
        move(db, as_actor, id, "PAID")
    assert section("waiting", "kim", "clerk") == ["9", "7", "8"]


def test_a_code_that_rests_waits_for_nobody(section: Any, db: Any, as_actor: Any) -> None:
    move(db, as_actor, 7, "PAID")
    db.execute("""update jalon_engine.referential set meta = '{"rests": true}' where code = 'PAID'""")
    assert section("waiting", "kim", "clerk") == []


def test_what_stays_longer_than_its_code_allows_is_overdue(section: Any, db: Any, as_actor: Any) -> None:
    move(db, as_actor, 7, "PAID")
    assert section("overdue", "kim", "clerk") == []
    db.execute("update jalon_engine.referential set max_stay = '1 microsecond' where code = 'PAID'")
    assert section("overdue", "kim", "clerk") == ["7"]
    assert section("overdue", "zoe", "participant") == []


def test_a_record_is_mine_by_any_of_its_relations_until_it_is_over(section: Any, db: Any, as_actor: Any) -> None:
    assert section("mine", "author 7") == ["7"]
    assert section("drafts", "author 7") == ["7"]
    move(db, as_actor, 7, "PAID")
    assert section("drafts", "author 7") == []
    move(db, as_actor, 7, "SHIPPED")
    assert section("mine", "author 7") == []


def test_a_change_of_mine_by_somebody_else_is_news_until_i_say_that_i_saw_it(
    section: Any, db: Any, as_actor: Any, client: Any, bearer: Any
) -> None:
    assert client.post("/api/v1/work/looks", headers=bearer("author 7")).status_code == 204
    assert section("changed", "author 7") == []
    move(db, as_actor, 7, "PAID")
    assert section("changed", "author 7") == ["7"]
    assert client.post("/api/v1/work/looks", headers=bearer("author 7")).status_code == 204
    assert section("changed", "author 7") == []


def test_what_i_did_myself_is_no_news(section: Any, db: Any, as_actor: Any) -> None:
    move(db, as_actor, 7, "PAID", actor="author 7")
    assert section("changed", "author 7") == []


def test_a_long_table_without_an_index_is_not_read_for_it(section: Any, db: Any, as_actor: Any) -> None:
    move(db, as_actor, 7, "PAID")
    db.execute("alter table shop.orders disable trigger all")
    db.execute("insert into shop.orders (status, status_changed_at) select 'NEW', now() from generate_series(1, 12000)")
    db.execute("analyze shop.orders")
    assert section("waiting", "kim", "clerk") == []
    db.execute("create index on shop.orders (status, status_changed_at)")
    assert section("waiting", "kim", "clerk") == ["7"]


def test_each_modules_table_has_the_indexes_that_the_start_page_reads_in_the_order_of_time(db: Any) -> None:
    missing = db.execute(r"""
        select t.name, c.column_name from jalon_engine.tracked t
        cross join lateral (
            select r.value as column_name from jsonb_each_text(t.relations) r
            union
            select b.column_name
            from jalon_engine.waiting_branches(t, 'kim', array(select r.code from jalon_engine.role r), 'true') b
        ) c
        where t.table_schema like 'jalon\_%' and not exists (
            select from pg_index i
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] and a.attname = c.column_name
            join pg_attribute b on b.attrelid = i.indrelid and b.attnum = i.indkey[1]
                and b.attname = 'status_changed_at'
            where i.indrelid = jalon_engine.table_of(t) and i.indpred is null)
    """)
    assert missing.fetchall() == []


def test_an_unknown_section_is_refused(client: Any, bearer: Any, settings: Any) -> None:
    client.cookies.set(COOKIE, bearer("kim", "clerk")["authorization"].removeprefix("Bearer "))
    assert client.get("/console/work/nothing").status_code == 400


@pytest.fixture
def areas(client: Any, bearer: Any) -> Any:
    """areas("kim", "clerk"): the links of the navigation."""

    def areas(actor: str, *roles: str) -> str:
        client.cookies.set(COOKIE, bearer(actor, *roles)["authorization"].removeprefix("Bearer "))
        answer = client.get("/console/navigation?here=/console/records", headers={"accept": "text/html"})
        assert answer.status_code == 200
        return str(answer.text)

    return areas


def test_what_a_person_may_not_enter_is_not_there(areas: Any, client: Any) -> None:
    entered = areas("zoe", "participant")
    for path in ("moderation", "health", "webhooks"):
        assert f'"/console/{path}"' not in entered
        assert client.get(f"/console/{path}").status_code == 403
    assert re.search('"/console/records"[^>]* aria-current', entered)


def test_recaps_are_there_for_whoever_reads_all_of_one_table(areas: Any, client: Any, db: Any) -> None:
    db.execute("delete from jalon_engine.permission_rule where role = 'any' and permission = 'read_all'")
    assert '"/console/recaps"' not in areas("zoe", "participant")
    assert client.get("/console/recaps").status_code == 403
    assert '"/console/recaps"' in areas("mona", "moderator")
    page = client.get("/console/recaps")
    assert page.status_code == 200
    assert "events" in page.text


def test_areas_stand_in_groups_and_say_how_much_waits(areas: Any, db: Any, as_actor: Any) -> None:
    move(db, as_actor, 7, "PAID")
    entered = areas("anna", "admin", "clerk")
    places = [entered.index(f">{label}</p>") for label in ("Work", "Design", "Insight", "Administration")]
    assert places == sorted(places)
    assert "1 waiting" in entered
    assert '"/console/health"' in entered


def test_a_page_shows_the_navigation_that_was_last_said(areas: Any, client: Any) -> None:
    client.cookies.set(COOKIE, "")
    areas("kim", "clerk")
    assert '"/console/webhooks"' not in client.get("/console/records").text
    assert '"/console/records"' in client.get("/console/records").text
