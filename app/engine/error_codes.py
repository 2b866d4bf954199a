"""The address to which `type` of each problem leads: what its code means, for people and for programs."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get
from litestar.openapi.spec import Example
from litestar.params import PathParameter
from msgspec import UNSET, Meta, UnsetType

from jalon.console.page import HEADERS, ask, asked, render
from jalon.server import header_fields
from jalon.server.call import BytesResponse, Output, QueryParameter, Request, call, require_known_parameters
from jalon.server.middleware import request_context
from jalon.server.problems import NATIVE_CODES, TYPE, http_status, responses

Code = Annotated[
    str, PathParameter(max_length=100, description="A code of a refusal.", examples=[Example(value="JL101")])
]


class ErrorMeaning(Output):
    """What an error code means."""

    code: Annotated[str, Meta(description="The SQLSTATE.", examples=["JL101"])]
    status: Annotated[int, Meta(description="The HTTP status that such a refusal has.", examples=[409])]
    title: Annotated[str, Meta(examples=["No such move"])]
    meaning: Annotated[str, Meta(description="What it means.", examples=["The workflow has no such transition."])]
    detail: (
        Annotated[str, Meta(description="An example of the member `detail`.", examples=["orders 7: NEW -> SHIPPED …"])]
        | UnsetType
    ) = UNSET
    hint: Annotated[str, Meta(description="An example of what may be done next.")] | UnsetType = UNSET


@get(
    TYPE.format("{code:str}"),
    opt={"public": True, "anonymous": True},
    security=[{}],
    tags=["Errors"],
    responses=responses(404),
)
async def error_code(
    request: Request,
    code: Code,
    format: Annotated[Literal["json", "html"] | None, QueryParameter(description="Instead of Accept.")] = None,
) -> Response[ErrorMeaning]:
    """What an error code means: as a page, or as JSON for whoever prefers that. It needs no token."""
    require_known_parameters(request, ())
    accepted = request_context(request.scope).header(b"accept") or ""
    status = {"status": http_status(code, {})} if code in NATIVE_CODES else {}
    if format == "json" or (format is None and header_fields.prefers(accepted, "application/json", "text/html")):
        return await call("error_code", code, None, request, **status)
    found: dict[str, Any] = await asked(request, ask("error_code", code, **status))
    example = {
        "type": TYPE.format(code),
        "title": HTTPStatus(found["status"]).phrase,
        "status": found["status"],
        "detail": found.get("detail"),
        "code": code,
        "hint": found.get("hint"),
    }
    text = msgspec.json.format(msgspec.json.encode({k: v for k, v in example.items() if v is not None})).decode()
    page = render(request, "error-code.html", {"found": found, "example": text})
    return BytesResponse(page.content.encode(), media_type="text/html", headers=dict(HEADERS))


routes: list[Any] = [error_code]
