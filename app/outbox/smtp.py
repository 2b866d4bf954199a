"""E-mails as a mail server takes them. They are few, so the blocking smtplib does it, in a thread."""

import smtplib
import ssl
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, localtime, parseaddr
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

SMTP_SECONDS = 30.0  # that a mail server has for each answer
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
# Bodies in seven bits: no server on the way has to know any extension.
POLICY = policy.SMTP.clone(cte_type="7bit")


class Server(NamedTuple):
    """A mail server and how to speak with it."""

    scheme: str
    host: str
    port: int
    user: str
    password: str


class Mail(NamedTuple):
    """An e-mail to one reader; `link` is where they unsubscribe."""

    id: str
    to: str
    subject: str
    text: str
    html: str
    language: str
    link: str


class NotSent(Exception):
    """An e-mail that was not sent, and why; final: another attempt would be no better, or could send it twice."""

    def __init__(self, why: str, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final


def read_server(url: str) -> Server | None:
    """`smtps://user:password@host:465`; ValueError says what is wrong with it, and doesn't repeat the password."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in PORTS:
        raise ValueError("it must begin with smtp://, smtp+starttls:// or smtps://")
    if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("it is no address of a mail server")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("a user needs a password")
    if user and parts.scheme == "smtp" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("a password goes over TLS only: smtp+starttls:// or smtps://")
    return Server(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], user, password)


def read_sender(text: str) -> Address | None:
    """`Jalon <recaps@example.com>` or the address alone; ValueError if it is none."""
    if not text:
        return None
    name, address = parseaddr(text)
    if not text.isprintable() or not address:
        raise ValueError("it is no address of a sender")
    try:
        sender = Address(display_name=name, addr_spec=address)
    except Exception:  # the standard library raises errors of its own parser
        raise ValueError("it is no address of a sender") from None
    if not sender.username or "." not in sender.domain:
        raise ValueError("it is no address of a sender")
    return sender


def compose(mail: Mail, sender: Address) -> EmailMessage:
    """The e-mail. A header that holds the end of a line is refused by the standard library."""
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = f"<{mail.id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{mail.link}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = mail.language  # the parts would have taken it along
    return message


class Connection:
    """A connection to a mail server, for some e-mails."""

    def __init__(self, server: Server) -> None:
        try:
            if server.scheme == "smtps":
                context = ssl.create_default_context()
                self.smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=SMTP_SECONDS, context=context
                )
            else:
                self.smtp = smtplib.SMTP(server.host, server.port, timeout=SMTP_SECONDS)
            if server.scheme == "smtp+starttls":
                self.smtp.starttls(context=ssl.create_default_context())
            self.smtp.ehlo_or_helo_if_needed()
            if server.user:
                self.smtp.login(server.user, server.password)
        except (OSError, smtplib.SMTPException) as error:
            if hasattr(self, "smtp"):
                self.smtp.close()
            raise NotSent(f"no connection to the mail server: {said(error)}") from error

    def send(self, mail: Mail, sender: Address) -> None:
        """Sends one e-mail; NotSent says why not."""
        try:
            content = compose(mail, sender).as_bytes()
        except ValueError as error:
            raise NotSent(f"it can't be written as an e-mail: {error}", is_final=True) from error
        try:
            self.require(*self.smtp.mail(f"{sender.username}@{sender.domain}"))
            self.require(*self.smtp.rcpt(mail.to))
        except (OSError, smtplib.SMTPException) as error:
            self.smtp.close()
            raise NotSent(said(error)) from error
        try:
            code, answer = self.smtp.data(content)
        except smtplib.SMTPDataError as error:
            raise NotSent(said(error), error.smtp_code >= 500) from error
        except (OSError, smtplib.SMTPException) as error:
            # It may have been taken: another attempt could send it twice.
            self.smtp.close()
            raise NotSent(f"the mail server did not say whether it took the e-mail: {said(error)}", True) from error
        self.require(code, answer)

    def require(self, code: int, answer: bytes) -> None:
        """What the mail server refuses for good (5xx) is not tried again."""
        if code // 100 != 2:
            self.smtp.rset() if self.is_open else None
            raise NotSent(f"{code} {answer.decode(errors='replace')}", code >= 500)

    @property
    def is_open(self) -> bool:
        return self.smtp.sock is not None

    def close(self) -> None:
        if self.is_open:
            try:
                self.smtp.quit()
            except (OSError, smtplib.SMTPException):
                self.smtp.close()


def said(error: Exception) -> str:
    """What went wrong, in the words of the mail server if it said any."""
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        return f"{error.smtp_code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}"
    return str(error) or type(error).__name__
