"""Write the rules of the database as YAML, one file a category, for git.

    jalon export                          prints every category that has rules
    jalon export --category ORDER_STATUS  one; --table orders: that of the table's status
    jalon export --to rules/              writes <category>.yaml, and roles.yaml for roles and general permissions

The files have a stable order: exporting again without a change writes the same. `--to` also writes rules.schema.json,
with which editors complete and check the files.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from jalon.install import postgres
from jalon.install.schema_version import require_installed
from jalon.refusal import Refusal
from jalon.rule_files.reading import schema
from jalon.rule_files.writing import as_yaml
from jalon.settings import Settings

CATEGORIES = "select distinct category from jalon.codes order by category"
OF_TABLE = "select distinct unnest(t.categories) from jalon.tracked t where t.name = %s order by 1"
EXPORT = "select jalon.export_rules(%s)"


def arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--category", metavar="CODE", help="only this category; * for roles and general permissions")
    what.add_argument("--table", metavar="NAME", help="only the categories of this tracked table")
    parser.add_argument("--to", metavar="FOLDER", type=Path, help="write files there instead of printing")


def run(settings: Settings, options: argparse.Namespace) -> None:
    with postgres.server(settings) as dsn, postgres.connect(dsn) as connection:
        require_installed(connection)
        documents = {name: document(connection, name) for name in chosen(connection, options)}
    if not options.to:
        print("---\n".join(as_yaml(each) for each in documents.values()), end="")
        return
    options.to.mkdir(parents=True, exist_ok=True)
    for name, each in documents.items():
        path = options.to / f"{'roles' if name == '*' else safe_name(name)}.yaml"
        path.write_text(as_yaml(each), encoding="utf-8")
        print(path)
    (options.to / "rules.schema.json").write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")


def safe_name(category: str) -> str:
    """A file's name for any category."""
    return "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in category)


def chosen(connection: Any, options: argparse.Namespace) -> list[str]:
    if options.category:
        return [options.category]
    if options.table:
        found = [name for (name,) in connection.execute(OF_TABLE, [options.table])]
        if not found:
            raise Refusal(f"No table is tracked as {options.table}.")
        return found
    return [*(name for (name,) in connection.execute(CATEGORIES)), "*"]


def document(connection: Any, category: str) -> Any:
    ((found,),) = connection.execute(EXPORT, [category]).fetchall()
    return found
