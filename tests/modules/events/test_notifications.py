"""Notifications of events: their recipients, their texts and their order."""

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]
Call = Callable[..., Any]


def notifications_of(api: Call, actor: str, language: str = "en", **data: Any) -> list[tuple[str, str, str]]:
    found = api("notifications", actor, language=language, **data).items
    return [(note["type"], note["priority"], note["title"]) for note in found]


def test_event_approval_for_admin_moderation_decisions(api: Call, an_event: Call) -> None:
    event = an_event("candidate", "under_review")
    api("moderate_event", "mona", event.id, moderation_status="rejected", admin_notes="trop long")
    assert notifications_of(api, "oscar") == [("event_approval", "high", '"Fête" is rejected')]
    note = api("notifications", "oscar", language="fr").items[0]
    assert note["title"] == "« Fête » est rejeté"
    assert note["message"] == "Vous pouvez le modifier et le soumettre à nouveau.\ntrop long"
    assert note["link"] == f"/api/organizer/events/{event.id}"
    assert note["data"] | {"moderation_status": "rejected", "admin_notes": "trop long"} == note["data"]


def test_event_status_for_changes_initiated_by_the_organizer_to_admins_when_something_waits(
    api: Call, an_event: Call
) -> None:
    event = an_event("candidate", "under_review")
    for moderator in ("mona", "anna", "adam"):
        assert notifications_of(api, moderator) == [("event_status", "normal", '"Fête" waits for review')]
    assert api("notifications", "anna").items[0]["link"] == f"/api/admin/events/{event.id}"
    assert notifications_of(api, "olga") == []


def test_never_the_one_who_acted(db: Connection, api: Call, an_event: Call) -> None:
    event = an_event("candidate", "under_review")
    assert notifications_of(api, "oscar") == []
    db.execute("update events set organizer_id = 'anna' where id = %s", [event.id])
    api("moderate_event", "anna", event.id, moderation_status="approved")
    assert notifications_of(api, "anna") == [("event_status", "normal", '"Fête" waits for review')]
    api("moderate_event", "anna", event.id, moderation_status="flagged")
    assert len(notifications_of(api, "anna")) == 1
    assert notifications_of(api, "adam")[0] == ("event_approval", "high", '"Fête" is flagged')


def test_a_change_makes_one_notification(api: Call, an_event: Call) -> None:
    event = an_event("active", "approved", True)
    assert len(notifications_of(api, "oscar")) == 1
    api("moderate_event", "mona", event.id, status="suspended", admin_notes="complaints")
    assert notifications_of(api, "oscar")[0] == ("event_approval", "urgent", '"Fête" is suspended')
    assert len(notifications_of(api, "oscar")) == 2
    api("moderate_event", "mona", event.id, status="active")
    assert notifications_of(api, "oscar")[0][2] == '"Fête" is reinstated'
    api("edit_event", "oscar", event.id, title="Other")
    assert notifications_of(api, "mona")[0] == ("event_status", "high", '"Other" was changed and needs a new approval')


def test_an_import_tells_nobody(db: Connection, an_event: Call) -> None:
    event = an_event()
    before = db.execute("select count(*) from jalon_engine.notification").fetchone()
    db.execute("select jalon.import_change('events', %s, 'candidate', now())", [event.id])
    assert db.execute("select count(*) from jalon_engine.notification").fetchone() == before


def test_list_with_pages_and_unread_count_read_and_read_all(api: Call, an_event: Call, refused: Call) -> None:
    for title in ("A", "B", "C"):
        an_event("active", "approved", title=title)
    page = api("notifications", "oscar", limit=2)
    assert (page.total, page.unread_count, [note["data"]["title"] for note in page.items]) == (3, 3, ["C", "B"])
    assert (few := api("notifications", "oscar", countTo=2)) and (few.total, few.unread_count, len(few.items)) == (
        2,
        2,
        3,
    )
    rest = api("notifications", "oscar", limit=2, after=page.next)
    assert ([note["data"]["title"] for note in rest.items], rest.next) == (["A"], None)
    first = page.items[0]["id"]
    assert api("read_notification", "oscar", first).is_read
    again = api("read_notification", "oscar", first)
    assert api("notifications", "oscar").unread_count == 2
    assert [note["id"] for note in api("notifications", "oscar", unread=True, limit=1).items] == [page.items[1]["id"]]
    assert api("notifications", "oscar").items[0]["read_at"] == again.read_at
    assert vars(api("read_all_notifications", "oscar")) == {"read": 2, "unread_count": 0}
    assert vars(api("read_all_notifications", "oscar")) == {"read": 0, "unread_count": 0}
    refused("JL401", api, "read_notification", "olga", first)
    refused("JL401", api, "read_notification", "oscar", "nonsense")
    assert api("notifications", "anna").unread_count == 0 or api("notifications", "mona").unread_count == 3


def test_what_one_moderator_reads_is_unread_for_the_others(api: Call, an_event: Call) -> None:
    an_event("candidate", "under_review")
    api("read_all_notifications", "mona")
    assert api("notifications", "mona").unread_count == 0
    assert api("notifications", "anna").unread_count == 1


def test_positions_follow_the_commits_and_not_the_beginnings(api: Call, an_event: Call, connect: Call) -> None:
    """A change that commits late comes late in the feed; a reader who has seen the others does not miss it."""
    slow, quick = an_event(), an_event()
    late = connect(autocommit=False)
    late.execute("select jalon_engine.seal_actor('t', 'oscar', '')")
    late.execute("select jalon.move('events', %s, 'candidate')", [slow.id])
    api("submit_event", "oscar", quick.id)
    api("announce", None, language=None)
    feed = api("notification_feed", "mona", after=0)
    assert [entry["notification"]["data"]["event_id"] for entry in feed.items] == [quick.id]
    late.commit()
    api("announce", None, language=None)
    feed = api("notification_feed", "mona", after=feed.position)
    assert [entry["notification"]["data"]["event_id"] for entry in feed.items] == [slow.id]


def test_two_tickers_do_not_get_into_each_others_way(db: Connection, api: Call, an_event: Call, connect: Call) -> None:
    for _ in range(3):
        an_event("candidate", "under_review")
    one = connect("relay", autocommit=False)
    assert one.execute("select jalon.announce()").fetchone() == (3,)
    began = time.monotonic()
    other = threading.Thread(target=api, args=("announce", None), kwargs={"language": None})
    other.start()
    other.join(5)
    assert time.monotonic() - began < 2
    one.commit()
    positions = [row[0] for row in db.execute("select position from jalon_engine.notification order by id")]
    assert positions == [1, 2, 3]


def test_one_notify_a_tick_and_none_without_need(api: Call, an_event: Call, connect: Call) -> None:
    listening = connect("api")
    listening.execute("listen jalon_notification")
    for _ in range(3):
        an_event("candidate", "under_review")
    assert list(listening.notifies(timeout=0.2)) == []  # nothing is sent by the change itself
    api("announce", None, language=None)
    api("announce", None, language=None)
    assert [notice.payload for notice in listening.notifies(timeout=0.3)] == ["3"]


def test_old_notifications_are_forgotten(db: Connection, an_event: Call, connect: Call) -> None:
    an_event("candidate", "under_review")
    assert connect("relay").execute("select jalon.forget_notifications('1 day')").fetchone() == (0,)
    assert db.execute("select jalon.forget_notifications('0 days')").fetchone() == (1,)


@pytest.mark.parametrize("position", [None, 99])
def test_a_reader_without_a_position_or_with_an_unknown_one_starts_again(
    api: Call, an_event: Call, position: Any
) -> None:
    an_event("candidate", "under_review")
    api("announce", None, language=None)
    feed = api("notification_feed", "mona", after=position)
    assert (feed.is_reset, feed.position, feed.unread_count, feed.items) == (True, 1, 1, [])


def test_an_erased_event_leaves_no_words_behind(db: Connection, api: Call, an_event: Call) -> None:
    event = an_event("active", "approved")
    db.execute("select jalon.erase('events', %s)", [event.id])
    assert db.execute("select count(*) from jalon_engine.notification").fetchone() == (0,)
    left = db.execute(
        "select distinct admin_notes, reason, changed_by from event_status_history where event_id = %s", [event.id]
    )
    assert left.fetchall() == [(None, None, "erased")]
