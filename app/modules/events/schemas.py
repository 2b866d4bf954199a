"""Requests and responses of the events' endpoints. Names are those of the requirement."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from jalon.server.call import Input, Output, Timestamp

Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", examples=["Fête de la musique"])]
Description = Annotated[str, Meta(max_length=10_000)]
Place = Annotated[str, Meta(max_length=500, examples=["Place Bellecour, Lyon"])]
Price = Annotated[float, Meta(ge=0, le=9_999_999_999, examples=[12.5])]
Capacity = Annotated[int, Meta(ge=1, le=2**31 - 1, examples=[250])]
Notes = Annotated[str, Meta(max_length=4000, examples=["Approved with minor suggestions"])]


class NewEvent(Input, frozen=True, kw_only=True, rename=None):
    """An event to create; all but the title may come later."""

    title: Title
    description: Description | None = None
    starts_at: Timestamp | None = None
    ends_at: Timestamp | None = None
    place: Place | None = None
    price: Price | None = None
    capacity: Capacity | None = None


class EventChange(Input, frozen=True, kw_only=True, rename=None):
    """Changes of an event; members that are left out stay, null clears."""

    title: Title | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    starts_at: Timestamp | UnsetType | None = UNSET
    ends_at: Timestamp | UnsetType | None = UNSET
    place: Place | UnsetType | None = UNSET
    price: Price | UnsetType | None = UNSET
    capacity: Capacity | UnsetType | None = UNSET


class EventPublication(Input, frozen=True, kw_only=True, rename=None):
    """Whether the public shall see the event; left out: the opposite of now."""

    is_published: bool | None = None


class ReasonBody(Input, frozen=True, kw_only=True, rename=None):
    """Why, for the history."""

    reason: Notes | None = None


class Decision(Input, frozen=True, kw_only=True, rename=None):
    """The new statuses, and notes for the organizer. The notes are the reason if the move requires one."""

    status: Annotated[str, Meta(min_length=1, max_length=100, examples=["active"])] | None = None
    moderation_status: Annotated[str, Meta(min_length=1, max_length=100, examples=["approved"])] | None = None
    admin_notes: Notes | None = None


class EventAction(Output, rename=None):
    """An action that the caller may take now."""

    action: str
    label: str
    column: str
    to: str
    icon: str | None
    needs_reason: bool


class BlockedAction(Output, rename=None):
    """An action that the caller can't take now, and why."""

    action: str
    label: str
    column: str
    to: str
    icon: str | None
    is_for_others: bool
    why: list[str]


class PublicEvent(Output, kw_only=True, rename=None):
    """An event as the public sees it."""

    id: UUID
    title: str
    description: str | None
    starts_at: Timestamp | None
    ends_at: Timestamp | None
    place: str | None
    price: float | None
    capacity: int | None
    status: str
    label: str
    color: str | None
    icon: str | None
    etag: str


class Event(PublicEvent, kw_only=True):
    """The whole event, for its organizer and for moderators."""

    organizer_id: str
    is_mine: bool
    explanation: str | None
    moderation_status: str
    is_published: bool
    status_label: str
    moderation_status_label: str
    admin_notes: str | None
    status_changed_at: Timestamp
    status_changed_by: UUID | None
    version: int
    revision: int
    created_at: Timestamp
    updated_at: Timestamp
    can_edit: bool
    can_delete: bool
    can_force: bool
    why_no_edit: str | None
    why_no_delete: str | None
    asks_approval: Annotated[list[str], Meta(description="Fields of which a change asks for a new approval.")]
    actions: list[EventAction]
    blocked: list[BlockedAction]


class Page(Output, kw_only=True, rename=None):
    """A page; `next` is the `after` of the following one."""

    next: str | None


class StepToPublication(Output):
    """A step from the draft to the end, and its meaning."""

    step: int
    label: str
    color: str | None
    icon: str | None
    explanation: str | None


class Events(Page):
    """A page of events."""

    items: list[Event]
    previous: str | None
    can_create: bool
    sees_all: bool
    workflow: list[StepToPublication]
    total: int | UnsetType = UNSET


class PublicEvents(Page):
    """A page of published events."""

    items: list[PublicEvent]
    previous: str | None
    total: int | UnsetType = UNSET


class EventColumnChange(Output, rename=None):
    """The change of one column."""

    column: str
    from_: str | None = msgspec.field(name="from")
    from_label: str | None
    to: str
    to_label: str


class StatusChange(Output, rename=None):
    """One row of the history."""

    id: UUID
    version: int
    kind: str
    old_status: str | None
    new_status: str
    old_moderation_status: str | None
    new_moderation_status: str
    old_is_published: bool | None
    new_is_published: bool
    label: str
    color: str | None
    icon: str | None
    reason: str | None
    admin_notes: str | None
    changes: list[EventColumnChange]
    changed_at: Timestamp
    changed_by: str
    previous_changed_at: Timestamp | None


class StepOfEvent(StepToPublication, rename=None):
    """A step, and whether the event stands there or has passed it."""

    is_current: bool
    is_done: bool


class CurrentStatus(Output, rename=None):
    """Where an event stands now."""

    status: str
    moderation_status: str
    is_published: bool
    label: str
    status_changed_at: Timestamp
    steps: list[StepOfEvent]


class StatusHistory(Page):
    """The history, newest first, and where the event stands now."""

    items: list[StatusChange]
    total: int
    current: CurrentStatus
