"""Say where the database stands: server, migrations, reload, partitions, problems."""

import argparse
from typing import Any

import psycopg

from jalon.install import doctor, postgres
from jalon.install.schema_version import exists, read_state
from jalon.settings import Settings

PARTITIONS = "select p.table_name, p.until from jalon.partitions p order by p.until, p.table_name"
PROOF = """
    select count(*) filter (where p.proved_at is null), min(p.proved_at)
    from jalon_engine.tracked t left join jalon_engine.proof p on p.tracked = t.name
"""
WEBHOOKS = """
    select count(*), count(*) filter (where w.is_paused), count(h.failing_since), count(w.disabled_at),
        (select count(*) from jalon_engine.outbox_message),
        (select count(*) from jalon_engine.webhook_delivery d where d.due_at is not null)
    from jalon_engine.webhook w join jalon_engine.webhook_health h on h.webhook_id = w.id
"""


def webhooks(connection: psycopg.Connection[Any]) -> str:
    if not exists(connection, "jalon_engine.webhook"):
        return "none"
    words = ("", "paused", "failing", "disabled", "events waiting", "deliveries waiting")
    try:
        counts = connection.execute(WEBHOOKS).fetchall()[0]
    except psycopg.errors.InsufficientPrivilege:
        return f"not for {connection.info.user} to read"
    return ", ".join(f"{count} {word}".strip() for count, word in zip(counts, words, strict=True))


def last_proof(connection: psycopg.Connection[Any]) -> str:
    """When the records were last proved; a proof reads all of them, so it is asked for by name."""
    try:
        never, oldest = connection.execute(PROOF).fetchall()[0]
    except psycopg.errors.InsufficientPrivilege:
        return f"not for {connection.info.user} to read"
    parts = [f"records of each table proved since {oldest:%Y-%m-%d %H:%M %Z}"] if oldest else []
    parts += [f"{never} never proved (`jalon doctor` proves them)"] if never else []
    return ", ".join(parts) or "no table is tracked"


def run(settings: Settings, options: argparse.Namespace) -> None:
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        connection.execute("set search_path = ''")  # names come qualified
        state = read_state(connection)
        info = connection.info
        print(
            f"Server      PostgreSQL {info.parameter_status('server_version')}, database {info.dbname}, as {info.user}"
        )
        print(
            f"Migrations  {len(state.applied)} applied, {len(state.pending)} pending"
            + "".join(f"\n            {id}" for id in state.pending)
        )
        print(
            f"Reload      {(state.reload_digest or 'never')[:12]}"
            + (
                ""
                if state.reload_digest == state.expected_digest
                else f", this version is {state.expected_digest[:12]}"
            )
        )
        reach = exists(connection, "jalon.partitions")
        for table, until in connection.execute(PARTITIONS) if reach else []:
            print(f"Partitions  {table} until {until}")
        print(f"Webhooks    {webhooks(connection)}")
        if exists(connection, "jalon_engine.proof"):
            print(f"Proof       {last_proof(connection)}")
        found = list(doctor.findings(connection, prove=False))
        print(f"Problems    {len(found) or 'none'}" + (" (`jalon doctor` names them)" if found else ""))
