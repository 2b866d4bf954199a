"""An empty database, and a small tree of SQL that a test may change as it likes."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jalon.install import files
from jalon.install.migrate import migrate
from jalon.install.schema_version import State
from jalon.settings import Settings


class Tree:
    """A folder like `sql`: the real first migration, and what the test writes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("migrations/engine", "functions/shop/views", "triggers/engine"):
            (root / folder).mkdir(parents=True)
        for path in files.engine().migrations.glob(f"{files.FIRST_MIGRATION}.*"):
            shutil.copy(path, root / "migrations" / "engine")

    def write(self, path: str, content: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        return file

    def migration(self, id: str, up: str, down: str = "") -> None:
        self.write(f"migrations/engine/{id}.sql", f"set local role jalon_owner;\n{up}")
        self.write(f"migrations/engine/{id}.rollback.sql", f"set local role jalon_owner;\n{down}")

    def function(self, name: str, arguments: str, returns: str, body: str) -> None:
        head = f"create or replace function {name}({arguments}) returns {returns} language sql set search_path = ''"
        self.write(f"functions/shop/{name}.sql", f"{head} as $$ {body} $$;\n")

    def remove(self, path: str) -> None:
        (self.root / path).unlink()


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "sql")


@pytest.fixture
def run(empty: str, tree: Tree) -> Callable[..., State]:
    """Migrate the empty database from the tree; what it said is in run.said."""
    said: list[str] = []

    def run(**options: Any) -> State:
        said.clear()
        settings = Settings(home=tree.root, dsn=empty, lock_timeout=options.pop("lock_timeout", 0.5))
        return migrate(settings, empty, said.append, root=tree.root, **options)

    run.said = said  # type: ignore[attr-defined]
    return run


@pytest.fixture
def shop(tree: Tree) -> Tree:
    """One table, one function, one view, one trigger."""
    tree.migration(
        "0110.shop",
        "create table jalon_engine.shop (id int primary key, name text);",
        "drop table jalon_engine.shop;",
    )
    tree.function("jalon_api.greet", "p_name text", "text", "select 'hello ' || p_name")
    tree.write(
        "functions/shop/views/jalon_recap.names.sql",
        "create or replace view jalon_recap.names as select name from jalon_engine.shop;",
    )
    tree.write(
        "functions/shop/tg.sql",
        "create or replace function jalon_engine.tg_shop__upper() returns trigger language plpgsql set search_path = ''"
        " as $$ begin new.name := upper(new.name); return new; end $$;",
    )
    tree.write(
        "triggers/engine/jalon_engine.shop.sql",
        "create or replace trigger _100_upper before insert on jalon_engine.shop"
        " for each row execute function jalon_engine.tg_shop__upper();",
    )
    return tree
