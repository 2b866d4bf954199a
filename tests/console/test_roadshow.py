"""The roadshow in a browser: counterparties and their status, interactions, the weekly recap."""

import pytest
from playwright.sync_api import expect

LIST = "/console/roadshow"
WEEK = LIST + "/weekly"
MORE = """insert into roadshow_counterparty (name, owner, sector)
select 'Zeta ' || lpad(n::text, 2, '0'), 'zoe', 'Test' from generate_series(1, 30) n;"""


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(MORE)


@pytest.fixture
def anna(page, signed_in):
    return signed_in(page, "anna")


def number(world, name):
    return world.db.execute("select id from roadshow_counterparty where name = %s", (name,)).fetchone()[0]


def stands(world, name):
    return world.db.execute("select statut from roadshow_counterparty where name = %s", (name,)).fetchone()[0]


def move(world, name, to, who="mona", reason=None):
    """Somebody else changes a status, behind the page's back."""
    world.db.execute("select jalon.act_as(%s)", (who,))
    world.db.execute(
        "select jalon.move('roadshow_counterparty', %s, %s, reason => %s)", (str(number(world, name)), to, reason)
    )


def row(page, name):
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def one(page, world, name):
    page.goto(f"{LIST}/{number(world, name)}")
    return page


class TestTheList:
    def test_choosing_a_status_posts_it_the_row_refreshes_and_a_toast_says_so(self, anna, world, axe, shot):
        anna.goto(LIST)
        since = row(anna, "Zeta 01").locator("time").first.get_attribute("datetime") if False else None
        assert since is None
        with anna.expect_request("**/roadshow/*/status") as posted:
            anna.goto(LIST + "?q=zeta")
            anna.get_by_label("Status of Zeta 01", exact=True).select_option("Live")
        assert posted.value.post_data_json == {"newStatus": "Live"}
        expect(anna.get_by_role("status").get_by_text("Status updated: Live")).to_be_visible()
        select = anna.get_by_label("Status of Zeta 01", exact=True)
        expect(select).to_have_value("Live")
        expect(select.locator("option").first).to_have_text("Live")
        assert stands(world, "Zeta 01") == "Live"
        event = "select type, meta ->> 'newStatus' from roadshow_event where counterparty_id = %s"
        assert world.db.execute(event, (number(world, "Zeta 01"),)).fetchall() == [("status_change", "Live")]
        axe(anna)
        shot(anna, "roadshow")

    def test_en_francais_le_toast_dit_statut_mis_a_jour(self, browse, world):
        page = browse("anna", language="fr")
        page.goto(LIST + "?q=zeta")
        page.get_by_label("Statut : Zeta 02", exact=True).select_option("Live")
        expect(page.get_by_role("status").get_by_text("Statut mis à jour : Live", exact=True)).to_be_visible()
        assert stands(world, "Zeta 02") == "Live"
