"""docs/runbook.md has a heading for each alert, a row for each line of doctor, and a row for each error of class 5."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
import yaml

from jalon.install import doctor, grants, schema_version
from jalon.server.problems import NATIVE_STATUSES, http_status
from tests.docs.pages import DOCS, ROOT, compare, table

PAGE = DOCS / "runbook.md"
RULES = ROOT / "deploy" / "prometheus" / "alerts.yml"
FINDINGS = """
select substr(t.code, 8), t.template, t.hint from jalon_engine.display_text t
where t.code like 'verify.%' and t.language = 'en' order by 1
"""
# Of class 5 of PostgreSQL: those that a running server raises, whether or not they have a status of their own.
CLASS_5 = ("53100", "53200", "53300", "53400", "55P03", "57014", "57P01", "57P02", "57P03", "57P05", "58000", "58030",
    "58P01")  # fmt: skip


def column(section: str) -> list[str]:
    """The first cells of the tables of one section."""
    text = re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)
    (found,) = (part for part in text if part.startswith(f"{section}\n"))
    return [line.split("|")[1].strip() for line in found.splitlines() if line.startswith("| ")]


def test_each_alert_has_its_heading_and_names_it() -> None:
    rules = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    headings = re.findall(r"^### (Jalon\w+)$", PAGE.read_text(), re.MULTILINE)
    assert headings == [rule["alert"] for rule in rules]
    for rule in rules:
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"


def sentences(module: ModuleType, *functions: str) -> Iterator[str]:
    """The first sentence of each text that these functions say, with … for each value."""
    tree = ast.parse(Path(inspect.getfile(module)).read_text())
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        if functions and function.name not in functions:
            continue
        for said in ast.walk(function):
            is_text = isinstance(said, ast.Constant | ast.JoinedStr)
            values = getattr(said, "values", [said]) if is_text else []
            text = "".join(v.value if isinstance(v, ast.Constant) else "…" for v in values if is_sayable(v))
            if re.match(r"[A-Z…j].* .* ", text) and text.rstrip().endswith("."):
                yield re.split(r"[.;:](?= |$)", text)[0]


def is_sayable(value: ast.AST) -> bool:
    return isinstance(value, ast.FormattedValue) or (isinstance(value, ast.Constant) and isinstance(value.value, str))


def lines_of_doctor() -> set[str]:
    docstrings = {
        re.split(r"[.;:](?= |$)", ast.get_docstring(node) or "")[0]
        for module in (doctor, grants, schema_version)
        for node in ast.walk(ast.parse(Path(inspect.getfile(module)).read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    found = {
        *sentences(doctor),
        *sentences(grants, "differences"),
        *sentences(schema_version, "find_faults", "newer_functions"),
    }
    return found - docstrings


def test_each_line_that_doctor_can_say_has_a_row() -> None:
    said = lines_of_doctor()
    assert len(said) > 20
    assert said - set(column("Lines of doctor")) == set()


def test_each_finding_of_verify_is_listed_with_what_to_do(db: psycopg.Connection[Any]) -> None:
    rows = db.execute(FINDINGS).fetchall()
    assert all(hint for _, _, hint in rows)
    lines = [(f"`{code}`", text, hint) for code, text, hint in rows]
    compare(PAGE, "verify", "\n" + table(("problem", "it says", "do"), lines) + "\n")


def test_each_error_of_class_5_has_a_row_with_its_answer(db: psycopg.Connection[Any]) -> None:
    text = PAGE.read_text().split("## Errors of class 5")[1].split("\n## ")[0]
    answers = {
        code: int(cells[2].split(",")[0])
        for line in text.splitlines()
        if line.startswith("| `")
        for cells in [line.split("|")]
        for code in re.findall(r"`(\w+)`", cells[1])
    }
    registry = dict(db.execute("select sqlstate, http_status from jalon_engine.error_code").fetchall())
    ours = {code for code, status in registry.items() if code.startswith("JL5") or status >= 500}
    native = {name if len(name) == 5 else f"{name}000" for name, status in NATIVE_STATUSES.items() if status >= 500}
    wanted = ours | native | {*CLASS_5, "XX000", "XX001", "XX002"}
    assert answers == {code: http_status(code, registry) for code in wanted}


@pytest.mark.parametrize("page", ["deploy.md", "monitoring.md"])
def test_whoever_deploys_or_watches_is_led_here(page: str) -> None:
    assert "(runbook.md" in (DOCS / page).read_text()
