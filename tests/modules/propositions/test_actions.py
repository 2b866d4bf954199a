"""Custom actions in the database: rendered, checked under the row's lock, done once for each key."""

import json
import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]
FACTS = {
    "actor": "carla", "input": {"amount": 5, "list": [1, "b"], "sly": "{actor} {input.amount}"}, "status": "debate",
    "reason": None,
    "proposition": {"title": "Lane {actor}"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "rendered"),
    [
        ({"a": "{input.amount}"}, {"a": 5}),
        ({"a": "{input.list}"}, {"a": [1, "b"]}),
        ({"a": "{input.amount} €"}, {"a": "5 €"}),
        ({"a": "{input.none}", "b": "x{input.none}y", "c": "{reason}"}, {"a": None, "b": "xy", "c": None}),
        ({"a": ["{actor}", {"b": "{status}!"}], "n": 7, "t": True, "z": None},
            {"a": ["carla", {"b": "debate!"}], "n": 7, "t": True, "z": None}),
        ({"a": "{input.sly}", "b": "_{input.sly}_", "c": "{proposition.title}"},
            {"a": "{actor} {input.amount}", "b": "_{actor} {input.amount}_", "c": "Lane {actor}"}),
        ({"a": "", "b": "{", "c": "{}", "d": "}{", "e": "{ actor }", "f": "{{actor}}"},
            {"a": "", "b": "{", "c": "{}", "d": "}{", "e": "{ actor }", "f": "{carla}"}),
        ({}, {}),
        ({"a": [], "b": {}}, {"a": [], "b": {}}),
    ],
)  # fmt: skip
def test_a_payload_is_rendered_in_one_pass(db: Connection, given: Any, rendered: Any) -> None:
    found = db.execute("select jalon_engine.render_payload(%s, %s)", (json.dumps(given), json.dumps(FACTS))).fetchone()
    assert found == (rendered,)


CALLER = {"actor": "zoe", "roles": ["admin"]}


def api(db: Connection, function: str, key: str | None, input: Any, caller: Any = None) -> Any:
    row = db.execute(
        "select status, body, etag, headers from jalon_api.run(%s, %s, %s, %s)",
        (function, key, json.dumps(input), json.dumps(CALLER | (caller or {}))),
    ).fetchone()
    assert row is not None
    return row


@pytest.fixture
def action(db: Connection) -> tuple[str, str]:
    """A proposition of zoe's in debate and its action, for the custom role scribe, held by carla."""
    id = api(db, "create_proposition", None, {"title": "Lane", "body": "x"})[1]["id"]
    for to in ("submitted", "debate"):
        api(db, "move_record", id, {"table": "proposition", "to": to})
    role = api(db, "make_proposition_role", id, {"name": "Scribe", "permissions": ["trigger_custom_action"]})[1]["id"]
    api(db, "assign_proposition_role", id, {"roleId": role, "userId": "carla"})
    made = api(
        db,
        "declare_proposition_action",
        id,
        {"name": "Ring", "statuses": ["debate"], "roles": ["scribe"], "payload": {}},
    )
    return id, made[1]["id"]


CARLA = {"actor": "carla", "roles": []}


def in_background(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    return thread, found


def test_a_trigger_waits_for_a_revocation_under_way_and_is_refused(
    db: Connection, connect: Callable[..., Connection], action: tuple[str, str]
) -> None:
    id, key = action
    revoking, clicking = connect("api", autocommit=False), connect("api")
    api(revoking, "revoke_proposition_role", id, {"roleId": "scribe", "userId": "carla"})
    thread, found = in_background(lambda: api(clicking, "trigger_proposition_action", id, {"actionId": key}, CARLA))
    thread.join(0.5)
    assert thread.is_alive()
    revoking.commit()
    thread.join(10)
    assert found[0][0] == 403
    assert db.execute("select count(*) from proposition_custom_action_events").fetchone() == (0,)
    assert db.execute("select actor, code from proposition_custom_action_refusals").fetchall() == [("carla", "JL202")]


def test_a_double_click_at_once_counts_once(
    db: Connection, connect: Callable[..., Connection], action: tuple[str, str]
) -> None:
    id, key = action
    first, second = connect("api", autocommit=False), connect("api")
    caller = CARLA | {"idempotencyKey": "k"}
    before = api(first, "trigger_proposition_action", id, {"actionId": key}, caller)
    thread, found = in_background(lambda: api(second, "trigger_proposition_action", id, {"actionId": key}, caller))
    thread.join(0.5)
    first.commit()
    thread.join(10)
    assert found[0][1]["id"] == before[1]["id"]
    assert db.execute("select count(*) from proposition_custom_action_events").fetchone() == (1,)


def test_two_holders_of_the_last_place_one_is_refused(
    db: Connection, connect: Callable[..., Connection], action: tuple[str, str]
) -> None:
    id, _ = action
    api(db, "change_proposition_role", id, {"roleId": "scribe", "maxHolders": 2})
    first, second = connect("api", autocommit=False), connect("api")
    api(first, "assign_proposition_role", id, {"roleId": "scribe", "userId": "dan"})

    def assign() -> Any:
        try:
            return api(second, "assign_proposition_role", id, {"roleId": "scribe", "userId": "eve"})
        except psycopg.Error as error:
            return error.sqlstate

    thread, found = in_background(assign)
    thread.join(0.5)
    first.commit()
    thread.join(10)
    assert found == ["JL421"]


def test_a_lock_that_does_not_come_is_no_refusal(
    db: Connection, connect: Callable[..., Connection], action: tuple[str, str]
) -> None:
    id, key = action
    holding, clicking = connect(autocommit=False), connect("api")
    holding.execute("select from proposition where id = %s for update", (id,))
    clicking.execute("set lock_timeout = '200ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        api(clicking, "trigger_proposition_action", id, {"actionId": key}, CARLA)
    holding.rollback()
    assert db.execute("select count(*) from proposition_custom_action_refusals").fetchone() == (0,)


def test_a_refusal_undoes_what_the_attempt_began(db: Connection, action: tuple[str, str]) -> None:
    """The transition is taken before the event is written; where that fails, the move is gone too."""
    id, _ = action
    made = api(
        db,
        "declare_proposition_action",
        id,
        {"name": "Vote", "statuses": ["debate"], "roles": ["any"], "toStatus": "vote"},
    )[1]
    db.execute(
        "create function public.no() returns trigger language plpgsql as"
        " $$ begin perform jalon_engine.fail('JL303', jsonb_build_object('guard', 'no', 'why', 'no')); end $$;"
        " create trigger no before insert on jalon_propositions.proposition_custom_action_events for each row "
        "execute function public.no()"
    )
    assert api(db, "trigger_proposition_action", id, {"actionId": made["id"]})[0] == 409
    assert db.execute("select status from proposition where id = %s", (id,)).fetchone() == ("debate",)
    assert db.execute("select code from proposition_custom_action_refusals").fetchall() == [("JL303",)]


@pytest.mark.parametrize("table", ["proposition_custom_action_events", "proposition_custom_action_refusals"])
def test_what_was_clicked_is_written_once(db: Connection, action: tuple[str, str], table: str) -> None:
    id, key = action
    api(db, "trigger_proposition_action", id, {"actionId": key}, CARLA)
    api(db, "trigger_proposition_action", id, {"actionId": key}, {"actor": "ben", "roles": []})
    for statement in (f"update {table} set status = 'x'", f"delete from {table}", f"truncate {table}"):
        with pytest.raises(psycopg.Error) as refused:
            db.execute(statement)
        assert refused.value.sqlstate == "JL502"


def test_an_action_whose_only_role_is_taken_away_rests(db: Connection, action: tuple[str, str]) -> None:
    id, key = action
    api(db, "drop_proposition_role", id, {"roleId": "scribe"})
    assert api(db, "proposition_action", id, {"actionId": key})[1]["isActive"] is False


def test_a_dba_triggers_in_somebodys_name(
    db: Connection, connect: Callable[..., Connection], action: tuple[str, str]
) -> None:
    id, _ = action
    dba = connect("dba")
    dba.execute("select jalon.act_as('carla')")
    assert dba.execute("select jalon.trigger_custom_action(%s::uuid, 'ring')", (id,)).fetchone() == ({},)
    dba.execute("select jalon.act_as('ben')")
    with pytest.raises(psycopg.Error) as refused:
        dba.execute("select jalon.trigger_custom_action(%s::uuid, 'ring')", (id,))
    assert refused.value.sqlstate == "JL202"
    rows = db.execute(
        "select action, triggered_by, db_role from proposition_custom_action_events e "
        "join jalon_recap.proposition_action_events h using (id, triggered_by)"
    )
    assert rows.fetchall() == [("ring", "carla", "jalon_dba")]


def test_a_role_that_ran_out_before_it_was_taken_away_was_not_revoked(db: Connection, action: tuple[str, str]) -> None:
    id, _ = action
    soon = db.execute("select (now() + interval '300 ms')::text").fetchone()
    assert soon is not None
    api(db, "assign_proposition_role", id, {"roleId": "scribe", "userId": "dan", "until": soon[0]})
    db.execute("select pg_sleep(0.4)")
    api(db, "drop_proposition_role", id, {"roleId": "scribe"})
    rows = db.execute(
        "select user_id, what from jalon_recap.proposition_role_changes where user_id is not null "
        "and what <> 'granted' order by user_id"
    )
    assert rows.fetchall() == [("carla", "revoked"), ("dan", "expired")]


def test_what_was_given_along_answers_what_the_transition_demands(db: Connection, action: tuple[str, str]) -> None:
    id, _ = action
    with db.transaction():
        db.execute("select jalon.draft('PROPOSITION_STATUS')")
        db.execute(
            "select jalon.set_transition('PROPOSITION_STATUS', 'debate', 'vote', required_fields => '{meta.urn}')"
        )
        db.execute("select jalon.publish('PROPOSITION_STATUS')")
    vote = {"name": "Vote", "statuses": ["debate"], "roles": ["any"], "toStatus": "vote"}
    made = api(db, "declare_proposition_action", id, vote)[1]
    shown = api(db, "proposition", id, {})[1]
    button = next(button for button in shown["actions"] if button["id"] == made["id"])
    assert (button["allowed"], button["requiredFields"]) == (True, ["meta.urn"])
    assert next(move for move in shown["moves"] if move["to"] == "vote")["allowed"] is True
    assert api(db, "trigger_proposition_action", id, {"actionId": made["id"]})[0] == 422
    assert api(db, "trigger_proposition_action", id, {"actionId": made["id"], "input": {"urn": "B"}})[0] == 200
    row = db.execute(
        "select meta_data from jalon_history.jalon_propositions__proposition where proposition_id = %s "
        "order by version desc",
        (id,),
    )
    assert row.fetchone() == ({"urn": "B", "customAction": "vote"},)
