"""Properties that every object of Jalon must have: comments, owners, names, search_path."""

import re
from typing import Any

import psycopg
import pytest

from jalon.install import doctor, files
from jalon.install.catalog import SCHEMAS

Connection = psycopg.Connection[Any]
OURS = {"ours": [schema for schema in SCHEMAS if schema != "jalon_generated"], "all": list(SCHEMAS)}


def names(db: Connection, query: str) -> list[str]:
    return [row[0] for row in db.execute(query, OURS)]


def test_every_schema_has_a_comment(db: Connection) -> None:
    assert (
        names(
            db,
            "select nspname from pg_namespace where nspname = any (%(all)s) and obj_description(oid, "
            "'pg_namespace') is null",
        )
        == []
    )


def test_every_function_has_a_comment(db: Connection) -> None:
    query = (
        "select oid::regprocedure::text from pg_proc where pronamespace::regnamespace::text = any (%(all)s) "
        "and obj_description(oid, 'pg_proc') is null"
    )
    assert names(db, query) == []


def test_every_table_view_and_type_has_a_comment(db: Connection) -> None:
    query = """
        select oid::regclass::text from pg_class
        where relnamespace::regnamespace::text = any (%(all)s) and relkind in ('r', 'p', 'v', 'm', 'c')
            and not relispartition
            and relname not like '\\_yoyo%%' and relname <> 'yoyo_lock' and obj_description(oid, 'pg_class') is null
            and (relkind <> 'c' or not exists (select from pg_type t where t.typrelid = pg_class.oid
                and obj_description(t.oid, 'pg_type') is not null))
    """
    assert names(db, query) == []


def test_every_column_of_a_table_has_a_comment(db: Connection) -> None:
    query = """
        select c.oid::regclass || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
            and a.attnum > 0 and not a.attisdropped
        where c.relnamespace::regnamespace::text = any (%(ours)s) and c.relkind in ('r', 'p') and not c.relispartition
            and c.relname not like '\\_yoyo%%' and c.relname <> 'yoyo_lock' and col_description(c.oid, a.attnum) is null
    """
    assert names(db, query) == []


def test_every_function_pins_its_search_path(db: Connection) -> None:
    """With pg_temp last, because an empty path leaves it first for types. Parsed bodies need no path."""
    query = """
        select oid::regprocedure::text from pg_proc where pronamespace::regnamespace::text = any (%(all)s)
            and prokind <> 'a'
            and not coalesce('search_path=pg_catalog, pg_temp' = any (proconfig), false)
            and not (prolang = (select oid from pg_language where lanname = 'sql') and prosqlbody is not null)
    """
    assert names(db, query) == []
    db.execute("alter function jalon.move(text, text, text, text, text, integer, jsonb, text) set search_path = ''")
    db.execute("create function jalon_generated.later() returns integer language plpgsql as 'begin return 1; end'")
    assert sorted(names(db, query)) == [
        "jalon.move(text,text,text,text,text,integer,jsonb,text)",
        "jalon_generated.later()",
    ]


# Functions that run as their caller call these, so callers of those may call these too, with any arguments.
CALLED_AS_THE_CALLER = {
    # jalon.adopt_roadshow_event, which reads a table of its caller's
    "jalon_engine.adopt_roadshow_events",
    # jalon_engine.try_move, of what the table itself refuses
    "jalon_engine.native_refusal",
    # jalon.alter_column_type and jalon.rename_column, which the registry and the history follow
    *(
        "jalon_engine.table_to_alter",
        "jalon_engine.drop_triggers",
        "jalon_engine.register_alteration",
        "jalon_engine.register_renaming",
        "jalon_engine.register_shown_columns",
    ),
    # jalon.track and jalon.untrack, by roles that may alter the table
    *(
        "jalon_engine.describe_table",
        "jalon_engine.require_theirs",
        "jalon_engine.require_table_owner",
        "jalon_engine.add_own_columns",
        "jalon_engine.grant_rights",
        "jalon_engine.wanted_grants",
    ),
    *(
        "jalon_engine.register",
        "jalon_engine.trigger_statements",
        "jalon_engine.create_triggers",
        "jalon_engine.cannot_track",
    ),
    *(
        "jalon_engine.tracked_table",
        "jalon_engine.tracked_tables",
        "jalon_engine.unregister",
        "jalon_engine.revoke_rights",
    ),
    *("jalon_history.generate", "jalon_history.generate_shared", "jalon_history.backfill", "jalon_history.ungenerate"),
    "jalon_history.keep_keys",
    # jalon.plan_rules, jalon.apply_rules and jalon.learn_rules, which track tables and read them
    *(
        "jalon.track",
        "jalon.untrack",
        "jalon_engine.carry_out_rules",
        "jalon_engine.fail",
        "jalon_engine.finish_rules",
        "jalon_engine.learn_log",
        "jalon_engine.learn_rows",
        "jalon_engine.learned_rules",
        "jalon_engine.log_columns",
        "jalon_engine.log_sql",
        "jalon_engine.logged_time",
        "jalon_engine.planned_differences",
        "jalon_engine.planned_effects",
        "jalon_engine.planned_refusal",
        "jalon_engine.rule_faults",
        "jalon_engine.table_steps",
        "jalon_engine.time_of",
        "jalon_engine.track_as_said",
        "jalon_engine.track_options",
        "jalon_engine.write_rules",
    ),
    # jalon.import_changes, too
    "jalon_history.import_changes",
    # jalon.move and its kin
    *(
        "jalon.explain",
        "jalon.explain_many",
        "jalon_engine.move",
        "jalon_engine.move_many",
        "jalon_engine.try_move",
    ),
    *("jalon_generated.update_row", "jalon_engine.require_movable", "jalon_engine.refuse_move"),
    *("jalon_engine.with_marks", "jalon_engine.without_reason"),
    # jalon.erase
    *("jalon_engine.erasing_statement", "jalon_engine.forget_record"),
    "jalon_engine.fail",
    # jalon.fill_status_codes
    *("jalon_engine.require_dossier_statuses", "jalon_engine.add_status_columns", "jalon_engine.dossier_code"),
    # the recaps
    *(
        "jalon_recap.language",
        "jalon_recap.week_bounds",
        "jalon_recap.week_of",
        "jalon_recap.weekly_changes",
        "jalon_recap.weekly_counts",
        "jalon_recap.weekly_flow",
    ),
    *("jalon_history.counts_at",),
}
# Asked for by an argument that only Jalon's own functions may give.
ONLY_OURS = {"jalon_engine.move": {"jalon_engine.update_row_as_mover"}}
CALLS = re.compile(r"\b(jalon_engine|jalon_history|jalon_generated|jalon_recap|jalon_api|jalon)\.(\w+)\s*\(")
OF_THE_CALLER = """
    select p.pronamespace::regnamespace || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
        p.prosrc, g.roles from pg_proc p
    cross join lateral (
        select array_agg(r.rolname::text) filter (where r.rolname in ('jalon_api', 'jalon_bi', 'jalon_dba',
            'jalon_relay', 'jalon_app', 'jalon_mover')) as roles
        from aclexplode(p.proacl) a join pg_roles r on r.oid = a.grantee where a.grantee <> p.proowner
    ) g
    where not p.prosecdef and p.pronamespace::regnamespace::text = any (%(all)s) and g.roles is not null
"""


def calls(source: str) -> set[str]:
    return {".".join(found) for found in CALLS.findall(re.sub(r"--[^\n]*", "", source))}


def test_functions_that_run_as_their_caller_call_what_any_caller_may_call(db: Connection) -> None:
    called: dict[str, set[str]] = {}
    refused = []
    for signature, source, roles in db.execute(OF_THE_CALLER, OURS).fetchall():
        called[signature] = calls(source) - ONLY_OURS.get(signature.split("(")[0], set())
        for name in called[signature]:
            may = (
                "select r from unnest(%s::text[]) r where not exists (select from pg_proc p "
                "where p.pronamespace::regnamespace || '.' || p.proname = %s and has_function_privilege(r, p.oid, "
                "'execute'))"
            )
            refused += [f"{role} may call {signature} and not {name}" for (role,) in db.execute(may, (roles, name))]
    assert refused == []
    assert set().union(*called.values()) == CALLED_AS_THE_CALLER


def test_the_public_may_execute_nothing(db: Connection) -> None:
    query = """
        select p.oid::regprocedure::text from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
        where p.pronamespace::regnamespace::text = any (%(all)s) and g.grantee = 0
    """
    assert names(db, query) == []


def test_everything_belongs_to_whom_it_should(db: Connection) -> None:
    assert list(doctor.owner_problems(db)) == []


def test_what_the_mover_owns_is_known_by_name_and_runs_as_the_mover(db: Connection) -> None:
    query = (
        "select pronamespace::regnamespace || '.' || proname, prosecdef, has_schema_privilege('jalon_mover', "
        "pronamespace, 'usage') from pg_proc where proowner = 'jalon_mover'::regrole"
    )
    wanted = {(f"jalon_engine.{name}", True, False) for name in doctor.MOVER_FUNCTIONS}
    assert set(db.execute(query).fetchall()) == wanted


def test_the_owners_are_no_members_of_each_other_nor_may_do_more_than_they_should(db: Connection) -> None:
    # The shop's logins are the attacks', which share this server.
    query = """
        select m.member::regrole || ' is a member of ' || m.roleid::regrole from pg_auth_members m
        where m.member::regrole::text like 'jalon\\_%%' or (m.roleid::regrole::text like 'jalon\\_%%'
            and not (select rolsuper from pg_roles where oid = m.member)
                and m.member::regrole::text not like 'shop\\_%%')
    """
    assert names(db, query) == []


def test_security_definer_only_where_people_or_triggers_enter(db: Connection) -> None:
    """The modules' own functions run as their callers: calls of the web application and triggers, as jalon_owner."""
    query = """
        select oid::regprocedure::text from pg_proc where prosecdef and pronamespace::regnamespace::text = any (%(all)s)
            and pronamespace::regnamespace::text not in ('jalon_api', 'jalon', 'jalon_generated', 'jalon_history',
                'jalon_recap', 'jalon_engine')
    """
    assert names(db, query) == []


def test_a_function_that_triggers_call_is_in_its_place_or_harmless(db: Connection) -> None:
    """Whoever owns a table may call what was generated for it, so that each of these asks first where it runs."""
    query = """
        select oid::regprocedure::text from pg_proc
        where pronamespace = 'jalon_generated'::regnamespace and prorettype = 'trigger'::regtype
            and prosrc not like '%%if (%%tg_name = %%) is not true then%%refuse_misplaced%%'
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
            and not exists (select from pg_class c where c.oid = conrelid
                and (c.relispartition or coalesce(obj_description(c.oid, 'pg_class'), '') like 'Generated for %%'))
    """
    assert names(db, query) == []


def test_there_are_no_enums(db: Connection) -> None:
    assert (
        names(
            db,
            "select oid::regtype::text from pg_type "
            "where typtype = 'e' and typnamespace::regnamespace::text = any (%(all)s)",
        )
        == []
    )


def test_tables_depend_on_nothing_reloaded_but_triggers(db: Connection) -> None:
    """A check, a default or a policy that uses a reloaded function would go with it."""
    query = """
        select pg_describe_object(d.classid, d.objid, d.objsubid) from pg_depend d join pg_proc p on p.oid = d.refobjid
            and d.refclassid = 'pg_proc'::regclass
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
    used = {code for text in files.reloaded_sources().values() for code in re.findall(r"'(JL[0-9]{3})'", text)}
    assert used - registered == set()


def test_fail_is_the_only_raiser() -> None:
    """Business errors carry a registered SQLSTATE; a text alone gives callers nothing to branch on."""
    texted = re.compile(r"\braise\s+(exception\s+|sqlstate\s+)?'", re.IGNORECASE)
    # That a template of ours lacks a part is our own mistake, and nobody's business error.
    assert [path for path, text in files.reloaded_sources().items() if texted.search(text)] == [
        "functions/engine/codegen/render.sql"
    ]


def test_every_reloaded_file_says_why() -> None:
    assert [path for path, text in files.reloaded_sources().items() if not text.startswith("--")] == []


def test_functions_are_short() -> None:
    function = re.compile(r"^create or replace function (\S+?)\(.*?(?=^create |\Z)", re.MULTILINE | re.DOTALL)
    lines = {
        name: body[: body.rindex("$$;")].count("\n")
        for text in files.reloaded_sources().values()
        for name, body in ((found[1], found[0]) for found in function.finditer(text) if "$$;" in found[0])
    }
    # The whole template of a generated function is one body.
    assert [name for name, count in lines.items() if count > 60 and not name.endswith("_body")] == []


def test_no_line_is_longer_than_120_columns() -> None:
    wide = [
        f"{path.relative_to(files.ROOT.parent)}:{number}"
        for path in sorted([*files.ROOT.rglob("*.sql"), *files.ROOT.parent.glob("app/**/*.sql")])
        for number, line in enumerate(files.text(path).split("\n"), 1)
        if len(line) > 120
    ]
    assert wide == []


def test_no_file_is_a_pile() -> None:
    assert {
        path: count for path, text in files.reloaded_sources().items() if (count := len(text.splitlines())) > 300
    } == {}


def test_functions_and_triggers_stay_out_of_migrations() -> None:
    wild = re.compile(r"^\s*create\s+(or\s+replace\s+)?(function|procedure|trigger|view)", re.IGNORECASE | re.MULTILINE)
    assert [path.name for path in (files.ROOT / "migrations").rglob("*.sql") if wild.search(files.text(path))] == []


def test_plpgsql_bodies_are_sound(db: Connection) -> None:
    """plpgsql_check finds unknown columns, wrong types and unused variables in every function, without a call."""
    if not db.execute("select 1 from pg_available_extensions where name = 'plpgsql_check'").fetchone():
        pytest.skip("this server has no plpgsql_check")
    db.execute("create extension plpgsql_check")
    plain = """
        select p.oid::regprocedure || ': ' || c.message || coalesce(' (line ' || c.lineno || ')', '')
        from pg_proc p cross join lateral plpgsql_check_function_tb(p.oid, extra_warnings => false,
            performance_warnings => false) c
        where p.prolang = (select oid from pg_language where lanname = 'plpgsql') and p.prorettype <> 'trigger'::regtype
            and p.pronamespace::regnamespace::text = any (%(all)s) and c.level = 'error'
    """
    triggers = """
        select p.oid::regprocedure || ' on ' || t.tgrelid::regclass || ': ' || c.message
            || coalesce(' (line ' || c.lineno || ')', '')
        from pg_trigger t join pg_proc p on p.oid = t.tgfoid
        cross join lateral plpgsql_check_function_tb(p.oid, t.tgrelid, oldtable => t.tgoldtable, newtable =>
            t.tgnewtable, performance_warnings => false) c
        where p.prolang = (select oid from pg_language where lanname = 'plpgsql') and t.tgparentid = 0
            and p.pronamespace::regnamespace::text = any (%(all)s) and c.level = 'error'
    """
    found = names(db, plain) + names(db, triggers)
    assert [text for text in found if "is not assigned yet" not in text] == []  # a loop over dynamic SQL
