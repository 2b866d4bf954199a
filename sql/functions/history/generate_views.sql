-- The views and functions of each history, and the union views over all. They are touched only when their text changed,
-- so that a reload waits for no report that is running, and replaced if their columns did.
set local role jalon_historian;

create or replace function jalon_history.renew(p_kind text, p_object text, p_sql text, p_comment text)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_said text;
    v_comment text := format('%s [%s]', p_comment, left(md5(p_sql), 8));
begin
    v_said := case p_kind when 'view' then obj_description(to_regclass(p_object), 'pg_class')
              else obj_description(to_regprocedure(p_object), 'pg_proc') end;
    if v_said = v_comment then
        return false;
    end if;
    begin
        execute p_sql;
    exception when invalid_table_definition or invalid_function_definition then  -- other columns than before
        execute format('drop %s %s', p_kind, p_object);
        execute p_sql;
    end;
    execute format('comment on %s %s is %L', p_kind, p_object, v_comment);
    if p_kind = 'function' then
        execute format('revoke execute on function %s from public', p_object);
    end if;
    execute format('grant %s on %s %s to jalon_bi, jalon_dba',
        case p_kind when 'view' then 'select' else 'execute' end,
        case p_kind when 'view' then '' else p_kind end, p_object);
    return true;
end
$$;
comment on function jalon_history.renew(text, text, text, text) is 'Creates or replaces a generated view or function '
'of schema history unless it stands there as wanted; the comment ends with a digest.';

create or replace function jalon_history.generate_history_views(p_name text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked;
    v_timeline text;
    v_column text;
begin
    select * into strict t from jalon_engine.tracked x where x.name = p_name;
    v_timeline := format('jalon_history.%I', t.name || '_timeline');
    if jalon_history.renew('view', v_timeline, jalon_engine.timeline_sql(t),
            format('Generated for %s: every stay of every record.', t.name)) then
        for v_column in
            select a.attname from pg_catalog.pg_attribute a where a.attrelid = v_timeline::regclass and a.attnum > 0
        loop
            execute format('comment on column %s.%I is %L', v_timeline, v_column,
                jalon_engine.timeline_comment(t, v_column));
        end loop;
    end if;
    perform jalon_history.renew('function', format('jalon_history.%I(timestamptz, text)', t.name || '_as_of'),
        jalon_engine.as_of_sql(t),
        format('Generated for %s: where every record stood at an instant, or one record by its key.', t.name));
end
$$;
comment on function jalon_history.generate_history_views(text) is
'Makes or renews the timeline and the as-of function of a tracked table.';

create or replace function jalon_history.generate_changes_view(p_without text default null)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_changes text;
    v_standing text;
    v_table record;
begin
    for v_table in
        select t as tracked, c as col
        from jalon_engine.tracked t
        join jalon_engine.tracked_column c on c.tracked = t.name
        where to_regclass(format('%I.%I', t.history_schema, t.history_name)) is not null
          and to_regprocedure(format('jalon_history.%I(timestamptz, text)', t.name || '_as_of')) is not null
          and t.name is distinct from p_without
        order by t.name, c.position
    loop
        v_changes := concat(v_changes, e'\nunion all\n', jalon_engine.changes_branch(v_table.tracked, v_table.col));
        v_standing := concat(v_standing, e'\nunion all\n',
            jalon_engine.current_branch_sql(v_table.tracked, v_table.col));
    end loop;
    if jalon_history.renew('view', 'jalon_history.changes', $sql$create or replace view jalon_history.changes as
select null::text as tracked, null::text as record_key, null::text as column_name, null::text as category,
    null::text as case_type, null::text as old_code, null::text as new_code, null::integer as version,
    null::timestamptz as changed_at, null::timestamptz as stay_began, null::text as kind, null::text as changed_by,
    null::text as on_behalf_of, null::text as db_role, null::text as reason, null::jsonb as meta_data,
    null::integer as workflow_version, null::uuid as bulk_id, null::xid8 as transaction_id
where false$sql$ || coalesce(v_changes, ''),
    'Generated for all tracked tables: every change of every status column, deletions included.') then
        perform jalon_history.comment_columns('jalon_history.changes', jsonb_build_object(
            'tracked', 'Tracked table.', 'record_key', 'Key of the record, as text.',
            'column_name', 'Status column that changed.', 'category', 'Category of its codes.',
            'case_type', 'Case type after the change; empty where the table has none.',
            'old_code', 'Code before; empty on creation.', 'new_code', 'Code after; empty on deletion.',
            'version', 'The record''s version after the change.', 'changed_at', 'When.',
            'stay_began', 'When the stay on the old code had begun.',
            'kind', 'create, move, force, migration, import, backfill, timer, test; '
                'delete or truncate where the record went.', 'changed_by', 'By whom.',
            'on_behalf_of', 'For whom, where another acted.', 'db_role', 'Database login it came through.',
            'reason', 'Why.', 'meta_data', 'Whatever else the writer gave along.',
            'workflow_version', 'Version of the workflow that allowed it.',
            'bulk_id', 'The bulk call that it was part of.', 'transaction_id', 'Transaction that wrote it.'));
    end if;
    if jalon_history.renew('view', 'jalon_history.current', $sql$create or replace view jalon_history.current as
select null::text as tracked, null::text as record_key, null::text as column_name, null::text as category,
    null::text as case_type, null::text as code, null::integer as version, null::timestamptz as entered_at
where false$sql$ || coalesce(v_standing, ''), 'Generated for all tracked tables: where every record stands now.') then
        perform jalon_history.comment_columns('jalon_history.current', jsonb_build_object(
            'tracked', 'Tracked table.', 'record_key', 'Key of the record, as text.', 'column_name', 'Status column.',
            'category', 'Category of its codes.', 'case_type', 'Case type; empty where the table has none.',
            'code', 'Code it stands on.',
            'version', 'The record''s version.', 'entered_at', 'Since when it stands there.'));
    end if;
end
$$;
comment on function jalon_history.generate_changes_view(text) is
'Makes or renews jalon_history.changes and jalon_history.current from the registry of tracked tables.';

create or replace function jalon_history.comment_columns(p_object text, p_comments jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_name text;
    v_comment text;
begin
    for v_name, v_comment in select e.key, e.value from jsonb_each_text(p_comments) e loop
        execute format('comment on column %s.%I is %L', p_object, v_name, v_comment);
    end loop;
end
$$;
comment on function jalon_history.comment_columns(text, jsonb) is 'Comments on several columns at once.';

-- What schema jalon_recap is written on must exist when its files are loaded.
do $$
begin
    perform jalon_history.generate_changes_view();
end
$$;
