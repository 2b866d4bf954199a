"""`jalon export` writes what `jalon plan` finds nothing to change in, in a stable order."""

from pathlib import Path
from typing import Any

import pytest

from jalon.rule_files.reading import read_files, schema
from jalon.rule_files.writing import as_yaml

from .conftest import RULES, Command, Connection


def test_what_was_applied_is_exported_as_it_was_written(applied: Connection, jalon: Command, rules: Path) -> None:
    ran = jalon("export --category ORDER_STATUS")
    assert ran.code == 0
    rules.write_text(ran.out)
    assert jalon("plan rules.yaml").code == 0
    written = read_files([rules])[0].document
    (rules.parent / "other.yaml").write_text(RULES)
    given = read_files([rules.parent / "other.yaml"])[0].document
    assert {k: written[k] for k in ("roles", "codes", "actions", "workflows", "permissions")} == {
        k: given[k] for k in ("roles", "codes", "actions", "workflows", "permissions")
    }


def test_all_rules_of_all_modules_are_files_in_which_nothing_would_change(jalon: Command, tmp_path: Path) -> None:
    assert jalon(f"export --to {tmp_path}").code == 0
    assert {path.name for path in tmp_path.iterdir()} >= {"EVENT_STATUS.yaml", "roles.yaml", "rules.schema.json"}
    ran = jalon(f"plan {tmp_path}")
    assert ran.code == 0, ran.out
    first = jalon(f"apply {tmp_path} --yes")
    assert (first.code, first.out.splitlines()[-1]) == (0, "Nothing to change.")
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert jalon(f"export --to {tmp_path}").code == 0
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    "ready_made",
    ["orders", "support_tickets", "crm_leads", "recruiting", "publication_with_moderation", "approvals"],
)
def test_every_template_survives_its_file(db: Connection, jalon: Command, tmp_path: Path, ready_made: str) -> None:
    category = f"{ready_made.upper()}_STATUS"
    db.execute("select jalon.apply_template(%s, %s)", [ready_made, category])
    path = tmp_path / "rules.yaml"
    path.write_text(jalon(f"export --category {category}").out)
    assert jalon(f"plan {path}").code == 0
    ran = jalon(f"apply {path}")
    assert (ran.code, ran.out) == (0, "Nothing to change.\n")


def test_a_table_is_exported_by_its_name(applied: Connection, jalon: Command) -> None:
    assert "category: ORDER_STATUS" in jalon("export --table orders").out
    ran = jalon("export --table nothing")
    assert (ran.code, ran.err) == (1, "jalon: No table is tracked as nothing.\n")


def test_an_unknown_category_is_refused(jalon: Command) -> None:
    ran = jalon("export --category NOTHING")
    assert ran.code == 1
    assert "NOTHING" in ran.err


ODD = ["NA", "null", "NO", "007", "1e3", "~", "on", "", " ", "a: b", "# no", "it's", '"quoted"', "[x]", "{y}", "a, b",
       "é", "- dash", "*", "&a", "!t", "%", "@", "`", "new\nline", "tab\t", "true", "0x1F", "1_000", "=", "<<", "|",
       ">"]  # fmt: skip


def test_odd_texts_stay_what_they_are(tmp_path: Path) -> None:
    codes = [
        {"code": text if text.strip() else f"blank {at}", "label": text, "labels": {"fr": text}}
        for at, text in enumerate(ODD)
    ]
    document: dict[str, Any] = {
        "format": "jalon-rules/1", "category": "ODD", "codes": codes,
        "workflows": [{"label": "x, y", "transitions": [
            {"from": "NA", "to": text, "roles": [text], "action": text} for text in ODD if text.strip()]}],
    }  # fmt: skip
    path = tmp_path / "odd.yaml"
    path.write_text(as_yaml(document))
    assert read_files([path])[0].document == document


def test_odd_codes_survive_the_database(db: Connection, jalon: Command, tmp_path: Path) -> None:
    codes = [text for text in ODD if text.strip()]
    for code in codes:
        db.execute("select jalon.set_code('ODD', %s)", [code]) if code != codes[0] else db.execute(
            "select jalon.add_category('ODD'), jalon.set_code('ODD', %s)", [code]
        )
    path = tmp_path / "odd.yaml"
    path.write_text(jalon("export --category ODD").out)
    assert [code["code"] for code in read_files([path])[0].document["codes"]] == codes
    assert jalon(f"plan {path}").code == 0


def test_the_schema_describes_every_member() -> None:
    parts = [schema(), *schema()["$defs"].values()]
    lacking = [
        name
        for part in parts
        for name, member in part.get("properties", {}).items()
        if "description" not in member and member != {"$ref": "#/$defs/labels"}
    ]
    assert lacking == []


def test_what_is_shown_of_a_table_goes_through_its_file(applied: Connection, jalon: Command, rules: Path) -> None:
    applied.execute("select jalon.show_columns('orders', title => 'id', columns => '{id}')")
    rules.write_text(jalon("export --category ORDER_STATUS").out)
    assert "shown_columns:" in rules.read_text()
    applied.execute("select jalon.show_columns('orders')")
    assert jalon("plan rules.yaml").code == 2
    assert jalon("apply rules.yaml --yes").code == 0
    shown = "select title_column, shown_columns from jalon_engine.tracked where name = 'orders'"
    assert applied.execute(shown).fetchone() == ("id", ["id"])
