"""The sessions in docs/workflows.md run as they are printed."""

from pathlib import Path
from typing import Any

from tests.sessions import replay

PAGE = Path(__file__).parents[2] / "docs" / "workflows.md"


def test_the_page_says_what_happens(db: Any) -> None:
    assert replay(PAGE, db) > 30
