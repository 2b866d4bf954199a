import pytest

from tests import shop


@pytest.fixture
def orders(db: shop.Connection) -> shop.Connection:
    shop.make(db)
    return db
