"""Types that several endpoints share, the modules' among them."""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from jalon.server.call import Input, Output, QueryParameter, Timestamp

AnyCode = Annotated[str, Meta(min_length=1, max_length=100)]
Code = Annotated[AnyCode, Meta(examples=["PAID"])]
Reason = Annotated[str, Meta(max_length=4000, examples=["Paid by transfer"])]
Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]
CaseType = Annotated[str | None, QueryParameter(name="caseType", max_length=100, description="Only this case type.")]
AssumedReason = Annotated[
    str | None, QueryParameter(name="reason", max_length=4000, description="Answer as if this reason were given.")
]
Text = Annotated[str, Meta(max_length=4000)]
Name = AnyCode
Color = Annotated[str, Meta(pattern="^(#[0-9a-fA-F]{6})?$", examples=["#2e7d32"])]
Duration = Annotated[str, Meta(max_length=100, examples=["P14D"])]
Int32 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Icon = Annotated[str, Meta(max_length=100)]
Outcome = Literal["open", "active", "waiting", "done", "dropped"]
Labels = dict[str, Text]


class AllowedMove(Output):
    """A move that its reader may make, and what it requires."""

    to: str
    label: str
    action: str
    action_label: str
    icon: str | None
    requires_reason: bool
    required_fields: list[str]


class ColumnStatus(Output):
    """Where one status column stands."""

    column: str
    category: str
    code: str | None
    label: str | None
    color: str | None = None
    icon: str | None = None
    outcome: str | None = None
    is_final: bool | None = None
    moves: list[AllowedMove] | None = None


class Move(Input, frozen=True, kw_only=True):
    """A move: the new code, the reason, and the code or version that the caller expects."""

    to: Code
    reason: Reason | None = None
    expected_from: AnyCode | None = None
    expected_version: Version | None = None
    meta: dict[str, Any] | None = None
    column: Annotated[str, Meta(max_length=63)] | None = None
    on_behalf_of: Annotated[str, Meta(max_length=200)] | None = None
    force: bool = False


class Moved(Output):
    """The result of a move."""

    table: str
    id: str
    column: str
    from_: str | None = field(name="from")
    to: str
    version: int
    changed_at: Timestamp
    changed: bool
    etag: str


class Blocker(Output):
    """One reason why the reader may not make a move."""

    code: str
    message: str | None
    brief: str | None
    params: dict[str, Any]
