"""The folders of files, and which of them may import which."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from jalon import modules
from jalon.install import files
from jalon.install.catalog import QUERIES

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


def test_what_python_asks_the_catalogue_is_in_one_file() -> None:
    sources = {path: path.read_text() for path in APP.rglob("*.py")}
    asks = re.compile(r"\b(?:from|join) pg_\w+\b(?!\()", re.IGNORECASE)
    # What an administrator runs is printed there, not asked.
    assert [path.name for path, text in sources.items() if asks.search(text)] == ["roles.py"]
    used = {name for text in sources.values() for name in re.findall(r'QUERIES\["(\w+)"\]', text)}
    assert used == set(QUERIES)
    assert (APP / "install/catalog.sql").read_text().count("\n\n-- ") == len(QUERIES)


def aliases(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Annotated["):
            yield ast.unparse(node.value), ast.unparse(node.targets[0])


def test_a_type_is_defined_once() -> None:
    where = defaultdict(list)
    for path in APP.rglob("*.py"):
        for meaning, name in aliases(path):
            where[meaning].append(f"{path.relative_to(APP)}: {name}")
    assert [places for places in where.values() if len(places) > 1] == []


def test_a_module_describes_what_comes_in_and_what_goes_out_by_the_same_two_bases() -> None:
    found = {
        f"{path.relative_to(APP)}: {node.name}"
        for path in APP.glob("modules/*/schemas.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and "Struct" in ast.unparse(node.bases[0])
    }
    assert found == set()


def test_a_module_has_the_same_places_as_the_others() -> None:
    for module in sorted(path for path in (APP / "modules").iterdir() if (path / "routes.py").exists()):
        missing = {"schemas.py", "console.py", "templates", "texts"} - {path.name for path in module.iterdir()}
        sql = files.ROOT / "functions/modules" / module.name
        missing |= {"api", "views", "demo", "grants.txt"} - {path.name for path in sql.iterdir()}
        assert missing == set(), module.name


def test_no_two_migrations_of_a_folder_have_one_number() -> None:
    numbers = [
        (part.name, path.name.split(".")[0])
        for part in [files.engine(), *files.module_parts().values()]
        for path in part.migration_files()
    ]
    assert len(numbers) > 40
    assert [pair for pair, times in Counter(numbers).items() if times > 1] == []


def test_functions_are_short() -> None:
    """Those of SQL are held to the same by tests/schema/test_objects.py."""
    found = [
        (f"{path.relative_to(APP)}: {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert len(found) > 500
    assert [(name, lines) for name, lines in found if lines > 60] == []
