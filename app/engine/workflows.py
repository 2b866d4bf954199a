"""Workflows: transitions, drafts, checks, publication, graphs; and templates."""

from typing import Annotated, Any, Literal

from litestar import Response, delete, get, patch, post, put
from msgspec import Meta, field

from jalon.engine.categories import Category, CodeBody, CodeChange, CodeName, LastEdit, NewCode, RuleFile
from jalon.engine.diagram import as_svg
from jalon.engine.schemas import (
    AnyCode,
    Code,
    Color,
    Duration,
    Icon,
    Int32,
    Labels,
    Name,
    Outcome,
    Reason,
    Text,
)
from jalon.server.call import Input, JSONBody, Output, PathParameter, QueryParameter, Request, Timestamp, call
from jalon.server.problems import responses

WORKFLOW = "/api/v1/workflows/{category:str}/{case_type:str}"
WORKFLOWS = ["Workflows"]
CaseType = Annotated[
    str, PathParameter(max_length=100, description="A case type, or * for all that have none of their own.")
]
Version = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1, description="A version.")]
From = Annotated[int | None, QueryParameter(name="from", ge=1, le=2**31 - 1, description="The version before.")]
To = Annotated[int | None, QueryParameter(name="to", ge=1, le=2**31 - 1, description="The version after.")]
Format = Annotated[Literal["json", "mermaid", "dot", "svg"], QueryParameter(description="A document, or a picture.")]
OfTable = Annotated[
    str | None, QueryParameter(name="table", max_length=100, description="Show the code of a record of this table.")
]
OfRecord = Annotated[str | None, QueryParameter(name="id", max_length=1000, description="The record.")]
OfCategory = Annotated[
    str | None, QueryParameter(name="category", max_length=100, description="Only of this category.")
]
Since = Annotated[
    str | None, QueryParameter(name="since", max_length=100, description="Count moves since then; 90 days by default.")
]
FromCode = Annotated[
    str | None, QueryParameter(name="from", max_length=100, description="The code it leaves; creation where left out.")
]
ToCode = Annotated[str, QueryParameter(name="to", max_length=100, description="The code it leads to.")]
State = Annotated[
    Literal["draft", "published", "retired"] | None, QueryParameter(name="state", description="Only in this state.")
]


class WorkflowBody(Output):
    """A version of a workflow."""

    category: str
    case_type: str
    version: int
    state: str
    label: str | None
    revision: int
    created_at: Timestamp
    created_by: str | None
    published_at: Timestamp | None
    published_by: str | None
    retired_at: Timestamp | None
    etag: str


class WorkflowList(Output):
    """Versions of workflows, the newest first."""

    items: list[WorkflowBody]


class TransitionDocument(Input, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A transition, in a document."""

    from_: Code | None = None
    to: Code
    action: Name | None = None
    roles: list[Name] | None = None
    relation: Name | None = None
    requires_reason: bool | None = None
    required_fields: list[Name] | None = None
    guard: Name | None = None
    icon: Name | None = None
    place: Int32 | None = None


class ArrivalDocument(Input, frozen=True, kw_only=True, rename={"from_": "from"}):
    """Where records of another case type arrive, in a document."""

    from_case_type: Name | None = None
    from_: Code | None = None
    to: Code


class CodeDocument(Input, frozen=True, kw_only=True, rename=None):
    """A code, in a document."""

    code: Code
    label: Text | None = None
    description: Text | None = None
    outcome: Outcome | None = None
    is_initial: bool | None = None
    is_final: bool | None = None
    is_active: bool | None = None
    color: Color | None = None
    icon: Name | None = None
    place: Int32 | None = None
    max_stay: Duration | None = None
    meta: dict[str, Any] | None = None
    labels: Labels | None = None


class CategoryDocument(Input, frozen=True, kw_only=True, rename=None):
    """A category, in a document."""

    code: Name
    label: Text | None = None
    description: Text | None = None


class WorkflowDocument(Input, frozen=True, kw_only=True, rename=None):
    """A workflow as a document, as it is exported: names are those of the database's columns."""

    format: Literal["jalon/1"]
    category: CategoryDocument | None = None
    case_type: Name | None = None
    label: Text | None = None
    codes: Annotated[list[CodeDocument], Meta(max_length=1000, examples=[[{"code": "NEW"}, {"code": "PAID"}]])]
    actions: dict[str, Labels] = field(default_factory=dict)
    transitions: Annotated[
        list[TransitionDocument],
        Meta(max_length=5000, examples=[[{"from": "NEW", "to": "PAID", "action": "pay", "roles": ["clerk"]}]]),
    ] = field(default_factory=list)
    arrivals: Annotated[list[ArrivalDocument], Meta(max_length=5000)] = field(default_factory=list)


class WorkflowWithDocument(Output):
    """A version and its document."""

    workflow: WorkflowBody
    definition: WorkflowDocument


class TransitionEnds(Input, frozen=True, kw_only=True):
    """Where a transition leads from and to; from nothing is creation."""

    from_: Code | None = field(default=None, name="from")
    to: Code


class TransitionChange(Input, frozen=True, kw_only=True):
    """A transition to add to the draft, or the change of one (`was`); an empty text or list clears.

    A new one takes the roles that it leaves out from its neighbours. With `fromEvery` there is one from every code that
    isn't final and has none yet.
    """

    was: TransitionEnds | None = None
    from_: Code | None = field(default=None, name="from")
    from_every: bool = False
    to: Annotated[AnyCode, Meta(examples=["CANCELLED"])]
    action: Icon | None = None
    labels: Labels | None = None
    roles: list[Name] | None = None
    relation: Icon | None = None
    requires_reason: bool | None = None
    required_fields: list[Name] | None = None
    guard: Icon | None = None
    icon: Icon | None = None
    place: Int32 | None = None


class GraphNode(CodeBody):
    """A code on the graph: whether the version uses it, its change, how many records are on it.

    `drafted`: `new` if the draft adds the code, `changed` if it edits it.
    """

    is_used: bool
    is_shown: bool
    is_current: bool
    change: str | None
    drafted: str | None
    records: int | None


class GraphEdge(Output):
    """A transition on the graph: how often it was taken, whether the caller may take it, its change in this version."""

    name: str
    from_: str | None = field(name="from")
    to: str
    action: str
    label: str
    labels: dict[str, str]
    roles: list[str]
    role_labels: list[str]
    relation: str | None
    requires_reason: bool
    required_fields: list[str]
    guard: str | None
    icon: str | None
    place: int | None
    is_implied: bool
    is_mine: bool
    count: int | None
    change: str | None
    before: dict[str, Any] | None


class Choice(Output):
    """A role or a guard that a transition may name."""

    code: str
    label: str


class GraphCategory(Output):
    """The category that a graph is of."""

    code: str
    label: str
    description: str | None
    tables: list[str]


class GraphVersion(Output):
    """A version that there is: who published it, when and why."""

    version: int
    state: str
    published_at: Timestamp | None
    published_by: str | None
    reason: str | None


class GraphRecord(Output):
    """The code of a record."""

    table: str
    id: str
    column: str | None
    code: str | None
    case_type: str | None


class DraftSteps(Output):
    """Whether an edit of a draft can be undone, or an undo redone."""

    undo: bool
    redo: bool


class GraphWorkflow(WorkflowBody):
    """The version on the graph, and who changed it last."""

    touched: LastEdit | None
    steps: DraftSteps


class Sentence(Output):
    """A difference between two versions, in words."""

    change: str
    transition: str | None
    message: str


class FindingWithSubject(Output):
    """An error or a warning, and whether it is about a code, a transition, an action or the whole."""

    severity: str
    code: str
    subject: str
    message: str
    about: str


class Graph(Output):
    """A workflow version with all that a graph shows."""

    workflow: GraphWorkflow
    category: GraphCategory
    versions: list[GraphVersion]
    rule_file: RuleFile | None
    sentences: list[Sentence]
    language: str
    since: Timestamp
    compared_with: int | None
    record: GraphRecord | None
    can_edit: bool
    can_edit_codes: bool
    languages: list[str]
    roles: list[Choice]
    guards: list[Choice]
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    findings: list[FindingWithSubject]


class Finding(Output):
    """An error or a warning."""

    severity: str
    code: str
    subject: str
    message: str


class Findings(Output):
    """The report on a version; publishing refuses while there are errors."""

    workflow: WorkflowBody
    errors: int
    findings: list[Finding]


class TransitionDifference(Output):
    """A transition that was added, removed or changed."""

    change: str
    transition: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class TransitionChanges(Output):
    """The changes between two versions."""

    workflow: WorkflowBody
    items: list[TransitionDifference]


class Redo(Input, frozen=True, kw_only=True):
    """Which way to go through the edits of a draft."""

    redo: bool = False


class NewDraft(Input, frozen=True, kw_only=True):
    """A draft to begin."""

    copied: bool = True
    label: Text | None = None


class Publication(Input, frozen=True, kw_only=True):
    """Where records on removed codes go, and why."""

    mapping: dict[str, Code] = field(default_factory=dict)
    reason: Reason | None = None


class Effect(Output):
    """One effect of publishing."""

    what: str
    subject: str
    records: int | None
    message: str | None
    code: str | None


class PublicationResult(Output):
    """The result of publishing."""

    workflow: WorkflowBody
    effects: list[Effect]


class Template(Output):
    """A ready-made workflow."""

    name: str
    label: str
    codes: list[str]
    roles: list[str]


class Templates(Output):
    """Ready-made workflows."""

    items: list[Template]


class TemplateUse(Input, frozen=True, kw_only=True):
    """Where a template is put to use, and which of your roles stand for its own."""

    category: Annotated[Name, Meta(examples=["TICKET_STATUS"])]
    case_type: Name = "*"
    roles: dict[str, Name] = field(default_factory=dict)
    published: bool = True


@get("/api/v1/workflows", tags=WORKFLOWS, responses=responses(), opt={"open": True})
async def workflows(request: Request, category: OfCategory = None, in_state: State = None) -> Response[WorkflowList]:
    """Versions of workflows, the newest first."""
    return await call("workflows", None, None, request, category=category, state=in_state)


@get(WORKFLOW, tags=WORKFLOWS, responses=responses(404))
async def workflow(
    request: Request,
    category: Category,
    case_type: CaseType,
    version: Version = None,
    format: Format = "json",
    table: OfTable = None,
    id: OfRecord = None,
) -> Response[WorkflowWithDocument]:
    """A version, the published one unless another is named: as a document, or as a picture (mermaid, dot, svg)."""
    parameters = {"caseType": case_type, "version": version, "format": format, "table": table, "id": id}
    answer = await call("workflow", category, None, request, **parameters)
    return as_svg(answer) if format == "svg" else answer


@get(WORKFLOW + "/graph", tags=WORKFLOWS, responses=responses(404))
async def workflow_graph(
    request: Request,
    category: Category,
    case_type: CaseType,
    version: Version = None,
    before: From = None,
    table: OfTable = None,
    id: OfRecord = None,
    since: Since = None,
) -> Response[Graph]:
    """A version with all that a graph shows: codes, transitions, findings, changes, counts, where a record stands."""
    parameters = {"caseType": case_type, "version": version, "from": before, "table": table, "id": id, "since": since}
    return await call("workflow_graph", category, None, request, **parameters)


@put(WORKFLOW, tags=WORKFLOWS, responses=responses(404, 409, 412, 422))
async def save_workflow(
    request: Request, category: Category, case_type: CaseType, data: JSONBody[WorkflowDocument]
) -> Response[WorkflowBody]:
    """Save a document as the draft; if there is none, begin one. If-Match: the draft's ETag."""
    return await call("save_workflow", category, {"definition": data}, request, caseType=case_type)


@post(WORKFLOW + "/draft", tags=WORKFLOWS, responses=responses(404, 409))
async def begin_draft(
    request: Request, category: Category, case_type: CaseType, data: JSONBody[NewDraft]
) -> Response[WorkflowBody]:
    """Begin a draft, a copy of the published version unless said otherwise."""
    return await call("draft_workflow", category, data, request, caseType=case_type)


@delete(WORKFLOW + "/draft", tags=WORKFLOWS, status_code=204, responses=responses(404, 409, 412))
async def discard_draft(request: Request, category: Category, case_type: CaseType) -> Response[None]:
    """Drop the draft."""
    return await call("discard_workflow", category, None, request, caseType=case_type)


@put(WORKFLOW + "/draft/transition", tags=WORKFLOWS, responses=responses(404, 409, 412))
async def set_transition(
    request: Request, category: Category, case_type: CaseType, data: JSONBody[TransitionChange]
) -> Response[WorkflowBody]:
    """Add a transition to the draft, or change one. If-Match: the draft's ETag."""
    return await call("set_transition", category, data, request, caseType=case_type)


@delete(WORKFLOW + "/draft/transition", tags=WORKFLOWS, status_code=200, responses=responses(404, 412))
async def drop_transition(
    request: Request, category: Category, case_type: CaseType, to: ToCode, from_code: FromCode = None
) -> Response[WorkflowBody]:
    """Take a transition out of the draft. If-Match: the draft's ETag."""
    return await call("drop_transition", category, None, request, caseType=case_type, **{"from": from_code, "to": to})


@post(WORKFLOW + "/draft/codes", tags=WORKFLOWS, responses=responses(404, 409, 412))
async def add_draft_code(
    request: Request, category: Category, case_type: CaseType, data: JSONBody[NewCode]
) -> Response[WorkflowBody]:
    """Add a code to the draft; nothing sees it before the draft is published. If-Match: the draft's ETag."""
    return await call("add_draft_code", category, data, request, caseType=case_type)


@patch(WORKFLOW + "/draft/codes/{code:str}", tags=WORKFLOWS, responses=responses(404, 412))
async def set_draft_code(
    request: Request, category: Category, case_type: CaseType, code: CodeName, data: JSONBody[CodeChange]
) -> Response[WorkflowBody]:
    """Edit a code in the draft; the edit takes effect when the draft is published. If-Match: the draft's ETag."""
    return await call("set_draft_code", code, data, request, category=category, caseType=case_type)


@delete(WORKFLOW + "/draft/codes/{code:str}", tags=WORKFLOWS, status_code=200, responses=responses(404, 409, 412))
async def drop_draft_code(
    request: Request, category: Category, case_type: CaseType, code: CodeName
) -> Response[WorkflowBody]:
    """Take a new code, or the edits of a code, out of the draft. If-Match: the draft's ETag."""
    return await call("drop_draft_code", code, None, request, category=category, caseType=case_type)


@post(WORKFLOW + "/draft/undo", status_code=200, tags=WORKFLOWS, responses=responses(404, 412))
async def undo_draft(
    request: Request, category: Category, case_type: CaseType, data: JSONBody[Redo]
) -> Response[WorkflowBody]:
    """Take back the last edit of the draft, or the last undo (`redo`). If-Match: the draft's ETag."""
    return await call("undo_draft", category, data, request, caseType=case_type)


@get(WORKFLOW + "/check", tags=WORKFLOWS, responses=responses(404), opt={"open": True})
async def workflow_check(
    request: Request, category: Category, case_type: CaseType, version: Version = None
) -> Response[Findings]:
    """Errors and warnings of the draft, or of another version."""
    return await call("check_workflow", category, None, request, caseType=case_type, version=version)


@get(WORKFLOW + "/diff", tags=WORKFLOWS, responses=responses(404), opt={"open": True})
async def workflow_changes(
    request: Request, category: Category, case_type: CaseType, before: From = None, after: To = None
) -> Response[TransitionChanges]:
    """The changes of the draft, or those between two versions."""
    return await call("diff_workflow", category, None, request, caseType=case_type, **{"from": before, "to": after})


@post(WORKFLOW + "/publish", status_code=200, tags=WORKFLOWS, responses=responses(404, 409, 412, 422))
async def publish_workflow(
    request: Request, category: Category, case_type: CaseType, data: JSONBody[Publication]
) -> Response[PublicationResult]:
    """Publish the draft. `Prefer: tx=rollback` only shows the effects."""
    return await call("publish_workflow", category, data, request, caseType=case_type)


@get("/api/v1/templates", tags=WORKFLOWS, responses=responses(), opt={"open": True})
async def templates(request: Request) -> Response[Templates]:
    """Ready-made workflows."""
    return await call("templates", None, None, request)


@post("/api/v1/templates/{name:str}/apply", tags=WORKFLOWS, responses=responses(404, 409, 422))
async def apply_template(
    request: Request, name: Annotated[str, PathParameter(max_length=100)], data: JSONBody[TemplateUse]
) -> Response[WorkflowBody]:
    """Put a template to use: codes, labels, transitions and roles, published unless said otherwise."""
    return await call("apply_template", name, data, request)


routes: list[Any] = [
    workflows,
    workflow,
    workflow_graph,
    save_workflow,
    set_transition,
    drop_transition,
    add_draft_code,
    set_draft_code,
    drop_draft_code,
    undo_draft,
    begin_draft,
    discard_draft,
    workflow_check,
    workflow_changes,
    publish_workflow,
    templates,
    apply_template,
]
