"""Random statements by random roles: what the rules allow passes and is recorded, nothing else does."""

import subprocess

import pytest

from tests.model.conftest import SECONDS, SEED

WITHOUT_EVENT_TRIGGERS = """
do $$ declare each text; begin
    for each in select evtname from pg_event_trigger loop
        execute format('alter event trigger %I disable', each);
    end loop;
end $$;
"""
TAMPERED = {
    "updates are not recorded": 'drop trigger "_jalon_after_update" on {table}',
    "updates are not recorded for a while": 'alter table {table} disable trigger "_jalon_after_update"',
    "creations are not recorded": 'drop trigger "_jalon_after_insert" on {table}',
    "deletions are not recorded": 'drop trigger "_jalon_after_delete" on {table}',
    "versions are not counted": 'drop trigger "~jalon_before_update" on {table}',
    "versions begin anywhere": 'drop trigger "~jalon_before_insert" on {table}',
}


def test_what_the_rules_allow_passes_and_is_recorded_and_nothing_else_does(model, capsys):
    run = model()
    found = run.run(SECONDS, SEED)
    with capsys.disabled():
        print(f"\n{run.total}")
    assert found is None, "\n" + run.script(found)
    assert run.total.counts.changes > 0


@pytest.mark.parametrize("tampering", TAMPERED.values(), ids=TAMPERED)
def test_a_trigger_that_is_taken_away_is_found_within_seconds(model, tampering):
    run = model(WITHOUT_EVENT_TRIGGERS + tampering)
    run.shrinking = 3
    found = run.run(60, SEED)
    assert found is not None, str(run.total)
    assert found.failure.kind in run.script(found)


@pytest.fixture
def psql_options(db):
    """Where a script is run: its logins go with the test."""
    yield ["-h", db.info.host, "-p", str(db.info.port), "-U", db.info.user, "-d", db.info.dbname]
    for (role,) in db.execute("select rolname from pg_roles where rolname like 'model\\_%'").fetchall():
        db.execute(f"drop owned by {role} cascade; drop role {role}")


def test_a_case_that_fails_is_printed_as_a_script_that_psql_runs(model, psql_options):
    run = model(WITHOUT_EVENT_TRIGGERS + TAMPERED["updates are not recorded"])
    run.shrinking = 3
    found = run.run(60, SEED)
    psql = ["psql", "-X", "-q", *psql_options]
    outcome = subprocess.run(psql, input=run.script(found), capture_output=True, text=True, check=True)
    assert "changed_by" in outcome.stdout
    # A shrunk case may go back to a savepoint that it no longer makes.
    errors = [line for line in outcome.stderr.splitlines() if "ERROR" in line and "savepoint" not in line]
    assert not [line for line in errors if "syntax" in line or "does not exist" in line]
