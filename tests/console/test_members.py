"""Members in a browser: people, role changes, the summary, recent changes."""

import re

import pytest
from playwright.sync_api import expect

LIST = "/console/members"


@pytest.fixture
def anna(page, signed_in):
    return signed_in(page, "anna")


def test_people_are_listed_with_their_roles(anna, axe, shot):
    anna.goto(LIST)
    expect(anna.get_by_role("row", name=re.compile("Alice Bernard")).get_by_text("alice@example.com")).to_be_visible()
    axe(anna)
    shot(anna, "members")
