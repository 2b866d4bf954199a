"""Connection strings: options of a connection that has to notice when the other end is gone, and several hosts."""

from itertools import zip_longest

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from jalon.refusal import Refusal

# libpq alone waits for two minutes for an answer to a connection, and for quarters of an hour for one to a statement.
TCP_OPTIONS = {
    "connect_timeout": "3",  # seconds, for each host
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "1",
    "keepalives_count": "3",
    "tcp_user_timeout": "5000",  # milliseconds
}


def with_tcp_options(dsn: str) -> str:
    """The connection string with these options, except those that it or the environment sets."""
    in_environment = {option.keyword.decode() for option in pq.Conninfo.get_defaults() if option.val is not None}
    given = conninfo_to_dict(dsn)
    added = {name: value for name, value in TCP_OPTIONS.items() if name not in given.keys() | in_environment}
    return make_conninfo(dsn, **added)


def hosts_of(dsn: str, otherwise: str = "") -> list[tuple[str, str]]:
    """The name and the connection string of each host; who logs in, and to what, is as otherwise unless it says."""
    try:
        given, others = conninfo_to_dict(dsn), conninfo_to_dict(otherwise)
    except psycopg.ProgrammingError as error:
        raise Refusal(f"JALON_READ_DSN is not a valid connection string: {error}") from None
    if not given:
        return []
    login = {name: others[name] for name in ("dbname", "user", "password") if name in others} | given
    names, addresses, ports = (str(login.pop(name, "")).split(",") for name in ("host", "hostaddr", "port"))
    found = []
    for host, address, port in zip_longest(names, addresses, ports, fillvalue=""):
        own = {"host": host, "hostaddr": address, "port": port or ports[0]}
        parts = login | {name: value for name, value in own.items() if value} | {"target_session_attrs": "any"}
        found.append((":".join(filter(None, (host or address, port or ports[0]))), make_conninfo("", **parts)))
    return found
