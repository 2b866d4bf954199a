"""Questions to the database's catalogue: what files made, what depends on it, who holds locks."""

from typing import Any

import psycopg

from jalon import modules

# All of Jalon's schemas, and those of them whose functions, views and triggers come from files.
SCHEMAS = (
    *("jalon_engine", *modules.schemas(), "jalon_generated"),
    *("jalon", "jalon_api", "jalon_history", "jalon_recap", "jalon_install"),
)
RELOADED_SCHEMAS = [schema for schema in SCHEMAS if schema not in ("jalon_generated", "jalon_install")]
# What the mover owns, so that it runs with the mover's rights, which are hardly any.
MOVER_FUNCTIONS = (
    *("update_row_as_mover", "update_mapped_rows", "import_row", "row_as_json"),
    *("states_as_mover", "rows_as_mover", "lock_row_as_mover", "fire_deferred_as_mover"),
)

# Every function, view and trigger of ours that files make, with the mark that tells whether it was made again;
# what the engine generates says so in its comment, and is the engine's to renew.
OBJECTS_FROM_FILES = """
select identity, class::regclass::text as class, oid, mark from (
    select 'pg_proc' as class, p.oid, p.xmin::text as mark, (pg_identify_object('pg_proc'::regclass, p.oid, 0)).identity
    from pg_proc p
    where p.pronamespace::regnamespace::text = any (%(schemas)s)
    union all
    select 'pg_class', c.oid, r.xmin::text, (pg_identify_object('pg_class'::regclass, c.oid, 0)).identity
    from pg_class c join pg_rewrite r on r.ev_class = c.oid and r.rulename = '_RETURN'
    where c.relnamespace::regnamespace::text = any (%(schemas)s) and c.relkind = 'v'
    union all
    select 'pg_trigger', t.oid, t.xmin::text, (pg_identify_object('pg_trigger'::regclass, t.oid, 0)).identity
    from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where p.pronamespace::regnamespace::text = any (%(schemas)s) and not t.tgisinternal and t.tgparentid = 0
        -- The guards of histories are the engine's to make.
        and not exists (select from pg_class h
            where h.oid = t.tgrelid and h.relnamespace = to_regnamespace('jalon_history'))
) found
where coalesce(obj_description(oid, class), '') not like all ('{"Generated for %%", "Jalon %%"}')
    and not exists (select from pg_depend d
        where d.classid = class::regclass and d.objid = found.oid and d.deptype = 'e')
"""

# Everything that depends on an object, however deep: views by their rule, functions by a view's row type.
DEPENDENTS = """
with recursive dependent (class, oid, depth) as (
    select %(class)s::regclass::oid, %(oid)s::oid, 0
    union
    select case when r.oid is null then d.classid else 'pg_class'::regclass::oid end, coalesce(r.ev_class, d.objid),
        h.depth + 1
    from dependent h
    join pg_depend d on d.refclassid = h.class and d.refobjid = h.oid and d.deptype in ('n', 'a', 'i')
    left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
    where h.depth < 40 and coalesce(r.ev_class, d.objid) <> h.oid
)
select o.type, o.identity, pg_describe_object(class, h.oid, 0), class::regclass::text, h.oid, max(h.depth)
from dependent h, pg_identify_object(class, h.oid, 0) o
where class in ('pg_proc'::regclass, 'pg_class'::regclass, 'pg_trigger'::regclass, 'pg_constraint'::regclass,
        'pg_attrdef'::regclass, 'pg_policy'::regclass)
    and o.type in ('function', 'procedure', 'aggregate', 'view', 'materialized view', 'table', 'foreign table',
        'trigger', 'table constraint', 'default value', 'policy', 'index')
group by 1, 2, 3, 4, 5
order by max(h.depth) desc
"""

# Sessions in a transaction with locks on tables or views, the oldest three.
LOCK_HOLDERS = """
select format('process %s of %s (%s%s), in a transaction since %s, with locks on %s',
    a.pid, a.usename, a.state, coalesce(', ' || nullif(a.application_name, ''), ''),
    to_char(a.xact_start, 'HH24:MI:SS'), string_agg(distinct l.relation::regclass::text, ', '))
from pg_locks l
join pg_stat_activity a using (pid)
join pg_class c on c.oid = l.relation
where l.granted and l.locktype = 'relation' and l.pid <> pg_backend_pid()
    and l.database = (select oid from pg_database where datname = current_database())
    and c.relkind in ('r', 'p', 'v') and c.relnamespace <> 'pg_catalog'::regnamespace
group by a.pid, a.usename, a.state, a.application_name, a.xact_start
order by a.xact_start
limit 3
"""


def read_objects(connection: psycopg.Connection[Any]) -> dict[str, tuple[str, int, str]]:
    """What files made in our schemas: by its name its catalogue, oid and mark."""
    rows = connection.execute(OBJECTS_FROM_FILES, {"schemas": RELOADED_SCHEMAS})
    return {f"{kind} {identity}": (kind, oid, mark) for identity, kind, oid, mark in rows}


def find_dependents(
    connection: psycopg.Connection[Any], kind: str, oid: int
) -> list[tuple[str, str, str, str, int, int]]:
    """Type, identity, description, catalogue, oid and depth of the object and its dependents, the deepest first."""
    return connection.execute(DEPENDENTS, {"class": kind, "oid": oid}).fetchall()


def find_lock_holders(connection: psycopg.Connection[Any]) -> str:
    """Sessions that hold locks on tables while a transaction of theirs is open, the oldest first."""
    return "; ".join(row[0] for row in connection.execute(LOCK_HOLDERS))
