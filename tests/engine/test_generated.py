"""The generated functions: tests/snapshots/generated holds them for four kinds of tables."""

import os
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "snapshots" / "generated"
PUBLICATION = """insert into jalon_engine.category values ('PUBLICATION', 'Publication');
insert into jalon_engine.referential (category, code, label, is_initial) values
    ('PUBLICATION', 'true', 'Published', false), ('PUBLICATION', 'false', 'Hidden', true);"""
TABLES = {
    "orders": """create table shop.orders (id bigint primary key, status text not null default 'NEW', seller text);
        select jalon.track('shop.orders', category => 'ORDER_STATUS', relations => '{"seller": "seller"}')""",
    "articles": f"""{PUBLICATION}
        create table shop.articles (id uuid primary key, status varchar(20) not null, is_published boolean not null,
            editor text);
        select jalon.track('shop.articles', columns => '{{"status": "ORDER_STATUS", "is_published": "PUBLICATION"}}',
            changed_by_column => 'editor', on_delete => 'cascade')""",
    "tickets": """create type shop.code as enum ('NEW', 'PAID', 'SHIPPED', 'CANCELLED');
        create table shop.tickets (id text primary key, line text, status shop.code not null default 'NEW');
        select jalon.track('shop.tickets', category => 'ORDER_STATUS', workflow_column => 'line',
            on_delete => 'refuse')""",
    "parcels": """create table shop.parcels (id integer, month date, status text not null default 'NEW',
        primary key (id, month))
            partition by range (month);
        select jalon.track('shop.parcels', category => 'ORDER_STATUS', key_column => 'id')""",
}


def generated(db, table):
    rows = db.execute(
        "select proname, pg_get_functiondef(oid) from pg_proc where pronamespace = 'jalon_generated'::regnamespace "
        "and proname like %s order by 1",
        (f"shop\\_\\_{table}\\_\\_%",),
    ).fetchall()
    oid = str(db.execute("select %s::regclass::oid", (f"shop.{table}",)).fetchone()[0])
    types = [str(row[0]) for row in db.execute("select oid from pg_type where typnamespace = 'shop'::regnamespace")]
    for name, text in rows:
        for number in (oid, *types):
            text = re.sub(rf"\b{number}\b", "OID", text)
        text = re.sub(r"bigint '-?\d+'", "bigint 'HASH'", text)
        yield f"{name}.sql", "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


@pytest.mark.parametrize("table", TABLES)
def test_snapshot_of_what_is_generated(rules, table):
    if rules.info.server_version < 180000:
        pytest.skip("the snapshot is PostgreSQL 18's, which makes identifiers by uuidv7()")
    rules.execute(TABLES[table])
    found = dict(generated(rules, table))
    assert len(found) == 6
    folder = FOLDER / table
    if os.environ.get("JALON_TEST_SNAPSHOT") == "write":
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in found.items():
            (folder / name).write_text(text)
    assert found == {path.name: path.read_text() for path in folder.glob("*.sql")}, (
        "what is generated has changed: `make snapshot`, and read the diff"
    )


@pytest.mark.parametrize("table", TABLES)
def test_generated_lines_are_as_narrow_as_written_ones(rules, table):
    rules.execute(TABLES[table])
    wide = [line for _, text in generated(rules, table) for line in text.splitlines() if len(line) > 120]
    assert wide == []
