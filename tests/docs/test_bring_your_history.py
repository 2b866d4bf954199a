"""docs/bring-your-history.md: its session runs as printed."""

from tests.docs.pages import DOCS
from tests.sessions import replay


def test_the_page_says_what_happens(db):
    db.execute("grant jalon_dba to current_user")  # a superuser is not a DBA by itself
    try:
        assert replay(DOCS / "bring-your-history.md", db) > 10
    finally:
        db.execute("revoke jalon_dba from current_user")
