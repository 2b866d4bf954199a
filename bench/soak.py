"""The model test for an hour: `make bench ARGS=soak`; BENCH_SECONDS for another time, MODEL_SEED to begin elsewhere.

JALON_TEST_POSTGRES chooses the server, as it does for tests. Prints statements, refusals and seeds as it goes on, and
each failure as a psql script once it is shrunk; fails if there was any.
"""

import os
import random
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from jalon.install import embedded
from tests.conftest import THROWAWAY, describe_server, dsn_of, in_memory, migrate_template, programs
from tests.model.model import Model

INTERVAL = 300  # seconds between two lines of what has been done


def soak(model: Model, seconds: float, seed: int) -> int:
    """How many worlds failed."""
    until, reported, failed = time.monotonic() + seconds, time.monotonic(), 0
    while time.monotonic() < until:
        if found := model.world(seed, until):
            failed += 1
            print(f"FAILED, seed {seed}: {found.failure}", flush=True)
            if model.kinds[found.failure.kind] == [seed]:
                print(f"{model.script(found)}\n", flush=True)
        seed += 1
        if time.monotonic() - reported > INTERVAL:
            reported = time.monotonic()
            print(f"{time.strftime('%H:%M')} {model.total}; {failed} failed", flush=True)
    print(f"{model.total}; {failed} failed", flush=True)
    for kind, seeds in model.kinds.items():
        print(f"{kind}: {len(seeds)} worlds, seeds {', '.join(map(str, seeds[:10]))}", flush=True)
    return failed


def main() -> int:
    seconds = float(os.environ.get("BENCH_SECONDS", "3600" if "soak" in sys.argv else "60"))
    said = os.environ.get("MODEL_SEED") or "random"
    seed = random.randrange(10**6) if said == "random" else int(said)
    major = int(os.environ.get("JALON_TEST_POSTGRES", "18"))
    with tempfile.TemporaryDirectory(prefix="jalon-soak-", dir=in_memory(), ignore_cleanup_errors=True) as folder:
        server = embedded.cluster(Path(folder), major, programs(major), THROWAWAY)
        server.start(lambda text: None)
        try:
            where = describe_server(server.bin, **psycopg.conninfo.conninfo_to_dict(server.dsn()))
            with psycopg.connect(dsn_of(where, "postgres"), autocommit=True) as databases:
                databases.execute("create database soak")
                parts = {name: getattr(where, name) for name in ("host", "port", "user", "password")}
                migrate_template(**parts, dbname="soak")
                print(f"PostgreSQL {major}, seed {seed}, {seconds:.0f} seconds", flush=True)
                return int(soak(Model(databases, "soak", lambda name: dsn_of(where, name)), seconds, seed) > 0)
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
