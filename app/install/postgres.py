"""The PostgreSQL a command talks to: the one of JALON_DSN, or the embedded one for as long as it is needed."""

import contextlib
from collections.abc import Callable, Iterator

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from jalon.install import embedded
from jalon.refusal import Refusal
from jalon.settings import Settings

OLDEST = 15
ROLES = ("owner", "api", "bi", "dba", "relay")


@contextlib.contextmanager
def server(settings: Settings, say: Callable[[str], None] = lambda text: None) -> Iterator[str]:
    """The owner's DSN of a server that answers and is new enough."""
    with contextlib.ExitStack() as stack:
        dsn = settings.dsn or stack.enter_context(embedded.running(settings.home, say))
        with connect(dsn):
            yield dsn


def connect(dsn: str) -> psycopg.Connection[tuple[object, ...]]:
    """An autocommit connection; a plain sentence where there is none."""
    try:
        connection = psycopg.connect(
            make_conninfo(dsn, **{"connect_timeout": "5", "application_name": "jalon"} | conninfo_to_dict(dsn)),
            autocommit=True,
        )
    except psycopg.ProgrammingError as error:
        raise Refusal(f"JALON_DSN is no connection string: {one_line(error)}.") from None
    except psycopg.OperationalError as error:
        raise Refusal(f"PostgreSQL can't be reached: {one_line(error)}.") from None
    if connection.info.server_version // 10_000 < OLDEST:
        version = connection.info.parameter_status("server_version")
        connection.close()
        raise Refusal(f"Jalon needs PostgreSQL {OLDEST} or newer; this server is {version}.")
    return connection


def dsn_of_role(settings: Settings, dsn: str, role: str) -> str:
    """The connection string of one of Jalon's roles on the same server."""
    if role == "owner":
        return dsn
    if role == "api" and settings.api_dsn:
        return settings.api_dsn
    if role == "relay" and settings.relay_dsn:
        return settings.relay_dsn
    parts = conninfo_to_dict(dsn) | {"user": f"jalon_{role}", "password": getattr(settings, f"{role}_password")}
    return make_conninfo(**{name: value for name, value in parts.items() if value})


def one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
