"""Callers in a batch are each served under their own name and get their own outcome, as in a single call."""

import json
from typing import Any

import psycopg
import pytest

Shop = psycopg.Connection[Any]
ANNA = {"actor": "anna", "roles": ["clerk"]}


HOOK = """select jalon_api.run('create_webhook', null, '{"url": "https://example.org/", "eventTypes": ["orders.*"]}',
    '{"actor": "ada", "roles": ["admin"]}')"""


def run_batch(
    db: Shop, *calls: tuple[object, dict[str, Any], dict[str, Any]], function: str = "move_record"
) -> list[Any]:
    """The outcome of each: 200 and the answer, or the SQLSTATE. Calls that ran out of time are sent again."""
    told: dict[int, Any] = {}
    while left := [place for place in range(len(calls)) if place not in told]:
        asked = [(str(key), body, caller) for key, body, caller in (calls[place] for place in left)]
        for place, code, body in db.execute(
            "select place, coalesce(status::text, refusal), body from jalon_api.run_batch(%s, %s)",
            (function, json.dumps(asked)),
        ):
            assert left[place] not in told
            told[left[place]] = (code, body) if code == "200" else code
    return [told[place] for place in range(len(calls))]


def pay(key: object, caller: dict[str, Any] | None = None, table: str = "orders", **more: Any) -> Any:
    return key, {"table": table, "to": "PAID"} | more, caller or ANNA


def codes(answers: list[Any]) -> list[str]:
    return [answer if isinstance(answer, str) else answer[0] for answer in answers]


def recorded_moves(db: Shop) -> list[Any]:
    return db.execute(
        "select orders_id, new_status, changed_by, reason from jalon_history.shop__orders where version > 1 "
        "order by 1, version"
    ).fetchall()


def test_each_is_moved_in_its_callers_own_name(shop: Shop) -> None:
    answers = run_batch(
        shop, *(pay(n, {"actor": f"actor {n}", "roles": ["clerk"]}, reason=f"reason {n}") for n in range(1, 21))
    )
    assert codes(answers) == ["200"] * 20
    assert recorded_moves(shop) == [(n, "PAID", f"actor {n}", f"reason {n}") for n in range(1, 21)]
    assert shop.execute("select * from jalon.verify('orders')").fetchall() == []


def test_the_answer_is_the_one_of_a_single_move(shop: Shop) -> None:
    among, alone = run_batch(shop, *(pay(n) for n in range(1, 5)))[0][1], run_batch(shop, pay(9))[0][1]
    assert among.pop("changedAt") <= alone.pop("changedAt")
    assert among == alone | {"id": "1", "etag": '"1.2"'}


@pytest.mark.parametrize(
    ("key", "body", "caller", "code"),
    [
        (3, {"to": "SHIPPED"}, {}, "JL101"),
        (3, {"to": "NOWHERE"}, {}, "JL402"),
        (3, {"to": "NEW"}, {}, "200"),
        (3, {"to": "CANCELLED"}, {}, "JL301"),
        (3, {"to": "CANCELLED", "reason": " "}, {}, "JL301"),
        (3, {}, {"roles": ["guest"]}, "JL401"),
        (3, {}, {"roles": ["a,clerk"]}, "JL405"),
        (3, {}, {"roles": ["clerk", "Größe, sehr"]}, "JL405"),
        (3, {}, {"actor": ""}, "JL201"),
        (3, {"expectedFrom": "PAID"}, {}, "JL102"),
        (3, {"expectedVersion": 2}, {}, "JL102"),
        (3, {}, {"ifMatch": '"3.2"'}, "JL410"),
        (3, {}, {"ifMatch": "nonsense"}, "JL405"),
        (3, {"column": "colour"}, {}, "JL405"),
        (999, {}, {}, "JL401"),
        ("three", {}, {}, "JL401"),
        (3, {"table": "nothing"}, {}, "JL404"),
    ],
)
def test_a_refusal_goes_to_its_own_caller_and_moves_nothing(
    shop: Shop, key: object, body: dict[str, Any], caller: dict[str, Any], code: str
) -> None:
    answers = run_batch(shop, pay(1), pay(2), pay(key, ANNA | caller, **body), pay(4), pay(5))
    assert codes(answers) == ["200", "200", code, "200", "200"]
    assert [row[0] for row in recorded_moves(shop)] == [1, 2, 4, 5]


@pytest.mark.parametrize(
    "more",
    [
        {"expectedFrom": "NEW"},
        {"expectedVersion": 1},
        {"ifMatch": '"3.1"'},
        {"ifMatch": ' "3.1" '},
        {"reason": "é'\"\\,{}()"},
    ],
)
def test_a_belief_that_holds_refuses_nothing(shop: Shop, more: dict[str, Any]) -> None:
    caller = ANNA | {name: more.pop(name) for name in ("ifMatch", "roles") if name in more}
    assert codes(run_batch(shop, pay(1), pay(2), pay(3, caller, **more), pay(4))) == ["200"] * 4
    assert recorded_moves(shop)[2][3] == more.get("reason")


@pytest.mark.parametrize(
    ("body", "caller"),
    [
        ({"meta": {"a": 1}}, {}),
        ({"expectedFrom": "NEW", "column": "status"}, {}),
        ({}, {"ifMatch": '"x", "3.1"'}),
        ({}, {"ifMatch": "*"}),
        ({}, {"idempotencyKey": "k"}),
        ({}, {"roles": ["clerk", "Größe sehr"]}),
    ],
)
def test_what_needs_a_closer_look_disturbs_nobody(shop: Shop, body: dict[str, Any], caller: dict[str, Any]) -> None:
    assert codes(run_batch(shop, pay(1), pay(2), pay(3, ANNA | caller, **body), pay(4))) == ["200"] * 4


def test_a_dry_run_among_others_leaves_nothing(shop: Shop) -> None:
    assert codes(run_batch(shop, pay(1), pay(2), pay(3, ANNA | {"dryRun": True}), pay(4))) == ["200"] * 4
    assert [row[0] for row in recorded_moves(shop)] == [1, 2, 4]


def test_of_several_for_one_record_each_is_served_in_turn(shop: Shop) -> None:
    answers = run_batch(shop, pay(7), pay("07"), pay(7), pay(7, to="SHIPPED"), pay(8))
    assert [answer[1]["changed"] for answer in answers] == [True, False, False, True, True]
    assert [row[:2] for row in recorded_moves(shop)] == [(7, "PAID"), (7, "SHIPPED"), (8, "PAID")]


def test_granted_roles_and_relations_count_for_whom_they_are_granted(shop: Shop) -> None:
    shop.execute("""
        insert into jalon_engine.role_grant (principal, role) values ('bob', 'clerk');
        update jalon_engine.workflow_transition set roles = '{clerk,author}' where false""")
    nobody = {"roles": []}
    answers = run_batch(
        shop, *(pay(n, nobody | {"actor": who}) for n, who in enumerate(("bob", "eve", "bob", "bob"), 1))
    )
    assert codes(answers) == ["200", "JL401", "200", "200"]
    assert [row[2] for row in recorded_moves(shop)] == ["bob"] * 3


def test_a_row_that_somebody_holds_is_left_to_its_own_turn(shop: Shop, connect: Any) -> None:
    other = connect(autocommit=False)
    other.execute("select from shop.orders where id = 3 for update")
    assert codes(run_batch(shop, pay(1), pay(2), pay(3), pay(4))) == ["200", "200", "55P03", "200"]
    assert [row[0] for row in recorded_moves(shop)] == [1, 2, 4]


def test_what_the_table_itself_refuses_is_one_callers_trouble(shop: Shop) -> None:
    shop.execute("alter table shop.orders add constraint sober check (customer <> 'customer 3' or status <> 'PAID')")
    assert codes(run_batch(shop, pay(1), pay(2), pay(3), pay(4))) == ["200", "200", "23514", "200"]
    assert [row[0] for row in recorded_moves(shop)] == [1, 2, 4]


SEEN = """
create table shop.seen (id integer, actor text);
create function shop.see() returns trigger language plpgsql security definer as $$ begin
    insert into shop.seen values (new.{key}, current_setting('jalon.actor', true));
    return new;
end $$;
create trigger see {when} on shop.{table} for each row execute function shop.see();
"""


@pytest.mark.parametrize(
    ("table", "key", "when"),
    [
        ("orders", "id", "before update"),
        ("orders", "id", "after update"),
    ],
)
def test_a_trigger_of_others_learns_who_acts(shop: Shop, table: str, key: str, when: str) -> None:
    shop.execute(SEEN.format(table=table, key=key, when=when))
    assert (
        codes(run_batch(shop, *(pay(n, {"actor": f"actor {n}", "roles": ["clerk"]}) for n in range(1, 6))))
        == ["200"] * 5
    )
    assert shop.execute("select * from shop.seen order by id").fetchall() == [(n, f"actor {n}") for n in range(1, 6)]


def test_messages_to_webhooks_name_each_their_own(shop: Shop) -> None:
    shop.execute(HOOK)
    run_batch(shop, *(pay(n, {"actor": f"actor {n}", "roles": ["clerk"]}, reason=f"{n}") for n in range(1, 5)))
    found = shop.execute(
        "select record_key, data ->> 'who', data ->> 'reason' from jalon_engine.outbox_message order by 1"
    ).fetchall()
    assert found == [(str(n), f"actor {n}", str(n)) for n in range(1, 5)]


@pytest.mark.parametrize("partitioned", ["", "partition by list (id)"])
def test_each_record_names_its_own_caller_partitioned_or_not(shop: Shop, partitioned: str) -> None:
    shop.execute(f"""
        create table shop.parcel (id integer primary key, status text not null default 'NEW',
            changed_by text) {partitioned}""")
    if partitioned:
        shop.execute("create table shop.parcels partition of shop.parcel default")
    shop.execute("""
        select jalon.track('shop.parcel', 'status', category => 'ORDER_STATUS', changed_by_column => 'changed_by');
        insert into shop.parcel select generate_series(1, 4)""")
    assert (
        codes(run_batch(shop, *(pay(n, {"actor": f"actor {n}", "roles": ["clerk"]}, "parcel") for n in range(1, 5))))
        == ["200"] * 4
    )
    found = shop.execute(
        "select p.changed_by, h.changed_by from shop.parcel p join jalon_history.shop__parcel h "
        "on h.parcel_id = p.id and h.version = 2 order by p.id"
    ).fetchall()
    assert found == [(f"actor {n}", f"actor {n}") for n in range(1, 5)]


def test_counterparties_get_an_event_each(shop: Shop) -> None:
    shop.execute(
        "insert into jalon_roadshow.roadshow_counterparty (id, name) select n, 'C' || n from generate_series(1, 4) n"
    )
    calls = [(n, {"newStatus": "Live", "reason": f"{n}"}, ANNA) for n in range(1, 5)]
    assert run_batch(shop, *calls, function="roadshow_status") == [("200", {"success": True})] * 4
    assert shop.execute(
        "select counterparty_id, meta ->> 'newStatus' from jalon_roadshow.roadshow_event "
        "where type = 'status_change' order by 1"
    ).fetchall() == [(n, "Live") for n in range(1, 5)]
    again = run_batch(
        shop, *calls, (9, {"newStatus": "Live"}, ANNA), (1, {"newStatus": "Nowhere"}, ANNA), function="roadshow_status"
    )
    assert [answer if isinstance(answer, str) else answer[1]["changed"] for answer in again] == [False] * 4 + [
        "JL401",
        "JL402",
    ]
