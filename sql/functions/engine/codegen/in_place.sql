-- A generated trigger function works as the trigger that it was made for, on its own table or a partition of it, and
-- refuses to work as any other.

create or replace function jalon_engine.in_place_sql(
    p_tracked jalon_engine.tracked, p_trigger text, p_when text, p_level text, p_operation text
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select format(e'%s = %s\n        and tg_name = %L and tg_when = %L\n        and tg_level = %L and tg_op = %L',
        case when c.relkind = 'p' then 'coalesce(pg_partition_root(tg_relid), tg_relid)' else 'tg_relid' end, c.oid,
        p_trigger, p_when, p_level, p_operation)
        -- A column is assigned, or read as text, by the type that it had when this function was made.
        || case p_level when 'ROW' then coalesce((
            select string_agg(format(e'\n        and pg_typeof(%s.%s) = %s',
                case p_operation when 'DELETE' then 'old' else 'new' end, jalon_engine.quoted(a.attname), a.atttypid),
                '' order by a.attnum)
            from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and a.attname = any (
                case p_when when 'BEFORE' then array['status_version', 'status_changed_at', p_tracked.key_column,
                    p_tracked.changed_by_column]
                else jalon_engine.status_columns(p_tracked) || p_tracked.workflow_column || p_tracked.key_column
                    || array(select e.value from jsonb_each_text(p_tracked.relations) e) end)), '') else '' end
    from pg_catalog.pg_class c where c.oid = jalon_engine.table_of(p_tracked)
$$;
comment on function jalon_engine.in_place_sql(jalon_engine.tracked, text, text, text, text) is
'SQL that is true if a trigger function runs as the trigger that it was made for. The table is known by its OID, which '
'outlives a renaming.';

create or replace function jalon_engine.refuse_misplaced(p_name text, p_relation oid, p_trigger text)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.fail('JL510',
        jsonb_build_object('table', p_name, 'on', p_relation::regclass::text, 'trigger', p_trigger));
end
$$;
comment on function jalon_engine.refuse_misplaced(text, oid, text) is
'Refuses a generated trigger function that somebody put elsewhere, or that came from another database by a restore.';
