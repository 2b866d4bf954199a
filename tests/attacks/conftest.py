"""Sessions of the roles that attack the shop (shop.py)."""

import pytest

from tests.attacks.shop import ROLES, TABLES, WORKFLOWS, Connection, RoleSpy, Session
from tests.conftest import INSTALLER


@pytest.fixture
def beginning() -> str:
    """Whoever installed Jalon writes the rules; the shop's owner makes the tables."""
    rules = (
        f"set session authorization {INSTALLER}; {WORKFLOWS} reset session authorization;" if INSTALLER else WORKFLOWS
    )
    return ROLES + rules + TABLES


@pytest.fixture
def shop(db: Connection) -> Connection:
    """The superuser who checks afterwards, and waits for nobody who waits for them."""
    db.execute("set lock_timeout = '30s'")
    return db


@pytest.fixture
def session(connect: Session) -> Session:
    """session("shop_app"): a session of that login."""

    def session(role: str, *, autocommit: bool = True) -> Connection:
        connection = connect()
        connection.execute(f"set session authorization {role}")
        connection.autocommit = autocommit
        return connection

    return session


@pytest.fixture
def app(session: Session) -> Connection:
    """The customer's application: it may write every row of the shop's tables and nothing else."""
    return session("shop_app")


@pytest.fixture
def owner(session: Session) -> Connection:
    return session("shop_owner")


@pytest.fixture
def holder(session: Session) -> Connection:
    """Who was granted ALL, which holds TRIGGER, on tables that are somebody else's."""
    return session("shop_trigger")


@pytest.fixture
def spy() -> RoleSpy:
    return RoleSpy([])
