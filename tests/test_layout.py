"""The folders of files, and which of them may import which."""

import ast
from collections.abc import Iterator
from pathlib import Path

from jalon import modules

APP = Path(modules.__file__).parents[1]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_what_serves_every_module_imports_none() -> None:
    found = {
        f"{path.relative_to(APP)}: {name}"
        for path in APP.rglob("*.py")
        if not path.is_relative_to(APP / "modules") and not path.is_relative_to(APP / "cli")
        for name in imports(path)
        if name.startswith("jalon.modules.")
    }
    assert found == set()


def test_no_module_imports_another() -> None:
    for module in modules.names():
        for path in (APP / "modules" / module).rglob("*.py"):
            others = {name.split(".")[2] for name in imports(path) if name.startswith("jalon.modules.")} - {module}
            assert others == set(), path


def test_every_module_says_its_schema_and_has_its_parts() -> None:
    assert len(set(modules.schemas())) == len(modules.names()) > 0
    for part in ("routes", "console"):
        assert [module.__name__.split(".")[2] for module in modules.parts(part)] == modules.names()
