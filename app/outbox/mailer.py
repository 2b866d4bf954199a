"""Sends the recaps that are due by e-mail. The database says which, to whom, and what they say; several may run."""

import asyncio
from collections.abc import Awaitable, Callable
from email.headerregistry import Address
from typing import Any
from uuid import UUID, uuid4

import psycopg

from jalon.outbox.smtp import Connection, Mail, NotSent, Server, read_sender, read_server
from jalon.server import logs
from jalon.settings import Settings

CLAIM = "select mail_id from jalon.claim_recap_mails(%s::uuid, %s::float8, %s::int)"
START = "select jalon.start_recap_mail(%s::uuid, %s::uuid, %s::text, %s::text)"
FINISH = "select jalon.finish_recap_mail(%s::uuid, %s::uuid, %s::text, %s::boolean)"
LOOK_SECONDS = 30.0  # between two looks at what is due
LEASE_SECONDS = 900.0  # in which an e-mail is begun
MOST = 10  # e-mails of one look
WRITE_SECONDS = 300.0  # in which the database writes an e-mail

Fetch = Callable[..., Awaitable[list[Any]]]


class Mailer:
    """One process's part in sending."""

    def __init__(self, settings: Settings, server: Server, sender: Address, fetch: Fetch) -> None:
        self.settings, self.server, self.sender, self.fetch = settings, server, sender, fetch
        self.lease = uuid4()

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            try:
                while await self.send_due():
                    pass
            except (psycopg.Error, OSError) as error:
                logs.write("relay could not send mails", error=repr(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def send_due(self) -> int:
        """Tries some of what is due and returns how many."""
        mails = [row[0] for row in await self.fetch(CLAIM, self.lease, LEASE_SECONDS, MOST)]
        connection: Connection | None = None
        try:
            for mail in mails:
                try:
                    if connection is None or not connection.is_open:
                        connection = await asyncio.to_thread(Connection, self.server)
                    await self.send(connection, mail)
                except NotSent as refused:
                    logs.write("mail not sent", mail=str(mail), error=str(refused))
                    await self.fetch(FINISH, mail, self.lease, str(refused), refused.is_final)
        finally:
            if connection is not None:
                await asyncio.to_thread(connection.close)
        return len(mails)

    async def send(self, connection: Connection, id: UUID) -> None:
        """Sends one e-mail, if it still is to be sent."""
        sources, public_url = self.settings.role_sources, self.settings.public_url
        try:
            began = await self.fetch(START, id, self.lease, sources, public_url, limit=WRITE_SECONDS)
        except psycopg.errors.DatabaseError as error:
            raise NotSent(error.diag.message_primary or str(error)) from error
        content = began[0][0]
        if content is None:
            return
        mail = Mail(str(id), *(content[name] for name in ("to", "subject", "text", "html", "language", "link")))
        await asyncio.to_thread(connection.send, mail, self.sender)
        await self.fetch(FINISH, id, self.lease, None, False)
        logs.write("mail sent", mail=str(id), week=content["week"])


def find_mailer(settings: Settings, fetch: Fetch) -> Mailer | None:
    """Who sends e-mails; nobody without the settings of a mail server."""
    server, sender = read_server(settings.smtp_url), read_sender(settings.mail_from)
    return Mailer(settings, server, sender, fetch) if server and sender else None
