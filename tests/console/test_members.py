"""Members in a browser: people, role changes, the summary, recent changes."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

LIST = "/console/members"
CHANGES = LIST + "/changes"
MORE = """insert into users (email, name) select 'zed' || n || '@x.y', 'Zed ' || lpad(n::text, 2, '0')
    from generate_series(1, 60) n;
insert into jalon_engine.role (code, label) values ('auditor', 'Auditor');
insert into jalon_engine.permission_rule (role, permission, scope) values ('auditor', 'read_all', 'users');"""


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(MORE)


@pytest.fixture
def anna(page, signed_in):
    return signed_in(page, "anna")


def person(world, name):
    return world.db.execute("select id from users where name = %s", (name,)).fetchone()[0]


def role(world, name):
    return world.db.execute("select role from users where name = %s", (name,)).fetchone()[0]


def row(page, name):
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def give(page, name, label, reason=None, button="Change role"):
    page.get_by_role("button", name=f"{button} {name}").click()
    page.get_by_role("button", name=label, exact=True).click()
    dialog = page.get_by_role("dialog")
    if reason:
        dialog.get_by_role("textbox").fill(reason)
    dialog.get_by_role("button", name=label, exact=True).click()


class TestPeople:
    @pytest.mark.parametrize(("language", "label"), [("en", "Administrator"), ("fr", "Administrateur")])
    def test_they_are_listed_with_their_roles_in_the_readers_language(self, browse, axe, shot, language, label):
        page = browse("anna", language=language)
        page.goto(LIST)
        expect(row(page, "Admin")).to_contain_text("admin@example.com")
        expect(row(page, "Admin")).to_contain_text(label)
        axe(page)
        if language == "en":
            shot(page, "members")

    def test_long_lists_page_and_are_filtered_by_role_and_name(self, anna):
        anna.goto(LIST)
        expect(anna.locator("tbody th a")).to_have_count(50)
        anna.get_by_role("link", name="Next page").click()
        expect(row(anna, "Zed 60")).to_be_visible()
        anna.get_by_label("Part of name or address").fill("zed3@x")
        expect(anna.locator("tbody th a")).to_have_text(["Zed 03"])
        anna.get_by_role("search").get_by_label("Role").select_option("Premium")
        expect(anna).to_have_url(re.compile(r"role=PREMIUM&q=zed3%40x$"))
        expect(anna.get_by_role("heading", name="Nothing fits the filter")).to_be_visible()

    def test_a_new_member_is_made_and_a_refusal_keeps_what_was_typed(self, anna, axe):
        anna.goto(LIST)
        anna.get_by_role("button", name="New member").click()
        dialog = anna.get_by_role("dialog", name="New member")
        axe(anna)
        dialog.get_by_label("Name").fill("Nora New")
        dialog.get_by_label("E-mail").fill("zed1@x.y")
        dialog.get_by_label("Role").select_option("Medium")
        dialog.get_by_label("Reason").fill("Invited")
        dialog.get_by_role("button", name="Create").click()
        expect(dialog.get_by_role("alert")).not_to_be_empty()
        expect(dialog.get_by_label("Reason")).to_have_value("Invited")
        dialog.get_by_label("E-mail").fill("nora@x.y")
        dialog.get_by_role("button", name="Create").click()
        expect(anna.get_by_role("heading", level=1)).to_have_text("Nora New")
        history = anna.get_by_role("region", name="History of the role")
        expect(history.get_by_role("listitem")).to_have_text(re.compile("Medium.*first role.*anna.*Invited", re.DOTALL))

    def test_one_who_sees_nobody_is_told_whom_one_would_see(self, browse):
        page = browse("stranger")
        page.goto(LIST)
        expect(page.get_by_role("heading", name="No member that you may see")).to_be_visible()


class TestRoleChanges:
    def test_a_role_is_changed_with_a_reason_in_a_dialog(self, anna, world, axe):
        anna.goto(LIST + "?q=zed")
        anna.get_by_role("button", name="Change role Zed 01").click()
        menu = anna.get_by_role("group", name="New role of Zed 01")
        expect(menu.get_by_role("button")).to_have_text(["Medium", "Premium", "Administrator"])  # Free they are already
        menu.get_by_role("button", name="Premium").click()
        dialog = anna.get_by_role("dialog", name="New role of Zed 01")
        axe(anna)
        dialog.get_by_label("Reason").fill("Subscription bought")
        dialog.get_by_role("button", name="Premium").click()
        expect(anna.get_by_role("status")).to_contain_text("Zed 01: now Premium.")
        expect(row(anna, "Zed 01")).to_contain_text("Premium")
        statement = (
            "select old_role, new_role, changed_by, reason from role_change_history where user_id = %s "
            "order by version desc limit 1"
        )
        assert world.db.execute(statement, (person(world, "Zed 01"),)).fetchone() == (
            "FREE", "PREMIUM", "anna", "Subscription bought",
        )  # fmt: skip

    def test_en_francais_aussi(self, browse, world):
        page = browse("anna", language="fr")
        page.goto(LIST + "?q=zed")
        give(page, "Zed 02", "Intermédiaire", "Abonnement", button="Changer de rôle")
        expect(page.get_by_role("status")).to_contain_text("Zed 02 : désormais Intermédiaire.")
        assert role(world, "Zed 02") == "MEDIUM"

    def test_who_thinks_again_changes_nothing(self, anna, world):
        anna.goto(LIST + "?q=zed")
        anna.get_by_role("button", name="Change role Zed 03").click()
        anna.get_by_role("button", name="Premium", exact=True).click()
        anna.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(anna.get_by_role("dialog")).to_have_count(0)
        assert role(world, "Zed 03") == "FREE"

    def test_who_may_read_all_but_change_nothing_is_offered_no_change(self, browse, world):
        page = browse("ida", "auditor")
        page.goto(LIST + "?q=zed")
        expect(row(page, "Zed 04")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("Change role"))).to_have_count(0)
        expect(page.get_by_role("button", name="New member")).to_have_count(0)
        page.goto(f"{LIST}/{person(world, 'Zed 04')}")
        expect(page.get_by_role("button", name=re.compile("Change role|Erase"))).to_have_count(0)

    def test_of_two_browsers_the_slower_is_told_who_was_faster_and_to_what(self, browse, world):
        anna, bert = browse("anna", hears=False), browse("bert", "user_admin")
        for page in (anna, bert):
            page.goto(LIST + "?q=zed")
        give(bert, "Zed 05", "Premium")
        expect(bert.get_by_role("status")).to_contain_text("Zed 05: now Premium.")
        give(anna, "Zed 05", "Medium", "Too late")
        expect(anna.get_by_role("alert").filter(has_text="bert moved it to Premium")).to_be_visible()
        expect(row(anna, "Zed 05")).to_contain_text("Premium")
        assert role(world, "Zed 05") == "PREMIUM"

    def test_a_refusal_says_why_and_keeps_what_was_typed(self, anna, world):
        anna.goto(LIST + "?q=zed")
        anna.get_by_role("button", name="Change role Zed 06").click()
        anna.get_by_role("button", name="Premium", exact=True).click()
        dialog = anna.get_by_role("dialog")
        dialog.get_by_label("Reason").fill("x" * 4001)
        dialog.get_by_role("button", name="Premium").click()
        expect(dialog.get_by_role("alert")).to_contain_text("length <= 4000")
        expect(dialog.get_by_label("Reason")).to_have_value("x" * 4001)
        assert role(world, "Zed 06") == "FREE"


class TestAPerson:
    def test_the_summary_and_the_timeline_tell_the_way_through_the_roles(self, anna, axe, shot):
        anna.goto(LIST + "?q=karim")
        anna.get_by_role("link", name="Karim Haddad").click()
        summary = anna.get_by_role("region", name="Summary")
        expect(summary).to_contain_text(
            re.compile("Changes in all.*2.*First role.*Free.*Current role.*Premium", re.DOTALL)
        )
        history = anna.get_by_role("region", name="History of the role")
        expect(history.get_by_role("listitem")).to_have_count(3)
        expect(history.get_by_role("listitem").nth(0)).to_contain_text("Upgrade annuel")
        expect(history.get_by_role("listitem").nth(1)).to_contain_text("pay_123453")
        expect(history.get_by_role("listitem").nth(2)).to_contain_text("Inscription via Google OAuth")
        axe(anna)
        shot(anna, "member")

    def test_a_change_on_the_page_itself_joins_summary_and_timeline(self, anna, world):
        anna.goto(f"{LIST}/{person(world, 'Zed 07')}")
        give(anna, "Zed 07", "Medium", "Gift")
        expect(anna.get_by_role("region", name="History of the role").get_by_role("listitem").first).to_contain_text(
            "Gift"
        )
        expect(anna.get_by_role("region", name="Summary")).to_contain_text(re.compile("Changes in all.*1", re.DOTALL))

    def test_a_long_history_pages(self, anna, world):
        id = person(world, "Zed 08")
        for n in range(22):
            world.db.execute("update users set role = %s where id = %s", (("MEDIUM", "FREE")[n % 2], id))
        anna.goto(f"{LIST}/{id}")
        history = anna.get_by_role("region", name="History of the role")
        expect(history.get_by_role("listitem")).to_have_count(20)
        history.get_by_role("link", name="Next page").click()
        expect(history.get_by_role("listitem")).to_have_count(3)

    def test_erasing_asks_first_and_then_nothing_of_the_person_is_left(self, anna, world):
        id = person(world, "Zed 09")
        anna.goto(f"{LIST}/{id}")
        anna.get_by_role("button", name="Erase").click()
        dialog = anna.get_by_role("dialog")
        expect(dialog).to_contain_text("Zed 09 and the whole history go for good")
        dialog.get_by_role("button", name="Cancel").click()
        assert role(world, "Zed 09") == "FREE"
        anna.get_by_role("button", name="Erase").click()
        dialog.get_by_role("button", name="Confirm").click()
        expect(anna).to_have_url(re.compile(LIST + "$"))
        assert world.db.execute("select count(*) from users where id = %s", (id,)).fetchone()[0] == 0


class TestOneself:
    def test_a_plain_member_sees_themselves_and_nobody_else(self, browse, world):
        page = browse("user@example.com")
        page.goto(LIST)
        expect(page.get_by_role("main")).to_contain_text("You see yourself here.")
        expect(page.locator("tbody th a")).to_have_text(["User Martin"])
        page.get_by_role("link", name="Your profile").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("User Martin")
        expect(page.get_by_role("region", name="History of the role").get_by_role("listitem")).to_have_count(3)
        expect(page.get_by_role("region", name="Role", exact=True)).to_contain_text("permission change_roles")
        assert page.goto(f"{LIST}/{person(world, 'Zed 10')}").status == 404
        assert page.goto(CHANGES).status == 403

    def test_they_edit_their_name_and_another_address_is_refused_and_kept(self, browse, world):
        page = browse("zed11@x.y")
        page.goto(f"{LIST}/{person(world, 'Zed 11')}")
        page.get_by_role("button", name="Edit your profile").click()
        dialog = page.get_by_role("dialog", name="Edit your profile")
        dialog.get_by_label("Name").fill("Zed Eleven")
        dialog.get_by_label("E-mail").fill("boss@x.y")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.get_by_role("alert")).to_contain_text("Manage users")
        expect(dialog.get_by_label("Name")).to_have_value("Zed Eleven")
        dialog.get_by_label("E-mail").fill("zed11@x.y")
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Zed Eleven")


class TestRecentChanges:
    def test_the_last_seven_days_are_shown_with_their_summary_and_the_period_can_be_widened(self, anna, axe, shot):
        anna.goto(LIST + "?q=zed")
        give(anna, "Zed 12", "Premium", "Just now")
        expect(anna.get_by_role("status")).to_contain_text("Zed 12: now Premium.")
        anna.goto(CHANGES)
        recent = anna.get_by_role("region", name="Recent changes")
        expect(recent.get_by_role("row").filter(has_text="zed12@x.y")).to_contain_text(
            re.compile("Free.*Premium.*anna.*Just now", re.DOTALL)
        )
        expect(recent.get_by_role("row").filter(has_text="karim@example.com")).to_have_count(0)
        anna.get_by_role("link", name="Last 90 days").click()
        expect(anna.get_by_role("link", name="Last 90 days")).to_have_attribute("aria-current", "true")
        expect(recent.get_by_role("row").filter(has_text="karim@example.com")).to_have_count(2)
        summary = anna.get_by_role("region", name="Summary")
        expect(summary.get_by_role("row").filter(has_text=re.compile(r"^\s*Premium\s*Medium\s*2\b"))).to_have_count(1)
        axe(anna)
        anna.goto(CHANGES + f"?days=90&until={dt.datetime.now(dt.UTC).date()}")
        shot(anna, "members-changes")

    def test_they_are_filtered_by_roles_address_and_days(self, browse):
        page = browse("anna", language="fr")
        page.goto(CHANGES + "?days=90")
        page.get_by_label("Ancien rôle").select_option("Intermédiaire")
        page.get_by_label("Nouveau rôle").select_option("Premium")
        page.get_by_role("button", name="Filtrer").click()
        recent = page.get_by_role("region", name="Changements récents")
        expect(recent.get_by_role("row").filter(has_text="karim@example.com")).to_have_count(1)
        expect(page.get_by_role("region", name="Résumé").locator("tbody tr")).to_have_count(1)
        page.get_by_label("E-mail").fill("helene@example.com")
        page.get_by_role("button", name="Filtrer").click()
        expect(recent.locator("tbody tr")).to_have_count(1)
        page.get_by_label("Depuis le").fill("2999-01-01")
        page.get_by_role("button", name="Filtrer").click()
        expect(recent).to_contain_text("Aucun rôle n'a changé sur cette période.")

    def test_a_long_list_of_changes_pages(self, anna, world):
        world.db.execute("update users set role = 'MEDIUM' where name like 'Zed %' and role = 'FREE'")
        world.db.execute("update users set role = 'PREMIUM' where name like 'Zed %' and role = 'MEDIUM'")
        anna.goto(CHANGES + "?from=MEDIUM&to=PREMIUM")
        rows = anna.get_by_role("region", name="Recent changes").locator("tbody tr")
        expect(rows).to_have_count(50)
        anna.get_by_role("link", name="Next page").click()
        expect(anna.get_by_role("link", name="First page")).to_be_visible()
        left = world.db.execute(
            "select count(*) - 50 from role_change_history where old_role = 'MEDIUM' and new_role = 'PREMIUM' "
            "and changed_at > now() - interval '7 days'"
        ).fetchone()[0]
        expect(rows).to_have_count(left)

    def test_of_a_long_time_the_summary_is_counted_while_one_looks_and_then_shown_at_once(self, anna, world):
        world.db.execute("update jalon_engine.setting set value = '0' where name = 'recap.counted_at_once'")
        try:
            for _ in range(2):
                anna.goto(CHANGES + "?days=900")
                summary = anna.get_by_role("region", name="Summary")
                expect(summary.get_by_role("row").nth(1)).to_be_visible()
                expect(summary.get_by_text("Counted:")).to_be_visible()
            anna.goto(CHANGES + "?days=90")
            expect(anna.get_by_role("region", name="Summary").get_by_text("Counted:")).to_have_count(0)
        finally:
            world.db.execute("update jalon_engine.setting set value = '5000' where name = 'recap.counted_at_once'")
