"""Propositions: custom roles, action buttons by status and role, the page that defines actions, the log."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import name_actor

LANE = "A bicycle lane on Station Street"


@pytest.fixture(scope="module")
def prepare():
    """zoe has a bench in debate, so that what one test does to it is not in the way of the lane's."""

    def more(db):
        for title in ("Benches along the river", "Lamps on the bridge", "A fountain", "A market hall", "A mural"):
            db.execute(
                "insert into proposition (title, body, author_id) values (%s, 'One every hundred metres.', 'zoe')",
                (title,),
            )
            for who, role, to in (("zoe", "participant", "submitted"), ("mona", "moderator", "debate")):
                name_actor(db, who, role, "")
                db.execute("select jalon.move('proposition', id, %s) from proposition where title = %s", (to, title))
        name_actor(db, None, "", "")

    return more


@pytest.fixture
def address_of(world):
    """The address of a proposition, by its title."""
    return lambda title, part="": (
        "/console/propositions/"
        + str(world.db.execute("select id from proposition where title = %s", (title,)).fetchone()[0])
        + part
    )


@pytest.fixture
def make_role(world):
    """A role of a proposition with its holders, as if zoe had made it."""

    def make_role(title, name, *holders, limit=None, permissions=()):
        (id,) = world.db.execute("select id::text from proposition where title = %s", (title,)).fetchone()
        zoe = '{"actor": "zoe", "roles": ["participant"]}'
        world.db.execute(
            "select jalon_api.run('make_proposition_role', %s, jsonb_build_object('name', %s::text, 'maxHolders', "
            "%s::integer, 'permissions', %s::text[]), %s)",
            (id, name, limit, list(permissions), zoe),
        )
        for holder in holders:
            world.db.execute(
                "select jalon_api.run('assign_proposition_role', %s, jsonb_build_object('roleId', %s::text, 'userId', "
                "%s::text), %s)",
                (id, name.lower(), holder, zoe),
            )

    return make_role


def test_propositions_are_listed_filtered_and_put_forward(browse, axe, shot):
    anna = browse("anna")
    anna.goto("/console/propositions")
    expect(anna.get_by_role("row").filter(has_text=LANE)).to_contain_text("In debate")
    shot(anna, "propositions")
    anna.get_by_label("Status", exact=True).select_option("Adopted")
    expect(anna.locator("tbody tr")).to_have_count(1)
    anna.get_by_label("Author").fill("nobody")
    expect(anna.get_by_role("heading", name="Nothing fits the filter")).to_be_visible()
    anna.get_by_role("button", name="New proposition").click()
    dialog = anna.get_by_role("dialog")
    axe(anna)
    dialog.get_by_label("Title").fill("   ")
    dialog.get_by_role("button", name="Put forward").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Title").fill("A clock on the square")
    dialog.get_by_label("Text").fill("With chimes.")
    dialog.get_by_role("button", name="Put forward").click()
    expect(anna.get_by_role("heading", level=1)).to_have_text("A clock on the square")
    expect(anna.get_by_role("region", name="Where it stands")).to_contain_text("Draft")


def test_a_role_is_made_changed_and_taken_away(browse, address_of, axe):
    zoe = browse("zoe")
    zoe.goto(address_of("Benches along the river"))
    roles = zoe.get_by_role("region", name="Roles")
    expect(roles).to_contain_text("No role has been made for this proposition yet.")
    roles.get_by_role("button", name="New role").click()
    dialog = zoe.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Moderator")
    dialog.get_by_role("checkbox", name=re.compile("^Trigger actions")).check()
    dialog.get_by_role("button", name="Make the role").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Moderator")
    expect(dialog.get_by_role("checkbox", name=re.compile("^Trigger actions"))).to_be_checked()
    axe(zoe)
    dialog.get_by_label("Name").fill("Scribe")
    dialog.get_by_label("How many may hold it").fill("3")
    dialog.get_by_role("button", name="Make the role").click()
    scribe = zoe.get_by_role("article", name="Scribe")
    expect(scribe).to_contain_text("0 of 3")
    expect(scribe).to_contain_text("Trigger actions")
    scribe.get_by_role("button", name="Change Scribe").click()
    dialog = zoe.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Secretary")
    dialog.get_by_label("Description").fill("Writes it down.")
    dialog.get_by_role("checkbox", name=re.compile("^Trigger actions")).uncheck()
    dialog.get_by_role("button", name="Save").click()
    secretary = zoe.get_by_role("article", name="Secretary")
    expect(secretary).to_contain_text("Writes it down.")
    expect(secretary).to_contain_text("Carries no permission of its own")
    secretary.get_by_role("button", name="Remove Secretary").click()
    zoe.get_by_role("dialog").get_by_label("Reason").fill("Not needed")
    zoe.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(secretary).to_have_count(0)
    zoe.get_by_role("link", name="History of the roles").click()
    expect(zoe.get_by_role("region", name="History of the roles")).to_contain_text("removed")


def test_people_are_assigned_and_revoked_with_the_limit_shown_and_a_full_role_says_so(
    browse, address_of, make_role, axe, shot
):
    make_role("Lamps on the bridge", "Electrician", "carla", limit=2)
    zoe = browse("zoe")
    zoe.goto(address_of("Lamps on the bridge"))
    role = zoe.get_by_role("article", name="Electrician")
    expect(role).to_contain_text("1 of 2")
    role.get_by_label("Person").fill("paul")
    role.get_by_label("Until").fill("2999-06-30T18:00")
    role.get_by_label("Reason").fill("For the summer")
    role.get_by_role("button", name="Assign Electrician").click()
    expect(zoe.get_by_role("status").filter(has_text="paul holds Electrician now.")).to_be_visible()
    expect(role).to_contain_text("2 of 2")
    expect(role.get_by_role("listitem").filter(has_text="paul")).to_contain_text("until 30 Jun 2999")
    expect(role).to_contain_text("This role is full: 2 of 2.")
    axe(zoe)
    role.get_by_role("button", name="Revoke Electrician from carla").click()
    zoe.get_by_role("dialog").get_by_label("Reason").fill("Moved away")
    zoe.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(role).to_contain_text("1 of 2")
    expect(role.get_by_role("button", name="Assign Electrician")).to_be_visible()
    zoe.get_by_role("link", name="History of the roles").click()
    expect(zoe.get_by_role("region", name="History of the roles")).to_contain_text("Moved away")
    axe(zoe)
    shot(zoe, "proposition-role-history")


def test_who_is_to_hold_a_role_is_suggested_as_one_types(browse, address_of, make_role):
    make_role("Lamps on the bridge", "Lamplighter", "carla")
    zoe = browse("zoe")
    zoe.goto(address_of("Lamps on the bridge"))
    field = zoe.get_by_role("article", name="Lamplighter").get_by_label("Person")
    field.fill("carl")
    expect(zoe.locator("#people option")).to_have_count(1)
    expect(zoe.locator("#people option")).to_have_attribute("value", "carla")
    field.fill("nobody like that")
    expect(zoe.locator("#people option")).to_have_count(0)


def test_a_role_that_fills_up_meanwhile_is_refused_where_it_was_asked_and_keeps_what_was_typed(
    browse, address_of, make_role, world
):
    make_role("A fountain", "Mason", limit=1)
    zoe = browse("zoe")
    zoe.goto(address_of("A fountain"))
    id = address_of("A fountain").rsplit("/", 1)[1]
    mona = '{"actor": "mona", "roles": ["moderator"]}'
    world.db.execute(
        'select jalon_api.run(\'assign_proposition_role\', %s, \'{"roleId": "mason", "userId": "ben"}\', %s)',
        (id, mona),
    )
    role = zoe.get_by_role("article", name="Mason")
    role.get_by_label("Person").fill("paul")
    role.get_by_role("button", name="Assign Mason").click()
    expect(role.get_by_role("alert")).to_contain_text("1")
    expect(role.get_by_label("Person")).to_have_value("paul")


def test_who_may_not_manage_roles_sees_them_without_buttons_and_may_lay_down_their_own(browse, address_of, make_role):
    make_role("A market hall", "Porter", "carla", "paul")
    carla = browse("carla", "participant", language="fr")
    carla.goto(address_of("A market hall"))
    role = carla.get_by_role("article", name="Porter")
    expect(carla.get_by_role("button", name="Créer un rôle")).to_have_count(0)
    expect(role.get_by_role("button", name="Attribuer Porter")).to_have_count(0)
    expect(role).to_contain_text("2 sur 100")
    expect(role.get_by_role("button", name="Retirer Porter à paul")).to_have_count(0)
    role.get_by_role("button", name="Retirer Porter à carla").click()
    carla.get_by_role("dialog").get_by_role("button", name="Retirer").click()
    expect(carla.get_by_role("article", name="Porter")).to_contain_text("1 sur 100")


def test_action_buttons_show_by_status_and_role_and_greyed_ones_say_why(browse, address_of, axe, shot):
    zoe, anna, carla = browse("zoe"), browse("anna"), browse("carla", language="fr")
    zoe.goto(address_of(LANE))
    actions = zoe.get_by_role("region", name="Actions")
    expect(actions.get_by_role("button", name="Ask for a site visit")).to_be_enabled()
    expect(actions.get_by_role("button", name="Confirm the budget")).to_have_count(0)
    axe(zoe)
    anna.goto(address_of(LANE))
    shot(anna, "proposition")
    greyed = anna.get_by_role("region", name="Actions").get_by_role("button", name=re.compile("Ask for a site visit"))
    expect(greyed).to_have_attribute("aria-disabled", "true")
    expect(greyed).to_contain_text("for: Initiator, Participant")
    carla.goto(address_of(LANE))
    expect(carla.get_by_role("region", name="Actions").get_by_role("button", name="Confirm the budget")).to_be_enabled()
    carla.goto(address_of("Trees for the schoolyard"))
    expect(carla.get_by_role("region", name="Actions")).to_contain_text(
        "Aucune action ne vous est proposée à ce statut."
    )


def test_triggering_asks_for_what_the_payload_takes_and_stands_in_the_log(browse, address_of, axe, shot):
    carla, anna = browse("carla"), browse("anna")
    carla.goto(address_of(LANE))
    carla.get_by_role("button", name="Confirm the budget").click()
    dialog = carla.get_by_role("dialog")
    dialog.get_by_label("amount").fill("21000")
    axe(carla)
    dialog.get_by_role("button", name="Confirm the budget").click()
    expect(carla.get_by_role("status").filter(has_text="Confirm the budget: triggered.")).to_be_visible()
    anna.goto(address_of(LANE, "/log"))
    row = anna.get_by_role("region", name="Triggered actions").get_by_role("row").nth(1)
    expect(row).to_contain_text("carla")
    expect(row).to_contain_text("In debate")
    row.locator("summary").click()
    expect(row).to_contain_text("21000")
    axe(anna)
    shot(anna, "proposition-log")


def test_each_input_has_a_field_of_its_declared_type(browse, address_of, axe, shot):
    zoe = browse("zoe")
    zoe.goto(address_of("Lamps on the bridge", "/actions/new"))
    zoe.get_by_label("Title").fill("Order wood")
    zoe.get_by_role("group", name="Statuses").get_by_label("Every status").check()
    zoe.get_by_role("group", name="Roles that may").get_by_label("Initiator").check()
    zoe.get_by_label("Payload").fill(
        '{"n": "{input.planks}", "k": "{input.kind}", "on": "{input.day}", "now": "{input.urgent}"}'
    )
    for name, takes in (("planks", "Number"), ("kind", "One of several"), ("day", "Date"), ("urgent", "Yes or no")):
        zoe.get_by_role("group", name=name).get_by_label("Takes").select_option(takes)
    zoe.get_by_role("group", name="kind").get_by_label("Choices").fill("Oak, Larch")
    zoe.get_by_role("group", name="planks").get_by_label("Label").fill("How many planks")
    zoe.get_by_role("group", name="planks").get_by_label("Needed").check()
    axe(zoe)
    shot(zoe, "proposition-action")
    zoe.get_by_role("button", name="Define the action").click()
    expect(zoe).to_have_url(re.compile("/actions$"))  # whoever leaves before the answer takes the request back
    zoe.get_by_role("link", name="Proposition", exact=True).click()
    zoe.get_by_role("button", name="Order wood").click()
    dialog = zoe.get_by_role("dialog")
    dialog.get_by_role("button", name="Order wood").click()
    expect(dialog.get_by_role("alert")).to_have_text("Fill this in first: How many planks")
    dialog.get_by_role("spinbutton", name="How many planks").fill("12")
    dialog.get_by_role("combobox", name="kind").select_option("Larch")
    dialog.get_by_label("day").fill("2026-12-31")
    dialog.get_by_role("checkbox", name="urgent").check()
    axe(zoe)
    dialog.get_by_role("button", name="Order wood").click()
    expect(zoe.get_by_role("status").filter(has_text="Order wood: triggered.")).to_be_visible()
    zoe.get_by_role("link", name="Triggered actions").click()
    log = zoe.get_by_role("region", name="Triggered actions")
    log.locator("summary").first.click()
    expect(log).to_contain_text('"n": 12')
    expect(log).to_contain_text('"now": true')
    expect(log).to_contain_text('"k": "Larch"')


def test_a_refused_trigger_is_shown_and_is_in_the_log_of_administrators(browse, address_of, world, make_role, axe):
    make_role("A mural", "Painter", "carla")
    id = address_of("A mural").rsplit("/", 1)[1]
    zoe = '{"actor": "zoe", "roles": ["participant"]}'
    declared = '{"name": "Order paint", "statuses": ["debate"], "roles": ["custom:painter"]}'
    world.db.execute("select jalon_api.run('declare_proposition_action', %s, %s, %s)", (id, declared, zoe))
    carla, mona = browse("carla"), browse("mona")
    carla.goto(address_of("A mural"))
    world.db.execute(
        'select jalon_api.run(\'revoke_proposition_role\', %s, \'{"roleId": "painter", "userId": "carla"}\', %s)',
        (id, zoe),
    )
    carla.get_by_role("button", name="Order paint").click()
    carla.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(carla.get_by_role("alert").filter(has_text="carla may not trigger Order paint")).to_be_visible()
    anna = browse("anna")
    anna.goto(address_of("A mural", "/log"))
    refused = anna.get_by_role("region", name="Refused")
    expect(refused).to_contain_text("carla may not trigger Order paint")
    axe(anna)
    mona.goto(address_of("A mural", "/log"))
    expect(mona.get_by_role("heading", name="Nothing has been triggered yet")).to_be_visible()
    expect(mona.get_by_role("region", name="Refused")).to_have_count(0)


def test_an_action_is_defined_with_title_statuses_icon_roles_and_payload(browse, address_of, axe, shot):
    zoe = browse("zoe", language="fr")
    zoe.goto(address_of("Benches along the river", "/actions"))
    expect(zoe.get_by_role("heading", name="Aucune action n'est encore définie")).to_be_visible()
    zoe.get_by_role("link", name="Définir la première").click()
    zoe.get_by_label("Intitulé").fill("Commander le bois")
    zoe.get_by_label("Contenu envoyé, en JSON").fill('{"bois": "{nothing}"')
    zoe.get_by_role("button", name="Définir l'action").click()
    alert = zoe.get_by_role("main").get_by_role("alert")
    expect(alert).to_contain_text("ce n'est pas du JSON")
    zoe.get_by_label("Contenu envoyé, en JSON").fill('{"bois": "{nothing}"}')
    zoe.get_by_role("button", name="Définir l'action").click()
    expect(alert).to_contain_text("statuses")
    zoe.get_by_role("checkbox", name="En débat").check()
    zoe.get_by_role("checkbox", name="Initiateur").check()
    zoe.get_by_role("button", name="Définir l'action").click()
    expect(alert).to_contain_text("{nothing}")
    expect(zoe.get_by_label("Intitulé")).to_have_value("Commander le bois")
    zoe.get_by_label("Contenu envoyé, en JSON").fill('{"bois": "{input.bois}"}')
    zoe.get_by_role("radio", name="coin").check(force=True)
    axe(zoe)
    zoe.get_by_role("button", name="Définir l'action").click()
    row = zoe.get_by_role("row").filter(has_text="Commander le bois")
    expect(row).to_contain_text("En débat")
    expect(row).to_contain_text("Initiateur")
    zoe.goto(address_of("Benches along the river"))
    zoe.get_by_role("button", name="Commander le bois").click()
    expect(zoe.get_by_role("dialog").get_by_label("bois")).to_be_visible()


def test_an_action_is_changed_ordered_and_deleted(browse, address_of, world, axe, shot):
    anna = browse("anna")
    anna.goto(address_of(LANE, "/actions"))
    shot(anna, "proposition-actions")
    place = anna.get_by_label("Place of Ask for a site visit")
    place.fill("5")
    place.press("Tab")
    expect(anna.locator("tbody tr").last).to_contain_text("Ask for a site visit")
    expect(anna.get_by_role("status").filter(has_text="The order is saved.")).to_be_visible()
    anna.get_by_role("link", name="Edit Ask for a site visit").click()
    expect(anna.get_by_role("radio", name="map")).to_be_checked()
    anna.get_by_label("Title").fill("Ask for an inspection")
    anna.get_by_role("checkbox", name="Submitted").uncheck()
    anna.get_by_role("button", name="Save").click()
    row = anna.get_by_role("row").filter(has_text="Ask for an inspection")
    expect(row).not_to_contain_text("Submitted")
    row.get_by_role("button", name="Delete Ask for an inspection").click()
    anna.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(row).to_have_count(0)


def test_the_status_is_moved_and_the_slower_person_sees_who_was_faster(browse, address_of):
    zoe, mona = browse("zoe"), browse("mona", hears=False)
    mona.goto(address_of("Trees for the schoolyard"))
    anna = browse("anna")
    anna.goto(address_of("Trees for the schoolyard"))
    anna.get_by_role("button", name=re.compile("^Adopt")).click()
    expect(anna.get_by_role("region", name="Where it stands")).to_contain_text("Adopted")
    expect(anna.get_by_role("region", name="History").get_by_role("listitem").first).to_contain_text("anna")
    mona.get_by_role("button", name=re.compile("^Adopt")).click()
    expect(mona.get_by_role("alert").filter(has_text="anna moved it to Adopted")).to_be_visible()
    expect(mona.get_by_role("region", name="Where it stands")).to_contain_text("Adopted")
    zoe.goto(address_of("Trees for the schoolyard"))
    expect(zoe.get_by_role("region", name="History")).to_contain_text("Adopted")


def test_two_people_who_edit_the_text_lose_nothing_and_see_each_other(browse, address_of):
    zoe, anna = browse("zoe", language="fr"), browse("anna")
    for page, button in ((zoe, "Modifier le texte"), (anna, "Edit the text")):
        page.goto(address_of("A car-free Saturday"))
        page.get_by_role("button", name=button).click()
    anna.get_by_role("dialog").get_by_label("Text").fill("Every Saturday.")
    anna.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(anna.get_by_role("region", name="Where it stands")).to_contain_text("Every Saturday.")
    dialog = zoe.get_by_role("dialog")
    dialog.get_by_label("Texte").fill("Some Saturdays.")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog.get_by_role("alert")).to_contain_text("anna a modifié le contenu entre-temps")
    expect(dialog.get_by_label("Texte")).to_have_value("Some Saturdays.")
    expect(dialog.get_by_text("À présent\u00a0: Every Saturday.")).to_be_visible()
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(zoe.get_by_role("region", name="Situation")).to_contain_text("Some Saturdays.")


def test_limits_are_set_for_all_propositions_by_administrators_and_remembered(browse, address_of, shot, axe):
    anna = browse("anna")
    anna.goto("/console/propositions")
    anna.get_by_role("link", name="Limits").click()
    anna.get_by_label("How many may hold one role").fill("90")
    anna.get_by_label("Reason").fill("Smaller groups")
    anna.get_by_role("button", name="Save").click()
    expect(anna.get_by_role("region", name="Changes of permissions and limits")).to_contain_text("Smaller groups")
    shot(anna, "proposition-settings")
    anna.goto(address_of(LANE))
    expect(anna.get_by_role("article", name="Facilitator")).to_contain_text("1 of 90")
    anna.get_by_role("button", name="Limits").click()
    anna.get_by_label("How many may hold one role").fill("4")
    anna.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(anna.get_by_role("article", name="Facilitator")).to_contain_text("1 of 4")


def test_people_who_see_none_are_shown_what_to_do_first(browse, world):
    page = browse("newcomer")
    page.goto("/console/propositions?author=newcomer")
    expect(page.get_by_role("link", name="Permissions")).to_have_count(0)
    expect(page.get_by_role("link", name="Show all", exact=True)).to_be_visible()
