"""Deliver webhooks and announce notifications, in a process of its own; several may run.

`serve` does both already; with JALON_RELAY=false and JALON_TICK=0 it leaves them to this command.
It ends with Ctrl-C; another relay, or itself when it starts again, takes over unfinished deliveries.
"""

import argparse
import asyncio
import contextlib

import msgspec

from jalon.install import postgres
from jalon.outbox.relay import Relay
from jalon.outbox.webhook_client import WebhookClient
from jalon.server import logs
from jalon.server.optional import make_telemetry
from jalon.settings import Settings


def run(settings: Settings, options: argparse.Namespace) -> None:
    logs.configure(settings.log_level)
    if settings.relay_dsn and not settings.dsn:
        settings = msgspec.structs.replace(settings, dsn=settings.relay_dsn)
    with postgres.server(settings) as dsn, contextlib.suppress(KeyboardInterrupt):
        asyncio.run(both(settings, postgres.dsn_of_role(settings, dsn, "relay")))


async def both(settings: Settings, dsn: str) -> None:
    webhook_client = WebhookClient(settings.webhook_allow, settings.webhook_allow_http, settings.webhook_timeout)
    telemetry = make_telemetry(settings)
    relay = Relay(settings, dsn, webhook_client, telemetry)
    try:
        await asyncio.gather(relay.run(), relay.announce())
    finally:
        if telemetry:
            telemetry.close()
