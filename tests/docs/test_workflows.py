"""The sessions in docs/workflows.md run as they are printed."""

from typing import Any

from tests.docs.pages import DOCS
from tests.sessions import replay

PAGE = DOCS / "workflows.md"


def test_the_page_says_what_happens(db: Any) -> None:
    assert replay(PAGE, db) > 30
