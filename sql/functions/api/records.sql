-- GET /tracked and GET /tracked/{table}: what is under Jalon, and where its records stand, last change first.

create or replace function jalon_api.tracked(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object('items', coalesce((
        select json_agg(json_build_object(
            'name', t.name, 'table', format('%I.%I', t.table_schema, t.table_name),
            'history', format('%I.%I', t.history_schema, t.history_name), 'keyType', t.key_type,
            'caseTypeColumn', t.workflow_column, 'onDelete', t.on_delete, 'trackedAt', t.tracked_at, 'columns', (
                select json_agg(json_build_object('column', c.column_name, 'category', c.category) order by c.position)
                from jalon_engine.tracked_column c where c.tracked = t.name)) order by t.name)
        from jalon_engine.tracked t), '[]')))
$$;
comment on function jalon_api.tracked(text, jsonb, jsonb) is 'All tables under Jalon.';

create or replace function jalon_api.tracked_table(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_key);
begin
    return jalon_engine.ok(json_build_object('name', t.name, 'table', format('%I.%I', t.table_schema, t.table_name),
        'caseTypeColumn', t.workflow_column, 'shown', jalon_engine.shown_of(t),
        'columns', (select json_agg(json_build_object('column', c.column_name, 'category', c.category,
            'hasWorkflow', jalon_engine.has_workflow(c.category), 'codes', coalesce((
                    select json_agg(json_build_object('code', f.code,
                        'label', jalon_engine.code_name(f.category, f.code, p_caller ->> 'language'),
                        'color', f.color, 'icon', f.icon, 'outcome', f.outcome,
                        'isFinal', f.is_final) order by f.position, f.code)
                from jalon_engine.referential f where f.category = c.category and f.is_active), '[]'))
            order by c.position)
            from jalon_engine.tracked_column c where c.tracked = t.name),
        'caseTypes', coalesce((select json_agg(distinct s.case_type) from jalon_engine.rule_case_type s
            join jalon_engine.tracked_column c on c.category = s.category
            where c.tracked = t.name and s.case_type <> '*' and t.workflow_column is not null), '[]')));
end
$$;
comment on function jalon_api.tracked_table(text, jsonb, jsonb) is
'One tracked table with the active codes of its columns, what is shown of its rows, and the case types that have rules '
'of their own.';

create or replace function jalon_engine.records_where(p_tracked jalon_engine.tracked, p_input jsonb, p_sight text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Filters are in the statement only if they are asked for, so that an index can serve them.
    select format(' from %s x where %s', jalon_engine.table_of(p_tracked), p_sight)
        || case when p_input ? 'status' then format(' and %s = ($1)[1]',
            jalon_engine.text_sql(p_tracked, jalon_engine.first_column(p_tracked.name), 'x')) else '' end
        || case when p_input ? 'caseType' and p_tracked.workflow_column is not null
                then format(' and %s = ($1)[2]', jalon_engine.text_sql(p_tracked, p_tracked.workflow_column, 'x'))
            else '' end
        || case when p_input ? 'changedSince' then ' and x.status_changed_at >= ($1)[3]::timestamptz' else '' end
        || case when p_input ? 'changedBefore' then ' and x.status_changed_at < ($1)[4]::timestamptz' else '' end
        || case when p_input ? 'bar'
                then format(' and x.%I = any (($1)[5]::%s[])', p_tracked.key_column, p_tracked.key_type) else '' end
$$;
comment on function jalon_engine.records_where(jalon_engine.tracked, jsonb, text) is
'SQL of which rows x of a tracked table are asked for, among those that p_sight lets be seen.';

create or replace function jalon_engine.record_item(
    p_tracked jalon_engine.tracked, p_row jsonb, p_roles text[], p_caller jsonb, p_with_moves boolean,
    p_shown jsonb default null
)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when p_shown is null then i.item
        else (i.item::jsonb || jalon_engine.shown_row(p_row, p_shown))::json end
    from (select json_build_object(
        'table', p_tracked.name, 'id', p_row ->> p_tracked.key_column, 'caseType', p_row ->> p_tracked.workflow_column,
        'version', p_row -> 'status_version', 'since', p_row -> 'status_changed_at',
        'etag', jalon_engine.etag(p_row ->> p_tracked.key_column, (p_row ->> 'status_version')::integer),
        'statuses', case when p_with_moves
            then jalon_engine.statuses(p_tracked, p_row, jalon_engine.roles_for_record(p_tracked, p_caller ->> 'actor',
                p_roles, p_row), p_caller ->> 'language')
            else (select json_agg(json_build_object('column', c.column_name, 'category', c.category,
                    'code', p_row ->> c.column_name,
                    'label', jalon_engine.code_name(c.category, p_row ->> c.column_name, p_caller ->> 'language'))
                order by c.position)
                from jalon_engine.tracked_column c where c.tracked = p_tracked.name) end) as item) i
$$;
comment on function jalon_engine.record_item(jalon_engine.tracked, jsonb, text[], jsonb, boolean, jsonb) is
'A record as a list shows it, with title, subtitle and shown columns if they are given.';

create or replace function jalon_engine.records_orders(p_tracked jalon_engine.tracked, p_shown jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('since', 'x.status_changed_at', 'id', format('x.%I', p_tracked.key_column))
        || coalesce((select jsonb_object_agg('row.' || n.name, format('x.%I', n.name))
            from (select c ->> 'name' as name from jsonb_array_elements(p_shown -> 'columns') c
                where (c ->> 'isSortable')::boolean
                union all
                select p_shown ->> 'title'
                where jalon_engine.is_ordered(p_tracked, p_shown ->> 'title')) n), '{}')
$$;
comment on function jalon_engine.records_orders(jalon_engine.tracked, jsonb) is
'The orders of records, each with its expression: by time and key, and by shown columns that an index serves.';

create or replace function jalon_engine.require_place(
    p_tracked jalon_engine.tracked, p_by text, p_position jsonb, p_cursor text
)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_type constant regtype := (select a.atttypid from pg_catalog.pg_attribute a
        where a.attrelid = jalon_engine.table_of(p_tracked) and format('x.%I', a.attname) = p_by);
begin
    -- The statement runs as another role, on somebody else's table: what doesn't fit is refused before. A type of
    -- PostgreSQL's own is asked; one of theirs would run their code.
    if not p_position @> '[null]' and jalon_engine.is_key(p_tracked.key_type, p_position ->> 1) then
        if v_type::oid < 16384 then
            execute format('select %L::%s', p_position ->> 0, v_type);
        end if;
        return;
    end if;
    perform jalon_engine.fail('JL405', jsonb_build_object('field', 'after', 'why', p_cursor), 'JL405.cursor');
exception when data_exception then
    perform jalon_engine.fail('JL405', jsonb_build_object('field', 'after', 'why', p_cursor), 'JL405.cursor');
end
$$;
comment on function jalon_engine.require_place(jalon_engine.tracked, text, jsonb, text) is
'Fails with JL405 unless a position is one among the records of a table in this order.';

create or replace function jalon_engine.records_count(
    p_tracked jalon_engine.tracked, p_where text, p_values text[], p_asks_each boolean, p_caller jsonb, p_roles text[],
    p_to integer
)
returns bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when p_asks_each
        then count(*) filter (where jalon_engine.can_read_record(p_tracked, p_caller, p_roles, r))
        else max((r ->> 'rows')::bigint) end
    from jalon_engine.rows_as_mover(case when p_asks_each then 'select x.*' || p_where
        else format('select count(*) as rows from (select%s limit %L) c', p_where, p_to) end, p_values) r
$$;
comment on function jalon_engine.records_count(
    jalon_engine.tracked, text, text[], boolean, jsonb, text[], integer) is
'How many records there are that the caller may see, of those asked for; counted no further than p_to.';

create or replace function jalon_engine.read_records(
    p_tracked jalon_engine.tracked, p_where text, p_values text[], p_input jsonb, p_caller jsonb, p_shown jsonb,
    p_asks_each boolean, out p_rows jsonb[], out p_next text, out p_previous text
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roles constant text[] := jalon_engine.caller_roles(p_caller);
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_asked constant record := jalon_engine.list_position(p_input ->> 'after');
    v_sort constant text := jalon_engine.turned(coalesce(p_input ->> 'sort', '-since'), v_asked.p_is_back);
    v_by constant text := jalon_engine.order_asked(jalon_engine.records_orders(p_tracked, p_shown), v_sort);
    v_key constant text := format('x.%I', p_tracked.key_column);
    v_column constant text := case v_by when 'x.status_changed_at' then 'status_changed_at' else (
        select a.attname from pg_catalog.pg_attribute a
        where a.attrelid = jalon_engine.table_of(p_tracked) and format('x.%I', a.attname) = v_by) end;
    v_has_more boolean;
    v_first jsonb;
    v_last jsonb;
begin
    if v_asked.p_position is not null then
        perform jalon_engine.require_place(p_tracked, v_by, v_asked.p_position, p_input ->> 'after');
    end if;
    p_rows := array(
        select u.r from jalon_engine.rows_as_mover('select x.*' || p_where
            || jalon_engine.order_sql(v_by, v_key, v_sort, v_asked.p_position)
            || case when p_asks_each then '' else format(' limit %s', v_limit + 1) end, p_values)
            with ordinality u (r, n)
        where not p_asks_each or jalon_engine.can_read_record(p_tracked, p_caller, v_roles, u.r)
        order by u.n limit v_limit + 1);
    v_has_more := cardinality(p_rows) > v_limit;
    p_rows := p_rows[:v_limit];
    v_first := jsonb_build_array(p_rows[1] -> v_column, p_rows[1] -> p_tracked.key_column);
    v_last := jsonb_build_array(p_rows[cardinality(p_rows)] -> v_column,
        p_rows[cardinality(p_rows)] -> p_tracked.key_column);
    p_next := jalon_engine.cursor_of_next(v_has_more, v_asked.p_is_back, v_first, v_last);
    p_previous := case when p_rows <> '{}' then jalon_engine.cursor_of_previous(v_has_more, v_asked.p_is_back,
        v_asked.p_position is null, v_first, v_last) end;
    if v_asked.p_is_back then
        p_rows := array(select p_rows[i] from generate_subscripts(p_rows, 1) i order by i desc);
    end if;
end
$$;
comment on function jalon_engine.read_records(
    jalon_engine.tracked, text, text[], jsonb, jsonb, jsonb, boolean) is
'A page of the rows of a tracked table, and the cursors of the next page and of the one before.';

create or replace function jalon_api.records(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_key);
    v_roles text[] := jalon_engine.caller_roles(p_caller);
    v_fields constant text[] := jalon_engine.fields_asked(p_input ->> 'fields',
        '{table,id,caseType,version,since,etag,statuses,title,subtitle,row}');
    v_shown constant jsonb := case when (p_input ->> 'row')::boolean then jalon_engine.shown_of(t) end;
    v_reads_all constant boolean := jalon_engine.can_read_all(t.name, p_caller);
    -- A resolver that cannot say for which records it gives roles is asked row by row, outside.
    v_asks_each constant boolean := not v_reads_all and jalon_engine.asks_each_row(t);
    v_where constant text := jalon_engine.records_where(t, p_input,
        case when v_reads_all or v_asks_each then 'true' else '(' || jalon_engine.visible_rows_sql(t) || ')' end);
    v_keys constant text[] := case when p_input ? 'bar'
        then jalon_engine.recap_records(t, p_input ->> 'bar', p_caller) end;
    v_values constant text[] := array[p_input ->> 'status', p_input ->> 'caseType',
        jalon_engine.moment('changedSince', p_input ->> 'changedSince')::text,
        jalon_engine.moment('changedBefore', p_input ->> 'changedBefore')::text, v_keys::text, null]
        || (jalon_engine.visible_rows_values(t, p_caller, v_roles))[7:];
    v_page record;
begin
    perform jalon_engine.require_some_sight(t, p_caller, v_roles);
    v_page := jalon_engine.read_records(t, v_where, v_values, p_input, p_caller, v_shown, v_asks_each);
    return jalon_engine.list_answer(
        (select json_agg(jalon_engine.record_item(t, r, v_roles, p_caller,
            coalesce((p_input ->> 'moves')::boolean, false), v_shown) order by n)
            from unnest(v_page.p_rows) with ordinality u (r, n)), v_fields, v_page.p_next, v_page.p_previous,
        case when (p_input ->> 'count')::boolean or p_input ? 'countTo'
            then jalon_engine.records_count(t, v_where, v_values, v_asks_each, p_caller, v_roles,
                (p_input ->> 'countTo')::integer) end);
end
$$;
comment on function jalon_api.records(text, jsonb, jsonb) is 'Records of a tracked table, in pages, last change first '
'unless sorted otherwise, counted if asked for, with title and shown columns if asked for: {status, caseType, '
'changedSince, changedBefore, bar, moves, row, sort, count, countTo, fields, after, limit}.';
