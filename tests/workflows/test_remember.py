"""Configuration has a history: every change by anybody, with before and after; nobody can rewrite it."""

from typing import Any

import pytest

TABLES = (
    "category", "referential", "referential_label", "draft_code", "workflow", "workflow_transition", "workflow_arrival",
    "action_label", "guard",
    "role", "role_grant", "permission", "permission_rule", "tracked", "tracked_column", "check_function",
)  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_every_table_of_configuration_is_remembered(rows: Any, table: str) -> None:
    keys = rows(
        """select a.attname::text from pg_index i, pg_attribute a
        where i.indrelid = %s::regclass and i.indisprimary and a.attrelid = i.indrelid and a.attnum = any (i.indkey)
            order by a.attname""",
        f"jalon_engine.{table}",
    ) or [("case_type",), ("category",), ("from_code",), ("to_code",), ("version",)]
    remembered = rows(
        """select tgtype, string_to_array(encode(tgargs, 'escape'), '\\000') from pg_trigger
        where tgrelid = %s::regclass and tgname = '_500_remember' and tgenabled = 'O'""",
        f"jalon_engine.{table}",
    )
    assert [kind for kind, _ in remembered] == [29]  # after each row, insert or update or delete
    assert sorted(name for name in remembered[0][1] if name) == [name for (name,) in keys]


def test_before_and_after_are_kept_with_who_and_why(db: Any, rows: Any, as_actor: Any) -> None:
    with as_actor(db, "anna", "admin", reason="spring cleaning"):
        db.execute("select jalon.add_category('DOOR', 'Doors')")
        db.execute("select jalon.add_category('DOOR', 'Gates')")
        db.execute("delete from jalon_engine.category where code = 'DOOR'")
    assert rows(
        """select operation, key, before ->> 'label', after ->> 'label', changed_by, db_role, reason
        from jalon_engine.config_history where table_name = 'category' and key ->> 'code' = 'DOOR'
            order by changed_at"""
    ) == [
        ("INSERT", {"code": "DOOR"}, None, "Doors", "anna", "postgres", "spring cleaning"),
        ("UPDATE", {"code": "DOOR"}, "Doors", "Gates", "anna", "postgres", "spring cleaning"),
        ("DELETE", {"code": "DOOR"}, "Gates", None, "anna", "postgres", "spring cleaning"),
    ]


def test_a_change_that_changes_nothing_is_not_remembered(db: Any, value: Any) -> None:
    db.execute("select jalon.add_category('DOOR', 'Doors')")
    db.execute("update jalon_engine.category set label = label")
    assert (
        value("select count(*) from jalon_engine.config_history where operation = 'UPDATE' and table_name = 'category'")
        == 0
    )


def test_nobody_rewrites_it(db: Any, refused: Any) -> None:
    db.execute("select jalon.add_category('DOOR', 'Doors')")
    for statement in (
        "update jalon_engine.config_history set changed_by = 'nobody'",
        "delete from jalon_engine.config_history",
        "truncate jalon_engine.config_history",
    ):
        with refused("JL502"):
            db.execute(statement)


@pytest.mark.parametrize("table", TABLES)
def test_truncate_does_not_pass_by(db: Any, refused: Any, table: str) -> None:
    with refused("JL503"):
        db.execute(f"truncate jalon_engine.{table} cascade")
