"""No sequence of calls reaches a code to which the workflow doesn't lead: case types are no detour."""

import pytest

from tests.model.case_types import DOSSIERS, TICKETS, Calls, Violation
from tests.model.conftest import SECONDS, SEED

CALLS = 20_000 if SECONDS >= 60 else 1_000
# What the engine asks of a change of case type, taken out.
UNCHECKED = """
create or replace function jalon_engine.check_arrival(p_change jalon_engine.change, p_old_case_type text)
returns integer language sql stable set search_path = pg_catalog, pg_temp as $$ select 1 $$
"""


@pytest.fixture
def beginning() -> str:
    return TICKETS + DOSSIERS


@pytest.fixture
def writer(db, connect):
    """A login that may write both tables and holds no role."""
    name = f"writer_{db.info.dbname}"
    db.execute(f"create role {name} login; grant usage on schema shop, jalon_dossiers to {name}")
    db.execute(f"grant select, insert, update, delete on shop.ticket, jalon_dossiers.dossier to {name}")
    connection = connect()
    connection.execute(f"set session authorization {name}")
    yield connection
    connection.close()
    db.execute(f"drop owned by {name}; drop role {name}")


def test_no_sequence_of_calls_reaches_a_code_that_the_workflow_does_not_lead_to(connect, writer, capsys):
    run = Calls(connect, writer, SEED)
    tally = run.run(CALLS)
    with capsys.disabled():
        print(f"\nseed {SEED}: {tally}")
    assert tally.passed > CALLS / 10
    assert run.owner.execute("select * from jalon.verify()").fetchall() == []


def test_a_sequence_that_takes_the_detour_is_found_where_case_types_are_not_checked(db, connect, writer):
    db.execute(UNCHECKED)
    with pytest.raises(Violation):
        Calls(connect, writer, SEED).run(20_000)
