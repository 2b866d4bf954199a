"""The snippets of the requirement on the history of roles run as they stand, on a SQLAlchemy session of a DBA."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from jalon.modules.members import RoleManager, models
from jalon.modules.members import User as PlainUser
from jalon.modules.members.models import RoleType, User

Run = Callable[..., dict[str, Any]]
INITIAL = """
from utils.role_manager import RoleManager

# Après avoir créé un utilisateur
new_user = User(
    email="user@example.com",
    name="John Doe",
    role=RoleType.FREE
)
db.add(new_user)
db.flush()

# Enregistrer le rôle initial dans l'historique
RoleManager.record_initial_role(
    db=db,
    user=new_user,
    reason="Inscription via Google OAuth",
    meta_data={"source": "google_oauth"}
)

db.commit()
"""
CHANGE = """
from utils.role_manager import RoleManager

# Changer le rôle d'un utilisateur existant
try:
    RoleManager.change_user_role(
        db=db,
        user=current_user,
        new_role=RoleType.PREMIUM,
        changed_by="admin@example.com",
        reason="Upgrade suite à l'achat d'un abonnement",
        meta_data={
            "payment_id": "pay_123456",
            "plan": "monthly"
        }
    )
    db.commit()
except ValueError as e:
    # Le rôle est déjà le même
    print(f"Erreur: {e}")
"""
HISTORY = """
from utils.role_manager import RoleManager

# Récupérer tout l'historique d'un utilisateur
history = RoleManager.get_user_role_history(
    db=db,
    user_id=user.id
)

for entry in history:
    print(f"{entry.changed_at}: {entry.old_role} -> {entry.new_role}")
    print(f"  Par: {entry.changed_by}")
    print(f"  Raison: {entry.reason}")

# Limiter à 10 entrées
recent_history = RoleManager.get_user_role_history(
    db=db,
    user_id=user.id,
    limit=10
)
"""
SUMMARY = """
from utils.role_manager import RoleManager

summary = RoleManager.get_role_change_summary(db=db, user_id=user.id)

print(f"Total de changements: {summary['total_changes']}")
print(f"Rôle initial: {summary['initial_role']}")
print(f"Rôle actuel: {summary['current_role']}")
print(f"Dernier changement: {summary['last_change_date']}")

# Détails de chaque changement
for change in summary['changes']:
    print(f"{change['date']}: {change['from']} -> {change['to']}")
    print(f"  Raison: {change['reason']}")
"""
COMPLETE = """
from models import User, RoleType
from utils.role_manager import RoleManager
from database import get_db

db = next(get_db())

# 1. Créer un utilisateur
user = User(
    email="example@test.com",
    name="Test User",
    role=RoleType.FREE
)
db.add(user)
db.flush()

# 2. Enregistrer le rôle initial
RoleManager.record_initial_role(db, user, reason="Création compte")

# 3. Passer à MEDIUM après 1 mois
RoleManager.change_user_role(
    db, user, RoleType.MEDIUM,
    changed_by="admin@example.com",
    reason="Upgrade mensuel",
    meta_data={"payment": "stripe_123"}
)

# 4. Passer à PREMIUM après 3 mois
RoleManager.change_user_role(
    db, user, RoleType.PREMIUM,
    changed_by="admin@example.com",
    reason="Upgrade annuel"
)

db.commit()

# 5. Voir l'historique
summary = RoleManager.get_role_change_summary(db, user.id)
print(f"Parcours: {summary['initial_role']} -> {summary['current_role']}")
print(f"Total changements: {summary['total_changes']}")
"""


@pytest.fixture
def session(dsn: str) -> Iterator[Session]:
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn, user="jalon_dba"))
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a snippet; the names of the requirement's own modules are Jalon's here."""

    def module(name: str, **content: Any) -> None:
        made = ModuleType(name)
        vars(made).update(content)
        monkeypatch.setitem(sys.modules, name, made)

    module("models", User=User, RoleType=RoleType)
    module("utils")
    module("utils.role_manager", RoleManager=RoleManager)
    module("database", get_db=lambda: iter([session]))

    def run(snippet: str, **names: Any) -> dict[str, Any]:
        names = {"db": session, "User": User, "RoleType": RoleType} | names
        exec(snippet, names)  # noqa: S102
        return names

    return run


def history(session: Session, user: User) -> list[tuple[Any, ...]]:
    changes = RoleManager.get_user_role_history(session, user.id)
    return [(c.old_role, c.new_role, c.changed_by, c.reason, c.meta_data) for c in changes]


def test_the_complete_example(run: Run, session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    user = run(COMPLETE)["user"]
    assert capsys.readouterr().out == "Parcours: FREE -> PREMIUM\nTotal changements: 2\n"
    assert history(session, user) == [
        ("MEDIUM", "PREMIUM", "admin@example.com", "Upgrade annuel", None),
        ("FREE", "MEDIUM", "admin@example.com", "Upgrade mensuel", {"payment": "stripe_123"}),
        (None, "FREE", "db:jalon_dba", "Création compte", None),
    ]


def test_each_snippet(run: Run, session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    user = run(INITIAL)["new_user"]
    for _ in range(2):  # the second time the role is the same
        run(CHANGE, current_user=user)
    assert capsys.readouterr().out == f"Erreur: The user {user.id} has the role PREMIUM already.\n"
    assert (user.role, len(history(session, user))) == ("PREMIUM", 2)
    run(HISTORY, user=user)
    assert "FREE -> PREMIUM\n  Par: admin@example.com\n  Raison: Upgrade suite à l'achat" in capsys.readouterr().out
    assert len(run(HISTORY, user=user)["recent_history"]) == 2
    capsys.readouterr()
    run(SUMMARY, user=user)
    assert "Total de changements: 1\nRôle initial: FREE\nRôle actuel: PREMIUM\n" in capsys.readouterr().out


def test_a_change_is_written_once_and_a_rollback_takes_it_back(session: Session) -> None:
    user = User(email="user@example.com", name="John Doe", role=RoleType.FREE)
    session.add(user)
    session.commit()
    RoleManager.change_user_role(session, user, RoleType.PREMIUM, changed_by="admin@example.com")
    assert user.role == "PREMIUM"
    assert not session.dirty  # the role is the database's; the session has nothing to write
    session.rollback()
    assert user.role == "FREE"
    assert len(history(session, user)) == 1


def test_what_the_session_has_not_written_yet_is_written_first(session: Session) -> None:
    user = User(email="user@example.com", name="John Doe", role=RoleType.FREE)
    session.add(user)
    session.flush()
    other = User(email="other@example.com", name="Jane Doe", role=RoleType.FREE)
    session.add(other)
    RoleManager.record_initial_role(session, user, reason="first")
    assert other.id is not None


def test_a_user_that_is_not_mapped_is_inserted_on_a_session_too(session: Session) -> None:
    user = PlainUser(email="user@example.com", name="John Doe", role=RoleType.FREE).insert(session)
    RoleManager.change_user_role(session, user, RoleType.MEDIUM, changed_by="admin@example.com")
    session.commit()
    assert user.role == "MEDIUM"
    mapped = session.get(User, user.id)
    assert mapped
    assert mapped.role == "MEDIUM"


def test_a_refusal_is_an_error_of_sqlalchemy_with_the_code_of_jalon(session: Session) -> None:
    user = User(email="user@example.com", name="John Doe", role=RoleType.FREE)
    session.add(user)
    session.commit()
    with pytest.raises(DatabaseError) as refused:
        RoleManager.record_initial_role(session, user, reason="Something nicer")
    assert isinstance(refused.value.orig, psycopg.Error)
    assert refused.value.orig.sqlstate == "JL502"


def test_the_mapped_columns_are_those_of_the_table(session: Session) -> None:
    columns = {column.name for column in models.Base.metadata.tables["jalon_members.users"].columns}
    found = session.connection().exec_driver_sql(
        "select attname from pg_attribute where attrelid = 'jalon_members.users'::regclass and attnum > 0"
    )
    assert {name for (name,) in found} - columns == {"status_version", "status_changed_at"}


def test_without_sqlalchemy_the_calls_are_there() -> None:
    code = "import sys; sys.modules['sqlalchemy'] = None; from jalon.modules.members import RoleManager, User"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
