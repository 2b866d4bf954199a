"""A real mail server that keeps what it takes."""

import email
import time
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope


class OnAnyPort(Controller):
    """Asks for whichever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class MailServer:
    """A mail server that keeps what it takes, and answers what a test says."""

    def __init__(self, **options: Any) -> None:
        self.taken: list[Envelope] = []
        self.answers: dict[str, str] = {}  # RCPT or DATA -> answer
        self.is_cut = False
        self.controller = OnAnyPort(self, "127.0.0.1", 0, **options)
        self.controller.start()
        self.port = self.controller.port

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        if self.is_cut:
            server.transport.abort()
        return self.answers.get("DATA", "250 OK")

    @property
    def mails(self) -> list[EmailMessage]:
        return [email.message_from_bytes(e.content, policy=policy.default) for e in self.taken]  # type: ignore[arg-type]

    def wait(self, count: int) -> list[EmailMessage]:
        """The e-mails, once there are so many."""
        end = time.monotonic() + 20
        while len(self.taken) < count:
            assert time.monotonic() < end, "no e-mail came in time"
            time.sleep(0.01)
        return self.mails
