-- jalon.verify, the guards of one table: triggers in place, enabled and as generated; functions as generated; nothing
-- of anybody's on its history, and nobody else who owns or writes it.

create or replace function jalon_engine.history_tree(p_tracked jalon_engine.tracked)
returns table (relid regclass, is_root boolean)
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select h.relid, h.level = 0 from pg_partition_tree(to_regclass(jalon_engine.history_of(p_tracked))) h $$;
comment on function jalon_engine.history_tree(jalon_engine.tracked) is 'A history table and its months.';

create or replace function jalon_engine.verify_triggers(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with tree as (
        select t.relid, t.level from pg_partition_tree(jalon_engine.table_of(p_tracked)) t
        union select jalon_engine.table_of(p_tracked), 0
    ),
    wanted as (
        select w.on_table, w.trigger_name, w.definition from jalon_engine.wanted_triggers(p_tracked) w
        union all
        -- On a partition they come with the parent's, and may be disabled apart.
        select p.relid, w.trigger_name, null from tree p cross join jalon_engine.wanted_triggers(p_tracked) w
        where p.level > 0 and w.trigger_name <> '_jalon_before_truncate'
        union all
        select h.relid, g.trigger_name,
            format('CREATE TRIGGER %s BEFORE %s ON %s FOR EACH %s EXECUTE FUNCTION jalon_history.append_only()',
                g.trigger_name, g.operation, h.relid, g.level)
        from jalon_engine.history_tree(p_tracked) h
        cross join (values ('_100_append_only', 'DELETE OR UPDATE', 'ROW'),
            ('_110_no_truncate', 'TRUNCATE', 'STATEMENT')) g (trigger_name, operation, level)
    ),
    found as (
        select case when g.oid is null then 'trigger_missing' when g.tgenabled not in ('O', 'A') then 'trigger_disabled'
                when w.definition is null and g.tgparentid = 0
                    or pg_get_triggerdef(g.oid) <> w.definition then 'trigger_altered' end as problem,
            w.on_table, w.trigger_name::text
        from wanted w
        left join pg_catalog.pg_trigger g on g.tgrelid = w.on_table and g.tgname = w.trigger_name::name
            and not g.tgisinternal
        union all
        select 'trigger_late', g.tgrelid, g.tgname
        from tree t join pg_catalog.pg_trigger g on g.tgrelid = t.relid and not g.tgisinternal and g.tgparentid = 0
        where g.tgtype & 3 = 3 and g.tgenabled <> 'D'
            and g.tgname not in ('~jalon_before_insert', '~jalon_before_update')
          and ((g.tgtype & 4 = 4 and g.tgname > '~jalon_before_insert')
              or (g.tgtype & 16 = 16 and g.tgname > '~jalon_before_update'))
    )
    select p.* from found f
    cross join lateral jalon_engine.problem(p_tracked.name, f.problem,
        jsonb_build_object('trigger', f.trigger_name, 'on', f.on_table::text)) p
    where f.problem is not null
$$;
comment on function jalon_engine.verify_triggers(jalon_engine.tracked) is
'Triggers of a table and guards of its history that are missing, disabled, altered, or that fire after Jalon''s.';

create or replace function jalon_engine.verify_functions(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p.*
    from (
        select to_regprocedure(format('jalon_generated.%I()', x.name)) as function_id,
            format('jalon_generated.%I()', x.name) as name, x.body,
            format(e'CREATE OR REPLACE FUNCTION jalon_generated.%I()\n RETURNS trigger\n LANGUAGE plpgsql\n'
                ' SECURITY DEFINER\n SET search_path TO ''pg_catalog'', ''pg_temp''', x.name) as head
        from (values
            ('__before_insert', jalon_engine.before_insert_body(p_tracked)),
            ('__before_update', jalon_engine.before_update_body(p_tracked)),
            ('__after_insert', jalon_engine.after_insert_body(p_tracked)),
            ('__after_update', jalon_engine.after_update_body(p_tracked)),
            ('__after_delete', jalon_engine.after_delete_body(p_tracked)),
            ('__before_truncate', jalon_engine.before_truncate_body(p_tracked))) g (suffix, body)
        cross join lateral (select jalon_engine.generated_name(p_tracked, g.suffix) as name, g.body) x
        union all
        -- The reports' function says what stood when.
        select to_regprocedure(format('jalon_history.%I(timestamptz, text)', p_tracked.name || '_as_of')),
            format('jalon_history.%I(timestamptz, text)', p_tracked.name || '_as_of'), null, null
    ) w
    left join pg_catalog.pg_proc f on f.oid = w.function_id
    cross join lateral jalon_engine.problem(p_tracked.name,
        case when f.oid is null then 'function_missing' else 'function_altered' end,
        jsonb_build_object('function', w.name)) p
    where f.oid is null or pg_get_userbyid(f.proowner) <> 'jalon_historian'
       or case when w.body is null then not jalon_engine.has_as_of(p_tracked)
            else split_part(pg_get_functiondef(f.oid), e'\nAS $', 1) <> w.head or f.prosrc <> w.body end
$$;
comment on function jalon_engine.verify_functions(jalon_engine.tracked) is
'Generated functions that are missing or not as they would be generated now: head, settings, owner and body.';

create or replace function jalon_engine.verify_history_objects(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whatever hangs on a history runs as jalon_historian, or decides what is written and read there.
    with tree as (select h.relid from jalon_engine.history_tree(p_tracked) h)
    select p.*
    from (
        select distinct on (o.catalogue, o.name) pg_describe_object(o.catalogue::regclass, o.id, 0) as object,
            format(o.removal, o.name, o.relid) as statement
        from (
            select 'pg_trigger' as catalogue, g.oid as id, g.tgname as name, g.tgrelid::regclass as relid,
                'drop trigger %I on %s' as removal
            from tree t join pg_catalog.pg_trigger g on g.tgrelid = t.relid
            where not g.tgisinternal and g.tgparentid = 0 and g.tgname not in ('_100_append_only', '_110_no_truncate')
            union all
            select 'pg_rewrite', r.oid, r.rulename, r.ev_class::regclass, 'drop rule %I on %s' from tree t
            join pg_catalog.pg_rewrite r on r.ev_class = t.relid
            union all
            select 'pg_policy', s.oid, s.polname, s.polrelid::regclass, 'drop policy %I on %s' from tree t
            join pg_catalog.pg_policy s on s.polrelid = t.relid
            union all
            select 'pg_constraint', c.oid, c.conname, c.conrelid::regclass, 'alter table %2$s drop constraint %1$I'
            from tree t join pg_catalog.pg_constraint c on c.conrelid = t.relid
            where c.contype not in ('p', 'n') and c.conparentid = 0
              and not (p_tracked.has_foreign_key and c.contype = 'f' and c.confrelid = jalon_engine.table_of(p_tracked))
        ) o
        order by o.catalogue, o.name, o.relid
    ) o
    cross join lateral jalon_engine.problem(p_tracked.name, 'history_object',
        jsonb_build_object('object', o.object, 'statement', o.statement)) p
    union all
    select p.*
    from tree t join pg_catalog.pg_class c on c.oid = t.relid and (c.relrowsecurity or c.relforcerowsecurity)
    cross join lateral jalon_engine.problem(p_tracked.name, 'history_object',
        jsonb_build_object('object', format('row security of table %s', t.relid), 'statement',
            format('alter table %s disable row level security, no force row level security', t.relid))) p
$$;
comment on function jalon_engine.verify_history_objects(jalon_engine.tracked) is
'Triggers, rules, policies and constraints on a history that are not Jalon''s.';

create or replace function jalon_engine.verify_rights(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with tree as (select c.oid, c.relowner, c.relacl from jalon_engine.history_tree(p_tracked) h
        join pg_catalog.pg_class c on c.oid = h.relid)
    select p.*
    from tree c
    cross join lateral jalon_engine.problem(p_tracked.name, 'owner',
        jsonb_build_object('object', c.oid::regclass::text, 'owner', pg_get_userbyid(c.relowner))) p
    where pg_get_userbyid(c.relowner) <> 'jalon_historian'
    union all
    select p.*
    from (
        select g.oid, coalesce(pg_get_userbyid(nullif(g.grantee, 0)), 'public') as grantee,
            string_agg(distinct g.privilege, ', ' order by g.privilege) as privileges
        from (
            select c.oid, c.relowner, a.grantee, a.privilege_type as privilege from tree c
            cross join lateral aclexplode(c.relacl) a
            union all
            select c.oid, c.relowner, a.grantee, format('%s (%I)', a.privilege_type, k.attname)
            from tree c join pg_catalog.pg_attribute k on k.attrelid = c.oid and k.attacl is not null
            cross join lateral aclexplode(k.attacl) a
        ) g
        where g.grantee <> g.relowner and g.privilege not like 'SELECT%'
            and pg_get_userbyid(g.relowner) = 'jalon_historian'
        group by 1, 2
    ) g
    cross join lateral jalon_engine.problem(p_tracked.name, 'granted',
        jsonb_build_object('object', g.oid::regclass::text, 'grantee', g.grantee, 'privileges', g.privileges)) p
$$;
comment on function jalon_engine.verify_rights(jalon_engine.tracked) is
'History that somebody else owns, or may write as a whole or by column.';
