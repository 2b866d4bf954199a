"""What people do all day: undo, find, triage, in a real browser."""

import re

from playwright.sync_api import expect

LEADS = "/console/dossiers?caseType=CRM_LEAD_BUY&statusCode=CRM_QUALIFIED"


def test_a_move_is_undone_from_its_toast(browse):
    page = browse("lea")
    page.goto(LEADS)
    page.get_by_role("button", name=re.compile("^Move ")).first.click()
    page.locator("[popover]:popover-open").get_by_role("button", name="Plan a visit").click()
    page.get_by_role("button", name="Undo: back to Qualified").click()
    expect(page.get_by_role("status").last).to_contain_text("Undone: back to Qualified.")


def test_a_bulk_change_is_undone_from_its_toast_too(browse):
    page = browse("lea")
    page.goto(LEADS)
    page.locator('input[name="ids"]').first.check()
    page.locator("#bulk-to").select_option("CRM_VISIT_PLANNED")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Move this one").click()
    page.get_by_role("button", name="Undo: back to Qualified").click()
    expect(page.locator("#toasts")).to_contain_text("Undone: back to Qualified.")


def test_where_no_transition_leads_back_no_undo_is_offered(browse, call):
    page = browse("lea")
    page.goto("/console/dossiers?statusCode=CRM_NEW")
    page.get_by_role("button", name=re.compile("^Move ")).first.click()
    with page.expect_response(re.compile("/undo$")) as answer:
        page.locator("[popover]:popover-open").get_by_role("button", name="Close as lost").click()
        ask = page.get_by_role("dialog")
        if ask.count():
            ask.get_by_label("Reason").fill("They bought elsewhere")
            ask.get_by_role("button").last.click()
    assert answer.value.json()["items"] == []
    expect(page.get_by_role("button", name=re.compile("^Undo"))).to_have_count(0)


def test_ctrl_k_finds_a_record_by_the_beginning_of_a_word(browse, axe):
    page = browse("mona")
    page.goto("/console")
    page.keyboard.press("Control+k")
    page.keyboard.type("noel")
    found = page.get_by_role("dialog").get_by_role("link", name=re.compile("Marché de Noël"))
    expect(found).to_be_visible()
    axe(page)
    found.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Marché de Noël")


def test_ctrl_k_goes_to_a_page_by_keys_alone(browse):
    page = browse("mona")
    page.goto("/console")
    page.get_by_role("link", name="Recaps").wait_for()
    page.keyboard.press("Control+k")
    page.keyboard.type("work")
    page.get_by_role("dialog").get_by_role("link", name="Workflows").wait_for()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/console/workflows$"))


def test_ctrl_k_makes_a_move(browse, an_event):
    an_event("Fête des voisins", "submitted")
    page = browse("mona")
    page.goto("/console")
    page.keyboard.press("Control+k")
    page.keyboard.type("flag fete")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Flag Fête des voisins")).click()
    expect(page.locator("#toasts")).to_contain_text("Fête des voisins: now Flagged.")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_moderator_decides_by_keys_and_the_next_event_comes_by_itself(browse, an_event, axe, assert_fits_width):
    for title in ("Triage one", "Triage two"):
        an_event(title, "submitted", description=f"All about {title}")
    page = browse("mona", width=1280)
    page.goto("/console/moderation")
    queue, beside = page.locator("#queue"), page.locator("#triage")
    queue.get_by_role("link", name=re.compile("Triage one")).click()
    expect(beside).to_contain_text("All about Triage one")
    axe(page)
    beside.get_by_label("Begin the notes with").select_option("Announced already")
    expect(beside.get_by_label("Notes to the organizer")).to_have_value("This event has been announced already.")
    page.locator("h1").click()
    page.keyboard.press("r")
    expect(page.locator("#toasts")).to_contain_text("Triage one")
    expect(beside).to_contain_text("All about Triage two")
    page.keyboard.press("a")
    expect(queue.get_by_role("link", name=re.compile("Triage"))).to_have_count(0)
    page.set_viewport_size({"width": 360, "height": 800})
    assert_fits_width(page)


def test_a_notification_that_was_answered_counts_as_read(browse, an_event, call):
    id = an_event("Answered elsewhere", "submitted")
    page = browse("anna")
    page.goto("/console/notifications?unread=true")
    expect(page.get_by_role("link", name=re.compile("Answered elsewhere"))).to_have_count(1)
    call("mona", "PATCH", f"/api/admin/events/{id}/status", {"moderation_status": "approved"})
    page.goto("/console/notifications?unread=true")
    expect(page.get_by_role("link", name=re.compile("Answered elsewhere waits"))).to_have_count(0)


def test_access_says_what_somebody_may_do_and_why_and_who_may_do_this(browse):
    page = browse("anna")
    page.goto("/console/access")
    page.locator("#grant-who").fill("nora")
    page.locator("#grant-role").select_option("moderator")
    page.get_by_role("button", name="Grant the role").click()
    expect(page.locator("#grants")).to_contain_text("nora")
    page.locator("#access-who").fill("nora")
    page.get_by_role("button", name="Show").first.click()
    person = page.get_by_role("region", name="What may this person do?")
    expect(person).to_contain_text("Moderator, events")
    page.goto("/console/access?permission=moderate_events")
    expect(page.get_by_role("region", name="Who may do this?")).to_contain_text("nora")
    page.locator("#grants").get_by_role("button", name=re.compile("Remove.*nora")).click()
    page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(page.locator("#grants")).not_to_contain_text("nora")
