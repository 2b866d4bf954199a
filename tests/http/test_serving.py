"""How `jalon serve` serves: an answer leaves in one piece, a stream piece by piece, and nothing is lost."""

import asyncio
import gc
from typing import Any

import pytest

from jalon.commands.serve import application
from jalon.protocol import Gathered


class Transport:
    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed_after: int | None = None

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed_after = len(self.written)

    def is_closing(self) -> bool:
        return self.closed_after is not None


def with_one(scenario: Any) -> Transport:
    transport = Transport()

    async def main() -> None:
        await scenario(Gathered(transport, asyncio.get_running_loop()))  # type: ignore[arg-type]
        await asyncio.sleep(0)

    asyncio.run(main())
    return transport


def test_head_and_body_leave_together_and_at_once() -> None:
    seen = []

    async def answers(gathered: Any) -> None:
        for _ in range(2):
            gathered.write(b"head ")
            gathered.write(b"body")
            seen.append(len(gathered.transport.written))

    assert with_one(answers).written == [b"head body"] * 2
    assert seen == [1, 2]


def test_what_comes_alone_does_not_wait_for_more() -> None:
    async def stream(gathered: Any) -> None:
        for piece in (b"head", b"one", b"two"):
            gathered.write(piece)
            await asyncio.sleep(0.01)

    assert with_one(stream).written == [b"head", b"one", b"two"]


def test_what_was_written_leaves_before_the_connection_is_closed() -> None:
    async def bye(gathered: Any) -> None:
        gathered.write(b"bye")
        gathered.close()
        assert gathered.is_closing()

    transport = with_one(bye)
    assert (transport.written, transport.closed_after) == ([b"bye"], 1)


def test_what_lives_as_long_as_the_process_is_not_searched_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_TOKEN_SECRET", "x" * 40)
    application()
    try:
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold()[0] > 5_000
    finally:
        gc.unfreeze()
        gc.set_threshold(700, 10, 10)
