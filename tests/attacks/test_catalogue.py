"""The catalogue shows the same properties for every function and role of Jalon, generated functions included."""

from tests.attacks.shop import Connection, each
from tests.conftest import INSTALLER

SCHEMAS = "n.nspname ~ '^jalon'"
PATH = "search_path=pg_catalog, pg_temp"


# The function of an event trigger belongs to the superuser whose event trigger it is; nobody can call it.
EVENT = "p.prorettype <> 'event_trigger'::regtype"


def functions(db: Connection, where: str) -> list[str]:
    return [
        row[0]
        for row in db.execute(
            f"""select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where ({SCHEMAS}) and ({where}) order by 1"""
        )
    ]


def test_every_function_looks_for_names_in_the_catalogue_and_for_temporary_ones_last(shop):
    assert len(functions(shop, "true")) > 300
    assert functions(shop, f"p.prosqlbody is null and not coalesce(p.proconfig, '{{}}') @> array['{PATH}']") == []


def test_what_binds_its_names_when_made_is_no_definer_with_another_path(shop):
    assert (
        functions(
            shop, f"p.prosqlbody is not null and p.prosecdef and not coalesce(p.proconfig, '{{}}') @> array['{PATH}']"
        )
        == []
    )


def test_no_function_sets_anything_by_which_code_could_be_found_elsewhere(shop):
    assert (
        functions(
            shop,
            f"exists (select from unnest(p.proconfig) c where c <> '{PATH}' and split_part(c, '=', 1) in "
            "('search_path', 'role', 'session_authorization', 'session_replication_role', 'local_preload_libraries'))",
        )
        == []
    )


@each("schema", ["jalon_history", "jalon_generated"])
def test_everything_in_the_schemas_of_history_belongs_to_the_historian(shop, schema):
    for catalogue, namespace, owner, name in (
        ("pg_proc", "pronamespace", "proowner", "oid::regprocedure::text"),
        ("pg_class", "relnamespace", "relowner", "oid::regclass::text"),
        ("pg_type", "typnamespace", "typowner", "oid::regtype::text"),
    ):
        foreign = shop.execute(
            f"select {name}, {owner}::regrole::text from {catalogue} where {namespace} = %s::regnamespace "
            f"and {owner} <> 'jalon_historian'::regrole",
            (schema,),
        ).fetchall()
        assert foreign == []
    assert shop.execute(
        "select nspowner::regrole::text from pg_namespace where nspname = %s", (schema,)
    ).fetchone() == ("jalon_historian",)


def test_the_historian_owns_nothing_else(shop):
    owned = shop.execute("""select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relowner = 'jalon_historian'::regrole and n.nspname not in ('jalon_history', 'jalon_generated',
            'pg_toast')""").fetchall()
    assert owned == []


def test_what_runs_as_its_owner_belongs_to_one_of_three(shop):
    assert (
        functions(
            shop,
            f"{EVENT} and p.prosecdef and p.proowner::regrole::text not in ('jalon_owner', 'jalon_historian', "
            f"'jalon_mover')",
        )
        == []
    )


ROLES = ["jalon_owner", "jalon_historian", "jalon_mover"]


@each("role", ROLES)
@each("other", ROLES)
def test_who_owns_is_no_member_of_another_who_owns(shop, role, other):
    if role != other:
        assert shop.execute("select pg_has_role(%s, %s, 'member')", (role, other)).fetchone() == (False,)


def test_nobody_is_a_member_of_who_owns_but_who_installed_and_none_of_them_may_log_in(shop):
    members = shop.execute("""select distinct m.member::regrole::text from pg_auth_members m
        where m.roleid::regrole::text = any (%s) and not (select r.rolsuper from pg_roles r where r.oid = m.member)""",
            (ROLES,))  # fmt: skip
    assert members.fetchall() == ([(INSTALLER,)] if INSTALLER else [])
    flags = shop.execute(
        "select rolname from pg_roles where rolname = any (%s) and (rolcanlogin or rolsuper or rolcreaterole "
        "or rolcreatedb or rolreplication or rolbypassrls)",
        (ROLES,),
    )
    assert flags.fetchall() == []


def test_the_mover_may_execute_nothing_of_ours_but_its_row_functions(shop):
    rows = f"{EVENT} and p.proowner <> 'jalon_mover'::regrole and p.pronamespace <> 'jalon_generated'::regnamespace"
    assert functions(shop, f"{rows} and has_function_privilege('jalon_mover', p.oid, 'execute')") == []
    generated = functions(
        shop,
        "p.pronamespace = 'jalon_generated'::regnamespace and has_function_privilege('jalon_mover', p.oid, 'execute')",
    )
    assert {name.split("(")[0] for name in generated} <= {"jalon_generated.update_row", "jalon_generated.row_of"}
    # A function is reached by its name, or not at all.
    assert (
        functions(shop, "p.proowner = 'jalon_mover'::regrole and has_schema_privilege('jalon_mover', n.oid, 'usage')")
        == []
    )


def test_the_mover_owns_no_relation_no_type_and_no_schema(shop):
    for catalogue, owner in (("pg_class", "relowner"), ("pg_type", "typowner"), ("pg_namespace", "nspowner")):
        assert shop.execute(f"select count(*) from {catalogue} where {owner} = 'jalon_mover'::regrole").fetchone() == (
            0,
        )


def test_the_mover_may_read_and_write_of_a_table_what_a_move_needs_and_no_more(shop):
    held = shop.execute("""select a.attname, x.privilege_type from pg_attribute a, aclexplode(a.attacl) x
        where a.attrelid = 'shop.orders'::regclass and x.grantee = 'jalon_mover'::regrole order by 1, 2""").fetchall()
    assert {row for row in held if row[1] == "UPDATE"} == {("status", "UPDATE"), ("status_changed_at", "UPDATE")}
    assert {row[1] for row in held} <= {"SELECT", "UPDATE"}
    whole = shop.execute("""select x.privilege_type from pg_class c, aclexplode(c.relacl) x
        where c.oid = 'shop.orders'::regclass and x.grantee = 'jalon_mover'::regrole""").fetchall()
    assert whole in ([], [("SELECT",)])  # it reads for others, who have rights of their own


def test_public_may_execute_nothing_and_enters_no_schema_of_ours(shop):
    assert (
        functions(
            shop,
            f"{EVENT} and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a "
            f"where a.grantee = 0)",
        )
        == []
    )
    entered = shop.execute(f"""select n.nspname from pg_namespace n,
        aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
        where ({SCHEMAS}) and a.grantee = 0 and n.nspname <> 'jalon_api'""").fetchall()  # fmt: skip
    assert entered == []


@each("login", ["shop_app", "shop_trigger", "shop_types"])
def test_an_ordinary_login_may_execute_nothing_of_ours(shop, login):
    assert functions(shop, f"{EVENT} and has_function_privilege('{login}', p.oid, 'execute')") == []


def test_the_tables_owner_may_execute_the_trigger_functions_of_their_tables_and_nothing_else(shop):
    reached = set(functions(shop, f"{EVENT} and has_function_privilege('shop_owner', p.oid, 'execute')"))
    triggers = set(
        functions(shop, "p.prorettype = 'trigger'::regtype and p.pronamespace = 'jalon_generated'::regnamespace")
    )
    assert reached <= triggers


def test_nobody_but_who_owns_may_write_or_create_in_the_schemas_of_ours(shop):
    makers = shop.execute(f"""select n.nspname, a.grantee::regrole::text from pg_namespace n, aclexplode(n.nspacl) a
        where ({SCHEMAS}) and a.privilege_type = 'CREATE' and a.grantee <> n.nspowner""").fetchall()  # fmt: skip
    assert makers == []
    writers = shop.execute("""select c.oid::regclass::text, a.grantee::regrole::text, a.privilege_type from pg_class c,
        aclexplode(c.relacl) a
        where c.relnamespace in ('jalon_history'::regnamespace) and a.grantee <> c.relowner
            and a.privilege_type <> 'SELECT'""").fetchall()
    assert [row for row in writers if row[1] != "jalon_owner"] == []


def test_the_functions_of_event_triggers_belong_to_whoever_owns_the_event_trigger(shop):
    found = shop.execute("""select e.evtname, e.evtowner = p.proowner, p.proconfig from pg_event_trigger e
        join pg_proc p on p.oid = e.evtfoid where e.evtname like 'jalon%'""").fetchall()
    assert bool(found) == (INSTALLER is None)
    for name, same, config in found:
        assert same, name
        assert config == [PATH], name


def test_every_trigger_of_ours_is_of_the_kind_that_a_holder_of_trigger_cannot_touch(shop):
    rows = shop.execute("""select c.relname, g.tgname, g.tgconstraint <> 0, g.tgdeferrable, g.tgtype & 3,
        p.proowner::regrole::text, p.prosecdef
        from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_proc p on p.oid = g.tgfoid
        where c.relnamespace = 'shop'::regnamespace
            and g.tgname ~ '^[~_]jalon_(before|after)_(insert|update|delete)$'""").fetchall()
    assert len({row[0] for row in rows}) == 8  # three tables, and one with its four partitions
    for table, name, is_constraint, deferrable, row_and_before, owner, definer in rows:
        assert is_constraint == name.startswith("_"), (table, name)
        assert not deferrable, (table, name)
        assert row_and_before == (1 if name.startswith("_") else 3), (table, name)
        assert (owner, definer) == ("jalon_historian", True), (table, name)


def test_no_column_of_history_has_a_type_that_lies_outside_of_the_catalogue(shop):
    foreign = shop.execute("""select a.attrelid::regclass::text, a.attname from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        join pg_type t on t.oid = a.atttypid where c.relnamespace = 'jalon_history'::regnamespace and c.relkind in ('r',
            'p')
        and a.attnum > 0 and not a.attisdropped and t.typnamespace <> 'pg_catalog'::regnamespace""").fetchall()
    assert foreign == []


def test_no_function_asks_a_heap_who_wrote_a_row(shop):
    """cmin and xmax are no identity of a statement."""
    assert functions(shop, r"p.prosrc ~ '\m(cmin|cmax|xmax|judged_together)\M'") == []


def test_a_text_is_cast_only_from_a_type_of_the_catalogue_that_the_function_has_just_asked_for(shop):
    """A cast of somebody's own type may be anybody's function; those are written by format, which asks the type."""
    unasked = shop.execute(r"""
        select p.proname, c.column_name
        from pg_proc p
        cross join lateral (select distinct m[2] as column_name
            from regexp_matches(p.prosrc, '\m(old|new)\.("[^"]+"|\w+)::', 'g') m) c
        where p.pronamespace = 'jalon_generated'::regnamespace and not exists (
            select from regexp_matches(p.prosrc, 'pg_typeof\((old|new)\.("[^"]+"|\w+)\) = (\d+)', 'g') m
            join pg_type t on t.oid = m[3]::oid
            where m[2] = c.column_name
              and coalesce((select b.typnamespace from pg_type b where b.oid = t.typbasetype),
                  t.typnamespace) = 'pg_catalog'::regnamespace)
    """).fetchall()
    assert unasked == []
    assert (
        functions(shop, r"p.pronamespace = 'jalon_generated'::regnamespace and p.prosrc ~ '\m(old|new)\.\w+::'") != []
    )
