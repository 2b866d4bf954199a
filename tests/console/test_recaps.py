"""Recaps: time in status, funnel, overdue, transitions per week; as tables and as charts readable without colour."""

import csv
import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import expect

RECAPS = "/console/recaps"
DOSSIERS = "?table=dossier"
NAMES = ["", "/funnel", "/overdue", "/transitions", "/forced", "/unreached", "/compliance"]
FORCED = """
select jalon_engine.seal_actor('s', 'anna', 'admin');
select jalon.force_move('dossier', (select d.id::text from jalon_dossiers.dossier d where d.case_type = 'CRM_LEAD_BUY'
    and d.status_code <> 'CRM_CLOSED_WON'
    order by d.id limit 1), 'CRM_CLOSED_WON', 'Signed without us');
select jalon_engine.seal_actor('s', null, '');
"""


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(FORCED)


@pytest.fixture
def anna(page, signed_in):
    return signed_in(page, "anna")


def texts(page, role):
    return [cell.strip() for cell in page.get_by_role(role).all_inner_texts()]


def column(page, name):
    """The cells of a column of the table, by its head."""
    heads = page.locator("thead th").all_inner_texts()
    return [text.strip() for text in page.locator(f"tbody tr > :nth-child({heads.index(name) + 1})").all_inner_texts()]


def test_a_recap_is_chosen_by_its_tab_and_the_filter_goes_along(anna, axe):
    anna.goto(RECAPS)
    expect(anna.get_by_role("heading", level=1)).to_have_text("Time in status")
    anna.get_by_label("Table", exact=True).select_option("dossier")
    anna.get_by_role("button", name="Show").click()
    anna.get_by_label("Case type").select_option("CRM_LEAD_BUY")
    anna.get_by_label("From", exact=True).fill("2025-01-01")
    anna.get_by_role("button", name="Show").click()
    tabs = anna.get_by_role("navigation", name="Recaps")
    for name in (
        "Funnel",
        "Overdue",
        "Changes per week",
        "Forced moves",
        "Unreached codes",
        "Compliance",
        "Time in status",
    ):
        tabs.get_by_role("link", name=name).click()
        expect(anna.get_by_role("heading", level=1)).to_have_text(name)
        expect(tabs.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")
        expect(anna.get_by_label("Table", exact=True)).to_have_value("dossier")
    expect(anna.get_by_label("Case type")).to_have_value("CRM_LEAD_BUY")
    expect(anna.get_by_label("From", exact=True)).to_have_value("2025-01-01")


def test_time_in_status_is_a_table_and_a_chart(anna, axe, shot):
    anna.goto(RECAPS + DOSSIERS + "&caseType=CRM_LEAD_BUY")
    # A stay on a final status never ends, so it has no duration.
    assert column(anna, "Status") == ["New", "Qualified", "Visit planned"]
    chart = anna.get_by_role("group", name="Time in status: dossier")
    expect(chart.locator("text.label")).to_have_text(column(anna, "Status"))
    both = [f"{m} · {n}" for m, n in zip(column(anna, "Median"), column(anna, "9 in 10 within"), strict=True)]
    expect(chart.locator("text.value")).to_have_text(both)
    axe(anna)
    shot(anna, "recaps-time-in-status")


def test_statuses_of_the_same_name_are_told_apart_by_their_case_types(anna):
    """Leads have a status New, and so have cases without a workflow of their own: two codes, two bars."""
    anna.goto(RECAPS + DOSSIERS)
    statuses = column(anna, "Status")
    assert len(statuses) == len(set(statuses))
    assert {"New", "New (Lead: owner, Lead: purchase, Lead: rental)"} <= set(statuses)
    anna.goto(RECAPS + "/transitions" + DOSSIERS)
    changes = column(anna, "Change of status")
    assert len(changes) == len(set(changes))


def test_the_funnel_has_counts_and_the_share_of_all_that_began(anna, axe, shot):
    anna.goto(RECAPS + "/funnel" + DOSSIERS)
    anna.get_by_label("Case type").select_option("CRM_LEAD_BUY")
    anna.get_by_role("button", name="Show").click()
    chart = anna.get_by_role("group", name="Funnel: dossier")
    both = [f"{m} · {n}" for m, n in zip(column(anna, "Came to it"), column(anna, "Share of all created"), strict=True)]
    expect(chart.locator("text.value")).to_have_text(both)
    counts = [int(text) for text in column(anna, "Came to it")]
    widths = [float(bar.get_attribute("width").rstrip("%")) for bar in chart.locator("rect.first").all()]
    assert widths == [round(100 * count / max(counts), 2) for count in counts]
    axe(anna)
    shot(anna, "recaps-funnel")


def test_a_row_leads_to_its_records_and_a_period_is_compared_with_the_one_before(anna):
    anna.goto(RECAPS + DOSSIERS + "&caseType=CRM_LEAD_BUY&since=2026-01-01&until=2026-07-01")
    assert column(anna, "Median before")
    anna.goto(RECAPS + "/funnel" + DOSSIERS + "&caseType=CRM_LEAD_BUY&since=2026-01-01")
    assert all(text == "–" or text.endswith("%") for text in column(anna, "Of the step before"))
    anna.get_by_role("table").get_by_role("link", name="Visit planned").click()
    expect(anna).to_have_url(re.compile("/console/records/dossier.*CRM_VISIT_PLANNED"))


def test_a_funnel_begins_with_the_table_of_the_longest_history(anna, world):
    anna.goto(RECAPS + "/funnel")
    longest = world.db.execute(
        "select name from jalon_engine.tracked order by jalon_engine.history_size(name) desc, name"
    ).fetchone()
    expect(anna.get_by_label("Table", exact=True)).to_have_value(longest[0])


@pytest.fixture
def long_histories(world):
    """As if every history were too long to be counted while one waits."""
    world.db.execute("update jalon_engine.setting set value = '0' where name = 'recap.counted_at_once'")
    yield
    world.db.execute("update jalon_engine.setting set value = '5000' where name = 'recap.counted_at_once'")
    world.db.execute("delete from jalon_engine.recap_cache")


@pytest.mark.parametrize(("page_name", "language"), [("", "en"), ("/overdue", "en"), ("/compliance", "fr")])
def test_a_long_history_is_counted_while_one_looks_and_then_shown_at_once(
    browse, long_histories, world, axe, page_name, language
):
    page = browse("anna", language=language)
    page.goto(RECAPS + page_name + DOSSIERS)
    expect(page.locator("#recap table").first).to_be_visible()  # what the page could not show, it had counted
    counted = world.db.execute("select counted_at from jalon_engine.recap_cache").fetchall()
    assert len(counted) == 1
    page.reload()
    expect(page.locator("#recap table").first).to_be_visible()
    expect(page.get_by_text("Counted:" if language == "en" else "Calculé\u00a0:")).to_be_visible()
    assert world.db.execute("select counted_at from jalon_engine.recap_cache").fetchall() == counted, (
        "nobody counted again"
    )
    axe(page)


def test_a_recap_that_was_counted_can_be_counted_again(browse, long_histories, world):
    page = browse("anna")
    page.goto(RECAPS + DOSSIERS)
    expect(page.locator("#recap table").first).to_be_visible()
    first = page.locator("#recap time").get_attribute("datetime")
    page.get_by_role("button", name="Count again").click()
    expect(page.locator(f'#recap time[datetime="{first}"]')).to_have_count(0)
    expect(page.locator("#recap table").first).to_be_visible()


def test_what_cannot_be_counted_is_said(browse, long_histories):
    page = browse("anna")
    page.goto(RECAPS + DOSSIERS + "&since=yesterdayish")
    expect(page.get_by_role("main")).to_contain_text("yesterdayish")


def test_overdue_lists_the_records_with_how_long_over_the_longest_first(anna, axe, shot, world):
    anna.goto(RECAPS + "/overdue" + DOSSIERS)
    (total,) = world.db.execute("select count(*) from jalon_recap.overdue('dossier')").fetchone()
    expect(anna.get_by_role("main")).to_contain_text(f"{total} records are overdue")
    expect(anna.locator("tbody tr")).to_have_count(min(total, 50))
    widths = [float(bar.get_attribute("width").rstrip("%")) for bar in anna.locator("tbody rect.first").all()]
    assert widths == sorted(widths, reverse=True) and widths[0] == 100
    assert all(re.fullmatch(r"[\d,]+ d( \d+ h)?|\d+ h( \d+ min)?|\d+ min", text) for text in column(anna, "Overdue by"))
    axe(anna)
    shot(anna, "recaps-overdue")
    assert not any(text.startswith("CRM_") for text in column(anna, "Case type"))
    lead = anna.locator("tbody a").first.inner_text()
    assert world.db.execute("select from jalon_dossiers.dossier where lead_name = %s", (lead,)).fetchall() != []
    anna.locator("tbody a").first.click()
    expect(anna.get_by_role("heading", level=1)).to_have_text(lead)


def test_long_lists_of_overdue_records_page(anna, world):
    world.db.execute("update jalon_engine.referential set max_stay = '1 minute' where category = 'CASE_STATUS'")
    anna.goto(RECAPS + "/overdue" + DOSSIERS)
    first = anna.locator("tbody a").first.get_attribute("href")
    anna.get_by_role("link", name="Next page").click()
    expect(anna.locator("tbody tr")).to_have_count(50)
    expect(anna.locator(f'tbody a[href="{first}"]')).to_have_count(0)


def test_changes_per_week_are_small_multiples_to_one_scale_with_their_numbers(anna, axe, shot):
    anna.goto(RECAPS + "/transitions" + DOSSIERS)
    chart = anna.get_by_role("group", name="Changes per week: dossier")
    sums = anna.locator("tfoot td").all_inner_texts()[:-2]
    expect(chart.locator("text.count")).to_have_text([number for number in sums if number != "0"])
    heads = anna.locator("thead th").all_inner_texts()[1:-2]
    expect(chart.locator("text.tick")).to_have_text(heads[::2])
    panels = anna.locator(".multiples li")
    expect(panels).to_have_count(anna.locator("tbody tr").count())
    axe(anna)
    shot(anna, "recaps-transitions")


def test_forced_changes_are_distinguished_by_hatching_not_by_colour(anna):
    anna.goto(RECAPS + "/transitions" + DOSSIERS)
    expect(anna.get_by_text("of these forced")).to_be_visible()
    hatched = anna.get_by_role("group", name="Changes per week: dossier").locator("rect.second")
    expect(hatched).to_have_count(1)
    expect(hatched).to_have_attribute("fill", "url(#hatch)")


@pytest.mark.parametrize("page_name", ["", "/funnel", "/transitions"])
def test_charts_can_be_read_without_colour(anna, page_name):
    """Every bar has its words beside it, and the chart says what it is and where the numbers stand."""
    anna.goto(RECAPS + page_name + DOSSIERS)
    chart = anna.locator("svg[role=group]").first
    expect(chart.locator("> title")).not_to_be_empty()
    expect(chart.locator("> desc")).to_contain_text("The table below has the numbers.")
    fills = {bar.get_attribute("fill") for bar in chart.locator("rect").all()}
    assert fills <= {None, "url(#hatch)"}, "one colour, and hatching"
    assert chart.locator("text").count() >= chart.locator("rect.first").count()


def test_forced_moves_say_who_when_and_why(anna, axe, shot):
    anna.goto(RECAPS + "/forced")
    row = anna.locator("tbody tr").filter(has_text="Signed without us")
    expect(row).to_contain_text("Closed: won")
    expect(row).to_contain_text("anna")
    axe(anna)
    shot(anna, "recaps-forced")


def test_unreached_codes_are_listed(anna, world, shot):
    anna.goto(RECAPS + "/unreached" + DOSSIERS)
    codes = [code for (code,) in world.db.execute("select code from jalon_recap.unreached('dossier')").fetchall()]
    assert column(anna, "Code") == codes
    shot(anna, "recaps-unreached")


def test_compliance_is_one_row_a_table_and_names_what_is_not_sound(anna, world, axe, shot):
    anna.goto(RECAPS + "/compliance")
    row = anna.locator("tbody tr").filter(has_text="dossier")
    expect(row).to_contain_text("sound")
    expect(row.locator("[data-label='Last proof'] time")).to_be_visible()  # a short history is proved at once
    shot(anna, "recaps-compliance")
    world.db.execute('alter table jalon_dossiers.dossier disable trigger "_jalon_after_update"')
    try:
        anna.reload()
        row = anna.locator("tbody tr").filter(has_text="dossier")
        expect(row).to_contain_text("not sound")
        row.get_by_text("trigger_disabled").click()
        expect(row.get_by_role("listitem").first).to_contain_text("_jalon_after_update")
        axe(anna)
    finally:
        world.db.execute('alter table jalon_dossiers.dossier enable trigger "_jalon_after_update"')


@pytest.mark.parametrize("page_name", NAMES)
def test_each_recap_is_there_as_csv_in_the_readers_language(browse, page_name):
    page = browse("anna", language="fr")
    page.goto(RECAPS + page_name + DOSSIERS)
    with page.expect_download() as loaded:
        page.get_by_role("link", name="Télécharger en CSV").click()
    assert loaded.value.suggested_filename.endswith(".csv")
    rows = list(csv.DictReader(loaded.value.path().read_text().splitlines()))
    assert rows
    if page_name == "/funnel":
        assert "Visite planifiée" in [row["label"] for row in rows]


def test_recaps_speak_french(browse, axe, assert_fits_width, shot):
    page = browse("anna", language="fr")
    page.goto(RECAPS + DOSSIERS + "&caseType=CRM_LEAD_BUY")
    expect(page.get_by_role("heading", level=1)).to_have_text("Temps par statut")
    chart = page.get_by_role("group", name="Temps par statut : dossier")
    expect(chart).to_contain_text("Visite planifiée")
    expect(chart).to_contain_text(re.compile("\\d\u202fj"))
    for name in (
        "Entonnoir",
        "En retard",
        "Changements par semaine",
        "Changements forcés",
        "Codes jamais atteints",
        "Conformité",
    ):
        page.get_by_role("navigation", name="Récapitulatifs").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        axe(page)


@pytest.mark.parametrize("page_name", NAMES)
def test_recaps_fit_a_narrow_dark_screen(browse, axe, assert_fits_width, page_name):
    page = browse("anna", width=360, dark=True)
    page.goto(RECAPS + page_name + DOSSIERS)
    assert_fits_width(page)
    axe(page)


def test_what_has_nothing_says_what_to_do(anna):
    anna.goto(RECAPS + DOSSIERS + "&until=2001-01-01")
    expect(anna.get_by_role("heading", name="Nothing in this period")).to_be_visible()
    anna.goto(RECAPS + "/overdue?table=dossier&caseType=NONE")
    expect(anna.get_by_role("heading", name="Nothing is overdue")).to_be_visible()


def test_what_cannot_be_asked_is_said(anna):
    anna.goto(RECAPS + DOSSIERS + "&since=yesterdayish")
    expect(anna.get_by_role("main")).to_contain_text("yesterdayish")


def test_recaps_are_for_those_who_read_everything(browse, world):
    page = browse("zoe")
    answer = page.goto(RECAPS)
    assert answer.status == 403


def test_recaps_print_without_the_frame(anna):
    anna.goto(RECAPS + DOSSIERS)
    anna.emulate_media(media="print")
    expect(anna.get_by_role("navigation", name="Recaps")).to_be_hidden()
    expect(anna.get_by_role("button", name="Show")).to_be_hidden()
    expect(anna.get_by_role("table").first).to_be_visible()
    expect(anna.locator("svg.chart").first).to_be_visible()


def test_without_a_mail_server_the_page_of_e_mails_says_that_nothing_is_sent(anna):
    anna.goto("/console/recaps/mail")
    expect(anna.get_by_role("status").filter(has_text="JALON_SMTP_URL")).to_be_visible()


def bars(page, recap, query):
    """The bars of a recap: their names and addresses."""
    page.goto(f"{RECAPS}/{recap}{query}".replace("/time-in-status", ""))
    return [(each.get_attribute("aria-label"), each.get_attribute("href")) for each in page.locator(".chart a").all()]


def number_of(text):
    return int(re.search(r"([\d,]+) (record|change|in all)", text)[1].replace(",", ""))


@pytest.mark.parametrize("recap", ["time-in-status", "funnel"])
@pytest.mark.parametrize("query", [DOSSIERS, DOSSIERS + "&since=2026-09-01", DOSSIERS + "&caseType=CRM_LEAD_BUY"])
def test_a_bar_leads_to_exactly_the_records_that_it_counts(anna, recap, query):
    found = bars(anna, recap, query)
    assert len(found) > 2
    for name, address in found[:6]:
        anna.goto(address)
        assert number_of(anna.locator("#list-count").inner_text()) == number_of(name), name
        expect(anna.locator("#list-bar")).to_have_text("Counted in a recap")


def test_a_week_leads_to_the_records_that_changed_in_it(anna, world):
    found = bars(anna, "transitions", DOSSIERS)
    assert len(found) > 1
    name, address = found[-1]
    anna.goto(address)
    assert 0 < number_of(anna.locator("#list-count").inner_text()) <= number_of(name)
    bar = {"recap": "transitions", "column": "status_code"}
    assert bar.items() <= json.loads(parse_qs(urlsplit(address).query)["bar"][0]).items()


def test_a_bar_is_followed_by_keyboard(anna):
    anna.goto(f"{RECAPS}/funnel{DOSSIERS}")
    link = anna.locator(".chart a").first
    link.focus()
    anna.keyboard.press("Enter")
    expect(anna.locator("#list-count")).to_be_visible()


@pytest.mark.parametrize("bar", ["nonsense", "[]", "{}", '{"recap": "funnel", "column": "nothing"}'])
def test_a_bar_that_is_none_is_refused_in_words(anna, bar):
    answer = anna.goto(f"/console/records/dossier?{urlencode({'bar': bar})}")
    assert answer.status == 400
