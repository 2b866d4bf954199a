"""A DBA, who reads no table of the engine, does all of it with the functions and views of schema jalon."""

from typing import Any

import pytest


@pytest.fixture
def dba(connect: Any) -> Any:
    return connect("dba")


def test_a_workflow_from_nothing_to_force(db: Any, dba: Any) -> None:
    for statement in (
        "select * from jalon.add_category('DOOR', 'Doors')",
        "select * from jalon.set_language('fr', active => false)",
        "select * from jalon.set_code('DOOR', 'OPEN', 'Open', is_initial => true)",
        "select * from jalon.set_code('DOOR', 'SHUT', 'Shut', is_final => true)",
        "select * from jalon.draft('DOOR')",
        "select * from jalon.set_transition('DOOR', 'OPEN', 'SHUT', 'shut', '{any}')",
        "select * from jalon.workflow_check('DOOR')",
        "select * from jalon.workflow_diff('DOOR')",
        "select * from jalon.publish('DOOR', dry_run => true)",
        "select * from jalon.publish('DOOR')",
        "select jalon.workflow_mermaid('DOOR'), jalon.workflow_dot('DOOR')",
        "select jalon.export_workflow('DOOR'), jalon.export_referential('DOOR')",
        "select * from jalon.add_role('porter')",
        "select * from jalon.grant_role('anna', 'porter')",
        "select * from jalon.set_permission('porter', 'force_move')",
    ):
        dba.execute(statement)
    assert dba.execute("select state, transitions from jalon.workflows where category = 'DOOR'").fetchall() == [
        ("published", 1)
    ]
    assert dba.execute("select code, labels from jalon.codes where category = 'DOOR' order by position").fetchall() == [
        ("OPEN", {"en": "Open"}),
        ("SHUT", {"en": "Shut"}),
    ]
    assert dba.execute(
        "select from_code, to_code, roles from jalon.transitions where category = 'DOOR'"
    ).fetchall() == [("OPEN", "SHUT", ["any"])]
    assert dba.execute("select role, is_held from jalon.grants where principal = 'anna'").fetchall() == [
        ("porter", True)
    ]
    assert dba.execute("select permission from jalon.permissions where role = 'porter'").fetchall() == [("force_move",)]
    changed = dba.execute(
        "select distinct table_name from jalon.config_history where changed_by = 'db:jalon_dba' order by 1"
    ).fetchall()
    assert ("workflow",) in changed
    assert ("role_grant",) in changed
    assert dba.execute("select count(*) from jalon.templates where codes = '{}'").fetchone() == (0,)


def test_a_guard_is_registered_by_its_signature(db: Any, dba: Any, refused: Any) -> None:
    db.execute("create schema shop; grant usage on schema shop to jalon_owner")
    db.execute(
        'create function shop."Is paid"(o jsonb, n jsonb, c jsonb) returns text language sql security definer as $$ '
        "select null::text $$"
    )
    with refused("JL405"):  # while the public may call it
        dba.execute("""select jalon.register_guard('paid', 'shop."Is paid"', 'is paid')""")
    db.execute('revoke execute on function shop."Is paid"(jsonb, jsonb, jsonb) from public')
    with refused("JL405"):
        dba.execute("select jalon.register_guard('paid', 'shop.is_paid', 'is paid')")
    assert dba.execute(
        """select function_name from jalon.register_guard('paid', 'shop."Is paid"', 'is paid')"""
    ).fetchone() == ('shop."Is paid"',)
    with refused("JL405"):
        dba.execute("select jalon.register_guard('paid', 'pg_sleep(10); select jalon_engine.actor', 'is paid')")
    with refused("JL405"):
        dba.execute("select jalon.register_check('mine', 'shop.nothing', 'is mine')")


def test_others_may_not_even_call(connect: Any) -> None:
    for role in ("api", "bi", "relay"):
        with pytest.raises(Exception, match="permission denied"):
            connect(role).execute("select jalon.draft('DOOR')")
