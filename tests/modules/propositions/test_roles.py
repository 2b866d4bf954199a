"""resolve_actor_roles alone decides: for the API, for transitions and for actions."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]
AsActor = Callable[..., AbstractContextManager[None]]
PROPOSITION = "00000000-0000-7000-8000-000000000001"
OTHER = "00000000-0000-7000-8000-000000000002"


@pytest.fixture
def debate(db: Connection, as_actor: AsActor) -> Connection:
    """zoe's proposition and yan's, both in debate; the first has the roles facilitator (held by carla) and scribe."""
    for id, author in ((PROPOSITION, "zoe"), (OTHER, "yan")):
        with as_actor(db, author):
            db.execute(
                "insert into proposition (id, title, body, author_id) values (%s, 'Lane', 'Wide', %s)", (id, author)
            )
            db.execute("select jalon.move('proposition', %s::uuid, 'submitted')", (id,))
        with as_actor(db, "mona", "moderator"):
            db.execute("select jalon.move('proposition', %s::uuid, 'debate')", (id,))
    db.execute(
        "insert into proposition_roles (proposition_id, code, name, permissions, created_by) values"
        " (%(p)s, 'facilitator', 'Facilitator', '{}', 'mona'), (%(p)s, 'scribe', 'Scribe', "
        "'{trigger_custom_action}', 'zoe'),"
        " (%(o)s, 'scribe', 'Scribe', '{}', 'yan')",
        {"p": PROPOSITION, "o": OTHER},
    )
    grant(db, "facilitator", "carla")
    return db


def grant(db: Connection, role: str, user: str, until: str | None = None, proposition: str = PROPOSITION) -> None:
    db.execute(
        "insert into proposition_role_assignments (proposition_id, role_id, user_id, granted_by, granted_at, "
        "valid_until)"
        " select proposition_id, id, %s, 'zoe', now() - interval '1 day', now() + %s::interval"
        " from proposition_roles where code = %s and proposition_id = %s",
        (user, until, role, proposition),
    )


def revoke(db: Connection, user: str) -> None:
    db.execute(
        "update proposition_role_assignments set revoked_at = now(), revoked_by = 'zoe' where user_id = %s", (user,)
    )


def roles(db: Connection, actor: str, *token: str, proposition: str = PROPOSITION) -> list[str]:
    return db.execute(  # type: ignore[index,no-any-return]
        "select jalon.resolve_actor_roles(%s, %s, %s)", (actor, proposition, list(token))
    ).fetchone()[0]


def test_classic_and_custom_roles_add_up(debate: Connection) -> None:
    debate.execute("insert into jalon_engine.role_grant (principal, role) values ('zoe', 'moderator')")
    grant(debate, "scribe", "zoe")
    assert roles(debate, "zoe", "admin") == ["admin", "custom:scribe", "initiator", "moderator", "participant"]


def test_the_author_is_the_initiator_of_this_proposition_only(debate: Connection) -> None:
    assert roles(debate, "zoe") == ["initiator"]
    assert roles(debate, "zoe", proposition=OTHER) == []


def test_a_role_is_worth_something_on_its_proposition_only(debate: Connection) -> None:
    grant(debate, "scribe", "dan")
    assert roles(debate, "dan") == ["custom:scribe", "participant"]
    assert roles(debate, "dan", proposition=OTHER) == []


def test_a_revoked_a_past_and_a_dropped_role_are_worth_nothing(debate: Connection) -> None:
    grant(debate, "scribe", "dan", "-1 second")
    assert roles(debate, "dan") == []
    grant(debate, "scribe", "eve", "1 hour")
    assert roles(debate, "eve") == ["custom:scribe", "participant"]
    revoke(debate, "eve")
    assert roles(debate, "eve") == []
    debate.execute("update proposition_roles set deleted_at = now(), deleted_by = 'x' where code = 'facilitator'")
    assert roles(debate, "carla") == []


def test_an_unknown_proposition_gives_no_roles(debate: Connection) -> None:
    assert roles(debate, "zoe", "admin", proposition="00000000-0000-0000-0000-000000000000") == []


def test_transitions_ask_the_same_place_whoever_writes(debate: Connection, as_actor: AsActor) -> None:
    update = "update proposition set status = 'vote' where id = %s"
    with as_actor(debate, "dan"), pytest.raises(psycopg.Error) as refused:
        debate.execute(update, (PROPOSITION,))
    assert refused.value.sqlstate == "JL202"
    with as_actor(debate, "carla"):
        with pytest.raises(psycopg.Error) as refused:
            debate.execute(update, (OTHER,))
        assert refused.value.sqlstate == "JL202"
        allowed = debate.execute(
            "select to_code from jalon.explain('proposition', %s::uuid) where is_allowed", (PROPOSITION,)
        )
        assert allowed.fetchall() == [("vote",)]
        debate.execute(update, (PROPOSITION,))
    assert debate.execute(
        "select changed_by from jalon_history.jalon_propositions__proposition order by changed_at desc"
    ).fetchone() == ("carla",)


def test_a_revoked_role_opens_no_transition(debate: Connection, as_actor: AsActor) -> None:
    revoke(debate, "carla")
    with as_actor(debate, "carla"), pytest.raises(psycopg.Error) as refused:
        debate.execute("select jalon.move('proposition', %s::uuid, 'vote')", (PROPOSITION,))
    assert refused.value.sqlstate == "JL202"


def test_the_ceiling_says_what_custom_roles_carry(debate: Connection) -> None:
    carries = "select jalon_engine.proposition_carries('trigger_custom_action', 'dan', '{}', %s, %s)"
    grant(debate, "scribe", "dan")
    assert debate.execute(carries, (PROPOSITION, "debate")).fetchone() == (True,)
    assert debate.execute(carries, (PROPOSITION, "archived")).fetchone() == (False,)
    assert debate.execute(carries, (OTHER, "debate")).fetchone() == (False,)
    debate.execute(
        "update jalon_engine.permission_rule set is_allowed = false where scope = 'proposition_roles' and status = '*'"
    )
    assert debate.execute(carries, (PROPOSITION, "debate")).fetchone() == (False,)


@pytest.mark.parametrize(
    "statement",
    [
        "update proposition_role_assignments set user_id = 'me'",
        "update proposition_role_assignments set valid_until = null",
        "update proposition_role_assignments set revoked_at = now(), revoked_by = 'x', granted_by = 'me'",
        "delete from proposition_role_assignments",
        "truncate proposition_role_assignments",
    ],
)
def test_assignments_are_their_own_history(debate: Connection, statement: str) -> None:
    with pytest.raises(psycopg.Error) as refused:
        debate.execute(statement)
    assert refused.value.sqlstate == "JL502"
    revoke(debate, "carla")
    with pytest.raises(psycopg.Error) as refused:
        debate.execute("update proposition_role_assignments set revoked_at = null, revoked_by = null")
    assert refused.value.sqlstate == "JL502"


def test_a_proposition_is_not_deleted_but_may_be_erased_with_all_that_hangs_on_it(
    debate: Connection, as_actor: AsActor
) -> None:
    with pytest.raises(psycopg.Error) as refused:
        debate.execute("delete from proposition where id = %s", (PROPOSITION,))
    assert refused.value.sqlstate == "JL503"
    with as_actor(debate, "anna", "admin"):
        debate.execute("select jalon.erase('proposition', %s)", (PROPOSITION,))
    for table in ("proposition_roles", "proposition_role_assignments"):
        assert debate.execute(f"select count(*) from {table} where proposition_id = %s", (PROPOSITION,)).fetchone() == (
            0,
        )
    assert roles(debate, "carla") == []


def test_bi_reads_who_held_what(debate: Connection, connect: Callable[..., Connection]) -> None:
    revoke(debate, "carla")
    bi = connect("bi")
    rows = bi.execute(
        "select what, user_id, happened_by from jalon_recap.proposition_role_changes where user_id = 'carla' "
        "order by happened_at"
    )
    assert rows.fetchall() == [("granted", "carla", "zoe"), ("revoked", "carla", "zoe")]
    held = bi.execute("select user_id from proposition_role_assignments where user_id = 'carla'").fetchall()
    assert held == [("carla",)]


def test_enforcement_holds_before_a_reload_and_after_it(debate: Connection) -> None:
    before = debate.execute(
        "select oid, tgname from pg_trigger where tgrelid = 'jalon_propositions.proposition'::regclass order by 2"
    ).fetchall()
    debate.execute("set role jalon_owner")  # as a reload does
    debate.execute(
        "select jalon.track('jalon_propositions.proposition', 'status', category => 'PROPOSITION_STATUS',"
        """ relations => '{"initiator": "author_id"}', resolver => 'jalon_engine.proposition_roles_of', """
        "on_delete => 'refuse')"
    )
    after = debate.execute(
        "select oid, tgname from pg_trigger where tgrelid = 'jalon_propositions.proposition'::regclass order by 2"
    ).fetchall()
    assert before == after


def test_the_workflow_has_no_findings(debate: Connection) -> None:
    rows = debate.execute(
        "select severity, code, subject from jalon.workflow_check('PROPOSITION_STATUS', version => 1) "
        "where severity = 'error'"
    )
    assert rows.fetchall() == []
