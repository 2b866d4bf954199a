"""Where the SQL lies, and what it is: beside this package in a checkout, inside it in a wheel.

The engine's is in migrations/engine, functions and triggers/engine; a module's in migrations/modules/<name>,
functions/modules/<name> and triggers/modules/<name>, or in its own folder if it came by JALON_MODULE_PATH.
"""

import hashlib
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from msgspec import Struct

from jalon import modules
from jalon.refusal import Refusal

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = next(folder for folder in (PACKAGE / "sql", PACKAGE.parent / "sql") if (folder / "migrations").is_dir())
FIRST_MIGRATION = "0010.roles-and-schemas"
DEPENDS = re.compile(r"^--\s*depends:\s*(.+)$", re.MULTILINE)


class Part(Struct, frozen=True):
    """The engine, or a module: three folders of SQL."""

    name: str
    migrations: Path
    functions: Path
    triggers: Path

    def migration_files(self) -> list[Path]:
        return [path for path in sorted(self.migrations.glob("*.sql")) if not path.name.endswith(".rollback.sql")]

    def reloaded_folders(self) -> dict[str, Path]:
        """Its functions and triggers, by the path under which they are noted."""
        if self.name == "engine":
            return {"functions": self.functions, "triggers/engine": self.triggers}
        return {f"functions/modules/{self.name}": self.functions, f"triggers/modules/{self.name}": self.triggers}

    def depends_on(self) -> set[str]:
        """The ids of migrations of other modules that its own name with `-- depends:`."""
        named = {id for path in self.migration_files() for line in DEPENDS.findall(text(path)) for id in line.split()}
        return named - {path.stem for path in self.migration_files()}


def engine(root: Path = ROOT) -> Part:
    return Part("engine", root / "migrations" / "engine", root / "functions", root / "triggers" / "engine")


def module_parts(root: Path = ROOT) -> dict[str, Part]:
    """Every module that has SQL, by its name."""
    found = {
        folder.name: Part(
            folder.name, folder, *(root / kind / "modules" / folder.name for kind in ("functions", "triggers"))
        )
        for folder in sorted((root / "migrations" / "modules").glob("*/"))
    }
    if root == ROOT:
        for name, folder in modules.folders("sql").items():
            found[name] = Part(name, *(folder / kind for kind in ("migrations", "functions", "triggers")))
    return found


def in_dependency_order(chosen: Iterable[str], root: Path = ROOT) -> list[str]:
    """The chosen modules and those that they depend on, each after what it depends on."""
    parts = module_parts(root)
    owner = {path.stem: part.name for part in parts.values() for path in part.migration_files()}
    ordered: list[str] = []

    def add(name: str) -> None:
        if name not in ordered:
            for needed in sorted({owner[id] for id in parts[name].depends_on() if id in owner}):
                add(needed)
            ordered.append(name)

    for name in sorted(chosen):
        if name not in parts:
            raise Refusal(f"There is no module {name}. Modules: {', '.join(parts) or 'none'}.")
        add(name)
    return ordered


def parts(chosen: Collection[str] | None = None, root: Path = ROOT) -> list[Part]:
    """The engine and the chosen modules in order; all modules if none is named."""
    known = module_parts(root)
    return [engine(root), *(known[name] for name in in_dependency_order(known if chosen is None else chosen, root))]


def text(path: Path) -> str:
    """The file's text, with the same line ends on every platform."""
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def migration_paths(chosen: Collection[str] | None = None, root: Path = ROOT) -> dict[str, Path]:
    """The file of each migration by its id, in the order in which they are applied."""
    return {path.stem: path for part in parts(chosen, root) for path in part.migration_files()}


def migrations(chosen: Collection[str] | None = None, root: Path = ROOT) -> dict[str, str]:
    """Id and digest of each migration, in order."""
    return {id: digest(text(path)) for id, path in migration_paths(chosen, root).items()}


def reloaded_sources(chosen: Collection[str] | None = None, root: Path = ROOT) -> dict[str, str]:
    """Path and text of everything that is reloaded, in loading order: functions, then triggers."""
    found = {}
    for part in parts(chosen, root):
        elsewhere = "modules" if part.name == "engine" else "demo"
        for noted_as, folder in part.reloaded_folders().items():
            for path in folder.rglob("*.sql"):
                inside = path.relative_to(folder)
                if inside.parts[0] != elsewhere:
                    found[f"{noted_as}/{inside.as_posix()}"] = text(path)
    return dict(sorted(found.items(), key=lambda item: item[0].split("/")))
