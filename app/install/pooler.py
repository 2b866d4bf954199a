"""Whether prepared statements reach the session that they were prepared in.

A pooler that gives each transaction any connection (pgbouncer before 1.21, or without max_prepared_statements) mixes
up the statements of its clients: an answer may be that of another call. Two sessions prepare different statements under
the same name, in turns; where each keeps its own, everybody does.
"""

import contextlib

import psycopg

from jalon.dsn import with_tcp_options
from jalon.refusal import Refusal

ROUNDS = 3
MIXED_UP = (
    "PostgreSQL is reached through a pooler that mixes up prepared statements: an answer could be another call's. "
    "Set JALON_PREPARED=false, or let the pooler keep them (pgbouncer 1.21 and newer: max_prepared_statements = 200)."
)


def require_own_statements(dsn: str) -> None:
    """Refuses where statements are mixed up; says nothing where there is no connection to be had."""
    with contextlib.ExitStack() as opened:
        try:
            bounded = with_tcp_options(dsn)
            sessions = [opened.enter_context(psycopg.connect(bounded, autocommit=True)) for _ in "ab"]
        except psycopg.OperationalError:
            return
        for _ in range(ROUNDS):
            for place, session in enumerate(sessions):
                try:
                    found = session.execute(f"select {place} as prepared_{place}", prepare=True).fetchone()
                except psycopg.Error as error:
                    raise Refusal(MIXED_UP) from error
                if found != (place,):
                    raise Refusal(MIXED_UP)
