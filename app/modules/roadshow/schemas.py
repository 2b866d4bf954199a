"""Requests and responses of the roadshow's endpoints."""

import datetime as dt
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from jalon.engine.schemas import ColumnStatus, Text
from jalon.server.call import Input, Output, Timestamp

ShortText = Annotated[str, Meta(min_length=1, max_length=500)]
Amount = Annotated[float, Meta(ge=0, lt=1e15, examples=[5_000_000])]


class NewCounterpartyStatus(Input, frozen=True, kw_only=True):
    """The new status of the counterparty. The database refuses an unknown one with the requirement's text."""

    new_status: Annotated[
        Any,
        Meta(
            description="A code of ROADSHOW_STATUS.",
            extra_json_schema={"type": "string", "examples": ["Live"]},
            extra={"required": True},
        ),
    ] = None
    reason: Text | None = None
    meta: dict[str, Any] | None = None


class Success(Output, omit_defaults=True):
    """Done; `changed` is false if the counterparty already had the status."""

    success: bool
    changed: bool = True
    message: str | None = None


class NewCounterparty(Input, frozen=True, kw_only=True):
    """A counterparty to create."""

    name: Annotated[str, Meta(min_length=1, max_length=500, examples=["Ardian"])]
    statut: Annotated[str, Meta(max_length=100)] | None = None
    owner: ShortText | None = None
    sector: ShortText | None = None
    ticket_size: Amount | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["EUR"])] | None = None
    notes: Annotated[str, Meta(max_length=10_000)] | None = None
    reason: Text | None = None


class EditedCounterparty(Input, frozen=True, kw_only=True):
    """Changes of a counterparty; members that are left out stay, null clears."""

    name: Annotated[str, Meta(min_length=1, max_length=500)] | UnsetType = UNSET
    owner: ShortText | UnsetType | None = UNSET
    sector: ShortText | UnsetType | None = UNSET
    ticket_size: Amount | UnsetType | None = UNSET
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | UnsetType = UNSET
    notes: Annotated[str, Meta(max_length=10_000)] | UnsetType | None = UNSET


class Counterparty(Output, kw_only=True):
    """A counterparty and its status."""

    id: int
    name: str
    statut: str
    statut_label: str | None
    statut_color: str | None
    owner: str | None
    sector: str | None
    ticket_size: float | None
    currency: str
    notes: str | None
    created_at: Timestamp
    since: Timestamp
    version: int
    last_interaction: dt.date | None
    etag: str
    content_etag: str
    status: ColumnStatus | None = None
    can_manage: bool | None = None
    can_force: bool | None = None
    has_workflow: bool | None = None


class Counterparties(Output, kw_only=True):
    """A page of counterparties, by name, and whether the reader may enter another."""

    items: list[Counterparty]
    next: str | None
    previous: str | None
    can_manage: bool
    total: int | UnsetType = UNSET


class RoadshowChoice(Output, kw_only=True, omit_defaults=True):
    """A code that a form offers."""

    code: str
    label: str
    icon: str | None
    color: str | None = None
    is_initial: bool | None = None
    is_recorded: bool | None = None


class RoadshowChoices(Output, kw_only=True):
    """The choices of forms and filters."""

    statuses: list[RoadshowChoice]
    types: list[RoadshowChoice]
    owners: list[str]
    sectors: list[str]


class NewInteraction(Input, frozen=True, kw_only=True):
    """An interaction, and its date (today if it is left out)."""

    type: Annotated[str, Meta(min_length=1, max_length=100, examples=["call"])]
    date: dt.date | None = None
    note: Annotated[str, Meta(max_length=10_000)] | None = None
    meta: dict[str, Any] | None = None


class Interaction(Output, kw_only=True):
    """An interaction with a counterparty."""

    id: int
    counterparty_id: int
    type: str
    type_label: str
    type_icon: str | None
    date: dt.date
    meta: dict[str, Any] | None


class CounterpartyChange(Output, kw_only=True, rename={"from_": "from", "on_behalf_of": "onBehalfOf"}):
    """The change of status that an event stands for."""

    at: Timestamp
    by: str
    on_behalf_of: str | None
    reason: str | None
    from_: RoadshowChoice | None
    to: RoadshowChoice | None


class InteractionDetails(Interaction, kw_only=True):
    """An interaction; if it is a change of status, also from, to, who and why."""

    change: CounterpartyChange | None = None


class Interactions(Output, kw_only=True):
    """A page of interactions, the latest first, and all their types."""

    items: list[InteractionDetails]
    next: str | None
    types: list[RoadshowChoice]
