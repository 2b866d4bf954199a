"""Random statements by random roles: what the rules allow passes and is recorded, nothing else does."""

import pytest

from tests.model.conftest import SECONDS, SEED
from tests.model.model import script

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
    assert found is None, "\n" + script(found, "model")
    assert run.total.counts.changes > 0


@pytest.mark.parametrize("tampering", TAMPERED.values(), ids=TAMPERED)
def test_a_trigger_that_is_taken_away_is_found_within_seconds(model, tampering):
    run = model(WITHOUT_EVENT_TRIGGERS + tampering)
    run.shrinking = 3
    found = run.run(20, SEED)
    assert found is not None, str(run.total)
    assert "select jalon.track(" in script(found, "model")
