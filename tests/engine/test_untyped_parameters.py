"""Drivers such as asyncpg and node-postgres send parameters without types: PostgreSQL must find each function by the
number of its arguments alone."""

from typing import Any

import psycopg
import pytest
from psycopg import sql

Connection = psycopg.Connection[Any]

FUNCTIONS = """
    select p.proname, n from pg_proc p, generate_series(p.pronargs::integer - p.pronargdefaults, p.pronargs::integer) n
    where p.pronamespace = 'jalon'::regnamespace and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype
    order by p.proname, n
"""


def test_each_function_of_the_public_schema_is_found_with_parameters_of_no_type(db: Connection) -> None:
    ambiguous = []
    for name, count in db.execute(FUNCTIONS).fetchall():
        parameters = ", ".join(f"${n}" for n in range(1, count + 1))
        try:
            db.execute(
                sql.SQL("prepare untyped as select * from jalon.{}(" + parameters + ")").format(sql.Identifier(name))
            )
            db.execute("deallocate untyped")
        except psycopg.Error as error:
            ambiguous.append(f"{name} with {count}: {error}")
    assert ambiguous == []


@pytest.mark.parametrize("key", [7, "7"])
def test_keys_are_taken_as_integers_and_as_texts(shop: Connection, key: Any) -> None:
    shop.execute("insert into shop.orders values (7)")
    assert shop.execute("select count(*) > 0 from jalon.explain('orders', %s)", (key,)).fetchone() == (True,)
    assert shop.execute("select new_code from jalon.move('orders', %s, 'PAID')", (key,)).fetchone() == ("PAID",)
