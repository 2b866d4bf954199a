"""Metrics for Prometheus at /metrics: counters of this process (the label `process` distinguishes workers)."""

import math
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
Labels = tuple[tuple[str, str], ...]


def escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


class Metrics:
    """Counts requests by route and status, moves by table and transition, refusals by code; `lines` adds gauges."""

    def __init__(self) -> None:
        self.requests: dict[tuple[str, str, int], int] = defaultdict(int)
        self.seconds: dict[str, list[float]] = {}  # route -> sum, then a count per bucket
        self.moves: dict[tuple[str, str, str], int] = defaultdict(int)
        self.refusals: dict[tuple[str, str], int] = defaultdict(int)
        self.batches = [0, 0]  # statements, calls in them
        self.reads: Mapping[str, int] = {}  # why a read was answered where it was; none without replicas
        self.replicas: list[Any] = []
        self.in_flight = 0
        self.shed = 0  # requests that were refused unseen, because too many waited for the database

    def count_request(self, method: str, route: str, status: int, seconds: float, code: str | None) -> None:
        self.requests[method, route, status] += 1
        if route not in self.seconds:
            self.seconds[route] = [0.0] * (len(BUCKETS) + 2)
        counts = self.seconds[route]
        counts[0] += seconds
        for place, bound in enumerate(BUCKETS, 1):
            if seconds <= bound:
                counts[place] += 1
                break
        else:
            counts[-1] += 1
        if code:
            self.refusals[route, code] += 1

    def lines(self, gauges: Mapping[str, Any]) -> Iterator[str]:
        def sample(name: str, value: float, **labels: str) -> str:
            labels["process"] = str(os.getpid())
            pairs = ",".join(key + '="' + escape(text) + '"' for key, text in labels.items())
            return f"{name}{{{pairs}}} {value:.15g}"

        def head(name: str, kind: str, text: str) -> str:
            return f"# HELP {name} {text}\n# TYPE {name} {kind}"

        yield head("jalon_requests_total", "counter", "Requests by method, route and status.")
        for (method, route, status), number in self.requests.items():
            yield sample("jalon_requests_total", number, method=method, route=route, status=str(status))
        yield head("jalon_request_seconds", "histogram", "Duration of requests by route.")
        for route, counts in self.seconds.items():
            total = 0.0
            for bound, count in zip([*BUCKETS, "+Inf"], counts[1:], strict=True):
                total += count
                yield sample("jalon_request_seconds_bucket", total, route=route, le=str(bound))
            yield sample("jalon_request_seconds_sum", counts[0], route=route)
            yield sample("jalon_request_seconds_count", total, route=route)
        yield head("jalon_requests_in_flight", "gauge", "Requests being served.")
        yield sample("jalon_requests_in_flight", self.in_flight)
        yield head("jalon_moves_total", "counter", "Moves made, by table and transition.")
        for (table, left, entered), count in self.moves.items():
            yield sample("jalon_moves_total", count, table=table, left=left, entered=entered)
        yield head("jalon_refused_total", "counter", "Requests refused, by route and code.")
        for (route, code), count in self.refusals.items():
            yield sample("jalon_refused_total", count, route=route, code=code)
        yield head("jalon_batches_total", "counter", "Statements that carried several calls.")
        yield sample("jalon_batches_total", self.batches[0])
        yield head("jalon_batched_calls_total", "counter", "Calls in those statements.")
        yield sample("jalon_batched_calls_total", self.batches[1])
        yield head("jalon_requests_shed_total", "counter", "Requests refused unseen: too many waited for the database.")
        yield sample("jalon_requests_shed_total", self.shed)
        if self.replicas:
            yield head("jalon_reads_total", "counter", "Reads by where they were answered, and why there.")
            for why, count in self.reads.items():
                yield sample("jalon_reads_total", count, where="replica" if why == "replica" else "primary", why=why)
            yield head("jalon_replica_up", "gauge", "Whether a replica answers.")
            for each in self.replicas:
                yield sample("jalon_replica_up", int(each.is_up), replica=each.name)
            yield head("jalon_replica_lag_seconds", "gauge", "Seconds that a replica is behind at most.")
            for each in self.replicas:
                if each.lag < math.inf:
                    yield sample("jalon_replica_lag_seconds", each.lag, replica=each.name)
        for name, value in gauges.items():
            kind = "counter" if name.endswith("_total") else "gauge"
            yield head(f"jalon_{name}", kind, name.replace("_", " ").capitalize() + ".")
            yield sample(f"jalon_{name}", value)

    def text(self, gauges: Mapping[str, Any]) -> str:
        return "\n".join(self.lines(gauges)) + "\n"
