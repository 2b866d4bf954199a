"""Dossiers: filters, colours, icons and labels; status changes with the allowed codes; bulk changes; the timeline."""

import re

import pytest
from playwright.sync_api import expect

LIST = "/console/dossiers"


@pytest.fixture
def lea(page, signed_in):
    return signed_in(page, "lea")


@pytest.fixture
def open_dossier(world):
    """open_dossier(lead="…", case_type="…"): a dossier of the test's own."""

    def open_dossier(lead, case_type="CRM_LEAD_BUY", code="CRM_NEW", **more):
        columns = {"lead_name": lead, "case_type": case_type, "status_code": code} | more
        statement = (
            f"insert into jalon_dossiers.dossier ({', '.join(columns)}) "
            f"values ({', '.join(['%s'] * len(columns))}) returning id"
        )
        return str(world.run_as("lea", "dossier_manager", statement, list(columns.values())).fetchone()[0])

    return open_dossier


def move(world, id, to, who="sarah", reason=None):
    """Somebody else moves a dossier, behind the page's back."""
    world.run_as(who, "dossier_manager", "select jalon.move('dossier', %s, %s, reason => %s)", (id, to, reason))


def status_of(world, id):
    return world.db.execute("select status_code from jalon_dossiers.dossier where id = %s", (id,)).fetchone()[0]


def row(page, id):
    return page.locator(f"#row-{id}")


def test_the_list_has_colours_icons_and_labels_in_english(lea, open_dossier, axe, shot):
    id = open_dossier("Ada Lovelace", source="WEB", assignee="paul", organisation="Lyon")
    lea.goto(LIST)
    expect(lea.get_by_role("heading", level=1)).to_have_text("Dossiers")
    for text in ("Ada Lovelace", "Lead: purchase", "New", "paul", "Lyon"):
        expect(row(lea, id)).to_contain_text(text)
    chip = row(lea, id).locator(".chip")
    expect(chip.locator("circle")).to_have_attribute("fill", re.compile("^#"))
    expect(chip.locator("use")).to_have_count(1)
    axe(lea)
    shot(lea, "dossiers")


def test_the_list_speaks_french_to_who_reads_french(browse, open_dossier, axe):
    id = open_dossier("Blaise Pascal", code="CRM_VISIT_PLANNED")
    page = browse("lea", language="fr")
    page.goto(LIST)
    expect(row(page, id)).to_contain_text("Prospect acheteur")
    expect(row(page, id)).to_contain_text("Visite planifiée")
    expect(page.get_by_role("link", name="Ouvrir un dossier")).to_be_visible()
    expect(page.get_by_label("Responsable")).to_be_visible()
    axe(page)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [360, 800, 1024, 1280])
def test_the_list_fits_every_width(browse, assert_fits_width, language, width):
    page = browse("lea", language=language, width=width)
    page.goto(LIST)
    assert_fits_width(page)


def test_the_list_is_filtered_by_all_that_it_shows_and_the_address_can_be_shared(lea, browse, open_dossier, world):
    mine = open_dossier("Grace Hopper", assignee="lea", organisation="Nantes")
    other = open_dossier("Alan Turing", case_type="CRM_LEAD_RENT", assignee="paul")
    lea.goto(LIST)
    lea.get_by_label("Case type", exact=True).select_option("Lead: purchase")
    expect(lea).to_have_url(world.url + LIST + "?caseType=CRM_LEAD_BUY")
    expect(row(lea, mine)).to_be_visible()
    expect(row(lea, other)).to_have_count(0)
    lea.get_by_label("Status", exact=True).select_option("New")
    lea.get_by_label("Outcome").select_option("Open")
    lea.get_by_label("Organisation").fill("Nantes")
    lea.get_by_label("Contains").fill("hopper")
    expect(lea.locator("tbody tr")).to_have_count(1)
    paul = browse("paul")
    paul.goto(lea.url)
    expect(row(paul, mine)).to_be_visible()
    expect(paul.get_by_label("Outcome")).to_have_value("open")
    paul.get_by_label("Assignee").fill("nobody")
    expect(paul.get_by_role("heading", name="Nothing fits the filter")).to_be_visible()
    paul.get_by_role("link", name="Show all", exact=True).click()
    expect(row(paul, other)).to_be_visible()
    paul.get_by_role("link", name="Assigned to me").click()
    expect(paul).to_have_url(world.url + LIST + "?assignee=paul")
    expect(row(paul, mine)).to_have_count(0)


def test_the_status_filter_knows_only_the_codes_of_the_chosen_case_type(lea):
    lea.goto(LIST + "?caseType=CRM_LEAD_BUY")
    options = lea.get_by_label("Status", exact=True).locator("option")
    expect(options).to_have_text(["Any", "New", "Qualified", "Visit planned", "Closed: won", "Closed: lost"])


def test_two_codes_with_one_label_can_be_distinguished(lea):
    lea.goto(LIST)
    lea.get_by_label("Status", exact=True).select_option("Qualified (CRM_QUALIFIED)")
    expect(lea).to_have_url(re.compile(r"\?statusCode=CRM_QUALIFIED$"))


def test_long_lists_page(lea):
    lea.goto(LIST)
    expect(lea.locator("tbody tr")).to_have_count(50)
    first = lea.locator("tbody tr").first.get_attribute("id")
    lea.get_by_role("link", name="Next page").click()
    expect(lea.locator("tbody tr")).to_have_count(50)
    expect(lea.locator(f"#{first}")).to_have_count(0)
    lea.get_by_role("link", name="First page").click()
    expect(lea.locator(f"#{first}")).to_be_visible()


def test_where_there_is_none_the_page_says_how_to_open_the_first(lea, world, monkeypatch, axe):
    database = world.app.state.database
    call = database.call

    async def nothing(function, *given, **named):
        answer = await call(function, *given, **named)
        return answer._replace(body=b'{"items": [], "next": null}') if function == "dossiers" else answer

    monkeypatch.setattr(database, "call", nothing)
    lea.goto(LIST)
    expect(lea.get_by_role("heading", name="No dossier yet, or none that you may see")).to_be_visible()
    expect(lea.get_by_role("main").get_by_role("link", name="Open a dossier")).to_have_count(2)
    axe(lea)


def test_the_menu_of_a_row_has_only_the_codes_that_are_allowed(lea, open_dossier, world):
    id = open_dossier("Emmy Noether")
    lea.goto(LIST)
    lea.get_by_role("button", name="Move Emmy Noether").click()
    menu = lea.get_by_role("group", name="Moves of Emmy Noether")
    expect(menu.get_by_role("button")).to_have_count(2)
    menu.get_by_role("button", name="Qualify").click()
    expect(lea.get_by_role("status").get_by_text("Emmy Noether: now Qualified.")).to_be_visible()
    expect(row(lea, id)).to_contain_text("Qualified")
    assert status_of(world, id) == "CRM_QUALIFIED"


def test_a_status_that_wants_a_reason_asks_for_it_in_french_too(browse, open_dossier, world, axe):
    id = open_dossier("Marie Curie", case_type="CRM_SALE_TRANSACTION", code="CRM_OFFER_MADE")
    page = browse("lea", language="fr")
    page.goto(LIST)
    page.get_by_role("button", name="Changer de statut Marie Curie").click()
    page.get_by_role("button", name="Annuler → Annulé").click()
    dialog = page.get_by_role("dialog")
    axe(page)
    dialog.get_by_role("button", name="Annulé", exact=True).click()
    expect(dialog.get_by_role("alert")).to_have_text("Champ à remplir : Motif.")
    dialog.get_by_label("Motif").fill("Projet reporté")
    dialog.get_by_role("button", name="Annulé", exact=True).click()
    expect(row(page, id).locator(".chip")).to_have_text("Annulé")
    assert status_of(world, id) == "CRM_CANCELLED"


def test_who_is_late_learns_who_was_faster_and_what_is_possible_now(browse, open_dossier, world):
    id = open_dossier("Sophie Germain")
    page = browse("paul", hears=False)
    page.goto(LIST)
    move(world, id, "CRM_CLOSED_LOST", reason="moved away")
    page.get_by_role("button", name="Move Sophie Germain").click()
    page.get_by_role("button", name="Qualify").click()
    alert = page.get_by_role("alert").filter(has_text="sarah moved it to Closed: lost")
    expect(alert).to_contain_text("moved away")
    expect(row(page, id)).to_contain_text("Closed: lost")
    assert status_of(world, id) == "CRM_CLOSED_LOST"


def test_who_edits_too_late_keeps_their_words_takes_the_others_and_can_save_them(browse, open_dossier, world, call):
    id = open_dossier("Emmy Noether")
    page = browse("paul")
    page.goto(f"{LIST}/{id}/edit")
    page.get_by_label("Source").fill("Fair")
    call("lea", "PATCH", f"/api/v1/dossiers/{id}", {"leadPhone": "+33 1 23"})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").filter(has_text="lea changed the content meanwhile")).to_be_visible()
    expect(page.get_by_label("Telephone")).to_have_value("+33 1 23")
    page.get_by_role("button", name="Save").click()
    facts = page.get_by_role("region", name="The dossier")
    expect(facts).to_contain_text("+33 1 23")
    expect(facts).to_contain_text("Fair")


@pytest.mark.parametrize(
    ("language", "why"),
    [("en", "The current status is final."), ("fr", "Le statut actuel est final.")],
)
def test_a_refusal_of_a_move_is_in_words_without_codes(browse, open_dossier, world, language, why):
    id = open_dossier("Ada Byron")
    page = browse("lea", language=language, hears=False)
    page.goto(f"{LIST}/{id}")
    move(world, id, "CRM_CLOSED_LOST", reason="They bought elsewhere")
    form = page.locator('form[data-call$="/moves"]').first
    form.evaluate("form => form.querySelectorAll('[name=expectedVersion]').forEach(each => each.remove())")
    form.evaluate("form => delete form.dataset.etag")
    form.get_by_role("button").first.click()
    expect(page.locator("#alerts")).to_contain_text(why)
    expect(page.locator("#alerts")).not_to_contain_text("CRM_")
    expect(page.locator("#alerts")).not_to_contain_text("statusCode")


def test_five_of_seven_can_move_these_two_cannot_because(lea, open_dossier, world, axe, shot):
    ids = [open_dossier(f"Bulk {n}", organisation="Seven") for n in range(1, 8)]
    for id in ids[:2]:
        move(world, id, "CRM_CLOSED_LOST", reason="no budget")
    lea.goto(LIST + "?caseType=CRM_LEAD_BUY&organisation=Seven")
    lea.get_by_role("checkbox", name="Tick all").check()
    bulk = lea.get_by_role("form", name="Change several at once")
    expect(bulk).to_contain_text("7 ticked")
    bulk.get_by_label("Move to").select_option("Qualified")
    bulk.get_by_label("Reason").fill("Campaign")
    bulk.get_by_role("button", name="Preview").click()
    expect(bulk).to_contain_text("5 will move, 2 can't.")
    expect(bulk.get_by_role("listitem")).to_have_text(
        re.compile(r"^2 – Closed: lost is final \(Bulk [12], Bulk [12]\)$")
    )
    axe(lea)
    shot(lea, "dossiers-bulk")
    assert {status_of(world, id) for id in ids[2:]} == {"CRM_NEW"}
    bulk.get_by_role("button", name="Move these 5").click()
    expect(lea.get_by_text("5 moved.")).to_be_visible()
    for id in ids[2:]:
        expect(row(lea, id).locator("output")).to_have_text("Moved")
        expect(row(lea, id)).to_contain_text("Qualified")
    assert {status_of(world, id) for id in ids[2:]} == {"CRM_QUALIFIED"}


def test_a_row_that_is_moved_between_preview_and_change_gets_its_own_result_in_french(browse, open_dossier, world):
    ids = [open_dossier(f"Lot {n}", organisation="Deux") for n in (1, 2)]
    page = browse("lea", language="fr")
    page.goto(LIST + "?organisation=Deux&caseType=CRM_LEAD_BUY")
    page.get_by_role("checkbox", name="Tout cocher").check()
    bulk = page.get_by_role("form", name="Changer plusieurs à la fois")
    bulk.get_by_label("Passer à").select_option("Qualifié")
    bulk.get_by_role("button", name="Aperçu").click()
    expect(bulk).to_contain_text("2 changeront de statut.")
    move(world, ids[1], "CRM_CLOSED_LOST", reason="trop tard")
    bulk.get_by_role("button", name="Changer le statut de ces 2").click()
    expect(page.get_by_role("alert").filter(has_text="1 changé, 1 refusé.")).to_be_visible()
    expect(row(page, ids[0]).locator("output")).to_have_text("Changé")
    expect(row(page, ids[1]).locator("output")).to_have_text("quelqu'un l'a changé entre-temps")


def test_those_that_are_there_already_are_counted_apart_and_get_no_row_of_history(lea, open_dossier, world):
    ids = [open_dossier(f"There {n}", organisation="There") for n in (1, 2, 3)]
    for id in ids[:2]:
        move(world, id, "CRM_QUALIFIED")
    lea.goto(LIST + "?organisation=There")
    lea.get_by_role("checkbox", name="Tick all").check()
    bulk = lea.get_by_role("form", name="Change several at once")
    bulk.get_by_label("Move to").select_option("Qualified (CRM_QUALIFIED)")
    bulk.get_by_role("button", name="Preview").click()
    expect(bulk).to_contain_text("1 will move, 2 are already there.")
    bulk.get_by_role("button", name="Move this one").click()
    expect(lea.get_by_text("1 moved.", exact=True)).to_be_visible()
    history = "select count(*) from jalon_history.jalon_dossiers__dossier where dossier_id = any (%s::uuid[])"
    assert world.db.execute(history, (ids,)).fetchone() == (6,)


def test_a_dossier_is_opened_with_a_status_of_its_case_type(lea, world, axe, shot):
    lea.goto(LIST)
    lea.get_by_role("link", name="Open a dossier").click()
    lea.get_by_label("Name of the lead").fill("Rosalind Franklin")
    lea.get_by_label("Telephone").fill("+33600000000")
    lea.get_by_label("Case type").select_option("Lead: purchase")
    begin = lea.get_by_label("Begins with")
    expect(begin.locator("option")).to_have_text(
        ["The first status of the case type", "New", "Qualified", "Visit planned"]
    )
    expect(lea.get_by_label("Name of the lead")).to_have_value("Rosalind Franklin")
    begin.select_option("Qualified")
    axe(lea)
    shot(lea, "dossier-new")
    lea.get_by_role("button", name="Open the dossier").click()
    expect(lea.get_by_role("heading", level=1)).to_have_text("Rosalind Franklin")
    expect(lea.get_by_role("region", name="Where it stands")).to_contain_text("Qualified")
    expect(lea.get_by_role("region", name="History").get_by_role("listitem")).to_have_count(1)


def test_a_refusal_to_open_keeps_what_was_typed(lea):
    lea.goto(LIST + "/new")
    lea.get_by_label("Name of the lead").fill("x" * 201)
    lea.get_by_role("button", name="Open the dossier").click()
    expect(lea.get_by_role("alert").filter(has_text="length <= 200")).to_be_visible()
    expect(lea.get_by_label("Name of the lead")).to_have_value("x" * 201)
    lea.get_by_label("Name of the lead").fill("   ")
    lea.get_by_label("Source").fill("WEB")
    lea.get_by_role("button", name="Open the dossier").click()
    expect(lea.get_by_role("main").get_by_role("alert")).not_to_be_empty()
    expect(lea.get_by_label("Source")).to_have_value("WEB")


def test_a_dossier_shows_its_facts_both_statuses_its_moves_and_its_timeline(lea, open_dossier, world, axe, shot):
    id = open_dossier("Hedy Lamarr", lead_phone="+33611111111", source="WEB", assignee="paul", organisation="Lyon")
    move(world, id, "CRM_QUALIFIED", reason="Called back this morning")
    move(world, id, "CRM_VISIT_PLANNED", who="paul")
    lea.goto(LIST)
    lea.get_by_role("link", name="Hedy Lamarr").click()
    current = lea.get_by_role("region", name="Where it stands")
    expect(current).to_contain_text("CRM_VISIT_PLANNED")
    expect(current).to_contain_text("APPOINTMENT")
    facts = lea.get_by_role("region", name="The dossier", exact=True)
    expect(facts).to_contain_text("+33611111111")
    history = lea.get_by_role("region", name="History")
    expect(history.get_by_role("listitem")).to_have_count(3)
    expect(history.get_by_role("listitem").first).to_contain_text("Visit planned")
    expect(history).to_contain_text("Called back this morning")
    expect(history.get_by_role("listitem").last).to_contain_text("New")
    axe(lea)
    shot(lea, "dossier")
    current.get_by_role("button", name="Close as won").click()
    expect(current).to_contain_text("CRM_CLOSED_WON")
    expect(history.get_by_role("listitem")).to_have_count(4)
    expect(current).to_contain_text("Nothing leads on from here.")


def test_the_timeline_speaks_french_and_says_for_whom_and_how(browse, open_dossier, world):
    id = open_dossier("Simone Veil")
    force = "select jalon.force_move('dossier', %s, 'CRM_CLOSED_WON', 'signé hors agence')"
    world.run_as("lea", "dossier_manager,admin", force, (id,))
    page = browse("lea", language="fr")
    page.goto(f"{LIST}/{id}")
    history = page.get_by_role("region", name="Historique")
    expect(history.get_by_role("listitem").first).to_contain_text("forcé")
    expect(history).to_contain_text("signé hors agence")
    expect(history.get_by_role("listitem").last).to_contain_text("Nouveau")


def test_a_long_timeline_pages(lea, open_dossier, world):
    id = open_dossier("Ping Pong", case_type=None, code="NEW")
    for _ in range(12):
        move(world, id, "QUALIFYING")
        move(world, id, "NEW")
    lea.goto(f"{LIST}/{id}")
    history = lea.get_by_role("region", name="History")
    expect(history.get_by_role("listitem")).to_have_count(20)
    history.get_by_role("link", name="Next page").click()
    expect(history.get_by_role("listitem")).to_have_count(5)


def test_a_dossier_is_edited_and_a_late_edit_is_refused_and_keeps_what_was_typed(lea, open_dossier, world, axe):
    id = open_dossier("Ida Rhodes")
    lea.goto(f"{LIST}/{id}")
    lea.get_by_role("link", name="Edit", exact=True).click()
    lea.get_by_label("Organisation").fill("Paris 9")
    axe(lea)
    lea.get_by_role("button", name="Save").click()
    expect(lea.get_by_role("region", name="The dossier", exact=True)).to_contain_text("Paris 9")
    lea.get_by_role("link", name="Edit", exact=True).click()
    expect(lea.get_by_label("Case type")).to_have_value("CRM_LEAD_BUY")
    lea.get_by_label("Organisation").fill("Nantes")
    move(world, id, "CRM_QUALIFIED")
    lea.get_by_role("button", name="Save").click()
    expect(lea.get_by_role("alert").filter(has_text="sarah moved it to Qualified")).to_be_visible()
    expect(lea.get_by_label("Organisation")).to_have_value("Nantes")


def test_another_case_type_asks_what_takes_the_place_of_a_code_that_it_lacks(lea, open_dossier, world, axe, shot):
    id = open_dossier("Lise Meitner", code="CRM_VISIT_PLANNED")
    lea.goto(f"{LIST}/{id}")
    lea.get_by_role("link", name="Edit", exact=True).click()
    lea.get_by_label("Organisation").fill("Lyon")
    lea.get_by_label("Case type").select_option("Lead: owner")
    place = lea.get_by_label("In place of Visit planned")
    expect(place).to_be_visible()
    expect(lea.get_by_label("Organisation")).to_have_value("Lyon")
    axe(lea)
    shot(lea, "dossier-edit")
    place.select_option("Qualified")
    lea.get_by_role("button", name="Save").click()
    expect(lea.get_by_role("region", name="Where it stands")).to_contain_text("CRM_QUALIFIED")
    assert world.db.execute(
        "select case_type, organisation from jalon_dossiers.dossier where id = %s", (id,)
    ).fetchone() == (
        "CRM_OWNER_LEAD",
        "Lyon",
    )
