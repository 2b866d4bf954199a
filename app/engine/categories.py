"""Categories and their codes."""

from typing import Annotated, Any

from litestar import Response, get, patch, post
from msgspec import Meta

from jalon.engine.schemas import AnyCode, Color, Duration, Icon, Int32, Labels, Name, Outcome, Text
from jalon.server.call import Input, JSONBody, Output, PathParameter, QueryParameter, Request, Timestamp, call
from jalon.server.problems import responses

CODES = "/api/v1/referentials/{category:str}"
REFERENTIALS = ["Referentials"]
Category = Annotated[str, PathParameter(max_length=100, description="A category of codes.")]
CodeName = Annotated[str, PathParameter(max_length=100, description="A code of the category.")]
All = Annotated[bool, QueryParameter(name="all", description="Inactive codes too.")]


class NewCategory(Input, frozen=True, kw_only=True):
    """A category to create."""

    code: Annotated[Name, Meta(examples=["TICKET_STATUS"])]
    label: Text | None = None
    description: Text | None = None


class LastEdit(Output):
    """The last edit: who made it, and when."""

    by: str
    at: Timestamp


class PublishedVersion(Output):
    """The published version of a workflow."""

    version: int
    at: Timestamp
    by: str | None
    transitions: int


class DraftVersion(Output):
    """The draft of a workflow."""

    version: int
    at: Timestamp
    by: str | None
    touched: LastEdit | None


class WorkflowState(Output):
    """The published version and the draft for a case type."""

    case_type: str
    label: str | None
    versions: int
    published: PublishedVersion | None
    draft: DraftVersion | None


class RuleFile(Output):
    """The file that owns the rules of a category."""

    source: str
    applied_at: Timestamp
    applied_by: str


class CategoryBody(Output):
    """A category of codes, the tables and the workflows that use it."""

    code: str
    label: str
    description: str | None
    codes: int
    tables: list[str]
    rule_file: RuleFile | None
    workflows: list[WorkflowState]


class Categories(Output):
    """All categories, and whether the caller manages workflows."""

    items: list[CategoryBody]
    can_edit: bool


class CodeChange(Input, frozen=True, kw_only=True):
    """Changes of a code; members that are left out stay, an empty text clears."""

    label: Text | None = None
    labels: Labels | None = None
    description: Text | None = None
    outcome: Outcome | None = None
    is_initial: bool | None = None
    is_final: bool | None = None
    is_active: bool | None = None
    color: Color | None = None
    icon: Icon | None = None
    place: Int32 | None = None
    max_stay: Duration | None = None
    meta: dict[str, Any] | None = None


class NewCode(CodeChange, frozen=True, kw_only=True):
    """A code to add."""

    code: Annotated[AnyCode, Meta(examples=["RETURNED"])]


class CodeBody(Output):
    """A code, its label in the reader's language and in all."""

    category: str
    code: str
    label: str
    labels: dict[str, str]
    description: str | None
    place: int
    color: str | None
    icon: str | None
    outcome: str
    is_initial: bool
    is_final: bool
    is_active: bool
    max_stay: str | None
    meta: dict[str, Any]


class Codes(Output):
    """The codes of a category, in order."""

    items: list[CodeBody]


@get("/api/v1/referentials", tags=REFERENTIALS, responses=responses(), opt={"open": True})
async def categories(request: Request) -> Response[Categories]:
    """Categories of codes."""
    return await call("categories", None, None, request)


@post("/api/v1/referentials", tags=REFERENTIALS, responses=responses(409))
async def add_category(request: Request, data: JSONBody[NewCategory]) -> Response[CategoryBody]:
    """Create a category."""
    return await call("add_category", None, data, request)


@get(CODES, tags=REFERENTIALS, responses=responses(404), opt={"open": True})
async def codes(request: Request, category: Category, all_codes: All = True) -> Response[Codes]:
    """The codes of a category, in order."""
    return await call("codes", category, None, request, all=all_codes)


@post(CODES, tags=REFERENTIALS, responses=responses(404, 409))
async def add_code(request: Request, category: Category, data: JSONBody[NewCode]) -> Response[CodeBody]:
    """Add a code to a category."""
    return await call("add_code", category, data, request)


@get(CODES + "/{code:str}", tags=REFERENTIALS, responses=responses(404), opt={"open": True})
async def code(request: Request, category: Category, code: CodeName) -> Response[CodeBody]:
    """One code."""
    return await call("code", code, None, request, category=category)


@patch(CODES + "/{code:str}", tags=REFERENTIALS, responses=responses(404, 409))
async def change_code(
    request: Request, category: Category, code: CodeName, data: JSONBody[CodeChange]
) -> Response[CodeBody]:
    """Change the given members of a code. isActive false closes it; a code that anything refers to is never deleted."""
    return await call("set_code", code, data, request, category=category)


routes: list[Any] = [categories, add_category, codes, add_code, code, change_code]
