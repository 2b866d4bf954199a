"""Webhooks: endpoints outside, the messages they subscribe to, and the result of each delivery."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.openapi.spec import Example
from litestar.params import PathParameter
from msgspec import UNSET, Meta, UnsetType

from jalon.engine.schemas import Name
from jalon.outbox import signatures
from jalon.outbox.messages import DeadlinePassed, RecordCreated, StatusChanged, WebhookTested
from jalon.outbox.webhook_client import Undeliverable
from jalon.server.call import (
    EXAMPLE_ID,
    After,
    Input,
    JSONBody,
    Limit,
    Output,
    QueryParameter,
    Request,
    Timestamp,
    call,
)
from jalon.server.problems import Problem, responses

PATH = "/api/v1/webhooks"
TAGS = ["Webhooks"]

Webhook = Annotated[UUID, PathParameter(description="Identifier.", examples=[Example(value=EXAMPLE_ID)])]
Url = Annotated[str, Meta(min_length=1, max_length=2000, examples=["https://example.com/hooks/jalon"])]
Pattern = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_*]+(\.[A-Za-z0-9_*]+)*$", max_length=200)]
Patterns = Annotated[
    list[Pattern], Meta(min_length=1, max_length=100, examples=[["dossier.status_changed", "events.*"]])
]
Names = Annotated[list[Name], Meta(max_length=100)]
Field = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$", max_length=200, examples=["who"])]
Fields = Annotated[list[Field], Meta(max_length=100)]
Rate = Annotated[int, Meta(ge=1, le=100_000)]
Text = Annotated[str, Meta(max_length=1000)]
Signature = Literal["v1", "v1a"]


class NewEndpoint(Input, frozen=True, kw_only=True):
    """An endpoint to register."""

    url: Url
    event_types: Patterns
    description: Text | None = None
    tables: Names | None = None
    case_types: Names | None = None
    from_: Names | None = msgspec.field(name="from", default=None)
    to: Names | None = None
    thin: bool = False
    omit: Fields = msgspec.field(default_factory=list)
    in_order: bool = False
    rate_limit: Rate | None = None
    signature: Signature = "v1"


class EndpointChange(Input, frozen=True, kw_only=True):
    """Changes of an endpoint; null clears a filter."""

    url: Url | UnsetType = UNSET
    event_types: Patterns | UnsetType = UNSET
    description: Text | UnsetType | None = UNSET
    tables: Names | UnsetType | None = UNSET
    case_types: Names | UnsetType | None = UNSET
    from_: Names | UnsetType | None = msgspec.field(name="from", default=UNSET)
    to: Names | UnsetType | None = UNSET
    thin: bool | UnsetType = UNSET
    omit: Fields | UnsetType = UNSET
    in_order: bool | UnsetType = UNSET
    rate_limit: Rate | UnsetType | None = UNSET


class Rotation(Input, frozen=True, kw_only=True):
    """Another signature, if asked for."""

    signature: Signature | None = None


class Replay(Input, frozen=True, kw_only=True):
    """The deliveries to send again: all since an instant, or only those that were given up."""

    since: Annotated[Timestamp, Meta(examples=["2026-11-20T00:00:00Z"])] | None = None
    only_dead: bool = False


class Endpoint(Output):
    """An endpoint."""

    id: UUID
    url: str
    description: str | None
    event_types: list[str]
    tables: list[str] | None
    case_types: list[str] | None
    from_: list[str] | None = msgspec.field(name="from")
    to: list[str] | None
    thin: bool
    omit: list[str]
    in_order: bool
    rate_limit: int | None
    signature: Signature
    state: Annotated[str, Meta(description="active, failing, paused or disabled")]
    paused: bool
    disabled_at: Timestamp | None
    disabled_why: str | None
    failing_since: Timestamp | None
    last_failure_at: Timestamp | None
    last_failure: Annotated[str | None, Meta(description="The answer then, or why there was none.")]
    waiting: Annotated[int, Meta(description="Deliveries that wait; counted up to 10,000.")]
    dead: Annotated[int, Meta(description="Deliveries that were given up; counted up to 10,000.")]
    created_at: Timestamp
    created_by: str
    etag: Annotated[str, Meta(description="For If-Match.")]


class Secret(Output, kw_only=True, omit_defaults=True):
    """The secret or key that verifies deliveries; shown only once."""

    secret: Annotated[str, Meta(description="v1: the shared secret.")] = ""
    public_key: Annotated[str, Meta(description="v1a: the public key.")] = ""
    previous_until: Timestamp | None = None


class NewEndpointAnswer(Endpoint, kw_only=True, rename="camel", omit_defaults=True):
    """The endpoint, and the secret or key that verifies its deliveries; shown only once."""

    secret: str = ""
    public_key: str = ""


class Endpoints(Output):
    """All endpoints."""

    items: list[Endpoint]


class Attempt(Output):
    """One attempt to deliver."""

    attempted_at: Timestamp
    milliseconds: int
    http_status: int | None
    error: str | None
    response_head: str | None


class Delivery(Output, kw_only=True):
    """A message on its way to an endpoint."""

    id: UUID
    type: str
    table: str
    key: str
    version: int | None
    occurred_at: Timestamp
    state: Annotated[str, Meta(description="waiting, delivered or dead")]
    due_at: Timestamp | None
    delivered_at: Timestamp | None
    attempts: int
    last_attempt: Attempt | None


class DeliveryLog(Delivery, kw_only=True, rename="camel"):
    """A delivery with its body and each attempt."""

    body: Annotated[dict[str, Any], Meta(description="One of the messages of the section `webhooks`.")]
    log: list[Attempt]


class Deliveries(Output):
    """A page of deliveries, newest first."""

    items: list[Delivery]
    next: str | None


class Queued(Output):
    """How many deliveries are due again."""

    queued: int


class Sent(Output):
    """The message of a test."""

    id: UUID


async def check_url(request: Request, url: str | UnsetType) -> None:
    """400 for an address that no delivery would be sent to."""
    try:
        if url is not UNSET:
            await request.app.state.webhook_client.check_url(url)
    except (Undeliverable, TimeoutError) as error:
        why = str(error) or "its name was not resolved in time"
        raise Problem(400, f"url: {why}.", "JL405", field="url") from None


def with_public_key(response: Response[Any]) -> Response[Any]:
    """An ed25519 key never leaves; its public half does."""
    body = msgspec.json.decode(response.content)
    if body.get("secret", "").startswith("whsk_"):
        body["publicKey"] = signatures.public(body.pop("secret"))
        response.content = msgspec.json.encode(body)
    return response


@get(PATH, tags=TAGS, responses=responses())
async def webhooks(request: Request) -> Response[Endpoints]:
    """All endpoints."""
    return await call("webhooks", None, None, request)


@post(PATH, tags=TAGS, responses=responses(422))
async def create_webhook(request: Request, data: JSONBody[NewEndpoint]) -> Response[NewEndpointAnswer]:
    """Register an endpoint."""
    await check_url(request, data.url)
    return with_public_key(await call("create_webhook", None, data, request))


@get(f"{PATH}/{{id:uuid}}", tags=TAGS, responses=responses(404))
async def webhook(request: Request, id: Webhook) -> Response[Endpoint]:
    """One endpoint."""
    return await call("webhook", id, None, request)


@patch(f"{PATH}/{{id:uuid}}", tags=TAGS, responses=responses(404, 412, 422))
async def change_webhook(request: Request, id: Webhook, data: JSONBody[EndpointChange]) -> Response[Endpoint]:
    """Change an endpoint."""
    await check_url(request, data.url)
    return await call("change_webhook", id, data, request)


@delete(f"{PATH}/{{id:uuid}}", tags=TAGS, responses=responses(404, 412, 422))
async def drop_webhook(request: Request, id: Webhook) -> None:
    """Drop an endpoint with its deliveries."""
    return await call("drop_webhook", id, None, request)  # type: ignore[return-value]


@post(f"{PATH}/{{id:uuid}}/pause", tags=TAGS, status_code=200, responses=responses(404, 412, 422))
async def pause_webhook(request: Request, id: Webhook) -> Response[Endpoint]:
    """Pause: deliveries wait."""
    return await call("pause_webhook", id, None, request, paused=True)


@post(f"{PATH}/{{id:uuid}}/resume", tags=TAGS, status_code=200, responses=responses(404, 412, 422))
async def resume_webhook(request: Request, id: Webhook) -> Response[Endpoint]:
    """Resume an endpoint that was paused or disabled."""
    return await call("pause_webhook", id, None, request, paused=False)


@post(f"{PATH}/{{id:uuid}}/test", tags=TAGS, status_code=202, responses=responses(404, 412, 422))
async def test_webhook(request: Request, id: Webhook) -> Response[Sent]:
    """Send a message of type webhook.test."""
    return await call("test_webhook", id, None, request)


@post(f"{PATH}/{{id:uuid}}/rotate-secret", tags=TAGS, status_code=200, responses=responses(404, 412, 422))
async def rotate_webhook_secret(request: Request, id: Webhook, data: JSONBody[Rotation]) -> Response[Secret]:
    """Make a new secret; for 24 hours the previous one signs too."""
    return with_public_key(await call("rotate_webhook_secret", id, data, request))


@post(f"{PATH}/{{id:uuid}}/replay", tags=TAGS, status_code=202, responses=responses(404, 412, 422))
async def replay_webhook(request: Request, id: Webhook, data: JSONBody[Replay]) -> Response[Queued]:
    """Send again all since an instant, or all that was given up."""
    return await call("send_webhook", id, data, request)


@get(f"{PATH}/{{id:uuid}}/deliveries", tags=TAGS, responses=responses(404))
async def webhook_deliveries(
    request: Request,
    id: Webhook,
    which: Annotated[
        str | None,
        QueryParameter(name="state", pattern="^(waiting|delivered|dead)$", description="waiting, delivered or dead"),
    ] = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[Deliveries]:
    """Deliveries of an endpoint, newest first."""
    return await call("webhook_deliveries", id, None, request, state=which, after=after, limit=limit)


@get(f"{PATH}/{{id:uuid}}/deliveries/{{delivery:uuid}}", tags=TAGS, responses=responses(404))
async def webhook_delivery(request: Request, id: Webhook, delivery: Webhook) -> Response[DeliveryLog]:
    """A delivery with its body and each attempt."""
    return await call("webhook_delivery", id, None, request, delivery=delivery)


@post(
    f"{PATH}/{{id:uuid}}/deliveries/{{delivery:uuid}}/resend",
    tags=TAGS,
    status_code=202,
    responses=responses(404, 412, 422),
)
async def resend_webhook_delivery(request: Request, id: Webhook, delivery: Webhook) -> Response[Queued]:
    """Send one delivery again."""
    return await call("send_webhook", id, None, request, delivery=delivery)


routes = [
    webhooks,
    create_webhook,
    webhook,
    change_webhook,
    drop_webhook,
    pause_webhook,
    resume_webhook,
    test_webhook,
    rotate_webhook_secret,
    replay_webhook,
    webhook_deliveries,
    webhook_delivery,
    resend_webhook_delivery,
]
messages = [RecordCreated, StatusChanged, DeadlinePassed, WebhookTested]
