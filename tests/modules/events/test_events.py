"""Each test is named after a sentence of the requirement that it holds to."""

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from jalon.install import files

Connection = psycopg.Connection[Any]
Call = Callable[..., Any]
STATUSES = ("draft", "candidate", "active", "sold_out", "cancelled", "completed", "suspended")
MODERATIONS = ("pending", "under_review", "approved", "rejected", "flagged", "revision_requested")


def state(event: Any) -> tuple[str, str, bool]:
    return event.status, event.moderation_status, event.is_published


def history(db: Connection, event: Any) -> list[Any]:
    return db.execute(
        "select old_status, new_status, old_moderation_status, new_moderation_status, new_is_published, kind, "
        "changed_by, reason, admin_notes"
        " from event_status_history where event_id = %s order by version",
        [event.id],
    ).fetchall()


def test_the_columns_and_values_of_the_document(db: Connection) -> None:
    columns = dict(
        db.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'events'::regclass "
            "and attnum > 0"
        ).fetchall()
    )
    assert columns["is_published"] == "boolean"
    assert columns["status_changed_at"] == "timestamp with time zone"
    assert columns["status_changed_by"] == "uuid"
    for category, codes in (("EVENT_STATUS", STATUSES), ("EVENT_MODERATION", MODERATIONS)):
        found = db.execute("select code from jalon_engine.referential where category = %s", [category]).fetchall()
        assert {row[0] for row in found} == set(codes)
        labels = db.execute(
            "select count(*) from jalon_engine.referential_label l join jalon_engine.referential r "
            "using (category, code)"
            " where category = %s and r.color is not null and l.language in ('en', 'fr')",
            [category],
        ).fetchone()
        assert labels == (2 * len(codes),)


def test_new_events_are_created_as_draft_with_pending_moderation_status(db: Connection, api: Call) -> None:
    event = api("create_event", "oscar", title="Fête")
    assert state(event) == ("draft", "pending", False)
    assert history(db, event) == [(None, "draft", None, "pending", False, "create", "oscar", None, None)]


def test_submit_changes_moderation_to_under_review_in_the_same_change(
    db: Connection, api: Call, an_event: Call
) -> None:
    event = api("submit_event", "oscar", an_event().id)
    assert state(event) == ("candidate", "under_review", False)
    assert history(db, event)[1][:5] == ("draft", "candidate", "pending", "under_review", False)
    assert len(history(db, event)) == 2


def test_a_submission_needs_title_date_and_place(api: Call, refused: Call) -> None:
    refused("JL302", api, "submit_event", "oscar", api("create_event", "oscar", title="Fête").id)


def test_can_submit_draft_events_only(api: Call, an_event: Call, refused: Call) -> None:
    for where in (
        ("candidate", "under_review"),
        ("active", "approved"),
        ("suspended", "approved"),
        ("cancelled", "approved"),
    ):
        refused("JL101", api, "submit_event", "oscar", an_event(*where).id)


@pytest.mark.parametrize("status", ["suspended", "completed", "cancelled"])
@pytest.mark.parametrize(("moderation", "action"), [("pending", "submit"), ("approved", "resubmit")])
def test_what_is_no_draft_is_not_submitted_by_the_way_of_its_moderation(
    db: Connection, api: Call, an_event: Call, as_actor: Call, status: str, moderation: str, action: str
) -> None:
    event = an_event(status, moderation)
    assert {each["action"] for each in event.actions} & {"submit", "resubmit", "revert"} == set()
    with as_actor(db, "oscar", "organizer"), pytest.raises(psycopg.Error) as caught:
        db.execute("select jalon.move('events', %s, 'under_review', status_column => 'moderation_status')", [event.id])
    assert (caught.value.sqlstate, action in {each["action"] for each in event.blocked}) == ("JL303", True)


@pytest.mark.parametrize("status", ["suspended", "completed", "cancelled"])
def test_what_is_no_candidate_is_not_reverted_by_the_way_of_its_moderation(
    db: Connection, api: Call, an_event: Call, as_actor: Call, refused: Call, status: str
) -> None:
    event = an_event(status, "under_review")
    refused("JL101", api, "revert_event", "oscar", event.id)
    with as_actor(db, "oscar", "organizer"), pytest.raises(psycopg.Error) as caught:
        db.execute("select jalon.move('events', %s, 'pending', status_column => 'moderation_status')", [event.id])
    assert caught.value.sqlstate == "JL303"


def test_a_draft_offers_one_way_to_submit_it(api: Call, an_event: Call) -> None:
    event = an_event("draft", "approved")
    assert [each["action"] for each in event.actions] == ["submit"]
    assert [each["action"] for each in api("event_for_moderation", "anna", event.id).actions].count("resubmit") == 0
    assert state(api("submit_event", "oscar", event.id)) == ("candidate", "under_review", False)


def test_a_refusal_to_publish_names_the_role_where_the_role_is_the_reason(
    db: Connection, api: Call, an_event: Call, refused: Call, as_actor: Call
) -> None:
    event = an_event("active", "approved")
    refused("JL202", api, "publish_event", "mona", event.id)
    with as_actor(db, "mona", "moderator"), pytest.raises(psycopg.Error) as caught:
        db.execute("update events set is_published = true where id = %s", [event.id])
    assert caught.value.sqlstate == "JL202"


def test_can_revert_candidate_events_still_under_review(api: Call, an_event: Call, refused: Call) -> None:
    assert state(api("revert_event", "oscar", an_event("candidate", "under_review").id)) == ("draft", "pending", False)
    refused("JL303", api, "revert_event", "oscar", an_event("candidate", "flagged").id)
    refused("JL101", api, "revert_event", "oscar", an_event("active", "approved").id)
    refused("JL101", api, "revert_event", "oscar", an_event().id)


@pytest.mark.parametrize("decision", ["rejected", "revision_requested"])
def test_if_rejected_or_revision_needed_edit_and_resubmit(
    api: Call, an_event: Call, refused: Call, decision: str
) -> None:
    event = an_event("candidate", "under_review")
    refused("JL301", api, "moderate_event", "mona", event.id, moderation_status=decision)
    event = api("moderate_event", "mona", event.id, moderation_status=decision, admin_notes="too long")
    assert (state(event), event.admin_notes) == (("draft", decision, False), "too long")
    assert api("edit_event", "oscar", event.id, title="Shorter").title == "Shorter"
    assert state(api("submit_event", "oscar", event.id)) == ("candidate", "under_review", False)


def test_can_publish_and_unpublish_approved_events_only(api: Call, an_event: Call, refused: Call) -> None:
    for where in (
        ("draft", "pending"),
        ("candidate", "under_review"),
        ("active", "flagged"),
        ("suspended", "approved"),
    ):
        refused("JL303", api, "publish_event", "oscar", an_event(*where).id, is_published=True)
    event = an_event("active", "approved")
    assert api("publish_event", "oscar", event.id).is_published is True
    assert api("publish_event", "oscar", event.id).is_published is False
    assert api("publish_event", "oscar", event.id, is_published=True).is_published is True
    assert api("publish_event", "oscar", event.id, is_published=True).version == event.version + 3


def test_published_means_approved_is_a_named_constraint(db: Connection) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        db.execute("insert into events (organizer_id, title, starts_at, is_published) values ('x', 'x', now(), true)")
    assert caught.value.diag.constraint_name == "published_means_approved"


def test_can_edit_draft_rejected_and_revision_requested_events_and_approved_ones(
    api: Call, an_event: Call, refused: Call
) -> None:
    for where in (("draft", "pending"), ("draft", "rejected"), ("draft", "revision_requested"), ("active", "approved")):
        event = an_event(*where)
        assert event.can_edit
        assert api("edit_event", "oscar", event.id, description="new").description == "new"
    for where in (
        ("candidate", "under_review"),
        ("suspended", "approved"),
        ("cancelled", "approved"),
        ("active", "flagged"),
    ):
        event = an_event(*where)
        assert not event.can_edit
        refused("JL203", api, "edit_event", "oscar", event.id, description="new")


def test_can_delete_draft_events_only(db: Connection, api: Call, an_event: Call, refused: Call) -> None:
    event = an_event("draft", "rejected")
    api("delete_event", "oscar", event.id)
    refused("JL401", api, "my_event", "oscar", event.id)
    assert len(history(db, event)) == 3  # what happened stays on record
    assert db.execute("select deleted_by from jalon_history.deletion where record_key = %s", [event.id]).fetchall() == [
        ("oscar",)
    ]
    assert db.execute(
        "select count(*) from jalon_engine.notification where record_key = %s", [event.id]
    ).fetchone() == (0,)
    for where in (("candidate", "under_review"), ("active", "approved"), ("completed", "approved")):
        refused("JL203", api, "delete_event", "oscar", an_event(*where).id)


@pytest.mark.parametrize("way", ["resubmit", "edit"])
def test_an_organizer_takes_no_approved_event_away_by_the_way_of_draft(
    db: Connection, api: Call, an_event: Call, as_actor: Call, refused: Call, way: str
) -> None:
    event = an_event("active", "approved", True)
    if way == "edit":
        api("edit_event", "oscar", event.id, title="Other")
    else:
        with as_actor(db, "oscar", "organizer"):
            db.execute("select jalon.move('events', %s, 'candidate', status_column => 'status')", [event.id])
    draft = api("revert_event", "oscar", event.id)
    assert (state(draft), draft.can_delete) == (("draft", "pending", False), False)
    assert draft.why_no_delete == "This event was approved once. Moderators decide whether it is taken away."
    refused("JL203", api, "delete_event", "oscar", event.id)
    api("delete_event", "anna", event.id)


@pytest.mark.parametrize(
    ("change", "asks"),
    [
        ({"title": "Other"}, True),
        ({"starts_at": "2031-01-01T10:00:00Z"}, True),
        ({"ends_at": "2031-01-01T10:00:00Z"}, True),
        ({"place": "Paris"}, True),
        ({"price": 3}, True),
        ({"description": "more"}, False),
        ({"capacity": 12}, False),
        ({"title": "Fête", "description": "same title"}, False),
    ],
)
def test_major_changes_may_require_re_approval(
    db: Connection, api: Call, an_event: Call, change: Any, asks: bool
) -> None:
    event = api("edit_event", "oscar", an_event("active", "approved", True).id, **change)
    assert state(event) == (("candidate", "under_review", False) if asks else ("active", "approved", True))


def test_which_columns_are_major_is_rows(db: Connection, api: Call, an_event: Call) -> None:
    db.execute("update jalon_events.content_column set is_major = column_name = 'capacity'")
    event = an_event("active", "approved", True)
    assert state(api("edit_event", "oscar", event.id, title="Other")) == ("active", "approved", True)
    assert state(api("edit_event", "oscar", event.id, capacity=3)) == ("candidate", "under_review", False)


def test_organizers_see_and_touch_their_own_events_only(api: Call, an_event: Call, refused: Call) -> None:
    event = an_event("active", "approved", True)
    for call in (
        "my_event",
        "edit_event",
        "delete_event",
        "submit_event",
        "publish_event",
        "revert_event",
        "my_event_status_history",
    ):
        refused("JL401", api, call, "olga", event.id, title="Mine now")
    assert api("my_events", "olga").items == []
    assert [found["id"] for found in api("my_events", "oscar").items] == [event.id]
    refused("JL203", api, "moderate_event", "oscar", event.id, status="completed")
    refused("JL203", api, "moderation_queue", "oscar")
    refused("JL203", api, "create_event", "nobody", title="x")


def test_the_rights_hold_in_psql_too(db: Connection, an_event: Call, as_actor: Call) -> None:
    event = an_event("candidate", "under_review")
    with as_actor(db, "oscar", "organizer"), pytest.raises(psycopg.Error) as caught:
        db.execute("update events set title = 'x' where id = %s", [event.id])
    assert caught.value.sqlstate == "JL203"
    with as_actor(db, "olga", "organizer"), pytest.raises(psycopg.Error) as caught:
        db.execute("update events set status = 'draft' where id = %s", [event.id])
    assert caught.value.sqlstate == "JL202"
    with as_actor(db, "oscar"):
        db.execute("select jalon.move('events', %s, 'draft')", [event.id])
        found = db.execute("select status, moderation_status from events where id = %s", [event.id]).fetchone()
    assert found == ("draft", "pending")


def test_full_status_control_any_status_or_moderation_status_flagged_outside_the_transitions(
    db: Connection, api: Call, an_event: Call, refused: Call
) -> None:
    event = an_event()
    refused("JL301", api, "moderate_event", "anna", event.id, status="completed")  # a forced move says why
    refused(
        "JL203", api, "moderate_event", "mona", event.id, status="completed", admin_notes="why"
    )  # and is for admins
    assert (
        api("moderate_event", "anna", event.id, status="completed", admin_notes="held elsewhere").status == "completed"
    )
    assert history(db, event)[-1][5:] == ("force", "anna", "held elsewhere", "held elsewhere")
    other = an_event("candidate", "under_review")
    api("moderate_event", "anna", other.id, moderation_status="approved")
    assert history(db, other)[-1][5] == "move"  # along the transitions it is a move like any other
    refused("JL402", api, "moderate_event", "anna", event.id, status="nonsense")
    refused("JL405", api, "moderate_event", "anna", event.id)
    for status in STATUSES:
        for moderation in MODERATIONS:
            found = api(
                "moderate_event", "anna", event.id, status=status, moderation_status=moderation, admin_notes="so"
            )
            assert found.moderation_status == moderation


@pytest.mark.parametrize(
    ("given", "becomes"),
    [
        ({"status": "active", "moderation_status": "approved"}, ("active", "approved", False)),
        ({"moderation_status": "approved"}, ("active", "approved", False)),
        ({"status": "active"}, ("active", "approved", False)),
        ({"moderation_status": "flagged"}, ("candidate", "flagged", False)),
    ],
)
def test_status_and_moderation_status_are_optional_and_come_along(
    api: Call, an_event: Call, given: Any, becomes: Any
) -> None:
    event = an_event("candidate", "under_review")
    assert state(api("moderate_event", "anna", event.id, **given)) == becomes


@pytest.mark.parametrize(
    "given", [{"status": "suspended"}, {"moderation_status": "flagged"}, {"moderation_status": "rejected"}]
)
def test_only_approved_and_published_events_are_visible(api: Call, an_event: Call, refused: Call, given: Any) -> None:
    event = an_event("active", "approved", True)
    an_event("active", "approved")
    assert [found["id"] for found in api("public_events", None).items] == [event.id]
    assert api("public_event", None, event.id).title == "Fête"
    api("moderate_event", "anna", event.id, **given, admin_notes="no")
    assert api("public_events", None).items == []
    refused("JL401", api, "public_event", None, event.id)


def test_moderation_queue_oldest_first_with_filters(api: Call, an_event: Call) -> None:
    first, second, third = (
        an_event("candidate", "under_review"),
        an_event("candidate", "flagged"),
        an_event("active", "approved"),
    )
    an_event()
    queue = api("moderation_queue", "mona", count=True)
    assert ([event["id"] for event in queue.items], queue.total, queue.next) == ([first.id, second.id], 2, None)
    page = api("moderation_queue", "mona", limit=1)
    assert [event["id"] for event in page.items] == [first.id]
    assert [event["id"] for event in api("moderation_queue", "mona", limit=1, after=page.next).items] == [second.id]
    assert [event["id"] for event in api("moderation_queue", "mona", moderation_status="approved").items] == [third.id]
    assert api("moderation_queue", "mona", organizer_id="olga").items == []


def document_label(status: str, moderation: str, published: bool) -> str | None:
    """getStatusLabel, as the document writes it."""
    if moderation == "rejected":
        return "Rejeté"
    if moderation == "revision_requested":
        return "Révision demandée"
    if moderation == "under_review":
        return "En cours de révision"
    if status == "active":
        return "Publié" if published else "Approuvé (non publié)"
    return {"draft": "Brouillon", "candidate": "En attente de validation"}.get(status)


def test_status_display_logic(db: Connection) -> None:
    rows = db.execute(
        "select s, m, p, jalon.event_status_label(s, m, p, 'fr'), jalon.event_status_label(s, m, p, 'en')"
        " from unnest(%s::text[]) s, unnest(%s::text[]) m, unnest(array[true, false]) p",
        [list(STATUSES), list(MODERATIONS)],
    ).fetchall()
    for status, moderation, published, french, english in rows:
        assert (
            french == document_label(status, moderation, published)
            or document_label(status, moderation, published) is None
        )
        assert french
        assert english
    assert len(rows) == 84


@pytest.mark.parametrize(("function", "who"), [("my_events", "oscar"), ("moderation_queue", "mona")])
def test_a_list_is_counted_only_as_far_as_a_page_needs_to_know(
    api: Call, an_event: Call, function: str, who: str
) -> None:
    for _ in range(4):
        an_event("candidate", "under_review")
    assert api(function, who, limit=2, count=True).total == 4
    page = api(function, who, limit=2, countTo=3)
    assert (page.total, len(page.items)) == (3, 2)
    rest = api(function, who, limit=2, countTo=3, after=page.next)
    assert len({event["id"] for event in page.items + rest.items}) == 4


def test_status_changed_by_is_the_user_and_others_leave_it_empty(db: Connection, api: Call, an_event: Call) -> None:
    user = db.execute("insert into users (email, name) values ('Oscar@example.com', 'Oscar') returning id").fetchone()
    assert user
    event = an_event()
    assert event.status_changed_by is None
    db.execute("update events set organizer_id = 'oscar@example.com' where id = %s", [event.id])
    assert api("submit_event", "oscar@example.com", event.id).status_changed_by == str(user[0])
    db.execute("update events set organizer_id = %s where id = %s", [str(user[0]), event.id])
    assert api("revert_event", str(user[0]), event.id).status_changed_by == str(user[0])
    db.execute("delete from users where id = %s", [user[0]])
    assert db.execute("select status_changed_by from events").fetchone() == (None,)


def test_the_history_tells_everything(api: Call, an_event: Call) -> None:
    event = an_event("active", "approved")
    page = api("my_event_status_history", "oscar", event.id, language="fr", limit=2)
    assert page.total == 3
    assert page.current["label"] == "Approuvé (non publié)"
    newest = page.items[0]
    assert (newest["old_status"], newest["new_status"]) == ("candidate", "active")
    assert (newest["old_moderation_status"], newest["new_moderation_status"]) == ("under_review", "approved")
    assert (newest["reason"], newest["admin_notes"], newest["changed_by"]) == ("so be it", "so be it", "anna")
    assert newest["changed_at"] > newest["previous_changed_at"]
    rest = api("event_status_history_for_moderation", "mona", event.id, after=page.next)
    assert [change["version"] for change in rest.items] == [1]


def test_actions_are_what_the_caller_may_do_now(api: Call, an_event: Call) -> None:
    def offered_actions(event: Any, actor: str = "oscar") -> set[str]:
        found = api("my_event", actor, event.id) if actor == "oscar" else api("event_for_moderation", actor, event.id)
        return {action["action"] for action in found.actions}

    assert offered_actions(an_event()) == {"submit"}
    assert offered_actions(an_event("candidate", "under_review")) == {"revert"}
    assert offered_actions(an_event("active", "approved")) == {"sell_out", "complete", "cancel", "publish", "resubmit"}
    assert offered_actions(an_event("active", "approved", True)) == {
        "sell_out",
        "complete",
        "cancel",
        "unpublish",
        "resubmit",
    }
    assert {"approve", "reject", "request_revision", "flag"} <= offered_actions(
        an_event("candidate", "under_review"), "mona"
    )


def test_many_events_in_one_statement(db: Connection, api: Call, as_actor: Call) -> None:
    with as_actor(db, "anna", "admin", "organizer"):
        db.execute(
            "insert into events (organizer_id, title, starts_at, place) select 'oscar', 'Event ' || n, now(), 'Lyon' "
            "from generate_series(1, 50) n"
        )
        db.execute("update events set status = 'candidate'")
        db.execute("update events set moderation_status = 'approved'")
    assert db.execute("select distinct status, moderation_status from events").fetchall() == [("active", "approved")]
    assert db.execute("select count(*), count(distinct event_id) from event_status_history").fetchone() == (150, 50)
    told = dict(db.execute("select message, count(*) from jalon_engine.notification group by 1").fetchall())
    assert told == {
        "event.notice.under_review": 50,
        "event.notice.waits": 50,
        "event.notice.approved": 50,
    }
    assert len(api("notifications", "oscar", limit=500).items) == 100
    assert api("notifications", "anna").items == []


def test_a_second_reload_changes_nothing(db: Connection) -> None:
    before = db.execute(
        "select oid, xmin from pg_trigger "
        "where tgrelid in ('events'::regclass, 'jalon_history.jalon_events__events'::regclass) order by 1"
    ).fetchall()
    db.execute("select jalon_engine.refresh_derived()")
    after = db.execute(
        "select oid, xmin from pg_trigger "
        "where tgrelid in ('events'::regclass, 'jalon_history.jalon_events__events'::regclass) order by 1"
    ).fetchall()
    assert after == before
    assert db.execute("select * from jalon.verify('events')").fetchall() == []


def test_what_is_wrong_is_refused_by_name(api: Call, an_event: Call) -> None:
    event = an_event()
    for change, constraint in (
        ({"ends_at": "2020-01-01T00:00:00Z"}, "an_event_ends_after_it_starts"),
        ({"price": -1}, "price_is_not_negative"),
        ({"capacity": 0}, "capacity_is_positive"),
        ({"title": " "}, "title_is_one_to_two_hundred_characters"),
        ({"starts_at": None, "ends_at": "2031-01-01T00:00:00Z"}, "an_event_that_ends_starts"),
    ):
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            api("edit_event", "oscar", event.id, **change)
        assert caught.value.diag.constraint_name == constraint


def test_statuses_are_rows_and_in_no_function(db: Connection) -> None:
    names = "|".join((*STATUSES, *MODERATIONS))
    ours = {path: text for path, text in files.reloaded_sources().items() if "event" in path or "notification" in path}
    assert len(ours) > 10
    assert [path for path, text in ours.items() if re.search(f"'({names})'", text)] == []


def test_what_is_no_content_is_not_edited(api: Call, an_event: Call) -> None:
    event = api(
        "edit_event", "oscar", an_event().id, status="active", organizer_id="olga", status_version=9, description="new"
    )
    assert (event.status, event.organizer_id, event.version, event.revision) == ("draft", "oscar", 1, 2)


def test_what_cannot_be_done_now_says_why_and_whose_it_is(api: Call, an_event: Call) -> None:
    def blocked(event: Any, actor: str = "oscar") -> dict[str, Any]:
        return {
            each["action"]: (each["is_for_others"], each["why"]) for each in api("my_event", actor, event.id).blocked
        }

    empty = api("create_event", "oscar", title="x")
    assert [action["action"] for action in api("my_event", "oscar", empty.id).actions] == []
    assert blocked(empty)["submit"] == (False, ["fill in first: beginning, place"])
    assert api("my_event", "oscar", empty.id, language="fr").blocked[0]["why"] == ["à remplir d'abord : début, lieu"]
    assert blocked(empty)["publish"] == (False, ["only an approved event can be published"])
    waiting = an_event("candidate", "under_review")
    assert blocked(waiting)["approve"] == (True, ["for: administrators, moderators"])
    assert "approve" not in blocked(waiting, "mona")


def test_why_an_event_is_not_edited_or_deleted_and_when_it_is(api: Call, an_event: Call) -> None:
    draft, waiting = an_event(), an_event("candidate", "under_review")
    assert (draft.can_edit, draft.why_no_edit, draft.why_no_delete) == (True, None, None)
    assert waiting.why_no_edit == (
        'This event is "Under review". It can be edited while it is one of: Draft, Revision requested, Rejected, '
        "Approved."
    )
    assert waiting.why_no_delete == 'This event is "Under review". It can be deleted while it is one of: Draft.'
    assert api("my_event", "mona", draft.id).why_no_edit == "Your roles do not allow it."


def test_which_fields_ask_for_a_new_approval_is_said_before_they_are_edited(api: Call, an_event: Call) -> None:
    assert an_event().asks_approval == []
    approved = an_event("active", "approved")
    assert approved.asks_approval == ["ends_at", "place", "price", "starts_at", "title"]
    assert api("my_event", "anna", approved.id).asks_approval == []


def test_whoever_moderates_reaches_any_event_and_administrators_edit_it(
    api: Call, an_event: Call, refused: Call
) -> None:
    event = an_event()
    assert (api("my_event", "mona", event.id).is_mine, event.is_mine) == (False, True)
    refused("JL203", api, "edit_event", "mona", event.id, description="new")
    assert api("edit_event", "anna", event.id, description="new").description == "new"
    assert api("my_event_status_history", "mona", event.id).total == 1


def test_the_steps_of_an_events_life_and_where_it_stands(api: Call, an_event: Call) -> None:
    def steps(event: Any) -> list[Any]:
        found = api("my_event_status_history", "oscar", event.id).current["steps"]
        return [each["label"] + (" now" if each["is_current"] else "") for each in found]

    straight = ["Draft", "Under review", "Approved (not published)", "Published", "Completed"]
    assert steps(an_event()) == ["Draft now", *straight[1:]]
    assert steps(an_event("draft", "rejected"))[1] == "Rejected now"
    assert steps(an_event("active", "approved", True))[3] == "Published now"
    assert steps(an_event("suspended", "approved"))[3] == "Suspended now"


def test_who_may_create_events_is_said_with_the_list(api: Call) -> None:
    assert (api("my_events", "oscar").can_create, api("my_events", "mona").can_create) == (True, False)


def test_roles_that_an_application_names_edit_and_delete_nothing(
    an_event: Call, db: Connection, connect: Callable[..., Connection]
) -> None:
    """They count for transitions alone; a permission asks for a role that was granted."""
    published, draft = an_event("active", "approved", True), an_event()
    db.execute("grant usage on schema jalon_events to jalon_app")
    db.execute("grant select, update, delete on jalon_events.events to jalon_app")
    application = connect("app")
    for statement in (
        f"update jalon_events.events set title = 'Mine' where id = '{published.id}'",
        f"delete from jalon_events.events where id = '{draft.id}'",
    ):
        with pytest.raises(psycopg.Error) as caught, application.transaction():
            application.execute("select jalon.acting('eve', '{admin,moderator}')")
            application.execute(statement)
        assert caught.value.sqlstate == "JL203"
    db.execute("insert into jalon_engine.role_grant (principal, role) values ('eve', 'admin')")
    with application.transaction():
        application.execute("select jalon.acting('eve')")
        application.execute("update jalon_events.events set title = 'Ours' where id = %s", (draft.id,))
