"""The roles, as `jalon roles --sql` makes them, and who may become an owner."""

from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from jalon.cli import roles
from jalon.install import doctor, role_settings
from jalon.settings import Settings

Connection = psycopg.Connection[Any]


@pytest.fixture
def printed(settings: Settings, capsys: pytest.CaptureFixture[str]) -> str:
    roles.run(settings, SimpleNamespace(sql=True, passwords=False, login=None, member=None))  # type: ignore[arg-type]
    return capsys.readouterr().out


def test_what_an_administrator_runs_may_be_run_again(db: Connection, printed: str) -> None:
    event_trigger = (
        "select evtfoid::regproc::text, evttags, evtenabled from pg_event_trigger where evtname = 'jalon_protect_names'"
    )
    before = db.execute(event_trigger).fetchall()
    for _ in range(2):
        db.execute(printed, prepare=False)
    assert db.execute(event_trigger).fetchall() == before
    assert list(doctor.findings(db)) == []


def test_it_makes_the_roles_that_are_missing(db: Connection, printed: str) -> None:
    with db.transaction(force_rollback=True):
        for name in roles.ROLES:
            db.execute(f"alter role {name} rename to {name.replace('jalon', 'former')}")
        db.execute(printed, prepare=False)
        made = "select rolname, rolcanlogin from pg_roles where rolname like 'jalon\\_%' order by 1"
        assert dict(db.execute(made).fetchall()) == {name: login == "login" for name, login in roles.ROLES.items()}


def test_every_role_is_one_that_the_doctor_knows() -> None:
    assert {*doctor.LOGINS, *doctor.OWNERS} == set(roles.ROLES)


def test_the_doctor_says_that_an_event_trigger_was_put_out_of_action(db: Connection) -> None:
    db.execute("alter event trigger jalon_protect_names disable")
    assert [found for found in doctor.findings(db) if "event trigger" in found] == [
        "The event trigger jalon_protect_names is disabled: `alter event trigger jalon_protect_names enable` wakes it."
    ]
    db.execute("drop event trigger jalon_protect_names")
    assert [found for found in doctor.findings(db) if "event trigger" in found] == [
        "The event trigger jalon_protect_names is gone; `jalon migrate --reload` by a superuser brings it back."
    ]


LOGIN_OPTIONS = {"sql": True, "passwords": False, "login": "shop_ada"}


@pytest.mark.parametrize("member", ["jalon_bi", "jalon_bi_masked", "jalon_dba"])
def test_a_login_without_the_limits_of_its_role_is_noted(
    db: Connection, settings: Settings, capsys: pytest.CaptureFixture[str], member: str
) -> None:
    """Settings of a role aren't inherited: what `jalon roles --sql --login` prints sets them."""
    db.execute(f"create role shop_ada login in role {member}")  # type: ignore[call-overload]
    try:
        lacking = [note for note in doctor.notes(db) if "shop_ada" in note]
        assert len(lacking) == 1 and "statement_timeout, lock_timeout" in lacking[0]
        assert ("temp_file_limit" in lacking[0]) == member.startswith("jalon_bi")
        assert f"`jalon roles --sql --login shop_ada --member {member}`" in lacking[0]
        roles.run(settings, SimpleNamespace(**LOGIN_OPTIONS, member=member))  # type: ignore[arg-type]
        db.execute(capsys.readouterr().out, prepare=False)  # type: ignore[call-overload]
        assert [note for note in doctor.notes(db) if "shop_ada" in note] == []
        with psycopg.connect(db.info.dsn, user="shop_ada") as login:
            for name, value in role_settings.LIMITS[member].items():
                shown = login.execute(f"show {name}").fetchone()  # type: ignore[call-overload]
                assert shown == (value,)
    finally:
        db.execute("drop owned by shop_ada; drop role shop_ada")


def test_a_member_by_way_of_a_group_is_noted_too(db: Connection) -> None:
    db.execute("create role shop_team in role jalon_bi; create role shop_ada login in role shop_team")
    try:
        (note,) = (note for note in doctor.notes(db) if "shop_ada" in note)
        lacking = "shop_ada is a member of jalon_bi and lacks limits, which are not inherited: statement_timeout,"
        assert note.startswith(lacking)
        assert [note for note in doctor.notes(db) if note.startswith("shop_team")] == []
    finally:
        db.execute("drop role shop_ada, shop_team")


def test_no_lock_of_ours_is_one_that_anybody_may_take(db: Connection) -> None:
    """Whoever may connect may take an advisory lock, and keep it."""
    query = """select oid::regprocedure::text from pg_proc
        where pronamespace::regnamespace::text ~ '^jalon' and prosrc ~ 'advisory'"""
    assert db.execute(query).fetchall() == []
    for role in ("jalon_bi", "jalon_bi_masked", "jalon_app", "jalon_dba", "jalon_relay", "jalon_api"):
        for table in ("jalon_engine.turn", "jalon_engine.category", "jalon_history.jalon_members__users"):
            may = "select has_table_privilege(%s, %s, 'update, insert, delete, truncate')"
            assert db.execute(may, (role, table)).fetchone() == (False,)


def test_the_doctor_notes_who_migrates_and_finds_others_who_may_become_an_owner(db: Connection) -> None:
    db.execute("create role shop_eve login; create role shop_team nologin; grant jalon_owner to shop_eve, shop_team")
    try:
        assert [found for found in doctor.findings(db) if "shop_" in found] == [
            "shop_eve is a member of jalon_owner and can act as it. `revoke jalon_owner from shop_eve` ends it; "
            "only logins that migrate need this."
        ]
        assert list(doctor.notes(db)) == [
            "shop_team is a member of jalon_owner: who is given shop_team is above the rules."
        ]
        db.execute("insert into jalon_install.installer (role_name) values ('shop_eve')")
        assert [found for found in doctor.findings(db) if "shop_" in found] == []
        assert [note.split(":")[0] for note in doctor.notes(db)] == [
            "shop_eve is a member of jalon_owner, as whoever migrates must be",
            "shop_team is a member of jalon_owner",
        ]
    finally:
        db.execute("drop role shop_eve, shop_team")


@pytest.mark.parametrize("role", ["jalon_historian", "jalon_mover"])
def test_the_doctor_says_it_if_an_owner_may_log_in(db: Connection, role: str) -> None:
    db.execute(f"alter role {role} login")
    try:
        assert list(doctor.findings(db)) == [
            f"The role {role} can log in, and should not. `alter role {role} nologin` ends that."
        ]
    finally:
        db.execute(f"alter role {role} nologin")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "alter table jalon_history.deletion owner to jalon_owner",
            "table jalon_history.deletion belongs to jalon_owner, not to jalon_historian",
        ),
        (
            "alter schema jalon_generated owner to jalon_owner",
            "schema jalon_generated belongs to jalon_owner, not to jalon_historian",
        ),
        (
            "alter function jalon_engine.row_as_json(anyelement) owner to jalon_owner",
            "belongs to jalon_owner, not to jalon_mover",
        ),
        ("alter function jalon_engine.context() owner to jalon_mover", "belongs to jalon_mover, not to jalon_owner"),
        (
            "alter function jalon_engine.on_schema_change() owner to jalon_owner",
            "belongs to jalon_owner, not to a superuser",
        ),
        (
            "alter type jalon_engine.context owner to jalon_api",
            "jalon_engine.context belongs to jalon_api, not to jalon_owner",
        ),
    ],
)
def test_the_doctor_says_what_belongs_to_another(db: Connection, statement: str, found: str) -> None:
    db.execute(statement)
    assert found in " ".join(doctor.findings(db))


def test_whoever_migrates_is_remembered(db: Connection) -> None:
    assert db.execute("select role_name = session_user from jalon_install.installer").fetchall() == [(True,)]


def test_a_role_that_may_write_a_column_is_found(db: Connection) -> None:
    db.execute("grant update (roles) on jalon_engine.rule to jalon_bi")
    assert list(doctor.findings(db)) == [
        "jalon_bi may UPDATE on column jalon_engine.rule.roles, and should not."
        " `revoke UPDATE (roles) on jalon_engine.rule from jalon_bi` ends that."
    ]
