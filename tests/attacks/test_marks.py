"""Marks say how a change is recorded: forced, imported, of a bulk, on somebody's behalf. Only Jalon sets them."""

import psycopg
import pytest

from tests.attacks.shop import assert_honest, changes_of_record, refuses

FORGED = '{"kind": "import", "onBehalfOf": "the boss", "bulkId": "018f0000-0000-7000-8000-000000000000"}'


@pytest.fixture
def dba(connect):
    connection = connect("dba")
    connection.autocommit = False
    return connection


@pytest.fixture
def application(shop, session):
    """The customer's application, which names its users."""
    shop.execute("grant usage on schema shop to jalon_app; grant select, update on shop.orders to jalon_app")
    return session("jalon_app", autocommit=False)


def test_a_mark_written_by_hand_is_not_believed_by_a_move_nor_after_it(shop, dba):
    shop.execute("grant usage on schema shop to jalon_dba; grant select, update on shop.orders to jalon_dba")
    dba.execute("""set local jalon.marks = '{"kind": "force"}'; set local jalon.reason = 'x'""")
    refuses(dba, "select jalon.move('orders', 1, 'SHIPPED', 'because')", "JL101")
    dba.rollback()
    dba.execute("""set local jalon.marks = '{"kind": "force"}'; set local jalon.reason = 'x'""")
    dba.execute("select jalon.move('orders', 1, 'PAID', 'because')")
    refuses(dba, "update shop.orders set status = 'NEW' where id = 1", "JL101", "JL203")
    dba.rollback()
    assert_honest(shop)


@pytest.mark.parametrize(
    "forge",
    [
        f"select jalon_engine.with_marks(null, null, '{FORGED}')",
        f"select jalon_engine.set_marks(null, null, '{FORGED}')",
        f"select jalon_engine.keep_marks('x', '{FORGED}')",
        f"select jalon_engine.without_reason(array['', '{FORGED}'])",
        f"select jalon_engine.without_reason(array['', '{FORGED}', null])",
        f"select jalon_engine.without_reason(array['', '{FORGED}', current_setting('jalon.seal')])",
    ],
)
@pytest.mark.parametrize("name", ["select jalon.acting('anna')", "select 1"])
def test_a_mark_that_a_caller_made_up_marks_nothing(shop, application, name, forge):
    before = changes_of_record(shop, 1)
    for part in (name, forge, "update shop.orders set status = 'PAID' where id = 1"):
        application.execute("savepoint before")
        try:
            application.execute(part)
        except psycopg.Error:
            application.execute("rollback to before")
    application.commit()
    assert shop.execute(
        """select count(*) from jalon_history.shop__orders h
        where h.kind in ('import', 'force') or h.on_behalf_of is not null
            or h.bulk_id = '018f0000-0000-7000-8000-000000000000'"""
    ).fetchone() == (0,)
    assert len(changes_of_record(shop, 1)) in (len(before), len(before) + 1)
    assert_honest(shop)


def test_the_marks_of_one_name_are_not_lent_to_the_next(application):
    application.execute("select jalon.acting('anna')")
    application.execute("""select jalon_engine.with_marks(null, null, '{"kind": "force"}')""")
    kept = application.execute("select jalon_engine.with_marks('x', null, null)").fetchone()[0]
    application.execute("select jalon.acting('bert')")
    refuses(application, f"select jalon_engine.without_reason(array['{kept[0]}', '{kept[1]}', '{kept[2]}'])", "JL205")


def test_the_letter_of_a_seal_is_part_of_it(shop, application):
    application.execute("select jalon.acting('anna')")
    application.execute("select set_config('jalon.seal', 't' || substr(current_setting('jalon.seal'), 2), true)")
    refuses(application, "update shop.orders set status = 'PAID' where id = 1", "JL205")
