"""Options of a connection that has to notice when the other end is gone."""

from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

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
