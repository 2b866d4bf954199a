"""Traces and metrics for a collector, by OpenTelemetry's SDK; imported only where JALON_OTEL is on (extra `otel`).

A request is a span, a call of the database one within it, and the delivery of a webhook one within the request that
made the change. The variables OTEL_* say where to and how much (docs/monitoring.md).
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from opentelemetry import context as current
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from jalon import __version__
from jalon.server import logs
from jalon.server.metrics import BUCKETS, Metrics

PROPAGATOR = TraceContextTextMapPropagator()
HEADERS = ("traceparent", "tracestate")


def is_exported(signal: str) -> bool:
    return os.environ.get(f"OTEL_{signal}_EXPORTER", "otlp") != "none"


def own_resource() -> Resource:
    """Who reports. What the environment says of it wins."""
    said = os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    is_named = "OTEL_SERVICE_NAME" in os.environ or "service.name=" in said
    return Resource.create({"service.version": __version__} | ({} if is_named else {"service.name": "jalon"}))


def trace_fields() -> dict[str, str]:
    """The current trace and span, for a line of log."""
    found = trace.get_current_span().get_span_context()
    return {"trace_id": f"{found.trace_id:032x}", "span_id": f"{found.span_id:016x}"} if found.is_valid else {}


class RequestSpan:
    """The span of a request, from its beginning until `end`; what runs meanwhile belongs to it."""

    def __init__(self, telemetry: "Telemetry", method: str, headers: Mapping[bytes, bytes]) -> None:
        self.telemetry, self.method = telemetry, method
        sent = {name: headers[name.encode()].decode("latin-1") for name in HEADERS if name.encode() in headers}
        self.span = telemetry.tracer.start_span(method, context=PROPAGATOR.extract(sent), kind=SpanKind.SERVER)
        self.token = current.attach(trace.set_span_in_context(self.span))
        self.traceparent = traceparent_of(self.span)

    def end(self, route: str, status: int, code: str | None, seconds: float) -> None:
        facts: dict[str, Any] = {"http.request.method": self.method, "http.route": route}
        facts["http.response.status_code"] = status
        self.span.update_name(f"{self.method} {route}")
        self.span.set_attributes(facts | ({"error.type": code} if code else {}))
        if status >= 500:
            self.span.set_status(StatusCode.ERROR)
        self.telemetry.request_seconds.record(seconds, facts)
        current.detach(self.token)
        self.span.end()


def traceparent_of(span: Span) -> str | None:
    carrier: dict[str, str] = {}
    PROPAGATOR.inject(carrier, trace.set_span_in_context(span))
    return carrier.get("traceparent")


class Telemetry:
    """What one process reports."""

    def __init__(self, metrics: Metrics | None = None) -> None:
        resource = own_resource()
        self.tracing = TracerProvider(resource=resource)
        if is_exported("TRACES"):
            self.tracing.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        readers = [PeriodicExportingMetricReader(OTLPMetricExporter())] if is_exported("METRICS") else []
        self.metering = MeterProvider(metric_readers=readers, resource=resource)
        self.tracer = self.tracing.get_tracer("jalon", __version__)
        meter = self.metering.get_meter("jalon", __version__)
        self.request_seconds = meter.create_histogram(
            "http.server.request.duration", "s", "Duration of requests.", explicit_bucket_boundaries_advisory=BUCKETS
        )
        if metrics:
            self.observe(meter, metrics)
        logs.trace_fields = trace_fields

    def observe(self, meter: Any, metrics: Metrics) -> None:
        """The counters that /metrics has too."""

        def moves(_: CallbackOptions) -> Iterator[Observation]:
            for (table, left, entered), count in list(metrics.moves.items()):
                yield Observation(count, {"table": table, "left": left, "entered": entered})

        def refusals(_: CallbackOptions) -> Iterator[Observation]:
            for (route, code), count in list(metrics.refusals.items()):
                yield Observation(count, {"route": route, "code": code})

        def reads(_: CallbackOptions) -> Iterator[Observation]:
            for why, count in list(metrics.reads.items()):
                yield Observation(count, {"where": "replica" if why == "replica" else "primary", "why": why})

        meter.create_observable_counter("jalon.moves", [moves], description="Moves made.")
        meter.create_observable_counter("jalon.refused", [refusals], description="Requests refused.")
        meter.create_observable_counter("jalon.reads", [reads], description="Reads by where they were answered.")
        meter.create_observable_counter("jalon.requests.shed", [lambda _: [Observation(metrics.shed)]])
        meter.create_observable_up_down_counter(
            "http.server.active_requests", [lambda _: [Observation(metrics.in_flight)]]
        )

    def request(self, method: str, headers: Mapping[bytes, bytes]) -> RequestSpan:
        return RequestSpan(self, method, headers)

    @contextmanager
    def call(self, function: str) -> Iterator[None]:
        """A call of the database, waiting for it included."""
        facts = {"db.system.name": "postgresql", "db.operation.name": f"jalon_api.{function}"}
        with self.tracer.start_as_current_span(
            f"jalon_api.{function}", kind=SpanKind.CLIENT, attributes=facts, record_exception=False
        ):
            yield

    @contextmanager
    def delivery(self, url: str, traceparent: str | None, headers: dict[str, str]) -> Iterator[Span]:
        """The delivery of a message, in the trace of the change that it tells of."""
        parent = PROPAGATOR.extract({"traceparent": traceparent} if traceparent else {}, current.Context())
        # Not the whole address, which may hold a secret.
        facts = {
            "http.request.method": "POST",
            "server.address": urlsplit(url).hostname or "",
            "jalon.message": headers["webhook-id"],
        }
        with self.tracer.start_as_current_span(
            "POST webhook", context=parent, kind=SpanKind.CLIENT, attributes=facts
        ) as span:
            headers["traceparent"] = traceparent_of(span) or ""
            yield span

    @staticmethod
    def delivered(span: Span, status: int | None, error: str | None) -> None:
        """What became of a delivery."""
        if status is not None:
            span.set_attribute("http.response.status_code", status)
        if error or not 200 <= (status or 0) < 300:
            span.set_status(StatusCode.ERROR, error)

    def close(self) -> None:
        """Sends what was not sent yet; it may take the exporters' time."""
        logs.trace_fields = dict
        for provider in (self.tracing, self.metering):
            provider.shutdown()
