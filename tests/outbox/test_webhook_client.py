"""No URL reaches a private network."""

import asyncio
from typing import Any

import pytest

from jalon.outbox.webhook_client import Undeliverable, WebhookClient


def check_url(url: str, addresses: list[str] | None = None, **options: Any) -> None:
    webhook_client = WebhookClient(**options)
    if addresses is not None:

        async def lookup(host: str, port: int) -> list[str]:
            return addresses

        webhook_client.lookup = lookup  # type: ignore[method-assign]
    asyncio.run(webhook_client.check_url(url))


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.216.34/",
        "ftp://93.184.216.34/",
        "file:///etc/passwd",
        "https://anna:secret@93.184.216.34/",
        "https://anna@93.184.216.34/",
        "https:///path",
        "https://93.184.216.34:0/",
        "https://93.184.216.34:99999/",
        "https://93.184.216.34/#top",
        "https://93.184.216.34/a b",
        "https://93.184.216.34/\r\nHost: x",
        "https://93.184.216.34\\@127.0.0.1/",
        "https://exa mple.com/",
        "https://exämple.com/",
        "https://a..b/",
    ],
)
def test_what_is_no_https_address_is_refused(url: str) -> None:
    with pytest.raises(Undeliverable):
        check_url(url)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001"),
        *("0.0.0.0", "0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"),  # noqa: S104
        *("169.254.169.254", "100.64.0.1"),
        *("192.0.0.170", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "203.0.113.5", "127.0.0.1."),
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[fe80::1]", "[fc00::1]"),
        *("[fd12:3456::1]", "[ff02::1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]", "[5f00::1]"),
        *("[2002:7f00:1::]", "[2001:0:7f00:1::]", "[2001:db8::1]", "[100::1]", "[fec0::1]", "[3fff::1]"),
    ],
)
def test_an_address_inside_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(Undeliverable):
        check_url(f"https://{host}/")


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "fe80::1%eth0"]
)
def test_every_resolved_address_is_checked(address: str) -> None:
    with pytest.raises(Undeliverable):
        check_url("https://hooks.example.com/", ["93.184.216.34", address])


def test_public_addresses_pass() -> None:
    check_url("https://hooks.example.com/a?b=c", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
    check_url("https://93.184.216.34:8443/")
    check_url("http://93.184.216.34/", allow_http=True)


def test_those_inside_who_need_it_are_allowed_by_cidr() -> None:
    check_url("https://hooks.intern/", ["10.1.2.3"], allow="10.1.0.0/16, fd00::/8")
    check_url("https://[fd00::7]/", allow="10.1.0.0/16,fd00::/8")
    with pytest.raises(Undeliverable, match=r"10\.2\.0\.1"):
        check_url("https://hooks.intern/", ["10.2.0.1"], allow="10.1.0.0/16")


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(Undeliverable, match="has no address"):
        check_url("https://hooks.invalid/")


def test_a_name_that_rebinds_is_checked_at_each_connection_and_only_what_was_checked_is_connected_to() -> None:
    """Public when it was registered, inside when we go there; no connection is made."""

    async def run() -> None:
        connected: list[Any] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connected.append(writer)
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        answers = iter([["93.184.216.34"], ["127.0.0.1"]])
        webhook_client = WebhookClient(allow_http=True)

        async def lookup(host: str, port: int) -> list[str]:
            return next(answers)

        webhook_client.lookup = lookup  # type: ignore[method-assign]
        await webhook_client.check_url(f"http://rebinding.example.com:{port}/")
        with pytest.raises(Undeliverable, match="not a public address"):
            await webhook_client.post(f"http://rebinding.example.com:{port}/", {}, b"{}")
        server.close()
        assert connected == []

    asyncio.run(run())


def test_the_name_is_kept_in_host_and_a_redirect_is_not_followed() -> None:
    async def run() -> None:
        seen: list[bytes] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for _ in range(2):
                seen.append(await reader.readuntil(b"\r\n\r\n"))
                await reader.readexactly(2)
                writer.write(
                    b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nRetry-After: 7\r\nContent-Length: "
                    b"5000\r\n\r\n" + b"x" * 5000
                )
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        webhook_client = WebhookClient(allow="127.0.0.0/8", allow_http=True)
        for _ in range(2):  # the second time on the same connection
            reply = await webhook_client.post(f"http://localhost:{port}/hook?a=b", {"x-a": "b"}, b"{}")
            assert (reply.status, reply.head, reply.retry_after) == (302, "x" * 1024, "7")
        webhook_client.close()
        server.close()
        assert len(seen) == 2
        assert seen[0].startswith(b"POST /hook?a=b HTTP/1.1\r\nHost: localhost:%d\r\n" % port)

    asyncio.run(run())


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 20_000])
def test_an_answer_that_is_none_is_a_failure(answer: bytes) -> None:
    async def run() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises((Undeliverable, EOFError, OSError)):
            await WebhookClient(allow="127.0.0.0/8", allow_http=True).post(url, {}, b"{}")
        server.close()

    asyncio.run(run())
