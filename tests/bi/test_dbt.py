"""The dbt package: its sources are what the database says, and its models are exact, run after run."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict

from jalon.install.migrate import migrate
from jalon.settings import Settings
from tests.shop import SHOP, Connect, Connection, import_changes, rows

PACKAGE = Path(__file__).parents[2] / "dbt"
DBT = PACKAGE.parent / ".venv/dbt/bin/dbt"
needs_dbt = pytest.mark.skipif(not DBT.exists(), reason="no dbt in .venv/dbt: `make setup-clients` installs it")
PROFILE = """
jalon:
  target: test
  outputs:
    test: {{type: postgres, host: "{host}", port: {port}, user: {user}, password: "-", dbname: {dbname},
        schema: reports, threads: 1}}
"""
Dbt = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def beginning() -> str:
    return SHOP


def printed(dsn: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "jalon", "dbt", "--dsn", dsn], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_the_sources_of_the_package_are_what_the_database_says_snapshot(empty: str, tmp_path: Path) -> None:
    """`make snapshot` writes them."""
    migrate(Settings(home=tmp_path, dsn=empty, modules="none"), empty, lambda text: None)
    path = PACKAGE / "models/sources.yml"
    said = printed(empty)
    if os.environ.get("JALON_TEST_SNAPSHOT") == "write":
        path.write_text(said)
    assert path.read_text() == said, "`make snapshot` writes it anew"


def test_a_timeline_is_a_source_whose_codes_are_tested(db: Connection, dsn: str) -> None:
    history, recaps = yaml.safe_load(printed(dsn))["sources"]
    assert (history["name"], recaps["name"]) == ("jalon_history", "jalon_recap")
    (timeline,) = (table for table in history["tables"] if table["name"] == "orders_timeline")
    assert timeline["description"] == "Generated for orders: every stay of every record."
    (status,) = (column for column in timeline["columns"] if column["name"] == "status")
    assert status["description"] == "Code of status during the stay."
    assert status["data_tests"] == [{"accepted_values": {"values": ["NEW", "PAID", "SHIPPED", "CANCELLED"]}}]
    texts = [c["description"] for s in (history, recaps) for table in s["tables"] for c in table["columns"]]
    assert len(texts) > 200 and all(texts)


@pytest.fixture
def dbt(dsn: str, tmp_path: Path, db: Connection) -> Iterator[Dbt]:
    """dbt("build", user=…): what each node came to."""
    shutil.copytree(PACKAGE, tmp_path / "package")
    (tmp_path / "package/dbt_project.yml").open("a").write("\nprofile: jalon\n")
    parts = conninfo_to_dict(dsn)

    def dbt(*command: str, user: str = "shop_analyst") -> list[dict[str, Any]]:
        profile = PROFILE.format(host=parts["host"], port=db.info.port, user=user, dbname=parts["dbname"])
        (tmp_path / "profiles.yml").write_text(profile)
        done = subprocess.run(
            [DBT, "--quiet", "--no-use-colors", *command, "--profiles-dir", tmp_path],
            cwd=tmp_path / "package", env=os.environ | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        written = (tmp_path / "package/target/run_results.json").read_text()
        results: list[dict[str, Any]] = json.loads(written)["results"]
        return results

    for login, member in (("shop_analyst", "jalon_bi"), ("shop_masked", "jalon_bi_masked")):
        db.execute(f"create role {login} login in role {member}")  # type: ignore[call-overload]
    db.execute("create schema reports authorization shop_analyst; grant create, usage on schema reports to shop_masked")
    yield dbt
    db.execute("drop owned by shop_analyst, shop_masked; drop role shop_analyst, shop_masked")


COLUMNS = "tracked, record_key, column_name, old_code, new_code, version, changed_at, kind, changed_by, reason"
TIMELINE = """select orders_id::text, status, entered_at, left_at, changed_by, is_current
    from jalon_history.orders_timeline"""
STAYS = """select record_key, code, valid_from, valid_to, changed_by, is_current from reports.jalon_stays
    where tracked = 'orders'"""


def assert_exact(db: Connection) -> None:
    copied = rows(db, f"select {COLUMNS} from reports.jalon_changes")
    assert sorted(copied, key=str) == sorted(rows(db, f"select {COLUMNS} from jalon_history.changes"), key=str)
    assert sorted(rows(db, STAYS), key=str) == sorted(rows(db, TIMELINE), key=str)


@needs_dbt
@pytest.mark.second_lane
def test_models_stay_exact_whatever_happens_between_two_runs(db: Connection, connect: Connect, dbt: Dbt) -> None:
    for id in range(1, 7):
        import_changes(db, (id, "NEW", f"2026-10-0{id}Z"), (id, "PAID", f"2026-11-0{id}Z"), reason="words")
    assert {result["status"] for result in dbt("build")} == {"success", "pass"}
    assert_exact(db)
    late = connect(autocommit=False)
    late.execute("update shop.orders set status = 'SHIPPED' where id = 1")
    db.execute("update shop.orders set status = 'SHIPPED' where id = 2")
    dbt("build")
    late.commit()
    import_changes(db, (7, "NEW", "2026-01-01Z"))
    db.execute("delete from shop.orders where id = 3; select jalon.erase('orders', '4')")
    db.execute("delete from shop.orders where id = 5")
    db.execute("insert into shop.orders values (5, 'NEW')")
    assert {result["status"] for result in dbt("build")} == {"success", "pass"}
    assert_exact(db)
    assert rows(db, "select distinct reason from reports.jalon_changes where record_key = '4'") == [(None,)]
    db.execute("select jalon.track('shop.orders', category => 'ORDER_STATUS', on_delete => 'cascade')")
    db.execute("delete from shop.orders where id = 6")
    dbt("build")
    assert_exact(db)
    assert rows(db, "select * from reports.jalon_changes where record_key = '6' and tracked = 'orders'") == []


@needs_dbt
@pytest.mark.second_lane
def test_a_reader_without_persons_runs_it_too(db: Connection, dbt: Dbt) -> None:
    import_changes(db, (1, "NEW", "2026-10-01Z"), (1, "PAID", "2026-11-01Z"), actor="anna", reason="words")
    variables = json.dumps({"jalon_history": "jalon_masked", "jalon_recap": "jalon_masked"})
    dbt("build", "--vars", variables, user="shop_masked")
    query = "select code, changed_by, reason from reports.jalon_stays where tracked = 'orders' order by version"
    found = rows(db, query)
    assert [code for code, _, _ in found] == ["NEW", "PAID"]
    assert all(person.startswith("person-") and reason is None for _, person, reason in found)
