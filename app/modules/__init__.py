"""The modules: ready applications on the engine. A module is a folder here, and nothing else names it.

Its tables are in the database schema `jalon_<folder>`. It may have routes.py (`routes`: the
handlers of its endpoints) and console.py (`areas` and `routes`: its pages; `links`: which addresses of the API have one
of them), with templates/, texts/<language>.json and static/ beside.
Whoever needs something of every module asks this file for it; the engine, the server and the console import none.
"""

import pkgutil
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType


def names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def schemas() -> list[str]:
    """The database schemas of the modules."""
    return [f"jalon_{name}" for name in names()]


def parts(file: str) -> list[ModuleType]:
    """parts("routes"): routes.py of each module that has one."""
    paths = [f"{__name__}.{name}.{file}" for name in names()]
    return [import_module(path) for path in paths if find_spec(path)]


def folders(name: str) -> dict[str, Path]:
    """folders("texts"): the folder of that name of each module that has one, by the module's name."""
    found = {module: Path(place) / module / name for place in __path__ for module in names()}
    return {module: folder for module, folder in found.items() if folder.is_dir()}
