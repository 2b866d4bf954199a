"""What every object of ours owes its reader and its database."""

import re
from typing import Any

import psycopg
import pytest

from jalon import sqlfiles
from jalon.standing import SCHEMAS

Connection = psycopg.Connection[Any]
OURS = {"ours": [schema for schema in SCHEMAS if schema != "jalon_generated"], "all": list(SCHEMAS)}


def names(db: Connection, query: str) -> list[str]:
    return [row[0] for row in db.execute(query, OURS)]


def test_every_schema_has_a_comment(db: Connection) -> None:
    assert (
        names(
            db,
            "select nspname from pg_namespace where nspname = any (%(all)s) and obj_description(oid, 'pg_namespace') is null",
        )
        == []
    )


def test_every_function_has_a_comment(db: Connection) -> None:
    query = "select oid::regprocedure::text from pg_proc where pronamespace::regnamespace::text = any (%(all)s) and obj_description(oid, 'pg_proc') is null"
    assert names(db, query) == []


def test_every_table_view_and_type_has_a_comment(db: Connection) -> None:
    query = """
        select oid::regclass::text from pg_class
        where relnamespace::regnamespace::text = any (%(all)s) and relkind in ('r', 'p', 'v', 'm', 'c') and not relispartition
            and relname not like '\\_yoyo%%' and relname <> 'yoyo_lock' and obj_description(oid, 'pg_class') is null
            and (relkind <> 'c' or not exists (select from pg_type t where t.typrelid = pg_class.oid and obj_description(t.oid, 'pg_type') is not null))
    """
    assert names(db, query) == []


def test_every_column_of_a_table_has_a_comment(db: Connection) -> None:
    query = """
        select c.oid::regclass || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace::regnamespace::text = any (%(ours)s) and c.relkind in ('r', 'p') and not c.relispartition
            and c.relname not like '\\_yoyo%%' and c.relname <> 'yoyo_lock' and col_description(c.oid, a.attnum) is null
    """
    assert names(db, query) == []


def test_every_function_pins_its_search_path(db: Connection) -> None:
    query = """
        select oid::regprocedure::text from pg_proc where pronamespace::regnamespace::text = any (%(all)s) and prokind <> 'a'
            and not coalesce(array_to_string(proconfig, ' '), '') ~ 'search_path=(""|pg_catalog)'
            and not (prolang = (select oid from pg_language where lanname = 'sql') and prosqlbody is not null)
    """
    # These become part of the caller's statement, with the caller's rights; all names in them are qualified.
    assert sorted(names(db, query)) == [
        "jalon.move(text,anyelement,text,text,text,integer,jsonb,text)",
        "jalon.move(text,text,text,text,text,integer,jsonb,text)",
    ]


def test_the_door_becomes_part_of_the_callers_statement(db: Connection) -> None:
    plan = db.execute("explain (verbose, costs off) select jalon.move('dossier', 7, 'QUALIFIED', 'why')").fetchall()
    assert "jalon_generated.move('dossier'::text, NULL::text, '7'::text" in plan[1][0]


def test_the_public_may_execute_nothing(db: Connection) -> None:
    query = """
        select p.oid::regprocedure::text from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
        where p.pronamespace::regnamespace::text = any (%(all)s) and g.grantee = 0
    """
    assert names(db, query) == []


def test_everything_belongs_to_the_owner_role(db: Connection) -> None:
    query = """
        select oid::regclass::text from pg_class where relnamespace::regnamespace::text = any (%(all)s) and relowner <> 'jalon_owner'::regrole
        union all select oid::regprocedure::text from pg_proc where pronamespace::regnamespace::text = any (%(all)s) and proowner <> 'jalon_owner'::regrole
        union all select oid::regtype::text from pg_type where typnamespace::regnamespace::text = any (%(all)s) and typowner <> 'jalon_owner'::regrole
    """
    assert names(db, query) == []


def test_security_definer_only_where_people_or_triggers_enter(db: Connection) -> None:
    """In logic only for trigger functions, and for the few that say so in their comment or are called with less rights."""
    query = """
        select oid::regprocedure::text from pg_proc where prosecdef and pronamespace::regnamespace::text = any (%(all)s)
            and pronamespace::regnamespace::text not in ('api', 'jalon', 'jalon_generated', 'jalon_history', 'recap', 'jalon_engine')
    """
    assert names(db, query) == []


def test_every_foreign_key_is_indexed(db: Connection) -> None:
    query = """
        select f.conrelid::regclass || ': ' || f.conname from pg_constraint f
        where f.contype = 'f' and f.connamespace::regnamespace::text = any (%(all)s) and f.conparentid = 0
            and not exists (
                select from pg_index i where i.indrelid = f.conrelid and i.indisvalid
                    and (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
                    and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ 'IS NOT NULL')
            )
    """
    assert names(db, query) == []


def test_every_constraint_has_a_name_of_its_own(db: Connection) -> None:
    query = """
        select conrelid::regclass || ': ' || conname from pg_constraint
        where connamespace::regnamespace::text = any (%(ours)s) and contype in ('c', 'f', 'u', 'p', 'x') and conislocal
            and conrelid::regclass::text !~ 'yoyo' and conname ~ '_(check|fkey|key|pkey|excl)[0-9]*$'
            and not exists (select from pg_class c where c.oid = conrelid and (c.relispartition or coalesce(obj_description(c.oid, 'pg_class'), '') like 'Generated for %%'))
    """
    assert names(db, query) == []


def test_there_are_no_enums(db: Connection) -> None:
    assert (
        names(
            db,
            "select oid::regtype::text from pg_type where typtype = 'e' and typnamespace::regnamespace::text = any (%(all)s)",
        )
        == []
    )


def test_tables_depend_on_nothing_reloaded_but_triggers(db: Connection) -> None:
    """A check, a default or a policy that uses a reloaded function would go with it."""
    query = """
        select pg_describe_object(d.classid, d.objid, d.objsubid) from pg_depend d join pg_proc p on p.oid = d.refobjid and d.refclassid = 'pg_proc'::regclass
        where p.pronamespace::regnamespace::text = any (%(all)s)
            and d.classid in ('pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_policy'::regclass)
    """
    assert names(db, query) == []


def test_no_argument_defaults_to_a_row_of_a_table(db: Connection) -> None:
    """The newest minor versions of PostgreSQL then refuse to add a column with a default to the table."""
    query = """
        select p.oid::regprocedure::text from pg_proc p, unnest(p.proargtypes) with ordinality a (type, place)
        join pg_type t on t.oid = a.type and t.typrelid <> 0
        where p.pronamespace::regnamespace::text = any (%(all)s) and a.place > p.pronargs - p.pronargdefaults
    """
    assert names(db, query) == []


def test_only_registered_errors_are_raised(db: Connection) -> None:
    registered = {
        "JL000",
        *names(db, "select sqlstate from jalon_engine.error_code"),
    }  # JL000 is caught where it is raised
    used = {code for text in sqlfiles.reloaded().values() for code in re.findall(r"'(JL[0-9]{3})'", text)}
    assert used - registered == set()


def test_fail_is_the_only_raiser() -> None:
    """Business errors carry a registered SQLSTATE; a text alone gives callers nothing to branch on."""
    texted = re.compile(r"\braise\s+(exception\s+|sqlstate\s+)?'", re.IGNORECASE)
    assert [path for path, text in sqlfiles.reloaded().items() if texted.search(text)] == []


def test_every_reloaded_file_says_why_and_is_short() -> None:
    for path, text in sqlfiles.reloaded().items():
        assert text.startswith("--"), f"{path} does not begin by saying why"
        assert len(text.splitlines()) <= 150, f"{path} has {len(text.splitlines())} lines"


def test_functions_and_triggers_stay_out_of_migrations() -> None:
    wild = re.compile(r"^\s*create\s+(or\s+replace\s+)?(function|procedure|trigger|view)", re.IGNORECASE | re.MULTILINE)
    assert [path.name for path in sqlfiles.MIGRATIONS.glob("*.sql") if wild.search(sqlfiles.text(path))] == []


def test_plpgsql_bodies_are_sound(db: Connection) -> None:
    """plpgsql_check over every function: unknown columns, wrong types, unused variables are found before anybody calls them."""
    if not db.execute("select 1 from pg_available_extensions where name = 'plpgsql_check'").fetchone():
        pytest.skip("this server has no plpgsql_check")
    db.execute("create extension plpgsql_check")
    plain = """
        select p.oid::regprocedure || ': ' || c.message || coalesce(' (line ' || c.lineno || ')', '')
        from pg_proc p cross join lateral plpgsql_check_function_tb(p.oid, extra_warnings => false, performance_warnings => false) c
        where p.prolang = (select oid from pg_language where lanname = 'plpgsql') and p.prorettype <> 'trigger'::regtype
            and p.pronamespace::regnamespace::text = any (%(all)s) and c.level = 'error'
    """
    triggers = """
        select p.oid::regprocedure || ' on ' || t.tgrelid::regclass || ': ' || c.message || coalesce(' (line ' || c.lineno || ')', '')
        from pg_trigger t join pg_proc p on p.oid = t.tgfoid
        cross join lateral plpgsql_check_function_tb(p.oid, t.tgrelid, oldtable => t.tgoldtable, newtable => t.tgnewtable, performance_warnings => false) c
        where p.prolang = (select oid from pg_language where lanname = 'plpgsql') and t.tgparentid = 0
            and p.pronamespace::regnamespace::text = any (%(all)s) and c.level = 'error'
    """
    found = names(db, plain) + names(db, triggers)
    assert [text for text in found if "is not assigned yet" not in text] == []  # a loop over dynamic SQL
