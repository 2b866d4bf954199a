"""Answers are compressed by Litestar's middleware, in the coding that the client likes best of zstd and gzip."""

import re
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from litestar.config.compression import CompressionConfig
from litestar.middleware.compression import CompressionMiddleware
from litestar.middleware.compression.facade import CompressionFacade
from litestar.types import Message, Receive, Scope, Send

from jalon.server.header_fields import quality_of_coding
from jalon.server.middleware import request_context

if TYPE_CHECKING or sys.version_info < (3, 14):
    from backports.zstd import ZstdCompressor
else:
    from compression.zstd import ZstdCompressor

CODINGS = ("zstd", "gzip")  # of equal weight the first
MINIMUM_BYTES = 1000  # less fits into one packet as it is
MAX_HEADER_LENGTH = 200  # characters of Accept-Encoding that are read
END_OF_CONTENT_TAG = re.compile(rb'~[0-9a-f]{16}"')


@lru_cache(256)
def preferred_coding(accepted: str) -> str | None:
    """The coding of ours that Accept-Encoding weighs most; None if it prefers the answer as it is."""
    found = max(CODINGS, key=lambda coding: quality_of_coding(accepted, coding))
    weight = quality_of_coding(accepted, found)
    return found if 0 < weight >= quality_of_coding(accepted, "identity") else None


class Zstd(CompressionFacade):
    """Zstandard, as Litestar wants a coding."""

    encoding = "zstd"

    def __init__(self, buffer: Any, compression_encoding: str, config: CompressionConfig) -> None:
        self.buffer, self.compressor = buffer, ZstdCompressor(level=3)

    def write(self, body: bytes) -> None:
        self.buffer.write(self.compressor.compress(body))

    def close(self) -> None:
        self.buffer.write(self.compressor.flush())


class Compression(CompressionMiddleware):
    """Litestar's middleware, for which Accept-Encoding is read by its grammar, and which leaves short answers alone."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = request_context(scope).header(b"accept-encoding")
        coding = preferred_coding(accepted[:MAX_HEADER_LENGTH]) if accepted else None
        if coding is None:
            await self.app(scope, receive, send)
            return
        chosen = send

        async def send_with_tag(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = with_tag_of(coding, message["headers"])
            await send(message)

        async def send_compressed(message: Message) -> None:
            nonlocal chosen
            if message["type"] == "http.response.start" and not is_short(message["headers"]):
                chosen = self.create_compression_send_wrapper(send_with_tag, coding, scope)
            await chosen(message)

        await self.app(scope, receive, send_compressed)


def is_short(headers: Any) -> bool:
    return any(name == b"content-length" and int(value) < MINIMUM_BYTES for name, value in headers)


def with_tag_of(coding: str, headers: Any) -> list[tuple[bytes, bytes]]:
    """The headers; the ETag of a compressed content is another one, because an ETag names a sequence of bytes."""
    if all(name != b"content-encoding" for name, _ in headers):
        return list(headers)
    return [
        (name, value[:-1] + b"-" + coding.encode() + b'"')
        if name == b"etag" and END_OF_CONTENT_TAG.search(value)
        else (name, value)
        for name, value in headers
    ]


CONFIG = CompressionConfig(
    backend="zstd",
    compression_facade=Zstd,
    minimum_size=MINIMUM_BYTES,
    gzip_compress_level=4,
    middleware_class=Compression,
    exclude_opt_key="events",  # an event does not wait for the next one
)
