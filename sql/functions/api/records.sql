-- GET /tracked and GET /tracked/{table}: what is under Jalon, and where its records stand, last change first.

create or replace function jalon_api.tracked(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select 200, json_build_object('items', coalesce((
        select json_agg(json_build_object(
            'name', t.name, 'table', format('%I.%I', t.table_schema, t.table_name),
            'history', format('%I.%I', t.history_schema, t.history_name), 'keyType', t.key_type,
            'caseTypeColumn', t.workflow_column, 'onDelete', t.on_delete, 'trackedAt', t.tracked_at, 'columns', (
                select json_agg(json_build_object('column', c.column_name, 'category', c.category) order by c.position)
                from jalon_engine.tracked_column c where c.tracked = t.name)) order by t.name)
        from jalon_engine.tracked t), '[]')), null::text, null::jsonb
$$;
comment on function jalon_api.tracked(text, jsonb, jsonb) is 'All tables under Jalon.';

create or replace function jalon_api.tracked_table(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_key);
begin
    return (200, json_build_object('name', t.name, 'table', format('%I.%I', t.table_schema, t.table_name),
        'caseTypeColumn', t.workflow_column,
        'columns', (select json_agg(json_build_object('column', c.column_name, 'category', c.category,
            'hasWorkflow', jalon_engine.has_workflow(c.category), 'codes', coalesce((
                    select json_agg(json_build_object('code', f.code,
                        'label', jalon_engine.code_name(f.category, f.code, p_caller ->> 'language'),
                        'color', f.color, 'icon', f.icon, 'outcome', f.outcome,
                        'isFinal', f.is_final) order by f.position, f.code)
                from jalon_engine.referential f where f.category = c.category and f.is_active), '[]'))
            order by c.position)
            from jalon_engine.tracked_column c where c.tracked = t.name),
        'caseTypes', coalesce((select json_agg(distinct s.scope) from jalon_engine.rule_scope s
            join jalon_engine.tracked_column c on c.category = s.category
            where c.tracked = t.name and s.scope <> '*' and t.workflow_column is not null), '[]')), null,
        null)::jalon_engine.answer;
end
$$;
comment on function jalon_api.tracked_table(text, jsonb, jsonb) is
'One tracked table with the active codes of its columns and the case types that have rules of their own.';

create or replace function jalon_api.records(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_key);
    v_roles text[] := jalon_engine.caller_roles(p_caller);
    v_limit integer := coalesce((p_input ->> 'limit')::integer, 50);
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_since timestamptz := jalon_engine.moment('changedSince', p_input ->> 'changedSince');
    v_before timestamptz := jalon_engine.moment('changedBefore', p_input ->> 'changedBefore');
    v_reads_all constant boolean := jalon_engine.can_read_all(t.name, p_caller);
    v_asks_each constant boolean := not v_reads_all and jalon_engine.asks_each_row(t);
    v_rows jsonb[];
    v_next text;
begin
    perform jalon_engine.require_some_sight(t, p_caller, v_roles);
    -- Filters are in the statement only if they are asked for, so that an index can serve them. A resolver that cannot
    -- say for which records it gives roles is asked row by row, outside.
    v_rows := array(
        select u.r from jalon_engine.rows_as_mover(format('select x.* from %s x where true', jalon_engine.table_of(t))
            || case when p_input ? 'status' then format(' and %s = ($1)[1]',
                jalon_engine.text_sql(t, jalon_engine.first_column(t.name), 'x')) else '' end
            || case when p_input ? 'caseType' and t.workflow_column is not null
                    then format(' and %s = ($1)[2]', jalon_engine.text_sql(t, t.workflow_column, 'x')) else '' end
            || case when v_since is not null then ' and x.status_changed_at >= ($1)[3]::timestamptz' else '' end
            || case when v_before is not null then ' and x.status_changed_at < ($1)[4]::timestamptz' else '' end
            || case when v_after is not null then format(
                ' and (x.status_changed_at, x.%I) < (($1)[5]::timestamptz, ($1)[6]::%s)', t.key_column, t.key_type)
                else '' end
            || case when v_reads_all or v_asks_each then ''
                else format(' and (%s)', jalon_engine.visible_rows_sql(t)) end
            || format(' order by x.status_changed_at desc, x.%1$I desc', t.key_column)
            || case when v_asks_each then '' else format(' limit %s', v_limit + 1) end,
            array[p_input ->> 'status', p_input ->> 'caseType', v_since::text, v_before::text,
                jalon_engine.moment('after', v_after ->> 0)::text, v_after ->> 1]
                || (jalon_engine.visible_rows_values(t, p_caller, v_roles))[7:]) with ordinality u (r, n)
        where not v_asks_each or jalon_engine.can_read_record(t, p_caller, v_roles, u.r)
        order by u.n limit v_limit + 1);
    if cardinality(v_rows) > v_limit then
        v_next := jalon_engine.cursor(jsonb_build_array(v_rows[v_limit] -> 'status_changed_at',
            v_rows[v_limit] -> t.key_column));
    end if;
    return (200, json_build_object('items', coalesce((
        select json_agg(json_build_object(
            'table', t.name, 'id', r ->> t.key_column, 'caseType', r -> t.workflow_column,
            'version', r -> 'status_version', 'since', r -> 'status_changed_at',
            'etag', jalon_engine.etag(r ->> t.key_column, (r ->> 'status_version')::integer),
            'statuses', case when (p_input ->> 'moves')::boolean
                then jalon_engine.statuses(t, r, jalon_engine.roles_for_record(t, p_caller ->> 'actor', v_roles, r),
                    p_caller ->> 'language')
                else (select json_agg(json_build_object('column', c.column_name, 'category', c.category,
                        'code', r -> c.column_name,
                        'label', jalon_engine.code_name(c.category, r ->> c.column_name, p_caller ->> 'language'))
                    order by c.position)
                    from jalon_engine.tracked_column c where c.tracked = t.name) end) order by n)
        from unnest(v_rows[:v_limit]) with ordinality u (r, n)), '[]'), 'next', v_next),
        null, case when v_next is not null then jsonb_build_object(':next', v_next) end)::jalon_engine.answer;
end
$$;
comment on function jalon_api.records(text, jsonb, jsonb) is 'Records of a tracked table, last change first, in pages; '
'{status, caseType, changedSince, changedBefore, moves, after, limit}.';
