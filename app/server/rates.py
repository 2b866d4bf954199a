"""How many requests a minute a principal may send, and an address without credentials that are right.

What a sender may send is refilled as time passes, so that a pause makes room for a burst. The counts are those of this
process. What is kept is bounded: beyond MAX_KEPT the sender that was not heard of for longest is forgotten.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Any, NamedTuple

from jalon.server.middleware import RequestContext
from jalon.server.problems import Problem
from jalon.settings import Settings

WINDOW_SECONDS = 60
MAX_KEPT = 10_000
# Probes must not fail because of a stranger behind the same proxy; files of the console are sent from memory.
UNLIMITED = ("/health/", "/console/static/")


class Rate(NamedTuple):
    """What is left to a sender: how many requests, and how many seconds until one more."""

    left: int
    seconds: float


class Rates:
    """The requests of many senders, each of which may send so many a minute."""

    def __init__(self, policy: str, per_minute: int) -> None:
        self.policy, self.per_minute = policy, per_minute
        # Sender -> when all that they may send would be there again (monotonic).
        self.full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, sender: str) -> Rate:
        """Counts a request, unless none is left."""
        now, each = time.monotonic(), WINDOW_SECONDS / self.per_minute
        full_at = max(self.full_at.get(sender, now), now)
        if full_at + each - now > WINDOW_SECONDS + 1e-6:
            return Rate(-1, full_at + each - now - WINDOW_SECONDS)
        self.full_at[sender] = full_at + each
        self.full_at.move_to_end(sender)
        if len(self.full_at) > MAX_KEPT:
            self.full_at.popitem(last=False)
        return Rate(int((WINDOW_SECONDS - (full_at + each - now)) / each + 1e-6), full_at + each - now)

    def give_back(self, sender: str) -> None:
        """Counts a request of theirs as not sent."""
        if sender in self.full_at:
            self.full_at[sender] -= WINDOW_SECONDS / self.per_minute

    def headers(self, rate: Rate) -> dict[str, str]:
        """The fields RateLimit and RateLimit-Policy of the IETF's draft."""
        return {
            "ratelimit-policy": f'"{self.policy}";q={self.per_minute};w={WINDOW_SECONDS}',
            "ratelimit": f'"{self.policy}";r={max(rate.left, 0)};t={ceil(rate.seconds)}',
        }

    def refusal(self, rate: Rate) -> Problem:
        headers = self.headers(rate) | {"retry-after": str(ceil(rate.seconds))}
        return Problem(429, "You have sent too many requests; try again later.", None, headers, limit=self.per_minute)


class Limits:
    """What an installation allows. A request counts for its address until it is known whose it is."""

    def __init__(self, settings: Settings, is_known: Callable[[Any, RequestContext], bool]) -> None:
        """`is_known` says whether the credentials of a request were found right a short time ago."""
        self.addresses = Rates("address", settings.address_rate) if settings.address_rate else None
        self.principals = Rates("principal", settings.principal_rate) if settings.principal_rate else None
        self.is_known = is_known

    def refuse_address(self, scope: Any, context: RequestContext) -> Problem | None:
        """Counts a request for its address. The refusal, if none is left and its credentials are not known."""
        if self.addresses is None or scope["path"].startswith(UNLIMITED):
            return None
        sender = sender_of(scope.get("client"))
        rate = self.addresses.take(sender)
        if rate.left >= 0:
            context.counted_for = sender
        elif not self.is_known(scope, context):
            return self.addresses.refusal(rate)
        return None

    def require_principal(self, context: RequestContext) -> None:
        """Counts a request for its caller instead, and refuses it if none is left."""
        if self.addresses and context.counted_for is not None:
            self.addresses.give_back(context.counted_for)
            context.counted_for = None
        if self.principals:
            rate = self.principals.take(context.caller.actor)
            if rate.left < 0:
                raise self.principals.refusal(rate)
            fields = self.principals.headers(rate).items()
            context.more_headers = [(name.encode(), value.encode()) for name, value in fields]


def sender_of(client: tuple[str, int] | None) -> str:
    """The address of a client; of IPv6 its network, in which one sender has as many addresses as they like."""
    if client is None:
        return ""
    try:
        address = ip_address(client[0])
    except ValueError:
        return client[0]
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)
