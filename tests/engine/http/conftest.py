import psycopg
import pytest

from tests.web_shop import SHOP


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> str:
    return SHOP if "shop" in request.fixturenames else ""


@pytest.fixture
def shop(db: psycopg.Connection) -> psycopg.Connection:
    """The shop's database, as its owner; orders 1 to 60 are NEW."""
    return db
