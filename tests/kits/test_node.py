"""The kit for Drizzle and node-postgres, by their own commands: docs/node.md as it stands, then what may go wrong."""

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.docs.pages import DOCS, ROOT, blocks
from tests.kits.pages import NODE, Application, application

pytestmark = [
    pytest.mark.second_lane,
    pytest.mark.skipif(not NODE.is_dir(), reason="no npm packages in tests/kits: `make setup-clients` installs them"),
]


@pytest.fixture(scope="module")
def shop(
    template: Any, cluster: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Application, str]]:
    """The application of the page, and what the commands of the page said."""
    with application(tmp_path_factory.mktemp("node"), cluster, template.template_dbname) as made:
        (made.folder / "node_modules").symlink_to(NODE)
        yield made, made.follow("node.md")


def test_the_page_runs_as_it_stands(shop: tuple[Application, str]) -> None:
    said = shop[1]
    (refusal,) = (json.loads(line) for line in said.splitlines() if line.startswith("{"))
    assert (refusal["code"], refusal["allowed"]) == ("JL101", ["SHIPPED", "REFUNDED", "CANCELLED"])
    assert "PAID 2\n" in said
    assert re.search(r"PAID +\| anna +\| the wire came", said), said
    assert "No changes detected" in said


def test_a_push_that_is_forced_drops_nothing_and_reports_nothing(shop: tuple[Application, str]) -> None:
    made = shop[0]
    with made.connect() as db:
        everything = """select array_agg(format('%s %s', c.oid::regclass, a.attname) order by 1)
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace::regnamespace::text ~ 'jalon|public'"""
        before = db.execute(everything).fetchone()
        said = made.run("npx drizzle-kit push --force")
        assert "No changes detected" in said, said
        assert db.execute(everything).fetchone() == before
        assert db.execute("select * from jalon.verify()").fetchall() == []


@pytest.mark.parametrize(
    "written,instead,sqlstate",
    [("  ...kept,\n", "", "2BP01"), ("status: text()", "status: varchar({ length: 99 })", "0A000")],
    ids=["drop", "retype"],
)
def test_a_push_that_would_take_what_jalon_needs_stops_and_nothing_is_lost(
    shop: tuple[Application, str], written: str, instead: str, sqlstate: str
) -> None:
    made = shop[0]
    schema = (made.folder / "schema.ts").read_text()
    made.write("schema.ts", schema.replace(written, instead).replace("timestamp }", "timestamp, varchar }"))
    try:
        said = made.run("npx drizzle-kit push --force 2>&1 || true")
    finally:
        made.write("schema.ts", schema)
    assert f"code: '{sqlstate}'" in said, said
    assert "No changes detected" in made.run("npx drizzle-kit push --force")
    with made.connect() as db:
        assert db.execute("select * from jalon.verify()").fetchall() == []


def test_the_helper_names_one_transaction_and_reads_only_refusals(shop: tuple[Application, str]) -> None:
    made = shop[0]
    made.write("story.ts", STORY)
    made.run("npx tsc")
    assert made.run("node js/story.js").split() == ["JL301", "JL301", "JL405", "null", "JL101"]
    with made.connect() as db:
        actors = db.execute(
            "select changed_by from jalon_history.public__orders where orders_id > 1 order by 1"
        ).fetchall()
    assert actors == [('O\'Brien "x" \\ {1,2}',), ('O\'Brien "x" \\ {1,2}',), ("db:shop_app",)]


STORY = r"""
import pg from "pg";
import { acting, refusalOf } from "./jalon.js";

const client = new pg.Client({ user: "shop_app", database: "shop" });
await client.connect();
const attempt = async (name: string, text: string) => {
  try {
    await acting(client, name, (c) => c.query(text));
  } catch (error) {
    const refusal = refusalOf(error);
    console.log(refusal?.code ?? null);
    if (refusal?.blockers.length) console.log(refusal.blockers[0].code);
  }
};
await attempt('O\'Brien "x" \\ {1,2}', "insert into orders (status) values ('NEW')");
await attempt('O\'Brien "x" \\ {1,2}', "update orders set status = 'PAID' where id = (select max(id) from orders)");
await attempt("anna", "update orders set status = 'REFUNDED' where id = (select max(id) from orders)");
await attempt("db:postgres", "insert into orders (status) values ('NEW')");
await attempt("anna", "select 1/0");
await attempt("anna", "insert into orders (status) values ('SHIPPED')");
await client.query("insert into orders (status) values ('NEW')");
await client.end();
"""


def test_the_page_has_the_helper_as_the_wheel_ships_it() -> None:
    assert blocks(DOCS / "node.md", "ts")[0] == (ROOT / "app/kits/drizzle/jalon.ts").read_text()
