"""The modules: ready applications on the engine. A module is a folder here, and nothing else names it.

Its tables are in the database schema `jalon_<folder>`. Its Python may have routes.py (`routes`: the handlers of its
endpoints) and console.py (`areas` and `routes`: its pages; `links`: which addresses of the API have one of them), with
templates/, texts/<language>.json and static/ beside. Its SQL is in sql/migrations/modules/<folder>,
sql/functions/modules/<folder> and sql/triggers/modules/<folder>.

JALON_MODULE_PATH names a folder with modules of your own: each is a folder as above that has its SQL beside its Python,
in sql/migrations, sql/functions and sql/triggers.

The engine, the server and the console import no module: they ask this file.
"""

import os
import pkgutil
from collections.abc import Collection
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

__path__.extend(path for path in os.environ.get("JALON_MODULE_PATH", "").split(os.pathsep) if path)


def names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


def schemas() -> list[str]:
    """The database schemas of the modules."""
    return [f"jalon_{name}" for name in names()]


def parts(file: str, chosen: Collection[str] | None = None) -> list[ModuleType]:
    """parts("routes"): routes.py of each chosen module that has one; of all modules if none is named."""
    paths = [f"{__name__}.{name}.{file}" for name in names() if chosen is None or name in chosen]
    return [import_module(path) for path in paths if find_spec(path)]


def folders(name: str) -> dict[str, Path]:
    """folders("texts"): the folder of that name of each module that has one, by the module's name."""
    found = {module: Path(place) / module / name for place in __path__ for module in names()}
    return {module: folder for module, folder in found.items() if folder.is_dir()}


def chosen(said: str) -> tuple[str, ...] | None:
    """What JALON_MODULES says: names, none, or all (None). `jalon serve` names those that are installed."""
    if said in ("", "all"):
        return None
    return () if said == "none" else tuple(name.strip() for name in said.split(","))
