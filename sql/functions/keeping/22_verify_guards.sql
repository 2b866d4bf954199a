-- jalon.verify, the guards: triggers in place, enabled and as generated; functions unaltered; nobody else owns or writes history.

create or replace function jalon_engine.wanted_triggers(p_tracked jalon_engine.tracked)
returns table (on_table regclass, trigger_name text, function_oid oid, kind integer, on_columns text[], old_rows text, new_rows text)
language sql stable
set search_path = ''
as $$
    -- kind as pg_trigger.tgtype has it: row 1, before 2, insert 4, delete 8, update 16, truncate 32
    select to_regclass(format('%I.%I', p_tracked.table_schema, p_tracked.table_name)), w.name,
        to_regproc(format('jalon_generated.%I', p_tracked.name || w.suffix))::oid,
        w.kind | case when w.is_writer and p_tracked.mode = 'row' then 1 else 0 end,
        case when w.for_columns then jalon_engine.stamp_columns(p_tracked) else '{}' end,
        case when p_tracked.mode = 'statement' then w.old_rows end, case when p_tracked.mode = 'statement' then w.new_rows end
    from (values
        ('~jalon_900_stamp', '__begin', 7, false, false, null, null),
        ('~jalon_910_stamp', '__stamp', 19, false, true, null, null),
        ('~jalon_100_created', '__created', 4, true, false, null, 'new_rows'),
        ('~jalon_110_moved', '__moved', 17, true, false, 'old_rows', 'new_rows'),
        ('~jalon_120_deleted', '__deleted', 8, true, false, 'old_rows', null),
        ('~jalon_130_truncated', '__truncated', 34, false, false, null, null)
    ) w (name, suffix, kind, is_writer, for_columns, old_rows, new_rows)
    union all
    select h.part, w.name, to_regproc('jalon_engine.tg_history__append_only')::oid, w.kind, '{}', null, null
    from (values ('_100_append_only', 27), ('_110_no_truncate', 34)) w (name, kind)
    cross join lateral (
        select to_regclass(format('%I.%I', p_tracked.history_schema, p_tracked.history_name)) as part
        union all
        select m.part from jalon_engine.months_of(to_regclass(format('%I.%I', p_tracked.history_schema, p_tracked.history_name))) m
    ) h
$$;
comment on function jalon_engine.wanted_triggers(jalon_engine.tracked) is 'The triggers that a tracked table, its history and its months must have.';

create or replace function jalon_engine.verify_triggers(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = ''
as $$
    with found as (
        select case
                when g.oid is null then 'trigger_missing'
                when g.tgenabled not in ('O', 'A') then 'trigger_disabled'
                when g.tgtype <> w.kind or g.tgfoid is distinct from w.function_oid
                    or w.on_columns <> array(select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = g.tgrelid and a.attnum = any (g.tgattr::smallint[]) order by 1)
                    or (obj_description(g.oid, 'pg_trigger') like 'Jalon %' and obj_description(g.oid, 'pg_trigger') not like '% ' || md5(pg_get_triggerdef(g.oid)))
                    or g.tgoldtable is distinct from w.old_rows::name or g.tgnewtable is distinct from w.new_rows::name then 'trigger_altered'
            end as problem, w.on_table, w.trigger_name
        from jalon_engine.wanted_triggers(p_tracked) w
        left join pg_catalog.pg_trigger g on g.tgrelid = w.on_table and g.tgname = w.trigger_name
        union all
        select 'trigger_disabled', g.tgrelid, g.tgname
        from pg_partition_tree(to_regclass(format('%I.%I', p_tracked.table_schema, p_tracked.table_name))) p
        join pg_catalog.pg_trigger g on g.tgrelid = p.relid and g.tgname like '~jalon\_%' and g.tgenabled not in ('O', 'A')
        where p.level > 0
        union all
        select 'trigger_late', g.tgrelid, g.tgname
        from pg_catalog.pg_trigger g
        where g.tgrelid = to_regclass(format('%I.%I', p_tracked.table_schema, p_tracked.table_name)) and not g.tgisinternal
          and g.tgtype & 3 = 3 and g.tgtype & 20 <> 0 and g.tgname > '~jalon_910_stamp' and g.tgenabled <> 'D'
    )
    select p.* from found f
    cross join lateral jalon_engine.problem(p_tracked.name, f.problem, jsonb_build_object('trigger', f.trigger_name, 'on', f.on_table::text)) p
    where f.problem is not null
$$;
comment on function jalon_engine.verify_triggers(jalon_engine.tracked) is 'Triggers that are missing, disabled, altered, or that fire after the stamp.';

create or replace function jalon_engine.verify_functions(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = ''
as $$
    select p.*
    from (values ('__begin', jalon_engine.stamp_body(p_tracked, true)), ('__stamp', jalon_engine.stamp_body(p_tracked, false)), ('__created', jalon_engine.writer_body(p_tracked, true)), ('__moved', jalon_engine.writer_body(p_tracked, false)),
                 ('__deleted', jalon_engine.delete_body(p_tracked)), ('__truncated', jalon_engine.truncate_body(p_tracked))) w (suffix, body)
    left join pg_catalog.pg_proc f on f.pronamespace = 'jalon_generated'::regnamespace and f.proname = p_tracked.name || w.suffix and f.pronargs = 0
    cross join lateral jalon_engine.problem(p_tracked.name, case when f.oid is null then 'function_missing' else 'function_altered' end,
        jsonb_build_object('function', format('jalon_generated.%I()', p_tracked.name || w.suffix))) p
    where f.oid is null or f.prosrc <> w.body or not f.prosecdef or pg_get_userbyid(f.proowner) <> 'jalon_owner'
$$;
comment on function jalon_engine.verify_functions(jalon_engine.tracked) is 'Generated functions that are missing or not as they would be generated now.';

create or replace function jalon_engine.verify_rights(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = ''
as $$
    select p.*
    from pg_partition_tree(to_regclass(format('%I.%I', p_tracked.history_schema, p_tracked.history_name))) h
    join pg_catalog.pg_class c on c.oid = h.relid
    left join lateral (
        select coalesce(pg_get_userbyid(nullif(a.grantee, 0)), 'public') as grantee, string_agg(a.privilege_type, ', ' order by a.privilege_type) as privileges
        from aclexplode(c.relacl) a
        where a.grantee <> c.relowner and a.privilege_type <> 'SELECT'
        group by 1
    ) g on pg_get_userbyid(c.relowner) = 'jalon_owner'
    cross join lateral jalon_engine.problem(p_tracked.name, case when g.grantee is null then 'owner' else 'granted' end,
        jsonb_build_object('object', h.relid::text, 'owner', pg_get_userbyid(c.relowner), 'grantee', g.grantee, 'privileges', g.privileges)) p
    where g.grantee is not null or pg_get_userbyid(c.relowner) <> 'jalon_owner'
$$;
comment on function jalon_engine.verify_rights(jalon_engine.tracked) is 'History that somebody else owns or may write.';
