-- What Python asks the database's catalogue. Each query begins with its name and a sentence (catalog.py reads them).

-- objects_from_files: functions, views and triggers of ours that files make, with the mark that tells whether one was
-- made again. What the engine generates says so in its comment, and is the engine's to renew.
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

-- dependents: everything that depends on an object, however deep: views by their rule, functions by a view's row type
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

-- lock_holders: sessions in a transaction with locks on tables or views, the oldest three
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

-- advisory_lock_holder: who holds an advisory lock
select format(' (process %%s of %%s, %%s)', a.pid, a.usename, coalesce(nullif(a.application_name, ''), a.state))
from pg_locks l join pg_stat_activity a using (pid)
where l.locktype = 'advisory' and l.granted and l.objsubid = 1
    and (l.classid::bigint << 32) + l.objid::bigint = %(key)s
    and l.database = (select oid from pg_database where datname = current_database())

-- sources: the columns of each view of history and recaps with all comments; those of a timeline that hold the codes of
-- a category with these codes
select n.nspname, obj_description(n.oid, 'pg_namespace'), c.relname, obj_description(c.oid, 'pg_class'), a.attname,
    col_description(c.oid, a.attnum), format_type(a.atttypid, a.atttypmod),
    (select array_agg(f.code::text order by f.position, f.code)
        from jalon_engine.tracked t
        join jalon_engine.tracked_column k on k.tracked = t.name
        join jalon_engine.referential f on f.category = k.category
        where n.nspname = 'jalon_history' and c.relname = t.name || '_timeline'
            and a.attname = jalon_engine.history_code_name(k.column_name))
from pg_namespace n
join pg_class c on c.relnamespace = n.oid and c.relkind = 'v'
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname in ('jalon_history', 'jalon_recap')
order by n.nspname, c.relname, a.attnum

-- role_settings: settings of roles that hold in this database
select s.setrole::regrole::text, entry from pg_db_role_setting s cross join unnest(s.setconfig) entry
where s.setdatabase in (0, (select oid from pg_database where datname = current_database())) and s.setrole <> 0

-- named_logins: logins of persons and programs that are members, directly or not, of these roles
with recursive member_of (login, role) as (
    select m.member, m.roleid from pg_auth_members m join pg_roles r on r.oid = m.roleid
    where r.rolname = any (%(roles)s)
    union
    select m.member, o.role from member_of o join pg_auth_members m on m.roleid = o.login
)
select l.rolname, r.rolname from member_of o
join pg_roles l on l.oid = o.login and l.rolcanlogin and not l.rolsuper
join pg_roles r on r.oid = o.role
order by 1, 2

-- grants: every object of ours with what is granted on it beyond its owner; what track generated and partitions aside
with object (kind, name, owner, acl, comment) as (
    select 'schema', nspname::text, nspowner, nspacl, null from pg_namespace where nspname = any (%(schemas)s)
    union all
    select case when relkind = 'v' then 'view' when relkind = 'S' then 'sequence' else 'table' end,
        relnamespace::regnamespace || '.' || relname, relowner, relacl, obj_description(oid, 'pg_class')
    from pg_class where relnamespace::regnamespace::text = any (%(schemas)s)
        and relkind in ('r', 'p', 'v', 'm', 'S') and not relispartition
    union all
    select 'function',
        pronamespace::regnamespace || '.' || proname || '(' || pg_get_function_identity_arguments(oid) || ')',
        proowner, coalesce(proacl, acldefault('f', proowner)), obj_description(oid, 'pg_proc')
    from pg_proc where pronamespace::regnamespace::text = any (%(schemas)s)
    union all
    -- Columns of a tracked table are granted by jalon.track, to those who may move.
    select 'column', relnamespace::regnamespace || '.' || relname || '.' || attname, relowner, attacl, null
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attacl is not null
    where relnamespace::regnamespace::text = any (%(schemas)s)
        and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = '~jalon_before_update')
)
select o.kind, o.name, case when g.grantee = 0 then 'PUBLIC' else g.grantee::regrole::text end, g.privilege_type
from object o left join lateral aclexplode(o.acl) g on g.grantee <> o.owner
where coalesce(o.comment, '') not like 'Generated for %%'
    and (g.grantee is null or g.grantee = 0 or g.grantee::regrole::text like 'jalon\_%%')
order by 1, 2, 3, 4

-- wanted_roles: the roles that there should be: whether they are, may too much, or log in
select w.name, r.rolname is not null,
    r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication, r.rolcanlogin
from unnest(%(roles)s::text[]) w (name)
left join pg_roles r on r.rolname = w.name order by 1

-- wrong_owners: objects of ours that belong to somebody else than they should
select o.described, o.owner, o.wanted from (
    select 'schema ' || nspname as described, nspowner::regrole::text as owner,
        case when nspname in ('jalon_history', 'jalon_generated') then 'jalon_historian' else 'jalon_owner' end
        as wanted
    from pg_namespace where nspname = any (%(schemas)s)
    union all
    select pg_describe_object('pg_class'::regclass, oid, 0), relowner::regrole::text,
        case when relnamespace::regnamespace::text in ('jalon_history', 'jalon_generated') then 'jalon_historian'
            else 'jalon_owner' end
    from pg_class
    where relnamespace::regnamespace::text = any (%(schemas)s) and relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c')
        and oid is distinct from to_regclass('jalon_install.kept_version') -- the installer's
    union all
    select pg_describe_object('pg_type'::regclass, oid, 0), typowner::regrole::text,
        case when typnamespace::regnamespace::text in ('jalon_history', 'jalon_generated') then 'jalon_historian'
            else 'jalon_owner' end
    from pg_type
    where typnamespace::regnamespace::text = any (%(schemas)s) and typelem = 0 and typrelid = 0
    union all
    select pg_describe_object('pg_proc'::regclass, p.oid, 0),
        case when r.rolsuper and p.prorettype = 'event_trigger'::regtype then 'a superuser' else r.rolname end,
        case when p.pronamespace::regnamespace::text in ('jalon_history', 'jalon_generated') then 'jalon_historian'
            when p.pronamespace::regnamespace::text = 'jalon_engine' and p.proname = any (%(mover_functions)s)
            then 'jalon_mover'
            when p.prorettype = 'event_trigger'::regtype then 'a superuser' else 'jalon_owner' end
    from pg_proc p join pg_roles r on r.oid = p.proowner
    where p.pronamespace::regnamespace::text = any (%(schemas)s)
) o where o.owner is distinct from o.wanted order by 1

-- name_protection: the event triggers that protect the names of tracked tables
select w.name, coalesce(e.evtenabled::text, '-')
from unnest(array['jalon_protect_names', 'jalon_protect_tables']) w (name)
left join pg_event_trigger e on e.evtname = w.name
where e.oid is not null or to_regprocedure('jalon_engine.on_schema_change()') is not null order by 1

-- disabled_triggers: triggers of ours that are switched off
select t.tgname, t.tgrelid::regclass::text,
    case t.tgenabled when 'D' then 'disabled' else 'fires on replicas only' end
from pg_trigger t join pg_proc p on p.oid = t.tgfoid
where p.pronamespace::regnamespace::text = any (%(schemas)s) and t.tgenabled in ('D', 'R') order by 2, 1

-- histories: the history tables
select c.oid::regclass::text from pg_class c
where c.relnamespace = 'jalon_history'::regnamespace and c.relkind in ('p', 'r') and not c.relispartition
    and c.relname not in ('deletion', 'erasure', 'partitioned_record')

-- added_columns: columns that jalon.track added to a table
select a.attname from pg_attribute a
where a.attrelid = to_regclass(%(table)s) and a.attname in ('status_version', 'status_changed_at')
    and not a.attisdropped and col_description(a.attrelid, a.attnum) like '%% Kept by Jalon.'

-- history_triggers: triggers of a history and of its partitions
select t.tgname, t.tgrelid::regclass::text from pg_trigger t
where t.tgparentid = 0 and not t.tgisinternal
    and t.tgrelid in (select to_regclass(%(table)s) union all select p.relid from pg_partition_tree(%(table)s) p)

-- foreign_keys: foreign keys of a table
select conname from pg_constraint where conrelid = to_regclass(%s) and contype = 'f'

-- granted_schemas: rights of our roles on schemas that aren't ours
select n.nspname, g.grantee::regrole::text from pg_namespace n cross join lateral aclexplode(n.nspacl) g
where g.grantee <> 0 and g.grantee::regrole::text like 'jalon\_%%' and n.nspname <> all (%(ours)s)

-- granted_database: our roles that have rights on this database
select distinct g.grantee::regrole::text from pg_database d cross join lateral aclexplode(d.datacl) g
where d.datname = current_database() and g.grantee <> 0 and g.grantee::regrole::text like 'jalon\_%'

-- our_roles: the roles of this server that are ours
select rolname from pg_roles where rolname like 'jalon\_%' order by rolname

-- tracked_tables: the tracked tables that are there
select c.oid::regclass::text from jalon_engine.tracked t
join pg_class c on c.relname = t.table_name and c.relnamespace = to_regnamespace(quote_ident(t.table_schema))
order by t.name

-- handwritten_triggers: triggers that call a function of ours which a file makes
select t.tgrelid::regclass::text, t.tgname from pg_trigger t join pg_proc p on p.oid = t.tgfoid
where p.pronamespace::regnamespace::text = any (%(schemas)s) and not t.tgisinternal and t.tgparentid = 0

-- remaining_objects: functions and views of ours
select case prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end, oid::regprocedure::text
from pg_proc where pronamespace::regnamespace::text = any (%(schemas)s)
union all
select 'view', oid::regclass::text from pg_class
where relnamespace::regnamespace::text = any (%(schemas)s) and relkind = 'v'

-- role_list: our roles, whether they log in, and their members
select r.rolname, case when r.rolcanlogin then 'logs in' else 'never logs in' end,
    coalesce((select string_agg(g.rolname, ', ' order by g.rolname) from pg_auth_members m
        join pg_roles g on g.oid = m.member where m.roleid = r.oid), '')
from pg_roles r where r.rolname like 'jalon\_%' order by 1

-- has_name_protection: a row if names of tracked tables are protected
select 1 from pg_event_trigger where evtname = 'jalon_protect_names'

-- partitions: a partitioned table and its partitions
select relid::regclass::text from pg_partition_tree(%s)

-- embedded_database: a row if the embedded server has its database
select 1 from pg_database where datname = 'jalon'

-- restored_functions: functions of the mover that belong to whoever restored the database
select p.oid::regprocedure::text from pg_proc p
where p.pronamespace = to_regnamespace('jalon_engine') and p.proname = any (%s) and p.proowner = current_user::regrole

-- objects_of_a_name: functions and views of one name
select 'pg_proc', oid from pg_proc where pronamespace = %(schema)s::regnamespace and proname = %(name)s
union all
select 'pg_class', oid from pg_class
where relnamespace = %(schema)s::regnamespace and relname = %(name)s and relkind = 'v'

-- ledger_tables: the tables in which installing keeps its books
select relname from pg_class where relnamespace = 'jalon_install'::regnamespace and relkind = 'r'

-- owner_lacks_create: a row if the owner may make no schema in this database
select 1 from pg_roles
where rolname = 'jalon_owner' and not has_database_privilege(oid, current_database(), 'create')

-- kept_version: digest and sources of the last reload on exactly these migrations. A superuser runs only what a
-- superuser kept: whoever owns the table could write something else into it.
select k.reload_digest, k.sources, k.jalon_version from jalon_install.kept_version k
where k.version = %s and exists (select from pg_class c join pg_roles owner on owner.oid = c.relowner
    join pg_roles me on me.rolname = current_user
    where c.oid = 'jalon_install.kept_version'::regclass and (owner.rolsuper or not me.rolsuper))

-- table_and_type: the table or view of a name, and the type
select 'pg_class', to_regclass(%(name)s)::oid union all select 'pg_type', to_regtype(%(name)s)::oid

-- table: whether a name is that of a table
select 1 from pg_class where oid = to_regclass(%(name)s) and relkind in ('r', 'p')
