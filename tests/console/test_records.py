"""Any tracked table: the same list, record and timeline pages work for a user's own table, from its registration alone."""

import pytest
from playwright.sync_api import expect

from tests.http.conftest import SHOP

LIST = "/console/records/orders"


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(SHOP)


def test_a_table_of_ones_own_has_its_list(page, signed_in):
    signed_in(page, "kim", "clerk").goto("/console/records")
    page.get_by_role("link", name="orders", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("orders")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(51)

    page.get_by_role("button", name="Move orders 60").click()

    page.get_by_role("button", name="PAID").or_(page.get_by_role("button", name="Paid")).click()
    page.get_by_text("orders 60: now Paid").wait_for()
    page.goto(LIST + "/60")
