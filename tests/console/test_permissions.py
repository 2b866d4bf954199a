"""The permission matrix with the new privileges, as a grid that saves cell by cell."""

import re

import pytest
from playwright.sync_api import expect

MATRIX = "/console/permissions"


@pytest.fixture
def anna(browse):
    page = browse("anna")
    page.goto(MATRIX)
    return page


@pytest.fixture
def rule(world):
    """What the matrix holds for a case: True, False or None."""

    def rule(role, permission, status, scope="proposition"):
        row = world.db.execute(
            "select is_allowed from jalon_engine.permission_rule where (role, permission, scope, status) = (%s, %s, "
            "%s, %s)",
            (role, permission, scope, status),
        ).fetchone()
        return row and row[0]

    return rule


def cell(page, permission, role, status):
    return page.get_by_role("checkbox", name=f"{permission}: {role}, {status}", exact=True)


def test_the_matrix_shows_the_new_privileges_by_role_and_status(anna, axe, shot):
    grid = anna.get_by_role("grid")
    for name in ("Assign roles", "Manage roles", "Manage actions", "Trigger actions"):
        expect(grid.get_by_role("rowgroup").filter(has_text=name).first).to_be_visible()
    expect(grid.get_by_role("columnheader", name="In debate")).to_be_visible()
    expect(cell(anna, "Assign roles", "Initiator", "Every status")).to_be_checked()
    expect(cell(anna, "Assign roles", "Initiator", "Archived")).not_to_be_checked()
    axe(anna)
    shot(anna, "permissions")


def test_a_cell_is_saved_at_once_with_a_visible_mark_and_what_follows_from_it(anna, rule, axe):
    box = cell(anna, "Edit the text", "Moderator", "In debate")
    expect(box).not_to_be_checked()
    box.check()
    expect(anna.get_by_role("status").filter(has_text="Saved: Edit the text: Moderator, In debate.")).to_be_visible()
    expect(anna.locator("td.saved")).to_have_count(1)
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    axe(anna)
    assert rule("moderator", "edit_proposition", "debate") is True
    everywhere = cell(anna, "Edit the text", "Initiator", "Every status")
    everywhere.check()
    expect(cell(anna, "Edit the text", "Initiator", "In vote")).to_be_checked()
    assert rule("initiator", "edit_proposition", "vote") is None


def test_a_cell_goes_back_to_the_wider_rule(anna, rule):
    box = cell(anna, "Trigger actions", "Participant", "Archived")
    expect(box).not_to_be_checked()
    box.focus()
    anna.keyboard.press("Delete")
    expect(box).to_be_checked()
    assert rule("participant", "trigger_custom_action", "archived") is None
    box.uncheck()
    expect(anna.get_by_role("status").filter(has_text="Participant, Archived").first).to_be_visible()
    anna.get_by_role("button", name="Back to the wider rule: Trigger actions, Participant, Archived").click()
    expect(box).to_be_checked()


def test_a_refusal_puts_the_cell_back_and_says_why(anna, world, rule):
    box = cell(anna, "Set limits", "Administrator", "Every status")
    world.db.execute(
        "delete from jalon_engine.permission_rule where (role, permission) = ('admin', 'manage_permissions')"
    )
    try:
        box.click()  # not uncheck(): it may be put back before anybody looks whether it was taken away
        alert = anna.get_by_role("alert").filter(has_text="Not saved: Set limits: Administrator, Every status.")
        expect(alert).to_contain_text('anna lacks the permission "Manage permissions"')
        expect(box).to_be_checked()
        assert rule("admin", "set_limits", "*") is True
    finally:
        world.db.execute(
            "insert into jalon_engine.permission_rule (role, permission) values ('admin', 'manage_permissions')"
        )


def test_the_grid_is_walked_and_ticked_by_keyboard_alone_with_one_stop_for_the_tab_key(anna, rule):
    assert anna.locator('#matrix input[tabindex="0"]').count() == 1
    first = cell(anna, "Assign roles", "Administrator", "Every status")
    first.focus()
    anna.keyboard.press("ArrowRight")
    expect(cell(anna, "Assign roles", "Administrator", "Draft")).to_be_focused()
    anna.keyboard.press("ArrowDown")
    expect(cell(anna, "Assign roles", "Initiator", "Draft")).to_be_focused()
    anna.keyboard.press("End")
    expect(cell(anna, "Assign roles", "Initiator", "Archived")).to_be_focused()
    anna.keyboard.press("Space")
    expect(anna.get_by_role("status").filter(has_text="Assign roles: Initiator, Archived")).to_be_visible()
    assert rule("initiator", "assign_roles", "archived") is True
    expect(cell(anna, "Assign roles", "Initiator", "Archived")).to_be_focused()
    anna.keyboard.press("Control+Home")
    expect(first).to_be_focused()


def test_what_custom_roles_can_carry_is_a_row_of_the_matrix_too(anna, rule):
    cell(anna, "Set limits", "Custom roles", "Draft").check()
    expect(anna.get_by_role("status").filter(has_text="Custom roles, Draft")).to_be_visible()
    assert rule("any", "set_limits", "draft", "proposition_roles") is True


def test_the_matrix_is_filtered_by_group_table_and_role(anna):
    anna.get_by_label("Group").select_option("event")
    anna.get_by_role("button", name="Filter").click()
    expect(anna.get_by_role("grid")).to_contain_text("Publish an event")
    expect(anna.get_by_role("grid")).not_to_contain_text("Assign roles")
    expect(cell(anna, "Edit an event", "Organizer of the event", "Draft")).to_be_checked()
    anna.get_by_label("Role").select_option("Participant")
    anna.get_by_role("button", name="Filter").click()
    expect(cell(anna, "Edit an event", "Participant", "Draft")).not_to_be_checked()
    expect(cell(anna, "Edit an event", "Organizer of the event", "Draft")).to_have_count(0)
    anna.get_by_label("For the table").select_option("All tables")
    anna.get_by_role("button", name="Filter").click()
    expect(anna.get_by_role("grid").get_by_role("columnheader")).to_have_count(2)


def test_only_administrators_see_it(browse):
    zoe = browse("zoe", language="fr")
    zoe.goto("/console/propositions")
    expect(zoe.get_by_role("link", name="Permissions")).to_have_count(0)
    answer = zoe.goto(MATRIX)
    assert answer.status == 403
    expect(zoe.get_by_role("heading", level=1)).to_have_text("Vous n'en avez pas le droit")


def test_it_speaks_french(browse, assert_fits_width, axe):
    page = browse("anna", language="fr", width=360)
    page.goto(MATRIX)
    box = page.get_by_role("checkbox", name=re.compile(r"^Gérer les rôles\s: Modérateur, Brouillon$"))
    expect(box).to_be_checked()
    box.uncheck()
    expect(page.get_by_role("status").filter(has_text="Enregistré")).to_be_visible()
    assert_fits_width(page)


def test_roles_and_permissions_are_named_in_the_readers_language(browse, world):
    anna = browse("anna", language="fr")
    anna.goto(MATRIX + "?role=*")
    expect(cell(anna, "Déposer une proposition\u00a0", "Initiateur", "Tous les statuts")).to_be_visible()
    world.db.execute("select jalon.set_role_label('initiator', 'fr', 'Porteur')")
    anna.reload()
    expect(cell(anna, "Déposer une proposition\u00a0", "Porteur", "Tous les statuts")).to_be_visible()
