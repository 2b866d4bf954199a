-- GET /tracked/{table}/{id}/history: the changes of one record, newest first.

create or replace function jalon_api.record_history(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_input ->> 'table');
    v_row jsonb := jalon_engine.get_record(t, p_key, p_caller);
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_before integer := (jalon_engine.cursor_position(p_input ->> 'after', 1) ->> 0)::integer;
    v_rows jsonb[];
    v_next text;
begin
    execute format('select array(select to_jsonb(h) from %I.%I h where h.%I = $1::%s '
        'and ($2 is null or h.version < $2) order by h.version desc limit $3)',
        t.history_schema, t.history_name, t.history_key, t.key_type)
    into v_rows using p_key, v_before, v_limit + 1;
    v_next := jalon_engine.next_cursor(cardinality(v_rows) > v_limit, jsonb_build_array(v_rows[v_limit] -> 'version'));
    return jalon_engine.page((
        select json_agg(json_build_object(
            'id', r -> 'id', 'version', r -> 'version', 'kind', r -> 'kind', 'at', r -> 'changed_at',
            'previousAt', r -> 'previous_changed_at', 'by', r -> 'changed_by', 'onBehalfOf', r -> 'on_behalf_of',
            'reason', r -> 'reason', 'meta', r -> 'meta_data', 'caseType', r ->> t.workflow_column,
            'workflowVersion', r -> 'workflow_version', 'bulkId', r -> 'bulk_id',
            'changes', jalon_engine.changes(t.name, r, p_caller ->> 'language'))
            order by (r -> 'version')::integer desc)
        from unnest(v_rows[:v_limit]) r), v_next);
end
$$;
comment on function jalon_api.record_history(text, jsonb, jsonb) is
'Every change of one record, newest first, in pages; {table, after, limit}.';

create or replace function jalon_engine.changes(p_tracked text, p_history jsonb, p_language text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(json_agg(json_build_object(
        'column', c.column_name, 'from', v.old_code, 'fromLabel', case
            when v.old_code is not null then jalon_engine.code_name(c.category, v.old_code, p_language) end,
        'to', v.new_code, 'toLabel', jalon_engine.code_name(c.category, v.new_code, p_language))
        order by c.position), '[]')
    from jalon_engine.tracked_column c
    cross join lateral (select p_history ->> ('old_' || c.column_name) as old_code,
            p_history ->> ('new_' || c.column_name) as new_code) v
    where c.tracked = p_tracked and v.old_code is distinct from v.new_code
$$;
comment on function jalon_engine.changes(text, jsonb, text) is 'The columns that a history row changed, with labels.';
