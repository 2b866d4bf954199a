"""A test runner: each test database is a copy of one in which Jalon is installed, in test mode (docs/testing.md)."""

from pathlib import Path
from typing import Any

from django.db import connections
from django.test.runner import DiscoverRunner


class JalonRunner(DiscoverRunner):
    """As TEST_RUNNER. The login may make databases and install Jalon, and is a member of jalon_app."""

    jalon_modules = "none"

    def setup_databases(self, **options: Any) -> Any:
        for alias in connections:
            if connections[alias].vendor == "postgresql":
                prepare_template(connections[alias], self.jalon_modules)
        return super().setup_databases(**options)


def prepare_template(connection: Any, modules: str) -> None:
    """Makes the database <name>_jalon, or brings it to this version; Django copies it and migrates the copy."""
    import psycopg
    from psycopg.conninfo import make_conninfo

    from jalon.dsn import with_tcp_options
    from jalon.install.migrate import migrate
    from jalon.settings import Settings

    name = f"{connection.settings_dict['NAME']}_jalon"
    with connection._nodb_cursor() as cursor:
        if not connection.creation._database_exists(cursor, name):
            cursor.execute(f"create database {connection.ops.quote_name(name)}")
    of_libpq = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    given = connection.get_connection_params() | {"dbname": name}
    dsn = make_conninfo(**{option: value for option, value in given.items() if option in of_libpq})
    migrate(Settings(home=Path.cwd(), dsn=dsn, modules=modules), dsn, lambda text: None, passwords=False)
    with psycopg.connect(with_tcp_options(dsn)) as owner:
        owner.execute("select jalon.test_mode()")
    connection.settings_dict["TEST"]["TEMPLATE"] = name
