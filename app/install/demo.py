"""The demo: a few people, and what the modules' scripts tell about them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from msgspec import Struct

from jalon.install import files, postgres
from jalon.install.schema_version import require_installed
from jalon.refusal import Refusal

FOLDER = files.ROOT / "demo"


class Person(Struct, frozen=True, kw_only=True):
    subject: str
    roles: list[str]
    who: str


def people() -> list[Person]:
    return msgspec.json.decode((FOLDER / "people.json").read_bytes(), type=list[Person])


def scripts(modules: list[str]) -> list[Path]:
    """demo/*.sql beside the functions of each module."""
    return [path for part in files.parts(modules) for path in sorted((part.functions / "demo").glob("*.sql"))]


def load(connection: psycopg.Connection[Any], say: Callable[[str], None]) -> None:
    """The scripts of the installed modules, each in its own transaction; each can be run again."""
    modules = require_installed(connection).modules
    if not modules:
        raise Refusal(
            "The demo shows the modules, and none is installed in this database:"
            " `jalon migrate --modules all` installs them."
        )
    for path in scripts(modules):
        say(f"Loading the demo: {path.stem.split('.', 1)[-1].replace('-', ' ')} …")
        try:
            with connection.transaction():
                connection.execute(files.text(path), prepare=False)
        except psycopg.Error as error:
            raise Refusal(
                f"The demo script {path.name} failed and left nothing: {postgres.one_line(error)}."
            ) from error


def load_once(connection: psycopg.Connection[Any], home: Path, say: Callable[[str], None]) -> None:
    """When the embedded database is new."""
    if not marker(home).exists():
        load(connection, say)
        marker(home).touch()


def forget(home: Path) -> None:
    marker(home).unlink(missing_ok=True)


def marker(home: Path) -> Path:
    return home / "demo.loaded"
