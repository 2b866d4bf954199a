"""Requests and responses of the dossiers' endpoints. Names in JSON are camelCase, as in the requirement."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field

from jalon.engine.schemas import AllowedMove, Blocker, Reason, Version
from jalon.server.call import Input, Output, Timestamp
from jalon.server.problems import RefusalFacts

Name = Annotated[str, Meta(max_length=200, pattern=r"\S", examples=["John Doe"])]
Phone = Annotated[str, Meta(max_length=50, pattern=r"\S", examples=["+33612345678"])]
Source = Annotated[str, Meta(max_length=100, pattern=r"\S", examples=["WEB"])]
Person = Annotated[str, Meta(max_length=200, pattern=r"\S", description="Acts for: the caller, or somebody else.")]
CaseTypeCode = Annotated[str, Meta(min_length=1, max_length=100, description="A code of CASE_TYPE.")]
StatusCode = Annotated[str, Meta(min_length=1, max_length=100, description="A code of CASE_STATUS.")]
Status = Annotated[str, Meta(min_length=1, max_length=100, description="A code of DOSSIER_STATUS.")]
Labels = Annotated[dict[str, str], Meta(examples=[{"en": "Insurance claim", "fr": "Sinistre"}])]


class NewDossier(Input, frozen=True, kw_only=True):
    """A dossier to open. Without a status it gets the first one of its case type."""

    case_type: CaseTypeCode | None = None
    status_code: StatusCode | None = None
    status: Status | None = None
    lead_name: Name | None = None
    lead_phone: Phone | None = None
    source: Source | None = None
    assignee: Name | None = None
    organisation: Name | None = None
    reason: Reason | None = None
    user_id: Person | None = None


class Edit(Input, frozen=True, kw_only=True):
    """Changes of a dossier; null clears. `mapping` replaces codes that the new case type lacks."""

    case_type: CaseTypeCode | UnsetType | None = UNSET
    mapping: dict[StatusCode, StatusCode] | None = None
    lead_name: Name | UnsetType | None = UNSET
    lead_phone: Phone | UnsetType | None = UNSET
    source: Source | UnsetType | None = UNSET
    assignee: Name | UnsetType | None = UNSET
    organisation: Name | UnsetType | None = UNSET
    reason: Reason | None = None
    user_id: Person | None = None


class NewDossierStatus(Input, frozen=True, kw_only=True):
    """The new status, by either name or by both if they agree; the reason; for whom; what the caller expects."""

    status: Status | None = None
    status_code: Annotated[StatusCode, Meta(examples=["CRM_QUALIFIED"])] | None = None
    user_id: Person | None = None
    reason: Reason | None = None
    expected_version: Version | None = None
    expected_status_code: StatusCode | None = None


class Update(Input, frozen=True, kw_only=True):
    """One change of many; members that it leaves out are those of the whole request."""

    id: Annotated[str, Meta(min_length=1, max_length=100)]
    status: Status | None = None
    status_code: Annotated[StatusCode, Meta(examples=["CRM_QUALIFIED"])] | None = None
    reason: Reason | None = None
    expected_version: Version | None = None


class Updates(Input, frozen=True, kw_only=True):
    """Many changes of status. Mode `each` makes every one on its own, `all` makes all or none."""

    updates: Annotated[list[Update], Meta(min_length=1, max_length=1000)]
    status: Status | None = None
    status_code: StatusCode | None = None
    user_id: Person | None = None
    reason: Reason | None = None
    mode: Literal["each", "all"] = "each"


class NewCaseType(Input, frozen=True, kw_only=True):
    """A case type; a template gives it a workflow. `roles` says which roles of ours stand for the template's."""

    code: Annotated[CaseTypeCode, Meta(examples=["INSURANCE_CLAIM"])]
    labels: Labels
    template: Annotated[str, Meta(max_length=100)] | None = None
    roles: dict[str, Annotated[str, Meta(min_length=1, max_length=100)]] | None = None
    color: Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")] | None = None
    icon: Annotated[str, Meta(max_length=100)] | None = None


class Dossier(Output):
    """A dossier."""

    id: str
    case_type: str | None
    case_type_label: str | None
    status: str
    status_code: str
    status_label: str
    status_color: str | None
    status_icon: str | None
    status_outcome: str | None
    is_final: bool | None
    lead_name: str | None
    lead_phone: str | None
    source: str | None
    assignee: str | None
    organisation: str | None
    created_at: Timestamp
    created_by: str
    updated_at: Timestamp
    status_changed_at: Timestamp
    version: int
    etag: str


class ListedDossier(Dossier):
    """A dossier of a list; with `moves` also the codes and the If-Match for POST /tracked/dossier/{id}/moves."""

    moves: list[AllowedMove] | UnsetType = UNSET
    move_etag: str | UnsetType = UNSET


class Organisation(Output):
    """The name of an organisation."""

    id: str
    name: str | None


class Organisations(Output):
    """Organisations to suggest."""

    items: list[Organisation]


class Dossiers(Output):
    """A page of dossiers, last changed first."""

    items: list[ListedDossier]
    next: str | None
    previous: str | None
    can_read_recaps: bool
    total: int | UnsetType = UNSET


class StatusFacts(Output):
    """A status code, as people see it."""

    status_code: str
    status: str
    label: str
    color: str | None
    icon: str | None
    outcome: str
    is_final: bool


class OfferedStatus(StatusFacts):
    """A status code of a case type."""

    is_initial: bool


class OfferedStatuses(Output):
    """The status codes of a case type, in order."""

    items: list[OfferedStatus]


class DossierChange(Output):
    """A change of status or case type."""

    id: str
    version: int
    kind: str
    at: Timestamp
    previous_at: Timestamp | None
    by: str
    on_behalf_of: str | None
    reason: str | None
    meta: dict[str, Any] | None
    case_type: str | None
    case_type_label: str | None
    from_: StatusFacts | None = field(name="from")
    to: StatusFacts | None
    workflow_version: int | None
    bulk_id: str | None


class DossierChanges(Output):
    """A page of history, newest first."""

    items: list[DossierChange]
    next: str | None


class DossierMove(StatusFacts):
    """A status code that may follow."""

    action: str
    action_label: str
    allowed: bool
    blockers: list[Blocker]


class DossierMoves(Output):
    """Every status code that may follow, allowed to the reader or not."""

    id: str
    version: int
    etag: str
    from_: StatusFacts = field(name="from")
    items: list[DossierMove]


class DossierRefusal(RefusalFacts, kw_only=True):
    """Why one change of many was refused."""

    code: str
    detail: str
    hint: str | None = None


class Outcome(Output):
    """The outcome of one change of many."""

    id: str
    http_status: int
    from_: str | None = field(name="from", default=None)
    dossier: Dossier | None = None
    problem: DossierRefusal | None = None


class Outcomes(Output):
    """The outcome of each change, in the order of the request."""

    bulk_id: str
    failed: int
    items: list[Outcome]


class CaseTypeFacts(Output):
    """A case type; without a workflow of its own it has every active status code."""

    code: str
    label: str
    color: str | None
    icon: str | None
    is_active: bool
    workflow_version: int | None
    status_codes: list[str]


class CaseTypes(Output):
    """The active case types."""

    items: list[CaseTypeFacts]
