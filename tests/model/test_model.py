"""Random statements by random roles over random tables: what the rules allow passes and is recorded, nothing else does."""

from tests.model.conftest import SECONDS, SEED
from tests.model.model import script


def test_what_the_rules_allow_passes_and_is_recorded_and_nothing_else_does(model, capsys):
    run = model()
    found = run.run(SECONDS, SEED)
    with capsys.disabled():
        print(f"\n{run.total}")
    assert found is None, "\n" + script(found, f"{run.template}_model")
