import pytest

from tests import shop


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> str:
    return shop.SHOP if "orders" in request.fixturenames else ""


@pytest.fixture
def orders(db: shop.Connection) -> shop.Connection:
    return db
