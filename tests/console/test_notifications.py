"""Notifications: the bell with its count, live; the page with priority, read and read-all, links."""

import re

import pytest
from playwright.sync_api import expect

from tests.console.conftest import MINE, THEIRS

NOTES = "/api/organizer/notifications"


@pytest.fixture
def clean(world):
    """Everybody has read everything."""
    world.db.execute("select jalon.announce()")
    world.db.execute(
        "insert into jalon_engine.notification_read (notification_id, reader)"
        " select n.id, r from jalon_engine.notification n, unnest(array['oscar', 'mona', 'anna']) r "
        "on conflict do nothing"
    )


def bell(page, words):
    return page.get_by_role("banner").get_by_role("link", name=words, exact=True)


def test_the_bell_counts_what_is_unread(browse, clean, call, an_event):
    page = browse("oscar")
    page.goto("/console")
    expect(bell(page, "Notifications, none unread")).to_be_visible()
    an_event("Ring", "submitted", "approved")
    expect(bell(page, "Notifications, 1 unread")).to_be_visible()
    page.goto("/console/records")
    expect(bell(page, "Notifications, 1 unread")).to_be_visible()


def test_a_moderator_approves_in_one_browser_and_the_organizers_bell_counts_up_live_in_the_other(
    browse,
    clean,
    an_event,
    axe,
    shot,
):
    id = an_event("Live", "submitted")
    oscar, mona = browse("oscar"), browse("mona")
    oscar.goto("/console/events")
    expect(bell(oscar, "Notifications, none unread")).to_be_visible()
    mona.goto(f"/console/events/{id}")
    mona.get_by_role("button", name=re.compile("^Approve")).click()
    mona.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(bell(oscar, "Notifications, 1 unread")).to_be_visible()
    message = oscar.get_by_role("status").filter(has_text='"Live" is approved')
    expect(message).to_be_visible()
    expect(oscar.locator(f"#row-{id} .chip")).to_have_text("Approved (not published)")  # the list is live too
    axe(oscar)
    shot(oscar, "bell")
    message.get_by_role("link", name="See it").click()
    expect(oscar.get_by_role("heading", level=1)).to_have_text("Live")


def test_what_somebody_is_at_is_not_taken_from_them_and_is_live_again_once_they_let_go(browse, clean, an_event, call):
    id = an_event("Patience", "submitted")
    oscar = browse("oscar")
    oscar.goto("/console/events")
    expect(bell(oscar, "Notifications, none unread")).to_be_visible()
    chip = oscar.locator(f"#row-{id} .chip")
    before = chip.text_content()
    loads: list[str] = []
    oscar.on("request", lambda request: loads.append(request.url) if request.url.endswith("/console/events") else None)
    chip.hover()
    oscar.mouse.down()
    call("mona", "PATCH", f"{THEIRS}/{id}/status", {"moderation_status": "approved"})
    expect(oscar.get_by_role("status").filter(has_text='"Patience" is approved')).to_be_visible()
    assert (chip.text_content(), loads) == (before, [])
    oscar.mouse.up()
    expect(chip).to_have_text("Approved (not published)")


def test_what_the_bell_says_is_in_the_readers_language(browse, clean, an_event):
    page = browse("oscar", language="fr")
    page.goto("/console")
    expect(bell(page, "Notifications, aucune non lue")).to_be_visible()
    an_event("Langue", "submitted", "approved")
    expect(page.get_by_role("status").filter(has_text="« Langue » est approuvé")).to_be_visible()
    expect(page.get_by_role("banner").get_by_role("link", name=re.compile("non lues"))).to_be_visible()


def test_every_tab_of_a_browser_shows_the_count_and_one_of_them_listens(browse, clean, an_event):
    first = browse("oscar")
    streams = []
    first.context.on("request", lambda request: streams.append(request.url) if "/stream" in request.url else None)
    first.goto("/console")
    expect(bell(first, "Notifications, none unread")).to_be_visible()
    second = first.context.new_page()
    second.goto("/console")
    expect(bell(second, "Notifications, none unread")).to_be_visible()
    an_event("Tabs", "submitted", "approved")
    for page in (first, second):
        expect(bell(page, "Notifications, 1 unread")).to_be_visible()
    assert len(streams) == 1
    first.close()  # the other takes over
    an_event("More tabs", "submitted", "approved")
    expect(bell(second, "Notifications, 2 unread")).to_be_visible()
    assert len(streams) == 2


def test_the_page_shows_each_with_its_priority_and_what_is_unread(browse, clean, an_event, call, axe, shot):
    one = an_event("Cirque d'hiver", "submitted", "approved")
    an_event("Concours de belote", "submitted", "rejected")
    call("mona", "PATCH", f"{THEIRS}/{one}/status", {"status": "suspended", "admin_notes": "Complaints"})
    page = browse("oscar")
    page.goto("/console/notifications")
    first = page.get_by_role("listitem").filter(has_text='"Cirque d\'hiver" is suspended')
    expect(first).to_contain_text("Urgent")
    expect(first).to_contain_text("Unread")
    expect(first).to_contain_text("Complaints")
    expect(page.get_by_role("listitem").filter(has_text="is rejected").first).to_contain_text("High")
    expect(page.get_by_text("3 unread", exact=True)).to_be_visible()
    axe(page)
    shot(page, "notifications")


def test_one_is_marked_as_read_and_then_all(browse, clean, an_event, call):
    for title in ("Read A", "Read B", "Read C"):
        an_event(title, "submitted", "approved")
    page = browse("oscar")
    page.goto("/console/notifications")
    page.get_by_role("button", name='Mark as read "Read B" is approved').click()
    expect(page.get_by_text("2 unread", exact=True)).to_be_visible()
    expect(bell(page, "Notifications, 2 unread")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Mark as read"))).to_have_count(2)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("status")).to_contain_text("2 marked as read.")
    expect(page.get_by_text("All read")).to_be_visible()
    expect(bell(page, "Notifications, none unread")).to_be_visible()
    assert call("oscar", "GET", NOTES)["unread_count"] == 0


def test_a_link_leads_to_the_event_and_who_follows_it_has_read_it(browse, clean, an_event, call):
    id = an_event("Followed", "submitted", "approved")
    page = browse("oscar")
    page.goto("/console/notifications")
    with page.expect_response(re.compile("/read$")):
        page.get_by_role("link", name='"Followed" is approved').click()
    expect(page).to_have_url(re.compile(f"/console/events/{id}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Followed")
    expect(bell(page, "Notifications, none unread")).to_be_visible()


def test_a_moderators_link_leads_to_the_event_too(browse, clean, an_event, call):
    id = an_event("For mona", "submitted")
    page = browse("mona")
    page.goto("/console/notifications?unread=true")
    page.get_by_role("link", name=re.compile("For mona")).click()
    expect(page).to_have_url(re.compile(f"/console/events/{id}$"))
    expect(page.get_by_role("button", name=re.compile("^Approve"))).to_be_visible()


def test_notifications_are_filtered_and_long_lists_page(browse, clean, an_event, call):
    id = an_event("Many", "submitted")
    for _ in range(17):
        call("mona", "PATCH", f"{THEIRS}/{id}/status", {"moderation_status": "flagged"})
        call("mona", "PATCH", f"{THEIRS}/{id}/status", {"moderation_status": "under_review"})
    page = browse("oscar")
    page.goto("/console/notifications")
    page.get_by_label("Show").select_option("Unread only")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".notice")).to_have_count(30)
    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".notice")).to_have_count(4)
    page.goto("/console/notifications?unread=true&type=event_status")
    expect(page.get_by_role("heading", name="No notification fits the filter")).to_be_visible()


def test_without_any_the_page_says_what_comes_here(browse, axe):
    page = browse("nina", "organizer")
    page.goto("/console/notifications")
    expect(page.get_by_role("heading", name="No notification yet")).to_be_visible()
    axe(page)


def test_where_links_lead_stands_in_one_place(browse, call):
    """Whatever address the API gives to events, the map knows it."""
    page = browse("oscar")
    page.goto("/console")
    places = page.locator("#bell").get_attribute("data-pages")
    assert MINE in places and THEIRS in places
