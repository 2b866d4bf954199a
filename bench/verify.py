"""What proving takes: `jalon.verify` of a table with 1,000,000 rows of history, JALON_BENCH_ROWS for another number.

Ten changes a record, over 24 months, as bench/history.py makes them.
"""

import os
import statistics
import tempfile
import time
from pathlib import Path

from bench import _server
from bench.history import OPTIONS, made
from jalon.install import embedded

CHANGES_OF_ONE_RECORD = 10
TARGET_SECONDS = 10


def main() -> int:
    rows = int(os.environ.get("JALON_BENCH_ROWS", "1000000"))
    rounds = int(os.environ.get("BENCH_ROUNDS", "3"))
    where = os.environ.get("JALON_BENCH_DIR")
    with tempfile.TemporaryDirectory(prefix="jalon-bench-", dir=where, ignore_cleanup_errors=True) as folder:
        server = embedded.cluster(Path(folder), options=OPTIONS)
        server.start(lambda text: None)
        try:
            with made(server, "proved", rows, rows // CHANGES_OF_ONE_RECORD) as db:
                seconds, processor = [], []
                backend = Path(f"/proc/{db.info.backend_pid}/schedstat")
                for _ in range(rounds):
                    begun, used = time.perf_counter(), int(backend.read_text().split()[0])
                    if problems := db.execute("select problem, detail from jalon.verify('orders')").fetchall():
                        raise SystemExit(f"the data are not sound: {problems}")
                    seconds.append(time.perf_counter() - begun)
                    processor.append((int(backend.read_text().split()[0]) - used) / 1e9)
        finally:
            server.stop()
    medians = f"{statistics.median(seconds):.1f} s", f"{statistics.median(processor):.1f} s"
    cells = f"{rows:,} rows of history", *medians, f"< {TARGET_SECONDS} s"
    _server.table("jalon.verify", [cells], ("what", "median", "its session's processor time", "target"))
    return 0
