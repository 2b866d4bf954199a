"""Reads every view by each library of this environment and says what it got, as JSON: python read.py DSN VIEW…"""

import json
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import adbc_driver_postgresql.dbapi
import duckdb
import pandas
import polars
import sqlalchemy


def by_pandas(dsn: str, query: str) -> int:
    with sqlalchemy.create_engine(dsn.replace("postgresql://", "postgresql+psycopg://")).connect() as connection:
        return len(pandas.read_sql(sqlalchemy.text(query), connection))


def by_connectorx(dsn: str, query: str) -> int:
    return polars.read_database_uri(query, dsn, engine="connectorx").height


def by_adbc(dsn: str, query: str) -> int:
    return polars.read_database_uri(query, dsn, engine="adbc").height


def by_duckdb(dsn: str, query: str) -> int:
    """What ADBC read, through a file of Parquet."""
    with adbc_driver_postgresql.dbapi.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        frame = polars.from_arrow(cursor.fetch_arrow_table())
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        frame.write_parquet(file.name)
        ((count,),) = duckdb.sql(f"select count(*) from '{file.name}'").fetchall()
        return int(count)


READERS: dict[str, Callable[[str, str], int]] = {
    "pandas": by_pandas,
    "connectorx": by_connectorx,
    "adbc": by_adbc,
    "duckdb": by_duckdb,
}


def attempt(read: Callable[[str, str], int], dsn: str, query: str) -> Any:
    try:
        return read(dsn, query)
    except BaseException as error:  # connectorx panics, which is not an Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return f"{type(error).__name__}: {str(error)[:200]}"


def main(dsn: str, queries: list[str]) -> None:
    found = {query: {name: attempt(read, dsn, query) for name, read in READERS.items()} for query in queries}
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], json.load(sys.stdin))
