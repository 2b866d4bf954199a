"""Subscriptions to the weekly recap by e-mail; everybody has their own."""

from typing import Annotated, Any

from litestar import Response, delete, get, patch, post
from msgspec import UNSET, Meta, UnsetType

from jalon.server.call import Identifier, Input, JSONBody, Output, Request, Timestamp, call
from jalon.server.problems import responses

SUBSCRIPTIONS = "/api/v1/recap-subscriptions"
TAGS = ["Recaps"]
Language = Annotated[str, Meta(min_length=1, max_length=20, examples=["fr"])]
Zone = Annotated[str, Meta(min_length=1, max_length=64, examples=["Europe/Paris"])]
Day = Annotated[int, Meta(ge=1, le=7, description="1 is Monday.", examples=[1])]
Hour = Annotated[int, Meta(ge=0, le=23, examples=[8])]


class NewRecapSubscription(Input, frozen=True, kw_only=True):
    """A recap to subscribe to; without a table it tells of all that its reader may read in full.

    It comes on Mondays from eight by UTC, in the reader's language, unless something else is said.
    """

    table: Annotated[str, Meta(max_length=100, examples=["orders"])] | None = None
    language: Language | UnsetType = UNSET
    time_zone: Zone | UnsetType = UNSET
    day: Day | UnsetType = UNSET
    hour: Hour | UnsetType = UNSET
    address: Annotated[str, Meta(min_length=3, max_length=254, examples=["anna@example.com"])]


class RecapSubscriptionChange(Input, frozen=True, kw_only=True):
    """What is to change of a subscription. Another address is another subscription."""

    language: Language | UnsetType = UNSET
    time_zone: Zone | UnsetType = UNSET
    day: Day | UnsetType = UNSET
    hour: Hour | UnsetType = UNSET


class RecapSubscription(Output):
    """A subscription to the weekly recap."""

    id: str
    table: str | None
    language: str
    time_zone: str
    day: int
    hour: int
    address: str
    created_at: Timestamp
    confirmed_at: Annotated[Timestamp | None, Meta(description="Null until the address has said yes.")]
    next_at: Annotated[Timestamp | None, Meta(description="When the next e-mail is tried.")]
    waits_since: Annotated[Timestamp | None, Meta(description="Since when its reader may read none of it.")]
    last_sent_at: Timestamp | None
    last_week: str | None
    error: Annotated[str | None, Meta(description="Why the last e-mail was not sent.")]


class MailLanguage(Output):
    """A language in which recaps are sent."""

    code: Annotated[str, Meta(examples=["fr"])]
    label: Annotated[str, Meta(examples=["Français"])]


class RecapSubscriptions(Output):
    """The reader's subscriptions."""

    items: list[RecapSubscription]
    tables: Annotated[list[str], Meta(description="To which the reader may subscribe.")]
    languages: list[MailLanguage]
    is_sent: Annotated[bool, Meta(description="Whether a relay with a mail server is running.")]


@get(SUBSCRIPTIONS, tags=TAGS, responses=responses())
async def recap_subscriptions(request: Request) -> Response[RecapSubscriptions]:
    """The reader's subscriptions to the weekly recap."""
    return await call("recap_subscriptions", None, None, request)


@post(SUBSCRIPTIONS, tags=TAGS, responses=responses(403, 404, 409, 422), status_code=201)
async def subscribe_to_recap(request: Request, data: JSONBody[NewRecapSubscription]) -> Response[RecapSubscription]:
    """Subscribe to the weekly recap; an e-mail asks the address whether it is wanted."""
    return await call("subscribe_to_recap", None, data, request)


@patch(f"{SUBSCRIPTIONS}/{{id:str}}", tags=TAGS, responses=responses(404, 422))
async def change_recap_subscription(
    request: Request, id: Identifier, data: JSONBody[RecapSubscriptionChange]
) -> Response[RecapSubscription]:
    """Change when and in which language a recap is sent."""
    return await call("change_recap_subscription", id, data, request)


@delete(f"{SUBSCRIPTIONS}/{{id:str}}", tags=TAGS, responses=responses(404), status_code=204)
async def end_recap_subscription(request: Request, id: Identifier) -> Response[None]:
    """End a subscription."""
    return await call("end_recap_subscription", id, None, request)


routes: list[Any] = [recap_subscriptions, subscribe_to_recap, change_recap_subscription, end_recap_subscription]
