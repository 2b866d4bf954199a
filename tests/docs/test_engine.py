"""docs/engine.md: its sessions run as printed, and the generated function is today's."""

from pathlib import Path

from tests.docs.pages import compare
from tests.sessions import replay

PAGE = Path(__file__).parents[2] / "docs" / "engine.md"
GENERATED = Path(__file__).parents[1] / "snapshots/generated/orders/shop__orders__after_update.sql"


def test_the_page_says_what_happens(db):
    db.execute("grant jalon_dba to current_user")  # a superuser is not a DBA by itself
    try:
        assert replay(PAGE, db) > 25
    finally:
        db.execute("revoke jalon_dba from current_user")


def test_snapshot_of_what_is_generated():
    compare(PAGE, "generated", f"```plpgsql\n{GENERATED.read_text().strip()}\n```")
