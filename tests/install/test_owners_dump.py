"""docs/dba.md, "As an ordinary owner": a dump is restored by somebody who is no superuser, and mended."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from jalon.install import doctor
from tests.docs.test_dba import blocks

OWNER = "dump_owner"
Shell = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture
def shell(empty: str, cluster: SimpleNamespace, tmp_path: Path) -> Iterator[Shell]:
    """A shell of the owner's, with the addresses of the page: a database, and an empty one. Both have the roles."""
    (tmp_path / "jalon").write_text(f'#!/bin/sh\nexec {sys.executable} -m jalon "$@"\n')
    (tmp_path / "jalon").chmod(0o755)
    with psycopg.connect(empty, autocommit=True) as administrator:
        name = administrator.info.dbname
        administrator.execute(f"create role {OWNER} login; alter database {name} owner to {OWNER}")
        administrator.execute(f"create database {name}_new owner {OWNER}")
        environment = {
            "PATH": f"{tmp_path}:{cluster.programs}:/usr/bin:/bin",
            "JALON_HOME": str(tmp_path),
            "BACKUP": str(tmp_path),
            "JALON_DSN": make_conninfo(empty, user=OWNER),
            "NEW_DSN": make_conninfo(empty, user=OWNER, dbname=f"{name}_new"),
            "ADMIN": empty,
            "NEW_ADMIN": make_conninfo(empty, dbname=f"{name}_new"),
        }

        def shell(script: str) -> subprocess.CompletedProcess[str]:
            command = ["bash", "-eu", "-o", "pipefail", "-c", script]
            return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

        try:
            for prefix in ("", "NEW_"):
                dsn = "JALON_DSN" if not prefix else "NEW_DSN"
                made = shell(f'jalon roles --sql --dsn "${dsn}" | psql -Xq -v ON_ERROR_STOP=1 "${prefix}ADMIN"')
                assert made.returncode == 0, made.stderr
            yield shell
        finally:
            administrator.execute(f"drop database {name}_new with (force)")
            shell("jalon uninstall --everything --lose-history")
            administrator.execute(f"alter database {name} owner to current_user")
            administrator.execute(f"drop owned by {OWNER} cascade; drop role {OWNER}")


def test_an_ordinary_owners_dump_is_restored_and_mended_as_the_page_says(shell: Shell, empty: str) -> None:
    assert shell("jalon migrate --modules roadshow").returncode == 0
    with psycopg.connect(empty, user=OWNER, autocommit=True) as owner:
        target = f"{owner.info.dbname}_new"
        owner.execute("create schema shop; create table shop.orders (id int primary key, status text not null)")
        owner.execute("insert into shop.orders values (1, 'NEW'), (2, 'NEW')")
        owner.execute("select jalon.apply_template('orders', 'ORDER_STATUS')")
        owner.execute("select jalon.track('shop.orders', category => 'ORDER_STATUS')")
    (block,) = (block for block in blocks() if block.mark == "an ordinary owner")
    dump, restore, reload, examine = block.text.splitlines()
    assert shell(dump).returncode == 0
    restored = shell(restore)
    errors = set(re.findall("ERROR:  (.*)", restored.stderr))
    assert (restored.returncode, errors) == (0, {"permission denied for schema jalon_engine"}), restored.stderr
    with psycopg.connect(empty, user=OWNER, dbname=target, autocommit=True) as owner:
        found = list(doctor.findings(owner))
        assert found
        assert [text for text in found if "retrack_all" not in text and "migrate --reload" not in text] == []
        assert shell(reload).returncode == 0
        assert "All is well." in shell(examine).stdout
        owner.execute("update shop.orders set status = 'PAID' where id = 1")
        assert owner.execute("select count(*) from jalon_history.shop__orders").fetchone() == (3,)
