"""The settings of uvicorn in `jalon serve`."""

import gc

import pytest

from jalon.cli.serve import application


def test_what_lives_as_long_as_the_process_is_not_searched_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_TOKEN_SECRET", "x" * 40)
    application()
    try:
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold()[0] > 5_000
    finally:
        gc.unfreeze()
        gc.set_threshold(700, 10, 10)
