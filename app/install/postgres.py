"""The PostgreSQL a command talks to: the one of JALON_DSN, or the embedded one for as long as it is needed."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from jalon.dsn import with_tcp_options
from jalon.install import embedded
from jalon.refusal import Refusal
from jalon.settings import Settings

OLDEST = 15
ROLES = ("owner", "api", "app", "bi", "bi_masked", "dba", "relay")


@contextlib.contextmanager
def server(settings: Settings, say: Callable[[str], None] = lambda text: None) -> Iterator[str]:
    """The owner's DSN of a server that answers and is new enough."""
    with contextlib.ExitStack() as stack:
        dsn = settings.dsn or stack.enter_context(embedded.running(settings.home, say))
        with connect(dsn):
            yield dsn


def connect(dsn: str) -> psycopg.Connection[tuple[object, ...]]:
    """An autocommit connection; a plain sentence where there is none."""
    parts = {"application_name": "jalon"} | parts_of(with_tcp_options(as_key_values(dsn)))
    try:
        connection = psycopg.connect(make_conninfo(**parts), autocommit=True)
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
    parts = parts_of(dsn) | {"user": f"jalon_{role}", "password": getattr(settings, f"{role}_password")}
    return make_conninfo(**{name: value for name, value in parts.items() if value})


def parts_of(dsn: str) -> dict[str, Any]:
    """The parameters of a connection string, be it a URL or key=value."""
    try:
        return dict(conninfo_to_dict(dsn))
    except psycopg.ProgrammingError as error:
        raise Refusal(f"JALON_DSN is not a valid connection string: {one_line(error)}.") from None


def as_key_values(dsn: str) -> str:
    return make_conninfo(**parts_of(dsn))


def as_url(dsn: str) -> str:
    """A URL: one host before the path; a socket's folder, or several hosts, among the parameters."""
    parts = {name: str(value) for name, value in parts_of(dsn).items()}
    user, password = quote(parts.pop("user", ""), safe=""), quote(parts.pop("password", ""), safe="")
    login = f"{user}:{password}@" if password else f"{user}@" if user else ""
    database = quote(parts.pop("dbname", ""), safe="")
    authority = ""
    if "host" in parts and not parts["host"].startswith(("/", "@")) and "," not in parts["host"]:
        host = parts.pop("host")
        authority = f"[{host}]" if ":" in host else quote(host, safe="")
        authority += f":{port}" if (port := parts.pop("port", "")) else ""
    parameters = urlencode(parts, quote_via=quote, safe="/")
    return f"postgresql://{login}{authority}/{database}" + (f"?{parameters}" if parameters else "")


def one_line(error: Exception | str) -> str:
    return " ".join(str(error).split()).rstrip(".")
