"""A version of Jalon that is later than this one: the tests make it, so that there is one to come back from."""

from pathlib import Path

COLOUR = """\
set local role jalon_owner;
set local lock_timeout = '5s';
create table jalon_engine.colour (code text constraint colour_pk primary key);
comment on table jalon_engine.colour is 'Colours.';
comment on column jalon_engine.colour.code is 'Name.';
grant select on jalon_engine.colour to jalon_historian;
"""
AMBIGUOUS = """\
-- A later version of tracked_table, with one more argument.
create or replace function jalon_engine.tracked_table(p_tracked text, p_schema text default null)
returns regclass
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select pg_catalog.to_regclass(p_tracked) $$;
comment on function jalon_engine.tracked_table(text, text) is 'The table of that name.';
grant execute on function jalon_engine.tracked_table(text, text) to jalon_dba;
"""


def make_later(root: Path) -> None:
    """Give this copy of the SQL a migration and functions of a later version.

    Its generated functions read a new table, and a function is ambiguous beside the one that it replaces.
    """
    (root / "migrations/engine/9000.colours.sql").write_text(COLOUR)
    (root / "migrations/engine/9000.colours.rollback.sql").write_text(
        "set local role jalon_owner;\ndrop table jalon_engine.colour;\n"
    )
    template = root / "functions/engine/codegen/after_update.sql"
    lines = template.read_text().replace("\nbegin\n", "\nbegin\n    perform 1 from jalon_engine.colour;\n")
    assert lines != template.read_text()
    template.write_text(lines)
    (root / "functions/engine/tracking/later.sql").write_text(AMBIGUOUS)
    with (root / "grants.txt").open("a") as grants:
        grants.write("jalon_historian  SELECT   table     jalon_engine.colour\n")
