"""A shop whose rules stand in a file, and the commands that read and write such files."""

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon import cli

Connection = psycopg.Connection[Any]
SHOP = """
create schema shop;
create table shop.orders (id int primary key, status text not null default 'NEW', note text, owner text);
"""
RULES = """\
format: jalon-rules/1
category: ORDER_STATUS
label: Order
roles:
  - {role: clerk, label: Clerk, labels: {fr: Vendeur}}
codes:
  - {code: NEW, label: New, labels: {fr: Nouvelle}, initial: true, max_stay: P3D}
  - {code: HELD, label: On hold, labels: {fr: En attente}, outcome: waiting}
  - {code: PAID, label: Paid, labels: {fr: Payée}, color: "#2e7d32"}
  - {code: SHIPPED, label: Shipped, labels: {fr: Expédiée}, final: true}
actions:
  - {action: pay, labels: {en: Pay, fr: Payer}}
workflows:
  - label: Orders
    transitions:
      - {from: NEW, to: PAID, action: pay, roles: [clerk]}
      - {from: NEW, to: HELD, action: hold, roles: [clerk]}
      - {from: HELD, to: NEW, action: resume, roles: [clerk]}
      - {from: PAID, to: SHIPPED, action: ship, roles: [clerk]}
tables:
  - {table: shop.orders, columns: {status: ORDER_STATUS}, relations: {owner: owner}}
permissions:
  - {role: clerk, permission: read_all, table: orders}
"""


@dataclass
class Ran:
    code: int
    out: str
    err: str


Command = Callable[..., Ran]


@pytest.fixture
def beginning() -> str:
    return SHOP


@pytest.fixture
def jalon(dsn: str, home: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> Command:
    """jalon("plan rules.yaml"): the command on this test's database."""
    monkeypatch.setenv("JALON_HOME", str(home))
    for name in [name for name in os.environ if name.startswith("JALON_DSN")]:
        monkeypatch.delenv(name)

    def jalon(line: str) -> Ran:
        capsys.readouterr()
        code = cli.main([*shlex.split(line), "--dsn", dsn])
        return Ran(code, *capsys.readouterr())

    return jalon


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file, in the folder in which commands run."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    return path


@pytest.fixture
def change(rules: Path) -> Callable[[str, str], None]:
    """change("max_stay: P3D", "max_stay: P5D"): edits the file."""

    def change(old: str, new: str) -> None:
        text = rules.read_text()
        assert old in text
        rules.write_text(text.replace(old, new))

    return change


@pytest.fixture
def applied(jalon: Command, rules: Path, db: Connection) -> Connection:
    """The file is applied, and three orders stand on NEW."""
    ran = jalon("apply rules.yaml --yes")
    assert ran.code == 0, ran
    db.execute("insert into shop.orders (id) select generate_series(1, 3)")
    return db
