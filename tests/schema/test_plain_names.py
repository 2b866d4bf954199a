"""People who read in psql or from a BI tool name tables as the requirements do: without a schema."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]
NAMES = [
    "roadshow_counterparty",
    "roadshow_counterparty_history",
    "roadshow_event",
    "proposition",
    "proposition_roles",
    "proposition_role_assignments",
    "proposition_custom_actions",
    "proposition_custom_action_events",
    "events",
    "event_status_history",
    "dossier",
    "referential",
    "category",
    "workflow_definition",
    "users",
    "role_change_history",
]
# As the document on the history of roles gives them.
QUERIES = [
    """
    SELECT u.email, rch.old_role, rch.new_role, rch.changed_at, rch.changed_by, rch.reason
    FROM role_change_history rch JOIN users u ON u.id = rch.user_id
    WHERE u.email = 'user@example.com' ORDER BY rch.changed_at DESC
    """,
    """
    SELECT u.email, rch.changed_at, rch.changed_by, rch.reason
    FROM role_change_history rch JOIN users u ON u.id = rch.user_id
    WHERE rch.old_role = 'FREE' AND rch.new_role = 'PREMIUM' ORDER BY rch.changed_at DESC
    """,
    """
    SELECT old_role, new_role, COUNT(*) as total_changes FROM role_change_history
    WHERE old_role IS NOT NULL  -- Exclure les créations initiales
    GROUP BY old_role, new_role ORDER BY total_changes DESC
    """,
    """
    SELECT u.email, rch.old_role, rch.new_role, rch.changed_at, rch.reason
    FROM role_change_history rch JOIN users u ON u.id = rch.user_id
    WHERE rch.changed_at > NOW() - INTERVAL '7 days' AND rch.old_role IS NOT NULL ORDER BY rch.changed_at DESC
    """,
]


@pytest.fixture
def login(dsn: str) -> Callable[[str], Connection]:
    """A session as that role logs in, with its own settings."""
    return lambda role: psycopg.connect(dsn, user=role, autocommit=True)


@pytest.mark.parametrize("role", ["jalon_bi", "jalon_dba"])
@pytest.mark.parametrize("name", NAMES)
def test_it_is_read_by_its_plain_name(login: Callable[[str], Connection], role: str, name: str) -> None:
    with login(role) as reader:
        reader.execute(f"select * from {name} limit 1")


@pytest.mark.parametrize("role", ["jalon_bi", "jalon_dba"])
def test_the_queries_of_the_role_history_run_as_they_stand(
    db: Connection, login: Callable[[str], Connection], role: str
) -> None:
    db.execute("insert into users (email, name, role) values ('user@example.com', 'U', 'FREE')")
    db.execute("update users set role = 'PREMIUM'")
    with login(role) as reader:
        found = [reader.execute(query).fetchall() for query in QUERIES]
    assert [len(rows) for rows in found] == [2, 1, 1, 1]
    with login(role) as reader:
        assert len(reader.execute("select * from jalon_recap.role_statistics()").fetchall()) == 1


def test_the_calls_on_roles_work_on_a_dbas_connection(db: Connection, login: Callable[[str], Connection]) -> None:
    from jalon.modules.members.role_manager import RoleManager, RoleType, User

    with login("jalon_dba") as dba, dba.transaction():
        user = User(email="new@example.com", name="New", role=RoleType.FREE).insert(dba)
        assert user.id
        RoleManager.record_initial_role(dba, user, reason="Inscription via Google OAuth")
        RoleManager.change_user_role(dba, user, RoleType.PREMIUM, changed_by="admin@example.com", reason="Upgrade")
        history = RoleManager.get_user_role_history(dba, user.id)
        assert [(step.old_role, step.new_role) for step in history] == [("FREE", "PREMIUM"), (None, "FREE")]
        assert RoleManager.get_role_change_summary(dba, user.id)["total_changes"] == 1
