"""The workflows of the modules pass the same check as anybody's."""

from typing import Any


def test_no_shipped_workflow_has_an_error_or_a_warning(db: Any, rows: Any) -> None:
    for (name,) in rows("select name from jalon.templates"):
        db.execute("select jalon.apply_template(%s, %s)", (name, f"SHIPPED_{name}"))
    found = rows(
        """select w.category, w.case_type, f.severity, f.message from jalon_engine.workflow w
        cross join lateral jalon.workflow_check(w.category, w.case_type, w.version) f
        where w.state = 'published'"""
    )
    assert found == []


def test_each_can_be_drawn_exported_and_drafted(db: Any, rows: Any) -> None:
    for category, case_type in rows("select category, case_type from jalon_engine.workflow where state = 'published'"):
        db.execute("select jalon.workflow_mermaid(%s, %s), jalon.workflow_dot(%s, %s)", (category, case_type) * 2)
        db.execute("select jalon.import_workflow(jalon.export_workflow(%s, %s))", (category, case_type))
        assert rows("select * from jalon.workflow_diff(%s, %s)", category, case_type) == []
        assert (
            rows(
                "select what from jalon.publish(%s, %s, dry_run => true) where what in ('error', 'unmapped')",
                category,
                case_type,
            )
            == []
        )
