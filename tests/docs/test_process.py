"""docs/process.md: its questions answer what is printed, also for those it is meant for."""

from tests.docs.pages import DOCS
from tests.sessions import replay
from tests.shop import Connect, Connection, rows

PAGE = DOCS / "process.md"


def test_the_page_says_what_is_answered(db: Connection, connect: Connect) -> None:
    db.execute("grant jalon_dba to current_user")  # a superuser is not a DBA by itself
    try:
        assert replay(PAGE, db) > 20
    finally:
        db.execute("revoke jalon_dba from current_user")
    questions = ("variants", "directly_follows", "rework", "ping_pong", "conformance")
    for role, asked in (("bi", (*questions, "handovers")), ("bi_masked", questions)):
        reader = connect(role)
        for question in asked:
            assert rows(reader, f"select * from jalon_recap.{question}('orders')"), (role, question)
