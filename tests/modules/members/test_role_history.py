"""Every change of a role is recorded, for every writer; the requirement's calls and queries work as written."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from jalon.install import embedded
from jalon.modules.members.role_manager import RoleManager, RoleType, User

Connection = psycopg.Connection[Any]
DOCUMENT = {
    "of one user": """
SELECT
    u.email,
    rch.old_role,
    rch.new_role,
    rch.changed_at,
    rch.changed_by,
    rch.reason
FROM role_change_history rch
JOIN users u ON u.id = rch.user_id
WHERE u.email = 'user@example.com'
ORDER BY rch.changed_at DESC;
""",
    "from FREE to PREMIUM": """
SELECT
    u.email,
    rch.changed_at,
    rch.changed_by,
    rch.reason
FROM role_change_history rch
JOIN users u ON u.id = rch.user_id
WHERE rch.old_role = 'FREE'
  AND rch.new_role = 'PREMIUM'
ORDER BY rch.changed_at DESC;
""",
    "statistics": """
SELECT
    old_role,
    new_role,
    COUNT(*) as total_changes
FROM role_change_history
WHERE old_role IS NOT NULL  -- Exclure les créations initiales
GROUP BY old_role, new_role
ORDER BY total_changes DESC;
""",
    "recent": """
SELECT
    u.email,
    rch.old_role,
    rch.new_role,
    rch.changed_at,
    rch.reason
FROM role_change_history rch
JOIN users u ON u.id = rch.user_id
WHERE rch.changed_at > NOW() - INTERVAL '7 days'
  AND rch.old_role IS NOT NULL
ORDER BY rch.changed_at DESC;
""",
}


@pytest.fixture
def tx(connect: Callable[..., Connection]) -> Connection:
    """A psycopg connection as psycopg opens it: the first statement begins a transaction."""
    return connect(autocommit=False)


def history(db: Connection, email: str) -> list[Any]:
    return db.execute(
        "select old_role, new_role, changed_by, reason from role_change_history h join users u on u.id = h.user_id"
        " where u.email = %s order by h.version",
        (email,),
    ).fetchall()


def test_the_complete_example_of_the_document(tx: Connection) -> None:
    db = tx
    user = User(email="example@test.com", name="Test User", role=RoleType.FREE).insert(db)
    RoleManager.record_initial_role(db, user, reason="Création compte")
    RoleManager.change_user_role(
        db, user, RoleType.MEDIUM,
        changed_by="admin@example.com",
        reason="Upgrade mensuel",
        meta_data={"payment": "stripe_123"},
    )  # fmt: skip
    RoleManager.change_user_role(
        db, user, RoleType.PREMIUM,
        changed_by="admin@example.com",
        reason="Upgrade annuel",
    )  # fmt: skip
    db.commit()
    assert user.id
    assert user.role == RoleType.PREMIUM
    summary = RoleManager.get_role_change_summary(db, user.id)
    assert (summary["initial_role"], summary["current_role"], summary["total_changes"]) == ("FREE", "PREMIUM", 2)
    assert [(c["from"], c["to"], c["reason"]) for c in summary["changes"]] == [
        ("FREE", "MEDIUM", "Upgrade mensuel"),
        ("MEDIUM", "PREMIUM", "Upgrade annuel"),
    ]
    assert summary["last_change_date"] == summary["changes"][-1]["date"]
    assert history(db, user.email) == [
        (None, "FREE", "db:postgres", "Création compte"),
        ("FREE", "MEDIUM", "admin@example.com", "Upgrade mensuel"),
        ("MEDIUM", "PREMIUM", "admin@example.com", "Upgrade annuel"),
    ]


def test_the_three_months_of_the_example_in_real_time(tx: Connection) -> None:
    """Told through the import kind: each change carries the time at which it happened."""
    db, began = tx, datetime.now(UTC) - timedelta(days=91)
    row = db.execute(
        "select id from jalon.create_user('example@test.com', 'Test User', 'FREE', 'Création compte', "
        "created_at => %s)",
        (began,),
    ).fetchone()
    assert row
    user = User(email="example@test.com", name="Test User", role="FREE", id=row[0])
    for role, days, reason in (("MEDIUM", 30, "Upgrade mensuel"), ("PREMIUM", 90, "Upgrade annuel")):
        RoleManager.change_user_role(
            db, user, role, changed_by="admin@example.com", reason=reason, changed_at=began + timedelta(days=days)
        )
    db.commit()
    assert user.id
    changes = RoleManager.get_role_change_summary(db, user.id)["changes"]
    assert [c["date"] - began for c in changes] == [timedelta(days=30), timedelta(days=90)]
    rows = db.execute(
        "select kind, changed_at, changed_by, tableoid::regclass::text from jalon_history.jalon_members__users "
        "order by version"
    ).fetchall()
    assert [r[0] for r in rows] == ["import"] * 3
    assert [r[2] for r in rows[1:]] == ["admin@example.com"] * 2
    assert all(part.endswith(f"{at.astimezone(UTC):y%Ym%m}") for _, at, _, part in rows)
    found = db.execute("select old_role, new_role, average_time from jalon_recap.role_statistics()").fetchall()
    assert ("MEDIUM", "PREMIUM", timedelta(days=60)) in found


def test_the_same_role_is_a_value_error_and_the_transaction_lives_on(tx: Connection) -> None:
    user = User(email="user@example.com", name="John Doe", role=RoleType.FREE).insert(tx)
    with pytest.raises(ValueError, match="FREE already"):
        RoleManager.change_user_role(db=tx, user=user, new_role=RoleType.FREE, changed_by="admin@example.com")
    RoleManager.change_user_role(db=tx, user=user, new_role=RoleType.PREMIUM, changed_by="admin@example.com")
    tx.commit()
    assert len(history(tx, "user@example.com")) == 2


def test_history_is_newest_first_and_limited(tx: Connection) -> None:
    user = User(email="user@example.com", name="John Doe", role=RoleType.FREE).insert(tx)
    RoleManager.record_initial_role(tx, user, reason="Inscription", meta_data={"source": "google_oauth"})
    for role in ("MEDIUM", "PREMIUM", "FREE"):
        RoleManager.change_user_role(tx, user, role, changed_by="admin@example.com", meta_data={"plan": "monthly"})
    assert user.id
    entries = RoleManager.get_user_role_history(db=tx, user_id=user.id)
    assert [(e.old_role, e.new_role) for e in entries] == [
        ("PREMIUM", "FREE"), ("MEDIUM", "PREMIUM"), ("FREE", "MEDIUM"), (None, "FREE"),
    ]  # fmt: skip
    assert entries[-1].meta_data == {"source": "google_oauth"}
    assert entries[0].meta_data == {"plan": "monthly"}
    assert entries[0].changed_at.tzinfo
    assert [e.new_role for e in RoleManager.get_user_role_history(db=tx, user_id=user.id, limit=2)] == [
        "FREE",
        "PREMIUM",
    ]


def test_a_first_role_is_completed_in_its_transaction_and_never_after(tx: Connection) -> None:
    user = User(email="user@example.com", name="John Doe", role=RoleType.FREE).insert(tx)
    RoleManager.record_initial_role(tx, user, reason="Inscription via Google OAuth")
    tx.commit()
    with pytest.raises(psycopg.Error) as refused:
        RoleManager.record_initial_role(tx, user, reason="Something nicer")
    assert refused.value.sqlstate == "JL502"
    tx.rollback()
    assert history(tx, "user@example.com")[0][3] == "Inscription via Google OAuth"


def test_unknown_roles_and_users_are_refused(tx: Connection) -> None:
    user = User(email="user@example.com", name="John Doe", role=RoleType.FREE).insert(tx)
    tx.commit()
    for role, code in (("GOLD", "JL402"), ("", "JL402")):
        with pytest.raises(psycopg.Error) as refused:
            RoleManager.change_user_role(tx, user, role)
        assert refused.value.sqlstate == code
        tx.rollback()
    user.id = type(user.id)(int=0) if user.id else None
    for call in (RoleManager.get_role_change_summary, RoleManager.record_initial_role):
        with pytest.raises(psycopg.Error) as refused:
            call(tx, user.id if call is RoleManager.get_role_change_summary else user)  # type: ignore[arg-type]
        assert refused.value.sqlstate == "JL401"
        tx.rollback()
    with pytest.raises(AttributeError):
        _ = RoleType.nothing


def test_a_role_added_as_a_row_can_be_given(db: Connection, tx: Connection) -> None:
    db.execute("insert into jalon_engine.referential (category, code, label) values ('USER_ROLE', 'GOLD', 'Gold')")
    db.execute("select jalon_engine.compile_rules('USER_ROLE')")
    user = User(email="user@example.com", name="John Doe", role=RoleType.FREE).insert(tx)
    RoleManager.change_user_role(tx, user, RoleType.GOLD)
    tx.commit()
    assert history(db, "user@example.com")[-1][1] == "GOLD"


def test_an_email_is_used_once_in_capitals_or_not(db: Connection) -> None:
    db.execute("insert into users (email, name) values ('User@Example.com', 'A')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        db.execute("insert into users (email, name) values ('user@example.COM', 'B')")


def test_whoever_changes_a_role_in_psql_it_is_recorded(db: Connection, as_actor: Any) -> None:
    db.execute("insert into users (email, name) select n || '@x.y', n::text from generate_series(1, 20) n")
    with as_actor(db, "script@example.com", "user_admin", reason="new year"):
        db.execute("update users set role = 'MEDIUM'")
    db.execute("update users set role = 'ADMIN' where email = '1@x.y'")
    assert history(db, "2@x.y")[-1] == ("FREE", "MEDIUM", "script@example.com", "new year")
    assert history(db, "1@x.y")[-1] == ("MEDIUM", "ADMIN", "db:postgres", None)
    for table, code in (("jalon_history.jalon_members__users", "JL502"), ("role_change_history", "42501")):
        with pytest.raises(psycopg.Error) as refused:
            db.execute(f"update {table} set reason = 'x'")
        assert refused.value.sqlstate == code


@pytest.fixture
def role_changes(db: Connection) -> Connection:
    for email, changes in {
        "user@example.com": [("PREMIUM", "60 days", "Upgrade"), ("MEDIUM", "2 days", "Trop cher")],
        "other@example.com": [("PREMIUM", "1 day", "Cadeau")],
        "quiet@example.com": [],
    }.items():
        db.execute("select jalon.create_user(%s, 'X', 'FREE', created_at => now() - interval '90 days')", (email,))
        for role, ago, reason in changes:
            db.execute(
                "select jalon.change_user_role(u.id, %s, 'boss@x.y', %s, changed_at => now() - %s::interval) "
                "from users u where email = %s",
                (role, reason, ago, email),
            )
    return db


EXPECTED = {
    "of one user": [("user@example.com", "PREMIUM"), ("user@example.com", "FREE"), ("user@example.com", None)],
    "from FREE to PREMIUM": [("other@example.com", "boss@x.y"), ("user@example.com", "boss@x.y")],
    "statistics": [("FREE", "2"), ("PREMIUM", "1")],
    "recent": [("other@example.com", "FREE"), ("user@example.com", "PREMIUM")],
}


@pytest.mark.parametrize("name", DOCUMENT)
def test_the_documents_queries_run_verbatim_in_psql_for_reporting(role_changes: Connection, name: str) -> None:
    info = role_changes.info
    done = subprocess.run(
        [embedded.binaries(18) / "psql", "-X", "-At", "-F", "|", "-v", "ON_ERROR_STOP=1", "-h", info.host, "-p",
            str(info.port),
         "-U", "jalon_bi", info.dbname],
        input=DOCUMENT[name], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = [line.split("|") for line in done.stdout.splitlines()]
    second = {"from FREE to PREMIUM": 2, "statistics": 2}.get(name, 1)
    assert [(row[0], row[second] or None) for row in rows] == EXPECTED[name]


def test_recaps_answer_the_same_questions_with_parameters(
    role_changes: Connection, connect: Callable[..., Connection]
) -> None:
    bi = connect("bi")

    def emails(arguments: str) -> list[Any]:
        return [row[0] for row in bi.execute(f"select email from jalon_recap.role_changes({arguments})")]  # type: ignore[call-overload]

    assert emails("email => 'USER@example.com', with_creation => true") == ["user@example.com"] * 3
    assert emails("from_role => 'FREE', to_role => 'PREMIUM'") == ["other@example.com", "user@example.com"]
    assert emails("since => now() - interval '7 days'") == ["other@example.com", "user@example.com"]
    assert emails("until => now() - interval '7 days'") == ["user@example.com"]
    rows = bi.execute(
        "select old_role, new_role, total_changes, share, is_upgrade, extract(day from median_time) "
        "from jalon_recap.role_statistics()"
    ).fetchall()
    assert [(*row[:2], row[2], float(row[3]), row[4]) for row in rows] == [
        ("FREE", "PREMIUM", 2, 0.6667, True),
        ("PREMIUM", "MEDIUM", 1, 0.3333, False),
    ]
    assert 59 <= rows[0][5] <= 60
    assert rows[1][5] == 58


def test_an_erased_user_leaves_one_row_without_personal_data(role_changes: Connection) -> None:
    user = role_changes.execute("select id from users where email = 'user@example.com'").fetchone()
    assert user
    role_changes.execute("select jalon.erase('users', %s)", (str(user[0]),))
    count = role_changes.execute("select count(*) from role_change_history where user_id = %s", (user[0],)).fetchone()
    assert count == (0,)
    rows = role_changes.execute(
        "select tracked, record_key, records, deleted_by, to_jsonb(d)::text from jalon_history.deletion d"
    ).fetchall()
    assert [row[:4] for row in rows] == [("users", None, 1, "db:postgres")]
    assert str(user[0]) not in rows[0][4]
    assert "user@example.com" not in rows[0][4]
    role_changes.execute("delete from users where email = 'other@example.com'")
    left = role_changes.execute("select count(*), count(distinct user_id) from role_change_history").fetchone()
    assert left == (1, 1)


def test_the_tables_columns_types_and_indexes_are_the_documents(db: Connection) -> None:
    columns = dict(
        db.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute"
            " where attrelid = 'role_change_history'::regclass and attnum > 0"
        ).fetchall()
    )
    wanted = {
        "id": "uuid", "user_id": "uuid", "old_role": "character varying", "new_role": "character varying",
        "changed_at": "timestamp with time zone", "changed_by": "character varying(255)", "reason": "text",
        "meta_data": "jsonb",
    }  # fmt: skip
    assert wanted.items() <= columns.items()
    indexes = [
        row[0].split(" USING ")[1]
        for row in db.execute("select indexdef from pg_indexes where tablename = 'jalon_members__users'")
    ]
    assert {
        "btree (id)", "btree (changed_at)", "btree (user_id, changed_at)", "btree (user_id, version, changed_at)",
        "brin (changed_at, previous_changed_at)", "brin ((((transaction_id)::text)::bigint))",
    } == set(indexes)  # fmt: skip
    cascade = db.execute(
        "select confrelid::regclass::text, confdeltype::text from pg_constraint"
        " where conrelid = 'jalon_history.jalon_members__users'::regclass and contype = 'f'"
    ).fetchall()
    assert cascade == [("users", "c")]


def test_a_user_is_found_without_an_index_of_their_own(role_changes: Connection) -> None:
    """Why there is no index on user_id alone: the primary key begins with it."""
    role_changes.execute("set enable_seqscan = off")
    plan = "\n".join(
        row[0]
        for row in role_changes.execute(
            "explain select * from role_change_history where user_id = '00000000-0000-0000-0000-000000000007'"
        )
    )
    assert "Index Cond: (user_id" in plan
    assert "Seq Scan" not in plan


def test_a_second_reload_changes_nothing(db: Connection) -> None:
    def state() -> Any:
        return db.execute("select max(xmin::text::bigint), count(*) from pg_trigger").fetchone()

    before = state()
    db.execute("set role jalon_owner")  # as a reload does
    db.execute(
        "select jalon.track('jalon_members.users', 'role', category => 'USER_ROLE', name => 'users',"
        " history_key => 'user_id', on_delete => 'cascade',"
        " foreign_key => true, resolver => 'jalon_engine.user_relations', move_permission => 'change_roles')"
    )
    assert state() == before
