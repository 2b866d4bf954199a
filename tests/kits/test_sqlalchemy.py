"""The kit for SQLAlchemy and Alembic, by their commands: docs/sqlalchemy.md as it stands, then what may go wrong."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.kits.pages import VENV, Application, application

HERE = Path(__file__).parent
pytestmark = [
    pytest.mark.second_lane,
    pytest.mark.skipif(not VENV.is_dir(), reason="no frameworks in .venv/kits: `make setup-clients` installs them"),
]


@pytest.fixture(scope="module")
def shop(
    template: Any, cluster: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Application, str]]:
    """The application of the page, and what the commands of the page said."""
    with application(tmp_path_factory.mktemp("sqlalchemy"), cluster, template.template_dbname) as made:
        yield made, made.follow("sqlalchemy.md")


def test_the_page_runs_as_it_stands(shop: tuple[Application, str]) -> None:
    said = shop[1]
    assert "No new upgrade operations detected." in said
    assert "1 PAID 2\nJL101 ['SHIPPED', 'REFUNDED', 'CANCELLED']\nread it again\n" in said
    assert re.search(r"PAID +\| anna +\| the wire came", said), said
    assert "2 NEW\n" in said


def test_the_promises_of_the_kit_hold_with_either_driver(shop: tuple[Application, str]) -> None:
    made = shop[0]
    made.write("tests.py", (HERE / "alchemy/tests.py").read_text())
    assert "\nOK\n" in made.run("python -W error::DeprecationWarning -m unittest tests")


def test_migrations_go_back_and_forth_and_autogenerate_stays_empty(shop: tuple[Application, str]) -> None:
    made = shop[0]
    made.write("migrations/versions/0002_more.py", (HERE / "alchemy/0002_more.py").read_text())
    made.write("models.py", PARCEL, appended=True)
    env = (made.folder / "migrations/env.py").read_text()
    made.write("migrations/env.py", env.replace("connection, target", "connection, include_schemas=True, target"))
    made.run("alembic upgrade head")
    assert "No new upgrade operations detected." in made.run("alembic check")
    with made.connect() as db:
        made.run("alembic downgrade 0001")
        made.run("alembic upgrade head")
        for key in ("NA", "null", "007", "", 'O\'x "y" \\'):
            db.execute('insert into depot."O\'parcels" (key) values (%s)', [key])
            db.execute("select jalon.move('parcels', %s, 'PAID')", [key])
        assert db.execute("select name from jalon.tracked where name ~ '^(orders|parcels)$' order by 1").fetchall() == [
            ("orders",), ("parcels",),
        ]  # fmt: skip
        assert db.execute("select * from jalon.verify()").fetchall() == []


PARCEL = """

from sqlalchemy import Column, Integer, String, Table

Table("O'parcels", Base.metadata, Column("key", String, primary_key=True), Column("status", String, nullable=False),
    Column('Step "n"', Integer, nullable=False), schema="depot")
"""


def test_a_table_without_a_key_is_refused_with_a_sentence_and_nothing_is_changed(shop: tuple[Application, str]) -> None:
    made = shop[0]
    made.write("migrations/versions/0003_keyless.py", (HERE / "alchemy/0003_keyless.py").read_text())
    said = made.run("alembic upgrade head", code=1)
    (made.folder / "migrations/versions/0003_keyless.py").unlink()
    assert "keyless cannot be tracked: it has no primary key" in said, said
    with made.connect() as db:
        assert db.execute("select to_regclass('keyless')").fetchone() == (None,)


def test_a_column_that_cannot_be_widened_by_itself_is_widened_by_what_the_error_says(
    shop: tuple[Application, str],
) -> None:
    made = shop[0]
    made.write("migrations/versions/0003_widen.py", WIDEN)
    said = made.run("alembic upgrade head", code=1)
    assert "cannot alter type of a column used in a trigger definition" in said
    found = re.search(r"^(select jalon\.alter_column_type\(.*\)), in op.execute", said.split("by: ")[-1])
    assert found, said
    advice = found[1].replace("<table>", "orders").replace("<column>", "status").replace("<type>", "varchar(99)")
    made.write("migrations/versions/0003_widen.py", WIDEN.split("    op.")[0] + f'    op.execute("{advice}")\n')
    made.run("alembic upgrade head")
    with made.connect() as db:
        assert db.execute("select * from jalon.verify()").fetchall() == []


WIDEN = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade():
    op.alter_column("orders", "status", type_=sa.String(99))
"""
