"""A receiver in a process of its own: answers 204, and tells what came when somebody asks (GET /got, GET /forget)."""

import asyncio
import json
import time
from datetime import datetime
from typing import Any, cast

import uvloop


def read(got: tuple[float, float, bytes]) -> tuple[float, float, dict[str, Any]]:
    return got[0], got[1], json.loads(got[2])


def since(now: float, timestamp: str) -> float:
    """Seconds from the change to its arrival."""
    return now - datetime.fromisoformat(timestamp).timestamp()


class Receiver(asyncio.Protocol):
    got: list[tuple[float, float, bytes]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.data = cast(asyncio.Transport, transport), b""  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            head = self.data[:end]
            at = head.lower().find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.data) < end + 4 + size:
                return
            body, self.data = self.data[end + 4 : end + 4 + size], self.data[end + 4 + size :]
            self.transport.write(self.answer(head, body))

    def answer(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"POST"):
            Receiver.got.append((time.monotonic(), time.time(), body))
            return b"HTTP/1.1 204 No Content\r\n\r\n"
        told = b""
        if head.startswith(b"GET /got"):
            whole = ((at, since(now, b["timestamp"]), b["data"]) for at, now, b in map(read, Receiver.got))
            told = json.dumps([(at, late, data["key"], data["version"]) for at, late, data in whole]).encode()
        elif head.startswith(b"GET /count"):
            told = str(len(Receiver.got)).encode()
        else:
            Receiver.got.clear()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(told) + told


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
