"""The messages that webhooks get, for the OpenAPI document. PostgreSQL writes them; a module may have more."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

from jalon.server.call import Output, Timestamp

Key = Annotated[str | int, Meta(description="Key of the record.", examples=[7])]
Code = str | bool | int | None
Who = Annotated[str, Meta(description="The actor.", examples=["anna"])]


class Step(Output):
    """The change of one column."""

    from_: Code = field(name="from")
    to: Code


class ChangeData(Output):
    """A change of status. An endpoint may omit members; a thin one gets table, key and version only."""

    table: Annotated[str, Meta(examples=["orders"])]
    key: Key
    version: Annotated[int, Meta(description="Changes of the record so far, this one among them.")]
    from_: Annotated[str | bool | int, Meta(description="The code of the first column.")] | UnsetType = field(
        default=UNSET, name="from"
    )
    to: Annotated[str | bool | int, Meta(description="The code of the first column.")] | UnsetType = UNSET
    changes: Annotated[dict[str, Step], Meta(description="By column.")] | UnsetType = UNSET
    who: Who | UnsetType = UNSET
    on_behalf_of: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    case_type: str | UnsetType = UNSET
    meta: dict[str, Any] | UnsetType = UNSET


class Message(msgspec.Struct, kw_only=True):
    """What every message has."""

    timestamp: Annotated[Timestamp, Meta(description="When it happened.")]


class StatusChanged(Message, kw_only=True):
    """A record was moved."""

    type: Annotated[str, Meta(pattern=r"\.status_changed$", examples=["orders.status_changed"])]
    data: ChangeData


class RecordCreated(Message, kw_only=True):
    """A record was created."""

    type: Annotated[str, Meta(pattern=r"\.created$", examples=["orders.created"])]
    data: ChangeData


class StayData(Output):
    """A stay on a code. An endpoint may omit members; a thin one gets table, key and version only."""

    table: Annotated[str, Meta(examples=["orders"])]
    key: Key
    version: Annotated[int, Meta(description="Changes of the record so far.")]
    column: Annotated[str, Meta(description="The status column.", examples=["status"])] | UnsetType = UNSET
    status: Annotated[str, Meta(description="The code on which the record stays.", examples=["PAID"])] | UnsetType = (
        UNSET
    )
    case_type: str | UnsetType = UNSET
    entered_at: Annotated[Timestamp, Meta(description="When the stay began.")] | UnsetType = UNSET
    due_at: Annotated[Timestamp, Meta(description="The deadline that passed.")] | UnsetType = UNSET


class DeadlinePassed(Message, kw_only=True):
    """A record stays on its code for longer than it may. It is announced once for each stay; nothing moves by it."""

    type: Annotated[str, Meta(pattern=r"\.deadline_passed$", examples=["orders.deadline_passed"])]
    data: StayData


class TestData(Output):
    """The webhook that is tested, and who tests it."""

    table: Literal["webhook"]
    key: UUID
    version: int
    who: Who | UnsetType = UNSET


class WebhookTested(Message, kw_only=True):
    """Somebody tests the webhook."""

    type: Literal["webhook.test"]
    data: TestData
