"""A module of one's own: a folder that JALON_MODULE_PATH points to, and nothing else is edited."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from jalon.install import doctor

Run = Callable[..., subprocess.CompletedProcess[str]]
FILES = {
    "__init__.py": '"""Loans of a library."""\n',
    "routes.py": '''"""The endpoints of loans."""

from typing import Any

from litestar import Response, get

from jalon.engine.schemas import Output
from jalon.server.call import Request, call


class Loans(Output):
    """How many loans there are."""

    count: int


@get("/api/v1/loans/count", tags=["Library"])
async def count_loans(request: Request) -> Response[Loans]:
    """How many loans there are."""
    return await call("count_loans", None, None, request)


routes: list[Any] = [count_loans]
''',
    "sql/migrations/0010.library.sql": """-- Loans of a library.
set local role jalon_owner;
set local lock_timeout = '5s';

create schema jalon_library;
comment on schema jalon_library is 'Loans of a library.';

create table jalon_library.loan (
    id integer constraint loan_pk primary key,
    status text not null default 'lent'
);
comment on table jalon_library.loan is 'Loans.';
comment on column jalon_library.loan.id is 'Identifier.';
comment on column jalon_library.loan.status is 'Status, a code of LOAN_STATUS.';

insert into jalon_engine.category (code, label) values ('LOAN_STATUS', 'Loans');
insert into jalon_engine.referential (category, code, label, is_initial) values
('LOAN_STATUS', 'lent', 'Lent', true), ('LOAN_STATUS', 'back', 'Back', false);
""",
    "sql/migrations/0010.library.rollback.sql": """set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_library.loan;
drop schema jalon_library;
delete from jalon_engine.rule where category = 'LOAN_STATUS';
delete from jalon_engine.rule_scope where category = 'LOAN_STATUS';
delete from jalon_engine.referential where category = 'LOAN_STATUS';
delete from jalon_engine.category where code in ('LOAN_STATUS');
""",
    "sql/functions/api/count_loans.sql": """-- GET /api/v1/loans/count

create or replace function jalon_api.count_loans(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (200, json_build_object('count', (select count(*) from jalon_library.loan)), null, null
    )::jalon_engine.answer;
end
$$;
comment on function jalon_api.count_loans(text, jsonb, jsonb) is 'How many loans there are.';
""",
    "sql/functions/grants.txt": """jalon_dba        USAGE   schema  jalon_library
jalon_dba        DELETE  table   jalon_library.loan
jalon_app        USAGE   schema  jalon_library
jalon_historian  USAGE   schema  jalon_library
jalon_historian  SELECT  table   jalon_library.loan
jalon_mover      USAGE   schema  jalon_library
jalon_mover      SELECT  table   jalon_library.loan
""",
    "sql/functions/demo/10.loans.sql": "insert into jalon_library.loan (id) values (1), (2) on conflict do nothing;\n",
    "sql/triggers/loan.sql": "select jalon.track('jalon_library.loan', category => 'LOAN_STATUS');\n",
}
SERVED = """
import json
from litestar.testing import TestClient
from jalon.server.app import create_app
from jalon.server.auth import issue_token
from jalon.settings import load
settings = load()
with TestClient(create_app(settings)) as client:
    shown = client.get("/api/v1/loans/count", headers={"authorization": "Bearer " + issue_token(settings, "ada", [])})
    other = client.get("/api/v1/dossiers", headers={"authorization": "Bearer " + issue_token(settings, "ada", [])})
    print(json.dumps([shown.status_code, shown.json(), other.status_code]))
"""


@pytest.fixture
def run(empty: str, tmp_path: Path) -> Run:
    for path, text in FILES.items():
        file = tmp_path / "own" / "library" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JALON_")} | {
        "JALON_HOME": str(tmp_path / "home"),
        "JALON_DSN": empty,
        "JALON_API_DSN": psycopg.conninfo.make_conninfo(empty, user="jalon_api"),
        "JALON_MODULE_PATH": str(tmp_path / "own"),
        "JALON_TOKEN_SECRET": "tests-only-" * 4,
        "JALON_RELAY": "false",
    }

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=environment | more, capture_output=True, text=True, check=False)

    return run


def test_it_is_installed_served_and_removed_like_any_other(run: Run, empty: str) -> None:
    installed = run("-m", "jalon", "migrate", "--modules", "library")
    assert installed.returncode == 0, installed.stderr
    assert "module library" in installed.stdout.replace("modules", "module")
    demo = run("-m", "jalon", "demo")
    assert demo.returncode == 0, demo.stderr
    with psycopg.connect(empty, autocommit=True) as db:
        assert db.execute("select status, status_version from jalon_library.loan").fetchall() == [("lent", 1)] * 2
        with pytest.raises(psycopg.Error) as refused:
            db.execute("update jalon_library.loan set status = 'lost'")
        assert refused.value.sqlstate == "JL402"
    served = run("-c", SERVED, JALON_MODULES="library")
    assert served.returncode == 0, served.stderr
    assert json.loads(served.stdout.splitlines()[-1]) == [200, {"count": 2}, 404]
    examined = run("-m", "jalon", "doctor")
    assert examined.returncode == 0, examined.stdout
    gone = run("-m", "jalon", "uninstall", "library", "--lose-history")
    assert gone.returncode == 0, gone.stderr
    with psycopg.connect(empty, autocommit=True) as db:
        assert db.execute("select to_regnamespace('jalon_library')").fetchone() == (None,)
        assert list(doctor.findings(db)) == []


def test_without_the_setting_its_database_is_not_taken_for_an_older_one(run: Run) -> None:
    assert run("-m", "jalon", "migrate", "--modules", "library").returncode == 0
    refused = run("-m", "jalon", "migrate", JALON_MODULE_PATH="")
    assert refused.returncode == 1
    assert "0010.library" in refused.stderr
    assert "JALON_MODULE_PATH" in refused.stderr
    assert run("-m", "jalon", "uninstall", "library").returncode == 0
