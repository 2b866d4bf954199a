"""docs/testing.md: its session runs as printed, its commands make the template, and its tests pass on copies of it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import DOCS, blocks
from tests.sessions import replay

PAGE = DOCS / "testing.md"
SCHEMA = """
create schema shop;
create table shop.orders (id bigint primary key, status text not null default 'NEW', total numeric, seller text);
select jalon.apply_template('orders', 'ORDER_STATUS');
select jalon.track('shop.orders', category => 'ORDER_STATUS');
"""


def test_the_page_says_what_happens(db):
    assert replay(PAGE, db) > 8


def test_the_template_is_made_and_copied_as_the_page_says(databases, cluster, tmp_path):
    programs = [str(Path(sys.executable).parent), str(cluster.programs)]
    environment = os.environ | {
        "PATH": os.pathsep.join([*programs, os.environ["PATH"]]),
        "PGHOST": cluster.host,
        "PGPORT": str(cluster.port),
        "PGUSER": cluster.user,
        "JALON_HOME": str(tmp_path / "home"),
    }
    (tmp_path / "schema.sql").write_text(SCHEMA)
    fixture, test, settings = blocks(PAGE, "python")
    (tmp_path / "conftest.py").write_text(fixture)
    (tmp_path / "test_orders.py").write_text(test)
    compile(settings, "settings.py", "exec")
    (commands,) = blocks(PAGE, "sh")
    run = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True, "check": False}
    try:
        made = subprocess.run(["bash", "-e"], input=commands, **run)
        assert made.returncode == 0, made.stderr
        passed = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."], **run)
        assert "1 passed" in passed.stdout, passed.stdout
    finally:
        databases.execute("drop database if exists shop_template with (force)")
