"""A tracked table's own error texts, and the first code of records in a category without a workflow."""

from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]


def test_a_message_called_after_the_table_goes_before_the_general_one(shop: Connection) -> None:
    shop.execute("""insert into jalon_engine.display_text (code, language, template) values
        ('orders.JL101', 'en', 'No: {to} after {from}. Allowed: {allowed}'),
            ('orders.JL101.create', 'en', 'Not with {to}')""")
    shop.execute("insert into shop.orders (id) values (7)")
    with pytest.raises(psycopg.Error) as caught:
        shop.execute("update shop.orders set status = 'SHIPPED' where id = 7")
    assert (caught.value.sqlstate, caught.value.diag.message_primary) == (
        "JL101", "No: SHIPPED after NEW. Allowed: PAID, CANCELLED"
    )  # fmt: skip
    with pytest.raises(psycopg.Error, match="Not with SHIPPED"):
        shop.execute("insert into shop.orders (id, status) values (8, 'SHIPPED')")


def test_where_case_types_have_workflows_all_others_are_unknown(db: Connection) -> None:
    db.execute("""
        select jalon.add_category('T_STATUS', 'T');
        select jalon.set_code('T_STATUS', 'A', 'A', is_initial => true);
        select jalon.set_code('T_STATUS', 'B', 'B');
        create table t (id int primary key, line text, status text not null);
        select jalon.track('public.t', category => 'T_STATUS', workflow_column => 'line');
    """)
    with pytest.raises(psycopg.Error):  # no workflow at all: is_initial speaks for the whole category
        db.execute("insert into t values (1, null, 'B')")
    db.execute("""
        select jalon.draft('T_STATUS', 'k');
        select jalon.set_transition('T_STATUS', 'A', 'B', 'go', '{any}', case_type => 'k');
        insert into jalon_engine.referential_label (category, code, language, label)
            values ('T_STATUS', 'A', 'fr', 'A'), ('T_STATUS', 'B', 'fr', 'B')
        on conflict do nothing;
        select jalon.publish('T_STATUS', 'k');
    """)
    db.execute("insert into t values (3, 'k', 'A')")
    for values in ("(1, null, 'B')", "(2, 'other', 'B')"):  # from now on these case types are unknown
        with pytest.raises(psycopg.Error) as caught:
            db.execute(f"insert into t values {values}")
        assert caught.value.sqlstate == "JL409"
    with pytest.raises(psycopg.Error):
        db.execute("insert into t values (4, 'k', 'B')")


def test_a_refusal_without_advice_has_no_empty_hint(shop: Connection) -> None:
    with pytest.raises(psycopg.Error) as caught:
        shop.execute("select jalon.move('orders', '9', 'PAID')")
    assert (caught.value.sqlstate, caught.value.diag.message_hint) == ("JL401", None)
