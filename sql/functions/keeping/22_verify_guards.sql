-- jalon.verify, the guards: triggers in place, enabled and as generated; functions unaltered; nobody else owns or writes history.

create or replace function jalon_engine.verify_triggers(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with found as (
        select case when g.oid is null then 'trigger_missing' when g.tgenabled not in ('O', 'A') then 'trigger_disabled'
                when pg_get_triggerdef(g.oid) <> w.definition then 'trigger_altered' end as problem, w.on_table, w.trigger_name
        from jalon_engine.wanted_triggers(p_tracked) w
        left join pg_catalog.pg_trigger g on g.tgrelid = w.on_table and g.tgname = w.trigger_name and not g.tgisinternal
        union all
        -- On a partition they come with the parent's, and may be disabled apart.
        select case when g.oid is null then 'trigger_missing' when g.tgenabled not in ('O', 'A') then 'trigger_disabled' end, p.relid, w.trigger_name
        from pg_partition_tree(jalon_engine.table_of(p_tracked)) p
        cross join jalon_engine.wanted_triggers(p_tracked) w
        left join pg_catalog.pg_trigger g on g.tgrelid = p.relid and g.tgname = w.trigger_name
        where p.level > 0 and w.trigger_name <> '_jalon_before_truncate'
        union all
        select 'trigger_late', g.tgrelid, g.tgname
        from pg_catalog.pg_trigger g
        where g.tgrelid = jalon_engine.table_of(p_tracked) and not g.tgisinternal
          and g.tgtype & 3 = 3 and g.tgtype & 20 <> 0 and g.tgname > '~jalon_before_update' and g.tgenabled <> 'D'
    )
    select p.* from found f
    cross join lateral jalon_engine.problem(p_tracked.name, f.problem, jsonb_build_object('trigger', f.trigger_name, 'on', f.on_table::text)) p
    where f.problem is not null
$$;
comment on function jalon_engine.verify_triggers(jalon_engine.tracked) is 'Triggers that are missing, disabled, altered, or that fire after Jalon''s.';

create or replace function jalon_engine.verify_functions(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p.*
    from (values ('__before_insert', jalon_engine.before_insert_body(p_tracked)), ('__before_update', jalon_engine.before_update_body(p_tracked)),
                 ('__after_insert', jalon_engine.after_insert_body(p_tracked)), ('__after_update', jalon_engine.after_update_body(p_tracked)),
                 ('__after_delete', jalon_engine.after_delete_body(p_tracked)), ('__before_truncate', jalon_engine.before_truncate_body(p_tracked))) w (suffix, body)
    left join pg_catalog.pg_proc f on f.oid = to_regprocedure(format('jalon_generated.%I()', jalon_engine.generated_name(p_tracked, w.suffix)))
    cross join lateral jalon_engine.problem(p_tracked.name, case when f.oid is null then 'function_missing' else 'function_altered' end,
        jsonb_build_object('function', format('jalon_generated.%I()', jalon_engine.generated_name(p_tracked, w.suffix)))) p
    where f.oid is null or f.prosrc <> w.body or not f.prosecdef or pg_get_userbyid(f.proowner) <> 'jalon_historian'
       or f.proconfig is distinct from '{"search_path=pg_catalog, pg_temp"}' or f.provolatile <> 'v'
$$;
comment on function jalon_engine.verify_functions(jalon_engine.tracked) is 'Generated functions that are missing or not as they would be generated now.';

create or replace function jalon_engine.verify_rights(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p.*
    from pg_partition_tree(to_regclass(format('%I.%I', p_tracked.history_schema, p_tracked.history_name))) h
    join pg_catalog.pg_class c on c.oid = h.relid
    left join lateral (
        select coalesce(pg_get_userbyid(nullif(a.grantee, 0)), 'public') as grantee, string_agg(a.privilege_type, ', ' order by a.privilege_type) as privileges
        from aclexplode(c.relacl) a
        where a.grantee <> c.relowner and a.privilege_type <> 'SELECT'
        group by 1
    ) g on pg_get_userbyid(c.relowner) = 'jalon_historian'
    cross join lateral jalon_engine.problem(p_tracked.name, case when g.grantee is null then 'owner' else 'granted' end,
        jsonb_build_object('object', h.relid::text, 'owner', pg_get_userbyid(c.relowner), 'grantee', g.grantee, 'privileges', g.privileges)) p
    where g.grantee is not null or pg_get_userbyid(c.relowner) <> 'jalon_historian'
$$;
comment on function jalon_engine.verify_rights(jalon_engine.tracked) is 'History that somebody else owns or may write.';
