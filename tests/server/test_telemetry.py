"""Traces lead from the caller through database and relay to the endpoint; off, nothing of it is imported."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from jalon.refusal import Refusal
from jalon.server.app import create_app
from jalon.settings import Settings
from tests.applications import client_of
from tests.outbox.conftest import Receiver, receiver
from tests.server.collector import Collector, collector, texts

__all__ = ["receiver"]
Shop = psycopg.Connection[Any]
Bearer = Callable[..., dict[str, str]]
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{CALLER}-01"
MOVES, MOVE = "/api/v1/tracked/orders/7/moves", "POST /api/v1/tracked/{table}/{id}/moves"


def until(holds: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 15
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)
    return found


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collector() as found:
        for name, value in {
            "OTEL_EXPORTER_OTLP_ENDPOINT": found.url,
            "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=shop",
            "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
            "OTEL_METRIC_EXPORT_INTERVAL": "200",
        }.items():
            monkeypatch.setenv(name, value)
        yield found


@pytest.fixture
def traced(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, otel=True)


def test_the_delivery_of_a_webhook_is_in_the_trace_of_the_caller_who_made_the_change(
    traced: Settings, dsn: str, shop: Shop, bearer: Bearer, receiver: Receiver, collected: Collector,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    traced = msgspec.structs.replace(
        traced, relay=True, relay_dsn=make_conninfo(dsn, user="jalon_relay"), webhook_allow="127.0.0.0/8",
        webhook_allow_http=True,
    )  # fmt: skip
    with client_of(traced) as client:
        hook = {"url": receiver.url, "eventTypes": ["orders.*"]}
        assert client.post("/api/v1/webhooks", json=hook, headers=bearer("anna", "admin")).status_code == 201
        sent = bearer("anna", "clerk", traceparent=TRACEPARENT)
        assert client.post(MOVES, json={"to": "PAID"}, headers=sent).status_code == 200
        until(lambda: receiver.got)
        until(lambda: {MOVE, "jalon_api.move_record", "POST webhook"} <= collected.spans.keys())
    request, call, delivery = (collected.spans[name] for name in (MOVE, "jalon_api.move_record", "POST webhook"))
    assert {span.trace_id.hex() for span in (request, call, delivery)} == {TRACE}
    assert request.parent_span_id.hex() == CALLER
    assert call.parent_span_id == delivery.parent_span_id == request.span_id
    assert receiver.got[0].headers["traceparent"] == f"00-{TRACE}-{delivery.span_id.hex()}-01"
    assert texts(request.attributes)["http.route"] == "/api/v1/tracked/{table}/{id}/moves"
    assert (collected.resources["service.name"], collected.resources["deployment.environment.name"]) == (
        "jalon",
        "test",
    )
    assert {headers["x-tenant"] for headers in collected.headers} == {"shop"}
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    (line,) = [each for each in lines if each.get("route") == "/api/v1/tracked/{table}/{id}/moves"]
    assert (line["trace_id"], line["span_id"]) == (TRACE, request.span_id.hex())


def test_metrics_go_to_the_collector_too(traced: Settings, shop: Shop, bearer: Bearer, collected: Collector) -> None:
    with client_of(traced) as client:
        client.post(MOVES, json={"to": "PAID"}, headers=bearer("anna", "clerk"))
        client.post(MOVES, json={"to": "CANCELLED"}, headers=bearer("anna", "clerk"))
        until(lambda: {"http.server.request.duration", "jalon.moves", "jalon.refused"} <= collected.metrics.keys())
    (moved,) = collected.metrics["jalon.moves"].sum.data_points
    assert (moved.as_int, texts(moved.attributes)) == (1, {"table": "orders", "left": "NEW", "entered": "PAID"})
    points = collected.metrics["http.server.request.duration"].histogram.data_points
    assert sum(each.count for each in points) == 2


def test_a_refusal_is_a_span_with_its_code(traced: Settings, shop: Shop, bearer: Bearer, collected: Collector) -> None:
    with client_of(traced) as client:
        client.get("/api/v1/tracked/orders/999", headers=bearer("anna", "clerk"))
    assert texts(collected.spans["GET /api/v1/tracked/{table}/{id}"].attributes)["error.type"] == "JL401"


@pytest.mark.parametrize("sent", ["", "00-0-0-00", "x" * 500, f"00-{'0' * 32}-{CALLER}-01"])
def test_a_traceparent_that_is_none_begins_a_new_trace(
    traced: Settings, shop: Shop, bearer: Bearer, collected: Collector, sent: str
) -> None:
    with client_of(traced) as client:
        answer = client.get("/api/v1/tracked", headers=bearer("anna", "clerk", traceparent=sent))
        assert answer.status_code == 200
    assert not collected.spans["GET /api/v1/tracked"].parent_span_id


def test_calls_that_share_a_statement_keep_their_own_traces(shop: Shop) -> None:
    hook = json.dumps({"url": "https://x.example", "eventTypes": ["orders.*"]})
    admin = json.dumps({"actor": "ada", "roles": ["admin"]})
    shop.execute("select jalon_api.run('create_webhook', null, %s, %s)", (hook, admin))
    first = f"00-{'1' * 32}-{CALLER}-01"
    calls = [
        [key, {"table": "orders", "to": "PAID"}, {"actor": "anna", "roles": ["clerk"]} | more]
        for key, more in (("1", {"traceparent": first}), ("2", {}), ("3", {"traceparent": "x\r\ny: z"}))
    ]
    moved = shop.execute("select status from jalon_api.run_batch('move_record', %s)", (json.dumps(calls),)).fetchall()
    assert moved == [(200,), (200,), (200,)]
    rows = shop.execute("select record_key, traceparent from jalon_engine.outbox_message order by 1").fetchall()
    assert rows == [("1", first), ("2", None), ("3", None)]


def test_requests_are_answered_although_nobody_collects(
    traced: Settings, shop: Shop, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    with client_of(traced) as client:
        assert client.get("/api/v1/tracked", headers=bearer("anna", "clerk")).status_code == 200


def test_nothing_of_opentelemetry_is_imported_while_it_is_off() -> None:
    program = (
        "import sys, jalon.cli.relay, jalon.cli.serve, jalon.outbox.relay; from pathlib import Path;"
        "from jalon.server.app import create_app; from jalon.settings import Settings;"
        "create_app(Settings(home=Path('/nowhere'), api_dsn='host=/nowhere', token_secret='x' * 32));"
        # Litestar itself looks for names of attributes, where the package is installed.
        "print([name for name in ('opentelemetry.sdk', 'opentelemetry.trace', 'jalon.server.telemetry')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_without_the_extra_the_setting_says_what_to_install(traced: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "jalon.server.telemetry", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(Refusal, match=r"jalon\[otel\]"):
        create_app(traced)
