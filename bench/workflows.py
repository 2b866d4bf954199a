"""Saving a workflow of 120 codes and 120 transitions: `make bench ARGS=workflows`; BENCH_ROUNDS.

A document of new codes, the same again, and then one with other transitions, each in a transaction of its own, as the
web application saves it. What counts is the processor time of its process of PostgreSQL.
"""

import json
import os
import statistics
import time
from typing import Any

import psycopg

from bench._processes import cpu
from bench._server import server, table

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
CODES = 120


def document(number: int) -> dict[str, Any]:
    codes = [
        {"code": f"C{n}", "labels": {"en": f"Code {n}", "fr": f"Code n° {n}"}, "is_initial": n == 0, "position": n}
        for n in range(CODES)
    ]
    transitions = [
        {"from": f"C{n}", "to": f"C{(n + number) % CODES}", "action": f"go{n}", "roles": ["admin"]}
        for n in range(CODES)
    ]
    return {"format": "jalon/1", "codes": codes, "transitions": transitions}


def save(connection: psycopg.Connection[Any], category: str, number: int) -> tuple[float, float]:
    """Milliseconds, of the clock and of the processor."""
    caller = {"actor": "anna", "roles": ["admin"]}
    parameters = (category, json.dumps({"definition": document(number)}), json.dumps(caller))
    began, used = time.perf_counter(), cpu([connection.info.backend_pid])
    (answer,) = connection.execute("select status from jalon_api.run('save_workflow', %s, %s, %s)", parameters)
    if answer != (200,):
        raise SystemExit(f"The document was not saved: {answer}")
    return (time.perf_counter() - began) * 1000, (cpu([connection.info.backend_pid]) - used) * 1000


def main() -> int:
    found: dict[str, list[tuple[float, float]]] = {"120 new codes": [], "the same again": [], "other transitions": []}
    with server() as db:
        for number in range(ROUNDS):
            category = f"BENCH_{number}"
            with db.connect() as owner:
                owner.execute("insert into jalon_engine.category (code, label) values (%s, 'Bench')", (category,))
            with db.connect("jalon_api") as connection:  # a new one: nothing of it was planned before
                for (_, times), step in zip(found.items(), (1, 1, 2), strict=True):
                    times.append(save(connection, category, step))
    rows = [
        (
            name,
            f"{statistics.median(clock for clock, _ in each):.0f}",
            f"{statistics.median(used for _, used in each):.0f}",
        )
        for name, each in found.items()
    ]
    table(f"Saving a workflow, {ROUNDS} rounds", rows, ("", "ms", "ms of processor time"))
    return 0
