-- What the generated views and functions of schema history have in common: they are touched only when their text
-- changed (so that a reload waits for no report that is running), and replaced where their columns did.

create or replace function jalon_engine.history_code_name(p_column text)
returns text
language sql immutable
set search_path = ''
as $$
    select case when p_column in ('version', 'entered_at', 'left_at', 'duration', 'changed_by', 'on_behalf_of', 'db_role', 'reason',
                                  'kind', 'meta_data', 'workflow_version', 'bulk_id', 'transaction_id', 'is_current')
           then p_column || '_code' else p_column end
$$;
comment on function jalon_engine.history_code_name(text) is 'What a status column is called in a timeline: its own name, unless the timeline needs that itself.';

create or replace function jalon_engine.history_column_type(p_tracked jalon_engine.tracked, p_column text)
returns text
language sql stable
set search_path = ''
as $$
    select format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute a
    where a.attrelid = to_regclass(format('%I.%I', p_tracked.history_schema, p_tracked.history_name)) and a.attname = p_column::name
$$;
comment on function jalon_engine.history_column_type(jalon_engine.tracked, text) is 'Type of a column of a history table.';

create or replace function jalon_engine.renew(p_kind text, p_object text, p_sql text, p_comment text)
returns boolean
language plpgsql volatile
set search_path = ''
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
        case p_kind when 'view' then 'select' else 'execute' end, case p_kind when 'view' then '' else p_kind end, p_object);
    return true;
end
$$;
comment on function jalon_engine.renew(text, text, text, text) is 'Creates or replaces a generated view or function of schema history unless it stands there as wanted; the comment ends with a digest.';
