"""POST to an address that a person gave us, without reaching private networks.

The name is resolved once, every address it has is checked, and the connection is made to a checked address under the
name (Host, SNI, certificate). So the name can't change its meaning between check and connection. Redirects are not
followed.
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
PRIVATE_NETWORKS = [
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
        *("192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
]
# Of IPv6 only this: no ::1, mapped, NAT64, ULA, link-local, SRv6, multicast.
PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")
KEPT_BYTES = 1024  # bytes of an answer that are kept
MAX_RESPONSE = 65_536  # bytes of an answer that are read
IDLE_SECONDS = 30.0  # seconds that an unused connection is kept
NUMERIC = re.compile(r"^(0x[0-9a-f]*|[0-9]+)$", re.IGNORECASE)


class Undeliverable(Exception):
    """A delivery that is refused or fails; the text says why."""


class Target(Struct, frozen=True):
    """An address, taken apart."""

    scheme: str
    host: str
    port: int
    authority: str
    path: str


class Reply(Struct):
    """The answer of an endpoint."""

    status: int
    head: str
    retry_after: str | None = None


def networks(text: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()]


class ResponseParser:
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
        self.body = (self.body + data)[:KEPT_BYTES]

    def on_message_complete(self) -> None:
        self.is_complete = self.has_begun

    def reply(self) -> Reply:
        retry = self.headers.get(b"retry-after")
        head = self.body.decode(errors="replace").replace("\0", "�")
        return Reply(self.parser.get_status_code(), head, retry.decode("latin-1") if retry else None)


class Connection:
    """A connection, and when it was last used."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.used = reader, writer, time.monotonic()

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.writer.transport.abort()


class WebhookClient:
    """Checks addresses outside and sends messages to them."""

    def __init__(self, allow: str = "", allow_http: bool = False, timeout: float = 15) -> None:
        self.allow, self.allow_http, self.timeout = networks(allow), allow_http, timeout
        self.tls: ssl.SSLContext | None = None
        self.idle: dict[tuple[str, str, int], list[Connection]] = defaultdict(list)

    def parse(self, url: str) -> Target:
        if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
            raise Undeliverable("it holds a character that an address can't")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Undeliverable(f"it is not an address: {error}") from None
        if parts.scheme != "https" and not (parts.scheme == "http" and self.allow_http):
            raise Undeliverable("it must begin with https://")
        if "@" in parts.netloc:
            raise Undeliverable("it must not hold credentials")
        host = (parts.hostname or "").rstrip(".")
        if not host or parts.fragment or port == 0:
            raise Undeliverable("it is not an address of a server")
        with contextlib.suppress(ValueError):
            ipaddress.ip_address(host)
            host = str(ipaddress.ip_address(host))
            return self.target(parts, host, port)
        if NUMERIC.match(host.rsplit(".", 1)[-1]):
            raise Undeliverable("its host is a number, and not written as an address")
        if len(host) > 253 or not re.fullmatch(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", host):
            raise Undeliverable("its host is not a name")
        return self.target(parts, host, port)

    def target(self, parts: "object", host: str, port: int | None) -> Target:
        scheme, path, query = parts.scheme, parts.path or "/", parts.query  # type: ignore[attr-defined]
        host_text = f"[{host}]" if ":" in host else host
        return Target(
            scheme,
            host,
            port or (443 if scheme == "https" else 80),
            host_text + (f":{port}" if port else ""),
            path + (f"?{query}" if query else ""),
        )

    def check_address(self, text: str) -> str:
        """The address to connect to; Undeliverable for a private one."""
        address: Address = ipaddress.ip_address(text.split("%")[0])
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if any(address in network for network in self.allow):
            return str(address)
        if any(address in network for network in PRIVATE_NETWORKS) or (
            address.version == 6 and address not in PUBLIC_IPV6
        ):
            raise Undeliverable(f"{address} is not a public address")
        return str(address)

    async def resolve(self, target: Target) -> list[str]:
        """All addresses of the host, each of them checked: one private address refuses all."""
        try:
            found = await self.lookup(target.host, target.port)
        except (OSError, UnicodeError):
            raise Undeliverable(f"{target.host} has no address") from None
        checked = list(dict.fromkeys(self.check_address(address) for address in found))
        if not checked:
            raise Undeliverable(f"{target.host} has no address")
        return checked

    async def lookup(self, host: str, port: int) -> list[str]:
        rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [str(row[4][0]) for row in rows]

    async def check_url(self, url: str) -> None:
        """Undeliverable unless a delivery to this address would be tried."""
        async with asyncio.timeout(5):
            await self.resolve(self.parse(url))

    async def connect(self, target: Target) -> Connection:
        context = None
        if target.scheme == "https":
            context = self.tls = self.tls or ssl.create_default_context()
        failure: Exception | None = None
        for address in await self.resolve(target):
            try:
                opened = await asyncio.open_connection(
                    address, target.port, ssl=context, server_hostname=target.host if context else None
                )
                return Connection(*opened)
            except OSError as error:
                failure = error
        raise Undeliverable(f"no connection: {failure}") from failure

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Reply:
        """The answer; Undeliverable, TimeoutError or OSError if there is none."""
        target = self.parse(url)
        key = (target.scheme, target.host, target.port)
        lines = [f"POST {target.path} HTTP/1.1", f"Host: {target.authority}", f"Content-Length: {len(body)}"]
        request = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "\r\n"])
        data = request.encode("latin-1") + body
        async with asyncio.timeout(self.timeout):
            while self.idle[key]:
                connection = self.idle[key].pop()
                if time.monotonic() - connection.used < IDLE_SECONDS and not connection.reader.at_eof():
                    with contextlib.suppress(OSError, EOFError):
                        return await self.exchange(key, connection, data)
                connection.close()
            return await self.exchange(key, await self.connect(target), data)

    async def exchange(self, key: tuple[str, str, int], connection: Connection, data: bytes) -> Reply:
        response, received = ResponseParser(), 0
        is_kept = False
        try:
            connection.writer.write(data)
            while not response.is_complete and received < MAX_RESPONSE:
                chunk = await connection.reader.read(16_384)
                if not chunk:
                    if response.has_begun:  # an answer that ends with its connection
                        break
                    raise EOFError("the connection was closed without an answer")
                received += len(chunk)
                response.parser.feed_data(chunk)
            if not response.has_begun:
                raise Undeliverable("the answer has no end of its headers")
            is_kept = response.is_complete and bool(response.parser.should_keep_alive())
            return response.reply()
        except httptools.HttpParserError as error:
            if response.is_complete:  # and more, which nobody asked for
                return response.reply()
            raise Undeliverable(f"the answer is not HTTP: {error}") from None
        finally:
            if is_kept:
                connection.used = time.monotonic()
                self.idle[key].append(connection)
            else:
                connection.close()

    def close(self) -> None:
        for connections in self.idle.values():
            for connection in connections:
                connection.close()
        self.idle.clear()
