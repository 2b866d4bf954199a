"""POST to an address that somebody gave us, and reach nothing inside by it.

The name is resolved once, every address it has is checked, and the connection is made to the one that was checked,
under the name (Host, SNI, certificate). So there is no moment between check and connection in which the name could
begin to mean something else. Redirects are not followed.
"""

import asyncio
import contextlib
import ipaddress
import re
import socket
import ssl
import time
from collections import defaultdict
from urllib.parse import urlsplit

import httptools
from msgspec import Struct

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
INSIDE = [
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
        *("192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
]
GLOBAL = ipaddress.ip_network(
    "2000::/3"
)  # of IPv6 only this; so no ::1, mapped, NAT64, ULA, link-local, SRv6, multicast
HEAD = 1024  # bytes of an answer that are kept
MOST = 65_536  # bytes of an answer that are read
IDLE = 30.0  # seconds that an unused connection is kept
NUMERIC = re.compile(r"^(0x[0-9a-f]*|[0-9]+)$", re.IGNORECASE)


class Refused(Exception):
    """An address that we don't go to, or can't; says why."""


class Target(Struct, frozen=True):
    """An address, taken apart."""

    scheme: str
    host: str
    port: int
    authority: str
    path: str


class Reply(Struct):
    """What an endpoint answered."""

    status: int
    head: str
    retry_after: str | None = None


def networks(text: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()]


class Reading:
    """An answer, as httptools reads it."""

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.body = b""
        self.has_begun = self.is_complete = False
        self.parser = httptools.HttpResponseParser(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        self.has_begun = self.parser.get_status_code() >= 200

    def on_body(self, data: bytes) -> None:
        self.body = (self.body + data)[:HEAD]

    def on_message_complete(self) -> None:
        self.is_complete = self.has_begun

    def reply(self) -> Reply:
        retry = self.headers.get(b"retry-after")
        head = self.body.decode(errors="replace").replace("\0", "�")
        return Reply(self.parser.get_status_code(), head, retry.decode("latin-1") if retry else None)


class Line:
    """A connection, and when it was last used."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.used = reader, writer, time.monotonic()

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.writer.transport.abort()


class Egress:
    """The way out."""

    def __init__(self, allow: str = "", allow_http: bool = False, timeout: float = 15) -> None:
        self.allow, self.allow_http, self.timeout = networks(allow), allow_http, timeout
        self.tls: ssl.SSLContext | None = None
        self.idle: dict[tuple[str, str, int], list[Line]] = defaultdict(list)

    def parse(self, url: str) -> Target:
        if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
            raise Refused("it holds a character that an address can't")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Refused(f"it is no address: {error}") from None
        if parts.scheme != "https" and not (parts.scheme == "http" and self.allow_http):
            raise Refused("it must begin with https://")
        if "@" in parts.netloc:
            raise Refused("it must not hold credentials")
        host = (parts.hostname or "").rstrip(".")
        if not host or parts.fragment or port == 0:
            raise Refused("it is no address of a server")
        with contextlib.suppress(ValueError):
            ipaddress.ip_address(host)
            host = str(ipaddress.ip_address(host))
            return self.target(parts, host, port)
        if NUMERIC.match(host.rsplit(".", 1)[-1]):
            raise Refused("its host is a number, and not written as an address")
        if len(host) > 253 or not re.fullmatch(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", host):
            raise Refused("its host is no name")
        return self.target(parts, host, port)

    def target(self, parts: "object", host: str, port: int | None) -> Target:
        scheme, path, query = parts.scheme, parts.path or "/", parts.query  # type: ignore[attr-defined]
        shown = f"[{host}]" if ":" in host else host
        return Target(
            scheme,
            host,
            port or (443 if scheme == "https" else 80),
            shown + (f":{port}" if port else ""),
            path + (f"?{query}" if query else ""),
        )

    def check(self, text: str) -> str:
        """The address to connect to; Refused for one inside."""
        address: Address = ipaddress.ip_address(text.split("%")[0])
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if any(address in network for network in self.allow):
            return str(address)
        if any(address in network for network in INSIDE) or (address.version == 6 and address not in GLOBAL):
            raise Refused(f"{address} is no public address")
        return str(address)

    async def resolve(self, target: Target) -> list[str]:
        """All addresses of the host, each of them checked: one inside refuses all."""
        try:
            found = await self.lookup(target.host, target.port)
        except (OSError, UnicodeError):
            raise Refused(f"{target.host} has no address") from None
        checked = list(dict.fromkeys(self.check(address) for address in found))
        if not checked:
            raise Refused(f"{target.host} has no address")
        return checked

    async def lookup(self, host: str, port: int) -> list[str]:
        rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [str(row[4][0]) for row in rows]

    async def vet(self, url: str) -> None:
        """Refused unless a delivery to this address would be tried."""
        async with asyncio.timeout(5):
            await self.resolve(self.parse(url))

    async def connect(self, target: Target) -> Line:
        context = None
        if target.scheme == "https":
            context = self.tls = self.tls or ssl.create_default_context()
        failure: Exception | None = None
        for address in await self.resolve(target):
            try:
                opened = await asyncio.open_connection(
                    address, target.port, ssl=context, server_hostname=target.host if context else None
                )
                return Line(*opened)
            except OSError as error:
                failure = error
        raise Refused(f"no connection: {failure}") from failure

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Reply:
        """The answer; Refused, TimeoutError or OSError where there is none."""
        target = self.parse(url)
        key = (target.scheme, target.host, target.port)
        lines = [f"POST {target.path} HTTP/1.1", f"Host: {target.authority}", f"Content-Length: {len(body)}"]
        request = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "\r\n"])
        data = request.encode("latin-1") + body
        async with asyncio.timeout(self.timeout):
            while self.idle[key]:
                line = self.idle[key].pop()
                if time.monotonic() - line.used < IDLE and not line.reader.at_eof():
                    with contextlib.suppress(OSError, EOFError):
                        return await self.talk(key, line, data)
                line.close()
            return await self.talk(key, await self.connect(target), data)

    async def talk(self, key: tuple[str, str, int], line: Line, data: bytes) -> Reply:
        reading, read = Reading(), 0
        is_kept = False
        try:
            line.writer.write(data)
            while not reading.is_complete and read < MOST:
                chunk = await line.reader.read(16_384)
                if not chunk:
                    if reading.has_begun:  # an answer that ends with its connection
                        break
                    raise EOFError("the connection was closed without an answer")
                read += len(chunk)
                reading.parser.feed_data(chunk)
            if not reading.has_begun:
                raise Refused("the answer has no end of its headers")
            is_kept = reading.is_complete and bool(reading.parser.should_keep_alive())
            return reading.reply()
        except httptools.HttpParserError as error:
            if reading.is_complete:  # and more, which nobody asked for
                return reading.reply()
            raise Refused(f"the answer is no HTTP: {error}") from None
        finally:
            if is_kept:
                line.used = time.monotonic()
                self.idle[key].append(line)
            else:
                line.close()

    def close(self) -> None:
        for lines in self.idle.values():
            for line in lines:
                line.close()
        self.idle.clear()
