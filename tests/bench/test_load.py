"""The bench of load: what it takes for memory that grows, and what its callers read."""

import asyncio

from bench.load import Caller, Requests, held


def test_memory_that_rises_to_a_level_holds_and_memory_that_goes_on_rising_does_not() -> None:
    assert held([60, 80, 89, *[90] * 27])[2]
    assert held([90 + n % 3 for n in range(60)])[2]
    assert not held([90 + n for n in range(60)])[2]
    assert not held([500 + n for n in range(60)])[2]


def test_an_answer_that_comes_in_parts_is_one_answer() -> None:
    async def run() -> tuple[int, float]:
        caller = Caller()
        caller.answer = asyncio.get_running_loop().create_future()
        answer = b'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 4\r\n\r\n{"a"'
        for part in (answer[:20], answer[20:70], answer[70:]):
            assert not caller.answer.done()
            caller.data_received(part)
        return await caller.answer

    assert asyncio.run(run()) == (503, 2.0)


def test_a_caller_moves_its_records_there_and_back() -> None:
    requests = Requests("move", range(7, 9), {7: "PAID", 8: "PAID"}, "token")
    wanted = []
    for _ in range(4):
        id, request = requests.next()
        assert id
        requests.moved(id)
        wanted.append((id, b'"PAID"' in request))
    assert wanted == [(7, True), (8, True), (7, False), (8, False)]
