"""A fresh embedded PostgreSQL with the settings of a real one (fsync on), migrated, gone afterwards."""

import contextlib
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from jalon.install import embedded
from jalon.install.migrate import migrate
from jalon.settings import Settings

SETTINGS = (
    "shared_buffers=512MB",
    "max_wal_size=8GB",
    "min_wal_size=4GB",
    "checkpoint_timeout=30min",
    "autovacuum_naptime=1h",
)


class Server:
    def __init__(self, cluster: embedded.Cluster) -> None:
        self.cluster = cluster
        self.dsn = cluster.dsn("bench")

    def connect(self, user: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.dsn, autocommit=True, user=user)

    def settle(self) -> None:
        """Makes WAL segments to reuse, as a server has that runs for a while. Making one takes 20 ms for everybody."""
        with self.connect() as connection:
            for _ in range(48):
                connection.execute("select pg_logical_emit_message(false, 'bench', repeat('x', 64 * 1024 * 1024))")
            connection.execute("checkpoint")

    def pgbench(
        self, script: str, *, seconds: int, clients: int = 8, protocol: str = "prepared", user: str = "postgres"
    ) -> float:
        """Transactions a second of one script, measured from its first transaction on."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql", delete=False) as file:
            file.write(script)
        command = [
            str(self.cluster.bin / "pgbench"),
            "-n",
            "-M",
            protocol,
            "-c",
            str(clients),
            "-j",
            "2",
            "-T",
            str(seconds),
            "-f",
            file.name,
        ]
        done = subprocess.run(
            [*command, "-d", make_conninfo(self.dsn, user=user)], capture_output=True, text=True, check=False
        )
        Path(file.name).unlink()
        if done.returncode or "ERROR" in done.stderr:
            raise SystemExit(f"pgbench failed: {done.stderr.strip().splitlines()[0]}")
        return next(float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps"))


@contextlib.contextmanager
def server(
    major: int = embedded.MAJOR,
    more: tuple[str, ...] = (),
    programs: Path | None = None,
    modules: str | None = "all",
) -> Iterator[Server]:
    """The embedded PostgreSQL, or one whose programs lie elsewhere; without Jalon where modules are None."""
    with tempfile.TemporaryDirectory(prefix="jalon-bench-", ignore_cleanup_errors=True) as folder:
        cluster = embedded.cluster(Path(folder), major, programs or embedded.binaries(major), (*SETTINGS, *more))
        cluster.start(lambda text: None)
        try:
            with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as connection:
                connection.execute("create database bench")
            dsn = make_conninfo(cluster.dsn("bench"))
            if modules is not None:
                migrate(Settings(home=Path(folder), dsn=dsn, modules=modules), dsn, lambda text: None)
            yield Server(cluster)
        finally:
            cluster.stop()


def ratio(rounds: list[tuple[float, float]]) -> float:
    """The median of the ratios measured pair by pair: neighbours in time share the machine's mood."""
    return statistics.median(measured / baseline for measured, baseline in rounds)


def table(title: str, rows: Sequence[tuple[str, ...]], head: tuple[str, ...]) -> None:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    print(f"\n{title}\n")
    for row in [head, tuple("-" * width for width in widths), *rows]:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
