"""Two servers with Jalon behind a router: what holds by key, and what doesn't hold across servers (docs/scale.md)."""

import contextlib

import pytest

from bench.shards import PL_PROXY, check_by_key, make_shards, what_does_not_hold

pytestmark = [
    pytest.mark.second_lane,
    pytest.mark.skipif(not PL_PROXY.exists(), reason="needs Debian's postgresql-15-plproxy"),
]


def test_a_router_serves_each_record_as_one_server_would_and_joins_nothing_across_two() -> None:
    with contextlib.ExitStack() as stack:
        single, shards, router = make_shards(stack, "fsync=off")
        check_by_key(single, router)
        differences = {tried: answers for tried, *answers in what_does_not_hold(single, shards, router)}
    assert differences == {
        "roll back a move": ["NEW, NEW", "PAID, NEW"],
        "move two the second refused": ["NEW, NEW", "PAID, NEW"],
        "an Idempotency-Key, used again for another record": ["refused: JL412", "done twice"],
        "numbers of two rows of a table with an identity column": ["1 and 2", "1 and 1"],
    }
